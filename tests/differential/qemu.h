/* SPDX-License-Identifier: Apache-2.0 */
/* qemu.h - one executable under qemu-riscv64 and in Gnomon's machine. */
#ifndef GN_TESTS_QEMU_H
#define GN_TESTS_QEMU_H

#include <stdint.h>

#include "base/buffer.h"
#include "riscv/riscv.h"

struct outcome {
    bool exited;
    unsigned code; /* low byte, as a shell sees it */
    struct gn_buffer output;
    uint64_t steps; /* Gnomon only */
    char note[256]; /* what went wrong, if anything */
};

void outcome_free(struct outcome *o);

/* folder: where the program and its input and output are put.  qemu: path of the program. */
struct outcome run_in_qemu(const char *qemu, const char *folder, const uint8_t *elf, size_t elf_n, const uint8_t *input,
                           size_t input_n);
struct outcome run_in_gnomon(const uint8_t *elf, size_t elf_n, const uint8_t *input, size_t input_n);

/* true if they agree; otherwise says on standard error how they differ */
bool same_outcome(const char *name, const struct outcome *qemu, const struct outcome *gnomon);

bool write_file(const char *path, const uint8_t *bytes, size_t n);
bool read_file(const char *path, struct gn_buffer *to);

#endif
