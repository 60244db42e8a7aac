/* SPDX-License-Identifier: Apache-2.0 */
/* hosted.h - the Solana kernel as an ordinary program: its machine instructions (kernel/solana/machine.h) are functions here, and the program it serves runs in a small
 * interpreter that knows words and their kinds as the machine does.  So everything of the kernel but its translation is tested without the machine.
 *
 * The interpreter is written from the reference's rules, not from src/sbpf or src/vm. */
#ifndef GN_TESTS_KERNEL_HOSTED_H
#define GN_TESTS_KERNEL_HOSTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/solana/abi.h"

struct hosted_program {
    uint64_t version, flags, entry, slots_n, text_address;
    const uint8_t *text;  /* 8 slots_n bytes, as executed */
    const uint8_t *sites; /* slots_n */
    uint64_t rodata_address, rodata_n;
    const uint8_t *rodata;
    /* target of a resolved call at a slot (sites: 0) */
    int64_t (*callee)(const void *ctx, uint64_t slot);
    const void *callee_ctx;
};

struct hosted_run {
    bool halted;
    uint64_t stop, detail; /* else: why the kernel gave up */
    uint64_t y[4];         /* with GN_SOL_STOP_HINT: what detail points to */
    uint64_t *statement;   /* halted: words, until the next run */
    size_t words;
    uint64_t instructions; /* of the program, those that the kernel executed included */
    uint64_t copied, emulated;
    char error[160]; /* what a kernel must not do: not empty */
};

/* What a lying prover may do: leave the program at a time of its choice. */
struct hosted_lies {
    uint64_t trap_after; /* instructions since the last entry; 0: honest */
    uint64_t entry;      /* of which entry of the program, from 1 */
    bool past_the_end;   /* of the units: goes on */
};
extern struct hosted_lies hosted_lies; /* honest again after a run */

/* input: the kernel input, whole words.  Forgets the run before. */
void hosted_run(struct hosted_run *run, const struct hosted_program *program, const void *input, size_t n);
/* the program's memory after a run; false: not there */
bool hosted_read(uint64_t address, void *to, size_t n);

#endif
