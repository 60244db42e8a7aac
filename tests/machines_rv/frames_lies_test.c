/* SPDX-License-Identifier: Apache-2.0 */
/* Every cell of the tables of calls, of system calls and of stores of constants; and lies about frames, by name.  A lie is told in all the places that a
 * prover controls, so that what objects is what the argument (machines/frame/frame.h) names. */
#include "cm.h"

#include <stdio.h>
#include <string.h>

#include "machines_rv/objections.h"

#define R(i) (VM_REG_R0 + (i))
enum { STRIDE = 0x1000 };

static void open_slots(struct rv_run *r, const struct vm_insn *rows, uint32_t n)
{
    rv_open_source(r, &(struct rv_source){.rows = rows, .rows_n = n, .sbpf = true});
    assert_objects(r, "");
}

static void set(struct rv_run *r, const char *table, const char *column, uint32_t row, uint32_t value)
{
    *rv_cell(r, table, column, row) = value;
}

static uint32_t get(struct rv_run *r, const char *table, const char *column, uint32_t row)
{
    return *rv_cell(r, table, column, row);
}

static void swap(struct rv_run *r, const char *table, const char *column, uint32_t i, uint32_t j)
{
    uint32_t *x = rv_cell(r, table, column, i), *y = rv_cell(r, table, column, j), kept = *x;
    *x = *y;
    *y = kept;
}

static void assert_among(struct rv_run *r, const char *who)
{
    const char *all = rv_objections(r);
    if (strstr(all, who) == NULL) {
        fail_msg("\"%s\" objects, not \"%s\"", all, who);
    }
}

/* Another value for a cell of the Rom: what a program with another constant would have had. */
static void set_rom(struct rv_run *r, uint32_t core_row, unsigned column, uint32_t value)
{
    uint32_t *cell =
        (uint32_t *)(uintptr_t)&r->pre.columns[rv_table(r, "rom")][column][r->program->rom_of_row[core_row]];
    *cell = value;
}
enum { ROM_TGT = 3, ROM_X = 7 };

/* main: f, f; f: EXIT */
static const struct vm_insn twice[] = {
    {.op = VM_CALL, .rd = R(10), .imm = STRIDE, .target = 3},
    {.op = VM_CALL, .rd = R(10), .imm = STRIDE, .target = 3},
    {.op = VM_SYSCALL},
    {.op = VM_EXIT},
};
/* main: f: g; each changes registers */
static const struct vm_insn nested[] = {
    {.op = VM_MOVI, .rd = R(6), .imm = 0x1111222233334444},
    {.op = VM_MOVI, .rd = R(10), .imm = 0x200001000},
    {.op = VM_CALL, .rd = R(10), .imm = STRIDE, .target = 4},
    {.op = VM_SYSCALL},
    {.op = VM_ADDI, .rd = R(6), .ra = R(6), .imm = 5}, /* 4: f */
    {.op = VM_CALL, .rd = R(10), .imm = STRIDE, .target = 7},
    {.op = VM_EXIT},
    {.op = VM_MOVI, .rd = R(8), .imm = 7}, /* 7: g */
    {.op = VM_ADDI, .rd = R(10), .ra = R(10), .imm = 64},
    {.op = VM_EXIT},
};

/* The second EXIT leaves the first frame once more. */
static void returning_twice(void **state)
{
    (void)state;
    struct rv_run r;
    open_slots(&r, twice, MX_COUNT(twice));
    set(&r, "exit", "call_ts[0]", 1, get(&r, "exit", "call_ts[0]", 0));
    set(&r, "exit", "return_pc", 1, get(&r, "exit", "return_pc", 0));
    assert_among(&r, "exit "); /* nobody sends that */
    rv_close(&r);
    open_slots(&r, twice, MX_COUNT(twice)); /* the first Frame row sends twice */
    set(&r, "frame", "closed", 0, 2);
    set(&r, "frame", "closed", 1, 0);
    assert_among(&r, "constraint ");
    rv_close(&r);
    open_slots(&r, twice, MX_COUNT(twice)); /* a second row of the first frame: no call for it */
    static const char *const columns[] = {"call_ts", "return_pc"};
    for (unsigned i = 0; i < MX_COUNT(columns); i++) {
        set(&r, "frame", columns[i], 1, get(&r, "frame", columns[i], 0));
    }
    set(&r, "exit", "call_ts[0]", 1, get(&r, "exit", "call_ts[0]", 0));
    set(&r, "exit", "return_pc", 1, get(&r, "exit", "return_pc", 0));
    assert_among(&r, "call ");
    rv_close(&r);
}

