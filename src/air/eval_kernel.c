/* SPDX-License-Identifier: Apache-2.0 */
/* eval_kernel.c - the block interpreter of a table's program, over the lanes of field/fpx.h: the bus in the base field, and
 * everything in the extension.  (plan_kernel.c is that of constraints in the base field.)
 *
 * One instruction is decoded once and then runs over all rows of the block, so dispatch costs little and the rows are
 * independent work for the processor.  Constants and public values are spread over one register's worth of words and
 * addressed with a zero mask, so that one loop serves every kind of operand.
 *
 * Outputs are not multiplied one by one: up to PENDING of the same group wait, and one pass over the accumulator adds
 * them all, with one Montgomery reduction instead of PENDING (late reduction, field/fpx.h).  Invariant: the operand of
 * a waiting output is not overwritten; an instruction that would do so makes the outputs pass first.  lower.c keeps
 * that rare. */
#include "air/eval_kernel.h"

#include "field/fpx.h"

#define PENDING 4 /* lower.c: OUT_DELAY + 1 */

#define CONCAT(a, b)  a##b
#define PER_ISA(a, b) CONCAT(a, b)

/* An operand column of a block.  Base field: word i is p[i & mask].  Extension: an ext vector, or when mask is 0 the
 * base field element p[0]. */
struct operand {
    const uint32_t *p;
    size_t mask;
};

struct run {
    const struct air_table *t;
    const struct air_block *b;
    const fp6 *coefficients;
    uint32_t *const *acc;
    uint32_t *temps;
    size_t temp_words;
    fp6 constant[AIR_GROUPS]; /* what constant outputs add to each row */
    struct operand pending[PENDING];
    uint32_t pending_output[PENDING];
    uint32_t pending_n, pending_group;
};

static struct operand spread(uint32_t *words, uint32_t v)
{
    fpx_store(words, fpx_set1(v));
    return (struct operand){words, 0};
}

/* words: room for a constant's copies */
static struct operand resolve(const struct run *r, air_ref ref, uint32_t words[FPX_LANES])
{
    uint32_t i = AIR_REF_INDEX(ref);
    switch (AIR_REF_SPACE(ref)) {
    case AIR_SPACE_TEMP:
        return (struct operand){r->temps + i * r->temp_words, SIZE_MAX};
    case AIR_SPACE_COMMITTED:
        return (struct operand){r->b->committed[i], SIZE_MAX};
    case AIR_SPACE_CONST:
        return spread(words, fp_from_cell(r->t->consts[i]).v);
    case AIR_SPACE_PUBLIC:
        return spread(words, r->b->publics[i]);
    case AIR_SPACE_NEXT:
        return (struct operand){r->b->next[i], SIZE_MAX};
    case AIR_SPACE_PRE:
        return (struct operand){r->b->pre[i], SIZE_MAX};
    default:
        return (struct operand){r->b->fixed[i], SIZE_MAX};
    }
}

static bool is_constant(air_ref ref)
{
    return AIR_REF_SPACE(ref) == AIR_SPACE_PUBLIC || AIR_REF_SPACE(ref) == AIR_SPACE_CONST;
}

/* ---- outputs, common to both fields ---- */

typedef void flush_fn(struct run *r);

static void take_output(struct run *r, const struct air_insn *q, flush_fn *flush)
{
    uint32_t words[FPX_LANES];
    uint32_t group = r->t->constraints[q->dst].group;
    struct operand a = resolve(r, q->a, words);
    if (is_constant(q->a)) {
        r->constant[group] = fp6_add(r->constant[group], fp6_mul_fp(r->coefficients[q->dst], (fp){a.p[0]}));
        return;
    }
    if (r->pending_n == PENDING || (r->pending_n > 0 && r->pending_group != group)) {
        flush(r);
    }
    r->pending_group = group;
    r->pending_output[r->pending_n] = q->dst;
    r->pending[r->pending_n++] = a;
}

