/* SPDX-License-Identifier: Apache-2.0 */
/* curve.c - arithmetic mod p = 2^255 - 19 on four words, any representative below 2^256 (2^256 = 38), and square roots.
 *
 * x^2 = u / v with u = y^2 - 1, v = d y^2 + 1.  v is never 0, since -1 is a square and d is not.  p = 5 mod 8: r = u v^3 (u v^7)^((p-5)/8) has v r^2 = ±u or
 * ±u sqrt(-1); in the first case r or r sqrt(-1) is the root, in the second u / v is no square, and 2 u / v is one, because 2 is none.  Variable time. */
#include "svm/curve.h"

#include <string.h>

#include "base/bytes.h"

__extension__ typedef unsigned __int128 wide;

struct number {
    uint64_t w[4];
};

/* r += 38 carry, until nothing is carried */
static void fold_carry(struct number *r, uint64_t carry)
{
    while (carry != 0) {
        wide t = (wide)carry * 38;
        for (int i = 0; i < 4; i++) {
            t += r->w[i];
            r->w[i] = (uint64_t)t;
            t >>= 64;
        }
        carry = (uint64_t)t;
    }
}

static struct number add(const struct number *a, const struct number *b)
{
    struct number r;
    wide t = 0;
    for (int i = 0; i < 4; i++) {
        t += (wide)a->w[i] + b->w[i];
        r.w[i] = (uint64_t)t;
        t >>= 64;
    }
    fold_carry(&r, (uint64_t)t);
    return r;
}

static struct number multiply(const struct number *a, const struct number *b)
{
    uint64_t product[8] = {0};
    for (int i = 0; i < 4; i++) {
        uint64_t carry = 0;
        for (int j = 0; j < 4; j++) {
            wide t = (wide)a->w[i] * b->w[j] + product[i + j] + carry;
            product[i + j] = (uint64_t)t;
            carry = (uint64_t)(t >> 64);
        }
        product[i + 4] = carry;
    }
    struct number r;
    wide t = 0;
    for (int i = 0; i < 4; i++) {
        t += (wide)product[i + 4] * 38 + product[i];
        r.w[i] = (uint64_t)t;
        t >>= 64;
    }
    fold_carry(&r, (uint64_t)t);
    return r;
}

static struct number power(struct number base, const struct number *exponent)
{
    struct number r = {{1}};
    for (int bit = 0; bit < 256; bit++) {
        if (exponent->w[bit / 64] >> bit % 64 & 1) {
            r = multiply(&r, &base);
        }
        base = multiply(&base, &base);
    }
    return r;
}

/* the representative below p */
static void canonical(struct number *a)
{
    for (int round = 0; round < 2; round++) { /* a < 2^256 = 2 p + 38: bit 255 folds at most twice */
        uint64_t top = a->w[3] >> 63;
        a->w[3] &= UINT64_MAX >> 1;
        wide t = (wide)top * 19;
        for (int i = 0; i < 4; i++) {
            t += a->w[i];
            a->w[i] = (uint64_t)t;
            t >>= 64;
        }
    }
    struct number plus = *a; /* a >= p exactly if a + 19 >= 2^255 */
    wide t = 19;
    for (int i = 0; i < 4; i++) {
        t += plus.w[i];
        plus.w[i] = (uint64_t)t;
        t >>= 64;
    }
    if (plus.w[3] >> 63) {
        plus.w[3] &= UINT64_MAX >> 1;
        *a = plus;
    }
}

static bool equal(struct number a, struct number b)
{
    canonical(&a);
    canonical(&b);
    return memcmp(&a, &b, sizeof a) == 0;
}

static const struct number prime_minus_1 = {{0xffffffffffffffec, UINT64_MAX, UINT64_MAX, UINT64_MAX >> 1}};
static const struct number prime_minus_2 = {{0xffffffffffffffeb, UINT64_MAX, UINT64_MAX, UINT64_MAX >> 1}};
static const struct number root_exponent = {
    {0xfffffffffffffffd, UINT64_MAX, UINT64_MAX, 0x0fffffffffffffff}}; /* (p - 5) / 8 */
static const struct number quarter = {
    {0xfffffffffffffffb, UINT64_MAX, UINT64_MAX, 0x1fffffffffffffff}}; /* (p - 1) / 4 */

static struct number curve_d(void)
{
    struct number a = {{121665}}, b = {{121666}};
    b = power(b, &prime_minus_2);
    a = multiply(&a, &b);
    return multiply(&a, &prime_minus_1);
}

/* root^2 v = u; false if there is none */
static bool square_root(struct number *root, const struct number *u, const struct number *v)
{
    struct number v2 = multiply(v, v), v3 = multiply(&v2, v), v7 = multiply(&v3, &v3),
                  minus_u = multiply(u, &prime_minus_1);
    v7 = multiply(&v7, v);
    struct number r = multiply(u, &v7), uv3 = multiply(u, &v3);
    r = power(r, &root_exponent);
    r = multiply(&r, &uv3);
    struct number check = multiply(&r, &r);
    check = multiply(&check, v);
    if (equal(check, minus_u)) {
        struct number two = {{2}}, i = power(two, &quarter);
        r = multiply(&r, &i);
    } else if (!equal(check, *u)) {
        return false;
    }
    canonical(&r);
    *root = r;
    return true;
}

bool gn_svm_curve_hint(struct gn_sol_hint *hint, const uint8_t y_bytes[32])
{
    struct number y, root = {{0}}, one = {{1}}, d = curve_d();
    for (int i = 0; i < 4; i++) {
        y.w[i] = load_le64(y_bytes + 8 * i);
    }
    y.w[3] &= UINT64_MAX >> 1;
    struct number y2 = multiply(&y, &y), u = add(&y2, &prime_minus_1), v = multiply(&d, &y2);
    v = add(&v, &one);
    bool point = square_root(&root, &u, &v);
    if (!point) {
        u = add(&u, &u);
        (void)square_root(&root, &u, &v);
        root.w[3] |= UINT64_C(1) << 63;
    }
    memcpy(hint->word, root.w, sizeof hint->word);
    return point;
}
