/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of sBPF, system calls and stores of constants: executor, tables and what the sBPF rules say agree, at the edges too. */
#include "cm.h"

#include <string.h>

#include "machines_rv/run.h"
#include "sbpf/sbpf.h"
#include "support/proven.h"

#define R(i) (VM_REG_R0 + (i))

/* r9 is what the kernel of rv_open says */
static void open_slots(struct rv_run *r, const struct vm_insn *rows, uint32_t n)
{
    rv_open_source(r, &(struct rv_source){.rows = rows, .rows_n = n, .sbpf = true, .traps = true});
    assert_int_equal(rv_failures(r, true), 0);
}

/* ---- nesting ---- */

/* f(n): r6 = n; n > 1: f(n - 1); r0 += r6.  So r0 is the sum of 1 ... n if r6 is kept, and r7 = r10 of the deepest frame.  The callee spoils r6 ... r8. */
static void nest(struct rv_run *r, uint64_t n, uint64_t stride)
{
    const struct vm_insn rows[] = {
        {.op = VM_MOVI, .rd = R(10), .imm = 0x200001000},
        {.op = VM_MOVI, .rd = R(1), .imm = n},
        {.op = VM_MOVI, .rd = R(8), .imm = 0xdeadbeefdeadbeef},
        {.op = VM_CALL, .rd = R(10), .imm = stride, .target = 6},
        {.op = VM_ADD, .rd = R(9), .ra = R(0), .rb = R(8)},
        {.op = VM_SYSCALL, .imm = 0x12345678},
        {.op = VM_MOV, .rd = R(6), .ra = R(1)}, /* 6: f */
        {.op = VM_MOVI, .rd = R(8), .imm = 8},
        {.op = VM_MOV, .rd = R(7), .ra = R(10)},
        {.op = VM_ADDI, .rd = R(1), .ra = R(1), .imm = UINT64_MAX},
        {.op = VM_BEQ, .ra = R(1), .rb = VM_REG_ZERO, .target = 12},
        {.op = VM_CALL, .rd = R(10), .imm = stride, .target = 6},
        {.op = VM_ADD, .rd = R(0), .ra = R(0), .rb = R(6)},
        {.op = VM_MOVI, .rd = R(9), .imm = 9},
        {.op = VM_EXIT},
    };
    open_slots(r, rows, MX_COUNT(rows));
}

static void frames_nest(void **state)
{
    (void)state;
    static const uint64_t depths[] = {1, 2, 63}, strides[] = {8192, 4096, 0};
    struct rv_run r;
    for (unsigned i = 0; i < 3; i++) {
        uint64_t n = depths[i];
        nest(&r, n, strides[i]);
        assert_int_equal(r.vm.fault, VM_FAULT_NONE);
        assert_int_equal(rv_word(&r, 0), n * (n + 1) / 2 + 0xdeadbeefdeadbeef);
        assert_int_equal(r.vm.regs[R(10)], 0x200001000);
        assert_int_equal(r.vm.regs[VM_REG_FRAME], 0);
        assert_int_equal(rv_height(&r, "call"), n);
        assert_int_equal(rv_height(&r, "frame"), n);
        assert_int_equal(rv_height(&r, "exit"), n);
        assert_verdict(rv_prove(&r), GN_ACCEPT);
        rv_close(&r);
    }
}

/* The 64th call traps; 63 frames stay open. */
static void too_deep(void **state)
{
    (void)state;
    struct rv_run r;
    nest(&r, 64, 4096);
    assert_int_equal(r.vm.fault, VM_FAULT_CALL_DEPTH);
    assert_int_equal(r.vm.fault_pc, MX_TEXT + 2 * 11);
    assert_int_equal(rv_height(&r, "call"), 63);
    assert_int_equal(rv_height(&r, "exit"), 0);
    assert_int_equal(rv_height(&r, "trap"), 1);
    assert_int_equal(r.vm.regs[R(10)], 0x200001000 + 63 * 4096);
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    rv_close(&r);
}

static void exit_of_the_first_frame(void **state)
{
    (void)state;
    static const struct vm_insn rows[] = {
        {.op = VM_CALL, .rd = R(10), .imm = 4096, .target = 1}, {.op = VM_EXIT}, /* to itself, and then for good */
    };
    struct rv_run r;
    open_slots(&r, rows, 2);
    assert_int_equal(r.vm.fault, VM_FAULT_EXIT);
    assert_int_equal(rv_height(&r, "exit"), 1);
    assert_int_equal(rv_height(&r, "trap"), 1);
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    rv_close(&r);
}

