/* SPDX-License-Identifier: Apache-2.0 */
/* opcodes.h - opcodes.def as tables; internal to sbpf/. */
#ifndef GN_SBPF_OPCODES_H
#define GN_SBPF_OPCODES_H

#include "sbpf/sbpf.h"

enum sbpf_format {
    SBPF_FORMAT_DI,
    SBPF_FORMAT_DS,
    SBPF_FORMAT_D,
    SBPF_FORMAT_ENDIAN,
    SBPF_FORMAT_LDDW,
    SBPF_FORMAT_LDX,
    SBPF_FORMAT_ST,
    SBPF_FORMAT_STX,
    SBPF_FORMAT_JA,
    SBPF_FORMAT_JI,
    SBPF_FORMAT_JS,
    SBPF_FORMAT_CALL,
    SBPF_FORMAT_CALLX,
    SBPF_FORMAT_EXIT
};

enum sbpf_check {
    SBPF_CHECK_NONE,
    SBPF_CHECK_NONZERO,
    SBPF_CHECK_SHIFT32,
    SBPF_CHECK_SHIFT64,
    SBPF_CHECK_ENDIAN,
    SBPF_CHECK_LDDW,
    SBPF_CHECK_JUMP,
    SBPF_CHECK_CALLX,
    SBPF_CHECK_R10
};

enum sbpf_constant { SBPF_CONSTANT_0, SBPF_CONSTANT_S, SBPF_CONSTANT_Z, SBPF_CONSTANT_N, SBPF_CONSTANT_H };

struct sbpf_op {
    const char *mnemonic;
    enum sbpf_format format;
    enum sbpf_check check;
    enum vm_op core; /* VM_OPS: see lower.c */
    enum sbpf_constant constant;
};

/* NULL: the version has no such operation */
const struct sbpf_op *gn_sbpf_op(enum sbpf_version version, uint8_t opcode);

/* slot < p->slots_n */
struct sbpf_insn gn_sbpf_insn_at(const struct sbpf_program *p, uint32_t slot);

/* the 64 bits of a lddw; slot + 1 < p->slots_n */
uint64_t gn_sbpf_wide_imm(const struct sbpf_program *p, uint32_t slot);

/* slot + 1 + distance, which wraps like the reference's index: whoever uses it compares it with slots_n */
static inline uint64_t gn_sbpf_target(uint32_t slot, int64_t distance)
{
    return (uint64_t)slot + 1 + (uint64_t)distance;
}

/* How a call of the reference is decided before it runs. */
enum sbpf_callee { SBPF_CALLEE_NONE, SBPF_CALLEE_SYSCALL, SBPF_CALLEE_SLOT };
/* SYSCALL: *which is the hash; SLOT: the slot, below slots_n */
enum sbpf_callee gn_sbpf_callee(const struct sbpf_program *p, const struct sbpf_syscalls *syscalls, uint32_t slot,
                                const struct sbpf_insn *insn, uint32_t *which);

/* the register that a callx names */
uint32_t gn_sbpf_callx_register(enum sbpf_version version, const struct sbpf_insn *insn);

/* Puts functions in order of their keys; false if a key is there twice with different slots (*key: which). */
bool gn_sbpf_sort_functions(struct sbpf_program *p, uint32_t *key);

#endif
