/* SPDX-License-Identifier: Apache-2.0 */
/* syscall_log.c - log lines, as records of the statement: bytes and numbers, no text made here.
 *
 * Texts are checked to be UTF-8 before they are put, eight bytes at a time while they are ASCII.  What does not fit the scratch buffer is read twice. */
#include "kernel.h"

/* ---- UTF-8 ---- */
struct utf8 {
    uint64_t more;        /* bytes that the character at hand still needs */
    uint64_t least, most; /* for the next of them */
};

static bool utf8_first(struct utf8 *u, uint64_t byte)
{
    u->least = 0x80, u->most = 0xbf;
    if (byte < 0x80) {
        u->more = 0;
    } else if (byte >= 0xc2 && byte <= 0xdf) {
        u->more = 1;
    } else if (byte >= 0xe0 && byte <= 0xef) {
        u->more = 2;
        u->least = byte == 0xe0 ? 0xa0 : 0x80; /* no longer form than needed */
        u->most = byte == 0xed ? 0x9f : 0xbf;  /* no surrogates */
    } else if (byte >= 0xf0 && byte <= 0xf4) {
        u->more = 3;
        u->least = byte == 0xf0 ? 0x90 : 0x80;
        u->most = byte == 0xf4 ? 0x8f : 0xbf; /* not above 10FFFF */
    } else {
        return false;
    }
    return true;
}

static bool utf8_byte(struct utf8 *u, uint64_t byte)
{
    if (u->more == 0) {
        return utf8_first(u, byte);
    }
    bool ok = byte >= u->least && byte <= u->most;
    u->more--;
    u->least = 0x80, u->most = 0xbf;
    return ok;
}

/* n bytes, aligned to 8; what follows them in their last word is 0 */
static bool utf8_piece(struct utf8 *u, const uint64_t *words, uint64_t n)
{
    for (uint64_t i = 0; i < n; i += 8, words++) {
        if (u->more == 0 && (*words & UINT64_C(0x8080808080808080)) == 0) {
            continue;
        }
        uint64_t word = *words, left = n - i < 8 ? n - i : 8;
        for (; left > 0; left--, word >>= 8) {
            if (!utf8_byte(u, word & 0xff)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- bytes of the program's memory ---- */
/* Reads a piece into the scratch buffer; what follows in its last word is 0. */
static uint64_t read_piece(struct kernel *k, uint64_t address, uint64_t n)
{
    n = n < SCRATCH_BYTES ? n : SCRATCH_BYTES;
    if (n % 8 != 0) {
        k->scratch[n / 8] = 0;
    }
    region_read(k, k->scratch, address, n);
    return n;
}

void put_user(struct kernel *k, uint64_t address, uint64_t n)
{
    while (n > 0) {
        uint64_t part = read_piece(k, address, n);
        put_bytes(k, k->scratch, part);
        address = region_advance(k, address, part);
        n -= part;
    }
}

static bool is_text(struct kernel *k, uint64_t address, uint64_t n)
{
    struct utf8 u = {0};
    while (n > 0) {
        uint64_t part = read_piece(k, address, n);
        if (!utf8_piece(&u, k->scratch, part)) {
            return false;
        }
        address = region_advance(k, address, part);
        n -= part;
    }
    return u.more == 0;
}

/* A record with a text, or with what is none; false: the run has failed. */
static bool put_text(struct kernel *k, enum gn_sol_record kind, uint64_t address, uint64_t n)
{
    if (!region_slice(k, address, n, false)) {
        return false;
    }
    bool ok = is_text(k, address, n);
    put_record(k, ok ? kind : GN_SOL_INVALID_TEXT, n);
    if (n <= SCRATCH_BYTES && ok) { /* is still there */
        put_bytes(k, k->scratch, n);
    } else {
        put_user(k, address, n);
    }
    return ok || kernel_fault(k, GN_SOL_FAULT_INVALID_STRING);
}

/* ---- syscalls ---- */
bool syscall_log(struct kernel *k)
{
    uint64_t n = machine_reg(2);
    return charge(k, n > SYSCALL_BASE_UNITS ? n : SYSCALL_BASE_UNITS) && put_text(k, GN_SOL_LOG, machine_reg(1), n);
}

bool syscall_panic(struct kernel *k)
{
    uint64_t n = machine_reg(2);
    if (!charge(k, n) || !put_text(k, GN_SOL_PANIC_FILE, machine_reg(1), n)) {
        return false;
    }
    return kernel_fault_with(k, GN_SOL_FAULT_PANIC, machine_reg(3), machine_reg(4), 0, 0);
}

bool syscall_log_64(struct kernel *k)
{
    if (!charge(k, SYSCALL_BASE_UNITS)) {
        return false;
    }
    put_record(k, GN_SOL_LOG_64, 40);
    put(k, machine_reg(1));
    put(k, machine_reg(2));
    put(k, machine_reg(3));
    put(k, machine_reg(4));
    put(k, machine_reg(5));
    return true;
}

bool syscall_log_pubkey(struct kernel *k)
{
    uint64_t address = machine_reg(1);
    if (!charge(k, SYSCALL_BASE_UNITS) || !region_slice(k, address, 32, false)) {
        return false;
    }
    put_record(k, GN_SOL_LOG_PUBKEY, 32);
    put_user(k, address, 32);
    return true;
}

bool syscall_log_units(struct kernel *k)
{
    if (!charge(k, SYSCALL_BASE_UNITS)) {
        return false;
    }
    put_record(k, GN_SOL_LOG_UNITS, 8);
    put(k, k->left);
    return true;
}

bool syscall_log_data(struct kernel *k)
{
    uint64_t slices = machine_reg(1), n = machine_reg(2), bytes = 0, words = 0;
    if (!charge(k, SYSCALL_BASE_UNITS) || !region_array(k, slices, n, 16, 8) || !charge(k, SYSCALL_BASE_UNITS * n)) {
        return false;
    }
    for (uint64_t i = 0; i < n; i++) {
        uint64_t size = region_word(k, region_advance(k, slices, 16 * i + 8));
        bytes = bytes + size < bytes ? UINT64_MAX : bytes + size;
        words += 1 + padded(size) / 8;
    }
    if (!charge(k, bytes)) {
        return false;
    }
    for (uint64_t i = 0; i < n; i++) {
        uint64_t at = region_advance(k, slices, 16 * i);
        if (!region_slice(k, region_word(k, at), region_word(k, region_advance(k, at, 8)), false)) {
            return false;
        }
    }
    put_record(k, GN_SOL_LOG_DATA, 8 * words);
    for (uint64_t i = 0; i < n; i++) {
        uint64_t at = region_advance(k, slices, 16 * i), size = region_word(k, region_advance(k, at, 8));
        put(k, size);
        put_user(k, region_word(k, at), size);
    }
    return true;
}
