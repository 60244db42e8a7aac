/* SPDX-License-Identifier: Apache-2.0 */
/* objections.h - who objects to a run that was lied about, but for what a prover would simply count anew. */
#ifndef GN_TESTS_MACHINES_RV_OBJECTIONS_H
#define GN_TESTS_MACHINES_RV_OBJECTIONS_H

#include "machines_rv/run.h"

/* Names of those who object: "constraint" or a bus, each once, in the order of the checker, with a blank behind.  A lookup of a legal tuple is no objection: another multiplicity
 * would balance it.  Whether a tuple is legal is decided from first principles. */
const char *rv_objections(struct rv_run *r);
#define assert_objects(r, who) assert_string_equal(rv_objections(r), who)

/* Limbs of v into columns p[0] ... p[3]. */
void rv_set_limbs(struct rv_run *r, const char *table, const char *p, uint32_t row, uint64_t v);

#endif
