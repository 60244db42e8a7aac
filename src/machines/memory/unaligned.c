/* SPDX-License-Identifier: Apache-2.0 */
/* unaligned.c - see unaligned.h. */
#include "machines/memory/unaligned.h"

void unaligned_access(struct air *t, const struct mx_builder *m, const struct unaligned *u, const expr after[8])
{
    expr bytes = addk(add(mulk(u->four, 2), mulk(u->eight, 6)), 2);
    if (u->one != NULL) {
        bytes = sub(bytes, u->one);
    }
    expr rest = addk(add(u->offset, bytes), -8); /* in the second word */
    expr second[3] = {sub(addk(u->q, 1), mulk(u->carry, 1 << 13)), add(u->c1, u->carry), u->c2};

    assert_bool(u->straddles);
    assert_bool(u->carry);
    mem_allowed(t, m, NULL, u->offset, sub(bytes, when(u->straddles, rest)), u->mode, u->v_perm);
    mem_allowed(t, m, u->straddles, constant(t, 0), rest, u->mode, u->w_perm);
    mx_mem_access(t, m, u->ts, u->q, u->c1, u->c2, u->v_gap, u->v_perm, u->v, after);
    mem_access_when(t, m, u->straddles, u->ts, second, u->w_gap, u->w_perm, u->w, after + 4);
}

void unaligned_mark(struct air *t, expr *marked, const expr *others, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        assert_bool(others[i]);
        marked[i + 1] = others[i];
    }
    marked[0] = sub(constant(t, 1), sum(others, n));
    assert_bool(marked[0]);
}

static expr two_bytes(expr low, expr high)
{
    return add(low, mulk(high, 256));
}

/* The table in unaligned.h.  before[i]: limb j + i. */
static void store_value(struct air *t, const struct mx_builder *m, const struct unaligned *u,
                        const struct unaligned_store *s, const expr before[5])
{
    expr two = sub(constant(t, 1), add(u->four, u->eight)), kept = two_bytes(s->last[0], s->last[1]);
    expr even = s->limb[0], end_limb = constant(t, 0);
    if (u->one != NULL) {
        two = sub(two, u->one);
        even = select_expr(u->one, two_bytes(s->low[0], s->last[1]), even);
        end_limb = mul(u->one, before[0]);
    }
    mx_bytes(t, m, s->first, high_byte(before[0], s->first));
    mx_bytes(t, m, s->last[0], s->last[1]);
    expr is_end[5] = {NULL, two, u->four, NULL, u->eight}; /* i = n */
    end_limb = add(end_limb, add(add(mul(two, before[1]), mul(u->four, before[2])), mul(u->eight, before[4])));
    assert_equal(kept, end_limb);

    assert_equal(s->after[0], select_expr(s->odd, two_bytes(s->first, s->low[0]), even));
    expr is_inside[5] = {NULL, add(u->four, u->eight), u->eight, u->eight, NULL}; /* i < n */
    for (unsigned i = 1; i < 5; i++) {
        expr end = two_bytes(select_expr(s->odd, s->high[i - 1], s->last[0]), s->last[1]);
        expr change = constant(t, 0);
        if (is_inside[i] != NULL) {
            unsigned k = i < 4 ? i : 0;
            expr inside = select_expr(s->odd, two_bytes(s->high[i - 1], s->low[k]), s->limb[k]);
            change = add(change, when(is_inside[i], sub(inside, before[i])));
        }
        if (is_end[i] != NULL) {
            change = add(change, when(is_end[i], sub(end, before[i])));
        }
        assert_equal(s->after[i], add(before[i], change));
    }
}

void unaligned_store(struct air *t, const struct mx_builder *m, struct unaligned *u, const struct unaligned_store *s)
{
    const expr limb[8] = {u->v[0], u->v[1], u->v[2], u->v[3], u->w[0], u->w[1], u->w[2], u->w[3]};
    expr mark[4], before[5], behind[8];
    unaligned_mark(t, mark, s->at, 3);
    assert_bool(s->odd);
    for (unsigned i = 0; i < 5; i++) {
        expr part[4];
        for (unsigned j = 0; j < 4; j++) {
            part[j] = mul(mark[j], limb[i + j]);
        }
        before[i] = sum(part, 4);
    }
    store_value(t, m, u, s, before);
    for (unsigned k = 0; k < 8; k++) {
        behind[k] = limb[k];
        for (unsigned j = k < 4 ? 0 : k - 4; j < 4 && j <= k; j++) {
            behind[k] = add(behind[k], mul(mark[j], sub(s->after[k - j], limb[k])));
        }
    }
    u->offset = add(s->odd, add(mulk(mark[1], 2), add(mulk(mark[2], 4), mulk(mark[3], 6))));
    unaligned_access(t, m, u, behind);
}

void unaligned_put_store(struct mx_filler *f, const struct unaligned_put *c, size_t i,
                         const struct mx_memory_record *rec, uint64_t value, unsigned bytes)
{
    unsigned offset = rec->address & 7, j = offset / 2, limbs_n = bytes / 2;
    bool odd = offset % 2 != 0;
    for (unsigned k = 1; k < 4; k++) {
        c->at[k - 1][i] = k == j;
    }
    c->odd[i] = odd;
    uint32_t first = unaligned_limb(rec, j), last = unaligned_limb(rec, j + limbs_n);
    c->first[i] = first & 0xff;
    c->last[0][i] = last & 0xff;
    c->last[1][i] = last >> 8;
    mx_count_bytes(f, first, first >> 8);
    mx_count_bytes(f, last, last >> 8);
    /* the bytes from limb j on, behind the store */
    for (unsigned k = 0; k < 5; k++) {
        uint32_t limb = 0;
        for (unsigned half = 0; half < 2; half++) {
            unsigned byte = 2 * k + half - odd; /* of the value; huge before it */
            uint32_t kept = unaligned_limb(rec, j + k) >> 8 * half & 0xff;
            limb |= (byte < bytes ? (uint32_t)(value >> 8 * byte) & 0xff : kept) << 8 * half;
        }
        c->after[k][i] = limb;
    }
}

unsigned unaligned_width(const struct vm_insn *insn)
{
    switch (insn->op) {
    case VM_LD:
    case VM_SD:
        return 8;
    case VM_LW:
    case VM_LWU:
    case VM_SW:
        return 4;
    default:
        return 2;
    }
}

bool unaligned_fits(const struct vm_insn *insn, uint64_t address)
{
    return !mem_aligned(address, unaligned_width(insn));
}
