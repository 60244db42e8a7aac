/* SPDX-License-Identifier: Apache-2.0 */
/* expr.h - the language in which tables are written.
 *
 * A constraint is an ordinary C function over immutable expressions, run once to build an air_system:
 *
 *     #define FIB_COLUMNS(X)  X(a, , 31, "F_i")  X(b, , 31, "F_{i+1}")
 *     struct fib_vars { FIB_COLUMNS(AIR_EXPR) };     expr a; expr b;          what constraints read
 *     struct fib_cols { FIB_COLUMNS(AIR_CELLS) };    uint32_t *a; *b;         what the filler writes
 *
 *     static void fib_constraints(struct air *t, const struct fib_vars *r) {
 *         assert_transition(sub(next(r->a), r->b));
 *         assert_transition(sub(next(r->b), add(r->a, r->b)));
 *     }
 *
 * X(name, dimension, bits, doc): dimension is empty or [n]; bits is the width of an honest cell (31: any element).
 * C does not order the evaluation of arguments: give declarations (tables, buses, columns, fixed columns, constraints,
 * messages) statements of their own.  Expressions may be nested freely; the result does not depend on the order.
 *
 * Nodes are hash-consed; a node knows its table, so no context argument is needed.  Building errors (degree above 4,
 * mixed tables, a bus message of the wrong width, a numerator that is neither +-1, nor asserted boolean, nor declared a
 * supply, next of a column that is not committed) are remembered and reported by air_build, first one first, with file
 * and line. */
#ifndef GN_AIR_EXPR_H
#define GN_AIR_EXPR_H

#include "air/system.h"
#include "base/arena.h"

typedef const struct expr_node *expr;
struct air;         /* a table being built */
struct air_builder; /* a system being built */

#define AIR_EXPR(name, dim, bits, doc)  expr name dim;
#define AIR_CELLS(name, dim, bits, doc) uint32_t *name dim;
#define AIR_SPEC(name, dim, bits, doc)  {#name, sizeof(struct { char x dim; }), bits, doc},
struct air_column_spec {
    const char *name;
    size_t count; /* 1, or the array length: columns are then called name[0], name[1], ... */
    uint32_t bits;
    const char *doc;
};

/* ---- system ---- */
GN_NODISCARD struct air_builder *air_builder_new(const char *name);
void air_builder_free(struct air_builder *b);
uint32_t air_bus(struct air_builder *b, const char *name, uint32_t entries_n); /* returns the bus id */
void air_public_values(struct air_builder *b, uint32_t n);
void air_public_message(struct air_builder *b, uint32_t bus, bool negative, const struct air_entry *entries,
                        uint32_t n);
void air_public_table(struct air_builder *b, const char *name, uint32_t bus, bool negative, uint32_t row_bytes,
                      const struct air_entry *entries, uint32_t n);
/* coefficients are given table by table afterwards */
uint32_t air_bound(struct air_builder *b, const char *name, uint32_t constant);
void air_bound_term(struct air *t, uint32_t bound, uint32_t coefficient);

/* air_build lowers everything into arena (or NULL and err).  The builder can be freed afterwards; the system lives as
 * long as the arena. */
GN_NODISCARD const struct air_system *air_build(struct air_builder *b, struct gn_arena *arena, struct gn_error *err);

/* ---- tables ---- */
struct air *air_table(struct air_builder *b, const char *name, uint32_t max_height, uint32_t flags);
/* Declare columns; vars receives the expressions in order (a struct made with AIR_EXPR from the same list). */
void air_committed(struct air *t, const struct air_column_spec *specs, size_t n, void *vars);
void air_preprocessed(struct air *t, const struct air_column_spec *specs, size_t n, void *vars);
expr air_fixed_monomials(struct air *t, const char *name, const struct air_monomial *m, size_t n);
expr air_fixed_values(struct air *t, const char *name, const uint32_t *values, size_t n);

/* ---- expressions ---- */
#define AIR_USE __attribute__((warn_unused_result)) /* a dropped product is a dropped constraint: make it an error */
AIR_USE expr add(expr a, expr b);
AIR_USE expr sub(expr a, expr b);
AIR_USE expr mul(expr a, expr b);
AIR_USE expr neg(expr a);
AIR_USE expr addk(expr a, int64_t k); /* a + k mod p */
AIR_USE expr mulk(expr a, int64_t k); /* a * k mod p */
AIR_USE expr constant(struct air *t, int64_t k);
AIR_USE expr public_value(struct air *t, uint32_t index);
/* A committed column at the next row: in transition constraints only.  On the last row it would be a cell that nothing
 * constrains. */
AIR_USE expr next(expr column);
AIR_USE expr when(expr flag, expr x); /* flag * x: x must vanish where flag is not 0 */
AIR_USE expr bit(expr x);             /* x (x - 1) */
AIR_USE expr sum(const expr *x, size_t n);
AIR_USE expr select_expr(expr flag, expr if_one, expr if_zero); /* if_zero + flag (if_one - if_zero) */
/* sum x[i] 2^(bits i); the caller answers for wrap-around */
AIR_USE expr limbs(const expr *x, size_t n, unsigned bits);

/* Lets this table read the next row in other constraints (not assert_last) and in messages too: its author answers for
 * what the last row then says. */
void air_next_anywhere(struct air *t);

/* ---- constraints ---- */
#define assert_zero(x)       air_assert(x, AIR_ALL, #x, __FILE__, __LINE__)
#define assert_transition(x) air_assert(x, AIR_TRANSITION, #x, __FILE__, __LINE__)
#define assert_first(x)      air_assert(x, AIR_FIRST, #x, __FILE__, __LINE__)
#define assert_last(x)       air_assert(x, AIR_LAST, #x, __FILE__, __LINE__)
#define assert_bool(x)       air_assert_bool(x, "bool " #x, __FILE__, __LINE__)
#define assert_equal(a, b)   air_assert(sub(a, b), AIR_ALL, #a " == " #b, __FILE__, __LINE__)
void air_assert(expr x, enum air_group group, const char *text, const char *file, int line);
void air_assert_bool(expr x, const char *text, const char *file, int line); /* also entitles x to be a numerator */

/* ---- bus: verbs.  when may be NULL (always), or an expression asserted boolean ---- */
#define bus_push(t, bus, when, ...) AIR_BUS(t, bus, when, 1, "push " #bus "(" #__VA_ARGS__ ")", __VA_ARGS__)
#define bus_pull(t, bus, when, ...) AIR_BUS(t, bus, when, -1, "pull " #bus "(" #__VA_ARGS__ ")", __VA_ARGS__)
/* A table's supply: pulls `multiplicity` (a committed column, any field element) times what others push.  The caller
 * answers for the key being unique. */
#define bus_supply(t, bus, multiplicity, ...) \
    AIR_BUS(t, bus, multiplicity, 0, "supply " #bus "(" #__VA_ARGS__ ") x " #multiplicity, __VA_ARGS__)
#define AIR_BUS(t, bus, when, sign, text, ...)                                                                        \
    air_interact(t, bus, when, sign, (const expr[]){__VA_ARGS__}, sizeof((const expr[]){__VA_ARGS__}) / sizeof(expr), \
                 text, __FILE__, __LINE__)
void air_interact(struct air *t, uint32_t bus, expr when_or_multiplicity, int sign, const expr *entries, size_t n,
                  const char *text, const char *file, int line);

#endif
