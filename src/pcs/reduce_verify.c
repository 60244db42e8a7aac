/* SPDX-License-Identifier: Apache-2.0 */
/* reduce_verify.c - the verifier's end of the claim reduction: docs/protocol.md sections 9 and 11.  Freestanding.
 *
 * The work is step 3, the weight of every piece at rho.  Pieces of equal size share the factor inside of the piece
 * (K_a, S_a, Z_a) and those of one run share A(s) too; the factor for the place in the stack, eq of the bits above a,
 * changes by few bits from one piece to the next and is kept as prefix products.  So a piece costs about three
 * multiplications, and nothing is stored per piece.
 *
 * Pages of the preprocessed stack: on a piece, the sum over its listed pages is the same for all columns, so it takes
 * the place of A(s) K_a. */
#include "base/bits.h"
#include "pcs/reduce.h"

/* prod_{bottom <= i < top} eq1(point_i, bit i of at), kept for all bottoms on the way down */
struct eq_cursor {
    const fp6 *point;
    unsigned bottom;
    uint64_t at;
    fp6 prefix[WHIR_MAX_VARS + 1]; /* prefix[i]: product from i up, bottom <= i <= top */
};

static void cursor_begin(struct eq_cursor *c, const fp6 *point, unsigned top)
{
    c->point = point;
    c->bottom = top;
    c->at = 0;
    c->prefix[top] = fp6_one();
}

/* at < 2^top */
static fp6 cursor_move(struct eq_cursor *c, uint64_t at, unsigned bottom)
{
    unsigned changed = bit_length(at ^ c->at);
    unsigned from = changed > c->bottom ? changed : c->bottom;
    for (unsigned i = from; i-- > bottom;) {
        fp6 one = gn_fp6_mul(c->prefix[i + 1], c->point[i]);
        c->prefix[i] = (at >> i & 1) != 0 ? one : fp6_sub(c->prefix[i + 1], one);
    }
    c->at = at;
    c->bottom = bottom;
    return c->prefix[bottom];
}

/* What step 3 works with; too large for a frame. */
struct weighing {
    const struct pcs_layout *layout;
    const struct pcs_point *point;
    const fp6 *rho, *values;
    fp6 gamma;
    fp6 first_power[PCS_MAX_TABLES], next_power[PCS_MAX_TABLES]; /* of a table's first column claim and next claim */
    struct gn_piece_kernel kernels[WHIR_MAX_VARS + 1];           /* by log2 of the piece's size */
    struct eq_cursor place, row, page;
    fp6 z_high[WHIR_MAX_STACK_COLUMNS];
    fp6 sum;
};

/* gamma's powers at which each table's claims begin; returns gamma^K */
static fp6 number_claims(struct weighing *g)
{
    fp6 power = fp6_one();
    for (uint32_t i = 0; i < g->layout->tables_n; i++) {
        const struct pcs_table *t = &g->layout->tables[i];
        uint32_t claims_n = gn_pcs_table_claims(g->layout, i);
        g->first_power[i] = power;
        if (claims_n == 0) {
            continue;
        }
        power = gn_fp6_mul(power, gn_fp6_pow(g->gamma, t->columns_n));
        g->next_power[i] = power;
        power = gn_fp6_mul(power, gn_fp6_pow(g->gamma, claims_n - t->columns_n));
    }
    return power;
}

