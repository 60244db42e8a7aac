/* SPDX-License-Identifier: Apache-2.0 */
/* elf.c - reads static RV64 executables.
 *
 * The file is hostile: every offset, count and address is checked against the file's size and the memory map before
 * it is used, arithmetic is arranged so that it cannot wrap, and what is allocated is bounded by the size of the file
 * and the constants of program.h.  What a program may be:
 *   - ELF64, little endian, RISC-V, ET_EXEC, soft float; no interpreter, no dynamic section: nothing is left to
 *     relocate.
 *   - PT_LOAD segments are disjoint, at most RV_SEGMENTS_MAX, each whole inside the program region or inside RAM.
 *     Executable ones lie in the program region, are not writable, have no zero-filled tail.  In the program region a
 *     segment has the permissions that the file gives it; RAM is readable and writable whatever the file says.
 *   - the entry is an even address in an executable segment.
 * Malformed is GN_BAD_INPUT, well formed but not for this machine GN_LIMIT.
 *
 * Section headers only name things, functions for `stats`; a file may have none.
 * Sources: System V ABI, chapter 4 and 5 (ELF-64); RISC-V ELF psABI, "File Header" (e_flags). */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "riscv/program.h"

enum {
    EHDR_SIZE = 64,
    PHDR_SIZE = 56,
    SHDR_SIZE = 64,
    SYM_SIZE = 24,
    ET_EXEC = 2,
    ET_DYN = 3,
    EM_RISCV = 243,
    PT_LOAD = 1,
    PT_DYNAMIC = 2,
    PT_INTERP = 3,
    PF_X = 1,
    PF_W = 2,
    PF_R = 4,
    SHT_SYMTAB = 2,
    SHT_STRTAB = 3,
    STT_FUNC = 2,
    EF_RVC = 1,
    EF_FLOAT_ABI = 6,
    EF_RVE = 8,
    EF_TSO = 16
};

struct reader {
    const uint8_t *elf;
    uint64_t n;
    struct rv_program *p;
    struct gn_error *err;
};

/* are [at, at + size) bytes of the file? */
static bool inside(const struct reader *r, uint64_t at, uint64_t size)
{
    return at <= r->n && size <= r->n - at;
}

/* ---- file header ---- */
static enum gn_status check_header(const struct reader *r)
{
    static const uint8_t magic[4] = {0x7f, 'E', 'L', 'F'};
    const uint8_t *h = r->elf;
    if (r->n < 4 || memcmp(h, magic, 4) != 0) {
        return gn_fail(r->err, GN_BAD_INPUT, "not an ELF file");
    }
    if (r->n < EHDR_SIZE) {
        return gn_fail(r->err, GN_BAD_INPUT, "ELF: truncated header (%" PRIu64 " bytes)", r->n);
    }
    if (h[4] != 2) {
        return gn_fail(r->err, h[4] == 1 ? GN_LIMIT : GN_BAD_INPUT, "ELF: not a 64-bit file (class %u)", h[4]);
    }
    if (h[5] != 1) {
        return gn_fail(r->err, h[5] == 2 ? GN_LIMIT : GN_BAD_INPUT, "ELF: not little endian (data encoding %u)", h[5]);
    }
    if (h[6] != 1 || load_le32(h + 20) != 1) {
        return gn_fail(r->err, GN_BAD_INPUT, "ELF: unknown version");
    }
    if (load_le16(h + 18) != EM_RISCV) {
        return gn_fail(r->err, GN_BAD_INPUT, "ELF: machine %u is not RISC-V (%d)", load_le16(h + 18), EM_RISCV);
    }
    return GN_OK;
}

