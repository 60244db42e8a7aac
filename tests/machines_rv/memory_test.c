/* SPDX-License-Identifier: Apache-2.0 */
/* Loads, stores and words: every width, offset, sign and direction against a model that is an array of bytes; edges of the address space; input. */
#include "cm.h"

#include <stdlib.h>
#include <string.h>

#include "machines_rv/memory_fixture.h"
#include "support/proven.h"

/* Every load at every offset of words whose bytes are of all signs; every store, and what it leaves in its neighbours. */
static void all_widths_at_all_offsets(void **state)
{
    (void)state;
    static const uint64_t values[] = {0x0123456789abcdef, 0xfedcba9876543210, 0x80ff7f0080017ffe};
    static const int64_t immediates[] = {0, 3, -5, 2047, -2048};
    struct mem_program p;
    mem_begin(&p);
    unsigned n = 0;
    for (unsigned op = 0; op < MEM_OPS; op++) {
        for (unsigned offset = 0; offset < 8; offset++) {
            for (unsigned k = 0; k < MEM_COUNT(values); k++, n++) {
                uint64_t at = MEM_RAM + 64 + offset;
                mem_put(&p, VM_SD, MEM_RAM + 56, 0, values[(k + 1) % 3] ^ ~UINT64_C(0));
                mem_put(&p, VM_SD, MEM_RAM + 64, 0, values[k]);
                mem_put(&p, VM_SD, MEM_RAM + 72, 0, values[(k + 1) % 3]);
                mem_put(&p, mem_ops[op], at, immediates[n % MEM_COUNT(immediates)], values[(k + 2) % 3]);
                for (unsigned word = 0; word < 3 && mem_is_store(mem_ops[op]); word++) {
                    mem_put(&p, VM_LD, MEM_RAM + 56 + 8 * word, 0, 0);
                }
            }
        }
    }
    mem_run_clean(&p);
}

/* Images, zeros, read-only memory; words at the edges of regions, of 64 KiB and of the address space; sums that wrap. */
static void edges_of_memory(void **state)
{
    (void)state;
    struct mem_program p;
    mem_begin(&p);
    mem_put(&p, VM_LD, MEM_DATA + 1, 0, 0);
    mem_put(&p, VM_LW, MEM_DATA + MEM_DATA_IMAGE - 2, 0, 0); /* from Image into Zero */
    mem_put(&p, VM_SD, MEM_DATA + MEM_DATA_IMAGE - 3, 0, UINT64_MAX);
    mem_put(&p, VM_SD, MEM_DATA + MEM_DATA_SIZE - 9, 0, 0x1122334455667788);
    mem_put(&p, VM_LD, MEM_DATA + MEM_DATA_SIZE - 8, 0, 0);
    mem_put(&p, VM_LHU, MEM_TEXT_AT + 6, 0, 0);
    mem_put(&p, VM_LD, MEM_TEXT_AT + MEM_TEXT_SIZE - 8, 0, 0);
    mem_put(&p, VM_SD, 0xa003fffc, 0, 0x8877665544332211); /* q and c1 carry */
    mem_put(&p, VM_LW, 0xa003fffd, 0, 0);
    mem_put(&p, VM_LD, 0xa003fff9, 0, 0);
    mem_put(&p, VM_LHU, 0xa003ffff, 0, 0);
    mem_put(&p, VM_SH, 0xa003ffff, 0, 0xabcd);
    mem_put(&p, VM_SD, MEM_LOW, 0x1800, 5); /* a is -2048 */
    mem_put(&p, VM_SD, MEM_LOW + 1, 0xffff, 6);
    mem_put(&p, VM_SB, MEM_LOW, -2048, 7);
    mem_put(&p, VM_SD, MEM_TOP + 0xfff8, -16, 8); /* a is 2^32 + 8 */
    mem_put(&p, VM_LD, MEM_TOP + 0xfff8, 2000, 0);
    mem_put(&p, VM_SW, MEM_TOP + 0xfffc, -4, 9);
    mem_run_clean(&p);
}

/* Regions as large as a real program's: of Image and ZeroRegions only the touched pages are joined. */
static void large_regions(void **state)
{
    (void)state;
    enum { IMAGE = 0x100005, DATA = 0x140000, RAM = 0x1ffd0000 };
    uint8_t *image = malloc(IMAGE);
    assert_non_null(image);
    for (size_t i = 0; i < IMAGE; i++) {
        image[i] = (uint8_t)(i * i >> 7);
    }
    struct mem_program p;
    mem_begin(&p);
    mem_replace_region(&p, 2, DATA, image, IMAGE);
    mem_replace_region(&p, 3, RAM, NULL, 0);
    static const uint64_t touched[] = {MEM_DATA,
                                       MEM_DATA + 0x7ff,
                                       MEM_DATA + 0x80001,
                                       MEM_DATA + 0xffffc,
                                       MEM_DATA + IMAGE,
                                       MEM_DATA + 0x120007,
                                       MEM_DATA + DATA - 8,
                                       MEM_RAM + 3,
                                       MEM_RAM + 0x1000000,
                                       MEM_RAM + 0xfffffff,
                                       MEM_RAM + RAM - 8};
    for (size_t i = 0; i < MEM_COUNT(touched); i++) {
        mem_put(&p, VM_LD, touched[i], 0, 0);
        mem_put(&p, VM_SD, touched[i], 0, ~touched[i]);
    }
    struct rv_run r;
    mem_open(&r, &p);
    assert_int_equal(rv_failures(&r, true), 0);
    assert_true(rv_height(&r, "image") <= 6 * AIR_PAGE_ROWS);
    assert_true(rv_height(&r, "zero_regions") <= 5 * AIR_PAGE_ROWS);
    assert_int_equal(rv_height(&r, "zero"), 7);
    mem_close(&r, &p);
    free(image);
}

