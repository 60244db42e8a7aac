/* SPDX-License-Identifier: Apache-2.0 */
/* COPY and FILL: every alignment and length against memmove and memset; every column matters; lies by name. */
#include "cm.h"

#include <stdio.h>
#include <string.h>

#include "machines/memory/memory.h"
#include "machines_bulk/world.h"

#define assert_objects(w, who) assert_string_equal(world_objections(w), who)

static void run_clean(struct world *w)
{
    world_finish(w);
    assert_int_equal(world_failures(w, true), 0);
    world_close(w);
}

/* All offsets of source and target, lengths from one byte to several words; the words lie on both sides of 64 KiB. */
static void copies_of_all_alignments(void **state)
{
    (void)state;
    static struct world w;
    for (unsigned length = 1; length <= 27; length += length < 18 ? 1 : 3) {
        world_open(&w, 64);
        for (unsigned from = 0; from < 8; from++) {
            for (unsigned to = 0; to < 8; to++) {
                world_copy(&w, w.base + 8 * 2 + from, length, w.base + 8 * 30 + to);
            }
        }
        run_clean(&w);
    }
}

static void copies_that_overlap(void **state)
{
    (void)state;
    static struct world w;
    world_open(&w, 64);
    for (int distance = -19; distance <= 19; distance++) {
        for (unsigned length = 5; length < 60; length += 13) {
            uint64_t source = w.base + 8 * 26 + length % 8;
            world_copy(&w, source, length, source + (uint64_t)distance);
        }
    }
    run_clean(&w);
}

static void fills_of_all_alignments(void **state)
{
    (void)state;
    static struct world w;
    world_open(&w, 64);
    for (unsigned length = 1; length <= 30; length += length < 18 ? 1 : 3) {
        for (unsigned to = 0; to < 8; to++) {
            world_fill(&w, 0x123456789abcde00 * (length % 3) + (37 * length + to) % 256, length, w.base + 8 * 30 + to);
        }
    }
    run_clean(&w);
}

/* Words of which only some bytes exist, as at the end of a region: copies and fills that stay inside. */
static void words_of_some_bytes(void **state)
{
    (void)state;
    static struct world w;
    for (unsigned from = 1; from < 8; from++) {
        for (unsigned to = 1; to < 8; to++) { /* the last `from` and the first `to` bytes of a word exist */
            world_open(&w, 64);
            w.perm[2] = (uint8_t)(MEM_BYTES + mem_interval(8 - from, from));
            w.perm[4] = (uint8_t)(MEM_BYTES + MEM_INTERVALS + mem_interval(0, to));
            w.perm[20] = (uint8_t)(MEM_BYTES + mem_interval(8 - to, to));
            w.perm[24] = (uint8_t)(MEM_BYTES + mem_interval(0, from));
            w.perm[30] = (uint8_t)(MEM_BYTES + mem_interval(2, 4));
            uint64_t n = from + 8 + to, source = w.base + 8 * 2 + 8 - from;
            world_copy(&w, source, n, w.base + 8 * 20 + 8 - to);
            world_copy(&w, w.base + 8 * 20 + 8 - to, to, w.base + 8 * 4);
            world_copy(&w, source, from, w.base + 8 * 24);
            world_copy(&w, source + n - 3, 3, w.base + 8 * 30 + 3);
            world_copy(&w, w.base + 8 * 30 + 2, 4, w.base + 8 * 40 + from);
            world_fill(&w, 99, n, source);
            run_clean(&w);
        }
    }
}

/* A byte beyond those that exist is asked for; of the last source word, word 4, only by the row that reads it, which writes two of its bytes. */
static void bytes_that_do_not_exist(void **state)
{
    (void)state;
    static const struct {
        unsigned word, begin, n;
        bool legal;
    } cases[] = {{2, 5, 3, true},  {2, 6, 2, false},  {4, 0, 2, true},  {4, 0, 1, false},
                 {20, 3, 5, true}, {20, 4, 4, false}, {22, 0, 4, true}, {22, 0, 3, false}};
    static struct world w;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        world_open(&w, 64);
        w.perm[cases[i].word] = (uint8_t)(MEM_BYTES + mem_interval(cases[i].begin, cases[i].n));
        world_copy(&w, w.base + 8 * 2 + 5, 17, w.base + 8 * 20 + 3);
        world_finish(&w);
        assert_objects(&w, cases[i].legal ? "" : "access ");
        world_close(&w);
    }
}

/* n = 0: addresses do not matter */
static void nothing_at_all(void **state)
{
    (void)state;
    static struct world w;
    world_open(&w, 4);
    world_copy(&w, w.base, 0, w.base + 3);
    world_copy(&w, UINT64_MAX - 2, 0, 5);
    world_fill(&w, 255, 0, UINT64_MAX);
    world_finish(&w);
    assert_int_equal(world_height(&w, "copy_edge") + world_height(&w, "fill_edge"), 0);
    assert_int_equal(world_failures(&w, true), 0);
    world_close(&w);
}

