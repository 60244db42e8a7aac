/* SPDX-License-Identifier: Apache-2.0 */
/* trace.c - writes execution_trace.json (trace.h) from the executor's events.
 *
 * The rows of an instruction are gathered until the next instruction begins, then written as one step; so an instruction whose later row faults
 * leaves nothing.  stdio keeps its own error flag, which is asked at the end. */
#include "vm/trace.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "vm/isa.h"

enum { TEXT = 160 }; /* an instruction as text */

/* ---- JSON ---- */
static void put_string(FILE *out, const char *s, size_t n)
{
    putc('"', out);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c == '"' || c == '\\') {
            putc('\\', out);
            putc(c, out);
        } else if (c < 0x20 || c >= 0x7f) {
            fprintf(out, "\\u%04x", c);
        } else {
            putc(c, out);
        }
    }
    putc('"', out);
}

static void put_value(FILE *out, const char *name, uint64_t value)
{
    fprintf(out, "\"%s\":\"0x%" PRIx64 "\"", name, value);
}

static void put_register_name(FILE *out, unsigned r, bool sbpf)
{
    if (r == VM_REG_RESERVED) {
        fputs("\"reserved\":", out);
    } else if (sbpf) {
        fprintf(out, "\"r%u\":", r - VM_REG_R0);
    } else {
        fprintf(out, "\"x%u\":", r);
    }
}

/* registers that belong to the guest's state */
static bool shown(unsigned r)
{
    return (r >= 1 && r < 32) || r == VM_REG_RESERVED;
}

static void put_registers(FILE *out, const struct vm *vm, bool sbpf)
{
    const char *comma = "";
    fputs("\"registers\":{", out);
    for (unsigned r = 0; r < VM_REGS; r++) {
        if (shown(r) && vm->regs[r] != 0) {
            fputs(comma, out);
            put_register_name(out, r, sbpf);
            fprintf(out, "\"0x%" PRIx64 "\"", vm->regs[r]);
            comma = ",";
        }
    }
    putc('}', out);
}

/* as people call it */
static uint64_t pc_of(const struct vm_trace *t, uint64_t place)
{
    return t->options.sbpf ? (place - VM_USER_TEXT) / 2 : place;
}

static void put_place(struct vm_trace *t, const struct vm *vm)
{
    fprintf(t->out, "\"step\":%" PRIu64 ",", gn_vm_trace_step(t, vm));
    if (gn_vm_row_is_kernel(vm->program, vm->row)) {
        put_value(t->out, "pc", pc_of(t, vm->regs[VM_REG_TRAP] & 0xffffffff)); /* where user code was left */
    } else if (vm->row < vm->program->rows_n) {
        put_value(t->out, "pc", pc_of(t, vm->program->pc_of_row[vm->row]));
    } else {
        fputs("\"pc\":null", t->out);
    }
}

/* ---- one step ---- */

/* Registers that a step writes: two rows can write the same one. */
struct change {
    unsigned r;
    uint64_t before, after;
};
struct changes {
    struct change list[VM_REGS];
    unsigned n;
};

static void add_change(struct changes *c, unsigned r, uint64_t before, uint64_t after)
{
    for (unsigned i = 0; i < c->n; i++) {
        if (c->list[i].r == r) {
            c->list[i].after = after;
            return;
        }
    }
    c->list[c->n++] = (struct change){r, before, after};
}

static void add_changes_of_row(struct changes *c, const struct vm_insn *insn, const struct vm_event *e)
{
    if (gn_vm_form_uses(gn_vm_op_form(insn->op)) & VM_USES_D) {
        add_change(c, insn->rd, e->before, e->result);
    }
}

/* what the EXIT that vm has just executed did to r6 ... r10: the frame it closed has the values before it */
static void note_exit(uint64_t *before, uint64_t *after, const struct vm *vm)
{
    memcpy(before, gn_vm_frame(vm, vm->frames_n)->saved, VM_FRAME_REGS * sizeof *before);
    memcpy(after, &vm->regs[VM_REG_R6], VM_FRAME_REGS * sizeof *after);
}

static void add_changes_of_exit(struct changes *c, const uint64_t *before, const uint64_t *after)
{
    for (unsigned i = 0; i < VM_FRAME_REGS; i++) {
        add_change(c, VM_REG_R6 + i, before[i], after[i]);
    }
}

static void put_changes(struct vm_trace *t)
{
    struct changes changes = {.n = 0};
    for (uint32_t i = 0; i < t->events_n; i++) {
        const struct vm_insn *insn = &t->program->rows[t->events[i].row];
        if (t->events[i].trap) {
            continue;
        }
        add_changes_of_row(&changes, insn, &t->events[i]);
        if (insn->op == VM_EXIT) {
            add_changes_of_exit(&changes, t->exit_before, t->exit_after);
        }
    }
    for (unsigned r = 0; t->called && r < VM_REGS; r++) {
        add_change(&changes, r, t->call_before[r], t->call_after[r]);
    }
    const char *comma = "";
    fputs(",\"registers\":{", t->out);
    for (unsigned i = 0; i < changes.n; i++) {
        const struct change *c = &changes.list[i];
        if (shown(c->r) && c->before != c->after) {
            fputs(comma, t->out);
            put_register_name(t->out, c->r, t->options.sbpf);
            fprintf(t->out, "{\"before\":\"0x%" PRIx64 "\",\"after\":\"0x%" PRIx64 "\"}", c->before, c->after);
            comma = ",";
        }
    }
    putc('}', t->out);
}