static void long_gaps(void **state)
{
    (void)state;
    struct mem_program p;
    mem_begin(&p);
    mem_put(&p, VM_SD, MEM_RAM, 0, 1);
    mem_row(&p, (struct vm_insn){.op = VM_MOVI, .rd = 9, .imm = 40000});
    mem_row(&p, (struct vm_insn){.op = VM_ADDI, .rd = 9, .ra = 9, .imm = UINT64_MAX});
    mem_row(&p, (struct vm_insn){.op = VM_BNE, .ra = 9, .rb = VM_REG_ZERO, .target = p.n - 1});
    mem_put(&p, VM_LD, MEM_RAM, 0, 0);
    mem_put(&p, VM_LD, MEM_RAM + 4, 0, 0); /* gap of an old word and of one never touched */
    struct rv_run r;
    mem_open(&r, &p);
    assert_int_equal(rv_failures(&r, true), 0);
    assert_int_equal(*rv_cell(&r, "ld8", "v_gap[1]", 0), 320000 >> 16);
    mem_close(&r, &p);
}

static void input_of_every_length(void **state)
{
    (void)state;
    static uint8_t data[8200 * 8];
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(i * 167 + 3);
    }
    static const size_t lengths[] = {0, 1, 7, 8, 9, 23, sizeof data, sizeof data - 5};
    for (size_t k = 0; k < MEM_COUNT(lengths); k++) {
        size_t n = lengths[k], words = 2 + (n + 7) / 8;
        struct mem_program p;
        mem_begin(&p);
        mem_set_input(&p, data, n);
        mem_put(&p, VM_LD, MEM_INPUT_AT, 0, 0);
        mem_put(&p, VM_LD, MEM_INPUT_AT + 8, 0, 0);
        mem_put(&p, VM_LD, MEM_INPUT_AT + 8 * (words - 1), 0, 0);
        mem_put(&p, VM_LBU, MEM_INPUT_AT + 8 * words - 1, 0, 0);
        mem_put(&p, VM_LW, MEM_INPUT_AT + 8 * words - 11, 0, 0);
        struct rv_run r;
        mem_open(&r, &p);
        assert_int_equal(rv_failures(&r, true), 0);
        assert_int_equal(rv_height(&r, "input"), words + 1);
        mem_close(&r, &p);
    }
}

/* The first row of an AMO: a load that needs write permission, in no class but the aligned ones. */
static void first_rows_of_atomics(void **state)
{
    (void)state;
    struct mem_program p;
    mem_begin(&p);
    mem_put(&p, VM_SD, MEM_RAM, 0, 0x80000000fffffffe);
    mem_put(&p, VM_AMOLD, MEM_RAM, 0, 0);
    uint32_t row = p.n - MEM_ROWS_OF_LOAD + 1;
    mem_put(&p, VM_AMOLW, MEM_RAM + 4, 0, 0);
    mem_put(&p, VM_AMOLW, MEM_RAM, 0, 0);
    struct rv_run r;
    mem_open(&r, &p);
    assert_int_equal(rv_failures(&r, true), 0);
    assert_int_equal(p.rows[row].op, VM_AMOLD);
    assert_int_equal(r.program->rom_of_row_n[row], 1);
    assert_int_equal(r.program->rom_of_row_n[row + MEM_ROWS_OF_LOAD], 1);
    assert_int_equal(rv_height(&r, "ld8"), 1);
    assert_int_equal(rv_height(&r, "ldh"), 2);
    mem_close(&r, &p);
}

static void a_mixed_program_is_proven(void **state)
{
    (void)state;
    struct mem_program p;
    struct rv_run r;
    mem_begin_samples(&p);
    mem_open(&r, &p);
    assert_int_equal(rv_failures(&r, true), 0);
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    mem_close(&r, &p);
}

static unsigned area_of(const struct rv_run *r, const char *table)
{
    const struct air_table *t = &r->system.air->tables[rv_table(r, table)];
    return t->committed_n + 2 * t->interactions_n;
}

/* 1-, 2- and 4-byte accesses cost at most 1.3 times an aligned one of 8 bytes. */
static void small_accesses_are_cheap(void **state)
{
    (void)state;
    struct mem_program p;
    struct rv_run r;
    mem_begin(&p);
    mem_open(&r, &p);
    assert_true(10 * area_of(&r, "ldh") <= 13 * area_of(&r, "ld8"));
    assert_true(10 * area_of(&r, "ldb") <= 13 * area_of(&r, "ld8"));
    assert_true(10 * area_of(&r, "sth") <= 13 * area_of(&r, "st8"));
    assert_true(10 * area_of(&r, "stb") <= 13 * area_of(&r, "st8"));
    mem_close(&r, &p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_widths_at_all_offsets),
        cmocka_unit_test(edges_of_memory),
        cmocka_unit_test(large_regions),
        cmocka_unit_test(long_gaps),
        cmocka_unit_test(input_of_every_length),
        cmocka_unit_test(first_rows_of_atomics),
        cmocka_unit_test(a_mixed_program_is_proven),
        cmocka_unit_test(small_accesses_are_cheap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
