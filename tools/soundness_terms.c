/* SPDX-License-Identifier: Apache-2.0 */
/* soundness_terms.c - the formulas behind SOUNDNESS.md; see the header for what a term is.
 *
 * Notation: |F| = p^6; oracle i has dimension 2^a, rate rho = 2^-mu, n = 2^(a + mu) rows; M is the Johnson
 * multiplicity; radius gamma = 1 - sqrt(rho)(1 + 1/2M); list size L = M/rho.  With unique decoding gamma = (1 - rho)/2
 * and L = 1. All terms are kept as log2 of an error; powers of two of interest are far inside the range of double. */
#include "soundness_terms.h"

#include <math.h>

#include "base/bits.h"

static const double log_field = 6 * 30.98868468744926; /* log2 of p^6 */

const struct soundness_source soundness_sources[THEOREMS] = {
    [THEOREM_POLYNOMIAL] = {"POLY",
                            "a polynomial of total degree d vanishes at a random point with probability at most d/|F|",
                            "elementary; SOUNDNESS.md 3", true},
    [THEOREM_LOGUP] = {"LOGUP",
                       "an unbalanced bus of N messages with J entries balances with probability at most N (J + 2)/|F|",
                       "Haboeck, eprint 2022/1530; degree count in SOUNDNESS.md 3.2", true},
    [THEOREM_LIST] = {"LIST",
                      "at most M/rho code words agree with a word on more than sqrt(rho)(1 + 1/2M) of the points",
                      "Johnson bound; proof in SOUNDNESS.md 3.4", true},
    [THEOREM_PROXIMITY] =
        {"MCA",
         "mutual correlated agreement of a random line up to the Johnson radius (unique decoding: n bad challenges)",
         "eprint 2026/2056, Thm 5.12, which has a smaller error than this one, of eprint 2025/2055; quoted: "
         "SOUNDNESS.md 2 (eprint 2020/654)",
         false},
    [THEOREM_QUERY] = {"WHIR",
                       "a word outside the folded list survives t queries with probability at most (1 - gamma)^t",
                       "Arnon et al., eprint 2024/1586, Thm 5.2; here with free choice of the next domain", false},
    [THEOREM_DISTANCE] = {"RS", "different code words agree on a share of less than rho of the points",
                          "elementary, for code words as they are: SOUNDNESS.md 3.5", true},
    [THEOREM_HASH] = {"HASH", "BLAKE3 is a random oracle: finding a collision of 256 bits takes 2^128 calls",
                      "assumption", false},
};

/* N < p: 2^24 rows of 24 messages each are 0.4e9 < p = 2.1e9 slots, so the cap covers "2^24-fold" machines. */
const struct soundness_machine soundness_largest_machine = {
    .interactions_log2 = 30.98868468744926, .entries = 24, .degree = 4, .constraints_log2 = 16, .claims_log2 = 16};

static const unsigned largest_height_log2 = 24;

struct list {
    struct soundness_term *terms;
    unsigned n;
};

static void put(struct list *l, const char *section, const char *name, int oracle, enum soundness_theorem theorem,
                double johnson, double unique)
{
    l->terms[l->n++] = (struct soundness_term){.section = section,
                                               .name = name,
                                               .oracle = oracle,
                                               .theorem = theorem,
                                               .johnson = johnson,
                                               .unique = unique,
                                               .rounds = 1};
}

/* the last term stands for so many rounds */
static void repeat(struct list *l, unsigned rounds)
{
    l->terms[l->n - 1].rounds = rounds;
}

/* An error of count/|F|.  1 + 2^-30: challenges are not exactly uniform (section 1). */
static double fraction(double count)
{
    return log_field - log2(count) - log2(1 + 0x1p-30);
}

static void put_fraction(struct list *l, const char *section, const char *name, enum soundness_theorem theorem,
                         double count)
{
    put(l, section, name, -1, theorem, fraction(count), fraction(count));
}

unsigned soundness_common_terms(struct soundness_term *out, const struct soundness_machine *machine)
{
    struct list l = {.terms = out};
    const double slots = exp2(machine->interactions_log2);
    const unsigned d1 = machine->degree + 1, layers = 33; /* bus_verify.c */
    put(&l, "1, 2", "collision in Merkle trees or transcript", -1, THEOREM_HASH, 128, 128);
    l.terms[0].query = true;
    put_fraction(&l, "6", "alpha, beta: unbalanced bus, zero denominator", THEOREM_LOGUP,
                 slots * (machine->entries + 2));
    put_fraction(&l, "6.4", "lambda: numerator and denominator of a layer", THEOREM_POLYNOMIAL, 1);
    repeat(&l, layers);
    /* + 1: the coordinate is also one of the zerocheck's point, where a violated constraint may vanish */
    put_fraction(&l, "6.4", "a round of a layer", THEOREM_POLYNOMIAL, 2 + 1);
    repeat(&l, layers * (layers - 1) / 2);
    put_fraction(&l, "6.4", "mu: line between the two claims", THEOREM_POLYNOMIAL, 1 + 1);
    repeat(&l, layers);
    put_fraction(&l, "7.1", "further coordinates of the zerocheck point", THEOREM_POLYNOMIAL, largest_height_log2);
    put_fraction(&l, "7.3", "lambda: batching of constraints and bus sums", THEOREM_POLYNOMIAL,
                 exp2(machine->constraints_log2));
    put_fraction(&l, "7.4", "u: skip round, degree at most 31(d + 1)", THEOREM_POLYNOMIAL, 31 * d1);
    put_fraction(&l, "7.5", "a zerocheck round, degree d + 1", THEOREM_POLYNOMIAL, d1);
    repeat(&l, largest_height_log2);
    return l.n;
}

