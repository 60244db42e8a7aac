/* SPDX-License-Identifier: Apache-2.0 */
/* host.c - runs an sBPF program one instruction at a time (host.h). */
#include "host.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- hash ---- */
uint64_t fnv1a64(uint64_t hash, const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    for (size_t i = 0; i < n; i++) {
        hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

uint64_t fnv1a64_word(uint64_t hash, uint64_t word)
{
    for (unsigned i = 0; i < 8; i++) {
        hash = (hash ^ (word >> 8 * i & 255)) * UINT64_C(0x100000001b3);
    }
    return hash;
}

/* ---- memory ---- */
static bool gapped(const struct host *h)
{
    return gn_sbpf_stack_has_gaps(h->o.program->version, h->o.mode);
}

/* address of byte i of the frames put side by side */
static uint64_t stack_address(const struct host *h, uint64_t i)
{
    return SBPF_STACK + (gapped(h) ? i / SBPF_FRAME_SIZE * 2 * SBPF_FRAME_SIZE + i % SBPF_FRAME_SIZE : i);
}

static enum gn_status map(struct host *h, uint64_t base, uint64_t size, unsigned permissions, const void *image,
                          struct gn_error *err)
{
    return gn_vm_memory_map(h->memory, base, size, permissions, image, image == NULL ? 0 : size, err);
}

static enum gn_status map_all(struct host *h, struct gn_error *err)
{
    const struct sbpf_program *p = h->o.program;
    const unsigned writable = VM_READ | VM_WRITE;
    enum gn_status status = map(h, p->rodata_address, p->rodata_n, VM_READ, p->rodata, err);
    for (unsigned i = 0; status == GN_OK && i < (gapped(h) ? h->o.frames : 1); i++) {
        status = map(h, stack_address(h, (uint64_t)i * SBPF_FRAME_SIZE),
                     (uint64_t)SBPF_FRAME_SIZE * (gapped(h) ? 1 : h->o.frames), writable, NULL, err);
    }
    if (status == GN_OK) {
        status = map(h, SBPF_HEAP, h->o.heap_n, writable, NULL, err);
    }
    if (status == GN_OK) {
        status = map(h, SBPF_INPUT, h->o.input_n, h->o.input_writable ? writable : VM_READ, h->o.input, err);
    }
    return status;
}

uint64_t host_stack_hash(const struct host *h)
{
    uint64_t hash = FNV_START;
    for (unsigned i = 0; i < h->o.frames; i++) {
        uint8_t frame[SBPF_FRAME_SIZE] = {0};
        if (!gn_vm_memory_read(h->memory, stack_address(h, (uint64_t)i * SBPF_FRAME_SIZE), frame, sizeof frame)) {
            abort();
        }
        hash = fnv1a64(hash, frame, sizeof frame);
    }
    return hash;
}

/* ---- accesses that continue in the next frame of a stack with gaps: only the first byte is asked whether it is in a gap ---- */
static unsigned width_of(unsigned op)
{
    switch (op) {
    case VM_LBU:
    case VM_SB:
    case VM_SBI:
        return 1;
    case VM_LHU:
    case VM_SH:
    case VM_SHI:
        return 2;
    case VM_LWU:
    case VM_SW:
    case VM_SWI:
        return 4;
    default:
        return 8;
    }
}

static bool is_load(unsigned op)
{
    return op == VM_LBU || op == VM_LHU || op == VM_LWU || op == VM_LD;
}

static bool finish_access(struct host *h)
{
    const struct vm_insn *insn = &h->core.rows[h->vm.row];
    uint64_t offset = h->vm.fault_address - SBPF_STACK, width = width_of(insn->op);
    uint64_t first = offset / (2 * SBPF_FRAME_SIZE) * SBPF_FRAME_SIZE + offset % SBPF_FRAME_SIZE;
    if (!gapped(h) || h->vm.fault_address < SBPF_STACK || (offset & SBPF_FRAME_SIZE) != 0 ||
        first >= (uint64_t)h->o.frames * SBPF_FRAME_SIZE || width > (uint64_t)h->o.frames * SBPF_FRAME_SIZE - first) {
        return false;
    }
    uint64_t value = insn->op >= VM_SBI && insn->op <= VM_SDI ? insn->link : h->vm.regs[insn->rb];
    value = is_load(insn->op) ? 0 : value;
    for (unsigned i = 0; i < width; i++) {
        uint8_t byte = (uint8_t)(value >> 8 * i);
        uint64_t at = stack_address(h, first + i);
        if (is_load(insn->op) ? !gn_vm_memory_read(h->memory, at, &byte, 1)
                              : !gn_vm_memory_write(h->memory, at, &byte, 1)) {
            abort();
        }
        value |= is_load(insn->op) ? (uint64_t)byte << 8 * i : 0;
    }
    if (is_load(insn->op)) {
        h->vm.regs[insn->rd] = value;
    }
    h->vm.row = insn->next;
    return true;
}

/* ---- ends ---- */
__attribute__((format(printf, 2, 3))) static void end_badly(struct host *h, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(h->error, sizeof h->error, format, args);
    va_end(args);
    h->ended = true;
}

/* as the reference names the place of a bad access */
static const char *region_name(const struct host *h, uint64_t at)
{
    static const char *const names[] = {"allocated", "program", "stack", "heap", "input"};
    size_t n;
    const struct vm_region *r = gn_vm_memory_regions(h->memory, &n);
    for (size_t i = 0; i < n; i++) {
        if (at >= r[i].base && at - r[i].base < r[i].size) {
            return names[r[i].base >> 32];
        }
    }
    return "unallocated";
}

static void end_by_access(struct host *h, bool store, uint64_t at, uint64_t n)
{
    const char *way = store ? "Store" : "Load";
    bool moves_stack = h->o.program->version == SBPF_V1 || h->o.program->version == SBPF_V2;
    int64_t frame = (int64_t)(at - SBPF_STACK) / SBPF_FRAME_SIZE;
    if (!moves_stack && frame >= -1 && frame <= h->o.frames) {
        end_badly(h, "StackAccessViolation(%s, %" PRIu64 ", %" PRIu64 ", %" PRId64 ")", way, at, n, frame);
    } else {
        end_badly(h, "AccessViolation(%s, %" PRIu64 ", %" PRIu64 ", \"%s\")", way, at, n, region_name(h, at));
    }
}

static void end_by_fault(struct host *h)
{
    static const char *const names[VM_FAULTS] = {
        [VM_FAULT_ILLEGAL] = "UnsupportedInstruction", [VM_FAULT_PC] = "ExecutionOverrun",
        [VM_FAULT_DIVIDE_ZERO] = "DivideByZero",       [VM_FAULT_DIVIDE_OVERFLOW] = "DivideOverflow",
        [VM_FAULT_CALL_DEPTH] = "CallDepthExceeded",   [VM_FAULT_CALL_TARGET] = "CallOutsideTextSegment"};
    const struct vm_insn *insn = &h->core.rows[h->vm.row];
    if (h->vm.fault == VM_FAULT_LOAD || h->vm.fault == VM_FAULT_STORE) {
        end_by_access(h, h->vm.fault == VM_FAULT_STORE, h->vm.fault_address, width_of(insn->op));
    } else {
        end_badly(h, "%s", names[h->vm.fault] == NULL ? gn_vm_fault_name(h->vm.fault) : names[h->vm.fault]);
    }
}

/* ---- what test programs call ---- */
static uint64_t argument(const struct host *h, unsigned i)
{
    return h->vm.regs[VM_REG_R0 + i];
}

static bool reach(struct host *h, bool store, uint64_t at, uint64_t n)
{
    bool good = gn_vm_memory_allows(h->memory, at, n, store ? VM_WRITE : VM_READ);
    if (!good) {
        end_by_access(h, store, at, n);
    }
    return good;
}

static uint8_t byte_at(const struct host *h, uint64_t at)
{
    uint8_t byte = 0;
    if (!gn_vm_memory_read(h->memory, at, &byte, 1)) {
        abort();
    }
    return byte;
}

static uint64_t gather_bytes(struct host *h)
{
    return argument(h, 1) << 32 | argument(h, 2) << 24 | argument(h, 3) << 16 | argument(h, 4) << 8 | argument(h, 5);
}

static uint64_t mem_frob(struct host *h)
{
    if (reach(h, true, argument(h, 1), argument(h, 2))) {
        for (uint64_t at = argument(h, 1); at < argument(h, 1) + argument(h, 2); at++) {
            uint8_t byte = byte_at(h, at) ^ 42;
            if (!gn_vm_memory_write(h->memory, at, &byte, 1)) {
                abort();
            }
        }
    }
    return 0;
}

static uint64_t str_cmp(struct host *h)
{
    for (uint64_t i = 0;; i++) {
        if (!reach(h, false, argument(h, 1) + i, 1) || !reach(h, false, argument(h, 2) + i, 1)) {
            return 0;
        }
        uint8_t a = byte_at(h, argument(h, 1) + i), b = byte_at(h, argument(h, 2) + i);
        if (a != b || a == 0) {
            return a != b;
        }
    }
}

static uint64_t print_string(struct host *h)
{
    (void)reach(h, false, argument(h, 1), argument(h, 2));
    return 0;
}

static uint64_t print_numbers(struct host *h)
{
    (void)h;
    return 0;
}

static void serve(struct host *h, uint32_t hash)
{
    static const struct {
        const char *name;
        uint64_t (*serve)(struct host *);
    } served[] = {{"bpf_gather_bytes", gather_bytes},   {"bpf_mem_frob", mem_frob},         {"bpf_str_cmp", str_cmp},
                  {"bpf_syscall_string", print_string}, {"bpf_syscall_u64", print_numbers}, {"log", print_string}};
    const char *name = gn_sbpf_syscall_find(&h->o.syscalls, hash)->name;
    for (size_t i = 0; i < sizeof served / sizeof served[0]; i++) {
        if (strcmp(served[i].name, name) == 0) {
            h->vm.regs[VM_REG_R0] = served[i].serve(h);
            return;
        }
    }
    end_badly(h, "%s is not served", name);
}

/* ---- running ---- */
enum gn_status host_start(struct host *h, const struct host_options *options, struct gn_error *err)
{
    const struct sbpf_program *p = options->program;
    *h = (struct host){.o = *options, .trace_hash = FNV_START};
    enum gn_status status = gn_sbpf_lower(&h->core, p, options->mode, &options->syscalls, err);
    if (status == GN_OK) {
        status = gn_vm_memory_create(&h->memory, err);
    }
    if (status == GN_OK) {
        status = map_all(h, err);
    }
    h->vm.program = &h->core;
    h->vm.memory = h->memory;
    h->vm.row = h->core.entry_row;
    h->vm.regs[VM_REG_R0 + 1] = SBPF_INPUT;
    h->vm.regs[VM_REG_R10] = gn_sbpf_initial_r10(p->version);
    if (p->version == SBPF_V1 || p->version == SBPF_V2) {
        h->vm.regs[VM_REG_R10] = SBPF_STACK + (uint64_t)options->frames * SBPF_FRAME_SIZE;
    }
    /* fewer frames than the machine has: some count as open from the start */
    h->vm.regs[VM_REG_FRAME] = (uint64_t)(SBPF_FRAMES - options->frames) << 32;
    return status;
}

void host_stop(struct host *h)
{
    gn_sbpf_core_free(&h->core);
    gn_vm_memory_destroy(h->memory);
}

static void note(struct host *h)
{
    if (h->vm.row >= h->o.program->slots_n) {
        return; /* behind the end there is no instruction */
    }
    for (unsigned i = 0; i <= 10; i++) {
        h->trace_hash = fnv1a64_word(h->trace_hash, h->vm.regs[VM_REG_R0 + i]);
    }
    h->trace_hash = fnv1a64_word(h->trace_hash, h->vm.row);
    h->trace_n++;
}

static bool is_last_exit(const struct host *h)
{
    return h->core.rows[h->vm.row].op == VM_EXIT &&
           h->vm.regs[VM_REG_FRAME] >> 32 == (uint64_t)(SBPF_FRAMES - h->o.frames);
}

static void step(struct host *h)
{
    uint32_t row = h->vm.row;
    note(h);
    h->units++;
    if (is_last_exit(h)) {
        h->ended = h->ok = true;
        h->r0 = h->vm.regs[VM_REG_R0];
        return;
    }
    switch (gn_vm_run(&h->vm, 1, NULL, NULL)) {
    case VM_STOP_ECALL:
        serve(h, (uint32_t)h->core.rows[row].imm);
        h->vm.row = h->core.rows[row].next;
        break;
    case VM_STOP_FAULT:
        if ((h->vm.fault != VM_FAULT_LOAD && h->vm.fault != VM_FAULT_STORE) || !finish_access(h)) {
            end_by_fault(h);
        }
        break;
    case VM_STOP_LIMIT:
    case VM_STOP_HALT:
        break;
    }
}

void host_run(struct host *h)
{
    while (!h->ended) {
        h->slot = h->vm.row;
        if (h->units >= h->o.budget) {
            end_badly(h, "ExceededMaxInstructions");
        } else {
            step(h);
        }
    }
}
