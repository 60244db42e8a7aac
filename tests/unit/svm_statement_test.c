/* SPDX-License-Identifier: Apache-2.0 */
/* svm_statement_test.c - statements read, cut and damaged; the lines that they become; UTF-8 as Rust judges it; the log's limit. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "cm.h"
#include "svm/log.h"

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

/* ---- a statement, written by hand ---- */
struct writer {
    struct gn_buffer b;
    uint64_t records;
};

static void word(struct writer *w, uint64_t v)
{
    uint8_t bytes[8];
    store_le64(bytes, v);
    gn_buffer_append(&w->b, bytes, 8);
}

static void padded(struct writer *w, const void *p, size_t n)
{
    gn_buffer_append(&w->b, p, n);
    gn_buffer_append(&w->b, (const uint8_t[8]){0}, -n % 8);
}

static void set(struct writer *w, size_t i, uint64_t v)
{
    store_le64(w->b.data + 8 * i, v);
}

static void record(struct writer *w, uint64_t kind, const void *p, size_t n)
{
    word(w, kind + ((uint64_t)n << 32));
    padded(w, p, n);
    w->records++;
}

static const uint8_t program[32] = {6,  221, 246, 225, 215, 101, 161, 147, 217, 203, 225, 70,  206, 235, 121, 172,
                                    28, 180, 133, 237, 95,  91,  55,  145, 58,  140, 245, 133, 126, 255, 0,   169};
#define PROGRAM "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"

/* header, two accounts (meta 2 is meta 0 again), data; records follow */
static struct writer begin(uint64_t error, uint64_t custom, uint64_t fault)
{
    struct writer w = {0};
    const uint64_t head[25] = {GN_SOL_STATEMENT_MAGIC,
                               error == 0,
                               0,
                               76,
                               70,
                               0,
                               error,
                               custom,
                               fault,
                               0,
                               0,
                               0,
                               0,
                               76,
                               GN_SOL_VASA,
                               3,
                               200000,
                               32768,
                               0,
                               3,
                               2,
                               3};
    for (size_t i = 0; i < 25; i++) {
        word(&w, head[i]);
    }
    padded(&w, program, 32);
    word(&w, 0);
    word(&w, 1);
    word(&w, 0);
    for (uint64_t i = 0; i < 2; i++) {
        word(&w, i == 0 ? GN_SOL_WRITABLE | GN_SOL_SIGNER : GN_SOL_BY_HASH);
        for (int j = 0; j < (i == 0 ? 10 : 4); j++) {
            word(&w, 100 + i);
        }
        if (i == 0) {
            word(&w, 5);
            padded(&w, "hello", 5);
        }
    }
    padded(&w, "\1\2\3", 3);
    return w;
}

/* return data, accounts after; changed: account 0 */
static void end(struct writer *w, size_t return_n, bool changed)
{
    if (return_n > 0) {
        padded(w, program, 32);
        padded(w, "return data", return_n);
    }
    word(w, changed);
    if (changed) {
        for (int j = 0; j < 5; j++) {
            word(w, 200);
        }
        word(w, 4);
        padded(w, "bye!", 4);
    }
    word(w, 0);
    set(w, 5, changed);
    set(w, 22, w->records);
    set(w, 23, return_n);
    set(w, 24, w->b.size / 8);
}

