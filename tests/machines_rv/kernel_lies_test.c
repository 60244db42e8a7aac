/* SPDX-License-Identifier: Apache-2.0 */
/* Lies about privilege, traps, time and the statement, by name; each is consistent everywhere but where it must be caught, and the test says who objects. */
#include "cm.h"

#include <stdio.h>
#include <string.h>

#include "machines_rv/kernel_fixture.h"
#include "machines_rv/objections.h"
#include "support/proven.h"

static uint32_t get(struct rv_run *r, const char *table, const char *column, uint32_t row)
{
    return *rv_cell(r, table, column, row);
}

static void set(struct rv_run *r, const char *table, const char *column, uint32_t row, uint32_t value)
{
    *rv_cell(r, table, column, row) = value;
}

static uint32_t *rom_cell(struct rv_run *r, uint32_t core_row, unsigned column)
{
    return (uint32_t *)(uintptr_t)&r->pre.columns[rv_table(r, "rom")][column][r->program->rom_of_row[core_row]];
}
enum { ROM_PC, ROM_CLASS, ROM_INC, ROM_TGT, ROM_X = 7 };

/* These object, in any order, and nobody else. */
static void assert_only(struct rv_run *r, const char *who)
{
    const char *names = rv_objections(r);
    char item[40];
    int n;
    for (const char *at = who; sscanf(at, "%38s %n", item, &n) == 1; at += n) {
        strcat(item, " ");
        if (strstr(names, item) == NULL) {
            fail_msg("%sdoes not object, only %s", item, names);
        }
    }
    if (strlen(names) != strlen(who)) {
        fail_msg("%sobject, not only %s", names, who);
    }
}

/* A call, a fault, a call: entries 0, 1, 2. */
static const struct vm_insn calling[] = {
    {.op = VM_ECALL},
    {.op = VM_FAULT, .rd = VM_REG_SINK, .imm = VM_FAULT_ILLEGAL},
    {.op = VM_ECALL},
};

static void open_calling(struct rv_run *r)
{
    saying_open(r, calling, 3, 2);
    assert_objects(r, "");
}

/* ---- privilege ---- */

/* A trap out of kernel code: the pc has no form h + 2^15 f with f below 2^13. */
static void trap_in_kernel_code(void **state)
{
    (void)state;
    struct rv_run r;
    open_calling(&r);
    uint32_t pc = MX_PC_KERNEL + 2 * SAYING_RESUME;
    set(&r, "trap", "h", 0, pc & 0x7fff);
    set(&r, "trap", "f", 0, (pc - MX_PC_USER) >> 15);
    assert_true(strstr(rv_objections(&r), "range16 ") != NULL);
    rv_close(&r);
}

/* A trap of a further row of an instruction, whose pc lies below the user's half: f would be negative. */
static void trap_inside_of_an_instruction(void **state)
{
    (void)state;
    struct rv_run r;
    open_calling(&r);
    set(&r, "trap", "h", 0, 5);
    set(&r, "trap", "f", 0, FP_P - ((MX_PC_USER - MX_PC_MICRO) >> 15));
    assert_true(strstr(rv_objections(&r), "range16 ") != NULL);
    rv_close(&r);
}

/* The trap says another place than its pc's: with h and f other parts of the same sum, and an odd place. */
static void trap_says_another_place(void **state)
{
    (void)state;
    struct rv_run r;
    open_calling(&r);
    uint32_t h = get(&r, "trap", "h", 0);
    set(&r, "trap", "h", 0, h + 0x8000);
    set(&r, "trap", "f", 0, FP_P - 1);
    assert_only(&r, "reg range16 ");                        /* of 2 h and of f */
    set(&r, "trap", "h", 0, fp_add_raw(h, (FP_P + 1) / 2)); /* 2 h = 2 h' + 1 */
    set(&r, "trap", "f", 0, 0);
    assert_true(strstr(rv_objections(&r), "range16 ") != NULL);
    rv_close(&r);
}

