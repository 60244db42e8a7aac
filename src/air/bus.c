/* SPDX-License-Identifier: Apache-2.0 */
/* bus.c - buses, interactions and the verifier's own messages while a system is built, and the rules that they obey.
 *
 * A bus is a multiset equation: over all tables and the statement, sum of numerator / (alpha - message) = 0.  The
 * equation says "what is pushed is pulled" only if every numerator is what it claims to be, so three forms are
 * allowed and nothing else:
 *   +-1 always;  +-when with `when` boolean on every row of the table;  a supply, minus a committed multiplicity.
 * With the first two forms a message's count is at most the number of interactions times rows, which docs/protocol.md
 * 3.4 keeps below p: no wrap-around.  A supply's multiplicity may be any field element: then all pushes of the
 * message together equal it, which is what a lookup needs, given that the supplying table names each message once. */
#include "air/builder.h"

#include "field/fp.h"

uint32_t air_bus(struct air_builder *b, const char *name, uint32_t entries_n)
{
    if (entries_n == 0 || entries_n > AIR_MAX_ENTRIES) {
        air_error(b, NULL, 0, "bus %s: %u entries are not allowed", name, entries_n);
        entries_n = 1;
    }
    if (b->buses.n >= 1u << 16) {
        air_error(b, NULL, 0, "bus %s: too many buses", name);
        return 1;
    }
    if (!AIR_GROW(b, b->buses)) {
        return 1;
    }
    b->buses.at[b->buses.n] =
        (struct air_bus){.name = air_keep_string(b, name), .id = b->buses.n + 1, .entries_n = entries_n};
    return ++b->buses.n;
}

/* ---- interactions ---- */

/* The numerator of the interaction, or a bad node. */
static expr numerator(struct air *t, expr when_or_multiplicity, int sign)
{
    if (when_or_multiplicity == NULL) {
        return constant(t, sign);
    }
    return sign == 1 ? when_or_multiplicity : neg(when_or_multiplicity);
}

/* The first complaint about an interaction's form, with the place where it stands. */
static bool well_formed(struct air *t, uint32_t bus, expr when, int sign, const expr *entries, size_t n,
                        const char *file, int line)
{
    struct air_builder *b = t->b;
    if (bus < 1 || bus > b->buses.n) {
        air_error(b, file, line, "table %s: there is no bus number %u", t->name, bus);
        return false;
    }
    if (n != b->buses.at[bus - 1].entries_n) {
        air_error(b, file, line, "table %s: a message on bus %s has %zu entries, not %u", t->name,
                  b->buses.at[bus - 1].name, n, b->buses.at[bus - 1].entries_n);
        return false;
    }
    if (sign == 0 && (when == NULL || when->kind != EXPR_LEAF || AIR_REF_SPACE(when->a) != AIR_SPACE_COMMITTED)) {
        air_error(b, file, line, "table %s: the multiplicity of a supply is not a committed column", t->name);
        return false;
    }
    for (size_t i = 0; i <= n; i++) {
        expr x = i < n ? entries[i] : when;
        if (x == NULL && i == n) {
            continue;
        }
        if (x == NULL) {
            air_error(b, file, line, "table %s: an entry is NULL", t->name);
            return false;
        }
        if (x->table != t) {
            air_error(b, file, line, "table %s: the interaction reads columns of table %s", t->name, x->table->name);
            return false;
        }
        if (x->kind == EXPR_BAD) {
            air_error_place(b, file, line);
            return false;
        }
        if (x->reads_next && !t->next_anywhere) {
            air_error(b, file, line, "table %s: %s reads the next row", t->name, i < n ? "an entry" : "the numerator");
            return false;
        }
        if (x->degree > AIR_MAX_DEGREE) {
            air_error(b, file, line, "table %s: %s has degree %u", t->name, i < n ? "an entry" : "the numerator",
                      x->degree);
            return false;
        }
    }
    return true;
}

void air_interact(struct air *t, uint32_t bus, expr when_or_multiplicity, int sign, const expr *entries, size_t n,
                  const char *text, const char *file, int line)
{
    if (!well_formed(t, bus, when_or_multiplicity, sign, entries, n, file, line)) {
        return;
    }
    expr *copy = air_builder_alloc(t->b, n * sizeof *copy);
    if (copy == NULL || !AIR_GROW(t->b, t->interactions)) {
        return;
    }
    struct air_interaction_draft d = {.when = when_or_multiplicity,
                                      .sign = sign,
                                      .numerator = numerator(t, when_or_multiplicity, sign),
                                      .entries = copy};
    uint32_t degree = d.numerator->degree;
    for (size_t i = 0; i < n; i++) {
        copy[i] = entries[i];
        degree = entries[i]->degree > degree ? entries[i]->degree : degree;
    }
    d.i = (struct air_interaction){
        .bus = bus, .entries_n = (uint32_t)n, .degree = degree, .text = text, .file = file, .line = (uint32_t)line};
    t->interactions.at[t->interactions.n++] = d;
}

