/* SPDX-License-Identifier: Apache-2.0 */
/* The thinnest path through the whole machine: small programs are executed, recorded, checked, proven and verified. */
#include "cm.h"

#include "machines_rv/run.h"
#include "support/proven.h"

/* a0 = 10 + 9 + ... + 1 */
static const struct vm_insn loop[] = {
    {.op = VM_MOVI, .rd = 5, .imm = 10},
    {.op = VM_MOVI, .rd = 10, .imm = 0},
    {.op = VM_MOV, .rd = 6, .ra = 5},
    {.op = VM_ADD, .rd = 10, .ra = 10, .rb = 6}, /* 3 */
    {.op = VM_ADDI, .rd = 6, .ra = 6, .imm = UINT64_MAX},
    {.op = VM_BNE, .ra = 6, .rb = VM_REG_ZERO, .target = 3},
    {.op = VM_BEQ, .ra = 6, .rb = 5, .target = 0},
    {.op = VM_SUB, .rd = 11, .ra = 5, .rb = 5},
    {.op = VM_J, .target = 9},
    {.op = VM_ECALL},
};

static void a_loop_is_proven(void **state)
{
    (void)state;
    struct rv_run r;
    rv_open(&r, loop, 10);
    assert_int_equal(rv_failures(&r, true), 0);
    assert_int_equal(rv_word(&r, 0), 55);
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    rv_state(&r, 54);
    assert_verdict(rv_prove(&r), GN_REJECT_BUS_SUM);
    rv_close(&r);
}

/* So many different limbs that the full table of range16 is cheaper than the sparse one; nobody knows which of them answers. */
static void many_values_take_the_full_table(void **state)
{
    (void)state;
    static const struct vm_insn rows[] = {
        {.op = VM_MOVI, .rd = 6, .imm = 16000},
        {.op = VM_MOVI, .rd = 5, .imm = 0x9e3779b97f4a7c15},
        {.op = VM_ADD, .rd = 7, .ra = 7, .rb = 5}, /* 2 */
        {.op = VM_ADDI, .rd = 6, .ra = 6, .imm = UINT64_MAX},
        {.op = VM_BNE, .ra = 6, .rb = VM_REG_ZERO, .target = 2},
        {.op = VM_ECALL},
    };
    struct rv_run r;
    rv_open(&r, rows, 6);
    assert_int_equal(rv_height(&r, "range16"), 1 << 16);
    assert_int_equal(rv_height(&r, "range16_sparse"), 0);
    assert_int_equal(rv_failures(&r, true), 0);
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    rv_close(&r);
    rv_open(&r, loop, 10);
    assert_int_equal(rv_height(&r, "range16"), 0);
    assert_true(rv_height(&r, "range16_sparse") < 400);
    rv_close(&r);
}

/* The witness does not depend on the number of threads that filled it. */
static void threads_fill_the_same_cells(void **state)
{
    (void)state;
    static const struct vm_insn rows[] = {
        {.op = VM_MOVI, .rd = 6, .imm = 5000}, /* more rows than one thread takes at a time */
        {.op = VM_ADDI, .rd = 6, .ra = 6, .imm = UINT64_MAX},
        {.op = VM_BNE, .ra = 6, .rb = VM_REG_ZERO, .target = 1},
        {.op = VM_ECALL},
    };
    struct rv_run r;
    rv_open(&r, rows, 4); /* two threads */
    struct air_witness alone;
    assert_int_equal(mx_witness_build(&alone, &r.system, &r.pre, r.recorder, NULL, &r.arena, &r.err), GN_OK);
    for (uint32_t t = 0; t < r.system.air->tables_n; t++) {
        const struct air_table_witness *a = &alone.tables[t], *b = &r.witness.tables[t];
        assert_int_equal(a->height, b->height);
        for (uint32_t c = 0; a->height > 0 && c < r.system.air->tables[t].committed_n; c++) {
            assert_memory_equal(a->columns[c], b->columns[c], a->height * sizeof(uint32_t));
        }
    }
    rv_close(&r);
}

/* ---- what setup refuses ---- */
static enum gn_status create(struct vm_insn user, uint64_t user_pc, struct vm_insn kernel, uint64_t kernel_pc)
{
    struct vm_insn rows[] = {user, {.op = VM_HALT, .next = 1}, kernel};
    uint64_t pcs[] = {user_pc, VM_KERNEL_TEXT, kernel_pc};
    uint8_t firsts[] = {1, 0, 0};
    struct vm_program core = {.rows = rows,
                              .pc_of_row = pcs,
                              .first_of_insn = firsts,
                              .rows_n = 3,
                              .kernel_rows_n = 2,
                              .entry_row = 2,
                              .vector_row = 1};
    struct mx_program *p = NULL;
    struct gn_error err;
    enum gn_status status = mx_program_create(&p, &core, MX_USER_RISCV, NULL, 0, &err);
    mx_program_destroy(p);
    return status;
}

