/* SPDX-License-Identifier: Apache-2.0 */
/* solana.c - loading a program with its kernel, and running both.
 *
 * A run may stop because the kernel wants a hint that it has not got (section 5 of docs/statement.md): the host computes it and begins again.  What a run says, OUT word by OUT word in any
 * order, is collected and must be a statement without holes. */
#include "svm/solana.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "svm/curve.h"
#include "svm/kernel_input.h"

enum { KERNEL_A0 = VM_REG_KERNEL + 10, KERNEL_A1, HINTS_MAX = 4096 };

/* ---- programs ---- */
static enum gn_status lower(struct svm_program *p, struct gn_error *err)
{
    struct sbpf_load_options options = {.syscalls = gn_sbpf_syscalls()};
    enum gn_status status = gn_sbpf_load(&p->sbpf, p->elf, p->elf_n, &options, err);
    if (status == GN_OK) {
        status = gn_sbpf_verify(p->sbpf, err);
    }
    if (status == GN_OK) {
        status = gn_sbpf_lower(&p->core, p->sbpf, p->mode, &options.syscalls, err);
    }
    if (status == GN_OK) {
        status = gn_sbpf_describe(&p->description, p->sbpf, p->mode, err);
    }
    if (status == GN_OK) {
        p->core.metered = true;
        status = gn_riscv_kernel_join(&p->core, &gn_solana_kernel, err);
    }
    return status;
}

enum gn_status gn_solana_load(struct svm_program **out, const void *elf, size_t n, enum sbpf_mode mode,
                              struct gn_error *err)
{
    *out = NULL;
    struct svm_program *p = calloc(1, sizeof *p);
    uint8_t *copy = malloc(n + 1);
    if (p == NULL || copy == NULL) {
        free(p);
        free(copy);
        return gn_fail(err, GN_NO_MEMORY, "no memory for the program");
    }
    if (n > 0) {
        memcpy(copy, elf, n);
    }
    p->elf = copy;
    p->elf_n = n;
    p->mode = mode;
    enum gn_status status = lower(p, err);
    if (status != GN_OK) {
        gn_solana_free(p);
        return status;
    }
    *out = p;
    return GN_OK;
}

void gn_solana_free(struct svm_program *p)
{
    if (p == NULL) {
        return;
    }
    free(p->core.kernel_row_of_halfword);
    gn_sbpf_core_free(&p->core);
    gn_buffer_free(&p->description);
    gn_sbpf_free(p->sbpf);
    free(p->elf);
    free(p);
}

/* ---- memory ---- */
static enum gn_status map_input(struct vm_memory *m, const void *input, size_t n, struct gn_error *err)
{
    uint8_t header[SVM_INPUT_HEADER] = {0};
    if (n > SVM_KERNEL_INPUT_MAX) {
        return gn_fail(err, GN_LIMIT, "accounts and data of %zu bytes, at most %d are supported", n,
                       SVM_KERNEL_INPUT_MAX);
    }
    store_le64(header + 8, n);
    enum gn_status status =
        gn_vm_memory_map(m, SVM_INPUT_BASE, SVM_INPUT_HEADER + n, VM_FIXED, header, sizeof header, err);
    if (status == GN_OK && !gn_vm_memory_write(m, SVM_INPUT_BASE + SVM_INPUT_HEADER, input, n)) {
        status = gn_fail(err, GN_INTERNAL, "input does not fit its region");
    }
    return status;
}

enum gn_status gn_solana_map(struct vm_memory *m, const struct svm_program *p, const void *kernel_input, size_t n,
                             struct gn_error *err)
{
    enum gn_status status = map_input(m, kernel_input, n, err);
    if (status == GN_OK) {
        status = gn_vm_memory_map(m, p->sbpf->rodata_address, p->sbpf->rodata_n, VM_READ | VM_FIXED, p->sbpf->rodata,
                                  p->sbpf->rodata_n, err);
    }
    if (status == GN_OK) {
        status = gn_vm_memory_map(m, GN_SOL_DESCRIPTION, p->description.size, VM_FIXED, p->description.data,
                                  p->description.size, err);
    }
    return status == GN_OK ? gn_riscv_kernel_map(m, &gn_solana_kernel, err) : status;
}

