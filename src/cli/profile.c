/* SPDX-License-Identifier: Apache-2.0 */
/* profile.c - see profile.h.
 *
 * The observer counts executions per row; everything else (core instructions, state machines, instructions, functions) is a sum over rows afterwards. */
#include "cli/profile.h"

#include <stdlib.h>
#include <string.h>

#include "vm/isa.h"

enum { TEXT = 160 };

/* ---- counting ---- */
const char *const gn_cli_profile_kinds[PROFILE_KINDS] = {
    [PROFILE_MOVE] = "move, add",
    [PROFILE_LOGIC] = "logic, compare, shift",
    [PROFILE_MULTIPLY] = "multiply, divide",
    [PROFILE_BRANCH] = "branch, jump",
    [PROFILE_CALL] = "call, return",
    [PROFILE_READ] = "load",
    [PROFILE_WRITE] = "store",
    [PROFILE_KERNEL] = "kernel",
};

/* by the machine that proves it (isa.def) */
static enum profile_kind kind_of(enum vm_op op)
{
    static const struct {
        const char *machine;
        enum profile_kind kind;
    } kinds[] = {
        {"logic", PROFILE_LOGIC},   {"compare", PROFILE_LOGIC}, {"shift", PROFILE_LOGIC},  {"bswap", PROFILE_LOGIC},
        {"mul", PROFILE_MULTIPLY},  {"mulh", PROFILE_MULTIPLY}, {"div", PROFILE_MULTIPLY}, {"cdiv", PROFILE_MULTIPLY},
        {"branch", PROFILE_BRANCH}, {"jump", PROFILE_BRANCH},   {"jal", PROFILE_CALL},     {"jalr", PROFILE_CALL},
        {"call", PROFILE_CALL},     {"trap", PROFILE_CALL},     {"ecall", PROFILE_CALL},   {"load", PROFILE_READ},
        {"atomic", PROFILE_READ},   {"store", PROFILE_WRITE},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(gn_vm_op_machine(op), kinds[i].machine) == 0) {
            return kinds[i].kind;
        }
    }
    return PROFILE_MOVE;
}

static bool is_store(enum vm_op op)
{
    return gn_vm_op_form(op) == VM_FORM_STORE || gn_vm_op_form(op) == VM_FORM_STOREI;
}

int gn_cli_profile_open(struct cli_profile *p, const struct cli_code *code)
{
    *p = (struct cli_profile){.core = code->core, .solana = code->solana != NULL, .timeline = {.width = 1}};
    for (unsigned op = 0; op < VM_OPS; op++) {
        p->kinds[op] = (uint8_t)kind_of(op);
    }
    p->of_row = calloc(code->core->rows_n, sizeof *p->of_row);
    p->trapped = calloc(code->core->rows_n, sizeof *p->trapped);
    return p->of_row != NULL && p->trapped != NULL ? CLI_DONE : gn_cli_no_memory();
}

void gn_cli_profile_close(struct cli_profile *p)
{
    free(p->of_row);
    free(p->trapped);
}

static void add_to_timeline(struct profile_timeline *t, enum profile_kind kind)
{
    if (t->filled == t->width * PROFILE_BUCKETS) {
        for (unsigned i = 0; i < PROFILE_BUCKETS; i++) {
            for (unsigned k = 0; k < PROFILE_KINDS; k++) {
                t->rows[i][k] = i < PROFILE_BUCKETS / 2 ? t->rows[2 * i][k] + t->rows[2 * i + 1][k] : 0;
            }
        }
        t->width *= 2;
    }
    t->rows[t->filled++ / t->width][kind]++;
}

void gn_cli_profile_observe(void *profile, const struct vm *vm, const struct vm_event *event)
{
    struct cli_profile *p = profile;
    if (event->trap || gn_vm_row_is_kernel(p->core, event->row)) {
        if (p->solana && event->trap && event->row != VM_NO_ROW && vm->fault != VM_FAULT_UNITS) {
            p->trapped[event->row]++;
        }
        p->kernel_rows++;
        add_to_timeline(&p->timeline, PROFILE_KERNEL);
        return;
    }
    const enum vm_op op = p->core->rows[event->row].op;
    p->of_row[event->row]++;
    p->rows++;
    add_to_timeline(&p->timeline, p->kinds[op]);
    if (event->width != 0) {
        unsigned width = (unsigned)__builtin_ctz(event->width);
        struct profile_accesses *a = &p->accesses[is_store(op) ? PROFILE_STORE : PROFILE_LOAD][width];
        a->all++;
        a->misaligned += (event->address & (event->width - 1u)) != 0;
        a->straddling += (event->address & 7) + event->width > 8;
    }
}

