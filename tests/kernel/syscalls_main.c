/* SPDX-License-Identifier: Apache-2.0 */
/* syscalls_main.c - recorded single syscalls, executed by the hosted kernel: result, heap, units, lines and errors are those of the recording.
 *
 * The recorder's program copies its instruction data to the heap, loads five arguments from there, makes the call, stores r0 at heap + 40 and returns as return data what the words at
 * heap + 48 and + 56 name (address, length).
 *
 * usage: kernel_syscalls LEAST SYSCALLS.json CASE.json     (LEAST cases at least must have been executed; the sysvars are those of CASE.json) */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "svm/case.h"
#include "svm/errors.h"

enum { BUDGET = 1399850, MEMORY = 16 << 20 };
static unsigned passed, failed, skipped;

static json_t *load(const char *path, struct gn_error *err)
{
    json_t *root = NULL;
    struct gn_buffer text = {0};
    uint8_t part[4096];
    FILE *f = fopen(path, "rb");
    for (size_t n = 1; f != NULL && n > 0;) {
        n = fread(part, 1, sizeof part, f);
        gn_buffer_append(&text, part, n);
    }
    if (f == NULL || fclose(f) != 0 || gn_json_parse(&root, text.data, text.size, err) != GN_OK) {
        printf("%s: %s\n", path, f == NULL ? "is not there" : err->text);
    }
    gn_buffer_free(&text);
    return root;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

static bool bytes_of(struct svm_bytes *out, const json_t *object, const char *key, struct gn_arena *arena,
                     struct gn_error *err)
{
    struct json_place top = {.value = object}, at;
    return gn_json_get(&at, &top, key, err) && gn_json_base64(&at, arena, &out->data, &out->n, 1 << 20, err);
}

/* "ProgramFailedToComplete" of "InstructionError(1, ProgramFailedToComplete)"; "" of nothing */
static bool same_error(const struct svm_statement *s, const char *recorded)
{
    char own[128];
    if (s->success) {
        return recorded[0] == 0;
    }
    if (s->error == GN_SOL_ERROR_CUSTOM) {
        (void)snprintf(own, sizeof own, "InstructionError(1, Custom(%u))", s->custom);
    } else {
        (void)snprintf(own, sizeof own, "InstructionError(1, %s)", gn_svm_error_name(s->error));
    }
    return strcmp(own, recorded) == 0;
}

/* of our lines those that the recorder kept: what the program logged, and the failure */
static bool same_lines(const struct svm_log *log, const json_t *recorded)
{
    size_t next = 0;
    for (size_t i = 0; i < gn_svm_log_lines(log); i++) {
        struct svm_bytes line = gn_svm_log_line(log, i);
        const char *text = (const char *)line.data;
        bool kept = line.n > 12 && (strncmp(text, "Program log:", 12) == 0 || strncmp(text, "Program data", 12) == 0);
        kept = kept || (i + 1 == gn_svm_log_lines(log) && memmem(text, line.n, " failed: ", 9) != NULL);
        const json_t *want = json_array_get(recorded, next);
        if (kept && (want == NULL || json_string_length(want) != line.n ||
                     memcmp(json_string_value(want), text, line.n) != 0)) {
            printf("  line \"%.*s\"\n", (int)line.n, text);
            return false;
        }
        next += kept;
    }
    return next == json_array_size(recorded);
}

static const char *difference(const struct svm_statement *s, const json_t *test, struct gn_arena *arena,
                              struct gn_error *err)
{
    struct svm_bytes heap = {0};
    struct svm_log log = {0};
    if (!same_error(s, text_of(test, "error"))) {
        return "the error";
    }
    if (s->units != (uint64_t)json_integer_value(json_object_get(test, "cu_total"))) {
        return "units";
    }
    if (s->success && (!bytes_of(&heap, test, "heap_after_from_40_b64", arena, err) || heap.n != s->return_data.n ||
                       memcmp(heap.data, s->return_data.data, heap.n) != 0)) {
        return "r0 or the heap";
    }
    gn_svm_log_instruction(&log, s);
    bool lines = same_lines(&log, json_object_get(test, "logs"));
    gn_svm_log_free(&log);
    return lines ? NULL : "lines";
}

static void check(const json_t *test, const json_t *elfs, const struct svm_input *base, struct gn_arena *arena)
{
    const char *name = text_of(test, "syscall"), *label = text_of(test, "label"), *what = NULL;
    const json_t *program = json_object_get(elfs, name);
    struct json_place top = {.value = program}, at;
    struct gn_error err = {.text = ""};
    struct svm_input in = *base;
    struct svm_statement s;
    struct svm_bytes elf;
    if (!gn_json_get(&at, &top, "program_id", &err) || !gn_json_key(&at, &in.program_id, &err) ||
        !bytes_of(&elf, program, "elf_b64", arena, &err) || !bytes_of(&in.data, test, "heap_image_b64", arena, &err)) {
        what = err.text;
    } else {
        enum gn_status status = program_run(&s, &in, elf, false, arena, NULL, &err);
        if (status == GN_LIMIT) {
            printf("skip %s, %s: %s\n", name, label, err.text);
            skipped++;
            return;
        }
        what = status != GN_OK ? err.text : difference(&s, test, arena, &err);
    }
    if (what != NULL) {
        printf("FAIL %s, %s: %s\n", name, label, what);
    }
    failed += what != NULL;
    passed += what == NULL;
}

int main(int argc, char **argv)
{
    struct gn_arena arena;
    struct gn_error err = {.text = ""};
    struct svm_case c;
    struct svm_input in = gn_svm_input_default();
    if (argc != 4 || gn_arena_init(&arena, MEMORY, &err) != GN_OK) {
        printf("usage: kernel_syscalls LEAST SYSCALLS.json CASE.json\n");
        return 2;
    }
    json_t *root = load(argv[2], &err), *other = load(argv[3], &err);
    if (root == NULL || other == NULL || gn_svm_case_read(&c, other, &arena, NULL, NULL, &err) != GN_OK) {
        printf("%s\n", err.text);
        return 2;
    }
    in.budget = BUDGET;
    memcpy(in.sysvar_exists, c.sysvar_exists, sizeof in.sysvar_exists);
    memcpy(in.sysvars, c.sysvars, sizeof in.sysvars);
    const json_t *cases = json_object_get(root, "cases");
    for (size_t i = 0; i < json_array_size(cases); i++) {
        gn_arena_mark mark = gn_arena_get_mark(&arena);
        check(json_array_get(cases, i), json_object_get(root, "elfs"), &in, &arena);
        gn_arena_release(&arena, mark);
    }
    json_decref(root);
    json_decref(other);
    gn_arena_free(&arena);
    printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
    return failed != 0 || passed < strtoul(argv[1], NULL, 10);
}
