/* SPDX-License-Identifier: Apache-2.0 */
/* trap.c - how user code leaves for the kernel: Trap, where an instruction cannot be executed, and Ecall, where it asks for it (sBPF: SYSCALL).
 *
 * Both write register TRAP := place | time << 32.  The place is the instruction's address for RISC-V, 0x8000_0000 + 2 (pc - MX_PC_USER) in general: limbs 2 h and
 * 0x8000 + f with pc = MX_PC_USER + h + 2^15 f.  The time is ts, plus 1 for Ecall; ts is a multiple of 4, so it says which of the two it was.  Nothing
 * else changes, and the next row is the kernel's at VECTOR.
 *
 * Trap fetches nothing: it may stand at any user pc, and is the prover's choice.  The kernel does not believe it: it looks at the instruction
 * and goes where no row is unless the instruction has none (docs/machines.md section 4).  The place of a given pc is unique: h < 2^15 (h, then 2 h
 * by range16: 2 h < 2^17 is an integer), f < 2^13 (f, then 8 f < 2^19).  A pc outside of the user's half, or a further row of an instruction, has no such form:
 * kernel code cannot be left by a trap, and no instruction in its middle.
 *
 * Ecall's place stands in its Rom row (x0, x1), as does, by being fetched, that it is the place of this pc. */
#include "machines/machine.h"

#define TRAP_COLUMNS(X)                               \
    X(ts, , 24, "time")                               \
    X(h, , 15, "pc, lowest 15 bits")                  \
    X(f, , 13, "pc, those above, in the user's half") \
    X(high, , 8, "time, second limb")                 \
    X(d_old, [4], 16, "register TRAP before")         \
    X(d_gap, , 16, "time since its last access, minus one")
#define ECALL_COLUMNS(X)                            \
    X(ts, , 24, "time")                             \
    X(place, [2], 16, "address of the instruction") \
    X(high, , 8, "time + 1, second limb")           \
    X(d_old, [4], 16, "register TRAP before")       \
    X(d_gap, , 16, "time since its last access, minus one")

struct trap_vars {
    TRAP_COLUMNS(AIR_EXPR)
};
struct trap_cols {
    TRAP_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec trap_columns[] = {TRAP_COLUMNS(AIR_SPEC)};
struct ecall_vars {
    ECALL_COLUMNS(AIR_EXPR)
};
struct ecall_cols {
    ECALL_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec ecall_columns[] = {ECALL_COLUMNS(AIR_SPEC)};

static void declare_trap(struct mx_builder *m)
{
    struct trap_vars r;
    struct air *t = air_table(m->b, "trap", AIR_MAX_HEIGHT, 0);
    air_committed(t, trap_columns, MX_COUNT(trap_columns), &r);
    mx_range16(t, m, r.h);
    mx_range16(t, m, mulk(r.h, 2));
    mx_range16(t, m, r.f);
    expr pc = mx_place(t, m, constant(t, MX_PC_USER), r.h, r.f);
    expr low = mx_time_limbs(t, m, r.ts, r.high);
    const expr trap[4] = {mulk(r.h, 2), addk(r.f, 0x8000), low, r.high};

    mx_step(t, m, pc, r.ts, constant(t, MX_PC_VECTOR));
    mx_reg_write(t, m, r.ts, MX_SLOT_D, constant(t, VM_REG_TRAP), r.d_gap, r.d_old, trap);
}

static void declare_ecall(struct mx_builder *m)
{
    struct ecall_vars r;
    struct air *t = air_table(m->b, "ecall", AIR_MAX_HEIGHT, 0);
    air_committed(t, ecall_columns, MX_COUNT(ecall_columns), &r);
    /* halves of limbs, as elements: exact because a Rom row of class Ecall has an even x0 (encode) */
    expr h = mulk(r.place[0], (FP_P + 1) / 2), f = addk(r.place[1], -0x8000);
    expr pc = addk(add(h, mulk(f, 1 << 15)), MX_PC_USER);
    expr low = mx_time_limbs(t, m, addk(r.ts, 1), r.high);
    const expr trap[4] = {r.place[0], r.place[1], low, r.high};
    expr reg = constant(t, VM_REG_TRAP);

    mx_fetch(t, m, MX_ECALL, pc, &(struct mx_fields){.rd = reg, .x = {r.place[0], r.place[1]}});
    mx_step(t, m, pc, r.ts, constant(t, MX_PC_VECTOR));
    mx_reg_write(t, m, r.ts, MX_SLOT_D, reg, r.d_gap, r.d_old, trap);
}

static bool takes_trap(const struct vm_insn *insn)
{
    (void)insn;
    return false;
}

static bool takes_ecall(const struct vm_insn *insn)
{
    return insn->op == VM_ECALL || insn->op == VM_SYSCALL;
}

static void encode_ecall(struct mx_rom_row *row, const struct vm_insn *insn)
{
    (void)insn;
    uint32_t i = row->pc - MX_PC_USER;
    row->rd = VM_REG_TRAP;
    row->x[0] = 2 * i & 0xffff;
    row->x[1] = 0x8000 + (i >> 15);
}

static void put_time(struct mx_filler *f, uint32_t *high, size_t row, uint32_t time)
{
    high[row] = time >> 16;
    mx_count_range16(f, time);
    mx_count_range8(f, time >> 16);
}

static void put_old(struct mx_filler *f, uint32_t *const old[4], uint32_t *gap, size_t row, const struct mx_record *rec)
{
    mx_put_limbs(old, row, rec->old);
    gap[row] = rec->gap[MX_SLOT_D];
    mx_count_range16(f, gap[row]);
}

static void fill_trap(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct trap_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        c.ts[i] = rec->ts;
        c.h[i] = mx_limb(rec->result, 0) >> 1;
        c.f[i] = mx_limb(rec->result, 1) - 0x8000;
        mx_count_range16(f, c.h[i]);
        mx_count_range16(f, 2 * c.h[i]);
        mx_count_range16(f, c.f[i]);
        mx_count_range16(f, 8 * c.f[i]);
        put_time(f, c.high, i, rec->ts);
        put_old(f, c.d_old, c.d_gap, i, rec);
    }
}

static void fill_ecall(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct ecall_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        c.ts[i] = rec->ts;
        c.place[0][i] = rom->x[0];
        c.place[1][i] = rom->x[1];
        put_time(f, c.high, i, rec->ts + 1);
        put_old(f, c.d_old, c.d_gap, i, rec);
    }
}

const struct mx_class_def mx_class_trap = {.name = "trap",
                                           .class = MX_TRAP,
                                           .uses = MX_USES_RD,
                                           .record_bytes = sizeof(struct mx_record),
                                           .declare = declare_trap,
                                           .takes = takes_trap,
                                           .fill = fill_trap};
const struct mx_class_def mx_class_ecall = {.name = "ecall",
                                            .class = MX_ECALL,
                                            .uses = MX_USES_RD,
                                            .user_only = true,
                                            .record_bytes = sizeof(struct mx_record),
                                            .declare = declare_ecall,
                                            .ops = MX_OPS(VM_SYSCALL, VM_ECALL),
                                            .takes = takes_ecall,
                                            .encode = encode_ecall,
                                            .fill = fill_ecall};
