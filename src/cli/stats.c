/* SPDX-License-Identifier: Apache-2.0 */
/* stats.c - `gnomon stats`: executes a program under the counters (profile.h), then under the recorder (area.h), and shows both. */
#include "cli/stats.h"

#include <stdlib.h>
#include <string.h>

#include "cli/files.h"
#include "cli/options.h"

struct request {
    const char *program, *input, *html;
    struct cli_choice choice;
    uint64_t max_steps, top;
    bool json;
};

static int parse(struct request *r, int argc, char **argv)
{
    *r = (struct request){.max_steps = UINT64_MAX, .top = 20, .choice = CLI_NO_CHOICE};
    const struct cli_option options[] = {
        CLI_CHOICE(&r->choice),
        CLI_BYTECODE,
        CLI_JSON(&r->json),
        CLI_MAX_STEPS(&r->max_steps),
        {.name = "top", .number = &r->top},
        {.name = "html", .text = &r->html},
    };
    int status = gn_cli_parse(options, CLI_COUNT(options), argc, argv);
    if (status == CLI_DONE) {
        status = gn_cli_program_arguments(&r->program, &r->input, argc, argv);
    }
    if (status == CLI_DONE && r->html != NULL && r->json && strcmp(r->html, "-") == 0) {
        status = gn_cli_fail(CLI_BAD, "--html -", "standard output is taken by --json");
    }
    return status;
}

/* ---- showing ---- */
static int write_page(const struct request *r, const json_t *stats)
{
    struct cli_output file = {0};
    int status = gn_cli_output_open(&file, r->html);
    if (status == CLI_DONE) {
        gn_cli_stats_html(file.stream, stats);
        status = gn_cli_output_commit(&file);
    }
    if (status == CLI_DONE) {
        fprintf(stderr, "gnomon stats: page written to %s\n", r->html);
    }
    return status;
}

static int show(const struct request *r, struct cli_stats *s)
{
    int status = gn_cli_profile_report(&s->report, &s->profile, &s->code);
    if (status != CLI_DONE || (r->html == NULL && !r->json)) {
        if (status == CLI_DONE) {
            gn_cli_stats_print(s, r->top);
        }
        return status;
    }
    json_t *stats = gn_cli_stats_json(s);
    status = stats == NULL ? gn_cli_no_memory() : r->html != NULL ? write_page(r, stats) : CLI_DONE;
    if (status == CLI_DONE && r->json) {
        return gn_cli_json_print(stats);
    }
    json_decref(stats);
    return status;
}

static void close_stats(struct cli_stats *s)
{
    gn_cli_area_close(&s->area);
    gn_cli_profile_report_close(&s->report);
    gn_cli_profile_close(&s->profile);
    gn_cli_code_close(&s->code);
}

/* ---- RISC-V ---- */
static int area_of_riscv(struct cli_stats *s, const struct cli_execution *e)
{
    struct gn_program *program = NULL;
    struct gn_error err;
    int status = CLI_DONE;
    if (e->machine.result.outcome == RV_STEP_LIMIT) {
        snprintf(s->area.why, sizeof s->area.why, "the run was stopped by --max-steps");
        return CLI_DONE;
    }
    enum gn_status loaded = gn_program_load(&program, e->elf.data, e->elf.size, &err);
    if (loaded == GN_LIMIT) {
        snprintf(s->area.why, sizeof s->area.why, "%s", err.text);
    } else {
        status = loaded == GN_OK ? gn_cli_area_open(&s->area, program, e->path, &s->code, &e->input, s->instructions)
                                 : gn_cli_fail_with(&err, e->path);
    }
    gn_program_free(program);
    return status;
}

