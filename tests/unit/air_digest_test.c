/* SPDX-License-Identifier: Apache-2.0 */
/* air_digest_test.c - the AIR digest changes with every field that the protocol reads, and with no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "air/list.h"
#include "machines/machines.h"

static struct gn_arena arena;

/* A system whose arrays can be written to. */
struct copy {
    struct air_system s;
    struct air_table *tables;
    struct air_bus *buses;
    struct air_public_message *messages;
    struct air_public_table *public_tables;
    struct air_bound *bounds;
};

static void *copy_of(const void *items, size_t n, size_t size)
{
    void *p = gn_arena_alloc(&arena, n * size + 1);
    assert_non_null(p);
    return n == 0 ? p : memcpy(p, items, n * size);
}

static struct copy fresh(const struct air_system *s)
{
    struct copy c = {.s = *s};
    c.s.tables = c.tables = copy_of(s->tables, s->tables_n, sizeof *s->tables);
    c.s.buses = c.buses = copy_of(s->buses, s->buses_n, sizeof *s->buses);
    c.s.public_messages = c.messages = copy_of(s->public_messages, s->public_messages_n, sizeof *s->public_messages);
    c.s.public_tables = c.public_tables = copy_of(s->public_tables, s->public_tables_n, sizeof *s->public_tables);
    c.s.bounds = c.bounds = copy_of(s->bounds, s->bounds_n, sizeof *s->bounds);
    return c;
}

static const struct air_system *original;

static void assert_changed(const struct copy *c, const char *what)
{
    digest d = air_compute_digest(&c->s);
    if (memcmp(&d, &original->air_digest, sizeof d) == 0) {
        fail_msg("the digest does not see %s", what);
    }
}