/* Call before dst is written. */
static void protect_pending(struct run *r, const uint32_t *dst, flush_fn *flush)
{
    for (uint32_t i = 0; i < r->pending_n; i++) {
        if (r->pending[i].p == dst) {
            flush(r);
            return;
        }
    }
}

static void clear(struct run *r)
{
    for (int g = 0; g < AIR_GROUPS; g++) {
        for (size_t i = 0; i < r->b->rows; i += FPX_LANES) {
            fp6x_store(r->acc[g], i, fp6x_zero());
        }
    }
}

static void finish(struct run *r, flush_fn *flush)
{
    if (r->pending_n > 0) {
        flush(r);
    }
    for (int g = 0; g < AIR_GROUPS; g++) {
        if (!fp6_is_zero(r->constant[g])) {
            fp6x c = fp6x_set1(r->constant[g]);
            for (size_t i = 0; i < r->b->rows; i += FPX_LANES) {
                fp6x_store(r->acc[g], i, fp6x_add(fp6x_load(r->acc[g], i), c));
            }
        }
    }
}

/* ---- base field ---- */

FPX_FN fpx load(struct operand a, size_t i)
{
    return fpx_load(a.p + (i & a.mask));
}

/* A chain: instructions that follow each other and all write the same temporary, each after the first from what the one
 * before wrote.  Its value stays in registers and is stored once.  Packing bits into limbs is little else. */
#define CHAIN_MAX 32
#define STRIP     (FPX_LANES == 16 ? 8 : 4) /* registers of a chain that run together */

/* the first four with a column or a constant */
enum link_op { LINK_ADD, LINK_SUB, LINK_SUB_FROM, LINK_MUL, LINK_DOUBLE, LINK_SQUARE, LINK_ZERO };
#define LINK_CONSTANT 8
struct chain_link {
    unsigned op; /* enum link_op, + LINK_CONSTANT */
    const uint32_t *x;
};

/* Does q go on from the temporary `ref` and write it again? */
static bool goes_on(const struct air_insn *q, uint32_t dst)
{
    air_ref ref = AIR_REF(AIR_SPACE_TEMP, dst);
    return q->op != AIR_OUT && q->dst == dst && (q->a == ref || q->b == ref);
}

static uint32_t chain_length(const struct air_insn *q, const struct air_insn *end)
{
    uint32_t n = 1;
    while (n < CHAIN_MAX && q + n < end && goes_on(q + n, q->dst)) {
        n++;
    }
    return n;
}

static enum link_op link_op(uint32_t op, bool from_left, bool both)
{
    switch (op) {
    case AIR_ADD:
        return both ? LINK_DOUBLE : LINK_ADD;
    case AIR_SUB:
        return both ? LINK_ZERO : from_left ? LINK_SUB : LINK_SUB_FROM;
    default:
        return both ? LINK_SQUARE : LINK_MUL;
    }
}

/* the switch outside of the loop: one jump for all registers */
#define EACH_REGISTER(value)                                       \
    for (int k = 0; k < registers; k++) {                          \
        const fpx y = fpx_load(column + (ptrdiff_t)k * FPX_LANES); \
        x[k] = (value);                                            \
    }                                                              \
    break
#define EACH_REGISTER_ALONE(value)        \
    for (int k = 0; k < registers; k++) { \
        x[k] = (value);                   \
    }                                     \
    break

