/* SPDX-License-Identifier: Apache-2.0 */
/* lower_insn.c - one RISC-V instruction to core rows; atomics are in lower_atomic.c.
 *
 * One row each:
 *   - x0 as an operand: the operation becomes a move, a constant, the form with an immediate 0, or reads VM_REG_ZERO;
 *     table below.
 *   - x0 as result: a jump to the next row (J is the cheapest row that does nothing), as for fence and hints; loads
 *     and jalr write VM_REG_SINK.
 *   - branches of a register with itself are decided here, as is anything against the constant 0 that has only one
 *     outcome.
 *   - lui and auipc are constants.  jal x0 is J.
 *   - direct jumps to where no instruction stands: target VM_NO_ROW; to outside of the span of text (VM_TEXT_SPAN): VM_FAULT_PC
 *     at the jump itself. */
#include "riscv/decode.h"
#include "riscv/lower.h"

/* number of rd, which is not x0 */
static uint8_t destination(const struct lowering *l)
{
    return (uint8_t)(l->bank + l->insn.rd);
}

/* ---- one-row shapes that several instructions share; rd is not x0 ---- */
static void nothing(struct lowering *l)
{
    gn_rv_emit(l, (struct vm_insn){.op = VM_J, .target = l->following, .link = l->pc + l->insn.length});
}

static void constant(struct lowering *l, uint64_t value)
{
    gn_rv_emit(l, (struct vm_insn){.op = VM_MOVI, .rd = destination(l), .imm = value});
}

static void immediate(struct lowering *l, enum vm_op op, uint8_t rs, int64_t imm)
{
    gn_rv_emit(
        l, (struct vm_insn){.op = (uint8_t)op, .rd = destination(l), .ra = gn_rv_source(l, rs), .imm = (uint64_t)imm});
}

static void move(struct lowering *l, uint8_t rs)
{
    if (rs == 0) {
        constant(l, 0);
    } else if (rs == l->insn.rd) {
        nothing(l);
    } else {
        gn_rv_emit(l, (struct vm_insn){.op = VM_MOV, .rd = destination(l), .ra = gn_rv_source(l, rs)});
    }
}

static void sign_extend_word(struct lowering *l, uint8_t rs)
{
    if (rs == 0) {
        constant(l, 0);
    } else {
        immediate(l, VM_ADDIW, rs, 0);
    }
}

void gn_rv_lower_fault(struct lowering *l, enum vm_fault cause, uint64_t address)
{
    gn_rv_emit(l, (struct vm_insn){
                      .op = VM_FAULT, .rd = VM_REG_SINK, .imm = cause, .link = cause == VM_FAULT_PC ? address : 0});
}

static bool in_text_span(const struct lowering *l, uint64_t place)
{
    return place - (l->bank == 0 ? VM_USER_TEXT : VM_KERNEL_TEXT) < VM_TEXT_SPAN;
}

/* A direct jump or branch to outside of the span is an illegal place, taken or not. */
static bool jumps_outside(const struct lowering *l)
{
    enum rv_format format = gn_rv_encodings[l->insn.op].format;
    return (format == RV_FORMAT_J || format == RV_FORMAT_B) && !in_text_span(l, l->pc + (uint64_t)l->insn.imm);
}

static void jump(struct lowering *l, struct vm_insn insn, uint64_t to)
{
    insn.target = gn_rv_row_at(l->text, to);
    insn.link = to;
    gn_rv_emit(l, insn);
}

/* ---- register operations.  Core names are RISC-V's. ---- */
enum zero { KEEP, A, B, SEXT_A, SEXT_B, SIGN_A, ZERO, ONES };

/* name, result if rs2 is x0, result if rs1 is x0 (and rs2 is not): an operand, its low half sign extended, its sign,
 * a constant, or no simplification */
