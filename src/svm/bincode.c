/* SPDX-License-Identifier: Apache-2.0 */
/* bincode.c - input.bin: bincode 1.x with fixed-size integers (docs/statement.md, section 1), read with every bound checked before use. */
#include <string.h>

#include "base/bytes.h"
#include "svm/input.h"

enum { PARAMS_VERSION = 1 };

/* ---- writing ---- */
static void put(struct gn_buffer *out, uint64_t v, size_t n)
{
    uint8_t bytes[8];
    store_le64(bytes, v);
    gn_buffer_append(out, bytes, n);
}

static void put_bytes(struct gn_buffer *out, struct svm_bytes b)
{
    put(out, b.n, 8);
    gn_buffer_append(out, b.data, b.n);
}

static void put_key(struct gn_buffer *out, const struct svm_key *key)
{
    gn_buffer_append(out, key->b, sizeof key->b);
}

static void put_account(struct gn_buffer *out, const struct svm_account *a)
{
    put_key(out, &a->key);
    put_key(out, &a->owner);
    put(out, a->lamports, 8);
    put_bytes(out, a->data);
    put(out, a->executable, 1);
    put(out, a->rent_epoch, 8);
    put(out, a->signer, 1);
    put(out, a->writable, 1);
}

static void put_sibling(struct gn_buffer *out, const struct svm_sibling *s)
{
    put_key(out, &s->program);
    put(out, s->metas_n, 8);
    for (size_t i = 0; i < s->metas_n; i++) {
        put_key(out, &s->metas[i].key);
        put(out, s->metas[i].signer, 1);
        put(out, s->metas[i].writable, 1);
    }
    put_bytes(out, s->data);
}

void gn_svm_input_write(struct gn_buffer *out, const struct svm_input *in)
{
    put_bytes(out, in->program);
    put(out, in->accounts_n, 8);
    for (size_t i = 0; i < in->accounts_n; i++) {
        put_account(out, &in->accounts[i]);
    }
    put_bytes(out, in->data);
    put(out, PARAMS_VERSION, 4);
    put_key(out, &in->program_id);
    put(out, in->loader, 4);
    put(out, in->features, 8);
    put(out, in->budget, 8);
    put(out, in->heap, 8);
    put(out, (uint64_t)in->resized, 8);
    for (unsigned i = 0; i < GN_SOL_SYSVARS; i++) {
        put(out, in->sysvar_exists[i], 1);
        if (in->sysvar_exists[i]) {
            put_bytes(out, in->sysvars[i]);
        }
    }
    put(out, in->total_stake, 8);
    put(out, in->stakes_n, 8);
    for (size_t i = 0; i < in->stakes_n; i++) {
        put_key(out, &in->stakes[i].vote);
        put(out, in->stakes[i].stake, 8);
    }
    put(out, in->siblings_n, 8);
    for (size_t i = 0; i < in->siblings_n; i++) {
        put_sibling(out, &in->siblings[i]);
    }
}

/* ---- reading ---- */
struct reader {
    const uint8_t *bytes;
    size_t n, at;
    struct gn_arena *arena;
    struct gn_error *err;
    const char *what; /* field that is read, for messages */
};

static bool fail(const struct reader *r, const char *says)
{
    (void)gn_fail(r->err, GN_BAD_INPUT, "input.bin: %s at byte %zu: %s", r->what, r->at, says);
    return false;
}

static bool take(struct reader *r, const uint8_t **out, uint64_t n)
{
    if (n > r->n - r->at) {
        return fail(r, "the file ends before it does");
    }
    *out = r->bytes + r->at;
    r->at += n;
    return true;
}

static bool get(struct reader *r, const char *what, uint64_t *out, size_t n)
{
    const uint8_t *p;
    uint8_t wide[8] = {0};
    r->what = what;
    if (!take(r, &p, n)) {
        return false;
    }
    memcpy(wide, p, n);
    *out = load_le64(wide);
    return true;
}

static bool get_u64(struct reader *r, const char *what, uint64_t *out)
{
    return get(r, what, out, 8);
}

static bool get_bool(struct reader *r, const char *what, bool *out)
{
    uint64_t v = 0;
    if (!get(r, what, &v, 1)) {
        return false;
    }
    if (v > 1) {
        r->at--;
        return fail(r, "neither 0 nor 1");
    }
    *out = v == 1;
    return true;
}

static bool get_key(struct reader *r, const char *what, struct svm_key *out)
{
    const uint8_t *p;
    r->what = what;
    if (!take(r, &p, sizeof out->b)) {
        return false;
    }
    memcpy(out->b, p, sizeof out->b);
    return true;
}

static bool get_bytes(struct reader *r, const char *what, struct svm_bytes *out)
{
    uint64_t n = 0;
    if (!get_u64(r, what, &n) || !take(r, &out->data, n)) {
        return false;
    }
    out->n = n;
    return true;
}

/* The length of an array whose elements take at least `each` bytes in the file; memory for it, zeroed.  More than max: the caller's limit, told here so
 * that a length never decides how much memory is asked for. */
