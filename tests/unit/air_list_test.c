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

/* Names and texts become C strings whatever stands in them. */
static void printed_strings_are_escaped(void **state)
{
    (void)state;
    static const struct air_column_spec column = {"x", 1, 31, "\"back\\slash\"\n\x7f"};
    struct gn_error err;
    struct air_builder *b = air_builder_new("quoted \"system\"");
    assert_non_null(b);
    struct air *t = air_table(b, "t", 8, 0);
    expr x;
    air_committed(t, &column, 1, &x);
    assert_zero(x);
    const struct air_system *s = air_build(b, &arena, &err);
    air_builder_free(b);
    assert_non_null(s);
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    assert_non_null(out);
    air_print_c(out, s, "quoted");
    assert_int_equal(fclose(out), 0);
    assert_non_null(strstr(text, "\"quoted \\\"system\\\"\""));
    assert_non_null(strstr(text, "\"\\\"back\\\\slash\\\"\\012\\177\""));
    free(text);
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
        cmocka_unit_test(printed_strings_are_escaped),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
