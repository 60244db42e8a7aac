/* SPDX-License-Identifier: Apache-2.0 */
/* hash.c - sol_sha256 and sol_keccak256: the machines do blocks, this gathers them. */
#include "kernel.h"

enum { SLICES_MAX = 20000, HASH_UNITS = 85, KECCAK_RATE = 136 };

/* ---- SHA-256 ---- */
void sha256_begin(struct sha256 *h)
{
    static const uint32_t initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    for (unsigned i = 0; i < 8; i++) {
        h->state[i] = initial[i];
    }
    h->n = 0;
}

static void sha256_full(struct sha256 *h)
{
    if (h->n % 64 == 0) {
        machine_sha256(h->state, h->block);
    }
}

void sha256_user(struct kernel *k, struct sha256 *h, uint64_t address, uint64_t n)
{
    while (n > 0) {
        uint64_t room = 64 - h->n % 64, part = n < room ? n : room;
        region_read(k, (uint8_t *)h->block + h->n % 64, address, part);
        h->n += part;
        sha256_full(h);
        address = region_advance(k, address, part);
        n -= part;
    }
}

void sha256_add(struct sha256 *h, const void *bytes, uint64_t n)
{
    const uint8_t *next = bytes;
    while (n > 0) {
        uint64_t room = 64 - h->n % 64, part = n < room ? n : room;
        machine_copy((uint8_t *)h->block + h->n % 64, next, part);
        h->n += part;
        sha256_full(h);
        next += part;
        n -= part;
    }
}

void sha256_end(struct sha256 *h, uint64_t digest[4])
{
    uint64_t used = h->n % 64;
    ((uint8_t *)h->block)[used++] = 0x80;
    if (used > 56) {
        if (used < 64) {
            machine_fill((uint8_t *)h->block + used, 0, 64 - used);
        }
        machine_sha256(h->state, h->block);
        used = 0;
    }
    if (used < 56) {
        machine_fill((uint8_t *)h->block + used, 0, 56 - used);
    }
    h->block[7] = swapped(8 * h->n);
    machine_sha256(h->state, h->block);
    for (unsigned i = 0; i < 4; i++) {
        uint64_t pair = swapped((uint64_t)h->state[2 * i] << 32 | h->state[2 * i + 1]);
        digest[i] = pair;
    }
}

/* ---- Keccak-256 ---- */
struct keccak {
    uint64_t state[25], block[KECCAK_RATE / 8];
    uint64_t n; /* bytes in block */
};

static void keccak_block(struct keccak *h)
{
    for (unsigned i = 0; i < KECCAK_RATE / 8; i++) {
        h->state[i] ^= h->block[i];
    }
    machine_keccak(h->state);
    h->n = 0;
}

static void keccak_user(struct kernel *k, struct keccak *h, uint64_t address, uint64_t n)
{
    while (n > 0) {
        uint64_t room = KECCAK_RATE - h->n, part = n < room ? n : room;
        region_read(k, (uint8_t *)h->block + h->n, address, part);
        h->n += part;
        if (h->n == KECCAK_RATE) {
            keccak_block(h);
        }
        address = region_advance(k, address, part);
        n -= part;
    }
}

static void keccak_end(struct keccak *h, uint64_t digest[4])
{
    uint8_t *block = (uint8_t *)h->block;
    machine_fill(block + h->n, 0, KECCAK_RATE - h->n);
    block[h->n] = 1;
    block[KECCAK_RATE - 1] ^= 0x80;
    keccak_block(h);
    key_copy(digest, h->state);
}

/* ---- the syscalls ---- */
static bool hash_begins(struct kernel *k, uint64_t slices, uint64_t n, uint64_t to, uint64_t which)
{
    if (n > SLICES_MAX) {
        return kernel_fault_with(k, GN_SOL_FAULT_TOO_MANY_SLICES, which, n, SLICES_MAX, 0);
    }
    return charge(k, HASH_UNITS) && region_slice(k, to, 32, true) && region_array(k, slices, n, 16, 8);
}

/* the next slice, allowed and paid for */
static bool next_slice(struct kernel *k, uint64_t slices, uint64_t i, uint64_t *address, uint64_t *n)
{
    *address = region_word(k, region_advance(k, slices, 16 * i));
    *n = region_word(k, region_advance(k, slices, 16 * i + 8));
    return region_slice(k, *address, *n, false) && charge(k, *n < 20 ? 10 : *n / 2);
}

bool syscall_sha256(struct kernel *k)
{
    uint64_t slices = machine_reg(1), n = machine_reg(2), to = machine_reg(3), address, size, digest[4];
    struct sha256 h;
    if (!hash_begins(k, slices, n, to, 0)) {
        return false;
    }
    sha256_begin(&h);
    for (uint64_t i = 0; i < n; i++) {
        if (!next_slice(k, slices, i, &address, &size)) {
            return false;
        }
        sha256_user(k, &h, address, size);
    }
    sha256_end(&h, digest);
    region_write(k, to, digest, 32);
    return true;
}

bool syscall_keccak256(struct kernel *k)
{
    uint64_t slices = machine_reg(1), n = machine_reg(2), to = machine_reg(3), address, size, digest[4];
    struct keccak h;
    if (!hash_begins(k, slices, n, to, 1)) {
        return false;
    }
    machine_fill(h.state, 0, sizeof h.state);
    h.n = 0;
    for (uint64_t i = 0; i < n; i++) {
        if (!next_slice(k, slices, i, &address, &size)) {
            return false;
        }
        keccak_user(k, &h, address, size);
    }
    keccak_end(&h, digest);
    region_write(k, to, digest, 32);
    return true;
}
