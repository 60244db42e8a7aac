/* SPDX-License-Identifier: Apache-2.0 */
/* Words that the kernel declares while the program runs: exactly those exist, from then on, as what was said; and lies about that. */
#include "cm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machines/memory/memory.h"
#include "machines_rv/kernel_fixture.h"
#include "machines_rv/objections.h"
#include "support/proven.h"

#define CHUNK 0x10000u

struct range {
    uint64_t base;
    uint32_t words, kind;
};

enum { ROWS = 6000, RANGES = 128 };
struct text {
    struct vm_insn user[ROWS], kernel[4 * RANGES + SAYING_ROWS];
    uint32_t user_n, kernel_n, traps_n;
    uint32_t traps[ROWS]; /* rows of the user that have to trap, ascending */
};

/* The saying kernel, which declares the ranges before it enters the program. */
static void put_kernel(struct text *t, const struct range *ranges, unsigned n)
{
    memcpy(t->kernel, saying_kernel, sizeof saying_kernel);
    t->kernel_n = SAYING_ENTRY;
    for (unsigned i = 0; i < n; i++) {
        t->kernel[t->kernel_n++] = (struct vm_insn){.op = VM_MOVI, .rd = RV_K(1), .imm = ranges[i].base};
        t->kernel[t->kernel_n++] = (struct vm_insn){.op = VM_MOVI, .rd = RV_K(2), .imm = 8 * (uint64_t)ranges[i].words};
        t->kernel[t->kernel_n++] = (struct vm_insn){.op = VM_MOVI, .rd = RV_K(3), .imm = ranges[i].kind};
        t->kernel[t->kernel_n++] = (struct vm_insn){.op = VM_DECLARE, .rd = RV_K(3), .ra = RV_K(1), .rb = RV_K(2)};
    }
    memcpy(t->kernel + t->kernel_n, saying_kernel + SAYING_ENTRY, 3 * sizeof *saying_kernel);
    t->kernel[t->kernel_n].imm = t->traps_n;
    t->kernel_n += 3;
}

static uint32_t kind_at(const struct range *ranges, unsigned n, uint64_t address)
{
    for (unsigned i = 0; i < n; i++) {
        if (address - ranges[i].base < 8 * (uint64_t)ranges[i].words) {
            return ranges[i].kind;
        }
    }
    return MEM_ABSENT;
}

/* a store and a load of the word, each a trap if it may not be */
static void put_access(struct text *t, const struct range *ranges, unsigned n, uint64_t address)
{
    uint32_t kind = kind_at(ranges, n, address);
    t->user[t->user_n++] = (struct vm_insn){.op = VM_MOVI, .rd = 5, .imm = address};
    if (kind != MEM_WRITABLE) {
        t->traps[t->traps_n++] = t->user_n;
    }
    t->user[t->user_n++] = (struct vm_insn){.op = VM_SD, .ra = 5, .rb = 5};
    if (kind != MEM_WRITABLE && kind != MEM_READABLE) {
        t->traps[t->traps_n++] = t->user_n;
    }
    t->user[t->user_n++] = (struct vm_insn){.op = VM_LD, .rd = 10, .ra = 5};
}

static void open_text(struct rv_run *r, struct text *t, const struct range *ranges, unsigned n)
{
    t->user[t->user_n++] = (struct vm_insn){.op = VM_ECALL};
    put_kernel(t, ranges, n);
    rv_open_source(r, &(struct rv_source){.rows = t->user,
                                          .rows_n = t->user_n,
                                          .kernel = t->kernel,
                                          .kernel_n = t->kernel_n,
                                          .kernel_entry = SAYING_ENTRY,
                                          .traps = true});
}

static void run_clean(struct text *t, const struct range *ranges, unsigned n)
{
    struct rv_run r;
    open_text(&r, t, ranges, n);
    assert_int_equal(rv_failures(&r, true), 0);
    for (uint32_t i = 0; i < t->traps_n; i++) {
        assert_int_equal((uint32_t)rv_word(&r, i), USER_AT(t->traps[i]));
    }
    rv_close(&r);
    free(t);
}

static struct text *new_text(void)
{
    struct text *t = calloc(1, sizeof *t);
    assert_non_null(t);
    return t;
}

