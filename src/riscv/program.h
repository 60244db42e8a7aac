/* SPDX-License-Identifier: Apache-2.0 */
/* program.h - the two halves of gn_riscv_load (elf.c, lower.c) and what they share; internal to riscv/. */
#ifndef GN_RISCV_PROGRAM_H
#define GN_RISCV_PROGRAM_H

#include "riscv/kernel.h"
#include "riscv/riscv.h"

#define RV_HEADERS_MAX 64u        /* program headers of all types */
#define RV_TEXT_MAX    (1u << 24) /* from the first to the last byte of executable segments */
#define RV_ROWS_MAX    (1u << 24) /* core rows of them: one for each halfword, up to seven for an atomic */

/* Reads the ELF file: fills segments (sorted by base, disjoint, inside the map), symbols, entry.  The caller frees p
 * also after a failure. */
GN_NODISCARD enum gn_status gn_rv_read_elf(struct rv_program *p, const uint8_t *elf, size_t n, struct gn_error *err);

/* Fills p->core from p->segments. */
GN_NODISCARD enum gn_status gn_rv_lower(struct rv_program *p, struct gn_error *err);

/* Fills p->regions and p->description, when p->core holds the program's rows and not yet the kernel's. */
GN_NODISCARD enum gn_status gn_rv_make_regions(struct rv_program *p, const struct rv_kernel *kernel,
                                               struct gn_error *err);

/* behind the last halfword of a segment */
static inline uint64_t gn_rv_segment_end(const struct rv_segment *s)
{
    return s->base + (s->size & ~UINT64_C(1));
}

/* the executable segment that holds the halfword at pc; NULL when pc is odd or outside of text */
const struct rv_segment *gn_rv_text_segment(const struct rv_program *p, uint64_t pc);

/* The instruction at pc, an even address inside the executable segment s; its second half may be in the next one.  One that does not end in
 * executable memory is illegal. */
bool gn_rv_fetch(struct rv_insn *out, const struct rv_program *p, const struct rv_segment *s, uint64_t pc);

#endif
