/* SPDX-License-Identifier: Apache-2.0 */
/* symbols.c - names of functions, from the section headers that loaders do not need.
 *
 * Names are for people, so whatever is wrong here just gives fewer of them.  The file is hostile all the same: one table of each kind is read. */
#include <stdlib.h>
#include <string.h>

#include "sbpf/elf.h"

enum { SHT_SYMTAB = 2, SHT_DYNSYM = 11, STT_FUNC = 2 };

struct section {
    uint32_t type, link;
    const uint8_t *bytes;
    uint64_t n;
};

static struct section section_at(const struct elf *e, unsigned i)
{
    const uint8_t *h = e->bytes + e->shoff + (size_t)i * SHDR_SIZE;
    uint64_t offset = load_le64(h + 24), size = load_le64(h + 32);
    bool good = in_file(e, offset, size);
    return (struct section){.type = load_le32(h + 4),
                            .link = load_le32(h + 40),
                            .bytes = e->bytes + (good ? offset : 0),
                            .n = good ? size : 0};
}

/* slot at which the symbol's value stands, or slots_n */
static uint32_t slot_of(const struct sbpf_program *p, uint64_t value)
{
    uint64_t address =
        value < SBPF_PROGRAM ? value + SBPF_PROGRAM : value; /* versions 0 to 2 may leave the region out */
    uint64_t at = address - p->text_address;
    return address >= p->text_address && at / SBPF_SLOT < p->slots_n && at % SBPF_SLOT == 0 ? (uint32_t)(at / SBPF_SLOT)
                                                                                            : p->slots_n;
}

static size_t read_table(struct sbpf_symbol *out, size_t room, const struct sbpf_program *p, const struct elf *e,
                         const struct section *table)
{
    struct section names = table->link < e->shnum ? section_at(e, table->link) : (struct section){.n = 0};
    size_t n = 0;
    while (names.n > 0 && names.bytes[names.n - 1] != 0) { /* then every name has an end */
        names.n--;
    }
    for (uint64_t at = 0; n < room && at + SYM_SIZE <= table->n; at += SYM_SIZE) {
        const uint8_t *s = table->bytes + at;
        uint32_t name = load_le32(s), slot = slot_of(p, load_le64(s + 8));
        bool is_function = (s[4] & 15) == STT_FUNC && load_le16(s + 6) != 0 && slot < p->slots_n;
        if (is_function && name < names.n && names.bytes[name] != 0) {
            out[n++] = (struct sbpf_symbol){slot, (const char *)names.bytes + name};
        }
    }
    return n;
}

/* Of names of one slot the first by their beginnings, which is all that is compared: a file could have many, long and alike. */
static int by_slot(const void *x, const void *y)
{
    enum { COMPARED = 64 };
    const struct sbpf_symbol *a = x, *b = y;
    if (a->slot != b->slot) {
        return a->slot > b->slot ? 1 : -1;
    }
    int order = strncmp(a->name, b->name, COMPARED);
    return order != 0 ? order : (a->name > b->name) - (a->name < b->name);
}

bool gn_sbpf_symbols(struct sbpf_symbol **out, size_t *out_n, const struct sbpf_program *p, const uint8_t *elf,
                     size_t n)
{
    struct elf e = {.bytes = elf, .n = n};
    size_t room = 0, found = 0;
    *out = NULL;
    *out_n = 0;
    if (n < EHDR_SIZE || memcmp(elf, "\177ELF", 4) != 0) {
        return true;
    }
    e.shoff = load_le64(elf + 40);
    e.shnum = load_le16(elf + 58) == SHDR_SIZE ? load_le16(elf + 60) : 0;
    e.shnum = in_file(&e, e.shoff, (uint64_t)e.shnum * SHDR_SIZE) ? e.shnum : 0;
    const uint32_t types[] = {SHT_SYMTAB, SHT_DYNSYM};
    struct section tables[2] = {{.n = 0}, {.n = 0}};
    for (unsigned t = 0; t < 2; t++) {
        for (unsigned i = e.shnum; i-- > 0;) { /* the first of its kind */
            struct section s = section_at(&e, i);
            tables[t] = s.type == types[t] ? s : tables[t];
        }
        room += tables[t].n / SYM_SIZE;
    }
    room = room < SBPF_SLOTS_MAX ? room : SBPF_SLOTS_MAX;
    *out = malloc((room + 1) * sizeof **out);
    if (*out == NULL) {
        return false;
    }
    for (unsigned t = 0; t < 2; t++) {
        found += read_table(*out + found, room - found, p, &e, &tables[t]);
    }
    qsort(*out, found, sizeof **out, by_slot);
    for (size_t i = 0; i < found; i++) { /* one name a slot */
        if (*out_n == 0 || (*out)[*out_n - 1].slot != (*out)[i].slot) {
            (*out)[(*out_n)++] = (*out)[i];
        }
    }
    return true;
}
