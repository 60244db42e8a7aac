/* SPDX-License-Identifier: Apache-2.0 */
/* secp256k1.c - the public key of a signature: Q = (s R - z G) / r on y^2 = x^3 + 7 mod p = 2^256 - 2^32 - 977, with R the point whose x is r (or r + n), n the order.
 *
 * Plain double-and-add over both scalars at once, in Jacobian coordinates (X / Z^2, Y / Z^3; Z = 0 is infinity).  Not constant time: nothing is secret. */
#include "kernel.h"
#include "u256.h"

#define P_LESS UINT64_C(0x1000003d1) /* 2^256 - p */
static const uint64_t p[4] = {UINT64_C(0xfffffffefffffc2f), UINT64_MAX, UINT64_MAX, UINT64_MAX};
static const uint64_t n[4] = {UINT64_C(0xbfd25e8cd0364141), UINT64_C(0xbaaedce6af48a03b), UINT64_C(0xfffffffffffffffe),
                              UINT64_MAX};
static const uint64_t generator[2][4] = {{UINT64_C(0x59f2815b16f81798), UINT64_C(0x029bfcdb2dce28d9),
                                          UINT64_C(0x55a06295ce870b07), UINT64_C(0x79be667ef9dcbbac)},
                                         {UINT64_C(0x9c47d08ffb10d4b8), UINT64_C(0xfd17b448a6855419),
                                          UINT64_C(0x5da4fbfc0e1108a8), UINT64_C(0x483ada7726a3c465)}};

/* ---- mod p: numbers below p ---- */
static void reduce(uint64_t r[4])
{
    if (!u256_less(r, p)) {
        (void)u256_sub(r, r, p);
    }
}

static void fp_mul(uint64_t r[4], const uint64_t a[4], const uint64_t b[4])
{
    uint64_t t[8], carry = 0;
    u256_mul(t, a, b);
    for (unsigned i = 0; i < 4; i++) {
        u128 sum = (u128)t[i + 4] * P_LESS + t[i] + carry;
        r[i] = (uint64_t)sum;
        carry = (uint64_t)(sum >> 64);
    }
    /* carry < 2^34: the rest is carry (2^256 - p) */
    u128 rest = (u128)carry * P_LESS;
    const uint64_t add[4] = {(uint64_t)rest, (uint64_t)(rest >> 64), 0, 0};
    if (u256_add(r, r, add) != 0) {
        (void)u256_add_word(r, P_LESS);
    }
    reduce(r);
}

static void fp_add(uint64_t r[4], const uint64_t a[4], const uint64_t b[4])
{
    if (u256_add(r, a, b) != 0) {
        (void)u256_add_word(r, P_LESS);
    }
    reduce(r);
}

static void fp_sub(uint64_t r[4], const uint64_t a[4], const uint64_t b[4])
{
    if (u256_sub(r, a, b) != 0) {
        (void)u256_add(r, r, p);
    }
}

/* ---- mod n ---- */
static void fn_reduce(uint64_t r[4])
{
    if (!u256_less(r, n)) {
        (void)u256_sub(r, r, n);
    }
}

static void fn_mul(uint64_t r[4], const uint64_t a[4], const uint64_t b[4])
{
    /* 2^256 = less mod n, less < 2^129: each fold takes 127 bits off */
    static const uint64_t less[4] = {UINT64_C(0x402da1732fc9bebf), UINT64_C(0x4551231950b75fc4), 1, 0};
    uint64_t t[8], high[8];
    u256_mul(t, a, b);
    for (unsigned i = 0; i < 3; i++) {
        u256_mul(high, t + 4, less);
        uint64_t carry = u256_add(t, t, high);
        (void)u256_add_word(high + 4, carry);
        u256_set(t + 4, high + 4);
    }
    u256_set(r, t);
    if (t[4] != 0) {
        (void)u256_add(r, r, less);
    }
    fn_reduce(r);
}

