/* SPDX-License-Identifier: Apache-2.0 */
/* proven.h - an example machine with key, honest witness and proof, ready to be lied about.
 *
 *     struct proven p;
 *     proven_open(&p, "adder", 64);          machine, witness of that size, key
 *     p.witness.tables[0].columns[2][5] ^= 1;
 *     assert_rejects(proven_run(&p), GN_REJECT_ZEROCHECK);      prove and verify
 *     proven_close(&p);
 */
#ifndef GN_TESTS_SUPPORT_PROVEN_H
#define GN_TESTS_SUPPORT_PROVEN_H

#include "machines/machines.h"
#include "proof/prove.h"
#include "proof/verify.h"

struct proven {
    struct gn_arena arena;
    const struct machine *machine;
    const struct air_system *system;
    struct air_witness witness;
    struct gn_prove_options options;
    uint8_t record[GN_KEY_BYTES];
    digest id;
    struct gn_buffer proof;
    struct gn_error err;
    void *scratch;
    size_t scratch_n;
};

/* Both abort the test on failure. */
void proven_open(struct proven *p, const char *machine, uint32_t size);
void proven_open_sizes(struct proven *p, const char *machine, const uint32_t *sizes);
void proven_close(struct proven *p);
/* Sets up again, with another preset. */
void proven_preset(struct proven *p, uint32_t preset);

/* Makes p->proof from the witness as it is now. */
enum gn_status proven_prove(struct proven *p);
/* Verifies p->proof against the key id and statement. */
enum gn_verdict proven_verify(struct proven *p);
enum gn_verdict proven_verify_bytes(struct proven *p, const uint8_t *proof, size_t n);
/* Both; the test fails if the prover refuses. */
enum gn_verdict proven_run(struct proven *p);

uint32_t proven_table(const struct proven *p, const char *name);
uint32_t proven_column(const struct proven *p, uint32_t table, const char *name);
/* the cell of a column by names */
uint32_t *proven_cell(struct proven *p, const char *table, const char *column, uint32_t row);

#define assert_verdict(got, expected)                                                               \
    do {                                                                                            \
        enum gn_verdict got_ = (got), expected_ = (expected);                                       \
        if (got_ != expected_) {                                                                    \
            fail_msg("verdict %s, expected %s", gn_verdict_name(got_), gn_verdict_name(expected_)); \
        }                                                                                           \
    } while (0)

#endif
