/* SPDX-License-Identifier: Apache-2.0 */
/* stats_html.c - the page of `gnomon stats --html` (stats.h): made of the JSON document alone, so that both say the same.
 *
 * No script, no font, no request: the page's own policy forbids them.  What comes from programs (names, paths) goes through put_text.  Numbers stand in <data value="...">, for
 * readers that are machines.  Failures to write stick to the stream, which the caller asks. */
#include <stdlib.h>
#include <string.h>

#include "cli/stats.h"

enum { LISTED = 16 }; /* lines of a table that show before one asks for the others */

/* ---- pieces ---- */
static void put_text(FILE *out, const char *s)
{
    for (; *s != 0; s++) {
        switch (*s) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\'':
            fputs("&#39;", out);
            break;
        default:
            putc(*s, out);
        }
    }
}

static const char *string_of(const json_t *object, const char *member)
{
    const char *s = json_string_value(json_object_get(object, member));
    return s != NULL ? s : "";
}

static uint64_t number_of(const json_t *object, const char *member)
{
    return (uint64_t)json_integer_value(json_object_get(object, member));
}

static void put_number(FILE *out, uint64_t n)
{
    char grouped[CLI_GROUPED], plain[CLI_GROUPED];
    snprintf(plain, sizeof plain, "%llu", (unsigned long long)n);
    fprintf(out, "<data value=\"%s\">%s</data>", plain, gn_cli_grouped(grouped, n));
}

/* optional: not on a small screen */
static void put_cell(FILE *out, uint64_t n, bool optional)
{
    fprintf(out, "<td class=\"n%s\">", optional ? " opt" : "");
    put_number(out, n);
    fputs("</td>", out);
}

static double percent(uint64_t part, uint64_t whole)
{
    return whole > 0 ? 100 * (double)part / (double)whole : 0;
}

/* a bar as long as part is of largest, with its share of the whole */
static void put_bar(FILE *out, const char *class, uint64_t part, uint64_t largest, uint64_t whole)
{
    fprintf(
        out,
        "<td class=\"bar\"><span class=\"%s\" style=\"width:%.2f%%\"></span></td><td class=\"n share\">%.1f %%</td>",
        class, percent(part, largest), percent(part, whole));
}

static void put_tile(FILE *out, const char *id, const char *name, uint64_t n)
{
    fprintf(out, "<div class=\"tile\" id=\"%s\"><span>%s</span><b>", id, name);
    put_number(out, n);
    fputs("</b></div>\n", out);
}

/* ---- lists, the largest first ---- */
struct line {
    const json_t *item;
    const json_t *other; /* of the same thing in another list */
    uint64_t value;
};
struct lines {
    struct line *list;
    size_t n;
    uint64_t whole;
};

static int by_value(const void *x, const void *y)
{
    const struct line *a = x, *b = y;
    return a->value != b->value ? (a->value < b->value ? 1 : -1)
                                : strcmp(string_of(a->item, "name"), string_of(b->item, "name"));
}

/* Items of an array by a member; none without memory. */
static struct lines sorted(const json_t *array, const char *member)
{
    struct lines lines = {.list = calloc(json_array_size(array) + 1, sizeof *lines.list)};
    for (size_t i = 0; lines.list != NULL && i < json_array_size(array); i++) {
        const json_t *item = json_array_get(array, i);
        lines.list[lines.n++] = (struct line){.item = item, .value = number_of(item, member)};
        lines.whole += number_of(item, member);
    }
    if (lines.n > 0) {
        qsort(lines.list, lines.n, sizeof *lines.list, by_value);
    }
    return lines;
}

/* Before line i of a table: behind the first ones a part begins that opens on demand. */
static void put_fold(FILE *out, size_t i, size_t n, const char *head)
{
    if (i == LISTED && n > LISTED + 4) {
        fprintf(out, "</tbody></table></div><details><summary>%zu more</summary><div class=\"wide\"><table>%s<tbody>\n",
                n - i, head);
    }
}

static void put_table_end(FILE *out, size_t n)
{
    fputs(n > LISTED + 4 ? "</tbody></table></div></details></section>\n" : "</tbody></table></div></section>\n", out);
}