/* ---- powers: r = a^e, highest bit first ---- */
typedef void multiply(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]);
static void power(multiply *mul, uint64_t r[4], const uint64_t a[4], const uint64_t e[4])
{
    uint64_t x[4] = {1, 0, 0, 0};
    for (unsigned i = 256; i-- > 0;) {
        mul(x, x, x);
        if ((e[i / 64] >> (i % 64) & 1) != 0) {
            mul(x, x, a);
        }
    }
    u256_set(r, x);
}

static void inverse(multiply *mul, const uint64_t modulus[4], uint64_t r[4], const uint64_t a[4])
{
    static const uint64_t two[4] = {2, 0, 0, 0};
    uint64_t e[4];
    (void)u256_sub(e, modulus, two);
    power(mul, r, a, e);
}

/* ---- points ---- */
struct point {
    uint64_t x[4], y[4], z[4];
};

static void point_double(struct point *r, const struct point *a)
{
    uint64_t yy[4], s[4], m[4], t[4], z[4];
    fp_mul(yy, a->y, a->y);
    fp_mul(s, a->x, yy);
    fp_add(s, s, s);
    fp_add(s, s, s); /* 4 x y^2 */
    fp_mul(t, a->x, a->x);
    fp_add(m, t, t);
    fp_add(m, m, t); /* 3 x^2 */
    fp_mul(z, a->y, a->z);
    fp_add(r->z, z, z);
    fp_mul(t, m, m);
    fp_sub(t, t, s);
    fp_sub(r->x, t, s);
    fp_sub(s, s, r->x);
    fp_mul(s, s, m);
    fp_mul(yy, yy, yy);
    fp_add(yy, yy, yy);
    fp_add(yy, yy, yy);
    fp_add(yy, yy, yy); /* 8 y^4 */
    fp_sub(r->y, s, yy);
}

/* b is affine (z = 1) and not infinity */
static void point_add(struct point *r, const struct point *a, const struct point *b)
{
    uint64_t zz[4], u[4], s[4], h[4], hh[4], hhh[4], v[4], t[4];
    if (u256_is_zero(a->z)) {
        *r = *b;
        return;
    }
    fp_mul(zz, a->z, a->z);
    fp_mul(u, b->x, zz);
    fp_mul(s, b->y, zz);
    fp_mul(s, s, a->z);
    fp_sub(h, u, a->x);
    fp_sub(s, s, a->y);
    if (u256_is_zero(h)) {
        if (u256_is_zero(s)) {
            point_double(r, a);
        } else {
            *r = (struct point){{0}, {1}, {0}};
        }
        return;
    }
    fp_mul(hh, h, h);
    fp_mul(hhh, hh, h);
    fp_mul(v, a->x, hh);
    fp_mul(t, s, s);
    fp_sub(t, t, hhh);
    fp_sub(t, t, v);
    fp_mul(hhh, hhh, a->y);
    fp_mul(r->z, a->z, h);
    fp_sub(r->x, t, v);
    fp_sub(v, v, r->x);
    fp_mul(v, v, s);
    fp_sub(r->y, v, hhh);
}

/* false: infinity */
static bool point_affine(struct point *a)
{
    uint64_t z[4], zz[4];
    if (u256_is_zero(a->z)) {
        return false;
    }
    inverse(fp_mul, p, z, a->z);
    fp_mul(zz, z, z);
    fp_mul(a->x, a->x, zz);
    fp_mul(zz, zz, z);
    fp_mul(a->y, a->y, zz);
    a->z[0] = 1, a->z[1] = a->z[2] = a->z[3] = 0;
    return true;
}

/* r = a A + b B */
static void point_combine(struct point *r, const uint64_t a[4], const struct point *A, const uint64_t b[4],
                          const struct point *B)
{
    struct point both, sum = {{0}, {1}, {0}};
    point_add(&both, A, B);
    bool both_finite = point_affine(&both);
    for (unsigned i = 256; i-- > 0;) {
        uint64_t bits = (a[i / 64] >> (i % 64) & 1) | (b[i / 64] >> (i % 64) & 1) << 1;
        if (!u256_is_zero(sum.z)) {
            point_double(&sum, &sum);
        }
        if (bits == 3 ? both_finite : bits != 0) {
            point_add(&sum, &sum, bits == 1 ? A : bits == 2 ? B : &both);
        }
    }
    *r = sum;
}

