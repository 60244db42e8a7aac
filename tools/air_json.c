/* SPDX-License-Identifier: Apache-2.0 */
/* air_json.c - prints an air_system for the second verifier (air_json.h says what each field means).
 *
 * Only what the protocol reads is printed, plus names.  The digest is printed too: the second verifier compares it with
 * the key but does not recompute it, so it trusts this file and the machine's builder, not the C verifier. */
#include "air_json.h"

static void print_string(FILE *out, const char *text)
{
    putc('"', out);
    for (const char *c = text != NULL ? text : ""; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\') {
            putc('\\', out);
        }
        putc((unsigned char)*c < ' ' ? ' ' : *c, out);
    }
    putc('"', out);
}

static void print_numbers(FILE *out, const uint32_t *x, uint32_t n)
{
    putc('[', out);
    for (uint32_t i = 0; i < n; i++) {
        fprintf(out, "%s%u", i ? ", " : "", x[i]);
    }
    putc(']', out);
}

static const char *separator(uint32_t i)
{
    return i ? ",\n  " : "\n  ";
}

static const char *truth(bool x)
{
    return x ? "true" : "false";
}

static uint32_t bus_entries(const struct air_system *s, uint32_t bus)
{
    for (uint32_t i = 0; i < s->buses_n; i++) {
        if (s->buses[i].id == bus) {
            return s->buses[i].entries_n;
        }
    }
    return 0;
}

static void print_message(FILE *out, const struct air_system *s, uint32_t bus, uint32_t negative,
                          const struct air_entry *entries)
{
    static const char *const kinds[] = {[AIR_ENTRY_CONST] = "const",
                                        [AIR_ENTRY_PUBLIC] = "public",
                                        [AIR_ENTRY_INDEX] = "index",
                                        [AIR_ENTRY_LIMB] = "limb"};
    fprintf(out, "\"bus\": %u, \"negative\": %s, \"entries\": [", bus, truth(negative != 0));
    for (uint32_t i = 0; i < bus_entries(s, bus); i++) {
        fprintf(out, "%s[\"%s\", %u, %u]", i ? ", " : "", kinds[entries[i].kind], entries[i].value, entries[i].step);
    }
    fputs("]}", out);
}

static void print_operand(FILE *out, air_ref ref)
{
    static const char letters[] = {
        [AIR_SPACE_COMMITTED] = 'c', [AIR_SPACE_NEXT] = 'n',  [AIR_SPACE_PRE] = 'p', [AIR_SPACE_FIXED] = 'f',
        [AIR_SPACE_PUBLIC] = 'v',    [AIR_SPACE_CONST] = 'k', [AIR_SPACE_TEMP] = 't'};
    fprintf(out, "\"%c%u\"", letters[AIR_REF_SPACE(ref)], AIR_REF_INDEX(ref));
}

static void print_code(FILE *out, const struct air_table *t)
{
    static const char *const names[] = {[AIR_ADD] = "add", [AIR_SUB] = "sub", [AIR_MUL] = "mul", [AIR_OUT] = "out"};
    fputs("\"code\": [", out);
    for (uint32_t i = 0; i < t->code_n; i++) {
        fprintf(out, "%s[\"%s\", %u, ", separator(i), names[t->code[i].op], t->code[i].dst);
        print_operand(out, t->code[i].a);
        fputs(", ", out);
        if (t->code[i].op == AIR_OUT) {
            fputs("null", out);
        } else {
            print_operand(out, t->code[i].b);
        }
        putc(']', out);
    }
    fputs("]", out);
}

static void print_fixed(FILE *out, const struct air_table *t)
{
    fputs("\"fixed\": [", out);
    for (uint32_t i = 0; i < t->fixed_n; i++) {
        const struct air_fixed *f = &t->fixed[i];
        fputs(separator(i), out);
        if (f->values_n != 0) {
            fputs("{\"values\": ", out);
            print_numbers(out, f->values, f->values_n);
        } else {
            fputs("{\"monomials\": [", out);
            for (uint32_t j = 0; j < f->monomials_n; j++) {
                fprintf(out, "%s[%u, %u]", j ? ", " : "", f->monomials[j].coefficient, f->monomials[j].bits);
            }
            putc(']', out);
        }
        putc('}', out);
    }
    fputs("]", out);
}

