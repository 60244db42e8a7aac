/* SPDX-License-Identifier: Apache-2.0 */
/* bulk.c - KECCAK, SHA256, COPY, FILL, DECLARE: operations of kernel code on many words.
 *
 * They read and write whole words, so every word that a range touches must exist, and be writable where it changes.  Everything is read before anything is
 * written: COPY is memmove. */
#include "vm/bulk.h"

#include <string.h>

#include "base/keccak.h"
#include "base/sha256.h"
#include "vm/memory.h"

static bool words_permit(struct vm_memory *m, uint64_t at, uint64_t n, unsigned permissions)
{
    uint64_t first = at & ~UINT64_C(7), end = (at + n + 7) & ~UINT64_C(7);
    return end > first && gn_vm_memory_permits(m, first, end - first, permissions, true);
}

static bool keccak(struct vm *vm, uint64_t state)
{
    if (state % 8 != 0 || !words_permit(vm->memory, state, 8 * KECCAK_LANES, VM_READ | VM_WRITE)) {
        return false;
    }
    uint64_t lanes[KECCAK_LANES];
    memcpy(lanes, vm->memory->base + state, sizeof lanes);
    gn_keccak_f1600(lanes);
    memcpy(vm->memory->base + state, lanes, sizeof lanes);
    return true;
}

static bool sha256(struct vm *vm, uint64_t state, uint64_t block)
{
    uint32_t words[8];
    if (state % 8 != 0 || block % 8 != 0 || !words_permit(vm->memory, state, sizeof words, VM_READ | VM_WRITE) ||
        !words_permit(vm->memory, block, SHA256_BLOCK, VM_READ)) {
        return false;
    }
    memcpy(words, vm->memory->base + state, sizeof words);
    gn_sha256_compress(words, vm->memory->base + block);
    memcpy(vm->memory->base + state, words, sizeof words);
    return true;
}

static bool copy(struct vm *vm, uint64_t to, uint64_t from, uint64_t n)
{
    if (n == 0 || !words_permit(vm->memory, from, n, VM_READ) || !words_permit(vm->memory, to, n, VM_READ | VM_WRITE)) {
        return false;
    }
    memmove(vm->memory->base + to, vm->memory->base + from, n);
    return true;
}

static bool fill(struct vm *vm, uint64_t to, uint64_t byte, uint64_t n)
{
    if (n == 0 || !words_permit(vm->memory, to, n, VM_READ | VM_WRITE)) {
        return false;
    }
    memset(vm->memory->base + to, (int)(byte & 0xff), n);
    return true;
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

static bool declare(struct vm *vm, uint64_t base, uint64_t size, uint64_t kind)
{
    uint64_t begin, bytes;
    unsigned permissions;
    if (base % 8 != 0 || size % 8 != 0 || size == 0 || !kind_of(kind, &begin, &bytes, &permissions)) {
        return false;
    }
    if (bytes != 8) {
        if (size != 8) {
            return false;
        }
        base += begin;
        size = bytes;
    }
    return gn_vm_memory_map(vm->memory, base, size, permissions, NULL, 0, NULL) == GN_OK;
}

bool gn_vm_bulk(struct vm *vm, const struct vm_insn *insn, uint64_t *address)
{
    uint64_t a = vm->regs[insn->ra], b = vm->regs[insn->rb], c = vm->regs[insn->rd];
    *address = a;
    switch (insn->op) {
    case VM_KECCAK:
        return keccak(vm, a);
    case VM_SHA256:
        return sha256(vm, a, b);
    case VM_COPY:
        return copy(vm, c, a, b);
    case VM_FILL:
        *address = c;
        return fill(vm, c, a, b);
    default:
        return declare(vm, a, b, c);
    }
}
