/* SPDX-License-Identifier: Apache-2.0 */
/* elf_lenient.h - the parts of the loader for versions 0 to 2: elf_lenient.c parses and lays out, elf_relocate.c relocates. */
#ifndef GN_SBPF_ELF_LENIENT_H
#define GN_SBPF_ELF_LENIENT_H

#include "sbpf/elf.h"

enum { SHT_NULL = 0, SHT_SYMTAB = 2, SHT_STRTAB = 3, SHT_DYNAMIC = 6, SHT_NOBITS = 8, SHT_DYNSYM = 11 };
enum { DT_NULL = 0, DT_SYMTAB = 6, DT_REL = 17, DT_RELSZ = 18, DT_RELENT = 19, DT_TAGS = 35 };
enum { SECTION_NAME_MAX = 16, SYMBOL_NAME_MAX = 64 };

struct shdr {
    uint32_t name, type;
    uint64_t flags, addr, offset, size;
    uint32_t link;
};

struct table { /* a part of the file */
    uint64_t offset, size;
    bool there;
};

struct lenient {
    struct elf *e;
    uint8_t *image; /* a copy of the file, which relocations change */
    struct shdr text;
    struct table dynsym, dynstr, relocations;
    uint64_t dynamic[DT_TAGS];
};

struct shdr gn_sbpf_shdr(const struct elf *e, unsigned i);
/* [offset, offset + size) of the file; empty for sections without bytes */
static inline struct range file_range(const struct shdr *s)
{
    return s->type == SHT_NOBITS ? (struct range){0, 0} : (struct range){s->offset, add_saturating(s->offset, s->size)};
}
static inline struct range address_range(const struct shdr *s)
{
    return (struct range){s->addr, add_saturating(s->addr, s->size)};
}

/* The name of at most max - 1 bytes at `at` of a string table; NULL if it does not end in time. */
const char *gn_sbpf_name(const struct elf *e, const struct table *strings, uint32_t at, unsigned max);

/* Relocates l->image and fills the program's functions. */
enum gn_status gn_sbpf_relocate(struct lenient *l);

#define MALFORMED(e, what) REFUSE(e, "FailedToParse(\"" what "\")")

#endif