/* g's EXIT leaves f's frame, and f's EXIT g's: messages all agree. */
static void out_of_order(void **state)
{
    (void)state;
    static const char *const of_exit[] = {"call_ts[0]", "parent[0]", "return_pc"};
    struct rv_run r;
    open_slots(&r, nested, MX_COUNT(nested));
    for (unsigned i = 0; i < MX_COUNT(of_exit); i++) {
        swap(&r, "exit", of_exit[i], 0, 1);
    }
    swap(&r, "frame", "exit_ts", 0, 1);
    const char *all = rv_objections(&r);
    assert_null(strstr(all, "exit "));
    assert_null(strstr(all, "call "));
    assert_non_null(strstr(all, "reg ")); /* FRAME held the other */
    rv_close(&r);
}

static void another_parent(void **state)
{
    (void)state;
    struct rv_run r;
    open_slots(&r, nested, MX_COUNT(nested));
    for (unsigned row = 0; row < 2; row++) { /* told by Frame and EXIT: the call knows better */
        uint32_t exit_row = 1 - row, later = row == 0 ? 0 : get(&r, "frame", "call_ts", 0);
        assert_int_equal(get(&r, "frame", "parent[0]", row), later);
        set(&r, "frame", "parent[0]", row, 8);
        set(&r, "exit", "parent[0]", exit_row, 8);
        assert_among(&r, "call ");
        set(&r, "frame", "parent[0]", row, later);
        set(&r, "exit", "parent[0]", exit_row, later);
        assert_objects(&r, "");
    }
    /* told by the call too, and by whoever reads FRAME next: it is not what FRAME held */
    set(&r, "call", "parent[0]", 0, 8);
    set(&r, "frame", "parent[0]", 0, 8);
    set(&r, "exit", "parent[0]", 1, 8);
    set(&r, "reg_final", "v[0]", VM_REG_FRAME, 8);
    assert_objects(&r, "reg ");
    rv_close(&r);
}

static void another_return(void **state)
{
    (void)state;
    struct rv_run r;
    open_slots(&r, twice, MX_COUNT(twice)); /* back to the SYSCALL at once: Frame and EXIT agree, the call does not */
    uint32_t pc = get(&r, "frame", "return_pc", 1);
    set(&r, "frame", "return_pc", 0, pc);
    set(&r, "exit", "return_pc", 0, pc);
    assert_objects(&r, "call state ");
    rv_close(&r);
}

/* r6 comes back changed, for everybody after the exit. */
static void another_register(void **state)
{
    (void)state;
    struct rv_run r;
    open_slots(&r, twice, MX_COUNT(twice));
    set(&r, "frame", "saved[1]", 1, 77);
    set(&r, "frame", "left[1]", 1, 77);
    set(&r, "reg_final", "v[1]", R(6), 77);
    assert_objects(&r, "reg "); /* the call found 0 */
    rv_close(&r);
}

/* The frame is said to stay open: r10 keeps the callee's value. */
static void r10_kept(void **state)
{
    (void)state;
    struct rv_run r;
    open_slots(&r, twice, MX_COUNT(twice));
    set(&r, "frame", "closed", 1, 0);
    uint32_t at = get(&r, "frame", "call_ts", 1) + MX_SLOT_D;
    for (unsigned i = 6; i <= 10; i++) {
        if (i != 9) {
            set(&r, "reg_final", "ts", R(i), at);
        }
    }
    set(&r, "out", "b_gap", 0, get(&r, "out", "ts", 0) + MX_SLOT_B - 1 - at); /* the kernel says r9 */
    set(&r, "reg_final", "v[0]", R(10), STRIDE);
    assert_objects(&r, "exit "); /* the EXIT misses its frame */
    rv_close(&r);
}

/* The stack's frame is not moved, or by another carry. */
static void another_stride(void **state)
{
    (void)state;
    struct rv_run r;
    open_slots(&r, twice, MX_COUNT(twice));
    set(&r, "frame", "stride", 1, 0);
    set(&r, "frame", "left[16]", 1, 0);
    assert_objects(&r, "call ");
    set(&r, "call", "stride", 1, 0);
    assert_objects(&r, "fetch ");
    rv_close(&r);
    open_slots(&r, twice, MX_COUNT(twice));
    set(&r, "frame", "carry[0]", 1, 1); /* 4096 = -61440 + 2^16 */
    set(&r, "frame", "left[16]", 1, FP_P + STRIDE - 0x10000);
    set(&r, "frame", "left[17]", 1, 1);
    assert_objects(&r, "range16 ");
    rv_close(&r);
}

