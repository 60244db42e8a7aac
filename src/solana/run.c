/* SPDX-License-Identifier: Apache-2.0 */
/* run.c - a run from the first row to the statement. */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/solana/abi.h"
#include "solana/solana.h"

enum { INPUT_HEADER = 16, KERNEL_A0 = VM_REG_KERNEL + 10, KERNEL_A1 = VM_REG_KERNEL + 11 };

/* ---- start ---- */
static enum gn_status map_input(struct vm_memory *memory, const uint8_t *input, size_t n, struct gn_error *err)
{
    uint8_t header[INPUT_HEADER] = {0};
    if (n % 8 != 0 || n > SOLANA_INPUT_MAX - INPUT_HEADER) {
        return gn_fail(err, GN_LIMIT, "kernel input of %zu bytes, at most %d in whole words are supported", n,
                       SOLANA_INPUT_MAX - INPUT_HEADER);
    }
    store_le64(header + 8, n);
    enum gn_status status =
        gn_vm_memory_map(memory, SOLANA_INPUT_BASE, INPUT_HEADER + n, VM_FIXED, header, sizeof header, err);
    if (status == GN_OK && n != 0 && !gn_vm_memory_write(memory, SOLANA_INPUT_BASE + INPUT_HEADER, input, n)) {
        return gn_fail(err, GN_INTERNAL, "input does not fit its region");
    }
    return status;
}

static void out(void *ctx, uint64_t index, uint64_t word)
{
    static const uint8_t zeros[512] = {0};
    struct solana_machine *m = ctx;
    if (index >= GN_SOL_STATEMENT_MAX) {
        m->wrong = true;
        return;
    }
    while (!m->said.failed && !m->statement.failed && m->said.size <= index) {
        gn_buffer_append(&m->said, zeros, sizeof zeros / 8);
        gn_buffer_append(&m->statement, zeros, sizeof zeros);
    }
    if (m->said.failed || m->statement.failed || m->said.data[index] != 0) {
        m->wrong = true;
        return;
    }
    m->said.data[index] = 1;
    store_le64(m->statement.data + 8 * index, word);
}

enum gn_status gn_solana_start(struct solana_machine *m, const struct solana_program *p, const uint8_t *input,
                               size_t input_n, struct gn_error *err)
{
    *m = (struct solana_machine){.program = p, .vm = {.program = &p->core, .row = p->core.entry_row}};
    m->vm.hooks = (struct vm_hooks){.ctx = m, .out = out};
    enum gn_status status = gn_vm_memory_create(&m->vm.memory, err);
    if (status == GN_OK) {
        status = map_input(m->vm.memory, input, input_n, err);
    }
    for (unsigned i = 0; status == GN_OK && i < p->regions_n; i++) {
        const struct solana_region *r = &p->regions[i];
        status = gn_vm_memory_map(m->vm.memory, r->base, r->size, r->permissions, r->image, r->image_n, err);
    }
    if (status != GN_OK) {
        gn_solana_stop(m);
    }
    return status;
}

void gn_solana_stop(struct solana_machine *m)
{
    if (m->vm.memory != NULL) {
        gn_vm_memory_destroy(m->vm.memory);
        m->vm.memory = NULL;
    }
    gn_buffer_free(&m->statement);
    gn_buffer_free(&m->said);
}

/* ---- the end ---- */
static const char *syscall_name(uint64_t number)
{
    static const char *const names[] = {
        "?",
#define SYSCALL(symbol, name, hash, served) name,
#include "kernel/solana/syscalls.def"
#undef SYSCALL
    };
    return number < sizeof names / sizeof *names ? names[number] : "?";
}

static void gave_up(const struct vm *vm, struct gn_error *err)
{
    uint64_t reason = vm->regs[KERNEL_A0], detail = vm->regs[KERNEL_A1];
    if (vm->fault != VM_FAULT_ILLEGAL) {
        (void)gn_fail(err, GN_INTERNAL, "the Solana kernel faulted at 0x%" PRIx64 ": %s, address 0x%" PRIx64,
                      vm->fault_pc, gn_vm_fault_name(vm->fault), vm->fault_address);
        return;
    }
    switch (reason) {
    case GN_SOL_STOP_INPUT:
        (void)gn_fail(err, GN_BAD_INPUT, "kernel input is malformed (check of line %" PRIu64 ")", detail);
        break;
    case GN_SOL_STOP_MODE:
        (void)gn_fail(err, GN_BAD_INPUT, "the input is for another address space mode than the program was set up for");
        break;
    case GN_SOL_STOP_UNSUPPORTED:
        (void)gn_fail(err, GN_LIMIT, "not supported yet: %s", syscall_name(detail));
        break;
    case GN_SOL_STOP_LIMIT:
        (void)gn_fail(err, GN_LIMIT, "a statement of %" PRIu64 " words, at most %d are supported", detail,
                      GN_SOL_STATEMENT_MAX);
        break;
    default:
        (void)gn_fail(err, GN_INTERNAL, "the Solana kernel stopped: reason %" PRIu64 ", detail 0x%" PRIx64, reason,
                      detail);
        break;
    }
}

/* Every word of the statement was said once. */
static bool finish(struct solana_machine *m)
{
    size_t words = m->said.size;
    while (words > 0 && m->said.data[words - 1] == 0) {
        words--;
    }
    if (m->wrong || words == 0 || memchr(m->said.data, 0, words) != NULL) {
        return false;
    }
    m->statement.size = 8 * words;
    return true;
}

enum solana_end gn_solana_run(struct solana_machine *m, uint64_t limit, vm_observer *observer, void *observer_ctx,
                              uint8_t y[32], struct gn_error *err)
{
    switch (gn_vm_run(&m->vm, limit, observer, observer_ctx)) {
    case VM_STOP_HALT:
        if (finish(m)) {
            return SOLANA_HALTED;
        }
        (void)gn_fail(err, GN_INTERNAL, "the Solana kernel's statement is not whole");
        return SOLANA_GAVE_UP;
    case VM_STOP_LIMIT:
        return SOLANA_LIMIT;
    default:
        break;
    }
    if (m->vm.fault == VM_FAULT_ILLEGAL && m->vm.regs[KERNEL_A0] == GN_SOL_STOP_HINT &&
        gn_vm_memory_read(m->vm.memory, m->vm.regs[KERNEL_A1], y, 32)) {
        return SOLANA_HINT;
    }
    gave_up(&m->vm, err);
    return SOLANA_GAVE_UP;
}
