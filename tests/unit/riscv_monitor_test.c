/* SPDX-License-Identifier: Apache-2.0 */
/* riscv_monitor_test.c - the monitor against the executor and against provers who lie.
 *
 * A trap is the prover's choice.  So for every instruction that there is, with registers of all kinds: if the executor faults, the monitor must come to the same cause, place
 * and address; if it does not, a trap forced upon it must not reach the monitor's HALT. */
#include <string.h>

#include "base/bytes.h"
#include "cm.h"
#include "differential/assembler.h"
#include "kernel/description.h"
#include "kernel/monitor/stop.h"

enum { T0 = 5, T1 = 6, A0 = 10, A1 = 11, A2 = 12, A7 = 17 };

struct bench {
    struct assembler a;
    struct rv_program *p;
    struct rv_machine m;
    struct gn_error err;
    uint64_t regs[VM_REGS]; /* at the program's entry */
    uint64_t said[GN_RV_OUTPUT];
    unsigned said_n;
};

static void hear(void *ctx, uint64_t index, uint64_t word)
{
    struct bench *b = ctx;
    assert_true(index < GN_RV_OUTPUT);
    b->said[index] = word;
    b->said_n++;
}

static void start(struct bench *b, const void *input, size_t n)
{
    struct gn_buffer elf = assembler_elf(&b->a);
    if (gn_riscv_load(&b->p, elf.data, elf.size, &b->err) != GN_OK ||
        gn_riscv_start(&b->m, b->p, input, n, &b->err) != GN_OK) {
        fail_msg("%s", b->err.text);
    }
    gn_buffer_free(&elf);
}

static void stop(struct bench *b)
{
    gn_riscv_result_free(&b->m.result);
    gn_riscv_stop(&b->m);
    gn_riscv_free(b->p);
    assembler_free(&b->a);
    memset(b, 0, sizeof *b);
}

/* ---- one instruction, from any state ---- */
static uint64_t random_state = 7;

static uint64_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* near the ends of everything that there is */
static uint64_t some_address(const struct bench *b)
{
    const uint64_t edges[] = {0,
                              RV_INPUT_BASE,
                              RV_INPUT_BASE + 24,
                              TEXT,
                              TEXT + b->p->core.text_size,
                              POOL,
                              POOL + b->a.pool.size,
                              RV_PROGRAM_END,
                              RV_OUTPUT_BASE,
                              RV_OUTPUT_BASE + RV_OUTPUT_SIZE,
                              RV_RAM_BASE,
                              RV_RAM_END,
                              DATA + DATA_SIZE,
                              UINT64_C(1) << 32,
                              (UINT64_C(1) << 32) + DATA,
                              VM_KERNEL_BASE + DATA,
                              GN_RV_DESCRIPTION,
                              VM_KERNEL_TEXT,
                              UINT64_C(1) << 63};
    uint64_t edge = edges[next_random() % (sizeof edges / sizeof *edges)];
    switch (next_random() % 8) {
    case 0:
        return next_random();
    case 1:
        return TEXT + next_random() % b->p->core.text_size;
    case 2:
        return DATA + 8 * (next_random() % (DATA_SIZE / 8));
    default:
        return edge + next_random() % 40 - 20;
    }
}

/* Goes to the program's entry: the monitor waits in its machine_enter.  Everything else begins there. */
static void enter(struct bench *b)
{
    b->m.vm.hooks = (struct vm_hooks){.ctx = b, .out = hear};
    assert_int_equal(gn_vm_run(&b->m.vm, 0, NULL, NULL), VM_STOP_LIMIT);
    memcpy(b->regs, b->m.vm.regs, sizeof b->regs);
}

/* A state at `row`: the user's registers are `user`. */
static void place_at(struct bench *b, uint32_t row, const uint64_t user[32])
{
    struct vm *vm = &b->m.vm;
    memcpy(vm->regs, b->regs, sizeof vm->regs);
    memcpy(vm->regs + 1, user + 1, 31 * sizeof *user);
    vm->regs[VM_REG_RESERVED] = user[0];
    vm->row = row;
    b->said_n = 0;
}

/* The prover says: here the program trapped.  How the run goes on. */
static enum vm_stop force_trap(struct bench *b, uint64_t place)
{
    struct vm *vm = &b->m.vm;
    vm->regs[VM_REG_TRAP] = (uint32_t)place | gn_vm_ts(vm) << 32;
    vm->rows_run++;
    vm->row = b->p->core.vector_row;
    return gn_vm_run(vm, 0, NULL, NULL);
}