static bool is_store(const struct vm_insn *insn)
{
    return gn_vm_op_form(insn->op) == VM_FORM_STORE || gn_vm_op_form(insn->op) == VM_FORM_STOREI;
}

static void put_accesses(struct vm_trace *t)
{
    const char *comma = "";
    fputs(",\"memory\":[", t->out);
    for (uint32_t i = 0; i < t->events_n; i++) {
        const struct vm_event *e = &t->events[i];
        if (e->width == 0) {
            continue;
        }
        bool store = is_store(&t->program->rows[e->row]);
        uint64_t mask = e->width == 8 ? UINT64_MAX : (UINT64_C(1) << 8 * e->width) - 1;
        fprintf(t->out, "%s{", comma);
        put_value(t->out, "address", e->address);
        fprintf(t->out, ",\"width\":%u,\"write\":%s,", e->width, store ? "true" : "false");
        put_value(t->out, "before", e->memory_before);
        putc(',', t->out);
        put_value(t->out, "after", store ? e->b & mask : e->memory_before);
        putc('}', t->out);
        comma = ",";
    }
    putc(']', t->out);
}

/* "addi a0, a1, 4" as opcode "addi" and operands "a0, a1, 4" */
static void put_text(FILE *out, const char *text)
{
    size_t n = strcspn(text, " \t");
    size_t gap = strspn(text + n, " \t");
    fputs("\"opcode\":", out);
    put_string(out, text, n);
    fputs(",\"operands\":", out);
    put_string(out, text + n + gap, strlen(text + n + gap));
}

static void put_core_row(struct vm_trace *t, const struct vm_event *e)
{
    const struct vm_insn *insn = &t->program->rows[e->row];
    unsigned uses = gn_vm_form_uses(gn_vm_op_form(insn->op));
    char text[TEXT];
    gn_vm_format(text, sizeof text, insn);
    putc('{', t->out);
    put_text(t->out, text);
    if (uses & VM_USES_A) {
        putc(',', t->out);
        put_value(t->out, "a", e->a);
    }
    if (uses & (VM_USES_B | VM_USES_I)) {
        putc(',', t->out);
        put_value(t->out, "b", e->b);
    }
    if (gn_vm_op_form(insn->op) == VM_FORM_AB_T || gn_vm_op_form(insn->op) == VM_FORM_AI_T) {
        fprintf(t->out, ",\"taken\":%s", e->taken ? "true" : "false");
    }
    putc('}', t->out);
}

static void put_step(struct vm_trace *t)
{
    const struct vm_event *e = &t->events[0];
    uint64_t pc = t->program->pc_of_row[e->row];
    char text[TEXT] = "";
    if (t->options.disassemble != NULL) {
        t->options.disassemble(t->options.disassemble_ctx, text, sizeof text, pc);
        text[sizeof text - 1] = 0;
    } else {
        gn_vm_format(text, sizeof text, &t->program->rows[e->row]);
    }
    fprintf(t->out, "%s\n{\"step\":%" PRIu64 ",", t->any ? "," : "", t->number);
    put_value(t->out, "pc", pc_of(t, pc));
    putc(',', t->out);
    put_text(t->out, text);
    if (e->trap) {
        fputs(",\"by_kernel\":true", t->out);
    }
    fputs(",\"core\":[", t->out);
    for (uint32_t i = 0; i < t->events_n && !e->trap; i++) {
        if (i > 0) {
            putc(',', t->out);
        }
        put_core_row(t, &t->events[i]);
    }
    putc(']', t->out);
    put_changes(t);
    put_accesses(t);
    putc('}', t->out);
    t->any = true;
}

static void finish_step(struct vm_trace *t)
{
    if (t->events_n > 0) {
        put_step(t);
        t->events_n = 0;
        t->called = false;
    }
}

/* What an environment call did to registers is seen when the next instruction comes by: its state, less what it did itself. */
static void note_call_result(struct vm_trace *t, const struct vm *vm, const struct vm_event *next)
{
    if (!t->called) {
        return;
    }
    memcpy(t->call_after, vm->regs, sizeof t->call_after);
    if (next != NULL) {
        struct changes own = {.n = 0};
        add_changes_of_row(&own, &t->program->rows[next->row], next);
        if (t->program->rows[next->row].op == VM_EXIT) {
            uint64_t before[VM_FRAME_REGS], after[VM_FRAME_REGS];
            note_exit(before, after, vm);
            add_changes_of_exit(&own, before, after);
        }
        for (unsigned i = 0; i < own.n; i++) {
            t->call_after[own.list[i].r] = own.list[i].before;
        }
    }
}

