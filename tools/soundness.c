/* SPDX-License-Identifier: Apache-2.0 */
/* soundness.c - gnomon-soundness: the security of every row of the parameter table, computed.
 *
 * Prints, for each row, the error of each round in bits in the Johnson regime and with unique decoding, and
 * which theorem each figure rests on; fails (exit status 1) if a row does not reach what its preset claims.
 *
 *     gnomon-soundness            one line per row
 *     gnomon-soundness --markdown the same as it stands in SOUNDNESS.md
 *     gnomon-soundness --terms    every term of every row
 *     gnomon-soundness --json     the same for programs
 */
#include "soundness_terms.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
    uint32_t preset;
    const char *table;
    const struct whir_params *params;
    unsigned first; /* oracle with parameters */
    unsigned n, multiplicity[WHIR_MAX_ROUNDS + 1];
    struct soundness_term terms[SOUNDNESS_MAX_TERMS]; /* those of the row, then the common ones */
};

enum form { FORM_LINES, FORM_MARKDOWN, FORM_TERMS, FORM_JSON };

static const char *mark(enum soundness_theorem t)
{
    return soundness_sources[t].checked ? "" : " [U]";
}

static void print_sources(void)
{
    puts("Theorems ([U]: the statement was not checked here; it is quoted or assumed):");
    for (int t = 0; t < THEOREMS; t++) {
        const struct soundness_source *s = &soundness_sources[t];
        printf("  %-6s%s %s\n         (%s)\n", s->name, mark((enum soundness_theorem)t), s->statement, s->source);
    }
    const struct soundness_machine *m = &soundness_largest_machine;
    printf("Assumed sizes: fewer than p = 2^%.1f interaction slots (check 3.4.3; 2^24 rows x 24 messages are 2^28.6), "
           "%u entries, degree %u,\n"
           "2^%.0f constraints, 2^%.0f column claims.\n\n",
           m->interactions_log2, m->entries, m->degree, m->constraints_log2, m->claims_log2);
}

static void print_lists(const struct row *r)
{
    const struct whir_params *p = r->params;
    printf("k");
    for (unsigned i = r->first; i <= p->rounds; i++) {
        printf(" %u", p->k[i]);
    }
    printf(" | rate 2^-");
    for (unsigned i = r->first; i <= p->rounds; i++) {
        printf(" %u", p->mu[i]);
    }
    printf(" | queries");
    for (unsigned i = r->first; i <= p->rounds; i++) {
        printf(" %u", p->queries[i]);
    }
    printf(" | grind");
    for (unsigned i = r->first; i <= p->rounds; i++) {
        printf(" %u", p->grind[i]);
    }
    printf(" | M");
    for (unsigned i = r->first; i <= p->rounds; i++) {
        printf(" %u", r->multiplicity[i]);
    }
    putchar('\n');
}

static void print_numbers(const char *before, const uint8_t *x, unsigned first, unsigned last)
{
    printf("%s", before);
    for (unsigned i = first; i <= last; i++) {
        printf("%s%u", i > first ? ", " : "", x[i]);
    }
}

static void print_markdown(const struct row *r)
{
    const struct whir_params *p = r->params;
    printf("| %s | %s 2^%u", gn_preset_name(r->preset), r->table, p->m);
    print_numbers(" | ", p->k, r->first, p->rounds);
    print_numbers(" | ", p->mu, r->first, p->rounds);
    printf(" | ");
    for (unsigned i = r->first; i <= p->rounds; i++) {
        printf("%s%u", i > r->first ? ", " : "", p->queries[i]);
    }
    print_numbers(" | ", p->grind, r->first, p->rounds);
    printf(" | %.1f | %.1f | %.1f | %.1f |\n", soundness_minimum(r->terms, r->n, true, false),
           soundness_minimum(r->terms, r->n, false, false), soundness_union(r->terms, r->n, false),
           soundness_minimum(r->terms, r->n, true, true));
}

static void print_row(const struct row *r, enum form form)
{
    if (form == FORM_MARKDOWN) {
        print_markdown(r);
        return;
    }
    if (form == FORM_LINES) {
        printf("%-12s %-12s 2^%-2u  %7.2f%s %7.2f%s %7.2f   %7.2f  ", gn_preset_name(r->preset), r->table, r->params->m,
               soundness_minimum(r->terms, r->n, true, false), mark(THEOREM_QUERY),
               soundness_minimum(r->terms, r->n, false, false), mark(THEOREM_PROXIMITY),
               soundness_union(r->terms, r->n, false), soundness_minimum(r->terms, r->n, true, true));
        print_lists(r);
        return;
    }
    printf("%s, %s 2^%u: ", gn_preset_name(r->preset), r->table, r->params->m);
    print_lists(r);
    for (unsigned i = 0; i < r->n; i++) {
        const struct soundness_term *t = &r->terms[i];
        char oracle[24] = "";
        if (t->oracle >= 0) {
            snprintf(oracle, sizeof oracle, "oracle %d: ", t->oracle);
        }
        char times[16] = "";
        if (t->rounds != 1) {
            snprintf(times, sizeof times, "  x %u", t->rounds);
        }
        printf("  %-5s %10s%-46s %7.2f  unique %7.2f  %s%s%s\n", t->section, oracle, t->name, t->johnson, t->unique,
               soundness_sources[t->theorem].name, mark(t->theorem), times);
    }
    putchar('\n');
}

