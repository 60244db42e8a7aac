/* SPDX-License-Identifier: Apache-2.0 */
/* bench.h - the workloads of gnomon-bench: machines with an honest filler, described where they are defined. */
#ifndef GN_BENCH_BENCH_H
#define GN_BENCH_BENCH_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "air/expr.h"
#include "air/witness.h"
#include "proof/prove.h"

struct bench_settings {
    const char *only;       /* the one workload that is measured, or NULL */
    const char *elfs;       /* folder of Solana programs, or NULL */
    unsigned threads, runs; /* runs: at most 64 */
    enum gn_isa isa;
    bool json;
    double scale; /* 1: the sizes of README.md; smaller for a quick look */
};
double bench_now(void);
double bench_median(double *values, unsigned n); /* sorts them */
_Noreturn void bench_die(const char *what, const struct gn_error *err);
void bench_progress(const struct bench_settings *s, const char *what);

json_t *bench_vm(const struct bench_settings *settings);
void bench_vm_profile(const struct bench_settings *settings); /* one warm proof of mix, by phase */
json_t *bench_solana(const struct bench_settings *settings);

/* `gnomon prove -q --no-cache --threads N` and more arguments (NULL behind them), from start to exit: the median, seconds; and the last one's largest resident set. */
double bench_prove_command(const struct bench_settings *s, const char *const *more, long *rss_kib);

/* A workload: a machine, its filled tables, its preprocessed columns.  Memory is the arena's. */
struct workload {
    const struct air_system *system;
    struct air_witness witness;
    uint64_t cells, interactions; /* committed cells and bus messages of the run */
};

/* wide: the bit-column Keccak-f[1600] AIR of public provers, 2,633 columns, one row per round, no bus. */
enum gn_status bench_wide(struct workload *out, uint32_t rows, struct gn_arena *arena, struct gn_error *err);

/* narrow: 32 columns, 12 interactions (six state chains), degree 3; with_rom adds a table that joins one page of 2^18
 * preprocessed cells. */
enum gn_status bench_narrow(struct workload *out, uint32_t rows, bool with_rom, struct gn_arena *arena,
                            struct gn_error *err);

/* The zkVM's Keccak-f machine (machines/bulk), called by a table of states. */
enum gn_status bench_keccak(struct workload *out, uint32_t permutations, struct gn_arena *arena, struct gn_error *err);

/* The zkVM's Poseidon2 machine (machines/bulk), called by a table of words. */
enum gn_status bench_poseidon2(struct workload *out, uint32_t permutations, struct gn_arena *arena,
                               struct gn_error *err);

/* Time by phase of one proof (profile.c): give bench_profile_observe as the prover's observer. */
enum { BENCH_EXECUTE, BENCH_WITNESS }; /* phases that no message ends: numbers in seconds */
struct bench_profile {
    double seconds[16], last;
    bool opening; /* the claim reduction is over */
};
void bench_profile_begin(struct bench_profile *p);
void bench_profile_observe(void *ctx, enum gn_observe what, enum gn_label label, uint8_t *bytes, size_t n);
void bench_profile_print(FILE *out, const struct bench_profile *p, const char *workload);
void bench_profile_json(FILE *out, const struct bench_profile *p, const char *workload);

#endif
