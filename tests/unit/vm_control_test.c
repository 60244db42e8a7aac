/* SPDX-License-Identifier: Apache-2.0 */
/* vm_control_test.c - branches, jumps, atomics, faults, limits: where a run goes, and where and in which state it stops. */
#include "vm_fixture.h"

static struct vm_memory *memory;

static int setup(void **state)
{
    (void)state;
    memory = guest_memory();
    guest_map(memory, DATA, 4096, VM_READ | VM_WRITE);
    guest_map(memory, DATA + 4096, 4096, VM_READ);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    gn_vm_memory_destroy(memory);
    return 0;
}

static void assert_fault(const struct guest *g, enum vm_stop stop, enum vm_fault fault, uint32_t row, uint64_t address)
{
    assert_int_equal(stop, VM_STOP_FAULT);
    assert_int_equal(g->vm.fault, fault);
    assert_int_equal(g->vm.row, row);
    assert_true(g->vm.fault_pc == g->pc_of_row[row] && g->vm.fault_address == address && !g->vm.fault_in_kernel);
}

/* The row before was executed and led to a place where no instruction stands. */
static void assert_nowhere(const struct guest *g, enum vm_stop stop, uint64_t place)
{
    assert_int_equal(stop, VM_STOP_FAULT);
    assert_int_equal(g->vm.fault, VM_FAULT_PC);
    assert_int_equal(g->vm.row, VM_NO_ROW);
    assert_true(g->vm.fault_pc == place && g->vm.fault_address == place && !g->vm.fault_in_kernel);
}

/* ---- branches ---- */
static bool less(uint64_t a, uint64_t b)
{
    return (a ^ UINT64_C(1) << 63) < (b ^ UINT64_C(1) << 63); /* signed order, by an offset */
}

static bool taken(enum vm_op op, uint64_t a, uint64_t b)
{
    switch (op) {
    case VM_BEQ:
        return a == b;
    case VM_BNE:
        return a != b;
    case VM_BLT:
        return less(a, b);
    case VM_BGE:
        return !less(a, b);
    case VM_BLTU:
        return a < b;
    default:
        return a >= b;
    }
}

static void test_branches(void **state)
{
    (void)state;
    static const uint64_t values[] = {0,          1,           2,         0x7fffffff,          0x80000000,
                                      0xffffffff, 0x100000000, INT64_MAX, (uint64_t)INT64_MIN, UINT64_MAX - 1,
                                      UINT64_MAX};
    enum { VALUES = sizeof values / sizeof values[0] };
    for (unsigned op = VM_BEQ; op <= VM_BGEU; op++) {
        struct guest g;
        guest_init(&g, memory);
        guest_row(&g, (struct vm_insn){.op = (uint8_t)op, .ra = 5, .rb = 6, .target = 2});
        guest_row(&g, (struct vm_insn){.op = VM_ADDI, .rd = 7, .ra = 7, .imm = 1});
        guest_end(&g);
        for (unsigned k = 0; k < 2 * VALUES * VALUES; k++) {
            uint64_t a = values[k / 2 % VALUES], b = values[k / 2 / VALUES];
            bool jumps = taken((enum vm_op)op, a, b);
            g.vm.regs[5] = a;
            g.vm.regs[6] = b;
            g.vm.regs[7] = 0;
            assert_int_equal(guest_run(&g, k % 2), VM_STOP_ECALL);
            assert_true(g.vm.regs[7] == !jumps && g.vm.steps == 3u - jumps);
            assert_true(k % 2 == 0 || (g.events[0].taken == jumps && g.events[0].a == a && g.events[0].b == b &&
                                       g.events[0].result == 0));
        }
    }
}

/* A direct jump to where no row is is executed, and the fault is there. */
static void test_jumps_to_nowhere(void **state)
{
    (void)state;
    static const enum vm_op ops[] = {VM_BEQ, VM_BNE, VM_BLT, VM_BGE, VM_BLTU, VM_BGEU, VM_J, VM_JAL};
    for (unsigned k = 0; k < 2 * (sizeof ops / sizeof ops[0]); k++) {
        for (uint64_t a = 0; a < 2; a++) {
            enum vm_op op = ops[k / 2];
            struct guest g;
            guest_init(&g, memory);
            guest_row(&g, (struct vm_insn){.op = VM_MOVI, .rd = 1, .imm = 1});
            guest_row(
                &g,
                (struct vm_insn){
                    .op = (uint8_t)op, .rd = 7, .ra = 5, .rb = 1, .imm = 77, .target = VM_NO_ROW, .link = 0x82345678});
            guest_end(&g);
            g.vm.regs[5] = a;
            g.vm.regs[7] = 99;
            enum vm_stop stop = guest_run(&g, k % 2);
            if (op == VM_J || op == VM_JAL || taken(op, a, 1)) {
                assert_nowhere(&g, stop, 0x82345678);
                assert_true(g.vm.steps == 2 && g.vm.rows_run == 2 && g.events_n == 2 * (k % 2));
                assert_true(g.events_n == 0 || (g.events[1].taken && g.next_at[1] == VM_NO_ROW));
                assert_int_equal(gn_vm_run(&g.vm, 1, NULL, NULL), VM_STOP_FAULT); /* and stays there */
                assert_true(g.vm.fault_pc == 0x82345678 && g.vm.steps == 2);
            } else {
                assert_int_equal(stop, VM_STOP_ECALL);
            }
            assert_true(g.vm.regs[7] == (op == VM_JAL ? 77 : 99));
        }
    }
}