/* Asserted boolean, or 0, 1, 1 - x, x y of such. */
static bool is_boolean(expr x)
{
    const struct air *t = x->table;
    if (x->boolean) {
        return true;
    }
    switch (x->kind) {
    case EXPR_CONST:
        return x->a <= 1;
    case EXPR_SUB: {
        expr one = air_node(t, x->a);
        return one->kind == EXPR_CONST && one->a == 1 && is_boolean(air_node(t, x->b));
    }
    case EXPR_MUL:
        return is_boolean(air_node(t, x->a)) && is_boolean(air_node(t, x->b));
    default:
        return false;
    }
}

void air_check_interaction(struct air *t, const struct air_interaction_draft *d)
{
    if (d->sign != 0 && d->when != NULL && !is_boolean(d->when)) {
        air_error(t->b, d->i.file, (int)d->i.line, "table %s: the numerator is not asserted boolean: %s", t->name,
                  d->i.text);
    }
}

/* ---- the verifier's messages ---- */

static bool bus_takes(struct air_builder *b, const char *what, uint32_t bus, uint32_t n)
{
    if (bus < 1 || bus > b->buses.n || n != b->buses.at[bus - 1].entries_n) {
        air_error(b, NULL, 0, "%s: %u entries on bus number %u", what, n, bus);
        return false;
    }
    return true;
}

void air_public_message(struct air_builder *b, uint32_t bus, bool negative, const struct air_entry *entries, uint32_t n)
{
    if (!bus_takes(b, "public message", bus, n) || !AIR_GROW(b, b->public_messages)) {
        return;
    }
    struct air_public_message m = {.bus = bus, .negative = negative};
    for (uint32_t i = 0; i < n; i++) {
        m.entries[i] = entries[i];
    }
    b->public_messages.at[b->public_messages.n++] = m;
}

void air_public_table(struct air_builder *b, const char *name, uint32_t bus, bool negative, uint32_t row_bytes,
                      const struct air_entry *entries, uint32_t n)
{
    if (row_bytes < 1 || row_bytes > AIR_MAX_PUBLIC_BYTES) {
        air_error(b, NULL, 0, "public table %s: rows of %u bytes", name, row_bytes);
        return;
    }
    if (!bus_takes(b, name, bus, n) || !AIR_GROW(b, b->public_tables)) {
        return;
    }
    struct air_public_table p = {
        .name = air_keep_string(b, name), .bus = bus, .negative = negative, .row_bytes = row_bytes};
    for (uint32_t i = 0; i < n; i++) {
        p.entries[i] = entries[i];
    }
    b->public_tables.at[b->public_tables.n++] = p;
}

static bool entry_allowed(const struct air_builder *b, struct air_entry e, uint32_t row_bytes)
{
    switch (e.kind) {
    case AIR_ENTRY_CONST:
        return e.value < FP_P;
    case AIR_ENTRY_PUBLIC:
        return e.value < b->public_values_n;
    case AIR_ENTRY_INDEX:
        return row_bytes > 0 && e.value < FP_P && e.step < FP_P;
    case AIR_ENTRY_LIMB:
        return (e.step == 1 || e.step == 2) && e.value < row_bytes && e.step <= row_bytes - e.value;
    default:
        return false;
    }
}

void air_check_public(struct air_builder *b)
{
    for (uint32_t i = 0; i < b->public_messages.n; i++) {
        const struct air_public_message *m = &b->public_messages.at[i];
        for (uint32_t k = 0; k < b->buses.at[m->bus - 1].entries_n; k++) {
            if (!entry_allowed(b, m->entries[k], 0)) {
                air_error(b, NULL, 0, "public message %u: entry %u is not allowed", i, k);
            }
        }
    }
    for (uint32_t i = 0; i < b->public_tables.n; i++) {
        const struct air_public_table *p = &b->public_tables.at[i];
        for (uint32_t k = 0; k < b->buses.at[p->bus - 1].entries_n; k++) {
            if (!entry_allowed(b, p->entries[k], p->row_bytes)) {
                air_error(b, NULL, 0, "public table %s: entry %u is not allowed", p->name, k);
            }
        }
    }
}
