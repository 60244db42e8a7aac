/* SPDX-License-Identifier: Apache-2.0 */
/* elf_lenient.c - files of versions 0 to 2: shared objects as linkers write them, with sections, relocations and few rules.
 *
 * The verdict is the reference's also where its order of checks shows.  Steps: parse (headers, sections in order and disjoint, names, dynamic table), validate (machine, sections
 * that may be there, entry), relocate a copy (elf_relocate.c), and lay the sections that programs see out as one piece of memory. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sbpf/elf_lenient.h"

/* ---- headers ---- */
struct shdr gn_sbpf_shdr(const struct elf *e, unsigned i)
{
    const uint8_t *p = e->bytes + e->shoff + (size_t)i * SHDR_SIZE;
    return (struct shdr){.name = load_le32(p),
                         .type = load_le32(p + 4),
                         .flags = load_le64(p + 8),
                         .addr = load_le64(p + 16),
                         .offset = load_le64(p + 24),
                         .size = load_le64(p + 32),
                         .link = load_le32(p + 40)};
}

static bool overlap(struct range a, struct range b)
{
    return a.start < b.end && b.start < a.end;
}

static struct range phdr_table(const struct elf *e)
{
    return (struct range){e->phoff, add_saturating(e->phoff, (uint64_t)e->phnum * PHDR_SIZE)};
}

static struct range shdr_table(const struct elf *e)
{
    return (struct range){e->shoff, add_saturating(e->shoff, (uint64_t)e->shnum * SHDR_SIZE)};
}

static enum gn_status parse_file_header(struct elf *e)
{
    static const uint8_t ident[7] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    if (e->n < EHDR_SIZE) {
        return OUT_OF_BOUNDS(e, "the file ends in its header");
    }
    const uint8_t *h = e->bytes;
    e->entry = load_le64(h + 24);
    e->phoff = load_le64(h + 32);
    e->shoff = load_le64(h + 40);
    e->phnum = load_le16(h + 56);
    e->shnum = load_le16(h + 60);
    e->shstrndx = load_le16(h + 62);
    bool good = memcmp(h, ident, sizeof ident) == 0 && load_le32(h + 20) == 1 && load_le16(h + 52) == EHDR_SIZE &&
                load_le16(h + 54) == PHDR_SIZE && load_le16(h + 58) == SHDR_SIZE && e->shstrndx < e->shnum;
    return good ? GN_OK : MALFORMED(e, "invalid file header");
}

/* A table of headers: apart from what comes before it, in the file, aligned. */
static enum gn_status check_table(const struct elf *e, struct range table, bool overlaps)
{
    if (overlaps) {
        return MALFORMED(e, "headers, sections and/or segments overlap");
    }
    if (table.end > e->n) {
        return OUT_OF_BOUNDS(e, "a table of headers ends beyond the file");
    }
    return table.start % 8 == 0 ? GN_OK : MALFORMED(e, "invalid alignment");
}

static enum gn_status parse_program_headers(const struct elf *e)
{
    uint64_t last = 0;
    for (unsigned i = 0; i < e->phnum; i++) {
        struct phdr h = gn_sbpf_phdr(e, i);
        if (h.type != PT_LOAD) {
            continue;
        }
        if (h.vaddr < last) {
            return REFUSE(e, "InvalidProgramHeader: segments are not in order of their addresses");
        }
        if (!in_file(e, h.offset, h.filesz)) {
            return OUT_OF_BOUNDS(e, "a segment ends beyond the file");
        }
        last = h.vaddr;
    }
    return GN_OK;
}

static enum gn_status parse_sections(const struct elf *e)
{
    const struct range header = {0, EHDR_SIZE};
    uint64_t end = 0;
    if (e->shnum == 0 || gn_sbpf_shdr(e, 0).type != SHT_NULL) {
        return MALFORMED(e, "invalid section header");
    }
    for (unsigned i = 0; i < e->shnum; i++) { /* the null section too: only NOBITS have no range */
        struct shdr s = gn_sbpf_shdr(e, i);
        if (s.type == SHT_NOBITS) {
            continue;
        }
        struct range r = file_range(&s);
        if (s.size > UINT64_MAX - s.offset) {
            return OUT_OF_BOUNDS(e, "a section ends beyond the file");
        }
        if (overlap(r, header) || overlap(r, phdr_table(e)) || overlap(r, shdr_table(e))) {
            return MALFORMED(e, "headers, sections and/or segments overlap");
        }
        if (r.start < end) {
            return MALFORMED(e, "sections not in ascending order");
        }
        if (r.end > e->n) {
            return OUT_OF_BOUNDS(e, "a section ends beyond the file");
        }
        end = r.end;
    }
    return GN_OK;
}

