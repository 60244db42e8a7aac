/* SPDX-License-Identifier: Apache-2.0 */
/* stats.c - `gnomon stats`: executes a program and counts.
 *
 * The observer counts executions per row and accesses per shape; everything else (core instructions, state machines, RISC-V
 * instructions, functions) is a sum over rows afterwards. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/area.h"
#include "vm/isa.h"

enum { JSON = CLI_OPTIONS, MAX_STEPS, TOP };
enum { LOAD, STORE, DIRECTIONS, WIDTHS = 4 };
enum { MNEMONIC = 24 };

/* accesses of one direction and width */
struct accesses {
    uint64_t all;
    uint64_t misaligned; /* address not a multiple of the width */
    uint64_t straddling; /* part of them: cross an 8-byte boundary */
};

struct counts {
    const struct vm_program *core;
    uint64_t *of_row;
    uint64_t kernel_rows; /* rows of the monitor, traps */
    struct accesses accesses[DIRECTIONS][WIDTHS];
};

/* one line of a report */
struct item {
    char name[CLI_NAME];
    const char *machine; /* of core instructions */
    uint64_t address;    /* of functions */
    uint64_t count;
};
struct list {
    struct item *items;
    size_t n;
};

struct report {
    struct list machines, operations, instructions, functions;
};

struct request {
    const char *program, *input;
    uint64_t max_steps, top;
    bool json;
};

/* ---- counting ---- */
static bool is_store(const struct vm_insn *insn)
{
    return gn_vm_op_form(insn->op) == VM_FORM_STORE;
}

static void observe(void *ctx, const struct vm *vm, const struct vm_event *event)
{
    struct counts *c = ctx;
    (void)vm;
    if (event->trap || gn_vm_row_is_kernel(c->core, event->row)) {
        c->kernel_rows++;
        return;
    }
    c->of_row[event->row]++;
    if (event->width != 0) {
        unsigned width = (unsigned)__builtin_ctz(event->width);
        struct accesses *a = &c->accesses[is_store(&c->core->rows[event->row]) ? STORE : LOAD][width];
        a->all++;
        a->misaligned += (event->address & (event->width - 1u)) != 0;
        a->straddling += (event->address & 7) + event->width > 8;
    }
}

/* ---- lists ---- */
static int by_count(const void *x, const void *y)
{
    const struct item *a = x, *b = y;
    if (a->count != b->count) {
        return a->count > b->count ? -1 : 1;
    }
    int names = strcmp(a->name, b->name);
    return names != 0 ? names : a->address < b->address ? -1 : a->address > b->address;
}

/* drops empty items, sorts the others */
static void finish_list(struct list *list)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->n; i++) {
        if (list->items[i].count != 0) {
            list->items[kept++] = list->items[i];
        }
    }
    list->n = kept;
    qsort(list->items, kept, sizeof *list->items, by_count);
}

/* the item of that name; a new one if there is none yet and room says so */
static struct item *find(struct list *list, const char *name, size_t room)
{
    for (size_t i = 0; i < list->n; i++) {
        if (strcmp(list->items[i].name, name) == 0) {
            return &list->items[i];
        }
    }
    if (list->n == room) {
        return NULL;
    }
    struct item *item = &list->items[list->n++];
    snprintf(item->name, sizeof item->name, "%s", name);
    return item;
}

static bool list_core(struct report *report, const struct counts *c)
{
    struct list *operations = &report->operations, *machines = &report->machines;
    operations->items = calloc(VM_OPS, sizeof *operations->items);
    machines->items = calloc(VM_OPS, sizeof *machines->items);
    if (operations->items == NULL || machines->items == NULL) {
        return false;
    }
    operations->n = VM_OPS;
    for (uint32_t row = 0; row < c->core->rows_n; row++) {
        operations->items[c->core->rows[row].op].count += c->of_row[row];
    }
    for (unsigned op = 0; op < VM_OPS; op++) {
        struct item *item = &operations->items[op];
        snprintf(item->name, sizeof item->name, "%s", gn_vm_op_name(op));
        item->machine = gn_vm_op_machine(op);
        find(machines, item->machine, VM_OPS)->count += item->count;
    }
    return true;
}

/* RISC-V instructions by the first word of their text */
static bool list_instructions(struct list *list, const struct counts *c, const struct rv_program *program)
{
    enum { ROOM = 512 }; /* more than there are mnemonics */
    list->items = calloc(ROOM, sizeof *list->items);
    for (uint32_t row = 0; list->items != NULL && row < c->core->rows_n; row++) {
        char text[160] = "";
        if (c->of_row[row] == 0 || !c->core->first_of_insn[row]) {
            continue;
        }
        gn_riscv_disassemble(text, sizeof text, program, c->core->pc_of_row[row]);
        text[strcspn(text, " ")] = 0;
        struct item *item = find(list, text, ROOM);
        if (item != NULL) {
            item->count += c->of_row[row];
        }
    }
    return list->items != NULL;
}

