/* SPDX-License-Identifier: Apache-2.0 */
/* statement.h - the public bytes of a Solana proof, as structures: docs/statement.md, section 3. */
#ifndef GN_SVM_STATEMENT_H
#define GN_SVM_STATEMENT_H

#include "svm/input.h"

struct svm_record {
    enum gn_sol_record kind;
    struct svm_bytes payload; /* as many bytes as its kind has */
};

struct svm_state { /* of an account */
    struct svm_key owner;
    uint64_t lamports;
    struct svm_bytes data;
};

struct svm_statement_account {
    uint64_t flags;
    /* by value */
    struct svm_key key;
    uint64_t rent_epoch;
    struct svm_state before, after; /* after is before if it did not change */
    /* by hash (flags & GN_SOL_BY_HASH): 32 bytes each */
    const uint8_t *hash_before, *hash_after;
    bool changed;
};

struct svm_statement {
    bool success;
    uint64_t exit_code, units, instructions, modified;
    bool has_error; /* always if not success */
    enum gn_sol_error error;
    uint32_t custom;
    enum gn_sol_fault fault;
    uint64_t detail[4];
    uint64_t charged, flags, loader, budget, heap;
    int64_t resized;
    struct svm_key program;
    const uint32_t *metas; /* account numbers */
    size_t metas_n;
    const struct svm_statement_account *accounts;
    size_t accounts_n;
    struct svm_bytes data;
    const struct svm_record *records;
    size_t records_n;
    struct svm_key return_program; /* if return_data.n > 0 */
    struct svm_bytes return_data;
};

/* Reads the whole of bytes; s points into bytes and arena.  Total: any bytes give a statement or GN_BAD_INPUT with a line that names the word.  What
 * it returns is well formed: numbers are in range, payloads have the shape of their kind, texts are UTF-8, padding is zero, counts agree. */
GN_NODISCARD enum gn_status gn_svm_statement_read(struct svm_statement *s, struct gn_arena *arena, const void *bytes,
                                                  size_t n, struct gn_error *err);

/* Puts hashes in the place of accounts that are given by value, as the kernel does when it is asked to.  GN_NO_MEMORY of the arena. */
GN_NODISCARD enum gn_status gn_svm_statement_hash(struct svm_statement *s, struct gn_arena *arena,
                                                  struct gn_error *err);

/* is it UTF-8 (no surrogates, shortest forms)?  If not, *valid bytes are good, and the next *bad (1 ... 3) are not; *bad is 0 if the text ends
 * within a character. */
bool gn_svm_utf8(struct svm_bytes text, size_t *valid, size_t *bad);

#endif
