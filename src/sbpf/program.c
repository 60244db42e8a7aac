/* SPDX-License-Identifier: Apache-2.0 */
/* program.c - what all parts of the front end share: operations and slots taken apart, names of functions and system calls, bare bytecode. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "sbpf/opcodes.h"

/* ---- operations: one table for what all versions have, one for each of the other sets ---- */
#define ENTRY(opcode, mnemonic, format, check, core, constant) \
    [opcode] = {#mnemonic, SBPF_FORMAT_##format, SBPF_CHECK_##check, VM_##core, SBPF_CONSTANT_##constant},
#define NOTHING(...)
#define SBPF_OP(opcode, versions, ...) SELECT_##versions(opcode, __VA_ARGS__)

#define SELECT_ALL ENTRY
#define SELECT_OLD NOTHING
#define SELECT_V2  NOTHING
#define SELECT_V3  NOTHING
static const struct sbpf_op ops_all[256] = {
#include "sbpf/opcodes.def"
};
#undef SELECT_ALL
#undef SELECT_OLD
#define SELECT_ALL NOTHING
#define SELECT_OLD ENTRY
static const struct sbpf_op ops_old[256] = {
#include "sbpf/opcodes.def"
};
#undef SELECT_OLD
#undef SELECT_V2
#define SELECT_OLD NOTHING
#define SELECT_V2  ENTRY
static const struct sbpf_op ops_v2[256] = {
#include "sbpf/opcodes.def"
};
#undef SELECT_V2
#undef SELECT_V3
#define SELECT_V2 NOTHING
#define SELECT_V3 ENTRY
static const struct sbpf_op ops_v3[256] = {
#include "sbpf/opcodes.def"
};

const struct sbpf_op *gn_sbpf_op(enum sbpf_version version, uint8_t opcode)
{
    const struct sbpf_op *op = &ops_all[opcode];
    if (op->mnemonic == NULL) {
        op = version == SBPF_V2 ? &ops_v2[opcode] : &ops_old[opcode];
    }
    if (op->mnemonic == NULL && version >= SBPF_V3) {
        op = &ops_v3[opcode];
    }
    return op->mnemonic == NULL ? NULL : op;
}

/* ---- slots ---- */
struct sbpf_insn gn_sbpf_decode(const uint8_t slot[8])
{
    return (struct sbpf_insn){.opcode = slot[0],
                              .dst = slot[1] & 15,
                              .src = slot[1] >> 4,
                              .off = (int16_t)(slot[2] | slot[3] << 8),
                              .imm = (int32_t)load_le32(slot + 4)};
}

struct sbpf_insn gn_sbpf_insn_at(const struct sbpf_program *p, uint32_t slot)
{
    return gn_sbpf_decode(p->text + (size_t)slot * SBPF_SLOT);
}

uint64_t gn_sbpf_wide_imm(const struct sbpf_program *p, uint32_t slot)
{
    return load_le32(p->text + (size_t)slot * SBPF_SLOT + 4) |
           (uint64_t)load_le32(p->text + (size_t)(slot + 1) * SBPF_SLOT + 4) << 32;
}

uint32_t gn_sbpf_callx_register(enum sbpf_version version, const struct sbpf_insn *insn)
{
    return version >= SBPF_V3 ? insn->dst : version == SBPF_V2 ? insn->src : (uint32_t)insn->imm;
}

enum sbpf_callee gn_sbpf_callee(const struct sbpf_program *p, const struct sbpf_syscalls *syscalls, uint32_t slot,
                                const struct sbpf_insn *insn, uint32_t *which)
{
    bool is_static = p->version >= SBPF_V3;
    *which = (uint32_t)insn->imm;
    if ((!is_static || insn->src == 0) && gn_sbpf_syscall_find(syscalls, *which) != NULL) {
        return SBPF_CALLEE_SYSCALL;
    }
    if (is_static) {
        uint64_t target = gn_sbpf_target(slot, insn->imm);
        *which = (uint32_t)target;
        return insn->src == 1 && target < p->slots_n ? SBPF_CALLEE_SLOT : SBPF_CALLEE_NONE;
    }
    const struct sbpf_function *function = gn_sbpf_function_find(p, *which);
    if (function == NULL) {
        return SBPF_CALLEE_NONE;
    }
    *which = function->slot;
    return SBPF_CALLEE_SLOT;
}

/* ---- names ---- */
static uint32_t rotate(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

/* Austin Appleby's MurmurHash3_x86_32. */
uint32_t gn_sbpf_murmur3(const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    uint32_t h = 0;
    for (size_t at = 0; at < n; at += 4) {
        uint32_t word = 0;
        for (size_t i = at; i < n && i < at + 4; i++) {
            word |= (uint32_t)p[i] << 8 * (i - at);
        }
        h ^= rotate(word * 0xcc9e2d51u, 15) * 0x1b873593u;
        if (n - at >= 4) {
            h = rotate(h, 13) * 5 + 0xe6546b64u;
        }
    }
    h ^= (uint32_t)n;
    h = (h ^ h >> 16) * 0x85ebca6bu;
    h = (h ^ h >> 13) * 0xc2b2ae35u;
    return h ^ h >> 16;
}

uint32_t gn_sbpf_key_of_slot(uint32_t slot)
{
    uint8_t bytes[8];
    store_le64(bytes, slot);
    return gn_sbpf_murmur3(bytes, sizeof bytes);
}

static const struct sbpf_syscall mainnet[] = {
#define SYSCALL(symbol, name, hash, served) {hash, name},
#include "kernel/solana/syscalls.def"
#undef SYSCALL
};

struct sbpf_syscalls gn_sbpf_syscalls(void)
{
    return (struct sbpf_syscalls){mainnet, sizeof mainnet / sizeof mainnet[0]};
}

const struct sbpf_syscall *gn_sbpf_syscall_find(const struct sbpf_syscalls *syscalls, uint32_t hash)
{
    for (size_t i = 0; i < syscalls->n; i++) {
        if (syscalls->list[i].hash == hash) {
            return &syscalls->list[i];
        }
    }
    return NULL;
}

/* ---- functions ---- */
static int by_key(const void *x, const void *y)
{
    const struct sbpf_function *a = x, *b = y;
    return a->key != b->key ? (a->key > b->key) - (a->key < b->key) : (a->slot > b->slot) - (a->slot < b->slot);
}

bool gn_sbpf_sort_functions(struct sbpf_program *p, uint32_t *key)
{
    uint32_t n = 0;
    if (p->functions_n > 0) {
        qsort(p->functions, p->functions_n, sizeof *p->functions, by_key);
    }
    for (uint32_t i = 0; i < p->functions_n; i++) {
        const struct sbpf_function *f = &p->functions[i];
        if (n > 0 && p->functions[n - 1].key == f->key) {
            if (p->functions[n - 1].slot != f->slot) {
                *key = f->key;
                return false;
            }
            continue;
        }
        p->functions[n++] = *f;
    }
    p->functions_n = n;
    return true;
}

const struct sbpf_function *gn_sbpf_function_find(const struct sbpf_program *p, uint32_t key)
{
    uint32_t low = 0, high = p->functions_n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (p->functions[middle].key < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < p->functions_n && p->functions[low].key == key ? &p->functions[low] : NULL;
}

/* ---- bare bytecode ---- */
static enum gn_status copy_bare(struct sbpf_program *p, const struct sbpf_bare *bare, struct gn_error *err)
{
    p->owned = malloc(bare->text_n + bare->rodata_n + 1);
    p->functions = malloc((bare->functions_n + 1) * sizeof *p->functions);
    if (p->owned == NULL || p->functions == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for a program of %zu bytes", bare->text_n);
    }
    if (bare->text_n > 0) {
        memcpy(p->owned, bare->text, bare->text_n);
    }
    p->text = p->owned;
    p->rodata = p->owned;
    p->rodata_n = bare->text_n;
    if (bare->rodata != NULL) {
        p->rodata = memcpy(p->owned + bare->text_n, bare->rodata, bare->rodata_n);
        p->rodata_n = bare->rodata_n;
    }
    for (size_t i = 0; i < bare->functions_n; i++) {
        if (bare->functions[i].slot >= p->slots_n) {
            return gn_fail(err, GN_BAD_INPUT, "function 0x%" PRIx32 " begins at slot %" PRIu32 ", outside of text",
                           bare->functions[i].key, bare->functions[i].slot);
        }
        p->functions[p->functions_n++] = bare->functions[i];
    }
    uint32_t key;
    if (!gn_sbpf_sort_functions(p, &key)) {
        return gn_fail(err, GN_BAD_INPUT, "SymbolHashCollision(%" PRIu32 "): two functions of one key", key);
    }
    return GN_OK;
}

enum gn_status gn_sbpf_load_bare(struct sbpf_program **out, const struct sbpf_bare *bare, struct gn_error *err)
{
    *out = NULL;
    if (bare->text_n / SBPF_SLOT > SBPF_SLOTS_MAX || bare->functions_n > SBPF_SLOTS_MAX ||
        bare->rodata_n > SBPF_REGION / 2) {
        return gn_fail(err, GN_LIMIT, "sBPF program of more than %d slots", SBPF_SLOTS_MAX);
    }
    struct sbpf_program *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for a program");
    }
    *p = (struct sbpf_program){.version = bare->version,
                               .text_address = bare->text_address,
                               .text_n = bare->text_n,
                               .slots_n = (uint32_t)(bare->text_n / SBPF_SLOT),
                               .rodata_address = bare->rodata_address,
                               .entry_slot = bare->entry_slot};
    enum gn_status status = copy_bare(p, bare, err);
    if (status == GN_OK && p->entry_slot >= p->slots_n && p->slots_n > 0) {
        status = gn_fail(err, GN_BAD_INPUT, "InvalidEntrypoint: slot %" PRIu32 " is outside of text", p->entry_slot);
    }
    if (status != GN_OK) {
        gn_sbpf_free(p);
        return status;
    }
    *out = p;
    return GN_OK;
}

void gn_sbpf_free(struct sbpf_program *p)
{
    if (p != NULL) {
        free(p->functions);
        free(p->owned);
        free(p);
    }
}
