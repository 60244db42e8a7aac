/* SPDX-License-Identifier: Apache-2.0 */
/* area.c - see area.h. */
#include "cli/area.h"

#include <stdlib.h>
#include <string.h>

static int by_area(const void *x, const void *y)
{
    const struct cli_area_function *a = x, *b = y;
    if (a->area != b->area) {
        return a->area > b->area ? -1 : 1;
    }
    return a->address < b->address ? -1 : a->address > b->address;
}

/* By function; kernel rows have a line of their own, and so has user code outside of all functions. */
static int sum_functions(struct cli_area *a, const struct gn_recorded *run, const struct cli_code *code)
{
    size_t n = code->functions_n + 2, kept = 0;
    uint64_t *area_of_row = calloc(code->core->rows_n, sizeof *area_of_row);
    a->functions = calloc(n, sizeof *a->functions);
    if (area_of_row == NULL || a->functions == NULL || !gn_anatomy_rows(area_of_row, run)) {
        free(area_of_row);
        return gn_cli_no_memory();
    }
    for (size_t i = 0; i < n; i++) {
        const struct cli_function *f = &code->functions[i];
        memcpy(a->functions[i].name, f->name, sizeof f->name);
        a->functions[i].address = f->place != 0 ? gn_cli_code_address(code, f->place) : 0;
    }
    for (uint32_t row = 0; row < code->core->rows_n; row++) {
        a->functions[gn_cli_code_function(code, row)].area += area_of_row[row];
        *(gn_vm_row_is_kernel(code->core, row) ? &a->kernel : &a->program) += area_of_row[row];
    }
    a->memory = a->anatomy.run_area - a->program - a->kernel;
    free(area_of_row);
    for (size_t i = 0; i < n; i++) {
        if (a->functions[i].area > 0) {
            a->functions[kept++] = a->functions[i];
        }
    }
    a->functions_n = kept;
    qsort(a->functions, kept, sizeof *a->functions, by_area);
    return CLI_DONE;
}

struct work {
    struct gn_recorded run;
    struct gn_tables tables;
};

int gn_cli_area_open(struct cli_area *a, const struct gn_program *program, const char *path,
                     const struct cli_code *code, const struct gn_buffer *input, uint64_t instructions)
{
    const struct gn_options options = {0};
    struct gn_reporter reporter = {.options = &options};
    struct gn_error err;
    *a = (struct cli_area){.solana = code->solana != NULL, .instructions = instructions};
    struct work *w = calloc(1, sizeof *w);
    if (w == NULL) {
        return gn_cli_no_memory();
    }
    int status = CLI_DONE;
    enum gn_status made = gn_recorded_open(&w->run, program, input->data, input->size, &reporter, &err);
    if (made == GN_OK) {
        made = gn_tables_open(&w->tables, &w->run, &reporter, &err);
    }
    a->known = made == GN_OK;
    if (a->known) {
        gn_anatomy_of_tables(&a->anatomy, &w->tables);
        status = sum_functions(a, &w->run, code);
    } else if (made == GN_LIMIT) {
        snprintf(a->why, sizeof a->why, "%s", err.text);
    } else {
        status = gn_cli_fail_with(&err, path);
    }
    gn_tables_close(&w->tables);
    gn_recorded_close(&w->run);
    free(w);
    return status;
}

void gn_cli_area_close(struct cli_area *a)
{
    free(a->functions);
    a->functions = NULL;
}

/* ---- text ---- */
void gn_cli_area_tables_print(const struct gn_anatomy *a)
{
    char rows[CLI_GROUPED], area[CLI_GROUPED];
    uint64_t all = a->run_area + a->fixed_area;
    printf("\n%-20s %14s %10s %18s %9s\n", "state machine", "rows", "area/row", "area", "share");
    for (uint32_t t = 0; t < a->tables_n; t++) {
        const struct gn_anatomy_table *line = &a->tables[t];
        if (line->rows > 0) {
            printf("%-20s %14s %10u %18s %7.2f %%%s\n", line->name, gn_cli_grouped(rows, line->rows),
                   line->area_per_row, gn_cli_grouped(area, line->area), 100 * (double)line->area / (double)all,
                   line->fixed ? "  fixed" : "");
        }
    }
}

