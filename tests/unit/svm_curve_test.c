/* SPDX-License-Identifier: Apache-2.0 */
/* svm_curve_test.c - hints for on-curve tests: every one fulfils its equation (checked with arithmetic of its own), and says what Python's pow says. */
#include <stdbool.h>
#include <string.h>

#include "base/bytes.h"
#include "base/sha256.h"
#include "cm.h"
#include "svm/curve.h"

/* Numbers of 16 limbs of 16 bits, slow: multiplication by shifting and adding modulo p. */
struct slow {
    uint32_t limb[16];
};
static const struct slow prime = {{0xffed, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff,
                                   0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0x7fff}};

static int compare(const struct slow *a, const struct slow *b)
{
    for (int i = 15; i >= 0; i--) {
        if (a->limb[i] != b->limb[i]) {
            return a->limb[i] < b->limb[i] ? -1 : 1;
        }
    }
    return 0;
}

/* a + b, then into [0, p); a, b < 2^255 */
static struct slow combine(const struct slow *a, const struct slow *b)
{
    struct slow r;
    uint32_t carry = 0;
    for (int i = 0; i < 16; i++) {
        carry += a->limb[i] + b->limb[i];
        r.limb[i] = carry & 0xffff;
        carry >>= 16;
    }
    assert_int_equal(carry, 0);
    while (compare(&r, &prime) >= 0) {
        int32_t borrow = 0;
        for (int i = 0; i < 16; i++) {
            borrow += (int32_t)r.limb[i] - (int32_t)prime.limb[i];
            r.limb[i] = (uint32_t)borrow & 0xffff;
            borrow >>= 16;
        }
    }
    return r;
}

static struct slow times(const struct slow *a, const struct slow *b)
{
    struct slow r = {{0}};
    for (int bit = 255; bit >= 0; bit--) {
        r = combine(&r, &r);
        if (b->limb[bit / 16] >> bit % 16 & 1) {
            r = combine(&r, a);
        }
    }
    return r;
}

static struct slow from_words(const uint64_t w[4])
{
    struct slow r, zero = {{0}};
    for (int i = 0; i < 16; i++) {
        r.limb[i] = (uint32_t)(w[i / 4] >> 16 * (i % 4)) & 0xffff;
    }
    r.limb[15] &= 0x7fff;
    return combine(&r, &zero);
}

static const uint64_t d_words[4] = {0x75eb4dca135978a3, 0x00700a4d4141d8ab, 0x8cc740797779e898, 0x52036cee2b6ffe73};

/* (121666 d + 121665 = 0) */
static void constant(void **state)
{
    (void)state;
    struct slow d = from_words(d_words), a = {{0xdb42, 1}}, b = {{0xdb41, 1}}, zero = {{0}};
    struct slow t = times(&d, &a);
    t = combine(&t, &b);
    assert_int_equal(compare(&t, &zero), 0);
}

static bool check(const uint8_t y_bytes[32])
{
    struct gn_sol_hint hint;
    uint64_t words[4];
    bool point = gn_svm_curve_hint(&hint, y_bytes);
    assert_int_equal(hint.word[3] >> 63, !point);
    for (int i = 0; i < 4; i++) {
        words[i] = load_le64(y_bytes + 8 * i);
    }
    struct slow y = from_words(words), d = from_words(d_words), root = from_words(hint.word), one = {{1}};
    struct slow y2 = times(&y, &y), v = times(&d, &y2), left = times(&root, &root), right = y2;
    v = combine(&v, &one);
    left = times(&left, &v);
    if (!point) { /* left = 2 u: left + 2 = 2 y^2 */
        left = combine(&left, &one);
        right = combine(&right, &y2);
    }
    left = combine(&left, &one);
    assert_int_equal(compare(&left, &right), 0);
    return point;
}

static void hashes(void **state)
{
    (void)state;
    static const uint64_t on_curve[4] = {0x6d8e36737d69fdca, 0x9aa6b6238afa2509, 0x700cf33fa1e8e6f1,
                                         0xa704d8aba8058bb5};
    for (unsigned i = 0; i < 256; i++) {
        uint8_t seed = (uint8_t)i, y[32];
        gn_sha256(y, &seed, 1);
        assert_int_equal(check(y), on_curve[i / 64] >> i % 64 & 1);
    }
}

static void special(void **state)
{
    (void)state;
    uint8_t y[32] = {1};
    assert_true(check(y)); /* (0, 1), the neutral element */
    y[31] = 0x80;
    assert_true(check(y)); /* the sign bit has no say */
    memset(y, 0, sizeof y);
    assert_true(check(y)); /* (±sqrt(-1), 0) */
    y[0] = 2;
    assert_false(check(y));
    /* p - 1: (0, -1); p, p + 1, 2^255 - 1: not reduced */
    static const uint8_t low[4] = {0xec, 0xed, 0xee, 0xff};
    for (int i = 0; i < 4; i++) {
        memset(y, 0xff, sizeof y);
        y[0] = low[i];
        y[31] = 0x7f;
        bool point = check(y);
        assert_true(point || i == 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constant),
        cmocka_unit_test(hashes),
        cmocka_unit_test(special),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
