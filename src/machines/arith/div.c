/* SPDX-License-Identifier: Apache-2.0 */
/* div.c - quotient or remainder, signed or not, of 64 bits or 32 (whose result is extended by sign or zeros).  b is a register or an immediate.
 *
 * Signs are dealt with by absolute values: |a| = |q||b| + |r| with |r| < |b|; then q is negated if the signs differ, r if a is negative.  Negation is
 * mod 2^64, x + y = 2^64 or x = y = 0, so zero is no case of its own, and MIN / -1 = 2^63 reads as MIN.
 *
 * a and b: operands; in 32-bit forms (`word`) limbs 2 and 3 are the sign's copies instead of the register's.
 * |b|: eight bytes.  b negative: |b| + b = 2^64, carries are bits; else |b| = b.
 * |q||b| + |r|: arith.h's chain, of four limbs: columns 8 to 14 of |q||b| have non-negative terms, so all of them are 0 if their sum (< 2^21) is.
 *     Without a cell for |a|: a >= 0: the chain's limbs are a's, the last carry is 0;  a < 0: adding a gives 2^64: limbs 0, last carry 1.
 * |r| < |b|: mx_less_than.  b = 0 exactly if that fails (zero: by_zero, then sum of |b|'s limbs = 0); then |r| = |a| follows, which is RISC-V's remainder, and
 *     the quotient must be all ones.  Strict forms (sBPF) have no row for b = 0, nor, if signed, for |q| = 2^63 (2^31) with b < 0, that is MIN / -1:
 *     doubling |q|'s top byte must leave a byte. */
#include "machines/arith/arith.h"

#define DIV_COLUMNS(X)                                        \
    MX_STEP(X)                                                \
    MX_READ(X, a)                                             \
    MX_OPERAND(X, b)                                          \
    MX_WRITE(X, d)                                            \
    X(is_signed, , 1, "operands are signed")                  \
    X(remainder, , 1, "the result is the remainder")          \
    X(word, , 1, "32 bits")                                   \
    X(extends, , 1, "32 bits: result extended by its sign")   \
    X(strict, , 1, "no division by zero, no overflow")        \
    X(sign_a, , 1, "a < 0")                                   \
    X(sign_b, , 1, "b < 0")                                   \
    X(sign_b64, , 1, "b < 0, 64 bits")                        \
    X(by_zero, , 1, "b = 0")                                  \
    X(abs_b, [8], 8, "bytes of |b|")                          \
    X(abs_q, [8], 8, "bytes of |q|")                          \
    X(abs_r, [4], 16, "|r|")                                  \
    X(at, [3], 1, "|r| and |b| first differ in limb 3, 2, 1") \
    X(negates_q, , 1, "the result is the quotient -|q|")      \
    X(negates_r, , 1, "the result is the remainder -|r|")     \
    X(c, [4], 16, "quotient or remainder, 64 bits")           \
    X(sign, , 1, "bit 31 of the result, if it is extended by its sign")

