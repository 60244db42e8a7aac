/* SPDX-License-Identifier: Apache-2.0 */
/* lower_atomic.c - LR, SC and AMOs to core rows.
 *
 * H, H2 are hidden registers, so rd may be rs1 or rs2:
 *   AMOL H, (rs1);  OP H2, H, rs2;  ST H2, (rs1);  MOV rd, H            without OP for amoswap, without MOV for x0
 *   AMOL H, (rs1);  [ADDIW H2, rs2, 0];  BLT.. new, H, take;
 *     keep: ST H, (rs1), goto end;  take: ST rs2, (rs1);  end: MOV rd, H
 *   LA rd, (rs1);  ADDI RESERVED, rs1, 1                                 with H and a MOV if rd is rs1
 *   AMOL H, (rs1);  ADDI H2, rs1, 1;  BNE H2, RESERVED, failed;
 *     ST rs2, (rs1);  MOVI rd, 0, goto end;  failed: MOVI rd, 1;  end: MOVI RESERVED, 0      without the two for x0
 * Only the first row can fault.  The second for min and max, where `new` is rs2 or, for 32 bits, H2 (sign extension keeps the unsigned order too, so
 * minu.w compares 64 bits). */
#include "riscv/decode.h"
#include "riscv/lower.h"

/* number of rd, which is not x0 */
static uint8_t destination(const struct lowering *l)
{
    return (uint8_t)(l->bank + l->insn.rd);
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
unsigned gn_rv_more_rows(const struct rv_insn *insn)
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
    gn_rv_emit_at(l, row, insn);
    return row;
}

static void load_reserved(struct lowering *l, bool word)
{
    const struct rv_insn *i = &l->insn;
    uint8_t address = gn_rv_source(l, i->rs1), loaded = i->rd == i->rs1 ? VM_REG_HIDDEN : gn_rv_sink(l, i->rd);
    uint32_t end = l->following;
    if (i->rd == i->rs1 && i->rd != 0) {
        end = emit_more(l, (struct vm_insn){.op = VM_MOV, .rd = destination(l), .ra = VM_REG_HIDDEN}, end);
    }
    end = emit_more(l, (struct vm_insn){.op = VM_ADDI, .rd = VM_REG_RESERVED, .ra = address, .imm = 1}, end);
    gn_rv_emit_at(l, l->row, (struct vm_insn){.op = word ? VM_LAW : VM_LAD, .rd = loaded, .ra = address, .next = end});
}

static void store_conditional(struct lowering *l, bool word)
{
    const struct rv_insn *i = &l->insn;
    uint8_t address = gn_rv_source(l, i->rs1), st = word ? VM_SW : VM_SD;
    uint32_t end = emit_more(l, (struct vm_insn){.op = VM_MOVI, .rd = VM_REG_RESERVED}, l->following);
    uint32_t done = end, failed = end;
    if (i->rd != 0) {
        done = emit_more(l, (struct vm_insn){.op = VM_MOVI, .rd = destination(l), .imm = 0}, end);
        failed = emit_more(l, (struct vm_insn){.op = VM_MOVI, .rd = destination(l), .imm = 1}, end);
    }
    uint32_t stored = emit_more(l, (struct vm_insn){.op = st, .ra = address, .rb = gn_rv_source(l, i->rs2)}, done);
    uint32_t compared = emit_more(
        l, (struct vm_insn){.op = VM_BNE, .ra = VM_REG_HIDDEN2, .rb = VM_REG_RESERVED, .target = failed}, stored);
    uint32_t wanted =
        emit_more(l, (struct vm_insn){.op = VM_ADDI, .rd = VM_REG_HIDDEN2, .ra = address, .imm = 1}, compared);
    gn_rv_emit_at(
        l, l->row,
        (struct vm_insn){.op = word ? VM_AMOLW : VM_AMOLD, .rd = VM_REG_HIDDEN, .ra = address, .next = wanted});
}

static void read_modify_write(struct lowering *l)
{
    const struct rv_insn *i = &l->insn;
    const struct amo *a = &amos[i->op];
    uint8_t address = gn_rv_source(l, i->rs1), operand = gn_rv_source(l, i->rs2), st = a->word ? VM_SW : VM_SD;

    /* from the end to the beginning, so that every row knows the one that follows */
    uint32_t end = l->following;
    if (i->rd != 0) {
        end = emit_more(l, (struct vm_insn){.op = VM_MOV, .rd = destination(l), .ra = VM_REG_HIDDEN}, end);
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
    gn_rv_emit_at(
        l, l->row,
        (struct vm_insn){.op = a->word ? VM_AMOLW : VM_AMOLD, .rd = VM_REG_HIDDEN, .ra = address, .next = second});
}

bool gn_rv_lower_atomic(struct lowering *l)
{
    const struct amo *a = &amos[l->insn.op];
    switch (a->kind) {
    case NOT_AMO:
        return false;
    case RESERVE:
        load_reserved(l, a->word);
        return true;
    case CONDITIONAL:
        store_conditional(l, a->word);
        return true;
    default:
        read_modify_write(l);
        return true;
    }
}