/* r10 + stride modulo 2^64, whatever r10 is; the callee may change it. */
static void every_carry_of_r10(void **state)
{
    (void)state;
    static const uint64_t values[] = {0,          0xdfff,         0xe000,         0xfffff000,         0xffffffffe000,
                                      0xffffffff, 0xffffffffffff, 0xffffe000ffff, 0xffffffffffffe000, UINT64_MAX};
    static struct vm_insn rows[2 * MX_COUNT(values) + 4];
    uint32_t n = 0;
    for (unsigned i = 0; i < MX_COUNT(values); i++) {
        rows[n++] = (struct vm_insn){.op = VM_MOVI, .rd = R(10), .imm = values[i]};
        rows[n++] = (struct vm_insn){.op = VM_CALL, .rd = R(10), .imm = 8192, .target = 2 * MX_COUNT(values) + 1};
    }
    rows[n++] = (struct vm_insn){.op = VM_SYSCALL};
    rows[n++] = (struct vm_insn){.op = VM_MOV, .rd = R(9), .ra = R(10)};
    rows[n++] = (struct vm_insn){.op = VM_ADDI, .rd = R(10), .ra = R(10), .imm = 64};
    rows[n++] = (struct vm_insn){.op = VM_EXIT};
    struct rv_run r;
    open_slots(&r, rows, n);
    for (unsigned i = 0; i < MX_COUNT(values); i++) {
        const struct mx_frame_record *frame = mx_recorder_records(r.recorder, MX_FRAME, &(size_t){0});
        assert_int_equal(frame[i].left[4], values[i] + 8192 + 64);
    }
    assert_int_equal(r.vm.regs[R(10)], UINT64_MAX);
    rv_close(&r);
}

/* Registers that nobody touches for long: their logs are bridged before the call and before the exit. */
static void long_gaps(void **state)
{
    (void)state;
    static const struct vm_insn rows[] = {
        {.op = VM_CALL, .rd = R(10), .imm = 4096, .target = 2},
        {.op = VM_SYSCALL},
        {.op = VM_MOVI, .rd = R(1), .imm = 20000},
        {.op = VM_ADDI, .rd = R(1), .ra = R(1), .imm = UINT64_MAX},
        {.op = VM_BNE, .ra = R(1), .rb = VM_REG_ZERO, .target = 3},
        {.op = VM_EXIT},
    };
    struct rv_run r;
    open_slots(&r, rows, MX_COUNT(rows));
    assert_true(rv_height(&r, "refresh") >= 2 * 6); /* r6 ... r10 and FRAME, 2 * 65536 ticks each */
    rv_close(&r);
}

/* ---- computed calls ---- */
enum { TEXT_SLOTS = 7 };

/* Returns the fault; r is open. */
static enum vm_fault call_address(struct rv_run *r, uint64_t text, uint64_t address)
{
    const struct vm_insn rows[TEXT_SLOTS] = {
        {.op = VM_BNE, .ra = R(5), .rb = VM_REG_ZERO, .target = 5},
        {.op = VM_MOVI, .rd = R(5), .imm = 1},
        {.op = VM_MOVI, .rd = R(9), .imm = address},
        {.op = VM_CALLX, .rd = R(10), .ra = R(9), .imm = 8192, .link = text},
        {.op = VM_SYSCALL},
        {.op = VM_EXIT},
        {.op = VM_EXIT},
    };
    open_slots(r, rows, TEXT_SLOTS);
    return r->vm.fault;
}

static void computed_calls(void **state)
{
    (void)state;
    static const uint64_t texts[] = {0x100000000, 0x100000120, 0, 0xfffffffffffffff8, 0x1fffc, 0xffffffff7fffffff};
    static const uint64_t inside[] = {0, 1, 7, 8 * 4, 8 * 5, 8 * 5 + 3, 8 * 6, 8 * 6 + 7};
    static const uint64_t outside[] = {8 * 7,   8 * 7 + 1,   (uint64_t)-1,    (uint64_t)-8,
                                       0x10000, 0x100000000, 0x1000000000000, UINT64_C(1) << 63};
    struct rv_run r;
    for (unsigned k = 0; k < MX_COUNT(texts); k++) {
        for (unsigned i = 0; i < MX_COUNT(inside); i++) {
            assert_int_equal(call_address(&r, texts[k], texts[k] + inside[i]), VM_FAULT_NONE);
            assert_int_equal(rv_height(&r, "callx"), 1);
            assert_int_equal(rv_height(&r, "exit"), inside[i] / 8 != 4);
            rv_close(&r);
        }
        for (unsigned i = 0; i < MX_COUNT(outside); i++) {
            assert_int_equal(call_address(&r, texts[k], texts[k] + outside[i]), VM_FAULT_CALL_TARGET);
            assert_int_equal(rv_height(&r, "callx"), 0);
            assert_int_equal(rv_height(&r, "trap"), 1);
            rv_close(&r);
        }
    }
    call_address(&r, texts[1], texts[1] + 8 * 6 + 5);
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    rv_close(&r);
}

