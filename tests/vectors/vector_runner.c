/* SPDX-License-Identifier: Apache-2.0 */
/* vector_runner.c - runs recorded cases of the reference implementation: what the program loader, the verifier and the machine say must be what was recorded, to the
 * last register of every instruction (by hash).
 *
 *   vector_runner FILE... [--elfs DIR] [--skip-missing]
 *
 * The kind of a file shows in its cases.  DIR holds the program files that loader cases are made of.  --skip-missing: a FILE that is not there is reported and no failure (exit 77 if
 * nothing else ran).  Prints failures and skipped cases by name and at the end "N passed, N failed, N skipped". */
#include "vectors.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
static void check_case(struct tally *t, const json_t *test, size_t number, const char *elfs)
{
    if (json_object_get(test, "base") != NULL) {
        check_load(t, test, elfs);
    } else if (json_object_get(test, "verifier") != NULL) {
        check_verifier(t, test, number);
    } else {
        check_execution(t, test);
    }
}

static bool check_file(struct tally *t, const char *path, const char *elfs)
{
    json_error_t err;
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &err), *cases = json_object_get(root, "cases");
    if (json_array_size(cases) == 0) {
        fprintf(stderr, "%s: %s\n", path, root == NULL ? err.text : "no cases");
        json_decref(root);
        return false;
    }
    size_t i;
    json_t *test;
    json_array_foreach(cases, i, test)
    {
        check_case(t, test, i, elfs);
    }
    json_decref(root);
    return true;
}

static bool exists(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f != NULL) {
        fclose(f);
    }
    return f != NULL;
}

int main(int argc, char **argv)
{
    struct tally t = {0};
    const char *elfs = NULL;
    bool skip_missing = false, good = true;
    int files = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--elfs") == 0 && i + 1 < argc) {
            elfs = argv[++i];
        } else if (strcmp(argv[i], "--skip-missing") == 0) {
            skip_missing = true;
        }
    }
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--elfs") == 0 && i + 1 < argc) {
            i++;
        } else if (strcmp(argv[i], "--skip-missing") == 0) {
            continue;
        } else if (skip_missing && !exists(argv[i])) {
            printf("skip %s: the file is not there\n", argv[i]);
            files++;
        } else {
            good = check_file(&t, argv[i], elfs) && good;
            files++;
        }
    }
    if (files == 0) {
        fprintf(stderr, "usage: %s FILE... [--elfs DIR] [--skip-missing]\n", argv[0]);
        return 2;
    }
    printf("%u passed, %u failed", t.passed, t.failed);
    if (t.skipped > 0) {
        printf(", %u skipped", t.skipped);
    }
    putchar('\n');
    return !good ? 2 : t.failed > 0 ? 1 : t.passed == 0 ? 77 : 0;
}
