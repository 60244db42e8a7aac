/* SPDX-License-Identifier: Apache-2.0 */
/* program.c - loading, naming and executing programs (program.h).
 *
 * Execution goes in pieces of some milliseconds, between which the progress line and the guest's diagnostics are brought up
 * to date; a piece costs nothing that could be measured. */
#include "cli/program.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/files.h"
#include "cli/progress.h"

#define PIECE          (UINT64_C(1) << 22)
#define PIECE_OBSERVED (UINT64_C(1) << 16)

int gn_cli_program_load(struct rv_program **program, const char *path)
{
    struct gn_buffer elf;
    struct gn_error err;
    *program = NULL;
    int status = gn_cli_read(&elf, path, CLI_ELF_MAX);
    if (status == CLI_DONE && gn_riscv_load(program, elf.data, elf.size, &err) != GN_OK) {
        status = gn_cli_fail_with(&err, path);
    }
    gn_buffer_free(&elf);
    return status;
}

/* ---- names ---- */
const struct rv_symbol *gn_cli_symbol_at(const struct rv_program *program, uint64_t pc)
{
    uint32_t low = 0, high = program->symbols_n; /* symbols[low - 1].address <= pc < symbols[high].address */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (program->symbols[middle].address <= pc) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    const struct rv_symbol *s = low > 0 ? &program->symbols[low - 1] : NULL; /* of several at an address the largest */
    return s != NULL && (s->size == 0 || pc - s->address < s->size) ? s : NULL;
}

const char *gn_cli_symbol_name(char out[static CLI_NAME], const struct rv_symbol *symbol)
{
    return gn_cli_clean(out, CLI_NAME, symbol->name);
}

const char *gn_cli_place(char out[static CLI_PLACE], const struct rv_program *program, uint64_t pc)
{
    char name[CLI_NAME];
    const struct rv_symbol *s = gn_cli_symbol_at(program, pc);
    if (s == NULL) {
        snprintf(out, CLI_PLACE, "0x%" PRIx64, pc);
    } else if (pc == s->address) {
        snprintf(out, CLI_PLACE, "0x%" PRIx64 " (%s)", pc, gn_cli_symbol_name(name, s));
    } else {
        snprintf(out, CLI_PLACE, "0x%" PRIx64 " (%s+0x%" PRIx64 ")", pc, gn_cli_symbol_name(name, s), pc - s->address);
    }
    return out;
}

/* ---- execution ---- */
int gn_cli_execution_open(struct cli_execution *e, const char *program, const char *input)
{
    struct gn_error err;
    *e = (struct cli_execution){.path = program};
    int status = gn_cli_read(&e->elf, program, CLI_ELF_MAX);
    if (status == CLI_DONE && gn_riscv_load(&e->program, e->elf.data, e->elf.size, &err) != GN_OK) {
        status = gn_cli_fail_with(&err, program);
    }
    if (status == CLI_DONE && input != NULL) {
        status = gn_cli_read(&e->input, input, RV_INPUT_MAX - 16);
    }
    if (status == CLI_DONE && gn_riscv_start(&e->machine, e->program, e->input.data, e->input.size, &err) != GN_OK) {
        status = gn_cli_fail_with(&err, input != NULL ? input : program);
    }
    if (status != CLI_DONE) {
        gn_cli_execution_close(e);
    }
    return status;
}

static void show_diagnostics(struct cli_execution *e)
{
    const struct gn_buffer *d = &e->machine.result.diagnostics;
    if (d->size > e->shown) {
        gn_cli_progress_clear();
        fwrite(d->data + e->shown, 1, d->size - e->shown, stderr);
        fflush(stderr);
        e->shown = d->size;
    }
}

int gn_cli_execution_run(struct cli_execution *e, uint64_t max_steps, vm_observer *observer, void *observer_ctx)
{
    struct rv_machine *m = &e->machine;
    struct gn_error err;
    uint64_t piece = observer == NULL ? PIECE : PIECE_OBSERVED;
    enum gn_status status;
    gn_cli_progress_begin("steps", m->vm.steps, max_steps);
    double begun = gn_cli_seconds();
    do {
        uint64_t left = max_steps - m->vm.steps;
        status = gn_riscv_run(m, m->vm.steps + (left < piece ? left : piece), observer, observer_ctx, &err);
        show_diagnostics(e);
        gn_cli_progress(m->vm.steps);
    } while (status == GN_OK && m->result.outcome == RV_STEP_LIMIT && m->vm.steps < max_steps);
    e->seconds += gn_cli_seconds() - begun;
    gn_cli_progress_end();
    return status == GN_OK ? CLI_DONE : gn_cli_fail_with(&err, e->path);
}