static void long_ones_take_a_row_a_word(void **state)
{
    (void)state;
    static struct world w;
    world_open(&w, 4000);
    world_copy(&w, w.base + 8, 8 * 1000, w.base + 8 * 2000);
    world_copy(&w, w.base + 9, 8 * 900 - 1, w.base + 8 * 3000);
    world_fill(&w, 1, 8 * 1200, w.base + 8 * 500);
    world_finish(&w);
    assert_int_equal(world_height(&w, "copy_word"), 1000);
    assert_int_equal(world_height(&w, "copy_shifted"), 898);
    assert_int_equal(world_height(&w, "copy_edge"), 2);
    assert_int_equal(world_height(&w, "fill_word"), 1200);
    assert_int_equal(world_height(&w, "fill_edge"), 0);
    assert_int_equal(world_failures(&w, true), 0);
    world_close(&w);
}

static void every_column_matters(void **state)
{
    (void)state;
    /* the operations below make these rows */
    static const struct {
        const char *table, *label;
        uint32_t rows[2], n;
    } parts[] = {
        {"copy", "copy", {0, 2}, 2},
        {"copy", "copy(nothing)", {3}, 1},
        {"copy_word", "copy_word", {0, 4}, 2},
        {"copy_shifted", "copy_shifted", {0, 2}, 2},
        {"copy_edge", "copy_edge(both)", {0}, 1},
        {"copy_edge", "copy_edge(none)", {1}, 1},
        {"copy_edge", "copy_edge(source)", {2, 3}, 2},
        {"copy_edge", "copy_edge(low)", {4}, 1},
        {"fill", "fill", {0}, 1},
        {"fill", "fill(nothing)", {1}, 1},
        {"fill_word", "fill_word", {0, 1}, 2},
        {"fill_edge", "fill_edge", {0, 1}, 2},
    };
    static struct world w;
    world_open(&w, 64);
    world_copy(&w, w.base + 8 + 5, 32, w.base + 8 * 20 + 2); /* both words at first; none for the last bytes */
    world_copy(&w, w.base + 8 * 28, 40, w.base + 8 * 33);
    world_copy(&w, w.base + 2, 31, w.base + 8 * 50 + 4); /* the source at first, and for the last bytes */
    world_copy(&w, w.base + 2, 0, w.base + 8 * 50 + 4);
    world_copy(&w, w.base + 3, 2, w.base + 8 * 55 + 1); /* the word before the source only */
    world_fill(&w, 0xfedcba987654324d, 21, w.base + 8 * 30 + 5);
    world_fill(&w, 78, 0, w.base + 8 * 30 + 5);
    world_finish(&w);
    assert_int_equal(world_failures(&w, true), 0);
    unsigned surprises = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        surprises += world_mutate(&w, parts[i].table, parts[i].label, parts[i].rows, parts[i].n);
    }
    assert_int_equal(surprises, 0);
    world_close(&w);
}

/* ---- lies: each is consistent everywhere but in the one place that must catch it ---- */
static void set(struct world *w, const char *table, const char *column, uint32_t row, uint32_t value)
{
    *world_cell(w, table, column, row) = value;
}

static uint32_t get(struct world *w, const char *table, const char *column, uint32_t row)
{
    return *world_cell(w, table, column, row);
}

static uint32_t *numbered(struct world *w, const char *table, const char *column, unsigned i, uint32_t row)
{
    char name[32];
    snprintf(name, sizeof name, "%s[%u]", column, i);
    return world_cell(w, table, name, row);
}

static void open_copy(struct world *w, unsigned from, uint64_t n, unsigned to)
{
    world_open(w, 64);
    world_copy(w, w->base + 8 * 2 + from, n, w->base + 8 * 20 + to);
    world_finish(w);
    assert_objects(w, "");
}

/* The head says that the copy is over before it begins; or that nothing is to be done although n > 0. */
static void an_end_that_is_no_end(void **state)
{
    (void)state;
    static struct world w;
    open_copy(&w, 0, 32, 0);
    w.witness.tables[world_table(&w, "copy_word")].height = 0;
    set(&w, "copy", "end_source", 0, get(&w, "copy", "a_q", 0));
    set(&w, "copy", "end_target", 0, get(&w, "copy", "d_q", 0));
    assert_objects(&w, "copy mem "); /* left = 32 is not left = 0 */
    set(&w, "copy", "used", 0, 0);
    set(&w, "copy", "inverse", 0, 0);
    assert_objects(&w, "constraint mem ");
    world_close(&w);
}

/* One word is left out: the token jumps. */
static void a_word_left_out(void **state)
{
    (void)state;
    static struct world w;
    open_copy(&w, 0, 32, 0);
    for (uint32_t row = 1; row < 3; row++) { /* rows 1, 2 do what 2, 3 did, but with the left of before */
        for (uint32_t c = 0; c < w.air->tables[world_table(&w, "copy_word")].committed_n; c++) {
            uint32_t *column = w.witness.tables[world_table(&w, "copy_word")].columns[c];
            column[row] = strcmp(w.air->tables[world_table(&w, "copy_word")].committed[c].name, "left") == 0
                              ? column[row]
                              : column[row + 1];
        }
    }
    w.witness.tables[world_table(&w, "copy_word")].height = 3;
    assert_objects(&w, "copy mem ");
    world_close(&w);
}

