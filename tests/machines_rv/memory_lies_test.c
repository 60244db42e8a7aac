/* SPDX-License-Identifier: Apache-2.0 */
/* Lies about memory, by name.  Each is made consistent everywhere (tokens, preprocessed rows, final values, multiplicities of legal lookups) but in
 * the one place that must catch it, and the test asserts that only this place objects.  Then every cell of every table. */
#include "cm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machines/memory/memory.h"
#include "machines_rv/memory_fixture.h"
#include "machines_rv/objections.h"
#include "support/proven.h"

/* ---- changing things ---- */
static void set(struct rv_run *r, const char *table, const char *column, uint32_t row, uint32_t value)
{
    *rv_cell(r, table, column, row) = value;
}

static uint32_t *preprocessed(struct rv_run *r, const char *table, unsigned column, uint32_t row)
{
    return (uint32_t *)(uintptr_t)&r->pre.columns[rv_table(r, table)][column][row];
}

static uint32_t *rom_field(struct rv_run *r, uint32_t core_row, unsigned x)
{
    return preprocessed(r, "rom", 7 + x, r->program->rom_of_row[core_row]);
}

/* MOVI number k (= core row k) loads v instead; whoever reads it and its final value must be changed too. */
static void set_constant(struct rv_run *r, uint32_t k, uint64_t v)
{
    uint32_t reg = r->core.rows[k].rd;
    rv_set_limbs(r, "movi", "x", k + 1, v); /* behind the kernel's */
    rv_set_limbs(r, "reg_final", "v", reg, v);
    for (unsigned i = 0; i < 4; i++) {
        *rom_field(r, k, i) = mx_limb(v, i);
    }
}

/* rows: x5 = base, x6 = value, x8 = other base, then these, then the ECALL */
enum { BASE, VALUE, OTHER, FIRST };
static void open_rows(struct rv_run *r, struct mem_program *p, uint64_t base, uint64_t value, uint64_t other,
                      const struct vm_insn *rows, unsigned n)
{
    mem_begin(p);
    p->n = 0; /* no comparisons here */
    mem_row(p, (struct vm_insn){.op = VM_MOVI, .rd = 5, .imm = base});
    mem_row(p, (struct vm_insn){.op = VM_MOVI, .rd = 6, .imm = value});
    mem_row(p, (struct vm_insn){.op = VM_MOVI, .rd = 8, .imm = other});
    for (unsigned i = 0; i < n; i++) {
        mem_row(p, rows[i]);
    }
    mem_open(r, p);
    assert_objects(r, "");
}
#define OPEN(r, p, base, value, other, ...)                           \
    do {                                                              \
        const struct vm_insn rows_[] = {__VA_ARGS__};                 \
        open_rows(r, p, base, value, other, rows_, MEM_COUNT(rows_)); \
    } while (0)

/* ---- time ---- */
static void stale_memory(void **state)
{
    (void)state;
    struct mem_program p;
    struct rv_run r;
    OPEN(&r, &p, MEM_RAM, 5, 0, {.op = VM_SD, .ra = 5, .rb = 6}, {.op = VM_LD, .rd = 7, .ra = 5});
    uint32_t now = *rv_cell(&r, "ld8", "ts", 0) + MX_SLOT_MEMORY;
    rv_set_limbs(&r, "ld8", "v", 0, 0);
    set(&r, "ld8", "v_gap[0]", 0, now - 1);
    rv_set_limbs(&r, "reg_final", "v", 7, 0);
    assert_objects(&r, "mem ");
    assert_verdict(rv_prove(&r), GN_REJECT_BUS_SUM);
    mem_close(&r, &p);
}

