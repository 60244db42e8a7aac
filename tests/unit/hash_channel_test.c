/* SPDX-License-Identifier: Apache-2.0 */
/* hash_channel_test.c - the two ends of the channel against each other, and every way in which a proof can be wrong
 * here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "hash/channel.h"

#define GRIND_BITS 10

static struct gn_sender sender(struct gn_buffer *proof)
{
    struct gn_sender s = {.proof = proof};
    gn_transcript_init(&s.transcript);
    return s;
}

static struct gn_receiver receiver(const uint8_t *proof, size_t size)
{
    struct gn_receiver r = {.proof = proof, .size = size};
    gn_transcript_init(&r.transcript);
    return r;
}

static digest next_challenge(struct gn_transcript *t)
{
    digest d;
    gn_transcript_squeeze(t, LABEL_KEY, d.b, sizeof d.b);
    return d;
}

static fp6 some_element(uint32_t seed)
{
    fp6 a;
    for (uint32_t i = 0; i < 6; i++) {
        a.c[i] = fp_from_u64((uint64_t)(seed + i) * 2654435761u);
    }
    return a;
}

/* digest, 3 elements, an opening of 5 bytes, a nonce */
static void send_all(struct gn_sender *s, struct gn_pool *pool, enum gn_isa isa)
{
    digest root = gn_blake3_hash("root", 4);
    fp6 x[3] = {some_element(1), some_element(2), some_element(3)};
    gn_send_digest(s, LABEL_ROOT, &root);
    gn_send_exts(s, LABEL_OOD_VALUE, x, 3);
    gn_send_opening(s, "12345", 5);
    gn_send_grind(s, GRIND_BITS, pool, isa);
    gn_send_grind(s, 0, pool, isa); /* nothing */
}

#define ALL_BYTES (32 + 3 * 24 + 5 + 8)

static bool recv_all(struct gn_receiver *r)
{
    digest root, expected = gn_blake3_hash("root", 4);
    fp6 x[3];
    const uint8_t *bytes;
    if (!gn_recv_digest(r, LABEL_ROOT, &root) || !gn_recv_exts(r, LABEL_OOD_VALUE, x, 3) ||
        !gn_recv_opening(r, &bytes, 5) || !gn_recv_grind(r, GRIND_BITS) || !gn_recv_grind(r, 0)) {
        return false;
    }
    assert_memory_equal(&root, &expected, sizeof root);
    for (uint32_t i = 0; i < 3; i++) {
        assert_true(fp6_eq(x[i], some_element(i + 1)));
    }
    assert_memory_equal(bytes, "12345", 5);
    return true;
}

static void what_is_sent_is_received(void **state)
{
    struct gn_buffer proof = {0};
    struct gn_sender s = sender(&proof);
    (void)state;
    send_all(&s, NULL, GN_ISA_SCALAR);
    assert_int_equal(proof.size, ALL_BYTES);
    struct gn_receiver r = receiver(proof.data, proof.size);
    assert_true(recv_all(&r));
    assert_int_equal(r.verdict, GN_ACCEPT);
    assert_int_equal(r.at, proof.size);
    digest a = next_challenge(&s.transcript), b = next_challenge(&r.transcript);
    assert_memory_equal(&a, &b, sizeof a);
    gn_buffer_free(&proof);
}

static void a_short_proof_is_truncated(void **state)
{
    struct gn_buffer proof = {0};
    struct gn_sender s = sender(&proof);
    (void)state;
    send_all(&s, NULL, GN_ISA_SCALAR);
    for (size_t size = 0; size < proof.size; size++) {
        uint8_t *exact = malloc(size + 1);
        assert_non_null(exact);
        memcpy(exact + 1, proof.data, size); /* ends where the allocation ends */
        struct gn_receiver r = receiver(exact + 1, size);
        assert_false(recv_all(&r));
        assert_int_equal(r.verdict, GN_REJECT_TRUNCATED);
        assert_true(r.at <= size);
        free(exact);
    }
    struct gn_receiver r = receiver(proof.data, proof.size);
    fp6 x;
    const uint8_t *bytes;
    assert_false(gn_recv_exts(&r, LABEL_OOD_VALUE, &x, SIZE_MAX / 8)); /* n 24 overflows */
    assert_int_equal(r.verdict, GN_REJECT_TRUNCATED);
    r = receiver(proof.data, proof.size);
    assert_true(gn_recv_opening(&r, &bytes, 1));
    assert_false(gn_recv_opening(&r, &bytes, SIZE_MAX)); /* at + n overflows */
    assert_int_equal(r.verdict, GN_REJECT_TRUNCATED);
    gn_buffer_free(&proof);
}

