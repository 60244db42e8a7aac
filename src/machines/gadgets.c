/* SPDX-License-Identifier: Apache-2.0 */
/* gadgets.c - the pieces of which class tables are made: state step, fetch, linked logs of registers and words, ranges.
 *
 * Linked logs (docs/machines.md section 1).  The bus holds one token per register (word): when it was last accessed and what it held.  An
 * access at time s pulls the token of time s - 1 - gap and pushes one of time s.  With gap below 2^16 (2^24) and s below 2^24 (bounds
 * `time` and `refresh`) the token comes from the past: s - 1 - gap, as an integer, is above -2^24, and a token with time p - k, k < 2^24,
 * does not exist.  Since every token is pulled exactly once, the accesses of a register form one chain in time. */
#include "machines/machine.h"

void mx_steps(struct air *t, const struct mx_builder *m, unsigned n, expr pc, expr ts, expr next_pc)
{
    bus_pull(t, m->bus.state, NULL, pc, ts);
    bus_push(t, m->bus.state, NULL, next_pc, addk(ts, (int)(n * MX_SLOTS)));
    /* ts of any row is at most 4 + 4 n (rows), over all classes; 127 of that below p makes it smaller than 2^24 */
    air_bound_term(t, m->time_bound, 127 * n * MX_SLOTS);
}

void mx_step(struct air *t, const struct mx_builder *m, expr pc, expr ts, expr next_pc)
{
    mx_steps(t, m, 1, pc, ts, next_pc);
}

void mx_fetch(struct air *t, const struct mx_builder *m, enum mx_class class, expr pc, const struct mx_fields *fields)
{
    expr zero = constant(t, 0), number = constant(t, class);
    const expr given[] = {fields->inc,  fields->tgt,  fields->rd,   fields->ra,   fields->rb,  fields->x[0],
                          fields->x[1], fields->x[2], fields->x[3], fields->x[4], fields->x[5]};
    expr entries[2 + MX_COUNT(given)] = {pc, number};
    for (size_t i = 0; i < MX_COUNT(given); i++) {
        entries[2 + i] = given[i] != NULL ? given[i] : zero;
    }
    air_interact(t, m->bus.fetch, NULL, 1, entries, MX_COUNT(entries), "fetch", __FILE__, __LINE__);
}

void mx_reg_write(struct air *t, const struct mx_builder *m, expr ts, enum mx_slot slot, expr reg, expr gap,
                  const expr old[4], const expr new[4])
{
    expr before = sub(addk(ts, (int)slot - 1), gap), now = addk(ts, slot);
    bus_pull(t, m->bus.reg, NULL, reg, before, old[0], old[1], old[2], old[3]);
    bus_push(t, m->bus.reg, NULL, reg, now, new[0], new[1], new[2], new[3]);
    mx_range16(t, m, gap);
}

void mx_reg_read(struct air *t, const struct mx_builder *m, expr ts, enum mx_slot slot, expr reg, expr gap,
                 const expr v[4])
{
    mx_reg_write(t, m, ts, slot, reg, gap, v, v);
}

void mx_reg_write_when(struct air *t, const struct mx_builder *m, expr when, expr ts, enum mx_slot slot, expr reg,
                       expr gap, const expr old[4], const expr new[4])
{
    expr now = addk(ts, slot), before = addk(sub(now, gap), -1);
    bus_pull(t, m->bus.reg, when, reg, before, old[0], old[1], old[2], old[3]);
    bus_push(t, m->bus.reg, when, reg, now, new[0], new[1], new[2], new[3]);
    bus_push(t, m->bus.range16, when, gap);
}

void mx_mem_access(struct air *t, const struct mx_builder *m, expr ts, expr q, expr c1, expr c2, const expr gap[2],
                   expr perm, const expr old[4], const expr new[4])
{
    expr now = addk(ts, MX_SLOT_MEMORY);
    expr before = sub(addk(now, -1), limbs(gap, 2, 16));
    bus_pull(t, m->bus.mem, NULL, q, c1, c2, before, old[0], old[1], old[2], old[3], perm);
    bus_push(t, m->bus.mem, NULL, q, c1, c2, now, new[0], new[1], new[2], new[3], perm);
    mx_range16(t, m, gap[0]);
    mx_range8(t, m, gap[1]);
}

/* low + 2^16 high < 2^24 by the lookups and time < 2^24 by the bound `time`: equal mod p is equal. */
expr mx_time_limbs(struct air *t, const struct mx_builder *m, expr time, expr high)
{
    expr low = sub(time, mulk(high, 1 << 16));
    mx_range16(t, m, low);
    mx_range8(t, m, high);
    return low;
}

expr mx_place(struct air *t, const struct mx_builder *m, expr base, expr h, expr f)
{
    mx_range16(t, m, mulk(f, 8));
    return add(base, add(h, mulk(f, 1 << 15)));
}

