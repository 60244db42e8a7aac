/* SPDX-License-Identifier: Apache-2.0 */
/* host.h - an sBPF program on the executor without a kernel: the host lays out its memory, serves what test programs call, finishes the accesses that words of memory cannot
 * express, and names faults as the reference does. */
#ifndef GN_TESTS_VECTORS_HOST_H
#define GN_TESTS_VECTORS_HOST_H

#include "sbpf/sbpf.h"

struct host_options {
    const struct sbpf_program *program;
    struct sbpf_syscalls syscalls;
    enum sbpf_mode mode;
    unsigned frames; /* at most SBPF_FRAMES */
    const uint8_t *input;
    size_t input_n, heap_n;
    bool input_writable;
    uint64_t budget;
};

struct host {
    struct host_options o;
    struct vm_program core;
    struct vm_memory *memory;
    struct vm vm;
    /* the end */
    bool ended, ok;
    uint64_t r0, units;
    uint32_t slot; /* at which it ended */
    char error[160];
    /* register trace: r0 ... r10 and the slot, before each instruction */
    uint64_t trace_n, trace_hash;
};

GN_NODISCARD enum gn_status host_start(struct host *h, const struct host_options *options, struct gn_error *err);
void host_run(struct host *h);
void host_stop(struct host *h);

/* FNV-1a, 64 bits: what the recordings keep of long things */
#define FNV_START UINT64_C(0xcbf29ce484222325)
uint64_t fnv1a64(uint64_t hash, const void *bytes, size_t n);
uint64_t fnv1a64_word(uint64_t hash, uint64_t word);

uint64_t host_stack_hash(const struct host *h); /* of the frames' bytes, in order */

#endif
