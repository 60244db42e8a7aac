/* SPDX-License-Identifier: Apache-2.0 */
/* syscalls.c - recorded single syscalls (syscalls.json).
 *
 * Each case has a program that copies its instruction data to the heap, loads r1 ... r5 from there, calls, stores r0 at offset 40 and returns what then stands from
 * there on.  Compared: that return data, units, log lines.  Sysvars are those of a recorded transaction. */
#include <stdio.h>
#include <string.h>

#include "svm/json.h"
#include "svm/log.h"
#include "vectors.h"

enum { ARENA_BYTES = 256 << 20, CASES_MAX = 10000, BYTES_MAX = 1 << 20, NAME_MAX_BYTES = 200 };

static bool member(struct json_place *out, const struct json_place *object, const char *key)
{
    struct gn_error err;
    return gn_json_find(out, object, key, &err) && out->value != NULL;
}

static struct svm_bytes base64(const struct json_place *object, const char *key, struct gn_arena *arena)
{
    struct json_place at;
    struct svm_bytes b = {0};
    struct gn_error err;
    if (!member(&at, object, key) || !gn_json_base64(&at, arena, &b.data, &b.n, BYTES_MAX, &err)) {
        return (struct svm_bytes){0};
    }
    return b;
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

static const char *missing_line(const json_t *lines, const struct svm_statement *s)
{
    struct svm_log log = {0};
    const char *missing = NULL;
    gn_svm_log_instruction(&log, s);
    for (size_t i = 0; missing == NULL && i < json_array_size(lines); i++) {
        const char *line = json_string_value(json_array_get(lines, i));
        missing = has_line(&log, line) ? NULL : line;
    }
    gn_svm_log_free(&log);
    return missing;
}

static void compare(struct tally *t, const char *name, const struct json_place *test, const struct svm_statement *s,
                    struct gn_arena *arena)
{
    struct svm_bytes heap = base64(test, "heap_after_from_40_b64", arena);
    bool should_fail = json_object_get(test->value, "error") != NULL;
    const char *missing = missing_line(json_object_get(test->value, "logs"), s);
    if (s->success == should_fail) {
        tally_fail(t, name, "%s", should_fail ? "succeeds" : "fails");
    } else if (s->units != number_of(test->value, "cu_total")) {
        tally_fail(t, name, "%llu units, recorded %llu", (unsigned long long)s->units,
                   (unsigned long long)number_of(test->value, "cu_total"));
    } else if (!should_fail && (s->return_data.n != heap.n || memcmp(s->return_data.data, heap.data, heap.n) != 0)) {
        tally_fail(t, name, "heap or r0 differ");
    } else if (missing != NULL) {
        tally_fail(t, name, "no log line %s", missing);
    } else {
        tally_pass(t);
    }
}

static void check(struct runner *r, const struct json_place *test, const struct json_place *elfs,
                  const struct svm_input *like, struct gn_arena *arena)
{
    struct svm_input in = *like;
    struct json_place program, id;
    struct svm_statement s;
    struct gn_error err = {.status = GN_OK};
    struct run_totals totals = {0};
    char name[NAME_MAX_BYTES];
    (void)snprintf(name, sizeof name, "%s (%s)", text_of(test->value, "syscall"), text_of(test->value, "label"));
    if (!member(&program, elfs, text_of(test->value, "syscall")) || !member(&id, &program, "program_id") ||
        !gn_json_key(&id, &in.program_id, &err)) {
        tally_fail(&r->tally, name, "no program");
        return;
    }
    in.data = base64(test, "heap_image_b64", arena);
    enum gn_status status = run_program(&s, r->how, &in, base64(&program, "elf_b64", arena), arena, &totals, &err);
    if (status == GN_LIMIT) {
        tally_skip(&r->tally, name, err.text);
    } else if (status != GN_OK) {
        tally_fail(&r->tally, name, "%s", err.text);
    } else {
        compare(&r->tally, name, test, &s, arena);
    }
}

/* vm/v0_ret0.json beside the file, or among our own recordings */
static json_t *recorded(const char *path)
{
    static const char where[] = "vm/v0_ret0.json";
    char beside[PATH_BYTES];
    const char *slash = strrchr(path, '/');
    (void)snprintf(beside, sizeof beside, "%.*s%s", slash == NULL ? 0 : (int)(slash - path) + 1, path, where);
    json_t *root = json_load_file(beside, 0, NULL);
    return root != NULL ? root : json_load_file(GN_FIXTURES "/vm/v0_ret0.json", 0, NULL);
}

void check_syscalls(struct runner *r, const char *path, json_t *root)
{
    struct gn_error err;
    struct gn_arena arena;
    json_t *transaction = recorded(path);
    struct json_place all = {.value = root}, like = {.value = transaction}, elfs, cases, sysvars;
    struct svm_input in = gn_svm_input_default();
    size_t n = 0;
    if (gn_arena_init(&arena, ARENA_BYTES, &err) != GN_OK) {
        tally_fail(&r->tally, path, "%s", err.text);
    } else if (transaction == NULL || !member(&sysvars, &like, "sysvars")) {
        tally_fail(&r->tally, path, "no recorded transaction to take sysvars from");
    } else if (!member(&elfs, &all, "elfs") || !member(&cases, &all, "cases") ||
               !gn_json_array(&cases, &n, CASES_MAX, &err)) {
        tally_fail(&r->tally, path, "no cases");
    } else {
        for (unsigned i = 0; i < GN_SOL_SYSVARS; i++) {
            in.sysvars[i] = base64(&sysvars, gn_svm_sysvar_name((enum gn_sol_sysvar)i), &arena);
            in.sysvar_exists[i] = in.sysvars[i].n != 0;
        }
        in.budget = GN_SOL_BUDGET_MAX;
    }
    for (size_t i = 0; i < n; i++) {
        struct json_place test;
        gn_arena_mark mark = gn_arena_get_mark(&arena);
        gn_json_item(&test, &cases, i);
        check(r, &test, &elfs, &in, &arena);
        gn_arena_release(&arena, mark);
    }
    json_decref(transaction);
    gn_arena_free(&arena);
}
