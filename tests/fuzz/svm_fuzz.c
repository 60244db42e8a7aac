/* SPDX-License-Identifier: Apache-2.0 */
/* svm_fuzz.c - libFuzzer target: everything that the host side of Solana reads, on hostile bytes.
 *
 * Byte 0 chooses: 0 input.bin, 1 a statement, 2 an account (JSON), 3 a recorded case (JSON), 4 Base58, 5 Base64.  Nothing may crash or read outside; what is read
 * can be written again, rendered, compared; what is refused has one printable line. */
#include <stdlib.h>
#include <string.h>

#include "svm/account.h"
#include "svm/base64.h"
#include "svm/case.h"
#include "svm/kernel_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct gn_arena arena;

static void require(bool good)
{
    if (!good) {
        abort();
    }
}

static void refused(enum gn_status status, const struct gn_error *err)
{
    require(status == GN_BAD_INPUT || status == GN_LIMIT || status == GN_NO_MEMORY);
    require(err->status == status && err->text[0] != 0 && strchr(err->text, '\n') == NULL);
}

static void fuzz_input(const uint8_t *data, size_t size)
{
    struct svm_input in;
    struct gn_error err;
    enum gn_status status = gn_svm_input_read(&in, &arena, data, size, &err);
    if (status != GN_OK) {
        refused(status, &err);
        return;
    }
    struct gn_buffer again = {0}, kernel = {0};
    struct gn_sol_hint hint = {{0}};
    gn_svm_input_write(&again, &in);
    require(!again.failed && again.size == size && memcmp(again.data, data, size) == 0);
    gn_svm_kernel_input(&kernel, &in, size % 2, &hint, 1);
    require(!kernel.failed && kernel.size % 8 == 0);
    gn_buffer_free(&again);
    gn_buffer_free(&kernel);
}

static void fuzz_statement(const uint8_t *data, size_t size)
{
    struct svm_statement s;
    struct gn_error err;
    enum gn_status status = gn_svm_statement_read(&s, &arena, data, size, &err);
    if (status != GN_OK) {
        refused(status, &err);
        return;
    }
    struct svm_log log = {0};
    gn_svm_log_instruction(&log, &s);
    require(!gn_svm_log_failed(&log) && gn_svm_log_lines(&log) >= 3);
    for (size_t i = 0; i < gn_svm_log_lines(&log); i++) {
        size_t valid, bad;
        require(gn_svm_utf8(gn_svm_log_line(&log, i), &valid, &bad));
    }
    gn_svm_log_free(&log);
}

static void fuzz_account(const uint8_t *data, size_t size)
{
    struct svm_account a;
    struct gn_error err;
    enum gn_status status = gn_svm_account_read(&a, &arena, data, size, &err);
    if (status != GN_OK) {
        refused(status, &err);
    }
}

static struct svm_bytes find(void *ctx, const uint8_t sha256[32], uint64_t bytes)
{
    (void)ctx, (void)bytes;
    return (struct svm_bytes){.data = (const uint8_t *)"ELF", .n = sha256[0] % 2 ? 3 : 0};
}

/* every instruction succeeds and makes its first account richer */
static enum gn_status execute(void *ctx, const struct svm_input *in, struct svm_bytes elf, struct svm_statement *out,
                              struct gn_arena *memory, struct gn_error *err)
{
    static struct svm_statement_account account;
    (void)ctx;
    (void)elf;
    (void)memory;
    (void)err;
    *out = (struct svm_statement){
        .success = true, .units = 5, .charged = 5, .budget = in->budget, .program = in->program_id};
    if (in->accounts_n > 0) {
        const struct svm_account *a = &in->accounts[0];
        account = (struct svm_statement_account){
            .key = a->key, .changed = true, .after = {.owner = a->owner, .lamports = a->lamports + 1, .data = a->data}};
        out->accounts = &account;
        out->accounts_n = 1;
    }
    return GN_OK;
}

static void fuzz_case(const uint8_t *data, size_t size)
{
    struct gn_error err;
    struct svm_case c;
    struct svm_outcome out;
    json_t *root;
    enum gn_status status = gn_json_parse(&root, data, size, &err);
    if (status == GN_OK) {
        status = gn_svm_case_read(&c, root, &arena, find, NULL, &err);
    }
    if (status == GN_OK) {
        struct gn_buffer says = {0};
        status = gn_svm_case_run(&out, &c, &arena, execute, NULL, &err);
        if (status == GN_OK) {
            json_t *outcome = gn_svm_outcome_json(&c, &out);
            require(outcome != NULL);
            (void)gn_svm_case_compare(&c, outcome, &says);
            require(!says.failed);
            json_decref(outcome);
        }
        gn_svm_log_free(&out.log);
        gn_buffer_free(&says);
    }
    if (status != GN_OK) {
        refused(status, &err);
    }
    json_decref(root);
}

static void fuzz_text(const uint8_t *data, size_t size, bool base64)
{
    if (base64) {
        size_t n;
        uint8_t *bytes = malloc(gn_base64_decoded_max(size) + 1);
        char *text = malloc(size + 1);
        require(bytes != NULL && text != NULL);
        if (gn_base64_decode(bytes, &n, (const char *)data, size)) {
            require(gn_base64_encoded(n) == size && memcmp(gn_base64_encode(text, bytes, n), data, size) == 0);
        }
        free(bytes);
        free(text);
        return;
    }
    struct svm_key key;
    char text[SVM_KEY_TEXT];
    if (gn_svm_key_from_text(&key, (const char *)data, size)) {
        require(strlen(gn_svm_key_text(text, &key)) == size && memcmp(text, data, size) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (arena.base == NULL) {
        require(gn_arena_init(&arena, 32 << 20, NULL) == GN_OK);
    }
    if (size == 0) {
        return 0;
    }
    gn_arena_mark mark = gn_arena_get_mark(&arena);
    switch (data[0]) {
    case 0:
        fuzz_input(data + 1, size - 1);
        break;
    case 1:
        fuzz_statement(data + 1, size - 1);
        break;
    case 2:
        fuzz_account(data + 1, size - 1);
        break;
    case 3:
        fuzz_case(data + 1, size - 1);
        break;
    default:
        fuzz_text(data + 1, size - 1, data[0] % 2 == 1);
        break;
    }
    gn_arena_release(&arena, mark);
    return 0;
}
