/* SPDX-License-Identifier: Apache-2.0 */
/* bulk.c - see bulk.h. */
#include "machines/bulk/bulk.h"

expr bulk_pack(const expr *b, unsigned n)
{
    expr total = b[n - 1];
    for (unsigned i = n - 1; i-- > 0;) {
        total = add(add(total, total), b[i]);
    }
    return total;
}

expr bulk_not(expr bit)
{
    return addk(neg(bit), 1);
}

expr bulk_xor(expr x, expr y)
{
    expr both = mul(x, y);
    return sub(add(x, y), add(both, both));
}

void bulk_key(expr key[3], expr q, expr c1, expr c2, unsigned i, expr carry)
{
    key[0] = addk(q, i);
    key[1] = c1;
    key[2] = c2;
    if (carry != NULL) {
        assert_bool(carry);
        key[0] = sub(key[0], mulk(carry, 1 << 13));
        key[1] = add(c1, carry);
    }
}

void bulk_word_write(struct air *t, const struct mx_builder *m, expr ts, const expr key[3], const expr gap[2],
                     expr perm, const expr old[4], const expr new[4])
{
    mem_allowed(t, m, NULL, constant(t, 0), constant(t, 8), constant(t, BULK_STORE), perm);
    mx_mem_access(t, m, ts, key[0], key[1], key[2], gap, perm, old, new);
}

void bulk_word_read(struct air *t, const struct mx_builder *m, expr ts, const expr key[3], const expr gap[2], expr perm,
                    const expr v[4], expr bytes)
{
    mem_allowed(t, m, NULL, constant(t, 0), bytes, constant(t, BULK_LOAD), perm);
    mx_mem_access(t, m, addk(ts, MX_SLOT_D - MX_SLOT_MEMORY), key[0], key[1], key[2], gap, perm, v, v);
}

void bulk_put_gap(struct mx_filler *f, uint32_t *const *gap, uint32_t *perm, size_t row, const struct bulk_access *a)
{
    gap[0][row] = a->w.gap & 0xffff;
    gap[1][row] = a->w.gap >> 16;
    perm[row] = a->perm;
    mx_count_range16(f, a->w.gap);
    mx_count_range8(f, a->w.gap >> 16);
}

void bulk_put_access(struct mx_filler *f, uint32_t *const *v, uint32_t *const *gap, uint32_t *perm, size_t row,
                     const struct bulk_access *a, unsigned mode)
{
    mx_put_limbs(v, row, a->w.before);
    bulk_put_gap(f, gap, perm, row, a);
    mem_count_allowed(f, 0, 8, mode, a->perm);
}