static enum gn_status check_kind(const struct reader *r)
{
    uint32_t type = load_le16(r->elf + 16), flags = load_le32(r->elf + 48);
    if (type == ET_DYN) {
        return gn_fail(r->err, GN_LIMIT, "ELF: position independent or shared (ET_DYN); link with -static -no-pie");
    }
    if (type != ET_EXEC) {
        return gn_fail(r->err, GN_LIMIT, "ELF: not an executable (type %u)", type);
    }
    if (flags & EF_FLOAT_ABI) {
        return gn_fail(r->err, GN_LIMIT, "ELF: built for a floating-point ABI (flags 0x%x); build with -mabi=lp64",
                       flags);
    }
    if (flags & EF_RVE) {
        return gn_fail(r->err, GN_LIMIT, "ELF: built for RVE, the base with 16 registers (flags 0x%x)", flags);
    }
    if (flags & ~(uint32_t)(EF_RVC | EF_TSO)) {
        return gn_fail(r->err, GN_LIMIT, "ELF: unknown flags 0x%x", flags);
    }
    return GN_OK;
}

/* ---- segments ---- */
static enum gn_status check_place(const struct reader *r, uint64_t base, uint64_t size, bool executable)
{
    bool in_program = base >= RV_PROGRAM_BASE && base < RV_PROGRAM_END && size <= RV_PROGRAM_END - base;
    bool in_ram = base >= RV_RAM_BASE && base < RV_RAM_END && size <= RV_RAM_END - base;
    if (!in_program && !in_ram) {
        return gn_fail(r->err, GN_BAD_INPUT,
                       "ELF: segment at 0x%" PRIx64 ", 0x%" PRIx64
                       " bytes, is outside of program memory (0x%x-0x%x) and RAM (0x%x-0x%x)",
                       base, size, RV_PROGRAM_BASE, RV_PROGRAM_END, RV_RAM_BASE, RV_RAM_END);
    }
    if (executable && !in_program) {
        return gn_fail(r->err, GN_BAD_INPUT, "ELF: executable segment at 0x%" PRIx64 " is in RAM", base);
    }
    return GN_OK;
}

static enum gn_status add_segment(struct reader *r, const uint8_t *h)
{
    uint32_t flags = load_le32(h + 4);
    uint64_t offset = load_le64(h + 8), base = load_le64(h + 16), file_size = load_le64(h + 32),
             size = load_le64(h + 40);
    bool executable = (flags & PF_X) != 0;
    if (file_size > size) {
        return gn_fail(r->err, GN_BAD_INPUT, "ELF: segment at 0x%" PRIx64 " is larger in the file than in memory",
                       base);
    }
    if (!inside(r, offset, file_size)) {
        return gn_fail(r->err, GN_BAD_INPUT, "ELF: truncated, segment at 0x%" PRIx64 " ends after the file", base);
    }
    if (size == 0) {
        return GN_OK;
    }
    enum gn_status status = check_place(r, base, size, executable);
    if (status != GN_OK) {
        return status;
    }
    if (executable && (flags & PF_W)) {
        return gn_fail(r->err, GN_BAD_INPUT, "ELF: segment at 0x%" PRIx64 " is writable and executable", base);
    }
    if (executable && ((base & 1) != 0 || file_size != size)) {
        return gn_fail(r->err, GN_BAD_INPUT, "ELF: executable segment at 0x%" PRIx64 " %s", base,
                       (base & 1) != 0 ? "begins at an odd address" : "has a zero-filled tail");
    }
    if ((flags & (PF_R | PF_W | PF_X)) == 0) {
        return gn_fail(r->err, GN_BAD_INPUT, "ELF: segment at 0x%" PRIx64 " has no permissions", base);
    }
    if (r->p->segments_n == RV_SEGMENTS_MAX) {
        return gn_fail(r->err, GN_LIMIT, "ELF: more than %u segments to load", RV_SEGMENTS_MAX);
    }
    uint8_t *image = malloc(file_size == 0 ? 1 : file_size);
    if (image == NULL) {
        return gn_fail(r->err, GN_NO_MEMORY, "no memory for a segment of %" PRIu64 " bytes", file_size);
    }
    memcpy(image, r->elf + offset, file_size);
    r->p->segments[r->p->segments_n++] = (struct rv_segment){
        .base = base,
        .size = size,
        .image = image,
        .image_n = file_size,
        .permissions = VM_READ | ((flags & PF_W) || base >= RV_RAM_BASE ? VM_WRITE : 0u),
        .executable = executable,
    };
    return GN_OK;
}

