/* SPDX-License-Identifier: Apache-2.0 */
/* bulk.c - see bulk.h; isa.def says what the instructions do. */
#include "vm/bulk.h"

#include <string.h>

#include "base/bytes.h"
#include "base/keccak.h"
#include "base/poseidon2.h"
#include "base/sha256.h"
#include "vm/memory.h"

#define BYTES_END (UINT64_C(1) << 24)

struct access {
    struct vm *vm;
    uint64_t *address;
};

static enum vm_fault refuse(const struct access *a, enum vm_fault fault, uint64_t address)
{
    *a->address = address;
    return fault;
}

/* May it? */
static enum vm_fault allowed(const struct access *a, uint64_t at, uint64_t n, unsigned permissions)
{
    if (gn_vm_memory_permits(a->vm->memory, at, n, permissions, true)) {
        return VM_FAULT_NONE;
    }
    return refuse(a, permissions & VM_WRITE ? VM_FAULT_STORE : VM_FAULT_LOAD, at);
}

static enum vm_fault copy(const struct access *a, uint64_t from, uint64_t n, uint64_t to)
{
    if (n >= BYTES_END) {
        return refuse(a, VM_FAULT_ILLEGAL, n);
    }
    enum vm_fault fault = n > 0 ? allowed(a, from, n, VM_READ) : VM_FAULT_NONE;
    fault = n > 0 && fault == VM_FAULT_NONE ? allowed(a, to, n, VM_WRITE) : fault;
    if (n > 0 && fault == VM_FAULT_NONE) {
        memmove(a->vm->memory->base + to, a->vm->memory->base + from, n);
    }
    return fault;
}

static enum vm_fault fill(const struct access *a, uint64_t byte, uint64_t n, uint64_t to)
{
    if (n >= BYTES_END) {
        return refuse(a, VM_FAULT_ILLEGAL, n);
    }
    enum vm_fault fault = n > 0 ? allowed(a, to, n, VM_WRITE) : VM_FAULT_NONE;
    if (n > 0 && fault == VM_FAULT_NONE) {
        memset(a->vm->memory->base + to, (int)(byte & 0xff), n);
    }
    return fault;
}

static enum vm_fault sha256(const struct access *a, uint64_t state, uint64_t block)
{
    uint8_t bytes[SHA256_BLOCK];
    uint32_t words[8];
    if (state % 8 != 0 || block % 8 != 0) {
        return refuse(a, VM_FAULT_MISALIGNED, state % 8 != 0 ? state : block);
    }
    enum vm_fault fault = allowed(a, block, sizeof bytes, VM_READ);
    fault = fault == VM_FAULT_NONE ? allowed(a, state, sizeof words, VM_READ | VM_WRITE) : fault;
    if (fault == VM_FAULT_NONE) {
        uint8_t *at = a->vm->memory->base + state;
        memcpy(bytes, a->vm->memory->base + block, sizeof bytes);
        for (unsigned i = 0; i < 8; i++) {
            words[i] = load_le32(at + 4 * i);
        }
        gn_sha256_compress(words, bytes);
        for (unsigned i = 0; i < 8; i++) {
            store_le32(at + 4 * i, words[i]);
        }
    }
    return fault;
}

static enum vm_fault keccak(const struct access *a, uint64_t state)
{
    uint64_t lanes[KECCAK_LANES];
    if (state % 8 != 0) {
        return refuse(a, VM_FAULT_MISALIGNED, state);
    }
    enum vm_fault fault = allowed(a, state, sizeof lanes, VM_READ | VM_WRITE);
    if (fault == VM_FAULT_NONE) {
        uint8_t *at = a->vm->memory->base + state;
        for (unsigned i = 0; i < KECCAK_LANES; i++) {
            lanes[i] = load_le64(at + 8 * i);
        }
        gn_keccak_f1600(lanes);
        for (unsigned i = 0; i < KECCAK_LANES; i++) {
            store_le64(at + 8 * i, lanes[i]);
        }
    }
    return fault;
}

static enum vm_fault poseidon2(const struct access *a, uint64_t state)
{
    uint32_t elements[POSEIDON2_WIDTH];
    if (state % 8 != 0) {
        return refuse(a, VM_FAULT_MISALIGNED, state);
    }
    enum vm_fault fault = allowed(a, state, sizeof elements, VM_READ | VM_WRITE);
    if (fault == VM_FAULT_NONE) {
        uint8_t *at = a->vm->memory->base + state;
        for (unsigned i = 0; i < POSEIDON2_WIDTH; i++) {
            elements[i] = load_le32(at + (size_t)4 * i);
        }
        gn_poseidon2(elements);
        for (unsigned i = 0; i < POSEIDON2_WIDTH; i++) {
            store_le32(at + (size_t)4 * i, elements[i]);
        }
    }
    return fault;
}

/* Which bytes of a word of this kind exist, and what the user may do; false: no such kind */
static bool kind_of(uint64_t kind, uint64_t *begin, uint64_t *bytes, unsigned *permissions)
{
    *begin = 0;
    *bytes = 8;
    switch (kind) {
    case VM_WORDS_WRITABLE:
        *permissions = VM_READ | VM_WRITE;
        return true;
    case VM_WORDS_READABLE:
        *permissions = VM_READ;
        return true;
    case VM_WORDS_PRIVATE:
        *permissions = 0;
        return true;
    default:
        break;
    }
    if (kind < VM_WORDS_BYTES || kind >= VM_WORDS_BYTES + 2 * VM_WORDS_INTERVALS) {
        return false;
    }
    uint64_t interval =
        (kind - VM_WORDS_BYTES) % VM_WORDS_INTERVALS; /* from 0: 1 ... 8 bytes; from 1: 1 ... 7 bytes; ... */
    *permissions = kind < VM_WORDS_BYTES + VM_WORDS_INTERVALS ? VM_READ : VM_READ | VM_WRITE;
    while (interval >= 8 - *begin) {
        interval -= 8 - *begin;
        (*begin)++;
    }
    *bytes = interval + 1;
    return true;
}

static enum vm_fault declare(const struct access *a, uint64_t base, uint64_t size, uint64_t kind)
{
    uint64_t begin, bytes;
    unsigned permissions;
    if (base % 8 != 0 || size % 8 != 0 || size == 0 || !kind_of(kind, &begin, &bytes, &permissions)) {
        return refuse(a, VM_FAULT_STORE, base);
    }
    if (bytes != 8) {
        if (size != 8) {
            return refuse(a, VM_FAULT_STORE, base);
        }
        base += begin;
        size = bytes;
    }
    return gn_vm_memory_map(a->vm->memory, base, size, permissions, NULL, 0, NULL) == GN_OK
               ? VM_FAULT_NONE
               : refuse(a, VM_FAULT_STORE, base);
}

enum vm_fault gn_vm_bulk(struct vm *vm, const struct vm_insn *insn, uint64_t *address)
{
    const struct access access = {vm, address};
    const uint64_t a = vm->regs[insn->ra], b = vm->regs[insn->rb], d = vm->regs[insn->rd];
    switch (insn->op) {
    case VM_COPY:
        return copy(&access, a, b, d);
    case VM_FILL:
        return fill(&access, a, b, d);
    case VM_SHA256:
        return sha256(&access, a, b);
    case VM_KECCAK:
        return keccak(&access, a);
    case VM_POSEIDON2:
        return poseidon2(&access, a);
    default:
        return declare(&access, a, b, d);
    }
}
