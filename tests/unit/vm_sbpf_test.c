/* SPDX-License-Identifier: Apache-2.0 */
/* vm_sbpf_test.c - the core instructions that only sBPF has: checked divisions, byte order, branches, store immediate, calls and frames. */
#include "vm_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "vm/trace.h"

static struct vm_memory *memory;

static int setup(void **state)
{
    (void)state;
    memory = guest_memory();
    guest_map(memory, DATA, 4096, VM_READ | VM_WRITE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    gn_vm_memory_destroy(memory);
    return 0;
}

static const uint64_t values[] = {0,
                                  1,
                                  2,
                                  3,
                                  1000,
                                  0x7fffffff,
                                  0x80000000,
                                  0xffffffff,
                                  0x100000000,
                                  0x123456789abcdef0,
                                  INT64_MAX,
                                  (uint64_t)INT64_MIN,
                                  0xffffffff80000000,
                                  UINT64_MAX - 2,
                                  UINT64_MAX};
enum { VALUES = sizeof values / sizeof values[0] };

/* ---- divisions: |a| = q |b| + r by repeated subtraction of doubled divisors, signs put back ---- */
static void divide_plainly(uint64_t a, uint64_t b, uint64_t *q, uint64_t *r)
{
    *q = 0;
    *r = 0;
    for (unsigned i = 64; i-- > 0;) {
        bool top = *r >> 63 != 0;
        *r = 2 * *r + (a >> i & 1);
        if (top || *r >= b) {
            *r -= b;
            *q |= UINT64_C(1) << i;
        }
    }
}

struct division {
    enum vm_op op, op_i;
    bool is_signed, word, remainder;
};
static const struct division divisions[] = {
    {VM_CDIVU, VM_CDIVUI, false, false, false},    {VM_CREMU, VM_CREMUI, false, false, true},
    {VM_CDIVUWZ, VM_CDIVUIWZ, false, true, false}, {VM_CREMUWZ, VM_CREMUIWZ, false, true, true},
    {VM_CDIV, VM_CDIVI, true, false, false},       {VM_CREM, VM_CREMI, true, false, true},
    {VM_CDIVWZ, VM_CDIVIWZ, true, true, false},    {VM_CREMWZ, VM_CREMIWZ, true, true, true},
};

static enum vm_fault expected_division(const struct division *d, uint64_t a, uint64_t b, uint64_t *result)
{
    unsigned width = d->word ? 32 : 64;
    uint64_t mask = UINT64_MAX >> (64 - width), top = UINT64_C(1) << (width - 1);
    a &= mask;
    b &= mask;
    if (b == 0) {
        return VM_FAULT_DIVIDE_ZERO;
    }
    if (d->is_signed && a == top && b == mask) {
        return VM_FAULT_DIVIDE_OVERFLOW;
    }
    bool minus_a = d->is_signed && (a & top) != 0, minus_b = d->is_signed && (b & top) != 0;
    uint64_t q, r;
    divide_plainly(minus_a ? -a & mask : a, minus_b ? -b & mask : b, &q, &r);
    q = minus_a != minus_b ? -q : q;
    r = minus_a ? -r : r;
    *result = (d->remainder ? r : q) & mask;
    return VM_FAULT_NONE;
}

static void check_division(const struct division *d, bool immediate, bool observed, uint64_t a, uint64_t b)
{
    struct guest g;
    uint64_t wanted = 0;
    guest_init(&g, memory);
    guest_row(&g, immediate ? (struct vm_insn){.op = (uint8_t)d->op_i, .rd = 5, .ra = 5, .imm = b}
                            : (struct vm_insn){.op = (uint8_t)d->op, .rd = 5, .ra = 5, .rb = 6});
    guest_end(&g);
    g.vm.regs[5] = a;
    g.vm.regs[6] = b;
    enum vm_fault fault = expected_division(d, a, b, &wanted);
    enum vm_stop stop = guest_run(&g, observed);
    if (fault != VM_FAULT_NONE) {
        assert_true(stop == VM_STOP_FAULT && g.vm.fault == fault && g.vm.row == 0 && g.vm.steps == 0);
        assert_true(g.vm.regs[5] == a && g.vm.fault_pc == TEXT && g.events_n == 0);
        return;
    }
    assert_int_equal(stop, VM_STOP_ECALL);
    if (g.vm.regs[5] != wanted) {
        fail_msg("%s of 0x%llx and 0x%llx: 0x%llx instead of 0x%llx", gn_vm_op_name(g.rows[0].op),
                 (unsigned long long)a, (unsigned long long)b, (unsigned long long)g.vm.regs[5],
                 (unsigned long long)wanted);
    }
    assert_true(!observed ||
                (g.events[0].a == a && g.events[0].b == b && g.events[0].before == a && g.events[0].result == wanted));
}

static void test_divisions(void **state)
{
    (void)state;
    for (unsigned k = 0; k < sizeof divisions / sizeof divisions[0]; k++) {
        for (unsigned i = 0; i < 4 * VALUES * VALUES; i++) {
            check_division(&divisions[k], i & 1, i >> 1 & 1, values[i / 4 % VALUES], values[i / 4 / VALUES]);
        }
    }
}

/* ---- byte order ---- */
static void test_byte_order(void **state)
{
    (void)state;
    static const struct {
        enum vm_op op;
        uint64_t wanted;
    } cases[] = {{VM_BSWAPH, 0x8899}, {VM_BSWAPW, 0x8899aabb}, {VM_BSWAPD, 0x8899aabb44332211}};
    for (unsigned k = 0; k < 6; k++) {
        struct guest g;
        guest_init(&g, memory);
        guest_row(&g, (struct vm_insn){.op = (uint8_t)cases[k / 2].op, .rd = 5, .ra = 5});
        guest_end(&g);
        g.vm.regs[5] = 0x11223344bbaa9988;
        assert_int_equal(guest_run(&g, k % 2), VM_STOP_ECALL);
        assert_true(g.vm.regs[5] == cases[k / 2].wanted);
    }
}

/* ---- branches ---- */
static uint64_t biased(uint64_t x) /* signed order as an unsigned one */
{
    return x ^ UINT64_C(1) << 63;
}

static uint64_t low(uint64_t x)
{
    return x << 32 >> 32;
}

static uint64_t biased_low(uint64_t x)
{
    return low(x) ^ 0x80000000;
}

#define BRANCHES(X)                                      \
    X(VM_OPS, VM_BEQI, a == b)                           \
    X(VM_OPS, VM_BNEI, a != b)                           \
    X(VM_OPS, VM_BLTI, biased(a) < biased(b))            \
    X(VM_OPS, VM_BGEI, biased(a) >= biased(b))           \
    X(VM_OPS, VM_BLTUI, a < b)                           \
    X(VM_OPS, VM_BGEUI, a >= b)                          \
    X(VM_BSET, VM_BSETI, (a & b) != 0)                   \
    X(VM_BSETW, VM_OPS, low(a &b) != 0)                  \
    X(VM_BEQW, VM_BEQIW, low(a) == low(b))               \
    X(VM_BNEW, VM_BNEIW, low(a) != low(b))               \
    X(VM_BLTW, VM_BLTIW, biased_low(a) < biased_low(b))  \
    X(VM_BGEW, VM_BGEIW, biased_low(a) >= biased_low(b)) \
    X(VM_BLTUW, VM_BLTUIW, low(a) < low(b))              \
    X(VM_BGEUW, VM_BGEUIW, low(a) >= low(b))

static void check_branch(enum vm_op op, bool immediate, uint64_t a, uint64_t b, bool taken)
{
    for (unsigned observed = 0; op != VM_OPS && observed < 2; observed++) {
        struct guest g;
        guest_init(&g, memory);
        guest_row(&g, (struct vm_insn){
                          .op = (uint8_t)op, .ra = 5, .rb = immediate ? 0 : 6, .imm = immediate ? b : 0, .target = 2});
        guest_row(&g, (struct vm_insn){.op = VM_ADDI, .rd = 7, .ra = 7, .imm = 1});
        guest_end(&g);
        g.vm.regs[5] = a;
        g.vm.regs[6] = b;
        assert_int_equal(guest_run(&g, observed), VM_STOP_ECALL);
        if (g.vm.regs[7] == taken) {
            fail_msg("%s of 0x%llx and 0x%llx", gn_vm_op_name(op), (unsigned long long)a, (unsigned long long)b);
        }
        assert_true(!observed || (g.events[0].taken == taken && g.events[0].a == a && g.events[0].b == b));
    }
}

static void test_branches(void **state)
{
    (void)state;
    for (unsigned i = 0; i < VALUES * VALUES; i++) {
        uint64_t a = values[i % VALUES], b = values[i / VALUES];
#define X(op, op_i, condition)                \
    check_branch(op, false, a, b, condition); \
    check_branch(op_i, true, a, b, condition);
        BRANCHES(X)
#undef X
    }
}

/* ---- store immediate ---- */
static void test_store_immediate(void **state)
{
    (void)state;
    static const enum vm_op ops[] = {VM_SBI, VM_SHI, VM_SWI, VM_SDI};
    const uint64_t old = 0x1111111111111111, value = 0x8877665544332211;
    for (unsigned k = 0; k < 8; k++) {
        unsigned width = 1u << k / 2;
        struct guest g;
        guest_init(&g, memory);
        guest_row(&g, (struct vm_insn){.op = (uint8_t)ops[k / 2], .ra = 5, .imm = (uint64_t)-3, .link = value});
        guest_end(&g);
        g.vm.regs[5] = DATA + 19;
        assert_true(gn_vm_memory_write(memory, DATA + 16, &old, 8));
        assert_int_equal(guest_run(&g, k % 2), VM_STOP_ECALL);
        uint64_t mask = UINT64_MAX >> (64 - 8 * width), now;
        assert_true(gn_vm_memory_read(memory, DATA + 16, &now, 8) && now == ((value & mask) | (old & ~mask)));
        if (k % 2) {
            const struct vm_event *e = &g.events[0];
            assert_true(e->address == DATA + 16 && e->width == width && e->memory_before == (old & mask));
            assert_true(e->b == value && e->result == (value & mask));
        }
        g.vm.regs[5] = DATA + 3 + 4096 - width + 1;
        assert_int_equal(guest_run(&g, k % 2), VM_STOP_FAULT);
        assert_true(g.vm.fault == VM_FAULT_STORE && g.vm.fault_address == DATA + 4096 - width + 1);
    }
}

/* ---- calls ---- */

/* 0: call 3;  1: ecall (end of the outermost frame);  2: -;  3: r6 = 60, then exit */
static void make_call(struct guest *g, struct vm_insn call)
{
    guest_init(g, memory);
    guest_row(g, call);
    guest_row(g, (struct vm_insn){.op = VM_ECALL});
    guest_row(g, (struct vm_insn){.op = VM_FAULT, .rd = VM_REG_SINK, .imm = VM_FAULT_ILLEGAL});
    guest_row(g, (struct vm_insn){.op = VM_MOVI, .rd = VM_REG_R6, .imm = 60});
    guest_row(g, (struct vm_insn){.op = VM_MOVI, .rd = VM_REG_R10, .imm = 100});
    guest_row(g, (struct vm_insn){.op = VM_EXIT});
    guest_end(g);
    for (unsigned i = 0; i <= 10; i++) {
        g->vm.regs[VM_REG_R0 + i] = i;
    }
}

static void check_call(struct guest *g, unsigned observed)
{
    g->vm.regs[VM_REG_FRAME] = 0;
    assert_int_equal(guest_run(g, observed), VM_STOP_ECALL);
    assert_true(g->vm.row == 1 && g->vm.steps == 5);
    for (unsigned i = 0; i <= 10; i++) {
        assert_true(g->vm.regs[VM_REG_R0 + i] == i || (g->rows[0].op == VM_CALLX && i == 3));
    }
    assert_true(g->vm.regs[VM_REG_FRAME] == 0);
    if (observed) {
        const struct vm_event *e = &g->events[0];
        assert_true(e->before == 10 && e->result == 10 + 4096 && e->taken);
        assert_true(g->events[3].before >> 32 == 1 && (uint32_t)g->events[3].before == 8 && g->events[3].result == 0);
        const uint64_t *left = gn_vm_frame(&g->vm, g->vm.frames_n)->saved;
        assert_true(g->vm.frames_n == 0 && left[0] == 60 && left[1] == 7 && left[4] == 100);
    }
}

static void test_call(void **state)
{
    (void)state;
    struct guest g;
    for (unsigned k = 0; k < 2; k++) {
        make_call(&g, (struct vm_insn){.op = VM_CALL, .rd = VM_REG_R10, .imm = 4096, .target = 3});
        check_call(&g, k);
        /* a slot of the fixture's table is half of an instruction of 4 bytes */
        make_call(&g, (struct vm_insn){
                          .op = VM_CALLX, .rd = VM_REG_R10, .ra = VM_REG_R0 + 3, .imm = 4096, .link = 0x100000120});
        g.vm.regs[VM_REG_R0 + 3] = 0x100000120 + 8 * 6 + 7; /* rounded down */
        check_call(&g, k);
    }
}

static void test_call_target(void **state)
{
    (void)state;
    static const uint64_t bad[] = {0, 0x10000011f, 0x100000120 + 8 * 14, UINT64_MAX, 0x100000120 + 8 * 7};
    for (unsigned k = 0; k < 2 * sizeof bad / sizeof bad[0]; k++) {
        struct guest g;
        make_call(&g, (struct vm_insn){.op = VM_CALLX, .rd = VM_REG_R10, .ra = 4, .imm = 4096, .link = 0x100000120});
        g.vm.regs[4] = bad[k / 2];
        assert_int_equal(guest_run(&g, k % 2), VM_STOP_FAULT);
        assert_true(g.vm.fault == VM_FAULT_CALL_TARGET && g.vm.fault_address == bad[k / 2] && g.vm.steps == 0);
        assert_true(g.vm.regs[VM_REG_FRAME] == 0 && g.vm.regs[VM_REG_R10] == 10);
        g.vm.regs[VM_REG_FRAME] = UINT64_C(63) << 32; /* depth comes first */
        assert_int_equal(guest_run(&g, k % 2), VM_STOP_FAULT);
        assert_int_equal(g.vm.fault, VM_FAULT_CALL_DEPTH);
    }
}

/* 63 calls succeed, the 64th faults; as many exits come back, the next one faults. */
static void test_depth(void **state)
{
    (void)state;
    struct guest g;
    for (unsigned k = 0; k < 2; k++) {
        guest_init(&g, memory);
        guest_row(&g, (struct vm_insn){.op = VM_CALL, .rd = VM_REG_R10, .imm = 8192, .target = 0});
        guest_row(&g, (struct vm_insn){.op = VM_EXIT});
        guest_end(&g);
        assert_int_equal(guest_run(&g, k), VM_STOP_FAULT);
        assert_true(g.vm.fault == VM_FAULT_CALL_DEPTH && g.vm.row == 0 && g.vm.steps == 63);
        assert_true(g.vm.regs[VM_REG_R10] == 63 * 8192 && g.vm.regs[VM_REG_FRAME] >> 32 == 63);
        g.vm.row = 1;
        g.vm.steps = 0;
        assert_int_equal(gn_vm_run(&g.vm, 1000, k ? guest_observe : NULL, &g), VM_STOP_FAULT);
        assert_true(g.vm.fault == VM_FAULT_EXIT && g.vm.row == 1 && g.vm.steps == 63);
        assert_true(g.vm.regs[VM_REG_R10] == 0 && g.vm.regs[VM_REG_FRAME] == 0);
    }
}

static void test_syscall(void **state)
{
    (void)state;
    struct guest g;
    for (unsigned k = 0; k < 2; k++) {
        guest_init(&g, memory);
        guest_row(&g, (struct vm_insn){.op = VM_SYSCALL, .imm = 0x207559bd});
        guest_end(&g);
        assert_int_equal(guest_run(&g, k), VM_STOP_ECALL);
        assert_true(g.vm.row == 0 && g.vm.steps == 1);
    }
}

/* In a trace, an EXIT changes the registers that it restores; a system call those that the host changed. */
static void test_trace(void **state)
{
    (void)state;
    static const char *const wanted[] = {
        "\"opcode\":\"call\",\"operands\":\"x11, 4096, @3\"",
        "\"registers\":{\"r10\":{\"before\":\"0xa\",\"after\":\"0x100a\"}}",
        "\"registers\":{\"r6\":{\"before\":\"0x3c\",\"after\":\"0x6\"},\"r10\":{\"before\":\"0x64\",\"after\":\"0xa\"}",
        "\"registers\":{\"r0\":{\"before\":\"0x0\",\"after\":\"0x7\"},\"r6\":{\"before\":\"0x6\",\"after\":\"0x9\"}}"};
    struct guest g;
    struct vm_trace *t = calloc(1, sizeof *t);
    struct gn_error err;
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    make_call(&g, (struct vm_insn){.op = VM_CALL, .rd = VM_REG_R10, .imm = 4096, .target = 3});
    g.rows[1] = (struct vm_insn){.op = VM_SYSCALL, .next = 5}; /* then an EXIT, into the frame that is made below */
    g.vm.regs[VM_REG_FRAME] = UINT64_C(1) << 32;
    *gn_vm_frame(&g.vm, 0) = (struct vm_frame){.saved = {1, 2, 3, 4, 5}, .row = 6};
    g.vm.frames_n = 1;
    const struct vm_trace_options options = {.to = UINT64_MAX, .sbpf = true};
    const struct vm_trace_final final = {.outcome = "stopped"};
    assert_int_equal(gn_vm_trace_begin(t, out, &g.vm, &options, &err), GN_OK);
    assert_int_equal(gn_vm_run(&g.vm, 1000, gn_vm_trace_observe, t), VM_STOP_ECALL);
    assert_int_equal(g.vm.row, 1);
    g.vm.regs[VM_REG_R0] = 7;
    g.vm.regs[VM_REG_R6] = 9;
    g.vm.row = 5;
    assert_int_equal(gn_vm_run(&g.vm, 1000, gn_vm_trace_observe, t), VM_STOP_ECALL);
    assert_int_equal(gn_vm_trace_end(t, &g.vm, &final, &err), GN_OK);
    fclose(out);
    const char *at = text;
    for (unsigned i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        const char *found = strstr(at, wanted[i]);
        if (found == NULL) {
            fail_msg("%s is not in, or not in its place in %s", wanted[i], text);
        }
        at = found;
    }
    assert_non_null(strstr(at, "\"r6\":{\"before\":\"0x9\",\"after\":\"0x1\"}")); /* the EXIT behind the system call */
    free(text);
    free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_divisions),       cmocka_unit_test(test_byte_order), cmocka_unit_test(test_branches),
        cmocka_unit_test(test_store_immediate), cmocka_unit_test(test_call),       cmocka_unit_test(test_call_target),
        cmocka_unit_test(test_depth),           cmocka_unit_test(test_syscall),    cmocka_unit_test(test_trace),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
