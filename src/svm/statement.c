/* SPDX-License-Identifier: Apache-2.0 */
/* statement.c - one cursor of words over the statement; every reader below checks what it takes. */
#include "svm/statement.h"

#include <string.h>

#include "base/bytes.h"

struct cursor {
    const uint8_t *bytes;
    size_t words, at; /* in words */
    struct gn_arena *arena;
    struct gn_error *err;
};

static bool fail(const struct cursor *c, const char *says)
{
    (void)gn_fail(c->err, GN_BAD_INPUT, "statement, word %zu: %s", c->at, says);
    return false;
}

static bool take(struct cursor *c, const uint8_t **out, uint64_t words)
{
    if (words > c->words - c->at) {
        return fail(c, "the statement ends too early");
    }
    *out = c->bytes + 8 * c->at;
    c->at += words;
    return true;
}

static bool word(struct cursor *c, uint64_t *out)
{
    const uint8_t *p;
    if (!take(c, &p, 1)) {
        return false;
    }
    *out = load_le64(p);
    return true;
}

static bool key(struct cursor *c, struct svm_key *out)
{
    const uint8_t *p;
    if (!take(c, &p, 4)) {
        return false;
    }
    memcpy(out->b, p, sizeof out->b);
    return true;
}

/* n bytes, at most max, padded with zeros */
static bool padded(struct cursor *c, struct svm_bytes *out, uint64_t n, uint64_t max)
{
    if (n > max) {
        return fail(c, "longer than allowed");
    }
    if (!take(c, &out->data, (n + 7) / 8)) {
        return false;
    }
    out->n = n;
    for (size_t i = n; i % 8 != 0; i++) {
        if (out->data[i] != 0) {
            return fail(c, "padding is not zero");
        }
    }
    return true;
}

static bool array(struct cursor *c, void **out, uint64_t n, size_t size)
{
    *out = gn_arena_zalloc(c->arena, n * size + 1);
    if (*out == NULL) {
        (void)gn_fail(c->err, GN_NO_MEMORY, "no memory for a statement");
    }
    return *out != NULL;
}

/* ---- the fixed part ---- */
static bool fault_known(uint64_t f)
{
    return f <= GN_SOL_FAULT_UNSUPPORTED_INSTRUCTION ||
           (f >= GN_SOL_FAULT_ABORT && f <= GN_SOL_FAULT_ARITHMETIC_OVERFLOW);
}

static bool header(struct cursor *c, struct svm_statement *s, struct gn_sol_statement *h)
{
    uint64_t words[sizeof *h / 8];
    for (size_t i = 0; i < sizeof *h / 8; i++) {
        if (!word(c, &words[i])) {
            return false;
        }
    }
    memcpy(h, words, sizeof *h);
    if (h->magic != GN_SOL_STATEMENT_MAGIC) {
        return fail(c, "not the statement of a Solana instruction (magic)");
    }
    if (h->words != c->words) {
        return fail(c, "says another length");
    }
    if (h->success > 1 || h->error > GN_SOL_ERRORS_N || h->custom > UINT32_MAX || !fault_known(h->fault) ||
        (h->success == 1) != (h->error == 0) || (h->fault != 0 && h->success == 1) ||
        (h->custom != 0 && h->error != 1 + GN_SOL_ERROR_CUSTOM)) {
        return fail(c, "result, error and fault contradict each other");
    }
    if (h->loader < 1 || h->loader > 3 || (h->flags & ~(uint64_t)GN_SOL_VASA) != 0 || h->metas_n > GN_SOL_METAS_MAX ||
        h->accounts_n > h->metas_n || h->modified > h->accounts_n) {
        return fail(c, "a number of the header is out of range");
    }
    *s = (struct svm_statement){
        .success = h->success == 1,
        .exit_code = h->exit_code,
        .units = h->units,
        .instructions = h->instructions,
        .modified = h->modified,
        .has_error = h->error != 0,
        .error = (enum gn_sol_error)(h->error == 0 ? 0 : h->error - 1),
        .custom = (uint32_t)h->custom,
        .fault = (enum gn_sol_fault)h->fault,
        .charged = h->charged,
        .flags = h->flags,
        .loader = h->loader,
        .budget = h->budget,
        .heap = h->heap,
        .resized = h->resized,
        .metas_n = h->metas_n,
        .accounts_n = h->accounts_n,
    };
    memcpy(s->detail, h->detail, sizeof s->detail);
    for (int i = 0; i < 4; i++) {
        store_le64(s->program.b + 8 * i, h->program[i]);
    }
    return true;
}

/* ---- accounts ---- */
static bool metas(struct cursor *c, struct svm_statement *s)
{
    void *memory;
    uint64_t v = 0, next = 0;
    if (!array(c, &memory, s->metas_n, sizeof(uint32_t))) {
        return false;
    }
    uint32_t *numbers = memory;
    for (size_t i = 0; i < s->metas_n; i++) {
        if (!word(c, &v)) {
            return false;
        }
        if (v > next) {
            return fail(c, "accounts are not numbered in the order of their first meta");
        }
        next += v == next ? 1u : 0u;
        numbers[i] = (uint32_t)v;
    }
    s->metas = numbers;
    return next == s->accounts_n || fail(c, "an account has no meta");
}

