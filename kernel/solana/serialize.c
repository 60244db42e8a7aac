/* SPDX-License-Identifier: Apache-2.0 */
/* serialize.c - the memory that the program starts with: stack, heap, and the input region as ABI v1 (loaders 2 and 3) or v0 (loader 1).
 *
 * Memory is declared in words (machine.h).  Words that belong to the program only in part, or by rules that the machine does not know, are MACHINE_PRIVATE: accesses to
 * them trap, and trap.c applies the rules.  The cases:
 *   - without VASA the input region is one writable region, but data that the program may not change is declared readable: a store there
 *     traps, is executed, and is remembered (account.stored), so only then post.c compares the data;
 *   - with VASA each account's data is a region of its own between two of metadata, and no access may cross a boundary.  The word before data, the word
 *     of which data is only a part, and the word in which the reserve behind it ends are private; the reserve does not exist until it is grown into;
 *   - with VASA and ABI v0, where nothing is aligned, the whole input region is private. */
#include "kernel.h"

enum {
    V1_HEADER = 88, /* marker word, key, owner, lamports, length */
    V1_AFTER = 8,   /* rent epoch */
    V0_HEADER = 51, /* marker, signer, writable, key, lamports, length */
    V0_AFTER = 41   /* owner, executable, rent epoch */
};

static void declare(uint64_t from, uint64_t to, uint64_t words)
{
    if (from < to) {
        machine_declare(from, to - from, words);
    }
}

/* [from, to), from a multiple of 8; a last word that is the program's only in part is private */
static void declare_to(uint64_t from, uint64_t to)
{
    uint64_t whole = to & ~UINT64_C(7);
    declare(from, whole, MACHINE_WRITABLE);
    declare(whole, padded(to), MACHINE_PRIVATE);
}

static void declare_stack_and_heap(struct kernel *k)
{
    if (k->gaps) {
        region_frames(k, FIRST_FRAMES);
    } else {
        machine_declare(GN_SOL_STACK, GN_SOL_STACK_BYTES, MACHINE_WRITABLE);
    }
    machine_declare(GN_SOL_HEAP, k->in->heap, MACHINE_WRITABLE);
}

static uint64_t account_flags(const struct gn_sol_account *a)
{
    return 0xff | (a->flags & GN_SOL_SIGNER) << 8 | (a->flags & GN_SOL_WRITABLE) << 15 |
           (a->flags & GN_SOL_EXECUTABLE) << 22;
}

/* ---- ABI v1 ---- */

/* without VASA; next: the first address behind the account */
static void declare_v1(struct kernel *k, const struct account *a, uint64_t header, uint64_t next)
{
    uint64_t n = padded(a->before->data_n);
    if (n == 0 || (a->writable && a->owned)) {
        declare(header, next, MACHINE_WRITABLE);
        return;
    }
    if (k->fixed_end == 0) {
        k->fixed_begin = a->data;
    }
    k->fixed_end = a->data + n;
    declare(header, a->data, MACHINE_WRITABLE);
    declare(a->data, a->data + n, MACHINE_READABLE);
    declare(a->data + n, next, MACHINE_WRITABLE);
}

static void declare_v1_vasa(const struct account *a, uint64_t header, uint64_t next)
{
    bool grows = a->writable && a->owned;
    uint64_t n = a->before->data_n, whole = a->data + (n & ~UINT64_C(7)), last = (a->data + a->reserved) & ~UINT64_C(7);
    declare(header, a->data - 8, MACHINE_WRITABLE);
    declare(a->data - 8, a->data, MACHINE_PRIVATE);
    declare(a->data, whole, grows ? MACHINE_WRITABLE : MACHINE_READABLE);
    if (n % 8 != 0) {
        machine_declare(whole, 8, MACHINE_PRIVATE);
    }
    declare(last, last + 8, MACHINE_PRIVATE);
    declare(last + 8, next, MACHINE_WRITABLE);
}

