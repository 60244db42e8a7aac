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

/* Registers: the user's bank 1-31 (RISC-V's x1-x31, or sBPF's r0-r10 as 1-11), hidden and control registers, the kernel's bank 64 + i (RISC-V's
 * x1-x31 of kernel code).  x0 never appears: front ends lower reads of it to immediates or to VM_REG_ZERO, writes to VM_REG_SINK. */
enum {
    VM_REG_ZERO = 32,   /* always 0, never written */
    VM_REG_SINK = 33,   /* written where a result is dropped, never read */
    VM_REG_HIDDEN = 34, /* intermediate value of a lowered instruction (AMO) */
    VM_REG_HIDDEN2 = 35,
    VM_REG_RESERVED = 36, /* LR/SC: reserved address + 1, 0 for none */
    VM_REG_TRAP = 37,     /* how user code was left, see `Traps` below; user code cannot name it */
    VM_REG_FRAME =
        38, /* sBPF: low half the time of the CALL row that is open, high half how many are; 0 at the start.  Only calls and EXIT of user code name it */
    VM_REG_KERNEL = 64, /* + i: the kernel's x_i; only kernel code can name them */
    VM_REGS = 96
};

#define VM_NO_ROW UINT32_MAX

/* Places of instructions.  User code: 0x8000_0000 + 2 i with i the halfword (RISC-V: the place is the address) or the slot number (sBPF), i < 2^28.  Kernel code:
 * addresses from VM_KERNEL_TEXT on, likewise 2^29 bytes. */
#define VM_USER_TEXT   UINT64_C(0x80000000)
#define VM_KERNEL_BASE (UINT64_C(1) << 36) /* the kernel's own memory: [2^36, 2^36 + 2^32) */
#define VM_KERNEL_TEXT (VM_KERNEL_BASE + 0x80000000)
#define VM_TEXT_SPAN   (UINT64_C(1) << 29)

struct vm_insn {
    uint8_t op, rd, ra, rb;
    uint32_t next;   /* row that follows */
    uint32_t target; /* row of a taken branch or jump; VM_NO_ROW: the target pc holds no instruction */
    uint64_t imm;    /* sign extended where the front end's is */
    uint64_t
        link; /* JALR: value of rd; branches, J, JAL: place of the target; FAULT: the address to report; CALLX: address of text; STOREI: the value */
};

/* A program after lowering: the user's rows and, behind them, those of the kernel that serves it.
 *
 * A kernel row is a whole instruction (kernel code has no atomics), user instructions are a first row and up to VM_STEP_ROWS - 1 micro rows.  Without a kernel
 * (kernel_rows_n = 0: bare programs, as tests of single machines use them) rows may be of any operation. */
struct vm_program {
    struct vm_insn *rows;
    uint64_t *pc_of_row; /* place of the instruction that a row belongs to */
    uint8_t *
        first_of_insn; /* 1 for the first row of a user instruction (a step), 0 for its later micro rows and for kernel rows */
    uint32_t rows_n;
    uint64_t text_base,
        text_size; /* [text_base, text_base + text_size): where row_of_halfword is defined; inside [VM_USER_TEXT, + VM_TEXT_SPAN) */
    uint32_t *row_of_halfword; /* (pc - text_base) / 2 -> row, VM_NO_ROW where none begins */
    uint32_t entry_row;        /* where a run begins: in the kernel if there is one */
    /* the kernel */
    uint32_t kernel_rows_n;           /* rows[rows_n - kernel_rows_n] ... are kernel rows; 0: no kernel */
    uint64_t kernel_text_size;        /* from VM_KERNEL_TEXT on */
    uint32_t *kernel_row_of_halfword; /* (pc - VM_KERNEL_TEXT) / 2 -> row or VM_NO_ROW */
    uint32_t vector_row;              /* the row at VM_KERNEL_TEXT, where traps lead */
    bool metered; /* by the kernel: RESUME finds in its x11 how many user instructions run before the next one traps */
};
static inline bool gn_vm_row_is_kernel(const struct vm_program *p, uint32_t row)
{
    return row < p->rows_n && row >= p->rows_n - p->kernel_rows_n;
}

/* What the executor takes for granted, so that it need not look at every row: operations, register numbers (of the fields that
 * the form uses) and entry are in range, every `next` is a row, `target` is a row or VM_NO_ROW, both of the row's own privilege, ZERO is never written and SINK never
 * read, aligned loads have imm 0, at most VM_STEP_ROWS rows make an instruction.  User rows name no kernel's register, no TRAP and no FRAME, and have no kernel operation; kernel rows
 * have no ECALL.  (An instruction at the end of text is followed by
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
    VM_FAULT_CALL_DEPTH,      /* CALL or CALLX in frame VM_FRAMES - 1, or one open frame too many */
    VM_FAULT_CALL_TARGET,     /* CALLX to outside of text; the depth comes first */
    VM_FAULT_EXIT,            /* EXIT in frame 0 (the end of an sBPF program), or in one that is not open */
    VM_FAULT_UNITS,           /* a metering kernel's units are used up */
    VM_FAULTS
};
const char *gn_vm_fault_name(enum vm_fault fault);

