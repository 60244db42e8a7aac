/* SPDX-License-Identifier: Apache-2.0 */
/* list.h - a system as text (golden listings in gen/air/) and as a digest. */
#ifndef GN_AIR_LIST_H
#define GN_AIR_LIST_H

#include <stdio.h>

#include "air/system.h"

/* columns, constraints with degrees, buses, counts, area per row */
void air_list(FILE *out, const struct air_system *s);
void air_print_c(FILE *out, const struct air_system *s, const char *symbol); /* the system as C constants */
/* BLAKE3 keyed with K_air over every field that the protocol reads */
digest air_compute_digest(const struct air_system *s);

#endif
