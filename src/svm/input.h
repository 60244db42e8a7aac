/* SPDX-License-Identifier: Apache-2.0 */
/* input.h - one instruction to execute, with everything that a validator would fix: SolanaExecutionInput of docs/statement.md, section 1.
 *
 * A struct svm_input points to memory that its maker owns (an arena, the bytes it was read from). */
#ifndef GN_SVM_INPUT_H
#define GN_SVM_INPUT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "kernel/solana/abi.h"
#include "svm/base58.h"

enum { /* what abi.h does not limit */
       SVM_SYSVAR_MAX = 32 << 10,
       SVM_STAKES_MAX = 4096,
       SVM_SIBLINGS_MAX = 64,
       SVM_PROGRAM_MAX = 10 << 20,
};

struct svm_bytes {
    const uint8_t *data;
    size_t n;
};

struct svm_account {
    struct svm_key key, owner;
    uint64_t lamports, rent_epoch;
    struct svm_bytes data;
    bool executable, signer, writable;
};

struct svm_stake {
    struct svm_key vote;
    uint64_t stake;
};

struct svm_meta {
    struct svm_key key;
    bool signer, writable;
};

struct svm_sibling {
    struct svm_key program;
    const struct svm_meta *metas;
    size_t metas_n;
    struct svm_bytes data;
};

struct svm_input {
    struct svm_bytes program;           /* empty, or the ELF */
    const struct svm_account *accounts; /* in the instruction's order, duplicates repeated */
    size_t accounts_n;
    struct svm_bytes data;
    struct svm_key program_id;
    uint32_t loader; /* 1, 2, 3 */
    uint64_t features /* GN_SOL_VASA */, budget, heap;
    int64_t resized;
    bool sysvar_exists[GN_SOL_SYSVARS];
    struct svm_bytes sysvars[GN_SOL_SYSVARS];
    uint64_t total_stake;
    const struct svm_stake *stakes;
    size_t stakes_n;
    const struct svm_sibling *siblings; /* latest first */
    size_t siblings_n;
};

/* loader 3, budget 200,000, heap 32 KiB, no sysvars */
struct svm_input gn_svm_input_default(void);

/* The limits of docs/statement.md, and that accounts which occur twice agree.  GN_BAD_INPUT names the field. */
GN_NODISCARD enum gn_status gn_svm_input_check(const struct svm_input *in, struct gn_error *err);

/* Appends input.bin to out (sticky failure: see buffer.h). */
void gn_svm_input_write(struct gn_buffer *out, const struct svm_input *in);
/* Reads and checks input.bin.  in points into bytes and into arena.  The line names field and offset. */
GN_NODISCARD enum gn_status gn_svm_input_read(struct svm_input *in, struct gn_arena *arena, const void *bytes, size_t n,
                                              struct gn_error *err);

/* The first account with the key of account i: i itself if there is none before it. */
size_t gn_svm_input_first(const struct svm_input *in, size_t i);

const char *gn_svm_sysvar_name(enum gn_sol_sysvar s); /* "epoch_schedule" */
extern const char *const gn_svm_loaders[4];           /* addresses of loaders 1, 2, 3; [0] is NULL */

#endif
