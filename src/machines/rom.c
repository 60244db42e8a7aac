/* SPDX-License-Identifier: Apache-2.0 */
/* rom.c - the program as a preprocessed table, and how it is made from core instructions.
 *
 * One row per (core row, class that takes it), and one for a core row and the next where a class of pairs takes both; row 0 is MX_PC_ENTRY, a jump to the kernel's entry.  The committed column is how often a row
 * was fetched.  What the soundness of the machine asks of the Rom is asserted here, by setup: a pc has one row, or rows of
 * classes with `fits` (which prove disjoint sets of addresses), and beside them one that does what its row and the next do; rows lead only to rows of their own half, kernel-only classes stand in kernel rows only, user rows name
 * no register of the kernel; VM_REG_ZERO is nobody's rd; fields are below p (that limbs are below 2^16 is the encoders': mx_limb).  A program cannot be proven outside of its Rom: pcs without a row lead nowhere. */
#include "machines/rom.h"

#include <stdlib.h>

#define ROM_PRE(X)                                      \
    X(pc, , 31, "program counter")                      \
    X(class, , 7, "class that proves the row")          \
    X(inc, , 31, "pc of the next instruction minus pc") \
    X(tgt, , 31, "pc of the target")                    \
    X(rd, , 7, "register written")                      \
    X(ra, , 7, "first register read")                   \
    X(rb, , 7, "second register read")                  \
    X(x, [6], 31, "class's own fields")
#define ROM_COLUMNS(X) X(multiplicity, , 31, "how often the row was fetched")
#define ROM_FIELDS     13u

struct rom_pre_vars {
    ROM_PRE(AIR_EXPR)
};
struct rom_vars {
    ROM_COLUMNS(AIR_EXPR)
};
static const struct air_column_spec rom_pre[] = {ROM_PRE(AIR_SPEC)};
static const struct air_column_spec rom_columns[] = {ROM_COLUMNS(AIR_SPEC)};

/* ---- definitions by number ---- */
const struct mx_class_def *const mx_classes[] = {
#define MX_CLASS(NUMBER, symbol) &mx_class_##symbol,
#include "machines/classes.def"
#undef MX_CLASS
};
const unsigned mx_classes_n = MX_COUNT(mx_classes);

const struct mx_store_def *const mx_stores[] = {
#define MX_STORE(symbol) &mx_store_##symbol,
#include "machines/stores.def"
#undef MX_STORE
};
const unsigned mx_stores_n = MX_COUNT(mx_stores);

const struct mx_class_def *mx_class_find(enum mx_class class)
{
    for (unsigned i = 0; i < mx_classes_n; i++) {
        if (mx_classes[i]->class == class) {
            return mx_classes[i];
        }
    }
    return NULL;
}

/* ---- pcs ---- */
#define PC_NOWHERE 0u /* no row, no trap */

static uint32_t place_pc(uint64_t place)
{
    uint64_t offset = place % MX_KERNEL_BASE - MX_TEXT, c2 = place >> 32;
    bool inside = offset < MX_TEXT_SIZE && (offset & 1) == 0 && (c2 == 0 || c2 == MX_KERNEL_C2);
    return inside ? (uint32_t)((c2 == 0 ? MX_PC_USER : MX_PC_KERNEL) + offset / 2) : PC_NOWHERE;
}

static bool is_kernel_pc(uint32_t pc)
{
    return pc >= MX_PC_KERNEL;
}

/* Micro rows are the user's: a kernel's instruction is one row. */
static enum gn_status number_rows(struct mx_program *p, struct gn_error *err)
{
    const struct vm_program *core = p->core;
    for (uint32_t row = 0; row < core->rows_n; row++) {
        bool kernel = gn_vm_row_is_kernel(core, row);
        bool whole = kernel || core->first_of_insn[row];
        uint32_t pc = whole ? place_pc(core->pc_of_row[row]) : MX_PC_MICRO + row;
        p->pc_of_row[row] = pc;
        if (pc == PC_NOWHERE || row >= MX_PC_USER - MX_PC_MICRO || is_kernel_pc(pc) != kernel) {
            return gn_fail(err, GN_LIMIT, "code at 0x%llx is outside of what can be proven",
                           (unsigned long long)core->pc_of_row[row]);
        }
    }
    if (core->kernel_rows_n == 0 || p->pc_of_row[core->vector_row] != MX_PC_VECTOR ||
        !gn_vm_row_is_kernel(core, core->entry_row)) {
        return gn_fail(err, GN_BAD_INPUT, "a program is proven together with a kernel, which begins at its vector");
    }
    return GN_OK;
}