/* One code. */
struct code {
    unsigned rows, mu; /* n = 2^rows, rho = 2^-mu */
    unsigned multiplicity;
};

static double agreement_johnson(const struct code *c)
{
    return exp2(-0.5 * c->mu) * (1 + 1 / (2.0 * c->multiplicity));
}

static double list_johnson(const struct code *c)
{
    return c->multiplicity * exp2(c->mu);
}

/* Error (times |F|) of one random linear combination of two words. */
static double line_johnson(const struct code *c)
{
    const double rho = exp2(-1.0 * c->mu), half = c->multiplicity + 0.5, gamma = 1 - agreement_johnson(c);
    const double points = exp2(c->rows);
    return (2 * pow(half, 5) + 3 * half * gamma * rho) * points / (3 * rho * sqrt(rho)) + half / sqrt(rho);
}

static double line_unique(const struct code *c)
{
    return exp2(c->rows);
}

static double log2_ceil(double x)
{
    return x <= 1 ? 1 : ceil(log2(x)); /* at least one: W = 1 batches nothing, but keep the term */
}

static const char claims_batched[] = "gamma: batching of column claims",
                  reduction_round[] = "a round of the claim reduction",
                  columns_batched[] = "theta: batching of stack columns", queries_made[] = "queries";

/* The preprocessed stack.  Its root is that of exact code words, so it and its fold are their own lists, and no theorem on
 * proximity is needed. */
static void put_exact(struct list *l, const struct whir_params *p, const struct soundness_machine *machine)
{
    const double claims = exp2(machine->claims_log2), batch = log2_ceil(exp2(p->k0));
    const double bits = p->grind[0] + (double)p->queries[0] * p->mu[0];
    put(l, "9.1", claims_batched, 0, THEOREM_POLYNOMIAL, fraction(claims), fraction(claims));
    put(l, "9.2", reduction_round, 0, THEOREM_POLYNOMIAL, fraction(2), fraction(2));
    repeat(l, p->m);
    put(l, "9.4", columns_batched, 0, THEOREM_POLYNOMIAL, fraction(batch), fraction(batch));
    put(l, "10.3", queries_made, 0, THEOREM_DISTANCE, bits, bits);
    l->terms[l->n - 1].query = true;
}

/* Terms of oracle i of a main or joint row, except its queries. */
static void put_oracle(struct list *l, enum whir_table table, const struct whir_params *p,
                       const struct soundness_machine *machine, unsigned i, unsigned variables, const struct code *c)
{
    const double list = list_johnson(c), line = line_johnson(c), line_u = line_unique(c);
    const int o = (int)i;
    /* a pair of different candidates agrees at a random point */
    put(l, i == 0 ? "5.2" : "10.2", "z: out-of-domain point", o, THEOREM_LIST, fraction(list * list / 2 * variables),
        HUGE_VAL);
    if (i == 0) {
        const double claims = exp2(machine->claims_log2), batch = log2_ceil(exp2(p->k0));
        put(l, "9.1", claims_batched, o, THEOREM_LIST, fraction(list * claims), fraction(claims));
        put(l, "9.2", reduction_round, o, THEOREM_LIST, fraction(list * 2), fraction(2));
        repeat(l, p->m);
        put(l, "9.4", columns_batched, o, THEOREM_PROXIMITY, fraction(batch * (list + line)),
            fraction(batch * (1 + line_u)));
        put(l, "10", "delta: joining the two stacks' claims", o, THEOREM_LIST, fraction(list), fraction(1));
    } else {
        /* a joint row does not know the queries to the two stacks */
        const unsigned queries = table == WHIR_JOINT && i == 1 ? 2 * WHIR_MAX_QUERIES : p->queries[i - 1];
        put(l, "10.4", "beta: batching of query claims", o, THEOREM_LIST, fraction(list * (queries + 1)),
            fraction(queries + 1));
        put(l, "10.5", "a folding round", o, THEOREM_PROXIMITY, fraction(3 * list + line), fraction(3 + line_u));
        repeat(l, p->k[i]);
    }
}

double soundness_query_bits(uint32_t preset)
{
    return gn_preset_bits(preset);
}

