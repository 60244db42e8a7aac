/* SPDX-License-Identifier: Apache-2.0 */
/* elf_relocate.c - relative calls and the relocation table of versions 0 to 2, and the registry of functions that comes of them.
 *
 * A call names a function by the hash of its slot number (of the word "entrypoint" for a symbol of that name), a system call by the hash of its name; that key is
 * written into the call's constant.  Two functions of one key, and a function with the key of a system call, are refused. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sbpf/elf_lenient.h"

enum { R_64_64 = 1, R_64_RELATIVE = 8, R_64_32 = 10, STT_FUNC = 2, IMM_AT = 4, OPCODE_CALL = 0x85 };

/* ---- registry: open addressing, slot + 1 so that 0 is free ---- */
struct entry {
    uint32_t key, slot_1;
};
struct registry {
    const struct lenient *l;
    struct entry *entries;
    uint32_t mask, used;
};

static bool is_syscall(const struct lenient *l, uint32_t key)
{
    const struct sbpf_syscall *s = gn_sbpf_syscall_find(&l->e->options->syscalls, key);
    return s != NULL && !(l->e->options->deploying && strcmp(s->name, "sol_alloc_free_") == 0);
}

static enum gn_status create(struct registry *r, const struct lenient *l)
{
    /* every slot of text, every relocation and the entry may register one */
    uint64_t most = l->text.size / SBPF_SLOT + l->relocations.size / REL_SIZE + 1, room = 2;
    while (room < 2 * most) {
        room *= 2;
    }
    *r = (struct registry){.l = l, .entries = calloc(room, sizeof *r->entries), .mask = (uint32_t)(room - 1)};
    return r->entries != NULL ? GN_OK : gn_fail(l->e->err, GN_NO_MEMORY, "no memory for a program's functions");
}

static struct entry *find(const struct registry *r, uint32_t key)
{
    uint32_t i = key & r->mask;
    while (r->entries[i].slot_1 != 0 && r->entries[i].key != key) {
        i = (i + 1) & r->mask;
    }
    return &r->entries[i];
}

static enum gn_status enter(struct registry *r, uint32_t key, uint32_t slot)
{
    struct entry *entry = find(r, key);
    if (is_syscall(r->l, key) || (entry->slot_1 != 0 && entry->slot_1 != slot + 1)) {
        return REFUSE(r->l->e, "SymbolHashCollision(%" PRIu32 "): two functions or system calls of one hash", key);
    }
    r->used += entry->slot_1 == 0;
    *entry = (struct entry){key, slot + 1};
    return GN_OK;
}

/* The entry replaces whatever had its key. */
static enum gn_status enter_entrypoint(struct registry *r)
{
    struct entry *entry = find(r, SBPF_KEY_ENTRYPOINT);
    uint32_t slot = (uint32_t)((r->l->e->entry - r->l->text.addr) / SBPF_SLOT);
    if (entry->slot_1 != 0) {
        entry->slot_1 = slot + 1;
    }
    return enter(r, SBPF_KEY_ENTRYPOINT, slot);
}

static enum gn_status hand_over(const struct registry *r, struct sbpf_program *p)
{
    uint32_t key;
    p->functions = malloc((r->used + 1u) * sizeof *p->functions);
    if (p->functions == NULL) {
        return gn_fail(r->l->e->err, GN_NO_MEMORY, "no memory for a program's functions");
    }
    for (uint32_t i = 0; i <= r->mask; i++) {
        if (r->entries[i].slot_1 != 0) {
            p->functions[p->functions_n++] = (struct sbpf_function){r->entries[i].key, r->entries[i].slot_1 - 1};
        }
    }
    return gn_sbpf_sort_functions(p, &key) ? GN_OK : gn_fail(r->l->e->err, GN_INTERNAL, "two functions of one key");
}