static void assert_no_proof(struct bench *b, uint64_t place, uint64_t reason)
{
    if (force_trap(b, place) != VM_STOP_FAULT || !b->m.vm.fault_in_kernel || b->said_n != 0 ||
        b->m.vm.regs[VM_REG_KERNEL + A0] != reason) {
        char text[64] = "";
        gn_riscv_disassemble(text, sizeof text, b->p, place);
        fail_msg("a trap at %s (0x%llx) is believed", text, (unsigned long long)place);
    }
}

static unsigned faults_seen[VM_FAULTS], legal_seen;

static void check_instruction(struct bench *b, uint64_t place)
{
    uint32_t row = b->p->core.row_of_halfword[(place - TEXT) / 2];
    struct vm *vm = &b->m.vm;
    uint64_t user[32];
    for (unsigned r = 0; r < 32; r++) {
        user[r] = some_address(b);
    }
    user[0] = next_random() % 2 ? user[10] + 1 : 0;
    place_at(b, row, user);
    vm->fault = VM_FAULT_NONE;
    uint64_t steps = vm->steps;
    enum vm_stop ended = gn_vm_run(vm, 1, NULL, NULL);
    if (vm->steps == steps) { /* the fault was its own */
        uint64_t at = vm->fault_pc;
        if (ended != VM_STOP_HALT || at != place || b->said_n != GN_RV_OUTPUT || b->said[GN_RV_VALUE] != at ||
            b->said[GN_RV_OUTCOME] != vm->fault || b->said[GN_RV_ADDRESS] != vm->fault_address) {
            char text[64] = "";
            gn_riscv_disassemble(text, sizeof text, b->p, place);
            fail_msg("%s at 0x%llx: %s at 0x%llx, address 0x%llx; monitor (%d): %llu, 0x%llx, 0x%llx", text,
                     (unsigned long long)place, gn_vm_fault_name(vm->fault), (unsigned long long)at,
                     (unsigned long long)vm->fault_address, (int)ended, (unsigned long long)b->said[GN_RV_OUTCOME],
                     (unsigned long long)b->said[GN_RV_VALUE], (unsigned long long)b->said[GN_RV_ADDRESS]);
        }
        faults_seen[vm->fault]++;
        return;
    }
    legal_seen++;
    if (ended == VM_STOP_HALT) { /* a jump to where no instruction is */
        assert_true(vm->fault == VM_FAULT_PC && b->said[GN_RV_OUTCOME] == GN_RV_PC &&
                    b->said[GN_RV_VALUE] == vm->fault_pc && b->said[GN_RV_ADDRESS] == vm->fault_pc);
    } else {
        assert_int_equal(ended, VM_STOP_LIMIT);
    }
    place_at(b, row, user);
    assert_no_proof(b, place, GN_RV_STOP_SPURIOUS);
}

static void no_calls(struct bench *b, uint32_t word)
{
    struct rv_insn insn;
    if (!gn_rv_decode(&insn, word) || insn.op != RV_ECALL) {
        emit32(&b->a, word);
    }
}

/* every instruction with random operands, random words, all compressed halfwords */
static void every_instruction(void **state)
{
    (void)state;
    struct bench b = {0};
    uint8_t constants[13] = {0}, input[7] = {0};
    gn_buffer_append(&b.a.pool, constants, sizeof constants);
    gn_buffer_append(&b.a.data, constants, sizeof constants);
    for (unsigned round = 0; round < 40; round++) {
        for (enum rv_op op = RV_ILLEGAL + 1; op < RV_OPS; op++) {
            uint32_t free_bits = ~gn_rv_encodings[op].mask;
            no_calls(&b, gn_rv_encodings[op].match | ((uint32_t)next_random() & free_bits));
        }
    }
    for (unsigned i = 0; i < 5000; i++) {
        no_calls(&b, (uint32_t)next_random() | 3);
    }
    for (uint32_t h = 0; h < 0x10000; h++) {
        if ((h & 3) != 3) {
            emit16(&b.a, h);
        }
    }
    start(&b, input, sizeof input);
    enter(&b);
    uint64_t places = 0;
    for (uint64_t at = 0; at < b.p->core.text_size; at += 2) {
        if (b.p->core.row_of_halfword[at / 2] != VM_NO_ROW) {
            places++;
            check_instruction(&b, TEXT + at);
            check_instruction(&b, TEXT + at);
        }
    }
    assert_true(places > 55000 && legal_seen > 40000);
    for (unsigned f = VM_FAULT_ILLEGAL; f <= VM_FAULT_BREAKPOINT; f++) {
        assert_true(faults_seen[f] > 0);
    }
    assert_true(faults_seen[VM_FAULT_LOAD] > 1000 && faults_seen[VM_FAULT_STORE] > 1000);
    stop(&b);
}