static void all_records(struct writer *w)
{
    uint64_t words[5] = {1, 0xff, UINT64_MAX, 0, 16};
    uint8_t slices[32] = {5, 0, 0, 0, 0, 0, 0, 0, 'h', 'e', 'l', 'l', 'o', 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4};
    uint8_t sysvar[24] = {1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 7, 7, 7};
    uint8_t slice[40] = {1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1,
                         0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9};
    uint8_t sibling[16 + 48 + 40 + 8] = {0};
    sibling[8] = 1;
    sibling[48] = 1;
    sibling[56] = 3;
    record(w, GN_SOL_LOG, "two\nlines", 9);
    record(w, GN_SOL_LOG_64, words, 40);
    record(w, GN_SOL_LOG_PUBKEY, program, 32);
    record(w, GN_SOL_LOG_UNITS, words + 1, 8);
    record(w, GN_SOL_READ_SYSVAR, sysvar, 24);
    record(w, GN_SOL_READ_SLICE, slice, 40);
    record(w, GN_SOL_READ_STAKE, words, 40);
    record(w, GN_SOL_READ_TOTAL_STAKE, words, 8);
    record(w, GN_SOL_READ_SIBLING, sibling, sizeof sibling);
    record(w, GN_SOL_READ_SIBLING, "\7\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    record(w, GN_SOL_LOG_DATA, slices, 32);
}

static void assert_lines(const struct svm_log *log, const char *const *expected, size_t n)
{
    assert_false(gn_svm_log_failed(log));
    assert_int_equal(gn_svm_log_lines(log), n);
    for (size_t i = 0; i < n; i++) {
        struct svm_bytes line = gn_svm_log_line(log, i);
        if (line.n != strlen(expected[i]) || memcmp(line.data, expected[i], line.n) != 0) {
            fail_msg("line %zu: \"%.*s\", not \"%s\"", i, (int)line.n, (const char *)line.data, expected[i]);
        }
    }
}

static void success(void **state)
{
    (void)state;
    struct writer w = begin(0, 0, 0);
    all_records(&w);
    end(&w, 11, true);
    struct svm_statement s;
    if (gn_svm_statement_read(&s, &arena, w.b.data, w.b.size, &err) != GN_OK) {
        fail_msg("%s", err.text);
    }
    assert_true(s.success && !s.has_error);
    assert_int_equal(s.units, 76);
    assert_int_equal(s.metas_n, 3);
    assert_int_equal(s.metas[2], 0);
    assert_int_equal(s.accounts_n, 2);
    assert_true(s.accounts[0].changed && !s.accounts[1].changed);
    assert_int_equal(s.accounts[0].before.data.n, 5);
    assert_int_equal(s.accounts[0].after.lamports, 200);
    assert_memory_equal(s.accounts[0].after.data.data, "bye!", 4);
    assert_ptr_equal(s.accounts[1].hash_before, s.accounts[1].hash_after);
    assert_int_equal(s.data.n, 3);
    struct svm_log log = {0};
    gn_svm_log_instruction(&log, &s);
    static const char *const lines[] = {
        "Program " PROGRAM " invoke [1]",
        "Program log: two\nlines",
        "Program log: 0x1, 0xff, 0xffffffffffffffff, 0x0, 0x10",
        "Program log: " PROGRAM,
        "Program consumption: 255 units remaining",
        "Program data: aGVsbG8= AQIDBA==",
        "Program " PROGRAM " consumed 76 of 200000 compute units",
        "Program return: " PROGRAM " cmV0dXJuIGRhdGE=",
        "Program " PROGRAM " success",
    };
    assert_lines(&log, lines, sizeof lines / sizeof lines[0]);
    gn_svm_log_free(&log);
    gn_buffer_free(&w.b);
}

static void cut_and_damaged(void **state)
{
    (void)state;
    struct writer w = begin(0, 0, 0);
    all_records(&w);
    end(&w, 11, true);
    size_t words = w.b.size / 8;
    struct svm_statement s;
    gn_arena_mark mark = gn_arena_get_mark(&arena);
    for (size_t n = 0; n < words; n++) { /* header corrected or not */
        uint8_t *copy = malloc(8 * n + 1);
        memcpy(copy, w.b.data, 8 * n);
        assert_int_equal(gn_svm_statement_read(&s, &arena, copy, 8 * n, &err), GN_BAD_INPUT);
        if (n > 24) {
            store_le64(copy + 8 * 24, n);
            assert_int_equal(gn_svm_statement_read(&s, &arena, copy, 8 * n, &err), GN_BAD_INPUT);
        }
        free(copy);
        gn_arena_release(&arena, mark);
    }
    assert_int_equal(gn_svm_statement_read(&s, &arena, w.b.data, w.b.size - 1, &err), GN_BAD_INPUT);
    /* what is accepted renders */
    static const uint64_t values[] = {0, 1, 2, 255, 1 << 16, UINT32_MAX, UINT64_C(8) << 32, UINT64_MAX - 7, UINT64_MAX};
    for (size_t i = 0; i < words; i++) {
        uint64_t honest = load_le64(w.b.data + 8 * i);
        for (size_t j = 0; j < sizeof values / sizeof values[0]; j++) {
            set(&w, i, values[j]);
            if (gn_svm_statement_read(&s, &arena, w.b.data, w.b.size, &err) == GN_OK) {
                struct svm_log log = {0};
                gn_svm_log_instruction(&log, &s);
                assert_true(gn_svm_log_lines(&log) >= 3);
                gn_svm_log_free(&log);
            }
            gn_arena_release(&arena, mark);
        }
        set(&w, i, honest);
    }
    gn_buffer_free(&w.b);
}

static void contradictions(void **state)
{
    (void)state;
    static const struct {
        size_t word;
        uint64_t value;
        const char *says;
    } lies[] = {
        {0, 1, "magic"},
        {1, 0, "contradict"},
        {6, 5, "contradict"},
        {6, 99, "contradict"},
        {7, 1, "contradict"},
        {8, 1, "contradict"},
        {8, 31, "contradict"},
        {8, 43, "contradict"},
        {15, 0, "range"},
        {15, 4, "range"},
        {14, 2, "range"},
        {19, 256, "range"},
        {20, 4, "range"},
        {5, 3, "range"},
        {5, 0, "changed"},
        {24, 1, "another length"},
        {29, 1, "numbered"},
        {31, 2, "changed"},
        {31, 3, "numbered"},
        {21, 10241, "longer"},
        {23, 1025, "longer"},
        {22, 1000, "records"},
        {44, 0x1000000000000, "padding"},
    };
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct writer w = begin(0, 0, 0);
        end(&w, 0, true);
        set(&w, lies[i].word, lies[i].value);
        struct svm_statement s;
        enum gn_status status = gn_svm_statement_read(&s, &arena, w.b.data, w.b.size, &err);
        if (i == 17) { /* meta 2 names no account before 2: then it is a third account */
            assert_int_equal(status, GN_BAD_INPUT);
        } else if (status != GN_BAD_INPUT || strstr(err.text, lies[i].says) == NULL) {
            fail_msg("word %zu := %" PRIu64 ": \"%s\", not \"%s\"", lies[i].word, lies[i].value, err.text,
                     lies[i].says);
        }
        gn_buffer_free(&w.b);
    }
    /* changed accounts of a failure */
    struct writer w = begin(6, 0, 0);
    end(&w, 0, true);
    struct svm_statement s;
    assert_int_equal(gn_svm_statement_read(&s, &arena, w.b.data, w.b.size, &err), GN_BAD_INPUT);
    gn_buffer_free(&w.b);
}

