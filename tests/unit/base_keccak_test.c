/* SPDX-License-Identifier: Apache-2.0 */
/* Keccak-256: published values, every length around block boundaries, independence of the pieces. */
#include "cm.h"

#include <stdio.h>
#include <string.h>

#include "base/keccak.h"

static void assert_digest(const void *data, size_t n, const char *expected)
{
    uint8_t out[KECCAK256_BYTES];
    char text[2 * KECCAK256_BYTES + 1];
    gn_keccak256(out, data, n);
    for (size_t i = 0; i < sizeof out; i++) {
        snprintf(text + 2 * i, 3, "%02x", out[i]);
    }
    assert_string_equal(text, expected);
}

static void published_values(void **state)
{
    (void)state;
    assert_digest("", 0, "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    assert_digest("abc", 3, "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
}

/* The digest of the digests of all prefixes of a pattern.  Expected: from a sponge in Python whose SHA3-256 (the same with another byte of
 * padding) is hashlib's. */
static void prefixes_of_every_length(void **state)
{
    (void)state;
    static uint8_t data[300], all[300 * 32];
    for (unsigned i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(i % 251);
    }
    for (unsigned n = 0; n < sizeof data; n++) {
        gn_keccak256(all + (size_t)32 * n, data, n);
        for (size_t piece = 1; piece < 140; piece += 23) {
            uint8_t out[KECCAK256_BYTES];
            struct gn_keccak256 h;
            gn_keccak256_init(&h);
            for (size_t at = 0; at < n; at += piece) {
                gn_keccak256_update(&h, data + at, n - at < piece ? n - at : piece);
            }
            gn_keccak256_final(&h, out);
            assert_memory_equal(out, all + (size_t)32 * n, 32);
        }
    }
    assert_digest(all, sizeof all, "8f74ed861206ac105b2d6d75a1d8b4749a82806dffee02cfc22496c152854d1a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_values),
        cmocka_unit_test(prefixes_of_every_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
