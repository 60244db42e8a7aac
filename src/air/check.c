/* SPDX-License-Identifier: Apache-2.0 */
/* check.c - the row checker: is a witness what the constraints say?
 *
 * It runs a table's program on every row with plain integers mod p, independent of the fast evaluators, and tells
 * everything that does not hold, not only the first thing: which constraint, on which row, and the cells that the
 * constraint reads there.  Messages go to the ledger of check_bus.c.  A witness that passes is one for which an
 * honest prover makes an accepted proof. */
#include "air/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "field/fp.h"

struct checker {
    const struct air_witness *w;
    const struct air_table *t;
    const struct air_table_witness *rows;
    uint32_t table;
    struct air_report *report;
    struct air_ledger *ledger;
    uint32_t *temps, *outputs;
    bool *live; /* per temporary, for the search of read_by */
};

struct air_failure *air_report_next(struct air_report *r)
{
    static _Thread_local struct air_failure spare;
    struct air_failure *f = r->n < r->max ? &r->failures[r->n] : &spare;
    r->n++;
    *f = (struct air_failure){0};
    return f;
}

/* ---- one row ---- */

static uint32_t cell(const struct checker *c, air_ref ref, uint32_t row)
{
    uint32_t i = AIR_REF_INDEX(ref);
    switch (AIR_REF_SPACE(ref)) {
    case AIR_SPACE_COMMITTED:
        return c->rows->columns[i][row];
    case AIR_SPACE_NEXT:
        return c->rows->columns[c->t->next[i]][row + 1]; /* zero behind the last row */
    case AIR_SPACE_PRE:
        return c->w->pre[c->table][i][c->rows->pages[row / AIR_PAGE_ROWS] * AIR_PAGE_ROWS + row % AIR_PAGE_ROWS];
    case AIR_SPACE_FIXED:
        return air_fixed_at(&c->t->fixed[i], row);
    case AIR_SPACE_PUBLIC:
        return c->w->statement.values[i];
    case AIR_SPACE_CONST:
        return c->t->consts[i];
    default:
        return c->temps[i];
    }
}

static void evaluate(const struct checker *c, uint32_t row)
{
    for (uint32_t i = 0; i < c->t->code_n; i++) {
        const struct air_insn *q = &c->t->code[i];
        uint64_t a = cell(c, q->a, row);
        if (q->op == AIR_OUT) {
            c->outputs[q->dst] = (uint32_t)(a % FP_P);
            continue;
        }
        uint64_t b = cell(c, q->b, row);
        uint64_t v = q->op == AIR_ADD ? a + b : q->op == AIR_SUB ? a % FP_P + FP_P - b % FP_P : a * b;
        c->temps[q->dst] = (uint32_t)(v % FP_P);
    }
}

static bool holds_on(uint32_t group, uint32_t row, uint32_t n)
{
    switch (group) {
    case AIR_TRANSITION:
        return row + 1 < n;
    case AIR_FIRST:
        return row == 0;
    case AIR_LAST:
        return row + 1 == n;
    default:
        return true;
    }
}

/* ---- naming the cells that a constraint reads ---- */

struct text {
    char *at;
    size_t size, used;
};

