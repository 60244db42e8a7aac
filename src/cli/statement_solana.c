/* SPDX-License-Identifier: Apache-2.0 */
/* statement_solana.c - see statement_solana.h. */
#include "cli/statement_solana.h"

#include <inttypes.h>

#include "svm/case.h"
#include "svm/errors.h"

enum { ARENA = 64 << 20, SHOWN = 64 };

struct reading {
    struct gn_arena arena;
    struct svm_statement s;
};

static bool open_reading(struct reading *r, const struct gn_statement *s, bool by_hash)
{
    struct gn_error err;
    if (gn_arena_init(&r->arena, ARENA, &err) != GN_OK) {
        return false;
    }
    if (gn_svm_statement_read(&r->s, &r->arena, s->bytes, s->bytes_n, &err) != GN_OK ||
        (by_hash && gn_svm_statement_hash(&r->s, &r->arena, &err) != GN_OK)) {
        gn_arena_free(&r->arena);
        return false;
    }
    return true;
}

static void say(char out[static CLI_SAID], const struct svm_statement *s)
{
    if (s->success) {
        snprintf(out, CLI_SAID, "success, %" PRIu64 " compute units", s->charged);
    } else if (s->error == GN_SOL_ERROR_CUSTOM) {
        snprintf(out, CLI_SAID, "failed: custom error 0x%" PRIx32 ", %" PRIu64 " compute units", s->custom, s->charged);
    } else {
        snprintf(out, CLI_SAID, "failed: %s, %" PRIu64 " compute units", gn_svm_error_name(s->error), s->charged);
    }
}

const char *gn_cli_solana_said(char out[static CLI_SAID], const struct gn_statement *s)
{
    struct reading r;
    if (!open_reading(&r, s, false)) {
        snprintf(out, CLI_SAID, "unreadable statement");
        return out;
    }
    say(out, &r.s);
    gn_arena_free(&r.arena);
    return out;
}

uint64_t gn_cli_solana_instructions(const struct gn_statement *s)
{
    struct reading r;
    if (!open_reading(&r, s, false)) {
        return 0;
    }
    uint64_t n = r.s.instructions;
    gn_arena_free(&r.arena);
    return n;
}

/* ---- text ---- */
static void print_bytes(struct svm_bytes b, size_t shown)
{
    for (size_t i = 0; i < b.n && i < shown; i++) {
        printf("%s%02x", i == 0 ? ": " : "", b.data[i]);
    }
    printf("%s\n", b.n > shown ? " ..." : "");
}

static void print_state(const char *when, const struct svm_state *a)
{
    enum { SHOWN_OF_ACCOUNT = 32 };
    char owner[SVM_KEY_TEXT];
    printf("    %-8s %" PRIu64 " lamports, owner %s, %zu bytes of data", when, a->lamports,
           gn_svm_key_text(owner, &a->owner), a->data.n);
    print_bytes(a->data, SHOWN_OF_ACCOUNT);
}

static void print_hash(const char *when, const uint8_t hash[32])
{
    printf("    %-8s BLAKE3 ", when);
    for (unsigned i = 0; i < 32; i++) {
        printf("%02x", hash[i]);
    }
    printf("\n");
}

static void print_account(size_t i, const struct svm_statement_account *a)
{
    char key[SVM_KEY_TEXT];
    bool hidden = (a->flags & GN_SOL_BY_HASH) != 0;
    printf("account %-6zu %s%s%s%s%s\n", i, hidden ? "(by hash)" : gn_svm_key_text(key, &a->key),
           a->flags & GN_SOL_SIGNER ? ", signer" : "", a->flags & GN_SOL_WRITABLE ? ", writable" : "",
           a->flags & GN_SOL_EXECUTABLE ? ", executable" : "", a->changed ? "" : ", unchanged");
    if (hidden) {
        print_hash("before", a->hash_before);
        print_hash("after", a->hash_after);
        return;
    }
    print_state(a->changed ? "before" : "", &a->before);
    if (a->changed) {
        print_state("after", &a->after);
    }
}