static int by_base(const void *a, const void *b)
{
    const struct rv_segment *x = a, *y = b;
    return x->base < y->base ? -1 : x->base > y->base;
}

/* sorted, disjoint, some of it executable and that within RV_TEXT_MAX */
static enum gn_status check_segments(const struct reader *r)
{
    struct rv_segment *s = r->p->segments;
    uint64_t first = UINT64_MAX, end = 0;
    qsort(s, r->p->segments_n, sizeof *s, by_base);
    for (uint32_t i = 0; i < r->p->segments_n; i++) {
        if (i > 0 && s[i].base - s[i - 1].base < s[i - 1].size) {
            return gn_fail(r->err, GN_BAD_INPUT, "ELF: segments at 0x%" PRIx64 " and 0x%" PRIx64 " overlap",
                           s[i - 1].base, s[i].base);
        }
        if (s[i].executable) {
            first = s[i].base < first ? s[i].base : first;
            end = s[i].base + s[i].size;
        }
    }
    if (end == 0) {
        return gn_fail(r->err, GN_BAD_INPUT, "ELF: no executable segment");
    }
    if (end - first > RV_TEXT_MAX) {
        return gn_fail(r->err, GN_LIMIT,
                       "ELF: executable segments span 0x%" PRIx64 " bytes, at most 0x%x are supported", end - first,
                       RV_TEXT_MAX);
    }
    return GN_OK;
}

static enum gn_status read_segments(struct reader *r)
{
    uint64_t at = load_le64(r->elf + 32);
    uint32_t entry_size = load_le16(r->elf + 54), count = load_le16(r->elf + 56);
    if (count == 0) {
        return gn_fail(r->err, GN_BAD_INPUT, "ELF: no program headers");
    }
    if (count > RV_HEADERS_MAX) {
        return gn_fail(r->err, GN_LIMIT, "ELF: %u program headers, at most %u are supported", count, RV_HEADERS_MAX);
    }
    if (entry_size != PHDR_SIZE) {
        return gn_fail(r->err, GN_BAD_INPUT, "ELF: program headers of %u bytes instead of %d", entry_size, PHDR_SIZE);
    }
    if (!inside(r, at, (uint64_t)count * PHDR_SIZE)) {
        return gn_fail(r->err, GN_BAD_INPUT, "ELF: truncated, program headers end after the file");
    }
    r->p->segments = calloc(RV_SEGMENTS_MAX, sizeof *r->p->segments);
    if (r->p->segments == NULL) {
        return gn_fail(r->err, GN_NO_MEMORY, "no memory for segments");
    }
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *h = r->elf + at + (uint64_t)i * PHDR_SIZE;
        uint32_t type = load_le32(h);
        enum gn_status status = GN_OK;
        if (type == PT_INTERP || type == PT_DYNAMIC) {
            status = gn_fail(r->err, GN_LIMIT, "ELF: dynamically linked (%s); link with -static -no-pie",
                             type == PT_INTERP ? "it names an interpreter" : "it has a dynamic section");
        } else if (type == PT_LOAD) {
            status = add_segment(r, h);
        }
        if (status != GN_OK) {
            return status;
        }
    }
    return check_segments(r);
}

/* ---- sections: symbols ---- */
/* by address, then size, then place in the string table: a total order that costs nothing per comparison, whatever
 * the names are */
static int by_address(const void *a, const void *b)
{
    const struct rv_symbol *x = a, *y = b;
    if (x->address != y->address) {
        return x->address < y->address ? -1 : 1;
    }
    if (x->size != y->size) {
        return x->size < y->size ? -1 : 1;
    }
    return x->name < y->name ? -1 : x->name > y->name;
}

