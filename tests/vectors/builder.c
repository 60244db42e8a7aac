/* SPDX-License-Identifier: Apache-2.0 */
/* builder.c - see builder.h. */
#include "builder.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

/* ---- text ---- */
void put_insn(struct gn_buffer *text, unsigned opcode, unsigned dst, unsigned src, int off, int64_t imm)
{
    uint8_t slot[8] = {(uint8_t)opcode, (uint8_t)(dst | src << 4), (uint8_t)off, (uint8_t)(off >> 8)};
    store_le32(slot + 4, (uint32_t)imm);
    gn_buffer_append(text, slot, sizeof slot);
}

void put_lddw(struct gn_buffer *text, unsigned dst, uint64_t value)
{
    put_insn(text, 0x18, dst, 0, 0, (int64_t)(value & 0xffffffff));
    put_insn(text, 0, 0, 0, 0, (int64_t)(value >> 32));
}

struct sbpf_program *bare_program(enum sbpf_version version, const struct gn_buffer *text)
{
    const struct sbpf_function entry = {SBPF_KEY_ENTRYPOINT, 0};
    const struct sbpf_bare bare = {.version = version,
                                   .text = text->data,
                                   .text_n = text->size,
                                   .text_address = SBPF_PROGRAM,
                                   .rodata_address = version >= SBPF_V3 ? SBPF_RODATA_V3 : SBPF_PROGRAM,
                                   .functions = &entry,
                                   .functions_n = text->size >= SBPF_SLOT};
    struct sbpf_program *p;
    struct gn_error err;
    return gn_sbpf_load_bare(&p, &bare, &err) == GN_OK ? p : NULL;
}

/* ---- files ---- */
static void put16(struct gn_buffer *f, unsigned v)
{
    uint8_t bytes[2];
    store_le16(bytes, (uint16_t)v);
    gn_buffer_append(f, bytes, sizeof bytes);
}

static void put32(struct gn_buffer *f, uint32_t v)
{
    uint8_t bytes[4];
    store_le32(bytes, v);
    gn_buffer_append(f, bytes, sizeof bytes);
}

static void put64(struct gn_buffer *f, uint64_t v)
{
    uint8_t bytes[8];
    store_le64(bytes, v);
    gn_buffer_append(f, bytes, sizeof bytes);
}

static void align(struct gn_buffer *f)
{
    static const uint8_t zeros[8];
    gn_buffer_append(f, zeros, -f->size % 8);
}

static void put_header(struct gn_buffer *f, const struct build *b, uint64_t entry, unsigned phdrs, unsigned shdrs)
{
    static const uint8_t ident[16] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    gn_buffer_append(f, ident, sizeof ident);
    put16(f, 3);
    put16(f, 247);
    put32(f, 1);
    put64(f, entry);
    put64(f, BUILD_PHDR);
    put64(f, 0); /* e_shoff */
    put32(f, b->version);
    put16(f, 64);
    put16(f, 56);
    put16(f, phdrs);
    put16(f, 64);
    put16(f, shdrs);
    put16(f, shdrs > 0 ? shdrs - 1 : 0);
}

static void put_phdr(struct gn_buffer *f, uint32_t type, uint32_t flags, uint64_t offset, uint64_t address,
                     uint64_t size)
{
    put32(f, type);
    put32(f, flags);
    put64(f, offset);
    put64(f, address);
    put64(f, address);
    put64(f, size);
    put64(f, size);
    put64(f, 8);
}

struct gn_buffer build_strict(const struct build *b)
{
    struct gn_buffer f = {0};
    unsigned phdrs = b->rodata != NULL ? 2 : 1;
    uint64_t at = BUILD_PHDR + 56 * phdrs, rodata_n = b->rodata != NULL ? b->rodata->size : 0;
    put_header(&f, b, SBPF_PROGRAM + (uint64_t)b->entry_slot * SBPF_SLOT, phdrs, 0);
    if (b->rodata != NULL) {
        put_phdr(&f, 1, 4, at, SBPF_RODATA_V3, rodata_n);
    }
    put_phdr(&f, 1, 1, at + rodata_n, SBPF_PROGRAM, b->text->size);
    if (rodata_n > 0) {
        gn_buffer_append(&f, b->rodata->data, rodata_n);
    }
    gn_buffer_append(&f, b->text->data, b->text->size);
    return f;
}

struct part {
    const char *name;
    uint32_t type, flags, link, entry;
};
static const struct part parts[BUILD_SECTIONS] = {
    [BUILD_NULL] = {"", 0, 0, 0, 0},
    [BUILD_S_TEXT] = {".text", 1, 6, 0, 0},
    [BUILD_RODATA] = {".rodata", 1, 2, 0, 0},
    [BUILD_DYNAMIC] = {".dynamic", 6, 3, BUILD_DYNSTR, 16},
    [BUILD_DYNSYM] = {".dynsym", 11, 2, BUILD_DYNSTR, 24},
    [BUILD_DYNSTR] = {".dynstr", 3, 2, 0, 0},
    [BUILD_REL] = {".rel.dyn", 9, 2, BUILD_DYNSYM, 16},
    [BUILD_SHSTRTAB] = {".shstrtab", 3, 0, 0, 0},
};

