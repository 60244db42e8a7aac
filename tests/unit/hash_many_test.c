/* SPDX-License-Identifier: Apache-2.0 */
/* hash_many_test.c - the bulk forms of BLAKE3 against one hash after the other, on every instruction set this machine
 * has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "hash/blake3.h"

#define ROWS  550 /* over two tiles of 256 rows and not a multiple of 16 */
#define WORDS 256

static const enum gn_isa isas[] = {GN_ISA_SCALAR, GN_ISA_AVX2, GN_ISA_AVX512};

static const uint32_t *columns[WORDS];
static digest expected[ROWS + 1], got[ROWS + 1];

static uint32_t random_word(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 32);
}

/* every column in memory of exactly its size, so that a read behind its end is seen by ASan */
static int make_columns(void **state)
{
    uint64_t seed = 1;
    (void)state;
    for (size_t w = 0; w < WORDS; w++) {
        uint32_t *column = malloc(ROWS * sizeof *column);
        assert_non_null(column);
        for (size_t i = 0; i < ROWS; i++) {
            column[i] = random_word(&seed);
        }
        columns[w] = column;
    }
    return 0;
}

static int free_columns(void **state)
{
    (void)state;
    for (size_t w = 0; w < WORDS; w++) {
        free((void *)(uintptr_t)columns[w]);
    }
    return 0;
}

static void hash_one_by_one(digest *out, size_t words, size_t begin, size_t end)
{
    uint8_t row[4 * WORDS];
    for (size_t i = begin; i < end; i++) {
        for (size_t w = 0; w < words; w++) {
            store_le32(row + 4 * w, columns[w][i]);
        }
        out[i] = gn_blake3_hash_keyed(&gn_key_leaf, row, 4 * words);
    }
}

static void check_range(size_t words, size_t begin, size_t end)
{
    memset(expected, 0x55, sizeof expected);
    hash_one_by_one(expected, words, begin, end);
    for (size_t k = 0; k < sizeof isas / sizeof isas[0]; k++) {
        if (gn_isa_supported(isas[k])) {
            memset(got, 0x55, sizeof got);
            gn_blake3_rows(got, &gn_key_leaf, columns, words, begin, end, isas[k]);
            assert_memory_equal(got, expected, sizeof got); /* and nothing outside [begin, end) was written */
        }
    }
}

static void rows_of_every_width(void **state)
{
    (void)state;
    for (size_t words = 0; words <= WORDS; words++) {
        check_range(words, 3, 3 + 37);
    }
}

static void rows_of_every_range(void **state)
{
    (void)state;
    for (size_t n = 0; n <= 34; n++) {
        check_range(19, ROWS - n, ROWS);
        check_range(5, n, n + n);
    }
    check_range(33, 0, ROWS);
    check_range(16, 1, ROWS);
    check_range(17, 0, 512);
}

static void pairs_of_every_count(void **state)
{
    digest in[2 * 70], out[71], one[71];
    uint64_t seed = 2;
    (void)state;
    for (size_t i = 0; i < 140; i++) {
        for (size_t w = 0; w < 8; w++) {
            store_le32(in[i].b + 4 * w, random_word(&seed));
        }
    }
    for (size_t n = 0; n <= 70; n++) {
        memset(one, 0x55, sizeof one);
        for (size_t i = 0; i < n; i++) {
            one[i] = gn_blake3_hash_keyed(&gn_key_node, &in[2 * i], 64);
        }
        for (size_t k = 0; k < sizeof isas / sizeof isas[0]; k++) {
            if (gn_isa_supported(isas[k])) {
                digest *exact = malloc((2 * n + 1) * sizeof *exact);
                assert_non_null(exact);
                memcpy(exact + 1, in, 2 * n * sizeof *in);
                memset(out, 0x55, sizeof out);
                gn_blake3_pairs(out, &gn_key_node, exact + 1, n, isas[k]);
                assert_memory_equal(out, one, sizeof out);
                free(exact);
            }
        }
    }
}

static bool passes(const digest *seed, uint64_t nonce, unsigned bits)
{
    uint8_t input[40];
    memcpy(input, seed->b, 32);
    store_le64(input + 32, nonce);
    digest d = gn_blake3_hash_keyed(&gn_key_grind, input, sizeof input);
    return (load_le64(d.b) & (((uint64_t)1 << bits) - 1)) == 0;
}

static void grinding_finds_the_smallest(void **state)
{
    static const uint64_t firsts[] = {0, 5, 0xfffffff5u, 0xffffffffffu, 0x123456789abcdef0u};
    digest seed = gn_blake3_hash("seed", 4);
    (void)state;
    for (size_t f = 0; f < sizeof firsts / sizeof firsts[0]; f++) {
        uint64_t first = firsts[f], at = first;
        for (unsigned bits = 0; bits <= 9; bits++) {
            while (!passes(&seed, at, bits)) {
                at++;
            }
            for (size_t k = 0; k < sizeof isas / sizeof isas[0]; k++) {
                if (gn_isa_supported(isas[k])) {
                    assert_true(gn_blake3_grind(&seed, first, at - first + 100, bits, isas[k]) == at);
                    assert_true(gn_blake3_grind(&seed, first, at - first + 1, bits, isas[k]) == at);
                    assert_true(gn_blake3_grind(&seed, first, at - first, bits, isas[k]) == at); /* none: the end */
                }
            }
        }
    }
    /* more than 32 bits: the upper word of the hash counts too */
    for (size_t k = 0; k < sizeof isas / sizeof isas[0]; k++) {
        if (gn_isa_supported(isas[k])) {
            assert_true(gn_blake3_grind(&seed, 7, 300, 60, isas[k]) == 307);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_every_width),
        cmocka_unit_test(rows_of_every_range),
        cmocka_unit_test(pairs_of_every_count),
        cmocka_unit_test(grinding_finds_the_smallest),
    };
    return cmocka_run_group_tests(tests, make_columns, free_columns);
}
