/* SPDX-License-Identifier: Apache-2.0 */
/* air_json.h - a machine and a statement as JSON, in the form that tools/verify.py documents. */
#ifndef GN_TOOLS_AIR_JSON_H
#define GN_TOOLS_AIR_JSON_H

#include <stdio.h>

#include "air/system.h"
#include "air/witness.h"

void air_json_system(FILE *out, const struct air_system *s);
void air_json_statement(FILE *out, const struct air_system *s, const struct air_statement *statement);

#endif
