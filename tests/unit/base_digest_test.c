/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 and Keccak-256: published values, every length around block boundaries in pieces of all sizes, independence of the pieces. */
#include "cm.h"

#include <stdio.h>
#include <string.h>

#include "base/keccak.h"
#include "base/sha256.h"

static const char *hex(const uint8_t *bytes, size_t n)
{
    static char text[129];
    for (size_t i = 0; i < n; i++) {
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    }
    return text;
}

static void sha256_of(uint8_t out[SHA256_BYTES], const void *data, size_t n, size_t piece)
{
    struct gn_sha256 h;
    gn_sha256_begin(&h);
    for (size_t at = 0; at < n; at += piece) {
        gn_sha256_add(&h, (const uint8_t *)data + at, n - at < piece ? n - at : piece);
    }
    gn_sha256_end(&h, out);
}

static void keccak256_of(uint8_t out[KECCAK256_BYTES], const void *data, size_t n, size_t piece)
{
    struct gn_keccak256 h;
    gn_keccak256_begin(&h);
    for (size_t at = 0; at < n; at += piece) {
        gn_keccak256_add(&h, (const uint8_t *)data + at, n - at < piece ? n - at : piece);
    }
    gn_keccak256_end(&h, out);
}

static void published_values(void **state)
{
    (void)state;
    uint8_t out[32];
    sha256_of(out, "", 0, 1);
    assert_string_equal(hex(out, 32), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256_of(out, "abc", 3, 3);
    assert_string_equal(hex(out, 32), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256_of(out, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, 7);
    assert_string_equal(hex(out, 32), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    keccak256_of(out, "", 0, 1);
    assert_string_equal(hex(out, 32), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    keccak256_of(out, "abc", 3, 3);
    assert_string_equal(hex(out, 32), "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
}

/* The digest of the digests of all prefixes of a pattern; the expected values come from other implementations (Python's hashlib; for
 * Keccak a sponge that gives the same library's SHA3-256 with the other padding byte). */
static void prefixes_of_every_length(void **state)
{
    (void)state;
    static uint8_t data[300], sha[300 * 32], keccak[300 * 32];
    uint8_t out[32];
    for (unsigned i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(i % 251);
    }
    for (unsigned n = 0; n < sizeof data; n++) {
        sha256_of(sha + (size_t)32 * n, data, n, 300);
        keccak256_of(keccak + (size_t)32 * n, data, n, 300);
        for (size_t piece = 1; piece < 140; piece += 23) {
            sha256_of(out, data, n, piece);
            assert_memory_equal(out, sha + (size_t)32 * n, 32);
            keccak256_of(out, data, n, piece);
            assert_memory_equal(out, keccak + (size_t)32 * n, 32);
        }
    }
    sha256_of(out, sha, sizeof sha, sizeof sha);
    assert_string_equal(hex(out, 32), "fa70b867db0a30acb7218d62945db0df52eb393808b30675ea9aac6b058a9a9d");
    sha256_of(out, keccak, sizeof keccak, sizeof keccak);
    assert_string_equal(hex(out, 32), "43833716b975b6c3732696010231f3cd4255248165f92ab8a96ec3998dc8b913");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_values),
        cmocka_unit_test(prefixes_of_every_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
