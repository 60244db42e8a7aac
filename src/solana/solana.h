/* SPDX-License-Identifier: Apache-2.0 */
/* solana.h - a Solana program in the machine: its rows, the kernel's, and the memory that both begin with (docs/statement.md).
 *
 * What runs is the program's sBPF under the kernel of kernel/solana, which reads the kernel input (struct svm_input, made words by svm/kernel_input.h, or any words), serves syscalls and says
 * the statement.  A kernel that gives up says why; such a run has no proof. */
#ifndef GN_SOLANA_SOLANA_H
#define GN_SOLANA_SOLANA_H

#include "base/buffer.h"
#include "sbpf/sbpf.h"
#include "vm/vm.h"

struct rv_kernel;
extern const struct rv_kernel gn_solana_kernel;

struct solana_region { /* as struct mx_region */
    uint64_t base, size;
    unsigned permissions;
    const uint8_t *image; /* first image_n bytes; zeros behind */
    uint64_t image_n;
};
enum { SOLANA_REGIONS_MAX = 8 };

struct solana_program {
    struct sbpf_program *sbpf;
    enum sbpf_mode mode;
    struct vm_program core; /* the program's rows and, behind them, the kernel's */
    struct gn_buffer description;
    struct solana_region regions[SOLANA_REGIONS_MAX]; /* memory at the start, the input's excepted; ascending */
    unsigned regions_n;
};

/* Loads, verifies and lowers an ELF as deployed.  GN_BAD_INPUT, GN_LIMIT: as gn_sbpf_load and gn_sbpf_verify say. */
GN_NODISCARD enum gn_status gn_solana_program_create(struct solana_program **out, const uint8_t *elf, size_t n,
                                                     enum sbpf_mode mode, struct gn_error *err);
void gn_solana_program_free(struct solana_program *p);

#define SOLANA_INPUT_BASE UINT64_C(0x40000000) /* two words, 0 and the length, then the kernel input */
enum { SOLANA_INPUT_MAX = 1 << 27 };

struct solana_machine {
    const struct solana_program *program;
    struct vm vm;
    struct gn_buffer statement; /* what was said so far: words by index */
    struct gn_buffer said;      /* a byte a word: 1 if said */
    bool wrong;                 /* a word twice, or far off */
};
/* input: whole words, copied.  The machine stands before its first row. */
GN_NODISCARD enum gn_status gn_solana_start(struct solana_machine *m, const struct solana_program *p,
                                            const uint8_t *input, size_t input_n, struct gn_error *err);
void gn_solana_stop(struct solana_machine *m);

enum solana_end {
    SOLANA_HALTED, /* m->statement is whole */
    SOLANA_LIMIT,  /* limit instructions of the program have run; go on with gn_solana_run */
    SOLANA_HINT,   /* the kernel needs a hint: make one of y, append it to the hints, start again */
    SOLANA_GAVE_UP /* err says why: GN_LIMIT (not supported yet: NAME; statement too long), GN_BAD_INPUT (the kernel input), GN_INTERNAL */
};
/* y: 32 bytes, for SOLANA_HINT.  err is filled for SOLANA_GAVE_UP only. */
enum solana_end gn_solana_run(struct solana_machine *m, uint64_t limit, vm_observer *observer, void *observer_ctx,
                              uint8_t y[32], struct gn_error *err);

#endif