/* Places where no instruction begins: outside of text, at its end; and the last ones of the span. */
static void places_without_instruction(void **state)
{
    (void)state;
    struct bench b = {0};
    for (unsigned i = 0; i < 13; i++) {
        emit(&b.a, RV_ADDI, T0, 0, 0, 1);
    }
    emit_exit(&b.a, 0);
    start(&b, NULL, 0);
    assert_int_equal(b.p->core.text_size % 32, 0); /* marks end with the description */
    enter(&b);
    const uint64_t end = TEXT + b.p->core.text_size;
    const uint64_t places[] = {end, end + 2, POOL, RV_PROGRAM_END - 2};
    uint64_t user[32] = {0};
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
        place_at(&b, 0, user);
        assert_int_equal(force_trap(&b, places[i]), VM_STOP_HALT);
        assert_true(b.said[GN_RV_OUTCOME] == GN_RV_PC && b.said[GN_RV_VALUE] == places[i] &&
                    b.said[GN_RV_ADDRESS] == places[i]);
    }
    /* and an ecall is no place to trap, whatever it asks for */
    for (uint64_t call = 0; call < 2010; call += call == 100 ? 1890 : 1) {
        user[A7] = call;
        user[A0] = call % 3;
        place_at(&b, 0, user);
        assert_no_proof(&b, end - 4, GN_RV_STOP_SPURIOUS);
    }
    stop(&b);
}

/* ---- whole runs ---- */
static uint64_t word(const struct bench *b, size_t i)
{
    assert_true(8 * i + 8 <= b->m.result.statement.size);
    return load_le64(b->m.result.statement.data + 8 * i);
}

static void assert_ends(struct bench *b, uint64_t outcome, uint64_t value, uint64_t address)
{
    if (gn_riscv_run(&b->m, UINT64_MAX, NULL, NULL, &b->err) != GN_OK) {
        fail_msg("%s", b->err.text);
    }
    const struct rv_result *r = &b->m.result;
    assert_true(word(b, GN_RV_MAGIC) == GN_RV_STATEMENT_MAGIC && memcmp(r->statement.data, "GNRV0001", 8) == 0);
    assert_true(word(b, GN_RV_OUTCOME) == outcome && word(b, GN_RV_VALUE) == value);
    assert_true(word(b, GN_RV_ADDRESS) == address && word(b, GN_RV_OUTPUT_BYTES) == r->output.size);
    assert_int_equal(r->statement.size, 8 * (size_t)GN_RV_OUTPUT + (r->output.size + 7) / 8 * 8);
    assert_true(outcome == GN_RV_EXITED ? r->outcome == RV_EXITED && r->exit_code == value
                                        : r->outcome == RV_FAULTED && r->fault == outcome && r->fault_pc == value &&
                                              r->fault_address == address);
}

/* The output region's first 256 bytes are in the statement, exit codes are whole. */
static void exits(void **state)
{
    (void)state;
    struct bench b = {0};
    emit_constant(&b.a, T0, RV_OUTPUT_BASE);
    emit_constant(&b.a, T1, 0x1122334455667788);
    emit(&b.a, RV_SD, 0, T0, T1, 0);
    emit(&b.a, RV_SB, 0, T0, T1, 255);
    emit(&b.a, RV_SB, 0, T0, T1, 256); /* no longer public */
    emit_constant(&b.a, A0, 0xfedcba9876543210);
    emit_constant(&b.a, A7, 93);
    emit(&b.a, RV_ECALL, 0, 0, 0, 0);
    start(&b, NULL, 0);
    assert_ends(&b, GN_RV_EXITED, 0xfedcba9876543210, 0);
    assert_true(word(&b, GN_RV_PUBLIC) == 0x1122334455667788);
    assert_true(word(&b, GN_RV_OUTPUT - 1) == UINT64_C(0x88) << 56);
    stop(&b);
}

