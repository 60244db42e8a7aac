/* SPDX-License-Identifier: Apache-2.0 */
/* gnomon.h - run programs, set up keys, prove: the library libgnomon.  Verifying is verify.h, which needs nothing of this.
 *
 *     struct gn_program *program;
 *     struct gn_proof *proof;
 *     struct gn_error err;
 *     if (gn_program_load(&program, elf, elf_n, &err) == GN_OK && gn_program_setup(program, NULL, &err) == GN_OK &&
 *         gn_program_prove(&proof, program, input, input_n, NULL, &err) == GN_OK) {
 *         file = gn_proof_file(proof, &file_n);               what gn_proof_verify takes
 *         id = gn_program_id(program);                        what a verifier must know
 *     }
 *
 * Everything made here is freed by its _free function, which takes NULL.  Objects may be used by one thread at a time; there is
 * no global state.  Errors are described in status.h.  examples/prove_and_verify.c is a whole program. */
#ifndef GNOMON_GNOMON_H
#define GNOMON_GNOMON_H

#include "gnomon/prover.h"
#include "gnomon/verify.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How far a long call is. */
struct gn_progress {
    const char
        *step; /* "execute", "witness", "key", "check", "commit", "bus", "zerocheck", "open", "preprocessed", "done" */
    unsigned permille;     /* of what comes behind execution, whose length nobody knows before */
    uint64_t instructions; /* executed so far */
};
/* Called now and then, in the caller's thread; a nonzero answer cancels. */
typedef int gn_progress_callback(void *ctx, const struct gn_progress *progress);

/* Set to 0, then fill in what differs from the default.  NULL stands for all defaults. */
struct gn_options {
    uint32_t preset;     /* of a key that is made: GN_PRESET_...; 0: GN_PRESET_FAST_128 */
    unsigned threads;    /* 0: as many as there are processors */
    uint64_t max_memory; /* bytes; 0: no limit.  A proof that needs more is refused (GN_LIMIT) before it begins */
    uint64_t max_steps;  /* gn_program_run: instructions; 0: no limit */
    bool check;          /* gn_program_prove: check every constraint of every row and every bus first; a failure is
                                 GN_INTERNAL and names state machine, row and source line */
    gn_progress_callback *progress; /* may be NULL */
    void *progress_ctx;
    struct gn_prover *prover; /* may be NULL: keeps memory and threads between proofs, which makes later ones faster */
};

/* ---- programs ---- */
struct gn_program;

/* A static RV64IMAC executable (ELF), which runs under the monitor; or a Solana program as deployed (ELF, sBPF versions 0 to 3), which runs under the Solana
 * kernel: its input is then a kernel input (docs/statement.md).  GN_BAD_INPUT: malformed; GN_LIMIT: something that is not supported. */
GN_API GN_NODISCARD enum gn_status gn_program_load(struct gn_program **out, const void *elf, size_t n,
                                                   struct gn_error *err);
/* The same for the address space that virtual_address_space_adjustments gives to Solana programs: another key. */
GN_API GN_NODISCARD enum gn_status gn_program_load_adjusted(struct gn_program **out, const void *elf, size_t n,
                                                            struct gn_error *err);
GN_API bool gn_program_is_solana(const void *file, size_t n);
GN_API void gn_program_free(struct gn_program *program);

/* Computes the verifying key: deterministic, no secrets, milliseconds.  What it has committed serves all later proofs, as long as the program. */
GN_API GN_NODISCARD enum gn_status gn_program_setup(struct gn_program *program, const struct gn_options *options,
                                                    struct gn_error *err);
/* Takes a record that an earlier setup of the same program wrote.  GN_BAD_INPUT for a record of another program, machine or
 * release; a forged root is found when proving. */
GN_API GN_NODISCARD enum gn_status gn_program_set_record(struct gn_program *program,
                                                         const uint8_t record[GN_RECORD_BYTES], struct gn_error *err);
/* NULL before setup, or a first proof */
GN_API const uint8_t *gn_program_record(const struct gn_program *program); /* GN_RECORD_BYTES */
GN_API const uint8_t *gn_program_id(const struct gn_program *program);     /* GN_ID_BYTES */

/* ---- running ---- */
struct gn_run;

/* Runs the program; no proof.  A run that faults is a result, too.  GN_LIMIT: max_steps, or more public output than a statement
 * holds. */
GN_API GN_NODISCARD enum gn_status gn_program_run(struct gn_run **out, const struct gn_program *program,
                                                  const void *input, size_t input_n, const struct gn_options *options,
                                                  struct gn_error *err);
GN_API void gn_run_free(struct gn_run *run);
/* What a proof of this run says: bytes for gn_statement_read, valid as long as run. */
GN_API const uint8_t *gn_run_statement(const struct gn_run *run, size_t *n);
GN_API const uint8_t *gn_run_diagnostics(const struct gn_run *run, size_t *n); /* write(2, ...); in no statement */
GN_API uint64_t gn_run_steps(const struct gn_run *run);                        /* instructions */
GN_API uint64_t gn_run_unaligned(const struct gn_run *run); /* loads and stores that cross an 8-byte boundary */

/* ---- proving ---- */
struct gn_proof;

/* A program without a key gets one.  GN_LIMIT names what does not fit into a proof (length of the run, memory), GN_CANCELLED answers the
 * progress callback. */
GN_API GN_NODISCARD enum gn_status gn_program_prove(struct gn_proof **out, const struct gn_program *program,
                                                    const void *input, size_t input_n, const struct gn_options *options,
                                                    struct gn_error *err);
GN_API void gn_proof_free(struct gn_proof *proof);
GN_API const uint8_t *gn_proof_file(const struct gn_proof *proof,
                                    size_t *n); /* the proof file, valid as long as proof */

#ifdef __cplusplus
}
#endif

#endif