static void test_jal_and_j(void **state)
{
    (void)state;
    for (unsigned observed = 0; observed < 2; observed++) {
        struct guest g;
        guest_init(&g, memory);
        guest_row(&g, (struct vm_insn){.op = VM_J, .target = 2});
        guest_row(&g, (struct vm_insn){.op = VM_FAULT, .imm = VM_FAULT_ILLEGAL});
        guest_row(&g, (struct vm_insn){.op = VM_JAL, .rd = 1, .imm = 0x8000000c, .target = 4});
        guest_row(&g, (struct vm_insn){.op = VM_FAULT, .imm = VM_FAULT_ILLEGAL});
        guest_end(&g);
        assert_int_equal(guest_run(&g, observed), VM_STOP_ECALL);
        assert_true(g.vm.regs[1] == 0x8000000c && g.vm.steps == 3);
        assert_true(!observed ||
                    (g.events[0].taken && g.events[1].taken && g.events[1].result == 0x8000000c && g.next_at[0] == 2));
    }
}

static void test_jalr(void **state)
{
    (void)state;
    for (unsigned observed = 0; observed < 2; observed++) {
        struct guest g;
        guest_init(&g, memory);
        guest_row(&g, (struct vm_insn){.op = VM_JALR, .rd = 5, .ra = 5, .imm = (uint64_t)-4, .link = TEXT + 4});
        guest_row(&g, (struct vm_insn){.op = VM_MOVI, .rd = 7, .imm = 1});
        guest_end(&g);
        const uint64_t end = TEXT + g.program.text_size;
        g.row_of_halfword[g.program.text_size / 2] = 1; /* behind the table's end */
        /* the target, an offset from it in ra, whether it is a row: bit 0 is dropped; rd may be ra */
        for (uint64_t target = TEXT - 6; target < end + 6; target++) {
            g.vm.regs[5] = target + 4;
            enum vm_stop stop = guest_run(&g, observed);
            uint64_t even = target - target % 2;
            if (even == TEXT + 4 || even == TEXT + 8) {
                assert_int_equal(stop, VM_STOP_ECALL);
                assert_true(g.vm.regs[5] == TEXT + 4 && g.vm.steps == (even == TEXT + 4 ? 3 : 2));
                assert_true(!observed || (g.events[0].address == even && g.events[0].a == target + 4 &&
                                          g.events[0].result == TEXT + 4));
                assert_true(!observed || (g.events[0].b == (uint64_t)-4 && g.events[0].before == target + 4));
            } else if (even < TEXT) {
                assert_fault(&g, stop, VM_FAULT_PC, 0, even);
                assert_true(g.vm.regs[5] == target + 4 && g.vm.steps == 0 && g.events_n == 0);
            } else if (even != TEXT) { /* that would be itself */
                assert_nowhere(&g, stop, even);
                assert_true(g.vm.regs[5] == TEXT + 4 && g.vm.steps == 1 && g.events_n == observed);
            }
        }
        static const uint64_t far[] = {0,
                                       1,
                                       TEXT / 2,
                                       TEXT - 1,
                                       TEXT + VM_TEXT_SPAN,
                                       TEXT + (UINT64_C(1) << 32) + 4,
                                       VM_KERNEL_TEXT,
                                       TEXT + (UINT64_C(1) << 63) + 4,
                                       UINT64_MAX};
        for (unsigned i = 0; i < sizeof far / sizeof far[0]; i++) {
            g.vm.regs[5] = far[i] + 4;
            assert_fault(&g, guest_run(&g, observed), VM_FAULT_PC, 0, far[i] & ~UINT64_C(1));
        }
        g.vm.regs[5] = TEXT + VM_TEXT_SPAN - 1 + 4;
        assert_nowhere(&g, guest_run(&g, observed), TEXT + VM_TEXT_SPAN - 2);
    }
}

