/* SPDX-License-Identifier: Apache-2.0 */
/* profile.c - where a proof's time goes, without a clock in the library: every phase ends with a message to the
 * transcript, so an observer that reads the clock at each absorb can give the time since the last one to the phase that
 * the message's label belongs to. */
#include "bench.h"

#include <string.h>
#include <time.h>

static const char *const phases[] = {"execute, record",
                                     "witness",
                                     "commit: encode, hash",
                                     "out-of-domain value",
                                     "bus: leaves, layers",
                                     "bus: sumchecks",
                                     "zerocheck: skip round",
                                     "zerocheck: rounds, folds",
                                     "claim reduction: rounds",
                                     "claim reduction: fold",
                                     "WHIR: encode, hash",
                                     "WHIR: folds, weights, rounds",
                                     "grinding"};
enum {
    EXECUTE = BENCH_EXECUTE,
    WITNESS = BENCH_WITNESS,
    COMMIT,
    OOD,
    LEAVES,
    LAYERS,
    SKIP,
    ROUNDS,
    REDUCE,
    VALUES,
    ENCODE,
    FOLDS,
    GRIND,
    PHASES
};
_Static_assert(sizeof phases / sizeof phases[0] == PHASES, "every phase has a name");

static double clock_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int phase_of(const struct bench_profile *p, enum gn_label label)
{
    switch (label) {
    case LABEL_ROOT:
        return p->opening ? ENCODE : COMMIT;
    case LABEL_OOD_VALUE:
        return p->opening ? FOLDS : OOD;
    case LABEL_GKR_ROOT:
        return LEAVES;
    case LABEL_GKR_ROUND:
    case LABEL_GKR_CLAIMS:
    case LABEL_ZC_SUMS:
        return LAYERS;
    case LABEL_ZC_SKIP:
        return SKIP;
    case LABEL_ZC_ROUND:
    case LABEL_ZC_CLAIMS:
        return ROUNDS;
    case LABEL_RED_ROUND:
        return REDUCE;
    case LABEL_RED_VALUES:
        return VALUES;
    case LABEL_WHIR_ROUND:
    case LABEL_WHIR_FINAL:
        return FOLDS;
    case LABEL_NONCE:
        return GRIND;
    default:
        return -1; /* statement: before the clock starts */
    }
}

void bench_profile_begin(struct bench_profile *p)
{
    memset(p, 0, sizeof *p);
    p->last = clock_s();
}

void bench_profile_observe(void *ctx, enum gn_observe what, enum gn_label label, uint8_t *bytes, size_t n)
{
    struct bench_profile *p = ctx;
    (void)bytes;
    (void)n;
    if (what != GN_OBSERVE_ABSORB) {
        return;
    }
    int phase = phase_of(p, label);
    double t = clock_s();
    if (phase >= 0) {
        p->seconds[phase] += t - p->last;
    }
    p->last = t;
    p->opening = p->opening || label == LABEL_RED_VALUES;
}

void bench_profile_print(FILE *out, const struct bench_profile *p, const char *workload)
{
    double all = 0;
    for (int i = 0; i < PHASES; i++) {
        all += p->seconds[i];
    }
    fprintf(out, "%s: %.1f ms\n", workload, 1e3 * all);
    for (int i = 0; i < PHASES; i++) {
        if (p->seconds[i] == 0) { /* machines alone are not executed */
            continue;
        }
        fprintf(out, "  %-32s %8.2f ms %5.1f %%\n", phases[i], 1e3 * p->seconds[i], 100 * p->seconds[i] / all);
    }
}

void bench_profile_json(FILE *out, const struct bench_profile *p, const char *workload)
{
    fprintf(out, "{\"schema\": \"gnomon-bench-profile-1\", \"workload\": \"%s\", \"ms\": {", workload);
    for (int i = 0; i < PHASES; i++) {
        fprintf(out, "%s\"%s\": %.3f", i > 0 ? ", " : "", phases[i], 1e3 * p->seconds[i]);
    }
    fprintf(out, "}}\n");
}