/* ---- calls within text ---- */
static enum gn_status relocate_calls(struct registry *r)
{
    const struct lenient *l = r->l;
    struct range text = file_range(&l->text);
    uint64_t n = (text.end - text.start) / SBPF_SLOT;
    for (uint32_t i = 0; i < n; i++) {
        uint8_t *slot = l->image + text.start + (uint64_t)i * SBPF_SLOT;
        struct sbpf_insn insn = gn_sbpf_decode(slot);
        if (insn.opcode != OPCODE_CALL || insn.imm == -1) {
            continue;
        }
        uint64_t target = gn_sbpf_target(i, insn.imm);
        if (target >= n) {
            return REFUSE(l->e, "RelativeJumpOutOfBounds(%" PRIu32 "): the call's target is outside of .text", i);
        }
        uint32_t key = gn_sbpf_key_of_slot((uint32_t)target);
        enum gn_status status = enter(r, key, (uint32_t)target);
        if (status != GN_OK) {
            return status;
        }
        store_le32(slot + IMM_AT, key);
    }
    return GN_OK;
}

/* ---- the relocation table; r_offset is taken as a place in the file ---- */
struct relocation {
    uint64_t offset;
    uint32_t type, symbol;
};

struct symbol {
    uint32_t name;
    uint8_t info;
    uint64_t value;
};

static bool reach(const struct lenient *l, uint64_t at, unsigned size)
{
    return in_file(l->e, at, size);
}

static enum gn_status beyond(const struct lenient *l)
{
    return OUT_OF_BOUNDS(l->e, "a relocation is beyond the file");
}

static bool find_symbol(const struct lenient *l, uint32_t i, struct symbol *symbol)
{
    if (!l->dynsym.there || i >= l->dynsym.size / SYM_SIZE) {
        return false;
    }
    const uint8_t *p = l->e->bytes + l->dynsym.offset + (uint64_t)i * SYM_SIZE;
    *symbol = (struct symbol){load_le32(p), p[4], load_le64(p + 8)};
    return true;
}

static enum gn_status unknown_symbol(const struct lenient *l, uint32_t i)
{
    return REFUSE(l->e, "UnknownSymbol(%" PRIu32 "): no such symbol, or it has no name", i);
}

/* address of a symbol into a lddw */
static enum gn_status relocate_64_64(const struct lenient *l, const struct relocation *r)
{
    struct symbol symbol;
    uint64_t at = add_saturating(r->offset, IMM_AT);
    if (!reach(l, at, 4)) {
        return beyond(l);
    }
    if (!find_symbol(l, r->symbol, &symbol)) {
        return unknown_symbol(l, r->symbol);
    }
    uint64_t address = add_saturating(symbol.value, load_le32(l->image + at));
    if (address < SBPF_PROGRAM) {
        address += SBPF_PROGRAM;
    }
    if (!reach(l, at, SBPF_SLOT + 4)) {
        return beyond(l);
    }
    store_le32(l->image + at, (uint32_t)address);
    store_le32(l->image + at + SBPF_SLOT, (uint32_t)(address >> 32));
    return GN_OK;
}

/* an address in a lddw of text, or in data, where old linkers left it in the upper half of the word */
static enum gn_status relocate_relative(const struct lenient *l, const struct relocation *r)
{
    uint64_t at = add_saturating(r->offset, IMM_AT);
    if (!contains(file_range(&l->text), r->offset)) {
        if (!reach(l, r->offset, 8)) {
            return beyond(l);
        }
        store_le64(l->image + r->offset, SBPF_PROGRAM + load_le32(l->image + at));
        return GN_OK;
    }
    if (!reach(l, at, SBPF_SLOT + 4)) {
        return beyond(l);
    }
    uint64_t address = load_le32(l->image + at) | (uint64_t)load_le32(l->image + at + SBPF_SLOT) << 32;
    if (address == 0) {
        return REFUSE(l->e, "InvalidVirtualAddress(0): a relocation of address 0");
    }
    if (address < SBPF_PROGRAM) {
        address += SBPF_PROGRAM;
    }
    store_le32(l->image + at, (uint32_t)address);
    store_le32(l->image + at + SBPF_SLOT, (uint32_t)(address >> 32));
    return GN_OK;
}

