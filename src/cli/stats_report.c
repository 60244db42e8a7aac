/* SPDX-License-Identifier: Apache-2.0 */
/* stats_report.c - what `gnomon stats` has counted, as text and as JSON (stats.h). */
#include <inttypes.h>

#include "cli/stats.h"
#include "svm/case.h"

static const char *const directions[PROFILE_DIRECTIONS] = {"load", "store"};

/* ---- text ---- */
static void print_list(const char *title, const char *unit, const struct profile_list *list, uint64_t all, uint64_t top)
{
    char count[CLI_GROUPED];
    printf("\n%-40s %20s %8s\n", title, unit, "share");
    for (size_t i = 0; i < list->n && i < top; i++) {
        const struct profile_item *item = &list->items[i];
        char name[CLI_NAME + 24];
        if (item->machine != NULL) {
            snprintf(name, sizeof name, "%-10s %s", item->name, item->machine);
        } else {
            snprintf(name, sizeof name, "%s", item->name);
        }
        printf("%-40s %20s %6.2f %%\n", name, gn_cli_grouped(count, item->count),
               all > 0 ? 100 * (double)item->count / (double)all : 0);
    }
    if (list->n > top) {
        printf("... and %zu more (--top)\n", list->n - (size_t)top);
    }
}

static void print_accesses(const struct cli_profile *p)
{
    char all[CLI_GROUPED], misaligned[CLI_GROUPED], straddling[CLI_GROUPED];
    printf("\n%-18s %16s %16s %18s\n", "memory", "accesses", "misaligned", "across 8 bytes");
    for (int d = 0; d < PROFILE_DIRECTIONS; d++) {
        for (unsigned w = 0; w < PROFILE_WIDTHS; w++) {
            const struct profile_accesses *a = &p->accesses[d][w];
            if (a->all > 0) {
                printf("%-6s %u byte%-4s %16s %16s %18s\n", directions[d], 1u << w, w > 0 ? "s" : "",
                       gn_cli_grouped(all, a->all), gn_cli_grouped(misaligned, a->misaligned),
                       gn_cli_grouped(straddling, a->straddling));
            }
        }
    }
}

static void print_line(const char *name, uint64_t value)
{
    char number[CLI_GROUPED];
    printf("%-22s %s\n", name, gn_cli_grouped(number, value));
}

static void print_head(const struct cli_stats *s)
{
    char outcome[CLI_OUTCOME], said[CLI_SAID], units[CLI_GROUPED], budget[CLI_GROUPED];
    if (s->solana != NULL) {
        printf("%-22s %s\n", "outcome", gn_cli_solana_outcome(said, &s->solana->statement));
        printf("%-22s %s of %s\n", "compute units", gn_cli_grouped(units, s->solana->statement.units),
               gn_cli_grouped(budget, s->solana->statement.budget));
    } else {
        printf("%-22s %s\n", "outcome", gn_cli_outcome(outcome, s->riscv));
    }
    print_line(s->solana != NULL ? "sBPF instructions" : "steps", s->instructions);
    print_line("core rows", s->profile.rows);
    print_line(s->solana != NULL ? "rows of the kernel" : "rows of the monitor", s->profile.kernel_rows);
    print_line("unaligned accesses", s->unaligned);
}

void gn_cli_stats_print(const struct cli_stats *s, uint64_t top)
{
    const struct profile_report *r = &s->report;
    print_head(s);
    print_list("state machine", "rows", &r->machines, s->profile.rows, UINT64_MAX);
    print_list("core instruction, state machine", "rows", &r->operations, s->profile.rows, UINT64_MAX);
    print_list("instruction", "steps", &r->instructions, s->instructions, top);
    print_list("function", "steps", &r->functions, s->instructions, top);
    print_accesses(&s->profile);
    gn_cli_area_print(&s->area, top);
}

