/* SPDX-License-Identifier: Apache-2.0 */
/* air_gen.c - prints a machine (`machine`: the one that Gnomon proves; the others: examples of tests/machines): as a listing for people (gen/air/), as JSON or as C constants for a verifier without a builder.
 *
 *   air_gen list MACHINE [FILE]
 *   air_gen c MACHINE SYMBOL [FILE]
 *   air_gen json MACHINE [FILE]        for tools/verify.py
 *
 * Run "air_gen list examples gen/air/examples.txt" after a change of a circuit and look at the diff. */
#include <stdio.h>
#include <string.h>

#include "air/list.h"
#include "air_json.h"
#include "machines/machines.h"
#include "machines/system.h"

static int usage(void)
{
    fprintf(stderr, "usage: air_gen list|json MACHINE [FILE] | air_gen c MACHINE SYMBOL [FILE]\nmachines: machine");
    for (unsigned i = 0; i < machines_n; i++) {
        fprintf(stderr, " %s", machines[i].name);
    }
    fprintf(stderr, "\n");
    return 2;
}

static int print(const struct air_system *s, const char *form, const char *symbol, const char *file)
{
    FILE *out = file == NULL ? stdout : fopen(file, "w");
    if (out == NULL) {
        perror(file);
        return 1;
    }
    if (strcmp(form, "json") == 0) {
        air_json_system(out, s);
    } else if (symbol == NULL) {
        air_list(out, s);
    } else {
        air_print_c(out, s, symbol);
    }
    return fflush(out) != 0 || (out != stdout && fclose(out) != 0);
}

static const struct air_system *build(const char *name, struct gn_arena *arena, struct gn_error *err)
{
    struct mx_system machine;
    if (strcmp(name, "machine") == 0) {
        return mx_system_build(&machine, arena, err) == GN_OK ? machine.air : NULL;
    }
    const struct machine *example = machine_find(name);
    if (example == NULL) {
        gn_fail(err, GN_BAD_INPUT, "no such machine");
        return NULL;
    }
    return machine_build(example, arena, err);
}

int main(int argc, char **argv)
{
    bool c = argc > 1 && strcmp(argv[1], "c") == 0;
    int fixed = c ? 4 : 3; /* arguments before FILE */
    if (argc < fixed || argc > fixed + 1 || (!c && strcmp(argv[1], "list") != 0 && strcmp(argv[1], "json") != 0)) {
        return usage();
    }
    struct gn_arena arena;
    struct gn_error err;
    if (gn_arena_init(&arena, (size_t)64 << 20, &err) != GN_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    const struct air_system *s = build(argv[2], &arena, &err);
    if (s == NULL) {
        fprintf(stderr, "%s: %s\n", argv[2], err.text);
        return 1;
    }
    int status = print(s, argv[1], c ? argv[3] : NULL, argc > fixed ? argv[fixed] : NULL);
    gn_arena_free(&arena);
    return status;
}
