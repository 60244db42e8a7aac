/* SPDX-License-Identifier: Apache-2.0 */
/* curve25519.c - is a number the y of a point of -x^2 + y^2 = 1 + d x^2 y^2 mod p = 2^255 - 19, d = -121665 / 121666?
 *
 * It is if u / v = (y^2 - 1) / (d y^2 + 1) is a square.  Multiplied by 121666: u = 121666 (y^2 - 1), v = 121666 - 121665 y^2, which is never 0 because -1/d is no square.
 * A square root costs 250 squarings; the hint saves them and proves itself:
 *   x with x^2 v = u:                       u / v is a square;
 *   w with w^2 v = 2 u, where u is not 0:   2 u / v is a square other than 0, and 2 is none (p = 5 mod 8), so u / v is none.
 * No y has both.  Numbers are below 2^256, mod 2 p = 2^256 - 38. */
#include "kernel.h"
#include "u256.h"

/* r += 38 carry; twice, because the first may carry again */
static void fold(uint64_t r[4], uint64_t carry)
{
    while (carry != 0) {
        carry = u256_add_word(r, 38 * carry);
    }
}

static void mul(uint64_t r[4], const uint64_t a[4], const uint64_t b[4])
{
    uint64_t t[8], carry = 0;
    u256_mul(t, a, b);
    for (unsigned i = 0; i < 4; i++) {
        u128 sum = (u128)t[i + 4] * 38 + t[i] + carry;
        r[i] = (uint64_t)sum;
        carry = (uint64_t)(sum >> 64);
    }
    fold(r, carry);
}

static void mul_word(uint64_t r[4], const uint64_t a[4], uint64_t b)
{
    uint64_t carry = 0;
    for (unsigned i = 0; i < 4; i++) {
        u128 sum = (u128)a[i] * b + carry;
        r[i] = (uint64_t)sum;
        carry = (uint64_t)(sum >> 64);
    }
    fold(r, carry);
}

static void sub(uint64_t r[4], const uint64_t a[4], const uint64_t b[4])
{
    static const uint64_t less[4] = {38, 0, 0, 0};
    uint64_t borrow = u256_sub(r, a, b);
    while (borrow != 0) { /* 2^256 = 38: what was borrowed goes back as 38 */
        borrow = u256_sub(r, r, less);
    }
}

/* a = 0 mod p, that is 0, p or 2 p */
static bool is_zero(const uint64_t a[4])
{
    if ((a[1] & a[2] & (a[3] | UINT64_C(1) << 63)) == UINT64_MAX) {
        return a[3] >> 63 != 0 ? a[0] == UINT64_MAX - 37 : a[0] == UINT64_MAX - 18;
    }
    return u256_is_zero(a);
}

int curve25519_is_y(const uint64_t y[4], const uint64_t hint[4])
{
    static const uint64_t one[4] = {1, 0, 0, 0}, constant[4] = {121666, 0, 0, 0};
    uint64_t yy[4], u[4], v[4], w[4];
    bool is_point = hint[3] >> 63 == 0;
    u256_set(w, y);
    w[3] &= UINT64_MAX >> 1;
    mul(yy, w, w);
    sub(u, yy, one);
    mul_word(u, u, 121666);
    mul_word(v, yy, 121665);
    sub(v, constant, v);
    u256_set(w, hint);
    w[3] &= UINT64_MAX >> 1;
    mul(w, w, w);
    mul(w, w, v);
    if (!is_point) {
        if (is_zero(u)) {
            return -1;
        }
        mul_word(u, u, 2);
    }
    sub(w, w, u);
    return !is_zero(w) ? -1 : is_point;
}
