/* SPDX-License-Identifier: Apache-2.0 */
/* svm_encoding_test.c - Base58 and Base64: known strings, every length, and everything that is not canonical; error numbers. */
#include <stdio.h>
#include <string.h>

#include "cm.h"
#include "svm/base58.h"
#include "svm/base64.h"
#include "svm/errors.h"

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void base58_known(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint8_t bytes[32];
    } known[] = {
        {"11111111111111111111111111111111", {0}},
        {"JEKNVnkbo3jma5nREBBJCDoXFVeKkD56V3xKrvRmWxFG",
         {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
          255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255}},
        /* the token program's address, as in the fixtures' messages */
        {"TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
         {6,  221, 246, 225, 215, 101, 161, 147, 217, 203, 225, 70,  206, 235, 121, 172,
          28, 180, 133, 237, 95,  91,  55,  145, 58,  140, 245, 133, 126, 255, 0,   169}},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct svm_key key;
        char text[SVM_KEY_TEXT];
        assert_true(gn_svm_key_from_text(&key, known[i].text, strlen(known[i].text)));
        assert_memory_equal(key.b, known[i].bytes, sizeof key.b);
        assert_string_equal(gn_svm_key_text(text, &key), known[i].text);
        assert_true(gn_svm_key_is(&key, known[i].text));
        assert_int_equal(gn_svm_key_is(&key, known[0].text), i == 0);
    }
}

/* all lengths, with leading zeros: back and forth, and as another length never */
static void base58_lengths(void **state)
{
    (void)state;
    uint32_t random = 1;
    for (size_t n = 0; n <= 64; n++) {
        for (size_t zeros = 0; zeros <= n; zeros += n < 8 ? 1 : 7) {
            uint8_t bytes[64], back[66];
            char text[96];
            for (size_t i = 0; i < n; i++) {
                bytes[i] = i < zeros ? 0 : (uint8_t)(next_random(&random) | (i == zeros));
            }
            gn_base58_encode(text, bytes, n);
            assert_true(strlen(text) <= 1 + n * 138 / 100);
            assert_true(gn_base58_decode(back, n, text, strlen(text)));
            assert_memory_equal(back, bytes, n);
            assert_false(gn_base58_decode(back, n + 1, text, strlen(text)));
            assert_true(n == 0 || !gn_base58_decode(back, n - 1, text, strlen(text)));
        }
    }
}

static void base58_bad(void **state)
{
    (void)state;
    struct svm_key key;
    static const char *const bad[] = {
        "",
        "1111111111111111111111111111111",              /* 31 bytes */
        "111111111111111111111111111111111",            /* 33 bytes */
        "JEKNVnkbo3jma5nREBBJCDoXFVeKkD56V3xKrvRmWxFH", /* 2^256 */
        "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5D0",  /* 0, O, I, l are no digits */
        "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DO",
        "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DI",
        "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5Dl",
        "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5D ",
        "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5D\xc3\xa9",
        "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(gn_svm_key_from_text(&key, bad[i], strlen(bad[i])));
    }
    assert_false(gn_svm_key_from_text(&key, "1111111111111111\0001111111111111111", 32));
}

static void base64_known(void **state)
{
    (void)state;
    static const char *const known[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        char text[32];
        uint8_t back[32];
        size_t n;
        assert_string_equal(gn_base64_encode(text, (const uint8_t *)known[i][0], strlen(known[i][0])), known[i][1]);
        assert_true(gn_base64_decode(back, &n, known[i][1], strlen(known[i][1])));
        assert_int_equal(n, strlen(known[i][0]));
        assert_memory_equal(back, known[i][0], n);
    }
}

