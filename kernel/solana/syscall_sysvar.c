/* SPDX-License-Identifier: Apache-2.0 */
/* syscall_sysvar.c - what a program can ask about the cluster: sysvars and epoch stakes.  What it was told goes into the statement. */
#include "kernel.h"

/* ---- getters: C structs, padding zeroed ---- */
static const uint8_t sizes[GN_SOL_SYSVARS] = {[GN_SOL_CLOCK] = 40,
                                              [GN_SOL_RENT] = 24,
                                              [GN_SOL_EPOCH_SCHEDULE] = 40,
                                              [GN_SOL_EPOCH_REWARDS] = 96,
                                              [GN_SOL_LAST_RESTART_SLOT] = 8};

/* From bincode; false: the account's data are no such sysvar. */
static bool unpack(struct kernel *k, enum gn_sol_sysvar which, const uint64_t *sysvar, uint64_t to[12])
{
    static const uint8_t needed[GN_SOL_SYSVARS] = {40, 17, 33, 81, 8}; /* bytes */
    const uint64_t *from = sysvar + 1;
    (void)k;
    if (sysvar[0] == GN_SOL_ABSENT || sysvar[0] < needed[which]) {
        return false;
    }
    unsigned words = sizes[which] / 8;
    for (unsigned i = 0; i < words; i++) {
        to[i] = 8 * i < needed[which] ? from[i] : 0;
    }
    switch (which) {
    case GN_SOL_RENT: /* u64, f64, u8 */
        to[2] &= 0xff;
        return true;
    case GN_SOL_EPOCH_SCHEDULE: /* u64, u64, bool, u64, u64 */
        to[2] = from[2] & 0xff;
        to[3] = load_word((const uint8_t *)from + 17);
        to[4] = load_word((const uint8_t *)from + 25);
        return to[2] < 2;
    case GN_SOL_EPOCH_REWARDS: /* u64, u64, 32 bytes, u128, u64, u64, bool */
        to[10] &= 0xff;
        to[11] = 0;
        return to[10] < 2;
    default:
        return true;
    }
}

bool syscall_sysvar(struct kernel *k, enum gn_sol_sysvar which)
{
    uint64_t to = machine_reg(1), words[12];
    if (!charge(k, SYSCALL_BASE_UNITS + sizes[which])) {
        return false;
    }
    if (k->in->loader == 1) {
        return kernel_fault(k, GN_SOL_FAULT_UNALIGNED_POINTER);
    }
    if (to >= GN_SOL_INPUT) {
        return kernel_fault(k, GN_SOL_FAULT_INVALID_POINTER);
    }
    if (!region_aligned(k, to, sizes[which], true, which == GN_SOL_EPOCH_REWARDS ? 16 : 8)) {
        return false;
    }
    const uint64_t *sysvar = input_sysvar(k, which);
    if ((k->sysvars_read >> which & 1) == 0) {
        uint64_t n = sysvar[0] == GN_SOL_ABSENT ? 0 : sysvar[0];
        k->sysvars_read |= UINT64_C(1) << which;
        put_record(k, GN_SOL_READ_SYSVAR, 16 + padded(n));
        put(k, which);
        put(k, sysvar[0]);
        put_bytes(k, sysvar + 1, n);
    }
    if (!unpack(k, which, sysvar, words)) {
        return kernel_error(k, GN_SOL_ERROR_UNSUPPORTED_SYSVAR);
    }
    region_write(k, to, words, sizes[which]);
    return true;
}