/* Steps by function; those outside of all functions as "(no symbol)". */
static bool list_functions(struct list *list, const struct counts *c, const struct rv_program *program)
{
    list->n = (size_t)program->symbols_n + 1;
    list->items = calloc(list->n, sizeof *list->items);
    for (uint32_t row = 0; list->items != NULL && row < c->core->rows_n; row++) {
        if (c->of_row[row] == 0 || !c->core->first_of_insn[row]) {
            continue;
        }
        const struct rv_symbol *s = gn_cli_symbol_at(program, c->core->pc_of_row[row]);
        struct item *item = &list->items[s != NULL ? s - program->symbols : program->symbols_n];
        if (item->count == 0 && s != NULL) {
            gn_cli_symbol_name(item->name, s);
            item->address = s->address;
        } else if (item->count == 0) {
            snprintf(item->name, sizeof item->name, "(no symbol)");
        }
        item->count += c->of_row[row];
    }
    return list->items != NULL;
}

static bool make_report(struct report *r, const struct counts *c, const struct rv_program *program)
{
    if (!list_core(r, c) || !list_instructions(&r->instructions, c, program) ||
        !list_functions(&r->functions, c, program)) {
        return false;
    }
    finish_list(&r->machines);
    finish_list(&r->operations);
    finish_list(&r->instructions);
    finish_list(&r->functions);
    return true;
}

static void free_report(struct report *r)
{
    free(r->machines.items);
    free(r->operations.items);
    free(r->instructions.items);
    free(r->functions.items);
}