/* CHANGE(place): one more there, nothing else. */
#define CHANGE(place)                                    \
    do {                                                 \
        gn_arena_mark mark_ = gn_arena_get_mark(&arena); \
        struct copy c = fresh(original);                 \
        (place)++;                                       \
        assert_changed(&c, #place);                      \
        gn_arena_release(&arena, mark_);                 \
    } while (0)

/* CHANGE_ITEM(t, list, n, i, field): the field of item i of a list of table t */
#define CHANGE_ITEM(t, type, list, n, i, field)                                \
    do {                                                                       \
        gn_arena_mark mark_ = gn_arena_get_mark(&arena);                       \
        struct copy c = fresh(original);                                       \
        assert_in_range(i, 0, c.tables[t].n - 1);                              \
        type *items = copy_of(c.tables[t].list, c.tables[t].n, sizeof *items); \
        items[i] field++;                                                      \
        c.tables[t].list = items;                                              \
        assert_changed(&c, #list #field);                                      \
        gn_arena_release(&arena, mark_);                                       \
    } while (0)

static uint32_t table_of(const char *name)
{
    for (uint32_t i = 0; i < original->tables_n; i++) {
        if (strcmp(original->tables[i].name, name) == 0) {
            return i;
        }
    }
    fail_msg("no table %s", name);
    return 0;
}

static void system_fields(void **state)
{
    (void)state;
    CHANGE(c.buses[1].id);
    CHANGE(c.buses[1].entries_n);
    CHANGE(c.s.max_entries);
    CHANGE(c.s.public_values_n);
    CHANGE(c.messages[0].negative);
    CHANGE(c.messages[0].entries[0].kind);
    CHANGE(c.messages[0].entries[0].value);
    CHANGE(c.messages[0].entries[1].step);
    CHANGE(c.public_tables[0].negative);
    CHANGE(c.public_tables[0].row_bytes);
    CHANGE(c.public_tables[0].entries[3].kind);
    CHANGE(c.public_tables[0].entries[3].value);
    CHANGE(c.public_tables[0].entries[3].step);
    CHANGE(c.bounds[0].constant);

    struct copy c = fresh(original);
    c.messages[0].bus = 1 + c.messages[0].bus % c.s.buses_n;
    assert_changed(&c, "bus of a public message");
    c = fresh(original);
    c.public_tables[0].bus = 1 + c.public_tables[0].bus % c.s.buses_n;
    assert_changed(&c, "bus of a public table");
    c = fresh(original);
    uint32_t *coefficients = copy_of(c.bounds[0].coefficients, c.s.tables_n, sizeof *coefficients);
    coefficients[2]++;
    c.bounds[0].coefficients = coefficients;
    assert_changed(&c, "coefficient of a bound");
    c = fresh(original);
    c.s.public_messages_n = 0;
    assert_changed(&c, "number of messages");
    c = fresh(original);
    c.s.public_tables_n = 0;
    assert_changed(&c, "number of public tables");
    c = fresh(original);
    c.s.bounds_n = 0;
    assert_changed(&c, "number of bounds");
    c = fresh(original);
    c.s.buses_n--;
    assert_changed(&c, "number of buses");
}

static void table_fields(void **state)
{
    (void)state;
    const uint32_t cpu = table_of("cpu"), decode = table_of("decode"), tally = table_of("tally"), rom = table_of("rom");
    CHANGE(c.tables[cpu].flags);
    CHANGE(c.tables[cpu].max_height);
    CHANGE(c.tables[cpu].committed_n);
    CHANGE(c.tables[rom].pre_n);
    CHANGE(c.tables[cpu].bus_code_n);
    CHANGE(c.tables[cpu].low_code_n);
    CHANGE(c.tables[cpu].temps_n);
    CHANGE(c.tables[cpu].outputs_n);
    CHANGE(c.tables[cpu].degree);
    CHANGE_ITEM(cpu, uint32_t, next, next_n, 1, );
    CHANGE_ITEM(cpu, uint32_t, consts, consts_n, 0, );
    CHANGE_ITEM(cpu, struct air_insn, code, code_n, 3, .op);
    CHANGE_ITEM(cpu, struct air_insn, code, code_n, 3, .dst);
    CHANGE_ITEM(cpu, struct air_insn, code, code_n, 3, .a);
    CHANGE_ITEM(cpu, struct air_insn, code, code_n, 3, .b);
    CHANGE_ITEM(cpu, struct air_constraint, constraints, constraints_n, 4, .group);
    CHANGE_ITEM(cpu, struct air_constraint, constraints, constraints_n, 4, .degree);
    CHANGE_ITEM(cpu, struct air_interaction, interactions, interactions_n, 1, .bus);
    CHANGE_ITEM(cpu, struct air_interaction, interactions, interactions_n, 1, .entries_n);
    CHANGE_ITEM(cpu, struct air_interaction, interactions, interactions_n, 1, .first_output);
    CHANGE_ITEM(cpu, struct air_interaction, interactions, interactions_n, 1, .degree);
    CHANGE_ITEM(cpu, struct air_leaf, leaves, leaves_n, 0, .interactions[0]);

    struct copy c = fresh(original);
    struct air_fixed *fixed = copy_of(c.tables[decode].fixed, c.tables[decode].fixed_n, sizeof *fixed);
    uint32_t *values = copy_of(fixed[2].values, fixed[2].values_n, sizeof *values);
    values[1]++;
    fixed[2].values = values;
    c.tables[decode].fixed = fixed;
    assert_changed(&c, "a value of a fixed column");

    for (int field = 0; field < 2; field++) {
        c = fresh(original);
        fixed = copy_of(c.tables[tally].fixed, c.tables[tally].fixed_n, sizeof *fixed);
        struct air_monomial *m = copy_of(fixed[0].monomials, fixed[0].monomials_n, sizeof *m);
        *(field == 0 ? &m[3].coefficient : &m[3].bits) += 1;
        fixed[0].monomials = m;
        c.tables[tally].fixed = fixed;
        assert_changed(&c, "a monomial of a fixed column");
    }
    c = fresh(original);
    struct air_table swap = c.tables[0];
    c.tables[0] = c.tables[1];
    c.tables[1] = swap;
    assert_changed(&c, "order of tables");
}

static void texts_do_not_count(void **state)
{
    (void)state;
    struct copy c = fresh(original);
    c.s.name = "other";
    c.tables[1].name = "other";
    c.buses[0].name = "other";
    struct air_constraint *k = copy_of(c.tables[2].constraints, c.tables[2].constraints_n, sizeof *k);
    k[0].text = k[0].file = "other";
    k[0].line++;
    c.tables[2].constraints = k;
    struct air_column *columns = copy_of(c.tables[2].committed, c.tables[2].committed_n, sizeof *columns);
    columns[0].name = columns[0].doc = "other";
    columns[0].bits--;
    c.tables[2].committed = columns;
    digest d = air_compute_digest(&c.s);
    assert_memory_equal(&d, &original->air_digest, sizeof d);
}

static void building_is_deterministic(void **state)
{
    (void)state;
    struct gn_error err;
    const struct air_system *again = machine_build(machine_find("examples"), &arena, &err);
    assert_non_null(again);
    assert_memory_equal(&again->air_digest, &original->air_digest, sizeof(digest));
    for (unsigned i = 0; i + 1 < machines_n; i++) {
        const struct air_system *s = machine_build(&machines[i], &arena, &err);
        assert_non_null(s);
        assert_memory_not_equal(&s->air_digest, &original->air_digest, sizeof(digest));
    }
}

static int setup(void **state)
{
    (void)state;
    if (gn_arena_init(&arena, (size_t)64 << 20, NULL) != GN_OK) {
        return 1;
    }
    struct gn_error err;
    original = machine_build(machine_find("examples"), &arena, &err);
    return original == NULL;
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
        cmocka_unit_test(system_fields),
        cmocka_unit_test(table_fields),
        cmocka_unit_test(texts_do_not_count),
        cmocka_unit_test(building_is_deterministic),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
