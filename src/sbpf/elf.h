/* SPDX-License-Identifier: Apache-2.0 */
/* elf.h - what the two loaders share; internal to sbpf/.
 *
 * The file is hostile.  Every range is checked against the file's size before it is read; sums that could wrap saturate, and a saturated sum is in no file. */
#ifndef GN_SBPF_ELF_H
#define GN_SBPF_ELF_H

#include "base/bytes.h"
#include "sbpf/opcodes.h"

enum { EHDR_SIZE = 64, PHDR_SIZE = 56, SHDR_SIZE = 64, SYM_SIZE = 24, REL_SIZE = 16, DYN_SIZE = 16 };
enum { PT_LOAD = 1, PT_DYNAMIC = 2, PF_X = 1, PF_R = 4 };

struct range {
    uint64_t start, end; /* start > end: of a sum that wrapped */
};

struct elf {
    const uint8_t *bytes;
    uint64_t n;
    const struct sbpf_load_options *options;
    struct sbpf_program *program; /* to be filled */
    struct gn_error *err;
    /* file header */
    uint64_t entry, phoff, shoff;
    unsigned phnum, shnum, shstrndx;
};

struct phdr {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, filesz, memsz;
};

static inline uint64_t add_saturating(uint64_t a, uint64_t b)
{
    return a + b < a ? UINT64_MAX : a + b;
}

/* [start, start + size), where the end is also a number of the file */
static inline bool in_file(const struct elf *e, uint64_t start, uint64_t size)
{
    return start <= e->n && size <= e->n - start;
}

static inline bool contains(struct range r, uint64_t x)
{
    return r.start <= x && x < r.end;
}

/* e->phoff and e->phnum were checked to be in the file */
struct phdr gn_sbpf_phdr(const struct elf *e, unsigned i);

enum gn_status gn_sbpf_load_lenient(struct elf *e);
enum gn_status gn_sbpf_load_strict(struct elf *e);

#define REFUSE(e, ...)         gn_fail((e)->err, GN_BAD_INPUT, __VA_ARGS__)
#define OUT_OF_BOUNDS(e, what) REFUSE(e, "ValueOutOfBounds: " what)

#endif