/* every group of four characters that decodes is the encoding of what it decodes to */
static void base64_canonical(void **state)
{
    (void)state;
    static const char digits[] = "AQgw/+=Bz09 -\n";
    size_t good = 0;
    for (unsigned i = 0; i < 14 * 14 * 14 * 14; i++) {
        char text[5] = {digits[i % 14], digits[i / 14 % 14], digits[i / 196 % 14], digits[i / 2744], 0}, again[5];
        uint8_t bytes[3];
        size_t n;
        if (gn_base64_decode(bytes, &n, text, 4)) {
            assert_true(n >= 1 && n <= 3);
            assert_string_equal(gn_base64_encode(again, bytes, n), text);
            good++;
        }
    }
    /* ten digits: 10^4 of three bytes; two: the third a multiple of 4 (A, Q, g, w, 0: A=0 Q=16 g=32 w=48 0=52); one: the second a multiple of 16 */
    assert_int_equal(good, 10 * 10 * 10 * 10 + 10 * 10 * 5 + 10 * 4);
    uint8_t bytes[8];
    size_t n;
    for (size_t length = 0; length < 8; length++) {
        assert_int_equal(gn_base64_decode(bytes, &n, "AAAAAAAA", length), length % 4 == 0);
    }
    assert_false(gn_base64_decode(bytes, &n, "AA==AAAA", 8));
    assert_false(gn_base64_decode(bytes, &n, "AA=A", 4));
    assert_false(gn_base64_decode(bytes, &n, "A===", 4));
    assert_false(gn_base64_decode(bytes, &n, "====", 4));
}

static void errors(void **state)
{
    (void)state;
    uint32_t custom;
    /* numbers of the serialized form */
    assert_int_equal(GN_SOL_ERROR_CUSTOM, 25);
    assert_int_equal(GN_SOL_ERROR_INVALID_ERROR, 26);
    assert_int_equal(GN_SOL_ERROR_BORSH_IO_ERROR, 44);
    assert_int_equal(GN_SOL_ERROR_BUILTIN_PROGRAMS_MUST_CONSUME_COMPUTE_UNITS, 53);
    for (unsigned i = 0; i < GN_SOL_ERRORS_N; i++) {
        enum gn_sol_error e;
        assert_true(gn_svm_error_from_name(&e, gn_svm_error_name((enum gn_sol_error)i)));
        assert_int_equal(e, i);
    }
    enum gn_sol_error e;
    assert_false(gn_svm_error_from_name(&e, "Invalid"));
    assert_string_equal(gn_svm_error_name(GN_SOL_ERRORS_N), "?");
    assert_string_equal(gn_svm_error_text(GN_SOL_ERRORS_N), "?");
    assert_int_equal(gn_svm_error_of_result(7, &custom), GN_SOL_ERROR_CUSTOM);
    assert_int_equal(custom, 7);
    assert_int_equal(gn_svm_error_of_result(UINT32_MAX, &custom), GN_SOL_ERROR_CUSTOM);
    assert_int_equal(custom, UINT32_MAX);
    assert_int_equal(gn_svm_error_of_result(UINT64_C(1) << 32, &custom), GN_SOL_ERROR_CUSTOM);
    assert_int_equal(custom, 0);
    assert_int_equal(gn_svm_error_of_result((UINT64_C(1) << 32) + 1, &custom), GN_SOL_ERROR_INVALID_ERROR);
    assert_int_equal(gn_svm_error_of_result(UINT64_C(2) << 32, &custom), GN_SOL_ERROR_INVALID_ARGUMENT);
    assert_int_equal(gn_svm_error_of_result((UINT64_C(2) << 32) + 1, &custom), GN_SOL_ERROR_INVALID_ERROR);
    assert_int_equal(gn_svm_error_of_result(UINT64_C(11) << 32, &custom), GN_SOL_ERROR_NOT_ENOUGH_ACCOUNT_KEYS);
    assert_int_equal(gn_svm_error_of_result(UINT64_C(26) << 32, &custom), GN_SOL_ERROR_INCORRECT_AUTHORITY);
    assert_int_equal(gn_svm_error_of_result(UINT64_C(27) << 32, &custom), GN_SOL_ERROR_INVALID_ERROR);
    assert_int_equal(gn_svm_error_of_result(UINT64_MAX, &custom), GN_SOL_ERROR_INVALID_ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base58_known), cmocka_unit_test(base58_lengths),   cmocka_unit_test(base58_bad),
        cmocka_unit_test(base64_known), cmocka_unit_test(base64_canonical), cmocka_unit_test(errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
