/* SPDX-License-Identifier: Apache-2.0 */
/* air_json.h - a machine and a statement as JSON, for the second verifier (tools/verify.py).
 *
 * A statement is {"values": [n, ..], "bytes": ["hex", ..]}.  A machine is
 *
 *   {"name": str, "air_digest": hex, "max_entries": J, "public_values": n,
 *    "buses": [{"name": str, "id": n, "entries": n}],
 *    "public_messages": [{"bus": n, "negative": bool, "entries": [ENTRY, ..]}],
 *    "public_tables": [{"name": str, "bus": n, "negative": bool, "row_bytes": n, "entries": [ENTRY, ..]}],
 *    "bounds": [{"name": str, "constant": n, "coefficients": [n per table]}],
 *    "tables": [{"name": str, "mandatory": bool, "fixed_height": bool, "preprocessed": bool, "max_height": n,
 *                "committed": n, "next": [column, ..], "pre": n, "consts": [n, ..],
 *                "fixed": [{"monomials": [[coefficient, bits], ..]} or {"values": [n, ..]}, ..],
 *                "code": [[op, dst, a, b], ..],
 *                "constraints": [{"group": "all" | "transition" | "first" | "last", "degree": n, "text": str}],
 *                "interactions": [{"bus": n, "entries": n, "first_output": n, "degree": n, "text": str}]}]}
 *
 * ENTRY: [kind, value, step], kind "const" (value), "public" (public value number value), "index" (value + step * row) or
 * "limb" (little-endian integer of step bytes at byte value of the row).
 * code: op "add", "sub", "mul" writes temporary dst; "out" makes a the output dst (b is null).  Operands are a letter and
 * a number: c committed column, n next (index into "next"), p preprocessed, f fixed, v public value, k constant,
 * t temporary.  Constraint i is output i; an interaction's outputs from first_output on are its numerator, its entries. */
#ifndef GN_TOOLS_AIR_JSON_H
#define GN_TOOLS_AIR_JSON_H

#include <stdio.h>

#include "air/system.h"
#include "air/witness.h"

void air_json_system(FILE *out, const struct air_system *s);
void air_json_statement(FILE *out, const struct air_system *s, const struct air_statement *statement);

#endif
