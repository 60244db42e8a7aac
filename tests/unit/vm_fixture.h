/* SPDX-License-Identifier: Apache-2.0 */
/* vm_fixture.h - small core programs, written row by row, and both builds of the executor on them. */
#ifndef GN_TESTS_VM_FIXTURE_H
#define GN_TESTS_VM_FIXTURE_H

#include <string.h>

#include "cm.h"
#include "vm/vm.h"

#define TEXT UINT64_C(0x80000000)
#define DATA UINT64_C(0x90000000)
enum { ROWS = 48, EVENTS = 64 };

/* Each row is an instruction of 4 bytes, unless it is made a micro row. */
struct guest {
    struct vm_insn rows[ROWS];
    uint64_t pc_of_row[ROWS];
    uint8_t first_of_insn[ROWS];
    uint32_t row_of_halfword[2 * ROWS];
    struct vm_program program;
    struct vm vm;
    struct vm_event events[EVENTS];
    uint64_t steps_at[EVENTS], rows_run_at[EVENTS];
    uint32_t next_at[EVENTS];
    unsigned events_n;
};

static inline void guest_observe(void *ctx, const struct vm *vm, const struct vm_event *event)
{
    struct guest *g = ctx;
    assert_ptr_equal(vm, &g->vm);
    if (g->events_n < EVENTS) {
        g->events[g->events_n] = *event;
        g->steps_at[g->events_n] = vm->steps;
        g->rows_run_at[g->events_n] = vm->rows_run;
        g->next_at[g->events_n] = vm->row;
    }
    g->events_n++;
}

static inline void guest_init(struct guest *g, struct vm_memory *memory)
{
    memset(g, 0, sizeof *g);
    for (unsigned i = 0; i < 2 * ROWS; i++) {
        g->row_of_halfword[i] = VM_NO_ROW;
    }
    g->program = (struct vm_program){.rows = g->rows,
                                     .pc_of_row = g->pc_of_row,
                                     .first_of_insn = g->first_of_insn,
                                     .text_base = TEXT,
                                     .row_of_halfword = g->row_of_halfword};
    g->vm.program = &g->program;
    g->vm.memory = memory;
}

/* a row that leads to the one added after it */
static inline uint32_t guest_row(struct guest *g, struct vm_insn insn)
{
    uint32_t row = g->program.rows_n++;
    assert_true(row < ROWS);
    insn.next = row + 1;
    g->rows[row] = insn;
    g->pc_of_row[row] = TEXT + g->program.text_size;
    g->first_of_insn[row] = 1;
    g->row_of_halfword[g->program.text_size / 2] = row;
    g->program.text_size += 4;
    return row;
}

/* a further row of the instruction before it */
static inline uint32_t guest_micro_row(struct guest *g, struct vm_insn insn)
{
    uint32_t row = g->program.rows_n++;
    assert_true(row < ROWS);
    insn.next = row + 1;
    g->rows[row] = insn;
    g->pc_of_row[row] = TEXT + g->program.text_size - 4;
    g->first_of_insn[row] = 0;
    return row;
}

/* ECALL as the last row */
static inline void guest_end(struct guest *g)
{
    uint32_t row = guest_row(g, (struct vm_insn){.op = VM_ECALL});
    g->rows[row].next = row;
    struct gn_error err;
    if (gn_vm_program_check(&g->program, &err) != GN_OK) {
        fail_msg("%s", err.text);
    }
}

/* From the first row on, registers as they are. */
static inline enum vm_stop guest_run(struct guest *g, bool observed)
{
    g->vm.row = 0;
    g->vm.steps = g->vm.rows_run = g->vm.unaligned = 0;
    g->vm.fault = VM_FAULT_NONE;
    g->vm.fault_pc = g->vm.fault_address = 0;
    g->events_n = 0;
    return gn_vm_run(&g->vm, 1000, observed ? guest_observe : NULL, g);
}

static inline struct vm_memory *guest_memory(void)
{
    struct vm_memory *memory;
    struct gn_error err;
    if (gn_vm_memory_create(&memory, &err) != GN_OK) {
        fail_msg("%s", err.text);
    }
    return memory;
}

static inline void guest_map(struct vm_memory *memory, uint64_t base, uint64_t size, unsigned permissions)
{
    struct gn_error err;
    if (gn_vm_memory_map(memory, base, size, permissions, NULL, 0, &err) != GN_OK) {
        fail_msg("%s", err.text);
    }
}

#endif
