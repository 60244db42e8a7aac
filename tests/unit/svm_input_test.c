/* SPDX-License-Identifier: Apache-2.0 */
/* svm_input_test.c - input.bin back and forth, cut at every byte, damaged at every byte, over every limit; the kernel input word by word. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "cm.h"
#include "svm/kernel_input.h"

static struct gn_arena arena;
static struct gn_error err;

static int open_arena(void **state)
{
    (void)state;
    return gn_arena_init(&arena, 8 << 20, &err) == GN_OK ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    gn_arena_free(&arena);
    return 0;
}

static struct svm_key key(uint8_t x)
{
    struct svm_key k;
    memset(k.b, x, sizeof k.b);
    return k;
}

/* three accounts, the third is the first again with another privilege; one sysvar, a stake, a sibling */
static struct svm_input example(void)
{
    static const uint8_t data[] = "data of 13 b", clock[40] = {7}, instruction[] = {1, 2, 3};
    static struct svm_account accounts[3];
    static struct svm_stake stakes[1];
    static struct svm_meta metas[1];
    static struct svm_sibling siblings[1];
    accounts[0] = (struct svm_account){.key = key(1),
                                       .owner = key(2),
                                       .lamports = 1000,
                                       .rent_epoch = UINT64_MAX,
                                       .data = {data, sizeof data},
                                       .signer = true};
    accounts[1] = (struct svm_account){.key = key(3), .owner = key(4), .lamports = 5, .executable = true};
    accounts[2] = accounts[0];
    accounts[2].signer = false;
    accounts[2].writable = true;
    stakes[0] = (struct svm_stake){.vote = key(8), .stake = 77};
    metas[0] = (struct svm_meta){.key = key(6), .writable = true};
    siblings[0] = (struct svm_sibling){.program = key(9), .metas = metas, .metas_n = 1, .data = {instruction, 2}};
    struct svm_input in = gn_svm_input_default();
    in.accounts = accounts;
    in.accounts_n = 3;
    in.data = (struct svm_bytes){instruction, sizeof instruction};
    in.program_id = key(5);
    in.sysvar_exists[GN_SOL_CLOCK] = true;
    in.sysvars[GN_SOL_CLOCK] = (struct svm_bytes){clock, sizeof clock};
    in.resized = -5;
    in.total_stake = 99;
    in.stakes = stakes;
    in.stakes_n = 1;
    in.siblings = siblings;
    in.siblings_n = 1;
    return in;
}

static struct gn_buffer write_input(const struct svm_input *in)
{
    struct gn_buffer b = {0};
    gn_svm_input_write(&b, in);
    assert_false(b.failed);
    return b;
}

static enum gn_status read_copy(struct svm_input *in, const void *bytes, size_t n)
{
    gn_arena_mark mark = gn_arena_get_mark(&arena);
    uint8_t *copy = malloc(n + 1); /* exact size, for sanitizers */
    assert_non_null(copy);
    memcpy(copy, bytes, n);
    err.text[0] = 0;
    enum gn_status status = gn_svm_input_read(in, &arena, copy, n, &err);
    assert_int_equal(status == GN_OK, err.text[0] == 0);
    free(copy);
    gn_arena_release(&arena, mark);
    return status;
}

static void round_trip(void **state)
{
    (void)state;
    struct svm_input in = example(), back;
    struct gn_buffer b = write_input(&in);
    /* sizes by hand: lengths and fields of docs/statement.md, section 1 */
    size_t expected = 8 + 8 + 2 * (91 + 13) + 91 + 8 + 3 + 4 + 32 + 4 + 8 + 8 + 8 + 8 + 7 + 8 + 40 + 8 + 8 + 40 + 8 +
                      32 + 8 + 34 + 8 + 2;
    assert_int_equal(b.size, expected);
    assert_int_equal(gn_svm_input_read(&back, &arena, b.data, b.size, &err), GN_OK);
    struct gn_buffer again = write_input(&back);
    assert_int_equal(again.size, b.size);
    assert_memory_equal(again.data, b.data, b.size);
    assert_int_equal(back.resized, -5);
    assert_true(back.accounts[2].writable && !back.accounts[2].signer);
    assert_int_equal(back.loader, 3);
    gn_buffer_free(&again);
    gn_buffer_free(&b);
}

