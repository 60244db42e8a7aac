/* SPDX-License-Identifier: Apache-2.0 */
/* print_c.c - a system as C constants: what a verifier without a builder links.
 *
 * The output is one translation unit that defines `const struct air_system <symbol>` and static arrays; it needs
 * air/system.h only.  Texts are kept, files without their folder. */
#include <string.h>

#include "air/list.h"

struct printer {
    FILE *out;
    const char *symbol;
};

/* A C string literal, or NULL. */
static void literal(FILE *out, const char *s)
{
    fputc('"', out);
    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\') {
            fprintf(out, "\\%c", c);
        } else if (c < 32 || c > 126) {
            fprintf(out, "\\%03o", c);
        } else {
            fputc(c, out);
        }
    }
    fputc('"', out);
}

static const char *base_name(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash == NULL ? file : slash + 1;
}

static void words(const struct printer *p, const char *name, uint32_t table, uint32_t item, const uint32_t *v,
                  uint32_t n)
{
    if (n == 0) {
        return;
    }
    fprintf(p->out, "static const uint32_t %s_%u_%u[] = {", name, table, item);
    for (uint32_t i = 0; i < n; i++) {
        fprintf(p->out, "%s%uu,", i % 12 == 0 ? "\n    " : " ", v[i]);
    }
    fprintf(p->out, "\n};\n");
}

/* The name of an array, or NULL when it was not printed because it is empty. */
static void name_of(const struct printer *p, const char *name, uint32_t table, uint32_t item, uint32_t n)
{
    if (n == 0) {
        fprintf(p->out, "NULL");
    } else {
        fprintf(p->out, "%s_%u_%u", name, table, item);
    }
}

static void columns(const struct printer *p, const char *name, uint32_t table, const struct air_column *c, uint32_t n)
{
    if (n == 0) {
        return;
    }
    fprintf(p->out, "static const struct air_column %s_%u_0[] = {\n", name, table);
    for (uint32_t i = 0; i < n; i++) {
        fprintf(p->out, "    {");
        literal(p->out, c[i].name);
        fprintf(p->out, ", ");
        literal(p->out, c[i].doc);
        fprintf(p->out, ", %u},\n", c[i].bits);
    }
    fprintf(p->out, "};\n");
}

static void fixed(const struct printer *p, uint32_t table, const struct air_table *t)
{
    for (uint32_t i = 0; i < t->fixed_n; i++) {
        words(p, "fixed_values", table, i, t->fixed[i].values, t->fixed[i].values_n);
        if (t->fixed[i].monomials_n > 0) {
            fprintf(p->out, "static const struct air_monomial fixed_monomials_%u_%u[] = {", table, i);
            for (uint32_t k = 0; k < t->fixed[i].monomials_n; k++) {
                fprintf(p->out, "%s{%uu, %uu},", k % 6 == 0 ? "\n    " : " ", t->fixed[i].monomials[k].coefficient,
                        t->fixed[i].monomials[k].bits);
            }
            fprintf(p->out, "\n};\n");
        }
    }
    if (t->fixed_n == 0) {
        return;
    }
    fprintf(p->out, "static const struct air_fixed fixed_%u_0[] = {\n", table);
    for (uint32_t i = 0; i < t->fixed_n; i++) {
        fprintf(p->out, "    {");
        literal(p->out, t->fixed[i].name);
        fprintf(p->out, ", %u, %u, ", t->fixed[i].monomials_n, t->fixed[i].values_n);
        name_of(p, "fixed_monomials", table, i, t->fixed[i].monomials_n);
        fprintf(p->out, ", ");
        name_of(p, "fixed_values", table, i, t->fixed[i].values_n);
        fprintf(p->out, "},\n");
    }
    fprintf(p->out, "};\n");
}

static void code(const struct printer *p, uint32_t table, const struct air_table *t)
{
    if (t->code_n == 0) {
        return;
    }
    fprintf(p->out, "static const struct air_insn code_%u_0[] = {", table);
    for (uint32_t i = 0; i < t->code_n; i++) {
        const struct air_insn *q = &t->code[i];
        fprintf(p->out, "%s{%u, %u, 0x%xu, 0x%xu},", i % 4 == 0 ? "\n    " : " ", q->op, q->dst, q->a, q->b);
    }
    fprintf(p->out, "\n};\n");
}