void gn_cli_execution_close(struct cli_execution *e)
{
    gn_riscv_stop(&e->machine);
    gn_riscv_result_free(&e->machine.result);
    gn_riscv_free(e->program);
    gn_buffer_free(&e->elf);
    gn_buffer_free(&e->input);
    e->program = NULL;
}

/* ---- outcome ---- */
const char *gn_cli_outcome(char out[static CLI_OUTCOME], const struct cli_execution *e)
{
    const struct rv_result *r = &e->machine.result;
    char place[CLI_PLACE];
    switch (r->outcome) {
    case RV_EXITED:
        snprintf(out, CLI_OUTCOME, "exit %" PRId64, (int64_t)r->exit_code);
        break;
    case RV_FAULTED:
        gn_cli_place(place, e->program, r->fault_pc);
        if (r->fault == VM_FAULT_ILLEGAL || r->fault == VM_FAULT_BREAKPOINT) {
            snprintf(out, CLI_OUTCOME, "fault: %s at %s", gn_vm_fault_name(r->fault), place);
        } else {
            snprintf(out, CLI_OUTCOME, "fault: %s 0x%" PRIx64 " at %s", gn_vm_fault_name(r->fault), r->fault_address,
                     place);
        }
        break;
    case RV_STEP_LIMIT:
        snprintf(out, CLI_OUTCOME, "stopped by --max-steps");
        break;
    }
    return out;
}

static json_t *fault_json(const struct cli_execution *e)
{
    const struct rv_result *r = &e->machine.result;
    const struct rv_symbol *s = gn_cli_symbol_at(e->program, r->fault_pc);
    json_t *fault = json_object();
    int failed = json_object_set_new(fault, "name", json_string(gn_vm_fault_name(r->fault)));
    failed |= json_object_set_new(fault, "pc", gn_cli_hex(r->fault_pc));
    failed |= json_object_set_new(fault, "address", gn_cli_hex(r->fault_address));
    if (s != NULL) {
        failed |= json_object_set_new(fault, "function", gn_cli_json_text(s->name));
        failed |= json_object_set_new(fault, "offset", gn_cli_hex(r->fault_pc - s->address));
    }
    if (failed) {
        json_decref(fault);
        return NULL;
    }
    return fault;
}

int gn_cli_outcome_json(json_t *object, const struct cli_execution *e)
{
    static const char *const outcomes[] = {
        [RV_EXITED] = "exited", [RV_FAULTED] = "faulted", [RV_STEP_LIMIT] = "step limit"};
    const struct rv_machine *m = &e->machine;
    int failed = json_object_set_new(object, "program", gn_cli_json_text(e->path));
    failed |= json_object_set_new(object, "outcome", json_string(outcomes[m->result.outcome]));
    if (m->result.outcome == RV_EXITED) {
        failed |= json_object_set_new(object, "exit_code", gn_cli_hex(m->result.exit_code));
    } else if (m->result.outcome == RV_FAULTED) {
        failed |= json_object_set_new(object, "fault", fault_json(e));
    }
    failed |= json_object_set_new(object, "steps", json_integer((json_int_t)m->vm.steps));
    failed |= json_object_set_new(object, "core_rows", json_integer((json_int_t)m->vm.rows_run));
    failed |= json_object_set_new(object, "unaligned_accesses", json_integer((json_int_t)m->vm.unaligned));
    return failed ? gn_cli_no_memory() : CLI_DONE;
}

/* ---- JSON ---- */
json_t *gn_cli_hex(uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "0x%" PRIx64, value);
    return json_string(text);
}

json_t *gn_cli_hex_bytes(const uint8_t *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    char *text = malloc(2 * n + 1);
    if (text == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * n] = 0;
    json_t *string = json_stringn(text, 2 * n);
    free(text);
    return string;
}

json_t *gn_cli_json_text(const char *s)
{
    char clean[1024];
    return json_string(gn_cli_clean(clean, sizeof clean, s));
}

int gn_cli_json_print(json_t *object)
{
    int failed = object == NULL || json_dumpf(object, stdout, JSON_INDENT(2)) != 0;
    json_decref(object);
    if (failed) {
        return ferror(stdout) ? gn_cli_flush() : gn_cli_no_memory();
    }
    putchar('\n');
    return CLI_DONE;
}
