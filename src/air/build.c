/* SPDX-License-Identifier: Apache-2.0 */
/* build.c - from declarations to an air_system: the builder, tables and columns, assertions, air_build.
 *
 * Declarations append to lists in the builder's arena; air_build checks what can only be checked when everything is
 * known (bounds on heights, explicit columns against the table's height, interactions' numerators) and copies the
 * result into the caller's arena, table by table, each lowered by lower.c. */
#include "air/builder.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "air/list.h"
#include "field/fp.h"

#define BUILDER_BYTES ((size_t)256 << 20) /* address space, not memory */

/* ---- memory and errors ---- */

void air_error(struct air_builder *b, const char *file, int line, const char *format, ...)
{
    if (b->error.status != GN_OK) {
        return;
    }
    va_list args;
    va_start(args, format);
    vsnprintf(b->error.text, sizeof b->error.text, format, args);
    va_end(args);
    b->error.status = GN_BAD_INPUT;
    b->error_file = file;
    b->error_line = (uint32_t)line;
}

void air_error_place(struct air_builder *b, const char *file, int line)
{
    if (b->error.status != GN_OK && b->error_file == NULL) {
        b->error_file = file;
        b->error_line = (uint32_t)line;
    }
}

void *air_builder_alloc(struct air_builder *b, size_t bytes)
{
    void *p = gn_arena_alloc(&b->arena, bytes);
    if (p == NULL) {
        air_error(b, NULL, 0, "out of memory");
        b->error.status = GN_NO_MEMORY;
    }
    return p;
}

bool air_grow(struct air_builder *b, void **items, uint32_t n, uint32_t *capacity, size_t item_bytes)
{
    if (n < *capacity) {
        return true;
    }
    uint32_t wanted = n < 8 ? 8 : 2 * n;
    void *p = air_builder_alloc(b, wanted * item_bytes);
    if (p == NULL) {
        return false;
    }
    if (n > 0) {
        memcpy(p, *items, n * item_bytes);
    }
    *items = p;
    *capacity = wanted;
    return true;
}

const char *air_keep_string(struct air_builder *b, const char *s)
{
    size_t n = strlen(s) + 1;
    char *copy = air_builder_alloc(b, n);
    return copy == NULL ? "?" : memcpy(copy, s, n);
}

/* ---- system ---- */

/* A table with its node 0, in no list yet. */
static struct air *new_table(struct air_builder *b, const char *name, uint32_t max_height, uint32_t flags)
{
    struct air *t = air_builder_alloc(b, sizeof *t);
    if (t == NULL) {
        return NULL;
    }
    *t = (struct air){
        .b = b, .name = air_keep_string(b, name), .flags = flags, .max_height = max_height, .index = b->tables_n};
    return constant(t, 0) == NULL ? NULL : t;
}

struct air_builder *air_builder_new(const char *name)
{
    struct air_builder *b = calloc(1, sizeof *b);
    if (b == NULL) {
        return NULL;
    }
    if (gn_arena_init(&b->arena, BUILDER_BYTES, NULL) != GN_OK) {
        free(b);
        return NULL;
    }
    b->name = air_keep_string(b, name);
    b->spare = new_table(b, "?", AIR_MAX_HEIGHT, 0);
    if (b->spare == NULL) {
        air_builder_free(b);
        return NULL;
    }
    return b;
}

void air_builder_free(struct air_builder *b)
{
    if (b != NULL) {
        gn_arena_free(&b->arena);
        free(b);
    }
}

void air_public_values(struct air_builder *b, uint32_t n)
{
    b->public_values_n = n;
}

uint32_t air_bound(struct air_builder *b, const char *name, uint32_t constant)
{
    if (constant >> 31 != 0) {
        air_error(b, NULL, 0, "bound %s: constant is not below 2^31", name);
    }
    if (!AIR_GROW(b, b->bounds)) {
        return 0;
    }
    b->bounds.at[b->bounds.n] = (struct air_bound){.name = air_keep_string(b, name), .constant = constant};
    return b->bounds.n++;
}

void air_bound_term(struct air *t, uint32_t bound, uint32_t coefficient)
{
    if (bound >= t->b->bounds.n || coefficient >> 31 != 0) {
        air_error(t->b, NULL, 0, "table %s: a term of bound %u is not allowed", t->name, bound);
        return;
    }
    for (uint32_t k = 0; k < t->bounds.n; k++) {
        if (t->bounds.at[k].bound == bound) {
            air_error(t->b, NULL, 0, "table %s: bound %s has a term of it already", t->name,
                      t->b->bounds.at[bound].name);
            return;
        }
    }
    if (AIR_GROW(t->b, t->bounds)) {
        t->bounds.at[t->bounds.n++] = (struct air_bound_draft){bound, coefficient};
    }
}

