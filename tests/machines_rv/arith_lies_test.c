/* SPDX-License-Identifier: Apache-2.0 */
/* Every cell of the bitwise, shift, multiply and divide tables; and lies about products and quotients, by name.  A lie is told in the row, in the register's
 * final value and in the multiplicities of legal lookups; the test asserts who objects then. */
#include "cm.h"

#include <stdio.h>
#include <string.h>

#include "machines_rv/objections.h"
#include "support/proven.h"

enum { A = 5, B = 6, D = 7 };

static void open_row(struct rv_run *r, uint8_t op, uint64_t a, uint64_t b)
{
    static struct vm_insn rows[4];
    rows[0] = (struct vm_insn){.op = VM_MOVI, .rd = A, .imm = a};
    rows[1] = (struct vm_insn){.op = VM_MOVI, .rd = B, .imm = b};
    rows[2] = (struct vm_insn){.op = op, .rd = D, .ra = A, .rb = B};
    rows[3] = (struct vm_insn){.op = VM_ECALL};
    rv_open(r, rows, 4);
    assert_objects(r, "");
}

static void set(struct rv_run *r, const char *table, const char *column, uint32_t value)
{
    *rv_cell(r, table, column, 0) = value;
}

static void set_many(struct rv_run *r, const char *table, const char *p, unsigned n, unsigned bits, uint64_t v)
{
    for (unsigned i = 0; i < n; i++) {
        char name[16];
        snprintf(name, sizeof name, "%s[%u]", p, i);
        set(r, table, name, (uint32_t)(v >> bits * i & ((1u << bits) - 1)));
    }
}

/* ---- products ---- */

/* p + 1 = 0x7f000002: with carry 32512 from limb 0, 2^16 carry = -1 mod p.  The carry's range alone stands against it. */
static void one_times_one_is_p_plus_one(void **state)
{
    (void)state;
    struct rv_run r;
    open_row(&r, VM_MUL, 1, 1);
    rv_set_limbs(&r, "mul", "c", 0, FP_P + 1u);
    rv_set_limbs(&r, "reg_final", "v", D, FP_P + 1u);
    assert_objects(&r, "range12 ");
    assert_verdict(rv_prove(&r), GN_REJECT_BUS_SUM);
    rv_close(&r);

    open_row(&r, VM_MULW, 1, 1);
    set_many(&r, "mulw", "c", 2, 16, FP_P + 1u);
    rv_set_limbs(&r, "reg_final", "v", D, FP_P + 1u);
    assert_objects(&r, "range12 ");
    rv_close(&r);

    open_row(&r, VM_MULHU, 1, 1);
    rv_set_limbs(&r, "mulh", "low", 0, FP_P + 1u);
    assert_objects(&r, "range12 ");
    rv_close(&r);
}

static void product_off_by_one(void **state)
{
    (void)state;
    struct rv_run r;
    open_row(&r, VM_MUL, 0xffffffff, 3);
    rv_set_limbs(&r, "mul", "c", 0, 0x2fffffffe);
    rv_set_limbs(&r, "reg_final", "v", D, 0x2fffffffe);
    assert_objects(&r, "range12 "); /* the carry is no integer */
    rv_close(&r);

    open_row(&r, VM_MULHU, 0xffffffff, 0x100000000); /* what is left of the lower half goes to the upper */
    rv_set_limbs(&r, "mulh", "low", 0, 0);
    *rv_cell(&r, "mulh", "low[2]", 0) = 0xffff;
    assert_objects(&r, "constraint range12 ");
    rv_close(&r);
}