/* ---- JSON ---- */
static json_t *list_json(const struct profile_list *list, const char *unit, bool address)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->n; i++) {
        const struct profile_item *item = &list->items[i];
        json_t *object = json_object();
        int failed = json_object_set_new(object, "name", json_string(item->name));
        if (item->machine != NULL) {
            failed |= json_object_set_new(object, "machine", json_string(item->machine));
        }
        if (address) {
            failed |= json_object_set_new(object, "address", gn_cli_hex(item->address));
        }
        failed |= json_object_set_new(object, unit, json_integer((json_int_t)item->count));
        if (json_array_append_new(array, object) != 0 || failed) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *accesses_json(const struct cli_profile *p)
{
    json_t *array = json_array();
    for (int d = 0; d < PROFILE_DIRECTIONS; d++) {
        for (unsigned w = 0; w < PROFILE_WIDTHS; w++) {
            const struct profile_accesses *a = &p->accesses[d][w];
            json_t *object = json_pack("{s:s, s:i, s:I, s:I, s:I}", "direction", directions[d], "width", 1 << w,
                                       "accesses", (json_int_t)a->all, "misaligned", (json_int_t)a->misaligned,
                                       "across_words", (json_int_t)a->straddling);
            if (json_array_append_new(array, object) != 0) {
                json_decref(array);
                return NULL;
            }
        }
    }
    return array;
}

static json_t *kinds_json(const uint64_t rows[PROFILE_KINDS])
{
    json_t *array = json_array();
    for (unsigned k = 0; k < PROFILE_KINDS; k++) {
        if (json_array_append_new(array, json_integer((json_int_t)rows[k])) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

/* kinds: their names; rows: of the whole run; over_time: the same, piece by piece of width rows */
static json_t *histogram_json(const struct cli_stats *s)
{
    const struct profile_timeline *t = &s->profile.timeline;
    json_t *object = json_object(), *names = json_array(), *pieces = json_array();
    int failed = 0;
    for (unsigned k = 0; k < PROFILE_KINDS; k++) {
        failed |= json_array_append_new(names, json_string(gn_cli_profile_kinds[k]));
    }
    for (uint64_t at = 0; at < t->filled; at += t->width) {
        failed |= json_array_append_new(pieces, kinds_json(t->rows[at / t->width]));
    }
    failed |= json_object_set_new(object, "kinds", names);
    failed |= json_object_set_new(object, "rows", kinds_json(s->report.kinds));
    failed |= json_object_set_new(object, "width", json_integer((json_int_t)t->width));
    failed |= json_object_set_new(object, "over_time", pieces);
    if (failed) {
        json_decref(object);
        return NULL;
    }
    return object;
}

/* how a Solana run ended; numbers as in `gnomon run --json` */
static int solana_outcome_json(json_t *object, const struct cli_stats *s)
{
    const struct svm_statement *said = &s->solana->statement;
    uint64_t rows = s->profile.rows + s->profile.kernel_rows;
    char outcome[CLI_SAID];
    int failed = json_object_set_new(object, "program", gn_cli_json_text(s->solana->path));
    failed |= json_object_set_new(object, "program_id", gn_svm_json_key(&said->program));
    failed |= json_object_set_new(object, "outcome", json_string(gn_cli_solana_outcome(outcome, said)));
    failed |= json_object_set_new(object, "compute_units_consumed", json_integer((json_int_t)said->units));
    failed |= json_object_set_new(object, "budget", json_integer((json_int_t)said->budget));
    failed |= json_object_set_new(object, "steps", json_integer((json_int_t)s->instructions));
    failed |= json_object_set_new(object, "core_rows", json_integer((json_int_t)rows));
    failed |= json_object_set_new(object, "unaligned_accesses", json_integer((json_int_t)s->unaligned));
    return failed ? gn_cli_no_memory() : CLI_DONE;
}

json_t *gn_cli_stats_json(const struct cli_stats *s)
{
    json_t *object = json_object();
    int failed = json_object_set_new(object, "schema", json_string("gnomon.stats.v1"));
    if ((s->solana != NULL ? solana_outcome_json(object, s) : gn_cli_outcome_json(object, s->riscv)) != CLI_DONE) {
        json_decref(object);
        return NULL;
    }
    failed |= json_object_set_new(object, "front_end", json_string(s->solana != NULL ? "sbpf" : "riscv"));
    failed |= json_object_set_new(object, s->solana != NULL ? "kernel_rows" : "monitor_rows",
                                  json_integer((json_int_t)s->profile.kernel_rows));
    failed |= json_object_set_new(object, "machines", list_json(&s->report.machines, "rows", false));
    failed |= json_object_set_new(object, "core_instructions", list_json(&s->report.operations, "rows", false));
    failed |= json_object_set_new(object, "instructions", list_json(&s->report.instructions, "steps", false));
    failed |= json_object_set_new(object, "functions", list_json(&s->report.functions, "steps", true));
    failed |= json_object_set_new(object, "memory", accesses_json(&s->profile));
    failed |= json_object_set_new(object, "histogram", histogram_json(s));
    failed |= json_object_set_new(object, "proof", gn_cli_area_json(&s->area));
    if (failed) {
        json_decref(object);
        return NULL;
    }
    return object;
}