static void programs_that_setup_refuses(void **state)
{
    (void)state;
    const struct vm_insn user = {.op = VM_MOVI, .rd = 1}, kernel = {.op = VM_MOVI, .rd = RV_K(1), .next = 1};
    const uint64_t end = MX_TEXT + MX_TEXT_SIZE, at = VM_KERNEL_TEXT + 4;
    assert_int_equal(create(user, MX_TEXT, kernel, at), GN_OK);
    assert_int_equal(create(user, end - 2, kernel, at), GN_OK);
    assert_int_equal(create(user, MX_TEXT - 4, kernel, at), GN_LIMIT);
    assert_int_equal(create(user, end, kernel, at), GN_LIMIT);
    assert_int_equal(create(user, VM_KERNEL_TEXT + 8, kernel, at), GN_LIMIT);
    assert_int_equal(create(user, MX_TEXT, kernel, MX_TEXT + 8), GN_LIMIT);
    assert_int_equal(create(user, MX_TEXT, kernel, VM_KERNEL_TEXT), GN_INTERNAL); /* two rows at one pc */
    const struct vm_insn users[] = {
        {.op = VM_MOVI, .rd = VM_REG_ZERO},            /* ZERO is never written */
        {.op = VM_MOVI, .rd = 1, .next = 1},           /* on in the kernel */
        {.op = VM_J, .target = 1},                     /* a jump there */
        {.op = VM_BEQ, .ra = 1, .rb = 2, .target = 2}, /* a branch there */
        {.op = VM_JAL, .rd = 1, .imm = 4, .target = VM_NO_ROW, .link = VM_KERNEL_TEXT + 4},
        {.op = VM_JALR, .rd = 1, .ra = 2, .link = VM_KERNEL_TEXT + 4},
        {.op = VM_J, .target = VM_NO_ROW, .link = end}, /* where no place is */
        {.op = VM_MOV, .rd = 1, .ra = RV_K(1)},         /* the kernel's registers */
        {.op = VM_MOV, .rd = RV_K(1), .ra = 1},
        {.op = VM_ADD, .rd = 1, .ra = 2, .rb = VM_REG_TRAP},
        {.op = VM_MOVI, .rd = VM_REG_TRAP},
        {.op = VM_HALT}, /* the kernel's instructions */
        {.op = VM_OUT, .ra = 1, .rb = 2},
        {.op = VM_RESUME, .rd = 1, .ra = 2},
    };
    for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
        assert_int_equal(create(users[i], MX_TEXT, kernel, at), GN_INTERNAL);
    }
    const struct vm_insn kernels[] = {
        {.op = VM_MOVI, .rd = RV_K(1), .next = 0},
        {.op = VM_J, .target = 0},
        {.op = VM_JALR, .rd = RV_K(1), .ra = RV_K(2), .link = MX_TEXT},
        {.op = VM_ECALL, .next = 1},
        {.op = VM_SYSCALL, .next = 1}, /* the user's instructions */
        {.op = VM_CALL, .rd = VM_REG_R10, .target = 1, .next = 1},
        {.op = VM_EXIT, .next = 1},
        {.op = VM_SBI, .ra = 1, .next = 1},
    };
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
        assert_int_equal(create(user, MX_TEXT, kernels[i], at), GN_INTERNAL);
    }
}

/* Without a kernel, or with its first row elsewhere, nothing is proven. */
static void a_program_needs_a_kernel(void **state)
{
    (void)state;
    struct vm_insn rows[] = {{.op = VM_ECALL}, {.op = VM_HALT, .next = 1}};
    uint64_t pcs[] = {MX_TEXT, VM_KERNEL_TEXT};
    uint8_t firsts[] = {1, 0};
    struct vm_program core = {.rows = rows,
                              .pc_of_row = pcs,
                              .first_of_insn = firsts,
                              .rows_n = 2,
                              .kernel_rows_n = 1,
                              .entry_row = 1,
                              .vector_row = 1};
    struct mx_program *p = NULL;
    struct gn_error err;
    assert_int_equal(mx_program_create(&p, &core, MX_USER_RISCV, NULL, 0, &err), GN_OK);
    mx_program_destroy(p);
    core.entry_row = 0;
    assert_int_equal(mx_program_create(&p, &core, MX_USER_RISCV, NULL, 0, &err), GN_BAD_INPUT);
    core.entry_row = 1;
    pcs[1] += 2;
    assert_int_equal(mx_program_create(&p, &core, MX_USER_RISCV, NULL, 0, &err), GN_BAD_INPUT);
    core.rows_n = 1;
    core.kernel_rows_n = 0;
    assert_int_equal(mx_program_create(&p, &core, MX_USER_RISCV, NULL, 0, &err), GN_BAD_INPUT);
}

