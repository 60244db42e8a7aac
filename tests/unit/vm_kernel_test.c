/* SPDX-License-Identifier: Apache-2.0 */
/* vm_kernel_test.c - a kernel beside user code: what a trap leaves, where RESUME goes, what time it is, who may touch which memory, and what a program with a
 * kernel must not contain. */
#include "vm_fixture.h"

enum { K = VM_REG_KERNEL, OUTS = 8 };
#define KERNEL_DATA (VM_KERNEL_BASE + 0x1000)

static struct vm_memory *memory;
static struct guest g;
static uint32_t kernel_places[2 * ROWS];
static struct {
    uint64_t index, word;
} outs[OUTS];
static unsigned outs_n, calls_n;

static int setup(void **state)
{
    (void)state;
    struct gn_error err;
    memory = guest_memory();
    guest_map(memory, DATA, 4096, VM_READ | VM_WRITE);
    guest_map(memory, DATA + 4096, 4096, VM_READ);
    guest_map(memory, DATA + 8192, 4096, VM_READ | VM_FIXED);
    guest_map(memory, DATA + 16384, 16, VM_FIXED);
    guest_map(memory, KERNEL_DATA, 4096, 0);
    guest_map(memory, KERNEL_DATA + 4096, 8, VM_FIXED);
    assert_int_equal(gn_vm_memory_map(memory, (UINT64_C(1) << 32) - 8, 8, VM_READ, NULL, 0, &err), GN_OK);
    assert_int_equal(gn_vm_memory_map(memory, UINT64_C(1) << 32, 8, VM_READ, NULL, 0, &err), GN_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    gn_vm_memory_destroy(memory);
    return 0;
}

static void hear_out(void *ctx, uint64_t index, uint64_t word)
{
    assert_ptr_equal(ctx, &g);
    assert_true(outs_n < OUTS);
    outs[outs_n].index = index;
    outs[outs_n++].word = word;
}

static void hear_ecall(void *ctx, const struct vm *vm)
{
    assert_ptr_equal(ctx, &g);
    assert_ptr_equal(vm, &g.vm);
    calls_n++;
}

/* ---- programs: user rows by guest_row, then begin_kernel, then kernel rows; the first one is at the vector ---- */
static void begin(void)
{
    guest_init(&g, memory);
    g.vm.hooks = (struct vm_hooks){&g, hear_out, hear_ecall};
}

static uint32_t kernel_row(struct vm_insn insn)
{
    uint32_t row = g.program.rows_n++;
    assert_true(row < ROWS);
    insn.next = row + 1;
    if (g.program.kernel_rows_n == 0) {
        g.rows[row - 1].next = row - 1; /* the user's last row */
    }
    g.rows[row] = insn;
    g.pc_of_row[row] = VM_KERNEL_TEXT + 4 * (uint64_t)g.program.kernel_rows_n;
    kernel_places[2 * g.program.kernel_rows_n] = row;
    kernel_places[2 * g.program.kernel_rows_n + 1] = VM_NO_ROW;
    g.program.kernel_rows_n++;
    g.program.kernel_text_size += 4;
    g.program.kernel_row_of_halfword = kernel_places;
    g.program.vector_row = g.program.rows_n - g.program.kernel_rows_n;
    return row;
}

/* The entry: k1 = place, resume it.  The vector: k10 = TRAP, then what `more` says, then HALT. */
static void a_kernel(uint64_t place, const struct vm_insn *more, unsigned more_n)
{
    kernel_row((struct vm_insn){.op = VM_MOV, .rd = K + 10, .ra = VM_REG_TRAP});
    for (unsigned i = 0; i < more_n; i++) {
        kernel_row(more[i]);
    }
    uint32_t halt = kernel_row((struct vm_insn){.op = VM_HALT});
    g.rows[halt].next = VM_NO_ROW;
    g.program.entry_row = kernel_row((struct vm_insn){.op = VM_MOVI, .rd = K + 1, .imm = place});
    uint32_t resume = kernel_row((struct vm_insn){.op = VM_RESUME, .rd = K + 2, .ra = K + 1});
    g.rows[resume].next = resume;
}

static enum vm_stop run(bool observed)
{
    struct gn_error err;
    if (gn_vm_program_check(&g.program, &err) != GN_OK) {
        fail_msg("%s", err.text);
    }
    memset(g.vm.regs, 0, sizeof g.vm.regs);
    g.vm.row = g.program.entry_row;
    g.vm.steps = g.vm.rows_run = g.vm.unaligned = 0;
    g.events_n = outs_n = calls_n = 0;
    return gn_vm_run(&g.vm, 1000, observed ? guest_observe : NULL, &g);
}

static uint64_t trap(uint64_t place, uint64_t ts)
{
    return (uint32_t)place | ts << 32;
}

/* ---- traps ---- */
static void test_a_fault_becomes_a_trap(void **state)
{
    (void)state;
    for (unsigned observed = 0; observed < 2; observed++) {
        begin();
        guest_row(&g, (struct vm_insn){.op = VM_MOVI, .rd = 5, .imm = DATA});
        guest_row(&g, (struct vm_insn){.op = VM_LD, .rd = 5, .ra = 5, .imm = (uint64_t)-8});
        guest_row(&g, (struct vm_insn){.op = VM_J, .target = 0});
        a_kernel(TEXT, NULL, 0);
        assert_int_equal(run(observed), VM_STOP_HALT);
        /* 8 movi, 12 resume, 16 movi, 20 the trap, 24 mov, 28 halt */
        assert_true(g.vm.regs[K + 2] == 12 && g.vm.regs[K + 10] == trap(TEXT + 4, 20) && gn_vm_ts(&g.vm) == 28);
        assert_true(g.vm.steps == 1 && g.vm.rows_run == 5 && g.vm.regs[5] == DATA);
        assert_true(g.vm.fault == VM_FAULT_LOAD && g.vm.fault_pc == TEXT + 4 && g.vm.fault_address == DATA - 8);
        assert_true(!g.vm.fault_in_kernel && g.vm.row == g.program.vector_row + 1);
        assert_int_equal(g.events_n, 5 * observed);
        if (observed) {
            const struct vm_event *e = &g.events[3];
            assert_true(e->trap && e->row == 1 && e->address == TEXT + 4 && e->width == 0);
            assert_true(e->before == 0 && e->result == trap(TEXT + 4, 20));
            assert_true(g.next_at[3] == g.program.vector_row && g.steps_at[3] == 1 && g.rows_run_at[3] == 4);
            assert_true(!g.events[2].trap && !g.events[4].trap && g.events[1].address == TEXT);
        }
    }
}

static void test_calls(void **state)
{
    (void)state;
    for (unsigned observed = 0; observed < 2; observed++) {
        begin();
        guest_row(&g, (struct vm_insn){.op = VM_ECALL});
        guest_row(&g, (struct vm_insn){.op = VM_MOVI, .rd = 5, .imm = 7});
        guest_row(&g, (struct vm_insn){.op = VM_SYSCALL, .imm = 77});
        guest_row(&g, (struct vm_insn){.op = VM_J, .target = 0});
        /* resumes behind the place of the first call, halts at the second one */
        kernel_row((struct vm_insn){.op = VM_BNE, .ra = K + 3, .rb = VM_REG_ZERO, .target = 10});
        kernel_row((struct vm_insn){.op = VM_MOV, .rd = K + 3, .ra = VM_REG_TRAP});
        kernel_row((struct vm_insn){.op = VM_MOVI, .rd = K + 1, .imm = TEXT + 4});
        g.program.entry_row = kernel_row((struct vm_insn){.op = VM_BNE, .ra = K + 1, .rb = VM_REG_ZERO, .target = 9});
        kernel_row((struct vm_insn){.op = VM_MOVI, .rd = K + 1, .imm = TEXT});
        assert_int_equal(kernel_row((struct vm_insn){.op = VM_RESUME, .rd = K + 2, .ra = K + 1}), 9);
        g.rows[9].next = 9;
        assert_int_equal(kernel_row((struct vm_insn){.op = VM_HALT}), 10);
        assert_int_equal(run(observed), VM_STOP_HALT);
        /* 8 bne, 12 movi, 16 resume, 20 ecall, 24 bne, 28 mov, 32 movi, 36 bne, 40 resume, 44 movi, 48 syscall, 52 bne */
        assert_true(g.vm.regs[K + 3] == trap(TEXT, 21) && g.vm.regs[VM_REG_TRAP] == trap(TEXT + 8, 49));
        assert_true(g.vm.regs[K + 2] == 40 && g.vm.regs[5] == 7 && g.vm.steps == 3 && calls_n == 2);
        assert_true(gn_vm_ts(&g.vm) == 56);
        if (observed) {
            const struct vm_event *e = &g.events[10];
            assert_true(!e->trap && e->row == 2 && e->before == trap(TEXT, 21) && e->result == trap(TEXT + 8, 49));
            assert_true(g.events[8].result == 40 && g.events[8].a == TEXT + 4);
        }
    }
}

/* Where no instruction stands: the jump is executed, and the trap is at its target. */
static void test_nowhere(void **state)
{
    (void)state;
    static const struct vm_insn jumps[] = {
        {.op = VM_JALR, .rd = 5, .ra = 6, .link = 99},
        {.op = VM_J, .target = VM_NO_ROW, .link = TEXT + 0x12346},
        {.op = VM_JAL, .rd = 5, .imm = 99, .target = VM_NO_ROW, .link = TEXT + 0x12346},
        {.op = VM_BEQ, .ra = 5, .rb = 5, .target = VM_NO_ROW, .link = TEXT + 0x12346},
    };
    for (unsigned k = 0; k < 8; k++) {
        bool observed = k % 2;
        const struct vm_insn *jump = &jumps[k / 2];
        begin();
        guest_row(&g, (struct vm_insn){.op = VM_MOVI, .rd = 6, .imm = TEXT + 0x12346});
        guest_row(&g, *jump);
        a_kernel(TEXT, NULL, 0);
        assert_int_equal(run(observed), VM_STOP_HALT);
        assert_true(g.vm.regs[K + 10] == trap(TEXT + 0x12346, 24) && g.vm.steps == 2);
        assert_true(g.vm.regs[5] == (jump->rd == 5 ? 99 : 0));
        assert_true(g.vm.fault == VM_FAULT_PC && g.vm.fault_address == TEXT + 0x12346);
        assert_true(!observed || (g.events[3].taken && g.next_at[3] == VM_NO_ROW && g.events[4].trap &&
                                  g.events[4].row == VM_NO_ROW && g.events[4].address == TEXT + 0x12346));
    }
    /* RESUME, likewise */
    for (unsigned observed = 0; observed < 2; observed++) {
        begin();
        guest_row(&g, (struct vm_insn){.op = VM_J, .target = 0});
        a_kernel(TEXT + VM_TEXT_SPAN - 2, NULL, 0);
        assert_int_equal(run(observed), VM_STOP_HALT);
        assert_true(g.vm.regs[K + 10] == trap(TEXT + VM_TEXT_SPAN - 2, 16) && g.vm.regs[K + 2] == 12);
    }
}

/* A kernel that lets other code run in the middle of a call, from depth 0 on, as for a call into another program. */
static void test_frames_put_aside(void **state)
{
    (void)state;
    for (unsigned observed = 0; observed < 2; observed++) {
        begin();
        guest_row(&g, (struct vm_insn){.op = VM_CALL, .rd = VM_REG_R10, .imm = 4096, .target = 2});
        guest_row(&g, (struct vm_insn){.op = VM_SYSCALL, .imm = 1});
        guest_row(&g,
                  (struct vm_insn){.op = VM_SYSCALL, .imm = 2}); /* in the call: the kernel runs row 4 on, then row 3 */
        guest_row(&g, (struct vm_insn){.op = VM_EXIT});
        guest_row(&g, (struct vm_insn){.op = VM_CALL, .rd = VM_REG_R10, .imm = 4096, .target = 6});
        guest_row(&g, (struct vm_insn){.op = VM_EXIT}); /* from depth 0: traps */
        guest_row(&g, (struct vm_insn){.op = VM_EXIT});
        assert_int_equal(kernel_row((struct vm_insn){.op = VM_ADDI, .rd = K + 3, .ra = K + 3, .imm = 1}), 7);
        kernel_row((struct vm_insn){.op = VM_BEQ, .ra = K + 3, .rb = K + 5, .target = 11});
        kernel_row((struct vm_insn){.op = VM_BEQ, .ra = K + 3, .rb = K + 6, .target = 15});
        kernel_row((struct vm_insn){.op = VM_HALT});
        kernel_row((struct vm_insn){.op = VM_MOV, .rd = K + 4, .ra = VM_REG_FRAME});
        kernel_row((struct vm_insn){.op = VM_MOV, .rd = VM_REG_FRAME, .ra = VM_REG_ZERO});
        kernel_row((struct vm_insn){.op = VM_MOVI, .rd = K + 1, .imm = TEXT + 16});
        kernel_row((struct vm_insn){.op = VM_RESUME, .rd = K + 2, .ra = K + 1});
        kernel_row((struct vm_insn){.op = VM_MOV, .rd = VM_REG_FRAME, .ra = K + 4});
        kernel_row((struct vm_insn){.op = VM_MOVI, .rd = K + 1, .imm = TEXT + 12});
        kernel_row((struct vm_insn){.op = VM_RESUME, .rd = K + 2, .ra = K + 1});
        g.program.entry_row = kernel_row((struct vm_insn){.op = VM_MOVI, .rd = K + 5, .imm = 1});
        kernel_row((struct vm_insn){.op = VM_MOVI, .rd = K + 6, .imm = 2});
        kernel_row((struct vm_insn){.op = VM_MOVI, .rd = K + 1, .imm = TEXT});
        uint32_t resume = kernel_row((struct vm_insn){.op = VM_RESUME, .rd = K + 2, .ra = K + 1});
        g.rows[resume].next = resume;
        assert_int_equal(run(observed), VM_STOP_HALT);
        assert_true(g.vm.regs[K + 3] == 3 && (uint32_t)g.vm.regs[VM_REG_TRAP] == (uint32_t)(TEXT + 4));
        assert_true(g.vm.regs[VM_REG_FRAME] == 0 && g.vm.regs[VM_REG_R10] == 0 && g.vm.frames_n == 0 &&
                    g.vm.steps == 6);
    }
}

/* A frame that is not open is left by nobody. */
static void test_frame_that_is_not_open(void **state)
{
    (void)state;
    begin();
    guest_row(&g, (struct vm_insn){.op = VM_EXIT});
    static const struct vm_insn rows[] = {{.op = VM_MOV, .rd = K + 11, .ra = VM_REG_FRAME}};
    a_kernel(TEXT, rows, 1);
    struct gn_error err;
    assert_int_equal(gn_vm_program_check(&g.program, &err), GN_OK);
    memset(g.vm.regs, 0, sizeof g.vm.regs);
    g.vm.regs[VM_REG_FRAME] = UINT64_C(1) << 32 | 8;
    g.vm.row = g.program.entry_row;
    assert_int_equal(gn_vm_run(&g.vm, 1000, NULL, NULL), VM_STOP_HALT);
    assert_true(g.vm.fault == VM_FAULT_EXIT && g.vm.steps == 0 && g.vm.regs[K + 11] == (UINT64_C(1) << 32 | 8));
}

/* A loop of the user: the limit counts its instructions only, and stops at one of them. */
static void test_limit(void **state)
{
    (void)state;
    begin();
    guest_row(&g, (struct vm_insn){.op = VM_ADDI, .rd = 5, .ra = 5, .imm = 1});
    guest_row(&g, (struct vm_insn){.op = VM_J, .target = 0});
    a_kernel(TEXT, NULL, 0);
    memset(g.vm.regs, 0, sizeof g.vm.regs);
    g.vm.row = g.program.entry_row;
    assert_int_equal(gn_vm_run(&g.vm, 0, NULL, NULL), VM_STOP_LIMIT);
    assert_true(g.vm.row == 0 && g.vm.steps == 0 && g.vm.rows_run == 2);
    assert_int_equal(gn_vm_run(&g.vm, 3, NULL, NULL), VM_STOP_LIMIT);
    assert_true(g.vm.row == 1 && g.vm.steps == 3 && g.vm.rows_run == 5 && g.vm.regs[5] == 2 && gn_vm_ts(&g.vm) == 28);
}

/* ---- the kernel's own ---- */
static void test_out(void **state)
{
    (void)state;
    static const struct vm_insn rows[] = {
        {.op = VM_MOVI, .rd = K + 5, .imm = 3},
        {.op = VM_OUT, .ra = K + 5, .rb = K + 10},
        {.op = VM_OUT, .ra = VM_REG_ZERO, .rb = K + 5},
    };
    for (unsigned observed = 0; observed < 2; observed++) {
        begin();
        guest_row(&g, (struct vm_insn){.op = VM_FAULT, .imm = VM_FAULT_BREAKPOINT});
        a_kernel(TEXT, rows, 3);
        assert_int_equal(run(observed), VM_STOP_HALT);
        assert_true(outs_n == 2 && outs[0].index == 3 && outs[0].word == trap(TEXT, 16));
        assert_true(outs[1].index == 0 && outs[1].word == 3);
        assert_true(!observed || (g.events[5].a == 3 && g.events[5].b == trap(TEXT, 16)));
        g.vm.hooks = (struct vm_hooks){0};
        assert_int_equal(run(observed), VM_STOP_HALT);
    }
}

/* Everything that goes wrong in kernel code ends the run there. */
static void test_kernel_faults(void **state)
{
    (void)state;
    static const struct {
        struct vm_insn insn;
        uint64_t k5;
        enum vm_fault fault;
    } cases[] = {
        {{.op = VM_FAULT, .imm = VM_FAULT_ILLEGAL}, 0, VM_FAULT_ILLEGAL},
        {{.op = VM_LD, .rd = K + 6, .ra = K + 5}, 16, VM_FAULT_LOAD},
        {{.op = VM_SD, .ra = K + 5, .rb = K + 5}, DATA + 8192, VM_FAULT_STORE},
        {{.op = VM_JALR, .rd = K + 6, .ra = K + 5}, TEXT, VM_FAULT_PC}, /* the user's place */
        {{.op = VM_JALR, .rd = K + 6, .ra = K + 5}, VM_KERNEL_TEXT + 2, VM_FAULT_PC},
        {{.op = VM_JALR, .rd = K + 6, .ra = K + 5}, VM_KERNEL_TEXT - 4, VM_FAULT_PC},
        {{.op = VM_JALR, .rd = K + 6, .ra = K + 5}, VM_KERNEL_TEXT + 4096, VM_FAULT_PC},
        {{.op = VM_J, .target = VM_NO_ROW, .link = VM_KERNEL_TEXT + 2}, 0, VM_FAULT_PC},
        {{.op = VM_RESUME, .rd = K + 6, .ra = K + 5}, TEXT + 1, VM_FAULT_PC},
        {{.op = VM_RESUME, .rd = K + 6, .ra = K + 5}, TEXT - 2, VM_FAULT_PC},
        {{.op = VM_RESUME, .rd = K + 6, .ra = K + 5}, TEXT + VM_TEXT_SPAN, VM_FAULT_PC},
        {{.op = VM_RESUME, .rd = K + 6, .ra = K + 5}, TEXT + (UINT64_C(1) << 32), VM_FAULT_PC},
    };
    for (unsigned k = 0; k < 2 * sizeof cases / sizeof cases[0]; k++) {
        const struct vm_insn rows[] = {{.op = VM_MOVI, .rd = K + 5, .imm = cases[k / 2].k5}, cases[k / 2].insn};
        begin();
        guest_row(&g, (struct vm_insn){.op = VM_ECALL});
        a_kernel(TEXT, rows, 2);
        assert_int_equal(run(k % 2), VM_STOP_FAULT);
        assert_true(g.vm.fault_in_kernel && g.vm.fault == cases[k / 2].fault && g.vm.steps == 1);
        assert_true(g.vm.regs[VM_REG_TRAP] == trap(TEXT, 17)); /* no trap of its own */
    }
}

static void test_kernel_jalr(void **state)
{
    (void)state;
    const struct vm_insn rows[] = {
        {.op = VM_MOVI, .rd = K + 5, .imm = VM_KERNEL_TEXT + 16},
        {.op = VM_JALR, .rd = K + 6, .ra = K + 5, .link = VM_KERNEL_TEXT + 12},
        {.op = VM_FAULT, .imm = VM_FAULT_ILLEGAL},
    };
    begin();
    guest_row(&g, (struct vm_insn){.op = VM_ECALL});
    a_kernel(TEXT, rows, 3);
    assert_int_equal(run(false), VM_STOP_HALT);
    assert_true(g.vm.regs[K + 6] == VM_KERNEL_TEXT + 12);
}

/* ---- memory ---- */
static bool user_may(enum vm_op op, uint64_t at)
{
    begin();
    guest_row(&g, (struct vm_insn){.op = VM_MOVI, .rd = 5, .imm = at});
    guest_row(&g, (struct vm_insn){.op = (uint8_t)op, .rd = op == VM_SD ? 0 : 6, .ra = 5, .rb = op == VM_SD ? 5 : 0});
    guest_row(&g, (struct vm_insn){.op = VM_ECALL});
    a_kernel(TEXT, NULL, 0);
    assert_int_equal(run(at % 16 == 0), VM_STOP_HALT);
    return g.vm.regs[K + 10] >> 32 & 1;
}

static bool kernel_may(enum vm_op op, uint64_t at)
{
    const struct vm_insn rows[] = {
        {.op = VM_MOVI, .rd = K + 5, .imm = at},
        {.op = (uint8_t)op, .rd = op == VM_SD ? 0 : K + 6, .ra = K + 5, .rb = op == VM_SD ? K + 5 : 0}};
    begin();
    guest_row(&g, (struct vm_insn){.op = VM_ECALL});
    a_kernel(TEXT, rows, 2);
    enum vm_stop stop = run(at % 16 == 0);
    assert_true(stop == VM_STOP_HALT || (stop == VM_STOP_FAULT && g.vm.fault_in_kernel));
    return stop == VM_STOP_HALT;
}

static void test_who_may_touch_what(void **state)
{
    (void)state;
    static const struct {
        uint64_t at;
        bool user_reads, user_writes, kernel_reads, kernel_writes;
    } cases[] = {
        {DATA, true, true, true, true},
        {DATA + 4096, true, false, true, true},
        {DATA + 4100, true, false, true, true},
        {DATA + 8192, true, false, true, false},
        {DATA + 8192 + 4000, true, false, true, false},
        {DATA + 12288, false, false, false, false},
        {DATA + 12288 - 4, false, false, false, false},
        {DATA + 16384, false, false, true, false}, /* of a page, and unaligned in it */
        {DATA + 16384 + 5, false, false, true, false},
        {DATA + 16384 + 9, false, false, false, false},
        {KERNEL_DATA, false, false, true, true},
        {KERNEL_DATA + 4096 - 8, false, false, true, true},
        {KERNEL_DATA + 4096 - 4, false, false, true, false}, /* into the next region */
        {KERNEL_DATA + 4096, false, false, true, false},
        {KERNEL_DATA + 4104, false, false, false, false},
        {(UINT64_C(1) << 32) - 8, true, false, true, true},
        {UINT64_C(1) << 32, true, false, true, true},
        {(UINT64_C(1) << 32) - 4, false, false, false, false}, /* across windows */
        {VM_KERNEL_BASE - 4, false, false, false, false},
        {VM_KERNEL_BASE + (UINT64_C(1) << 32), false, false, false, false},
        {KERNEL_DATA + (UINT64_C(1) << 37), false, false, false, false},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(user_may(VM_LD, cases[i].at), cases[i].user_reads);
        assert_int_equal(user_may(VM_SD, cases[i].at), cases[i].user_writes);
        assert_int_equal(kernel_may(VM_LD, cases[i].at), cases[i].kernel_reads);
        assert_int_equal(kernel_may(VM_SD, cases[i].at), cases[i].kernel_writes);
    }
    assert_true(gn_vm_memory_allows(memory, DATA, 12288, VM_READ));
    assert_false(gn_vm_memory_allows(memory, DATA, 4097, VM_WRITE));
    assert_false(gn_vm_memory_allows(memory, DATA, 12289, VM_READ));
    assert_false(gn_vm_memory_allows(memory, DATA + 16384, 1, VM_READ));
    assert_true(gn_vm_memory_allows(memory, 3, 0, VM_READ));
    assert_false(gn_vm_memory_allows(memory, DATA, UINT64_MAX, VM_READ));
}

/* ---- gn_vm_program_check ---- */
static void make_sound(void)
{
    begin();
    guest_row(&g, (struct vm_insn){.op = VM_ADD, .rd = 5, .ra = 5, .rb = 5});
    guest_row(&g, (struct vm_insn){.op = VM_ECALL});
    a_kernel(TEXT, NULL, 0);
}

static void assert_unsound(const char *text)
{
    struct gn_error err = {0};
    assert_int_equal(gn_vm_program_check(&g.program, &err), GN_INTERNAL);
    if (strstr(err.text, text) == NULL) {
        fail_msg("\"%s\" does not speak of \"%s\"", err.text, text);
    }
    make_sound();
}

#define UNSOUND(what, text)   \
    do {                      \
        make_sound();         \
        what;                 \
        assert_unsound(text); \
    } while (0)

static void test_unsound_programs(void **state)
{
    (void)state;
    struct gn_error err;
    make_sound();
    assert_int_equal(gn_vm_program_check(&g.program, &err), GN_OK);
    UNSOUND(g.rows[0].rd = K + 1, "register of the kernel");
    UNSOUND(g.rows[0].ra = K + 1, "register of the kernel");
    UNSOUND(g.rows[0].rb = VM_REG_TRAP, "register of the kernel");
    UNSOUND(g.rows[0].op = VM_RESUME, "privilege");
    UNSOUND(g.rows[0].op = VM_OUT, "privilege");
    UNSOUND(g.rows[0].op = VM_HALT, "privilege");
    UNSOUND(g.rows[2].op = VM_ECALL, "privilege");
    UNSOUND(g.rows[2].op = VM_SYSCALL, "privilege");
    UNSOUND(g.rows[0].next = 2, "privilege");
    UNSOUND(g.rows[2].next = 0, "privilege");
    UNSOUND((g.rows[0].op = VM_J, g.rows[0].target = 3), "privilege");
    UNSOUND((g.rows[2].op = VM_J, g.rows[2].target = 0), "privilege");
    UNSOUND(g.first_of_insn[2] = 1, "first_of_insn");
    UNSOUND(g.program.entry_row = 0, "entry");
    UNSOUND(g.program.kernel_rows_n = 99, "entry");
    UNSOUND(g.program.vector_row = 0, "vector");
    UNSOUND(g.program.vector_row = 3, "vector");
    UNSOUND(kernel_places[0] = VM_NO_ROW, "vector");
    UNSOUND(kernel_places[2] = 0, "pc 0x1080000004");
    UNSOUND(kernel_places[2] = 99, "pc 0x1080000004");
    UNSOUND(g.program.kernel_text_size = 0, "kernel's text");
    UNSOUND(g.program.kernel_text_size = 3, "kernel's text");
    UNSOUND(g.program.kernel_text_size = VM_TEXT_SPAN + 2, "kernel's text");
}

/* ---- words that come into being while a program runs ---- */
static enum vm_stop declare(uint64_t base, uint64_t size, uint64_t kind)
{
    begin();
    guest_row(&g, (struct vm_insn){.op = VM_J, .target = 0});
    uint32_t vector = kernel_row((struct vm_insn){.op = VM_HALT});
    g.rows[vector].next = VM_NO_ROW;
    g.program.entry_row = kernel_row((struct vm_insn){.op = VM_MOVI, .rd = K + 1, .imm = base});
    kernel_row((struct vm_insn){.op = VM_MOVI, .rd = K + 2, .imm = size});
    kernel_row((struct vm_insn){.op = VM_MOVI, .rd = K + 3, .imm = kind});
    kernel_row((struct vm_insn){.op = VM_DECLARE, .rd = K + 3, .ra = K + 1, .rb = K + 2});
    uint32_t halt = kernel_row((struct vm_insn){.op = VM_HALT});
    g.rows[halt].next = VM_NO_ROW;
    return run(false);
}

static bool allowed_to_user(uint64_t at, uint64_t n, unsigned permissions)
{
    return gn_vm_memory_allows(memory, at, n, permissions);
}

static void test_declare(void **state)
{
    (void)state;
    uint64_t at = UINT64_C(3) << 32;
    uint8_t byte;
    assert_false(allowed_to_user(at, 1, 0));
    assert_int_equal(declare(at, 64, VM_WORDS_WRITABLE), VM_STOP_HALT);
    assert_true(g.vm.regs[K + 3] == VM_WORDS_WRITABLE && gn_vm_ts(&g.vm) == 24);
    assert_true(allowed_to_user(at, 64, VM_READ | VM_WRITE) && !allowed_to_user(at + 63, 2, VM_READ));
    assert_true(gn_vm_memory_read(memory, at, &byte, 1) && byte == 0);
    assert_int_equal(declare(at + 64, 16, VM_WORDS_READABLE), VM_STOP_HALT);
    assert_true(allowed_to_user(at + 64, 16, VM_READ) && !allowed_to_user(at + 64, 1, VM_WRITE) &&
                allowed_to_user(at, 80, VM_READ));
    assert_int_equal(declare(at + 80, 8, VM_WORDS_PRIVATE), VM_STOP_HALT);
    assert_true(!allowed_to_user(at + 80, 1, VM_READ) && gn_vm_memory_write(memory, at + 80, &byte, 1));
    /* words of some bytes: every interval, both ways */
    uint64_t word = at + 4096;
    unsigned interval = 0;
    for (unsigned first = 0; first < 8; first++) {
        for (unsigned n = 1; first + n <= 8; n++, interval++) {
            for (unsigned writable = 0; writable < 2; writable++, word += 16) {
                assert_int_equal(declare(word, 8, VM_WORDS_BYTES + interval + writable * VM_WORDS_INTERVALS),
                                 VM_STOP_HALT);
                assert_true(allowed_to_user(word + first, n, VM_READ) &&
                            allowed_to_user(word + first, n, VM_WRITE) == (writable != 0));
                assert_true((first == 0 || !allowed_to_user(word + first - 1, 1, VM_READ)) &&
                            !allowed_to_user(word + first + n, 1, VM_READ));
            }
        }
    }
    assert_int_equal(interval, VM_WORDS_INTERVALS);
    /* what cannot be */
    static const uint64_t wrong[][3] = {{0, 0, 1},
                                        {1, 8, 1},
                                        {0, 4, 1},
                                        {0, 8, 0},
                                        {0, 8, 3},
                                        {0, 8, 4},
                                        {0, 8, 6},
                                        {0, 8, 7},
                                        {0, 8, VM_WORDS_BYTES + 2 * VM_WORDS_INTERVALS},
                                        {0, 16, VM_WORDS_BYTES}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(declare(at + (1 << 20) + wrong[i][0], wrong[i][1], wrong[i][2]), VM_STOP_FAULT);
        assert_true(g.vm.fault_in_kernel);
    }
    assert_int_equal(declare(at + 56, 8, VM_WORDS_WRITABLE), VM_STOP_FAULT); /* is there already */
    assert_true(g.vm.fault_in_kernel);
    assert_int_equal(declare((UINT64_C(5) << 32) - 8, 16, VM_WORDS_WRITABLE), VM_STOP_FAULT); /* beyond the windows */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_fault_becomes_a_trap),
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_nowhere),
        cmocka_unit_test(test_frames_put_aside),
        cmocka_unit_test(test_frame_that_is_not_open),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_out),
        cmocka_unit_test(test_kernel_faults),
        cmocka_unit_test(test_kernel_jalr),
        cmocka_unit_test(test_who_may_touch_what),
        cmocka_unit_test(test_unsound_programs),
        cmocka_unit_test(test_declare),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
