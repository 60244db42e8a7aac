/* SPDX-License-Identifier: Apache-2.0 */
/* pcs_merkle_test.c - commitment and opening against a tree hashed node by node, and what must be rejected. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "pcs/merkle.h"

#define MAX_WORDS 8
#define MAX_ROWS  4096

static uint32_t cells[MAX_WORDS][MAX_ROWS];
static const uint32_t *columns[GN_MERKLE_MAX_WORDS];
static digest tree[2 * MAX_ROWS], expected[2 * MAX_ROWS];
static unsigned char scratch_bytes[GN_MERKLE_RECV_SCRATCH];
static uint32_t rows[GN_MERKLE_MAX_QUERIES * GN_MERKLE_MAX_WORDS];

static uint32_t random_word(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

static int make_cells(void **state)
{
    uint64_t seed = 3;
    (void)state;
    for (size_t w = 0; w < MAX_WORDS; w++) {
        for (size_t i = 0; i < MAX_ROWS; i++) {
            cells[w][i] = random_word(&seed) % FP_P;
        }
    }
    for (size_t w = 0; w < GN_MERKLE_MAX_WORDS; w++) {
        columns[w] = cells[w % MAX_WORDS];
    }
    return 0;
}

/* The definition of section 2, one hash at a time. */
static void tree_by_definition(digest *t, size_t words, unsigned rows_log2)
{
    size_t n = (size_t)1 << rows_log2;
    uint8_t row[4 * GN_MERKLE_MAX_WORDS];
    memset(&t[0], 0, sizeof t[0]);
    for (size_t i = 0; i < n; i++) {
        for (size_t w = 0; w < words; w++) {
            store_le32(row + 4 * w, columns[w][i]);
        }
        t[n + i] = gn_blake3_hash_keyed(&gn_key_leaf, row, 4 * words);
    }
    for (size_t i = n - 1; i > 0; i--) {
        t[i] = gn_blake3_hash_keyed(&gn_key_node, &t[2 * i], 64);
    }
}

static void commit_is_the_definition(void **state)
{
    static const enum gn_isa isas[] = {GN_ISA_SCALAR, GN_ISA_AVX2, GN_ISA_AVX512};
    static const unsigned logs[] = {0, 1, 2, 4, 5, 9, 10, 11, 12};
    struct gn_pool *pool = NULL;
    (void)state;
    assert_int_equal(gn_pool_create(&pool, 3, NULL), GN_OK);
    for (size_t l = 0; l < sizeof logs / sizeof logs[0]; l++) {
        size_t words = l % 2 == 0 ? 5 : 1, bytes = gn_merkle_nodes(logs[l]) * sizeof(digest);
        tree_by_definition(expected, words, logs[l]);
        for (size_t k = 0; k < 6; k++) {
            struct gn_work w = {NULL, k % 2 == 0 ? NULL : pool, isas[k / 2]};
            if (gn_isa_supported(w.isa)) {
                memset(tree, 0x55, sizeof tree);
                gn_merkle_commit(tree, columns, words, logs[l], &w);
                assert_memory_equal(tree, expected, bytes);
            }
        }
    }
    gn_pool_destroy(pool);
}

static void commit(size_t words, unsigned rows_log2)
{
    struct gn_work w = {NULL, NULL, gn_isa_best()};
    gn_merkle_commit(tree, columns, words, rows_log2, &w);
}

static struct gn_buffer open_rows(size_t words, unsigned rows_log2, const uint32_t *indices, size_t n)
{
    struct gn_buffer proof = {0};
    struct gn_sender s = {.proof = &proof};
    gn_transcript_init(&s.transcript);
    struct gn_transcript before = s.transcript;
    gn_merkle_open(&s, tree, columns, words, rows_log2, indices, n);
    assert_memory_equal(&before, &s.transcript, sizeof before); /* an opening is not absorbed */
    assert_false(proof.failed);
    return proof;
}

static enum gn_verdict receive(const uint8_t *proof, size_t size, size_t *used, const digest *root, size_t words,
                               unsigned rows_log2, const uint32_t *indices, size_t n)
{
    struct gn_receiver r = {.proof = proof, .size = size};
    struct gn_scratch s = {scratch_bytes, sizeof scratch_bytes, 0};
    gn_transcript_init(&r.transcript);
    bool ok = gn_merkle_recv(&r, root, rows_log2, (uint32_t)words, indices, n, rows, &s);
    assert_true(ok == (r.verdict == GN_ACCEPT));
    assert_int_equal(s.used, 0);
    *used = r.at;
    return r.verdict;
}

/* Opens, receives, and compares every row. */
static void round_trip(size_t words, unsigned rows_log2, const uint32_t *indices, size_t n)
{
    struct gn_buffer proof = open_rows(words, rows_log2, indices, n);
    size_t used;
    memset(rows, 0x55, sizeof rows);
    assert_int_equal(receive(proof.data, proof.size, &used, &tree[1], words, rows_log2, indices, n), GN_ACCEPT);
    assert_int_equal(used, proof.size);
    for (size_t i = 0; i < n; i++) {
        for (size_t w = 0; w < words; w++) {
            assert_int_equal(rows[i * words + w], columns[w][indices[i]]);
        }
    }
    gn_buffer_free(&proof);
}