/* A line with control characters as '?': it may hold anything. */
static void print_line(struct svm_bytes line)
{
    for (size_t i = 0; i < line.n; i++) {
        uint8_t c = line.data[i];
        bool c1 = c == 0xc2 && i + 1 < line.n && line.data[i + 1] < 0xa0; /* U+0080 ... U+009F */
        putchar(c < 0x20 || c == 0x7f || c1 ? '?' : c);
        i += c1;
    }
    putchar('\n');
}

void gn_cli_log_print(const struct svm_log *log, const char *indent)
{
    for (size_t i = 0; i < gn_svm_log_lines(log); i++) {
        printf("%s", indent);
        print_line(gn_svm_log_line(log, i));
    }
}

/* What the program read of the outside: the payload as it stands in the statement. */
static void print_reads(const struct svm_statement *s)
{
    for (size_t i = 0; i < s->records_n; i++) {
        const struct svm_record *r = &s->records[i];
        const char *name = gn_svm_read_name(r), *sysvar = gn_svm_read_sysvar(r);
        if (name != NULL) {
            printf("%-14s %s%s%s, %zu bytes", "read", name, sysvar != NULL ? " " : "", sysvar != NULL ? sysvar : "",
                   r->payload.n);
            print_bytes(r->payload, SHOWN);
        }
    }
}

void gn_cli_solana_print(const struct gn_statement *s, bool by_hash)
{
    struct reading r;
    struct svm_log log = {0};
    char key[SVM_KEY_TEXT], said[CLI_SAID];
    if (!open_reading(&r, s, by_hash)) {
        printf("%-14s %zu bytes that no kernel says\n", "statement", s->bytes_n);
        return;
    }
    say(said, &r.s);
    printf("%-14s %s\n", "outcome", said);
    printf("%-14s %s, loader %" PRIu64 "%s\n", "program", gn_svm_key_text(key, &r.s.program), r.s.loader,
           r.s.flags & GN_SOL_VASA ? ", virtual address space adjustments" : "");
    printf("%-14s %" PRIu64 " compute units, heap of %" PRIu64 " bytes, accounts grown by %" PRId64 " bytes before\n",
           "budget", r.s.budget, r.s.heap, r.s.resized);
    printf("%-14s success %d, exit code 0x%" PRIx64 ", compute units consumed %" PRIu64
           ", instructions executed %" PRIu64 ", accounts modified %" PRIu64 "\n",
           "public outputs", r.s.success, r.s.exit_code, r.s.units, r.s.instructions, r.s.modified);
    printf("%-14s %zu bytes", "data", r.s.data.n);
    print_bytes(r.s.data, SHOWN);
    printf("%-14s", "metas");
    for (size_t i = 0; i < r.s.metas_n; i++) {
        printf(" %" PRIu32, r.s.metas[i]);
    }
    printf("\n");
    for (size_t i = 0; i < r.s.accounts_n; i++) {
        print_account(i, &r.s.accounts[i]);
    }
    print_reads(&r.s);
    if (r.s.return_data.n > 0) {
        printf("%-14s by %s, %zu bytes", "return data", gn_svm_key_text(key, &r.s.return_program), r.s.return_data.n);
        print_bytes(r.s.return_data, SHOWN);
    }
    printf("logs\n");
    gn_svm_log_instruction(&log, &r.s);
    gn_cli_log_print(&log, "    ");
    gn_svm_log_free(&log);
    gn_arena_free(&r.arena);
}

/* ---- JSON ---- */
json_t *gn_cli_solana_json(const struct gn_statement *s, bool by_hash)
{
    struct reading r;
    if (!open_reading(&r, s, by_hash)) {
        return NULL;
    }
    json_t *o = gn_svm_claim_json(&r.s);
    gn_arena_free(&r.arena);
    return o;
}
