/* SPDX-License-Identifier: Apache-2.0 */
/* describe.c - what the Solana kernel is told of a program: docs/statement.md section 4. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/solana/abi.h"
#include "sbpf/opcodes.h"

_Static_assert((int)GN_SOL_SYSCALLS_END <= (int)GN_SOL_SITE_EXIT, "a site is a byte");

static uint8_t site_of_call(const struct sbpf_program *p, uint32_t slot, const struct sbpf_insn *insn)
{
    struct sbpf_syscalls syscalls = gn_sbpf_syscalls();
    uint32_t which;
    switch (gn_sbpf_callee(p, &syscalls, slot, insn, &which)) {
    case SBPF_CALLEE_SYSCALL:
        return (uint8_t)(1 + (gn_sbpf_syscall_find(&syscalls, which) - syscalls.list));
    case SBPF_CALLEE_SLOT:
        return GN_SOL_SITE_PLAIN;
    case SBPF_CALLEE_NONE:
        break;
    }
    return GN_SOL_SITE_UNSUPPORTED;
}

static void fill_sites(uint8_t *sites, const struct sbpf_program *p)
{
    for (uint32_t slot = 0; slot < p->slots_n; slot++) {
        struct sbpf_insn insn = gn_sbpf_insn_at(p, slot);
        const struct sbpf_op *op = gn_sbpf_op(p->version, insn.opcode);
        if (op == NULL) {
            sites[slot] = GN_SOL_SITE_UNSUPPORTED;
        } else if (op->format == SBPF_FORMAT_CALL) {
            sites[slot] = site_of_call(p, slot, &insn);
        } else if (op->format == SBPF_FORMAT_EXIT) {
            sites[slot] = GN_SOL_SITE_EXIT;
        } else if (op->format == SBPF_FORMAT_LDDW && slot + 1 < p->slots_n) {
            sites[++slot] = GN_SOL_SITE_UNSUPPORTED;
        }
    }
}

enum gn_status gn_sbpf_describe(struct gn_buffer *out, const struct sbpf_program *p, enum sbpf_mode mode,
                                struct gn_error *err)
{
    const uint64_t head = sizeof(struct gn_sol_description), sites_n = (p->slots_n + UINT64_C(7)) / 8 * 8;
    const uint64_t words[] = {GN_SOL_DESCRIPTION_MAGIC,
                              p->version,
                              mode == SBPF_ADJUSTED ? GN_SOL_VASA : 0,
                              p->slots_n,
                              p->entry_slot,
                              p->text_address,
                              p->rodata_address,
                              p->rodata_n,
                              GN_SOL_DESCRIPTION + head + sites_n};
    _Static_assert(sizeof words == sizeof(struct gn_sol_description), "every word of the description");
    *out = (struct gn_buffer){0};
    if (p->slots_n >= GN_SOL_SLOTS_MAX) {
        return gn_fail(err, GN_LIMIT, "an sBPF program of %" PRIu32 " slots (at most %d)", p->slots_n,
                       GN_SOL_SLOTS_MAX - 1);
    }
    uint8_t *sites = calloc(sites_n + 1, 1);
    if (sites == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for the description of a program");
    }
    fill_sites(sites, p);
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
        uint8_t bytes[8];
        store_le64(bytes, words[i]);
        gn_buffer_append(out, bytes, sizeof bytes);
    }
    gn_buffer_append(out, sites, sites_n);
    gn_buffer_append(out, p->text, (size_t)p->slots_n * SBPF_SLOT);
    free(sites);
    if (out->failed) {
        gn_buffer_free(out);
        return gn_fail(err, GN_NO_MEMORY, "no memory for the description of a program");
    }
    return GN_OK;
}