static void cut(void **state)
{
    (void)state;
    struct svm_input in = example();
    struct gn_buffer b = write_input(&in);
    for (size_t n = 0; n < b.size; n++) {
        assert_int_equal(read_copy(&in, b.data, n), GN_BAD_INPUT);
    }
    gn_buffer_append(&b, "", 1);
    assert_int_equal(read_copy(&in, b.data, b.size), GN_BAD_INPUT);
    assert_non_null(strstr(err.text, "bytes follow"));
    gn_buffer_free(&b);
}

/* every byte with several values: what is read is written back the same, or refused with a line */
static void damaged(void **state)
{
    (void)state;
    struct svm_input in = example();
    struct gn_buffer b = write_input(&in);
    static const uint8_t values[] = {0, 1, 2, 0x7f, 0x80, 0xff};
    for (size_t i = 0; i < b.size; i++) {
        uint8_t honest = b.data[i];
        for (size_t j = 0; j < sizeof values; j++) {
            b.data[i] = values[j];
            struct svm_input back;
            gn_arena_mark mark = gn_arena_get_mark(&arena);
            if (gn_svm_input_read(&back, &arena, b.data, b.size, &err) == GN_OK) {
                struct gn_buffer again = write_input(&back);
                assert_int_equal(again.size, b.size);
                assert_memory_equal(again.data, b.data, b.size);
                gn_buffer_free(&again);
            } else {
                assert_int_equal(err.status, GN_BAD_INPUT);
            }
            gn_arena_release(&arena, mark);
        }
        b.data[i] = honest;
    }
    gn_buffer_free(&b);
}

static void refused(const struct svm_input *in, const char *says)
{
    assert_int_equal(gn_svm_input_check(in, &err), GN_BAD_INPUT);
    if (strstr(err.text, says) == NULL) {
        fail_msg("said \"%s\", not \"%s\"", err.text, says);
    }
    if (in->accounts_n == 3 && in->stakes_n == 1 && in->siblings_n == 1) { /* the file is refused too */
        struct gn_buffer b = write_input(in);
        struct svm_input back;
        assert_int_equal(read_copy(&back, b.data, b.size), GN_BAD_INPUT);
        gn_buffer_free(&b);
    }
}

static void limits(void **state)
{
    (void)state;
    static uint8_t many[GN_SOL_ACCOUNT_DATA_MAX + 1];
    struct svm_input in;
#define CASE(change, says) \
    in = example();        \
    change;                \
    refused(&in, says)
    CASE(in.loader = 0, "loader: 0");
    CASE(in.loader = 4, "loader: 4");
    CASE(in.features = 2, "features");
    CASE(in.budget = GN_SOL_BUDGET_MAX + 1, "compute_budget: 1400001");
    CASE(in.heap = GN_SOL_HEAP_MIN - 1024, "heap_size");
    CASE(in.heap = GN_SOL_HEAP_MAX + 1024, "heap_size");
    CASE(in.heap = GN_SOL_HEAP_MIN + 1, "heap_size");
    CASE(in.resized = GN_SOL_RESIZE_MAX + 1, "resized");
    CASE(in.resized = -GN_SOL_RESIZE_MAX - 1, "resized");
    CASE((in.data = (struct svm_bytes){many, GN_SOL_INSTRUCTION_DATA_MAX + 1}), "instruction_data: 10241");
    CASE((in.sysvars[0] = (struct svm_bytes){many, SVM_SYSVAR_MAX + 1}), "sysvar clock: 32769");
    CASE((in.program = (struct svm_bytes){many, SVM_PROGRAM_MAX + 1}), "program: ");
    CASE(in.accounts_n = GN_SOL_METAS_MAX + 1, "accounts: 256");
    CASE(in.stakes_n = SVM_STAKES_MAX + 1, "epoch_stakes: 4097");
    CASE(in.siblings_n = SVM_SIBLINGS_MAX + 1, "siblings: 65");
    /* the file's accounts[1].data is one byte longer than an account may have */
    in = example();
    struct svm_account accounts[3];
    memcpy(accounts, in.accounts, sizeof accounts);
    in.accounts = accounts;
    accounts[1].data = (struct svm_bytes){many, sizeof many};
    refused(&in, "accounts[1].data: 10485761");
    /* duplicates that differ, field by field */
    for (int field = 0; field < 5; field++) {
        memcpy(accounts, example().accounts, sizeof accounts);
        accounts[2].lamports += field == 0;
        accounts[2].owner.b[31] ^= field == 1;
        accounts[2].rent_epoch ^= field == 2 ? 1u : 0u;
        accounts[2].executable ^= field == 3;
        accounts[2].data.n -= field == 4;
        refused(&in, "accounts[2]: same address as accounts[0]");
    }
}