static bool get_array(struct reader *r, const char *what, size_t *n, void **out, size_t max, size_t each, size_t size)
{
    uint64_t count = 0;
    if (!get_u64(r, what, &count)) {
        return false;
    }
    if (count > max) {
        r->at -= 8;
        return fail(r, "more entries than allowed");
    }
    if (count * each > r->n - r->at) {
        return fail(r, "the file ends before it does");
    }
    *n = count;
    *out = gn_arena_zalloc(r->arena, count * size + 1);
    if (*out == NULL) {
        (void)gn_fail(r->err, GN_NO_MEMORY, "no memory for input.bin");
    }
    return *out != NULL;
}

static bool get_account(struct reader *r, struct svm_account *a)
{
    return get_key(r, "account's pubkey", &a->key) && get_key(r, "account's owner", &a->owner) &&
           get_u64(r, "account's lamports", &a->lamports) && get_bytes(r, "account's data", &a->data) &&
           get_bool(r, "account's executable", &a->executable) && get_u64(r, "account's rent_epoch", &a->rent_epoch) &&
           get_bool(r, "account's is_signer", &a->signer) && get_bool(r, "account's is_writable", &a->writable);
}

static bool get_accounts(struct reader *r, struct svm_input *in)
{
    void *array;
    if (!get_array(r, "accounts", &in->accounts_n, &array, GN_SOL_METAS_MAX, 91, sizeof(struct svm_account))) {
        return false;
    }
    struct svm_account *accounts = array;
    in->accounts = accounts;
    for (size_t i = 0; i < in->accounts_n; i++) {
        if (!get_account(r, &accounts[i])) {
            return false;
        }
    }
    return true;
}

static bool get_sysvars(struct reader *r, struct svm_input *in)
{
    for (unsigned i = 0; i < GN_SOL_SYSVARS; i++) {
        if (!get_bool(r, gn_svm_sysvar_name((enum gn_sol_sysvar)i), &in->sysvar_exists[i]) ||
            (in->sysvar_exists[i] && !get_bytes(r, gn_svm_sysvar_name((enum gn_sol_sysvar)i), &in->sysvars[i]))) {
            return false;
        }
    }
    return true;
}

static bool get_stakes(struct reader *r, struct svm_input *in)
{
    void *array;
    if (!get_u64(r, "total_epoch_stake", &in->total_stake) ||
        !get_array(r, "epoch_stakes", &in->stakes_n, &array, SVM_STAKES_MAX, 40, sizeof(struct svm_stake))) {
        return false;
    }
    struct svm_stake *stakes = array;
    in->stakes = stakes;
    for (size_t i = 0; i < in->stakes_n; i++) {
        if (!get_key(r, "vote account", &stakes[i].vote) || !get_u64(r, "stake", &stakes[i].stake)) {
            return false;
        }
    }
    return true;
}

static bool get_sibling(struct reader *r, struct svm_sibling *s)
{
    void *array;
    if (!get_key(r, "sibling's program_id", &s->program) ||
        !get_array(r, "sibling's accounts", &s->metas_n, &array, GN_SOL_METAS_MAX, 34, sizeof(struct svm_meta))) {
        return false;
    }
    struct svm_meta *metas = array;
    s->metas = metas;
    for (size_t i = 0; i < s->metas_n; i++) {
        if (!get_key(r, "sibling's pubkey", &metas[i].key) || !get_bool(r, "sibling's is_signer", &metas[i].signer) ||
            !get_bool(r, "sibling's is_writable", &metas[i].writable)) {
            return false;
        }
    }
    return get_bytes(r, "sibling's data", &s->data);
}

static bool get_siblings(struct reader *r, struct svm_input *in)
{
    void *array;
    if (!get_array(r, "siblings", &in->siblings_n, &array, SVM_SIBLINGS_MAX, 48, sizeof(struct svm_sibling))) {
        return false;
    }
    struct svm_sibling *siblings = array;
    in->siblings = siblings;
    for (size_t i = 0; i < in->siblings_n; i++) {
        if (!get_sibling(r, &siblings[i])) {
            return false;
        }
    }
    return true;
}

static bool get_params(struct reader *r, struct svm_input *in)
{
    uint64_t version = 0, loader = 0, resized = 0;
    if (!get(r, "version of params", &version, 4)) {
        return false;
    }
    if (version != PARAMS_VERSION) {
        r->at -= 4;
        return fail(r, "not 1");
    }
    bool good = get_key(r, "program_id", &in->program_id) && get(r, "loader", &loader, 4) &&
                get_u64(r, "features", &in->features) && get_u64(r, "compute_budget", &in->budget) &&
                get_u64(r, "heap_size", &in->heap) && get_u64(r, "resized", &resized);
    in->loader = (uint32_t)loader;
    in->resized = (int64_t)resized;
    return good && get_sysvars(r, in) && get_stakes(r, in) && get_siblings(r, in);
}

enum gn_status gn_svm_input_read(struct svm_input *in, struct gn_arena *arena, const void *bytes, size_t n,
                                 struct gn_error *err)
{
    struct gn_error own = {.status = GN_INTERNAL};
    struct reader r = {.bytes = bytes, .n = n, .arena = arena, .err = err != NULL ? err : &own};
    *in = (struct svm_input){0};
    if (!get_bytes(&r, "program", &in->program) || !get_accounts(&r, in) ||
        !get_bytes(&r, "instruction_data", &in->data) || !get_params(&r, in)) {
        return r.err->status;
    }
    r.what = "end";
    if (r.at != n) {
        (void)fail(&r, "bytes follow");
        return GN_BAD_INPUT;
    }
    return gn_svm_input_check(in, err);
}
