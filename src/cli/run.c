/* SPDX-License-Identifier: Apache-2.0 */
/* run.c - `gnomon run`: executes a program.
 *
 * The guest's public output goes to standard output or a file, its diagnostics and our summary to standard error, so that
 * output can be piped.  With --json, standard output is one object that holds everything. */
#include <inttypes.h>
#include <string.h>

#include "cli/files.h"
#include "cli/program.h"
#include "cli/run.h"

enum { PUBLIC_MEMORY = 256 }; /* of the output region (riscv.h) */

/* CLI_DONE: go on; CLI_HELP: help was printed; otherwise the exit status */
static int parse(struct run_request *r, int argc, char **argv)
{
    *r = (struct run_request){.max_steps = UINT64_MAX};
    const struct cli_option options[] = {
        CLI_PROGRAMS(&r->programs),
        CLI_BYTECODE,
        CLI_JSON(&r->json),
        CLI_QUIET(&r->quiet),
        CLI_OUTPUT(&r->out),
        CLI_MAX_STEPS(&r->max_steps),
        {.name = "exit-code", .flag = &r->forward},
        {.name = "compare", .flag = &r->compare},
    };
    int status = gn_cli_parse(options, CLI_COUNT(options), argc, argv);
    return status == CLI_DONE ? gn_cli_program_arguments(&r->program, &r->input, argc, argv) : status;
}

/* the bytes of public memory that the guest wrote to, up to the last that is not 0 */
static size_t public_memory(uint8_t out[static PUBLIC_MEMORY], const struct cli_execution *e)
{
    size_t n = PUBLIC_MEMORY;
    if (!gn_vm_memory_read(e->machine.vm.memory, RV_OUTPUT_BASE, out, n)) {
        return 0;
    }
    while (n > 0 && out[n - 1] == 0) {
        n--;
    }
    return n;
}

static double speed(const struct cli_execution *e)
{
    return e->seconds > 0 ? (double)e->machine.vm.steps / e->seconds * 1e-6 : 0;
}

static void summarize(const struct cli_execution *e)
{
    char outcome[CLI_OUTCOME], steps[CLI_GROUPED], unaligned[CLI_GROUPED];
    fprintf(stderr, "gnomon run: %s; %s steps, %s unaligned accesses, %.1f M instructions/s\n",
            gn_cli_outcome(outcome, e), gn_cli_grouped(steps, e->machine.vm.steps),
            gn_cli_grouped(unaligned, e->machine.vm.unaligned), speed(e));
}

static int print_json(const struct cli_execution *e, const char *out)
{
    const struct gn_buffer *output = &e->machine.result.output, *diagnostics = &e->machine.result.diagnostics;
    uint8_t memory[PUBLIC_MEMORY];
    size_t memory_n = public_memory(memory, e);
    json_t *object = json_object();
    int failed = json_object_set_new(object, "schema", json_string("gnomon.run.v1"));
    if (gn_cli_outcome_json(object, e) != CLI_DONE) {
        json_decref(object);
        return CLI_FAILED;
    }
    failed |= json_object_set_new(object, "seconds", json_real(e->seconds));
    failed |= json_object_set_new(object, "mips", json_real(speed(e)));
    failed |= json_object_set_new(object, "output_bytes", json_integer((json_int_t)output->size));
    if (out != NULL) {
        failed |= json_object_set_new(object, "output_file", gn_cli_json_text(out));
    } else {
        failed |= json_object_set_new(object, "output_hex", gn_cli_hex_bytes(output->data, output->size));
    }
    failed |= json_object_set_new(object, "public_memory_hex", gn_cli_hex_bytes(memory, memory_n));
    failed |= json_object_set_new(object, "diagnostics_bytes", json_integer((json_int_t)diagnostics->size));
    if (failed) {
        json_decref(object);
        return gn_cli_no_memory();
    }
    return gn_cli_json_print(object);
}

/* the status of a guest as a shell would show it: its code, or 128 + the signal that such a fault is elsewhere */
static int forwarded(const struct rv_result *r)
{
    static const int signals[VM_FAULTS] = {
        [VM_FAULT_ILLEGAL] = 4, [VM_FAULT_PC] = 11,        [VM_FAULT_LOAD] = 11,
        [VM_FAULT_STORE] = 11,  [VM_FAULT_MISALIGNED] = 7, [VM_FAULT_BREAKPOINT] = 5,
    };
    return r->outcome == RV_EXITED ? (int)(r->exit_code & 255) : 128 + signals[r->fault];
}