/* ---- faults of their own ---- */
static void test_fault_rows(void **state)
{
    (void)state;
    static const uint64_t causes[] = {VM_FAULT_ILLEGAL, VM_FAULT_PC,         VM_FAULT_LOAD,
                                      VM_FAULT_STORE,   VM_FAULT_MISALIGNED, VM_FAULT_BREAKPOINT,
                                      VM_FAULT_NONE,    VM_FAULTS,           UINT64_MAX};
    for (unsigned k = 0; k < 2 * (sizeof causes / sizeof causes[0]); k++) {
        uint64_t cause = causes[k / 2];
        struct guest g;
        guest_init(&g, memory);
        guest_row(&g, (struct vm_insn){.op = VM_J, .target = 1});
        guest_row(&g, (struct vm_insn){.op = VM_FAULT, .rd = VM_REG_SINK, .imm = cause, .link = 0x77});
        guest_end(&g);
        enum vm_fault wanted = cause == VM_FAULT_NONE || cause >= VM_FAULTS ? VM_FAULT_ILLEGAL : (enum vm_fault)cause;
        assert_fault(&g, guest_run(&g, k % 2), wanted, 1, 0x77);
        assert_true(g.vm.steps == 1 && g.vm.rows_run == 1);
        /* and again, when asked again */
        assert_fault(&g, gn_vm_run(&g.vm, 10, NULL, NULL), wanted, 1, 0x77);
        assert_true(g.vm.steps == 1 && g.vm.rows_run == 1);
    }
}

static void test_no_row(void **state)
{
    (void)state;
    struct guest g;
    guest_init(&g, memory);
    guest_end(&g);
    static const uint32_t rows[] = {1, 2, VM_NO_ROW};
    for (unsigned i = 0; i < 3; i++) {
        g.vm.row = rows[i];
        assert_int_equal(gn_vm_run(&g.vm, 10, i % 2 ? guest_observe : NULL, &g), VM_STOP_FAULT);
        assert_int_equal(g.vm.fault, VM_FAULT_PC);
    }
}

static void test_halt(void **state)
{
    (void)state;
    for (unsigned observed = 0; observed < 2; observed++) {
        struct guest g;
        guest_init(&g, memory);
        guest_row(&g, (struct vm_insn){.op = VM_MOVI, .rd = 7, .imm = 1});
        guest_row(&g, (struct vm_insn){.op = VM_HALT});
        guest_end(&g);
        assert_int_equal(guest_run(&g, observed), VM_STOP_HALT);
        assert_true(g.vm.row == 1 && g.vm.steps == 1 && g.vm.rows_run == 1 && g.events_n == observed);
        assert_true(gn_vm_ts(&g.vm) == 12);
    }
}

/* ---- atomics ---- */
static uint64_t word_at(uint64_t at)
{
    uint64_t v;
    assert_true(gn_vm_memory_read(memory, at, &v, sizeof v));
    return v;
}

static void put_word(uint64_t at, uint64_t v)
{
    assert_true(gn_vm_memory_write(memory, at, &v, sizeof v));
}

/* la x7, (x5): an aligned load, as LR begins */
static void test_aligned_loads(void **state)
{
    (void)state;
    struct guest g;
    for (unsigned k = 0; k < 4; k++) {
        bool word = k & 1, observed = k & 2;
        guest_init(&g, memory);
        guest_row(&g, (struct vm_insn){.op = word ? VM_LAW : VM_LAD, .rd = 7, .ra = 5});
        guest_end(&g);
        put_word(DATA + 64, 0xfedcba9887654321);
        g.vm.regs[5] = DATA + 64;
        assert_int_equal(guest_run(&g, observed), VM_STOP_ECALL);
        assert_true(g.vm.regs[7] == (word ? 0xffffffff87654321 : 0xfedcba9887654321));
        assert_true(!observed || (g.events[0].width == (word ? 4 : 8) && g.events[0].address == DATA + 64 &&
                                  g.events[0].memory_before == (word ? 0x87654321 : 0xfedcba9887654321)));
        g.vm.regs[5] = DATA + 4096; /* read only */
        assert_int_equal(guest_run(&g, observed), VM_STOP_ECALL);
        g.vm.regs[7] = 5;
        for (uint64_t offset = 1; offset < (word ? 4 : 8); offset++) {
            g.vm.regs[5] = DATA + offset;
            assert_fault(&g, guest_run(&g, observed), VM_FAULT_MISALIGNED, 0, DATA + offset);
        }
        g.vm.regs[5] = 3; /* alignment comes first */
        assert_fault(&g, guest_run(&g, observed), VM_FAULT_MISALIGNED, 0, 3);
        g.vm.regs[5] = DATA + 8192;
        assert_fault(&g, guest_run(&g, observed), VM_FAULT_LOAD, 0, DATA + 8192);
        assert_true(g.vm.regs[7] == 5);
    }
}

