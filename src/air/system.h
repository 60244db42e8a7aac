/* SPDX-License-Identifier: Apache-2.0 */
/* system.h - a machine as data: tables, constraints, bus messages.
 *
 * An air_system is what air/expr.h builds and lowers, and what everybody else reads: the prover's evaluators, the
 * verifier, the row checker, the listing, the digest.  It is immutable, holds no function pointers, and can be printed
 * as a C constant (tools/air_gen.c), which is what a freestanding verifier links.  Semantics: docs/protocol.md section
 * 3.1. */
#ifndef GN_AIR_SYSTEM_H
#define GN_AIR_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hash/blake3.h"

#define AIR_MAX_TABLES       128u
#define AIR_MAX_HEIGHT       (1u << 24)
#define AIR_PAGE_ROWS        256u  /* rows of a page of a preprocessed table */
#define AIR_MAX_EXPLICIT     4096u /* rows of an explicit fixed column */
#define AIR_MAX_DEGREE       4u
#define AIR_LOW_DEGREE       2u  /* constraints up to it are a section of their own in a table's program */
#define AIR_MAX_ENTRIES      24u /* entries of a bus message */
#define AIR_MAX_PRE_TABLES   8u
#define AIR_MAX_PUBLIC_BYTES ((1u << 20) + (1u << 16)) /* 1 MiB of output and what is said about it */

/* An operand: space in the top 8 bits, index in the low 24. */
typedef uint32_t air_ref;
enum air_space {
    AIR_SPACE_COMMITTED, /* index: column */
    AIR_SPACE_NEXT,      /* index into table->next: that committed column one row further */
    AIR_SPACE_PRE,       /* preprocessed column */
    AIR_SPACE_FIXED,     /* fixed column */
    AIR_SPACE_PUBLIC,    /* public value of the statement */
    AIR_SPACE_CONST,     /* index into table->consts */
    AIR_SPACE_TEMP       /* temporary of the program */
};
#define AIR_REF(space, index) ((air_ref)(space) << 24 | (air_ref)(index))
#define AIR_REF_SPACE(ref)    ((enum air_space)((ref) >> 24))
#define AIR_REF_INDEX(ref)    ((ref) & 0xffffffu)

enum air_op { AIR_ADD, AIR_SUB, AIR_MUL, AIR_OUT /* output number dst takes the value of a */ };

struct air_insn {
    uint32_t op;
    uint32_t dst; /* ADD, SUB, MUL: temporary; OUT: output number */
    air_ref a, b;
};

enum air_group { AIR_ALL, AIR_TRANSITION, AIR_FIRST, AIR_LAST, AIR_GROUPS };

struct air_constraint { /* output number = its index in table->constraints */
    uint32_t group, degree;
    const char *text, *file; /* source text of the assertion and where it stands */
    uint32_t line;
};

struct air_interaction { /* outputs first_output (numerator), then entries_n entries */
    uint32_t bus, entries_n, first_output, degree;
    const char *text, *file;
    uint32_t line;
};

/* The messages of a row that make one leaf of the bus, which adds them up itself: the degrees sum to at most
 * AIR_LEAF_DEGREE (0 counting as 1), or there is one.  A message whose numerator is not constant shares its leaf with at
 * most one other.  docs/protocol.md section 6.1 has the rule by which leaves are made. */
#define AIR_LEAF_MESSAGES 3u
#define AIR_LEAF_DEGREE   3u
struct air_leaf {
    uint32_t n, interactions[AIR_LEAF_MESSAGES];
};

struct air_column {
    const char *name;
    const char *doc;
    /* declared width of an honest cell, 1..31 (31: any field element); checked when rows are checked, not part of the
     * proof */
    uint32_t bits;
};

struct air_monomial {
    uint32_t coefficient, bits; /* coefficient * product of row-index bits i with bit i of `bits` set */
};

struct air_fixed { /* exactly one of the two forms */
    const char *name;
    uint32_t monomials_n, values_n;
    const struct air_monomial *monomials;
    const uint32_t *values; /* values_n = the table's height */
};

enum air_table_flags {
    AIR_MANDATORY = 1,    /* height 0 is rejected */
    AIR_FIXED_HEIGHT = 2, /* height is 0 or max_height (only max_height with AIR_MANDATORY) */
    AIR_PREPROCESSED = 4  /* has preprocessed columns; height is 256 * joined pages */
};

struct air_table {
    const char *name;
    uint32_t flags, max_height;
    uint32_t committed_n, next_n, pre_n, fixed_n, consts_n;
    const struct air_column *committed, *pre;
    const uint32_t *next; /* committed columns that constraints read at the next row, ascending */
    const struct air_fixed *fixed;
    const uint32_t *consts; /* cells */
    /* The program computes every output once.  Its first bus_code_n instructions compute exactly the outputs of the
     * interactions (output numbers >= constraints_n); the next, up to low_code_n, exactly the constraints of degree at
     * most AIR_LOW_DEGREE; the rest computes the others.  No section reads temporaries of another. */
    uint32_t code_n, bus_code_n, low_code_n, temps_n, outputs_n;
    const struct air_insn *code;
    uint32_t constraints_n, interactions_n, leaves_n, degree; /* degree: of constraints and leaves */
    const struct air_constraint *constraints;
    const struct air_interaction *interactions;
    const struct air_leaf *leaves;
};

struct air_bus {
    const char *name;
    uint32_t id, entries_n; /* id = 1 + index */
};

enum air_entry_kind {
    AIR_ENTRY_CONST,  /* value */
    AIR_ENTRY_PUBLIC, /* public value number `value` */
    AIR_ENTRY_INDEX,  /* value + step * row  (mod p; row < 2^21) */
    AIR_ENTRY_LIMB    /* little-endian integer of `step` bytes (1 or 2) at byte `value` of the row */
};

struct air_entry {
    uint32_t kind, value, step;
};

/* A message that the verifier adds itself, from public values (kinds CONST, PUBLIC). */
struct air_public_message {
    uint32_t bus, negative; /* numerator +1, or -1 if negative */
    struct air_entry entries[AIR_MAX_ENTRIES];
};

/* A table whose rows the verifier reads from statement bytes: one message per row of row_bytes bytes. */
struct air_public_table {
    const char *name;
    uint32_t bus, negative, row_bytes;
    struct air_entry entries[AIR_MAX_ENTRIES];
};

/* sum over tables of coefficients[table] * height + constant < p, checked by the verifier in integers (coefficients,
 * constant < 2^31) */
struct air_bound {
    const char *name;
    uint32_t constant;
    const uint32_t *coefficients; /* tables_n */
};

struct air_system {
    const char *name;
    uint32_t tables_n, buses_n, public_values_n, public_messages_n, public_tables_n, bounds_n;
    uint32_t max_entries; /* J: the largest number of entries of any bus */
    const struct air_table *tables;
    const struct air_bus *buses;
    const struct air_public_message *public_messages;
    const struct air_public_table *public_tables;
    const struct air_bound *bounds;
    digest air_digest;
};

/* Largest number of next/pre/... over tables are simple loops; these two are needed in several places. */
uint32_t air_system_claims(const struct air_system *s, uint32_t table); /* committed_n + next_n + pre_n */
uint32_t air_system_pre_tables(const struct air_system *s);
uint32_t air_leaf_degree(const struct air_table *t, const struct air_leaf *leaf);

#endif