/* ---- head ---- */
static const char style[] =
    ":root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#1b2430;--dim:#5d6876;--line:#e1e5ea;--good:#1a7f4b;"
    "--bad:#b3372c;--k0:#2f6fde;--k1:#0f9488;--k2:#8a4fd0;--k3:#e07b1a;--k4:#cf3f83;--k5:#4d9a2a;--k6:#b08a12;"
    "--k7:#98a2ae}"
    "@media(prefers-color-scheme:dark){:root{--bg:#12161c;--card:#1a2029;--ink:#e6eaf0;--dim:#98a4b3;--line:#2b3440;"
    "--good:#4cc38a;--bad:#ff8478;--k0:#6ea3ff;--k1:#3cc7b8;--k2:#b98af0;--k3:#f5a04c;--k4:#f078b0;--k5:#86cc5c;"
    "--k6:#dcb53c;--k7:#6b7684}}"
    "*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.45 system-ui,sans-serif}"
    "main{max-width:1080px;margin:0 auto;padding:1.5rem 1rem 3rem}"
    "h1{font-size:1.45rem;margin:0;overflow-wrap:anywhere}h2{font-size:1.05rem;margin:0 0 .2rem}"
    "p{margin:.15rem 0 .9rem;color:var(--dim)}code{font:.92em ui-monospace,monospace}"
    ".sub{overflow-wrap:anywhere}.outcome{font-weight:600}.good{color:var(--good)}.bad{color:var(--bad)}"
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.6rem,1fr));gap:.7rem;margin:1rem 0}"
    ".tile,section{background:var(--card);border:1px solid var(--line);border-radius:10px}"
    ".tile{padding:.6rem .8rem}.tile span{display:block;color:var(--dim);font-size:.8rem}"
    ".tile b{font-size:1.3rem;font-variant-numeric:tabular-nums}"
    "section{padding:1rem;margin:0 0 1rem}.wide{overflow-x:auto}"
    "table{border-collapse:collapse;width:100%;font-size:.88rem}th{color:var(--dim);font-weight:500;text-align:left}"
    "th,td{padding:.22rem .5rem;border-bottom:1px solid var(--line);white-space:nowrap}"
    "tbody tr:last-child td{border-bottom:0}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
    "td.name{font-family:ui-monospace,monospace;max-width:26rem;overflow:hidden;text-overflow:ellipsis}"
    "td.share{color:var(--dim)}td.bar{width:34%;min-width:5rem}td.bar "
    "span{display:block;height:.72rem;border-radius:3px;"
    "min-width:1px;background:var(--k0)}td.bar span.kernel{background:var(--k7)}td.bar span.fixed{background:var(--k6)}"
    ".split{display:flex;height:1.5rem;border-radius:6px;overflow:hidden;margin:.3rem 0 .6rem}.split i{min-width:1px}"
    "ul.key{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.2rem;padding:0;margin:.5rem 0 0;font-size:.88rem}"
    "ul.key i{display:inline-block;width:.75rem;height:.75rem;border-radius:3px;margin-right:.4rem;vertical-align:-1px}"
    "svg{display:block;width:100%;height:210px}.axis{display:flex;justify-content:space-between;color:var(--dim);"
    "font-size:.8rem;border-top:1px solid var(--line);padding-top:.2rem}"
    "details summary{cursor:pointer;color:var(--dim);padding:.4rem .5rem;font-size:.88rem}"
    "footer{color:var(--dim);font-size:.82rem;overflow-wrap:anywhere}"
    ".c0{background:var(--k0)}.c1{background:var(--k1)}.c2{background:var(--k2)}.c3{background:var(--k3)}"
    ".c4{background:var(--k4)}.c5{background:var(--k5)}.c6{background:var(--k6)}.c7{background:var(--k7)}"
    ".f0{fill:var(--k0)}.f1{fill:var(--k1)}.f2{fill:var(--k2)}.f3{fill:var(--k3)}.f4{fill:var(--k4)}"
    ".f5{fill:var(--k5)}.f6{fill:var(--k6)}.f7{fill:var(--k7)}"
    "@media(max-width:560px){td.bar,th.bar,td.opt,th.opt{display:none}th,td{padding:.22rem .3rem}main{padding:1rem "
    ".6rem}section{padding:.8rem "
    ".6rem}}";

static bool is_solana(const json_t *s)
{
    return strcmp(string_of(s, "front_end"), "sbpf") == 0;
}

/* The end of a path. */
static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL && slash[1] != 0 ? slash + 1 : path;
}