static void elements_must_be_canonical(void **state)
{
    static const uint32_t bad[] = {FP_P, FP_P + 1, 0x80000000u, 0xffffffffu};
    (void)state;
    for (size_t word = 0; word < 12; word++) {
        for (size_t k = 0; k < 4; k++) {
            uint8_t bytes[48] = {0};
            fp6 x[2];
            store_le32(bytes + 4 * word, bad[k]);
            struct gn_receiver r = receiver(bytes, sizeof bytes);
            assert_false(gn_recv_exts(&r, LABEL_OOD_VALUE, x, 2));
            assert_int_equal(r.verdict, GN_REJECT_NONCANONICAL);
            store_le32(bytes + 4 * word, FP_P - 1);
            r = receiver(bytes, sizeof bytes);
            assert_true(gn_recv_exts(&r, LABEL_OOD_VALUE, x, 2));
        }
    }
}

static void everything_but_openings_is_absorbed(void **state)
{
    struct gn_buffer proof = {0};
    struct gn_sender s = sender(&proof);
    digest honest = {{0}};
    (void)state;
    send_all(&s, NULL, GN_ISA_SCALAR);
    /* the proof up to the opening, one byte changed at a time; -1 changes nothing */
    for (int at = -1; at < ALL_BYTES - 8; at++) {
        struct gn_receiver r = receiver(proof.data, proof.size);
        digest root;
        fp6 x[3];
        const uint8_t *bytes;
        if (at >= 0) {
            proof.data[at] ^= 1;
        }
        assert_true(gn_recv_digest(&r, LABEL_ROOT, &root) && gn_recv_exts(&r, LABEL_OOD_VALUE, x, 3) &&
                    gn_recv_opening(&r, &bytes, 5));
        digest d = next_challenge(&r.transcript);
        if (at < 0) {
            honest = d;
        } else {
            assert_int_equal(memcmp(&d, &honest, sizeof d) == 0, at >= 32 + 72);
            proof.data[at] ^= 1;
        }
    }
    gn_buffer_free(&proof);
}

static void the_first_failure_sticks(void **state)
{
    static const uint8_t bytes[200];
    struct gn_receiver r = receiver(bytes, sizeof bytes);
    fp6 x;
    digest d;
    const uint8_t *p;
    (void)state;
    assert_false(gn_reject(&r, GN_REJECT_GKR));
    assert_false(gn_reject(&r, GN_REJECT_MERKLE));
    assert_false(gn_recv_exts(&r, LABEL_OOD_VALUE, &x, 1));
    assert_false(gn_recv_exts(&r, LABEL_OOD_VALUE, &x, 0));
    assert_false(gn_recv_digest(&r, LABEL_ROOT, &d));
    assert_false(gn_recv_opening(&r, &p, 1));
    assert_false(gn_recv_grind(&r, 0));
    assert_false(gn_recv_grind(&r, 1));
    assert_int_equal(r.verdict, GN_REJECT_GKR);
    assert_int_equal(r.at, 0);
}

/* The nonce of a sender whose transcript already holds `salt`. */
static uint64_t nonce(uint8_t salt, unsigned bits, struct gn_pool *pool, enum gn_isa isa)
{
    struct gn_buffer proof = {0};
    struct gn_sender s = sender(&proof);
    gn_transcript_absorb(&s.transcript, LABEL_KEY, &salt, 1);
    gn_send_grind(&s, bits, pool, isa);
    assert_int_equal(proof.size, 8);
    uint64_t n = load_le64(proof.data);
    gn_buffer_free(&proof);
    return n;
}

static bool accepts(uint8_t salt, unsigned bits, uint64_t n)
{
    uint8_t bytes[8];
    store_le64(bytes, n);
    struct gn_receiver r = receiver(bytes, sizeof bytes);
    gn_transcript_absorb(&r.transcript, LABEL_KEY, &salt, 1);
    bool ok = gn_recv_grind(&r, bits);
    assert_int_equal(r.verdict, ok ? GN_ACCEPT : GN_REJECT_GRIND);
    return ok;
}

static void the_smallest_nonce_on_any_machine(void **state)
{
    static const enum gn_isa isas[] = {GN_ISA_SCALAR, GN_ISA_AVX2, GN_ISA_AVX512};
    struct gn_pool *pool = NULL;
    (void)state;
    assert_int_equal(gn_pool_create(&pool, 3, NULL), GN_OK);
    for (uint8_t salt = 0; salt < 8; salt++) {
        uint64_t expected = 0;
        while (!accepts(salt, GRIND_BITS, expected)) { /* so every smaller one is rejected */
            expected++;
        }
        for (size_t k = 0; k < 6; k++) {
            if (gn_isa_supported(isas[k / 2])) {
                assert_true(nonce(salt, GRIND_BITS, k % 2 == 0 ? NULL : pool, isas[k / 2]) == expected);
            }
        }
        assert_true(accepts(salt, GRIND_BITS - 1, expected)); /* fewer bits hold too */
    }
    gn_pool_destroy(pool);
}

