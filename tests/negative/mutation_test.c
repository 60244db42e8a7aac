/* SPDX-License-Identifier: Apache-2.0 */
/* Mutation: every cell of every column of every table of an honest witness is changed, and a constraint or a bus must
 * fail.
 *
 * The row checker looks at all of them; a sample goes through prove and verify, which must agree with it.  Cells that
 * may change unnoticed are listed in free_cells.txt with the reason; the test compares in both directions.  Rows at and
 * above the height are changed too: those must not matter. */
#include "cm.h"

#include <stdio.h>
#include <string.h>

#include "field/fp.h"
#include "support/proven.h"

#define SMALL 13 /* rows or so per part: first, last, inner rows, and not a power of two */

static uint64_t random_state = 1;
static uint32_t draw(uint32_t below)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((random_state >> 33) % below);
}

/* "machine.table.column" is listed as free */
static bool listed_free(const char *table, const char *column)
{
    char line[256], name[128];
    FILE *f = fopen(GN_SOURCE_DIR "/tests/negative/free_cells.txt", "r");
    assert_non_null(f);
    snprintf(name, sizeof name, "%s.%s ", table, column);
    bool found = false;
    while (fgets(line, sizeof line, f) != NULL) {
        found = found || strncmp(line, name, strlen(name)) == 0;
    }
    fclose(f);
    return found;
}

static bool noticed(struct proven *p)
{
    static struct air_failure failures[1024];
    gn_arena_mark mark = gn_arena_get_mark(&p->arena);
    size_t n = air_check(&p->witness, failures, 1024, &p->arena);
    gn_arena_release(&p->arena, mark);
    bool bad = n > 1024;
    for (size_t i = 0; i < n && i < 1024; i++) { /* a cell wider than declared is no failure of the proof system */
        bad = bad || failures[i].kind != AIR_FAIL_BITS;
    }
    return bad;
}

/* tables above this height are sampled: fixed range tables, whose rows are all alike */
#define SAMPLE_ABOVE 64

static void mutate_column(struct proven *p, uint32_t t, uint32_t c, unsigned *unnoticed)
{
    struct air_table_witness *w = &p->witness.tables[t];
    uint32_t rows = w->height <= SAMPLE_ABOVE ? w->height : 12;
    for (uint32_t i = 0; i < rows; i++) {
        uint32_t row = w->height <= SAMPLE_ABOVE ? i : i < 6 ? draw(w->height) : i == 6 ? w->height - 1 : i - 7;
        uint32_t *cell = &w->columns[c][row], honest = *cell;
        const uint32_t lies[] = {fp_add_raw(honest, 1), fp_sub_raw(honest, 1), honest != 0 ? 0 : FP_P - 2, draw(FP_P)};
        for (unsigned l = 0; l < 4; l++) {
            *cell = lies[l];
            if (lies[l] != honest && !noticed(p)) {
                ++*unnoticed;
            }
        }
        *cell = honest;
    }
}

static void every_cell_of(const char *machine)
{
    struct proven p;
    proven_open(&p, machine, SMALL);
    assert_false(noticed(&p));
    for (uint32_t t = 0; t < p.system->tables_n; t++) {
        const struct air_table *table = &p.system->tables[t];
        if (p.witness.tables[t].height == 0) {
            continue;
        }
        for (uint32_t c = 0; c < table->committed_n; c++) {
            unsigned unnoticed = 0;
            mutate_column(&p, t, c, &unnoticed);
            bool listed = listed_free(table->name, table->committed[c].name);
            if ((unnoticed > 0) != listed) {
                fail_msg("%s: column %s of table %s: %u changes went unnoticed, free_cells.txt %s it", machine,
                         table->committed[c].name, table->name, unnoticed, listed ? "lists" : "does not list");
            }
        }
    }
    proven_close(&p);
}

static void every_cell_is_constrained(void **state)
{
    (void)state;
    for (unsigned m = 0; m + 1 < machines_n; m++) { /* the last is all of them together */
        every_cell_of(machines[m].name);
    }
}

/* One change a column, through the whole prover and verifier. */
static void proofs_of_mutated_witnesses_are_rejected(void **state)
{
    (void)state;
    for (unsigned m = 0; m + 1 < machines_n; m++) {
        struct proven p;
        proven_open(&p, machines[m].name, SMALL);
        for (uint32_t t = 0; t < p.system->tables_n; t++) {
            struct air_table_witness *w = &p.witness.tables[t];
            for (uint32_t c = 0; w->height > 0 && c < p.system->tables[t].committed_n; c++) {
                uint32_t row = draw(w->height), honest = w->columns[c][row];
                w->columns[c][row] = fp_add_raw(honest, 1);
                bool bad = noticed(&p);
                enum gn_verdict v = proven_run(&p);
                bool expected = bad ? v == GN_REJECT_ZEROCHECK || v == GN_REJECT_BUS_SUM : v == GN_ACCEPT;
                if (!expected) {
                    fail_msg("%s.%s row %u: %s", p.system->tables[t].name, p.system->tables[t].committed[c].name, row,
                             gn_verdict_name(v));
                }
                w->columns[c][row] = honest;
            }
        }
        proven_close(&p);
    }
}

static void rows_at_the_height_do_not_matter(void **state)
{
    (void)state;
    for (unsigned m = 0; m < machines_n; m++) {
        struct proven p;
        proven_open(&p, machines[m].name, SMALL);
        for (uint32_t t = 0; t < p.system->tables_n; t++) {
            struct air_table_witness *w = &p.witness.tables[t];
            uint32_t end = air_committed_height(w->height, 3);
            for (uint32_t c = 0; c < p.system->tables[t].committed_n; c++) {
                for (uint32_t row = w->height; row < end; row++) {
                    w->columns[c][row] = draw(FP_P);
                }
            }
        }
        assert_false(noticed(&p));
        assert_verdict(proven_run(&p), GN_ACCEPT);
        proven_close(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_is_constrained),
        cmocka_unit_test(proofs_of_mutated_witnesses_are_rejected),
        cmocka_unit_test(rows_at_the_height_do_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