/* amoadd x7, x6, (x5), as the front end lowers it: one step of four rows */
static void amo_program(struct guest *g, bool word)
{
    guest_init(g, memory);
    guest_row(g, (struct vm_insn){.op = word ? VM_AMOLW : VM_AMOLD, .rd = VM_REG_HIDDEN, .ra = 5});
    guest_micro_row(g, (struct vm_insn){.op = VM_ADD, .rd = VM_REG_HIDDEN2, .ra = VM_REG_HIDDEN, .rb = 6});
    guest_micro_row(g, (struct vm_insn){.op = word ? VM_SW : VM_SD, .ra = 5, .rb = VM_REG_HIDDEN2});
    guest_micro_row(g, (struct vm_insn){.op = VM_MOV, .rd = 7, .ra = VM_REG_HIDDEN});
    guest_end(g);
}

static void test_amo(void **state)
{
    (void)state;
    struct guest g;
    for (unsigned k = 0; k < 4; k++) {
        bool word = k & 1, observed = k & 2;
        amo_program(&g, word);
        put_word(DATA, 0x11111111fffffffe);
        g.vm.regs[5] = DATA;
        g.vm.regs[6] = 5;
        assert_int_equal(guest_run(&g, observed), VM_STOP_ECALL);
        assert_true(word_at(DATA) == (word ? 0x1111111100000003 : 0x1111111200000003));
        assert_true(g.vm.regs[7] == (word ? UINT64_MAX - 1 : 0x11111111fffffffe));
        assert_true(g.vm.steps == 2 && g.vm.rows_run == 5);
        assert_true(!observed || (g.events_n == 5 && g.steps_at[0] == 1 && g.steps_at[3] == 1 && g.steps_at[4] == 2 &&
                                  g.rows_run_at[3] == 4));
        for (uint64_t offset = 1; offset < (word ? 4 : 8); offset++) {
            g.vm.regs[5] = DATA + offset;
            assert_fault(&g, guest_run(&g, observed), VM_FAULT_MISALIGNED, 0, DATA + offset);
            assert_true(g.vm.steps == 0 && g.vm.rows_run == 0);
        }
        static const uint64_t forbidden[] = {DATA + 4096, DATA + 8192, 0}; /* read only, outside */
        for (unsigned i = 0; i < 3; i++) {
            g.vm.regs[5] = forbidden[i];
            assert_fault(&g, guest_run(&g, observed), VM_FAULT_STORE, 0, forbidden[i]);
        }
    }
}

/* A later row that faults takes the whole instruction out of the count; earlier rows have run. */
static void test_fault_in_micro_row(void **state)
{
    (void)state;
    struct guest g;
    for (unsigned observed = 0; observed < 2; observed++) {
        guest_init(&g, memory);
        guest_row(&g, (struct vm_insn){.op = VM_MOVI, .rd = 7, .imm = 1});
        guest_row(&g, (struct vm_insn){.op = VM_MOVI, .rd = VM_REG_HIDDEN, .imm = 1});
        guest_micro_row(&g, (struct vm_insn){.op = VM_LD, .rd = 7, .ra = VM_REG_HIDDEN, .imm = 7});
        guest_end(&g);
        assert_fault(&g, guest_run(&g, observed), VM_FAULT_LOAD, 2, 8);
        assert_true(g.vm.fault_pc == TEXT + 4 && g.vm.steps == 1 && g.vm.rows_run == 2 && g.events_n == 2 * observed);
    }
}

/* ---- limits ---- */

/* The state after n steps is the same however they are divided into runs, and observed or not; AMOs are not torn apart. */
static void counting_program(struct guest *g)
{
    guest_init(g, memory);
    guest_row(g, (struct vm_insn){.op = VM_MOVI, .rd = 5, .imm = DATA + 128});
    guest_row(g, (struct vm_insn){.op = VM_AMOLD, .rd = VM_REG_HIDDEN, .ra = 5});
    guest_micro_row(g, (struct vm_insn){.op = VM_ADDI, .rd = VM_REG_HIDDEN2, .ra = VM_REG_HIDDEN, .imm = 3});
    guest_micro_row(g, (struct vm_insn){.op = VM_SD, .ra = 5, .rb = VM_REG_HIDDEN2});
    guest_row(g, (struct vm_insn){.op = VM_LD, .rd = 7, .ra = 5, .imm = 1});
    guest_row(g, (struct vm_insn){.op = VM_ADDI, .rd = 6, .ra = 6, .imm = 1});
    guest_row(g, (struct vm_insn){.op = VM_SLTIU, .rd = 8, .ra = 6, .imm = 10});
    guest_row(g, (struct vm_insn){.op = VM_BNE, .ra = 8, .rb = VM_REG_ZERO, .target = 1});
    guest_end(g);
    put_word(DATA + 128, 0);
}