/* The load comes after the store but reads the word of before: the store then has to take the load's token, of the future. */
static void access_before_its_time(void **state)
{
    (void)state;
    struct mem_program p;
    struct rv_run r;
    OPEN(&r, &p, MEM_RAM, 5, 0, {.op = VM_SD, .ra = 5, .rb = 6}, {.op = VM_LD, .rd = 7, .ra = 5});
    uint32_t load = *rv_cell(&r, "ld8", "ts", 0) + MX_SLOT_MEMORY,
             store = *rv_cell(&r, "st8", "ts", 0) + MX_SLOT_MEMORY;
    rv_set_limbs(&r, "ld8", "v", 0, 0);
    set(&r, "ld8", "v_gap[0]", 0, load - 1);
    rv_set_limbs(&r, "reg_final", "v", 7, 0);
    set(&r, "zero", "ts[0]", 0, store);
    uint32_t gap = FP_P - 1 - (load - store); /* store - 1 - gap = load */
    set(&r, "st8", "v_gap[0]", 0, gap);
    assert_objects(&r, "range16 ");
    set(&r, "st8", "v_gap[0]", 0, gap & 0xffff); /* two 16-bit limbs would do: the second has 8 bits for a reason */
    set(&r, "st8", "v_gap[1]", 0, gap >> 16);
    assert_objects(&r, "range8 ");
    mem_close(&r, &p);
}

/* ---- a store changes only its bytes ---- */
static void byte_store_touches_its_neighbour(void **state)
{
    (void)state;
    struct mem_program p;
    struct rv_run r;
    OPEN(&r, &p, MEM_DATA, 0x11, 0, {.op = VM_SB, .ra = 5, .rb = 6});
    uint32_t old = *rv_cell(&r, "stb", "v[0]", 0);
    set(&r, "stb", "byte", 0, (old & 0xff) + 0x100);
    set(&r, "image", "last[0]", MEM_TEXT_SIZE / 8, old - (old & 0xff) - 0x100 + 0x11);
    assert_objects(&r, "bytes ");
    mem_close(&r, &p);
}

static void half_store_in_two_places(void **state)
{
    (void)state;
    struct mem_program p;
    struct rv_run r;
    OPEN(&r, &p, MEM_RAM + 6, 0x11, 0, {.op = VM_SH, .ra = 5, .rb = 6});
    set(&r, "sth", "at[0]", 0, 1); /* limbs 1 and 2, minus limb 0: offset 6 as well */
    set(&r, "sth", "at[1]", 0, 1);
    set(&r, "sth", "at[2]", 0, 0);
    rv_set_limbs(&r, "zero", "v", 0, 0x0000001100110000);
    set(&r, "zero", "v[0]", 0, FP_P - 0x11);
    assert_objects(&r, "constraint ");
    mem_close(&r, &p);
}

static void unaligned_store_touches_its_neighbour(void **state)
{
    (void)state;
    struct mem_program p;
    struct rv_run r;
    OPEN(&r, &p, MEM_DATA + 1, 0x1122, 0, {.op = VM_SH, .ra = 5, .rb = 6});
    uint32_t row = MEM_TEXT_SIZE / 8, end = *rv_cell(&r, "stx", "after[1]", 0);
    set(&r, "stx", "after[1]", 0, end ^ 0x100); /* its high byte is not stored to */
    set(&r, "image", "last[1]", row, end ^ 0x100);
    assert_objects(&r, "constraint ");
    uint32_t high = *rv_cell(&r, "stx", "last[1]", 0), low = *rv_cell(&r, "stx", "last[0]", 0);
    set(&r, "stx", "last[1]", 0, high + 1);
    set(&r, "stx", "last[0]", 0, fp_sub_raw(low, 256));
    set(&r, "stx", "after[1]", 0, end + 0x100);
    set(&r, "image", "last[1]", row, end + 0x100);
    assert_objects(&r, "bytes ");
    mem_close(&r, &p);
}

/* ---- straddles ---- */
static void straddle_without_second_word(void **state)
{
    (void)state;
    struct mem_program p;
    struct rv_run r;
    OPEN(&r, &p, MEM_RAM + 5, 0, 0, {.op = VM_LD, .rd = 7, .ra = 5});
    set(&r, "ldx", "straddles", 0, 0);
    set(&r, "zero", "ts[1]", 0, 0);
    assert_objects(&r, "access ");
    mem_close(&r, &p);
}