/* ---- rows ---- */
static struct mx_rom_row row_at(const struct mx_program *p, const struct mx_class_def *def, uint32_t core_row)
{
    uint32_t pc = p->pc_of_row[core_row];
    return (struct mx_rom_row){.pc = pc, .class = def->class, .privilege = is_kernel_pc(pc) ? MX_KERNEL : p->user};
}

static void encode_row(struct mx_rom_row *row, const struct mx_program *p, const struct mx_class_def *def,
                       uint32_t core_row)
{
    const struct vm_insn *insn = &p->core->rows[core_row];
    uint32_t pc = p->pc_of_row[core_row];
    *row = row_at(p, def, core_row);
    if (def->uses & MX_USES_INC) {
        row->inc = fp_sub_raw(p->pc_of_row[insn->next], pc);
    }
    if (def->uses & MX_USES_TGT) {
        row->tgt = insn->target == VM_NO_ROW ? place_pc(insn->link) : p->pc_of_row[insn->target];
    }
    if (def->uses & MX_USES_TEXT_END) {
        row->tgt = MX_PC_USER + (uint32_t)(p->core->text_size / 2);
    }
    row->rd = def->uses & MX_USES_RD ? insn->rd : 0;
    row->ra = def->uses & MX_USES_RA ? insn->ra : 0;
    row->rb = def->uses & MX_USES_RB ? insn->rb : 0;
    if (def->encode != NULL) {
        def->encode(row, insn);
    }
}

static void encode_pair(struct mx_rom_row *row, const struct mx_program *p, const struct mx_class_def *def,
                        uint32_t core_row)
{
    const struct vm_insn *first = &p->core->rows[core_row], *second = &p->core->rows[first->next];
    *row = row_at(p, def, core_row);
    row->pair = true;
    row->inc = fp_sub_raw(p->pc_of_row[second->next], row->pc);
    def->encode_pair(row, first, second);
}

/* A row leads to rows of its half.  (Ecall and Resume change it, by constants of their tables; JALR's half is the third limb of its link.) */
static bool stays_inside(const struct mx_rom_row *row, const struct mx_class_def *def)
{
    bool kernel = is_kernel_pc(row->pc);
    uint32_t next = fp_add_raw(row->pc, row->inc);
    return ((def->uses & MX_USES_INC) == 0 || (is_kernel_pc(next) == kernel && next >= MX_PC_MICRO)) &&
           ((def->uses & MX_USES_TGT) == 0 || (is_kernel_pc(row->tgt) == kernel && row->tgt >= MX_PC_MICRO)) &&
           (def->class != MX_JALR || row->x[2] == (kernel ? MX_KERNEL_C2 : 0));
}

static bool may_name(const struct mx_rom_row *row, const struct mx_class_def *def, unsigned uses, uint32_t reg)
{
    bool secret = reg >= VM_REG_KERNEL || reg == VM_REG_TRAP || reg == VM_REG_FRAME;
    bool calls = def->class == MX_CALL || def->class == MX_CALLX || def->class == MX_EXIT;
    return (def->uses & uses) == 0 || row->privilege == MX_KERNEL || !secret ||
           (def->class == MX_ECALL && reg == VM_REG_TRAP) || (calls && reg == VM_REG_FRAME && uses == MX_USES_RD);
}

static enum gn_status check_row(const struct mx_rom_row *row, const struct mx_class_def *def, unsigned alternatives,
                                struct gn_error *err)
{
    if ((def->uses & MX_USES_RD) != 0 && row->rd == VM_REG_ZERO) {
        return gn_fail(err, GN_INTERNAL, "Rom: an instruction of class %s writes register ZERO", def->name);
    }
    if (alternatives > 1 && def->fits == NULL) {
        return gn_fail(err, GN_INTERNAL, "Rom: class %s is not the only one that takes an instruction", def->name);
    }
    if ((def->kernel_only && row->privilege != MX_KERNEL) || (def->user_only && row->privilege == MX_KERNEL)) {
        return gn_fail(err, GN_INTERNAL, "Rom: class %s in code of the other privilege", def->name);
    }
    if (!stays_inside(row, def)) {
        return gn_fail(err, GN_INTERNAL, "Rom: an instruction of class %s leads out of its half", def->name);
    }
    if (!may_name(row, def, MX_USES_RD, row->rd) || !may_name(row, def, MX_USES_RA, row->ra) ||
        !may_name(row, def, MX_USES_RB, row->rb)) {
        return gn_fail(err, GN_INTERNAL, "Rom: user code of class %s names a register of the kernel", def->name);
    }
    bool canonical = row->rd < VM_REGS && row->ra < VM_REGS && row->rb < VM_REGS;
    for (unsigned i = 0; i < 6; i++) {
        canonical = canonical && row->x[i] < FP_P;
    }
    return canonical ? GN_OK : gn_fail(err, GN_INTERNAL, "Rom: fields of class %s out of range", def->name);
}