static int stats_riscv(const struct request *r, struct cli_stats *s)
{
    struct cli_execution e;
    s->riscv = &e;
    if (gn_cli_chosen(&r->choice)) {
        return gn_cli_fail(CLI_BAD, r->program,
                           "--programs and --instruction are for Solana programs and recorded cases");
    }
    int status = gn_cli_execution_open(&e, r->program, r->input);
    if (status != CLI_DONE) {
        return status;
    }
    status = gn_cli_code_of_riscv(&s->code, e.program);
    if (status == CLI_DONE) {
        status = gn_cli_profile_open(&s->profile, &s->code);
    }
    if (status == CLI_DONE) {
        status = gn_cli_execution_run(&e, r->max_steps, gn_cli_profile_observe, &s->profile);
    }
    s->instructions = e.machine.vm.steps;
    s->unaligned = e.machine.vm.unaligned;
    if (status == CLI_DONE) {
        status = area_of_riscv(s, &e);
    }
    if (status == CLI_DONE) {
        status = show(r, s);
    }
    gn_cli_execution_close(&e);
    return status;
}

/* ---- Solana ---- */
static int stats_solana(const struct request *r, struct cli_stats *s)
{
    struct cli_solana run;
    s->solana = &run;
    if (r->max_steps != UINT64_MAX) {
        return gn_cli_fail(CLI_BAD, "--max-steps", "is not for Solana programs: the budget is the input's");
    }
    int status = gn_cli_solana_open(&run, r->program, r->input, &r->choice);
    if (status == CLI_DONE) {
        status = gn_cli_code_of_solana(&s->code, run.subject.program->solana, run.subject.program->elf,
                                       run.subject.program->elf_n);
    }
    if (status == CLI_DONE) {
        status = gn_cli_profile_open(&s->profile, &s->code);
    }
    if (status == CLI_DONE) {
        status = gn_cli_solana_go(&run, UINT64_MAX, gn_cli_profile_observe, &s->profile);
    }
    if (status == CLI_DONE) {
        s->instructions = run.statement.instructions;
        s->unaligned = run.machine.vm.unaligned;
        status =
            gn_cli_area_open(&s->area, run.subject.program, r->program, &s->code, &run.subject.input, s->instructions);
    }
    if (status == CLI_DONE) {
        status = show(r, s);
    }
    gn_cli_solana_close(&run);
    return status;
}

/* ---- command ---- */
static int stats(int argc, char **argv)
{
    struct request r;
    int status = parse(&r, argc, argv);
    if (status != CLI_DONE) {
        return status == CLI_HELP ? CLI_DONE : status;
    }
    struct cli_stats *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return gn_cli_no_memory();
    }
    status = gn_cli_is_solana(r.program) ? stats_solana(&r, s) : stats_riscv(&r, s);
    close_stats(s);
    free(s);
    return status;
}

const struct cli_command gn_cli_stats = {
    .name = "stats",
    .usage = "PROGRAM [INPUT] | CASE.json [--programs DIR] [--instruction N] [--top N] [--max-steps N] [--html FILE] "
             "[--json]",
    .purpose = "Executes a program and counts what it does and what a proof of it takes",
    .help =
        "\n"
        "Shows how often each state machine, core instruction, instruction and function was executed (a function's\n"
        "own instructions, without those it calls), and the memory accesses by width.  A state machine is what\n"
        "proves a kind of core instruction: its rows are what a proof pays for.\n"
        "Then the area of a proof, if there is one: committed cells + 2 per bus interaction, by state machine and\n"
        "by function; what grows with the run and what every proof pays (fixed) apart.\n"
        "PROGRAM and INPUT are those of `gnomon run`; the program's output is not shown.\n"
        "Solana: the area of the program's own rows (per sBPF instruction, too) stands apart from that of the\n"
        "kernel's.  Functions have names where the ELF has symbols; others are called after their first slot.\n"
        "\n"
        "      --top N          lines of the lists of instructions and functions, 20 if not given\n"
        "      --max-steps N    stop after N instructions and report those\n"
        "      --programs DIR   Solana: where the programs are that a recorded case names by their SHA-256\n"
        "      --instruction N  Solana: of several instructions in a recorded case the one that is counted\n"
        "      --bytecode N     Solana: PROGRAM is bare sBPF bytecode of version N (0 to 3)\n"
        "      --html FILE      write a page with pictures of all of it instead; a browser needs nothing else\n"
        "      --json           print all of it as JSON\n",
    .main = stats,
};