/* ---- tables and columns ---- */

struct air *air_table(struct air_builder *b, const char *name, uint32_t max_height, uint32_t flags)
{
    struct air *t = new_table(b, name, max_height, flags);
    if (t == NULL) {
        return b->spare;
    }
    if (max_height == 0 || max_height > AIR_MAX_HEIGHT) {
        air_error(b, NULL, 0, "table %s: a largest height of %u is not allowed", name, max_height);
    }
    if ((flags & AIR_PREPROCESSED) != 0 && ((flags & AIR_FIXED_HEIGHT) != 0 || max_height % AIR_PAGE_ROWS != 0)) {
        air_error(b, NULL, 0, "table %s: a preprocessed table has whole pages and no fixed height", name);
    }
    if (b->last != NULL) {
        b->last->next_table = t;
    } else {
        b->first = t;
    }
    b->last = t;
    b->tables_n++;
    return t;
}

static const char *column_name(struct air_builder *b, const struct air_column_spec *spec, size_t i)
{
    if (spec->count == 1) {
        return spec->name;
    }
    char name[128];
    snprintf(name, sizeof name, "%s[%zu]", spec->name, i);
    return air_keep_string(b, name);
}

static void add_columns(struct air *t, bool pre, const struct air_column_spec *specs, size_t n, void *vars)
{
    expr *out = vars;
    for (size_t s = 0; s < n; s++) {
        if (specs[s].bits < 1 || specs[s].bits > 31) {
            air_error(t->b, NULL, 0, "table %s: column %s has a width of %u bits", t->name, specs[s].name,
                      specs[s].bits);
        }
        for (size_t i = 0; i < specs[s].count; i++) {
            struct air_column c = {.name = column_name(t->b, &specs[s], i), .doc = specs[s].doc, .bits = specs[s].bits};
            if (pre && AIR_GROW(t->b, t->pre)) {
                *out++ = air_leaf(t, AIR_SPACE_PRE, t->pre.n);
                t->pre.at[t->pre.n++] = c;
            } else if (!pre && AIR_GROW(t->b, t->committed)) {
                *out++ = air_leaf(t, AIR_SPACE_COMMITTED, t->committed.n);
                t->committed.at[t->committed.n++] = c;
            } else {
                *out++ = air_node(t, 0);
            }
        }
    }
}

void air_committed(struct air *t, const struct air_column_spec *specs, size_t n, void *vars)
{
    add_columns(t, false, specs, n, vars);
}

void air_preprocessed(struct air *t, const struct air_column_spec *specs, size_t n, void *vars)
{
    if ((t->flags & AIR_PREPROCESSED) == 0) {
        air_error(t->b, NULL, 0, "table %s is not declared preprocessed", t->name);
    }
    add_columns(t, true, specs, n, vars);
}

static expr add_fixed(struct air *t, struct air_fixed f)
{
    if (!AIR_GROW(t->b, t->fixed)) {
        return air_node(t, 0);
    }
    t->fixed.at[t->fixed.n] = f;
    return air_leaf(t, AIR_SPACE_FIXED, t->fixed.n++);
}

expr air_fixed_monomials(struct air *t, const char *name, const struct air_monomial *m, size_t n)
{
    struct air_monomial *copy = air_builder_alloc(t->b, n * sizeof *m);
    for (size_t i = 0; copy != NULL && i < n; i++) {
        copy[i] = m[i];
        if (m[i].coefficient >= FP_P || m[i].bits >= AIR_MAX_HEIGHT) {
            air_error(t->b, NULL, 0, "table %s: fixed column %s: monomial %zu is out of range", t->name, name, i);
        }
    }
    return add_fixed(
        t, (struct air_fixed){.name = air_keep_string(t->b, name), .monomials = copy, .monomials_n = (uint32_t)n});
}

expr air_fixed_values(struct air *t, const char *name, const uint32_t *values, size_t n)
{
    if ((t->flags & AIR_FIXED_HEIGHT) == 0 || n != t->max_height || n > AIR_MAX_EXPLICIT) {
        air_error(t->b, NULL, 0,
                  "table %s: fixed column %s has %zu values, which is not the table's fixed height or too many",
                  t->name, name, n);
        return air_node(t, 0);
    }
    uint32_t *copy = air_builder_alloc(t->b, n * sizeof *copy);
    for (size_t i = 0; copy != NULL && i < n; i++) {
        copy[i] = values[i];
        if (values[i] >= FP_P) {
            air_error(t->b, NULL, 0, "table %s: fixed column %s: value %zu is not below p", t->name, name, i);
        }
    }
    return add_fixed(t,
                     (struct air_fixed){.name = air_keep_string(t->b, name), .values = copy, .values_n = (uint32_t)n});
}