static void straddle_where_there_is_none(void **state)
{
    (void)state;
    struct mem_program p;
    struct rv_run r;
    OPEN(&r, &p, MEM_RAM + 1, 0, 0, {.op = VM_LW, .rd = 7, .ra = 5});
    set(&r, "ldx", "straddles", 0, 1);
    uint32_t now = *rv_cell(&r, "ldx", "ts", 0) + MX_SLOT_MEMORY;
    set(&r, "ldx", "w_gap[0]", 0, now - 1);
    set(&r, "ldx", "w_perm", 0, MEM_WRITABLE);
    set(&r, "zero", "ts[1]", 0, now);
    assert_objects(&r, "access ");
    mem_close(&r, &p);
}

/* The second word is in read-only memory. */
static void straddling_store_into_a_neighbour(void **state)
{
    (void)state;
    struct mem_program p;
    struct rv_run r;
    OPEN(&r, &p, MEM_DATA + 5, 0x1122334455667788, 0, {.op = VM_SD, .ra = 5, .rb = 6});
    *preprocessed(&r, "image", 7, MEM_TEXT_SIZE / 8 + 1) = 0;
    set(&r, "stx", "w_perm", 0, 0);
    assert_objects(&r, "access ");
    set(&r, "stx", "w_perm", 0, MEM_WRITABLE); /* or it is forged */
    assert_objects(&r, "mem ");
    mem_close(&r, &p);
}

/* The second word is not the next one: 64 KiB down, or up. */
static void straddle_into_another_word(void **state)
{
    (void)state;
    struct mem_program p;
    struct rv_run r;
    OPEN(&r, &p, 0xa003fffb, 0, 0, {.op = VM_LD, .rd = 7, .ra = 5});
    set(&r, "ldx", "carry", 0, 0);
    set(&r, "zero", "ts[0]", 1, 0);
    assert_objects(&r, "mem ");
    mem_close(&r, &p);
}

/* ---- words ---- */
static void word_that_does_not_exist(void **state)
{
    (void)state;
    struct mem_program p;
    struct rv_run r;
    OPEN(&r, &p, MEM_RAM + 64, 0, 0, {.op = VM_LD, .rd = 7, .ra = 5});
    uint32_t t = rv_table(&r, "zero_regions"), row = 0;
    while (r.pre.columns[t][0][row] != MEM_RAM >> 16) {
        row++;
    }
    set(&r, "zero_regions", "multiplicity", row % AIR_PAGE_ROWS, 0); /* any multiplicity is judged by the tuple */
    *preprocessed(&r, "zero_regions", 3, row) = 1;                   /* the region ends before block 2 */
    assert_objects(&r, "zero_region ");
    set(&r, "zero", "last", 0, 1);
    assert_objects(&r, "range16 ");
    *preprocessed(&r, "zero_regions", 3, row) = 2047;
    *preprocessed(&r, "zero_regions", 2, row) = 3; /* or begins behind it */
    set(&r, "zero", "last", 0, 2047);
    set(&r, "zero", "first", 0, 3);
    assert_objects(&r, "range16 ");
    mem_close(&r, &p);
}

/* A word has two rows: the load reads the 0 of the second. */
static void two_zero_rows_with_one_key(void **state)
{
    (void)state;
    struct mem_program p;
    struct rv_run r;
    OPEN(&r, &p, MEM_RAM, 5, MEM_RAM + 32, {.op = VM_SD, .ra = 5, .rb = 6}, {.op = VM_LD, .rd = 7, .ra = 8});
    set_constant(&r, OTHER, MEM_RAM);
    rv_set_limbs(&r, "ld8", "a", 0, MEM_RAM);
    set(&r, "ld8", "q", 0, 0);
    set(&r, "zero", "block", 1, 0);
    assert_objects(&r, "constraint ");
    set(&r, "zero", "step[0]", 0, FP_P - 1);
    assert_objects(&r, "range16 ");
    set(&r, "zero", "step[0]", 0, 0xffff); /* -1 = 65535 - 4 2^14 */
    set(&r, "zero", "step[1]", 0, FP_P - 4);
    assert_objects(&r, "range16 ");
    mem_close(&r, &p);
}

