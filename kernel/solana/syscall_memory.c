/* SPDX-License-Identifier: Apache-2.0 */
/* syscall_memory.c - memcpy, memmove, memset, memcmp. */
#include "kernel.h"

static bool charge_bytes(struct kernel *k, uint64_t n)
{
    return charge(k, n < 2750 ? 10 : n / 250);
}

/* By way of the scratch buffer, from the end that is not overwritten before it is read. */
APART static bool move_pieces(struct kernel *k, uint64_t to, uint64_t from, uint64_t n)
{
    if (region_overlap(k, to, 0, from, n)) { /* to is behind from, inside of what is read: the end first */
        while (n > 0) {
            uint64_t part = n < SCRATCH_BYTES ? n : SCRATCH_BYTES;
            n -= part;
            region_read(k, k->scratch, region_advance(k, from, n), part);
            region_write(k, region_advance(k, to, n), k->scratch, part);
        }
        return true;
    }
    for (uint64_t done = 0; done < n;) {
        uint64_t part = n - done < SCRATCH_BYTES ? n - done : SCRATCH_BYTES;
        region_read(k, k->scratch, region_advance(k, from, done), part);
        region_write(k, region_advance(k, to, done), k->scratch, part);
        done += part;
    }
    return true;
}

static bool memmove_(struct kernel *k, uint64_t to, uint64_t from, uint64_t n)
{
    if (n == 0) {
        return true;
    }
    if (!region_slice(k, to, n, true) || !region_slice(k, from, n, false)) {
        return false;
    }
    if (region_is_whole(k, to, n) && region_is_whole(k, from, n)) {
        machine_copy(machine_at(to), machine_at(from), n);
        return true;
    }
    return move_pieces(k, to, from, n);
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

/* of memory in one piece */
static int32_t compare_whole(const uint8_t *a, const uint8_t *b, uint64_t n)
{
    const uint8_t *end = a + n;
    for (; end - a >= 8; a += 8, b += 8) {
        if (load_word(a) != load_word(b)) {
            return compare_words(load_word(a), load_word(b));
        }
    }
    for (; a != end; a++, b++) {
        if (*a != *b) {
            return (int32_t)*a - (int32_t)*b;
        }
    }
    return 0;
}

APART static int32_t compare_pieces(struct kernel *k, uint64_t a, uint64_t b, uint64_t n)
{
    for (uint64_t done = 0; done < n; done += 8) {
        uint64_t x = 0, y = 0, part = n - done < 8 ? n - done : 8;
        region_read(k, &x, region_advance(k, a, done), part);
        region_read(k, &y, region_advance(k, b, done), part);
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
    /* before the place for the result is looked at: it may be what is compared */
    int32_t result = region_is_whole(k, a, n) && region_is_whole(k, b, n)
                         ? compare_whole(machine_at(a), machine_at(b), n)
                         : compare_pieces(k, a, b, n);
    if (!region_aligned(k, to, 4, true, 4)) {
        return false;
    }
    if (to % 4 == 0) { /* in one word */
        *(int32_t *)machine_at(to) = result;
    } else {
        region_write(k, to, &result, 4);
    }
    return true;
}