/* ---- names ---- */
const char *gn_sbpf_name(const struct elf *e, const struct table *strings, uint32_t at, unsigned max)
{
    if (!strings->there || at >= strings->size) {
        return NULL;
    }
    uint64_t room = strings->size - at;
    const uint8_t *name = e->bytes + strings->offset + at;
    return memchr(name, 0, room < max ? room : max) == NULL ? NULL : (const char *)name;
}

static enum gn_status table_of(const struct elf *e, const struct shdr *s, uint64_t entry, struct table *table)
{
    if (!in_file(e, s->offset, s->size)) {
        return OUT_OF_BOUNDS(e, "a table ends beyond the file");
    }
    if (s->size % entry != 0) {
        return MALFORMED(e, "invalid size");
    }
    if (entry > 1 && s->offset % 8 != 0) {
        return MALFORMED(e, "invalid alignment");
    }
    *table = (struct table){s->offset, s->size, true};
    return GN_OK;
}

static enum gn_status string_table_of(const struct elf *e, unsigned section, struct table *table)
{
    struct shdr s = gn_sbpf_shdr(e, section);
    return s.type == SHT_STRTAB ? table_of(e, &s, 1, table) : MALFORMED(e, "invalid section header");
}

static enum gn_status parse_names(struct lenient *l, struct table *names)
{
    const struct elf *e = l->e;
    if (e->shstrndx == 0) {
        return MALFORMED(e, "no section name string table found");
    }
    enum gn_status status = string_table_of(e, e->shstrndx, names);
    unsigned symtab = 0, strtab = 0, dynstr = 0;
    for (unsigned i = 0; status == GN_OK && i < e->shnum; i++) {
        struct shdr s = gn_sbpf_shdr(e, i);
        const char *name = gn_sbpf_name(e, names, s.name, SECTION_NAME_MAX);
        if (name == NULL) {
            return MALFORMED(e, "invalid string");
        }
        symtab += strcmp(name, ".symtab") == 0;
        strtab += strcmp(name, ".strtab") == 0;
        if (strcmp(name, ".dynstr") == 0) {
            dynstr++;
            if (s.type == SHT_STRTAB) { /* otherwise there are no names, which is an error when one is asked for */
                status = string_table_of(e, i, &l->dynstr);
            }
        }
    }
    if (status == GN_OK && (symtab > 1 || strtab > 1 || dynstr > 1)) {
        return MALFORMED(e, "invalid section header");
    }
    return status;
}

/* ---- dynamic table ---- */
static bool find_dynamic(const struct elf *e, struct table *table)
{
    for (unsigned i = 0; i < e->phnum; i++) {
        struct phdr h = gn_sbpf_phdr(e, i);
        if (h.type == PT_DYNAMIC) {
            table->there = in_file(e, h.offset, h.filesz) && h.filesz % DYN_SIZE == 0 && h.offset % 8 == 0;
            table->offset = h.offset;
            table->size = h.filesz;
            break;
        }
    }
    for (unsigned i = 0; !table->there && i < e->shnum; i++) {
        struct shdr s = gn_sbpf_shdr(e, i);
        if (s.type == SHT_DYNAMIC) {
            table->offset = s.offset;
            table->size = s.size;
            table->there = in_file(e, s.offset, s.size) && s.size % DYN_SIZE == 0 && s.offset % 8 == 0;
            return table->there;
        }
    }
    return true;
}

/* where in the file the relocation table is, which the dynamic table has by its address */
static enum gn_status find_relocations(const struct elf *e, uint64_t address, uint64_t *offset)
{
    for (unsigned i = 0; i < e->phnum; i++) {
        struct phdr h = gn_sbpf_phdr(e, i);
        if (h.memsz > UINT64_MAX - h.vaddr) {
            return OUT_OF_BOUNDS(e, "a segment ends beyond the address space");
        }
        if (contains((struct range){h.vaddr, h.vaddr + h.memsz}, address)) {
            *offset = address - h.vaddr + h.offset;
            return *offset >= h.offset ? GN_OK : MALFORMED(e, "invalid dynamic section table");
        }
    }
    for (unsigned i = 0; i < e->shnum; i++) {
        struct shdr s = gn_sbpf_shdr(e, i);
        if (s.addr == address) {
            *offset = s.offset;
            return GN_OK;
        }
    }
    return MALFORMED(e, "invalid dynamic section table");
}

