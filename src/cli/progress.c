/* SPDX-License-Identifier: Apache-2.0 */
/* progress.c - the progress line (progress.h): bar, share, count, rate since the beginning, time left. */
#include "cli/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

enum { BAR = 24 };
static const double delay = 0.5, period = 0.1; /* seconds */

static struct {
    bool on, drawn;
    const char *unit;
    uint64_t first, total;
    double begun, latest;
} line;

void gn_cli_progress_begin(const char *unit, uint64_t done, uint64_t total)
{
    const char *terminal = getenv("TERM");
    bool dumb = terminal == NULL || strcmp(terminal, "dumb") == 0;
    line.on = isatty(STDERR_FILENO) && !dumb;
    line.drawn = false;
    line.unit = unit;
    line.first = done;
    line.total = total;
    line.begun = gn_cli_seconds();
    line.latest = line.begun + delay - period;
}

/* "12.3 M" */
static void put_scaled(double x)
{
    static const char *const prefixes[] = {"", "k", "M", "G", "T"};
    unsigned i = 0;
    for (; x >= 1000 && i < 4; i++) {
        x /= 1000;
    }
    fprintf(stderr, "%.*f %s", i == 0 ? 0 : 1, x, prefixes[i]);
}

static void put_bar(uint64_t done)
{
    double share = (double)done / (double)line.total;
    int full = (int)(share * (double)BAR);
    fputc('[', stderr);
    for (int i = 0; i < BAR; i++) {
        fputc(i < full ? '#' : '.', stderr);
    }
    fprintf(stderr, "] %3.0f %%  ", share * 100);
}

void gn_cli_progress(uint64_t done)
{
    double now =
        gn_cli_seconds(); /* even if it is not shown: the thread sanitizer delivers signals at calls of libc only */
    if (!line.on || now - line.latest < period) {
        return;
    }
    double rate = (double)(done - line.first) / (now - line.begun);
    bool known = line.total != UINT64_MAX && line.total > 0;
    fputc('\r', stderr);
    if (known) {
        put_bar(done);
    }
    put_scaled((double)done);
    fprintf(stderr, "%s  ", line.unit);
    put_scaled(rate);
    fprintf(stderr, "%s/s", line.unit);
    if (known && rate > 0) {
        double left = (double)(line.total - done) / rate;
        if (left < 86400) {
            fprintf(stderr, "  at most %d:%02d left", (int)left / 60, (int)left % 60);
        }
    }
    fputs("\033[K", stderr);
    fflush(stderr);
    line.drawn = true;
    line.latest = now;
}

void gn_cli_progress_clear(void)
{
    if (line.drawn) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
        line.drawn = false;
    }
}

void gn_cli_progress_end(void)
{
    gn_cli_progress_clear();
    line.on = false;
}