static bool state(struct cursor *c, struct svm_state *s)
{
    uint64_t n = 0;
    return key(c, &s->owner) && word(c, &s->lamports) && word(c, &n) && padded(c, &s->data, n, GN_SOL_ACCOUNT_DATA_MAX);
}

static bool account_before(struct cursor *c, struct svm_statement_account *a)
{
    const uint64_t known = GN_SOL_SIGNER | GN_SOL_WRITABLE | GN_SOL_EXECUTABLE | GN_SOL_BY_HASH;
    if (!word(c, &a->flags)) {
        return false;
    }
    if ((a->flags & ~known) != 0) {
        return fail(c, "unknown flags of an account");
    }
    if (a->flags & GN_SOL_BY_HASH) {
        return take(c, &a->hash_before, 4);
    }
    uint64_t n = 0;
    return word(c, &a->rent_epoch) && key(c, &a->key) && key(c, &a->before.owner) && word(c, &a->before.lamports) &&
           word(c, &n) && padded(c, &a->before.data, n, GN_SOL_ACCOUNT_DATA_MAX);
}

static bool account_after(struct cursor *c, struct svm_statement_account *a)
{
    uint64_t changed = 0;
    if (!word(c, &changed)) {
        return false;
    }
    if (changed > 1) {
        return fail(c, "an account after is neither unchanged nor changed");
    }
    a->changed = changed == 1;
    a->after = a->before;
    a->hash_after = a->hash_before;
    if (!a->changed) {
        return true;
    }
    return a->flags & GN_SOL_BY_HASH ? take(c, &a->hash_after, 4) : state(c, &a->after);
}

/* ---- records ---- */
bool gn_svm_utf8(struct svm_bytes text, size_t *valid, size_t *bad)
{
    const uint8_t *p = text.data;
    size_t i = 0;
    while (i < text.n) {
        uint8_t c = p[i], low = 0x80, high = 0xbf; /* bounds of the second byte */
        size_t more = c < 0x80                 ? 0
                      : c >= 0xc2 && c <= 0xdf ? 1
                      : c >= 0xe0 && c <= 0xef ? 2
                      : c >= 0xf0 && c <= 0xf4 ? 3
                                               : 4;
        low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : low;
        high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : high;
        size_t good = 1;
        while (good <= more && more < 4 && i + good < text.n && p[i + good] >= low && p[i + good] <= high) {
            good++;
            low = 0x80;
            high = 0xbf;
        }
        if (more == 4 || good <= more) {
            *valid = i;
            *bad = more < 4 && i + good == text.n ? 0 : good;
            return false;
        }
        i += good;
    }
    return true;
}

static bool text(const struct cursor *c, struct svm_bytes b)
{
    size_t valid, bad;
    return gn_svm_utf8(b, &valid, &bad) || fail(c, "a text is not UTF-8");
}

/* Each slice: length, bytes padded. */
static bool slices(const struct cursor *c, struct svm_bytes b)
{
    struct cursor inner = {.bytes = b.data, .words = b.n / 8, .err = c->err};
    while (inner.at < inner.words) {
        uint64_t n = 0;
        struct svm_bytes slice;
        if (!word(&inner, &n) || !padded(&inner, &slice, n, b.n)) {
            return false;
        }
    }
    return b.n % 8 == 0 || fail(c, "slices do not end with a word");
}

/* words words, then (unless absent) bytes of the length that word `length` says */
static bool words_and_bytes(const struct cursor *c, struct svm_bytes b, size_t words, size_t length, bool absent)
{
    uint64_t n = 8 * words <= b.n ? load_le64(b.data + 8 * length) : 0;
    uint64_t more = absent ? 0 : n;
    return (b.n >= 8 * words && b.n % 8 == 0 && more <= b.n && (b.n - 8 * words) / 8 == (more + 7) / 8) ||
           fail(c, "a record has another length than it says");
}

static bool sibling(const struct cursor *c, struct svm_bytes b)
{
    if (b.n == 16 && load_le64(b.data + 8) == 0) {
        return true;
    }
    uint64_t fixed = 16 + sizeof(struct gn_sol_sibling);
    if (b.n < fixed || b.n % 8 != 0 || load_le64(b.data + 8) != 1) {
        return fail(c, "a sibling's record is cut off");
    }
    uint64_t metas_n = load_le64(b.data + 48), data_n = load_le64(b.data + 56);
    if (metas_n > GN_SOL_METAS_MAX || data_n > GN_SOL_INSTRUCTION_DATA_MAX ||
        b.n != fixed + metas_n * sizeof(struct gn_sol_sibling_meta) + (data_n + 7) / 8 * 8) {
        return fail(c, "a sibling's record has another length than it says");
    }
    return true;
}