/* A jump through a register into the kernel: by a second limb above the text, by the third limb. */
static void jalr_into_the_kernel(void **state)
{
    (void)state;
    static const struct vm_insn rows[] = {
        {.op = VM_MOVI, .rd = 5, .imm = USER_AT(2)},
        {.op = VM_JALR, .rd = 1, .ra = 5, .link = USER_AT(2), .target = VM_NO_ROW},
        {.op = VM_ECALL},
    };
    struct rv_run r;
    saying_open(&r, rows, 3, 0);
    assert_objects(&r, "");
    set(&r, "jalr", "c1", 0, 0x8000 + 0x2000); /* f = 2^13: the kernel's first pcs */
    set(&r, "movi", "x[1]", 2, 0x8000 + 0x2000);
    *rom_cell(&r, 0, ROM_X + 1) = 0x8000 + 0x2000;
    set(&r, "jalr", "a[1]", 0, 0x8000 + 0x2000);
    set(&r, "reg_final", "v[1]", 5, 0x8000 + 0x2000);
    assert_only(&r, "state range16 ");
    set(&r, "jalr", "c1", 0, 0x8000);
    set(&r, "movi", "x[1]", 2, 0x8000);
    *rom_cell(&r, 0, ROM_X + 1) = 0x8000;
    set(&r, "jalr", "a[1]", 0, 0x8000);
    set(&r, "reg_final", "v[1]", 5, 0x8000);
    assert_objects(&r, "");
    set(&r, "movi", "x[2]", 2, MX_KERNEL_C2); /* the address is the kernel's, the row is not */
    *rom_cell(&r, 0, ROM_X + 2) = MX_KERNEL_C2;
    set(&r, "jalr", "a[2]", 0, MX_KERNEL_C2);
    set(&r, "reg_final", "v[2]", 5, MX_KERNEL_C2);
    assert_objects(&r, "constraint ");
    set(&r, "jalr", "c2", 0, MX_KERNEL_C2); /* or it claims to be */
    assert_true(strstr(rv_objections(&r), "fetch ") != NULL);
    rv_close(&r);
}

/* RESUME to an odd place, and to a place outside of text, which would be a pc of the kernel. */
static void resume_elsewhere(void **state)
{
    (void)state;
    struct rv_run r;
    open_calling(&r);
    uint32_t h = get(&r, "resume", "h", 0);
    set(&r, "resume", "h", 0, fp_add_raw(h, (FP_P + 1) / 2)); /* ra is one more */
    assert_only(&r, "state reg range16 ");
    set(&r, "resume", "h", 0, h);
    set(&r, "resume", "f", 0, 1 << 13);
    assert_only(&r, "state reg range16 ");
    rv_close(&r);
}

/* ---- time ---- */

/* The time that a row tells the kernel is not its own: earlier by 2^16 with a low limb that is none, or simply another. */
static void forged_meter(void **state)
{
    (void)state;
    static const char *const tables[] = {"resume", "trap", "ecall"};
    for (unsigned i = 0; i < 3; i++) {
        struct rv_run r;
        open_calling(&r);
        uint32_t high = get(&r, tables[i], "high", 0);
        set(&r, tables[i], "high", 0, high + 1);
        assert_only(&r, "reg range16 ");
        set(&r, tables[i], "high", 0, fp_sub_raw(high, 1));
        assert_only(&r, "reg range16 range8 ");
        rv_close(&r);
    }
    struct rv_run r;
    open_calling(&r);
    uint32_t low = (uint32_t)(rv_word(&r, 1) >> 32);
    set(&r, "out", "b[2]", 1, low - 4); /* the kernel says it ran a row less */
    assert_only(&r, "reg out ");
    rv_close(&r);
}

/* A call that claims to be a trap, a trap that claims to be a call: another table, or another time. */
static void call_or_trap(void **state)
{
    (void)state;
    struct rv_run r;
    open_calling(&r);
    struct air_table_witness *trap = &r.witness.tables[rv_table(&r, "trap")];
    assert_int_equal(trap->height, 1);
    set(&r, "trap", "ts", 0, get(&r, "trap", "ts", 0) + 1);
    assert_true(strstr(rv_objections(&r), "state ") != NULL);
    rv_close(&r);
}

/* Rows that go round by themselves: their states are never left over only if time comes back, which the bound `time` excludes. */
static void detached_cycle(void **state)
{
    (void)state;
    static const struct vm_insn rows[] = {
        {.op = VM_J, .target = 1},
        {.op = VM_ECALL},
        {.op = VM_J, .target = 3}, /* 2, 3: nobody comes here */
        {.op = VM_J, .target = 2},
    };
    struct rv_run r;
    saying_open(&r, rows, 4, 0);
    struct air_table_witness *jump = &r.witness.tables[rv_table(&r, "jump")];
    uint32_t n = jump->height, rom = rv_table(&r, "rom");
    jump->height = n + 2; /* columns have room for 8 rows at least */
    for (uint32_t i = 0; i < 2; i++) {
        set(&r, "jump", "pc", n + i, r.program->pc_of_row[2 + i]);
        set(&r, "jump", "tgt", n + i, r.program->pc_of_row[3 - i]);
        set(&r, "jump", "ts", n + i, 1000 + 4 * i);
        r.witness.tables[rom].columns[0][r.program->rom_of_row[2 + i]] = 1;
    }
    assert_objects(&r, "state ");
    set(&r, "jump", "ts", n + 1, 1000); /* at one time: each leaves a state 4 later */
    assert_objects(&r, "state ");
    assert_verdict(rv_prove(&r), GN_REJECT_BUS_SUM);
    /* going round takes p / 4 rows if time is to come back; the bound stops far before */
    const struct air_system *s = r.system.air;
    for (uint32_t b = 0; b < s->bounds_n; b++) {
        if (strcmp(s->bounds[b].name, "time") == 0) {
            assert_true((uint64_t)s->bounds[b].coefficients[rv_table(&r, "jump")] * (FP_P / 4) >= FP_P);
        }
    }
    rv_close(&r);
}