/* Every halfword of the user's text is an instruction, and i of them before it make its pc MX_PC_USER + i: what CALLX takes for granted. */
static bool text_is_slots(const struct vm_program *core)
{
    bool slots = core->text_base == MX_TEXT;
    for (uint64_t i = 0; slots && i < core->text_size / 2; i++) {
        slots = core->row_of_halfword[i] != VM_NO_ROW;
    }
    return slots;
}

/* Classes that may take an instruction of an operation, in the order of classes.def. */
enum { CANDIDATES = 4, ROM_ROWS_MAX = CANDIDATES + 1 };
struct candidates {
    const struct mx_class_def *class[CANDIDATES];
    unsigned n;
};
struct all_candidates {
    struct candidates by_op[VM_OPS], pairs;
};

static bool add_candidate(struct candidates *c, const struct mx_class_def *def)
{
    bool room = c->n < CANDIDATES;
    if (room) {
        c->class[c->n++] = def;
    }
    return room;
}

static bool list_candidates(struct all_candidates *all)
{
    bool room = true;
    *all = (struct all_candidates){0};
    for (unsigned i = 0; i < mx_classes_n; i++) {
        for (const uint8_t *op = mx_classes[i]->ops; op != NULL && *op < VM_OPS; op++) {
            room = add_candidate(&all->by_op[*op], mx_classes[i]) && room;
        }
        if (mx_classes[i]->takes_pair != NULL) {
            room = add_candidate(&all->pairs, mx_classes[i]) && room;
        }
    }
    return room;
}

/* The class that proves a row and the one that follows it as one; NULL: none. */
static const struct mx_class_def *pair_class(const struct candidates *pairs, const struct vm_program *core,
                                             uint32_t row)
{
    const struct vm_insn *first = &core->rows[row];
    for (unsigned i = 0; i < pairs->n && first->next < core->rows_n; i++) {
        if (pairs->class[i]->takes_pair(first, &core->rows[first->next])) {
            return pairs->class[i];
        }
    }
    return NULL;
}

static enum gn_status encode_rows(struct mx_program *p, struct gn_error *err)
{
    struct all_candidates all;
    if (!list_candidates(&all)) {
        return gn_fail(err, GN_INTERNAL, "Rom: more than %d classes for one operation", CANDIDATES);
    }
    const bool slots = text_is_slots(p->core);
    uint32_t n = 0;
    p->entry = n;
    p->rom[n++] = (struct mx_rom_row){.pc = MX_PC_ENTRY, .class = MX_JUMP, .tgt = p->pc_of_row[p->core->entry_row]};
    for (uint32_t r = 0; r < p->core->rows_n; r++) {
        const struct vm_insn *insn = &p->core->rows[r];
        const struct candidates *c = &all.by_op[insn->op];
        const struct mx_class_def *takers[CANDIDATES];
        unsigned takers_n = 0;
        for (unsigned i = 0; i < c->n; i++) {
            if (c->class[i]->takes(insn)) {
                takers[takers_n++] = c->class[i];
            }
        }
        p->rom_of_row[r] = n;
        p->rom_of_row_n[r] = (uint8_t)takers_n;
        for (unsigned i = 0; i < takers_n; i++) {
            if ((takers[i]->uses & MX_USES_TEXT_END) != 0 && !slots) {
                return gn_fail(err, GN_INTERNAL, "Rom: a computed call in a text that is not slots");
            }
            encode_row(&p->rom[n], p, takers[i], r);
            enum gn_status status = check_row(&p->rom[n++], takers[i], takers_n, err);
            if (status != GN_OK) {
                return status;
            }
        }
        const struct mx_class_def *pair = pair_class(&all.pairs, p->core, r);
        if (pair != NULL) {
            encode_pair(&p->rom[n], p, pair, r);
            enum gn_status status = check_row(&p->rom[n++], pair, 1, err);
            if (status != GN_OK) {
                return status;
            }
            p->rom_of_row_n[r]++;
        }
    }
    p->rom_n = n;
    return GN_OK;
}

/* Does the row that comes next for the executor fault, where the Rom has an instruction at its pc?  (Targets are rows of places, or none.) */
static bool parts_with_executor(const struct mx_program *p, uint32_t row)
{
    const struct vm_program *core = p->core;
    const uint32_t next = core->rows[row].next;
    if (p->rom_of_row_n[row] == 0 || next >= core->rows_n || p->rom_of_row_n[next] != 0 || !core->first_of_insn[next]) {
        return false;
    }
    const uint64_t at = (core->pc_of_row[next] - core->text_base) / 2;
    const uint32_t there = 2 * at < core->text_size ? core->row_of_halfword[at] : VM_NO_ROW;
    return there != VM_NO_ROW && there != next;
}

