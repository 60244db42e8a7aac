/* SPDX-License-Identifier: Apache-2.0 */
/* builder.h - sBPF text and files, made in memory: honest ones, of which tests then change single fields. */
#ifndef GN_TESTS_VECTORS_BUILDER_H
#define GN_TESTS_VECTORS_BUILDER_H

#include "base/buffer.h"
#include "sbpf/sbpf.h"

void put_insn(struct gn_buffer *text, unsigned opcode, unsigned dst, unsigned src, int off, int64_t imm);
void put_lddw(struct gn_buffer *text, unsigned dst, uint64_t value);
#define PUT_EXIT(text) put_insn(text, 0x95, 0, 0, 0, 0)

/* A program of `version` at its usual addresses; text is copied.  NULL if it is refused. */
struct sbpf_program *bare_program(enum sbpf_version version, const struct gn_buffer *text);

struct build_symbol {
    const char *name;
    uint8_t info; /* 0x12: a global function */
    uint64_t value;
};
struct build_relocation {
    uint64_t offset;
    uint32_t type, symbol;
};
struct build {
    uint32_t version, entry_slot;
    const struct gn_buffer *text, *rodata; /* rodata: NULL for none */
    const struct build_symbol *symbols;    /* numbered from 1 */
    size_t symbols_n;
    const struct build_relocation *relocations; /* none: no dynamic table */
    size_t relocations_n;
};

/* Versions 0 to 2: sections null .text .rodata .dynamic .dynsym .dynstr .rel.dyn .shstrtab, in this order and each at the address that is its place in the file; two program
 * headers (text; dynamic table). */
enum { BUILD_PHDR = 64, BUILD_TEXT = BUILD_PHDR + 2 * 56 };
enum build_section {
    BUILD_NULL,
    BUILD_S_TEXT,
    BUILD_RODATA,
    BUILD_DYNAMIC,
    BUILD_DYNSYM,
    BUILD_DYNSTR,
    BUILD_REL,
    BUILD_SHSTRTAB,
    BUILD_SECTIONS
};
struct built {
    struct gn_buffer file;
    size_t at[BUILD_SECTIONS]; /* of the sections' bytes */
    size_t headers;            /* of the section headers */
};
struct built build_lenient(const struct build *b);

/* Version 3: header, one or two program headers, rodata, text. */
struct gn_buffer build_strict(const struct build *b);

#endif