/* A word of the kernel: rows of the kernel may load it, rows of users, whichever the privilege, may not.  An address that names another window names no word. */
static void user_names_a_word_of_the_kernel(void **state)
{
    (void)state;
    struct mem_program p;
    struct rv_run r;
    OPEN(&r, &p, MEM_LOW, 5, 0, {.op = VM_LD, .rd = 7, .ra = 5});
    uint32_t t = rv_table(&r, "zero_regions"), region = 0;
    while (r.pre.columns[t][0][region] != 0 || r.pre.columns[t][4][region] != MEM_WRITABLE) {
        region++;
    }
    for (unsigned kernels = 0; kernels < 2; kernels++) { /* the word is the user's, the kernel's */
        uint32_t c2 = kernels ? MX_KERNEL_C2 : 0, perm = kernels ? MEM_KERNEL : MEM_WRITABLE;
        *preprocessed(&r, "zero_regions", 1, region) = c2;
        *preprocessed(&r, "zero_regions", 4, region) = perm;
        set(&r, "zero", "c2", 0, c2);
        set(&r, "ld8", "c2", 0, c2);
        set(&r, "zero", "perm", 0, perm);
        set(&r, "ld8", "v_perm", 0, perm);
        uint64_t address = MEM_LOW + ((uint64_t)c2 << 32);
        set_constant(&r, BASE, address);
        rv_set_limbs(&r, "ld8", "a", 0, address);
        for (uint32_t privilege = 0; privilege < MX_PRIVILEGES; privilege++) {
            set(&r, "ld8", "mode", 0, 2 * privilege);
            *rom_field(&r, FIRST, 2) = 2 * privilege;
            assert_objects(&r, privilege != MX_KERNEL && kernels ? "access " : "");
            set(&r, "ld8", "mode", 0, 2 * privilege + 1); /* another mode than the Rom's */
            assert_true(strstr(rv_objections(&r), "fetch ") != NULL);
            set(&r, "ld8", "mode", 0, 2 * privilege);
            set(&r, "ld8", "a[2]", 0, c2 ^ 1); /* 2^32 more or less */
            assert_true(strstr(rv_objections(&r), "constraint ") != NULL);
            set(&r, "ld8", "a[2]", 0, c2);
        }
    }
    mem_close(&r, &p);
}

/* The user row's address is above 2^48: c3 is 0 by force. */
static void address_with_a_fourth_limb(void **state)
{
    (void)state;
    struct mem_program p;
    struct rv_run r;
    OPEN(&r, &p, MEM_LOW, 5, 0, {.op = VM_LD, .rd = 7, .ra = 5});
    set_constant(&r, BASE, MEM_LOW | UINT64_C(1) << 48);
    rv_set_limbs(&r, "ld8", "a", 0, MEM_LOW | UINT64_C(1) << 48);
    assert_objects(&r, "constraint ");
    mem_close(&r, &p);
}

/* ---- permissions ---- */
static void forged_permission(void **state)
{
    (void)state;
    struct mem_program p;
    struct rv_run r;
    OPEN(&r, &p, MEM_DATA, 5, 0, {.op = VM_SD, .ra = 5, .rb = 6});
    *preprocessed(&r, "image", 7, MEM_TEXT_SIZE / 8) = 0; /* it is read-only */
    assert_objects(&r, "mem ");
    set(&r, "st8", "v_perm", 0, 0);
    assert_objects(&r, "access ");
    mem_close(&r, &p);
}