static void print_json_bits(const char *name, double bits)
{
    if (isinf(bits)) {
        printf("\"%s\": null", name); /* no error at all */
    } else {
        printf("\"%s\": %.3f", name, bits);
    }
}

static void print_json_row(const struct row *r, bool first)
{
    printf("%s\n  {\"preset\": \"%s\", \"table\": \"%s\", \"m\": %u, \"round_by_round\": %.3f, "
           "\"round_by_round_unique\": %.3f, \"terms\": [",
           first ? "" : ",", gn_preset_name(r->preset), r->table, r->params->m,
           fmin(soundness_minimum(r->terms, r->n, true, false), soundness_minimum(r->terms, r->n, false, false)),
           fmin(soundness_minimum(r->terms, r->n, true, true), soundness_minimum(r->terms, r->n, false, true)));
    for (unsigned i = 0; i < r->n; i++) {
        const struct soundness_term *t = &r->terms[i];
        printf("%s\n    {\"section\": \"%s\", \"name\": \"%s\", \"oracle\": %d, \"query\": %s, \"theorem\": \"%s\", "
               "\"checked\": %s, \"rounds\": %u, ",
               i ? "," : "", t->section, t->name, t->oracle, t->query ? "true" : "false",
               soundness_sources[t->theorem].name, soundness_sources[t->theorem].checked ? "true" : "false", t->rounds);
        print_json_bits("johnson", t->johnson);
        printf(", ");
        print_json_bits("unique", t->unique);
        putchar('}');
    }
    printf("]}");
}

static enum form form_of(int argc, char **argv)
{
    static const struct {
        const char *option;
        enum form form;
    } forms[] = {{"--json", FORM_JSON}, {"--terms", FORM_TERMS}, {"--markdown", FORM_MARKDOWN}};
    for (size_t i = 0; argc == 2 && i < sizeof forms / sizeof forms[0]; i++) {
        if (strcmp(argv[1], forms[i].option) == 0) {
            return forms[i].form;
        }
    }
    if (argc != 1) {
        fprintf(stderr, "usage: gnomon-soundness [--markdown | --terms | --json]\n");
        exit(2);
    }
    return FORM_LINES;
}

static void print_head(enum form form)
{
    if (form == FORM_JSON) {
        printf("{\"rows\": [");
    } else if (form == FORM_MARKDOWN) {
        puts("| preset | stack | k_i | rate 2^-mu_i | queries t_i | grinding g_i | query rounds [U] | other rounds [U] "
             "| union "
             "of all rounds | queries, unique decoding |\n"
             "|---|---|---|---|---|---|---|---|---|---|");
    } else {
        for (uint32_t preset = 1; preset < GN_PRESETS; preset++) {
            printf("Preset %s: every round at %.0f bits or more, rounds without queries at %.0f.\n",
                   gn_preset_name(preset), soundness_query_bits(preset), soundness_other_bits(preset));
        }
        print_sources();
    }
    if (form == FORM_LINES) {
        puts("bits of                    queries and    other      all       queries,\npreset       stack         hash "
             "          rounds     "
             "together  unique decoding");
    }
}

/* The rows of one table of one preset; false if one is below the claim. */
static bool print_table(uint32_t preset, enum whir_table table, enum form form, bool *first)
{
    static const char *const names[] = {"main", "preprocessed", "joint"};
    bool good = true;
    unsigned last = 0;
    for (unsigned m = 0; m <= 32; m++) {
        struct row r = {.preset = preset,
                        .table = names[table],
                        .params = gn_whir_params(preset, table, m),
                        .first = table == WHIR_JOINT};
        if (r.params == NULL || r.params->m == last) {
            continue;
        }
        last = r.params->m;
        r.n = soundness_row_terms(r.terms, preset, table, r.params, &soundness_largest_machine, r.multiplicity);
        r.n += soundness_common_terms(r.terms + r.n, &soundness_largest_machine);
        good = good && soundness_minimum(r.terms, r.n, true, false) >= soundness_query_bits(preset) &&
               soundness_minimum(r.terms, r.n, false, false) >= soundness_other_bits(preset);
        if (form == FORM_JSON) {
            print_json_row(&r, *first);
        } else {
            print_row(&r, form);
        }
        *first = false;
    }
    return good;
}

int main(int argc, char **argv)
{
    const enum form form = form_of(argc, argv);
    bool good = true, first = true;
    print_head(form);
    for (uint32_t preset = 1; preset < GN_PRESETS; preset++) {
        good = print_table(preset, WHIR_MAIN, form, &first) && good;
        good = print_table(preset, WHIR_PREPROCESSED, form, &first) && good;
        good = print_table(preset, WHIR_JOINT, form, &first) && good;
    }
    if (form == FORM_JSON) {
        printf("\n], \"good\": %s}\n", good ? "true" : "false");
    } else if (form != FORM_MARKDOWN || !good) {
        puts(good ? "every row reaches the claim" : "A ROW IS BELOW THE CLAIM");
    }
    return good ? 0 : 1;
}
