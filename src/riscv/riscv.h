/* SPDX-License-Identifier: Apache-2.0 */
/* riscv.h - the RISC-V front end: RV64IMAC ELF -> core program, memory map, environment.
 *
 * The environment is a kernel, the monitor (kernel/monitor): it runs in the machine beside the program, serves its calls, finds the causes of its faults, and writes the
 * statement of the run.  What the host sees on its own is compared with that.
 *
 * Machine: machine mode only, LP64 soft float, unaligned loads and stores allowed (Zicclsm).
 * Memory map (the ZisK map):
 *   0x4000_0000  input, read only: u64 (zero), u64 length, data padded to 8 bytes
 *   0x8000_0000  program: all PT_LOAD segments below 0xA000_0000; executable ones are readable, not writable
 *   0xA001_0000  output, 64 KiB, readable and writable; its first 256 bytes are public
 *   0xA003_0000  RAM up to 0xC000_0000
 * Environment calls (a7; arguments a0, a1, a2; result a0), numbered as in Linux so that guests also run under an
 * emulator of it:
 *   93  exit(code)
 *   64  write(fd, buffer, n) = n     fd 1: public output; fd 2: diagnostics, which never fault and are no part of the
 *       result: the host shows what it can read, RV_PUBLIC_MAX bytes in all
 * and three of its own, which change memory and give 0; addresses are multiples of 8:
 *   2000  Keccak-f[1600] of the 25 words at a0
 *   2001  SHA-256's compression of the 8 x u32 at a0 and the 64 bytes at a1
 *   2002  Poseidon2 of the 24 x u32 at a0 (base/poseidon2.h): any u32, mod p; what comes out is below p
 * They fault at the ecall's pc as misaligned, as a load (a1), or as a store (a0: readable and writable memory), in this order, with that address.
 * Public output from memory that is not readable faults as a load at the ecall's pc, with the address of the buffer;
 * any other call or fd is an illegal instruction there.  Public output beyond RV_PUBLIC_MAX bytes cannot be part of a
 * statement: the run is refused by name (GN_LIMIT). */
#ifndef GN_RISCV_RISCV_H
#define GN_RISCV_RISCV_H

#include "base/buffer.h"
#include "vm/vm.h"

#define RV_INPUT_BASE   0x40000000u
#define RV_INPUT_MAX    ((1u << 27) - 16) /* header and data: what a proof can hold */
#define RV_PROGRAM_BASE 0x80000000u
#define RV_PROGRAM_END  0xA0000000u
#define RV_OUTPUT_BASE  0xA0010000u
#define RV_OUTPUT_SIZE  0x10000u
#define RV_RAM_BASE     0xA0030000u
#define RV_RAM_END      0xC0000000u
#define RV_PUBLIC_MAX   (1u << 20)
#define RV_SEGMENTS_MAX 16u /* PT_LOAD segments */

/* ---- decode ---- */
struct rv_insn {
    uint32_t op;                  /* enum rv_op (decode.h) */
    uint8_t rd, rs1, rs2, length; /* length: 2 or 4 */
    int64_t imm;
};

/* ---- load and lower ---- */
struct rv_symbol {
    uint64_t address, size;
    const char *name;
};
struct rv_program {
    struct vm_program core;
    /* segments as loaded, for mapping memory and, later, the image table */
    struct rv_segment {
        uint64_t base, size; /* size >= image_n; the rest is zero */
        const uint8_t *image;
        size_t image_n;
        unsigned permissions;
        bool executable; /* holds instructions; not writable */
    } *segments;
    uint32_t segments_n;
    struct rv_symbol *symbols; /* functions, sorted by address; may be empty */
    uint32_t symbols_n;
    uint64_t entry;
    uint8_t elf_hash[32];
    /* all memory of a run but the input, ascending: what user code and kernel may do with it (VM_READ, VM_WRITE, VM_FIXED) and what stands there at first */
    struct rv_region {
        uint64_t base, size; /* size >= image_n; the rest is zero */
        unsigned permissions;
        const uint8_t *image;
        size_t image_n;
    } *regions;
    uint32_t regions_n;
    uint8_t *description; /* for the monitor (kernel/description.h); one of the regions */
    size_t description_n;
    uint8_t *ram_images[RV_SEGMENTS_MAX]; /* of regions in RAM */
    uint32_t ram_images_n;
};
/* elf need not outlive the call.  Hostile input gives GN_BAD_INPUT (malformed, or nothing that this machine could load: wrong machine, place or permissions) or GN_LIMIT (another kind of RISC-V file, too many of something) and one
 * line. */
GN_NODISCARD enum gn_status gn_riscv_load(struct rv_program **out, const uint8_t *elf, size_t n, struct gn_error *err);
void gn_riscv_free(struct rv_program *p);
/* the instruction at pc as assembly text ("addi a0, a1, 4"); returns its length in bytes, 0 outside of text */
unsigned gn_riscv_disassemble(char *out, size_t out_n, const struct rv_program *p, uint64_t pc);

/* ---- run ---- */
struct rv_result {
    enum { RV_EXITED, RV_FAULTED, RV_STEP_LIMIT } outcome;
    uint64_t exit_code;  /* RV_EXITED: a0 */
    enum vm_fault fault; /* RV_FAULTED, with pc and address */
    uint64_t fault_pc, fault_address;
    struct gn_buffer output;      /* write_output */
    struct gn_buffer diagnostics; /* write(2, ...) */
    struct gn_buffer statement;   /* RV_EXITED, RV_FAULTED: what the monitor said (kernel/description.h) */
    uint64_t steps, unaligned;
};
void gn_riscv_result_free(struct rv_result *r); /* the buffers */
/* Sets up memory and registers for p and input; the caller may step it with gn_vm_run, or let gn_riscv_run do
 * everything. */
struct rv_machine {
    const struct rv_program *program;
    struct vm vm;
    struct rv_result result;
    /* while it runs (environment.c): what the host makes of the last call, and what the monitor has said */
    struct rv_watch {
        bool ends; /* the call ends the run, so: */
        enum vm_fault fault;
        uint64_t value, address;
        uint64_t head_said; /* bit i: word i, of those before the output */
        uint8_t head[37 * 8];
        struct gn_buffer words; /* of output */
        bool disorder;          /* words that nobody expects */
    } watch;
};
GN_NODISCARD enum gn_status gn_riscv_start(struct rv_machine *m, const struct rv_program *p, const uint8_t *input,
                                           size_t input_n, struct gn_error *err);
/* Runs to the end, or until the machine has made max_steps since its start (outcome RV_STEP_LIMIT; may be called
 * again with more).  Once ended it stays as it is, vm.row at the monitor's HALT.  GN_LIMIT when the run cannot be part of
 * a statement (public output over RV_PUBLIC_MAX). */
GN_NODISCARD enum gn_status gn_riscv_run(struct rv_machine *m, uint64_t max_steps, vm_observer *observer,
                                         void *observer_ctx, struct gn_error *err);
void gn_riscv_stop(struct rv_machine *m); /* frees memory, not the result's buffers */

#endif