static void amo_in_read_only_memory(void **state)
{
    (void)state;
    struct mem_program p;
    struct rv_run r;
    OPEN(&r, &p, MEM_TEXT_AT, 5, 0, {.op = VM_LWU, .rd = 7, .ra = 5}, {.op = VM_LD, .rd = 7, .ra = 5});
    const uint32_t load = 2 * MX_USER_RISCV, store = load + 1;
    set(&r, "ldh", "mode", 0, store);
    assert_objects(&r, "fetch access ");
    *rom_field(&r, FIRST, 2) = store;
    assert_objects(&r, "access ");
    *rom_field(&r, FIRST, 2) = load;
    set(&r, "ldh", "mode", 0, load);
    set(&r, "ld8", "mode", 0, store);
    *rom_field(&r, FIRST + 1, 2) = store;
    assert_objects(&r, "access ");
    mem_close(&r, &p);
}

static void misaligned_amo(void **state)
{
    (void)state;
    struct mem_program p;
    struct rv_run r;
    OPEN(&r, &p, MEM_RAM, 5, MEM_RAM, {.op = VM_AMOLW, .rd = 7, .ra = 5}, {.op = VM_AMOLD, .rd = 7, .ra = 8});
    set_constant(&r, BASE, MEM_RAM + 2);
    rv_set_limbs(&r, "ldh", "a", 0, MEM_RAM + 2);
    assert_objects(&r, "constraint ");
    set(&r, "ldh", "at[0]", 0, 1);
    assert_objects(&r, "constraint ");
    set_constant(&r, BASE, MEM_RAM);
    rv_set_limbs(&r, "ldh", "a", 0, MEM_RAM);
    set(&r, "ldh", "at[0]", 0, 0);
    assert_objects(&r, "");
    set_constant(&r, OTHER, MEM_RAM + 4);
    rv_set_limbs(&r, "ld8", "a", 0, MEM_RAM + 4);
    assert_objects(&r, "constraint ");
    mem_close(&r, &p);
}

/* ---- the end of the input ---- */
static void open_input(struct rv_run *r, struct mem_program *p, size_t n)
{
    static const uint8_t data[40] = {1, 2, 3};
    mem_begin(p);
    mem_set_input(p, data, n);
    mem_put(p, VM_LD, MEM_INPUT_AT + 16, 0, 0);
    mem_open(r, p);
    assert_objects(r, "");
}

static void input_cut_short(void **state)
{
    (void)state;
    struct mem_program p;
    struct rv_run r;
    open_input(&r, &p, 24); /* rows: 0, length, three words, sentinel */
    struct air_table_witness *w = &r.witness.tables[rv_table(&r, "input")];
    assert_int_equal(w->height, 6);
    w->height = 5;
    rv_set_limbs(&r, "input", "v", 4, 0);
    set(&r, "input", "ts", 4, FP_P - 1);
    set(&r, "input", "ts", 3, (1 << 24) - 1); /* what InputEnd takes for the last word */
    assert_objects(&r, "mem ");
    set(&r, "input_end", "q", 0, 4);
    assert_objects(&r, "constraint ");
    mem_close(&r, &p);
}

static void input_that_goes_on(void **state)
{
    (void)state;
    struct mem_program p;
    struct rv_run r;
    open_input(&r, &p, 17);
    rv_set_limbs(&r, "input", "v", 1, 16); /* length 16 with the words of 17 bytes */
    set(&r, "input_end", "length[0]", 0, 16);
    assert_objects(&r, "constraint ");
    for (unsigned i = 0; i < 3; i++) {
        set(&r, "input_end", i == 0 ? "pad[0]" : i == 1 ? "pad[1]" : "pad[2]", 0, 1);
    }
    assert_objects(&r, "constraint ");
    mem_close(&r, &p);
}

