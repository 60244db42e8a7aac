/* SPDX-License-Identifier: Apache-2.0 */
/* verdict.h - the verifier's answer: accepted, or the first check that failed.  Section numbers are those of
 * docs/protocol.md. */
#ifndef GNOMON_VERDICT_H
#define GNOMON_VERDICT_H

#include "gnomon/status.h"

#define GN_VERDICTS(X)                                                                                          \
    X(ACCEPT, "accepted")                                                                                       \
    X(REJECT_HEADER, "12: magic, version or preset is not one that this verifier reads")                        \
    X(REJECT_KEY, "3.2: the proof's key record is not the one whose id was given, or does not fit the machine") \
    X(REJECT_STATEMENT, "3.3: the statement does not have the machine's form")                                  \
    X(REJECT_HEIGHT, "3.4: a table height is not allowed")                                                      \
    X(REJECT_PAGES, "3.4: a page list is not strictly increasing or names a page that does not exist")          \
    X(REJECT_BOUND, "3.4: heights exceed a declared bound")                                                     \
    X(REJECT_CELLS, "3.4: no committed cells, or too many")                                                     \
    X(REJECT_TRUNCATED, "12: the proof ends early")                                                             \
    X(REJECT_TRAILING, "12: bytes follow the proof")                                                            \
    X(REJECT_NONCANONICAL, "12: a field element is not canonical")                                              \
    X(REJECT_PUBLIC_ZERO, "6.2: a public message has a zero denominator")                                       \
    X(REJECT_BUS_SUM, "6.3, 6.4: the bus does not balance")                                                     \
    X(REJECT_GKR_ZERO, "6.4: the product of the denominators is zero")                                          \
    X(REJECT_GKR, "6.4: a layer of the bus sum is inconsistent")                                                \
    X(REJECT_TABLE_SUMS, "7: the tables' bus sums do not add up to the claim")                                  \
    X(REJECT_ZEROCHECK, "7: a constraint or a bus message does not hold")                                       \
    X(REJECT_REDUCTION, "9: the column claims do not hold for the committed columns")                           \
    X(REJECT_GRIND, "1: a proof-of-work nonce does not pass")                                                   \
    X(REJECT_MERKLE, "2: an opening does not lead to the root")                                                 \
    X(REJECT_WHIR_QUERY, "10.6: a folded row differs from the final polynomial")                                \
    X(REJECT_WHIR_FINAL, "10.7: the final sum does not hold")                                                   \
    X(REJECT_PRE_REDUCTION, "11: the claims on preprocessed columns do not hold")                               \
    X(REJECT_SCRATCH, "the caller's scratch memory is too small")

enum gn_verdict {
#define GN_VERDICT_ENTRY(name, text) GN_##name,
    GN_VERDICTS(GN_VERDICT_ENTRY)
#undef GN_VERDICT_ENTRY
};

GN_API const char *gn_verdict_name(enum gn_verdict v); /* "REJECT_MERKLE" */
GN_API const char *gn_verdict_text(enum gn_verdict v); /* the sentence */

#endif
