/* SPDX-License-Identifier: Apache-2.0 */
/* transactions.c - recorded transactions (folders vm, tx, vm_vasa, tx_vasa): result, logs, units, return data and accounts are those of the recording. */
#include <inttypes.h>
#include <stdio.h>

#include "svm/case.h"
#include "vectors.h"

enum { ARENA_BYTES = 256 << 20 };

static struct svm_bytes find(void *ctx, const uint8_t sha256[32], uint64_t bytes)
{
    (void)ctx, (void)bytes;
    return file_by_hash(sha256);
}

struct run {
    const struct runner *runner;
    struct run_totals totals;
};

static enum gn_status run(void *ctx, const struct svm_input *in, struct svm_bytes elf, struct svm_statement *out,
                          struct gn_arena *arena, struct gn_error *err)
{
    struct run *r = ctx;
    return run_program(out, r->runner->how, in, elf, arena, &r->totals, err);
}

static void print_totals(const char *name, const struct run_totals *t)
{
    printf("%s: %" PRIu64 " instructions, %" PRIu64 " other rows, %" PRIu64 " traps without syscall; area: %" PRIu64
           " program, %" PRIu64 " kernel, %" PRIu64 " memory, %" PRIu64 " fixed\n",
           name, t->steps, t->rows - t->steps, t->emulated, t->area.program, t->area.kernel, t->area.memory,
           t->area.fixed);
}

static void add_totals(struct run_totals *to, const struct run_totals *t)
{
    to->rows += t->rows;
    to->steps += t->steps;
    to->emulated += t->emulated;
    to->area.program += t->area.program;
    to->area.kernel += t->area.kernel;
    to->area.memory += t->area.memory;
    to->area.fixed += t->area.fixed;
}

static void compare(struct runner *r, const char *path, const struct svm_case *c, const struct svm_outcome *outcome,
                    const struct run *done)
{
    struct gn_buffer says = {0};
    json_t *is = gn_svm_outcome_json(c, outcome);
    if (gn_svm_case_compare(c, is, &says) != 0) {
        gn_buffer_append(&says, "", 1);
        tally_fail(&r->tally, path, "%s", (const char *)says.data);
    } else {
        tally_pass(&r->tally);
        add_totals(&r->totals, &done->totals);
        if (r->verbose) {
            print_totals(path, &done->totals);
        }
    }
    gn_buffer_free(&says);
    json_decref(is);
}

void check_transaction(struct runner *r, const char *path, json_t *root)
{
    struct gn_arena arena;
    struct gn_error err = {.status = GN_OK};
    struct svm_case c;
    struct svm_outcome outcome = {0};
    struct run done = {.runner = r};
    enum gn_status status = gn_arena_init(&arena, ARENA_BYTES, &err);
    if (status == GN_OK) {
        status = gn_svm_case_read(&c, root, &arena, find, NULL, &err);
    }
    if (status == GN_OK) {
        status = gn_svm_case_run(&outcome, &c, &arena, run, &done, &err);
    }
    if (status == GN_LIMIT) {
        tally_skip(&r->tally, path, err.text);
    } else if (status != GN_OK) {
        tally_fail(&r->tally, path, "%s", err.text);
    } else {
        compare(r, path, &c, &outcome, &done);
    }
    gn_svm_log_free(&outcome.log);
    gn_arena_free(&arena);
}
