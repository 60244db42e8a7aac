/* SPDX-License-Identifier: Apache-2.0 */
/* build.c - runs clang once: start code, the SDK's library and the program's sources in, a static executable in
 * Gnomon's memory map out.
 *
 * The machine takes unaligned accesses (Zicclsm), so the compiler may use them.  medany: the program lies above 2
 * GiB.  Sections by function, so that a program carries only what it calls.  Below the stack are 64 KiB of nothing and then the output: two
 * frames that fit into that cannot step over it (whoever calls saves its return address at the upper end of its frame), larger ones are warned of. */
#include "riscv/build.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

static const char *const library[] = {"io.c", "heap.c", "memory.c", "hash.c"};

/* a list of arguments that owns its strings; out of memory is remembered */
struct arguments {
    char **v;
    size_t n;
    bool failed;
};

static void add(struct arguments *a, const char *first, const char *second, const char *third)
{
    size_t size = strlen(first) + strlen(second) + strlen(third) + 1;
    char **grown = realloc(a->v, (a->n + 2) * sizeof *grown);
    if (grown != NULL) {
        a->v = grown;
        a->v[a->n] = malloc(size);
        if (a->v[a->n] != NULL) {
            snprintf(a->v[a->n], size, "%s%s%s", first, second, third);
            a->v[++a->n] = NULL;
            return;
        }
    }
    a->failed = true;
}

static void free_arguments(struct arguments *a)
{
    for (size_t i = 0; i < a->n; i++) {
        free(a->v[i]);
    }
    free(a->v);
}

static void command(struct arguments *a, const struct rv_build *b)
{
    static const char *const fixed[] = {"--target=riscv64-unknown-elf",
                                        "-mabi=lp64",
                                        "-mcmodel=medany",
                                        "-mno-strict-align",
                                        "-std=gnu17",
                                        "-O2",
                                        "-ffunction-sections",
                                        "-fdata-sections",
                                        "-Wframe-larger-than=32768",
                                        "-static",
                                        "-nostdlib",
                                        "-fuse-ld=lld",
                                        "-Wl,--gc-sections"};
    const char *world = b->linux_twin ? "/linux" : "";
    add(a, b->clang != NULL ? b->clang : "clang-19", "", "");
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        add(a, fixed[i], "", "");
    }
    add(a, "-march=", b->march != NULL ? b->march : "rv64im", "");
    add(a, "-isystem", b->sdk, "/include");
    for (size_t i = 0; i < b->arguments_n; i++) {
        add(a, b->arguments[i], "", "");
    }
    add(a, b->sdk, world, "/crt0.S");
    for (size_t i = 0; i < sizeof library / sizeof *library; i++) {
        add(a, b->sdk, "/lib/", library[i]);
    }
    add(a, "-Wl,-T,", b->sdk, b->linux_twin ? "/linux/link.ld" : "/link.ld");
    add(a, "-o", b->out, "");
}

enum gn_status gn_riscv_build(const struct rv_build *b, struct gn_error *err)
{
    struct arguments a = {0};
    pid_t child;
    int ended = 0;
    command(&a, b);
    if (a.failed) {
        free_arguments(&a);
        return gn_fail(err, GN_NO_MEMORY, "no memory for the compiler's arguments");
    }
    int failure = posix_spawnp(&child, a.v[0], NULL, NULL, a.v, environ);
    while (failure == 0 && waitpid(child, &ended, 0) < 0) {
        failure = errno == EINTR ? 0 : errno;
    }
    enum gn_status status = GN_OK;
    if (failure != 0) {
        status = gn_fail(err, GN_IO, "cannot run %s: %s", a.v[0], strerror(failure));
    } else if (!WIFEXITED(ended) || WEXITSTATUS(ended) != 0) {
        status = gn_fail(err, GN_BAD_INPUT, "%s did not build %s", a.v[0], b->out);
    }
    free_arguments(&a);
    return status;
}