/* The digests that section 2 says an opening carries, counted from the definition: siblings of known nodes that are not
 * known. */
static size_t sibling_count(unsigned rows_log2, uint32_t leaves)
{
    size_t count = 0;
    for (unsigned level = rows_log2; level > 0; level--) {
        uint32_t up = 0;
        for (uint32_t i = 0; i < (uint32_t)1 << level; i++) {
            if ((leaves >> i & 1) != 0) {
                count += (leaves >> (i ^ 1) & 1) == 0;
                up |= (uint32_t)1 << (i >> 1);
            }
        }
        leaves = up;
    }
    return count;
}

static void every_subset_of_small_trees(void **state)
{
    (void)state;
    for (unsigned d = 0; d <= 3; d++) {
        commit(3, d);
        for (uint32_t subset = 1; subset < (uint32_t)1 << (1u << d); subset++) {
            uint32_t indices[8];
            size_t n = 0, distinct = 0;
            for (uint32_t i = 8; i-- > 0;) { /* descending: not the order of the proof */
                if (i < 1u << d && (subset >> i & 1) != 0) {
                    indices[n++] = i;
                    distinct++;
                }
            }
            round_trip(3, d, indices, n);
            struct gn_buffer proof = open_rows(3, d, indices, n);
            assert_int_equal(proof.size, 12 * distinct + 32 * sibling_count(d, subset));
            gn_buffer_free(&proof);
        }
    }
}

/* The bytes themselves, for a case drawn by hand: leaves 1, 4 and 5 of 8. */
static void the_order_of_section_2(void **state)
{
    static const uint32_t indices[] = {5, 1, 4, 5};
    (void)state;
    commit(2, 3);
    struct gn_buffer proof = open_rows(2, 3, indices, 4);
    const digest siblings[] = {tree[8], tree[5], tree[7]}; /* of leaf 1; of node 4; of node 6 */
    assert_int_equal(proof.size, 3 * 8 + sizeof siblings);
    static const uint32_t sorted[] = {1, 4, 5};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(load_le32(proof.data + 8 * i), columns[0][sorted[i]]);
        assert_int_equal(load_le32(proof.data + 8 * i + 4), columns[1][sorted[i]]);
    }
    assert_memory_equal(proof.data + 24, siblings, sizeof siblings);
    gn_buffer_free(&proof);
}

static void duplicates_and_limits(void **state)
{
    uint32_t indices[GN_MERKLE_MAX_QUERIES];
    uint64_t seed = 4;
    (void)state;
    commit(5, 12);
    for (size_t n = 0; n <= GN_MERKLE_MAX_QUERIES; n += 32) {
        for (size_t i = 0; i < n; i++) {
            indices[i] = random_word(&seed) % MAX_ROWS;
        }
        round_trip(5, 12, indices, n);
    }
    for (size_t i = 0; i < GN_MERKLE_MAX_QUERIES; i++) {
        indices[i] = i % 3 == 0 ? 4095 : random_word(&seed) % 7;
    }
    round_trip(5, 12, indices, GN_MERKLE_MAX_QUERIES);
    commit(GN_MERKLE_MAX_WORDS, 2);
    for (size_t i = 0; i < GN_MERKLE_MAX_QUERIES; i++) {
        indices[i] = i % 4;
    }
    round_trip(GN_MERKLE_MAX_WORDS, 2, indices, GN_MERKLE_MAX_QUERIES);
    commit(4, 0); /* one leaf, which is the root: the key alone tells it from a node */
    memset(indices, 0, sizeof indices);
    round_trip(4, 0, indices, 1);
    round_trip(4, 0, indices, 5);
}

static void every_changed_bit_is_rejected(void **state)
{
    static const uint32_t indices[] = {9, 2, 3, 14, 2};
    size_t used;
    (void)state;
    commit(3, 4);
    struct gn_buffer proof = open_rows(3, 4, indices, 5);
    for (size_t bit = 0; bit < 8 * proof.size; bit++) {
        proof.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        bool canonical = true;
        for (size_t w = 0; w < 4 * 3; w++) {
            canonical = canonical && load_le32(proof.data + 4 * w) < FP_P;
        }
        assert_int_equal(receive(proof.data, proof.size, &used, &tree[1], 3, 4, indices, 5),
                         canonical ? GN_REJECT_MERKLE : GN_REJECT_NONCANONICAL);
        proof.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t size = 0; size < proof.size; size++) {
        uint8_t *exact = malloc(size + 1);
        assert_non_null(exact);
        memcpy(exact + 1, proof.data, size); /* ends where the allocation ends */
        assert_int_equal(receive(exact + 1, size, &used, &tree[1], 3, 4, indices, 5), GN_REJECT_TRUNCATED);
        free(exact);
    }
    assert_int_equal(receive(proof.data, proof.size, &used, &tree[1], 3, 4, indices, 5), GN_ACCEPT);
    for (size_t bit = 0; bit < 256; bit++) {
        digest root = tree[1];
        root.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(receive(proof.data, proof.size, &used, &root, 3, 4, indices, 5), GN_REJECT_MERKLE);
    }
    gn_buffer_free(&proof);
}