/* Many chunks at work at once, hits in later ones among them, and nonces behind the first loop: against one search in
 * order. */
static void the_smallest_nonce_of_many_chunks(void **state)
{
    static const struct {
        unsigned bits;
        uint8_t salts;
        enum gn_isa isa;
    } runs[] = {{15, 24, GN_ISA_SCALAR}, {20, 10, GN_ISA_AVX512}};
    struct gn_pool *pool = NULL;
    bool beyond = false;
    (void)state;
    assert_int_equal(gn_pool_create(&pool, 3, NULL), GN_OK);
    for (size_t k = 0; k < 2; k++) {
        for (uint8_t salt = 0; salt < runs[k].salts && gn_isa_supported(runs[k].isa); salt++) {
            struct gn_transcript t;
            digest seed;
            gn_transcript_init(&t);
            gn_transcript_absorb(&t, LABEL_KEY, &salt, 1);
            gn_transcript_squeeze(&t, LABEL_GRIND, seed.b, sizeof seed.b);
            uint64_t expected = gn_blake3_grind(&seed, 0, (uint64_t)1 << 25, runs[k].bits, gn_isa_best());
            assert_true(nonce(salt, runs[k].bits, pool, runs[k].isa) == expected);
            assert_true(nonce(salt, runs[k].bits, NULL, runs[k].isa) == expected);
            assert_true(accepts(salt, runs[k].bits, expected));
            beyond = beyond || expected >= (uint64_t)1 << 20;
        }
    }
    assert_true(beyond || !gn_isa_supported(GN_ISA_AVX512));
    gn_pool_destroy(pool);
}

/* Drawn as in hash_transcript_test.c, by the same independent program: nonce 678 there, and the challenge after it. */
static void golden_nonce(void **state)
{
    static const uint8_t after[16] = {0xab, 0xed, 0x99, 0x0c, 0xe3, 0xfb, 0x23, 0x19,
                                      0xb2, 0x43, 0x17, 0xcc, 0x3c, 0x43, 0x2e, 0x49};
    static const uint32_t words[2][6] = {{1, 2, 3, 4, 5, 6}, {FP_P - 1, 0, 0, 0, 0, 7}};
    struct gn_buffer proof = {0};
    struct gn_sender s = sender(&proof);
    uint8_t bytes[3000], out[GN_SQUEEZE_MAX];
    fp6 x[2];
    (void)state;
    for (size_t i = 0; i < 3000; i++) {
        bytes[i] = (uint8_t)(i % 251);
    }
    for (int i = 0; i < 12; i++) {
        x[i / 6].c[i % 6] = fp_from_cell(words[i / 6][i % 6]);
    }
    gn_transcript_absorb(&s.transcript, LABEL_PRESET, "abc", 3);
    gn_transcript_absorb(&s.transcript, LABEL_ROOT, bytes, 32);
    gn_transcript_squeeze(&s.transcript, LABEL_OOD_POINT, out, 5);
    gn_transcript_squeeze(&s.transcript, LABEL_BUS_CHALLENGES, out, 48);
    gn_send_exts(&s, LABEL_OOD_VALUE, x, 2);
    gn_transcript_squeeze(&s.transcript, LABEL_ZC_POINT, out, 144);
    gn_transcript_squeeze(&s.transcript, LABEL_WHIR_QUERIES, out, 20);
    gn_transcript_absorb(&s.transcript, LABEL_PUBLIC_BYTES, bytes, 3000);
    gn_transcript_squeeze(&s.transcript, LABEL_WHIR_FINAL, out, sizeof out);
    gn_send_grind(&s, 10, NULL, gn_isa_best());
    assert_int_equal(load_le64(proof.data + 48), 678);
    gn_transcript_squeeze(&s.transcript, LABEL_KEY, out, 16);
    assert_memory_equal(out, after, 16);
    gn_buffer_free(&proof);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_is_received),          cmocka_unit_test(a_short_proof_is_truncated),
        cmocka_unit_test(elements_must_be_canonical),        cmocka_unit_test(everything_but_openings_is_absorbed),
        cmocka_unit_test(the_first_failure_sticks),          cmocka_unit_test(golden_nonce),
        cmocka_unit_test(the_smallest_nonce_on_any_machine), cmocka_unit_test(the_smallest_nonce_of_many_chunks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