static bool record_shape(const struct cursor *c, uint64_t kind, struct svm_bytes b)
{
    static const uint8_t fixed[] = {[GN_SOL_LOG_64] = 40,
                                    [GN_SOL_LOG_PUBKEY] = 32,
                                    [GN_SOL_LOG_UNITS] = 8,
                                    [GN_SOL_READ_STAKE] = 40,
                                    [GN_SOL_READ_TOTAL_STAKE] = 8};
    switch (kind) {
    case GN_SOL_LOG:
    case GN_SOL_PANIC_FILE:
        return text(c, b);
    case GN_SOL_INVALID_TEXT:
        return true;
    case GN_SOL_LOG_DATA:
        return slices(c, b);
    case GN_SOL_READ_SYSVAR:
        return words_and_bytes(c, b, 2, 1, b.n >= 16 && load_le64(b.data + 8) == GN_SOL_ABSENT);
    case GN_SOL_READ_SLICE:
        return words_and_bytes(c, b, 4, 2, b.n >= 32 && load_le64(b.data + 24) != 1);
    case GN_SOL_READ_SIBLING:
        return sibling(c, b);
    case GN_SOL_LOG_64:
    case GN_SOL_LOG_PUBKEY:
    case GN_SOL_LOG_UNITS:
    case GN_SOL_READ_STAKE:
    case GN_SOL_READ_TOTAL_STAKE:
        return b.n == fixed[kind] || fail(c, "a record has another length than its kind");
    default:
        return fail(c, "unknown kind of record");
    }
}

static bool records(struct cursor *c, struct svm_statement *s, uint64_t n)
{
    void *memory;
    if (n > c->words - c->at) {
        return fail(c, "more records than words");
    }
    if (!array(c, &memory, n, sizeof(struct svm_record))) {
        return false;
    }
    struct svm_record *list = memory;
    s->records = list;
    for (s->records_n = 0; s->records_n < n; s->records_n++) {
        struct svm_record *r = &list[s->records_n];
        uint64_t head = 0;
        if (!word(c, &head) || !padded(c, &r->payload, head >> 32, UINT32_MAX) ||
            !record_shape(c, head & UINT32_MAX, r->payload)) {
            return false;
        }
        r->kind = (enum gn_sol_record)(head & UINT32_MAX);
    }
    return true;
}

/* Records that a fault's line needs are the last one. */
static bool fault_record(const struct cursor *c, const struct svm_statement *s)
{
    const struct svm_record *last = s->records_n > 0 ? &s->records[s->records_n - 1] : NULL;
    bool good = (s->fault != GN_SOL_FAULT_PANIC || (last != NULL && last->kind == GN_SOL_PANIC_FILE)) &&
                (s->fault != GN_SOL_FAULT_INVALID_STRING || (last != NULL && last->kind == GN_SOL_INVALID_TEXT));
    return good || fail(c, "the fault's record is not the last");
}

static bool body(struct cursor *c, struct svm_statement *s, const struct gn_sol_statement *h)
{
    void *memory;
    if (!metas(c, s) || !array(c, &memory, s->accounts_n, sizeof(struct svm_statement_account))) {
        return false;
    }
    struct svm_statement_account *accounts = memory;
    s->accounts = accounts;
    for (size_t i = 0; i < s->accounts_n; i++) {
        if (!account_before(c, &accounts[i])) {
            return false;
        }
    }
    if (!padded(c, &s->data, h->data_n, GN_SOL_INSTRUCTION_DATA_MAX) || !records(c, s, h->records_n) ||
        !fault_record(c, s) ||
        (h->return_n > 0 &&
         (!key(c, &s->return_program) || !padded(c, &s->return_data, h->return_n, GN_SOL_RETURN_DATA_MAX)))) {
        return false;
    }
    uint64_t changed = 0;
    for (size_t i = 0; i < s->accounts_n; i++) {
        if (!account_after(c, &accounts[i])) {
            return false;
        }
        changed += accounts[i].changed;
    }
    if (changed != s->modified || (!s->success && changed != 0)) {
        return fail(c, "another number of accounts changed than the header says");
    }
    return c->at == c->words || fail(c, "words follow");
}

enum gn_status gn_svm_statement_read(struct svm_statement *s, struct gn_arena *arena, const void *bytes, size_t n,
                                     struct gn_error *err)
{
    struct gn_error own = {.status = GN_INTERNAL};
    struct cursor c = {.bytes = bytes, .words = n / 8, .arena = arena, .err = err != NULL ? err : &own};
    struct gn_sol_statement h;
    *s = (struct svm_statement){0};
    if (n % 8 != 0 || n / 8 > GN_SOL_STATEMENT_MAX) {
        return gn_fail(err, GN_BAD_INPUT, "statement of %zu bytes: no multiple of 8, or more than %d words", n,
                       GN_SOL_STATEMENT_MAX);
    }
    return header(&c, s, &h) && body(&c, s, &h) ? GN_OK : c.err->status;
}