static uint64_t at_word(const struct gn_buffer *b, size_t i)
{
    assert_true(8 * i + 8 <= b->size);
    return load_le64(b->data + 8 * i);
}

static void kernel_words(void **state)
{
    (void)state;
    struct svm_input in = example();
    struct gn_sol_hint hint = {{1, 2, 3, 4}};
    struct gn_buffer b = {0};
    gn_svm_kernel_input(&b, &in, false, &hint, 1);
    assert_int_equal(b.size % 8, 0);
    static const uint64_t head[9] = {GN_SOL_INPUT_MAGIC, 0, 3, 200000, 32768, (uint64_t)-5, 3, 2, 3};
    for (size_t i = 0; i < 9; i++) {
        assert_true(at_word(&b, i) == head[i]);
    }
    assert_memory_equal(b.data + 8 * 17, in.program_id.b, 32);
    size_t w = 21;
    assert_int_equal(at_word(&b, w), 0);
    assert_int_equal(at_word(&b, w + 1), 1);
    assert_int_equal(at_word(&b, w + 2), 0);
    w += 3;
    assert_int_equal(at_word(&b, w), GN_SOL_SIGNER | GN_SOL_WRITABLE); /* of both metas */
    assert_true(at_word(&b, w + 1) == UINT64_MAX);
    assert_memory_equal(b.data + 8 * (w + 2), in.accounts[0].key.b, 32);
    assert_memory_equal(b.data + 8 * (w + 6), in.accounts[0].owner.b, 32);
    assert_int_equal(at_word(&b, w + 10), 1000);
    assert_int_equal(at_word(&b, w + 11), 13);
    assert_memory_equal(b.data + 8 * (w + 12), "data of 13 b\0\0\0\0", 16);
    w += 14;
    assert_int_equal(at_word(&b, w), GN_SOL_EXECUTABLE);
    assert_int_equal(at_word(&b, w + 11), 0);
    w += 12;
    assert_int_equal(at_word(&b, w), 0x030201); /* instruction data */
    w += 1;
    assert_int_equal(at_word(&b, 9), 8 * w); /* sysvars */
    assert_int_equal(at_word(&b, w), 40);
    assert_int_equal(at_word(&b, w + 1), 7);
    for (size_t i = 1; i < GN_SOL_SYSVARS; i++) {
        assert_true(at_word(&b, w + 5 + i) == GN_SOL_ABSENT);
    }
    w += 12;
    assert_int_equal(at_word(&b, 10), 8 * w);
    assert_int_equal(at_word(&b, 11), 1);
    assert_int_equal(at_word(&b, 12), 99);
    assert_int_equal(at_word(&b, w + 4), 77);
    w += 5;
    assert_int_equal(at_word(&b, 13), 8 * w);
    assert_int_equal(at_word(&b, 14), 1);
    assert_int_equal(at_word(&b, w + 4), 1);
    assert_int_equal(at_word(&b, w + 5), 2);
    assert_int_equal(at_word(&b, w + 10), GN_SOL_WRITABLE);
    assert_int_equal(at_word(&b, w + 11), 0x0201);
    w += 12;
    assert_int_equal(at_word(&b, 15), 8 * w);
    assert_int_equal(at_word(&b, 16), 1);
    assert_int_equal(at_word(&b, w + 3), 4);
    assert_int_equal(b.size, 8 * (w + 4));
    gn_buffer_free(&b);
    gn_svm_kernel_input(&b, &in, true, NULL, 0);
    assert_int_equal(at_word(&b, 24), GN_SOL_SIGNER | GN_SOL_WRITABLE | GN_SOL_BY_HASH);
    gn_buffer_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip), cmocka_unit_test(cut),          cmocka_unit_test(damaged),
        cmocka_unit_test(limits),     cmocka_unit_test(kernel_words),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
