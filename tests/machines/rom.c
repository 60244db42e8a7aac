/* SPDX-License-Identifier: Apache-2.0 */
/* rom.c - a processor with one register and three instructions, whose program is preprocessed.
 *
 *   op 0: acc += imm     op 1: jump to imm     op 2: acc *= imm
 *
 * The program is committed once, by setup, in pages of 256 rows; a run joins the pages that it visits (here every run
 * skips page 1).  The table's own column is how often each instruction was fetched.  Decoding is a second lookup, in
 * a table of three rows with explicit values: it says what the flags of an op are, so the flags need no constraints
 * of their own. */
#include "field/fp.h"
#include "machines.h"

#define ROM_PAGES 4u
enum { OP_ADD, OP_JUMP, OP_MUL, OPS };

#define ROM_PRE(X)                 \
    X(pc, , 31, "program counter") \
    X(op, , 2, "instruction")      \
    X(imm, , 31, "immediate value")
#define COUNT_COLUMNS(X) X(multiplicity, , 31, "how often the row was looked up")
#define CPU_COLUMNS(X)               \
    X(pc, , 31, "program counter")   \
    X(acc, , 31, "accumulator")      \
    X(op, , 2, "instruction")        \
    X(imm, , 31, "immediate value")  \
    X(is_jump, , 1, "op is OP_JUMP") \
    X(is_mul, , 1, "op is OP_MUL")