/* Every core row has a pc of its own: those of whole instructions ascend, and micro rows, below them, are numbered by row. */
static enum gn_status check_pcs(const struct mx_program *p, struct gn_error *err)
{
    uint32_t last = 0;
    for (uint32_t r = 0; r < p->core->rows_n; r++) {
        uint32_t pc = p->pc_of_row[r];
        if (parts_with_executor(p, r)) {
            return gn_fail(err, GN_INTERNAL, "Rom: an instruction where the executor faults");
        }
        if (pc < MX_PC_USER || p->rom_of_row_n[r] == 0) {
            continue;
        }
        if (pc <= last) {
            return gn_fail(err, GN_INTERNAL, "Rom: two instructions at one pc, or out of order");
        }
        last = pc;
    }
    return GN_OK;
}

enum gn_status mx_program_create(struct mx_program **out, const struct vm_program *core, enum mx_privilege user,
                                 const struct mx_region *regions, uint32_t regions_n, struct gn_error *err)
{
    size_t rows = core->rows_n;
    struct mx_program *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for the Rom");
    }
    *p = (struct mx_program){.core = core, .user = user, .regions = regions, .regions_n = regions_n};
    p->pc_of_row = malloc(rows * sizeof *p->pc_of_row);
    p->rom = malloc((ROM_ROWS_MAX * rows + 1) * sizeof *p->rom); /* most of it is never touched */
    p->rom_of_row = malloc(rows * sizeof *p->rom_of_row);
    p->rom_of_row_n = malloc(rows * sizeof *p->rom_of_row_n);
    enum gn_status status = GN_OK;
    if (p->pc_of_row == NULL || p->rom == NULL || p->rom_of_row == NULL || p->rom_of_row_n == NULL) {
        status = gn_fail(err, GN_NO_MEMORY, "no memory for the Rom");
    }
    if (status == GN_OK) {
        status = mx_regions_check(p, err);
    }
    if (status == GN_OK) {
        status = number_rows(p, err);
    }
    if (status == GN_OK) {
        status = encode_rows(p, err);
    }
    if (status == GN_OK) {
        status = check_pcs(p, err);
    }
    if (status != GN_OK) {
        mx_program_destroy(p);
        return status;
    }
    *out = p;
    return GN_OK;
}

void mx_program_destroy(struct mx_program *p)
{
    if (p != NULL) {
        free(p->pc_of_row);
        free(p->rom);
        free(p->rom_of_row);
        free(p->rom_of_row_n);
        free(p);
    }
}

/* ---- the table ---- */
static void declare(struct mx_builder *m)
{
    struct rom_pre_vars pre;
    struct rom_vars r;
    struct air *t = air_table(m->b, "rom", AIR_MAX_HEIGHT, AIR_PREPROCESSED);
    air_preprocessed(t, rom_pre, MX_COUNT(rom_pre), &pre);
    air_committed(t, rom_columns, MX_COUNT(rom_columns), &r);
    bus_supply(t, m->bus.fetch, r.multiplicity, pre.pc, pre.class, pre.inc, pre.tgt, pre.rd, pre.ra, pre.rb, pre.x[0],
               pre.x[1], pre.x[2], pre.x[3], pre.x[4], pre.x[5]);
}

static uint32_t pages_of(const struct mx_program *p)
{
    return (p->rom_n + AIR_PAGE_ROWS - 1) / AIR_PAGE_ROWS;
}

/* Rows behind the last have pc 0, where nobody is. */
static void preprocess(const struct mx_program *p, uint32_t *const *columns)
{
    for (uint32_t i = 0; i < p->rom_n; i++) {
        const struct mx_rom_row *r = &p->rom[i];
        const uint32_t fields[ROM_FIELDS] = {r->pc,   r->class, r->inc,  r->tgt,  r->rd,   r->ra,  r->rb,
                                             r->x[0], r->x[1],  r->x[2], r->x[3], r->x[4], r->x[5]};
        for (unsigned c = 0; c < ROM_FIELDS; c++) {
            columns[c][i] = fields[c];
        }
    }
}

static void joined(const struct mx_run *run, uint8_t *page_used)
{
    memcpy(page_used, run->rom_pages, pages_of(run->program));
}

static uint32_t fill(struct mx_filler *f, uint32_t *const *columns, const struct mx_run *run, const uint32_t *pages,
                     uint32_t height)
{
    for (uint32_t i = 0; i < height; i++) {
        uint32_t row = pages[i / AIR_PAGE_ROWS] * AIR_PAGE_ROWS + i % AIR_PAGE_ROWS;
        columns[0][i] = row < run->program->rom_n ? f->rom[row] : 0;
    }
    return height;
}

const struct mx_store_def mx_store_rom = {
    .name = "rom", .declare = declare, .fill = fill, .pages = pages_of, .preprocess = preprocess, .joined = joined};