/* ---- the statement ---- */

static void out_twice_at_one_index(void **state)
{
    (void)state;
    struct rv_run r;
    open_calling(&r);
    set(&r, "out", "a[0]", 1, 0);
    assert_only(&r, "reg out ");
    /* the kernel's register said so too: still one row of the statement is said by nobody */
    struct rv_run again;
    static const struct vm_insn user[] = {{.op = VM_ECALL}};
    static const struct vm_insn kernel[] = {
        {.op = VM_OUT, .ra = K_INDEX, .rb = K_LAST},
        {.op = VM_OUT, .ra = K_TIME, .rb = K_LAST},
        {.op = VM_HALT},
        {.op = VM_MOVI, .rd = K_TIME, .imm = 1}, /* 3 */
        {.op = VM_J, .target = 0},
    };
    rv_open_source(&again,
                   &(struct rv_source){.rows = user, .rows_n = 1, .kernel = kernel, .kernel_n = 5, .kernel_entry = 3});
    assert_objects(&again, "");
    set(&again, "movi", "x[0]", 0, 0);
    *rom_cell(&again, 1 + 3, ROM_X) = 0;
    set(&again, "out", "a[0]", 1, 0);
    set(&again, "reg_final", "v[0]", K_TIME, 0);
    assert_objects(&again, "out ");
    rv_state(&again, 0); /* nor does one row take two */
    assert_objects(&again, "out ");
    assert_verdict(rv_prove(&again), GN_REJECT_BUS_SUM);
    rv_close(&again);
    rv_close(&r);
}

/* An index p more than another would be the same field element: it has no row. */
static void index_that_wraps(void **state)
{
    (void)state;
    struct rv_run r;
    open_calling(&r);
    set(&r, "out", "a[0]", 0, FP_P & 0xffff);
    set(&r, "out", "a[1]", 0, FP_P >> 16);
    assert_true(strstr(rv_objections(&r), "range8 ") != NULL);
    rv_close(&r);
}

static void statement_changed(void **state)
{
    (void)state;
    struct rv_run r;
    open_calling(&r);
    uint8_t bytes[24];
    memcpy(bytes, r.witness.statement.bytes->data, sizeof bytes);
    struct air_public_bytes lie = {bytes, sizeof bytes};
    r.witness.statement.bytes = &lie;
    for (unsigned i = 0; i < sizeof bytes; i++) {
        bytes[i] ^= 0x10;
        assert_objects(&r, "out ");
        bytes[i] ^= 0x10;
    }
    lie.size = 16;
    assert_objects(&r, "out ");
    rv_close(&r);
}

/* The run ends without a HALT, or with two. */
static void another_end(void **state)
{
    (void)state;
    struct rv_run r;
    open_calling(&r);
    set(&r, "halt", "pc", 0, r.program->pc_of_row[0]); /* in user code */
    assert_only(&r, "state fetch ");
    set(&r, "halt", "pc", 0, MX_PC_KERNEL + 2 * SAYING_HALT);
    assert_objects(&r, "");
    r.witness.tables[rv_table(&r, "halt")].height = 0;
    assert_only(&r, "state fetch halt ");
    rv_close(&r);
}

/* ---- pages ---- */