static void print(struct text *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void print(struct text *s, const char *format, ...)
{
    if (s->used >= s->size) {
        return;
    }
    va_list args;
    va_start(args, format);
    int n = vsnprintf(s->at + s->used, s->size - s->used, format, args);
    va_end(args);
    s->used += n < 0 ? 0 : (size_t)n;
}

static void print_operand(struct text *s, const struct checker *c, air_ref ref, uint32_t row)
{
    uint32_t i = AIR_REF_INDEX(ref), v = cell(c, ref, row);
    const char *separator = s->used == 0 ? "" : ", ";
    switch (AIR_REF_SPACE(ref)) {
    case AIR_SPACE_COMMITTED:
        print(s, "%s%s = %u", separator, c->t->committed[i].name, v);
        break;
    case AIR_SPACE_NEXT:
        print(s, "%snext %s = %u", separator, c->t->committed[c->t->next[i]].name, v);
        break;
    case AIR_SPACE_PRE:
        print(s, "%s%s = %u", separator, c->t->pre[i].name, v);
        break;
    case AIR_SPACE_FIXED:
        print(s, "%s%s = %u", separator, c->t->fixed[i].name, v);
        break;
    case AIR_SPACE_PUBLIC:
        print(s, "%spublic %u = %u", separator, i, v);
        break;
    default:
        break;
    }
}

static void make_live(const struct checker *c, air_ref ref, bool value)
{
    if (AIR_REF_SPACE(ref) == AIR_SPACE_TEMP) {
        c->live[AIR_REF_INDEX(ref)] = value;
    }
}

/* Marks in used[] the instructions of the constraints' section that contribute to the output: temporaries are
 * followed backwards from its OUT. */
static void mark_used(const struct checker *c, uint32_t output, bool *used)
{
    uint32_t i = c->t->bus_code_n;
    while (c->t->code[i].op != AIR_OUT || c->t->code[i].dst != output) {
        i++;
    }
    memset(c->live, 0, c->t->temps_n * sizeof *c->live);
    memset(used, 0, c->t->code_n * sizeof *used);
    used[i] = true;
    make_live(c, c->t->code[i].a, true);
    while (i-- > c->t->bus_code_n) {
        const struct air_insn *q = &c->t->code[i];
        if (q->op != AIR_OUT && c->live[q->dst]) {
            used[i] = true;
            c->live[q->dst] = false;
            make_live(c, q->a, true);
            make_live(c, q->b, true);
        }
    }
}

/* Every cell once, in the order in which the program meets them. */
static void print_cells(struct text *s, const struct checker *c, uint32_t output, uint32_t row, struct gn_arena *arena)
{
    gn_arena_mark mark = gn_arena_get_mark(arena);
    bool *used = gn_arena_alloc(arena, c->t->code_n * sizeof *used);
    air_ref *seen = gn_arena_alloc(arena, 2 * (size_t)c->t->code_n * sizeof *seen);
    size_t seen_n = 0;
    if (used == NULL || seen == NULL) {
        print(s, "(no memory to list the cells)");
        return;
    }
    mark_used(c, output, used);
    for (uint32_t i = c->t->bus_code_n; i < c->t->code_n; i++) {
        const struct air_insn *q = &c->t->code[i];
        const air_ref operands[2] = {q->a, q->b};
        for (int k = 0; used[i] && k < (q->op == AIR_OUT ? 1 : 2); k++) {
            size_t j = 0;
            while (j < seen_n && seen[j] != operands[k]) {
                j++;
            }
            if (j == seen_n) {
                seen[seen_n++] = operands[k];
                print_operand(s, c, operands[k], row);
            }
        }
    }
    gn_arena_release(arena, mark);
}

/* ---- a table ---- */

static void fail_constraint(const struct checker *c, uint32_t constraint, uint32_t row, struct gn_arena *arena)
{
    const struct air_constraint *k = &c->t->constraints[constraint];
    struct air_failure *f = air_report_next(c->report);
    f->kind = AIR_FAIL_CONSTRAINT;
    f->table = c->table;
    f->row = row;
    f->text = k->text;
    f->file = k->file;
    f->line = k->line;
    struct text s = {f->detail, sizeof f->detail, 0};
    if (c->report->n <= c->report->max) {
        print_cells(&s, c, constraint, row, arena);
    }
}

static void fail_cell(const struct checker *c, const char *column, uint32_t row, const char *format, uint32_t value,
                      uint32_t bits)
{
    struct air_failure *f = air_report_next(c->report);
    f->kind = AIR_FAIL_BITS;
    f->table = c->table;
    f->row = row;
    f->text = column;
    f->file = "";
    snprintf(f->detail, sizeof f->detail, format, value, bits);
}

static void check_widths(const struct checker *c)
{
    uint32_t n = c->rows->height, committed = air_committed_height(n, 3);
    for (uint32_t i = 0; i < c->t->committed_n; i++) {
        const struct air_column *column = &c->t->committed[i];
        for (uint32_t row = 0; row < n; row++) {
            uint32_t v = c->rows->columns[i][row];
            if (v >= FP_P || v >> column->bits != 0) {
                fail_cell(c, column->name, row, "%u is not an element of %u bits", v, column->bits);
            }
        }
        for (uint32_t row = n; row < committed; row++) {
            uint32_t v = c->rows->columns[i][row];
            if (v != 0) {
                fail_cell(c, column->name, row, "%u behind the last row (height %u)", v, n);
            }
        }
    }
    for (uint32_t i = 0; i < c->t->pre_n; i++) {
        const struct air_column *column = &c->t->pre[i];
        for (uint32_t row = 0; row < n; row++) {
            uint32_t v = cell(c, AIR_REF(AIR_SPACE_PRE, i), row);
            if (v >= FP_P || v >> column->bits != 0) {
                fail_cell(c, column->name, row, "%u is not an element of %u bits", v, column->bits);
            }
        }
    }
}

/* The heights that docs/protocol.md 3.4 allows.  False: the rows cannot be read. */
static bool check_height(const struct checker *c)
{
    uint32_t n = c->rows->height;
    bool fixed = (c->t->flags & AIR_FIXED_HEIGHT) != 0 && n != 0;
    if (n > c->t->max_height || (fixed && n != c->t->max_height) || (n == 0 && (c->t->flags & AIR_MANDATORY) != 0)) {
        fail_cell(c, c->t->name, 0, "%u rows are not allowed (at most %u)", n, c->t->max_height);
        return n <= c->t->max_height;
    }
    if ((c->t->flags & AIR_PREPROCESSED) == 0) {
        return true;
    }
    if (n % AIR_PAGE_ROWS != 0 || (n > 0 && c->rows->pages == NULL)) {
        fail_cell(c, c->t->name, 0, "%u rows are not whole pages of %u", n, AIR_PAGE_ROWS);
        return false;
    }
    for (uint32_t i = 0; i < n / AIR_PAGE_ROWS; i++) {
        uint32_t page = c->rows->pages[i];
        if (page >= c->w->pre_pages[c->table] || (i > 0 && page <= c->rows->pages[i - 1])) {
            fail_cell(c, c->t->name, i * AIR_PAGE_ROWS, "page %u is out of order or not below %u", page,
                      c->w->pre_pages[c->table]);
            return false;
        }
    }
    return true;
}

static void check_rows(const struct checker *c, struct gn_arena *arena)
{
    for (uint32_t row = 0; row < c->rows->height; row++) {
        evaluate(c, row);
        for (uint32_t k = 0; k < c->t->constraints_n; k++) {
            if (c->outputs[k] != 0 && holds_on(c->t->constraints[k].group, row, c->rows->height)) {
                fail_constraint(c, k, row, arena);
            }
        }
        for (uint32_t k = 0; k < c->t->interactions_n; k++) {
            const uint32_t *out = &c->outputs[c->t->interactions[k].first_output];
            air_ledger_send(c->ledger, c->table, row, k, out[0], out + 1);
        }
    }
}

static void no_memory(struct air_report *report)
{
    struct air_failure *f = air_report_next(report);
    f->kind = AIR_FAIL_BUS;
    f->text = f->file = "";
    snprintf(f->detail, sizeof f->detail, "no memory to check the witness");
}

static void check_bounds(const struct air_witness *w, struct air_report *report)
{
    for (uint32_t i = 0; i < w->system->bounds_n; i++) {
        const struct air_bound *b = &w->system->bounds[i];
        uint64_t sum = b->constant;
        for (uint32_t t = 0; t < w->system->tables_n; t++) {
            sum += (uint64_t)b->coefficients[t] * w->tables[t].height;
        }
        if (sum >= FP_P) {
            struct air_failure *f = air_report_next(report);
            f->kind = AIR_FAIL_BITS;
            f->text = b->name;
            f->file = "";
            snprintf(f->detail, sizeof f->detail, "%llu is not below p", (unsigned long long)sum);
        }
    }
}

size_t air_check(const struct air_witness *w, struct air_failure *failures, size_t max, struct gn_arena *arena)
{
    gn_arena_mark mark = gn_arena_get_mark(arena);
    struct air_report report = {failures, max, 0};
    struct air_ledger *ledger = air_ledger_new(w, arena);
    for (uint32_t i = 0; ledger != NULL && i < w->system->tables_n; i++) {
        const struct air_table *t = &w->system->tables[i];
        struct checker c = {.w = w, .t = t, .rows = &w->tables[i], .table = i, .report = &report, .ledger = ledger};
        c.temps = gn_arena_alloc(arena, t->temps_n * sizeof *c.temps);
        c.outputs = gn_arena_alloc(arena, t->outputs_n * sizeof *c.outputs);
        c.live = gn_arena_alloc(arena, t->temps_n * sizeof *c.live);
        if (c.temps == NULL || c.outputs == NULL || c.live == NULL) {
            ledger = NULL;
            break;
        }
        if (check_height(&c)) {
            check_widths(&c);
            check_rows(&c, arena);
        }
    }
    if (ledger == NULL) {
        no_memory(&report);
    } else {
        check_bounds(w, &report);
        air_ledger_send_public(ledger);
        air_ledger_report(ledger, &report);
    }
    gn_arena_release(arena, mark);
    return report.n;
}