static void calls_that_fault(void **state)
{
    (void)state;
    static const struct {
        uint64_t number, fd, at, n;
        uint64_t outcome, address;
    } cases[] = {
        {57, 1, DATA, 1, GN_RV_ILLEGAL, 0},
        {UINT64_C(93) << 32 | 93, 0, 0, 0, GN_RV_ILLEGAL, 0},
        {64, 0, DATA, 1, GN_RV_ILLEGAL, 0},
        {64, 3, DATA, 1, GN_RV_ILLEGAL, 0},
        {64, UINT64_C(1) << 32 | 1, DATA, 1, GN_RV_ILLEGAL, 0},
        {64, 1, 16, 1, GN_RV_LOAD, 16},
        {64, 1, RV_RAM_END - 4u, 5, GN_RV_LOAD, RV_RAM_END - 4u},
        {64, 1, GN_RV_DESCRIPTION, 8, GN_RV_LOAD, GN_RV_DESCRIPTION},
        {64, 1, RV_INPUT_BASE + 9, 8, GN_RV_LOAD, RV_INPUT_BASE + 9},
        {64, 1, UINT64_MAX, 2, GN_RV_LOAD, UINT64_MAX},
        {64, 1, RV_PROGRAM_END - 1, RV_PUBLIC_MAX, GN_RV_LOAD, RV_PROGRAM_END - 1},
        /* hashes: state, block */
        {1999, DATA, DATA, 0, GN_RV_ILLEGAL, 0},
        {2003, DATA, DATA, 0, GN_RV_ILLEGAL, 0},
        {UINT64_C(1) << 32 | 2000, DATA, DATA, 0, GN_RV_ILLEGAL, 0},
        {2000, DATA + 4, 0, 0, GN_RV_MISALIGNED, DATA + 4},
        {2001, DATA + 1, 3, 0, GN_RV_MISALIGNED, DATA + 1},
        {2001, DATA, DATA + 66, 0, GN_RV_MISALIGNED, DATA + 66},
        {2001, 16, 24, 0, GN_RV_LOAD, 24},
        {2001, DATA, RV_RAM_END - 56u, 0, GN_RV_LOAD, RV_RAM_END - 56u},
        {2001, DATA, GN_RV_DESCRIPTION, 0, GN_RV_LOAD, GN_RV_DESCRIPTION},
        {2001, TEXT, DATA, 0, GN_RV_STORE, TEXT},
        {2001, RV_RAM_END - 24u, DATA, 0, GN_RV_STORE, RV_RAM_END - 24u},
        {2002, DATA + 2, 0, 0, GN_RV_MISALIGNED, DATA + 2},
        {2002, 0, 0, 0, GN_RV_STORE, 0},
        {2002, RV_INPUT_BASE, 0, 0, GN_RV_STORE, RV_INPUT_BASE},
        {2002, RV_RAM_END - 88u, 0, 0, GN_RV_STORE, RV_RAM_END - 88u},
        {2002, RV_OUTPUT_BASE - 8, 0, 0, GN_RV_STORE, RV_OUTPUT_BASE - 8},
        {2002, VM_KERNEL_BASE + 0x1000, 0, 0, GN_RV_STORE, VM_KERNEL_BASE + 0x1000},
        {2002, UINT64_MAX - 7, 0, 0, GN_RV_STORE, UINT64_MAX - 7},
        {2000, UINT64_C(1) << 32 | DATA, 0, 0, GN_RV_STORE, UINT64_C(1) << 32 | DATA},
        {2000, RV_RAM_END - 192u, 0, 0, GN_RV_STORE, RV_RAM_END - 192u},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench b = {0};
        emit_constant(&b.a, A7, cases[i].number);
        emit_constant(&b.a, A0, cases[i].fd);
        emit_constant(&b.a, A1, cases[i].at);
        emit_constant(&b.a, A2, cases[i].n);
        uint64_t place = here(&b.a);
        emit(&b.a, RV_ECALL, 0, 0, 0, 0);
        emit_exit(&b.a, 1);
        start(&b, NULL, 0);
        assert_ends(&b, cases[i].outcome, place, cases[i].address);
        assert_int_equal(b.m.result.output.size, 0);
        stop(&b);
    }
}

