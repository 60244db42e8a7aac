/* SPDX-License-Identifier: Apache-2.0 */
/* environment.c - a program in its machine: memory map, registers at entry, environment calls.
 *
 * At entry all registers are 0, sp too: the guest's start code sets sp (guest/crt0.S), as on any bare machine.
 * Memory is the input region, the program's segments, output and RAM; what no segment fills is 0.  Nothing else
 * exists: in particular the pages below RAM, so that a stack at RAM's beginning that overflows faults.
 *
 * Environment calls (a7; arguments a0, a1, a2; result a0), numbered as in Linux so that guests also run under an
 * emulator of it:
 *   93  exit(code)
 *   64  write(fd, buffer, n) = n     fd 1: public output; fd 2: diagnostics, of which RV_PUBLIC_MAX bytes are kept
 *       and the rest is dropped unread
 * A write from memory that is not readable faults as a load at the ecall's pc, with the address of the buffer; any
 * other call or fd is an illegal instruction there.  Public output beyond RV_PUBLIC_MAX bytes cannot be part of a
 * statement: the run is refused by name (GN_LIMIT). */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "riscv/riscv.h"

enum { A0 = 10, A1 = 11, A2 = 12, A7 = 17 };
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
        gn_vm_memory_map(m, RV_INPUT_BASE, INPUT_HEADER + padded, VM_READ, header, sizeof header, err);
    if (status == GN_OK && n != 0 && !gn_vm_memory_write(m, RV_INPUT_BASE + INPUT_HEADER, input, n)) {
        return gn_fail(err, GN_INTERNAL, "input does not fit its region");
    }
    return status;
}

/* Segments in the program region are regions of their own.  RAM is one region; segments there are its first content. */
static enum gn_status map_segments(struct vm_memory *m, const struct rv_program *p, struct gn_error *err)
{
    enum gn_status status = gn_vm_memory_map(m, RV_OUTPUT_BASE, RV_OUTPUT_SIZE, VM_READ | VM_WRITE, NULL, 0, err);
    if (status == GN_OK) {
        status = gn_vm_memory_map(m, RV_RAM_BASE, RV_RAM_END - RV_RAM_BASE, VM_READ | VM_WRITE, NULL, 0, err);
    }
    for (uint32_t i = 0; status == GN_OK && i < p->segments_n; i++) {
        const struct rv_segment *s = &p->segments[i];
        if (s->base < RV_RAM_BASE) {
            status = gn_vm_memory_map(m, s->base, s->size, s->permissions, s->image, s->image_n, err);
        } else if (s->image_n != 0 && !gn_vm_memory_write(m, s->base, s->image, s->image_n)) {
            status = gn_fail(err, GN_INTERNAL, "segment does not fit RAM");
        }
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
        status = map_segments(m->vm.memory, p, err);
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
}

/* ---- environment calls ---- */
static void fault(struct rv_machine *m, enum vm_fault cause, uint64_t address)
{
    m->result.outcome = RV_FAULTED;
    m->result.fault = cause;
    m->result.fault_pc = m->program->core.pc_of_row[m->vm.row];
    m->result.fault_address = address;
}

/* appends n bytes of guest memory; false where they are not readable, with nothing appended */
static bool copy_out(struct gn_buffer *to, const struct vm_memory *memory, uint64_t at, uint64_t n)
{
    uint8_t chunk[4096];
    size_t before = to->size;
    while (n > 0) {
        size_t part = n < sizeof chunk ? n : sizeof chunk;
        if (!gn_vm_memory_read(memory, at, chunk, part)) {
            to->size = before;
            return false;
        }
        gn_buffer_append(to, chunk, part);
        at += part;
        n -= part;
    }
    return true;
}

/* false: the run has ended */
static bool serve_write(struct rv_machine *m, enum gn_status *status, struct gn_error *err)
{
    uint64_t *x = m->vm.regs, n = x[A2];
    bool public = x[A0] == 1;
    struct gn_buffer *to = public ? &m->result.output : &m->result.diagnostics;
    uint64_t room = RV_PUBLIC_MAX - to->size;
    if (x[A0] != 1 && x[A0] != 2) {
        fault(m, VM_FAULT_ILLEGAL, 0);
        return false;
    }
    if (public && n > room) {
        *status = gn_fail(err, GN_LIMIT, "public output of more than %u bytes at pc 0x%" PRIx64, RV_PUBLIC_MAX,
                          m->program->core.pc_of_row[m->vm.row]);
        return false;
    }
    if (!copy_out(to, m->vm.memory, x[A1], n < room ? n : room)) {
        fault(m, VM_FAULT_LOAD, x[A1]);
        return false;
    }
    if (to->failed) {
        *status = gn_fail(err, GN_NO_MEMORY, "no memory for output");
        return false;
    }
    x[A0] = n;
    return true;
}

static bool serve(struct rv_machine *m, enum gn_status *status, struct gn_error *err)
{
    switch (m->vm.regs[A7]) {
    case CALL_EXIT:
        m->result.outcome = RV_EXITED;
        m->result.exit_code = m->vm.regs[A0];
        return false;
    case CALL_WRITE:
        return serve_write(m, status, err);
    default:
        fault(m, VM_FAULT_ILLEGAL, 0);
        return false;
    }
}

enum gn_status gn_riscv_run(struct rv_machine *m, uint64_t max_steps, vm_observer *observer, void *observer_ctx,
                            struct gn_error *err)
{
    enum gn_status status = GN_OK;
    bool going = m->result.outcome == RV_STEP_LIMIT;
    while (going && m->vm.steps < max_steps) {
        switch (gn_vm_run(&m->vm, max_steps - m->vm.steps, observer, observer_ctx)) {
        case VM_STOP_ECALL:
            going = serve(m, &status, err);
            if (going) {
                m->vm.row = m->program->core.rows[m->vm.row].next;
            }
            break;
        case VM_STOP_HALT: /* no operation of a guest */
        case VM_STOP_FAULT:
            m->result.outcome = RV_FAULTED;
            m->result.fault = m->vm.fault;
            m->result.fault_pc = m->vm.fault_pc;
            m->result.fault_address = m->vm.fault_address;
            going = false;
            break;
        case VM_STOP_LIMIT:
            going = false;
            break;
        }
    }
    m->result.steps = m->vm.steps;
    m->result.unaligned = m->vm.unaligned;
    return status;
}