/* ---- slices of bincode ---- */
/* "Sysvar...": account keys */
static const uint64_t ids[GN_SOL_SYSVARS][4] = {
    {UINT64_C(0xc974c71817d5a706), UINT64_C(0xb65e1d6998635628), UINT64_C(0x5c6d4b9ba3b85e8b),
     UINT64_C(0x00000000215b5573)}, /* SysvarC1ock11111111111111111111111111111111 */
    {UINT64_C(0x515c2c1917d5a706), UINT64_C(0x7ff14a3d4cc98c21), UINT64_C(0x44fda19b08eeda58),
     UINT64_C(0x000000008ad9dbe3)}, /* SysvarRent111111111111111111111111111111111 */
    {UINT64_C(0xee3fdc1817d5a706), UINT64_C(0xb0f800017fe4d302), UINT64_C(0x3f1e59602e94f754),
     UINT64_C(0x00000005a8198750)}, /* SysvarEpochSchedu1e111111111111111111111111 */
    {UINT64_C(0xee3fdc1817d5a706), UINT64_C(0xe166ce83bf58a502), UINT64_C(0x270b95341c2a4244),
     UINT64_C(0x0000009c5a9b86c1)}, /* SysvarEpochRewards1111111111111111111111111 */
    {UINT64_C(0xe1dd061917d5a706), UINT64_C(0xf4c8b4ca7d943fcd), UINT64_C(0xb813980fad1bf5f4),
     UINT64_C(0x0000c01f4789d200)}, /* SysvarLastRestartS1ot1111111111111111111111 */
    {UINT64_C(0xaf0a2f1917d5a706), UINT64_C(0x7acc77fbe365f2c6), UINT64_C(0x133bbed029c582da),
     UINT64_C(0x0000002055002d6e)}, /* SysvarS1otHashes111111111111111111111111111 */
    {UINT64_C(0xd084351917d5a706), UINT64_C(0x20131d43b39bedfe), UINT64_C(0x56b8571b2844e56b),
     UINT64_C(0x000000f45f37c56c)}, /* SysvarStakeHistory1111111111111111111111111 */
};

static enum gn_sol_sysvar find_sysvar(const uint64_t id[4])
{
    for (unsigned i = 0; i < GN_SOL_SYSVARS; i++) {
        if (key_equal(id, ids[i])) {
            return (enum gn_sol_sysvar)i;
        }
    }
    return GN_SOL_SYSVARS;
}

bool syscall_get_sysvar(struct kernel *k)
{
    uint64_t id_at = machine_reg(1), to = machine_reg(2), offset = machine_reg(3), n = machine_reg(4), id[4];
    if (!charge(k, n < 2750 ? SYSCALL_BASE_UNITS + 10 : SYSCALL_BASE_UNITS + n / 250)) {
        return false;
    }
    if (k->in->loader == 1) {
        return kernel_fault(k, GN_SOL_FAULT_UNALIGNED_POINTER);
    }
    if (to >= GN_SOL_INPUT) {
        return kernel_fault(k, GN_SOL_FAULT_INVALID_POINTER);
    }
    if (!region_slice(k, to, n, true) || !region_slice(k, id_at, 32, false)) {
        return false;
    }
    if (offset + n < n || to + n < n) {
        return kernel_error(k, GN_SOL_ERROR_ARITHMETIC_OVERFLOW);
    }
    region_read(k, id, id_at, 32);
    enum gn_sol_sysvar which = find_sysvar(id);
    if (which == GN_SOL_SYSVARS) {
        machine_set_reg(0, 2);
        return true;
    }
    const uint64_t *sysvar = input_sysvar(k, which);
    bool exists = sysvar[0] != GN_SOL_ABSENT, found = exists && offset + n <= sysvar[0];
    put_record(k, GN_SOL_READ_SLICE, 32 + (found ? padded(n) : 0));
    put(k, which);
    put(k, offset);
    put(k, n);
    put(k, exists ? found : GN_SOL_ABSENT);
    if (!found) {
        machine_set_reg(0, exists ? 1 : 2);
        return true;
    }
    region_write(k, to, (const uint8_t *)(sysvar + 1) + offset, n);
    put_user(k, to, n);
    return true;
}

/* ---- epoch stakes ---- */
bool syscall_epoch_stake(struct kernel *k)
{
    uint64_t at = machine_reg(1), vote[4], stake = 0;
    if (at == 0) {
        if (!charge(k, SYSCALL_BASE_UNITS)) {
            return false;
        }
        put_record(k, GN_SOL_READ_TOTAL_STAKE, 8);
        put(k, k->in->total_stake);
        machine_set_reg(0, k->in->total_stake);
        return true;
    }
    if (!charge(k, SYSCALL_BASE_UNITS + 10) || !region_slice(k, at, 32, false)) {
        return false;
    }
    region_read(k, vote, at, 32);
    const struct gn_sol_stake *stakes = input_at(k, k->in->stakes_at);
    for (uint64_t i = 0; i < k->in->stakes_n; i++) {
        if (key_equal(vote, stakes[i].vote)) {
            stake = stakes[i].stake;
            break;
        }
    }
    put_record(k, GN_SOL_READ_STAKE, 40);
    put_words(k, vote, 4);
    put(k, stake);
    machine_set_reg(0, stake);
    return true;
}
