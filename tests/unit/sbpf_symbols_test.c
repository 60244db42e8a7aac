/* SPDX-License-Identifier: Apache-2.0 */
/* sbpf_symbols_test.c - names of functions: read where the file has them, and no file makes the reader go wrong. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "cm.h"
#include "vectors/builder.h"

enum { SHDR = 64, SLOTS = 6 };

static struct gn_error err;

/* six slots; symbols given in this order */
static struct built honest(void)
{
    static const struct build_symbol symbols[] = {
        {"later", 0x12, BUILD_TEXT + 8 * 4},
        {"entrypoint", 0x12, BUILD_TEXT},
        {"alias", 0x12, BUILD_TEXT},
        {"data", 0x11, BUILD_TEXT + 8},                          /* no function */
        {"between", 0x12, BUILD_TEXT + 8 * 2 + 4},               /* no slot */
        {"behind", 0x12, BUILD_TEXT + 8 * SLOTS},                /* no slot of text */
        {"far", 0x12, (UINT64_C(1) << 32) + BUILD_TEXT + 8 * 3}, /* an address as programs see it */
        {"", 0x12, BUILD_TEXT + 8 * 5},
    };
    struct gn_buffer text = {0};
    for (unsigned i = 0; i < SLOTS; i++) {
        PUT_EXIT(&text);
    }
    struct built b = build_lenient(
        &(struct build){.text = &text, .symbols = symbols, .symbols_n = sizeof symbols / sizeof *symbols});
    gn_buffer_free(&text);
    for (size_t i = 1; i <= sizeof symbols / sizeof *symbols; i++) {
        b.file.data[b.at[BUILD_DYNSYM] + 24 * i + 6] = BUILD_S_TEXT; /* defined, there */
    }
    return b;
}

static struct sbpf_program *load(const struct gn_buffer *file)
{
    const struct sbpf_load_options options = {.syscalls = gn_sbpf_syscalls()};
    struct sbpf_program *p;
    assert_int_equal(gn_sbpf_load(&p, file->data, file->size, &options, &err), GN_OK);
    return p;
}

/* Reads names from exactly these bytes, and looks at all of them; how many there are. */
static size_t read_names(const struct sbpf_program *p, const uint8_t *file, size_t n)
{
    struct sbpf_symbol *symbols;
    size_t symbols_n, length = 0;
    uint8_t *exact = malloc(n + 1 - (n > 0)); /* so that sanitizers see what is read behind the end */
    assert_non_null(exact);
    if (n > 0) {
        memcpy(exact, file, n);
    }
    assert_true(gn_sbpf_symbols(&symbols, &symbols_n, p, exact, n));
    for (size_t i = 0; i < symbols_n; i++) {
        length += strlen(symbols[i].name);
        assert_true(symbols[i].slot < p->slots_n && (i == 0 || symbols[i - 1].slot < symbols[i].slot));
    }
    assert_true(length <= n);
    free(symbols);
    free(exact);
    return symbols_n;
}

static void test_names(void **state)
{
    (void)state;
    struct built b = honest();
    struct sbpf_program *p = load(&b.file);
    struct sbpf_symbol *symbols;
    size_t n;
    assert_true(gn_sbpf_symbols(&symbols, &n, p, b.file.data, b.file.size));
    assert_int_equal(n, 3);
    assert_int_equal(symbols[0].slot, 0);
    assert_string_equal(symbols[0].name, "alias");
    assert_int_equal(symbols[1].slot, 3);
    assert_string_equal(symbols[1].name, "far");
    assert_int_equal(symbols[2].slot, 4);
    assert_string_equal(symbols[2].name, "later");
    free(symbols);
    gn_sbpf_free(p);
    gn_buffer_free(&b.file);
}

/* The reader gets files that no loader has seen. */
static void test_damage(void **state)
{
    (void)state;
    static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff};
    struct built b = honest();
    struct sbpf_program *p = load(&b.file);
    for (size_t n = 0; n <= b.file.size; n++) {
        (void)read_names(p, b.file.data, n);
    }
    for (size_t at = 0; at < b.file.size; at++) {
        uint8_t kept = b.file.data[at];
        for (size_t k = 0; k < sizeof values; k++) {
            b.file.data[at] = values[k];
            (void)read_names(p, b.file.data, b.file.size);
        }
        b.file.data[at] = kept;
    }
    gn_sbpf_free(p);
    gn_buffer_free(&b.file);
}

/* names outside of their table, tables outside of the file, tables that name no table */
static void test_no_names(void **state)
{
    (void)state;
    struct built b = honest();
    struct sbpf_program *p = load(&b.file);
    uint8_t *header = b.file.data + b.headers + (size_t)BUILD_DYNSYM * SHDR;
    assert_int_equal(read_names(p, b.file.data, b.file.size), 3);
    store_le32(header + 40, BUILD_SECTIONS);
    assert_int_equal(read_names(p, b.file.data, b.file.size), 0);
    store_le32(header + 40, BUILD_DYNSTR);
    store_le64(header + 24, UINT64_MAX - 8);
    assert_int_equal(read_names(p, b.file.data, b.file.size), 0);
    store_le64(header + 24, b.at[BUILD_DYNSYM]);
    b.file.data[b.at[BUILD_DYNSYM] + 24 + 6] = 0; /* not defined here */
    assert_int_equal(read_names(p, b.file.data, b.file.size), 2);
    b.file.data[b.at[BUILD_DYNSYM] + 24 + 6] = BUILD_S_TEXT;
    store_le32(b.file.data + b.at[BUILD_DYNSYM] + 24, UINT32_MAX);
    assert_int_equal(read_names(p, b.file.data, b.file.size), 2);
    gn_sbpf_free(p);
    gn_buffer_free(&b.file);
}

/* Many names of one slot, long and alike: work that grows with the file, not with the square of it. */
static void test_alike(void **state)
{
    (void)state;
    enum { N = 100000, LENGTH = 2000000 };
    struct built b = honest();
    struct sbpf_program *p = load(&b.file);
    const size_t table = b.file.size, strings = table + (size_t)N * 24;
    uint8_t *bytes = calloc(strings + LENGTH, 1);
    assert_non_null(bytes);
    memcpy(bytes, b.file.data, b.file.size);
    for (size_t i = 0; i < N; i++) {
        uint8_t *symbol = bytes + table + i * 24;
        store_le32(symbol, (uint32_t)i);
        symbol[4] = 0x12;
        symbol[6] = 1;
        store_le64(symbol + 8, BUILD_TEXT);
    }
    memset(bytes + strings, 'a', LENGTH - 1);
    uint8_t *symbols = bytes + b.headers + (size_t)BUILD_DYNSYM * SHDR,
            *names = bytes + b.headers + (size_t)BUILD_DYNSTR * SHDR;
    store_le64(symbols + 24, table);
    store_le64(symbols + 32, (uint64_t)N * 24);
    store_le64(names + 24, strings);
    store_le64(names + 32, LENGTH);
    assert_int_equal(read_names(p, bytes, strings + LENGTH), 1);
    free(bytes);
    gn_sbpf_free(p);
    gn_buffer_free(&b.file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_no_names),
        cmocka_unit_test(test_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