FPX_FN void run_link(fpx *x, const struct chain_link *l, size_t i, int registers)
{
    const uint32_t *column = l->x + i;
    const fpx c = fpx_load(l->x);
    switch (l->op) {
    case LINK_ADD:
        EACH_REGISTER(fpx_add(x[k], y));
    case LINK_SUB:
        EACH_REGISTER(fpx_sub(x[k], y));
    case LINK_SUB_FROM:
        EACH_REGISTER(fpx_sub(y, x[k]));
    case LINK_MUL:
        EACH_REGISTER(fpx_mul(x[k], y));
    case LINK_ADD + LINK_CONSTANT:
        EACH_REGISTER_ALONE(fpx_add(x[k], c));
    case LINK_SUB + LINK_CONSTANT:
        EACH_REGISTER_ALONE(fpx_sub(x[k], c));
    case LINK_SUB_FROM + LINK_CONSTANT:
        EACH_REGISTER_ALONE(fpx_sub(c, x[k]));
    case LINK_MUL + LINK_CONSTANT:
        EACH_REGISTER_ALONE(fpx_mul(x[k], c));
    case LINK_DOUBLE:
        EACH_REGISTER_ALONE(fpx_add(x[k], x[k]));
    case LINK_SQUARE:
        EACH_REGISTER_ALONE(fpx_mul(x[k], x[k]));
    default:
        EACH_REGISTER_ALONE(fpx_zero());
    }
}

FPX_FN void run_strip(uint32_t *dst, struct operand first, const struct chain_link *links, uint32_t n, size_t i,
                      int registers)
{
    fpx x[STRIP];
    for (int k = 0; k < registers; k++) {
        x[k] = load(first, i + (size_t)k * FPX_LANES);
    }
    for (uint32_t m = 0; m < n; m++) {
        run_link(x, &links[m], i, registers);
    }
    for (int k = 0; k < registers; k++) {
        fpx_store(dst + i + (size_t)k * FPX_LANES, x[k]);
    }
}

static struct chain_link chain_link(enum link_op op, struct operand x)
{
    return (struct chain_link){op < LINK_DOUBLE && x.mask == 0 ? op + LINK_CONSTANT : op, x.p};
}

/* the n instructions of a chain */
static void arithmetic(struct run *r, const struct air_insn *q, uint32_t n)
{
    uint32_t words[CHAIN_MAX + 1][FPX_LANES];
    struct chain_link links[CHAIN_MAX];
    const air_ref own = AIR_REF(AIR_SPACE_TEMP, q->dst);
    struct operand first = resolve(r, q->a, words[CHAIN_MAX]);
    links[0] = chain_link(link_op(q->op, true, false), resolve(r, q->b, words[0]));
    for (uint32_t m = 1; m < n; m++) {
        bool left = q[m].a == own, both = left && q[m].b == own;
        links[m] = chain_link(link_op(q[m].op, left, both), resolve(r, left ? q[m].b : q[m].a, words[m]));
    }
    uint32_t *dst = r->temps + q->dst * r->temp_words;
    size_t i = 0, rows = r->b->rows;
    for (; i + (size_t)STRIP * FPX_LANES <= rows; i += (size_t)STRIP * FPX_LANES) {
        run_strip(dst, first, links, n, i, STRIP);
    }
    for (; i < rows; i += FPX_LANES) {
        run_strip(dst, first, links, n, i, 1);
    }
}

static void kernel_bus(uint32_t *const *out, const struct air_table *t, const struct air_block *b, uint32_t *temps)
{
    struct run r = {.t = t, .b = b, .temps = temps, .temp_words = AIR_BLOCK_ROWS};
    for (const struct air_insn *q = t->code, *end = q + t->bus_code_n; q < end; q++) {
        if (q->op == AIR_OUT) {
            uint32_t words[FPX_LANES];
            struct operand a = resolve(&r, q->a, words);
            uint32_t *dst = out[q->dst - t->constraints_n];
            for (size_t i = 0; i < b->rows; i += FPX_LANES) {
                fpx_store(dst + i, load(a, i));
            }
        } else {
            uint32_t n = chain_length(q, end);
            arithmetic(&r, q, n);
            q += n - 1;
        }
    }
}

/* ---- extension field ---- */

FPX_FN fp6x load_ext(struct operand a, size_t i)
{
    return a.mask == 0 ? fp6x_from_fpx(fpx_set1(a.p[0])) : fp6x_load(a.p, i);
}

