/* SPDX-License-Identifier: Apache-2.0 */
/* lower.h - what the files that make core rows from RISC-V instructions share: lower.c (text of a program), kernel.c (text of a kernel), lower_insn.c and
 * lower_atomic.c (one instruction); internal to riscv/. */
#ifndef GN_RISCV_LOWER_H
#define GN_RISCV_LOWER_H

#include "riscv/program.h"

/* where instructions begin: rows[(pc - base) / 2], VM_NO_ROW elsewhere */
struct rv_text {
    uint64_t base, size;
    uint32_t *rows;
};
static inline uint32_t gn_rv_row_at(const struct rv_text *text, uint64_t pc)
{
    uint64_t offset = pc - text->base;
    return offset < text->size && (offset & 1) == 0 ? text->rows[offset / 2] : VM_NO_ROW;
}

struct lowering {
    struct vm_program *core;
    const struct rv_text *text;
    uint8_t bank; /* register x_i is number bank + i: 0 or VM_REG_KERNEL */
    /* the instruction at hand */
    struct rv_insn insn;
    uint64_t pc;
    uint32_t row, following; /* its row, the row after it */
    uint32_t free_row;       /* first unused row behind the places */
};

static inline void gn_rv_emit_at(struct lowering *l, uint32_t row, struct vm_insn insn)
{
    l->core->rows[row] = insn;
    l->core->pc_of_row[row] = l->pc;
    l->core->first_of_insn[row] = row == l->row && l->bank == 0;
}
/* the instruction in one row */
static inline void gn_rv_emit(struct lowering *l, struct vm_insn insn)
{
    insn.next = l->following;
    gn_rv_emit_at(l, l->row, insn);
}

/* numbers of the registers x_r; x0 reads as ZERO, writes to SINK */
static inline uint8_t gn_rv_source(const struct lowering *l, uint8_t r)
{
    return r == 0 ? VM_REG_ZERO : (uint8_t)(l->bank + r);
}
static inline uint8_t gn_rv_sink(const struct lowering *l, uint8_t r)
{
    return r == 0 ? VM_REG_SINK : (uint8_t)(l->bank + r);
}

/* The rows of l->insn, which is at l->row. */
void gn_rv_lower_insn(struct lowering *l);
/* LR, SC, AMOs; false: none of these */
bool gn_rv_lower_atomic(struct lowering *l);
/* rows behind the first one that insn takes (atomics) */
unsigned gn_rv_more_rows(const struct rv_insn *insn);
/* a row for which there is no instruction; address: reported with VM_FAULT_PC */
void gn_rv_lower_fault(struct lowering *l, enum vm_fault cause, uint64_t address);

#endif
