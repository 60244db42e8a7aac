/* SPDX-License-Identifier: Apache-2.0 */
/* sbpf_ops.h - what sBPF's arithmetic and branch instructions compute, as core instructions, written from the sBPF description with 128-bit integers, apart from
 * executor and tables. */
#ifndef GN_TESTS_MACHINES_RV_SBPF_OPS_H
#define GN_TESTS_MACHINES_RV_SBPF_OPS_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/vm.h"

enum sbpf_effect {
    SBPF_ADD,
    SBPF_SUB,
    SBPF_RSUB,
    SBPF_AND,
    SBPF_OR,
    SBPF_XOR,
    SBPF_SHL,
    SBPF_SHR,
    SBPF_SAR,
    SBPF_MUL,
    SBPF_MULH,
    SBPF_MULHU,
    SBPF_DIV,
    SBPF_DIVU,
    SBPF_REM,
    SBPF_REMU,
    SBPF_SWAP, /* of `bits` bits */
    SBPF_EQ,   /* branches from here on */
    SBPF_NE,
    SBPF_LT,
    SBPF_GE,
    SBPF_LTU,
    SBPF_GEU,
    SBPF_SET
};

struct sbpf_op {
    uint8_t op;
    enum sbpf_effect effect;
    uint8_t bits;
    bool immediate, extends; /* extends: a result of 32 bits by its sign, else by zeros */
    const char *table;       /* that proves it with wide immediates */
};
extern const struct sbpf_op sbpf_ops[];
extern const unsigned sbpf_ops_n;

/* The value of rd, or 1 if the branch is taken.  false: the instruction faults. */
bool sbpf_result(const struct sbpf_op *op, uint64_t a, uint64_t b, uint64_t *result);

#endif
