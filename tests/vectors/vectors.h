/* SPDX-License-Identifier: Apache-2.0 */
/* vectors.h - what the parts of vector_runner share. */
#ifndef GN_TESTS_VECTORS_H
#define GN_TESTS_VECTORS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "kernel/runs.h"

enum { PATH_BYTES = 1024 };

struct tally {
    unsigned passed, failed, skipped;
};
void tally_pass(struct tally *t);
void tally_fail(struct tally *t, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));
void tally_skip(struct tally *t, const char *name, const char *reason);

struct runner {
    struct tally tally;
    enum run_how how; /* transactions and syscalls: by what they are executed */
    bool verbose;
    struct run_totals totals; /* of the transactions that passed */
};

/* one case each */
void check_execution(struct tally *t, const json_t *test);               /* sbpf_vectors.json, fuzz_vectors.json */
void check_verifier(struct tally *t, const json_t *test, size_t number); /* verifier_vectors.json */
void check_load(struct tally *t, const json_t *test);                    /* elf_load_vectors.json */
/* one file each */
void check_transaction(struct runner *r, const char *path, json_t *root); /* tx, tx_vasa, vm, vm_vasa */
void check_syscalls(struct runner *r, const char *path, json_t *root);    /* syscalls.json */

/* ---- files ---- */
bool file_read(const char *path, struct gn_buffer *out);
/* Reads the programs (*.so) of a folder, for the two look-ups; false if it cannot be read. */
bool files_open(const char *folder);
void files_open_beside(const char *path); /* those in elfs/ beside the folder that path is in, if there are any */
void files_close(void);
struct svm_bytes file_by_hash(const uint8_t sha256[32]); /* empty: there is none */
struct svm_bytes file_by_name(const char *name);
/* For each *.json of a folder, in order of their names; false if one says so, or there is none. */
bool folder_each(const char *folder, bool (*each)(void *ctx, const char *path), void *ctx);

/* ---- members; of the wrong kind or missing: "", 0 ---- */
const char *text_of(const json_t *object, const char *key);
uint64_t number_of(const json_t *object, const char *key);
struct gn_buffer bytes_of(const json_t *object, const char *key); /* from hexadecimal digits */

bool is_hash(const json_t *object, const char *key, uint64_t hash);

/* "ok", or what the error's text says before ": ", within prefix( ) if there is a prefix */
void verdict(char *out, size_t out_n, enum gn_status status, const struct gn_error *err, const char *prefix);

#endif
