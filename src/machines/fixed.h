/* SPDX-License-Identifier: Apache-2.0 */
/* fixed.h - when a full table is cheaper than its sparse twin; internal to fixed.c and sparse.c. */
#ifndef GN_MACHINES_FIXED_H
#define GN_MACHINES_FIXED_H

#include "machines/machine.h"

/* Numbers of distinct lookups from which on the full table is used: area 3 * 2^16 against 6, 9, 13 a row of the twin. */
#define MX_RANGE16_FULL ((3u << 16) / 6 - 256)
#define MX_BYTES_FULL   ((3u << 16) / 9)
#define MX_AND8_FULL    ((3u << 16) / 13)

uint32_t mx_distinct(const uint32_t *counts, uint32_t rows); /* how many are not 0 */

#endif