/* After the run: output, summary.  `file` is open if the request names one; it remains only if the run ended. */
static int report(const struct run_request *r, const struct cli_execution *e, struct cli_output *file)
{
    const struct rv_result *result = &e->machine.result;
    bool ended = result->outcome != RV_STEP_LIMIT;
    int status = CLI_DONE;
    FILE *to = r->out != NULL ? file->stream : r->json ? NULL : stdout;
    if (to != NULL && result->output.size > 0) {
        fwrite(result->output.data, 1, result->output.size, to);
    }
    if (ended && r->out != NULL) {
        status = gn_cli_output_commit(file);
    }
    if (status == CLI_DONE && r->json) {
        status = print_json(e, r->out);
    }
    if (status == CLI_DONE) {
        status = gn_cli_flush();
    }
    if (status != CLI_DONE) {
        return status;
    }
    if (!ended) {
        return gn_cli_fail(CLI_LIMIT, r->program, "did not end within %" PRIu64 " steps (--max-steps)", r->max_steps);
    }
    if (!r->json && !r->quiet) {
        summarize(e);
    }
    return r->forward ? forwarded(result) : CLI_DONE;
}

static int run(int argc, char **argv)
{
    struct run_request r;
    struct cli_execution e;
    struct cli_output file = {0};
    int status = parse(&r, argc, argv);
    if (status != CLI_DONE) {
        return status == CLI_HELP ? CLI_DONE : status;
    }
    if (r.json && r.out != NULL && strcmp(r.out, "-") == 0) {
        return gn_cli_fail(CLI_BAD, "-o -", "standard output is taken by --json");
    }
    if (gn_cli_is_solana(r.program)) {
        return gn_cli_run_solana(&r);
    }
    if (r.programs != NULL || r.compare) {
        return gn_cli_fail(CLI_BAD, r.program, "--programs and --compare are for Solana programs and recorded cases");
    }
    status = gn_cli_execution_open(&e, r.program, r.input);
    if (status != CLI_DONE) {
        return status;
    }
    if (r.out != NULL) {
        status = gn_cli_output_open(&file, r.out);
    }
    if (status == CLI_DONE) {
        status = gn_cli_execution_run(&e, r.max_steps, NULL, NULL);
    }
    if (status == CLI_DONE) {
        status = report(&r, &e, &file);
    }
    gn_cli_output_discard(&file);
    gn_cli_execution_close(&e);
    return status;
}

const struct cli_command gn_cli_run = {
    .name = "run",
    .usage = "PROGRAM [INPUT] [-o FILE] [--max-steps N] [--exit-code] [--json] [-q] | CASE.json [--programs FOLDER]",
    .purpose = "Executes a program and shows what it wrote and how it ended",
    .help =
        "\n"
        "PROGRAM is a static RV64IMAC executable (ELF), as `gnomon build` makes them, or a Solana program.\n"
        "INPUT   is a file whose bytes the program reads with read_input(); - is standard input.\n"
        "        Without it the input is empty.\n"
        "\n"
        "What the program writes with write_output() goes to standard output, its diagnostics to standard\n"
        "error.  A last line on standard error says how it ended: its exit code, or the fault and the place of\n"
        "the instruction that faulted; then the number of instructions (steps), how many memory accesses were\n"
        "unaligned (crossed an 8-byte boundary), and the speed.\n"
        "\n"
        "  -o, --output FILE   write the program's output to FILE; the file appears only when the run is over\n"
        "      --max-steps N   give up after N instructions (exit status 3)\n"
        "      --exit-code     exit with the program's exit code (its low 8 bits) instead of 0; after a fault\n"
        "                      with 132 illegal instruction, 133 breakpoint, 135 misaligned, 139 bad address\n"
        "      --json          print the result as JSON; the output is in it, in hexadecimal, unless -o is given\n"
        "  -q, --quiet         no last line\n"
        "\n"
        "Solana: PROGRAM is an ELF as deployed, INPUT is input.bin (see `gnomon input`) or a recorded transaction\n"
        "(JSON), which may also stand alone.  The lines that a validator logs go to standard output.\n"
        "\n"
        "      --programs FOLDER  the programs of a recorded transaction, found by the SHA-256 of their ELF\n"
        "      --bytecode N       PROGRAM is bare sBPF bytecode of version N, entry at its first instruction\n"
        "      --compare          exit status 1 if the outcome is not the recorded one; the first difference is said\n"
        "      --exit-code        exit status 1 if the instruction failed\n"
        "      --json             the outcome under the keys of recorded transactions\n"
        "\n"
        "exit status: 0 the program was executed, whatever its own exit code is.\n",
    .main = run,
};