/* ---- memory: existence is legality ----
 *
 * Addresses are those of user code and kernel code alike.  The user's windows: [0, 5 * 2^32), 4 GiB each (RISC-V uses the first, sBPF's regions are 0-4); the kernel's own
 * window: [VM_KERNEL_BASE, + 2^32).  An access is legal if each of its bytes is in a region that permits it: it may span two regions that touch, not two windows.
 * User code may do what the region permits.  Kernel code may read all that exists, and write it unless it is VM_FIXED.  So what no user shall see (the kernel's memory, the input of sBPF
 * programs) is a region with neither VM_READ nor VM_WRITE. */
enum { VM_READ = 1, VM_WRITE = 2, VM_FIXED = 4 };
struct
    vm_memory; /* reserved host address space with permission bytes per 4 KiB page; first and last page of a region may be partial */
GN_NODISCARD enum gn_status gn_vm_memory_create(struct vm_memory **m, struct gn_error *err);
void gn_vm_memory_destroy(struct vm_memory *m);
/* Declares [base, base + size): image, then zeros.  Bounds are kept to the byte.  Overlapping regions, regions that are not inside of one window, user's permissions in
 * the kernel's window, VM_WRITE with VM_FIXED and
 * images longer than the region are GN_BAD_INPUT, too many regions GN_LIMIT; size 0 declares nothing. */
GN_NODISCARD enum gn_status gn_vm_memory_map(struct vm_memory *m, uint64_t base, uint64_t size, unsigned permissions,
                                             const void *image, size_t image_n, struct gn_error *err);
/* host-side access for front ends and tests; false outside of regions */
bool gn_vm_memory_read(const struct vm_memory *m, uint64_t at, void *to, size_t n);
bool gn_vm_memory_write(struct vm_memory *m, uint64_t at, const void *from, size_t n); /* whatever the permissions */
/* May user code access every byte of [at, at + n) so?  n = 0: yes. */
bool gn_vm_memory_allows(const struct vm_memory *m, uint64_t at, uint64_t n, unsigned permissions);
struct vm_region {
    uint64_t base, size;
    unsigned permissions;
};
/* the regions in the order of their declaration; valid until the next map */
const struct vm_region *gn_vm_memory_regions(const struct vm_memory *m, size_t *n);

/* Kinds of words that kernel code declares (DECLARE): what the user may do with them.  The kernel may do both.  Numbers are those of the machine (machines/memory/memory.h). */
enum vm_words {
    VM_WORDS_WRITABLE = 1,
    VM_WORDS_READABLE = 2,
    VM_WORDS_PRIVATE = 5,
    VM_WORDS_BYTES =
        8, /* + an interval of bytes that exist (+ VM_WORDS_INTERVALS: writable): from byte 0: 1 ... 8 of them; from byte 1: 1 ... 7; ... */
    VM_WORDS_INTERVALS = 36
};

/* ---- executor ----
 *
 * Time: ts of the first row is VM_TS_FIRST (the Rom's entry row takes 4 ... 7), and every row, trap rows included, takes VM_TS_ROW.
 *
 * Faults.  An instruction that faults is not executed: no register or memory changes (but hidden registers), it is not counted in steps.  A jump (JALR, RESUME, direct) whose target is
 * inside the 2^29 bytes of user text is executed; if no instruction stands there, it is at the target that the fault is (VM_FAULT_PC).  A JALR to elsewhere faults itself.
 * vm.fault, fault_pc, fault_address describe the last fault: fault_pc is the place; fault_address the address accessed (first byte), the
 * target of a jump or the place without instruction, or the `link` of a FAULT row.  Alignment is checked before permission.  An AMO or SC needs memory that can be
 * written, otherwise its first row faults as VM_FAULT_STORE.
 *
 * Traps.  Without a kernel a fault stops the run (VM_STOP_FAULT) at the row that faulted (VM_NO_ROW if there is none), and an ECALL stops it, executed.  With a kernel they go on there:
 *   fault in user code   a trap row, which is no instruction: TRAP := low 32 bits of the place | ts << 32
 *   ECALL                a row:                              TRAP := low 32 bits of the place | (ts + 1) << 32
 * and then program.vector_row.  RESUME rd, ra: rd := ts of the row, on at the user's place in ra (even, inside user text as above).  Kernel registers are not touched by a trap.
 * A fault in kernel code (so also at a place without row) stops the run, VM_STOP_FAULT with fault_in_kernel: such a run has no proof. */