/* (-1) (-1) = 1; without signs the high half is 2^64 - 2. */
static void sign_of_a_factor(void **state)
{
    (void)state;
    static const uint64_t high[4] = {UINT64_MAX - 1, UINT64_MAX, UINT64_MAX, 0}; /* by signs taken */
    struct rv_run r;
    open_row(&r, VM_MULH, UINT64_MAX, UINT64_MAX);
    for (uint32_t signs = 0; signs < 4; signs++) {
        set_many(&r, "mulh", "sign", 2, 1, signs);
        rv_set_limbs(&r, "mulh", "high", 0, high[signs]);
        rv_set_limbs(&r, "reg_final", "v", D, high[signs]);
        set(&r, "mulh", "below", signs != 0);
        assert_objects(&r, signs == 3 ? "" : "bytes ");
    }
    set(&r, "mulh", "below", 0);
    assert_objects(&r, "constraint ");
    rv_close(&r);

    open_row(&r, VM_MULHU, UINT64_MAX, UINT64_MAX); /* signs where there are none */
    set_many(&r, "mulh", "sign", 2, 1, 3);
    rv_set_limbs(&r, "mulh", "high", 0, 0);
    rv_set_limbs(&r, "reg_final", "v", D, 0);
    set(&r, "mulh", "below", 1);
    assert_objects(&r, "bytes ");
    set_many(&r, "mulh", "is_signed", 2, 1, 3); /* the Rom says otherwise */
    assert_objects(&r, "fetch ");
    rv_close(&r);
}

/* The operand is claimed to be an immediate: no register is read then, and the Rom's fields do not match. */
static void register_as_immediate(void **state)
{
    (void)state;
    struct rv_run r;
    open_row(&r, VM_MUL, 3, 5);
    set(&r, "mul", "b_is_reg", 0);
    set(&r, "mul", "b_gap", 0);
    assert_objects(&r, "reg fetch ");
    rv_close(&r);
}

/* ---- quotients ---- */
struct claim { /* what a row of div says; abs_* as 64-bit values */
    uint32_t sign_a, sign_b, by_zero, negates_q, negates_r;
    uint64_t abs_b, abs_q, abs_r, c;
};

static void claim_with(struct rv_run *r, const struct claim *k, uint64_t result)
{
    set(r, "div", "sign_a", k->sign_a);
    set(r, "div", "sign_b", k->sign_b);
    set(r, "div", "sign_b64", k->sign_b && *rv_cell(r, "div", "word", 0) == 0);
    set(r, "div", "by_zero", k->by_zero);
    set(r, "div", "negates_q", k->negates_q);
    set(r, "div", "negates_r", k->negates_r);
    set_many(r, "div", "abs_b", 8, 8, k->abs_b);
    set_many(r, "div", "abs_q", 8, 8, k->abs_q);
    rv_set_limbs(r, "div", "abs_r", 0, k->abs_r);
    rv_set_limbs(r, "div", "c", 0, k->c);
    unsigned differs = 3;
    while (differs > 0 && mx_limb(k->abs_r, differs) == mx_limb(k->abs_b, differs)) {
        differs--;
    }
    set_many(r, "div", "at", 3, 1, 8u >> differs & 7);
    rv_set_limbs(r, "reg_final", "v", D, result);
}

/* The row says something else: `who` objects.  result: what it writes. */
#define assert_claim(r, result, who, ...)                        \
    do {                                                         \
        claim_with((r), &(struct claim){__VA_ARGS__}, (result)); \
        assert_objects((r), who);                                \
    } while (0)

static void quotient_off_by_one(void **state)
{
    (void)state;
    struct rv_run r;
    open_row(&r, VM_DIVU, 7, 2);
    assert_claim(&r, 3, "", .abs_b = 2, .abs_q = 3, .abs_r = 1, .c = 3);
    assert_claim(&r, 2, "range16 ", .abs_b = 2, .abs_q = 2, .abs_r = 3, .c = 2);
    assert_verdict(rv_prove(&r), GN_REJECT_BUS_SUM);
    assert_claim(&r, 0, "range16 ", .abs_b = 2, .abs_q = 0, .abs_r = 7, .c = 0);
    assert_claim(&r, 4, "constraint range16 ", .abs_b = 2, .abs_q = 4, .abs_r = UINT64_MAX, .c = 4);
    rv_set_limbs(&r, "div", "abs_r", 0, 0); /* r = -1 as one limb */
    set(&r, "div", "abs_r[0]", FP_P - 1);
    set_many(&r, "div", "at", 3, 1, 0);
    assert_objects(&r, "range16 ");
    rv_close(&r);
}