/* Every place of base and end in their blocks, every number of blocks between, inside and across 64 KiB. */
static void ranges_of_every_form(void **state)
{
    (void)state;
    for (unsigned across = 0; across < 2; across++) {
        struct range ranges[RANGES];
        unsigned n = 0;
        for (uint32_t from = 0; from < 4; from++) {
            for (uint32_t words = 1; words <= 11; words++) {
                uint64_t at = UINT64_C(0x20000000) + n * (uint64_t)CHUNK * 2 + (across ? CHUNK - 32 : 256);
                ranges[n++] = (struct range){at + 8 * from, words, MEM_WRITABLE};
            }
        }
        struct text *t = new_text();
        for (unsigned i = 0; i < n; i++) {
            for (uint32_t w = 0; w < ranges[i].words + 2; w++) {
                put_access(t, ranges, n, ranges[i].base - 8 + 8 * (uint64_t)w);
            }
        }
        run_clean(t, ranges, n);
    }
}

/* Several megabytes, of which a few words are touched; ranges in descending order. */
static void long_ranges(void **state)
{
    (void)state;
    static const struct range ranges[] = {
        {0xa0000018, 5 * CHUNK, MEM_WRITABLE},
        {0x80400000, CHUNK / 8 * 3, MEM_WRITABLE},
        {0x30000000, CHUNK / 8, MEM_READABLE},
        {0xfffffff8 - 8 * CHUNK, CHUNK, MEM_WRITABLE},
    };
    struct text *t = new_text();
    for (unsigned i = 0; i < 4; i++) {
        uint64_t base = ranges[i].base, end = base + 8 * (uint64_t)ranges[i].words;
        const uint64_t at[] = {base,    base + 8,    base + 0xfff8, base + CHUNK, base + 5 * 8 + 3 * (uint64_t)CHUNK,
                               end - 8, end - CHUNK, end,           base - 8};
        for (unsigned k = 0; k < sizeof at / sizeof *at; k++) {
            put_access(t, ranges, 4, at[k]);
        }
    }
    run_clean(t, ranges, 4);
}

/* Words of one block by four DECLAREs of different kinds, next to blocks of others. */
static void neighbours(void **state)
{
    (void)state;
    const struct range ranges[] = {
        {0x20000000, 9, MEM_WRITABLE}, {0x20000048, 1, MEM_READABLE},  {0x20000050, 1, MEM_KERNEL},
        {0x20000058, 1, MEM_WRITABLE}, {0x20000060, 4, MEM_READABLE},  {0x20000080, 2, MEM_WRITABLE},
        {0x20000098, 1, MEM_WRITABLE}, {0x20000090, 1, MEM_BYTES + 2}, /* three bytes */
    };
    struct text *t = new_text();
    for (unsigned w = 0; w < 22; w++) {
        put_access(t, ranges, 8, 0x1ffffff8 + 8 * w);
    }
    /* bytes of the word of which three exist, and of a straddle into it */
    static const struct {
        uint8_t op;
        uint32_t at;
        bool traps;
    } bytes[] = {
        {VM_LBU, 0x20000092, false}, {VM_LBU, 0x20000093, true}, {VM_LHU, 0x20000091, false},
        {VM_LHU, 0x20000092, true},  {VM_SB, 0x20000090, true},  {VM_LWU, 0x2000008f, false},
        {VM_LWU, 0x20000090, true},  {VM_SW, 0x2000008e, true},
    };
    for (unsigned i = 0; i < sizeof bytes / sizeof *bytes; i++) {
        t->user[t->user_n++] = (struct vm_insn){.op = VM_MOVI, .rd = 5, .imm = bytes[i].at};
        if (bytes[i].traps) {
            t->traps[t->traps_n++] = t->user_n;
        }
        bool store = bytes[i].op == VM_SB || bytes[i].op == VM_SW;
        t->user[t->user_n++] = (struct vm_insn){.op = bytes[i].op, .rd = store ? 0 : 10, .rb = store ? 5 : 0, .ra = 5};
    }
    run_clean(t, ranges, 8);
}

