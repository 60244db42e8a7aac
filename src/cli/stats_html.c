/* SPDX-License-Identifier: Apache-2.0 */
/* stats_html.c - the page of `gnomon stats --html` (stats.h). */
#include "cli/stats.h"

void gn_cli_stats_html(FILE *out, const json_t *stats)
{
    (void)stats;
    fputs("<!doctype html>\n", out);
}