void mx_operand_read(struct air *t, const struct mx_builder *m, expr ts, enum mx_slot slot, expr reg, expr gap,
                     const expr v[4], expr is_reg, expr imm[4])
{
    expr is_imm = sub(constant(t, 1), is_reg);
    assert_bool(is_reg);
    mx_reg_write_when(t, m, is_reg, ts, slot, reg, gap, v, v);
    assert_zero(when(is_imm, gap));
    for (unsigned i = 0; i < 4; i++) {
        imm[i] = mul(is_imm, v[i]);
    }
}

void mx_range16(struct air *t, const struct mx_builder *m, expr x)
{
    bus_push(t, m->bus.range16, NULL, x);
}

void mx_range16x4(struct air *t, const struct mx_builder *m, const expr x[4])
{
    for (unsigned i = 0; i < 4; i++) {
        mx_range16(t, m, x[i]);
    }
}

void mx_range8(struct air *t, const struct mx_builder *m, expr x)
{
    bus_push(t, m->bus.range8, NULL, x);
}

void mx_range12(struct air *t, const struct mx_builder *m, expr x)
{
    bus_push(t, m->bus.range12, NULL, x);
}

void mx_bytes(struct air *t, const struct mx_builder *m, expr x, expr y)
{
    bus_push(t, m->bus.bytes, NULL, x, y);
}

void mx_bytes_of(struct air *t, const struct mx_builder *m, unsigned n, expr *bytes, const expr *limb, const expr *low)
{
    for (unsigned i = 0; i < n; i++) {
        bytes[2 * i] = low[i];
        bytes[2 * i + 1] = mulk(sub(limb[i], low[i]), MX_INVERSE_2_8);
        mx_bytes(t, m, bytes[2 * i], bytes[2 * i + 1]);
    }
}

void mx_and(struct air *t, const struct mx_builder *m, unsigned n, const expr *a, const expr *b, const expr *a_low,
            const expr *b_low, const expr *both)
{
    for (unsigned i = 0; i < n; i++) {
        expr a_high = mulk(sub(a[i], a_low[i]), MX_INVERSE_2_8), b_high = mulk(sub(b[i], b_low[i]), MX_INVERSE_2_8);
        bus_push(t, m->bus.and8, NULL, a_low[i], b_low[i], both[2 * i]);
        bus_push(t, m->bus.and8, NULL, a_high, b_high, both[2 * i + 1]);
    }
}

expr mx_branch(expr condition, expr negated, expr pc, expr inc, expr tgt)
{
    expr taken = sub(add(condition, negated), mulk(mul(condition, negated), 2));
    expr following = add(pc, inc);
    return select_expr(taken, tgt, following);
}

void mx_add_carries_n(unsigned n, expr *carry, const expr *a, const expr *b, const expr *c)
{
    for (unsigned i = 0; i < n; i++) {
        expr total = sub(add(a[i], b[i]), c[i]);
        carry[i] = mulk(i == 0 ? total : add(total, carry[i - 1]), MX_INVERSE_2_16);
        assert_bool(carry[i]);
    }
}

void mx_add_carries(expr carry[4], const expr a[4], const expr b[4], const expr c[4])
{
    mx_add_carries_n(4, carry, a, b, c);
}

struct mx_sum mx_sum(struct air *t, const struct mx_builder *m, expr subtract, const expr u[4], const expr b[4],
                     const expr w[4])
{
    struct mx_sum s;
    expr carry[4];
    for (unsigned i = 0; i < 4; i++) {
        s.a[i] = select_expr(subtract, w[i], u[i]);
        s.result[i] = select_expr(subtract, u[i], w[i]);
    }
    mx_add_carries(carry, u, b, w);
    mx_range16x4(t, m, s.result);
    return s;
}

void mx_sign(struct air *t, const struct mx_builder *m, expr is_signed, expr top, expr sign)
{
    assert_bool(sign);
    mx_range16(t, m, sub(add(top, mul(is_signed, top)), mulk(sign, 1 << 16)));
}

/* eq (a_i - b_i) = 0 for all limbs makes eq = 1 a proof of equality; sum h_i (a_i - b_i) = 1 - eq makes eq = 0 a proof of a difference. */
void mx_equal(struct air *t, unsigned n, expr eq, const expr *hint, const expr *a, const expr *b)
{
    expr product[4];
    assert_bool(eq);
    for (unsigned i = 0; i < n; i++) {
        expr difference = sub(a[i], b[i]);
        assert_zero(when(eq, difference));
        product[i] = mul(hint[i], difference);
    }
    assert_equal(sum(product, n), sub(constant(t, 1), eq));
}

/* All limbs above the marked one are equal (signs included).  There, D = a_i - b_i (in the highest limb minus 2^16 sign_difference), |D| < 2^18, and the lookup says
 * less: b - a - 1 >= 0;  not less: a - b - 1 >= 0, or a - b >= 0 in limb 0, where equal values are allowed.  Nothing wraps. */
