/* SPDX-License-Identifier: Apache-2.0 */
/* trace.c - `gnomon trace`: writes execution_trace.json (vm/trace.h).
 *
 * Up to --from the program runs at full speed; only the steps that are written run under the observer, and nothing runs
 * after them. */
#include <inttypes.h>
#include <stdlib.h>

#include "cli/code.h"
#include "cli/files.h"
#include "cli/options.h"
#include "cli/solana.h"
#include "vm/trace.h"

struct request {
    const char *program, *input, *out;
    struct cli_choice choice;
    uint64_t from, to;
};

static int parse(struct request *r, int argc, char **argv)
{
    *r = (struct request){.out = "execution_trace.json", .to = UINT64_MAX, .choice = CLI_NO_CHOICE};
    bool json; /* every command takes it; the output of this one is JSON anyway */
    const struct cli_option options[] = {
        CLI_CHOICE(&r->choice), CLI_BYTECODE, CLI_OUTPUT(&r->out), CLI_FROM(&r->from), CLI_TO(&r->to), CLI_JSON(&json),
    };
    int status = gn_cli_parse(options, CLI_COUNT(options), argc, argv);
    if (status == CLI_DONE) {
        status = gn_cli_program_arguments(&r->program, &r->input, argc, argv);
    }
    if (status == CLI_DONE && r->from >= r->to) {
        status = gn_cli_fail(CLI_BAD, "--to", "%" PRIu64 " is not after --from %" PRIu64, r->to, r->from);
    }
    return status;
}

/* ---- RISC-V ---- */
static void disassemble(void *program, char *out, size_t out_n, uint64_t pc)
{
    gn_riscv_disassemble(out, out_n, program, pc);
}

static struct vm_trace_final final_state(const struct rv_result *r)
{
    static const char *const outcomes[] = {
        [RV_EXITED] = "exited", [RV_FAULTED] = "faulted", [RV_STEP_LIMIT] = "step limit"};
    bool faulted = r->outcome == RV_FAULTED;
    return (struct vm_trace_final){
        .outcome = outcomes[r->outcome],
        .exited = r->outcome == RV_EXITED,
        .exit_code = r->exit_code,
        .fault = faulted ? r->fault : VM_FAULT_NONE,
        .fault_pc = r->fault_pc,
        .fault_address = r->fault_address,
    };
}

/* the steps from..to - 1, the machine standing at `from` */
static int write_steps(const struct request *r, struct cli_execution *e, FILE *out)
{
    struct vm_trace trace;
    struct gn_error err;
    const struct vm *vm = &e->machine.vm;
    struct vm_trace_options options = {r->from, r->to, disassemble, e->program, false};
    if (gn_vm_trace_begin(&trace, out, vm, &options, &err) != GN_OK) {
        return gn_cli_fail_with(&err, r->out);
    }
    int status = gn_cli_execution_run(e, r->to, gn_vm_trace_observe, &trace);
    if (status != CLI_DONE) {
        return status;
    }
    struct vm_trace_final final = final_state(&e->machine.result);
    if (gn_vm_trace_end(&trace, vm, &final, &err) != GN_OK) {
        return gn_cli_fail_with(&err, r->out);
    }
    return CLI_DONE;
}

static int trace_into(const struct request *r, struct cli_execution *e, struct cli_output *file)
{
    int status = gn_cli_execution_run(e, r->from, NULL, NULL); /* to the program's entry at least */
    if (status != CLI_DONE) {
        return status;
    }
    if (r->from > 0 && e->machine.result.outcome != RV_STEP_LIMIT) {
        return gn_cli_fail(CLI_BAD, "--from", "the run ends after %" PRIu64 " steps", e->machine.vm.steps);
    }
    status = write_steps(r, e, file->stream);
    return status == CLI_DONE ? gn_cli_output_commit(file) : status;
}

static int trace_riscv(const struct request *r)
{
    struct cli_execution e;
    struct cli_output file;
    char outcome[CLI_OUTCOME], written[CLI_GROUPED];
    if (gn_cli_chosen(&r->choice)) {
        return gn_cli_fail(CLI_BAD, r->program,
                           "--programs and --instruction are for Solana programs and recorded cases");
    }
    int status = gn_cli_execution_open(&e, r->program, r->input);
    if (status != CLI_DONE) {
        return status;
    }
    status = gn_cli_output_open(&file, r->out);
    if (status == CLI_DONE) {
        status = trace_into(r, &e, &file);
    }
    if (status == CLI_DONE) {
        bool ended = e.machine.result.outcome != RV_STEP_LIMIT;
        fprintf(stderr, "gnomon trace: %s; %s steps written to %s\n",
                ended ? gn_cli_outcome(outcome, &e) : "stopped at --to",
                gn_cli_grouped(written, e.machine.vm.steps - r->from), r->out);
    }
    gn_cli_output_discard(&file);
    gn_cli_execution_close(&e);
    return status;
}

/* ---- Solana: the whole run goes under the observer, since steps of the kernel are known only there ---- */
static void disassemble_solana(void *code, char *out, size_t out_n, uint64_t place)
{
    gn_cli_code_text(code, out, out_n, place);
}

