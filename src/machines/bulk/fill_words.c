/* SPDX-License-Identifier: Apache-2.0 */
/* fill_words.c - rows of FILL: fill_word writes a whole word, fill_edge some bytes of one.  copy.h describes the tokens. */
#include "machines/bulk/copy.h"

#define WORD_COLUMNS(X)                                         \
    X(ts, , 24, "the operation's time")                         \
    X(left, , 24, "bytes to be written")                        \
    X(byte, , 8, "what they become")                            \
    X(to, [4], 16, "target before")                             \
    X(to_gap, [2], 16, "time since its last access, minus one") \
    X(to_perm, , 7, "what may be done with it")                 \
    X(to_q, , 13, "target, bits 3 ... 15")                      \
    X(to_c1, , 16, "target, limb 1")                            \
    X(to_c2, , 5, "target, limb 2")
#define EDGE_COLUMNS(X)                  \
    X(ts, , 24, "the operation's time")  \
    X(left, , 24, "bytes to be written") \
    X(byte, , 8, "what they become")     \
    COPY_MASK(X)

struct word_vars {
    WORD_COLUMNS(AIR_EXPR)
};
struct word_cols {
    WORD_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec word_columns[] = {WORD_COLUMNS(AIR_SPEC)};
struct edge_vars {
    EDGE_COLUMNS(AIR_EXPR)
};
struct edge_cols {
    EDGE_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec edge_columns[] = {EDGE_COLUMNS(AIR_SPEC)};

/* takes the token, puts the one of the next word */
static void pass(struct air *t, const struct mx_builder *m, expr ts, struct fill_token token, expr count)
{
    copy_bound(t, m);
    fill_send(t, m, -1, NULL, ts, &token);
    token.left = sub(token.left, count);
    token.target = addk(token.target, 1);
    token.offset = constant(t, 0);
    fill_send(t, m, 1, NULL, ts, &token);
}

static void declare_word(struct mx_builder *m)
{
    struct word_vars r;
    struct air *t = air_table(m->b, "fill_word", AIR_MAX_HEIGHT, 0);
    air_committed(t, word_columns, MX_COUNT(word_columns), &r);
    expr limb = mulk(r.byte, 257);
    const expr key[3] = {r.to_q, r.to_c1, r.to_c2}, after[4] = {limb, limb, limb, limb};
    pass(t, m, r.ts,
         (struct fill_token){.left = r.left,
                             .byte = r.byte,
                             .target = copy_word(r.to_q, r.to_c1),
                             .target_c2 = r.to_c2,
                             .offset = constant(t, 0)},
         constant(t, 8));
    bulk_word_write(t, m, r.ts, key, r.to_gap, r.to_perm, r.to, after);
}

static void declare_edge(struct mx_builder *m)
{
    struct edge_vars r;
    struct air *t = air_table(m->b, "fill_edge", AIR_MAX_HEIGHT, 0);
    air_committed(t, edge_columns, MX_COUNT(edge_columns), &r);
    const expr key[3] = {r.to_q, r.to_c1, r.to_c2},
               x[8] = {r.byte, r.byte, r.byte, r.byte, r.byte, r.byte, r.byte, r.byte};
    struct copy_mask mask;
    copy_mask(&mask, t, r.start, r.end, r.left);
    pass(t, m, r.ts,
         (struct fill_token){.left = r.left,
                             .byte = r.byte,
                             .target = copy_word(r.to_q, r.to_c1),
                             .target_c2 = r.to_c2,
                             .offset = mask.offset},
         mask.count);
    copy_edge_write(t, m, r.ts, &mask, r.to, key, r.to_gap, r.to_perm, x);
}

static void fill_word(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct word_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct bulk_row_record *rec = (const struct bulk_row_record *)records + i;
        c.ts[i] = rec->ts;
        c.left[i] = rec->left;
        c.byte[i] = rec->byte;
        COPY_PUT_KEY(c, i, to, rec->target, rec->target_c2);
        bulk_put_access(f, c.to, c.to_gap, c.to_perm, i, &rec->to, BULK_STORE);
    }
}

static void fill_edge(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct edge_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct bulk_row_record *rec = (const struct bulk_row_record *)records + i;
        c.ts[i] = rec->ts;
        c.left[i] = rec->left;
        c.byte[i] = rec->byte;
        COPY_PUT_MASK(f, c, i, rec);
    }
}

const struct mx_class_def mx_class_fill_word = {.name = "fill_word",
                                                .class = MX_FILL_WORD,
                                                .record_bytes = sizeof(struct bulk_row_record),
                                                .declare = declare_word,
                                                .fill = fill_word};
const struct mx_class_def mx_class_fill_edge = {.name = "fill_edge",
                                                .class = MX_FILL_EDGE,
                                                .record_bytes = sizeof(struct bulk_row_record),
                                                .declare = declare_edge,
                                                .fill = fill_edge};
