/* SPDX-License-Identifier: Apache-2.0 */
/* lower.c - a verified program to core rows: row i is slot i, row n is the place behind the last slot.
 *
 * Most operations are one line of opcodes.def: a core operation in place, with the constant extended as it says.  Here are the others:
 *   - conditions that core instructions have only the other way round: a > b is b < a, a <= b is b >= a; against a constant, a > i is a >= i + 1 and a <= i is a < i + 1, and where
 *     i + 1 is beyond the numbers, never and always.  jeq and jne with 0 compare with register ZERO.
 *   - moves, byte order, lddw (a constant; its second slot is a place where only a wild callx leads: no instruction).
 *   - calls: to a system call, to a function, or to nothing, which faults. */
#include <inttypes.h>
#include <stdlib.h>

#include "sbpf/opcodes.h"

struct lowering {
    const struct sbpf_program *program;
    struct vm_program *core;
    const struct sbpf_syscalls *syscalls;
    uint64_t stride; /* of r10 at a call */
    uint32_t slot;
    struct sbpf_insn insn;
};

static uint64_t place(uint64_t slot)
{
    return SBPF_TEXT + 2 * slot;
}

static uint8_t core_register(unsigned r)
{
    return (uint8_t)(VM_REG_R0 + r);
}

static uint8_t dst(const struct lowering *l)
{
    return core_register(l->insn.dst);
}

static uint8_t src(const struct lowering *l)
{
    return core_register(l->insn.src);
}

static void emit(struct lowering *l, struct vm_insn row)
{
    if (row.next == 0) {
        row.next = l->slot + 1; /* no row leads to row 0 as its next */
    }
    l->core->rows[l->slot] = row;
}

static void fault(struct lowering *l, enum vm_fault cause)
{
    emit(l, (struct vm_insn){.op = VM_FAULT, .rd = VM_REG_SINK, .imm = cause, .link = place(l->slot)});
}

static void nothing(struct lowering *l)
{
    emit(l, (struct vm_insn){.op = VM_J, .target = l->slot + 1, .link = place(l->slot + 1)});
}

static uint64_t constant(const struct sbpf_insn *insn, enum sbpf_constant kind)
{
    switch (kind) {
    case SBPF_CONSTANT_S:
        return (uint64_t)(int64_t)insn->imm;
    case SBPF_CONSTANT_Z:
        return (uint32_t)insn->imm;
    case SBPF_CONSTANT_N:
        return -(uint64_t)(int64_t)insn->imm;
    case SBPF_CONSTANT_H:
        return (uint64_t)(uint32_t)insn->imm << 32;
    case SBPF_CONSTANT_0:
        break;
    }
    return 0;
}

/* ---- jumps ---- */
static void jump(struct lowering *l, struct vm_insn row)
{
    uint64_t target = gn_sbpf_target(l->slot, l->insn.off);
    row.target = (uint32_t)target;
    row.link = place(target);
    emit(l, row);
}

static void jump_always(struct lowering *l)
{
    jump(l, (struct vm_insn){.op = VM_J});
}

static void compare(struct lowering *l, enum vm_op op, uint64_t imm)
{
    if (imm == 0 && (op == VM_BEQI || op == VM_BNEI)) {
        jump(l, (struct vm_insn){.op = op == VM_BEQI ? VM_BEQ : VM_BNE, .ra = dst(l), .rb = VM_REG_ZERO});
        return;
    }
    jump(l, (struct vm_insn){.op = (uint8_t)op, .ra = dst(l), .imm = imm});
}

/* conditions a > b and a <= b by the operation's code without the bit for "register" (8) and the class (5: 64 bits, 6: 32 bits) */
struct inverse {
    uint8_t code;
    bool is_greater;
    enum vm_op registers, immediate; /* less, or at least */
    uint64_t last;                   /* the constant that nothing is greater than */
};
static const struct inverse inverses[] = {
    {0x25, true, VM_BLTU, VM_BGEUI, UINT64_MAX},    {0xb5, false, VM_BGEU, VM_BLTUI, UINT64_MAX},
    {0x65, true, VM_BLT, VM_BGEI, INT64_MAX},       {0xd5, false, VM_BGE, VM_BLTI, INT64_MAX},
    {0x26, true, VM_BLTUW, VM_BGEUIW, UINT64_MAX}, /* 32 bits: the constant is sign extended, its low half is what counts */
    {0xb6, false, VM_BGEUW, VM_BLTUIW, UINT64_MAX}, {0x66, true, VM_BLTW, VM_BGEIW, INT32_MAX},
    {0xd6, false, VM_BGEW, VM_BLTIW, INT32_MAX},
};

