/* SPDX-License-Identifier: Apache-2.0 */
/* air_list_test.c - the listing is the committed one, and the printed C is the system that was built. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "air/list.h"
#include "machines/machines.h"

extern const struct air_system examples_system; /* printed by air_gen */

static struct gn_arena arena;
static const struct air_system *built;

/* After an intended change: air_gen list examples gen/air/examples.txt, and read the diff. */
static void listing_is_golden(void **state)
{
    (void)state;
    char *fresh = NULL;
    size_t fresh_n = 0;
    FILE *out = open_memstream(&fresh, &fresh_n);
    assert_non_null(out);
    air_list(out, built);
    assert_int_equal(fclose(out), 0);

    FILE *golden = fopen(GOLDEN_LISTING, "r");
    if (golden == NULL) {
        fail_msg("cannot read %s", GOLDEN_LISTING);
    }
    char *text = malloc(fresh_n + 2);
    assert_non_null(text);
    size_t n = fread(text, 1, fresh_n + 1, golden);
    fclose(golden);
    size_t i = 0, line = 1;
    while (i < n && i < fresh_n && text[i] == fresh[i]) {
        line += text[i++] == '\n';
    }
    if (n != fresh_n || i != n) {
        fail_msg("%s differs from the built machine at line %zu", GOLDEN_LISTING, line);
    }
    free(text);
    free(fresh);
}

static void printed_c_is_the_system(void **state)
{
    (void)state;
    const struct air_system *s = &examples_system;
    assert_memory_equal(&s->air_digest, &built->air_digest, sizeof(digest));
    digest computed = air_compute_digest(s); /* from the fields, not the constant */
    assert_memory_equal(&computed, &built->air_digest, sizeof(digest));
    assert_string_equal(s->name, built->name);
    assert_int_equal(s->tables_n, built->tables_n);
    for (uint32_t i = 0; i < s->tables_n; i++) {
        const struct air_table *t = &s->tables[i], *b = &built->tables[i];
        assert_string_equal(t->name, b->name);
        for (uint32_t c = 0; c < t->committed_n; c++) {
            assert_string_equal(t->committed[c].name, b->committed[c].name);
            assert_string_equal(t->committed[c].doc, b->committed[c].doc);
            assert_int_equal(t->committed[c].bits, b->committed[c].bits);
        }
        for (uint32_t c = 0; c < t->constraints_n; c++) {
            assert_string_equal(t->constraints[c].text, b->constraints[c].text);
            assert_int_equal(t->constraints[c].line, b->constraints[c].line);
        }
    }
}

/* The printed system lists like the built one. */
static void printed_c_lists_the_same(void **state)
{
    (void)state;
    char *text[2] = {NULL, NULL};
    size_t n[2];
    const struct air_system *const systems[2] = {built, &examples_system};
    for (int i = 0; i < 2; i++) {
        FILE *out = open_memstream(&text[i], &n[i]);
        assert_non_null(out);
        air_list(out, systems[i]);
        assert_int_equal(fclose(out), 0);
    }
    assert_string_equal(text[0], text[1]);
    free(text[0]);
    free(text[1]);
}

static int setup(void **state)
{
    (void)state;
    struct gn_error err;
    if (gn_arena_init(&arena, (size_t)64 << 20, &err) != GN_OK) {
        return 1;
    }
    built = machine_build(machine_find("examples"), &arena, &err);
    return built == NULL;
}

static int teardown(void **state)
{
    (void)state;
    gn_arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listing_is_golden),
        cmocka_unit_test(printed_c_is_the_system),
        cmocka_unit_test(printed_c_lists_the_same),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