static void put_outcome(FILE *out, const json_t *s)
{
    const char *outcome = string_of(s, "outcome");
    bool good = strcmp(outcome, "success") == 0 ||
                (strcmp(outcome, "exited") == 0 && strcmp(string_of(s, "exit_code"), "0x0") == 0);
    fprintf(out, "<span id=\"outcome\" class=\"outcome %s\">", good ? "good" : "bad");
    put_text(out, outcome);
    if (json_object_get(s, "exit_code") != NULL) {
        fputs(" with code ", out);
        put_text(out, string_of(s, "exit_code"));
    }
    const json_t *fault = json_object_get(s, "fault");
    if (fault != NULL) {
        fputs(": ", out);
        put_text(out, string_of(fault, "name"));
        fputs(" at ", out);
        put_text(out, string_of(fault, "pc"));
    }
    fputs("</span>", out);
}

static void put_head(FILE *out, const json_t *s)
{
    const char *program = string_of(s, "program");
    fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
          "<title>",
          out);
    put_text(out, base_name(program));
    fprintf(out, " - gnomon stats</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n<h1>", style);
    put_text(out, base_name(program));
    fputs("</h1>\n<p class=\"sub\">", out);
    put_outcome(out, s);
    if (is_solana(s)) {
        fputs(" &middot; program <code id=\"program_id\">", out);
        put_text(out, string_of(s, "program_id"));
        fputs("</code>", out);
    }
    fputs("</p>\n", out);
}

static void put_tiles(FILE *out, const json_t *s, const json_t *proof)
{
    fputs("<div class=\"tiles\">\n", out);
    if (is_solana(s)) {
        put_tile(out, "units", "compute units", number_of(s, "compute_units_consumed"));
    }
    put_tile(out, "steps", is_solana(s) ? "sBPF instructions" : "instructions", number_of(s, "steps"));
    put_tile(out, "core_rows", "rows, kernel's too", number_of(s, "core_rows"));
    if (json_is_true(json_object_get(proof, "provable"))) {
        double each = json_real_value(json_object_get(proof, "area_per_instruction"));
        put_tile(out, "run_area", "area of the run", number_of(proof, "run_area"));
        put_tile(out, "fixed_area", "fixed area", number_of(proof, "fixed_area"));
        fprintf(out,
                "<div class=\"tile\" id=\"area_per_instruction\"><span>area per instruction</span><b><data "
                "value=\"%.17g\">%.1f</data></b></div>\n",
                each, each);
    }
    fputs("</div>\n", out);
}

/* ---- what a proof consists of ---- */
static void put_split(FILE *out, const json_t *proof)
{
    static const struct {
        const char *member, *name, *color;
    } parts[] = {{"program_area", "rows of the program", "c0"},
                 {"kernel_area", "rows of the kernel", "c7"},
                 {"memory_area", "memory words, register refreshes", "c1"},
                 {"fixed_area", "fixed: what any proof has", "c6"}};
    const uint64_t whole = number_of(proof, "run_area") + number_of(proof, "fixed_area");
    fputs("<section id=\"split\">\n<h2>Area of the proof</h2>\n<p>Committed cells + 2 for each bus interaction: what "
          "proving costs.</p>\n<div class=\"split\">",
          out);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        fprintf(out, "<i class=\"%s\" style=\"width:%.3f%%\"></i>", parts[i].color,
                percent(number_of(proof, parts[i].member), whole));
    }
    fputs("</div>\n<ul class=\"key\">\n", out);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        fprintf(out, "<li id=\"%s\"><i class=\"%s\"></i>%s <b>", parts[i].member, parts[i].color, parts[i].name);
        put_number(out, number_of(proof, parts[i].member));
        fputs("</b></li>\n", out);
    }
    fputs("</ul>\n</section>\n", out);
}

static void put_machines(FILE *out, const json_t *proof)
{
    static const char head[] =
        "<thead><tr><th>state machine</th><th class=\"n\">rows</th><th class=\"n opt\">area/row</th>"
        "<th class=\"n\">area</th><th class=\"bar\"></th><th class=\"n\">share</th></tr></thead>";
    struct lines lines = sorted(json_object_get(proof, "tables"), "area");
    fprintf(
        out,
        "<section id=\"machines\">\n<h2>State machines</h2>\n<p>Each proves one kind of row; fixed ones do not grow "
        "with the run.</p>\n<div class=\"wide\"><table>%s<tbody>\n",
        head);
    for (size_t i = 0; i < lines.n; i++) {
        const json_t *item = lines.list[i].item;
        bool fixed = json_is_true(json_object_get(item, "fixed"));
        put_fold(out, i, lines.n, head);
        fputs("<tr><td class=\"name\">", out);
        put_text(out, string_of(item, "name"));
        fputs("</td>", out);
        put_cell(out, number_of(item, "rows"), false);
        put_cell(out, number_of(item, "area_per_row"), true);
        put_cell(out, number_of(item, "area"), false);
        put_bar(out, fixed ? "fixed" : "grows", lines.list[i].value, lines.list[0].value, lines.whole);
        fputs("</tr>\n", out);
    }
    put_table_end(out, lines.n);
    free(lines.list);
}