double soundness_other_bits(uint32_t preset)
{
    return gn_preset_bits(preset) + 7.0;
}

static unsigned choose_multiplicity(double other_bits, enum whir_table table, const struct whir_params *p,
                                    const struct soundness_machine *machine, unsigned i, unsigned variables,
                                    const struct code *c)
{
    unsigned best = 0;
    for (unsigned m = 1; m < 1000; m++) {
        struct soundness_term terms[8];
        struct list l = {.terms = terms};
        const struct code candidate = {c->rows, c->mu, m};
        put_oracle(&l, table, p, machine, i, variables, &candidate);
        if (soundness_minimum(terms, l.n, false, false) < other_bits) {
            break;
        }
        best = m;
    }
    return best;
}

unsigned soundness_row_terms(struct soundness_term *out, uint32_t preset, enum whir_table table,
                             const struct whir_params *p, const struct soundness_machine *machine,
                             unsigned multiplicity[WHIR_MAX_ROUNDS + 1])
{
    struct list l = {.terms = out};
    unsigned variables = p->m; /* of the polynomial behind the oracle */
    multiplicity[0] = 0;
    if (table == WHIR_PREPROCESSED) {
        put_exact(&l, p, machine);
        return l.n;
    }
    for (unsigned i = table == WHIR_JOINT ? 1 : 0; i <= p->rounds; i++) {
        struct code c = {.rows = variables - p->k[i] + p->mu[i], .mu = p->mu[i]};
        c.multiplicity = choose_multiplicity(soundness_other_bits(preset), table, p, machine, i, variables, &c);
        multiplicity[i] = c.multiplicity;
        if (c.multiplicity == 0) {
            c.multiplicity = 1;
        }
        put_oracle(&l, table, p, machine, i, variables, &c);
        put(&l, i == p->rounds ? "10.6" : "10.3", queries_made, (int)i, THEOREM_QUERY,
            p->grind[i] - p->queries[i] * log2(agreement_johnson(&c)),
            p->grind[i] - p->queries[i] * log2((1 + exp2(-1.0 * c.mu)) / 2));
        l.terms[l.n - 1].query = true;
        variables -= p->k[i];
    }
    put_fraction(&l, "10.7", "a round on the final polynomial", THEOREM_POLYNOMIAL, 2);
    repeat(&l, p->final_log2);
    return l.n;
}

/* The smallest figure of n terms; first_only: of those that belong to oracle 0 or to none. */
static double smallest(const struct soundness_term *terms, unsigned n, bool first_only)
{
    double least = HUGE_VAL;
    for (unsigned i = 0; i < n; i++) {
        if (!first_only || terms[i].oracle <= 0) {
            least = fmin(least, terms[i].johnson);
        }
    }
    return least;
}

double soundness_proof_bits(uint32_t preset, uint64_t cells, uint64_t pre_cells)
{
    struct soundness_term terms[SOUNDNESS_MAX_TERMS];
    unsigned multiplicity[WHIR_MAX_ROUNDS + 1], n = soundness_common_terms(terms, &soundness_largest_machine);
    double least = smallest(terms, n, false);
    const struct whir_params *rows[] = {
        [WHIR_MAIN] = gn_whir_params(preset, WHIR_MAIN, ceil_log2(cells)),
        [WHIR_PREPROCESSED] = pre_cells > 0 ? gn_whir_params(preset, WHIR_PREPROCESSED, ceil_log2(pre_cells)) : NULL,
        [WHIR_JOINT] = NULL,
    };
    if (rows[WHIR_MAIN] == NULL || (pre_cells > 0 && rows[WHIR_PREPROCESSED] == NULL)) {
        return 0;
    }
    if (pre_cells > 0) {
        rows[WHIR_JOINT] = gn_whir_joint_params(preset, rows[WHIR_MAIN], rows[WHIR_PREPROCESSED]);
    }
    for (int table = WHIR_MAIN; table <= WHIR_JOINT; table++) {
        if (rows[table] != NULL) {
            n = soundness_row_terms(terms, preset, (enum whir_table)table, rows[table], &soundness_largest_machine,
                                    multiplicity);
            least = fmin(least, smallest(terms, n, table == WHIR_MAIN && pre_cells > 0));
        }
    }
    return least;
}

double soundness_minimum(const struct soundness_term *terms, unsigned n, bool query, bool unique)
{
    double least = HUGE_VAL;
    for (unsigned i = 0; i < n; i++) {
        if (terms[i].query == query) {
            least = fmin(least, unique ? terms[i].unique : terms[i].johnson);
        }
    }
    return least;
}

double soundness_union(const struct soundness_term *terms, unsigned n, bool unique)
{
    double sum = 0;
    for (unsigned i = 0; i < n; i++) {
        sum += terms[i].rounds * exp2(-(unique ? terms[i].unique : terms[i].johnson));
    }
    return -log2(sum);
}