/* ---- text ---- */
static void print_list(const char *title, const char *unit, const struct list *list, uint64_t all, uint64_t top)
{
    char count[CLI_GROUPED];
    printf("\n%-40s %20s %8s\n", title, unit, "share");
    for (size_t i = 0; i < list->n && i < top; i++) {
        const struct item *item = &list->items[i];
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

static const char *const directions[DIRECTIONS] = {"load", "store"};

static void print_accesses(const struct counts *c)
{
    char all[CLI_GROUPED], misaligned[CLI_GROUPED], straddling[CLI_GROUPED];
    printf("\n%-18s %16s %16s %18s\n", "memory", "accesses", "misaligned", "across 8 bytes");
    for (int d = 0; d < DIRECTIONS; d++) {
        for (unsigned w = 0; w < WIDTHS; w++) {
            const struct accesses *a = &c->accesses[d][w];
            if (a->all > 0) {
                printf("%-6s %u byte%-4s %16s %16s %18s\n", directions[d], 1u << w, w > 0 ? "s" : "",
                       gn_cli_grouped(all, a->all), gn_cli_grouped(misaligned, a->misaligned),
                       gn_cli_grouped(straddling, a->straddling));
            }
        }
    }
}

static void print_text(const struct request *q, const struct cli_execution *e, const struct counts *c,
                       const struct report *r, const struct cli_area *area)
{
    const struct vm *vm = &e->machine.vm;
    char outcome[CLI_OUTCOME], number[CLI_GROUPED];
    printf("%-22s %s\n", "outcome", gn_cli_outcome(outcome, e));
    printf("%-22s %s\n", "steps", gn_cli_grouped(number, vm->steps));
    uint64_t rows = vm->rows_run - c->kernel_rows;
    printf("%-22s %s\n", "core rows", gn_cli_grouped(number, rows));
    printf("%-22s %s\n", "rows of the monitor", gn_cli_grouped(number, c->kernel_rows));
    printf("%-22s %s\n", "unaligned accesses", gn_cli_grouped(number, vm->unaligned));
    print_list("state machine", "rows", &r->machines, rows, UINT64_MAX);
    print_list("core instruction, state machine", "rows", &r->operations, rows, UINT64_MAX);
    print_list("instruction", "steps", &r->instructions, vm->steps, q->top);
    print_list("function", "steps", &r->functions, vm->steps, q->top);
    print_accesses(c);
    gn_cli_area_print(area, q->top);
}

/* ---- JSON ---- */
static json_t *list_json(const struct list *list, const char *unit, bool address)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->n; i++) {
        const struct item *item = &list->items[i];
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

static json_t *accesses_json(const struct counts *c)
{
    json_t *array = json_array();
    for (int d = 0; d < DIRECTIONS; d++) {
        for (unsigned w = 0; w < WIDTHS; w++) {
            const struct accesses *a = &c->accesses[d][w];
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

static int print_json(const struct cli_execution *e, const struct counts *c, const struct report *r,
                      const struct cli_area *area)
{
    json_t *object = json_object();
    int failed = json_object_set_new(object, "schema", json_string("gnomon.stats.v1"));
    if (gn_cli_outcome_json(object, e) != CLI_DONE) {
        json_decref(object);
        return CLI_FAILED;
    }
    failed |= json_object_set_new(object, "monitor_rows", json_integer((json_int_t)c->kernel_rows));
    failed |= json_object_set_new(object, "machines", list_json(&r->machines, "rows", false));
    failed |= json_object_set_new(object, "core_instructions", list_json(&r->operations, "rows", false));
    failed |= json_object_set_new(object, "instructions", list_json(&r->instructions, "steps", false));
    failed |= json_object_set_new(object, "functions", list_json(&r->functions, "steps", true));
    failed |= json_object_set_new(object, "memory", accesses_json(c));
    failed |= json_object_set_new(object, "proof", gn_cli_area_json(area));
    if (failed) {
        json_decref(object);
        return gn_cli_no_memory();
    }
    return gn_cli_json_print(object);
}

/* ---- command ---- */
static int parse(struct request *r, int argc, char **argv)
{
    static const struct option longs[] = {
        {"help", no_argument, NULL, CLI_HELP},
        {"json", no_argument, NULL, JSON},
        {"max-steps", required_argument, NULL, MAX_STEPS},
        {"top", required_argument, NULL, TOP},
        {NULL, 0, NULL, 0},
    };
    int c;
    *r = (struct request){.max_steps = UINT64_MAX, .top = 20};
    while ((c = gn_cli_option(argc, argv, ":h", longs)) != -1) {
        switch (c) {
        case CLI_HELP:
            gn_cli_print_help(stdout, &gn_cli_stats);
            return CLI_HELP;
        case JSON:
            r->json = true;
            break;
        case MAX_STEPS:
            if (!gn_cli_number(&r->max_steps, optarg, "--max-steps")) {
                return CLI_BAD;
            }
            break;
        case TOP:
            if (!gn_cli_number(&r->top, optarg, "--top")) {
                return CLI_BAD;
            }
            break;
        default:
            return CLI_BAD;
        }
    }
    int status = gn_cli_arguments(argc, argv, 1, 2);
    if (status == CLI_DONE) {
        r->program = argv[optind];
        r->input = argc - optind > 1 ? argv[optind + 1] : NULL;
    }
    return status;
}

static int count(const struct request *q, struct cli_execution *e)
{
    struct counts counts = {.core = &e->program->core};
    struct report report = {0};
    struct cli_area area = {0};
    counts.of_row = calloc(counts.core->rows_n, sizeof *counts.of_row);
    if (counts.of_row == NULL) {
        return gn_cli_no_memory();
    }
    int status = gn_cli_execution_run(e, q->max_steps, observe, &counts);
    if (status == CLI_DONE && !make_report(&report, &counts, e->program)) {
        status = gn_cli_no_memory();
    }
    if (status == CLI_DONE && e->machine.result.outcome == RV_STEP_LIMIT) {
        snprintf(area.why, sizeof area.why, "the run was stopped by --max-steps");
    } else if (status == CLI_DONE) {
        status = gn_cli_area_open(&area, e);
    }
    if (status == CLI_DONE && q->json) {
        status = print_json(e, &counts, &report, &area);
    } else if (status == CLI_DONE) {
        print_text(q, e, &counts, &report, &area);
    }
    gn_cli_area_close(&area);
    free_report(&report);
    free(counts.of_row);
    return status;
}

static int stats(int argc, char **argv)
{
    struct request r;
    struct cli_execution e;
    int status = parse(&r, argc, argv);
    if (status != CLI_DONE) {
        return status == CLI_HELP ? CLI_DONE : status;
    }
    status = gn_cli_execution_open(&e, r.program, r.input);
    if (status != CLI_DONE) {
        return status;
    }
    status = count(&r, &e);
    gn_cli_execution_close(&e);
    return status;
}

const struct cli_command gn_cli_stats = {
    .name = "stats",
    .usage = "PROGRAM [INPUT] [--top N] [--max-steps N] [--json]",
    .purpose = "Executes a program and counts what it does and what a proof of it takes",
    .help = "\n"
            "Shows how often each state machine, core instruction, RISC-V instruction and function was executed\n"
            "(a function's own instructions, without those it calls), and the memory accesses by width.  A state\n"
            "machine is what proves a kind of core instruction: its rows are what a proof pays for.\n"
            "Then the area of a proof, if there is one: committed cells + 2 per bus interaction, by state machine and\n"
            "by function; what grows with the run and what every proof pays (fixed) apart.\n"
            "PROGRAM and INPUT are those of `gnomon run`; the program's output is not shown.\n"
            "\n"
            "      --top N         lines of the lists of instructions and functions, 20 if not given\n"
            "      --max-steps N   stop after N instructions and report those\n"
            "      --json          print all of it as JSON\n",
    .main = stats,
};