static void test_limit_and_resume(void **state)
{
    (void)state;
    static struct guest whole, parts;
    counting_program(&whole);
    assert_int_equal(guest_run(&whole, false), VM_STOP_ECALL);
    const uint64_t total = 1 + 10 * 5 + 1;
    assert_true(whole.vm.steps == total && whole.vm.rows_run == total + 20 && whole.vm.unaligned == 10);
    assert_true(word_at(DATA + 128) == 30);
    for (uint64_t chunk = 1; chunk <= total + 1; chunk++) {
        counting_program(&parts);
        uint64_t done = 0;
        enum vm_stop stop = VM_STOP_LIMIT;
        for (unsigned k = 0; stop == VM_STOP_LIMIT; k++) {
            stop = gn_vm_run(&parts.vm, chunk, k % 2 ? guest_observe : NULL, &parts);
            done = done + chunk < total ? done + chunk : total;
            assert_true(parts.vm.steps == done && parts.first_of_insn[parts.vm.row]);
        }
        assert_int_equal(stop, VM_STOP_ECALL);
        assert_memory_equal(parts.vm.regs, whole.vm.regs, sizeof whole.vm.regs);
        assert_true(parts.vm.rows_run == whole.vm.rows_run && parts.vm.unaligned == whole.vm.unaligned &&
                    word_at(DATA + 128) == 30);
    }
}

static void test_limit_edges(void **state)
{
    (void)state;
    struct guest g;
    for (unsigned observed = 0; observed < 2; observed++) {
        vm_observer *observer = observed ? guest_observe : NULL;
        counting_program(&g);
        assert_int_equal(gn_vm_run(&g.vm, 0, observer, &g), VM_STOP_LIMIT);
        assert_true(g.vm.row == 0 && g.vm.steps == 0 && g.vm.rows_run == 0 && g.events_n == 0);
        /* the AMO is the second step: its later rows run within the limit of 2 */
        assert_int_equal(gn_vm_run(&g.vm, 2, observer, &g), VM_STOP_LIMIT);
        assert_true(g.vm.row == 4 && g.vm.steps == 2 && g.vm.rows_run == 4);
        assert_int_equal(gn_vm_run(&g.vm, UINT64_MAX, observer, &g), VM_STOP_ECALL); /* steps + limit wraps */
        assert_true(g.vm.steps == 52);
    }
}

/* ECALL stops at its row; whoever serves it goes on at `next`. */
static void test_ecall(void **state)
{
    (void)state;
    struct guest g;
    for (unsigned observed = 0; observed < 2; observed++) {
        guest_init(&g, memory);
        guest_row(&g, (struct vm_insn){.op = VM_ECALL});
        guest_row(&g, (struct vm_insn){.op = VM_ADDI, .rd = 10, .ra = 10, .imm = 1});
        guest_end(&g);
        assert_int_equal(guest_run(&g, observed), VM_STOP_ECALL);
        assert_true(g.vm.row == 0 && g.vm.steps == 1 && g.vm.rows_run == 1 && g.events_n == observed);
        assert_true(!observed || (g.next_at[0] == 0 && g.steps_at[0] == 1));
        g.vm.regs[10] = 41;
        g.vm.row = g.rows[0].next;
        assert_int_equal(gn_vm_run(&g.vm, 2, NULL, NULL), VM_STOP_ECALL);
        assert_true(g.vm.regs[10] == 42 && g.vm.steps == 3 && g.vm.row == 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_branches),
        cmocka_unit_test(test_jumps_to_nowhere),
        cmocka_unit_test(test_jal_and_j),
        cmocka_unit_test(test_jalr),
        cmocka_unit_test(test_fault_rows),
        cmocka_unit_test(test_no_row),
        cmocka_unit_test(test_halt),
        cmocka_unit_test(test_aligned_loads),
        cmocka_unit_test(test_amo),
        cmocka_unit_test(test_fault_in_micro_row),
        cmocka_unit_test(test_limit_and_resume),
        cmocka_unit_test(test_limit_edges),
        cmocka_unit_test(test_ecall),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
