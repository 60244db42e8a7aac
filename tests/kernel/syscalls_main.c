/* SPDX-License-Identifier: Apache-2.0 */
/* syscalls_main.c - recorded single syscalls (syscalls.json), executed by the hosted kernel.
 *
 * Each case has a program that copies its instruction data to the heap, loads r1 ... r5 from there, calls, stores r0 at offset 40 and returns what then stands from
 * there on.  Compared: that return data, units, log lines.
 *
 * usage: kernel_syscalls LEAST SYSCALLS.json CASE.json    (CASE: a recorded transaction, whose sysvars are taken) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "svm/json.h"
#include "svm/log.h"

static unsigned passed, failed, skipped;

static struct gn_arena arena;

static bool member(struct json_place *out, const struct json_place *object, const char *key)
{
    struct gn_error err;
    return gn_json_find(out, object, key, &err) && out->value != NULL;
}

static struct svm_bytes base64(const struct json_place *object, const char *key)
{
    struct json_place at;
    struct svm_bytes b = {0};
    struct gn_error err;
    if (!member(&at, object, key) || !gn_json_base64(&at, &arena, &b.data, &b.n, 1 << 20, &err)) {
        return (struct svm_bytes){0};
    }
    return b;
}

static void differs(const struct json_place *test, const char *what)
{
    printf("%s (%s): %s\n", json_string_value(json_object_get(test->value, "syscall")),
           json_string_value(json_object_get(test->value, "label")), what);
    failed++;
}

static bool has_line(const struct svm_log *log, const char *line)
{
    for (size_t i = 0; i < gn_svm_log_lines(log); i++) {
        struct svm_bytes text = gn_svm_log_line(log, i);
        if (text.n == strlen(line) && memcmp(text.data, line, text.n) == 0) {
            return true;
        }
    }
    return false;
}

static void compare(const struct json_place *test, const struct svm_statement *s)
{
    struct svm_log log = {0};
    const json_t *lines = json_object_get(test->value, "logs");
    struct svm_bytes heap = base64(test, "heap_after_from_40_b64");
    uint64_t units = (uint64_t)json_integer_value(json_object_get(test->value, "cu_total"));
    bool should_fail = json_object_get(test->value, "error") != NULL;
    gn_svm_log_instruction(&log, s);
    if (s->success == should_fail) {
        differs(test, "success");
    } else if (s->units != units) {
        printf("%llu units, recorded %llu: ", (unsigned long long)s->units, (unsigned long long)units);
        differs(test, "units");
    } else if (!should_fail && (s->return_data.n != heap.n || memcmp(s->return_data.data, heap.data, heap.n) != 0)) {
        differs(test, "heap or r0");
    } else {
        unsigned before = failed;
        for (size_t i = 0; i < json_array_size(lines); i++) {
            const char *line = json_string_value(json_array_get(lines, i));
            if (!has_line(&log, line)) {
                differs(test, line);
            }
        }
        passed += failed == before;
    }
    gn_svm_log_free(&log);
}

static void check(const struct json_place *test, const struct json_place *elfs, const struct svm_input *like)
{
    struct svm_input in = *like;
    struct json_place program, id;
    struct svm_statement s;
    struct gn_error err = {.status = GN_OK};
    const char *name = json_string_value(json_object_get(test->value, "syscall"));
    if (!member(&program, elfs, name) || !member(&id, &program, "program_id") ||
        !gn_json_key(&id, &in.program_id, &err)) {
        differs(test, "no program");
        return;
    }
    in.data = base64(test, "heap_image_b64");
    enum gn_status status = program_run(&s, &in, base64(&program, "elf_b64"), false, &arena, NULL, &err);
    if (status == GN_LIMIT) {
        skipped++;
    } else if (status != GN_OK) {
        differs(test, err.text);
    } else {
        compare(test, &s);
    }
}

static json_t *parse(const char *path)
{
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error);
    if (root == NULL) {
        printf("%s: %s\n", path, error.text);
        exit(2);
    }
    return root;
}

int main(int argc, char **argv)
{
    struct gn_error err;
    if (argc < 4 || gn_arena_init(&arena, 1 << 28, &err) != GN_OK) {
        return 2;
    }
    json_t *root = parse(argv[2]), *recorded = parse(argv[3]);
    struct json_place all = {.value = root}, like = {.value = recorded}, elfs, cases, sysvars;
    struct svm_input in = gn_svm_input_default();
    size_t n = 0;
    if (!member(&elfs, &all, "elfs") || !member(&cases, &all, "cases") || !member(&sysvars, &like, "sysvars") ||
        !gn_json_array(&cases, &n, 10000, &err)) {
        return 2;
    }
    for (unsigned i = 0; i < GN_SOL_SYSVARS; i++) {
        in.sysvars[i] = base64(&sysvars, gn_svm_sysvar_name((enum gn_sol_sysvar)i));
        in.sysvar_exists[i] = in.sysvars[i].n != 0;
    }
    in.budget = GN_SOL_BUDGET_MAX;
    for (size_t i = 0; i < n; i++) {
        struct json_place test;
        gn_json_item(&test, &cases, i);
        check(&test, &elfs, &in);
    }
    printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
    json_decref(root);
    json_decref(recorded);
    gn_arena_free(&arena);
    return failed != 0 || passed < strtoul(argv[1], NULL, 10);
}