/* The store traps; the kernel declares the word, and the same instruction runs. */
static const struct vm_insn repaired[] = {
    {.op = VM_MOVI, .rd = 5, .imm = 0x20000008},
    {.op = VM_SD, .ra = 5, .rb = 5},
    {.op = VM_LD, .rd = 10, .ra = 5, .imm = 8},
    {.op = VM_ECALL},
};
static const struct vm_insn repairing[] = {
    {.op = VM_BNE, .ra = K_INDEX, .rb = VM_REG_ZERO, .target = 8},
    {.op = VM_MOVI, .rd = RV_K(1), .imm = 0x20000008},
    {.op = VM_MOVI, .rd = RV_K(2), .imm = 0x78},
    {.op = VM_MOVI, .rd = RV_K(3), .imm = MEM_WRITABLE},
    {.op = VM_DECLARE,
     .rd = RV_K(3),
     .ra = RV_K(1),
     .rb = RV_K(2)}, /* head, two whole blocks (the second touched by nobody), no tail */
    {.op = VM_MOVI, .rd = K_INDEX, .imm = 1},
    {.op = VM_MOVI, .rd = K_TRAP, .imm = MX_TEXT + 4},
    {.op = VM_RESUME, .rd = K_TIME, .ra = K_TRAP},
    {.op = VM_LD, .rd = RV_K(4), .ra = 5}, /* 8 */
    {.op = VM_SD, .ra = 5, .rb = RV_K(4), .imm = 0x20},
    {.op = VM_OUT, .ra = VM_REG_ZERO, .rb = RV_K(4)},
    {.op = VM_HALT},
    {.op = VM_MOVI, .rd = K_TRAP, .imm = MX_TEXT}, /* 12 */
    {.op = VM_RESUME, .rd = K_TIME, .ra = K_TRAP},
};

static void open_repaired(struct rv_run *r)
{
    rv_open_source(r, &(struct rv_source){.rows = repaired,
                                          .rows_n = 4,
                                          .kernel = repairing,
                                          .kernel_n = sizeof repairing / sizeof *repairing,
                                          .kernel_entry = 12,
                                          .traps = true});
}

static void a_store_is_repaired(void **state)
{
    (void)state;
    struct rv_run r;
    open_repaired(&r);
    assert_int_equal(rv_failures(&r, true), 0);
    assert_int_equal(rv_word(&r, 0), 0x20000008);
    assert_int_equal(rv_height(&r, "declared_edges"), 1);
    assert_int_equal(rv_height(&r, "zero"), 1);
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    rv_close(&r);
}

/* Other windows, the kernel's own among them. */
static void every_window(void **state)
{
    (void)state;
    static const struct vm_insn user[] = {{.op = VM_ECALL}};
    struct vm_insn kernel[80];
    uint32_t n = 1;
    kernel[0] = (struct vm_insn){.op = VM_HALT};
    for (unsigned i = 0; i < 6; i++) {
        uint64_t window = i == 5 ? MX_KERNEL_C2 : 4 - i; /* not in order */
        kernel[n++] = (struct vm_insn){.op = VM_MOVI, .rd = RV_K(1), .imm = (window << 32) + 0x50000018};
        kernel[n++] = (struct vm_insn){.op = VM_MOVI, .rd = RV_K(2), .imm = 0x30010};
        kernel[n++] = (struct vm_insn){.op = VM_MOVI, .rd = RV_K(3), .imm = i == 5 ? MEM_KERNEL : MEM_READABLE};
        kernel[n++] = (struct vm_insn){.op = VM_DECLARE, .rd = RV_K(3), .ra = RV_K(1), .rb = RV_K(2)};
        kernel[n++] = (struct vm_insn){.op = VM_SD, .ra = RV_K(1), .rb = RV_K(1), .imm = 16};
        kernel[n++] = (struct vm_insn){.op = VM_SW, .ra = RV_K(1), .rb = RV_K(1), .imm = 5}; /* head and whole block */
        kernel[n++] = (struct vm_insn){.op = VM_ADD, .rd = RV_K(1), .ra = RV_K(1), .rb = RV_K(2)};
        kernel[n++] = (struct vm_insn){.op = VM_SB, .ra = RV_K(1), .rb = RV_K(1), .imm = (uint64_t)-1}; /* tail */
        kernel[n++] = (struct vm_insn){.op = VM_SD, .ra = RV_K(1), .rb = RV_K(1), .imm = (uint64_t)-0x20};
    }
    kernel[n++] = (struct vm_insn){.op = VM_J, .target = 0};
    struct rv_run r;
    rv_open_source(&r,
                   &(struct rv_source){.rows = user, .rows_n = 1, .kernel = kernel, .kernel_n = n, .kernel_entry = 1});
    assert_int_equal(rv_failures(&r, true), 0);
    assert_int_equal(rv_height(&r, "declared"), 6);
    assert_int_equal(rv_height(&r, "declared_chunks"), 12);
    assert_int_equal(rv_height(&r, "declared_edges"), 12);
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    rv_close(&r);
}

/* ---- lies ---- */
static uint32_t get(struct rv_run *r, const char *table, const char *column, uint32_t row)
{
    return *rv_cell(r, table, column, row);
}

static void set(struct rv_run *r, const char *table, const char *column, uint32_t row, uint32_t value)
{
    *rv_cell(r, table, column, row) = value;
}