/* The identity holds mod 2^64 only. */
static void quotient_overflow(void **state)
{
    (void)state;
    struct rv_run r;
    open_row(&r, VM_DIVU, 7, 2);
    assert_claim(&r, UINT64_C(3) | UINT64_C(1) << 63, "constraint ", .abs_b = 2,
                 .abs_q = UINT64_C(3) | UINT64_C(1) << 63, .abs_r = 1, .c = UINT64_C(3) | UINT64_C(1) << 63);
    rv_close(&r);
    for (unsigned column = 8; column < 15; column++) { /* a multiple of 2^64: nothing but this column shows it */
        uint64_t b = UINT64_C(1) << 56, q = UINT64_C(1) << 8 * (column - 7);
        open_row(&r, VM_REMU, 7, b);
        assert_claim(&r, 7, "constraint ", .abs_b = b, .abs_q = q, .abs_r = 7, .c = 7);
        rv_close(&r);
    }
}

/* 1 / 1 = p + 1, by a carry that is no carry */
static void quotient_modulo_p(void **state)
{
    (void)state;
    struct rv_run r;
    open_row(&r, VM_DIVU, 1, 1);
    assert_claim(&r, FP_P + 1u, "range12 ", .abs_b = 1, .abs_q = FP_P + 1u, .abs_r = 0, .c = FP_P + 1u);
    rv_close(&r);
}

static void signs_of_a_division(void **state)
{
    (void)state;
    struct rv_run r;
    const uint64_t m7 = (uint64_t)-7, m3 = (uint64_t)-3, m1 = (uint64_t)-1;
    open_row(&r, VM_DIV, m7, 2);
    assert_claim(&r, m3, "", .sign_a = 1, .negates_q = 1, .abs_b = 2, .abs_q = 3, .abs_r = 1, .c = m3);
    assert_claim(&r, 3, "constraint ", .sign_a = 1, .abs_b = 2, .abs_q = 3, .abs_r = 1, .c = 3); /* not negated */
    assert_claim(&r, m7 / 2, "range16 ", .abs_b = 2, .abs_q = m7 / 2, .abs_r = 1,
                 .c = m7 / 2); /* a taken as positive */
    assert_claim(&r, 3, "constraint range16 range12 ", .sign_a = 1, .sign_b = 1, .abs_b = (uint64_t)-2, .abs_q = 3,
                 .abs_r = 1, .c = 3);
    rv_close(&r);
    open_row(&r, VM_REM, m7, 2);
    assert_claim(&r, m1, "", .sign_a = 1, .negates_r = 1, .abs_b = 2, .abs_q = 3, .abs_r = 1, .c = m1);
    assert_claim(&r, 1, "constraint ", .sign_a = 1, .abs_b = 2, .abs_q = 3, .abs_r = 1, .c = 1);
    assert_claim(&r, 1, "constraint range16 ", .sign_a = 1, .negates_r = 1, .abs_b = 2, .abs_q = 4, .abs_r = m1,
                 .c = 1);
    rv_close(&r);
    open_row(&r, VM_DIVU, m7, 2); /* signs where there are none */
    assert_claim(&r, m3, "range16 ", .sign_a = 1, .negates_q = 1, .abs_b = 2, .abs_q = 3, .abs_r = 1, .c = m3);
    rv_close(&r);
    open_row(&r, VM_DIVW, 0x80000007fffffff9, 2); /* -7 in the low half; the high half is not read */
    assert_claim(&r, m3, "", .sign_a = 1, .negates_q = 1, .abs_b = 2, .abs_q = 3, .abs_r = 1, .c = m3);
    set(&r, "div", "sign", 0);
    assert_claim(&r, 0x7ffffffc, "range16 ", .abs_b = 2, .abs_q = 0x7ffffffc, .abs_r = 1, .c = 0x7ffffffc);
    rv_close(&r);
}

static void least_by_minus_one(void **state)
{
    (void)state;
    const uint64_t min = UINT64_C(1) << 63, max = min - 1, m1 = (uint64_t)-1;
    struct rv_run r;
    open_row(&r, VM_DIV, min, m1);
    assert_claim(&r, min, "", .sign_a = 1, .sign_b = 1, .abs_b = 1, .abs_q = min, .abs_r = 0, .c = min);
    assert_claim(&r, max, "range16 ", .sign_a = 1, .sign_b = 1, .abs_b = 1, .abs_q = max, .abs_r = 1, .c = max);
    assert_claim(&r, max, "constraint ", .sign_a = 1, .sign_b = 1, .abs_b = 1, .abs_q = min, .abs_r = 0, .c = max);
    assert_claim(&r, 0, "constraint ", .sign_a = 1, .sign_b = 1, .abs_b = 1, .abs_q = 0, .abs_r = 0, .c = 0);
    rv_close(&r);
    open_row(&r, VM_DIVW, 0x80000000, 0xffffffff);
    assert_claim(&r, (uint64_t)INT32_MIN, "", .sign_a = 1, .sign_b = 1, .abs_b = 1, .abs_q = 0x80000000, .abs_r = 0,
                 .c = 0x80000000);
    set(&r, "div", "sign", 0);
    rv_set_limbs(&r, "reg_final", "v", D, 0x80000000);
    assert_objects(&r, "range16 ");
    rv_close(&r);
}

