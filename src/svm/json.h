/* SPDX-License-Identifier: Apache-2.0 */
/* json.h - reading JSON that others wrote: strict, bounded, and with one line that says what is wrong and where.
 *
 * Jansson parses; on top of its rules (RFC 8259, valid UTF-8) duplicate keys, more than JSON_DEPTH_MAX levels and more than JSON_SIZE_MAX
 * bytes are refused.  Integers that only fit 64 bits unsigned (Solana's rentEpoch) are kept as strings of digits; gn_json_u64 takes both.
 *
 * A place is a value and how it was reached; readers fail with its path ("instructions[0].data_b64: not Base64").  All readers return false after
 * they filled err, which is not NULL. */
#ifndef GN_SVM_JSON_H
#define GN_SVM_JSON_H

#include <jansson.h>
#include <stdbool.h>

#include "base/arena.h"
#include "svm/base58.h"

enum { JSON_SIZE_MAX = 64 << 20, JSON_DEPTH_MAX = 32 };

struct json_place {
    const json_t *value; /* NULL: an optional member that is not there */
    const struct json_place *in;
    const char *key; /* in an object; NULL: in an array, or the root */
    size_t index;
};

/* The caller releases *root (json_decref), which is NULL after a failure. */
GN_NODISCARD enum gn_status gn_json_parse(json_t **root, const void *text, size_t n, struct gn_error *err);

/* "PATH: " and the line; returns false */
bool gn_json_fail(const struct json_place *at, struct gn_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool gn_json_no_memory(struct gn_error *err);

bool gn_json_get(struct json_place *out, const struct json_place *object, const char *key, struct gn_error *err);
/* out->value is NULL if the member is absent or null */
bool gn_json_find(struct json_place *out, const struct json_place *object, const char *key, struct gn_error *err);
bool gn_json_array(const struct json_place *at, size_t *n, size_t max, struct gn_error *err);
void gn_json_item(struct json_place *out, const struct json_place *array,
                  size_t index); /* index < n of gn_json_array */

bool gn_json_u64(const struct json_place *at, uint64_t *out, uint64_t max, struct gn_error *err);
bool gn_json_bool(const struct json_place *at, bool *out, struct gn_error *err);
/* the string stays in the tree; one with a character 0 in it is refused (log lines may have some: they are not read this way) */
bool gn_json_text(const struct json_place *at, const char **out, struct gn_error *err);
bool gn_json_key(const struct json_place *at, struct svm_key *out, struct gn_error *err);
/* bytes, allocated from arena; at most max of them */
bool gn_json_base64(const struct json_place *at, struct gn_arena *arena, const uint8_t **out, size_t *n, size_t max,
                    struct gn_error *err);
bool gn_json_hex(const struct json_place *at, uint8_t *out, size_t n, struct gn_error *err); /* exactly n bytes */

#endif