/* A frame that was returned to is never the first: a call that pretends time 0. */
static void exit_of_the_first_frame(void **state)
{
    (void)state;
    struct rv_run r;
    open_slots(&r, twice, MX_COUNT(twice));
    set(&r, "frame", "call_ts", 0, 0);
    set(&r, "exit", "call_ts[0]", 0, 0);
    assert_among(&r, "call ");
    rv_close(&r);
}

/* FRAME is given a depth by the kernel: 62 is the last that calls. */
static void too_deep(void **state)
{
    (void)state;
    static const struct vm_insn kernel[] = {
        {.op = VM_OUT, .ra = VM_REG_ZERO, .rb = VM_REG_ZERO},
        {.op = VM_HALT},
        {.op = VM_MOVI, .rd = VM_REG_FRAME, .imm = UINT64_C(62) << 32},
        {.op = VM_MOVI, .rd = RV_K(5), .imm = MX_TEXT},
        {.op = VM_RESUME, .rd = RV_K(6), .ra = RV_K(5)},
    };
    struct rv_run r;
    rv_open_source(&r, &(struct rv_source){.rows = twice,
                                           .rows_n = MX_COUNT(twice),
                                           .sbpf = true,
                                           .kernel = kernel,
                                           .kernel_n = MX_COUNT(kernel),
                                           .kernel_entry = 2});
    assert_objects(&r, "");
    set_rom(&r, MX_COUNT(twice) + 2, ROM_X + 2, 63);
    set(&r, "movi", "x[2]", 0, 63);
    for (unsigned i = 0; i < 2; i++) {
        set(&r, "call", "depth", i, 63);
        set(&r, "exit", "depth", i, 64);
    }
    set(&r, "reg_final", "v[2]", VM_REG_FRAME, 63);
    assert_objects(&r, "range8 ");
    /* and a depth that does not grow with its call */
    for (unsigned i = 0; i < 2; i++) {
        set(&r, "call", "depth", i, 62);
        set(&r, "exit", "depth", i, 64);
    }
    assert_among(&r, "reg ");
    rv_close(&r);
}

/* The call writes another time into FRAME, and its EXIT looks for a frame of that time. */
static void another_time(void **state)
{
    (void)state;
    struct rv_run r;
    open_slots(&r, twice, MX_COUNT(twice));
    set(&r, "call", "high", 0, 1); /* ts = low + 2^16 with low < 0 */
    set(&r, "exit", "call_ts[1]", 0, 1);
    set(&r, "exit", "call_ts[0]", 0, FP_P + get(&r, "call", "ts", 0) - 0x10000);
    assert_objects(&r, "range16 ");
    rv_close(&r);
}

/* ---- computed calls ---- */
enum { SLOTS = 7, CALLX_ROW = 3, TEXT = 0x120 };

static void open_callx(struct rv_run *r, uint64_t offset)
{
    const struct vm_insn rows[SLOTS] = {
        {.op = VM_BNE, .ra = R(5), .rb = VM_REG_ZERO, .target = 5},
        {.op = VM_MOVI, .rd = R(5), .imm = 1},
        {.op = VM_MOVI, .rd = R(9), .imm = 0x100000000 + TEXT + offset},
        {.op = VM_CALLX, .rd = R(10), .ra = R(9), .imm = 8192, .link = 0x100000000 + TEXT},
        {.op = VM_SYSCALL},
        {.op = VM_EXIT},
        {.op = VM_EXIT},
    };
    open_slots(r, rows, SLOTS);
}

static void set_end(struct rv_run *r, uint32_t slots)
{
    set_rom(r, CALLX_ROW, ROM_TGT, MX_PC_USER + slots);
    set(r, "callx", "end", 0, MX_PC_USER + slots);
}

static void set_text(struct rv_run *r, unsigned limb, uint32_t value)
{
    char name[16];
    snprintf(name, sizeof name, "text[%u]", limb);
    set_rom(r, CALLX_ROW, ROM_X + limb, value);
    set(r, "callx", name, 0, value);
}