/* A row of nobody that takes its own token: left would have to be the same before and after. */
static void a_row_of_its_own(void **state)
{
    (void)state;
    static struct world w;
    open_copy(&w, 0, 24, 0);
    set(&w, "copy_word", "left", 1, 24);
    assert_objects(&w, "copy ");
    world_close(&w);
}

/* Splits of the source's address: offset 5 of a word as offset -3 of the next one, which would make the bytes of the lower word zeros. */
static void an_address_split_wrongly(void **state)
{
    (void)state;
    static struct world w;
    open_copy(&w, 5, 2, 2);
    assert_int_equal(get(&w, "copy", "fresh", 0), 1);
    set(&w, "copy", "a_q", 0, get(&w, "copy", "a_q", 0) + 1);
    set(&w, "copy", "a_offset", 0, FP_P - 3);
    set(&w, "copy", "fresh", 0, 0);
    set(&w, "copy_edge", "fresh", 0, 0);
    for (unsigned k = 0; k < 8; k++) {
        *numbered(&w, "copy_edge", "low", k, 0) = 0;
    }
    assert_objects(&w,
                   "bytes mem "); /* mem: of the target, whose bytes are zeros now, and of the word that is not read */
    world_close(&w);
}

/* The head says that the first word needs no lower source word, where it does. */
static void a_source_that_is_not_fresh(void **state)
{
    (void)state;
    static struct world w;
    open_copy(&w, 5, 9, 2);
    set(&w, "copy", "fresh", 0, 0);
    assert_objects(&w, "copy "); /* shift would be 11: no row takes that */
    world_close(&w);
}

/* Bytes of a source word that is not read. */
static void a_source_that_is_not_read(void **state)
{
    (void)state;
    static struct world w;
    open_copy(&w, 1, 4, 3); /* shift 6, the only row reads the source */
    set(&w, "copy_edge", "reads", 0, 0);
    assert_objects(&w, "range16 mem ");
    world_close(&w);
}

/* Fewer bytes of the first target word than there is room for: the rest would be skipped. */
static void bytes_left_out(void **state)
{
    (void)state;
    static struct world w;
    open_copy(&w, 3, 13, 3);
    *numbered(&w, "copy_edge", "end", 7, 0) = 0;
    *numbered(&w, "copy_edge", "end", 6, 0) = 1;
    assert_objects(&w, "constraint copy mem ");
    world_close(&w);
}

/* The last byte written is before the first. */
static void a_mask_turned_around(void **state)
{
    (void)state;
    static struct world w;
    open_copy(&w, 3, 5, 3);
    *numbered(&w, "copy_edge", "end", 7, 0) = 0;
    *numbered(&w, "copy_edge", "end", 1, 0) = 1;
    assert_non_null(strstr(world_objections(&w), "access "));
    world_close(&w);
}

/* A target or source word that the kernel may not write: every table that writes asks. */
static void words_that_are_fixed(void **state)
{
    (void)state;
    static struct world w;
    static const char *const tables[] = {"copy_word", "copy_shifted", "copy_edge", "fill_word", "fill_edge"};
    world_open(&w, 64);
    for (unsigned i = 24; i < 64; i++) {
        w.perm[i] = MEM_KERNEL_FIXED;
    }
    world_copy(&w, w.base, 16, w.base + 8 * 24);
    world_copy(&w, w.base + 1, 16, w.base + 8 * 30 + 5);
    world_fill(&w, 5, 16, w.base + 8 * 40 + 1);
    world_finish(&w);
    assert_objects(&w, "access ");
    for (unsigned i = 0; i < 5; i++) {
        assert_true(world_height(&w, tables[i]) > 0);
        world_table(&w, tables[i]);
        w.witness.tables[world_table(&w, tables[i])].height = 0;
    }
    assert_null(strstr(world_objections(&w), "access "));
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_of_all_alignments),
        cmocka_unit_test(copies_that_overlap),
        cmocka_unit_test(fills_of_all_alignments),
        cmocka_unit_test(words_of_some_bytes),
        cmocka_unit_test(bytes_that_do_not_exist),
        cmocka_unit_test(nothing_at_all),
        cmocka_unit_test(long_ones_take_a_row_a_word),
        cmocka_unit_test(every_column_matters),
        cmocka_unit_test(an_end_that_is_no_end),
        cmocka_unit_test(a_word_left_out),
        cmocka_unit_test(a_row_of_its_own),
        cmocka_unit_test(an_address_split_wrongly),
        cmocka_unit_test(a_source_that_is_not_fresh),
        cmocka_unit_test(a_source_that_is_not_read),
        cmocka_unit_test(bytes_left_out),
        cmocka_unit_test(a_mask_turned_around),
        cmocka_unit_test(words_that_are_fixed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