static void failures(void **state)
{
    (void)state;
    static const struct {
        uint64_t error, custom, fault, detail[4];
        const char *record;
        size_t record_n;
        const char *says;
    } known[] = {
        {1 + GN_SOL_ERROR_CUSTOM, 28, 0, {0}, NULL, 0, "custom program error: 0x1c"},
        {1 + GN_SOL_ERROR_INVALID_REALLOC, 0, 0, {0}, NULL, 0, "Failed to reallocate account data"},
        {41, 0, GN_SOL_FAULT_EXCEEDED_UNITS, {0}, NULL, 0, "exceeded CUs meter at BPF instruction"},
        {41,
         0,
         GN_SOL_FAULT_ACCESS,
         {1, 8, 0x40000001c, 3},
         NULL,
         0,
         "Access violation writing 8 bytes at address 0x40000001c (in input region)"},
        {41,
         0,
         GN_SOL_FAULT_ACCESS,
         {0, 1, 0, 5},
         NULL,
         0,
         "Access violation reading 1 bytes at address 0x0 (in unallocated region)"},
        {41,
         0,
         GN_SOL_FAULT_ACCESS,
         {0, 1, 0, UINT64_MAX},
         NULL,
         0,
         "Access violation reading 1 bytes at address 0x0 (in unknown region)"},
        {41,
         0,
         GN_SOL_FAULT_STACK_ACCESS,
         {1, 1, 0x1ffffffff, UINT64_MAX},
         NULL,
         0,
         "Access violation in stack frame -1 at address 0x1ffffffff of size 1"},
        {41, 0, GN_SOL_FAULT_PANIC, {12, 34, 0, 0}, "file.rs", 7, "SBF program Panicked in file.rs at 12:34"},
        {41,
         0,
         GN_SOL_FAULT_INVALID_STRING,
         {0},
         "a\xff\xfe"
         "b",
         4,
         "invalid utf-8 sequence of 1 bytes from index 1: [97, 255, 254, 98]"},
        {41,
         0,
         GN_SOL_FAULT_INVALID_STRING,
         {0},
         "a\xe2\x82",
         3,
         "incomplete utf-8 byte sequence from index 1: [97, 226, 130]"},
        {41, 0, GN_SOL_FAULT_RETURN_DATA_TOO_LARGE, {1025, 1024}, NULL, 0, "Return data too large (1025 > 1024)"},
        {41, 0, GN_SOL_FAULT_COPY_OVERLAPPING, {0}, NULL, 0, "Overlapping copy"},
        {41, 0, GN_SOL_FAULT_UNALIGNED_POINTER, {0}, NULL, 0, "Unaligned pointer"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct writer w = begin(known[i].error, known[i].custom, known[i].fault);
        for (size_t j = 0; j < 4; j++) {
            set(&w, 9 + j, known[i].detail[j]);
        }
        if (known[i].record != NULL) {
            record(&w, known[i].fault == GN_SOL_FAULT_PANIC ? GN_SOL_PANIC_FILE : GN_SOL_INVALID_TEXT, known[i].record,
                   known[i].record_n);
        }
        end(&w, 0, false);
        struct svm_statement s;
        if (gn_svm_statement_read(&s, &arena, w.b.data, w.b.size, &err) != GN_OK) {
            fail_msg("%zu: %s", i, err.text);
        }
        struct gn_buffer text = {0};
        gn_svm_failure_text(&text, &s);
        gn_buffer_append(&text, "", 1);
        assert_string_equal((const char *)text.data, known[i].says);
        gn_buffer_free(&text);
        gn_buffer_free(&w.b);
    }
    /* a line before "consumed" */
    struct writer slices = begin(41, 0, GN_SOL_FAULT_TOO_MANY_SLICES);
    set(&slices, 9, 1);
    set(&slices, 10, 20001);
    set(&slices, 11, 20000);
    end(&slices, 0, false);
    struct svm_statement hashing;
    assert_int_equal(gn_svm_statement_read(&hashing, &arena, slices.b.data, slices.b.size, &err), GN_OK);
    struct svm_log hashing_log = {0};
    gn_svm_log_instruction(&hashing_log, &hashing);
    static const char *const hashing_lines[] = {
        "Program " PROGRAM " invoke [1]", "Keccak256 Hashing 20001 sequences in one syscall is over the limit 20000",
        "Program " PROGRAM " consumed 76 of 200000 compute units",
        "Program " PROGRAM " failed: Hashing too many sequences"};
    assert_lines(&hashing_log, hashing_lines, 4);
    gn_svm_log_free(&hashing_log);
    gn_buffer_free(&slices.b);
    /* the balance is looked at after the line */
    struct writer w = begin(1 + GN_SOL_ERROR_UNBALANCED_INSTRUCTION, 0, 0);
    end(&w, 0, false);
    struct svm_statement s;
    assert_int_equal(gn_svm_statement_read(&s, &arena, w.b.data, w.b.size, &err), GN_OK);
    struct svm_log log = {0};
    gn_svm_log_instruction(&log, &s);
    static const char *const lines[] = {"Program " PROGRAM " invoke [1]",
                                        "Program " PROGRAM " consumed 76 of 200000 compute units",
                                        "Program " PROGRAM " success"};
    assert_lines(&log, lines, 3);
    gn_svm_log_free(&log);
    gn_buffer_free(&w.b);
}

static void utf8(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t valid, bad; /* bad 9: good */
    } known[] = {
        {"", 0, 9},
        {"abc", 0, 9},
        {"\xc2\x80", 0, 9},
        {"\xdf\xbf", 0, 9},
        {"\xe0\xa0\x80", 0, 9},
        {"\xed\x9f\xbf", 0, 9},
        {"\xf0\x90\x80\x80", 0, 9},
        {"\xf4\x8f\xbf\xbf", 0, 9},
        {"\x80", 0, 1},
        {"\xc1\x80", 0, 1},
        {"\xc0\x80", 0, 1},
        {"\xff", 0, 1},
        {"\xf5\x80\x80\x80", 0, 1},
        {"\xe0\x9f\x80", 0, 1},
        {"\xed\xa0\x80", 0, 1},
        {"\xf0\x8f\x80\x80", 0, 1},
        {"\xf4\x90\x80\x80", 0, 1},
        {"\xe2\x82"
         "a",
         0, 2},
        {"\xf0\x9f\x98"
         "a",
         0, 3},
        {"\xf0\x9f"
         "a",
         0, 2},
        {"ab\xc2", 2, 0},
        {"ab\xe2\x82", 2, 0},
        {"\xf0\x9f\x98", 0, 0},
        {"a\xc2"
         "a",
         1, 1},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        size_t valid = 99, bad = 99;
        struct svm_bytes text = {(const uint8_t *)known[i].text, strlen(known[i].text)};
        bool good = gn_svm_utf8(text, &valid, &bad);
        assert_int_equal(good, known[i].bad == 9);
        if (!good) {
            assert_int_equal(valid, known[i].valid);
            assert_int_equal(bad, known[i].bad);
        }
    }
}

static void limit(void **state)
{
    (void)state;
    struct svm_log log = {0};
    for (int i = 0; i < 40; i++) {
        gn_svm_log_add(&log, "%0*d", i == 39 ? 10 : 500, i);
    }
    /* 19 lines of 500 bytes stay below 10,000; the 20th reaches it; a short one fits again */
    assert_int_equal(gn_svm_log_lines(&log), 21);
    assert_int_equal(gn_svm_log_line(&log, 18).n, 500);
    assert_memory_equal(gn_svm_log_line(&log, 19).data, "Log truncated", 13);
    assert_memory_equal(gn_svm_log_line(&log, 20).data, "0000000039", 10);
    gn_svm_log_free(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(success),        cmocka_unit_test(cut_and_damaged),
        cmocka_unit_test(contradictions), cmocka_unit_test(failures),
        cmocka_unit_test(utf8),           cmocka_unit_test(limit),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