static void put_symbols(struct built *f, const struct build *b)
{
    uint32_t name = 1;
    f->at[BUILD_DYNSYM] = f->file.size;
    for (size_t i = 0; i <= b->symbols_n; i++) {
        const struct build_symbol *s = i > 0 ? &b->symbols[i - 1] : NULL;
        put32(&f->file, s != NULL ? name : 0);
        put32(&f->file, s != NULL ? s->info : 0);
        put64(&f->file, s != NULL ? s->value : 0);
        put64(&f->file, 0);
        name += s != NULL ? (uint32_t)strlen(s->name) + 1 : 0;
    }
    f->at[BUILD_DYNSTR] = f->file.size;
    gn_buffer_append(&f->file, "", 1);
    for (size_t i = 0; i < b->symbols_n; i++) {
        gn_buffer_append(&f->file, b->symbols[i].name, strlen(b->symbols[i].name) + 1);
    }
}

static void put_relocations(struct built *f, const struct build *b)
{
    f->at[BUILD_REL] = f->file.size;
    for (size_t i = 0; i < b->relocations_n; i++) {
        put64(&f->file, b->relocations[i].offset);
        put32(&f->file, b->relocations[i].type);
        put32(&f->file, b->relocations[i].symbol);
    }
}

/* The dynamic table comes before what it speaks of: its values are put in at the end. */
static void finish_dynamic(struct built *f, const struct build *b)
{
    const uint64_t values[8][2] = {
        {17, f->at[BUILD_REL]},  {18, b->relocations_n * 16}, {19, 16}, {6, f->at[BUILD_DYNSYM]}, {11, 24},
        {5, f->at[BUILD_DYNSTR]}};
    for (unsigned i = 0; i < 8 && b->relocations_n > 0; i++) {
        store_le64(f->file.data + f->at[BUILD_DYNAMIC] + 16 * i, values[i][0]);
        store_le64(f->file.data + f->at[BUILD_DYNAMIC] + 16 * i + 8, values[i][1]);
    }
}

static void put_section_headers(struct built *f)
{
    uint32_t name = 0;
    f->headers = f->file.size;
    for (unsigned i = 0; i < BUILD_SECTIONS; i++) {
        uint64_t end = i + 1 < BUILD_SECTIONS ? f->at[i + 1] : f->headers;
        put32(&f->file, name);
        put32(&f->file, parts[i].type);
        put64(&f->file, parts[i].flags);
        put64(&f->file, i == BUILD_NULL ? 0 : f->at[i]);
        put64(&f->file, i == BUILD_NULL ? 0 : f->at[i]);
        put64(&f->file, i == BUILD_NULL ? 0 : end - f->at[i]);
        put32(&f->file, parts[i].link);
        put32(&f->file, 0);
        put64(&f->file, 8);
        put64(&f->file, parts[i].entry);
        name += (uint32_t)strlen(parts[i].name) + 1;
    }
    store_le64(f->file.data + 40, f->headers);
}

struct built build_lenient(const struct build *b)
{
    struct built f = {0};
    struct gn_buffer *file = &f.file;
    put_header(file, b, BUILD_TEXT + (uint64_t)b->entry_slot * SBPF_SLOT, 2, BUILD_SECTIONS);
    put_phdr(file, 1, 5, BUILD_TEXT, BUILD_TEXT, b->text->size);
    put_phdr(file, 2, 6, 0, 0, 0);
    f.at[BUILD_S_TEXT] = file->size;
    gn_buffer_append(file, b->text->data, b->text->size);
    f.at[BUILD_RODATA] = file->size;
    if (b->rodata != NULL) {
        gn_buffer_append(file, b->rodata->data, b->rodata->size);
    }
    align(file);
    f.at[BUILD_DYNAMIC] = file->size;
    for (unsigned i = 0; i < 16 && b->relocations_n > 0; i++) {
        put64(file, 0);
    }
    store_le64(file->data + BUILD_PHDR + 56 + 8, f.at[BUILD_DYNAMIC]);
    store_le64(file->data + BUILD_PHDR + 56 + 16, f.at[BUILD_DYNAMIC]);
    store_le64(file->data + BUILD_PHDR + 56 + 32, file->size - f.at[BUILD_DYNAMIC]);
    store_le64(file->data + BUILD_PHDR + 56 + 40, file->size - f.at[BUILD_DYNAMIC]);
    put_symbols(&f, b);
    align(file);
    put_relocations(&f, b);
    f.at[BUILD_SHSTRTAB] = file->size;
    for (unsigned i = 0; i < BUILD_SECTIONS; i++) {
        gn_buffer_append(file, parts[i].name, strlen(parts[i].name) + 1);
    }
    align(file);
    put_section_headers(&f);
    finish_dynamic(&f, b);
    return f;
}