struct div_vars {
    DIV_COLUMNS(AIR_EXPR)
};
struct div_cols {
    DIV_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec div_columns[] = {DIV_COLUMNS(AIR_SPEC)};

enum { IS_SIGNED = 2, REMAINDER = 4, WORD = 8, EXTENDS = 16, STRICT = 32 }; /* x0; 1: b is a register */

static expr one_minus(expr x)
{
    return addk(neg(x), 1);
}

/* where negated: x + y = 0 mod 2^16n, limb by limb, starting from carry (NULL: 0); returns the last carry */
static expr assert_negated(expr negated, unsigned n, const expr *x, const expr *y, expr carry)
{
    for (unsigned k = 0; k < n; k++) {
        expr total = add(x[k], y[k]);
        carry = mulk(carry == NULL ? total : add(total, carry), MX_INVERSE_2_16);
        assert_zero(when(negated, bit(carry)));
    }
    return carry;
}

static void assert_same(expr when_same, unsigned n, const expr *x, const expr *y)
{
    for (unsigned k = 0; k < n; k++) {
        assert_zero(when(when_same, sub(x[k], y[k])));
    }
}

/* abs_b are the bytes of |b| */
static void absolute_b(struct air *t, const struct mx_builder *m, const struct div_vars *r, const expr limb[4])
{
    mx_sign(t, m, r->is_signed, select_expr(r->word, r->b[1], r->b[3]), r->sign_b);
    assert_equal(r->sign_b64, mul(r->sign_b, one_minus(r->word)));
    expr carry = assert_negated(r->sign_b, 2, limb, r->b, NULL);
    (void)assert_negated(r->sign_b64, 2, limb + 2, r->b + 2, carry);
    assert_same(one_minus(r->sign_b), 2, limb, r->b);
    assert_same(sub(one_minus(r->word), r->sign_b64), 2, limb + 2, r->b + 2);
    assert_zero(when(r->word, add(limb[2], limb[3])));
}

/* |q||b| + |r| = |a| */
static void divides(struct air *t, const struct mx_builder *m, const struct div_vars *r)
{
    mx_sign(t, m, r->is_signed, select_expr(r->word, r->a[1], r->a[3]), r->sign_a);
    expr carry = NULL, beyond[7], sense = one_minus(mulk(r->sign_a, 2));
    for (unsigned k = 0; k < 4; k++) {
        expr total = add(arith_limb(8, r->abs_q, r->abs_b, k), r->abs_r[k]);
        expr a = mul(sense, r->a[k]); /* a, or -a: subtracted from the chain */
        if (k >= 2) {
            a = sub(select_expr(r->word, constant(t, 0), a), mulk(mul(r->word, r->sign_a), 0xffff));
        }
        carry = arith_carry(carry == NULL ? total : add(total, carry), a);
        if (k < 3) {
            mx_range12(t, m, carry);
        }
    }
    assert_equal(carry, r->sign_a);
    for (unsigned j = 0; j < 7; j++) {
        beyond[j] = arith_column(8, r->abs_q, r->abs_b, 8 + j);
    }
    assert_zero(sum(beyond, 7));
}

static void declare(struct mx_builder *m)
{
    struct div_vars r;
    struct air *t = air_table(m->b, "div", AIR_MAX_HEIGHT, 0);
    air_committed(t, div_columns, MX_COUNT(div_columns), &r);
    const expr flags[6] = {r.b_is_reg, r.is_signed, r.remainder, r.word, r.extends, r.strict};
    expr imm[4], b_limb[4], q_limb[4];
    for (unsigned k = 0; k < 4; k++) {
        b_limb[k] = add(r.abs_b[2 * k], mulk(r.abs_b[2 * k + 1], 256));
        q_limb[k] = add(r.abs_q[2 * k], mulk(r.abs_q[2 * k + 1], 256));
        mx_bytes(t, m, r.abs_b[2 * k], r.abs_b[2 * k + 1]);
        mx_bytes(t, m, r.abs_q[2 * k], r.abs_q[2 * k + 1]);
    }

    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_operand_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b, r.b_is_reg, imm);
    for (unsigned i = 1; i < 6; i++) {
        assert_bool(flags[i]);
    }
    mx_fetch(t, m, MX_DIV, r.pc,
             &(struct mx_fields){.inc = r.inc,
                                 .rd = r.d_reg,
                                 .ra = r.a_reg,
                                 .rb = r.b_reg,
                                 .x = {limbs(flags, 6, 1), imm[0], imm[1], imm[2], imm[3]}});
    absolute_b(t, m, &r, b_limb);
    divides(t, m, &r);
    mx_range16x4(t, m, r.abs_r);

    mx_less_than(t, m, one_minus(r.by_zero), r.at, r.abs_r, b_limb, constant(t, 0));
    assert_zero(when(r.by_zero, sum(b_limb, 4)));
    assert_zero(when(r.by_zero, mul(one_minus(r.remainder), addk(sum(r.c, 4), -4 * 0xffff))));
    assert_zero(when(r.by_zero, mul(r.remainder, sum(r.abs_q, 8)))); /* free otherwise */
    assert_zero(when(r.by_zero, r.strict));
    expr sign_b32 = sub(r.sign_b, r.sign_b64), top32 = r.abs_q[3], top64 = r.abs_q[7];
    mx_bytes(t, m, add(top32, mul(mul(r.strict, sign_b32), top32)), add(top64, mul(mul(r.strict, r.sign_b64), top64)));

