/* SPDX-License-Identifier: Apache-2.0 */
/* list.c - a system as text for people: what is committed, what is asserted, who talks to whom, and what a row costs.
 *
 * gen/air/ holds the listings of the machines; a test compares them with a fresh run, so that a change of a circuit
 * shows as a diff in review.  Source places are printed without folder and line, which would change with every edit;
 * the constraint's text identifies it. */
#include "air/list.h"

#include <string.h>

static const char *base_name(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash == NULL ? file : slash + 1;
}

static void list_columns(FILE *out, const char *kind, const struct air_column *c, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        fprintf(out, "    %-9s %3u  %-20s %2u bits%s%s\n", kind, i, c[i].name, c[i].bits,
                c[i].doc[0] == '\0' ? "" : "  ", c[i].doc);
    }
}

static void list_fixed(FILE *out, const struct air_table *t)
{
    for (uint32_t i = 0; i < t->fixed_n; i++) {
        const struct air_fixed *f = &t->fixed[i];
        bool explicit_form = f->values_n > 0;
        fprintf(out, "    fixed     %3u  %-20s %u %s\n", i, f->name, explicit_form ? f->values_n : f->monomials_n,
                explicit_form ? "values" : "monomials");
    }
}

static void list_table(FILE *out, const struct air_system *s, uint32_t index)
{
    static const char *const groups[AIR_GROUPS] = {"all", "transition", "first", "last"};
    const struct air_table *t = &s->tables[index];
    fprintf(out, "\ntable %u %s: at most %u rows%s%s%s\n", index, t->name, t->max_height,
            (t->flags & AIR_MANDATORY) ? ", mandatory" : "", (t->flags & AIR_FIXED_HEIGHT) ? ", fixed height" : "",
            (t->flags & AIR_PREPROCESSED) ? ", preprocessed" : "");
    list_columns(out, "committed", t->committed, t->committed_n);
    list_columns(out, "pre", t->pre, t->pre_n);
    list_fixed(out, t);
    for (uint32_t i = 0; i < t->next_n; i++) {
        fprintf(out, "    next      %3u  %s\n", i, t->committed[t->next[i]].name);
    }
    for (uint32_t i = 0; i < t->constraints_n; i++) {
        const struct air_constraint *c = &t->constraints[i];
        fprintf(out, "    %-10s degree %u  %s: %s\n", groups[c->group], c->degree, base_name(c->file), c->text);
    }
    for (uint32_t i = 0; i < t->interactions_n; i++) {
        const struct air_interaction *k = &t->interactions[i];
        fprintf(out, "    bus %-6s degree %u  %s: %s\n", s->buses[k->bus - 1].name, k->degree, base_name(k->file),
                k->text);
    }
    fprintf(out,
            "    a row: %u cells, %u interactions in %u leaves, %u constraints, degree %u, %u instructions (%u for the "
            "bus), %u "
            "temporaries\n",
            t->committed_n, t->interactions_n, t->leaves_n, t->constraints_n, t->degree, t->code_n, t->bus_code_n,
            t->temps_n);
}

static void list_entry(FILE *out, struct air_entry e)
{
    switch (e.kind) {
    case AIR_ENTRY_PUBLIC:
        fprintf(out, "public %u", e.value);
        break;
    case AIR_ENTRY_INDEX:
        fprintf(out, "%u + %u row", e.value, e.step);
        break;
    case AIR_ENTRY_LIMB:
        fprintf(out, "u%u at %u", 8 * e.step, e.value);
        break;
    default:
        fprintf(out, "%u", e.value);
    }
}

static void list_message(FILE *out, const struct air_system *s, uint32_t bus, uint32_t negative,
                         const struct air_entry *entries)
{
    fprintf(out, "%s %s(", negative ? "pull" : "push", s->buses[bus - 1].name);
    for (uint32_t i = 0; i < s->buses[bus - 1].entries_n; i++) {
        fprintf(out, "%s", i == 0 ? "" : ", ");
        list_entry(out, entries[i]);
    }
    fprintf(out, ")\n");
}

static void list_statement(FILE *out, const struct air_system *s)
{
    fprintf(out, "\nstatement: %u public values\n", s->public_values_n);
    for (uint32_t i = 0; i < s->public_messages_n; i++) {
        const struct air_public_message *m = &s->public_messages[i];
        fprintf(out, "    message: ");
        list_message(out, s, m->bus, m->negative, m->entries);
    }
    for (uint32_t i = 0; i < s->public_tables_n; i++) {
        const struct air_public_table *p = &s->public_tables[i];
        fprintf(out, "    bytes %s, per %u: ", p->name, p->row_bytes);
        list_message(out, s, p->bus, p->negative, p->entries);
    }
    for (uint32_t i = 0; i < s->bounds_n; i++) {
        fprintf(out, "    bound %s: %u", s->bounds[i].name, s->bounds[i].constant);
        for (uint32_t t = 0; t < s->tables_n; t++) {
            if (s->bounds[i].coefficients[t] != 0) {
                fprintf(out, " + %u %s", s->bounds[i].coefficients[t], s->tables[t].name);
            }
        }
        fprintf(out, " < p\n");
    }
}

/* For every bus: who sends on it. */
static void list_buses(FILE *out, const struct air_system *s)
{
    fprintf(out, "\nbuses: %u, at most %u entries\n", s->buses_n, s->max_entries);
    for (uint32_t b = 0; b < s->buses_n; b++) {
        fprintf(out, "    %u %s/%u:", s->buses[b].id, s->buses[b].name, s->buses[b].entries_n);
        for (uint32_t t = 0; t < s->tables_n; t++) {
            uint32_t n = 0;
            for (uint32_t i = 0; i < s->tables[t].interactions_n; i++) {
                n += s->tables[t].interactions[i].bus == s->buses[b].id;
            }
            if (n > 0) {
                fprintf(out, " %s %u", s->tables[t].name, n);
            }
        }
        fprintf(out, "\n");
    }
}

void air_list(FILE *out, const struct air_system *s)
{
    fprintf(out, "system %s: %u tables\ndigest ", s->name, s->tables_n);
    for (int i = 0; i < GN_DIGEST_BYTES; i++) {
        fprintf(out, "%02x", s->air_digest.b[i]);
    }
    fprintf(out, "\n");
    list_buses(out, s);
    list_statement(out, s);
    for (uint32_t i = 0; i < s->tables_n; i++) {
        list_table(out, s, i);
    }
}