static void jump_inverse(struct lowering *l, enum sbpf_format format)
{
    const struct inverse *i = inverses;
    while (i->code != (l->insn.opcode & 0xf7)) {
        i++;
    }
    uint64_t imm = (uint64_t)(int64_t)l->insn.imm;
    if (format == SBPF_FORMAT_JS) {
        jump(l, (struct vm_insn){.op = (uint8_t)i->registers, .ra = src(l), .rb = dst(l)});
    } else if (imm != i->last) {
        compare(l, i->immediate, imm + 1);
    } else if (i->is_greater) {
        nothing(l);
    } else {
        jump_always(l);
    }
}

/* ---- calls ---- */
static void call(struct lowering *l)
{
    uint32_t which;
    switch (gn_sbpf_callee(l->program, l->syscalls, l->slot, &l->insn, &which)) {
    case SBPF_CALLEE_SYSCALL:
        emit(l, (struct vm_insn){.op = VM_SYSCALL, .imm = which});
        break;
    case SBPF_CALLEE_SLOT:
        emit(l, (struct vm_insn){
                    .op = VM_CALL, .rd = VM_REG_R10, .imm = l->stride, .target = which, .link = place(which)});
        break;
    case SBPF_CALLEE_NONE:
        fault(l, VM_FAULT_ILLEGAL);
        break;
    }
}

static void callx(struct lowering *l)
{
    emit(l, (struct vm_insn){.op = VM_CALLX,
                             .rd = VM_REG_R10,
                             .ra = core_register(gn_sbpf_callx_register(l->program->version, &l->insn)),
                             .imm = l->stride,
                             .link = l->program->text_address});
}

/* ---- moves, byte order ---- */
static void little_endian(struct lowering *l)
{
    if (l->insn.imm == 64) {
        nothing(l);
        return;
    }
    uint64_t mask = UINT64_MAX >> (64 - l->insn.imm);
    emit(l, (struct vm_insn){.op = VM_ANDI, .rd = dst(l), .ra = dst(l), .imm = mask});
}

static void big_endian(struct lowering *l)
{
    enum vm_op op = l->insn.imm == 16 ? VM_BSWAPH : l->insn.imm == 32 ? VM_BSWAPW : VM_BSWAPD;
    emit(l, (struct vm_insn){.op = (uint8_t)op, .rd = dst(l), .ra = dst(l)});
}

/* 32 bits: zeros above; version 2: the sign */
static void move(struct lowering *l)
{
    enum vm_op op = l->insn.opcode == 0xbf ? VM_MOV : l->program->version == SBPF_V2 ? VM_ADDIW : VM_ADDIWZ;
    emit(l, (struct vm_insn){.op = (uint8_t)op, .rd = dst(l), .ra = src(l)});
}

static void wide(struct lowering *l)
{
    uint64_t imm = gn_sbpf_wide_imm(l->program, l->slot);
    emit(l, (struct vm_insn){.op = VM_MOVI, .rd = dst(l), .imm = imm, .next = l->slot + 2});
    l->slot++;
    fault(l, VM_FAULT_ILLEGAL);
}

/* ---- one instruction ---- */
static void lower_other(struct lowering *l, const struct sbpf_op *op)
{
    switch (op->format) {
    case SBPF_FORMAT_JI:
    case SBPF_FORMAT_JS:
        jump_inverse(l, op->format);
        break;
    case SBPF_FORMAT_ENDIAN:
        (l->insn.opcode == 0xd4 ? little_endian : big_endian)(l);
        break;
    case SBPF_FORMAT_LDDW:
        wide(l);
        break;
    case SBPF_FORMAT_CALL:
        call(l);
        break;
    case SBPF_FORMAT_CALLX:
        callx(l);
        break;
    default:
        move(l);
        break;
    }
}

