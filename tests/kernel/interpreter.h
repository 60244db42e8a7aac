/* SPDX-License-Identifier: Apache-2.0 */
/* interpreter.h - sBPF versions 0 to 3, an instruction at a time, as the machine executes them: what cannot be executed is left to the kernel. */
#ifndef GN_TESTS_KERNEL_INTERPRETER_H
#define GN_TESTS_KERNEL_INTERPRETER_H

#include <stdbool.h>
#include <stdint.h>

enum { INTERPRETER_FRAMES = 64 };

struct interpreter {
    uint64_t version;
    const uint8_t *text, *sites;
    uint64_t slots_n, text_address, stride;
    int64_t (*callee)(const void *ctx, uint64_t slot); /* slot that a call names */
    const void *callee_ctx;
    bool (*access)(void *ctx, uint64_t address, unsigned n, bool store, uint64_t *value);
    void *ctx;
    uint64_t r[11], slot, time;
    unsigned depth;
    struct {
        uint64_t saved[5], slot; /* r6 ... r10, where to return */
    } frames[INTERPRETER_FRAMES];
};

/* Runs until a syscall (true in *syscall), an instruction that it cannot execute, or `limit` instructions; slot is then the place, time that of the row there.  Returns how many
 * instructions ran, the syscall not counted. */
uint64_t interpreter_run(struct interpreter *m, uint64_t limit, bool *syscall);

#endif
