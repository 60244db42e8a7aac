/* SPDX-License-Identifier: Apache-2.0 */
/* The size of every table: area per row = committed cells + 2 per interaction.  Prints them all; those that docs/machines.md lists (section 2.1,
 * lines "name area" of the code block) must be as it says, and no table has a degree above 3. */
#include "cm.h"

#include <stdio.h>
#include <string.h>

#include "machines/system.h"

static int area_in_document(const char *table)
{
    char line[512], name[64];
    int area = -1, listed;
    bool inside = false;
    FILE *f = fopen(GN_SOURCE_DIR "/docs/machines.md", "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, "```", 3) == 0) {
            inside = strncmp(line, "```area", 7) == 0;
        } else if (inside && sscanf(line, "%63s %d", name, &listed) == 2 && strcmp(name, table) == 0) {
            area = listed;
        }
    }
    fclose(f);
    return area;
}

static void areas_are_as_documented(void **state)
{
    (void)state;
    struct gn_arena arena;
    struct gn_error err;
    struct mx_system s;
    assert_int_equal(gn_arena_init(&arena, (size_t)64 << 20, &err), GN_OK);
    if (mx_system_build(&s, &arena, &err) != GN_OK) {
        fail_msg("%s", err.text);
    }
    unsigned wrong = 0, high = 0;
    for (uint32_t i = 0; i < s.air->tables_n; i++) {
        const struct air_table *t = &s.air->tables[i];
        int area = (int)(t->committed_n + 2 * t->interactions_n), documented = area_in_document(t->name);
        bool differs = documented >= 0 && documented != area;
        print_message("%-16s %4u cells %4u interactions  area %4d  degree %u%s\n", t->name, t->committed_n,
                      t->interactions_n, area, t->degree,
                      documented < 0 ? "  (not in docs/machines.md)"
                      : differs      ? "  DIFFERS from docs/machines.md"
                                     : "");
        wrong += differs;
        high += t->degree > 3;
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(high, 0);
    gn_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(areas_are_as_documented)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