static void constraints(const struct printer *p, uint32_t table, const struct air_table *t)
{
    if (t->constraints_n > 0) {
        fprintf(p->out, "static const struct air_constraint constraints_%u_0[] = {\n", table);
        for (uint32_t i = 0; i < t->constraints_n; i++) {
            const struct air_constraint *c = &t->constraints[i];
            fprintf(p->out, "    {%u, %u, ", c->group, c->degree);
            literal(p->out, c->text);
            fprintf(p->out, ", ");
            literal(p->out, base_name(c->file));
            fprintf(p->out, ", %u},\n", c->line);
        }
        fprintf(p->out, "};\n");
    }
    if (t->interactions_n > 0) {
        fprintf(p->out, "static const struct air_interaction interactions_%u_0[] = {\n", table);
        for (uint32_t i = 0; i < t->interactions_n; i++) {
            const struct air_interaction *k = &t->interactions[i];
            fprintf(p->out, "    {%u, %u, %u, %u, ", k->bus, k->entries_n, k->first_output, k->degree);
            literal(p->out, k->text);
            fprintf(p->out, ", ");
            literal(p->out, base_name(k->file));
            fprintf(p->out, ", %u},\n", k->line);
        }
        fprintf(p->out, "};\nstatic const struct air_leaf leaves_%u_0[] = {\n", table);
        for (uint32_t i = 0; i < t->leaves_n; i++) {
            const struct air_leaf *leaf = &t->leaves[i];
            fprintf(p->out, "    {%u, {", leaf->n);
            for (uint32_t k = 0; k < leaf->n; k++) {
                fprintf(p->out, k == 0 ? "%u" : ", %u", leaf->interactions[k]);
            }
            fprintf(p->out, "}},\n");
        }
        fprintf(p->out, "};\n");
    }
}

static void table_entry(const struct printer *p, uint32_t i, const struct air_table *t)
{
    FILE *out = p->out;
    fprintf(out, "    {.name = ");
    literal(out, t->name);
    fprintf(out, ", .flags = %u, .max_height = %u,\n", t->flags, t->max_height);
    fprintf(out,
            "     .committed_n = %u, .next_n = %u, .pre_n = %u, .fixed_n = %u, .consts_n = %u,\n     .committed = ",
            t->committed_n, t->next_n, t->pre_n, t->fixed_n, t->consts_n);
    name_of(p, "committed", i, 0, t->committed_n);
    fprintf(out, ", .pre = ");
    name_of(p, "pre", i, 0, t->pre_n);
    fprintf(out, ", .next = ");
    name_of(p, "next", i, 0, t->next_n);
    fprintf(out, ", .fixed = ");
    name_of(p, "fixed", i, 0, t->fixed_n);
    fprintf(out, ", .consts = ");
    name_of(p, "consts", i, 0, t->consts_n);
    fprintf(out, ",\n     .code_n = %u, .bus_code_n = %u, .low_code_n = %u, .temps_n = %u, .outputs_n = %u, .code = ",
            t->code_n, t->bus_code_n, t->low_code_n, t->temps_n, t->outputs_n);
    name_of(p, "code", i, 0, t->code_n);
    fprintf(out,
            ",\n     .constraints_n = %u, .interactions_n = %u, .leaves_n = %u, .degree = %u,\n     .constraints = ",
            t->constraints_n, t->interactions_n, t->leaves_n, t->degree);
    name_of(p, "constraints", i, 0, t->constraints_n);
    fprintf(out, ", .interactions = ");
    name_of(p, "interactions", i, 0, t->interactions_n);
    fprintf(out, ", .leaves = ");
    name_of(p, "leaves", i, 0, t->leaves_n);
    fprintf(out, "},\n");
}

static void entries(FILE *out, const struct air_entry *e, uint32_t n)
{
    fprintf(out, "{");
    for (uint32_t i = 0; i < n; i++) {
        fprintf(out, "%s{%u, %uu, %uu}", i == 0 ? "" : ", ", e[i].kind, e[i].value, e[i].step);
    }
    fprintf(out, "}");
}

