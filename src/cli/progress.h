/* SPDX-License-Identifier: Apache-2.0 */
/* progress.h - one line on a terminal that says how far a long run is.
 *
 * It appears on standard error after half a second, if that is a terminal, and is gone before anything else is printed.
 * There is one at a time. */
#ifndef GN_CLI_PROGRESS_H
#define GN_CLI_PROGRESS_H

#include <stdint.h>

/* total = UINT64_MAX: not known; then there is a count and a rate, but no bar and no time left */
void gn_cli_progress_begin(const char *unit, uint64_t done, uint64_t total);
void gn_cli_progress(uint64_t done); /* cheap: draws ten times a second */
void gn_cli_progress_clear(void);    /* the next call draws it again */
void gn_cli_progress_end(void);

#endif