/* ---- constraints ---- */

void air_next_anywhere(struct air *t)
{
    t->next_anywhere = true;
}

void air_assert(expr x, enum air_group group, const char *text, const char *file, int line)
{
    struct air *t = x->table;
    struct air_builder *b = t->b;
    if (x->kind == EXPR_BAD) {
        air_error_place(b, file, line);
        return;
    }
    if (x->kind == EXPR_CONST) {
        air_error(b, file, line, "table %s: the constraint is the constant %u", t->name, x->a);
        return;
    }
    if (x->degree > AIR_MAX_DEGREE) {
        air_error(b, file, line, "table %s: the constraint has degree %u", t->name, x->degree);
        return;
    }
    if (x->reads_next && (group == AIR_LAST || (group != AIR_TRANSITION && !t->next_anywhere))) {
        air_error(b, file, line, "table %s: only a transition constraint may read the next row", t->name);
        return;
    }
    if (AIR_GROW(b, t->constraints)) {
        t->constraints.at[t->constraints.n++] = (struct air_constraint_draft){
            x, {.group = group, .degree = x->degree, .text = text, .file = file, .line = (uint32_t)line}};
    }
}

void air_assert_bool(expr x, const char *text, const char *file, int line)
{
    air_node(x->table, x->id)->boolean = true;
    air_assert(bit(x), AIR_ALL, text, file, line);
}

/* ---- air_build ---- */

/* n items copied to the caller's arena; NULL also for n = 0. */
static void *copy_items(struct gn_arena *arena, const void *items, size_t n, size_t item_bytes, bool *ok)
{
    if (n == 0) {
        return NULL;
    }
    void *p = gn_arena_alloc(arena, n * item_bytes);
    if (p == NULL) {
        *ok = false;
        return NULL;
    }
    return memcpy(p, items, n * item_bytes);
}
#define COPY(arena, list, ok) copy_items(arena, (list).at, (list).n, sizeof *(list).at, ok)

static const char *copy_name(struct gn_arena *arena, const char *name, bool *ok)
{
    return copy_items(arena, name, strlen(name) + 1, 1, ok);
}

static void copy_columns(struct air_table *out, const struct air *t, struct gn_arena *arena, bool *ok)
{
    struct air_column *committed = COPY(arena, t->committed, ok), *pre = COPY(arena, t->pre, ok);
    struct air_fixed *fixed = COPY(arena, t->fixed, ok);
    for (uint32_t i = 0; *ok && i < t->committed.n; i++) {
        committed[i].name = copy_name(arena, committed[i].name, ok);
    }
    for (uint32_t i = 0; *ok && i < t->pre.n; i++) {
        pre[i].name = copy_name(arena, pre[i].name, ok);
    }
    for (uint32_t i = 0; *ok && i < t->fixed.n; i++) {
        fixed[i].name = copy_name(arena, fixed[i].name, ok);
        fixed[i].monomials =
            copy_items(arena, fixed[i].monomials, fixed[i].monomials_n, sizeof *fixed[i].monomials, ok);
        fixed[i].values = copy_items(arena, fixed[i].values, fixed[i].values_n, sizeof *fixed[i].values, ok);
    }
    out->committed = committed;
    out->pre = pre;
    out->fixed = fixed;
    out->committed_n = t->committed.n;
    out->pre_n = t->pre.n;
    out->fixed_n = t->fixed.n;
}

static void copy_table(struct air_table *out, struct air *t, struct gn_arena *arena, bool *ok)
{
    *out = (struct air_table){.name = copy_name(arena, t->name, ok), .flags = t->flags, .max_height = t->max_height};
    copy_columns(out, t, arena, ok);
    struct air_constraint *constraints = gn_arena_alloc(arena, t->constraints.n * sizeof *constraints);
    struct air_interaction *interactions = gn_arena_alloc(arena, t->interactions.n * sizeof *interactions);
    if (!*ok || constraints == NULL || interactions == NULL) {
        *ok = false;
        return;
    }
    uint32_t outputs = t->constraints.n;
    for (uint32_t i = 0; i < t->constraints.n; i++) {
        constraints[i] = t->constraints.at[i].c;
    }
    for (uint32_t i = 0; i < t->interactions.n; i++) {
        interactions[i] = t->interactions.at[i].i;
        interactions[i].first_output = outputs;
        outputs += 1 + interactions[i].entries_n;
    }
    out->constraints = constraints;
    out->constraints_n = t->constraints.n;
    out->interactions = interactions;
    out->interactions_n = t->interactions.n;
    out->outputs_n = outputs;
    *ok = air_lower(out, t, arena);
}