static uint64_t serialize_v1(struct kernel *k)
{
    uint64_t at = GN_SOL_INPUT, seen = 0;
    declare(at, at + 8, MACHINE_WRITABLE);
    *(uint64_t *)machine_at(at) = k->in->metas_n;
    at += 8;
    for (uint64_t i = 0; i < k->in->metas_n; i++) {
        struct account *a = &k->accounts[k->metas[i]];
        if (k->metas[i] != seen) {
            declare(at, at + 8, MACHINE_WRITABLE);
            *(uint64_t *)machine_at(at) = a->meta;
            at += 8;
            continue;
        }
        seen++;
        const struct gn_sol_account *before = a->before;
        a->data = at + V1_HEADER;
        a->reserved = before->data_n + GN_SOL_REALLOC_MAX;
        a->exists = before->data_n;
        uint64_t next = a->data + padded(a->reserved) + V1_AFTER;
        if (k->vasa) {
            declare_v1_vasa(a, at, next);
        } else {
            declare_v1(k, a, at, next);
        }
        *(uint64_t *)machine_at(at) = account_flags(before);
        machine_copy(machine_at(at + 8), before->key, V1_HEADER - 8 + before->data_n);
        *(uint64_t *)machine_at(next - V1_AFTER) = UINT64_MAX;
        at = next;
    }
    return at;
}

/* ---- ABI v0 ---- */
static uint64_t size_v0(const struct kernel *k)
{
    uint64_t n = 8 + (k->in->metas_n - k->in->accounts_n) + k->in->accounts_n * (V0_HEADER + V0_AFTER);
    for (uint64_t i = 0; i < k->in->accounts_n; i++) {
        n += k->accounts[i].before->data_n;
    }
    return n;
}

static uint64_t serialize_v0_account(struct account *a, uint64_t at)
{
    const struct gn_sol_account *before = a->before;
    uint64_t n = before->data_n, flags = account_flags(before);
    a->data = at + V0_HEADER;
    a->reserved = a->exists = n;
    uint8_t *to = machine_at(at), *behind = machine_at(a->data + n);
    to[0] = 0xff, to[1] = (uint8_t)(flags >> 8), to[2] = (uint8_t)(flags >> 16);
    machine_copy(to + 3, before->key, 32);
    machine_copy(to + 35, &before->lamports, 16 + n);
    machine_copy(behind, before->owner, 32);
    behind[32] = (uint8_t)(flags >> 24);
    store_word(behind + 33, UINT64_MAX);
    return a->data + n + V0_AFTER;
}

static uint64_t serialize_v0(struct kernel *k)
{
    uint64_t at = GN_SOL_INPUT + 8, seen = 0;
    *(uint64_t *)machine_at(GN_SOL_INPUT) = k->in->metas_n;
    for (uint64_t i = 0; i < k->in->metas_n; i++) {
        struct account *a = &k->accounts[k->metas[i]];
        if (k->metas[i] != seen) {
            *(uint8_t *)machine_at(at++) = (uint8_t)a->meta;
            continue;
        }
        seen++;
        at = serialize_v0_account(a, at);
    }
    return at;
}

/* what region_access need not ask about */
static void note_regions(struct kernel *k)
{
    uint64_t rodata_end = k->program->rodata + k->program->rodata_n;
    k->partial = rodata_end % 8 == 0 ? 1 : rodata_end & ~UINT64_C(7);
    k->loadable[k->program->rodata >> 32] = k->program->rodata_n;
    k->loadable[2] = k->storable[2] = k->gaps ? 0 : GN_SOL_STACK_BYTES;
    k->loadable[3] = k->storable[3] = k->in->heap;
    k->loadable[4] = k->vasa ? 0 : k->input_end - GN_SOL_INPUT;
    k->storable[4] = k->fixed_end != 0 ? 0 : k->loadable[4];
}

void serialize(struct kernel *k)
{
    uint64_t data_n = k->in->data_n, at;
    declare_stack_and_heap(k);
    if (k->in->loader == 1) {
        uint64_t end = GN_SOL_INPUT + size_v0(k) + 8 + data_n + 32;
        if (k->vasa) {
            declare(GN_SOL_INPUT, padded(end), MACHINE_PRIVATE);
        } else {
            declare_to(GN_SOL_INPUT, end);
        }
        at = serialize_v0(k);
    } else {
        at = serialize_v1(k);
        declare_to(at, at + 8 + data_n + 32);
    }
    k->input_end = at + 8 + data_n + 32;
    note_regions(k);
    store_word(machine_at(at), data_n);
    if (data_n != 0) {
        machine_copy(machine_at(at + 8), k->data, data_n);
    }
    machine_copy(machine_at(at + 8 + data_n), k->in->program, 32);
    machine_set_reg(1, GN_SOL_INPUT);
    machine_set_reg(2, at + 8);
    machine_set_reg(10, k->moves_r10 ? GN_SOL_STACK + GN_SOL_STACK_BYTES : GN_SOL_STACK + GN_SOL_FRAME);
}
