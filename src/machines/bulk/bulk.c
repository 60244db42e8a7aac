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
    mx_put_gap(f, gap, row, a->w.gap);
    perm[row] = a->perm;
}

void bulk_put_access(struct mx_filler *f, uint32_t *const *v, uint32_t *const *gap, uint32_t *perm, size_t row,
                     const struct bulk_access *a, unsigned mode)
{
    mx_put_limbs(v, row, a->w.before);
    bulk_put_gap(f, gap, perm, row, a);
    mem_count_allowed(f, 0, 8, mode, a->perm);
}

void bulk_state_declare(struct air *t, const struct mx_builder *m, enum mx_class class, unsigned n,
                        const struct bulk_state_vars *s)
{
    const expr address[4] = {mulk(s->q, 8), s->c1, s->c2, constant(t, 0)};
    mx_fetch(t, m, class, s->pc, &(struct mx_fields){.inc = s->inc, .ra = s->a_reg});
    mx_step(t, m, s->pc, s->ts, add(s->pc, s->inc));
    mx_reg_read(t, m, s->ts, MX_SLOT_A, s->a_reg, s->a_gap, address);
    for (unsigned i = 0; i < n; i++) {
        expr key[3];
        bulk_key(key, s->q, s->c1, s->c2, i, i == 0 ? NULL : s->carry[i - 1]);
        bulk_word_write(t, m, s->ts, key, s->gap + (size_t)2 * i, s->perm[i], s->v + (size_t)4 * i,
                        s->w + (size_t)4 * i);
    }
}

void bulk_state_put(struct mx_filler *f, const struct bulk_state_cells *c, size_t row, unsigned n,
                    const struct mx_record *r, const struct bulk_access *words)
{
    const struct mx_rom_row *rom = mx_fetched(f, r);
    MX_PUT_STEP(*c, row, rom, r);
    c->a_reg[row] = rom->ra;
    c->a_gap[row] = r->gap[MX_SLOT_A];
    mx_count_range16(f, r->gap[MX_SLOT_A]);
    c->q[row] = mx_limb(r->a, 0) >> 3;
    c->c1[row] = mx_limb(r->a, 1);
    c->c2[row] = mx_limb(r->a, 2);
    for (unsigned i = 0; i < n; i++) {
        if (i > 0) {
            c->carry[i - 1][row] = (c->q[row] + i) >> 13;
        }
        bulk_put_access(f, c->v + (size_t)4 * i, c->gap + (size_t)2 * i, c->perm[i], row, &words[i], BULK_STORE);
        mx_put_limbs(c->w + (size_t)4 * i, row, words[i].w.after);
    }
}