struct rom_vars {
    ROM_PRE(AIR_EXPR)
};
struct count_vars {
    COUNT_COLUMNS(AIR_EXPR)
};
struct cpu_vars {
    CPU_COLUMNS(AIR_EXPR)
};
struct rom_cols {
    ROM_PRE(AIR_CELLS)
};
struct count_cols {
    COUNT_COLUMNS(AIR_CELLS)
};
struct cpu_cols {
    CPU_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec rom_pre[] = {ROM_PRE(AIR_SPEC)};
static const struct air_column_spec count_columns[] = {COUNT_COLUMNS(AIR_SPEC)};
static const struct air_column_spec cpu_columns[] = {CPU_COLUMNS(AIR_SPEC)};

static void declare_decode(struct machine_builder *m, uint32_t decode)
{
    static const uint32_t op[OPS] = {OP_ADD, OP_JUMP, OP_MUL}, is_jump[OPS] = {[OP_JUMP] = 1},
                          is_mul[OPS] = {[OP_MUL] = 1};
    struct count_vars r;
    struct air *t = air_table(m->b, "decode", OPS, AIR_FIXED_HEIGHT);
    air_committed(t, count_columns, MACHINE_COUNT(count_columns), &r);
    expr code = air_fixed_values(t, "op", op, OPS);
    expr jump = air_fixed_values(t, "is_jump", is_jump, OPS);
    expr product = air_fixed_values(t, "is_mul", is_mul, OPS);
    bus_supply(t, decode, r.multiplicity, code, jump, product);
}

static void declare_rom(struct machine_builder *m, uint32_t fetch)
{
    struct rom_vars pre;
    struct count_vars r;
    struct air *t = air_table(m->b, "rom", ROM_PAGES * AIR_PAGE_ROWS, AIR_PREPROCESSED);
    air_preprocessed(t, rom_pre, MACHINE_COUNT(rom_pre), &pre);
    air_committed(t, count_columns, MACHINE_COUNT(count_columns), &r);
    bus_supply(t, fetch, r.multiplicity, pre.pc, pre.op, pre.imm);
}

static void cpu_constraints(struct air *t, const struct cpu_vars *r, uint32_t fetch, uint32_t decode, uint32_t result)
{
    expr sum_of = add(r->acc, r->imm), product = mul(r->acc, r->imm);
    assert_first(r->pc);
    assert_first(r->acc);
    assert_transition(sub(next(r->pc), select_expr(r->is_jump, r->imm, addk(r->pc, 1))));
    assert_transition(sub(next(r->acc), select_expr(r->is_jump, r->acc, select_expr(r->is_mul, product, sum_of))));
    assert_last(sub(r->acc, public_value(t, result)));
    bus_push(t, fetch, NULL, r->pc, r->op, r->imm);
    bus_push(t, decode, NULL, r->op, r->is_jump, r->is_mul);
}

static void rom_declare(struct machine_builder *m, uint32_t first_value)
{
    uint32_t fetch = air_bus(m->b, "fetch", 3);
    uint32_t decode = air_bus(m->b, "decode", 3);
    declare_decode(m, decode);
    declare_rom(m, fetch);
    struct cpu_vars r;
    struct air *t = air_table(m->b, "cpu", 1u << 22, 0);
    air_committed(t, cpu_columns, MACHINE_COUNT(cpu_columns), &r);
    cpu_constraints(t, &r, fetch, decode, first_value);
}

/* A page ends with a jump: 0 to 2, 1 and 2 to 3, 3 to 0. */
static void rom_preprocess(uint32_t *const *columns)
{
    static const uint32_t after[ROM_PAGES] = {2, 3, 3, 0};
    const struct rom_cols c = {.pc = columns[0], .op = columns[1], .imm = columns[2]};
    for (uint32_t i = 0; i < ROM_PAGES * AIR_PAGE_ROWS; i++) {
        bool jump = i % AIR_PAGE_ROWS == AIR_PAGE_ROWS - 1;
        c.pc[i] = i;
        c.op[i] = jump ? OP_JUMP : i % 5 == 3 ? OP_MUL : OP_ADD;
        c.imm[i] = jump ? after[i / AIR_PAGE_ROWS] * AIR_PAGE_ROWS : 7 * i + 3;
    }
}

/* A run of n steps visits pages 0, 2, 3 in this order. */
static uint32_t pages_visited(uint32_t n)
{
    uint32_t pages = (n + AIR_PAGE_ROWS - 1) / AIR_PAGE_ROWS;
    return pages < 3 ? pages : 3;
}

static void rom_plan(struct machine_filler *f)
{
    machine_set_height(f, "decode", OPS);
    machine_set_height(f, "rom", pages_visited(f->size) * AIR_PAGE_ROWS);
    machine_set_height(f, "cpu", f->size);
}

static uint32_t step(const struct cpu_cols *c, uint32_t i)
{
    switch (c->op[i]) {
    case OP_ADD:
        return fp_add_raw(c->acc[i], c->imm[i]);
    case OP_MUL:
        return (uint32_t)((uint64_t)c->acc[i] * c->imm[i] % FP_P);
    default:
        return c->acc[i];
    }
}

static void rom_fill(struct machine_filler *f)
{
    static const uint32_t pages[] = {0, 2, 3};
    static const uint32_t row_of_page[ROM_PAGES] = {0, 0, AIR_PAGE_ROWS, 2 * AIR_PAGE_ROWS};
    struct cpu_cols c;
    struct count_cols rom, decode;
    uint32_t n = machine_columns(f, "cpu", &c);
    (void)machine_columns(f, "rom", &rom);
    (void)machine_columns(f, "decode", &decode);
    struct air_table_witness *w = machine_table(f, "rom");
    w->pages = pages;
    const uint32_t *const *program = f->w->pre[w - f->w->tables];
    uint32_t pc = 0, acc = 0;
    for (uint32_t i = 0; i < n; i++) {
        c.pc[i] = pc;
        c.acc[i] = acc;
        c.op[i] = program[1][pc];
        c.imm[i] = program[2][pc];
        c.is_jump[i] = c.op[i] == OP_JUMP;
        c.is_mul[i] = c.op[i] == OP_MUL;
        rom.multiplicity[row_of_page[pc / AIR_PAGE_ROWS] + pc % AIR_PAGE_ROWS]++;
        decode.multiplicity[c.op[i]]++;
        f->values[f->value] = acc;
        acc = step(&c, i);
        pc = c.is_jump[i] ? c.imm[i] : pc + 1;
    }
}

const struct machine_part rom_part = {.name = "rom",
                                      .public_values = 1,
                                      .declare = rom_declare,
                                      .plan = rom_plan,
                                      .fill = rom_fill,
                                      .pages = ROM_PAGES,
                                      .pre_table = "rom",
                                      .preprocess = rom_preprocess};
