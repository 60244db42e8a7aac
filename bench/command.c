/* SPDX-License-Identifier: Apache-2.0 */
/* command.c - what a command takes as its user sees it, from start to exit. */
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "bench.h"

extern char **environ;

enum { ARGUMENTS_MAX = 24 };

double bench_prove_command(const struct bench_settings *s, const char *const *more, long *rss_kib)
{
    char threads[16], command[] = GN_COMMAND;
    double times[64];
    const char *arguments[ARGUMENTS_MAX] = {command, "prove", "-q", "--no-cache", "--threads", threads};
    unsigned n = 6;
    struct gn_error err = {.text = "it fails"};
    snprintf(threads, sizeof threads, "%u", s->threads);
    while (*more != NULL && n + 1 < ARGUMENTS_MAX) {
        arguments[n++] = *more++;
    }
    for (unsigned i = 0; i < s->runs; i++) {
        struct rusage used;
        pid_t child;
        int ended = 0;
        double begun = bench_now();
        if (posix_spawn(&child, command, NULL, NULL, (char *const *)(uintptr_t)arguments, environ) != 0 ||
            wait4(child, &ended, 0, &used) != child || ended != 0) {
            bench_die(command, &err);
        }
        times[i] = bench_now() - begun;
        *rss_kib = used.ru_maxrss;
    }
    return bench_median(times, s->runs);
}
