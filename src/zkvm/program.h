/* SPDX-License-Identifier: Apache-2.0 */
/* program.h - a program made ready to be proven; inside of the library.
 *
 * The front end's rows (with its kernel's) and regions become preprocessed columns when setup or prove asks for them. */
#ifndef GN_ZKVM_PROGRAM_H
#define GN_ZKVM_PROGRAM_H

#include "gnomon/gnomon.h"
#include "machines/system.h"
#include "proof/prove.h"
#include "riscv/riscv.h"
#include "solana/solana.h"

struct gn_program {
    struct rv_program *rv;         /* of a RISC-V executable, or NULL */
    struct solana_program *solana; /* of a Solana program, or NULL */
    uint8_t *elf;                  /* a Solana program's file, which it points into */
    size_t elf_n;
    const struct vm_program *core; /* the rows of either */
    uint64_t entry;
    uint8_t hash[32]; /* BLAKE3 of the file */
    struct mx_region *regions;
    uint32_t regions_n;
    struct mx_program *mx;
    struct gn_ready *ready; /* zkvm/ready.h: what follows from the program, made when it is needed */
};

/* How a run of the Solana machine came to its end; why: what gn_solana_run said. */
GN_NODISCARD enum gn_status gn_solana_ended(enum solana_end end, const struct gn_error *why, struct gn_error *err);

/* The constant machine as the witness builder wants it. */
struct gn_machine {
    struct mx_system system;
    uint32_t table_of_store[64];
};
void gn_machine_open(struct gn_machine *m);

/* The preprocessed columns, in an arena of their own. */
struct gn_columns {
    struct gn_arena arena;
    struct mx_preprocessed pre;
};
/* bytes of that arena; GN_LIMIT: too many pages */
GN_NODISCARD enum gn_status gn_program_columns_size(size_t *bytes, const struct gn_machine *m,
                                                    const struct gn_program *program, struct gn_error *err);
GN_NODISCARD enum gn_status gn_program_columns(struct gn_columns *out, const struct gn_machine *m,
                                               const struct gn_program *program, struct gn_error *err);

struct gn_options gn_options_of(const struct gn_options *options); /* NULL allowed */

/* What is reported while a proof is made: the engine's share is put behind that of filling the tables. */
struct gn_reporter {
    const struct gn_options *options;
    uint64_t instructions;
    unsigned first; /* permille done when the engine begins */
};
/* GN_CANCELLED if the caller wants an end. */
GN_NODISCARD enum gn_status gn_report(const struct gn_reporter *r, const char *step, unsigned permille,
                                      struct gn_error *err);
struct gn_prove_options gn_engine_options(struct gn_reporter *r);

#endif
