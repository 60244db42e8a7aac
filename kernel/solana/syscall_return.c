/* SPDX-License-Identifier: Apache-2.0 */
/* syscall_return.c - return data, and instructions that were processed before. */
#include "kernel.h"

bool syscall_set_return_data(struct kernel *k)
{
    uint64_t at = machine_reg(1), n = machine_reg(2);
    if (!charge(k, SYSCALL_BASE_UNITS + n / 250)) {
        return false;
    }
    if (n > GN_SOL_RETURN_DATA_MAX) {
        return kernel_fault_with(k, GN_SOL_FAULT_RETURN_DATA_TOO_LARGE, n, GN_SOL_RETURN_DATA_MAX, 0, 0);
    }
    if (!region_slice(k, at, n, false)) {
        return false;
    }
    region_read(k, k->return_data, at, n);
    k->return_n = n;
    return true;
}

bool syscall_get_return_data(struct kernel *k)
{
    uint64_t to = machine_reg(1), n = machine_reg(2), program_to = machine_reg(3);
    if (!charge(k, SYSCALL_BASE_UNITS)) {
        return false;
    }
    n = n < k->return_n ? n : k->return_n;
    if (n != 0) {
        if (!charge(k, (n + 32) / 250) || !region_slice(k, to, n, true) || !region_slice(k, program_to, 32, true)) {
            return false;
        }
        if (region_overlap(k, to, n, program_to, 32)) {
            return kernel_fault(k, GN_SOL_FAULT_COPY_OVERLAPPING);
        }
        region_write(k, to, k->return_data, n);
        region_write(k, program_to, k->in->program, 32);
    }
    machine_set_reg(0, k->return_n);
    return true;
}

/* ---- siblings ---- */
enum {
    META_BYTES = 34,
    HEADER_BYTES = 16
}; /* in the program's memory: key, signer, writable; data length, number of accounts */

/* no two of the four outputs may overlap */
static bool outputs_overlap(const struct kernel *k, const uint64_t at[4], const uint64_t n[4])
{
    for (unsigned i = 0; i < 3; i++) {
        for (unsigned j = i + 1; j < 4; j++) {
            if (n[i] != 0 && n[j] != 0 && region_overlap(k, at[i], n[i], at[j], n[j])) {
                return true;
            }
        }
    }
    return false;
}

static bool put_sibling(struct kernel *k, const struct gn_sol_sibling *s, uint64_t header)
{
    const struct gn_sol_sibling_meta *metas = (const void *)(s + 1);
    const void *data = metas + s->metas_n;
    const uint64_t at[4] = {machine_reg(3), machine_reg(4), machine_reg(5), header};
    const uint64_t n[4] = {32, s->data_n, s->metas_n * META_BYTES, HEADER_BYTES};
    if (!region_slice(k, at[0], n[0], true) || !region_slice(k, at[1], n[1], true) ||
        !region_slice(k, at[2], n[2], true)) {
        return false;
    }
    if (outputs_overlap(k, at, n)) {
        return kernel_fault(k, GN_SOL_FAULT_COPY_OVERLAPPING);
    }
    region_write(k, at[0], s->program, n[0]);
    region_write(k, at[1], data, n[1]);
    for (uint64_t i = 0; i < s->metas_n; i++) {
        uint64_t to = region_advance(k, at[2], i * META_BYTES), flags = metas[i].flags;
        flags = (flags & GN_SOL_SIGNER) | (flags & GN_SOL_WRITABLE) << 7;
        region_write(k, to, metas[i].key, 32);
        region_write(k, region_advance(k, to, 32), &flags, 2);
    }
    return true;
}

bool syscall_sibling(struct kernel *k)
{
    uint64_t index = machine_reg(1), header = machine_reg(2), lengths[2];
    if (!charge(k, SYSCALL_BASE_UNITS)) {
        return false;
    }
    const struct gn_sol_sibling *s = input_sibling(k, index);
    uint64_t bytes = s == NULL ? 0 : sizeof *s + s->metas_n * sizeof(struct gn_sol_sibling_meta) + padded(s->data_n);
    put_record(k, GN_SOL_READ_SIBLING, 16 + bytes);
    put(k, index);
    put(k, s != NULL);
    if (s == NULL) {
        return true;
    }
    put_words(k, s->program, bytes / 8);
    if (!region_aligned(k, header, HEADER_BYTES, true, 8)) {
        return false;
    }
    region_read(k, lengths, header, HEADER_BYTES);
    if (lengths[0] == s->data_n && lengths[1] == s->metas_n) {
        if (!put_sibling(k, s, header)) {
            return false;
        }
    } else {
        lengths[0] = s->data_n;
        lengths[1] = s->metas_n;
        region_write(k, header, lengths, HEADER_BYTES);
    }
    machine_set_reg(0, 1);
    return true;
}
