/* SPDX-License-Identifier: Apache-2.0 */
/* lower.c - RISC-V text to core rows.
 *
 * Where instructions begin.  RV64C allows an instruction at every even address, and a computed jump may lead to any of them: each even
 * address of an executable segment is a *place*, with the instruction that a processor would decode there.  So what a program does depends on
 * what is loaded, not on what a file says of its functions.  Places overlap; of two that do, programs hardly ever use both.  An illegal encoding
 * takes one halfword.
 *
 * Rows.  Row k is the k-th place in order of addresses.  Behind them stands one row for each executable segment, whose fault is executed by
 * whoever runs off its end, and then the further rows of instructions that need several (`next` leads there and back). */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "riscv/decode.h"
#include "riscv/lower.h"

/* ---- places ---- */

/* Numbers the places in order of addresses, and counts rows. */
static enum gn_status find_places(struct rv_program *p, uint32_t *places, struct gn_error *err)
{
    struct vm_program *core = &p->core;
    uint64_t rows = 0, end = 0;
    core->text_base = UINT64_MAX;
    for (uint32_t i = 0; i < p->segments_n; i++) {
        const struct rv_segment *s = &p->segments[i];
        if (s->executable) {
            core->text_base = s->base < core->text_base ? s->base : core->text_base;
            end = gn_rv_segment_end(s);
            rows++; /* its end */
        }
    }
    core->text_size = end - core->text_base;
    core->row_of_halfword = malloc((core->text_size / 2 + 1) * sizeof *core->row_of_halfword);
    if (core->row_of_halfword == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for a text of %" PRIu64 " bytes", core->text_size);
    }
    memset(core->row_of_halfword, 0xff, core->text_size / 2 * sizeof *core->row_of_halfword); /* VM_NO_ROW */
    *places = 0;
    for (uint32_t i = 0; i < p->segments_n; i++) {
        const struct rv_segment *s = &p->segments[i];
        for (uint64_t pc = s->base; s->executable && pc < gn_rv_segment_end(s); pc += 2) {
            struct rv_insn insn;
            gn_rv_fetch(&insn, p, s, pc);
            core->row_of_halfword[(pc - core->text_base) / 2] = (*places)++;
            rows += 1 + gn_rv_more_rows(&insn);
        }
    }
    if (rows > RV_ROWS_MAX) {
        return gn_fail(err, GN_LIMIT, "ELF: %" PRIu64 " core rows of code, at most %u are supported", rows,
                       RV_ROWS_MAX);
    }
    core->rows_n = (uint32_t)rows;
    return GN_OK;
}

/* The row of the place at pc, or, if there is none, of the end that is there: the ends' rows are in order of segments from first_end on. */
static uint32_t row_or_end(const struct lowering *l, const struct rv_program *p, uint32_t first_end, uint64_t pc)
{
    uint32_t row = gn_rv_row_at(l->text, pc), end = first_end;
    for (uint32_t i = 0; row == VM_NO_ROW && i < p->segments_n; i++) {
        if (p->segments[i].executable) {
            row = gn_rv_segment_end(&p->segments[i]) == pc ? end : VM_NO_ROW;
            end++;
        }
    }
    return row;
}

static void lower_end(struct lowering *l, const struct rv_segment *s)
{
    l->pc = gn_rv_segment_end(s);
    l->row = l->free_row++;
    l->following = l->row;
    gn_rv_lower_fault(l, VM_FAULT_PC, l->pc);
}

static void lower_segment(struct lowering *l, const struct rv_program *p, const struct rv_segment *s,
                          uint32_t first_end)
{
    for (uint64_t pc = s->base; pc < gn_rv_segment_end(s); pc += 2) {
        gn_rv_fetch(&l->insn, p, s, pc);
        l->pc = pc;
        l->row = gn_rv_row_at(l->text, pc);
        l->following = row_or_end(l, p, first_end, pc + l->insn.length);
        gn_rv_lower_insn(l);
    }
}

enum gn_status gn_rv_lower(struct rv_program *p, struct gn_error *err)
{
    struct rv_text text;
    struct lowering l = {.core = &p->core, .text = &text};
    enum gn_status status = find_places(p, &l.free_row, err);
    if (status != GN_OK) {
        return status;
    }
    if (p->core.rows_n == 0) {
        return gn_fail(err, GN_INTERNAL, "lowering: no segment is executable"); /* the entry is in one (elf.c) */
    }
    text = (struct rv_text){p->core.text_base, p->core.text_size, p->core.row_of_halfword};
    p->core.rows = calloc(p->core.rows_n, sizeof *p->core.rows);
    p->core.pc_of_row = calloc(p->core.rows_n, sizeof *p->core.pc_of_row);
    p->core.first_of_insn = calloc(p->core.rows_n, sizeof *p->core.first_of_insn);
    if (p->core.rows == NULL || p->core.pc_of_row == NULL || p->core.first_of_insn == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for %u rows", p->core.rows_n);
    }
    const uint32_t first_end = l.free_row;
    for (uint32_t i = 0; i < p->segments_n; i++) {
        if (p->segments[i].executable) {
            lower_end(&l, &p->segments[i]);
        }
    }
    for (uint32_t i = 0; i < p->segments_n; i++) {
        if (p->segments[i].executable) {
            lower_segment(&l, p, &p->segments[i], first_end);
        }
    }
    p->core.entry_row = gn_rv_row_at(&text, p->entry);
    if (l.free_row != p->core.rows_n) {
        return gn_fail(err, GN_INTERNAL, "lowering: %u rows of %u", l.free_row, p->core.rows_n);
    }
    return gn_vm_program_check(&p->core, err);
}