static void print_table(FILE *out, const struct air_table *t)
{
    static const char *const groups[] = {
        [AIR_ALL] = "all", [AIR_TRANSITION] = "transition", [AIR_FIRST] = "first", [AIR_LAST] = "last"};
    fputs("{\"name\": ", out);
    print_string(out, t->name);
    fprintf(out,
            ", \"mandatory\": %s, \"fixed_height\": %s, \"preprocessed\": %s, \"max_height\": %u, \"committed\": %u, "
            "\"pre\": %u, \"next\": ",
            truth((t->flags & AIR_MANDATORY) != 0), truth((t->flags & AIR_FIXED_HEIGHT) != 0),
            truth((t->flags & AIR_PREPROCESSED) != 0), t->max_height, t->committed_n, t->pre_n);
    print_numbers(out, t->next, t->next_n);
    fputs(", \"consts\": ", out);
    print_numbers(out, t->consts, t->consts_n);
    fputs(",\n ", out);
    print_fixed(out, t);
    fputs(",\n ", out);
    print_code(out, t);
    fputs(",\n \"constraints\": [", out);
    for (uint32_t i = 0; i < t->constraints_n; i++) {
        const struct air_constraint *c = &t->constraints[i];
        fprintf(out, "%s{\"group\": \"%s\", \"degree\": %u, \"text\": ", separator(i), groups[c->group], c->degree);
        print_string(out, c->text);
        putc('}', out);
    }
    fputs("],\n \"interactions\": [", out);
    for (uint32_t i = 0; i < t->interactions_n; i++) {
        const struct air_interaction *x = &t->interactions[i];
        fprintf(out, "%s{\"bus\": %u, \"entries\": %u, \"first_output\": %u, \"degree\": %u, \"text\": ", separator(i),
                x->bus, x->entries_n, x->first_output, x->degree);
        print_string(out, x->text);
        putc('}', out);
    }
    fputs("]}", out);
}

void air_json_system(FILE *out, const struct air_system *s)
{
    fputs("{\"name\": ", out);
    print_string(out, s->name);
    fputs(", \"air_digest\": \"", out);
    for (int i = 0; i < GN_DIGEST_BYTES; i++) {
        fprintf(out, "%02x", s->air_digest.b[i]);
    }
    fprintf(out, "\", \"max_entries\": %u, \"public_values\": %u,\n\"buses\": [", s->max_entries, s->public_values_n);
    for (uint32_t i = 0; i < s->buses_n; i++) {
        fprintf(out, "%s{\"name\": ", separator(i));
        print_string(out, s->buses[i].name);
        fprintf(out, ", \"id\": %u, \"entries\": %u}", s->buses[i].id, s->buses[i].entries_n);
    }
    fputs("],\n\"public_messages\": [", out);
    for (uint32_t i = 0; i < s->public_messages_n; i++) {
        const struct air_public_message *m = &s->public_messages[i];
        fprintf(out, "%s{", separator(i));
        print_message(out, s, m->bus, m->negative, m->entries);
    }
    fputs("],\n\"public_tables\": [", out);
    for (uint32_t i = 0; i < s->public_tables_n; i++) {
        const struct air_public_table *t = &s->public_tables[i];
        fprintf(out, "%s{\"name\": ", separator(i));
        print_string(out, t->name);
        fprintf(out, ", \"row_bytes\": %u, ", t->row_bytes);
        print_message(out, s, t->bus, t->negative, t->entries);
    }
    fputs("],\n\"bounds\": [", out);
    for (uint32_t i = 0; i < s->bounds_n; i++) {
        fprintf(out, "%s{\"name\": ", separator(i));
        print_string(out, s->bounds[i].name);
        fprintf(out, ", \"constant\": %u, \"coefficients\": ", s->bounds[i].constant);
        print_numbers(out, s->bounds[i].coefficients, s->tables_n);
        putc('}', out);
    }
    fputs("],\n\"tables\": [", out);
    for (uint32_t i = 0; i < s->tables_n; i++) {
        fputs(i ? ",\n" : "\n", out);
        print_table(out, &s->tables[i]);
    }
    fputs("]}\n", out);
}

void air_json_statement(FILE *out, const struct air_system *s, const struct air_statement *statement)
{
    fputs("{\"values\": ", out);
    print_numbers(out, statement->values, s->public_values_n);
    fputs(", \"bytes\": [", out);
    for (uint32_t i = 0; i < s->public_tables_n; i++) {
        fputs(i ? ", \"" : "\"", out);
        for (size_t j = 0; j < statement->bytes[i].size; j++) {
            fprintf(out, "%02x", statement->bytes[i].data[j]);
        }
        putc('"', out);
    }
    fputs("]}\n", out);
}
