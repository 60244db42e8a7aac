/* SPDX-License-Identifier: Apache-2.0 */
/* soundness_terms.c - the formulas behind SOUNDNESS.md; see the header for what a term is.
 *
 * Notation: |F| = p^6; oracle i has dimension 2^a, rate rho = 2^-mu, n = 2^(a + mu) rows; M is the Johnson
 * multiplicity; radius gamma = 1 - sqrt(rho)(1 + 1/2M); list size L = M/rho.  With unique decoding gamma = (1 - rho)/2
 * and L = 1. All terms are kept as log2 of an error; powers of two of interest are far inside the range of double. */
#include "soundness_terms.h"

#include <math.h>

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
         "mutual correlated agreement of a random line up to the Johnson radius, with the constants of Thm 4.2 (unique "
         "decoding: Thm 1.3)",
         "Ben-Sasson et al., eprint 2025/2055; quoted from a public calculator", false},
    [THEOREM_QUERY] = {"WHIR",
                       "a word outside the folded list survives t queries with probability at most (1 - gamma)^t",
                       "Arnon et al., eprint 2024/1586, Thm 5.2; here with free choice of the next domain", false},
    [THEOREM_HASH] = {"HASH", "BLAKE3 is a random oracle: finding a collision of 256 bits takes 2^128 calls",
                      "assumption", false},
};

/* N < p: 2^24 rows of 24 messages each are 0.4e9 < p = 2.1e9 slots, so the cap covers "2^24-fold" machines. */
const struct soundness_machine soundness_largest_machine = {
    .interactions_log2 = 30.98868468744926, .entries = 24, .degree = 4, .constraints_log2 = 16, .claims_log2 = 16};

struct list {
    struct soundness_term *terms;
    unsigned n;
};

static void put(struct list *l, const char *section, const char *name, int oracle, enum soundness_theorem theorem,
                double johnson, double unique)
{
    l->terms[l->n++] = (struct soundness_term){
        .section = section, .name = name, .oracle = oracle, .theorem = theorem, .johnson = johnson, .unique = unique};
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
    const unsigned d1 = machine->degree + 1;
    put(&l, "1, 2", "collision in Merkle trees or transcript", -1, THEOREM_HASH, 128, 128);
    l.terms[0].query = true;
    put_fraction(&l, "6", "alpha, beta: unbalanced bus, zero denominator", THEOREM_LOGUP,
                 slots * (machine->entries + 2));
    put_fraction(&l, "6.4", "lambda: numerator and denominator of a layer", THEOREM_POLYNOMIAL, 1);
    /* + 1: the coordinate is also one of the zerocheck's point, where a violated constraint may vanish */
    put_fraction(&l, "6.4", "a round of a layer", THEOREM_POLYNOMIAL, 2 + 1);
    put_fraction(&l, "6.4", "mu: line between the two claims", THEOREM_POLYNOMIAL, 1 + 1);
    put_fraction(&l, "7.1", "further coordinates of the zerocheck point", THEOREM_POLYNOMIAL, 24);
    put_fraction(&l, "7.3", "lambda: batching of constraints and bus sums", THEOREM_POLYNOMIAL,
                 exp2(machine->constraints_log2));
    put_fraction(&l, "7.4", "u: skip round, degree at most 31(d + 1)", THEOREM_POLYNOMIAL, 31 * d1);
    put_fraction(&l, "7.5", "a zerocheck round, degree d + 1", THEOREM_POLYNOMIAL, d1);
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
    return (1 - exp2(-1.0 * c->mu)) / 2 * exp2(c->rows) + 1;
}

static double log2_ceil(double x)
{
    return x <= 1 ? 1 : ceil(log2(x)); /* at least one: W = 1 batches nothing, but keep the term */
}

/* Terms of oracle i except its queries.  exact: the oracle is a code word by assumption (the preprocessed root of an
 * honest key), so that its list is itself. */
static void put_oracle(struct list *l, const struct whir_params *p, const struct soundness_machine *machine, unsigned i,
                       unsigned variables, const struct code *c, bool exact)
{
    const double list = exact ? 1 : list_johnson(c), line = line_johnson(c), line_u = line_unique(c);
    const int o = (int)i;
    if (!exact) {
        /* a pair of different candidates agrees at a random point */
        put(l, i == 0 ? "5.2" : "10.2", "z: out-of-domain point", o, THEOREM_LIST,
            fraction(list * list / 2 * variables), HUGE_VAL);
    }
    if (i == 0) {
        const double claims = exp2(machine->claims_log2), batch = log2_ceil(exp2(p->k0));
        put(l, "9.1", "gamma: batching of column claims", o, THEOREM_LIST, fraction(list * claims), fraction(claims));
        put(l, "9.2", "a round of the claim reduction", o, THEOREM_LIST, fraction(list * 2), fraction(2));
        put(l, "9.4", "theta: batching of stack columns", o, THEOREM_PROXIMITY, fraction(batch * (list + line)),
            fraction(batch * (1 + line_u)));
    } else {
        put(l, "10.4", "beta: batching of query claims", o, THEOREM_LIST, fraction(list * (p->queries[i - 1] + 1)),
            fraction(p->queries[i - 1] + 1));
        put(l, "10.5", "a folding round", o, THEOREM_PROXIMITY, fraction(3 * list + line), fraction(3 + line_u));
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

static unsigned choose_multiplicity(double other_bits, const struct whir_params *p,
                                    const struct soundness_machine *machine, unsigned i, unsigned variables,
                                    const struct code *c, bool exact)
{
    unsigned best = 0;
    for (unsigned m = 1; m < 1000; m++) {
        struct soundness_term terms[8];
        struct list l = {.terms = terms};
        const struct code candidate = {c->rows, c->mu, m};
        put_oracle(&l, p, machine, i, variables, &candidate, exact);
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
    for (unsigned i = 0; i <= p->rounds; i++) {
        const bool exact = i == 0 && table == WHIR_PREPROCESSED;
        struct code c = {.rows = variables - p->k[i] + p->mu[i], .mu = p->mu[i]};
        c.multiplicity = choose_multiplicity(soundness_other_bits(preset), p, machine, i, variables, &c, exact);
        multiplicity[i] = c.multiplicity;
        if (c.multiplicity == 0) {
            c.multiplicity = 1;
        }
        put_oracle(&l, p, machine, i, variables, &c, exact);
        put(&l, i == p->rounds ? "10.6" : "10.3", "queries", (int)i, THEOREM_QUERY,
            p->grind[i] - p->queries[i] * log2(agreement_johnson(&c)),
            p->grind[i] - p->queries[i] * log2((1 + exp2(-1.0 * c.mu)) / 2));
        l.terms[l.n - 1].query = true;
        variables -= p->k[i];
    }
    put_fraction(&l, "10.7", "a round on the final polynomial", THEOREM_POLYNOMIAL, 2);
    return l.n;
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
        sum += exp2(-(unique ? terms[i].unique : terms[i].johnson));
    }
    return -log2(sum);
}
