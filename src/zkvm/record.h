/* SPDX-License-Identifier: Apache-2.0 */
/* record.h - the run that a proof is about: executed once, with everything kept that filling the tables takes; and the filled tables. */
#ifndef GN_ZKVM_RECORD_H
#define GN_ZKVM_RECORD_H

#include "zkvm/ahead.h"
#include "zkvm/binding.h"
#include "zkvm/program.h"

struct gn_recorded {
    const struct gn_program *program;
    const uint8_t *input;
    size_t input_n;
    struct rv_machine machine;    /* of a RISC-V program */
    struct solana_machine solana; /* of a Solana program */
    enum solana_end end;          /* of a Solana run; SOLANA_HINT: of y, and that is a failure */
    uint8_t y[32];
    struct mx_recorder *recorder;
    struct mx_run run; /* of the finished recorder; without an arena */
    struct gn_binding binding;
    struct gn_ahead ahead; /* while it is executed */
};
/* Runs to the end.  input must outlive it.  GN_LIMIT: a run that no proof holds.  Must not be moved; closed also after a failure. */
GN_NODISCARD enum gn_status gn_recorded_open(struct gn_recorded *r, const struct gn_program *program,
                                             const uint8_t *input, size_t input_n, struct gn_reporter *reporter,
                                             struct gn_error *err);
void gn_recorded_close(struct gn_recorded *r);
uint64_t gn_recorded_steps(const struct gn_recorded *r); /* instructions */

/* The proof of a run whose program has been recorded under it.  options->progress hears of all but the execution. */
GN_NODISCARD enum gn_status gn_recorded_prove(struct gn_proof **out, struct gn_recorded *r,
                                              const struct gn_options *options, struct gn_error *err);

struct gn_tables {
    struct gn_machine machine;
    struct gn_prover *prover; /* whose memory they lie in: options.prover, or one of their own */
    struct gn_prover *own;
    struct air_witness witness;
};
/* Fills all tables; the witness lacks what belongs to the program alone (gn_tables_complete).  GN_LIMIT if these, the records and the proof take more than options.max_memory.  Lives as long as r, and until the prover's next.  Must not be moved; closed also after a failure. */
GN_NODISCARD enum gn_status gn_tables_open(struct gn_tables *t, struct gn_recorded *r, struct gn_reporter *reporter,
                                           struct gn_error *err);
/* Adds what belongs to the program alone, committed; from now on it has a key.  engine: for gn_prove. */
GN_NODISCARD enum gn_status gn_tables_complete(struct gn_tables *t, struct gn_prove_options *engine,
                                               const struct gn_recorded *r, const struct gn_options *options,
                                               struct gn_error *err);
void gn_tables_close(struct gn_tables *t);

/* Checks every constraint of every row and every bus; GN_INTERNAL names the first failure. */
GN_NODISCARD enum gn_status gn_tables_check(const struct gn_tables *t, struct gn_error *err);

#endif
