/* SPDX-License-Identifier: Apache-2.0 */
/* prove.c - from a program and its input to a proof file. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "proof/container.h"
#include "zkvm/proof_file.h"
#include "zkvm/ready.h"
#include "zkvm/record.h"

enum { TABLES_PERMILLE = 50 }; /* share of filling tables in what follows execution */

struct gn_proof {
    struct gn_buffer file;
};

/* The engine's proof begins with a header of its own and the record; the file has both before the statement. */
static enum gn_status wrap(struct gn_proof *out, const struct gn_program *p, const struct mx_run *run,
                           const struct gn_buffer *proof, struct gn_error *err)
{
    const size_t head_n = GN_PROOF_HEADER_BYTES + GN_KEY_BYTES;
    uint8_t head[GN_FILE_AT_STATEMENT];
    memcpy(head, GN_FILE_MAGIC, 8); /* NOLINT(bugprone-not-null-terminated-result) */
    store_le32(head + GN_FILE_AT_FORMAT, GN_FILE_FORMAT);
    store_le32(head + GN_FILE_AT_PRESET, load_le32(proof->data + 12));
    memcpy(head + GN_FILE_AT_RECORD, p->ready->record, GN_RECORD_BYTES);
    store_le64(head + GN_FILE_AT_LENGTH, run->statement_n);
    gn_buffer_append(&out->file, head, sizeof head);
    gn_buffer_append(&out->file, run->statement, run->statement_n);
    gn_buffer_append(&out->file, proof->data + head_n, proof->size - head_n);
    return out->file.failed ? gn_fail(err, GN_NO_MEMORY, "no memory for a proof file") : GN_OK;
}

static enum gn_status prove_tables(struct gn_proof *out, struct gn_recorded *run, struct gn_tables *t,
                                   struct gn_reporter *reporter, struct gn_error *err)
{
    struct gn_prove_options engine = gn_engine_options(reporter);
    struct gn_buffer proof = {0};
    enum gn_status status = gn_tables_open(t, run, reporter, err);
    if (status == GN_OK) {
        status = gn_report(reporter, "key", TABLES_PERMILLE, err);
    }
    if (status == GN_OK) {
        status = gn_tables_complete(t, &engine, run, reporter->options, err);
    }
    if (status == GN_OK && reporter->options->check) {
        status = gn_report(reporter, "check", TABLES_PERMILLE, err);
        if (status == GN_OK) {
            status = gn_tables_check(t, err);
        }
    }
    if (status == GN_OK) {
        mx_recorder_forget(run->recorder);
        status = gn_prove(&proof, run->program->ready->record, &t->witness, &engine, err);
    }
    if (status == GN_OK) {
        status = wrap(out, run->program, &run->run, &proof, err);
    }
    gn_buffer_free(&proof);
    return status;
}

enum gn_status gn_recorded_prove(struct gn_proof **out, struct gn_recorded *r, const struct gn_options *given,
                                 struct gn_error *err)
{
    struct gn_options options = gn_options_of(given);
    struct gn_reporter reporter = {.options = &options, .first = TABLES_PERMILLE, .instructions = gn_recorded_steps(r)};
    struct gn_tables *tables = calloc(1, sizeof *tables);
    struct gn_proof *proof = calloc(1, sizeof *proof);
    *out = NULL;
    enum gn_status status =
        tables == NULL || proof == NULL ? gn_fail(err, GN_NO_MEMORY, "no memory for a proof") : GN_OK;
    if (status == GN_OK) {
        status = prove_tables(proof, r, tables, &reporter, err);
        gn_tables_close(tables);
    }
    gn_ready_wait(r->program->ready);
    free(tables);
    if (status != GN_OK) {
        gn_proof_free(proof);
        return status;
    }
    *out = proof;
    return GN_OK;
}

enum gn_status gn_program_prove(struct gn_proof **out, const struct gn_program *program, const void *input,
                                size_t input_n, const struct gn_options *given, struct gn_error *err)
{
    struct gn_options options = gn_options_of(given);
    struct gn_reporter reporter = {.options = &options};
    struct gn_recorded *r = calloc(1, sizeof *r);
    struct gn_prover *own = options.prover == NULL ? gn_prover_new_once() : NULL;
    options.prover = options.prover != NULL ? options.prover : own;
    *out = NULL;
    if (r == NULL || options.prover == NULL) {
        free(r);
        gn_prover_free(own);
        return gn_fail(err, GN_NO_MEMORY, "no memory for a proof");
    }
    gn_ready_begin(program, options.preset, &options);
    enum gn_status status = gn_recorded_open(r, program, input, input_n, &reporter, err);
    if (status == GN_OK) {
        status = gn_recorded_prove(out, r, &options, err);
    }
    gn_ready_wait(program->ready);
    gn_recorded_close(r);
    gn_prover_free(own);
    free(r);
    return status;
}

void gn_proof_free(struct gn_proof *proof)
{
    if (proof != NULL) {
        gn_buffer_free(&proof->file);
        free(proof);
    }
}

const uint8_t *gn_proof_file(const struct gn_proof *proof, size_t *n)
{
    *n = proof->file.size;
    return proof->file.data;
}
