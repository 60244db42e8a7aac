/* SPDX-License-Identifier: Apache-2.0 */
/* environment.c - a program in its machine, with the monitor: memory map, running, and what the host sees of it.
 *
 * At entry all registers are 0, sp too: the guest's start code sets sp (guest/crt0.S), as on any bare machine.
 * Memory is the input region, the program's segments, output and RAM; what no segment fills is 0.  Nothing else
 * exists: in particular the pages below RAM, so that a stack at RAM's beginning that overflows faults.
 *
 * The monitor's statement is the result.  The host looks on at environment calls and faults and comes to a result of
 * its own; if the two differ, one of them has a bug (GN_INTERNAL). */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/description.h"
#include "kernel/monitor/stop.h"
#include "riscv/program.h"

enum { A0 = 10, A1 = 11, A2 = 12, A7 = 17, MONITOR_A0 = VM_REG_KERNEL + 10 };
enum { CALL_WRITE = 64, CALL_EXIT = 93 };
enum { INPUT_HEADER = 16 };

/* ---- memory ---- */
static enum gn_status map_input(struct vm_memory *m, const uint8_t *input, size_t n, struct gn_error *err)
{
    uint8_t header[INPUT_HEADER] = {0};
    if (n > RV_INPUT_MAX - INPUT_HEADER) {
        return gn_fail(err, GN_LIMIT, "input of %zu bytes, at most %u are supported", n, RV_INPUT_MAX - INPUT_HEADER);
    }
    uint64_t padded = ((uint64_t)n + 7) & ~UINT64_C(7);
    store_le64(header + 8, n);
    enum gn_status status =
        gn_vm_memory_map(m, RV_INPUT_BASE, INPUT_HEADER + padded, VM_READ | VM_FIXED, header, sizeof header, err);
    if (status == GN_OK && n != 0 && !gn_vm_memory_write(m, RV_INPUT_BASE + INPUT_HEADER, input, n)) {
        return gn_fail(err, GN_INTERNAL, "input does not fit its region");
    }
    return status;
}

static enum gn_status map_regions(struct vm_memory *m, const struct rv_program *p, struct gn_error *err)
{
    enum gn_status status = GN_OK;
    for (uint32_t i = 0; status == GN_OK && i < p->regions_n; i++) {
        const struct rv_region *r = &p->regions[i];
        status = gn_vm_memory_map(m, r->base, r->size, r->permissions, r->image, r->image_n, err);
    }
    return status;
}

enum gn_status gn_riscv_start(struct rv_machine *m, const struct rv_program *p, const uint8_t *input, size_t input_n,
                              struct gn_error *err)
{
    *m = (struct rv_machine){
        .program = p, .vm = {.program = &p->core, .row = p->core.entry_row}, .result = {.outcome = RV_STEP_LIMIT}};
    enum gn_status status = gn_vm_memory_create(&m->vm.memory, err);
    if (status == GN_OK) {
        status = map_input(m->vm.memory, input, input_n, err);
    }
    if (status == GN_OK) {
        status = map_regions(m->vm.memory, p, err);
    }
    if (status != GN_OK) {
        gn_riscv_stop(m);
    }
    return status;
}

void gn_riscv_stop(struct rv_machine *m)
{
    if (m->vm.memory != NULL) {
        gn_vm_memory_destroy(m->vm.memory);
        m->vm.memory = NULL;
    }
    gn_buffer_free(&m->watch.words);
}

void gn_riscv_result_free(struct rv_result *r)
{
    gn_buffer_free(&r->output);
    gn_buffer_free(&r->diagnostics);
    gn_buffer_free(&r->statement);
}

/* ---- what the monitor says ---- */
static void hear_word(void *ctx, uint64_t index, uint64_t word)
{
    struct rv_watch *w = &((struct rv_machine *)ctx)->watch;
    uint8_t bytes[8];
    store_le64(bytes, word);
    if (index < GN_RV_OUTPUT) {
        w->disorder |= (w->head_said >> index & 1) != 0;
        w->head_said |= UINT64_C(1) << index;
        memcpy(w->head + 8 * index, bytes, sizeof bytes);
    } else {
        w->disorder |= index != GN_RV_OUTPUT + w->words.size / 8;
        gn_buffer_append(&w->words, bytes, sizeof bytes);
    }
}

