/* SPDX-License-Identifier: Apache-2.0 */
/* vectors.h - what the parts of vector_runner share. */
#ifndef GN_TESTS_VECTORS_H
#define GN_TESTS_VECTORS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "host.h"

struct tally {
    unsigned passed, failed, skipped;
};
void tally_pass(struct tally *t);
void tally_fail(struct tally *t, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));
void tally_skip(struct tally *t, const char *name, const char *reason);

/* one case each */
void check_execution(struct tally *t, const json_t *test);               /* sbpf_vectors.json, fuzz_vectors.json */
void check_verifier(struct tally *t, const json_t *test, size_t number); /* verifier_vectors.json */
void check_load(struct tally *t, const json_t *test,
                const char *elfs); /* elf_load_vectors.json; elfs NULL: no folder */

/* members; of the wrong kind or missing: "", 0 */
const char *text_of(const json_t *object, const char *key);
uint64_t number_of(const json_t *object, const char *key);
struct gn_buffer bytes_of(const json_t *object, const char *key); /* from hexadecimal digits */

bool is_hash(const json_t *object, const char *key, uint64_t hash);

/* "ok", or what the error's text says before ": ", within prefix( ) if there is a prefix */
void verdict(char *out, size_t out_n, enum gn_status status, const struct gn_error *err, const char *prefix);

#endif
