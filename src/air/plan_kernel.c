/* SPDX-License-Identifier: Apache-2.0 */
/* plan_kernel.c - runs plans (plan.c) on blocks, over the lanes of field/fpx.h.
 *
 * Outputs are not multiplied one by one: up to WAITING of the same group wait, and one pass over the accumulator adds them
 * all, with one Montgomery reduction instead of WAITING (late reduction, field/fpx.h). */
#include <string.h>

#include "air/plan_kernel.h"
#include "field/fpx.h"

#define CONCAT(a, b)  a##b
#define PER_ISA(a, b) CONCAT(a, b)

#define STRIP   (FPX_LANES == 16 ? 8 : 4) /* registers of a chain that run together */
#define BOOLS   32                        /* that share a reduction; even */
#define WAITING 24                        /* outputs of a plan that share a reduction; even */

/* a coefficient's limb in every lane of a half */
FPX_FN fpx64 half_of(fp c)
{
    return fpx_half(fpx_set1(c.v), 0);
}

/* sum += a x + b y */
FPX_FN void mac_pair(fp6x_wide *sum, const fp6 *a, fpx x, const fp6 *b, fpx y)
{
    for (int h = 0; h < FPX_HALVES; h++) {
        fpx64 xh = fpx_half(x, h), yh = fpx_half(y, h);
        for (int l = 0; l < 6; l++) {
            fpx64 both = fpx64_add(fpx64_mul(half_of(a->c[l]), xh), fpx64_mul(half_of(b->c[l]), yh));
            sum->c[l].h[h] = fpx64_trim(fpx64_add(sum->c[l].h[h], both));
        }
    }
}

struct planned {
    const uint32_t *space[3]; /* by enum plan_space */
    uint32_t *temps;
    uint32_t waiting[WAITING][AIR_BLOCK_ROWS];
    fp6 waiting_coefficient[WAITING];
    uint32_t waiting_n, waiting_group;
    uint32_t *const *acc;
};

static void flush_planned(struct planned *r)
{
    if (r->waiting_n % 2 != 0) {
        memset(r->waiting[r->waiting_n], 0, sizeof r->waiting[0]);
        r->waiting_coefficient[r->waiting_n++] = fp6_zero();
    }
    uint32_t *acc = r->acc[r->waiting_group];
    for (size_t i = 0; i < AIR_BLOCK_ROWS; i += FPX_LANES) {
        fp6x_wide sum = fp6x_wide_zero();
        for (uint32_t k = 0; k < r->waiting_n; k += 2) {
            mac_pair(&sum, &r->waiting_coefficient[k], fpx_load(r->waiting[k] + i), &r->waiting_coefficient[k + 1],
                     fpx_load(r->waiting[k + 1] + i));
        }
        fp6x_store(acc, i, fp6x_add(fp6x_load(acc, i), fp6x_reduce(sum)));
    }
    r->waiting_n = 0;
}

FPX_FN const uint32_t *at_place(const struct planned *r, uint32_t place)
{
    return r->space[place >> PLAN_WORD_BITS & 3] + (place & ((1u << PLAN_WORD_BITS) - 1));
}

FPX_FN bool is_one_word(uint32_t place)
{
    return (place >> PLAN_WORD_BITS & 3) == PLAN_CONSTANTS;
}

/* the switch outside of the loop: one jump for all registers */
#define EACH_REGISTER(value)                                       \
    for (int k = 0; k < STRIP; k++) {                              \
        const fpx y = fpx_load(column + (ptrdiff_t)k * FPX_LANES); \
        x[k] = (value);                                            \
    }                                                              \
    break
#define EACH_REGISTER_ALONE(value)    \
    for (int k = 0; k < STRIP; k++) { \
        x[k] = (value);               \
    }                                 \
    break
#define CONSTANT(op) ((op) << 2 | PLAN_CONSTANTS)

FPX_FN void run_link(fpx x[STRIP], const struct planned *r, uint32_t link, size_t i)
{
    const uint32_t *column = at_place(r, link);
    const fpx c = fpx_load(column);
    column += i;
    switch (link >> PLAN_WORD_BITS) { /* operation and space */
    case PLAN_ADD << 2 | PLAN_COLUMNS:
    case PLAN_ADD << 2 | PLAN_TEMPS:
        EACH_REGISTER(fpx_add(x[k], y));
    case PLAN_SUB << 2 | PLAN_COLUMNS:
    case PLAN_SUB << 2 | PLAN_TEMPS:
        EACH_REGISTER(fpx_sub(x[k], y));
    case PLAN_SUB_FROM << 2 | PLAN_COLUMNS:
    case PLAN_SUB_FROM << 2 | PLAN_TEMPS:
        EACH_REGISTER(fpx_sub(y, x[k]));
    case PLAN_MUL << 2 | PLAN_COLUMNS:
    case PLAN_MUL << 2 | PLAN_TEMPS:
        EACH_REGISTER(fpx_mul(x[k], y));
    case PLAN_DOUBLE_ADD << 2 | PLAN_COLUMNS:
    case PLAN_DOUBLE_ADD << 2 | PLAN_TEMPS:
        EACH_REGISTER(fpx_add(fpx_add(x[k], x[k]), y));
    case CONSTANT(PLAN_ADD):
        EACH_REGISTER_ALONE(fpx_add(x[k], c));
    case CONSTANT(PLAN_SUB):
        EACH_REGISTER_ALONE(fpx_sub(x[k], c));
    case CONSTANT(PLAN_SUB_FROM):
        EACH_REGISTER_ALONE(fpx_sub(c, x[k]));
    case CONSTANT(PLAN_MUL):
        EACH_REGISTER_ALONE(fpx_mul(x[k], c));
    case PLAN_DOUBLE << 2:
        EACH_REGISTER_ALONE(fpx_add(x[k], x[k]));
    case PLAN_SQUARE << 2:
        EACH_REGISTER_ALONE(fpx_mul(x[k], x[k]));
    default:
        EACH_REGISTER_ALONE(fpx_zero());
    }
}

