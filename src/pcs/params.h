/* SPDX-License-Identifier: Apache-2.0 */
/* params.h - WHIR parameters by preset and stack size: one committed constant table (gen/whir_params.inc, made and
 * checked by tools/soundness).
 *
 * Nothing here is computed in floating point at run time.  Names and meaning: docs/protocol.md sections 4 and 10.
 * Freestanding. */
#ifndef GN_PCS_PARAMS_H
#define GN_PCS_PARAMS_H

#include <stdint.h>

#include "gnomon/preset.h"
#include "hash/blake3.h"

#define WHIR_MAX_ROUNDS        6
#define WHIR_MAX_QUERIES       256
#define WHIR_MAX_FOLD_LOG2     5   /* k_i, i >= 1: a row of 2^5 elements is 768 bytes */
#define WHIR_MAX_STACK_COLUMNS 256 /* 2^k_0: a row of 256 cells is 1024 bytes */

/* With two stacks, the main row counts for i = 0 only, the preprocessed row ends behind i = 0 (R = 0), and the joint row
 * (all zero for i = 0) has the rest. */
struct whir_params {
    uint8_t m;                             /* log2 of the stack size, rounded up; joint: m_1, variables of f_1 */
    uint8_t k0, mu0;                       /* = k[0], mu[0]: W <= 2^k0 stack columns, rate 2^-mu0 */
    uint8_t rounds;                        /* R >= 1; preprocessed: 0 */
    uint8_t k[WHIR_MAX_ROUNDS + 1];        /* k[i], i = 0..R */
    uint8_t mu[WHIR_MAX_ROUNDS + 1];       /* mu[i], i = 0..R */
    uint16_t queries[WHIR_MAX_ROUNDS + 1]; /* t[i], i = 0..R */
    uint8_t grind[WHIR_MAX_ROUNDS + 1];    /* g[i] */
    uint8_t final_log2;                    /* m_f = m - k0 - sum k[i]; preprocessed: h */
};

enum whir_table { WHIR_MAIN, WHIR_PREPROCESSED, WHIR_JOINT };

/* The row for m = ceil log2(cells), or m = m_1 (clamped below to the table's first row); NULL when there is none (too
 * large, unknown preset).  Every m_1 that a main and a preprocessed row can give has a joint row. */
const struct whir_params *gn_whir_params(uint32_t preset, enum whir_table table, unsigned m);

/* h of a stack's row, the variables of a stack column; and d_0, log2 of the rows of its tree */
static inline unsigned gn_whir_vars(const struct whir_params *p)
{
    return (unsigned)(p->m - p->k0);
}

static inline unsigned gn_whir_rows_log2(const struct whir_params *p)
{
    return gn_whir_vars(p) + p->mu0;
}

/* m_1 of two stacks, and the joint row for it */
static inline unsigned gn_whir_joint_vars(const struct whir_params *main, const struct whir_params *preprocessed)
{
    unsigned h = gn_whir_vars(main), other = gn_whir_vars(preprocessed);
    return 1 + (h > other ? h : other);
}

static inline const struct whir_params *gn_whir_joint_params(uint32_t preset, const struct whir_params *main,
                                                             const struct whir_params *preprocessed)
{
    return gn_whir_params(preset, WHIR_JOINT, gn_whir_joint_vars(main, preprocessed));
}

/* BLAKE3 (plain) of the preset's rows, table by table, m ascending; a row is the little-endian u32s table
 * (0 main, 1 preprocessed, 2 joint), m, R, m_f, and for i = 0 .. R: k_i, mu_i, t_i, g_i.  A constant; a test
 * recomputes it.  NULL: unknown preset. */
const digest *gn_whir_params_digest(uint32_t preset);

#endif
