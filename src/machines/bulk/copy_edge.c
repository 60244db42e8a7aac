/* SPDX-License-Identifier: Apache-2.0 */
/* copy_edge.c - rows of COPY for a target word of which not all bytes are written, or whose bytes stand in two source words of which none has been
 * read: the first and the last row of an operation.  copy.h describes the tokens.
 *
 * Byte k of the target is byte k + shift, shift = 1 ... 8, of `low` and `high`, one behind the other.
 *   low: if fresh, the word before the source, read here; otherwise the token's.  Its bytes are looked up in either case.
 *   high: the source, read if `reads`.  If not, the lookup of 8 - shift - end >= 0 says that no byte up to `end` stands in it; what it then holds is written nowhere:
 *   as end < 8, the row is the operation's last.
 * Of both words those bytes are looked up as allowed that are written: of high from byte offset + shift - 8 on, or from 0 on if `split`, which nobody but this lookup
 * needs: a wrong one asks for more. */
#include "machines/bulk/copy.h"

#define EDGE_WORD(X, p, what)                                    \
    X(p, [8], 8, "bytes of " what)                               \
    X(p##_gap, [2], 16, "time since its last access, minus one") \
    X(p##_perm, , 7, "what may be done with it")                 \
    X(p##_q, , 13, what ", bits 3 ... 15")                       \
    X(p##_c1, , 16, what ", limb 1")
#define EDGE_COLUMNS(X)                                          \
    X(ts, , 24, "the operation's time")                          \
    X(left, , 24, "bytes to be written")                         \
    X(at, [8], 1, "one-hot: shift is 1 ... 8")                   \
    X(fresh, , 1, "the word before the source is read")          \
    X(reads, , 1, "the source is read")                          \
    X(split, , 1, "the first byte written is not of the source") \
    EDGE_WORD(X, low, "the word before the source")              \
    EDGE_WORD(X, high, "the source")                             \
    X(c2, , 5, "source, limb 2")                                 \
    COPY_MASK(X)

struct edge_vars {
    EDGE_COLUMNS(AIR_EXPR)
};
struct edge_cols {
    EDGE_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec edge_columns[] = {EDGE_COLUMNS(AIR_SPEC)};

static void read_when(struct air *t, const struct mx_builder *m, expr when, expr ts, const expr key[3],
                      const expr gap[2], expr perm, const expr bytes[8], expr first, expr count)
{
    expr v[4];
    copy_split(t, m, bytes);
    copy_limbs(v, bytes);
    mem_allowed(t, m, when, first, count, constant(t, BULK_LOAD), perm);
    mem_access_when(t, m, when, addk(ts, MX_SLOT_D - MX_SLOT_MEMORY), key, gap, perm, v, v);
}

static void declare(struct mx_builder *m)
{
    struct edge_vars r;
    struct air *t = air_table(m->b, "copy_edge", AIR_MAX_HEIGHT, 0);
    air_committed(t, edge_columns, MX_COUNT(edge_columns), &r);
    expr zero = constant(t, 0), bytes[16], x[8], shift = zero;
    struct copy_mask mask;
    copy_bound(t, m);
    copy_mask(&mask, t, r.start, r.end, r.left);
    memcpy(bytes, r.low, sizeof r.low);
    memcpy(bytes + 8, r.high, sizeof r.high);
    for (unsigned k = 0; k < 8; k++) {
        x[k] = zero;
        for (unsigned s = 1; s <= 8; s++) {
            x[k] = add(x[k], mul(r.at[s - 1], bytes[k + s]));
        }
        assert_bool(r.at[k]);
        shift = add(shift, mulk(r.at[k], k + 1));
    }
    assert_equal(sum(r.at, 8), constant(t, 1));
    assert_bool(r.fresh);
    assert_bool(r.reads);
    assert_bool(r.split);
    mx_range16(t, m, mul(bulk_not(r.reads), sub(addk(neg(shift), 8), mask.end)));

    struct copy_token token = {.left = r.left,
                               .shift = shift,
                               .source = copy_word(r.high_q, r.high_c1),
                               .source_c2 = r.c2,
                               .target = copy_word(r.to_q, r.to_c1),
                               .target_c2 = r.to_c2,
                               .offset = mask.offset,
                               .fresh = r.fresh};
    expr old_words = bulk_not(r.fresh), passes = bulk_not(r.at[7]);
    for (unsigned k = 0; k < 8; k++) {
        token.pending[k] = mul(old_words, r.low[k]);
    }
    copy_send(t, m, -1, NULL, r.ts, &token);
    token.left = sub(r.left, mask.count);
    token.source = addk(token.source, 1);
    token.target = addk(token.target, 1);
    token.offset = token.fresh = zero;
    for (unsigned k = 0; k < 8; k++) {
        token.pending[k] = mul(passes, r.high[k]);
    }
    copy_send(t, m, 1, NULL, r.ts, &token);

    const expr low[3] = {r.low_q, r.low_c1, r.c2}, high[3] = {r.high_q, r.high_c1, r.c2},
               to[3] = {r.to_q, r.to_c1, r.to_c2};
    assert_zero(when(r.fresh, sub(addk(copy_word(r.low_q, r.low_c1), 1), copy_word(r.high_q, r.high_c1))));
    expr into_high = addk(add(mask.offset, shift), -8); /* where in the source the first byte written is, or would be */
    read_when(t, m, r.fresh, r.ts, low, r.low_gap, r.low_perm, r.low, addk(into_high, 8),
              select_expr(r.reads, neg(into_high), mask.count));
    read_when(t, m, r.reads, r.ts, high, r.high_gap, r.high_perm, r.high, mul(bulk_not(r.split), into_high),
              add(mask.count, mul(r.split, into_high)));
    copy_edge_write(t, m, r.ts, &mask, r.to, to, r.to_gap, r.to_perm, x);
}

static void put_read(struct mx_filler *f, uint32_t *const gap[2], uint32_t *perm, size_t row,
                     const struct bulk_access *a, unsigned first, unsigned count)
{
    bulk_put_gap(f, gap, perm, row, a);
    mem_count_allowed(f, first, count, BULK_LOAD, a->perm);
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct edge_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct bulk_row_record *rec = (const struct bulk_row_record *)records + i;
        uint32_t before = rec->source - 1;
        c.ts[i] = rec->ts;
        c.left[i] = rec->left;
        c.at[rec->shift - 1][i] = 1;
        c.fresh[i] = rec->fresh;
        c.reads[i] = rec->reads;
        c.c2[i] = rec->source_c2;
        c.high_q[i] = rec->source & 0x1fff;
        c.high_c1[i] = rec->source >> 13;
        c.low_q[i] = rec->fresh ? before & 0x1fff : 0;
        c.low_c1[i] = rec->fresh ? before >> 13 : 0;
        copy_put_bytes(f, c.low, i, rec->fresh ? rec->low.w.before : rec->pending);
        copy_put_bytes(f, c.high, i, rec->high.w.before);
        unsigned first = rec->offset + rec->shift; /* byte of low and high */
        if (rec->fresh) {
            put_read(f, c.low_gap, c.low_perm, i, &rec->low, first, rec->reads ? 8 - first : rec->count);
        }
        if (rec->reads) {
            unsigned into = first > 8 ? first - 8 : 0;
            put_read(f, c.high_gap, c.high_perm, i, &rec->high, into, first + rec->count - 8 - into);
        }
        c.split[i] = first < 8;
        mx_count_range16(f, rec->reads ? 0 : 8u - rec->shift - rec->offset - rec->count);
        COPY_PUT_MASK(f, c, i, rec);
    }
}

const struct mx_class_def mx_class_copy_edge = {.name = "copy_edge",
                                                .class = MX_COPY_EDGE,
                                                .record_bytes = sizeof(struct bulk_row_record),
                                                .declare = declare,
                                                .fill = fill};