/* ---- a run ---- */
struct said { /* the statement while it is said */
    uint8_t *words;
    uint8_t *known; /* a byte each */
    size_t n;       /* words said */
    bool disorder;
};

static void hear_word(void *ctx, uint64_t index, uint64_t word)
{
    struct said *s = ctx;
    if (index >= GN_SOL_STATEMENT_MAX || s->known[index] != 0) {
        s->disorder = true;
        return;
    }
    s->known[index] = 1;
    store_le64(s->words + 8 * index, word);
    s->n++;
}

/* no word is missing: the first n are there, and no other */
static bool complete(const struct said *s)
{
    return !s->disorder && (s->n == 0 || memchr(s->known, 0, s->n) == NULL);
}

enum attempt { ATTEMPT_DONE, ATTEMPT_WANTS_HINT, ATTEMPT_FAILED };

static enum attempt gave_up(const struct vm *vm, uint8_t y[32], struct gn_error *err)
{
    uint64_t reason = vm->regs[KERNEL_A0], detail = vm->regs[KERNEL_A1];
    static const char *const syscalls[] = {
        "?",
#define SYSCALL(symbol, name, hash, served) name,
#include "kernel/solana/syscalls.def"
#undef SYSCALL
    };
    if (!vm->fault_in_kernel || vm->fault != VM_FAULT_ILLEGAL) {
        (void)gn_fail(err, GN_INTERNAL, "the kernel stopped at 0x%" PRIx64 ": %s, address 0x%" PRIx64, vm->fault_pc,
                      gn_vm_fault_name(vm->fault), vm->fault_address);
        return ATTEMPT_FAILED;
    }
    switch (reason) {
    case GN_SOL_STOP_HINT:
        if (gn_vm_memory_read(vm->memory, detail, y, 32)) {
            return ATTEMPT_WANTS_HINT;
        }
        break;
    case GN_SOL_STOP_UNSUPPORTED:
        (void)gn_fail(err, GN_LIMIT, "the system call %s is not supported yet",
                      detail < GN_SOL_SYSCALLS_END ? syscalls[detail] : "?");
        return ATTEMPT_FAILED;
    case GN_SOL_STOP_LIMIT:
        (void)gn_fail(err, GN_LIMIT, "accounts, data and logs need a statement of more than %d bytes",
                      8 * GN_SOL_STATEMENT_MAX);
        return ATTEMPT_FAILED;
    default:
        break;
    }
    (void)gn_fail(err, GN_INTERNAL, "the kernel gave up at 0x%" PRIx64 ": reason %" PRIu64 ", detail 0x%" PRIx64,
                  vm->fault_pc, reason, detail);
    return ATTEMPT_FAILED;
}

struct attempt_context {
    const struct svm_program *program;
    struct svm_execution *out;
    struct said said;
    vm_observer *observer;
    void *observer_ctx;
    struct gn_error *err;
};

static enum attempt attempt(struct attempt_context *a, uint8_t y[32])
{
    struct vm vm = {
        .program = &a->program->core, .row = a->program->core.entry_row, .hooks = {.ctx = &a->said, .out = hear_word}};
    memset(a->said.known, 0, GN_SOL_STATEMENT_MAX);
    a->said.n = 0;
    a->said.disorder = false;
    if (gn_vm_memory_create(&vm.memory, a->err) != GN_OK) {
        return ATTEMPT_FAILED;
    }
    enum attempt answer = ATTEMPT_FAILED;
    if (gn_solana_map(vm.memory, a->program, a->out->kernel_input.data, a->out->kernel_input.size, a->err) == GN_OK) {
        enum vm_stop stop = gn_vm_run(&vm, UINT64_MAX, a->observer, a->observer_ctx);
        answer = stop == VM_STOP_HALT ? ATTEMPT_DONE : gave_up(&vm, y, a->err);
        a->out->rows = vm.rows_run;
    }
    gn_vm_memory_destroy(vm.memory);
    return answer;
}

