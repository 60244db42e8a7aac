/* SPDX-License-Identifier: Apache-2.0 */
/* hash_blake3_test.c - the portable hasher against the designers' vectors, in pieces of any size, and the protocol's
 * keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hash/blake3.h"
#include "hash_blake3_vectors.h"

#define MAX_INPUT 102400
#define EXTENDED  131

static uint8_t input[MAX_INPUT];

static int make_input(void **state)
{
    (void)state;
    for (size_t i = 0; i < MAX_INPUT; i++) {
        input[i] = (uint8_t)(i % 251);
    }
    return 0;
}

static void start(struct gn_blake3 *h, int mode)
{
    static const char context[] = "BLAKE3 2019-12-27 16:29:52 test vectors context";
    digest key;
    memset(h, 0xaa, sizeof *h); /* nothing may depend on what was there */
    memcpy(key.b, "whats the Elvish word for friend", sizeof key.b);
    if (mode == 0) {
        gn_blake3_init(h);
    } else if (mode == 1) {
        gn_blake3_init_keyed(h, &key);
    } else {
        gn_blake3_init_derive_key(h, context, sizeof context - 1);
    }
}

static void assert_hex(const uint8_t *bytes, const char *hex)
{
    char text[2 * EXTENDED + 1];
    size_t n = strlen(hex) / 2;
    for (size_t i = 0; i < n; i++) {
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    }
    assert_string_equal(text, hex);
}

static void published_vectors(void **state)
{
    struct gn_blake3 h;
    uint8_t out[EXTENDED];
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        for (int mode = 0; mode < 3; mode++) {
            start(&h, mode);
            gn_blake3_update(&h, input, vectors[i].n);
            gn_blake3_final(&h, out, 32);
            assert_hex(out, vectors[i].mode[mode]);
        }
        digest d = gn_blake3_hash(input, vectors[i].n);
        assert_hex(d.b, vectors[i].mode[0]);
        memcpy(d.b, "whats the Elvish word for friend", sizeof d.b);
        d = gn_blake3_hash_keyed(&d, input, vectors[i].n);
        assert_hex(d.b, vectors[i].mode[1]);
    }
    for (int mode = 0; mode < 3; mode++) {
        start(&h, mode);
        gn_blake3_update(&h, input, extended.n);
        gn_blake3_final(&h, out, sizeof out);
        assert_hex(out, extended.mode[mode]);
    }
}

/* Extended output is one stream: a shorter request is its beginning, and asking does not change the hasher. */
static void output_of_any_length(void **state)
{
    static const size_t lengths[] = {0, 1, 64, 1024, 1025, 3000};
    struct gn_blake3 h;
    uint8_t all[300], out[301];
    (void)state;
    for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++) {
        gn_blake3_init(&h);
        gn_blake3_update(&h, input, lengths[k]);
        gn_blake3_final(&h, all, sizeof all);
        for (size_t n = 0; n <= sizeof all; n++) {
            memset(out, 0x55, sizeof out);
            gn_blake3_final(&h, out, n);
            assert_memory_equal(out, all, n);
            assert_int_equal(out[n], 0x55);
        }
        gn_blake3_update(&h, input, 100);
        gn_blake3_final(&h, out, 32);
        struct gn_blake3 other;
        gn_blake3_init(&other);
        gn_blake3_update(&other, input, lengths[k]);
        gn_blake3_update(&other, input, 100);
        gn_blake3_final(&other, all, 32);
        assert_memory_equal(out, all, 32);
    }
}

static void input_in_pieces(void **state)
{
    static const size_t lengths[] = {64, 65, 1024, 1025, 2048, 4097, 7000};
    static const size_t pieces[] = {1, 3, 63, 64, 65, 1000, 1024, 1025, 2048};
    (void)state;
    for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++) {
        digest whole = gn_blake3_hash(input, lengths[k]), d;
        for (size_t p = 0; p < sizeof pieces / sizeof pieces[0]; p++) {
            struct gn_blake3 h;
            gn_blake3_init(&h);
            for (size_t at = 0; at < lengths[k]; at += pieces[p]) {
                gn_blake3_update(&h, input + at, lengths[k] - at < pieces[p] ? lengths[k] - at : pieces[p]);
                gn_blake3_update(&h, input, 0);
            }
            gn_blake3_final(&h, d.b, sizeof d.b);
            assert_memory_equal(&d, &whole, sizeof d);
        }
    }
}

static void keys_are_the_hashes_of_their_names(void **state)
{
    static const struct {
        const char *name;
        const digest *key;
    } keys[] = {
        {"gnomon/1/leaf", &gn_key_leaf},   {"gnomon/1/node", &gn_key_node}, {"gnomon/1/transcript", &gn_key_transcript},
        {"gnomon/1/grind", &gn_key_grind}, {"gnomon/1/key", &gn_key_key},   {"gnomon/1/air", &gn_key_air},
    };
    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        digest d = gn_blake3_hash(keys[i].name, strlen(keys[i].name));
        assert_memory_equal(&d, keys[i].key, sizeof d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(output_of_any_length),
        cmocka_unit_test(input_in_pieces),
        cmocka_unit_test(keys_are_the_hashes_of_their_names),
    };
    return cmocka_run_group_tests(tests, make_input, NULL);
}
