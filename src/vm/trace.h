/* SPDX-License-Identifier: Apache-2.0 */
/* trace.h - execution_trace.json: a run as text, written while it goes on.
 *
 *   gn_vm_trace_begin(&trace, out, &vm, &options, err);         the state as it is now is the initial one
 *   gn_vm_run(&vm, limit, gn_vm_trace_observe, &trace);         as often as need be
 *   gn_vm_trace_end(&trace, &vm, &final, err);
 *
 * A step is an instruction of the guest; rows of a kernel are left out, its effects on registers belong to the environment call.  The object has the members schema, from, to (null: no end), initial (step, pc, registers that are not 0,
 * memory: regions), steps and final (step, pc, outcome, exit_code or fault, registers).  A step has: step (its number from the start of the run), pc, opcode
 * and operands (the front end's, if it gives a disassembler), core (the rows it was lowered to, with the values of their operands a and b; taken for branches),
 * registers (those that changed, by an environment call too, without SINK and hidden ones, before and after) and memory (each access: address, width, write, the bytes before and after as a
 * little-endian number).  64-bit values are strings "0x...", since JSON's readers take numbers for doubles.
 *
 * sBPF: registers are r0 ... r10, and pc is the number of a slot.  An instruction that leaves for the kernel, which executes it or finds it at fault, and the exit that ends the
 * program are steps, too, with "by_kernel": true, no core rows and no accesses: only what became of the registers is known.
 *
 * Memory does not grow with the run.  To begin late, run up to there without the observer first: that is 100 times as fast as `from`, which leaves out steps but keeps the
 * initial state. */
#ifndef GN_VM_TRACE_H
#define GN_VM_TRACE_H

#include <stdio.h>

#include "vm/vm.h"

/* the instruction at pc as text, "addi a0, a1, 4"; its result is not looked at */
typedef void vm_disassembler(void *ctx, char *out, size_t out_n, uint64_t pc);

struct vm_trace_options {
    uint64_t from, to;            /* steps number from <= number < to are written; to = UINT64_MAX: all */
    vm_disassembler *disassemble; /* may be NULL: core instructions only */
    void *disassemble_ctx;
    bool sbpf; /* the program's registers are r0 ... r10 */
};

struct vm_trace_final {
    const char *outcome; /* "exited", "faulted", "step limit" */
    bool exited;         /* exit_code is written */
    uint64_t exit_code;
    enum vm_fault fault; /* VM_FAULT_NONE: nothing is written */
    uint64_t fault_pc, fault_address;
};

struct vm_trace {
    FILE *out;
    struct vm_trace_options options;
    const struct vm_program *program;
    bool any; /* a step has been written */
    enum gn_status status;
    /* the step at hand; its rows are kept until it is known that it is complete */
    uint64_t number;
    uint32_t events_n;
    struct vm_event events[VM_STEP_ROWS];
    uint64_t exit_before[VM_FRAME_REGS], exit_after[VM_FRAME_REGS]; /* it is an EXIT: r6 ... r10 */
    /* it is an environment call: registers before and after it was served */
    bool called;
    uint64_t call_before[VM_REGS], call_after[VM_REGS];
    uint64_t by_kernel; /* steps so far that vm.steps does not count */
};
/* the number of the next step */
static inline uint64_t gn_vm_trace_step(const struct vm_trace *t, const struct vm *vm)
{
    return vm->steps + t->by_kernel;
}

/* out stays the caller's.  GN_IO when it cannot be written. */
GN_NODISCARD enum gn_status gn_vm_trace_begin(struct vm_trace *t, FILE *out, const struct vm *vm,
                                              const struct vm_trace_options *options, struct gn_error *err);
/* a vm_observer; errors are kept for gn_vm_trace_end */
void gn_vm_trace_observe(void *trace, const struct vm *vm, const struct vm_event *event);
/* Completes and flushes.  An instruction that faulted is no step. */
GN_NODISCARD enum gn_status gn_vm_trace_end(struct vm_trace *t, const struct vm *vm, const struct vm_trace_final *final,
                                            struct gn_error *err);

#endif
