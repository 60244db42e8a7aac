/* SPDX-License-Identifier: Apache-2.0 */
/* census_test.c - every table of the machine and every core instruction has had rows mutated by one of the mutation tests, which CTest runs
 * before (fixture `mutated`); what cannot be is listed in unmutated.txt with the reason.  The test compares in both directions, so that a new
 * table or instruction without a mutation test fails here.
 *
 *   machines_census FOLDER of what the tests noted (support/mutated.h) */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "machines/system.h"

enum { NAMES = 8192 };
static char noted[NAMES][64], excused[NAMES][64];
static unsigned noted_n, excused_n;

/* the first two words of each line, but for comments */
static unsigned read_lines(const char *path, char (*names)[64], unsigned n)
{
    char line[256], what[16], name[40];
    FILE *f = fopen(path, "r");
    while (f != NULL && n < NAMES && fgets(line, sizeof line, f) != NULL) {
        if (line[0] != '#' && sscanf(line, "%15s %39s", what, name) == 2) {
            snprintf(names[n++], sizeof *names, "%s %s", what, name);
        }
    }
    if (f != NULL) {
        fclose(f);
    }
    return n;
}

static bool among(char (*names)[64], unsigned n, const char *what, const char *name)
{
    char wanted[64];
    snprintf(wanted, sizeof wanted, "%s %s", what, name);
    for (unsigned i = 0; i < n; i++) {
        if (strcmp(names[i], wanted) == 0) {
            return true;
        }
    }
    return false;
}

static unsigned surprise(const char *what, const char *name)
{
    bool is = among(noted, noted_n, what, name), is_excused = among(excused, excused_n, what, name);
    if (is == is_excused) {
        printf("%s %s: %s\n", what, name, is ? "is mutated, and listed in unmutated.txt" : "no test mutates it");
    }
    return is == is_excused;
}

int main(int argc, char **argv)
{
    struct gn_arena arena;
    struct mx_system system;
    struct gn_error err;
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (folder == NULL || gn_arena_init(&arena, (size_t)1 << 30, &err) != GN_OK ||
        mx_system_build(&system, &arena, &err) != GN_OK) {
        fprintf(stderr, "usage: machines_census FOLDER\n");
        return 2;
    }
    for (const struct dirent *d = readdir(folder); d != NULL; d = readdir(folder)) {
        char path[1024];
        if (snprintf(path, sizeof path, "%s/%s", argv[1], d->d_name) < (int)sizeof path && d->d_name[0] != '.') {
            noted_n = read_lines(path, noted, noted_n);
        }
    }
    closedir(folder);
    excused_n = read_lines(GN_SOURCE_DIR "/tests/machines_rv/unmutated.txt", excused, 0);
    unsigned surprises = noted_n == NAMES, tables = 0;
    for (uint32_t t = 0; t < system.air->tables_n; t++) {
        if (system.air->tables[t].committed_n != 0) {
            surprises += surprise("table", system.air->tables[t].name);
            tables++;
        }
    }
    for (unsigned op = 0; op < VM_OPS; op++) {
        surprises += surprise("op", gn_vm_op_name(op));
    }
    printf("%u tables, %u core instructions, %u listed in unmutated.txt, %u surprises\n", tables, (unsigned)VM_OPS,
           excused_n, surprises);
    gn_arena_free(&arena);
    return surprises != 0;
}
