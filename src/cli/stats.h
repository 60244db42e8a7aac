/* SPDX-License-Identifier: Apache-2.0 */
/* stats.h - what `gnomon stats` has counted, and the forms in which it is shown: text, JSON, and a page made of that JSON. */
#ifndef GN_CLI_STATS_H
#define GN_CLI_STATS_H

#include "cli/area.h"
#include "cli/profile.h"
#include "cli/solana.h"

struct cli_stats {
    const struct cli_execution *riscv; /* one of the two: how the run ended */
    const struct cli_solana *solana;
    uint64_t instructions, unaligned;
    struct cli_code code;
    struct cli_profile profile;
    struct profile_report report;
    struct cli_area area;
};
void gn_cli_stats_print(const struct cli_stats *s, uint64_t top);
json_t *gn_cli_stats_json(const struct cli_stats *s); /* NULL: no memory */
/* One page without scripts that needs nothing else: all that stats (of gn_cli_stats_json) says, and pictures of it. */
void gn_cli_stats_html(FILE *out, const json_t *stats);

#endif