static enum gn_status run_hinted(struct attempt_context *a, const struct svm_input *in, bool by_hash)
{
    vm_observer *observer = a->observer;
    struct gn_buffer hints = {0};
    enum attempt answer = ATTEMPT_WANTS_HINT;
    a->observer = NULL;
    while (answer == ATTEMPT_WANTS_HINT) {
        uint8_t y[32];
        struct gn_sol_hint hint;
        size_t n = hints.size / sizeof hint;
        a->out->kernel_input.size = 0;
        gn_svm_kernel_input(&a->out->kernel_input, in, by_hash, (const struct gn_sol_hint *)(const void *)hints.data,
                            n);
        if (hints.failed || a->out->kernel_input.failed) {
            gn_buffer_free(&hints);
            return gn_fail(a->err, GN_NO_MEMORY, "no memory for the kernel's input");
        }
        answer = attempt(a, y);
        if (answer == ATTEMPT_WANTS_HINT) {
            if (n == HINTS_MAX) {
                gn_buffer_free(&hints);
                return gn_fail(a->err, GN_LIMIT, "more than %d tests of program addresses", HINTS_MAX);
            }
            (void)gn_svm_curve_hint(&hint, y);
            gn_buffer_append(&hints, &hint, sizeof hint);
        }
    }
    a->out->hints_n = hints.size / sizeof(struct gn_sol_hint);
    gn_buffer_free(&hints);
    if (answer == ATTEMPT_DONE && observer != NULL) {
        uint8_t unused[32];
        a->observer = observer;
        answer = attempt(a, unused);
    }
    return answer == ATTEMPT_DONE ? GN_OK : a->err->status;
}

static enum gn_status take_statement(struct attempt_context *a, struct gn_arena *arena)
{
    size_t n = 8 * a->said.n;
    uint8_t *copy = gn_arena_alloc(arena, n + 1);
    if (!complete(&a->said)) {
        return gn_fail(a->err, GN_INTERNAL, "the kernel said no whole statement");
    }
    if (copy == NULL) {
        return gn_fail(a->err, GN_NO_MEMORY, "no memory for a statement of %zu bytes", n);
    }
    memcpy(copy, a->said.words, n);
    a->out->statement_bytes = copy;
    a->out->statement_n = n;
    enum gn_status status = gn_svm_statement_read(&a->out->statement, arena, copy, n, a->err);
    if (status == GN_BAD_INPUT) { /* our own kernel's */
        struct gn_error said = *a->err;
        status = gn_fail(a->err, GN_INTERNAL, "the kernel said no statement: %.200s", said.text);
    }
    return status;
}

enum gn_status gn_solana_execute(struct svm_execution *out, const struct svm_program *p, const struct svm_input *in,
                                 bool by_hash, vm_observer *observer, void *observer_ctx, struct gn_arena *arena,
                                 struct gn_error *err)
{
    struct gn_error own = {.status = GN_INTERNAL};
    struct attempt_context a = {
        .program = p, .out = out, .observer = observer, .observer_ctx = observer_ctx, .err = err != NULL ? err : &own};
    *out = (struct svm_execution){0};
    enum gn_status status = gn_svm_input_check(in, err);
    if (status != GN_OK) {
        return status;
    }
    if (in->program.n > 0 && (in->program.n != p->elf_n || memcmp(in->program.data, p->elf, p->elf_n) != 0)) {
        return gn_fail(err, GN_BAD_INPUT, "the program in the input is not the one that is to be run");
    }
    if (((in->features & GN_SOL_VASA) != 0) != (p->mode == SBPF_ADJUSTED)) {
        return gn_fail(err, GN_BAD_INPUT,
                       "features: virtual_address_space_adjustments is %s in the input, %s in the program's key",
                       in->features & GN_SOL_VASA ? "on" : "off", p->mode == SBPF_ADJUSTED ? "on" : "off");
    }
    a.said.words = malloc((size_t)8 * GN_SOL_STATEMENT_MAX);
    a.said.known = malloc(GN_SOL_STATEMENT_MAX);
    status = a.said.words == NULL || a.said.known == NULL ? gn_fail(err, GN_NO_MEMORY, "no memory for a statement")
                                                          : run_hinted(&a, in, by_hash);
    if (status == GN_OK) {
        status = take_statement(&a, arena);
    }
    free(a.said.words);
    free(a.said.known);
    return status;
}

void gn_svm_execution_free(struct svm_execution *e)
{
    gn_buffer_free(&e->kernel_input);
}
