/* SPDX-License-Identifier: Apache-2.0 */
/* prove.c - `gnomon prove`: runs a program and writes the proof of that run. */
#include <string.h>

#include "cli/files.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/proofs.h"
#include "cli/run.h"
#include "cli/statement_solana.h"

enum { STEPS = 16 };

struct request {
    const char *program, *input, *out;
    struct cli_choice choice;
    struct gn_options options;
    double begun;
    bool json, profile, quiet, no_cache;
    bool by_hash; /* Solana: accounts in the statement */
};

/* Where the time went, by the steps that the library reports. */
struct watch {
    struct {
        const char *name;
        double begun;
    } steps[STEPS];
    unsigned n;
    bool executed;
    uint64_t instructions;
    double begun, ended;
};

static int parse(struct request *r, int argc, char **argv)
{
    *r =
        (struct request){.choice = CLI_NO_CHOICE, .begun = gn_cli_seconds(), .options = {.preset = GN_PRESET_FAST_128}};
    const struct cli_option options[] = {
        CLI_CHOICE(&r->choice),
        CLI_BYTECODE,
        CLI_JSON(&r->json),
        CLI_QUIET(&r->quiet),
        CLI_OUTPUT(&r->out),
        CLI_PRESET(&r->options.preset),
        CLI_NO_CACHE(&r->no_cache),
        CLI_BY_HASH(&r->by_hash),
        {.name = "threads", .take = gn_cli_take_threads, .to = &r->options.threads},
        {.name = "max-memory", .take = gn_cli_take_max_memory, .to = &r->options.max_memory},
        {.name = "check", .flag = &r->options.check},
        {.name = "profile", .flag = &r->profile},
    };
    int status = gn_cli_parse(options, CLI_COUNT(options), argc, argv);
    if (status == CLI_DONE) {
        status = gn_cli_program_arguments(&r->program, &r->input, argc, argv);
    }
    if (status == CLI_DONE && r->out == NULL) {
        status = gn_cli_fail(CLI_BAD, NULL, "no output file (-o FILE)");
    }
    if (status == CLI_DONE && r->json && strcmp(r->out, "-") == 0) {
        status = gn_cli_fail(CLI_BAD, "-o -", "standard output is taken by --json");
    }
    return status;
}

static int watch(void *ctx, const struct gn_progress *p)
{
    struct watch *w = ctx;
    if (w->n == 0 || strcmp(w->steps[w->n - 1].name, p->step) != 0) {
        if (!w->executed && strcmp(p->step, "execute") != 0) { /* from now on the length is known */
            w->executed = true;
            gn_cli_progress_begin("instructions", 0, p->instructions);
        }
        if (w->n < STEPS) {
            w->steps[w->n].name = p->step;
            w->steps[w->n++].begun = gn_cli_seconds();
        }
    }
    w->instructions = p->instructions;
    gn_cli_progress(!w->executed ? p->instructions : p->instructions * p->permille / 1000);
    return 0;
}

/* ---- report ---- */
static double seconds_of(const struct watch *w, unsigned step)
{
    return (step + 1 < w->n ? w->steps[step + 1].begun : w->ended) - w->steps[step].begun;
}

static void print_profile(FILE *to, const struct watch *w)
{
    double all = w->ended - w->begun;
    for (unsigned i = 0; i < w->n; i++) {
        fprintf(to, "%-14s %9.3f s %6.1f %%\n", w->steps[i].name, seconds_of(w, i), 100 * seconds_of(w, i) / all);
    }
}