static void assert_among(struct rv_run *r, const char *who)
{
    const char *names = rv_objections(r);
    if (strstr(names, who) == NULL) {
        fail_msg("%sdoes not object, only %s", who, names);
    }
}

/* The words came into being earlier than they were declared. */
static void access_before_declaration(void **state)
{
    (void)state;
    struct rv_run r;
    open_repaired(&r);
    assert_objects(&r, "");
    uint32_t start = get(&r, "declared_edges", "start", 0);
    set(&r, "declared_edges", "start", 0, 0);
    assert_among(&r, "edge ");
    set(&r, "declared_edges", "start", 0, start);
    set(&r, "zero", "start", 0, 0);
    assert_among(&r, "zero_region ");
    set(&r, "declared_chunks", "start", 0, 0);
    assert_among(&r, "declared ");
    set(&r, "declared", "start", 0, 0);
    assert_among(&r, "declare ");
    rv_close(&r);
    /* or their accesses came before: the token's time is above the access's, so the gap is negative */
    open_repaired(&r);
    uint32_t now = get(&r, "st8", "ts", 0) + MX_SLOT_MEMORY, later = now + 100;
    set(&r, "declared_edges", "start", 0, later);
    set(&r, "st8", "v_gap[0]", 0, FP_P - 1 - (later - now));
    assert_among(&r, "range16 ");
    rv_close(&r);
}

/* A block behind the range, one before it, one of another 64 KiB. */
static void block_outside_of_the_range(void **state)
{
    (void)state;
    struct rv_run r;
    open_repaired(&r);
    uint32_t eb = get(&r, "declared_chunks", "eb", 0), fb = get(&r, "declared_chunks", "fb", 0);
    set(&r, "zero", "last", 0, eb);
    assert_among(&r, "zero_region ");
    set(&r, "zero", "last", 0, eb - 1);
    set(&r, "declared_chunks", "ends", 0, 0); /* it goes on to the end of the 64 KiB */
    set(&r, "zero", "last", 0, 2047);
    assert_among(&r, "range16 ");
    set(&r, "declared_chunks", "ends", 0, 1);
    set(&r, "zero", "last", 0, eb - 1);
    set(&r, "declared_chunks", "begins", 0, 0);
    set(&r, "zero", "first", 0, 0);
    assert_among(&r, "range16 ");
    set(&r, "declared_chunks", "begins", 0, 1);
    set(&r, "zero", "first", 0, fb);
    uint32_t c1 = get(&r, "declared_chunks", "c1", 0);
    set(&r, "declared_chunks", "c1", 0, c1 + 1);
    assert_among(&r, "constraint ");
    set(&r, "declared_chunks", "begins", 0, 0);
    assert_among(&r, "constraint "); /* it ends */
    set(&r, "declared_chunks", "ends", 0, 0);
    assert_among(&r, "range16 ");
    rv_close(&r);
}

/* The head has words behind the end, or is said twice, or not at all. */
static void edges_forged(void **state)
{
    (void)state;
    struct rv_run r;
    static const struct vm_insn user[] = {{.op = VM_ECALL}};
    static const struct vm_insn kernel[] = {
        {.op = VM_SD, .ra = RV_K(1), .rb = RV_K(1)},
        {.op = VM_HALT},
        {.op = VM_MOVI, .rd = RV_K(1), .imm = 0x20000008}, /* 2 */
        {.op = VM_MOVI, .rd = RV_K(2), .imm = 16},
        {.op = VM_MOVI, .rd = RV_K(3), .imm = MEM_WRITABLE},
        {.op = VM_DECLARE, .rd = RV_K(3), .ra = RV_K(1), .rb = RV_K(2)}, /* words 1 and 2 of a block */
        {.op = VM_J, .target = 0},
    };
    rv_open_source(&r,
                   &(struct rv_source){.rows = user, .rows_n = 1, .kernel = kernel, .kernel_n = 7, .kernel_entry = 2});
    assert_objects(&r, "");
    assert_int_equal(rv_height(&r, "declared_edges"), 1);
    set(&r, "declared_edges", "h[0]", 0, 0); /* word 3 too */
    assert_among(&r, "edge ");
    set(&r, "declare", "same", 0, 0); /* the head is said to go to the end of the block */
    assert_among(&r, "constraint ");
    set(&r, "declare", "has_tail", 0, 1);
    assert_among(&r, "constraint ");
    set(&r, "declare", "same", 0, 1);
    assert_among(&r, "constraint ");
    set(&r, "declare", "has_tail", 0, 0);
    set(&r, "declared_edges", "h[0]", 0, 1);
    assert_objects(&r, "");
    set(&r, "declare", "has_head", 0, 0);
    assert_among(&r, "constraint ");
    set(&r, "declare", "has_head", 0, 1);
    set(&r, "declared_edges", "l[0]", 0, 0); /* not in unary: words 0 and 2 */
    set(&r, "declared_edges", "l[1]", 0, 1);
    assert_among(&r, "constraint ");
    rv_close(&r);
}

