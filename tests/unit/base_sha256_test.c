/* SPDX-License-Identifier: Apache-2.0 */
/* base_sha256_test.c - SHA-256 against the standard's examples, its constants by their definition, and in pieces of any size. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/sha256.h"
#include "cm.h"

static void assert_digest(const void *bytes, size_t n, const char *hex)
{
    uint8_t out[SHA256_BYTES];
    char text[2 * SHA256_BYTES + 1];
    gn_sha256(out, bytes, n);
    for (int i = 0; i < SHA256_BYTES; i++) {
        snprintf(text + 2 * i, 3, "%02x", out[i]);
    }
    assert_string_equal(text, hex);
}

static void standard_examples(void **state)
{
    (void)state;
    assert_digest(NULL, 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_digest("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const char *two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    assert_digest(two, strlen(two), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

/* every length around the padding's cases: one call against pieces */
static void pieces(void **state)
{
    (void)state;
    uint8_t bytes[300];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7 + 1);
    }
    for (size_t n = 0; n <= sizeof bytes; n++) {
        uint8_t whole[SHA256_BYTES], split[SHA256_BYTES];
        struct gn_sha256 h;
        memset(&h, 0xaa, sizeof h);
        gn_sha256(whole, bytes, n);
        gn_sha256_init(&h);
        for (size_t at = 0, step = 1; at < n; at += step, step = step * 3 % 71) {
            gn_sha256_update(&h, bytes + at, step < n - at ? step : n - at);
        }
        gn_sha256_final(&h, split);
        assert_memory_equal(whole, split, sizeof whole);
    }
    /* computed by Python's hashlib */
    assert_digest(bytes, sizeof bytes, "b1b36f51f514d11c6cd3a9656327f180209d503961ff0616db46cf88921deb28");
    assert_digest(bytes, 55, "16fa57a0a3423a715d594516339f36189d6b5f93754a9714fef202616a9fabfe");
    assert_digest(bytes, 56, "c37b44e5f1b18554b36966f4f8e08bfbf3164c4b6c10374d12d89850892073c5");
    assert_digest(bytes, 64, "66bd4633ed6f71c4ecfa4763bf7ba1c8ec7612de9aa6c0578a7b675207c71e0b");
}

/* floor(2^32 root) mod 2^32, by bisection: x^e <= prime * 2^(32 e) */
static uint32_t root_fraction(unsigned prime, int e)
{
    uint64_t low = 0, high = UINT64_C(1) << 37;
    while (high - low > 1) {
        uint64_t x = low + (high - low) / 2;
        long double power =
            1; /* x = y 2^32; 64 bits of mantissa are enough: no root comes that close to a multiple of 2^-32 */
        for (int i = 0; i < e; i++) {
            power *= (long double)x / 4294967296.0L;
        }
        if (power <= (long double)prime) {
            low = x;
        } else {
            high = x;
        }
    }
    return (uint32_t)low;
}

static void constants(void **state)
{
    (void)state;
    unsigned found = 0;
    for (unsigned k = 2; found < 64; k++) {
        bool prime = true;
        for (unsigned d = 2; d * d <= k; d++) {
            prime &= k % d != 0;
        }
        if (prime) {
            if (found < 8) {
                assert_int_equal(gn_sha256_initial[found], root_fraction(k, 2));
            }
            assert_int_equal(gn_sha256_round[found], root_fraction(k, 3));
            found++;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(standard_examples),
        cmocka_unit_test(pieces),
        cmocka_unit_test(constants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