static const struct air_bound *copy_bounds(const struct air_builder *b, struct gn_arena *arena, bool *ok)
{
    struct air_bound *bounds = COPY(arena, b->bounds, ok);
    for (uint32_t i = 0; *ok && i < b->bounds.n; i++) {
        uint32_t *coefficients = gn_arena_zalloc(arena, b->tables_n * sizeof *coefficients);
        bounds[i].name = copy_name(arena, bounds[i].name, ok);
        bounds[i].coefficients = coefficients;
        *ok = *ok && coefficients != NULL;
        for (const struct air *t = b->first; *ok && t != NULL; t = t->next_table) {
            for (uint32_t k = 0; k < t->bounds.n; k++) {
                if (t->bounds.at[k].bound == i) {
                    coefficients[t->index] = t->bounds.at[k].coefficient;
                }
            }
        }
    }
    return bounds;
}

static void copy_buses(struct air_system *s, const struct air_builder *b, struct gn_arena *arena, bool *ok)
{
    struct air_bus *buses = COPY(arena, b->buses, ok);
    for (uint32_t i = 0; *ok && i < b->buses.n; i++) {
        buses[i].name = copy_name(arena, buses[i].name, ok);
        s->max_entries = buses[i].entries_n > s->max_entries ? buses[i].entries_n : s->max_entries;
    }
    struct air_public_table *tables = COPY(arena, b->public_tables, ok);
    for (uint32_t i = 0; *ok && i < b->public_tables.n; i++) {
        tables[i].name = copy_name(arena, tables[i].name, ok);
    }
    s->buses = buses;
    s->buses_n = b->buses.n;
    s->public_messages = COPY(arena, b->public_messages, ok);
    s->public_messages_n = b->public_messages.n;
    s->public_tables = tables;
    s->public_tables_n = b->public_tables.n;
}

static void check_tables(struct air_builder *b)
{
    uint32_t pre_tables = 0;
    for (struct air *t = b->first; t != NULL; t = t->next_table) {
        if (t->committed.n == 0) {
            air_error(b, NULL, 0, "table %s has no committed column", t->name);
        }
        if ((t->flags & AIR_PREPROCESSED) != 0) {
            pre_tables++;
            if (t->pre.n == 0) {
                air_error(b, NULL, 0, "table %s has no preprocessed column", t->name);
            }
        }
        for (uint32_t i = 0; i < t->interactions.n; i++) {
            air_check_interaction(t, &t->interactions.at[i]);
        }
    }
    if (b->tables_n == 0 || b->tables_n > AIR_MAX_TABLES || pre_tables > AIR_MAX_PRE_TABLES) {
        air_error(b, NULL, 0, "a system of %u tables, %u of them preprocessed, is not allowed", b->tables_n,
                  pre_tables);
    }
    air_check_public(b);
}

static enum gn_status report(const struct air_builder *b, struct gn_error *err)
{
    if (b->error_file == NULL) {
        return gn_fail(err, b->error.status, "%s", b->error.text);
    }
    const char *slash = strrchr(b->error_file, '/');
    return gn_fail(err, b->error.status, "%s:%u: %s", slash == NULL ? b->error_file : slash + 1, b->error_line,
                   b->error.text);
}

static const struct air_system *copy_system(struct air_builder *b, struct gn_arena *arena)
{
    bool ok = true;
    struct air_system *s = gn_arena_zalloc(arena, sizeof *s);
    struct air_table *tables = gn_arena_zalloc(arena, b->tables_n * sizeof *tables);
    if (s == NULL || tables == NULL) {
        return NULL;
    }
    s->name = copy_name(arena, b->name, &ok);
    s->tables = tables;
    s->tables_n = b->tables_n;
    s->public_values_n = b->public_values_n;
    for (struct air *t = b->first; ok && t != NULL; t = t->next_table) {
        copy_table(&tables[t->index], t, arena, &ok);
    }
    if (ok) {
        copy_buses(s, b, arena, &ok);
        s->bounds = copy_bounds(b, arena, &ok);
        s->bounds_n = b->bounds.n;
    }
    if (!ok) {
        return NULL;
    }
    s->air_digest = air_compute_digest(s);
    return s;
}

const struct air_system *air_build(struct air_builder *b, struct gn_arena *arena, struct gn_error *err)
{
    check_tables(b);
    if (b->error.status != GN_OK) {
        (void)report(b, err);
        return NULL;
    }
    const struct air_system *s = copy_system(b, arena);
    if (s == NULL) {
        (void)gn_fail(err, GN_NO_MEMORY, "no memory for the system %s", b->name);
    }
    return s;
}