/* The length is p more than it should be; or what is read is not what the word holds. */
static void length_alias(void **state)
{
    (void)state;
    struct mem_program p;
    struct rv_run r;
    open_input(&r, &p, 24);
    rv_set_limbs(&r, "input", "v", 1, FP_P + 24);
    set(&r, "input_end", "length[0]", 0, (FP_P + 24) & 0xffff);
    set(&r, "input_end", "length[1]", 0, (FP_P + 24) >> 16);
    assert_objects(&r, "range12 ");
    set(&r, "input_end", "length[0]", 0, 24);
    set(&r, "input_end", "length[1]", 0, 0);
    assert_objects(&r, "mem ");
    set(&r, "input_end", "gap[0]", 0, FP_P - 1); /* a read that pulls what it pushes */
    set(&r, "input_end", "gap[1]", 0, 0);
    set(&r, "input", "ts", 1, 0);
    assert_objects(&r, "range16 ");
    mem_close(&r, &p);
}

/* A run on three whole words, all zero but byte `at`, said to be one on n bytes; the guest has read the last word, not the length. */
static void open_shortened(struct rv_run *r, struct mem_program *p, unsigned at, uint32_t n)
{
    const uint32_t pad = 24 - n, limb = 3 - pad / 2;
    uint8_t data[24] = {0};
    data[at] = 0x80;
    mem_begin(p);
    mem_set_input(p, data, sizeof data);
    mem_put(p, VM_LD, MEM_INPUT_AT + 32, 0, 0);
    mem_open(r, p);
    rv_set_limbs(r, "input", "v", 1, n);
    set(r, "input_end", "length[0]", 0, n);
    set(r, "input_end", "pad[0]", 0, pad & 1);
    set(r, "input_end", "pad[1]", 0, pad >> 1 & 1);
    set(r, "input_end", "pad[2]", 0, pad >> 2);
    set(r, "input_end", "part", 0, data[16 + 2 * limb] | (uint32_t)data[17 + 2 * limb] << 8);
}

static void bytes_behind_the_end(void **state)
{
    (void)state;
    struct mem_program p;
    struct rv_run r;
    for (uint32_t n = 17; n <= 24; n++) {
        for (unsigned at = 16; at < 24; at++) {
            /* the byte behind an odd end shares its limb with a byte of data */
            const bool shares = at == n && n % 2 == 1;
            open_shortened(&r, &p, at, n);
            assert_objects(&r, at < n ? "" : shares ? "range8 " : "constraint ");
            if (shares) {
                set(&r, "input_end", "part", 0, 0); /* another limb than it should be */
                assert_objects(&r, "constraint ");
            }
            mem_close(&r, &p);
        }
    }
}

/* InputEnd looks at another word than the last of the data, or at what the word never was. */
static void another_last_word(void **state)
{
    (void)state;
    struct mem_program p;
    struct rv_run r;
    open_shortened(&r, &p, 23, 19);
    assert_objects(&r, "constraint ");
    rv_set_limbs(&r, "input_end", "last", 0, 0); /* not what it holds */
    assert_objects(&r, "mem ");
    set(&r, "input_end", "last_gap[0]", 0, FP_P - 1); /* a read that pulls what it pushes */
    set(&r, "input_end", "last_gap[1]", 0, 0);
    set(&r, "input", "ts", 4, *rv_cell(&r, "ld8", "ts", 0) + MX_SLOT_MEMORY);
    assert_objects(&r, "range16 ");
    set(&r, "input_end", "last_gap[0]", 0,
        0xffff); /* the largest gap: from time -1, where only the sentinel has a token */
    set(&r, "input_end", "last_gap[1]", 0, 0xff);
    assert_objects(&r, "mem ");
    mem_close(&r, &p);
    open_shortened(&r, &p, 23, 19);
    set(&r, "input_end", "q", 0, 4); /* as if the data ended a word before */
    rv_set_limbs(&r, "input_end", "last", 0, 0);
    assert_objects(&r, "constraint mem ");
    mem_close(&r, &p);
}

/* ---- every cell ---- */
static bool listed_free(const char *table, const char *column)
{
    char line[256], name[128];
    FILE *f = fopen(GN_SOURCE_DIR "/tests/machines_rv/free_cells_memory.txt", "r");
    assert_non_null(f);
    snprintf(name, sizeof name, "%s.%s ", table, column);
    bool found = false;
    while (fgets(line, sizeof line, f) != NULL) {
        found = found || strncmp(line, name, strlen(name)) == 0;
    }
    fclose(f);
    return found;
}