/* Where the last hash was tells nothing of other places: hash here (the monitor remembers the region), then there. */
static void hashes_that_fault_later(void **state)
{
    (void)state;
    static const struct {
        uint64_t number, at, outcome;
    } cases[] = {
        {2002, RV_RAM_END - 96u, GN_RV_EXITED},
        {2000, RV_RAM_END - 200u, GN_RV_EXITED},
        {2002, DATA, GN_RV_EXITED},
        {2002, RV_OUTPUT_BASE, GN_RV_EXITED},
        {2002, RV_RAM_END - 88u, GN_RV_STORE},
        {2000, RV_RAM_END - 192u, GN_RV_STORE},
        {2002, RV_RAM_END, GN_RV_STORE},
        {2002, RV_RAM_BASE - 8, GN_RV_STORE},
        {2002, TEXT, GN_RV_STORE},
        {2000, DATA + 1, GN_RV_MISALIGNED},
        {2002, VM_KERNEL_BASE + DATA, GN_RV_STORE},
        {2002, UINT64_MAX - 7, GN_RV_STORE},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench b = {0};
        emit_constant(&b.a, A7, 2002);
        for (unsigned k = 0; k < 2; k++) { /* on the second one the monitor knows the region */
            emit_constant(&b.a, A0, DATA + 0x200);
            emit(&b.a, RV_ECALL, 0, 0, 0, 0);
        }
        emit_constant(&b.a, A7, cases[i].number);
        emit_constant(&b.a, A0, cases[i].at);
        uint64_t place = here(&b.a);
        emit(&b.a, RV_ECALL, 0, 0, 0, 0);
        emit_constant(&b.a, A7, 93); /* with what the call gave */
        emit(&b.a, RV_ECALL, 0, 0, 0, 0);
        start(&b, NULL, 0);
        if (cases[i].outcome == GN_RV_EXITED) {
            assert_ends(&b, GN_RV_EXITED, 0, 0);
        } else {
            assert_ends(&b, cases[i].outcome, place, cases[i].at);
        }
        stop(&b);
    }
}

static void nothing_can_be_written_from_anywhere(void **state)
{
    (void)state;
    struct bench b = {0};
    emit_constant(&b.a, A0, 1);
    emit_constant(&b.a, A1, 16);
    emit_constant(&b.a, A7, 64);
    emit(&b.a, RV_ECALL, 0, 0, 0, 0);
    emit_exit(&b.a, 0);
    start(&b, NULL, 0);
    assert_ends(&b, GN_RV_EXITED, 0, 0);
    stop(&b);
}

/* Behind the last instruction the program is nowhere, whether it falls or comes back from a call. */
static void text_ends_in_a_call(void **state)
{
    (void)state;
    struct bench b = {0};
    emit_write(&b.a, 0, 1);
    uint64_t end = here(&b.a);
    start(&b, NULL, 0);
    assert_ends(&b, GN_RV_PC, end, end);
    assert_int_equal(b.m.result.output.size, 1);
    stop(&b);
}

/* ---- output ---- */
static uint8_t pattern(uint64_t i)
{
    return (uint8_t)(i % 251 + 1);
}

/* writes of these lengths, from these offsets */
static void write_parts(const uint64_t (*parts)[2], unsigned parts_n)
{
    struct bench b = {0};
    uint8_t expected[256];
    size_t n = 0;
    for (uint64_t i = 0; i < 64; i++) {
        uint8_t byte = pattern(i);
        gn_buffer_append(&b.a.data, &byte, 1);
    }
    for (unsigned i = 0; i < parts_n; i++) {
        emit_write(&b.a, (uint32_t)parts[i][0], (uint32_t)parts[i][1]);
        for (uint64_t k = 0; k < parts[i][1]; k++) {
            expected[n++] = pattern(parts[i][0] + k);
        }
    }
    emit_exit(&b.a, 0);
    start(&b, NULL, 0);
    assert_ends(&b, GN_RV_EXITED, 0, 0);
    const struct gn_buffer *s = &b.m.result.statement;
    assert_int_equal(word(&b, GN_RV_OUTPUT_BYTES), n);
    assert_memory_equal(s->data + 8 * GN_RV_OUTPUT, expected, n);
    for (size_t i = 8 * GN_RV_OUTPUT + n; i < s->size; i++) {
        assert_int_equal(s->data[i], 0);
    }
    stop(&b);
}

static void output_of_every_length(void **state)
{
    (void)state;
    static const uint64_t lengths[] = {0, 1, 7, 8, 9, 15, 16, 17};
    enum { N = sizeof lengths / sizeof *lengths };
    for (unsigned i = 0; i < N * N * N; i++) {
        const uint64_t parts[3][2] = {
            {next_random() % 16, lengths[i % N]}, {i % 9, lengths[i / N % N]}, {0, lengths[i / N / N]}};
        write_parts(parts, 3);
    }
}