/* The Rom goes on at a pc; the executor may not fault where it does. */
static void a_successor_that_is_another(void **state)
{
    (void)state;
    struct vm_insn rows[] = {
        {.op = VM_MOVI, .rd = 1, .next = 2}, {.op = VM_ECALL}, {.op = VM_FAULT, .next = 2}, {.op = VM_HALT, .next = 3}};
    uint64_t pcs[] = {MX_TEXT, MX_TEXT + 2, MX_TEXT + 2, VM_KERNEL_TEXT};
    uint8_t firsts[] = {1, 1, 1, 0};
    uint32_t halfwords[] = {0, 1};
    struct vm_program core = {.rows = rows,
                              .pc_of_row = pcs,
                              .first_of_insn = firsts,
                              .rows_n = 4,
                              .kernel_rows_n = 1,
                              .text_base = MX_TEXT,
                              .text_size = 4,
                              .row_of_halfword = halfwords,
                              .entry_row = 3,
                              .vector_row = 3};
    struct mx_program *p = NULL;
    struct gn_error err;
    assert_int_equal(mx_program_create(&p, &core, MX_USER_RISCV, NULL, 0, &err), GN_INTERNAL);
    assert_non_null(strstr(err.text, "an instruction where the executor faults"));
    rows[0].next = 1;
    assert_int_equal(mx_program_create(&p, &core, MX_USER_RISCV, NULL, 0, &err), GN_OK);
    mx_program_destroy(p);
}

static void regions_that_setup_refuses(void **state)
{
    (void)state;
    static const uint8_t image[16];
    static const struct {
        struct mx_region regions[2];
        enum gn_status status;
    } cases[] = {
        {{{0x1000, 0x10, VM_READ, image, 16}, {0x1010, 0x10, VM_READ, NULL, 0}}, GN_OK},
        {{{0x1000, 0xd, VM_READ, image, 1}, {0x100d, 3, VM_READ, NULL, 0}}, GN_OK},
        {{{0x1001, 3, VM_READ | VM_WRITE, image, 3}, {VM_KERNEL_BASE, 8, 0, NULL, 0}}, GN_OK},
        {{{0x1000, 0x10, VM_READ, image, 17}, {0x2000, 0x10, VM_READ, NULL, 0}}, GN_INTERNAL},
        {{{0x1000, 0x10, VM_READ, NULL, 0}, {0x100f, 0x10, VM_READ, NULL, 0}}, GN_INTERNAL},
        {{{0x1000, 0x10, VM_READ, NULL, 0}, {0x800, 0x10, VM_READ, NULL, 0}}, GN_INTERNAL},
        {{{0x1000, 0x10, VM_READ, NULL, 0}, {0x1010, 0, VM_READ, NULL, 0}}, GN_INTERNAL},
        {{{0x1000, 0x10, VM_READ, NULL, 0}, {0xfffffff8, 0x10, VM_READ, NULL, 0}}, GN_INTERNAL},
        {{{0x1000, 0x10, VM_READ, NULL, 0}, {UINT64_C(5) << 32, 8, VM_READ, NULL, 0}}, GN_INTERNAL},
        {{{0x1000, 0x10, VM_READ, NULL, 0}, {VM_KERNEL_BASE, 8, VM_READ, NULL, 0}}, GN_INTERNAL},
        {{{0x1000, 0x10, VM_READ, NULL, 0}, {VM_KERNEL_BASE, 7, 0, NULL, 0}}, GN_LIMIT},
        {{{0x1000, 0x10, VM_READ, NULL, 0}, {0x40000000, 8, VM_READ, NULL, 0}}, GN_LIMIT},
        {{{0x1000, 0xd, VM_READ, NULL, 0}, {0x100d, 3, VM_READ | VM_WRITE, NULL, 0}}, GN_LIMIT},
        {{{0x1000, 3, VM_READ, NULL, 0}, {0x1004, 4, VM_READ, NULL, 0}}, GN_LIMIT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mx_program p = {.regions = cases[i].regions, .regions_n = 2};
        struct gn_error err;
        assert_int_equal(mx_regions_check(&p, &err), cases[i].status);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loop_is_proven),
        cmocka_unit_test(many_values_take_the_full_table),
        cmocka_unit_test(threads_fill_the_same_cells),
        cmocka_unit_test(programs_that_setup_refuses),
        cmocka_unit_test(a_program_needs_a_kernel),
        cmocka_unit_test(a_successor_that_is_another),
        cmocka_unit_test(regions_that_setup_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