static void division_by_zero(void **state)
{
    (void)state;
    const uint64_t all = UINT64_MAX;
    struct rv_run r;
    open_row(&r, VM_DIVU, 7, 0);
    assert_claim(&r, all, "", .by_zero = 1, .abs_q = all, .abs_r = 7, .c = all);
    assert_claim(&r, 5, "constraint ", .by_zero = 1, .abs_q = 5, .abs_r = 7, .c = 5);
    assert_claim(&r, 5, "range16 ", .abs_q = 5, .abs_r = 7, .c = 5);
    assert_claim(&r, 5, "constraint ", .abs_b = 8, .abs_q = 0, .abs_r = 7, .c = 5);
    rv_close(&r);
    open_row(&r, VM_REMU, 7, 0);
    assert_claim(&r, 7, "", .by_zero = 1, .abs_r = 7, .c = 7);
    assert_claim(&r, 3, "constraint range12 ", .by_zero = 1, .abs_r = 3, .c = 3);
    rv_close(&r);
    open_row(&r, VM_DIVU, 7, 2); /* claimed where there is none */
    assert_claim(&r, all, "constraint range12 ", .by_zero = 1, .abs_b = 2, .abs_q = all, .abs_r = 7, .c = all);
    assert_claim(&r, all, "constraint ", .by_zero = 1, .abs_b = 0, .abs_q = all, .abs_r = 7, .c = all);
    rv_close(&r);
    open_row(&r, VM_REMU, 7, 2);
    assert_claim(&r, 7, "constraint ", .by_zero = 1, .abs_b = 2, .abs_r = 7, .c = 7);
    rv_close(&r);
}

/* -1 / 2 = -0 and -4 % 2 = -0: 0, in no other form */
static void negative_zero(void **state)
{
    (void)state;
    struct rv_run r;
    open_row(&r, VM_DIV, UINT64_MAX, 2);
    assert_claim(&r, 0, "", .sign_a = 1, .negates_q = 1, .abs_b = 2, .abs_q = 0, .abs_r = 1, .c = 0);
    assert_claim(&r, 1, "constraint ", .sign_a = 1, .negates_q = 1, .abs_b = 2, .abs_q = 0, .abs_r = 1, .c = 1);
    claim_with(&r, &(struct claim){.sign_a = 1, .negates_q = 1, .abs_b = 2, .abs_r = 1, .c = 0xffffffffffff0000},
               0xffffffffffff0000);
    set(&r, "div", "c[0]", 0x10000); /* all carries 1 */
    *rv_cell(&r, "reg_final", "v[0]", D) = 0x10000;
    assert_objects(&r, "range16 ");
    rv_close(&r);
    open_row(&r, VM_REM, (uint64_t)-4, 2);
    assert_claim(&r, 0, "", .sign_a = 1, .negates_r = 1, .abs_b = 2, .abs_q = 2, .abs_r = 0, .c = 0);
    assert_claim(&r, (uint64_t)-2, "range16 ", .sign_a = 1, .negates_r = 1, .abs_b = 2, .abs_q = 1, .abs_r = 2,
                 .c = (uint64_t)-2);
    rv_close(&r);
}

/* ---- every cell ---- */
#define OP(name, x, y)                                                          \
    {.op = VM_MOVI, .rd = A, .imm = (x)}, {.op = VM_MOVI, .rd = B, .imm = (y)}, \
    {                                                                           \
        .op = VM_##name, .rd = D, .ra = A, .rb = B                              \
    }