static void calls_beyond_text(void **state)
{
    (void)state;
    struct rv_run r;
    open_callx(&r, 8 * 6); /* the last slot, in longer and in shorter texts */
    set_end(&r, 1 << 28);
    set(&r, "callx", "u1", 0, ((1 << 28) - 7) >> 16);
    assert_objects(&r, "");
    set_end(&r, 7);
    set(&r, "callx", "u1", 0, 0);
    assert_objects(&r, "");
    for (uint32_t slots = 0; slots < 7; slots++) {
        set_end(&r, slots);
        set(&r, "callx", "u1", 0, 0);
        assert_objects(&r, "range16 ");
        set(&r, "callx", "u1", 0, FP_P - 1);
        assert_objects(&r, "range12 ");
    }
    rv_close(&r);
}

/* a = text - 1: no offset below 2^32 says so. */
static void calls_before_text(void **state)
{
    (void)state;
    struct rv_run r;
    open_callx(&r, 0);
    set_text(&r, 0, TEXT + 1);
    assert_objects(&r, "constraint ");
    set(&r, "callx", "e", 0, FP_P - 1); /* as an element */
    assert_objects(&r, "shift range16 ");
    set(&r, "callx", "e", 0, 7);
    set(&r, "callx", "y", 0, 0x1fff);
    set(&r, "callx", "t1", 0, 0xffff);
    assert_among(&r, "constraint "); /* the upper limbs would have to be 65535 */
    rv_close(&r);
    open_callx(&r, 8 * 5);
    for (unsigned limb = 2; limb < 4; limb++) { /* 2^32, 2^48 away */
        uint32_t honest = get(&r, "callx", limb == 2 ? "text[2]" : "text[3]", 0);
        set_text(&r, limb, honest + 1);
        assert_objects(&r, "constraint ");
        set_text(&r, limb, honest);
    }
    assert_objects(&r, "");
    rv_close(&r);
}

/* The address is rounded down, and in one way only. */
static void another_slot(void **state)
{
    (void)state;
    struct rv_run r;
    open_callx(&r, 8 * 5 + 3);
    set(&r, "callx", "y", 0, 4); /* e = 11 */
    set(&r, "callx", "e", 0, 11);
    assert_among(&r, "shift ");
    set(&r, "callx", "y", 0, 6); /* e = -5 */
    set(&r, "callx", "e", 0, FP_P - 5);
    assert_among(&r, "shift ");
    set(&r, "callx", "e", 0, 0); /* y = 5 + 3 / 8 */
    set(&r, "callx", "y", 0, fp_to_cell(fp_mul(fp_from_cell(8 * 5 + 3), gn_fp_inv(fp_from_cell(8)))));
    assert_among(&r, "range16 ");
    set(&r, "callx", "e", 0, 3); /* 2^16 borrowed from the second limb */
    set(&r, "callx", "y", 0, 5 + 0x2000);
    set(&r, "callx", "t1", 0, FP_P - 1);
    assert_among(&r, "range16 ");
    rv_close(&r);
}

/* ---- every cell ---- */
static void every_cell_of_calls(void **state)
{
    (void)state;
    struct rv_run r;
    open_slots(&r, nested, MX_COUNT(nested));
    static const char *const tables[] = {"call", "exit", "frame", "ecall"};
    for (unsigned i = 0; i < MX_COUNT(tables); i++) {
        rv_mutate(&r, tables[i]);
    }
    rv_close(&r);
    open_callx(&r, 8 * 5 + 3);
    rv_mutate(&r, "callx");
    rv_mutate_sample(&r, "shift_bytes");
    rv_mutate(&r, "frame");
    rv_close(&r);
}

/* A frame that stays open: the cells of its exit are free, and only they. */
static void every_cell_of_an_open_frame(void **state)
{
    (void)state;
    static const struct vm_insn rows[] = {
        {.op = VM_CALL, .rd = R(10), .imm = STRIDE, .target = 1},
        {.op = VM_SYSCALL},
    };
    struct rv_run r;
    open_slots(&r, rows, MX_COUNT(rows));
    const struct air_table *def = &r.system.air->tables[rv_table(&r, "frame")];
    for (uint32_t c = 0; c < def->committed_n; c++) {
        const char *name = def->committed[c].name;
        bool of_exit = strncmp(name, "left", 4) == 0 || strcmp(name, "exit_ts") == 0;
        uint32_t *cell = rv_cell(&r, "frame", name, 0);
        ++*cell;
        assert_int_equal(rv_failures(&r, false) == 0, of_exit);
        --*cell;
    }
    rv_close(&r);
}