/* Text with a place that holds no instruction cannot be called into. */
static void computed_calls_need_slots(void **state)
{
    (void)state;
    struct vm_insn rows[] = {{.op = VM_CALLX, .rd = R(10), .ra = R(9), .next = 0}, {.op = VM_HALT, .next = 1}};
    uint64_t pcs[] = {MX_TEXT, VM_KERNEL_TEXT};
    uint8_t firsts[] = {1, 0};
    uint32_t halfwords[] = {0, VM_NO_ROW};
    struct vm_program core = {.rows = rows,
                              .pc_of_row = pcs,
                              .first_of_insn = firsts,
                              .rows_n = 2,
                              .kernel_rows_n = 1,
                              .text_base = MX_TEXT,
                              .text_size = 2,
                              .row_of_halfword = halfwords,
                              .entry_row = 1,
                              .vector_row = 1};
    struct mx_program *p = NULL;
    struct gn_error err;
    assert_int_equal(mx_program_create(&p, &core, MX_USER_SBPF, NULL, 0, &err), GN_OK);
    mx_program_destroy(p);
    p = NULL;
    core.text_size = 4;
    assert_int_equal(mx_program_create(&p, &core, MX_USER_SBPF, NULL, 0, &err), GN_INTERNAL);
    core.text_size = 2;
    core.text_base = MX_TEXT + 2;
    assert_int_equal(mx_program_create(&p, &core, MX_USER_SBPF, NULL, 0, &err), GN_INTERNAL);
    core.text_base = MX_TEXT;
    rows[0] = (struct vm_insn){.op = VM_MOVI, .rd = VM_REG_FRAME}; /* FRAME is for calls only */
    assert_int_equal(mx_program_create(&p, &core, MX_USER_SBPF, NULL, 0, &err), GN_INTERNAL);
    rows[0] = (struct vm_insn){.op = VM_CALLX, .rd = R(10), .ra = VM_REG_FRAME};
    assert_int_equal(mx_program_create(&p, &core, MX_USER_SBPF, NULL, 0, &err), GN_INTERNAL);
}

/* ---- system calls ---- */
static void system_calls(void **state)
{
    (void)state;
    static const struct vm_insn user[] = {{.op = VM_MOVI, .rd = R(1), .imm = 5}, {.op = VM_SYSCALL, .imm = 0x207559bd}};
    static const struct vm_insn kernel[] = {
        {.op = VM_OUT, .ra = VM_REG_ZERO, .rb = VM_REG_TRAP},
        {.op = VM_HALT},
        {.op = VM_MOVI, .rd = RV_K(5), .imm = MX_TEXT},
        {.op = VM_RESUME, .rd = RV_K(6), .ra = RV_K(5)},
    };
    struct rv_run r;
    rv_open_source(&r, &(struct rv_source){.rows = user,
                                           .rows_n = 2,
                                           .sbpf = true,
                                           .kernel = kernel,
                                           .kernel_n = MX_COUNT(kernel),
                                           .kernel_entry = 2});
    assert_int_equal(rv_failures(&r, true), 0);
    /* times: 4 the entry, 8 movi, 12 resume, 16 movi, 20 the call */
    assert_int_equal(rv_word(&r, 0), (MX_TEXT + 2) | UINT64_C(21) << 32);
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    rv_close(&r);
}