/* index of the first listed page that is not below `page` */
static uint32_t first_page_from(const struct pcs_table *t, uint64_t page)
{
    uint32_t low = 0, high = t->pages_n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (t->pages[middle] < page) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* K_8 sum_j eq(bits ((256 P_j - s) >> 8), rho_8 .. rho_{a-1}) prod_{8 <= i < v} eq1(r_i, bit i of 256 j) over the
 * listed pages P_j of the piece */
static fp6 page_weight(struct weighing *g, const struct pcs_table *t, unsigned a, uint64_t s)
{
    fp6 sum = fp6_zero();
    cursor_begin(&g->row, g->point->r, t->v);
    cursor_begin(&g->page, g->rho, a);
    for (uint32_t j = first_page_from(t, s >> PCS_PAGE_LOG2); j < t->pages_n; j++) {
        uint64_t inside = ((uint64_t)t->pages[j] << PCS_PAGE_LOG2) - s;
        if (inside >> a != 0) {
            break;
        }
        fp6 row = cursor_move(&g->row, (uint64_t)j << PCS_PAGE_LOG2, PCS_PAGE_LOG2);
        fp6 page = cursor_move(&g->page, inside, PCS_PAGE_LOG2);
        sum = fp6_add(sum, gn_fp6_mul(row, page));
    }
    return gn_fp6_mul(sum, g->kernels[PCS_PAGE_LOG2].same);
}

/* The pieces of a run that start at row s, one per column, `step` pieces apart.  same, next: weight inside of the piece
 * of a column claim and of a next claim, without the power of gamma. */
static void weigh_pieces(struct weighing *g, const struct pcs_run *run, uint64_t offset, fp6 same, fp6 next)
{
    const struct pcs_table *t = &g->layout->tables[run->table];
    unsigned h = g->layout->h;
    uint64_t step = (uint64_t)run->repeat << run->a, mask = ((uint64_t)1 << h) - 1;
    fp6 power = g->first_power[run->table], next_power = g->next_power[run->table];
    fp6 same_sum = fp6_zero(), next_sum = fp6_zero(); /* over the pieces in stack column w */
    uint64_t w = offset >> h;
    uint32_t next_at = 0, next_n = g->layout->paged ? 0 : t->next_n;
    for (uint32_t c = 0; c < t->columns_n; c++, offset += step) {
        if (offset >> h != w) {
            fp6 weight = fp6_add(gn_fp6_mul(same_sum, same), gn_fp6_mul(next_sum, next));
            g->sum = fp6_add(g->sum, gn_fp6_mul(weight, g->values[w]));
            same_sum = next_sum = fp6_zero();
            w = offset >> h;
        }
        fp6 place = cursor_move(&g->place, offset & mask, run->a);
        same_sum = fp6_add(same_sum, gn_fp6_mul(power, place));
        power = gn_fp6_mul(power, g->gamma);
        if (next_at < next_n && t->next[next_at] == c) {
            next_sum = fp6_add(next_sum, gn_fp6_mul(next_power, place));
            next_power = gn_fp6_mul(next_power, g->gamma);
            next_at++;
        }
    }
    fp6 weight = fp6_add(gn_fp6_mul(same_sum, same), gn_fp6_mul(next_sum, next));
    g->sum = fp6_add(g->sum, gn_fp6_mul(weight, g->values[w]));
}

static void weigh_run(struct weighing *g, const struct pcs_run *run)
{
    const struct pcs_table *t = &g->layout->tables[run->table];
    for (uint32_t j = 0; j < run->repeat; j++) {
        uint64_t s = run->row + ((uint64_t)j << run->a);
        uint64_t offset = run->offset + ((uint64_t)j << run->a);
        fp6 same, next = fp6_zero();
        if (g->layout->paged) {
            same = page_weight(g, t, run->a, s);
        } else {
            const struct gn_piece_kernel *kernel = &g->kernels[run->a];
            fp6 scale = gn_piece_scale(g->point, t->v, run->a, s);
            same = gn_fp6_mul(scale, kernel->same);
            next = gn_fp6_mul(scale, kernel->shift);
            if (s > 0) {
                fp6 carry = gn_row_weight(g->point, t->v, s - 1);
                next = fp6_add(next, gn_fp6_mul(carry, kernel->zero));
            }
        }
        weigh_pieces(g, run, offset, same, next);
    }
}

/* the kernels of all sizes that a piece with claims can have */
static void fill_kernels(struct weighing *g)
{
    unsigned top = gn_reduce_variables(g->layout);
    unsigned last = g->layout->h < top ? g->layout->h : top;
    struct gn_piece_kernel kernel;
    gn_piece_kernel_begin(&kernel, &g->point->skip, g->rho);
    g->kernels[kernel.a] = kernel;
    while (kernel.a < last) {
        gn_piece_kernel_step(&kernel, g->point->r[kernel.a], g->rho[kernel.a]);
        g->kernels[kernel.a] = kernel;
    }
}

/* sum_w Wt_w(rho) f_w(rho), all but the out-of-domain claim's part */
static void weigh_claims(struct weighing *g)
{
    struct pcs_walk walk;
    struct pcs_run run;
    g->sum = fp6_zero();
    fill_kernels(g);
    cursor_begin(&g->place, g->rho, g->layout->h);
    gn_pcs_walk_begin(&walk, g->layout);
    while (gn_pcs_walk_next(&walk, &run)) {
        if (gn_pcs_table_claims(g->layout, run.table) != 0) {
            weigh_run(g, &run);
        }
    }
}

/* gamma^K eq(z_low, rho) sum_w eq(z_high, w) f_w(rho) */
static void weigh_ood(struct weighing *g, const fp6 *ood_point, fp6 power)
{
    unsigned h = g->layout->h;
    fp6 sum = fp6_zero();
    gn_eq_table(g->z_high, ood_point + h, g->layout->w_log2);
    for (uint32_t w = 0; w < g->layout->columns; w++) {
        sum = fp6_add(sum, gn_fp6_mul(g->z_high[w], g->values[w]));
    }
    power = gn_fp6_mul(power, gn_eq(ood_point, g->rho, h));
    g->sum = fp6_add(g->sum, gn_fp6_mul(power, sum));
}

/* sum_k gamma^k value_k + gamma^K y */
static fp6 batch_claims(const struct pcs_opening *o, fp6 gamma)
{
    fp6 sum = o->ood ? o->ood_value : fp6_zero();
    for (uint32_t k = gn_pcs_claims(o->layout); k-- > 0;) {
        sum = fp6_add(gn_fp6_mul(sum, gamma), o->claims[k]);
    }
    return sum;
}

/* step 2 */
static bool sumcheck(fp6 *claim, fp6 *rho, unsigned h, struct gn_receiver *r)
{
    const fp half = fp_from_cell((FP_P + 1) / 2);
    for (unsigned i = 0; i < h; i++) {
        fp6 c[2];
        if (!gn_recv_exts(r, LABEL_RED_ROUND, c, 2)) {
            return false;
        }
        fp6 c0 = fp6_mul_fp(fp6_sub(*claim, fp6_add(c[0], c[1])), half);
        rho[i] = gn_transcript_challenge(&r->transcript, LABEL_RED_CHALLENGE);
        fp6 high = fp6_add(c[0], gn_fp6_mul(rho[i], c[1]));
        *claim = fp6_add(c0, gn_fp6_mul(rho[i], high));
    }
    return true;
}

/* step 4 */
static void combine_columns(struct gn_reduction *out, const struct pcs_layout *layout, const fp6 *values,
                            struct gn_receiver *r)
{
    fp6 theta[WHIR_MAX_VARS];
    if (layout->w_log2 > 0) {
        gn_transcript_challenges(&r->transcript, LABEL_RED_THETA, theta, layout->w_log2);
    }
    gn_eq_table(out->weights, theta, layout->w_log2);
    out->value = fp6_zero();
    for (uint32_t w = 0; w < layout->columns; w++) {
        out->value = fp6_add(out->value, gn_fp6_mul(out->weights[w], values[w]));
    }
}

bool gn_reduce_verify(struct gn_reduction *out, const struct pcs_opening *o, const struct pcs_point *point,
                      struct gn_receiver *r, struct gn_scratch *scratch)
{
    const struct pcs_layout *layout = o->layout;
    size_t mark = scratch->used;
    struct weighing *g = gn_scratch_take(scratch, 1, sizeof *g);
    fp6 *values = gn_scratch_take(scratch, layout->columns, sizeof *values);
    scratch->used = mark; /* nothing below takes scratch */
    if (g == NULL || values == NULL) {
        return gn_reject(r, GN_REJECT_SCRATCH);
    }
    g->layout = layout;
    g->point = point;
    g->rho = out->rho;
    g->values = values;
    g->gamma = gn_transcript_challenge(&r->transcript, LABEL_RED_GAMMA);
    fp6 claim = batch_claims(o, g->gamma);
    if (!sumcheck(&claim, out->rho, layout->h, r) || !gn_recv_exts(r, LABEL_RED_VALUES, values, layout->columns)) {
        return false;
    }
    fp6 last_power = number_claims(g);
    weigh_claims(g);
    if (o->ood) {
        weigh_ood(g, o->ood_point, last_power);
    }
    if (!fp6_eq(g->sum, claim)) {
        return gn_reject(r, layout->paged ? GN_REJECT_PRE_REDUCTION : GN_REJECT_REDUCTION);
    }
    combine_columns(out, layout, values, r);
    return true;
}

size_t gn_reduce_verify_scratch(void)
{
    return sizeof(struct weighing) + WHIR_MAX_STACK_COLUMNS * sizeof(fp6) + 2 * 64;
}
