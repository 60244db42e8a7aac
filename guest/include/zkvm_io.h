/* SPDX-License-Identifier: Apache-2.0 */
/* zkvm_io.h - input and output of a guest, as the eth-act zkVM standards name them. */
#ifndef ZKVM_IO_H
#define ZKVM_IO_H

#include <stddef.h>
#include <stdint.h>

/* The input, in place: *buf is 8-byte aligned and readable for *size bytes rounded up to 8, the rest being zeros.
 * Always the same answer. */
void read_input(const uint8_t **buf, size_t *size);

/* Appends to the public output, which the proof binds; 1 MiB in all. */
void write_output(const uint8_t *out, size_t size);

#endif