/* x and x + p are the same element; only x is a word of a row. */
static void a_second_encoding_is_rejected(void **state)
{
    static const uint32_t index = 0;
    static uint32_t word[1];
    const uint32_t *column = word;
    uint8_t bytes[4];
    size_t used;
    (void)state;
    for (uint64_t x = FP_P; x <= UINT32_MAX; x += x < FP_P + 3 ? 1 : 0x01234567) {
        store_le32(bytes, (uint32_t)x);
        digest root = gn_blake3_hash_keyed(&gn_key_leaf, bytes, 4); /* an adversary may well commit to it */
        assert_int_equal(receive(bytes, 4, &used, &root, 1, 0, &index, 1), GN_REJECT_NONCANONICAL);
    }
    word[0] = FP_P - 1;
    struct gn_work w = {NULL, NULL, GN_ISA_SCALAR};
    gn_merkle_commit(tree, &column, 1, 0, &w);
    store_le32(bytes, word[0]);
    assert_int_equal(receive(bytes, 4, &used, &tree[1], 1, 0, &index, 1), GN_ACCEPT);
}

/* A valid opening of other indices, of another width or of another depth has no standing. */
static void openings_do_not_transfer(void **state)
{
    static const uint32_t asked[] = {6}, given[] = {7};
    size_t used;
    (void)state;
    commit(8, 3);
    struct gn_buffer proof = open_rows(8, 3, given, 1);
    assert_int_equal(receive(proof.data, proof.size, &used, &tree[1], 8, 3, given, 1), GN_ACCEPT);
    assert_int_equal(receive(proof.data, proof.size, &used, &tree[1], 8, 3, asked, 1), GN_REJECT_MERKLE);
    assert_int_equal(receive(proof.data, proof.size, &used, &tree[1], 7, 3, given, 1), GN_REJECT_MERKLE);
    static const uint32_t half[] = {3};
    assert_int_equal(receive(proof.data, proof.size, &used, &tree[1], 8, 2, half, 1), GN_REJECT_MERKLE);
    /* two leaves' digests offered as the row of a tree one level lower (were the keys equal this would pass, canonical
     * words given) */
    digest node = gn_blake3_hash_keyed(&gn_key_node, &tree[8], 64);
    assert_memory_equal(&node, &tree[4], sizeof node);
    digest leaf = gn_blake3_hash_keyed(&gn_key_leaf, &tree[8], 64);
    assert_memory_not_equal(&leaf, &tree[4], sizeof leaf);
    gn_buffer_free(&proof);
}

static void calls_out_of_range_are_refused(void **state)
{
    static uint32_t many[GN_MERKLE_MAX_QUERIES + 1];
    static const uint32_t big[] = {4};
    struct gn_scratch small = {scratch_bytes, 4096, 0};
    size_t used;
    (void)state;
    commit(2, 2);
    struct gn_buffer proof = open_rows(2, 2, many, 1);
    assert_int_equal(receive(proof.data, proof.size, &used, &tree[1], 2, 2, big, 1), GN_REJECT_MERKLE);
    assert_int_equal(receive(proof.data, proof.size, &used, &tree[1], 0, 2, many, 1), GN_REJECT_MERKLE);
    assert_int_equal(receive(proof.data, proof.size, &used, &tree[1], 257, 2, many, 1), GN_REJECT_MERKLE);
    assert_int_equal(receive(proof.data, proof.size, &used, &tree[1], 2, 25, many, 1), GN_REJECT_MERKLE);
    assert_int_equal(receive(proof.data, proof.size, &used, &tree[1], 2, 2, many, 257), GN_REJECT_MERKLE);
    assert_int_equal(used, 0);

    struct gn_receiver r = {.proof = proof.data, .size = proof.size};
    gn_transcript_init(&r.transcript);
    assert_false(gn_merkle_recv(&r, &tree[1], 2, 2, many, 1, rows, &small));
    assert_int_equal(r.verdict, GN_REJECT_SCRATCH);
    struct gn_scratch enough = {scratch_bytes, sizeof scratch_bytes, 0};
    assert_false(gn_merkle_recv(&r, &tree[1], 2, 2, many, 1, rows, &enough)); /* the first failure sticks */
    assert_int_equal(r.verdict, GN_REJECT_SCRATCH);
    gn_buffer_free(&proof);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commit_is_the_definition),      cmocka_unit_test(every_subset_of_small_trees),
        cmocka_unit_test(the_order_of_section_2),        cmocka_unit_test(duplicates_and_limits),
        cmocka_unit_test(every_changed_bit_is_rejected), cmocka_unit_test(a_second_encoding_is_rejected),
        cmocka_unit_test(openings_do_not_transfer),      cmocka_unit_test(calls_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, make_cells, NULL);
}