    expr differ = sub(add(r.sign_a, r.sign_b), mulk(mul(r.sign_a, r.sign_b), 2));
    assert_equal(r.negates_q, mul(one_minus(r.remainder), differ));
    assert_equal(r.negates_r, mul(r.remainder, r.sign_a));
    mx_range16x4(t, m, r.c);
    (void)assert_negated(r.negates_q, 4, q_limb, r.c, NULL);
    (void)assert_negated(r.negates_r, 4, r.abs_r, r.c, NULL);
    assert_same(sub(one_minus(r.remainder), r.negates_q), 4, q_limb, r.c);
    assert_same(sub(r.remainder, r.negates_r), 4, r.abs_r, r.c);

    mx_sign(t, m, r.extends, r.c[1], r.sign);
    expr high = mulk(r.sign, 0xffff), zero = constant(t, 0);
    expr result[4] = {r.c[0], r.c[1], add(select_expr(r.word, zero, r.c[2]), high),
                      add(select_expr(r.word, zero, r.c[3]), high)};
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, result);
}

/* x0's flags; 0 for other instructions */
static uint32_t flags_of(const struct vm_insn *insn)
{
    enum { SIGN_EXTENDED = 1 | WORD | EXTENDS };
    static const uint8_t flags[VM_OPS] = {
        [VM_DIV] = 1 | IS_SIGNED,
        [VM_DIVU] = 1,
        [VM_REM] = 1 | IS_SIGNED | REMAINDER,
        [VM_REMU] = 1 | REMAINDER,
        [VM_DIVW] = SIGN_EXTENDED | IS_SIGNED,
        [VM_DIVUW] = SIGN_EXTENDED,
        [VM_REMW] = SIGN_EXTENDED | IS_SIGNED | REMAINDER,
        [VM_REMUW] = SIGN_EXTENDED | REMAINDER,
        [VM_CDIV] = 1 | STRICT | IS_SIGNED,
        [VM_CDIVI] = STRICT | IS_SIGNED,
        [VM_CDIVU] = 1 | STRICT,
        [VM_CDIVUI] = STRICT,
        [VM_CREM] = 1 | STRICT | IS_SIGNED | REMAINDER,
        [VM_CREMI] = STRICT | IS_SIGNED | REMAINDER,
        [VM_CREMU] = 1 | STRICT | REMAINDER,
        [VM_CREMUI] = STRICT | REMAINDER,
        [VM_CDIVWZ] = 1 | STRICT | WORD | IS_SIGNED,
        [VM_CDIVIWZ] = STRICT | WORD | IS_SIGNED,
        [VM_CDIVUWZ] = 1 | STRICT | WORD,
        [VM_CDIVUIWZ] = STRICT | WORD,
        [VM_CREMWZ] = 1 | STRICT | WORD | IS_SIGNED | REMAINDER,
        [VM_CREMIWZ] = STRICT | WORD | IS_SIGNED | REMAINDER,
        [VM_CREMUWZ] = 1 | STRICT | WORD | REMAINDER,
        [VM_CREMUIWZ] = STRICT | WORD | REMAINDER,
    };
    return flags[insn->op];
}

static bool takes(const struct vm_insn *insn)
{
    return flags_of(insn) != 0;
}

static void encode(struct mx_rom_row *row, const struct vm_insn *insn)
{
    row->x[0] = flags_of(insn);
    mx_encode_operand(row, insn, (row->x[0] & 1) != 0);
}

struct division {
    uint32_t sign_a, sign_b, by_zero, negates_q, negates_r;
    uint64_t abs_b, abs_q, abs_r, c;
};

static uint64_t operand(uint32_t flags, uint64_t v)
{
    uint64_t low = v & 0xffffffff;
    return (flags & WORD) == 0 ? v : (flags & IS_SIGNED) != 0 ? arith_sign_extended(low) : low;
}

static struct division divide(uint32_t flags, uint64_t a, uint64_t b)
{
    bool is_signed = (flags & IS_SIGNED) != 0, remainder = (flags & REMAINDER) != 0;
    a = operand(flags, a);
    b = operand(flags, b);
    struct division d = {.sign_a = is_signed && a >> 63 != 0, .sign_b = is_signed && b >> 63 != 0, .by_zero = b == 0};
    uint64_t abs_a = arith_absolute(a, d.sign_a);
    d.abs_b = arith_absolute(b, d.sign_b);
    d.negates_q = !remainder && d.sign_a != d.sign_b;
    d.negates_r = remainder && d.sign_a;
    d.abs_r = d.by_zero ? abs_a : abs_a % d.abs_b;
    d.abs_q = !d.by_zero ? abs_a / d.abs_b : remainder ? 0 : arith_absolute(UINT64_MAX, d.negates_q);
    d.c = remainder ? arith_absolute(d.abs_r, d.negates_r) : arith_absolute(d.abs_q, d.negates_q);
    return d;
}