static void multiply_ext(uint32_t *dst, struct operand a, struct operand b, size_t rows)
{
    if (b.mask == 0) {
        struct operand swap = a;
        a = b;
        b = swap;
    }
    if (a.mask == 0) {
        fpx scale = fpx_set1(a.p[0]);
        for (size_t i = 0; i < rows; i += FPX_LANES) {
            fp6x_store(dst, i, fp6x_mul_fpx(load_ext(b, i), scale));
        }
        return;
    }
    for (size_t i = 0; i < rows; i += FPX_LANES) {
        fp6x_store(dst, i, fp6x_mul(fp6x_load(a.p, i), fp6x_load(b.p, i)));
    }
}

static void arithmetic_ext(struct run *r, const struct air_insn *q)
{
    uint32_t words[2][FPX_LANES];
    struct operand a = resolve(r, q->a, words[0]), b = resolve(r, q->b, words[1]);
    uint32_t *dst = r->temps + q->dst * r->temp_words;
    size_t rows = r->b->rows;
    if (q->op == AIR_ADD) {
        for (size_t i = 0; i < rows; i += FPX_LANES) {
            fp6x_store(dst, i, fp6x_add(load_ext(a, i), load_ext(b, i)));
        }
    } else if (q->op == AIR_SUB) {
        for (size_t i = 0; i < rows; i += FPX_LANES) {
            fp6x_store(dst, i, fp6x_sub(load_ext(a, i), load_ext(b, i)));
        }
    } else {
        multiply_ext(dst, a, b, rows);
    }
}

static void flush_ext(struct run *r)
{
    uint32_t *acc = r->acc[r->pending_group];
    for (size_t i = 0; i < r->b->rows; i += FPX_LANES) {
        fp6x_wide w = fp6x_wide_zero();
        for (uint32_t k = 0; k < r->pending_n; k++) {
            w = fp6x_wide_mac(w, fp6x_set1(r->coefficients[r->pending_output[k]]), fp6x_load(r->pending[k].p, i));
        }
        fp6x_store(acc, i, fp6x_add(fp6x_load(acc, i), fp6x_reduce(w)));
    }
    r->pending_n = 0;
}

static void kernel_block_ext(uint32_t *const acc[AIR_GROUPS], const struct air_table *t, const struct air_block *b,
                             const fp6 *coefficients, uint32_t first_insn, uint32_t insns, uint32_t *temps)
{
    struct run r = {.t = t,
                    .b = b,
                    .coefficients = coefficients,
                    .acc = acc,
                    .temps = temps,
                    .temp_words = ext_words(AIR_BLOCK_ROWS)};
    clear(&r);
    for (const struct air_insn *q = t->code + first_insn, *end = q + insns; q < end; q++) {
        if (q->op == AIR_OUT) {
            take_output(&r, q, flush_ext);
        } else {
            protect_pending(&r, temps + q->dst * r.temp_words, flush_ext);
            arithmetic_ext(&r, q);
        }
    }
    finish(&r, flush_ext);
}

static void kernel_bus_ext(uint32_t *const *out, const struct air_table *t, const struct air_block *b, uint32_t *temps)
{
    struct run r = {.t = t, .b = b, .temps = temps, .temp_words = ext_words(AIR_BLOCK_ROWS)};
    for (const struct air_insn *q = t->code, *end = q + t->bus_code_n; q < end; q++) {
        if (q->op != AIR_OUT) {
            arithmetic_ext(&r, q);
            continue;
        }
        uint32_t words[FPX_LANES];
        struct operand a = resolve(&r, q->a, words);
        for (size_t i = 0; i < b->rows; i += FPX_LANES) {
            fp6x_store(out[q->dst - t->constraints_n], i, load_ext(a, i));
        }
    }
}

const struct air_eval_ops PER_ISA(air_eval_ops_, ISA) = {
    .bus = kernel_bus,
    .block_ext = kernel_block_ext,
    .bus_ext = kernel_bus_ext,
};
