/* SPDX-License-Identifier: Apache-2.0 */
/* syscall_address.c - program derived addresses: SHA-256 of seeds, program and a marker, unless that is a point of the curve.
 *
 * Whether it is one is the next hint's word, which proves it (curve25519.c).  A run whose hints are used up stops: the host makes the hint and starts again. */
#include "kernel.h"

enum { SEEDS_MAX = 16, SEED_MAX = 32, ADDRESS_UNITS = 1500 };

static bool is_on_curve(struct kernel *k, const uint64_t address[4])
{
    const struct gn_sol_hint *hints = input_at(k, k->in->hints_at);
    if (k->hints_used >= k->in->hints_n) {
        machine_stop(GN_SOL_STOP_HINT, (uint64_t)(uintptr_t)address);
    }
    int on_curve = curve25519_is_y(address, hints[k->hints_used++].word);
    if (on_curve < 0) {
        machine_stop(GN_SOL_STOP_BAD_HINT, k->hints_used - 1);
    }
    return on_curve == 1;
}

/* what all tries of an address begin with */
static bool hash_seeds(struct kernel *k, struct sha256 *h, uint64_t seeds, uint64_t n, uint64_t program)
{
    uint64_t address[SEEDS_MAX], size[SEEDS_MAX];
    if (!region_array(k, seeds, n, 16, 8)) {
        return false;
    }
    if (n > SEEDS_MAX) {
        return kernel_fault(k, GN_SOL_FAULT_BAD_SEEDS);
    }
    for (uint64_t i = 0; i < n; i++) {
        address[i] = region_word(k, region_advance(k, seeds, 16 * i));
        size[i] = region_word(k, region_advance(k, seeds, 16 * i + 8));
        if (size[i] > SEED_MAX) {
            return kernel_fault(k, GN_SOL_FAULT_BAD_SEEDS);
        }
        if (!region_slice(k, address[i], size[i], false)) {
            return false;
        }
    }
    if (!region_slice(k, program, 32, false)) {
        return false;
    }
    sha256_begin(h);
    for (uint64_t i = 0; i < n; i++) {
        sha256_user(k, h, address[i], size[i]);
    }
    return true;
}

/* the address; false: it is on the curve */
static bool derive(struct kernel *k, struct sha256 *h, uint64_t program, uint64_t address[4])
{
    static const uint64_t marker[3] = {UINT64_C(0x446d6172676f7250), UINT64_C(0x6441646576697265),
                                       0x7373657264}; /* "ProgramDerivedAddress" */
    sha256_user(k, h, program, 32);
    sha256_add(h, marker, 21);
    sha256_end(h, address);
    return !is_on_curve(k, address);
}

bool syscall_create_address(struct kernel *k)
{
    uint64_t program = machine_reg(3), to = machine_reg(4), address[4];
    struct sha256 h;
    if (!charge(k, ADDRESS_UNITS) || !hash_seeds(k, &h, machine_reg(1), machine_reg(2), program)) {
        return false;
    }
    if (!derive(k, &h, program, address)) {
        machine_set_reg(0, 1);
        return true;
    }
    if (!region_slice(k, to, 32, true)) {
        return false;
    }
    region_write(k, to, address, 32);
    return true;
}

static bool put_found(struct kernel *k, const uint64_t address[4], uint64_t bump)
{
    uint64_t to = machine_reg(4), bump_to = machine_reg(5);
    if (!region_slice(k, bump_to, 1, true) || !region_slice(k, to, 32, true)) {
        return false;
    }
    if (region_overlap(k, bump_to, 1, to, 32)) {
        return kernel_fault(k, GN_SOL_FAULT_COPY_OVERLAPPING);
    }
    region_write(k, bump_to, &bump, 1);
    region_write(k, to, address, 32);
    return true;
}

bool syscall_find_address(struct kernel *k)
{
    uint64_t seeds_n = machine_reg(2), program = machine_reg(3), address[4];
    struct sha256 seeds;
    if (!charge(k, ADDRESS_UNITS) || !hash_seeds(k, &seeds, machine_reg(1), seeds_n, program)) {
        return false;
    }
    for (uint64_t bump = 255; bump > 0; bump--) {
        struct sha256 h = seeds;
        sha256_add(&h, &bump, 1);
        /* with the bump a seventeenth seed, every try is a miss */
        if (seeds_n < SEEDS_MAX && derive(k, &h, program, address)) {
            return put_found(k, address, bump);
        }
        if (!charge(k, ADDRESS_UNITS)) {
            return false;
        }
    }
    machine_set_reg(0, 1);
    return true;
}