/* ---- a run ---- */
static enum gn_status io_status(const struct vm_trace *t, struct gn_error *err)
{
    return ferror(t->out) ? gn_fail(err, GN_IO, "cannot write the execution trace: %s", strerror(errno)) : GN_OK;
}

static void put_regions(FILE *out, const struct vm_memory *memory)
{
    size_t n;
    const struct vm_region *regions = gn_vm_memory_regions(memory, &n);
    fputs(",\"memory\":[", out);
    for (size_t i = 0; i < n; i++) {
        fprintf(out, "%s{", i > 0 ? "," : "");
        put_value(out, "base", regions[i].base);
        putc(',', out);
        put_value(out, "size", regions[i].size);
        fprintf(out, ",\"read\":%s,\"write\":%s}", regions[i].permissions & VM_READ ? "true" : "false",
                regions[i].permissions & VM_WRITE ? "true" : "false");
    }
    putc(']', out);
}

enum gn_status gn_vm_trace_begin(struct vm_trace *t, FILE *out, const struct vm *vm,
                                 const struct vm_trace_options *options, struct gn_error *err)
{
    *t = (struct vm_trace){.out = out, .options = *options, .program = vm->program, .status = GN_OK};
    fprintf(out, "{\"schema\":\"gnomon.execution_trace.v1\",\"from\":%" PRIu64 ",\"to\":", options->from);
    if (options->to == UINT64_MAX) {
        fputs("null", out);
    } else {
        fprintf(out, "%" PRIu64, options->to);
    }
    fputs(",\n\"initial\":{", out);
    put_place(t, vm);
    putc(',', out);
    put_registers(out, vm, options->sbpf);
    put_regions(out, vm->memory);
    fputs("},\n\"steps\":[", out);
    return io_status(t, err);
}

/* An instruction of sBPF that the kernel takes over; not one that the units are not enough for. */
static void note_trap(struct vm_trace *t, const struct vm *vm, const struct vm_event *event)
{
    if (!t->options.sbpf || event->row == VM_NO_ROW || vm->fault == VM_FAULT_UNITS) {
        return;
    }
    note_call_result(t, vm, NULL);
    finish_step(t);
    t->number = gn_vm_trace_step(t, vm);
    t->by_kernel++;
    if (t->number >= t->options.from && t->number < t->options.to) {
        t->events[t->events_n++] = *event;
        t->called = true;
        memcpy(t->call_before, vm->regs, sizeof t->call_before);
    }
}

void gn_vm_trace_observe(void *trace, const struct vm *vm, const struct vm_event *event)
{
    struct vm_trace *t = trace;
    if (event->trap) {
        note_trap(t, vm, event);
        return;
    }
    if (gn_vm_row_is_kernel(t->program, event->row)) {
        return;
    }
    if (t->program->first_of_insn[event->row]) {
        note_call_result(t, vm, event);
        finish_step(t);
        t->number = gn_vm_trace_step(t, vm) - 1; /* steps counts this one */
    }
    if (t->number < t->options.from || t->number >= t->options.to) {
        return;
    }
    if (t->events_n == VM_STEP_ROWS) {
        t->status = GN_INTERNAL;
        return;
    }
    t->events[t->events_n++] = *event;
    if (t->program->rows[event->row].op == VM_EXIT) {
        note_exit(t->exit_before, t->exit_after, vm);
    }
    if (t->program->rows[event->row].op == VM_ECALL || t->program->rows[event->row].op == VM_SYSCALL) {
        t->called = true;
        memcpy(t->call_before, vm->regs, sizeof t->call_before);
    }
}

static void put_final(struct vm_trace *t, const struct vm *vm, const struct vm_trace_final *final)
{
    FILE *out = t->out;
    fputs("],\n\"final\":{", out);
    put_place(t, vm);
    fputs(",\"outcome\":", out);
    put_string(out, final->outcome, strlen(final->outcome));
    if (final->exited) {
        putc(',', out);
        put_value(out, "exit_code", final->exit_code);
    }
    if (final->fault != VM_FAULT_NONE) {
        const char *name = gn_vm_fault_name(final->fault);
        fputs(",\"fault\":{\"name\":", out);
        put_string(out, name, strlen(name));
        putc(',', out);
        put_value(out, "pc", pc_of(t, final->fault_pc));
        putc(',', out);
        put_value(out, "address", final->fault_address);
        putc('}', out);
    }
    putc(',', out);
    put_registers(out, vm, t->options.sbpf);
    fputs("}}\n", out);
}

enum gn_status gn_vm_trace_end(struct vm_trace *t, const struct vm *vm, const struct vm_trace_final *final,
                               struct gn_error *err)
{
    if (vm->row >= t->program->rows_n || t->program->first_of_insn[vm->row] ||
        gn_vm_row_is_kernel(t->program, vm->row)) {
        note_call_result(t, vm, NULL);
        finish_step(t); /* otherwise the last instruction faulted on its way */
    }
    put_final(t, vm, final);
    fflush(t->out);
    if (t->status != GN_OK) {
        return gn_fail(err, t->status, "an instruction of more than %d core rows cannot be traced", VM_STEP_ROWS);
    }
    return io_status(t, err);
}
