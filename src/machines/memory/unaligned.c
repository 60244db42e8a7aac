/* SPDX-License-Identifier: Apache-2.0 */
/* unaligned.c - see unaligned.h. */
#include "machines/memory/unaligned.h"

void unaligned_access(struct air *t, const struct mx_builder *m, const struct unaligned *u, const expr after[8])
{
    expr bytes = addk(add(mulk(u->four, 2), mulk(u->eight, 6)), 2);
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