void mx_less_than_n(struct air *t, const struct mx_builder *m, unsigned n, expr less, const expr *at, const expr *a,
                    const expr *b, expr sign_difference)
{
    expr difference[4], above = constant(t, 0), total = constant(t, 0);
    for (unsigned i = 0; i < n; i++) {
        difference[i] = sub(a[i], b[i]);
    }
    difference[n - 1] = sub(difference[n - 1], mulk(sign_difference, 1 << 16));
    assert_bool(less);
    for (unsigned i = n - 1; i > 0; i--) {
        expr mark = at[n - 1 - i];
        assert_bool(mark);
        above = add(above, mark);
        assert_zero(mul(sub(constant(t, 1), above), difference[i]));
        total = add(total, mul(mark, difference[i]));
    }
    expr lowest = sub(constant(t, 1), above); /* also says that at most one limb is marked */
    assert_bool(lowest);
    total = add(total, mul(lowest, difference[0]));
    expr towards = sub(constant(t, 1), mulk(less, 2)), not_less = sub(constant(t, 1), less);
    mx_range16(t, m, addk(add(mul(towards, total), mul(lowest, not_less)), -1));
}

void mx_less_than(struct air *t, const struct mx_builder *m, expr less, const expr at[3], const expr a[4],
                  const expr b[4], expr sign_difference)
{
    mx_less_than_n(t, m, 4, less, at, a, b, sign_difference);
}

void mx_put_bytes(struct mx_filler *f, uint32_t *const *low, size_t row, unsigned n, uint64_t v)
{
    for (unsigned i = 0; i < n; i++) {
        low[i][row] = mx_limb(v, i) & 0xff;
        mx_count_bytes(f, mx_limb(v, i), mx_limb(v, i) >> 8);
    }
}

void mx_put_and(struct mx_filler *f, uint32_t *const *a_low, uint32_t *const *b_low, uint32_t *const *both, size_t row,
                unsigned n, uint64_t a, uint64_t b)
{
    for (unsigned i = 0; i < 2 * n; i++) {
        uint32_t x = a >> 8 * i & 0xff, y = b >> 8 * i & 0xff;
        both[i][row] = x & y;
        mx_count_and8(f, x, y);
        if (i % 2 == 0) {
            a_low[i / 2][row] = x;
            b_low[i / 2][row] = y;
        }
    }
}

uint32_t mx_put_sign(struct mx_filler *f, uint32_t is_signed, uint64_t v)
{
    uint32_t top = mx_limb(v, 3), sign = is_signed & top >> 15;
    mx_count_range16(f, top + is_signed * top - (sign << 16));
    return sign;
}

uint32_t mx_put_equal(uint32_t *const *hint, size_t row, unsigned n, uint64_t a, uint64_t b)
{
    bool equal = true;
    for (unsigned i = 0; i < n; i++) {
        int64_t difference = (int64_t)mx_limb(a, i) - mx_limb(b, i);
        hint[i][row] = equal && difference != 0 ? mx_inverse(difference) : 0;
        equal = equal && difference == 0;
    }
    return equal;
}

uint32_t mx_put_less_than_n(struct mx_filler *f, unsigned n, uint32_t *const *at, size_t row, uint32_t is_signed,
                            uint64_t a, uint64_t b)
{
    /* signed order is unsigned order with the sign bits flipped */
    uint64_t flip = (uint64_t)is_signed << (16 * n - 1), mask = UINT64_MAX >> (64 - 16 * n);
    a = (a ^ flip) & mask;
    b = (b ^ flip) & mask;
    bool less = a < b;
    unsigned i = n - 1;
    while (i > 0 && mx_limb(a, i) == mx_limb(b, i)) {
        i--;
    }
    for (unsigned k = 0; k < n - 1; k++) {
        at[k][row] = n - 1 - k == i;
    }
    int64_t difference = (int64_t)mx_limb(a, i) - mx_limb(b, i);
    mx_count_range16(f, (uint32_t)(less ? -difference - 1 : i > 0 ? difference - 1 : difference));
    return less;
}

uint32_t mx_put_less_than(struct mx_filler *f, uint32_t *const at[3], size_t row, uint32_t is_signed, uint64_t a,
                          uint64_t b)
{
    return mx_put_less_than_n(f, 4, at, row, is_signed, a, b);
}

void mx_encode_operand(struct mx_rom_row *row, const struct vm_insn *insn, bool is_reg)
{
    row->x[0] |= is_reg;
    row->rb = is_reg ? insn->rb : 0;
    for (unsigned i = 0; i < 4 && !is_reg; i++) {
        row->x[1 + i] = mx_limb(insn->imm, i);
    }
}

void mx_encode_immediate(struct mx_rom_row *row, const struct vm_insn *insn)
{
    row->x[0] = mx_limb(insn->imm, 0);
    row->x[1] = mx_limb(insn->imm, 1);
}