/* ---- stores of constants ---- */
#define DATA UINT64_C(0x200000000)
static void stores_of_constants(void **state)
{
    (void)state;
    static const uint64_t values[] = {0, UINT64_MAX, 0x12345678, 0xffffffff89abcdef, 0x00ff, 0xffffffffffffff01};
    static const struct {
        uint8_t op;
        unsigned bytes;
    } stores[] = {{VM_SBI, 1}, {VM_SHI, 2}, {VM_SWI, 4}, {VM_SDI, 8}};
    static struct vm_insn rows[4 * 17 * MX_COUNT(values) + 3];
    uint8_t image[40], model[40], found[40];
    uint32_t n = 0;
    for (unsigned i = 0; i < sizeof image; i++) {
        model[i] = image[i] = (uint8_t)(0x80 + 5 * i);
    }
    rows[n++] = (struct vm_insn){.op = VM_MOVI, .rd = R(1), .imm = DATA + 8};
    for (unsigned i = 0; i < 17 * MX_COUNT(values); i++) {
        for (unsigned k = 0; k < 4; k++) {
            uint64_t at = i % 17, value = values[(i / 17 + k) % MX_COUNT(values)];
            rows[n++] = (struct vm_insn){.op = stores[k].op, .ra = R(1), .imm = at - 4, .link = value};
            for (unsigned b = 0; b < stores[k].bytes; b++) {
                model[8 + at - 4 + b] = (uint8_t)(value >> 8 * b);
            }
        }
    }
    rows[n++] = (struct vm_insn){.op = VM_SYSCALL};
    const struct mx_region region = {DATA, sizeof image, VM_READ | VM_WRITE, image, sizeof image};
    struct rv_run r;
    rv_open_source(&r,
                   &(struct rv_source){.rows = rows, .rows_n = n, .sbpf = true, .regions = &region, .regions_n = 1});
    assert_int_equal(rv_failures(&r, true), 0);
    assert_int_equal(rv_height(&r, "sti"), n - 2);
    assert_true(gn_vm_memory_read(r.vm.memory, DATA, found, sizeof found));
    assert_memory_equal(found, model, sizeof model);
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    rv_close(&r);
}

/* ---- bytecode ---- */

/* What the front end makes of calls and constants: version 3, text at 2^32. */
static void lowered_bytecode(void **state)
{
    (void)state;
    static const uint8_t text[][8] = {
        {0xb7, 6, 0, 0, 5, 0, 0, 0},                    /* r6 = 5 */
        {0xb7, 7, 0, 0, 1, 0, 0, 0},                    /* r7 = text + 64, slot 8 */
        {0x67, 7, 0, 0, 32, 0, 0, 0},                   /* */
        {0x07, 7, 0, 0, 64, 0, 0, 0},                   /* */
        {0x85, 0x10, 0, 0, 4, 0, 0, 0},                 /* call slot 9 */
        {0x8d, 7, 0, 0, 0, 0, 0, 0},                    /* callx r7 */
        {0xbf, 9, 0, 0, 0, 0, 0, 0},                    /* r9 = r0 */
        {0x95, 0, 0, 0, 0, 0, 0, 0},                    /* the end */
        {0x07, 0, 0, 0, 100, 0, 0, 0},                  /* 8: r0 += 100 */
        {0x7a, 10, 0xf8, 0xff, 0xfe, 0xff, 0xff, 0xff}, /* 9: [r10 - 8] = -2 */
        {0xb7, 6, 0, 0, 0, 0, 0, 0},                    /* r6 = 0 */
        {0x07, 0, 0, 0, 1, 0, 0, 0},                    /* r0 += 1 */
        {0x95, 0, 0, 0, 0, 0, 0, 0},
    };
    const struct sbpf_bare bare = {.version = SBPF_V3,
                                   .text = text[0],
                                   .text_n = sizeof text,
                                   .text_address = SBPF_PROGRAM,
                                   .rodata_address = SBPF_PROGRAM};
    const struct sbpf_syscalls syscalls = gn_sbpf_syscalls();
    struct sbpf_program *p;
    struct vm_program core;
    struct gn_error err;
    uint64_t word;
    assert_int_equal(gn_sbpf_load_bare(&p, &bare, &err), GN_OK);
    assert_int_equal(gn_sbpf_lower(&core, p, SBPF_CLASSIC, &syscalls, &err), GN_OK);
    const struct mx_region stack = {0, 0x1000, VM_READ | VM_WRITE, NULL, 0}; /* r10 is 0 at the beginning */
    struct rv_run r;
    rv_open_source(&r, &(struct rv_source){.rows = core.rows,
                                           .rows_n = MX_COUNT(text),
                                           .sbpf = true,
                                           .traps = true,
                                           .regions = &stack,
                                           .regions_n = 1});
    assert_int_equal(rv_failures(&r, true), 0);
    assert_int_equal(r.vm.fault, VM_FAULT_EXIT);
    assert_int_equal(rv_word(&r, 0), 1 + 101);
    assert_int_equal(r.vm.regs[R(6)], 5);
    assert_true(gn_vm_memory_read(r.vm.memory, 0xff8, &word, 8) && word == (uint64_t)-2);
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    rv_close(&r);
    gn_sbpf_core_free(&core);
    gn_sbpf_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_nest),
        cmocka_unit_test(too_deep),
        cmocka_unit_test(exit_of_the_first_frame),
        cmocka_unit_test(every_carry_of_r10),
        cmocka_unit_test(long_gaps),
        cmocka_unit_test(computed_calls),
        cmocka_unit_test(computed_calls_need_slots),
        cmocka_unit_test(system_calls),
        cmocka_unit_test(stores_of_constants),
        cmocka_unit_test(lowered_bytecode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
