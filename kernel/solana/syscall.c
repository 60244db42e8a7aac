/* SPDX-License-Identifier: Apache-2.0 */
/* syscall.c - which syscall it is; those that do next to nothing.
 *
 * Order of effects is the runtime's: first the cost, then pointers in the order in which it translates them.  r0 is 0 unless a syscall sets it. */
#include "kernel.h"

bool syscall_alloc_free(struct kernel *k)
{
    uint64_t size = machine_reg(1), alignment = k->in->loader == 1 ? 1 : 8;
    uint64_t at = (k->heap_used + alignment - 1) & ~(alignment - 1);
    if (machine_reg(2) != 0 || size >> 63 != 0 || at > k->in->heap || size > k->in->heap - at) {
        return true;
    }
    k->heap_used = at + size;
    machine_set_reg(0, GN_SOL_HEAP + at);
    return true;
}

bool syscall_stack_height(struct kernel *k)
{
    machine_set_reg(0, 1);
    return charge(k, SYSCALL_BASE_UNITS);
}

bool syscall_serve(struct kernel *k, uint64_t number)
{
    switch (number) {
    case GN_SOL_SYSCALL_ABORT:
        return kernel_fault(k, GN_SOL_FAULT_ABORT);
    case GN_SOL_SYSCALL_PANIC:
        return syscall_panic(k);
    case GN_SOL_SYSCALL_LOG:
        return syscall_log(k);
    case GN_SOL_SYSCALL_LOG_64:
        return syscall_log_64(k);
    case GN_SOL_SYSCALL_LOG_PUBKEY:
        return syscall_log_pubkey(k);
    case GN_SOL_SYSCALL_LOG_COMPUTE_UNITS:
        return syscall_log_units(k);
    case GN_SOL_SYSCALL_LOG_DATA:
        return syscall_log_data(k);
    case GN_SOL_SYSCALL_MEMCPY:
        return syscall_memcpy(k);
    case GN_SOL_SYSCALL_MEMMOVE:
        return syscall_memmove(k);
    case GN_SOL_SYSCALL_MEMSET:
        return syscall_memset(k);
    case GN_SOL_SYSCALL_MEMCMP:
        return syscall_memcmp(k);
    case GN_SOL_SYSCALL_ALLOC_FREE:
        return syscall_alloc_free(k);
    case GN_SOL_SYSCALL_CREATE_PROGRAM_ADDRESS:
        return syscall_create_address(k);
    case GN_SOL_SYSCALL_FIND_PROGRAM_ADDRESS:
        return syscall_find_address(k);
    case GN_SOL_SYSCALL_SHA256:
        return syscall_sha256(k);
    case GN_SOL_SYSCALL_KECCAK256:
        return syscall_keccak256(k);
    case GN_SOL_SYSCALL_SECP256K1_RECOVER:
        return syscall_secp256k1_recover(k);
    case GN_SOL_SYSCALL_GET_CLOCK:
        return syscall_sysvar(k, GN_SOL_CLOCK);
    case GN_SOL_SYSCALL_GET_RENT:
        return syscall_sysvar(k, GN_SOL_RENT);
    case GN_SOL_SYSCALL_GET_EPOCH_SCHEDULE:
        return syscall_sysvar(k, GN_SOL_EPOCH_SCHEDULE);
    case GN_SOL_SYSCALL_GET_LAST_RESTART_SLOT:
        return syscall_sysvar(k, GN_SOL_LAST_RESTART_SLOT);
    case GN_SOL_SYSCALL_GET_EPOCH_REWARDS:
        return syscall_sysvar(k, GN_SOL_EPOCH_REWARDS);
    case GN_SOL_SYSCALL_GET_SYSVAR:
        return syscall_get_sysvar(k);
    case GN_SOL_SYSCALL_GET_EPOCH_STAKE:
        return syscall_epoch_stake(k);
    case GN_SOL_SYSCALL_GET_STACK_HEIGHT:
        return syscall_stack_height(k);
    case GN_SOL_SYSCALL_SET_RETURN_DATA:
        return syscall_set_return_data(k);
    case GN_SOL_SYSCALL_GET_RETURN_DATA:
        return syscall_get_return_data(k);
    case GN_SOL_SYSCALL_GET_SIBLING:
        return syscall_sibling(k);
    default:
        machine_stop(GN_SOL_STOP_UNSUPPORTED, number);
    }
}