#define IMM(name, i) {.op = VM_##name, .rd = D, .ra = A, .imm = (uint64_t)(i)}
static const struct vm_insn sampler[] = {
    OP(AND, 0x8000123456789abc, 0x7fff0fedcba90123),
    OP(OR, 0x8000123456789abc, 0x7fff0fedcba90123),
    OP(XOR, 0x8000123456789abc, 0x7fff0fedcba90123),
    IMM(ANDI, -0x123),
    IMM(ORI, 0x123),
    IMM(ORI, -0x123),
    IMM(XORI, 0x123),
    IMM(XORI, -0x123),
    OP(SLL, 0x8765432187654321, 27),
    OP(SRL, 0x8765432187654321, 27 + 64),
    OP(SRA, 0x8765432187654321, 63),
    OP(SRA, 0x0765432187654321, 0),
    OP(SLLW, 0x8765432187654321, 27),
    OP(SRLW, 0x8765432187654321, 32),
    OP(SRAW, 0x8765432187654321, 9),
    IMM(SLLI, 17),
    IMM(SRLI, 1),
    IMM(SRAI, 40),
    IMM(SLLIW, 3),
    IMM(SRLIW, 0),
    IMM(SRLIW, 31),
    IMM(SRAIW, 18),
    OP(MUL, 0x8765432187654321, 0xfedcba9876543210),
    OP(MUL, 3, 0),
    OP(MULW, 0x8765432187654321, 0xfedcba9876543211),
    OP(MULW, 1, 1),
    OP(MULH, 0x8765432187654321, 0x7fffffffffffffff),
    OP(MULH, 0x8765432187654321, 0xffffffffffffffff),
    OP(MULHSU, 0x8000000000000000, 0xffffffffffffffff),
    OP(MULHU, 0xffffffffffffffff, 0xffffffffffffffff),
    OP(MULH, 0xffffffffffffffff, 0),
    OP(DIV, 0x8765432187654321, 0x123456),
    OP(DIV, 0x8000000000000000, 0xffffffffffffffff),
    OP(DIV, 0xffffffffffffffff, 0),
    OP(DIV, 7, 0xfffffffffffffff0),
    OP(DIVU, 0xfedcba9876543210, 0x1234567),
    OP(DIVU, 0xfedcba9876543210, 0),
    OP(REM, 0x8765432187654321, 0x123456789abc),
    OP(REM, 0x8765432187654321, 0),
    OP(REMU, 0xfedcba9876543210, 0xfedcba9876543200),
    OP(REMU, 0xfedcba9876543210, 0),
    OP(DIVW, 0x80000000, 0xffffffff),
    OP(DIVW, 0x1234567f2345678, 0xf0000007),
    OP(DIVUW, 0xffffffff80000001, 1),
    OP(REMW, 0xf2345678, 0x100),
    OP(REMUW, 0xf2345678, 0),
    {.op = VM_ECALL},
};

static void every_cell_is_constrained(void **state)
{
    (void)state;
    static const char *const tables[] = {"logic",  "logici",  "shl", "shli", "shr",  "shri",
                                         "shiftw", "shiftiw", "mul", "mulw", "mulh", "div"};
    struct rv_run r;
    rv_open(&r, sampler, MX_COUNT(sampler));
    assert_int_equal(rv_failures(&r, true), 0);
    for (size_t i = 0; i < MX_COUNT(tables); i++) {
        rv_mutate(&r, tables[i]);
    }
    rv_close(&r);
}

static void honest_run_is_proven(void **state)
{
    (void)state;
    struct rv_run r;
    rv_open(&r, sampler, MX_COUNT(sampler));
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    rv_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_times_one_is_p_plus_one),
        cmocka_unit_test(product_off_by_one),
        cmocka_unit_test(sign_of_a_factor),
        cmocka_unit_test(register_as_immediate),
        cmocka_unit_test(quotient_off_by_one),
        cmocka_unit_test(quotient_overflow),
        cmocka_unit_test(quotient_modulo_p),
        cmocka_unit_test(signs_of_a_division),
        cmocka_unit_test(least_by_minus_one),
        cmocka_unit_test(division_by_zero),
        cmocka_unit_test(negative_zero),
        cmocka_unit_test(every_cell_is_constrained),
        cmocka_unit_test(honest_run_is_proven),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