// clang-format off
#define REGISTER_OPERATIONS(X)                                                                                       \
    X(ADD, A, B)            X(SUB, A, KEEP)         X(ADDW, SEXT_A, SEXT_B) X(SUBW, SEXT_A, KEEP)                    \
    X(AND, ZERO, ZERO)      X(OR, A, B)             X(XOR, A, B)            X(SLT, SIGN_A, KEEP) X(SLTU, ZERO, KEEP) \
    X(SLL, A, ZERO)         X(SRL, A, ZERO)         X(SRA, A, ZERO)                                                  \
    X(SLLW, SEXT_A, ZERO)   X(SRLW, SEXT_A, ZERO)   X(SRAW, SEXT_A, ZERO)                                            \
    X(MUL, ZERO, ZERO)      X(MULW, ZERO, ZERO)                                                                      \
    X(MULH, ZERO, ZERO)     X(MULHU, ZERO, ZERO)    X(MULHSU, ZERO, ZERO)                                            \
    X(DIV, ONES, KEEP)      X(DIVU, ONES, KEEP)     X(DIVW, ONES, KEEP)     X(DIVUW, ONES, KEEP)                     \
    X(REM, A, KEEP)         X(REMU, A, KEEP)        X(REMW, SEXT_A, KEEP)   X(REMUW, SEXT_A, KEEP)
// clang-format on

static void register_operation(struct lowering *l, enum vm_op op, enum zero second_is_x0, enum zero first_is_x0)
{
    const struct rv_insn *i = &l->insn;
    const enum zero zero = i->rs2 == 0 ? second_is_x0 : i->rs1 == 0 ? first_is_x0 : KEEP;
    switch (zero) {
    case A:
        move(l, i->rs1);
        break;
    case B:
        move(l, i->rs2);
        break;
    case SEXT_A:
        sign_extend_word(l, i->rs1);
        break;
    case SEXT_B:
        sign_extend_word(l, i->rs2);
        break;
    case SIGN_A:
        if (i->rs1 == 0) {
            constant(l, 0);
        } else {
            immediate(l, VM_SLTI, i->rs1, 0);
        }
        break;
    case ZERO:
        constant(l, 0);
        break;
    case ONES:
        constant(l, UINT64_MAX);
        break;
    case KEEP:
        gn_rv_emit(l, (struct vm_insn){.op = (uint8_t)op,
                                       .rd = destination(l),
                                       .ra = gn_rv_source(l, i->rs1),
                                       .rb = gn_rv_source(l, i->rs2)});
        break;
    }
}

/* ---- operations with an immediate ---- */
// clang-format off
#define IMMEDIATE_OPERATIONS(X)                                                                                      \
    X(ADDI) X(ADDIW) X(ANDI) X(ORI) X(XORI) X(SLTI) X(SLTIU) X(SLLI) X(SRLI) X(SRAI) X(SLLIW) X(SRLIW) X(SRAIW)
// clang-format on

/* the result for rs1 = x0 */
static uint64_t of_zero(enum vm_op op, int64_t imm)
{
    switch (op) {
    case VM_ADDI:
    case VM_ADDIW: /* 12 bits: sign extended as 32 or 64 bits, it is the same */
    case VM_ORI:
    case VM_XORI:
        return (uint64_t)imm;
    case VM_SLTI:
        return 0 < imm;
    case VM_SLTIU:
        return imm != 0;
    default: /* and, shifts */
        return 0;
    }
}

static void immediate_operation(struct lowering *l, enum vm_op op)
{
    const struct rv_insn *i = &l->insn;
    if (i->rs1 == 0) {
        constant(l, of_zero(op, i->imm));
        return;
    }
    if (i->imm == 0) {
        switch (op) {
        case VM_ADDI:
        case VM_ORI:
        case VM_XORI:
        case VM_SLLI:
        case VM_SRLI:
        case VM_SRAI:
            move(l, i->rs1);
            return;
        case VM_ADDIW:
        case VM_SLLIW:
        case VM_SRLIW:
        case VM_SRAIW:
            sign_extend_word(l, i->rs1);
            return;
        case VM_ANDI:
        case VM_SLTIU: /* nothing is below 0 */
            constant(l, 0);
            return;
        default:
            break;
        }
    }
    immediate(l, op, i->rs1, i->imm);
}

/* ---- control flow ---- */
static void branch(struct lowering *l, enum vm_op op)
{
    const struct rv_insn *i = &l->insn;
    uint64_t to = l->pc + (uint64_t)i->imm;
    bool same = i->rs1 == i->rs2, below_zero = i->rs2 == 0; /* unsigned: a < 0 never, a >= 0 always */
    if ((same && (op == VM_BEQ || op == VM_BGE || op == VM_BGEU)) || (below_zero && op == VM_BGEU)) {
        jump(l, (struct vm_insn){.op = VM_J}, to);
    } else if (same || (below_zero && op == VM_BLTU)) {
        nothing(l);
    } else {
        jump(l, (struct vm_insn){.op = (uint8_t)op, .ra = gn_rv_source(l, i->rs1), .rb = gn_rv_source(l, i->rs2)}, to);
    }
}

