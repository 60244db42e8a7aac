/* SPDX-License-Identifier: Apache-2.0 */
/* vector_runner.c - runs recorded cases of the reference implementation: what the program loader, the verifier, the machine and the Solana kernel say must be what was
 * recorded: to the last register of every instruction (by hash), to the last log line and account.
 *
 *   vector_runner FILE|FOLDER... [--elfs DIR]... [--by HOW] [--least N] [--skip-missing] [--verbose]
 *
 * The kind of a file shows in what it holds; of a FOLDER, all *.json.  DIR holds program files (*.so), which transactions name by hash and loader cases by name; elfs/ beside the folder of
 * a file is looked into by itself.
 * --by: how transactions and syscalls are executed (kernel/runs.h): machine (the default), slices, tables, proofs, hosted, library.  --least: fewer passed cases are a failure.
 * --skip-missing: a FILE that is not there is reported and no failure.  --verbose: what each transaction costs.
 * Prints failures, and cases that are not run with the reason, by name; at the end "N passed, N failed, N skipped".  Exit status: 0; 1 failures; 2 usage; 77 nothing has run. */
#include "vectors.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "svm/json.h"

/* ---- reports ---- */
void tally_pass(struct tally *t)
{
    t->passed++;
}

void tally_fail(struct tally *t, const char *name, const char *format, ...)
{
    va_list args;
    printf("FAIL %s: ", name);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    t->failed++;
}

void tally_skip(struct tally *t, const char *name, const char *reason)
{
    printf("skip %s: %s\n", name, reason);
    t->skipped++;
}

/* ---- members of cases ---- */
const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text == NULL ? "" : text;
}

uint64_t number_of(const json_t *object, const char *key)
{
    return (uint64_t)json_integer_value(json_object_get(object, key));
}

static unsigned digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
}

struct gn_buffer bytes_of(const json_t *object, const char *key)
{
    struct gn_buffer bytes = {0};
    const char *text = text_of(object, key);
    for (; text[0] != 0 && text[1] != 0; text += 2) {
        uint8_t byte = (uint8_t)(digit(text[0]) << 4 | digit(text[1]));
        gn_buffer_append(&bytes, &byte, 1);
    }
    return bytes;
}

bool is_hash(const json_t *object, const char *key, uint64_t hash)
{
    char text[17];
    snprintf(text, sizeof text, "%016llx", (unsigned long long)hash);
    return strcmp(text, text_of(object, key)) == 0;
}

void verdict(char *out, size_t out_n, enum gn_status status, const struct gn_error *err, const char *prefix)
{
    if (status == GN_OK) {
        snprintf(out, out_n, "ok");
        return;
    }
    const char *end = strstr(err->text, ": ");
    int n = end == NULL ? (int)strlen(err->text) : (int)(end - err->text);
    if (prefix == NULL) {
        snprintf(out, out_n, "%.*s", n, err->text);
    } else {
        snprintf(out, out_n, "%s(%.*s)", prefix, n, err->text);
    }
}

/* ---- files ---- */
static void check_case(struct tally *t, const json_t *test, size_t number)
{
    if (json_object_get(test, "base") != NULL) {
        check_load(t, test);
    } else if (json_object_get(test, "verifier") != NULL) {
        check_verifier(t, test, number);
    } else {
        check_execution(t, test);
    }
}

static json_t *parse(const char *path)
{
    struct gn_buffer text = {0};
    struct gn_error err = {.status = GN_OK};
    json_t *root = NULL;
    if (!file_read(path, &text)) {
        fprintf(stderr, "%s: cannot be read\n", path);
    } else if (gn_json_parse(&root, text.data, text.size, &err) != GN_OK) {
        fprintf(stderr, "%s: %s\n", path, err.text);
    }
    gn_buffer_free(&text);
    return root;
}

static bool check_file(void *ctx, const char *path)
{
    struct runner *r = ctx;
    json_t *root = parse(path), *cases = json_object_get(root, "cases"), *test;
    size_t i;
    bool good = root != NULL;
    if (json_object_get(root, "instructions") != NULL) {
        files_open_beside(path);
        check_transaction(r, path, root);
    } else if (json_object_get(root, "elfs") != NULL) {
        check_syscalls(r, path, root);
    } else if (json_array_size(cases) > 0) {
        json_array_foreach(cases, i, test)
        {
            check_case(&r->tally, test, i);
        }
    } else if (good) {
        fprintf(stderr, "%s: no cases\n", path);
        good = false;
    }
    json_decref(root);
    return good;
}

static bool check_path(struct runner *r, const char *path, bool skip_missing)
{
    struct stat seen;
    if (stat(path, &seen) != 0 && skip_missing) {
        printf("skip %s: it is not there\n", path);
        return true;
    }
    return stat(path, &seen) == 0 && S_ISDIR(seen.st_mode) ? folder_each(path, check_file, r) : check_file(r, path);
}

static void print_area(const struct run_totals *t)
{
    const struct tables_area *a = &t->area;
    if (a->program != 0 && t->steps != 0 && t->rows > t->steps) {
        printf("%llu instructions, area %.1f each; %llu other rows, area %.1f each; memory %.1f per instruction\n",
               (unsigned long long)t->steps, (double)a->program / (double)t->steps,
               (unsigned long long)(t->rows - t->steps), (double)a->kernel / (double)(t->rows - t->steps),
               (double)a->memory / (double)t->steps);
    }
}

static int usage(const char *name)
{
    fprintf(stderr,
            "usage: %s FILE|FOLDER... [--elfs DIR]... [--by machine|slices|tables|proofs|hosted|library] [--least N] "
            "[--skip-missing] [--verbose]\n",
            name);
    return 2;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"elfs", required_argument, NULL, 'e'},  {"by", required_argument, NULL, 'b'},
        {"least", required_argument, NULL, 'l'}, {"skip-missing", no_argument, NULL, 's'},
        {"verbose", no_argument, NULL, 'v'},     {0}};
    struct runner r = {.how = RUN_MACHINE};
    bool skip_missing = false, good = true;
    unsigned long least = 0;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'e' && !files_open(optarg)) {
            fprintf(stderr, "%s: cannot be read\n", optarg);
            return 2;
        }
        if (c == '?' || (c == 'b' && !run_how_named(&r.how, optarg))) {
            return usage(argv[0]);
        }
        least = c == 'l' ? strtoul(optarg, NULL, 10) : least;
        skip_missing = skip_missing || c == 's';
        r.verbose = r.verbose || c == 'v';
    }
    if (optind == argc) {
        return usage(argv[0]);
    }
    for (int i = optind; i < argc; i++) {
        good = check_path(&r, argv[i], skip_missing) && good;
    }
    files_close();
    print_area(&r.totals);
    const struct tally *t = &r.tally;
    printf("%u passed, %u failed, %u skipped\n", t->passed, t->failed, t->skipped);
    return !good ? 2 : t->failed > 0 || t->passed < least ? 1 : t->passed == 0 ? 77 : 0;
}