/* A page joined twice gives every word of it a second log.  Both verifier and prover ask for pages that strictly increase. */
static void forged_page_list(void **state)
{
    (void)state;
    static const struct vm_insn rows[] = {
        {.op = VM_MOVI, .rd = 5, .imm = 0x1000},
        {.op = VM_LD, .rd = 10, .ra = 5},
        {.op = VM_ECALL},
    };
    static const uint8_t image[4096] = {7};
    static const struct mx_region region = {0x1000, sizeof image, VM_READ, image, sizeof image};
    struct rv_run r;
    rv_open_source(&r, &(struct rv_source){.rows = rows, .rows_n = 3, .regions = &region, .regions_n = 1});
    assert_objects(&r, "");
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    struct air_table_witness *t = &r.witness.tables[rv_table(&r, "image")];
    assert_int_equal(t->height, AIR_PAGE_ROWS);
    static const uint32_t twice[] = {0, 0}, behind[] = {2};
    struct gn_buffer proof = {0};
    struct gn_prove_options options = {.threads = 1, .isa = gn_isa_best()};
    uint32_t *columns[8], **honest = t->columns;
    for (uint32_t c = 0; c < r.system.air->tables[rv_table(&r, "image")].committed_n; c++) {
        columns[c] = gn_arena_zalloc(&r.arena, (air_committed_height(2 * AIR_PAGE_ROWS, 3) + 16) * sizeof(uint32_t));
        memcpy(columns[c], honest[c], AIR_PAGE_ROWS * sizeof(uint32_t));
    }
    t->pages = behind;
    assert_int_not_equal(gn_prove(&proof, r.record, &r.witness, &options, &r.err), GN_OK);
    assert_non_null(strstr(r.err.text, "page"));
    t->columns = columns;
    t->height = 2 * AIR_PAGE_ROWS;
    t->pages = twice;
    assert_int_not_equal(gn_prove(&proof, r.record, &r.witness, &options, &r.err), GN_OK);
    assert_non_null(strstr(r.err.text, "page"));
    gn_buffer_free(&proof);
    rv_close(&r);
}

/* ---- every cell ---- */
static void every_cell_is_constrained(void **state)
{
    (void)state;
    static const char *const tables[] = {"trap", "ecall", "resume", "out", "halt", "jal", "jalr", "reg_final", "rom"};
    static const struct vm_insn rows[] = {
        {.op = VM_MOVI, .rd = 5, .imm = USER_AT(4) + 1},
        {.op = VM_ECALL},
        {.op = VM_JALR, .rd = 1, .ra = 5, .link = USER_AT(3), .target = VM_NO_ROW},
        {.op = VM_ECALL},
        {.op = VM_JAL, .rd = 1, .imm = USER_AT(5), .target = 5},
        {.op = VM_J, .target = VM_NO_ROW, .link = MX_TEXT + 0x12345678},
    };
    struct rv_run r;
    saying_open(&r, rows, 6, 3);
    assert_objects(&r, "");
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        rv_mutate(&r, tables[i]);
    }
    rv_close(&r);
}

/* Words of which some bytes exist: their lookups, used and not. */
static void every_lookup_of_bytes_is_counted(void **state)
{
    (void)state;
    static const struct mx_region region = {0x1003, 18, VM_READ | VM_WRITE, NULL, 0};
    static const struct vm_insn rows[] = {
        {.op = VM_MOVI, .rd = 5, .imm = 0x1003},
        {.op = VM_SW, .ra = 5, .rb = 5},
        {.op = VM_LW, .rd = 10, .ra = 5},
        {.op = VM_LBU, .rd = 10, .ra = 5, .imm = 17},
        {.op = VM_ECALL},
    };
    struct rv_run r;
    rv_open_source(&r, &(struct rv_source){.rows = rows, .rows_n = 5, .regions = &region, .regions_n = 1});
    assert_objects(&r, "");
    unsigned used = 0;
    for (uint32_t i = 0; i < rv_height(&r, "access_bytes"); i++) {
        uint32_t n = get(&r, "access_bytes", "multiplicity", i);
        used += n;
        if (n != 0 || i % 400 == 0) {
            set(&r, "access_bytes", "multiplicity", i, n + 1);
            assert_true(rv_failures(&r, false) > 0);
            set(&r, "access_bytes", "multiplicity", i, n);
        }
    }
    assert_int_equal(used, 3);
    rv_note_mutated(&r, "access_bytes");
    /* a byte behind the end, with a lookup for the word before */
    set(&r, "ldb", "byte", 0, 0);
    set(&r, "ldb", "high", 0, 1);
    assert_true(strstr(rv_objections(&r), "access ") != NULL);
    rv_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trap_in_kernel_code),
        cmocka_unit_test(trap_inside_of_an_instruction),
        cmocka_unit_test(trap_says_another_place),
        cmocka_unit_test(jalr_into_the_kernel),
        cmocka_unit_test(resume_elsewhere),
        cmocka_unit_test(forged_meter),
        cmocka_unit_test(call_or_trap),
        cmocka_unit_test(detached_cycle),
        cmocka_unit_test(out_twice_at_one_index),
        cmocka_unit_test(index_that_wraps),
        cmocka_unit_test(statement_changed),
        cmocka_unit_test(another_end),
        cmocka_unit_test(forged_page_list),
        cmocka_unit_test(every_cell_is_constrained),
        cmocka_unit_test(every_lookup_of_bytes_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