double gn_cli_area_per_instruction(const struct cli_area *a)
{
    uint64_t area = a->solana ? a->program : a->anatomy.run_area;
    return a->instructions > 0 ? (double)area / (double)a->instructions : 0;
}

void gn_cli_area_print(const struct cli_area *a, uint64_t top)
{
    char number[CLI_GROUPED];
    if (!a->known) {
        printf("\n%-22s %s\n", "no proof", a->why);
        return;
    }
    printf("\n%-22s %s\n", "area of the run", gn_cli_grouped(number, a->anatomy.run_area));
    if (a->solana) {
        printf("%-22s %s, %.1f per sBPF instruction\n", "  program's rows", gn_cli_grouped(number, a->program),
               gn_cli_area_per_instruction(a));
        printf("%-22s %s\n", "  kernel's rows", gn_cli_grouped(number, a->kernel));
        printf("%-22s %s\n", "  memory, refreshes", gn_cli_grouped(number, a->memory));
    } else {
        printf("%-22s %.1f\n", "area per instruction", gn_cli_area_per_instruction(a));
    }
    printf("%-22s %s\n", "fixed area", gn_cli_grouped(number, a->anatomy.fixed_area));
    gn_cli_area_tables_print(&a->anatomy);
    printf("\n%-40s %20s %8s\n", "function", "area", "share");
    for (size_t i = 0; i < a->functions_n && i < top; i++) {
        printf("%-40s %20s %6.2f %%\n", a->functions[i].name, gn_cli_grouped(number, a->functions[i].area),
               100 * (double)a->functions[i].area / (double)a->anatomy.run_area);
    }
    if (a->functions_n > top) {
        printf("... and %zu more (--top)\n", a->functions_n - (size_t)top);
    }
}

/* ---- JSON ---- */
json_t *gn_cli_area_tables_json(const struct gn_anatomy *a)
{
    json_t *array = json_array();
    for (uint32_t t = 0; t < a->tables_n; t++) {
        const struct gn_anatomy_table *line = &a->tables[t];
        if (line->rows == 0) {
            continue;
        }
        json_t *object =
            json_pack("{s:s, s:I, s:I, s:I, s:b}", "name", line->name, "rows", (json_int_t)line->rows, "area_per_row",
                      (json_int_t)line->area_per_row, "area", (json_int_t)line->area, "fixed", (int)line->fixed);
        if (json_array_append_new(array, object) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *functions_json(const struct cli_area *a)
{
    json_t *array = json_array();
    for (size_t i = 0; i < a->functions_n; i++) {
        const struct cli_area_function *f = &a->functions[i];
        json_t *object = json_pack("{s:s, s:o, s:I}", "name", f->name, "address", gn_cli_hex(f->address), "area",
                                   (json_int_t)f->area);
        if (json_array_append_new(array, object) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

json_t *gn_cli_area_json(const struct cli_area *a)
{
    json_t *object = json_object();
    int failed = json_object_set_new(object, "provable", json_boolean(a->known));
    if (!a->known) {
        failed |= json_object_set_new(object, "reason", gn_cli_json_text(a->why));
    } else {
        failed |= json_object_set_new(object, "run_area", json_integer((json_int_t)a->anatomy.run_area));
        failed |= json_object_set_new(object, "area_per_instruction", json_real(gn_cli_area_per_instruction(a)));
        failed |= json_object_set_new(object, "program_area", json_integer((json_int_t)a->program));
        failed |= json_object_set_new(object, "kernel_area", json_integer((json_int_t)a->kernel));
        failed |= json_object_set_new(object, "memory_area", json_integer((json_int_t)a->memory));
        failed |= json_object_set_new(object, "fixed_area", json_integer((json_int_t)a->anatomy.fixed_area));
        failed |= json_object_set_new(object, "cells", json_integer((json_int_t)a->anatomy.cells));
        failed |= json_object_set_new(object, "interactions", json_integer((json_int_t)a->anatomy.interactions));
        failed |= json_object_set_new(object, "tables", gn_cli_area_tables_json(&a->anatomy));
        failed |= json_object_set_new(object, "functions", functions_json(a));
    }
    if (failed) {
        json_decref(object);
        return NULL;
    }
    return object;
}
