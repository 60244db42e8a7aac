/* SPDX-License-Identifier: Apache-2.0 */
/* soundness_terms.h - every error term of a Gnomon proof, in bits, for one row of the parameter table.
 *
 * The protocol is read round by round: each message of the prover is answered by challenges, and a term bounds the
 * probability that a challenge turns a false state into one that may still be accepted (SOUNDNESS.md section 3 names
 * the states).  A term has two figures: in the Johnson regime, on which the claim rests, and with unique decoding, for
 * readers who accept only that.  Depends on params.h, bits.h and libm alone. */
#ifndef GN_TOOLS_SOUNDNESS_TERMS_H
#define GN_TOOLS_SOUNDNESS_TERMS_H

#include <stdbool.h>

#include "pcs/params.h"

#define SOUNDNESS_MAX_TERMS 80

/* What every query phase must reach, and every other term: the preset's claim, and 7 bits more. */
double soundness_query_bits(uint32_t preset);
double soundness_other_bits(uint32_t preset);

enum soundness_theorem {
    THEOREM_POLYNOMIAL, /* a polynomial of degree d has at most d zeros; Schwartz-Zippel */
    THEOREM_LOGUP,
    THEOREM_LIST,
    THEOREM_PROXIMITY,
    THEOREM_QUERY,
    THEOREM_DISTANCE,
    THEOREM_HASH,
    THEOREMS
};
struct soundness_source {
    const char *name, *statement, *source;
    bool checked; /* the statement as used was derived or proved in SOUNDNESS.md; otherwise it is quoted */
};
extern const struct soundness_source soundness_sources[THEOREMS];

struct soundness_term {
    const char *section; /* of docs/protocol.md */
    const char *name;
    int oracle; /* -1: belongs to no oracle */
    enum soundness_theorem theorem;
    bool query;             /* a query phase, or a hash; counted with its grinding */
    double johnson, unique; /* -log2 of the error of one round */
    unsigned rounds;        /* such rounds in a proof, at most: they count in the union */
};

/* Assumed sizes of the machine; the caps are those that the verifier enforces. */
struct soundness_machine {
    double interactions_log2; /* all slots of all tables: below p by check 3.4.3 */
    unsigned entries;         /* J */
    unsigned degree;          /* d */
    double constraints_log2, claims_log2;
};
extern const struct soundness_machine soundness_largest_machine;

/* Terms of sections 1, 2, 6 and 7, which do not depend on the row.  Return the number of terms written. */
unsigned soundness_common_terms(struct soundness_term *out, const struct soundness_machine *machine);

/* Terms of sections 5, 9 and 10 of a row of the preset: of a preprocessed row those of oracle 0, of a joint row those
 * behind.  multiplicity[i] receives the Johnson multiplicity chosen for oracle i: the largest that keeps the oracle's
 * other terms at soundness_other_bits; 0 if there is none, or no such oracle in the row, or for exact code words. */
unsigned soundness_row_terms(struct soundness_term *out, uint32_t preset, enum whir_table table,
                             const struct whir_params *p, const struct soundness_machine *machine,
                             unsigned multiplicity[WHIR_MAX_ROUNDS + 1]);

/* The smallest term, round by round, of a whole proof with stacks of so many cells (no preprocessed one: 0), for the
 * largest machine; 0 if there are no parameters for it. */
double soundness_proof_bits(uint32_t preset, uint64_t cells, uint64_t pre_cells);

/* Smallest figure of n terms (query terms or others), and -log2 of the sum of all rounds' errors. */
double soundness_minimum(const struct soundness_term *terms, unsigned n, bool query, bool unique);
double soundness_union(const struct soundness_term *terms, unsigned n, bool unique);

#endif