static void put_bytes(struct mx_filler *f, uint32_t *const *bytes, size_t row, uint64_t v)
{
    for (unsigned k = 0; k < 8; k++) {
        bytes[k][row] = v >> 8 * k & 0xff;
    }
    for (unsigned k = 0; k < 4; k++) {
        mx_count_bytes(f, mx_limb(v, k), mx_limb(v, k) >> 8);
    }
}

/* the lookups of `divides` and of the overflow check */
static void count_lookups(struct mx_filler *f, uint32_t flags, const struct division *d, uint64_t a)
{
    int64_t total = 0;
    for (unsigned k = 0; k < 3; k++) {
        total += arith_limb_value(d->abs_q, d->abs_b, k) + mx_limb(d->abs_r, k);
        total += d->sign_a != 0 ? mx_limb(a, k) : -(int64_t)mx_limb(a, k);
        total /= 65536;
        mx_count_range12(f, (uint32_t)total);
    }
    bool word = (flags & WORD) != 0, doubled = (flags & STRICT) != 0 && d->sign_b != 0;
    mx_count_bytes(f, (uint32_t)(d->abs_q >> 24 & 0xff) << (doubled && word),
                   (uint32_t)(d->abs_q >> 56) << (doubled && !word));
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct div_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        uint32_t flags = rom->x[0], is_signed = (flags & IS_SIGNED) != 0, word = (flags & WORD) != 0;
        uint64_t a = rec->a, b = mx_operand(rom, rec->b);
        struct division d = divide(flags, a, b);
        MX_PUT_STEP(c, i, rom, rec);
        MX_PUT_READ(f, c, i, a, rom->ra, a, rec->gap[MX_SLOT_A]);
        MX_PUT_OPERAND(f, c, i, b, rom, b, rec->gap[MX_SLOT_B]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        c.is_signed[i] = is_signed;
        c.remainder[i] = (flags & REMAINDER) != 0;
        c.word[i] = word;
        c.extends[i] = (flags & EXTENDS) != 0;
        c.strict[i] = (flags & STRICT) != 0;
        c.sign_a[i] = mx_put_sign(f, is_signed, a << 32 * word);
        c.sign_b[i] = mx_put_sign(f, is_signed, b << 32 * word);
        c.sign_b64[i] = d.sign_b && !word;
        c.by_zero[i] = d.by_zero;
        put_bytes(f, c.abs_b, i, d.abs_b);
        put_bytes(f, c.abs_q, i, d.abs_q);
        count_lookups(f, flags, &d, operand(flags, a));
        mx_put_ranged(f, c.abs_r, i, d.abs_r);
        (void)mx_put_less_than(f, c.at, i, 0, d.abs_r, d.abs_b);
        c.negates_q[i] = d.negates_q;
        c.negates_r[i] = d.negates_r;
        mx_put_ranged(f, c.c, i, d.c);
        c.sign[i] = mx_put_sign(f, c.extends[i], d.c << 32);
    }
}

const struct mx_class_def mx_class_div = {
    .name = "div",
    .class = MX_DIV,
    .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA | MX_USES_RB,
    .record_bytes = sizeof(struct mx_record),
    .declare = declare,
    .ops = MX_OPS(VM_DIV, VM_DIVU, VM_REM, VM_REMU, VM_DIVW, VM_DIVUW, VM_REMW, VM_REMUW, VM_CDIVU, VM_CDIVUI, VM_CREMU,
                  VM_CREMUI, VM_CDIVUWZ, VM_CDIVUIWZ, VM_CREMUWZ, VM_CREMUIWZ, VM_CDIV, VM_CDIVI, VM_CREM, VM_CREMI,
                  VM_CDIVWZ, VM_CDIVIWZ, VM_CREMWZ, VM_CREMIWZ),
    .takes = takes,
    .encode = encode,
    .fill = fill};
