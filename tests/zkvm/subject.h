/* SPDX-License-Identifier: Apache-2.0 */
/* subject.h - a small program, loaded, set up and proven once for a group of tests. */
#ifndef GN_TESTS_ZKVM_SUBJECT_H
#define GN_TESTS_ZKVM_SUBJECT_H

#include "differential/assembler.h"
#include "gnomon/gnomon.h"

struct subject {
    struct gn_buffer elf;
    struct gn_program *program;
    struct gn_proof *proof;
    const uint8_t *file; /* the proof file */
    size_t file_n;
    void *scratch;
    size_t scratch_n;
};
/* A program that counts down from n, writes `output` bytes, and exits with code.  Aborts the test on failure. */
struct gn_buffer subject_elf(uint32_t n, uint32_t output, unsigned code);
void subject_open(struct subject *s, uint32_t n, uint32_t output, unsigned code);
void subject_close(struct subject *s);

/* Verifies a copy of exactly n bytes, so that a sanitizer sees a read behind the end. */
enum gn_verdict subject_verify(const struct subject *s, const uint8_t *file, size_t n);

#endif
