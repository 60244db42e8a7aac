/* SPDX-License-Identifier: Apache-2.0 */
/* mutated.h - what the mutation tests have changed, for machines_census: a line for each table and each core instruction whose rows were
 * mutated goes into the file that the environment variable GN_MUTATED names (set by CTest; nothing is noted without it). */
#ifndef GN_TESTS_SUPPORT_MUTATED_H
#define GN_TESTS_SUPPORT_MUTATED_H

/* what: "table" or "op" */
void mutated_note(const char *what, const char *name);

#endif