static json_t *profile_json(const struct watch *w)
{
    json_t *array = json_array();
    for (unsigned i = 0; i < w->n; i++) {
        json_t *step = json_pack("{s:s, s:f}", "step", w->steps[i].name, "seconds", seconds_of(w, i));
        if (json_array_append_new(array, step) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static int print_json(const struct request *r, const struct gn_program *program, const struct watch *w,
                      const struct gn_statement *s, size_t file_n)
{
    char id[CLI_ID];
    double all = w->ended - w->begun;
    json_t *object = json_object();
    int failed = json_object_set_new(object, "schema", json_string("gnomon.prove.v1"));
    failed |= json_object_set_new(object, "program", gn_cli_json_text(r->program));
    failed |= json_object_set_new(object, "key_id", json_string(gn_cli_id(id, gn_program_id(program))));
    failed |= json_object_set_new(object, "proof_file", gn_cli_json_text(r->out));
    failed |= json_object_set_new(object, "proof_bytes", json_integer((json_int_t)file_n));
    failed |= json_object_set_new(object, "statement", gn_cli_statement_json(s, false));
    failed |= json_object_set_new(object, "steps", json_integer((json_int_t)w->instructions));
    failed |= json_object_set_new(object, "seconds", json_real(all));
    failed |=
        json_object_set_new(object, "instructions_per_second", json_real(all > 0 ? (double)w->instructions / all : 0));
    failed |= json_object_set_new(object, "checked", json_boolean(r->options.check));
    if (r->profile) {
        failed |= json_object_set_new(object, "profile", profile_json(w));
    }
    if (failed) {
        json_decref(object);
        return gn_cli_no_memory();
    }
    return gn_cli_json_print(object);
}

static void summarize(const struct request *r, const struct gn_program *program, const struct watch *w,
                      const struct gn_statement *s, size_t file_n)
{
    char id[CLI_ID], said[CLI_SAID], steps[CLI_GROUPED], bytes[CLI_GROUPED];
    double all = w->ended - w->begun;
    if (r->profile) {
        print_profile(stderr, w);
    }
    if (!r->quiet) {
        fprintf(stderr, "gnomon prove: %s; %s instructions proven in %.2f s (%.0f/s)%s; %s bytes; key id %s\n",
                gn_cli_said(said, s), gn_cli_grouped(steps, w->instructions), all,
                all > 0 ? (double)w->instructions / all : 0, r->options.check ? ", every row checked" : "",
                gn_cli_grouped(bytes, file_n), gn_cli_id(id, gn_program_id(program)));
    }
}

static int report(const struct request *r, const struct gn_program *program, const struct gn_proof *proof,
                  struct watch *w, struct cli_output *file)
{
    size_t n;
    const uint8_t *bytes = gn_proof_file(proof, &n);
    struct gn_proof_parts parts;
    struct gn_statement s;
    if (gn_proof_split(&parts, bytes, n) != GN_ACCEPT || !gn_statement_read(&s, parts.statement, parts.statement_n)) {
        return gn_cli_fail(CLI_FAILED, NULL, "internal error, please report: the proof file cannot be read");
    }
    if (s.front_end == GN_FRONT_SBPF) {
        w->instructions = gn_cli_solana_instructions(&s);
    }
    fwrite(bytes, 1, n, file->stream);
    int status = gn_cli_output_commit(file);
    if (status == CLI_DONE && r->json) {
        return print_json(r, program, w, &s, n);
    }
    if (status == CLI_DONE) {
        summarize(r, program, w, &s, n);
    }
    return status;
}

/* ---- command ---- */

/* run: has been executed; NULL: input is what the program gets */
static int make(const struct request *r, struct gn_program *program, const struct gn_buffer *input,
                struct gn_recorded *run)
{
    struct cli_output file = {0};
    struct watch w = {.begun = r->begun, .steps = {{"load", r->begun}}, .n = 1};
    struct gn_options options = r->options;
    struct gn_proof *proof = NULL;
    struct gn_error err;
    int status = gn_cli_output_open(&file, r->out);
    if (status == CLI_DONE) {
        options.progress = watch;
        options.progress_ctx = &w;
        gn_cli_progress_begin("instructions", 0, UINT64_MAX);
        enum gn_status made = run != NULL ? gn_recorded_prove(&proof, run, &options, &err)
                                          : gn_program_prove(&proof, program, input->data, input->size, &options, &err);
        gn_cli_progress_end();
        w.ended = gn_cli_seconds();
        status = made == GN_OK ? report(r, program, proof, &w, &file) : gn_cli_fail_with(&err, r->program);
        if (status == CLI_DONE && !r->no_cache) {
            gn_cli_provable_remember(program, r->options.preset);
        }
    }
    gn_cli_output_discard(&file);
    gn_proof_free(proof);
    return status;
}

static int prove_solana(const struct request *r)
{
    struct cli_subject subject;
    int status = gn_cli_subject_open(
        &subject, &(struct cli_subject_request){r->program, r->input, r->choice, r->by_hash, &r->options});
    if (status == CLI_DONE) {
        status = make(r, subject.program, NULL, &subject.run);
    }
    if (status == CLI_DONE && subject.rent_failure && !r->quiet) {
        fprintf(stderr, "gnomon prove: its transaction fails afterwards, with InsufficientFundsForRent; the proof is "
                        "of the instruction alone\n");
    }
    gn_cli_subject_close(&subject);
    return status;
}

static int prove(int argc, char **argv)
{
    struct request r;
    struct gn_program *program = NULL;
    struct gn_buffer input = {0};
    int status = parse(&r, argc, argv);
    if (status != CLI_DONE) {
        return status == CLI_HELP ? CLI_DONE : status;
    }
    if (gn_cli_is_solana(r.program)) {
        return prove_solana(&r);
    }
    if (r.by_hash || gn_cli_chosen(&r.choice)) {
        return gn_cli_fail(CLI_BAD, r.program, "--by-hash, --programs and --instruction are for Solana programs");
    }
    status = gn_cli_provable_load(&program, r.program, false);
    if (status == CLI_DONE && r.input != NULL) {
        status = gn_cli_read(&input, r.input, RV_INPUT_MAX - 16);
    }
    if (status == CLI_DONE) {
        status = make(&r, program, &input, NULL);
    }
    gn_buffer_free(&input);
    gn_program_free(program);
    return status;
}

const struct cli_command gn_cli_prove = {
    .name = "prove",
    .usage =
        "PROGRAM [INPUT] -o FILE [--programs DIR] [--instruction N] [--by-hash] [--preset NAME] [--check] [--profile] "
        "[--threads N] [--max-memory SIZE] [--json] [-q]",
    .purpose = "Executes a program and proves how the run ended",
    .help =
        "\n"
        "PROGRAM and INPUT are those of `gnomon run`.  FILE is a proof that PROGRAM, started with some input, ends\n"
        "with this exit code (or fault) and this public output; `gnomon verify` checks it.  The proof is short, not\n"
        "hiding: do not rely on it to keep the input secret.  A run of at most 2^22 instructions fits.\n"
        "Solana: FILE proves the whole instruction: program, accounts before and after, data, what it read, logs,\n"
        "compute units, return data, or the error; also of a failing one.\n"
        "\n"
        "  -o, --output FILE       write the proof to FILE; it appears only when it is complete\n"
        "      --preset NAME       fast (the default) or compact: smaller proofs that take longer; both have 128\n"
        "                          provable bits; fast-100 and compact-100 have 100\n"
        "      --programs DIR      Solana: where the programs are that a recorded case names by their SHA-256\n"
        "      --instruction N     Solana: of several instructions in a recorded case the one that is proven\n"
        "      --bytecode N        Solana: PROGRAM is bare sBPF bytecode of version N (0 to 3)\n"
        "      --by-hash           Solana: the statement gives accounts by their hash instead of by value\n"
        "      --check             check every constraint of every row and the balance of every bus first; what\n"
        "                          fails is named by state machine, row and source line\n"
        "      --profile           show the time by step\n"
        "      --threads N         use N threads instead of all processors; the proof does not depend on it\n"
        "      --max-memory SIZE   refuse to prove if it takes more (bytes; K, M, G behind the number)\n"
        "      --no-cache          do not keep the program's key in the user's cache of keys, where setup finds it\n"
        "      --json              print what was proven, sizes and times as JSON\n"
        "  -q, --quiet             no last line\n"
        "\n"
        "exit status: 0 a proof was made, whatever the program's own exit code is; 3 the run is too long or takes\n"
        "more memory than allowed.\n",
    .main = prove,
};