enum { VM_TS_FIRST = 8, VM_TS_ROW = 4 };
enum vm_stop {
    VM_STOP_ECALL, /* only without a kernel; row: the ECALL; go on at row->next after serving it */
    VM_STOP_FAULT,
    VM_STOP_LIMIT, /* step limit reached; row: the next instruction, always of user code */
    VM_STOP_HALT   /* row: the HALT, which is neither counted nor observed: its ts is gn_vm_ts */
};

struct vm;
/* What the host hears of a run while it goes on, with or without an observer.  Members may be NULL. */
struct vm_hooks {
    void *ctx;
    void (*out)(void *ctx, uint64_t index, uint64_t word); /* an OUT row */
    /* an ECALL or SYSCALL, executed, goes to the kernel; of vm only registers (TRAP says where) and memory may be looked at, nothing changed */
    void (*ecall)(void *ctx, const struct vm *vm);
};

/* What CALL and CALLX keep for EXIT.  A frame is named by the time of its call, the low half of FRAME, not by its depth: a kernel may put FRAME aside, let other user code call and exit
 * from depth 0 on, and put it back.  EXIT closes the frame that FRAME names, and with it those that were opened later and are still open.  It exchanges `saved` with the registers, so that
 * its observer finds the values before it in the frame it closed: number vm.frames_n. */
enum {
    VM_FRAMES = 64,       /* depths */
    VM_FRAMES_KEPT = 1024 /* frames that may be open */
};
enum { VM_FRAME_REGS = 5, VM_REG_R0 = 1, VM_REG_R6 = 7, VM_REG_R10 = 11 };
struct vm_frame {
    uint64_t saved[VM_FRAME_REGS]; /* r6 ... r10 */
    uint64_t parent;               /* FRAME of the caller */
    uint32_t row;                  /* that follows the call */
    uint32_t time;                 /* of the call */
};

struct vm {
    const struct vm_program *program;
    struct vm_memory *memory;
    struct vm_hooks hooks;
    uint64_t regs[VM_REGS];
    uint32_t row;       /* next row */
    uint64_t steps;     /* user instructions executed (first rows) */
    uint64_t units;     /* metered programs, stopped by the limit: what RESUME gave and is left */
    uint64_t rows_run;  /* rows executed, trap rows included */
    uint64_t unaligned; /* the user's loads and stores that straddle an 8-byte word */
    uint32_t frames_n;  /* open frames: gn_vm_frame */
    /* the last fault */
    enum vm_fault fault;
    bool fault_in_kernel;
    uint64_t fault_pc, fault_address;
};
/* ts of the next row; in an observer: of the row after the one reported */
static inline uint64_t gn_vm_ts(const struct vm *vm)
{
    return VM_TS_FIRST + VM_TS_ROW * vm->rows_run;
}

/* What one executed row did, for trace, stats and witness: a tracing build of the same semantics calls this for every row, after it: vm holds the
 * state that follows (vm->row the next row, or the ECALL itself if it stops; counters include the row).  Fields that do not concern the row are 0.
 *
 * trap: a trap row.  row is then the user's row that faulted, or VM_NO_ROW when none stands there; address its place; before, result: register TRAP.  (An ECALL is an ordinary row; with a
 * kernel it has before and result of TRAP too.) */
struct vm_event {
    uint32_t row;
    bool trap;
    bool taken;    /* branches */
    uint8_t width; /* bytes accessed, 0 for none */
    uint64_t a, b,
        result; /* operands (b: the second, register or immediate) and value of rd (stores: value stored, low `width` bytes) */
    uint64_t before;        /* rd before the row */
    uint64_t address;       /* effective address of memory operations, target of JALR and RESUME */
    uint64_t memory_before; /* the bytes that stood there (low `width` bytes), for loads and stores */
};
typedef void vm_observer(void *ctx, const struct vm *vm, const struct vm_event *event);

/* Runs until a stop or `limit` more steps (micro rows of the last one, and kernel rows that follow, included).  Without an observer this is the fast build (threaded code, no per-row bookkeeping beyond step counting). */
/* The i-th frame, in the order of calls, i < VM_FRAMES_KEPT; those from frames_n on have been closed. */
struct vm_frame *gn_vm_frame(const struct vm *vm, uint32_t i);

enum vm_stop gn_vm_run(struct vm *vm, uint64_t limit, vm_observer *observer, void *observer_ctx);

/* One row as text: "add x5, x6, x7" in core form, rows as @12; returns the length without the final 0, cut off at out_n - 1 as snprintf does. */
size_t gn_vm_format(char *out, size_t out_n, const struct vm_insn *insn);

#endif