static enum gn_status add_symbol(struct reader *r, const uint8_t *symbol, const char *names, uint64_t names_n)
{
    uint64_t address = load_le64(symbol + 8);
    uint32_t name = load_le32(symbol);
    if ((symbol[4] & 15) != STT_FUNC || gn_rv_text_segment(r->p, address) == NULL) {
        return GN_OK;
    }
    if (name >= names_n) {
        return gn_fail(r->err, GN_BAD_INPUT, "ELF: name of the symbol at 0x%" PRIx64 " is outside of the string table",
                       address);
    }
    r->p->symbols[r->p->symbols_n++] =
        (struct rv_symbol){.address = address, .size = load_le64(symbol + 16), .name = names + name};
    return GN_OK;
}

/* Symbols and, behind them in the same block, a copy of the string table. */
static enum gn_status read_symbols(struct reader *r, const uint8_t *section, const uint8_t *sections, uint32_t count)
{
    uint64_t at = load_le64(section + 24), size = load_le64(section + 32), n = size / SYM_SIZE;
    uint32_t link = load_le32(section + 40);
    if (r->p->symbols != NULL) {
        return gn_fail(r->err, GN_BAD_INPUT, "ELF: more than one symbol table");
    }
    if (link >= count || load_le32(sections + (uint64_t)link * SHDR_SIZE + 4) != SHT_STRTAB) {
        return gn_fail(r->err, GN_BAD_INPUT, "ELF: symbol table without string table");
    }
    const uint8_t *strings = sections + (uint64_t)link * SHDR_SIZE;
    uint64_t names_at = load_le64(strings + 24), names_n = load_le64(strings + 32);
    if (!inside(r, at, size) || !inside(r, names_at, names_n)) {
        return gn_fail(r->err, GN_BAD_INPUT, "ELF: truncated, symbols end after the file");
    }
    if (names_n == 0 || r->elf[names_at + names_n - 1] != 0) {
        return gn_fail(r->err, GN_BAD_INPUT, "ELF: string table without an end");
    }
    r->p->symbols = malloc(n * sizeof *r->p->symbols + names_n);
    if (r->p->symbols == NULL) {
        return gn_fail(r->err, GN_NO_MEMORY, "no memory for symbols");
    }
    char *names = (char *)(r->p->symbols + n);
    memcpy(names, r->elf + names_at, names_n);
    for (uint64_t i = 0; i < n; i++) {
        enum gn_status status = add_symbol(r, r->elf + at + i * SYM_SIZE, names, names_n);
        if (status != GN_OK) {
            return status;
        }
    }
    qsort(r->p->symbols, r->p->symbols_n, sizeof *r->p->symbols, by_address);
    return GN_OK;
}

static enum gn_status read_sections(struct reader *r)
{
    uint64_t at = load_le64(r->elf + 40);
    uint32_t entry_size = load_le16(r->elf + 58), count = load_le16(r->elf + 60);
    if (count == 0) {
        return GN_OK;
    }
    if (entry_size != SHDR_SIZE || !inside(r, at, (uint64_t)count * SHDR_SIZE)) {
        return gn_fail(r->err, GN_BAD_INPUT, "ELF: truncated, section headers end after the file");
    }
    const uint8_t *sections = r->elf + at;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *h = sections + (uint64_t)i * SHDR_SIZE;
        enum gn_status status = GN_OK;
        if (load_le32(h + 4) == SHT_SYMTAB) {
            status = read_symbols(r, h, sections, count);
        }
        if (status != GN_OK) {
            return status;
        }
    }
    return GN_OK;
}

enum gn_status gn_rv_read_elf(struct rv_program *p, const uint8_t *elf, size_t n, struct gn_error *err)
{
    struct reader r = {.elf = elf, .n = n, .p = p, .err = err};
    enum gn_status status = check_header(&r);
    if (status == GN_OK) {
        status = check_kind(&r);
    }
    if (status == GN_OK) {
        status = read_segments(&r);
    }
    if (status != GN_OK) {
        return status;
    }
    p->entry = load_le64(elf + 24);
    if (gn_rv_text_segment(p, p->entry) == NULL) {
        return gn_fail(err, GN_BAD_INPUT, "ELF: entry 0x%" PRIx64 " is %s", p->entry,
                       (p->entry & 1) != 0 ? "odd" : "outside of executable memory");
    }
    return read_sections(&r);
}
