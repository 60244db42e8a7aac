/* SPDX-License-Identifier: Apache-2.0 */
/* run_solana.c - `gnomon run` of Solana programs: one instruction from input.bin, or all of a recorded transaction.
 *
 * Standard output has the lines that a validator logs; a last line on standard error says how it ended.  With --json, standard output is one object under the keys of recorded
 * cases. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "cli/bytecode.h"
#include "cli/files.h"
#include "cli/program.h"
#include "cli/programs.h"
#include "cli/run.h"
#include "cli/statement_solana.h"
#include "svm/errors.h"
#include "svm/execute.h"
#include "zkvm/ready.h"

enum { ARENA = 1 << 30, HEAD = 64, FILE_MAX = 64 << 20, INPUT_MAX = 512 << 20 };

struct work {
    const struct run_request *r;
    struct gn_arena arena;
    struct cli_programs programs;
    struct gn_buffer elf, input; /* files */
    struct svm_program *loaded;  /* the last one that ran, and the ELF that it was made of */
    const uint8_t *loaded_elf;
    struct gn_program *provable; /* for a subject: what `loaded` is a part of */
    struct svm_program part;
    uint64_t rows, instructions;
    double seconds;
    struct cli_subject *subject; /* wanted instead of words; or NULL */
    int instruction;
    bool by_hash;
    const struct gn_options *prove;
};

/* ---- kinds of files ---- */
static bool begins_json(const uint8_t *bytes, size_t n)
{
    size_t i = 0;
    while (i < n && (bytes[i] == ' ' || bytes[i] == '\t' || bytes[i] == '\r' || bytes[i] == '\n')) {
        i++;
    }
    return i < n && bytes[i] == '{';
}

bool gn_cli_is_solana(const char *path)
{
    uint8_t head[HEAD] = {0};
    if (gn_cli_bytecode()) {
        return true;
    }
    FILE *f = strcmp(path, "-") == 0 ? NULL : fopen(path, "rb");
    if (f == NULL) {
        return false;
    }
    size_t n = fread(head, 1, sizeof head, f);
    fclose(f);
    return gn_program_is_solana(head, n) || begins_json(head, n);
}

/* ---- programs ---- */
static void unload(struct work *w)
{
    if (w->subject == NULL) {
        gn_svm_program_free(w->loaded);
    } else if (w->provable != w->subject->program) {
        gn_program_free(w->provable);
    }
    w->loaded = NULL;
    w->provable = NULL;
}

static enum gn_status load(struct work *w, struct svm_bytes elf, bool adjusted, struct gn_error *err)
{
    unload(w);
    w->loaded_elf = elf.data;
    if (w->subject == NULL) {
        return gn_svm_program_load(&w->loaded, elf.data, elf.n, adjusted ? SBPF_ADJUSTED : SBPF_CLASSIC, err);
    }
    if (!gn_program_is_solana(elf.data, elf.n)) {
        return gn_fail(err, GN_BAD_INPUT, "is no Solana program (ELF for eBPF)");
    }
    enum gn_status status = (adjusted ? gn_program_load_adjusted : gn_program_load)(&w->provable, elf.data, elf.n, err);
    if (status == GN_OK) {
        w->part =
            (struct svm_program){.solana = w->provable->solana, .elf = w->provable->elf, .elf_n = w->provable->elf_n};
        w->loaded = &w->part;
        if (w->prove != NULL) {
            gn_ready_begin(w->provable, w->prove->preset, w->prove);
        }
    }
    return status;
}

/* ---- execution ---- */
/* A svm_runner: what runs is kept for a proof. */
static enum gn_status record(void *ctx, struct svm_ran *out, const uint8_t *input, size_t n, struct gn_error *err)
{
    struct work *w = ctx;
    struct gn_recorded *run = &w->subject->run;
    static const struct gn_options none;
    struct gn_reporter reporter = {.options = &none};
    gn_recorded_close(run);
    enum gn_status status = gn_recorded_open(run, w->provable, input, n, &reporter, err);
    out->end = run->end;
    out->rows = run->solana.vm.rows_run;
    out->statement = run->run.statement;
    out->statement_n = run->run.statement_n;
    memcpy(out->y, run->y, sizeof out->y);
    return run->end == SOLANA_HINT ? GN_OK : status;
}

