/* SPDX-License-Identifier: Apache-2.0 */
/* program.h - an ELF and a struct svm_input, run by the hosted kernel: what setup and the host do around a run. */
#ifndef GN_TESTS_KERNEL_PROGRAM_H
#define GN_TESTS_KERNEL_PROGRAM_H

#include "hosted.h"
#include "sbpf/sbpf.h"
#include "svm/statement.h"

/* Loads and verifies elf, runs it with the hints that it turns out to need, reads the statement into arena.  GN_LIMIT, GN_INTERNAL: the kernel gave up, by name.
 * run: NULL, or what was seen. */
GN_NODISCARD enum gn_status program_run(struct svm_statement *out, const struct svm_input *in, struct svm_bytes elf,
                                        bool by_hash, struct gn_arena *arena, struct hosted_run *run,
                                        struct gn_error *err);

#endif