_Static_assert(sizeof((struct rv_watch *)0)->head == 8 * GN_RV_OUTPUT, "words before the output");

/* ---- what the host sees: calls ---- */
static void watch_end(struct rv_machine *m, enum vm_fault fault, uint64_t value, uint64_t address)
{
    m->watch.ends = true;
    m->watch.fault = fault;
    m->watch.value = value;
    m->watch.address = address;
}

/* the program's memory from `at` on, n bytes that are all readable */
static void copy_out(struct gn_buffer *to, const struct vm_memory *memory, uint64_t at, uint64_t n)
{
    uint8_t chunk[4096];
    while (n > 0) {
        size_t part = n < sizeof chunk ? n : sizeof chunk;
        if (gn_vm_memory_read(memory, at, chunk, part)) {
            gn_buffer_append(to, chunk, part);
        }
        at += part;
        n -= part;
    }
}

static void watch_write(struct rv_machine *m, uint64_t pc)
{
    const uint64_t *x = m->vm.regs;
    uint64_t at = x[A1], n = x[A2];
    if (x[A0] == 2) {
        uint64_t room = RV_PUBLIC_MAX - m->result.diagnostics.size;
        n = n < room ? n : room;
        if (gn_vm_memory_allows(m->vm.memory, at, n, VM_READ)) {
            copy_out(&m->result.diagnostics, m->vm.memory, at, n);
        }
    } else if (x[A0] != 1) {
        watch_end(m, VM_FAULT_ILLEGAL, pc, 0);
    } else if (n <= RV_PUBLIC_MAX - m->result.output.size) { /* otherwise the monitor refuses it */
        if (gn_vm_memory_allows(m->vm.memory, at, n, VM_READ)) {
            copy_out(&m->result.output, m->vm.memory, at, n);
        } else {
            watch_end(m, VM_FAULT_LOAD, pc, at);
        }
    }
}

/* n bytes at a0 that change, block_n at a1 that are read */
static void watch_hash(struct rv_machine *m, uint64_t pc, uint64_t n, uint64_t block_n)
{
    const uint64_t state = m->vm.regs[A0], block = block_n != 0 ? m->vm.regs[A1] : 0;
    if (state % 8 != 0 || block % 8 != 0) {
        watch_end(m, VM_FAULT_MISALIGNED, pc, state % 8 != 0 ? state : block);
    } else if (!gn_vm_memory_allows(m->vm.memory, block, block_n, VM_READ)) {
        watch_end(m, VM_FAULT_LOAD, pc, block);
    } else if (!gn_vm_memory_allows(m->vm.memory, state, n, VM_READ | VM_WRITE)) {
        watch_end(m, VM_FAULT_STORE, pc, state);
    }
}

static void watch_call(void *ctx, const struct vm *vm)
{
    struct rv_machine *m = ctx;
    uint64_t pc = vm->regs[VM_REG_TRAP] & 0xffffffff;
    switch (vm->regs[A7]) {
    case CALL_EXIT:
        watch_end(m, VM_FAULT_NONE, vm->regs[A0], 0);
        break;
    case CALL_WRITE:
        watch_write(m, pc);
        break;
    case GN_RV_CALL_KECCAK:
        watch_hash(m, pc, GN_RV_KECCAK_BYTES, 0);
        break;
    case GN_RV_CALL_SHA256:
        watch_hash(m, pc, GN_RV_SHA256_BYTES, GN_RV_SHA256_BLOCK);
        break;
    case GN_RV_CALL_POSEIDON2:
        watch_hash(m, pc, GN_RV_POSEIDON2_BYTES, 0);
        break;
    default:
        watch_end(m, VM_FAULT_ILLEGAL, pc, 0);
        break;
    }
}

/* ---- the end ---- */
static uint64_t head_word(const struct rv_machine *m, unsigned i)
{
    return load_le64(m->watch.head + 8 * (size_t)i);
}

