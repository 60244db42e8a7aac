/* SPDX-License-Identifier: Apache-2.0 */
/* disassemble.c - slots as text, in the form of the reference's assembler but for targets, which are slot numbers: "@17". */
#include <inttypes.h>
#include <stdio.h>

#include "sbpf/opcodes.h"

static void format_call(char *out, size_t out_n, const struct sbpf_program *p, const struct sbpf_syscalls *syscalls,
                        uint32_t slot, const struct sbpf_insn *insn)
{
    uint32_t which;
    switch (gn_sbpf_callee(p, syscalls, slot, insn, &which)) {
    case SBPF_CALLEE_SYSCALL:
        snprintf(out, out_n, "syscall %s", gn_sbpf_syscall_find(syscalls, which)->name);
        break;
    case SBPF_CALLEE_SLOT:
        snprintf(out, out_n, "call @%" PRIu32, which);
        break;
    case SBPF_CALLEE_NONE:
        snprintf(out, out_n, "call 0x%" PRIx32, (uint32_t)insn->imm);
        break;
    }
}

static void format_insn(char *out, size_t out_n, const struct sbpf_insn *i, const struct sbpf_op *op, uint64_t target)
{
    const char *name = op->mnemonic;
    switch (op->format) {
    case SBPF_FORMAT_DI:
        snprintf(out, out_n, "%s r%u, %" PRId32, name, i->dst, i->imm);
        break;
    case SBPF_FORMAT_DS:
        snprintf(out, out_n, "%s r%u, r%u", name, i->dst, i->src);
        break;
    case SBPF_FORMAT_D:
        snprintf(out, out_n, "%s r%u", name, i->dst);
        break;
    case SBPF_FORMAT_ENDIAN:
        snprintf(out, out_n, "%s%" PRId32 " r%u", name, i->imm, i->dst);
        break;
    case SBPF_FORMAT_LDX:
        snprintf(out, out_n, "%s r%u, [r%u%+d]", name, i->dst, i->src, i->off);
        break;
    case SBPF_FORMAT_ST:
        snprintf(out, out_n, "%s [r%u%+d], %" PRId32, name, i->dst, i->off, i->imm);
        break;
    case SBPF_FORMAT_STX:
        snprintf(out, out_n, "%s [r%u%+d], r%u", name, i->dst, i->off, i->src);
        break;
    case SBPF_FORMAT_JA:
        snprintf(out, out_n, "%s @%" PRIu64, name, target);
        break;
    case SBPF_FORMAT_JI:
        snprintf(out, out_n, "%s r%u, %" PRId32 ", @%" PRIu64, name, i->dst, i->imm, target);
        break;
    case SBPF_FORMAT_JS:
        snprintf(out, out_n, "%s r%u, r%u, @%" PRIu64, name, i->dst, i->src, target);
        break;
    default:
        snprintf(out, out_n, "%s", name);
        break;
    }
}

unsigned gn_sbpf_disassemble(char *out, size_t out_n, const struct sbpf_program *p,
                             const struct sbpf_syscalls *syscalls, uint32_t slot)
{
    if (slot >= p->slots_n) {
        snprintf(out, out_n, "end of text");
        return 0;
    }
    struct sbpf_insn insn = gn_sbpf_insn_at(p, slot);
    const struct sbpf_op *op = gn_sbpf_op(p->version, insn.opcode);
    if (op == NULL) {
        snprintf(out, out_n, "unknown 0x%02x", insn.opcode);
    } else if (op->format == SBPF_FORMAT_LDDW && slot + 1 < p->slots_n) {
        snprintf(out, out_n, "lddw r%u, 0x%" PRIx64, insn.dst, gn_sbpf_wide_imm(p, slot));
        return 2;
    } else if (op->format == SBPF_FORMAT_CALL) {
        format_call(out, out_n, p, syscalls, slot, &insn);
    } else if (op->format == SBPF_FORMAT_CALLX) {
        snprintf(out, out_n, "callx r%" PRIu32, gn_sbpf_callx_register(p->version, &insn));
    } else {
        format_insn(out, out_n, &insn, op, gn_sbpf_target(slot, insn.off));
    }
    return 1;
}
