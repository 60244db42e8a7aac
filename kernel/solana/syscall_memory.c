/* SPDX-License-Identifier: Apache-2.0 */
/* syscall_memory.c - memcpy, memmove, memset, memcmp. */
#include "kernel.h"

static bool charge_bytes(struct kernel *k, uint64_t n)
{
    return charge(k, n < 2750 ? 10 : n / 250);
}

/* One copy on the machine, if both ranges are in one piece; else by way of the scratch buffer, from the end that is not overwritten before it is read. */
static void move(struct kernel *k, uint64_t to, uint64_t from, uint64_t n)
{
    if (region_is_whole(k, to, n) && region_is_whole(k, from, n)) {
        machine_copy(machine_at(to), machine_at(from), n);
        return;
    }
    if (to != from && region_overlap(k, from, n, to, n) &&
        !region_overlap(k, to, 0, from, n)) { /* to is behind from: the end first */
        while (n > 0) {
            uint64_t part = n < SCRATCH_BYTES ? n : SCRATCH_BYTES;
            n -= part;
            region_read(k, k->scratch, region_advance(k, from, n), part);
            region_write(k, region_advance(k, to, n), k->scratch, part);
        }
        return;
    }
    for (uint64_t done = 0; done < n;) {
        uint64_t part = n - done < SCRATCH_BYTES ? n - done : SCRATCH_BYTES;
        region_read(k, k->scratch, region_advance(k, from, done), part);
        region_write(k, region_advance(k, to, done), k->scratch, part);
        done += part;
    }
}

static bool memmove_(struct kernel *k, uint64_t to, uint64_t from, uint64_t n)
{
    if (n == 0) {
        return true;
    }
    if (!region_slice(k, to, n, true) || !region_slice(k, from, n, false)) {
        return false;
    }
    move(k, to, from, n);
    return true;
}

bool syscall_memcpy(struct kernel *k)
{
    uint64_t to = machine_reg(1), from = machine_reg(2), n = machine_reg(3);
    if (!charge_bytes(k, n)) {
        return false;
    }
    if (from > to ? from - to < n : to - from < n) { /* of addresses as the program names them */
        return kernel_fault(k, GN_SOL_FAULT_COPY_OVERLAPPING);
    }
    return memmove_(k, to, from, n);
}

bool syscall_memmove(struct kernel *k)
{
    uint64_t n = machine_reg(3);
    return charge_bytes(k, n) && memmove_(k, machine_reg(1), machine_reg(2), n);
}

bool syscall_memset(struct kernel *k)
{
    uint64_t to = machine_reg(1), n = machine_reg(3);
    if (!charge_bytes(k, n) || !region_slice(k, to, n, true)) {
        return false;
    }
    region_fill(k, to, machine_reg(2) & 0xff, n);
    return true;
}

/* the first bytes that differ, as a difference */
static int32_t compare_words(uint64_t a, uint64_t b)
{
    while ((a & 0xff) == (b & 0xff)) {
        a >>= 8, b >>= 8;
    }
    return (int32_t)(a & 0xff) - (int32_t)(b & 0xff);
}

static int32_t compare(struct kernel *k, uint64_t a, uint64_t b, uint64_t n)
{
    uint64_t done = 0;
    for (; n - done >= 8; done += 8) {
        uint64_t x = region_word(k, region_advance(k, a, done)), y = region_word(k, region_advance(k, b, done));
        if (x != y) {
            return compare_words(x, y);
        }
    }
    if (done < n) {
        uint64_t x = 0, y = 0;
        region_read(k, &x, region_advance(k, a, done), n - done);
        region_read(k, &y, region_advance(k, b, done), n - done);
        if (x != y) {
            return compare_words(x, y);
        }
    }
    return 0;
}

bool syscall_memcmp(struct kernel *k)
{
    uint64_t a = machine_reg(1), b = machine_reg(2), n = machine_reg(3), to = machine_reg(4);
    if (!charge_bytes(k, n) || !region_slice(k, a, n, false) || !region_slice(k, b, n, false)) {
        return false;
    }
    int32_t result = compare(k, a, b, n); /* before the place for the result is looked at: it may be what is compared */
    if (!region_aligned(k, to, 4, true, 4)) {
        return false;
    }
    region_write(k, to, &result, 4);
    return true;
}
