/* SPDX-License-Identifier: Apache-2.0 */
/* vm.h - programs, machine state, memory and the executor: one executor, one meaning, for `run`, `trace`, `stats` and `prove`.
 *
 * A program is a list of core instructions (rows of the Rom table); pc values map to rows through the front end's table.  The executor runs on row numbers.  All
 * faults are results: hostile programs never crash the host. */
#ifndef GN_VM_VM_H
#define GN_VM_VM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum vm_op {
#define CORE(name, machine, form, effect) VM_##name,
#include "vm/isa.def"
#undef CORE
    VM_OPS
};
const char *gn_vm_op_name(enum vm_op op); /* as in isa.def, upper case; "?" beyond the end */
const char *gn_vm_op_machine(enum vm_op op);
const char *gn_vm_op_effect(enum vm_op op);

/* Registers: 1-31 RISC-V (x0 never appears: front ends lower reads of it to immediates or to VM_REG_ZERO, writes to VM_REG_SINK); sBPF's r0-r10 are 1-11. */
enum {
    VM_REG_ZERO = 32,   /* always 0, never written */
    VM_REG_SINK = 33,   /* written where a result is dropped, never read */
    VM_REG_HIDDEN = 34, /* intermediate value of a lowered instruction (AMO) */
    VM_REG_HIDDEN2 = 35,
    VM_REG_RESERVED = 36, /* LR/SC: reserved address + 1, 0 for none */
    VM_REG_FRAME =
        38, /* sBPF: low half the time of the CALL row that is open, high half how many are; 0 at the start */
    VM_REGS = 64
};

#define VM_NO_ROW UINT32_MAX

struct vm_insn {
    uint8_t op, rd, ra, rb;
    uint32_t next;   /* row that follows */
    uint32_t target; /* row of a taken branch or jump; VM_NO_ROW: the target pc holds no instruction */
    uint64_t imm;    /* sign extended where the front end's is */
    uint64_t
        link; /* JALR: value of rd; branches, J, JAL: pc of the target (reported when target is VM_NO_ROW); CALLX: address of text; STOREI: the value */
};

/* A program after lowering.  pc_of_row gives the guest address of the instruction that a row belongs to. */
struct vm_program {
    struct vm_insn *rows;
    uint64_t *pc_of_row;
    uint8_t *first_of_insn; /* 1 for the first row of a guest instruction (a step), 0 for its later micro rows */
    uint32_t rows_n;
    uint64_t text_base, text_size; /* [text_base, text_base + text_size): where row_of_halfword is defined */
    uint32_t *row_of_halfword;     /* (pc - text_base) / 2 -> row, VM_NO_ROW in the middle of an instruction */
    uint32_t entry_row;
};

/* What the executor takes for granted, so that it need not look at every row: operations, register numbers (of the fields that
 * the form uses) and entry are in range, every `next` is a row, `target` is a row or VM_NO_ROW, ZERO is never written and SINK never
 * read, LR and AMOL have imm 0, at most VM_STEP_ROWS rows make an instruction.  (An instruction at the end of text is followed by
 * a FAULT row with cause VM_FAULT_PC.)  GN_INTERNAL otherwise: a front end's bug.  Front ends call it at the end of lowering. */
enum { VM_STEP_ROWS = 16 };
GN_NODISCARD enum gn_status gn_vm_program_check(const struct vm_program *program, struct gn_error *err);

enum vm_fault {
    VM_FAULT_NONE,
    VM_FAULT_ILLEGAL,    /* illegal or unsupported instruction */
    VM_FAULT_PC,         /* jump to an address that holds no instruction (outside of text, or the middle of one) */
    VM_FAULT_LOAD,       /* load outside of readable memory */
    VM_FAULT_STORE,      /* store outside of writable memory */
    VM_FAULT_MISALIGNED, /* atomic access that is not aligned */
    VM_FAULT_BREAKPOINT, /* ebreak */
    VM_FAULT_DIVIDE_ZERO,
    VM_FAULT_DIVIDE_OVERFLOW, /* MIN / -1 */
    VM_FAULT_CALL_DEPTH,      /* CALL or CALLX in frame VM_FRAMES - 1 */
    VM_FAULT_CALL_TARGET,     /* CALLX to outside of text; the depth comes first */
    VM_FAULT_EXIT,            /* EXIT in frame 0: the end of an sBPF program */
    VM_FAULTS
};
const char *gn_vm_fault_name(enum vm_fault fault);

/* ---- memory: regions of a 32-bit guest space; existence is legality ---- */
enum { VM_READ = 1, VM_WRITE = 2 };
struct
    vm_memory; /* 4 GiB of reserved host address space with a permission byte per 4 KiB page; first and last page of a region may be partial */