static unsigned unnoticed_changes(struct rv_run *r, uint32_t *cell)
{
    uint32_t honest = *cell;
    const uint32_t lies[] = {fp_add_raw(honest, 1), honest != 0 ? 0 : FP_P - 2, fp_add_raw(honest, 1 << 16),
                             fp_sub_raw(honest, 256)};
    unsigned unnoticed = 0;
    for (size_t i = 0; i < MEM_COUNT(lies); i++) {
        *cell = lies[i];
        unnoticed += lies[i] != honest && rv_failures(r, false) == 0;
    }
    *cell = honest;
    return unnoticed;
}

/* All rows of the classes and of the words; tables of 256 rows and more by samples. */
static void every_cell_is_constrained(void **state)
{
    (void)state;
    static const char *const tables[] = {"ld8", "st8",   "ldh",       "sth",  "ldb",          "stb",   "ldx",
                                         "stx", "image", "input_end", "zero", "zero_regions", "input", "access"};
    struct mem_program p;
    struct rv_run r;
    mem_begin_samples(&p);
    mem_open(&r, &p);
    const struct air_table *ldx = &r.system.air->tables[rv_table(&r, "ldx")],
                           *stx = &r.system.air->tables[rv_table(&r, "stx")];
    unsigned surprises = 0;
    for (size_t k = 0; k < MEM_COUNT(tables); k++) {
        uint32_t t = rv_table(&r, tables[k]);
        const struct air_table *def = &r.system.air->tables[t];
        struct air_table_witness *w = &r.witness.tables[t];
        assert_true(w->height > 0);
        rv_note_mutated(&r, tables[k]);
        for (uint32_t c = 0; c < def->committed_n; c++) {
            unsigned unnoticed = 0;
            for (uint32_t row = 0; row < w->height; row += w->height < 256 ? 1 : w->height / 8 + 1) {
                unsigned here = unnoticed_changes(&r, &w->columns[c][row]);
                bool two_words = (def == ldx || def == stx) && *rv_cell(&r, def->name, "straddles", row) == 1;
                surprises += two_words && here > 0;
                unnoticed += here;
            }
            if ((unnoticed > 0) != listed_free(tables[k], def->committed[c].name)) {
                print_message("%s.%s: %u changes went unnoticed, free_cells_memory.txt %s it\n", tables[k],
                              def->committed[c].name, unnoticed, unnoticed > 0 ? "does not list" : "lists");
                surprises++;
            }
        }
    }
    assert_int_equal(surprises, 0);
    mem_close(&r, &p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stale_memory),
        cmocka_unit_test(access_before_its_time),
        cmocka_unit_test(byte_store_touches_its_neighbour),
        cmocka_unit_test(half_store_in_two_places),
        cmocka_unit_test(unaligned_store_touches_its_neighbour),
        cmocka_unit_test(straddle_without_second_word),
        cmocka_unit_test(straddle_where_there_is_none),
        cmocka_unit_test(straddling_store_into_a_neighbour),
        cmocka_unit_test(straddle_into_another_word),
        cmocka_unit_test(word_that_does_not_exist),
        cmocka_unit_test(two_zero_rows_with_one_key),
        cmocka_unit_test(user_names_a_word_of_the_kernel),
        cmocka_unit_test(address_with_a_fourth_limb),
        cmocka_unit_test(forged_permission),
        cmocka_unit_test(amo_in_read_only_memory),
        cmocka_unit_test(misaligned_amo),
        cmocka_unit_test(input_cut_short),
        cmocka_unit_test(input_that_goes_on),
        cmocka_unit_test(length_alias),
        cmocka_unit_test(bytes_behind_the_end),
        cmocka_unit_test(another_last_word),
        cmocka_unit_test(every_cell_is_constrained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