/* ---- lists ---- */
static int by_count(const void *x, const void *y)
{
    const struct profile_item *a = x, *b = y;
    if (a->count != b->count) {
        return a->count > b->count ? -1 : 1;
    }
    int names = strcmp(a->name, b->name);
    return names != 0 ? names : (a->address > b->address) - (a->address < b->address);
}

/* drops empty items, sorts the others */
static void finish_list(struct profile_list *list)
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
static struct profile_item *find(struct profile_list *list, const char *name, size_t room)
{
    for (size_t i = 0; i < list->n; i++) {
        if (strcmp(list->items[i].name, name) == 0) {
            return &list->items[i];
        }
    }
    if (list->n == room) {
        return NULL;
    }
    struct profile_item *item = &list->items[list->n++];
    snprintf(item->name, sizeof item->name, "%.*s", (int)sizeof item->name - 1, name);
    return item;
}

static bool list_core(struct profile_report *report, const struct cli_profile *p)
{
    struct profile_list *operations = &report->operations, *machines = &report->machines;
    operations->items = calloc(VM_OPS, sizeof *operations->items);
    machines->items = calloc(VM_OPS, sizeof *machines->items);
    if (operations->items == NULL || machines->items == NULL) {
        return false;
    }
    operations->n = VM_OPS;
    for (uint32_t row = 0; row < p->core->rows_n; row++) {
        operations->items[p->core->rows[row].op].count += p->of_row[row];
    }
    for (unsigned op = 0; op < VM_OPS; op++) {
        struct profile_item *item = &operations->items[op];
        snprintf(item->name, sizeof item->name, "%s", gn_vm_op_name(op));
        item->machine = gn_vm_op_machine(op);
        find(machines, item->machine, VM_OPS)->count += item->count;
        report->kinds[p->kinds[op]] += item->count;
    }
    report->kinds[PROFILE_KERNEL] = p->kernel_rows;
    return true;
}

/* how often the instruction that begins with this row was executed */
static uint64_t executed(const struct cli_profile *p, uint32_t row)
{
    return p->core->first_of_insn[row] ? p->of_row[row] + p->trapped[row] : p->trapped[row];
}

/* instructions by the first word of their text */
static bool list_instructions(struct profile_list *list, const struct cli_profile *p, const struct cli_code *code)
{
    enum { ROOM = 512 }; /* more than there are mnemonics */
    list->items = calloc(ROOM, sizeof *list->items);
    for (uint32_t row = 0; list->items != NULL && row < p->core->rows_n; row++) {
        char text[TEXT];
        if (executed(p, row) == 0) {
            continue;
        }
        gn_cli_code_text(code, text, sizeof text, p->core->pc_of_row[row]);
        text[strcspn(text, " ")] = 0;
        struct profile_item *item = find(list, text[0] != 0 ? text : "(end of text)", ROOM);
        if (item != NULL) {
            item->count += executed(p, row);
        }
    }
    return list->items != NULL;
}

static bool list_functions(struct profile_list *list, const struct cli_profile *p, const struct cli_code *code)
{
    list->n = code->functions_n + 2;
    list->items = calloc(list->n, sizeof *list->items);
    for (size_t i = 0; list->items != NULL && i < list->n; i++) {
        const struct cli_function *f = &code->functions[i];
        memcpy(list->items[i].name, f->name, sizeof f->name);
        list->items[i].address = f->place != 0 ? gn_cli_code_address(code, f->place) : 0;
    }
    for (uint32_t row = 0; list->items != NULL && row < p->core->rows_n; row++) {
        list->items[gn_cli_code_function(code, row)].count += executed(p, row);
    }
    return list->items != NULL;
}

int gn_cli_profile_report(struct profile_report *r, const struct cli_profile *p, const struct cli_code *code)
{
    *r = (struct profile_report){.kinds = {0}};
    if (!list_core(r, p) || !list_instructions(&r->instructions, p, code) || !list_functions(&r->functions, p, code)) {
        return gn_cli_no_memory();
    }
    finish_list(&r->machines);
    finish_list(&r->operations);
    finish_list(&r->instructions);
    finish_list(&r->functions);
    return CLI_DONE;
}

void gn_cli_profile_report_close(struct profile_report *r)
{
    free(r->machines.items);
    free(r->operations.items);
    free(r->instructions.items);
    free(r->functions.items);
}