/* how it ended: the machine's last fault, if it is what the instruction failed for */
static struct vm_trace_final solana_final(const struct cli_solana *run, const char *outcome)
{
    const struct vm *vm = &run->machine.vm;
    bool faulted = run->ended && run->statement.fault != GN_SOL_FAULT_NONE && run->statement.fault < GN_SOL_FAULT_ABORT;
    return (struct vm_trace_final){
        .outcome = outcome,
        .exited = run->ended && run->statement.exit_code != UINT64_MAX,
        .exit_code = run->ended ? run->statement.exit_code : 0,
        .fault = faulted ? vm->fault : VM_FAULT_NONE,
        .fault_pc = vm->fault_pc,
        .fault_address = vm->fault_address,
    };
}

static int write_solana(const struct request *r, struct cli_solana *run, struct vm_trace *t, const char **outcome,
                        char said[static CLI_SAID])
{
    const struct vm *vm = &run->machine.vm;
    struct gn_error err;
    int status = CLI_DONE;
    *outcome = "step limit";
    while (status == CLI_DONE && !run->ended && gn_vm_trace_step(t, vm) < r->to) {
        uint64_t left = r->to - gn_vm_trace_step(t, vm);
        status = gn_cli_solana_go(run, left, gn_vm_trace_observe, t);
    }
    if (status != CLI_DONE) {
        return status;
    }
    if (run->ended) {
        *outcome = gn_cli_solana_outcome(said, &run->statement);
    }
    if (run->ended && r->from > 0 && r->from >= gn_vm_trace_step(t, vm)) {
        return gn_cli_fail(CLI_BAD, "--from", "the run ends after %" PRIu64 " steps", gn_vm_trace_step(t, vm));
    }
    struct vm_trace_final final = solana_final(run, *outcome);
    return gn_vm_trace_end(t, vm, &final, &err) == GN_OK ? CLI_DONE : gn_cli_fail_with(&err, r->out);
}

static int trace_solana_into(const struct request *r, struct cli_solana *run, struct cli_code *code,
                             struct cli_output *file)
{
    struct vm_trace *t = calloc(1, sizeof *t);
    const struct vm_trace_options options = {r->from, r->to, disassemble_solana, code, true};
    const char *outcome;
    char said[CLI_SAID], written[CLI_GROUPED];
    struct gn_error err;
    int status = t != NULL ? gn_cli_solana_go(run, 0, NULL, NULL) : gn_cli_no_memory(); /* to the program's entry */
    if (status == CLI_DONE && gn_vm_trace_begin(t, file->stream, &run->machine.vm, &options, &err) != GN_OK) {
        status = gn_cli_fail_with(&err, r->out);
    }
    if (status == CLI_DONE) {
        status = write_solana(r, run, t, &outcome, said);
    }
    if (status == CLI_DONE) {
        status = gn_cli_output_commit(file);
    }
    if (status == CLI_DONE) {
        uint64_t end = gn_vm_trace_step(t, &run->machine.vm);
        end = end < r->to ? end : r->to;
        fprintf(stderr, "gnomon trace: %s; %s steps written to %s\n", run->ended ? outcome : "stopped at --to",
                gn_cli_grouped(written, end - r->from), r->out);
    }
    free(t);
    return status;
}

static int trace_solana(const struct request *r)
{
    struct cli_solana run;
    struct cli_code code = {0};
    struct cli_output file = {0};
    int status = gn_cli_solana_open(&run, r->program, r->input, &r->choice);
    if (status == CLI_DONE) {
        status = gn_cli_code_of_solana(&code, run.subject.program->solana, run.subject.program->elf,
                                       run.subject.program->elf_n);
    }
    if (status == CLI_DONE) {
        status = gn_cli_output_open(&file, r->out);
    }
    if (status == CLI_DONE) {
        status = trace_solana_into(r, &run, &code, &file);
    }
    gn_cli_output_discard(&file);
    gn_cli_code_close(&code);
    gn_cli_solana_close(&run);
    return status;
}

/* ---- command ---- */
static int trace(int argc, char **argv)
{
    struct request r;
    int status = parse(&r, argc, argv);
    if (status != CLI_DONE) {
        return status == CLI_HELP ? CLI_DONE : status;
    }
    return gn_cli_is_solana(r.program) ? trace_solana(&r) : trace_riscv(&r);
}

const struct cli_command gn_cli_trace = {
    .name = "trace",
    .usage = "PROGRAM [INPUT] | CASE.json [--programs DIR] [--instruction N] [-o FILE] [--from N] [--to N]",
    .purpose = "Executes a program and writes down every step as JSON",
    .help = "\n"
            "The file holds the initial state; for every instruction its number, pc, text, the core instructions it\n"
            "becomes with their operands, the registers it changed with their values before and after, and its\n"
            "memory accesses; and the final state.  PROGRAM and INPUT are those of `gnomon run`.\n"
            "A step takes some 300 bytes: --from and --to cut a piece out of a long run.\n"
            "Solana: registers are r0 to r10, pc is the number of a slot; a system call is one step; the kernel's own\n"
            "instructions are no steps.  The initial state is always that at the program's entry.\n"
            "\n"
            "  -o, --output FILE    where to write; execution_trace.json if not given; - is standard output.\n"
            "                       The file appears only when it is complete\n"
            "      --from N         the first step to write, counted from 0\n"
            "      --to N           stop before step N\n"
            "      --bytecode N     Solana: PROGRAM is bare sBPF bytecode of version N (0 to 3)\n"
            "      --programs DIR   Solana: where the programs are that a recorded case names by their SHA-256\n"
            "      --instruction N  Solana: of several instructions in a recorded case the one that is traced\n",
    .main = trace,
};