static void statement(const struct printer *p, const struct air_system *s)
{
    if (s->buses_n > 0) {
        fprintf(p->out, "static const struct air_bus buses_0_0[] = {\n");
        for (uint32_t i = 0; i < s->buses_n; i++) {
            fprintf(p->out, "    {");
            literal(p->out, s->buses[i].name);
            fprintf(p->out, ", %u, %u},\n", s->buses[i].id, s->buses[i].entries_n);
        }
        fprintf(p->out, "};\n");
    }
    if (s->public_messages_n > 0) {
        fprintf(p->out, "static const struct air_public_message public_messages_0_0[] = {\n");
        for (uint32_t i = 0; i < s->public_messages_n; i++) {
            const struct air_public_message *m = &s->public_messages[i];
            fprintf(p->out, "    {%u, %u, ", m->bus, m->negative);
            entries(p->out, m->entries, s->buses[m->bus - 1].entries_n);
            fprintf(p->out, "},\n");
        }
        fprintf(p->out, "};\n");
    }
    if (s->public_tables_n > 0) {
        fprintf(p->out, "static const struct air_public_table public_tables_0_0[] = {\n");
        for (uint32_t i = 0; i < s->public_tables_n; i++) {
            const struct air_public_table *t = &s->public_tables[i];
            fprintf(p->out, "    {");
            literal(p->out, t->name);
            fprintf(p->out, ", %u, %u, %u, ", t->bus, t->negative, t->row_bytes);
            entries(p->out, t->entries, s->buses[t->bus - 1].entries_n);
            fprintf(p->out, "},\n");
        }
        fprintf(p->out, "};\n");
    }
}

static void bounds(const struct printer *p, const struct air_system *s)
{
    if (s->bounds_n == 0) {
        return;
    }
    for (uint32_t i = 0; i < s->bounds_n; i++) {
        words(p, "bound_coefficients", i, 0, s->bounds[i].coefficients, s->tables_n);
    }
    fprintf(p->out, "static const struct air_bound bounds_0_0[] = {\n");
    for (uint32_t i = 0; i < s->bounds_n; i++) {
        fprintf(p->out, "    {");
        literal(p->out, s->bounds[i].name);
        fprintf(p->out, ", %uu, bound_coefficients_%u_0},\n", s->bounds[i].constant, i);
    }
    fprintf(p->out, "};\n");
}

static void system_entry(const struct printer *p, const struct air_system *s)
{
    FILE *out = p->out;
    fprintf(out, "extern const struct air_system %s;\nconst struct air_system %s = {\n    .name = ", p->symbol,
            p->symbol);
    literal(out, s->name);
    fprintf(out,
            ",\n    .tables_n = %u, .buses_n = %u, .public_values_n = %u, .public_messages_n = %u, .public_tables_n = "
            "%u, .bounds_n = %u,\n",
            s->tables_n, s->buses_n, s->public_values_n, s->public_messages_n, s->public_tables_n, s->bounds_n);
    fprintf(out, "    .max_entries = %u, .tables = tables, .buses = ", s->max_entries);
    name_of(p, "buses", 0, 0, s->buses_n);
    fprintf(out, ", .public_messages = ");
    name_of(p, "public_messages", 0, 0, s->public_messages_n);
    fprintf(out, ",\n    .public_tables = ");
    name_of(p, "public_tables", 0, 0, s->public_tables_n);
    fprintf(out, ", .bounds = ");
    name_of(p, "bounds", 0, 0, s->bounds_n);
    fprintf(out, ",\n    .air_digest = {{");
    for (int i = 0; i < GN_DIGEST_BYTES; i++) {
        fprintf(out, "%s0x%02x,", i % 16 == 0 ? "\n        " : " ", s->air_digest.b[i]);
    }
    fprintf(out, "\n    }},\n};\n");
}

void air_print_c(FILE *out, const struct air_system *s, const char *symbol)
{
    struct printer p = {out, symbol};
    fprintf(
        out,
        "/* SPDX-License-Identifier: Apache-2.0 */\n/* The system %s.  Generated by tools/air_gen.c; do not edit. */\n",
        s->name);
    fprintf(out, "#include \"air/system.h\"\n\n");
    for (uint32_t i = 0; i < s->tables_n; i++) {
        const struct air_table *t = &s->tables[i];
        columns(&p, "committed", i, t->committed, t->committed_n);
        columns(&p, "pre", i, t->pre, t->pre_n);
        words(&p, "next", i, 0, t->next, t->next_n);
        fixed(&p, i, t);
        words(&p, "consts", i, 0, t->consts, t->consts_n);
        code(&p, i, t);
        constraints(&p, i, t);
    }
    fprintf(out, "static const struct air_table tables[] = {\n");
    for (uint32_t i = 0; i < s->tables_n; i++) {
        table_entry(&p, i, &s->tables[i]);
    }
    fprintf(out, "};\n");
    statement(&p, s);
    bounds(&p, s);
    system_entry(&p, s);
}