static void lower_insn(struct lowering *l, const struct sbpf_op *op)
{
    uint64_t offset = (uint64_t)(int64_t)l->insn.off, imm = constant(&l->insn, op->constant);
    uint8_t code = (uint8_t)op->core;
    if (op->core == VM_OPS) {
        lower_other(l, op);
        return;
    }
    switch (op->format) {
    case SBPF_FORMAT_DS:
        emit(l, (struct vm_insn){.op = code, .rd = dst(l), .ra = dst(l), .rb = src(l)});
        break;
    case SBPF_FORMAT_LDX:
        emit(l, (struct vm_insn){.op = code, .rd = dst(l), .ra = src(l), .imm = offset});
        break;
    case SBPF_FORMAT_ST:
        emit(l, (struct vm_insn){.op = code, .ra = dst(l), .imm = offset, .link = imm});
        break;
    case SBPF_FORMAT_STX:
        emit(l, (struct vm_insn){.op = code, .ra = dst(l), .rb = src(l), .imm = offset});
        break;
    case SBPF_FORMAT_JA:
        jump_always(l);
        break;
    case SBPF_FORMAT_JI:
        compare(l, op->core, imm);
        break;
    case SBPF_FORMAT_JS:
        jump(l, (struct vm_insn){.op = code, .ra = dst(l), .rb = src(l)});
        break;
    case SBPF_FORMAT_EXIT:
        emit(l, (struct vm_insn){.op = code});
        break;
    default:
        emit(l, (struct vm_insn){.op = code, .rd = dst(l), .ra = dst(l), .imm = imm});
        break;
    }
}

/* ---- the program ---- */
static enum gn_status allocate(struct vm_program *core, uint32_t slots_n, struct gn_error *err)
{
    core->rows = calloc(slots_n + 1u, sizeof *core->rows);
    core->pc_of_row = calloc(slots_n + 1u, sizeof *core->pc_of_row);
    core->first_of_insn = calloc(slots_n + 1u, sizeof *core->first_of_insn);
    core->row_of_halfword = calloc(slots_n + 1u, sizeof *core->row_of_halfword);
    if (core->rows == NULL || core->pc_of_row == NULL || core->first_of_insn == NULL || core->row_of_halfword == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for a core program of %" PRIu32 " rows", slots_n);
    }
    for (uint32_t i = 0; i <= slots_n; i++) {
        core->pc_of_row[i] = place(i);
        core->first_of_insn[i] = 1;
        core->row_of_halfword[i] = i;
    }
    return GN_OK;
}

static uint64_t stride_of(enum sbpf_version version, enum sbpf_mode mode)
{
    if (version == SBPF_V1 || version == SBPF_V2) {
        return 0;
    }
    return gn_sbpf_stack_has_gaps(version, mode) ? 2 * SBPF_FRAME_SIZE : SBPF_FRAME_SIZE;
}

enum gn_status gn_sbpf_lower(struct vm_program *out, const struct sbpf_program *p, enum sbpf_mode mode,
                             const struct sbpf_syscalls *syscalls, struct gn_error *err)
{
    *out = (struct vm_program){.rows_n = p->slots_n + 1,
                               .text_base = SBPF_TEXT,
                               .text_size = 2 * (uint64_t)p->slots_n,
                               .entry_row = p->entry_slot};
    struct lowering l = {.program = p, .core = out, .syscalls = syscalls, .stride = stride_of(p->version, mode)};
    enum gn_status status = allocate(out, p->slots_n, err);
    for (l.slot = 0; status == GN_OK && l.slot < p->slots_n; l.slot++) {
        l.insn = gn_sbpf_insn_at(p, l.slot);
        const struct sbpf_op *op = gn_sbpf_op(p->version, l.insn.opcode);
        if (op == NULL || (op->format == SBPF_FORMAT_LDDW && l.slot + 1 >= p->slots_n)) {
            status = gn_fail(err, GN_INTERNAL, "slot %" PRIu32 " of an sBPF program was not verified", l.slot);
            break;
        }
        lower_insn(&l, op);
    }
    if (status == GN_OK) {
        fault(&l, VM_FAULT_PC); /* l.slot is behind the last */
        status = gn_vm_program_check(out, err);
    }
    if (status != GN_OK) {
        gn_sbpf_core_free(out);
    }
    return status;
}

void gn_sbpf_core_free(struct vm_program *core)
{
    free(core->rows);
    free(core->pc_of_row);
    free(core->first_of_insn);
    free(core->row_of_halfword);
    free(core->kernel_row_of_halfword); /* of a kernel that was joined */
    *core = (struct vm_program){0};
}