GN_NODISCARD enum gn_status gn_vm_memory_create(struct vm_memory **m, struct gn_error *err);
void gn_vm_memory_destroy(struct vm_memory *m);
/* Declares [base, base + size): image, then zeros.  Bounds are kept to the byte.  Overlapping regions, regions beyond 2^32 and
 * images longer than the region are GN_BAD_INPUT, too many regions GN_LIMIT; size 0 declares nothing.  An access is legal if each of its bytes is in
 * a region that permits it: it may span two regions that touch. */
GN_NODISCARD enum gn_status gn_vm_memory_map(struct vm_memory *m, uint64_t base, uint64_t size, unsigned permissions,
                                             const void *image, size_t image_n, struct gn_error *err);
/* host-side access for front ends and tests; false outside of regions */
bool gn_vm_memory_read(const struct vm_memory *m, uint64_t at, void *to, size_t n);
bool gn_vm_memory_write(struct vm_memory *m, uint64_t at, const void *from, size_t n); /* whatever the permissions */
struct vm_region {
    uint64_t base, size;
    unsigned permissions;
};
/* the regions in the order of their declaration; valid until the next map */
const struct vm_region *gn_vm_memory_regions(const struct vm_memory *m, size_t *n);

/* ---- executor ----
 *
 * An instruction that faults is not executed: no register or memory changes (but hidden registers), it is not counted in steps, vm.row stays on the row
 * that faulted.  fault_pc is its pc; fault_address the address accessed (first byte), the target of a jump, or the pc for a FAULT
 * row.  A jump to nowhere is a fault of the jump.  Alignment is checked before permission.  An AMO needs memory that can be read and
 * written, otherwise its first row faults as VM_FAULT_STORE.  An SC without its reservation touches no memory. */
enum vm_stop {
    VM_STOP_ECALL, /* row: the ECALL (or a monitor's HALT, which is neither counted nor observed); resume at row->next after serving it */
    VM_STOP_FAULT,
    VM_STOP_LIMIT /* step limit reached; row: the next instruction */
};

/* What CALL and CALLX keep for EXIT.  EXIT exchanges `saved` with the registers, so that its observer finds the values before it in the frame it closed:
 * number (FRAME before) >> 32, minus 1. */
enum { VM_FRAMES = 64, VM_FRAME_REGS = 5, VM_REG_R0 = 1, VM_REG_R6 = 7, VM_REG_R10 = 11 };
struct vm_frame {
    uint64_t saved[VM_FRAME_REGS]; /* r6 ... r10 */
    uint64_t parent;               /* FRAME of the caller */
    uint32_t row;                  /* that follows the call */
};

struct vm {
    const struct vm_program *program;
    struct vm_memory *memory;
    uint64_t regs[VM_REGS];
    uint32_t row;                      /* next row */
    uint64_t steps;                    /* guest instructions executed (first rows) */
    uint64_t rows_run;                 /* rows executed */
    uint64_t unaligned;                /* loads and stores that straddle an 8-byte word */
    struct vm_frame frames[VM_FRAMES]; /* FRAME >> 32 of them are open */
    /* after VM_STOP_FAULT */
    enum vm_fault fault;
    uint64_t fault_pc, fault_address;
};

/* What one executed row did, for trace, stats and (later) witness: a tracing build of the same semantics calls this for every row, after it: vm holds the
 * state that follows (vm->row the next row, or the ECALL itself; counters include the row).  Rows that fault are not seen.  Fields that do not concern the row are 0. */
struct vm_event {
    uint32_t row;
    uint64_t a, b,
        result; /* operands (b: the second, register or immediate) and value of rd (stores: value stored, low `width` bytes) */
    uint64_t before;          /* rd before the row */
    uint64_t reserved_before; /* VM_REG_RESERVED before the row, for LR and SC */
    uint64_t address;         /* effective address of memory operations, target of JALR */
    uint64_t memory_before;   /* the bytes that stood there (low `width` bytes), for loads and stores */
    uint8_t width;            /* bytes accessed, 0 for none (an SC that fails) */
    bool taken;               /* branches */
};
typedef void vm_observer(void *ctx, const struct vm *vm, const struct vm_event *event);

/* Runs until a stop or `limit` more steps (micro rows of the last one included).  Without an observer this is the fast build (threaded code, no per-row bookkeeping beyond step counting). */
enum vm_stop gn_vm_run(struct vm *vm, uint64_t limit, vm_observer *observer, void *observer_ctx);

/* One row as text: "add x5, x6, x7" in core form, rows as @12; returns the length without the final 0, cut off at out_n - 1 as snprintf does. */
size_t gn_vm_format(char *out, size_t out_n, const struct vm_insn *insn);

#endif
