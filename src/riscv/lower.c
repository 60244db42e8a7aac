/* SPDX-License-Identifier: Apache-2.0 */
/* lower.c - RISC-V text to core rows.
 *
 * Where instructions begin.  RV64C allows an instruction at every even address, and text may hold data (constants,
 * jump tables, ELF headers).  A sweep starts at the beginning of every executable segment and at every anchor (entry,
 * executable sections, functions) and decodes one instruction after the other until it meets a place that an earlier
 * sweep has decoded, or the segment's end.  So the places form a set that depends on the file alone, not on the order
 * of sweeps, and every instruction falls through to a place of the set.  Other even addresses hold no instruction:
 * entering them is the fault VM_FAULT_PC.  An illegal encoding takes one halfword.
 *
 * Rows.  Row k is the k-th place in order of addresses.  Behind them stand the further rows of instructions that need
 * several (`next` leads there and back), and one row for each executable segment whose fault is executed by whoever
 * runs off its end.
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
 *     at the jump itself.
 * Several: LR, SC, AMOs.  H, H2 are hidden registers, so rd may be rs1 or rs2:
 *   AMOL H, (rs1);  OP H2, H, rs2;  ST H2, (rs1);  MOV rd, H            without OP for amoswap, without MOV for x0
 *   AMOL H, (rs1);  [ADDIW H2, rs2, 0];  BLT.. new, H, take;
 *     keep: ST H, (rs1), goto end;  take: ST rs2, (rs1);  end: MOV rd, H
 *   LA rd, (rs1);  ADDI RESERVED, rs1, 1                                 with H and a MOV if rd is rs1
 *   AMOL H, (rs1);  ADDI H2, rs1, 1;  BNE H2, RESERVED, failed;
 *     ST rs2, (rs1);  MOVI rd, 0, goto end;  failed: MOVI rd, 1;  end: MOVI RESERVED, 0      without the two for x0
 * Only the first row can fault.  The second for min and max, where `new` is rs2 or, for 32 bits, H2 (sign extension keeps the unsigned order too, so
 * minu.w compares 64 bits). */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "riscv/decode.h"
#include "riscv/program.h"

struct lowering {
    const struct rv_program *program;
    struct vm_program *core;
    /* the instruction at hand */
    struct rv_insn insn;
    uint64_t pc;
    uint32_t row, following; /* its row, the row after it */
    uint32_t free_row;       /* first unused row behind the places */
};

/* ---- rows ---- */
static uint32_t row_at(const struct vm_program *core, uint64_t pc)
{
    uint64_t offset = pc - core->text_base;
    return offset < core->text_size && (offset & 1) == 0 ? core->row_of_halfword[offset / 2] : VM_NO_ROW;
}

static void emit_at(struct lowering *l, uint32_t row, struct vm_insn insn)
{
    l->core->rows[row] = insn;
    l->core->pc_of_row[row] = l->pc;
    l->core->first_of_insn[row] = row == l->row;
}

/* the instruction in one row */
static void emit(struct lowering *l, struct vm_insn insn)
{
    insn.next = l->following;
    emit_at(l, l->row, insn);
}

static uint8_t source(uint8_t r)
{
    return r == 0 ? VM_REG_ZERO : r;
}

static uint8_t sink(uint8_t r)
{
    return r == 0 ? VM_REG_SINK : r;
}

/* ---- one-row shapes that several instructions share; rd is not x0 ---- */
static void nothing(struct lowering *l)
{
    emit(l, (struct vm_insn){.op = VM_J, .target = l->following, .link = l->pc + l->insn.length});
}

static void constant(struct lowering *l, uint64_t value)
{
    emit(l, (struct vm_insn){.op = VM_MOVI, .rd = l->insn.rd, .imm = value});
}

static void immediate(struct lowering *l, enum vm_op op, uint8_t rs, int64_t imm)
{
    emit(l, (struct vm_insn){.op = (uint8_t)op, .rd = l->insn.rd, .ra = rs, .imm = (uint64_t)imm});
}