static bool is_wanted(const struct work *w)
{
    const struct cli_subject *s = w->subject;
    return s != NULL && (w->instruction == CLI_ONLY ? s->seen == 0 : (size_t)w->instruction == s->seen);
}

/* One that is to be proven is recorded when it is executed first. */
static enum gn_status execute(struct work *w, struct svm_execution *e, const struct svm_input *in, bool by_hash,
                              struct gn_arena *arena, struct gn_error *err)
{
    return w->prove != NULL && is_wanted(w) && by_hash == w->by_hash
               ? gn_svm_execute_by(e, w->loaded, in, by_hash, record, w, arena, err)
               : gn_svm_execute(e, w->loaded, in, by_hash, NULL, NULL, arena, err);
}

/* What follows in a transaction needs the values of accounts, so a statement by hash is that of another run. */
static enum gn_status take(struct work *w, const struct svm_input *in, struct svm_execution *e, struct gn_arena *arena,
                           struct gn_error *err)
{
    struct cli_subject *s = w->subject;
    if (is_wanted(w)) {
        struct svm_execution hashed = {0};
        enum gn_status status = w->by_hash ? execute(w, &hashed, in, true, arena, err) : GN_OK;
        struct gn_buffer *input = w->by_hash ? &hashed.kernel_input : &e->kernel_input;
        if (s->program != w->provable) {
            gn_program_free(s->program);
        }
        s->program = w->provable;
        s->input = *input; /* which the recorded run points into */
        *input = (struct gn_buffer){0};
        gn_svm_execution_free(&hashed);
        if (status != GN_OK) {
            return status;
        }
    }
    s->seen++;
    return GN_OK;
}

static enum gn_status run_one(void *ctx, const struct svm_input *in, struct svm_bytes elf, struct svm_statement *out,
                              struct gn_arena *arena, struct gn_error *err)
{
    struct work *w = ctx;
    struct svm_execution e;
    enum gn_status status = GN_OK;
    if (w->loaded == NULL || w->loaded_elf != elf.data) {
        status = load(w, elf, (in->features & GN_SOL_VASA) != 0, err);
    }
    if (status != GN_OK) {
        return status;
    }
    double begin = gn_cli_seconds();
    status = execute(w, &e, in, false, arena, err);
    w->seconds += gn_cli_seconds() - begin;
    if (status == GN_OK) {
        *out = e.statement;
        w->rows += e.rows;
        w->instructions += e.statement.instructions;
        status = w->subject != NULL ? take(w, in, &e, arena, err) : GN_OK;
    }
    gn_svm_execution_free(&e);
    return status;
}

/* ---- text ---- */
enum { SAID = 80 };
static const char *said(char out[static SAID], bool ok, bool rent_failure, enum gn_sol_error error, uint32_t custom)
{
    if (ok || rent_failure) {
        return ok ? "success" : "InsufficientFundsForRent";
    }
    if (error != GN_SOL_ERROR_CUSTOM) {
        return gn_svm_error_name(error);
    }
    snprintf(out, SAID, "Custom(%" PRIu32 ")", custom);
    return out;
}

static void summarize(const struct work *w, const char *outcome, uint64_t units)
{
    char a[CLI_GROUPED], b[CLI_GROUPED], c[CLI_GROUPED];
    if (!w->r->quiet) {
        fprintf(stderr, "gnomon run: %s; %s compute units, %s instructions, %s rows with the kernel's, %.1f ms\n",
                outcome, gn_cli_grouped(a, units), gn_cli_grouped(b, w->instructions), gn_cli_grouped(c, w->rows),
                w->seconds * 1e3);
    }
}

