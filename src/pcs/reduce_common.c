/* SPDX-License-Identifier: Apache-2.0 */
/* reduce_common.c - closed forms of the weights of column claims: docs/protocol.md sections 8 and 9.3.  Freestanding.
 *
 * With k skipped variables, lambda_T(x) = L_{x mod 2^k}(u) prod_{k <= i < v} eq1(r_i, bit i of x).  A piece of 2^a rows starts at a multiple s of
 * 2^a, so on it lambda_T(s + x) = A(s) kappa_a(x), where kappa_a is the same product over i < a only: it is the same
 * for all pieces of that size, of all tables.  At the point rho its extension is K_a; that of x -> kappa_a(x - 1) (0 at
 * x = 0) is S_a: the low block b goes to b + 1 with equal high variables, or from 2^k - 1 to 0 while the high variables count
 * up by one.  All three are products over the variables, so they are stepped from one size to the next. */
#include "pcs/reduce.h"

static fp6 one_minus(fp6 a)
{
    return fp6_sub(fp6_one(), a);
}

static void kernel_values(struct gn_piece_kernel *k)
{
    k->same = gn_fp6_mul(k->low, k->eq);
    k->shift = fp6_add(gn_fp6_mul(k->up, k->eq), gn_fp6_mul(k->wrap, k->succ));
}

void gn_piece_kernel_begin(struct gn_piece_kernel *k, const struct gn_skip *skip, const fp6 *rho)
{
    unsigned last = (1u << skip->log2) - 1;
    fp6 l[GN_SKIP_MAX];
    gn_eq_table(l, rho, skip->log2);
    *k = (struct gn_piece_kernel){.a = skip->log2, .zero = l[0], .eq = fp6_one(), .ones = fp6_one()};
    for (unsigned b = 0; b <= last; b++) {
        k->low = fp6_add(k->low, gn_fp6_mul(skip->low[b], l[b]));
    }
    for (unsigned b = 0; b < last; b++) {
        k->up = fp6_add(k->up, gn_fp6_mul(skip->low[b], l[b + 1]));
    }
    k->wrap = gn_fp6_mul(skip->low[last], l[0]);
    kernel_values(k);
}

void gn_piece_kernel_step(struct gn_piece_kernel *k, fp6 r, fp6 rho)
{
    fp6 both = gn_fp6_mul(r, rho);
    fp6 eq1 = fp6_add(fp6_sub(one_minus(r), rho), fp6_add(both, both));
    fp6 stop = fp6_sub(rho, both); /* (1 - r) rho: the carry ends here */
    k->succ = fp6_add(gn_fp6_mul(k->succ, eq1), gn_fp6_mul(k->ones, stop));
    k->ones = gn_fp6_mul(k->ones, fp6_sub(r, both));
    k->eq = gn_fp6_mul(k->eq, eq1);
    k->zero = gn_fp6_mul(k->zero, one_minus(rho));
    k->a++;
    kernel_values(k);
}

unsigned gn_reduce_variables(const struct pcs_layout *layout)
{
    unsigned top = 0;
    for (uint32_t i = 0; i < layout->tables_n; i++) {
        if (gn_pcs_table_claims(layout, i) != 0 && layout->tables[i].v > top) {
            top = layout->tables[i].v;
        }
    }
    return top;
}

fp6 gn_piece_scale(const struct pcs_point *point, unsigned v, unsigned a, uint64_t s)
{
    return gn_eq_bits(point->r + a, s >> a, v - a);
}

fp6 gn_row_weight(const struct pcs_point *point, unsigned v, uint64_t row)
{
    unsigned k = point->skip.log2;
    return gn_fp6_mul(point->skip.low[row % (1u << k)], gn_eq_bits(point->r + k, row >> k, v - k));
}