static void move(struct lowering *l, uint8_t rs)
{
    if (rs == 0) {
        constant(l, 0);
    } else if (rs == l->insn.rd) {
        nothing(l);
    } else {
        emit(l, (struct vm_insn){.op = VM_MOV, .rd = l->insn.rd, .ra = rs});
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

/* address: reported with VM_FAULT_PC */
static void fault(struct lowering *l, enum vm_fault cause, uint64_t address)
{
    emit(l,
         (struct vm_insn){.op = VM_FAULT, .rd = VM_REG_SINK, .imm = cause, .link = cause == VM_FAULT_PC ? address : 0});
}

static bool in_text_span(uint64_t place)
{
    return place - VM_USER_TEXT < VM_TEXT_SPAN;
}

/* A direct jump or branch to outside of the span is an illegal place, taken or not. */
static bool jumps_outside(const struct rv_insn *i, uint64_t pc)
{
    enum rv_format format = gn_rv_encodings[i->op].format;
    return (format == RV_FORMAT_J || format == RV_FORMAT_B) && !in_text_span(pc + (uint64_t)i->imm);
}

static void jump(struct lowering *l, struct vm_insn insn, uint64_t to)
{
    insn.target = row_at(l->core, to);
    insn.link = to;
    emit(l, insn);
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
    switch (i->rs2 == 0 ? second_is_x0 : i->rs1 == 0 ? first_is_x0 : KEEP) {
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
        emit(l, (struct vm_insn){.op = (uint8_t)op, .rd = i->rd, .ra = source(i->rs1), .rb = source(i->rs2)});
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
        jump(l, (struct vm_insn){.op = (uint8_t)op, .ra = source(i->rs1), .rb = source(i->rs2)}, to);
    }
}

static void jal(struct lowering *l)
{
    uint64_t to = l->pc + (uint64_t)l->insn.imm;
    if (l->insn.rd == 0) {
        jump(l, (struct vm_insn){.op = VM_J}, to);
    } else {
        jump(l, (struct vm_insn){.op = VM_JAL, .rd = l->insn.rd, .imm = l->pc + l->insn.length}, to);
    }
}

static void jalr(struct lowering *l)
{
    const struct rv_insn *i = &l->insn;
    emit(l, (struct vm_insn){.op = VM_JALR,
                             .rd = sink(i->rd),
                             .ra = source(i->rs1),
                             .target = VM_NO_ROW,
                             .imm = (uint64_t)i->imm,
                             .link = l->pc + i->length});
}

/* ---- memory ---- */
static void load(struct lowering *l, enum vm_op op)
{
    const struct rv_insn *i = &l->insn;
    emit(l, (struct vm_insn){.op = (uint8_t)op, .rd = sink(i->rd), .ra = source(i->rs1), .imm = (uint64_t)i->imm});
}

static void store(struct lowering *l, enum vm_op op)
{
    const struct rv_insn *i = &l->insn;
    emit(l, (struct vm_insn){.op = (uint8_t)op, .ra = source(i->rs1), .rb = source(i->rs2), .imm = (uint64_t)i->imm});
}

/* ---- read-modify-write ---- */
enum amo_kind { NOT_AMO, RESERVE, CONDITIONAL, SWAP, OPERATION, LESSER, GREATER };

struct amo {
    uint8_t kind, op; /* operation, or the branch that compares */
    bool word;
};

static const struct amo amos[RV_OPS] = {
#define BOTH_WIDTHS(name, kind, op) [RV_##name##_W] = {kind, op, true}, [RV_##name##_D] = {kind, op, false}
    BOTH_WIDTHS(AMOSWAP, SWAP, 0),          BOTH_WIDTHS(AMOADD, OPERATION, VM_ADD),
    BOTH_WIDTHS(AMOAND, OPERATION, VM_AND), BOTH_WIDTHS(AMOOR, OPERATION, VM_OR),
    BOTH_WIDTHS(AMOXOR, OPERATION, VM_XOR), BOTH_WIDTHS(AMOMIN, LESSER, VM_BLT),
    BOTH_WIDTHS(AMOMAX, GREATER, VM_BLT),   BOTH_WIDTHS(AMOMINU, LESSER, VM_BLTU),
    BOTH_WIDTHS(AMOMAXU, GREATER, VM_BLTU), BOTH_WIDTHS(LR, RESERVE, 0),
    BOTH_WIDTHS(SC, CONDITIONAL, 0),
#undef BOTH_WIDTHS
};

/* rows behind the places that insn takes */
static unsigned more_rows(const struct rv_insn *insn)
{
    const struct amo *a = &amos[insn->op];
    unsigned move_rows = insn->rd != 0;
    switch (a->kind) {
    case RESERVE:
        return insn->rd == insn->rs1 ? 1 + move_rows : 1;
    case CONDITIONAL:
        return 4 + 2 * move_rows;
    case SWAP:
        return 1 + move_rows;
    case OPERATION:
        return 2 + move_rows;
    case LESSER:
    case GREATER:
        return 3 + move_rows + (a->word && insn->rs2 != 0);
    default:
        return 0;
    }
}

/* the next row behind the places; next: where it leads */
static uint32_t emit_more(struct lowering *l, struct vm_insn insn, uint32_t next)
{
    uint32_t row = l->free_row++;
    insn.next = next;
    emit_at(l, row, insn);
    return row;
}

static void load_reserved(struct lowering *l, bool word)
{
    const struct rv_insn *i = &l->insn;
    uint8_t address = source(i->rs1), loaded = i->rd == i->rs1 ? VM_REG_HIDDEN : sink(i->rd);
    uint32_t end = l->following;
    if (i->rd == i->rs1 && i->rd != 0) {
        end = emit_more(l, (struct vm_insn){.op = VM_MOV, .rd = i->rd, .ra = VM_REG_HIDDEN}, end);
    }
    end = emit_more(l, (struct vm_insn){.op = VM_ADDI, .rd = VM_REG_RESERVED, .ra = address, .imm = 1}, end);
    emit_at(l, l->row, (struct vm_insn){.op = word ? VM_LAW : VM_LAD, .rd = loaded, .ra = address, .next = end});
}

static void store_conditional(struct lowering *l, bool word)
{
    const struct rv_insn *i = &l->insn;
    uint8_t address = source(i->rs1), st = word ? VM_SW : VM_SD;
    uint32_t end = emit_more(l, (struct vm_insn){.op = VM_MOVI, .rd = VM_REG_RESERVED}, l->following);
    uint32_t done = end, failed = end;
    if (i->rd != 0) {
        done = emit_more(l, (struct vm_insn){.op = VM_MOVI, .rd = i->rd, .imm = 0}, end);
        failed = emit_more(l, (struct vm_insn){.op = VM_MOVI, .rd = i->rd, .imm = 1}, end);
    }
    uint32_t stored = emit_more(l, (struct vm_insn){.op = st, .ra = address, .rb = source(i->rs2)}, done);
    uint32_t compared = emit_more(
        l, (struct vm_insn){.op = VM_BNE, .ra = VM_REG_HIDDEN2, .rb = VM_REG_RESERVED, .target = failed}, stored);
    uint32_t wanted =
        emit_more(l, (struct vm_insn){.op = VM_ADDI, .rd = VM_REG_HIDDEN2, .ra = address, .imm = 1}, compared);
    emit_at(l, l->row,
            (struct vm_insn){.op = word ? VM_AMOLW : VM_AMOLD, .rd = VM_REG_HIDDEN, .ra = address, .next = wanted});
}

static void read_modify_write(struct lowering *l)
{
    const struct rv_insn *i = &l->insn;
    const struct amo *a = &amos[i->op];
    uint8_t address = source(i->rs1), operand = source(i->rs2), st = a->word ? VM_SW : VM_SD;

    /* from the end to the beginning, so that every row knows the one that follows */
    uint32_t end = l->following;
    if (i->rd != 0) {
        end = emit_more(l, (struct vm_insn){.op = VM_MOV, .rd = i->rd, .ra = VM_REG_HIDDEN}, end);
    }
    uint8_t stored = a->kind == OPERATION ? VM_REG_HIDDEN2 : operand;
    uint32_t second = emit_more(l, (struct vm_insn){.op = st, .ra = address, .rb = stored}, end);
    if (a->kind == OPERATION) {
        second = emit_more(l, (struct vm_insn){.op = a->op, .rd = VM_REG_HIDDEN2, .ra = VM_REG_HIDDEN, .rb = operand},
                           second);
    } else if (a->kind == LESSER || a->kind == GREATER) {
        bool extend = a->word && i->rs2 != 0;
        uint8_t value = extend ? VM_REG_HIDDEN2 : operand;
        uint32_t take = second,
                 keep = emit_more(l, (struct vm_insn){.op = st, .ra = address, .rb = VM_REG_HIDDEN}, end);
        second = emit_more(l,
                           (struct vm_insn){.op = a->op,
                                            .ra = a->kind == LESSER ? value : VM_REG_HIDDEN,
                                            .rb = a->kind == LESSER ? VM_REG_HIDDEN : value,
                                            .target = take},
                           keep);
        if (extend) {
            second = emit_more(l, (struct vm_insn){.op = VM_ADDIW, .rd = VM_REG_HIDDEN2, .ra = operand}, second);
        }
    }
    emit_at(l, l->row,
            (struct vm_insn){.op = a->word ? VM_AMOLW : VM_AMOLD, .rd = VM_REG_HIDDEN, .ra = address, .next = second});
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
        fault(l, VM_FAULT_ILLEGAL, 0);
        break;
    }
}

static void amo(struct lowering *l)
{
    const struct amo *a = &amos[l->insn.op];
    if (a->kind == RESERVE) {
        load_reserved(l, a->word);
    } else if (a->kind == CONDITIONAL) {
        store_conditional(l, a->word);
    } else {
        read_modify_write(l);
    }
}

static void lower(struct lowering *l)
{
    if (jumps_outside(&l->insn, l->pc)) {
        fault(l, VM_FAULT_PC, l->pc + (uint64_t)l->insn.imm);
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
        emit(l, (struct vm_insn){.op = VM_ECALL});
        break;
    case RV_EBREAK:
        fault(l, VM_FAULT_BREAKPOINT, 0);
        break;
    case RV_ILLEGAL:
        fault(l, VM_FAULT_ILLEGAL, 0);
        break;
    default:
        if (amos[l->insn.op].kind != NOT_AMO) {
            amo(l);
        } else {
            lower_result(l);
        }
    }
}

// clang-format on

/* ---- places ---- */

/* Marks the places from pc on that are not marked yet, in *row_of_halfword, and adds up rows. */
static void sweep(struct vm_program *core, const struct rv_segment *s, uint64_t pc, uint64_t *rows)
{
    uint64_t end = s->base + (s->size & ~UINT64_C(1));
    while (pc < end) {
        uint32_t *place = &core->row_of_halfword[(pc - core->text_base) / 2];
        if (*place != VM_NO_ROW) {
            return;
        }
        struct rv_insn insn;
        gn_rv_fetch(&insn, s, pc);
        *place = 0;
        *rows += 1 + more_rows(&insn);
        pc += insn.length;
    }
}

static void number_places(struct vm_program *core, uint32_t *places)
{
    *places = 0;
    for (uint64_t h = 0; h < core->text_size / 2; h++) {
        if (core->row_of_halfword[h] != VM_NO_ROW) {
            core->row_of_halfword[h] = (*places)++;
        }
    }
}

static enum gn_status find_places(struct rv_program *p, const struct rv_anchors *anchors, uint32_t *places,
                                  struct gn_error *err)
{
    struct vm_program *core = &p->core;
    uint64_t rows = 0, end = 0;
    core->text_base = UINT64_MAX;
    for (uint32_t i = 0; i < p->segments_n; i++) {
        const struct rv_segment *s = &p->segments[i];
        if (s->executable) {
            core->text_base = s->base < core->text_base ? s->base : core->text_base;
            end = s->base + (s->size & ~UINT64_C(1));
            rows++; /* its end */
        }
    }
    core->text_size = end - core->text_base;
    core->row_of_halfword = malloc(core->text_size / 2 * sizeof *core->row_of_halfword);
    if (core->row_of_halfword == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for a text of %" PRIu64 " bytes", core->text_size);
    }
    memset(core->row_of_halfword, 0xff, core->text_size / 2 * sizeof *core->row_of_halfword); /* VM_NO_ROW */
    for (uint32_t i = 0; i < p->segments_n; i++) {
        if (p->segments[i].executable) {
            sweep(core, &p->segments[i], p->segments[i].base, &rows);
        }
    }
    for (size_t i = 0; i < anchors->n; i++) {
        sweep(core, gn_rv_text_segment(p, anchors->at[i]), anchors->at[i], &rows);
    }
    core->rows_n = (uint32_t)rows; /* at most 5 per halfword of RV_TEXT_MAX: no overflow */
    number_places(core, places);
    return GN_OK;
}

static void lower_segment(struct lowering *l, const struct rv_segment *s)
{
    uint64_t end = s->base + (s->size & ~UINT64_C(1));
    uint32_t end_row = l->free_row++;
    l->pc = end;
    l->row = end_row;
    l->following = end_row;
    fault(l, VM_FAULT_PC, end);
    for (uint64_t pc = s->base; pc < end; pc += 2) {
        uint32_t row = row_at(l->core, pc);
        if (row != VM_NO_ROW) {
            gn_rv_fetch(&l->insn, s, pc);
            l->pc = pc;
            l->row = row;
            uint32_t following = row_at(l->core, pc + l->insn.length);
            l->following = following == VM_NO_ROW ? end_row : following;
            lower(l);
        }
    }
}

enum gn_status gn_rv_lower(struct rv_program *p, const struct rv_anchors *anchors, struct gn_error *err)
{
    struct lowering l = {.program = p, .core = &p->core};
    enum gn_status status = find_places(p, anchors, &l.free_row, err);
    if (status != GN_OK) {
        return status;
    }
    p->core.rows = calloc(p->core.rows_n, sizeof *p->core.rows);
    p->core.pc_of_row = calloc(p->core.rows_n, sizeof *p->core.pc_of_row);
    p->core.first_of_insn = calloc(p->core.rows_n, sizeof *p->core.first_of_insn);
    if (p->core.rows == NULL || p->core.pc_of_row == NULL || p->core.first_of_insn == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for %u rows", p->core.rows_n);
    }
    for (uint32_t i = 0; i < p->segments_n; i++) {
        if (p->segments[i].executable) {
            lower_segment(&l, &p->segments[i]);
        }
    }
    p->core.entry_row = row_at(&p->core, p->entry);
    if (l.free_row != p->core.rows_n) {
        return gn_fail(err, GN_INTERNAL, "lowering: %u rows of %u", l.free_row, p->core.rows_n);
    }
    return gn_vm_program_check(&p->core, err);
}