static enum gn_status parse_relocations(struct lenient *l)
{
    const struct elf *e = l->e;
    uint64_t address = l->dynamic[DT_REL], size = l->dynamic[DT_RELSZ], offset = 0;
    if (address == 0) {
        return GN_OK;
    }
    if (l->dynamic[DT_RELENT] != REL_SIZE || size == 0) {
        return MALFORMED(e, "invalid dynamic section table");
    }
    enum gn_status status = find_relocations(e, address, &offset);
    if (status != GN_OK) {
        return status;
    }
    if (!in_file(e, offset, size)) {
        return OUT_OF_BOUNDS(e, "the relocation table ends beyond the file");
    }
    if (size % REL_SIZE != 0) {
        return MALFORMED(e, "invalid size");
    }
    if (offset % 8 != 0) {
        return MALFORMED(e, "invalid alignment");
    }
    l->relocations = (struct table){offset, size, true};
    return GN_OK;
}

static enum gn_status parse_symbols(struct lenient *l)
{
    const struct elf *e = l->e;
    uint64_t address = l->dynamic[DT_SYMTAB];
    for (unsigned i = 0; address != 0 && i < e->shnum; i++) {
        struct shdr s = gn_sbpf_shdr(e, i);
        if (s.addr == address) {
            return s.type == SHT_SYMTAB || s.type == SHT_DYNSYM ? table_of(e, &s, SYM_SIZE, &l->dynsym)
                                                                : MALFORMED(e, "invalid section header");
        }
    }
    return address == 0 ? GN_OK : MALFORMED(e, "invalid dynamic section table");
}

static enum gn_status parse_dynamic(struct lenient *l)
{
    struct table table = {0};
    if (!find_dynamic(l->e, &table)) {
        return MALFORMED(l->e, "invalid dynamic section table");
    }
    for (uint64_t at = 0; table.there && at < table.size; at += DYN_SIZE) {
        const uint8_t *entry = l->e->bytes + table.offset + at;
        uint64_t tag = load_le64(entry);
        if (tag == DT_NULL) {
            break;
        }
        if (tag < DT_TAGS) {
            l->dynamic[tag] = load_le64(entry + 8);
        }
    }
    enum gn_status status = parse_relocations(l);
    return status == GN_OK ? parse_symbols(l) : status;
}

static enum gn_status parse(struct lenient *l, struct table *names)
{
    struct elf *e = l->e;
    const struct range header = {0, EHDR_SIZE};
    enum gn_status status = parse_file_header(e);
    if (status == GN_OK) {
        status = check_table(e, phdr_table(e), overlap(phdr_table(e), header));
    }
    if (status == GN_OK) {
        status = check_table(e, shdr_table(e), overlap(shdr_table(e), header) || overlap(shdr_table(e), phdr_table(e)));
    }
    if (status == GN_OK) {
        status = parse_program_headers(e);
    }
    if (status == GN_OK) {
        status = parse_sections(e);
    }
    if (status == GN_OK) {
        status = parse_names(l, names);
    }
    return status == GN_OK ? parse_dynamic(l) : status;
}

/* ---- what an sBPF file must be ---- */
static bool begins(const char *name, const char *with)
{
    return strncmp(name, with, strlen(with)) == 0;
}

static bool forbidden(const struct shdr *s, const char *name)
{
    enum { WRITE = 1, ALLOC = 2 };
    return begins(name, ".bss") ||
           ((s->flags & (WRITE | ALLOC)) == (WRITE | ALLOC) && begins(name, ".data") && !begins(name, ".data.rel"));
}

static enum gn_status validate(struct lenient *l, const struct table *names)
{
    const struct elf *e = l->e;
    unsigned machine = load_le16(e->bytes + 18), texts = 0;
    if (e->bytes[7] != 0) {
        return REFUSE(e, "WrongAbi: OS ABI %u", e->bytes[7]);
    }
    if (machine != 247 && machine != 263) {
        return REFUSE(e, "WrongMachine: the file is for machine %u", machine);
    }
    if (load_le16(e->bytes + 16) != 3) {
        return REFUSE(e, "WrongType: not a shared object");
    }
    for (unsigned i = 0; i < e->shnum; i++) {
        struct shdr s = gn_sbpf_shdr(e, i);
        if (strcmp(gn_sbpf_name(e, names, s.name, SECTION_NAME_MAX), ".text") == 0) {
            texts++;
            l->text = s;
        }
    }
    if (texts != 1) {
        return REFUSE(e, "NotOneTextSection: %u sections .text", texts);
    }
    for (unsigned i = 0; i < e->shnum; i++) {
        struct shdr s = gn_sbpf_shdr(e, i);
        const char *name = gn_sbpf_name(e, names, s.name, SECTION_NAME_MAX);
        if (forbidden(&s, name)) {
            return REFUSE(e, "WritableSectionNotSupported(\"%s\"): programs have no writable data", name);
        }
    }
    for (unsigned i = 0; i < e->shnum; i++) {
        struct shdr s = gn_sbpf_shdr(e, i);
        if (!in_file(e, s.offset, s.size)) {
            return OUT_OF_BOUNDS(e, "a section ends beyond the file");
        }
    }
    return contains(address_range(&l->text), e->entry)
               ? GN_OK
               : REFUSE(e, "EntrypointOutOfBounds: the entry is outside of .text");
}

