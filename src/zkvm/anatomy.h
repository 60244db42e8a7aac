/* SPDX-License-Identifier: Apache-2.0 */
/* anatomy.h - what a proof consists of: area (committed cells + 2 per bus interaction) by state machine and by instruction.
 *
 * Two sums, always apart: tables that grow with the run (instructions, memory words, register refreshes), and what a proof costs in any case
 * (fixed tables, pages of the program and its image, final registers). */
#ifndef GN_ZKVM_ANATOMY_H
#define GN_ZKVM_ANATOMY_H

#include "zkvm/record.h"

struct gn_anatomy_table {
    const char *name;
    uint32_t rows, area_per_row;
    uint64_t area;
    bool fixed;
};
struct gn_anatomy {
    struct gn_anatomy_table tables[AIR_MAX_TABLES];
    uint32_t tables_n;
    uint64_t run_area, fixed_area, cells, interactions;
};
/* heights: of the machine's tables; any numbers */
void gn_anatomy_of(struct gn_anatomy *out, const uint32_t *heights);
void gn_anatomy_of_tables(struct gn_anatomy *out, const struct gn_tables *t);

/* Adds the area of each executed row to area_of_row[its core row] (program->core->rows_n of them): all of the class tables.  A frame is its call's, traps and the
 * bodies of bulk instructions are the kernel's (of its first row).  False without memory. */
GN_NODISCARD bool gn_anatomy_rows(uint64_t *area_of_row, const struct gn_recorded *r);

#endif