static void jal(struct lowering *l)
{
    uint64_t to = l->pc + (uint64_t)l->insn.imm;
    if (l->insn.rd == 0) {
        jump(l, (struct vm_insn){.op = VM_J}, to);
    } else {
        jump(l, (struct vm_insn){.op = VM_JAL, .rd = destination(l), .imm = l->pc + l->insn.length}, to);
    }
}

static void jalr(struct lowering *l)
{
    const struct rv_insn *i = &l->insn;
    gn_rv_emit(l, (struct vm_insn){.op = VM_JALR,
                                   .rd = gn_rv_sink(l, i->rd),
                                   .ra = gn_rv_source(l, i->rs1),
                                   .target = VM_NO_ROW,
                                   .imm = (uint64_t)i->imm,
                                   .link = l->pc + i->length});
}

/* ---- memory ---- */
static void load(struct lowering *l, enum vm_op op)
{
    const struct rv_insn *i = &l->insn;
    gn_rv_emit(
        l, (struct vm_insn){
               .op = (uint8_t)op, .rd = gn_rv_sink(l, i->rd), .ra = gn_rv_source(l, i->rs1), .imm = (uint64_t)i->imm});
}

static void store(struct lowering *l, enum vm_op op)
{
    const struct rv_insn *i = &l->insn;
    gn_rv_emit(l, (struct vm_insn){.op = (uint8_t)op,
                                   .ra = gn_rv_source(l, i->rs1),
                                   .rb = gn_rv_source(l, i->rs2),
                                   .imm = (uint64_t)i->imm});
}

/* ---- one instruction ---- */
// clang-format off
static void lower_result(struct lowering *l)
{
    const struct rv_insn *i = &l->insn;
    if (i->rd == 0) {
        nothing(l);
        return;
    }
    switch (i->op) {
    case RV_LUI:
        constant(l, (uint64_t)i->imm);
        break;
    case RV_AUIPC:
        constant(l, l->pc + (uint64_t)i->imm);
        break;
    case RV_MARCHID:
        constant(l, RV_MARCHID_VALUE);
        break;
#define X(name, zero_b, zero_a) case RV_##name: register_operation(l, VM_##name, zero_b, zero_a); break;
        REGISTER_OPERATIONS(X)
#undef X
#define X(name) case RV_##name: immediate_operation(l, VM_##name); break;
        IMMEDIATE_OPERATIONS(X)
#undef X
    default:
        gn_rv_lower_fault(l, VM_FAULT_ILLEGAL, 0);
        break;
    }
}

void gn_rv_lower_insn(struct lowering *l)
{
    if (jumps_outside(l)) {
        gn_rv_lower_fault(l, VM_FAULT_PC, l->pc + (uint64_t)l->insn.imm);
        return;
    }
    switch (l->insn.op) {
    case RV_JAL:
        jal(l);
        break;
    case RV_JALR:
        jalr(l);
        break;
#define X(name) case RV_##name: branch(l, VM_##name); break;
        X(BEQ) X(BNE) X(BLT) X(BGE) X(BLTU) X(BGEU)
#undef X
#define X(name) case RV_##name: load(l, VM_##name); break;
        X(LB) X(LBU) X(LH) X(LHU) X(LW) X(LWU) X(LD)
#undef X
#define X(name) case RV_##name: store(l, VM_##name); break;
        X(SB) X(SH) X(SW) X(SD)
#undef X
    case RV_FENCE:
    case RV_FENCE_I:
        nothing(l); /* one hart, and text never changes */
        break;
    case RV_ECALL:
        gn_rv_emit(l, (struct vm_insn){.op = VM_ECALL});
        break;
    case RV_EBREAK:
        gn_rv_lower_fault(l, VM_FAULT_BREAKPOINT, 0);
        break;
    case RV_ILLEGAL:
        gn_rv_lower_fault(l, VM_FAULT_ILLEGAL, 0);
        break;
    default:
        if (!gn_rv_lower_atomic(l)) {
            lower_result(l);
        }
    }
}

// clang-format on