static enum gn_status key_of_function(struct registry *r, const struct symbol *symbol, const char *name, uint32_t *key)
{
    const struct lenient *l = r->l;
    if (!contains(address_range(&l->text), symbol->value)) {
        return OUT_OF_BOUNDS(l->e, "a function is outside of .text");
    }
    uint32_t slot = (uint32_t)((symbol->value - l->text.addr) / SBPF_SLOT);
    *key = strcmp(name, "entrypoint") == 0 ? SBPF_KEY_ENTRYPOINT : gn_sbpf_key_of_slot(slot);
    return enter(r, *key, slot);
}

/* the name with what is not printable replaced */
static void printable(char out[SYMBOL_NAME_MAX], const char *name)
{
    size_t i = 0;
    for (; name[i] != 0 && i < SYMBOL_NAME_MAX - 1; i++) {
        out[i] = (char)(name[i] > 0x20 && name[i] < 0x7f && name[i] != '"' && name[i] != '\\' ? name[i] : '?');
    }
    out[i] = 0;
}

static enum gn_status key_of_syscall(const struct lenient *l, const struct relocation *r, const char *name,
                                     uint32_t *key)
{
    *key = gn_sbpf_murmur3(name, strlen(name));
    if (l->e->options->deploying && !is_syscall(l, *key)) {
        char shown[SYMBOL_NAME_MAX];
        printable(shown, name);
        return REFUSE(l->e, "UnresolvedSymbol(\"%s\", %" PRIu64 ", %" PRIu64 "): no such system call", shown,
                      r->offset / SBPF_SLOT, r->offset);
    }
    return GN_OK;
}

/* a call's key */
static enum gn_status relocate_64_32(struct registry *registry, const struct relocation *r)
{
    const struct lenient *l = registry->l;
    struct symbol symbol;
    uint32_t key = 0;
    if (!find_symbol(l, r->symbol, &symbol)) {
        return unknown_symbol(l, r->symbol);
    }
    const char *name = gn_sbpf_name(l->e, &l->dynstr, symbol.name, SYMBOL_NAME_MAX);
    if (name == NULL) {
        return unknown_symbol(l, symbol.name);
    }
    bool is_function = (symbol.info & 15) == STT_FUNC && symbol.value != 0;
    enum gn_status status =
        is_function ? key_of_function(registry, &symbol, name, &key) : key_of_syscall(l, r, name, &key);
    if (status != GN_OK) {
        return status;
    }
    uint64_t at = add_saturating(r->offset, IMM_AT);
    if (!reach(l, at, 4)) {
        return beyond(l);
    }
    store_le32(l->image + at, key);
    return GN_OK;
}

static enum gn_status relocate_one(struct registry *registry, const struct relocation *r)
{
    switch (r->type) {
    case R_64_64:
        return relocate_64_64(registry->l, r);
    case R_64_RELATIVE:
        return relocate_relative(registry->l, r);
    case R_64_32:
        return relocate_64_32(registry, r);
    default:
        return REFUSE(registry->l->e, "UnknownRelocation(%" PRIu32 "): no such type", r->type);
    }
}

/* The table is read from the file as it was, not from what relocations made of it. */
static enum gn_status relocate_table(struct registry *registry)
{
    const struct lenient *l = registry->l;
    enum gn_status status = GN_OK;
    for (uint64_t at = 0; status == GN_OK && at < l->relocations.size; at += REL_SIZE) {
        const uint8_t *p = l->e->bytes + l->relocations.offset + at;
        const struct relocation r = {load_le64(p), load_le32(p + 8), load_le32(p + 12)};
        status = relocate_one(registry, &r);
    }
    return status;
}

enum gn_status gn_sbpf_relocate(struct lenient *l)
{
    struct registry registry;
    enum gn_status status = create(&registry, l);
    if (status == GN_OK) {
        status = relocate_calls(&registry);
    }
    if (status == GN_OK) {
        status = relocate_table(&registry);
    }
    if (status == GN_OK) {
        status = enter_entrypoint(&registry);
    }
    if (status == GN_OK) {
        status = hand_over(&registry, l->e->program);
    }
    free(registry.entries);
    return status;
}
