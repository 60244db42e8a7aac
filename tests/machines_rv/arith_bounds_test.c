/* SPDX-License-Identifier: Apache-2.0 */
/* The integer identities of mul, mulw, mulh and div, and those of calls, hold mod p; here their bounds are computed from the declared widths of the columns, and each is shown to be
 * an identity of integers: left and right side differ by less than p, whatever the cells are.  And honest carries fit their lookups. */
#include "cm.h"

#include <string.h>

#include "machines/system.h"

struct range {
    int64_t low, high;
};
enum { CARRY = 4095, BIAS = 8 }; /* range12; mulh's */

static struct mx_system machine;

/* the largest honest cell, as declared; who looks it up is seen by the tests that change cells */
static int64_t largest(const char *table, const char *column)
{
    for (uint32_t t = 0; t < machine.air->tables_n; t++) {
        const struct air_table *def = &machine.air->tables[t];
        for (uint32_t c = 0; strcmp(def->name, table) == 0 && c < def->committed_n; c++) {
            if (strcmp(def->committed[c].name, column) == 0) {
                return (INT64_C(1) << def->committed[c].bits) - 1;
            }
        }
    }
    fail_msg("no column %s.%s", table, column);
    return 0;
}

static void assert_integers(struct range left, struct range right)
{
    assert_true(left.high - right.low < FP_P && right.high - left.low < FP_P);
}

/* P_k of n by n bytes, columns beyond the product being 0 */
static int64_t largest_limb(unsigned n, unsigned k, int64_t x, int64_t y)
{
    int64_t total = 0;
    for (unsigned j = 2 * k; j < 2 * k + 2; j++) {
        for (unsigned i = 0; i <= j; i++) {
            total += i < n && j - i < n ? (j & 1 ? 256 : 1) * x * y : 0;
        }
    }
    return total;
}

/* total + carry_in = limb + 2^16 carry for limbs first ... last - 1; total in [-minus, P_k + plus] */
static void chain(unsigned n, unsigned first, unsigned last, int64_t byte, int64_t limb, int64_t minus, int64_t plus,
                  int64_t bias)
{
    struct range honest = {0, 0}; /* carry in */
    for (unsigned k = first; k < last; k++) {
        int64_t product = largest_limb(n, k, byte, byte);
        struct range left = {-minus - bias, product + plus + CARRY},
                     right = {-65536 * bias, limb + 65536 * (CARRY - bias)};
        assert_integers(left, right);
        honest = (struct range){(honest.low - minus - 65535) / 65536, (honest.high + product + plus) / 65536};
        assert_true(honest.low >= -bias && honest.high <= CARRY - bias);
    }
}

static void products(void **state)
{
    (void)state;
    assert_int_equal(largest("mul", "a_low[3]"), 255);
    assert_int_equal(largest("mul", "b_low[3]"), 255);
    chain(8, 0, 4, largest("mul", "a_low[0]"), largest("mul", "c[0]"), 0, 0, 0);
    chain(4, 0, 2, largest("mulw", "a_low[0]"), largest("mulw", "c[0]"), 0, 0, 0);
    chain(8, 0, 4, largest("mulh", "a_low[0]"), largest("mulh", "low[0]"), 0, 0, 0);
    chain(8, 4, 8, largest("mulh", "a_low[0]"), largest("mulh", "high[0]"),
          largest("mulh", "a[0]") + largest("mulh", "b[0]"), 0, BIAS);
    int64_t addend = largest("addx", "x[0]") + largest("addx", "y[0]") + 1; /* sums and carries of addx */
    assert_integers((struct range){0, addend}, (struct range){0, largest("addx", "z[0]") + 65536});
    assert_true(8 * largest("bset", "both[0]") < FP_P); /* no common bit */
    /* limb = low + 256 high */
    assert_integers((struct range){0, largest("mul", "a[0]")}, (struct range){0, 255 + 256 * 255});
}

static void divisions(void **state)
{
    (void)state;
    int64_t byte = largest("div", "abs_q[0]"), r = largest("div", "abs_r[0]"), a = largest("div", "a[0]");
    assert_int_equal(byte, largest("div", "abs_b[0]"));
    chain(8, 0, 4, byte, a, 0, r, 0);     /* a >= 0: limb = a_k */
    chain(8, 0, 4, byte, 0, 0, r + a, 0); /* a < 0: limb = 0 */
    int64_t beyond = 0;                   /* their sum is 0 only if each of them is */
    for (unsigned j = 8; j < 15; j++) {
        beyond += (15 - j) * byte * byte;
    }
    assert_true(beyond < FP_P);
    int64_t c = largest("div", "c[0]"), limb = 257 * byte;
    assert_integers((struct range){0, limb + c + 1}, (struct range){0, 65536}); /* negations: sums and carries */
    assert_true(4 * limb < FP_P && 4 * c + 4 * 65535 < FP_P);                   /* |b| = 0; quotient all ones */
    assert_integers((struct range){-limb - 1, r}, (struct range){0, 65535});    /* mx_less_than's lookup */
    assert_integers((struct range){-65536, 2 * a}, (struct range){0, 65535});   /* mx_sign's */
}

static void calls(void **state)
{
    (void)state;
    /* r10 + stride: a limb or two and a carry, against a limb and a carry */
    int64_t sum = largest("frame", "saved[16]") + largest("frame", "stride");
    assert_integers((struct range){0, sum}, (struct range){0, 65535 + 65536});
    assert_true(sum < 2 * 65536); /* so a bit is enough */
    /* 193 + depth for any limb, against a byte; 63 is the first depth that is none */
    assert_integers((struct range){193, 193 + 65535}, (struct range){0, 255});
    assert_true(193 + 62 <= 255 && 193 + 63 > 255);
    /* time = t0 + 2^16 t1 */
    assert_true(65535 + 65536 * largest("call", "high") < FP_P);
    /* 32 e for any byte; 8 y + e for any limb y; behind that they are small */
    assert_integers((struct range){0, 32 * 255}, (struct range){0, 255});
    assert_integers((struct range){0, 8 * 65535 + largest("callx", "e")}, (struct range){0, 65535});
    assert_true(8 * largest("callx", "y") + largest("callx", "e") == 65535);
    /* n - 1 - slot, n <= 2^28, against two limbs of which the second is below 2^12 */
    int64_t slot = largest("callx", "y") + 8192 * largest("callx", "t1");
    assert_integers((struct range){-1 - slot, (1 << 28) - 1},
                    (struct range){0, 65535 + 65536 * largest("callx", "u1")});
    assert_int_equal(largest("callx", "u1"), CARRY);
}

int main(void)
{
    static struct gn_arena arena;
    struct gn_error err;
    if (gn_arena_init(&arena, (size_t)64 << 20, &err) != GN_OK || mx_system_build(&machine, &arena, &err) != GN_OK) {
        print_error("%s\n", err.text);
        return 1;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(products), cmocka_unit_test(divisions),
                                       cmocka_unit_test(calls)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    gn_arena_free(&arena);
    return failed;
}
