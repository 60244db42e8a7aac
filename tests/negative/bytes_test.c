/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes: whatever is done to the bytes of a proof, the verifier rejects, names a reason, and neither hangs nor reads
 * outside.
 *
 * A small proof is taken through everything.  `bytes STEP` looks at every STEP-th place only, for slow builds; `bytes
 * long` flips 10,000 seeded positions of a large proof. */
#include "cm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "field/fp.h"
#include "support/proven.h"

static size_t step = 1; /* odd, so that the places go through all residues mod 4 and 8 */

static void open_small(struct proven *p)
{
    proven_open(p, "rom", 9); /* has preprocessed pages, fixed tables, a bus, next rows */
    assert_verdict(proven_run(p), GN_ACCEPT);
}

/* Verifies a copy of exactly n bytes, so that a sanitizer sees a read behind the end. */
static enum gn_verdict verify_copy(struct proven *p, const uint8_t *bytes, size_t n)
{
    uint8_t *copy = malloc(n == 0 ? 1 : n);
    assert_non_null(copy);
    memcpy(copy, bytes, n);
    enum gn_verdict v = proven_verify_bytes(p, copy, n);
    free(copy);
    return v;
}

static void every_byte_flipped(void **state)
{
    (void)state;
    struct proven p;
    open_small(&p);
    unsigned verdicts[64] = {0};
    for (size_t i = 0; i < p.proof.size; i += step) {
        uint8_t honest = p.proof.data[i];
        p.proof.data[i] ^= (uint8_t)(1u << i % 8);
        enum gn_verdict v = proven_verify(&p);
        if (v == GN_ACCEPT || v == GN_REJECT_SCRATCH) {
            fail_msg("byte %zu: %s", i, gn_verdict_name(v));
        }
        verdicts[v]++;
        p.proof.data[i] = honest;
    }
    /* the flips must have reached the last checks, not all have died at the first */
    assert_true(verdicts[GN_REJECT_HEADER] > 0 && verdicts[GN_REJECT_KEY] > 0 && verdicts[GN_REJECT_MERKLE] > 0);
    assert_verdict(proven_verify(&p), GN_ACCEPT);
    proven_close(&p);
}

static void every_word_set_to_a_limit(void **state)
{
    (void)state;
    static const uint32_t limits[] = {0, FP_P - 1, FP_P, UINT32_MAX};
    struct proven p;
    open_small(&p);
    for (size_t i = 0; i + 4 <= p.proof.size; i += 4 * step) {
        uint32_t honest = load_le32(p.proof.data + i);
        for (unsigned l = 0; l < 4; l++) {
            if (limits[l] == honest) {
                continue;
            }
            store_le32(p.proof.data + i, limits[l]);
            enum gn_verdict v = proven_verify(&p);
            if (v == GN_ACCEPT || v == GN_REJECT_SCRATCH) {
                fail_msg("word at %zu set to %u: %s", i, limits[l], gn_verdict_name(v));
            }
        }
        store_le32(p.proof.data + i, honest);
    }
    proven_close(&p);
}

static void every_truncation(void **state)
{
    (void)state;
    struct proven p;
    open_small(&p);
    for (size_t n = 0; n < p.proof.size; n += step) {
        enum gn_verdict v = verify_copy(&p, p.proof.data, n);
        if (v != GN_REJECT_TRUNCATED) {
            fail_msg("%zu of %zu bytes: %s", n, p.proof.size, gn_verdict_name(v));
        }
    }
    proven_close(&p);
}

static void bytes_inserted_or_removed(void **state)
{
    (void)state;
    struct proven p;
    open_small(&p);
    size_t n = p.proof.size;
    uint8_t *copy = malloc(n + 4);
    assert_non_null(copy);
    memcpy(copy, p.proof.data, n);
    memset(copy + n, 0, 4);
    assert_verdict(verify_copy(&p, copy, n + 1), GN_REJECT_TRAILING);
    assert_verdict(verify_copy(&p, copy, n + 4), GN_REJECT_TRAILING);
    for (size_t at = 0; at < n; at += 4 * step * (1 + at % 7)) {
        memcpy(copy, p.proof.data, at);
        memset(copy + at, 0, 4);
        memcpy(copy + at + 4, p.proof.data + at, n - at);
        assert_true(verify_copy(&p, copy, n + 4) != GN_ACCEPT);
        if (at + 4 <= n) {
            memcpy(copy + at, p.proof.data + at + 4, n - at - 4);
            assert_true(verify_copy(&p, copy, n - 4) != GN_ACCEPT);
        }
    }
    free(copy);
    proven_close(&p);
}

static void scratch_too_small(void **state)
{
    (void)state;
    struct proven p;
    open_small(&p);
    /* the small pieces are taken first */
    for (size_t n = 0; n < p.scratch_n; n += n < (size_t)1 << 17 ? 64 : 1 + p.scratch_n / 50) {
        uint8_t *scratch = malloc(n == 0 ? 1 : n);
        enum gn_verdict v = gn_verify(p.system, &p.id, &p.witness.statement, p.proof.data, p.proof.size, scratch, n);
        assert_true(v == GN_REJECT_SCRATCH || v == GN_ACCEPT); /* the size is an upper bound */
        free(scratch);
    }
    proven_close(&p);
}

static void a_large_proof_flipped_at_seeded_positions(void **state)
{
    (void)state;
    struct proven p;
    proven_open(&p, "examples", 20000);
    assert_verdict(proven_run(&p), GN_ACCEPT);
    uint64_t random = 12345;
    for (int i = 0; i < 10000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        size_t at = (size_t)((random >> 20) % p.proof.size);
        uint8_t flip = (uint8_t)(1u << (random >> 12) % 8);
        p.proof.data[at] ^= flip;
        enum gn_verdict v = proven_verify(&p);
        if (v == GN_ACCEPT || v == GN_REJECT_SCRATCH) {
            fail_msg("byte %zu ^ %u: %s", at, flip, gn_verdict_name(v));
        }
        p.proof.data[at] ^= flip;
    }
    proven_close(&p);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_flipped), cmocka_unit_test(every_word_set_to_a_limit),
        cmocka_unit_test(every_truncation),   cmocka_unit_test(bytes_inserted_or_removed),
        cmocka_unit_test(scratch_too_small),
    };
    const struct CMUnitTest long_tests[] = {cmocka_unit_test(a_large_proof_flipped_at_seeded_positions)};
    if (argc > 1 && strcmp(argv[1], "long") == 0) {
        return cmocka_run_group_tests(long_tests, NULL, NULL);
    }
    if (argc > 1) {
        step = strtoul(argv[1], NULL, 10) | 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