/* the point with this x, and y odd or even */
static bool point_lift(struct point *r, const uint64_t x[4], uint64_t odd)
{
    static const uint64_t seven[4] = {7, 0, 0, 0};
    static const uint64_t root[4] = {UINT64_C(0xffffffffbfffff0c), UINT64_MAX, UINT64_MAX,
                                     UINT64_MAX >> 2}; /* (p + 1) / 4 */
    uint64_t t[4], square[4];
    fp_mul(t, x, x);
    fp_mul(t, t, x);
    fp_add(t, t, seven);
    power(fp_mul, r->y, t, root);
    fp_mul(square, r->y, r->y);
    if (!key_equal(square, t)) {
        return false;
    }
    if ((r->y[0] & 1) != odd) {
        (void)u256_sub(r->y, p, r->y);
    }
    u256_set(r->x, x);
    r->z[0] = 1, r->z[1] = r->z[2] = r->z[3] = 0;
    return true;
}

static void get_number(uint64_t r[4], const uint64_t big_endian[4])
{
    for (unsigned i = 0; i < 4; i++) {
        r[i] = swapped(big_endian[3 - i]);
    }
}

bool secp256k1_recover(uint64_t key[8], const uint64_t hash[4], uint64_t recovery, const uint64_t signature[8])
{
    uint64_t r[4], s[4], z[4], x[4], inverse_r[4], u1[4], u2[4];
    struct point R, Q, G = {.z = {1}};
    get_number(r, signature);
    get_number(s, signature + 4);
    get_number(z, hash);
    if (!u256_less(r, n) || !u256_less(s, n) || u256_is_zero(r) || u256_is_zero(s)) {
        return false;
    }
    u256_set(x, r);
    if ((recovery & 2) != 0 && (u256_add(x, r, n) != 0 || !u256_less(x, p))) {
        return false;
    }
    if (!point_lift(&R, x, recovery & 1)) {
        return false;
    }
    fn_reduce(z);
    inverse(fn_mul, n, inverse_r, r);
    fn_mul(u1, z, inverse_r);
    if (!u256_is_zero(u1)) {
        (void)u256_sub(u1, n, u1);
    }
    fn_mul(u2, s, inverse_r);
    u256_set(G.x, generator[0]);
    u256_set(G.y, generator[1]);
    point_combine(&Q, u1, &G, u2, &R);
    if (!point_affine(&Q)) {
        return false;
    }
    for (unsigned i = 0; i < 4; i++) {
        key[i] = swapped(Q.x[3 - i]);
        key[4 + i] = swapped(Q.y[3 - i]);
    }
    return true;
}

/* ---- the syscall ---- */
bool syscall_secp256k1_recover(struct kernel *k)
{
    enum { UNITS = 25000, BAD_RECOVERY = 2, BAD_SIGNATURE = 3 };
    uint64_t hash_at = machine_reg(1), recovery = machine_reg(2), signature_at = machine_reg(3), to = machine_reg(4);
    uint64_t hash[4], signature[8], key[8];
    if (!charge(k, UNITS) || !region_slice(k, to, 64, true) || !region_slice(k, hash_at, 32, false) ||
        !region_slice(k, signature_at, 64, false)) {
        return false;
    }
    if (recovery >= 4) {
        machine_set_reg(0, BAD_RECOVERY);
        return true;
    }
    region_read(k, hash, hash_at, 32);
    region_read(k, signature, signature_at, 64);
    if (!secp256k1_recover(key, hash, recovery, signature)) {
        machine_set_reg(0, BAD_SIGNATURE);
        return true;
    }
    region_write(k, to, key, 64);
    return true;
}