/* ---- histogram ---- */
static void put_piece(FILE *out, const json_t *kinds, const json_t *piece, size_t i, double step, uint64_t width)
{
    double top = 0;
    uint64_t first = i * width, all = 0;
    for (size_t k = 0; k < json_array_size(piece); k++) {
        all += (uint64_t)json_integer_value(json_array_get(piece, k));
    }
    fprintf(out, "<g><title>rows %llu to %llu", (unsigned long long)first, (unsigned long long)(first + all - 1));
    for (size_t k = 0; k < json_array_size(piece); k++) {
        uint64_t n = (uint64_t)json_integer_value(json_array_get(piece, k));
        if (n > 0) {
            fputs("\n", out);
            put_text(out, json_string_value(json_array_get(kinds, k)));
            fprintf(out, ": %llu", (unsigned long long)n);
        }
    }
    fputs("</title>", out);
    for (size_t k = json_array_size(piece); k-- > 0;) { /* the kernel's lowest */
        uint64_t n = (uint64_t)json_integer_value(json_array_get(piece, k));
        double high = 100 * (double)n / (double)width;
        if (n > 0) {
            fprintf(out, "<rect class=\"f%zu\" x=\"%.3f\" y=\"%.3f\" width=\"%.3f\" height=\"%.3f\"/>", k,
                    step * (double)i, 100 - top - high, 0.9 * step, high);
        }
        top += high;
    }
    fputs("</g>\n", out);
}

static void put_histogram(FILE *out, const json_t *histogram)
{
    const json_t *kinds = json_object_get(histogram, "kinds"), *rows = json_object_get(histogram, "rows");
    const json_t *pieces = json_object_get(histogram, "over_time");
    const uint64_t width = number_of(histogram, "width");
    uint64_t all = 0;
    for (size_t k = 0; k < json_array_size(rows); k++) {
        all += (uint64_t)json_integer_value(json_array_get(rows, k));
    }
    fprintf(out,
            "<section id=\"histogram\">\n<h2>What ran, over time</h2>\n<p>From the first row to the last, %llu row%s a "
            "column, by kind of core instruction.</p>\n",
            (unsigned long long)width, width == 1 ? "" : "s");
    fputs("<svg viewBox=\"0 0 1000 100\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"rows over time, by "
          "kind\">\n",
          out);
    for (size_t i = 0; i < json_array_size(pieces); i++) {
        put_piece(out, kinds, json_array_get(pieces, i), i, 1000 / (double)json_array_size(pieces), width);
    }
    fputs("</svg>\n<div class=\"axis\"><span>row 0</span><span>row ", out);
    put_number(out, all);
    fputs("</span></div>\n<ul class=\"key\">\n", out);
    for (size_t k = 0; k < json_array_size(rows); k++) {
        uint64_t n = (uint64_t)json_integer_value(json_array_get(rows, k));
        fprintf(out, "<li><i class=\"c%zu\"></i>", k);
        put_text(out, json_string_value(json_array_get(kinds, k)));
        fputs(" <b>", out);
        put_number(out, n);
        fprintf(out, "</b> %.1f %%</li>\n", percent(n, all));
    }
    fputs("</ul>\n</section>\n", out);
}

/* ---- functions ---- */
static const json_t *find_function(const json_t *functions, const json_t *like)
{
    for (size_t i = 0; i < json_array_size(functions); i++) {
        const json_t *f = json_array_get(functions, i);
        if (strcmp(string_of(f, "name"), string_of(like, "name")) == 0 &&
            strcmp(string_of(f, "address"), string_of(like, "address")) == 0) {
            return f;
        }
    }
    return NULL;
}