static int print_outcome(json_t *o, const struct work *w)
{
    int failed = json_object_set_new(o, "schema", json_string("gnomon.run_solana.v1"));
    failed |= json_object_set_new(o, "seconds", json_real(w->seconds));
    failed |= json_object_set_new(o, "rows", json_integer((json_int_t)w->rows));
    if (o == NULL || failed) {
        json_decref(o);
        return gn_cli_no_memory();
    }
    return gn_cli_json_print(o);
}

/* ---- input.bin ---- */
static int run_input(struct work *w)
{
    struct svm_input in;
    struct svm_statement s;
    struct gn_error err;
    if (gn_svm_input_read(&in, &w->arena, w->input.data, w->input.size, &err) != GN_OK) {
        return gn_cli_fail_with(&err, w->r->input);
    }
    if (run_one(w, &in, (struct svm_bytes){w->elf.data, w->elf.size}, &s, &w->arena, &err) != GN_OK) {
        return gn_cli_fail_with(&err, w->r->program);
    }
    int status = CLI_DONE;
    if (w->subject != NULL) {
        return status;
    }
    if (w->r->json) {
        status = print_outcome(gn_svm_statement_json(&s), w);
    } else {
        struct svm_log log = {0};
        gn_svm_log_instruction(&log, &s);
        gn_cli_log_print(&log, "");
        gn_svm_log_free(&log);
        char text[SAID];
        summarize(w, said(text, s.success, false, s.error, s.custom), s.charged);
    }
    return status == CLI_DONE && w->r->forward && !s.success ? CLI_REJECTED : status;
}

/* ---- recorded cases ---- */
static struct svm_bytes find(void *ctx, const uint8_t sha256[32], uint64_t bytes)
{
    struct work *w = ctx;
    uint8_t own[32];
    if (w->elf.size > 0 && (bytes == 0 || bytes == w->elf.size)) {
        gn_sha256(own, w->elf.data, w->elf.size);
        if (memcmp(own, sha256, sizeof own) == 0) {
            return (struct svm_bytes){w->elf.data, w->elf.size};
        }
    }
    return gn_cli_programs_find(&w->programs, sha256, bytes);
}

/* outcome of a case: printed; CLI_REJECTED if it differs and that was asked for */
static int report_case(struct work *w, const struct svm_case *c, const struct svm_outcome *outcome)
{
    struct gn_buffer says = {0};
    json_t *o = gn_svm_outcome_json(c, outcome);
    size_t differences = o != NULL ? gn_svm_case_compare(c, o, &says) : 0;
    int status = o != NULL ? CLI_DONE : gn_cli_no_memory();
    if (status == CLI_DONE && w->r->json) {
        if (json_object_set_new(o, "name", json_string(c->name)) != 0 ||
            json_object_set_new(o, "differences", json_integer((json_int_t)differences)) != 0) {
            status = gn_cli_no_memory();
            json_decref(o);
        } else {
            status = print_outcome(o, w);
        }
    } else if (status == CLI_DONE) {
        gn_cli_log_print(&outcome->log, "");
        char text[SAID];
        summarize(w, said(text, outcome->ok, outcome->rent_failure, outcome->error, outcome->custom), outcome->units);
        json_decref(o);
    } else {
        json_decref(o);
    }
    if (status == CLI_DONE && w->r->compare && differences > 0) {
        size_t first = 0; /* one line */
        while (first < says.size && says.data[first] != '\n') {
            first++;
        }
        status = gn_cli_fail(CLI_REJECTED, NULL, "%zu differences from the record; the first: %.*s", differences,
                             (int)first, (const char *)says.data);
    }
    gn_buffer_free(&says);
    return status == CLI_DONE && w->r->forward && !outcome->ok ? CLI_REJECTED : status;
}

