/* SPDX-License-Identifier: Apache-2.0 */
/* builder.h - what a system is while it is being built; private to expr.c, build.c, bus.c and lower.c.
 *
 * All memory comes from one arena of reserved address space that the builder owns.  Each table has its own nodes:
 * node 0, 1, 2, ... in the order of creation, so an operand's number is always smaller than its user's.  Errors are
 * sticky: the first one is kept (with the place of the assertion or interaction at which it shows), building goes on,
 * air_build reports it. */
#ifndef GN_AIR_BUILDER_H
#define GN_AIR_BUILDER_H

#include "air/expr.h"

enum expr_kind {
    EXPR_BAD,   /* result of an illegal operation */
    EXPR_CONST, /* a: the cell */
    EXPR_LEAF,  /* a: an air_ref; in space NEXT the index is the committed column until lower.c numbers them */
    EXPR_ADD,   /* a, b: node numbers */
    EXPR_SUB,
    EXPR_MUL
};

struct expr_node {
    struct air *table;
    uint32_t kind, a, b;
    uint32_t id;
    uint32_t degree;
    uint64_t key;    /* hash of the expression itself, not of the order in which its parts were made */
    bool boolean;    /* asserted boolean on all rows */
    bool reads_next; /* some operand is a cell of the next row */
    uint32_t chain;  /* next node of the same hash bucket, NO_NODE at the end */
};
#define NO_NODE UINT32_MAX

#define NODES_PER_CHUNK 1024u

struct air_constraint_draft {
    expr x;
    struct air_constraint c;
};

struct air_interaction_draft {
    expr when; /* NULL: always */
    int sign;  /* +1 push, -1 pull, 0 supply */
    expr numerator;
    const expr *entries;
    struct air_interaction i;
};

struct air_bound_draft {
    uint32_t bound, coefficient;
};

/* A growable array: items live in the builder's arena, the old copy is left behind when it grows. */
#define AIR_LIST(type)        \
    struct {                  \
        type *at;             \
        uint32_t n, capacity; \
    }

struct air {
    struct air_builder *b;
    bool next_anywhere; /* next may be read outside of transition constraints */
    struct air *next_table;
    const char *name;
    uint32_t index, flags, max_height;
    AIR_LIST(struct air_column) committed;
    AIR_LIST(struct air_column) pre;
    AIR_LIST(struct air_fixed) fixed;
    AIR_LIST(struct air_constraint_draft) constraints;
    AIR_LIST(struct air_interaction_draft) interactions;
    AIR_LIST(struct air_bound_draft) bounds;
    AIR_LIST(struct expr_node *) chunks; /* NODES_PER_CHUNK nodes each */
    uint32_t nodes_n;
    uint32_t *buckets; /* heads of hash chains */
    uint32_t buckets_log2;
};

struct air_builder {
    struct gn_arena arena;
    const char *name;
    struct air *first, *last;
    struct air *spare; /* what air_table gives when memory is out: can be written to, is never built */
    uint32_t tables_n, public_values_n;
    AIR_LIST(struct air_bus) buses;
    AIR_LIST(struct air_public_message) public_messages;
    AIR_LIST(struct air_public_table) public_tables;
    AIR_LIST(struct air_bound) bounds;
    struct gn_error error; /* GN_OK: none so far */
    const char *error_file;
    uint32_t error_line;
};

/* Room for one more item; false (and a sticky error) when memory is out. */
#define AIR_GROW(b, list) air_grow(b, (void **)&(list).at, (list).n, &(list).capacity, sizeof *(list).at)
bool air_grow(struct air_builder *b, void **items, uint32_t n, uint32_t *capacity, size_t item_bytes);
void *air_builder_alloc(struct air_builder *b, size_t bytes); /* NULL and a sticky error when memory is out */
/* A copy that is never NULL, so that messages can print it; the error is sticky as above. */
const char *air_keep_string(struct air_builder *b, const char *s);

/* Remembers the first error; file may be NULL. */
void air_error(struct air_builder *b, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A bad node showed up here: gives the error a place if it has none. */
void air_error_place(struct air_builder *b, const char *file, int line);

struct expr_node *air_node(const struct air *t, uint32_t id);
expr air_leaf(struct air *t, enum air_space space, uint32_t index);

/* bus.c: rules of one interaction that can only be checked when the table is complete. */
void air_check_interaction(struct air *t, const struct air_interaction_draft *d);
void air_check_public(struct air_builder *b);

/* lower.c: fills next, consts, code, the counts and degree of out, whose constraints and interactions are set; false
 * when memory is out. */
bool air_lower(struct air_table *out, struct air *t, struct gn_arena *arena);

#endif
