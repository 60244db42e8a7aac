/* SPDX-License-Identifier: Apache-2.0 */
/* cases_main.c - recorded transactions, executed by the Solana kernel: result, logs, units, return data and accounts are those of the recording.
 *
 * usage: kernel_cases HOW LEAST CASES... -- PROGRAMS...    (folders; LEAST cases at least must have been executed)
 * HOW: hosted; machine; slices (the machine, a few instructions at a time); tables (recorded, and all rows of all tables checked);
 * proofs (and proven and verified) */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "machine.h"
#include "program.h"
#include "svm/case.h"

enum { PROGRAMS_MAX = 1024, PATH_MAX_BYTES = 1024 };
static struct {
    struct gn_buffer elf;
    uint8_t sha256[32];
} programs[PROGRAMS_MAX];
static unsigned programs_n, passed, failed, skipped, verbose;

static bool read_file(const char *path, struct gn_buffer *out)
{
    uint8_t part[4096];
    FILE *f = fopen(path, "rb");
    for (size_t n = 1; f != NULL && n > 0;) {
        n = fread(part, 1, sizeof part, f);
        gn_buffer_append(out, part, n);
    }
    return f != NULL && fclose(f) == 0;
}

static struct svm_bytes find(void *ctx, const uint8_t sha256[32], uint64_t bytes)
{
    (void)ctx, (void)bytes;
    for (unsigned i = 0; i < programs_n; i++) {
        if (memcmp(programs[i].sha256, sha256, 32) == 0) {
            return (struct svm_bytes){programs[i].elf.data, programs[i].elf.size};
        }
    }
    return (struct svm_bytes){0};
}

static bool ends_in(const char *name, const char *with)
{
    size_t n = strlen(name), m = strlen(with);
    return n > m && strcmp(name + n - m, with) == 0;
}

static bool open_programs(const char *folder)
{
    DIR *d = opendir(folder);
    for (struct dirent *entry; d != NULL && programs_n < PROGRAMS_MAX && (entry = readdir(d)) != NULL;) {
        char path[PATH_MAX_BYTES];
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (ends_in(entry->d_name, ".so") && read_file(path, &programs[programs_n].elf)) {
            gn_sha256(programs[programs_n].sha256, programs[programs_n].elf.data, programs[programs_n].elf.size);
            programs_n++;
        }
    }
    return d != NULL && closedir(d) == 0;
}

static enum { HOSTED, MACHINE, SLICES, TABLES, PROOFS } how;
struct totals {
    uint64_t emulated, rows, steps, area;
};
static enum gn_status run(void *ctx, const struct svm_input *in, struct svm_bytes elf, struct svm_statement *out,
                          struct gn_arena *arena, struct gn_error *err)
{
    struct totals *t = ctx;
    if (how != HOSTED) {
        struct machine_seen seen = {0};
        enum gn_status status = machine_run(out, in, elf, false, how == SLICES ? 7 : UINT64_MAX, how >= TABLES,
                                            how == PROOFS, arena, &seen, err);
        t->rows += seen.rows;
        t->steps += seen.steps;
        t->area += seen.area;
        return status;
    }
    struct hosted_run seen = {0};
    enum gn_status status = program_run(out, in, elf, false, arena, &seen, err);
    t->emulated += seen.emulated;
    return status;
}

static void say_failed(const char *path, const char *what)
{
    printf("%s: %s\n", path, what);
    failed++;
}

static void check(const char *path)
{
    struct gn_buffer text = {0}, says = {0};
    struct gn_arena arena;
    struct gn_error err = {.status = GN_OK};
    struct svm_case c;
    struct svm_outcome outcome = {0};
    struct totals totals = {0};
    json_t *root = NULL;
    if (!read_file(path, &text) || gn_arena_init(&arena, 256 << 20, &err) != GN_OK) {
        say_failed(path, "cannot be read");
        return;
    }
    enum gn_status status = gn_json_parse(&root, text.data, text.size, &err);
    if (status == GN_OK) {
        status = gn_svm_case_read(&c, root, &arena, find, NULL, &err);
    }
    if (status == GN_OK) {
        status = gn_svm_case_run(&outcome, &c, &arena, run, &totals, &err);
    }
    if (status == GN_LIMIT) {
        skipped++;
        printf("skip %s: %s\n", path, err.text);
    } else if (status != GN_OK) {
        say_failed(path, err.text);
    } else {
        json_t *is = gn_svm_outcome_json(&c, &outcome);
        if (gn_svm_case_compare(&c, is, &says) != 0) {
            gn_buffer_append(&says, "", 1);
            say_failed(path, (const char *)says.data);
        } else {
            passed++;
            if (verbose) {
                printf("%s: %llu traps without syscall; %llu instructions, %llu other rows, area %llu\n", path,
                       (unsigned long long)totals.emulated, (unsigned long long)totals.steps,
                       (unsigned long long)(totals.rows - totals.steps), (unsigned long long)totals.area);
            }
        }
        json_decref(is);
    }
    gn_svm_log_free(&outcome.log);
    gn_buffer_free(&text);
    gn_buffer_free(&says);
    json_decref(root);
    gn_arena_free(&arena);
}

static int json_only(const struct dirent *entry)
{
    return ends_in(entry->d_name, ".json");
}

static void check_folder(const char *folder)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, json_only, alphasort);
    if (n <= 0) {
        say_failed(folder, "no cases there");
        return;
    }
    for (int i = 0; i < n; i++) {
        char path[PATH_MAX_BYTES];
        (void)snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        check(path);
        free(entries[i]);
    }
    free(entries);
}

int main(int argc, char **argv)
{
    int behind = 3;
    verbose = getenv("VERBOSE") != NULL;
    while (behind < argc && strcmp(argv[behind], "--") != 0) {
        behind++;
    }
    for (int i = behind + 1; i < argc; i++) {
        if (!open_programs(argv[i])) {
            printf("%s: cannot be read\n", argv[i]);
            return 2;
        }
    }
    how = argc > 1 && strcmp(argv[1], "machine") == 0  ? MACHINE
          : argc > 1 && strcmp(argv[1], "slices") == 0 ? SLICES
          : argc > 1 && strcmp(argv[1], "tables") == 0 ? TABLES
          : argc > 1 && strcmp(argv[1], "proofs") == 0 ? PROOFS
                                                       : HOSTED;
    for (int i = 3; i < behind; i++) {
        check_folder(argv[i]);
    }
    for (unsigned i = 0; i < programs_n; i++) {
        gn_buffer_free(&programs[i].elf);
    }
    printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
    return failed != 0 || argc < 3 || passed < strtoul(argv[2], NULL, 10);
}