/* By area, or by steps if there is no proof. */
static void put_functions(FILE *out, const json_t *s, const json_t *proof)
{
    const json_t *with_area = json_object_get(proof, "functions"), *with_steps = json_object_get(s, "functions");
    const bool area = with_area != NULL;
    char head[300];
    struct lines lines = area ? sorted(with_area, "area") : sorted(with_steps, "steps");
    snprintf(head, sizeof head,
             "<thead><tr><th>function</th><th class=\"n opt\">%s</th><th class=\"n\">instructions</th>%s"
             "<th class=\"bar\"></th><th class=\"n\">share</th></tr></thead>",
             is_solana(s) ? "slot" : "address", area ? "<th class=\"n\">area</th>" : "");
    fprintf(
        out,
        "<section id=\"functions\">\n<h2>Hottest functions</h2>\n<p>A function's own rows, without those of what it "
        "calls.</p>\n<div class=\"wide\"><table>%s<tbody>\n",
        head);
    for (size_t i = 0; i < lines.n; i++) {
        const json_t *item = lines.list[i].item, *steps = area ? find_function(with_steps, item) : item;
        bool kernel = strcmp(string_of(item, "name"), "(kernel)") == 0;
        put_fold(out, i, lines.n, head);
        fputs("<tr><td class=\"name\">", out);
        put_text(out, string_of(item, "name"));
        fputs("</td><td class=\"n opt\">", out);
        if (string_of(item, "name")[0] != '(') {
            if (is_solana(s)) {
                put_number(out, strtoull(string_of(item, "address"), NULL, 16));
            } else {
                put_text(out, string_of(item, "address"));
            }
        }
        fputs("</td>", out);
        put_cell(out, steps != NULL ? number_of(steps, "steps") : 0, false);
        if (area) {
            put_cell(out, lines.list[i].value, false);
        }
        put_bar(out, kernel ? "kernel" : "own", lines.list[i].value, lines.list[0].value, lines.whole);
        fputs("</tr>\n", out);
    }
    put_table_end(out, lines.n);
    free(lines.list);
}

/* ---- instructions, memory ---- */
static void put_instructions(FILE *out, const json_t *s)
{
    static const char head[] = "<thead><tr><th>instruction</th><th class=\"n\">executed</th><th class=\"bar\"></th>"
                               "<th class=\"n\">share</th></tr></thead>";
    struct lines lines = sorted(json_object_get(s, "instructions"), "steps");
    fprintf(out, "<section id=\"instructions\">\n<h2>Instructions</h2>\n<div class=\"wide\"><table>%s<tbody>\n", head);
    for (size_t i = 0; i < lines.n; i++) {
        put_fold(out, i, lines.n, head);
        fputs("<tr><td class=\"name\">", out);
        put_text(out, string_of(lines.list[i].item, "name"));
        fputs("</td>", out);
        put_cell(out, lines.list[i].value, false);
        put_bar(out, "own", lines.list[i].value, lines.list[0].value, lines.whole);
        fputs("</tr>\n", out);
    }
    put_table_end(out, lines.n);
    free(lines.list);
}

static void put_memory(FILE *out, const json_t *memory)
{
    fputs("<section id=\"memory\">\n<h2>Memory accesses</h2>\n<div class=\"wide\"><table><thead><tr><th>access</th>"
          "<th class=\"n\">all</th><th class=\"n opt\">misaligned</th><th class=\"n\">across 8 bytes</th></tr></thead>"
          "<tbody>\n",
          out);
    for (size_t i = 0; i < json_array_size(memory); i++) {
        const json_t *m = json_array_get(memory, i);
        if (number_of(m, "accesses") > 0) {
            fputs("<tr><td>", out);
            put_text(out, string_of(m, "direction"));
            fprintf(out, ", %llu byte%s</td>", (unsigned long long)number_of(m, "width"),
                    number_of(m, "width") == 1 ? "" : "s");
            put_cell(out, number_of(m, "accesses"), false);
            put_cell(out, number_of(m, "misaligned"), true);
            put_cell(out, number_of(m, "across_words"), false);
            fputs("</tr>\n", out);
        }
    }
    put_table_end(out, 0);
}

void gn_cli_stats_html(FILE *out, const json_t *s)
{
    const json_t *proof = json_object_get(s, "proof");
    put_head(out, s);
    put_tiles(out, s, proof);
    put_histogram(out, json_object_get(s, "histogram"));
    if (json_is_true(json_object_get(proof, "provable"))) {
        put_split(out, proof);
    } else {
        fputs("<section><h2>No proof</h2>\n<p>", out);
        put_text(out, string_of(proof, "reason"));
        fputs("</p></section>\n", out);
    }
    put_functions(out, s, proof);
    if (json_is_true(json_object_get(proof, "provable"))) {
        put_machines(out, proof);
    }
    put_instructions(out, s);
    put_memory(out, json_object_get(s, "memory"));
    fputs("<footer>gnomon " GN_VERSION ", <code>gnomon stats --html</code>; the same numbers: <code>--json</code>. ",
          out);
    put_text(out, string_of(s, "program"));
    fputs("</footer>\n</main>\n</body>\n</html>\n", out);
}