static void write_of(struct bench *b, uint64_t n, bool byte_first)
{
    if (byte_first) {
        emit_write(&b->a, 0, 1);
    }
    emit_write(&b->a, 3, (uint32_t)n);
    emit_exit(&b->a, 0);
    start(b, NULL, 0);
}

/* 1 MiB in one call is the most; more is refused by name, and has no proof */
static void output_has_a_limit(void **state)
{
    (void)state;
    for (unsigned first = 0; first < 2; first++) {
        struct bench b = {0};
        write_of(&b, RV_PUBLIC_MAX - first, first);
        assert_ends(&b, GN_RV_EXITED, 0, 0);
        assert_int_equal(word(&b, GN_RV_OUTPUT_BYTES), RV_PUBLIC_MAX);
        stop(&b);
        write_of(&b, RV_PUBLIC_MAX - first + 1, first);
        assert_int_equal(gn_riscv_run(&b.m, UINT64_MAX, NULL, NULL, &b.err), GN_LIMIT);
        assert_non_null(strstr(b.err.text, "public output"));
        assert_true(b.m.result.outcome == RV_STEP_LIMIT && b.m.vm.fault_in_kernel);
        assert_int_equal(b.m.result.statement.size, 0);
        stop(&b);
        write_of(&b, UINT32_MAX, first);
        assert_int_equal(gn_riscv_run(&b.m, UINT64_MAX, NULL, NULL, &b.err), GN_LIMIT);
        stop(&b);
    }
}

/* What an output of 64 KiB costs the monitor: words, not bytes. */
static void output_is_cheap(void **state)
{
    (void)state;
    struct bench b = {0};
    write_of(&b, 1 << 16, false);
    assert_ends(&b, GN_RV_EXITED, 0, 0);
    assert_true(b.m.vm.rows_run < 4 * (1 << 13) + 1000);
    stop(&b);
}

/* ---- a monitor that goes wrong ---- */
static void a_fault_in_the_monitor_has_no_proof(void **state)
{
    (void)state;
    struct bench b = {0};
    uint64_t nowhere = RV_RAM_BASE;
    emit_exit(&b.a, 0);
    start(&b, NULL, 0);
    assert_true(gn_vm_memory_write(b.m.vm.memory, GN_RV_DESCRIPTION + 8, &nowhere, 8)); /* its entry */
    assert_int_equal(gn_riscv_run(&b.m, UINT64_MAX, NULL, NULL, &b.err), GN_INTERNAL);
    assert_non_null(strstr(b.err.text, "monitor"));
    assert_true(b.m.vm.fault_in_kernel);
    stop(&b);
}

/* The host does not take the monitor's word. */
static void statements_are_compared(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        struct bench b = {0};
        emit_write(&b.a, 0, 5);
        emit_exit(&b.a, 7);
        start(&b, NULL, 0);
        assert_int_equal(gn_riscv_run(&b.m, 4, NULL, NULL, &b.err), GN_OK);
        if (i == 0) { /* words that were not said by the monitor */
            b.m.vm.hooks.out(&b.m, GN_RV_OUTPUT, 1);
        } else if (i == 1) {
            b.m.vm.hooks.out(&b.m, GN_RV_MAGIC, GN_RV_STATEMENT_MAGIC);
        } else {
            gn_buffer_append(&b.m.result.output, "x", 1);
        }
        assert_int_equal(gn_riscv_run(&b.m, UINT64_MAX, NULL, NULL, &b.err), GN_INTERNAL);
        assert_non_null(strstr(b.err.text, "host"));
        stop(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_instruction),
        cmocka_unit_test(places_without_instruction),
        cmocka_unit_test(exits),
        cmocka_unit_test(calls_that_fault),
        cmocka_unit_test(hashes_that_fault_later),
        cmocka_unit_test(nothing_can_be_written_from_anywhere),
        cmocka_unit_test(text_ends_in_a_call),
        cmocka_unit_test(output_of_every_length),
        cmocka_unit_test(output_has_a_limit),
        cmocka_unit_test(output_is_cheap),
        cmocka_unit_test(a_fault_in_the_monitor_has_no_proof),
        cmocka_unit_test(statements_are_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
