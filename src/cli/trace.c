/* SPDX-License-Identifier: Apache-2.0 */
/* trace.c - `gnomon trace`: writes execution_trace.json (vm/trace.h).
 *
 * Up to --from the program runs at full speed; only the steps that are written run under the observer, and nothing runs
 * after them. */
#include <inttypes.h>

#include "cli/files.h"
#include "cli/program.h"
#include "vm/trace.h"

enum { FROM = CLI_OPTIONS, TO };

struct request {
    const char *program, *input, *out;
    uint64_t from, to;
};

static int parse(struct request *r, int argc, char **argv)
{
    static const struct option longs[] = {
        {"help", no_argument, NULL, CLI_HELP},        {"from", required_argument, NULL, FROM},
        {"to", required_argument, NULL, TO},          {"output", required_argument, NULL, 'o'},
        {"json", no_argument, NULL, CLI_OPTIONS + 2}, {NULL, 0, NULL, 0},
    };
    int c;
    *r = (struct request){.out = "execution_trace.json", .to = UINT64_MAX};
    while ((c = gn_cli_option(argc, argv, ":ho:", longs)) != -1) {
        switch (c) {
        case CLI_HELP:
            gn_cli_print_help(stdout, &gn_cli_trace);
            return CLI_HELP;
        case FROM:
            if (!gn_cli_number(&r->from, optarg, "--from")) {
                return CLI_BAD;
            }
            break;
        case TO:
            if (!gn_cli_number(&r->to, optarg, "--to")) {
                return CLI_BAD;
            }
            break;
        case 'o':
            r->out = optarg;
            break;
        case CLI_OPTIONS + 2: /* every command takes --json; this one's output is JSON anyway */
            break;
        default:
            return CLI_BAD;
        }
    }
    int status = gn_cli_arguments(argc, argv, 1, 2);
    if (status == CLI_DONE && r->from >= r->to) {
        status = gn_cli_fail(CLI_BAD, "--to", "%" PRIu64 " is not after --from %" PRIu64, r->to, r->from);
    }
    if (status == CLI_DONE) {
        r->program = argv[optind];
        r->input = argc - optind > 1 ? argv[optind + 1] : NULL;
    }
    return status;
}

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

static int trace(int argc, char **argv)
{
    struct request r;
    struct cli_execution e;
    struct cli_output file;
    char outcome[CLI_OUTCOME], written[CLI_GROUPED];
    int status = parse(&r, argc, argv);
    if (status != CLI_DONE) {
        return status == CLI_HELP ? CLI_DONE : status;
    }
    status = gn_cli_execution_open(&e, r.program, r.input);
    if (status != CLI_DONE) {
        return status;
    }
    status = gn_cli_output_open(&file, r.out);
    if (status == CLI_DONE) {
        status = trace_into(&r, &e, &file);
    }
    if (status == CLI_DONE) {
        bool ended = e.machine.result.outcome != RV_STEP_LIMIT;
        fprintf(stderr, "gnomon trace: %s; %s steps written to %s\n",
                ended ? gn_cli_outcome(outcome, &e) : "stopped at --to",
                gn_cli_grouped(written, e.machine.vm.steps - r.from), r.out);
    }
    gn_cli_output_discard(&file);
    gn_cli_execution_close(&e);
    return status;
}

const struct cli_command gn_cli_trace = {
    .name = "trace",
    .usage = "PROGRAM [INPUT] [-o FILE] [--from N] [--to N]",
    .purpose = "Executes a program and writes down every step as JSON",
    .help = "\n"
            "The file holds the initial state; for every instruction its number, pc, text, the core instructions it\n"
            "becomes with their operands, the registers it changed with their values before and after, and its\n"
            "memory accesses; and the final state.  PROGRAM and INPUT are those of `gnomon run`.\n"
            "A step takes some 300 bytes: --from and --to cut a piece out of a long run.\n"
            "\n"
            "  -o, --output FILE   where to write; execution_trace.json if not given; - is standard output.\n"
            "                      The file appears only when it is complete\n"
            "      --from N        the first step to write, counted from 0\n"
            "      --to N          stop before step N\n",
    .main = trace,
};