/* Is the monitor's statement what the host has seen? */
static bool agrees(const struct rv_machine *m)
{
    const struct rv_watch *w = &m->watch;
    const struct rv_result *r = &m->result;
    uint8_t region[8 * (GN_RV_OUTPUT - GN_RV_PUBLIC)], zeros[8] = {0};
    size_t n = r->output.size;
    return !w->disorder && w->head_said == (UINT64_C(1) << GN_RV_OUTPUT) - 1 &&
           head_word(m, GN_RV_MAGIC) == GN_RV_STATEMENT_MAGIC && head_word(m, GN_RV_OUTCOME) == w->fault &&
           head_word(m, GN_RV_VALUE) == w->value && head_word(m, GN_RV_ADDRESS) == w->address &&
           head_word(m, GN_RV_OUTPUT_BYTES) == n &&
           gn_vm_memory_read(m->vm.memory, RV_OUTPUT_BASE, region, sizeof region) &&
           memcmp(w->head + (size_t)8 * GN_RV_PUBLIC, region, sizeof region) == 0 &&
           w->words.size == ((n + 7) & ~(size_t)7) &&
           (n == 0 || (memcmp(w->words.data, r->output.data, n) == 0 &&
                       memcmp(w->words.data + n, zeros, w->words.size - n) == 0));
}

static enum gn_status finish(struct rv_machine *m, struct gn_error *err)
{
    struct rv_result *r = &m->result;
    struct rv_watch *w = &m->watch;
    if (!w->ends) { /* by a call; so by a fault */
        watch_end(m, m->vm.fault, m->vm.fault_pc, m->vm.fault_address);
    }
    gn_buffer_append(&r->statement, w->head, sizeof w->head);
    gn_buffer_append(&r->statement, w->words.data, w->words.size);
    if (r->output.failed || r->diagnostics.failed || r->statement.failed || w->words.failed) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for output");
    }
    if (!agrees(m)) {
        return gn_fail(err, GN_INTERNAL, "the monitor's statement is not what the host has seen");
    }
    r->outcome = w->fault == VM_FAULT_NONE ? RV_EXITED : RV_FAULTED;
    if (r->outcome == RV_EXITED) {
        r->exit_code = w->value;
    } else {
        r->fault = w->fault;
        r->fault_pc = w->value;
        r->fault_address = w->address;
    }
    return GN_OK;
}

/* The run has come to where the monitor has no row. */
static enum gn_status refuse(const struct rv_machine *m, struct gn_error *err)
{
    uint64_t pc = m->vm.regs[VM_REG_TRAP] & 0xffffffff;
    if (m->vm.fault == VM_FAULT_ILLEGAL && m->vm.regs[MONITOR_A0] == GN_RV_STOP_OUTPUT) {
        return gn_fail(err, GN_LIMIT, "public output of more than %u bytes at pc 0x%" PRIx64, RV_PUBLIC_MAX, pc);
    }
    return gn_fail(err, GN_INTERNAL, "the monitor stops at 0x%" PRIx64 " (%s), after a trap at pc 0x%" PRIx64,
                   m->vm.fault_pc, gn_vm_fault_name(m->vm.fault), pc);
}

enum gn_status gn_riscv_run(struct rv_machine *m, uint64_t max_steps, vm_observer *observer, void *observer_ctx,
                            struct gn_error *err)
{
    enum gn_status status = GN_OK;
    m->vm.hooks = (struct vm_hooks){m, hear_word, watch_call};
    if (m->result.outcome == RV_STEP_LIMIT) {
        uint64_t left = max_steps > m->vm.steps ? max_steps - m->vm.steps : 0;
        switch (gn_vm_run(&m->vm, left, observer, observer_ctx)) {
        case VM_STOP_HALT:
            status = finish(m, err);
            break;
        case VM_STOP_LIMIT:
            break;
        default:
            status = refuse(m, err);
            break;
        }
    }
    m->result.steps = m->vm.steps;
    m->result.unaligned = m->vm.unaligned;
    return status;
}