static void every_cell_is_constrained(void **state)
{
    (void)state;
    static const char *const tables[] = {"declare", "declared", "declared_chunks", "declared_edges", "zero"};
    static const struct vm_insn user[] = {{.op = VM_ECALL}};
    static const struct range ranges[] = {
        {0x20000008, 2, MEM_WRITABLE},
        {0x20000018, 5, MEM_WRITABLE},
        {0x2000fff0, 0x2009, MEM_WRITABLE},
        {0x20020100, 2, MEM_WRITABLE},
    };
    struct vm_insn kernel[64];
    uint32_t n = 1;
    kernel[0] = (struct vm_insn){.op = VM_HALT};
    for (unsigned i = 0; i < 4; i++) {
        kernel[n++] = (struct vm_insn){.op = VM_MOVI, .rd = RV_K(1), .imm = ranges[i].base};
        kernel[n++] = (struct vm_insn){.op = VM_MOVI, .rd = RV_K(2), .imm = 8 * (uint64_t)ranges[i].words};
        kernel[n++] = (struct vm_insn){.op = VM_MOVI, .rd = RV_K(3), .imm = ranges[i].kind};
        kernel[n++] = (struct vm_insn){.op = VM_DECLARE, .rd = RV_K(3), .ra = RV_K(1), .rb = RV_K(2)};
        kernel[n++] = (struct vm_insn){.op = VM_SD, .ra = RV_K(1), .rb = RV_K(1)};
        kernel[n++] = (struct vm_insn){.op = VM_ADD, .rd = RV_K(1), .ra = RV_K(1), .rb = RV_K(2)};
        kernel[n++] = (struct vm_insn){.op = VM_SD, .ra = RV_K(1), .rb = RV_K(1), .imm = (uint64_t)-8};
    }
    kernel[n++] = (struct vm_insn){.op = VM_MOVI, .rd = RV_K(1), .imm = 0x20018000};
    kernel[n++] = (struct vm_insn){.op = VM_SD, .ra = RV_K(1), .rb = RV_K(1)};
    kernel[n++] = (struct vm_insn){.op = VM_SD, .ra = RV_K(1), .rb = RV_K(1), .imm = 0x100};
    kernel[n++] = (struct vm_insn){.op = VM_J, .target = 0};
    struct rv_run r;
    rv_open_source(&r,
                   &(struct rv_source){.rows = user, .rows_n = 1, .kernel = kernel, .kernel_n = n, .kernel_entry = 1});
    assert_objects(&r, "");
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        rv_mutate(&r, tables[i]);
    }
    for (uint32_t row = 0; row < rv_height(&r, "declared_edges"); row++) { /* words that are made */
        unsigned lo = get(&r, "declared_edges", "l[0]", row) + get(&r, "declared_edges", "l[1]", row) +
                      get(&r, "declared_edges", "l[2]", row);
        unsigned end = 4 - get(&r, "declared_edges", "h[0]", row) - get(&r, "declared_edges", "h[1]", row) -
                       get(&r, "declared_edges", "h[2]", row);
        for (unsigned i = lo; i < end; i++) {
            for (unsigned k = 0; k < 5; k++) {
                char name[16];
                snprintf(name, sizeof name, k == 4 ? "ts[%u]" : "v[%u]", k == 4 ? i : 4 * i + k);
                uint32_t honest = get(&r, "declared_edges", name, row);
                set(&r, "declared_edges", name, row, honest + 1);
                assert_among(&r, "mem ");
                set(&r, "declared_edges", name, row, honest);
            }
        }
    }
    rv_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_of_every_form),
        cmocka_unit_test(long_ranges),
        cmocka_unit_test(neighbours),
        cmocka_unit_test(a_store_is_repaired),
        cmocka_unit_test(every_window),
        cmocka_unit_test(access_before_declaration),
        cmocka_unit_test(block_outside_of_the_range),
        cmocka_unit_test(edges_forged),
        cmocka_unit_test(every_cell_is_constrained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