static enum gn_status check_text(const struct lenient *l)
{
    const struct elf *e = l->e;
    uint64_t address = add_saturating(l->text.addr, SBPF_PROGRAM);
    if ((e->options->deploying && l->text.addr != l->text.offset) || address >= SBPF_STACK) {
        return OUT_OF_BOUNDS(e, ".text is not where it must be");
    }
    if ((e->entry - l->text.addr) % SBPF_SLOT != 0) {
        return REFUSE(e, "InvalidEntrypoint: the entry is no slot of .text");
    }
    return GN_OK;
}

/* ---- what the program sees ---- */
static bool is_seen(const char *name)
{
    static const char *const seen[] = {".text", ".rodata", ".data.rel.ro", ".eh_frame"};
    for (unsigned i = 0; i < sizeof seen / sizeof seen[0]; i++) {
        if (strcmp(name, seen[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* One pass measures (*end: behind the last byte), with `to` it copies. */
static enum gn_status place_sections(const struct lenient *l, const struct table *names, uint8_t *to, uint64_t *end)
{
    const struct elf *e = l->e;
    uint64_t filled = 0, first = UINT64_MAX;
    *end = 0;
    for (unsigned i = 0; i < e->shnum; i++) {
        struct shdr s = gn_sbpf_shdr(e, i);
        if (!is_seen(gn_sbpf_name(e, names, s.name, SECTION_NAME_MAX))) {
            continue;
        }
        uint64_t size = s.type == SHT_NOBITS ? 0 : s.size;
        uint64_t address_end = add_saturating(add_saturating(s.addr, SBPF_PROGRAM), s.size);
        if ((e->options->deploying && s.addr != s.offset) || address_end > SBPF_STACK) {
            return OUT_OF_BOUNDS(e, "a section is not where it must be");
        }
        if (to != NULL && size > 0) {
            memcpy(to + s.addr, l->image + s.offset, size);
        }
        filled += size;
        first = s.addr < first ? s.addr : first;
        *end = s.addr + size > *end ? s.addr + size : *end;
    }
    if (e->options->deploying && first < UINT64_MAX && first + filled > *end) {
        return OUT_OF_BOUNDS(e, "sections overlap in memory");
    }
    return *end <= e->n ? GN_OK : OUT_OF_BOUNDS(e, "the sections span more than the file");
}

static enum gn_status lay_out(struct lenient *l, const struct table *names)
{
    struct elf *e = l->e;
    struct sbpf_program *p = e->program;
    uint64_t n, text_n = l->text.type == SHT_NOBITS ? 0 : l->text.size;
    enum gn_status status = place_sections(l, names, NULL, &n);
    if (status != GN_OK) {
        return status;
    }
    p->owned = calloc(n + 1, 1);
    if (p->owned == NULL) {
        return gn_fail(e->err, GN_NO_MEMORY, "no memory for a program");
    }
    status = place_sections(l, names, p->owned, &n);
    p->rodata = p->owned;
    p->rodata_n = n;
    p->rodata_address = SBPF_PROGRAM;
    p->text = p->owned + l->text.addr;
    p->text_n = text_n;
    p->slots_n = (uint32_t)(text_n / SBPF_SLOT);
    p->text_address = l->text.addr + SBPF_PROGRAM;
    p->entry_slot = (uint32_t)((e->entry - l->text.addr) / SBPF_SLOT);
    return status;
}

enum gn_status gn_sbpf_load_lenient(struct elf *e)
{
    struct lenient l = {.e = e};
    struct table names = {0};
    enum gn_status status = parse(&l, &names);
    if (status == GN_OK) {
        status = validate(&l, &names);
    }
    if (status == GN_OK) {
        status = check_text(&l);
    }
    if (status != GN_OK) {
        return status;
    }
    l.image = malloc(e->n);
    if (l.image == NULL) {
        return gn_fail(e->err, GN_NO_MEMORY, "no memory for a program");
    }
    memcpy(l.image, e->bytes, e->n);
    status = gn_sbpf_relocate(&l);
    if (status == GN_OK) {
        status = lay_out(&l, &names);
    }
    free(l.image);
    return status;
}