FPX_FN void store_strip(uint32_t *to, const fpx x[STRIP])
{
    for (int k = 0; k < STRIP; k++) {
        fpx_store(to + (ptrdiff_t)k * FPX_LANES, x[k]);
    }
}

static void run_chain(const struct planned *r, const uint32_t *head, uint32_t *output)
{
    const uint32_t *first = at_place(r, head[PLAN_FIRST]), n = head[PLAN_LINKS];
    const size_t step = is_one_word(head[PLAN_FIRST]) ? 0 : 1;
    for (size_t i = 0; i < AIR_BLOCK_ROWS; i += (size_t)STRIP * FPX_LANES) {
        fpx x[STRIP];
        for (int k = 0; k < STRIP; k++) {
            x[k] = fpx_load(first + step * (i + (size_t)k * FPX_LANES));
        }
        for (uint32_t m = 0; m < n; m++) {
            run_link(x, r, head[PLAN_HEAD + m], i);
        }
        if (head[PLAN_TEMP] != PLAN_NONE) {
            store_strip(r->temps + head[PLAN_TEMP] + i, x);
        }
        if (output != NULL) {
            store_strip(output + i, x);
        }
    }
}

/* room for another output of a group; what waits of another one goes first */
static uint32_t *wait_for(struct planned *r, uint32_t group, fp6 coefficient)
{
    if (r->waiting_n == WAITING || (r->waiting_n > 0 && r->waiting_group != group)) {
        flush_planned(r);
    }
    r->waiting_group = group;
    r->waiting_coefficient[r->waiting_n] = coefficient;
    return r->waiting[r->waiting_n++];
}

static void run_bools(struct planned *r, const struct air_plan *p, const fp6 *coefficients)
{
    const fpx one = fpx_set1(FP_R1);
    for (uint32_t m = 0; m < p->bools_n; m++) {
        const uint32_t *column = r->space[PLAN_COLUMNS] + (size_t)p->bools[m].column * AIR_BLOCK_ROWS;
        uint32_t *output = wait_for(r, AIR_ALL, coefficients[p->bools[m].output]);
        for (size_t i = 0; i < AIR_BLOCK_ROWS; i += (size_t)STRIP * FPX_LANES) {
            fpx x[STRIP];
            for (int k = 0; k < STRIP; k++) {
                x[k] = fpx_load(column + i + (size_t)k * FPX_LANES);
                x[k] = fpx_mul(x[k], fpx_sub(x[k], one));
            }
            store_strip(output + i, x);
        }
    }
}

static void kernel_plan(uint32_t *const acc[AIR_GROUPS], const struct air_table *t, const struct air_plan *p,
                        const uint32_t *columns, const uint32_t *constants, const fp6 *coefficients, uint32_t *temps)
{
    struct planned r;
    r.space[PLAN_COLUMNS] = columns;
    r.space[PLAN_TEMPS] = r.temps = temps;
    r.space[PLAN_CONSTANTS] = constants;
    r.waiting_n = r.waiting_group = 0;
    r.acc = acc;
    for (int g = 0; g < AIR_GROUPS; g++) {
        memset(acc[g], 0, ext_words(AIR_BLOCK_ROWS) * sizeof *acc[g]);
    }
    for (const uint32_t *s = p->steps, *end = s + p->steps_n; s < end; s += PLAN_HEAD + s[PLAN_LINKS]) {
        uint32_t *output = NULL;
        if (s[PLAN_OUTPUT] != PLAN_NONE) {
            const uint32_t group = t->constraints[s[PLAN_OUTPUT]].group;
            output = wait_for(&r, group, coefficients[s[PLAN_OUTPUT]]);
        }
        run_chain(&r, s, output);
    }
    run_bools(&r, p, coefficients);
    if (r.waiting_n > 0) {
        flush_planned(&r);
    }
}

static void kernel_bools_ext(uint32_t *acc, const struct air_columns *columns, const struct air_plan *p,
                             const fp6 *coefficients)
{
    const fpx minus_one = fpx_set1(FP_P - FP_R1);
    for (uint32_t first = 0; first < p->bools_n; first += BOOLS) {
        uint32_t last = p->bools_n - first < BOOLS ? p->bools_n : first + BOOLS;
        for (size_t i = 0; i < columns->rows; i += FPX_LANES) {
            fp6x_wide sum = fp6x_wide_zero();
            for (uint32_t k = first; k < last; k++) {
                fp6x x = fp6x_load(columns->at + p->bools[k].column * columns->stride, i);
                fp6x product = fp6x_mul(x, fp6x_add_fpx(x, minus_one));
                sum = fp6x_wide_mac(sum, fp6x_set1(coefficients[p->bools[k].output]), product);
            }
            fp6x_store(acc, i, fp6x_add(fp6x_load(acc, i), fp6x_reduce(sum)));
        }
    }
}

const struct air_plan_ops PER_ISA(air_plan_ops_, ISA) = {.plan = kernel_plan, .bools_ext = kernel_bools_ext};