/* ---- stores of constants ---- */
#define DATA UINT64_C(0x200000000)
static const struct vm_insn stores[] = {
    {.op = VM_MOVI, .rd = R(1), .imm = DATA + 8},
    {.op = VM_SDI, .ra = R(1), .imm = (uint64_t)-3, .link = 0xffffffff89abcdef}, /* 5, over the end of a word */
    {.op = VM_SWI, .ra = R(1), .imm = (uint64_t)-1, .link = 0x12345678},
    {.op = VM_SHI, .ra = R(1), .imm = 7, .link = 0x4321},
    {.op = VM_SYSCALL},
};
static const struct vm_insn inner_stores[] = {
    {.op = VM_MOVI, .rd = R(1), .imm = DATA + 8},
    {.op = VM_SBI, .ra = R(1), .imm = 2, .link = 0x77},
    {.op = VM_SBI, .ra = R(1), .imm = 5, .link = 0x99},
    {.op = VM_SDI, .ra = R(1), .imm = 0, .link = 0xffffffff89abcdef},
    {.op = VM_SYSCALL},
};

static void open_stores(struct rv_run *r, const struct vm_insn *rows, uint32_t n)
{
    static const uint8_t image[32] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22};
    const struct mx_region region = {DATA, sizeof image, VM_READ | VM_WRITE, image, sizeof image};
    rv_open_source(r, &(struct rv_source){.rows = rows, .rows_n = n, .sbpf = true, .regions = &region, .regions_n = 1});
    assert_objects(r, "");
}

static void every_cell_of_stores(void **state)
{
    (void)state;
    struct rv_run r;
    open_stores(&r, stores, MX_COUNT(stores));
    rv_mutate(&r, "sti");
    rv_close(&r);
    /* inside of a word: the second word's cells are free, and only they */
    open_stores(&r, inner_stores, MX_COUNT(inner_stores));
    const struct air_table *def = &r.system.air->tables[rv_table(&r, "sti")];
    for (uint32_t c = 0; c < def->committed_n; c++) {
        const char *name = def->committed[c].name;
        bool of_second = name[0] == 'w' || strcmp(name, "carry") == 0;
        for (uint32_t row = 0; row < 3; row++) {
            uint32_t *cell = rv_cell(&r, "sti", name, row);
            ++*cell;
            bool noticed = rv_failures(&r, false) != 0;
            --*cell;
            if (!noticed && !of_second) {
                fail_msg("sti.%s is free in row %u", name, row);
            }
        }
    }
    rv_note_mutated(&r, "sti");
    rv_close(&r);
}

static void another_constant(void **state)
{
    (void)state;
    struct rv_run r;
    open_stores(&r, inner_stores, MX_COUNT(inner_stores));
    set(&r, "sti", "b[0]", 0, 0x78); /* in the byte at 10, limb 1 of word 1 */
    set(&r, "sti", "b_low[0]", 0, 0x78);
    set(&r, "sti", "after[0]", 0, get(&r, "sti", "after[0]", 0) + 1);
    set(&r, "sti", "v[1]", 1, get(&r, "sti", "v[1]", 1) + 1);
    set(&r, "sti", "v[1]", 2, get(&r, "sti", "v[1]", 2) + 1);
    assert_among(&r, "fetch ");
    rv_close(&r);
    open_stores(&r, inner_stores, MX_COUNT(inner_stores)); /* 2 bytes instead of 1 */
    set(&r, "sti", "one", 0, 0);
    assert_among(&r, "fetch ");
    rv_close(&r);
    open_stores(&r, inner_stores, MX_COUNT(inner_stores)); /* zeros above, not the sign */
    set(&r, "sti", "sign", 2, 0);
    set(&r, "sti", "after[2]", 2, 0);
    set(&r, "sti", "after[3]", 2, 0);
    assert_among(&r, "fetch ");
    rv_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(returning_twice),
        cmocka_unit_test(out_of_order),
        cmocka_unit_test(another_parent),
        cmocka_unit_test(another_return),
        cmocka_unit_test(another_register),
        cmocka_unit_test(r10_kept),
        cmocka_unit_test(another_stride),
        cmocka_unit_test(exit_of_the_first_frame),
        cmocka_unit_test(too_deep),
        cmocka_unit_test(another_time),
        cmocka_unit_test(calls_beyond_text),
        cmocka_unit_test(calls_before_text),
        cmocka_unit_test(another_slot),
        cmocka_unit_test(every_cell_of_calls),
        cmocka_unit_test(every_cell_of_an_open_frame),
        cmocka_unit_test(every_cell_of_stores),
        cmocka_unit_test(another_constant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