static int run_case(struct work *w, const char *path, const struct gn_buffer *text)
{
    struct gn_error err;
    struct svm_case c = {0};
    struct svm_outcome outcome = {0};
    json_t *root = NULL;
    int status = CLI_DONE;
    if (gn_json_parse(&root, text->data, text->size, &err) != GN_OK ||
        gn_svm_case_read(&c, root, &w->arena, find, w, &err) != GN_OK ||
        gn_svm_case_run(&outcome, &c, &w->arena, run_one, w, &err) != GN_OK) {
        status = gn_cli_fail_with(&err, path);
    }
    if (status == CLI_DONE && w->subject == NULL) {
        status = report_case(w, &c, &outcome);
    } else if (status == CLI_DONE) {
        w->subject->rent_failure = outcome.rent_failure;
    }
    gn_svm_log_free(&outcome.log);
    json_decref(root);
    return status;
}

static int run_files(struct work *w)
{
    const struct run_request *r = w->r;
    int status = gn_cli_bytecode() ? gn_cli_read_program(&w->elf, r->program, FILE_MAX)
                                   : gn_cli_read_bounded(&w->elf, r->program, FILE_MAX);
    if (status != CLI_DONE) {
        return status;
    }
    if (begins_json(w->elf.data, w->elf.size)) { /* PROGRAM is a case */
        if (r->input != NULL) {
            return gn_cli_fail(CLI_BAD, r->program, "a recorded case has its own input");
        }
        w->input = w->elf;
        w->elf = (struct gn_buffer){0};
        return run_case(w, r->program, &w->input);
    }
    if (r->input == NULL) {
        return gn_cli_fail(CLI_BAD, r->program,
                           "a Solana program needs an input: input.bin (gnomon input) or a recorded case (JSON)");
    }
    status = gn_cli_read_bounded(&w->input, r->input, INPUT_MAX);
    if (status != CLI_DONE) {
        return status;
    }
    return begins_json(w->input.data, w->input.size) ? run_case(w, r->input, &w->input) : run_input(w);
}

static int work(struct work *w)
{
    struct gn_error err;
    if (gn_arena_init(&w->arena, ARENA, &err) != GN_OK) {
        return gn_cli_fail_with(&err, NULL);
    }
    int status = gn_cli_programs_open(&w->programs, w->r->programs);
    if (status == CLI_DONE) {
        status = run_files(w);
    }
    unload(w);
    gn_buffer_free(&w->elf);
    gn_buffer_free(&w->input);
    gn_cli_programs_close(&w->programs);
    gn_arena_free(&w->arena);
    return status;
}

int gn_cli_run_solana(const struct run_request *r)
{
    struct work w = {.r = r};
    if (r->out != NULL || r->max_steps != UINT64_MAX) {
        return gn_cli_fail(
            CLI_BAD, r->program,
            "-o and --max-steps are not for Solana programs: logs are the output, the budget is the input's");
    }
    int status = work(&w), flushed = gn_cli_flush();
    return status != CLI_DONE ? status : flushed;
}

int gn_cli_subject_open(struct cli_subject *s, const struct cli_subject_request *q)
{
    const struct run_request r = {
        .program = q->program, .input = q->input, .programs = q->choice.programs, .max_steps = UINT64_MAX};
    struct work w = {
        .r = &r, .subject = s, .instruction = q->choice.instruction, .by_hash = q->by_hash, .prove = q->prove};
    const char *what = q->input != NULL ? q->input : q->program;
    *s = (struct cli_subject){.seen = 0};
    int status = work(&w);
    if (status == CLI_DONE && s->seen == 0) {
        status = gn_cli_fail(CLI_BAD, what, "no instruction of a program was executed");
    } else if (status == CLI_DONE && q->choice.instruction == CLI_ONLY && s->seen > 1) {
        status = gn_cli_fail(CLI_BAD, what, "%zu instructions were executed: choose one with --instruction 0 to %zu",
                             s->seen, s->seen - 1);
    } else if (status == CLI_DONE && s->program == NULL) {
        status = gn_cli_fail(CLI_BAD, "--instruction", "only %zu instructions were executed", s->seen);
    }
    return status;
}

void gn_cli_subject_close(struct cli_subject *s)
{
    gn_recorded_close(&s->run);
    gn_program_free(s->program);
    gn_buffer_free(&s->input);
}
