/* SPDX-License-Identifier: Apache-2.0 */
/* copy.c - COPY ra, rb, rd: the b bytes from address a on go to address d on (rd is read, not written); all are read before any is written,
 * so ranges may overlap.  And what COPY and FILL share.
 *
 * The head.  Addresses are split: a[0] = 8 q + offset, q by range16, so offset is an integer between -2^19 and 2^16, and 32 offset among bytes makes it 0 ... 7.
 * shift = source offset - target offset (+ 8 unless fresh) must be 1 ... 8 for some row to take the token: so fresh is 1 exactly if
 * the source's offset is the larger one, i.e. if bytes of the first target word are in two source words, or in the lower one.
 * b = 0 sends nothing, and then addresses are not looked at. */
#include "machines/bulk/copy.h"

#define COPY_COLUMNS(X)                                              \
    MX_STEP(X)                                                       \
    X(a_reg, , 7, "register with the source's address")              \
    X(a_gap, , 16, "time since its last access, minus one")          \
    X(b_reg, , 7, "register with the number of bytes")               \
    X(b_gap, , 16, "time since its last access, minus one")          \
    X(d_reg, , 7, "register with the target's address")              \
    X(d_gap, , 16, "time since its last access, minus one")          \
    COPY_ADDRESS(X, a)                                               \
    COPY_ADDRESS(X, d)                                               \
    X(b, [2], 16, "number of bytes")                                 \
    X(inverse, , 31, "1 / number of bytes")                          \
    X(used, , 1, "number of bytes > 0")                              \
    X(fresh, , 1, "the source's offset is larger than the target's") \
    X(end_source, , 29, "source when nothing is left")               \
    X(end_target, , 29, "target then")                               \
    X(end_pending, [8], 8, "last word read by then")

struct copy_vars {
    COPY_COLUMNS(AIR_EXPR)
};
struct copy_cols {
    COPY_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec copy_columns[] = {COPY_COLUMNS(AIR_SPEC)};

/* ---- shared ---- */
void copy_send(struct air *t, const struct mx_builder *m, int sign, expr when, expr ts, const struct copy_token *token)
{
    expr entries[17] = {ts,
                        token->left,
                        token->shift,
                        token->source,
                        token->source_c2,
                        token->target,
                        token->target_c2,
                        token->offset,
                        token->fresh};
    for (unsigned k = 0; k < 8; k++) {
        entries[9 + k] = token->pending[k] != NULL ? token->pending[k] : constant(t, 0);
    }
    air_interact(t, m->bus.copy, when, sign, entries, MX_COUNT(entries), sign > 0 ? "push copy" : "pull copy", __FILE__,
                 __LINE__);
}

void fill_send(struct air *t, const struct mx_builder *m, int sign, expr when, expr ts, const struct fill_token *token)
{
    const expr entries[6] = {ts, token->left, token->byte, token->target, token->target_c2, token->offset};
    air_interact(t, m->bus.fill, when, sign, entries, MX_COUNT(entries), sign > 0 ? "push fill" : "pull fill", __FILE__,
                 __LINE__);
}

void copy_bound(struct air *t, const struct mx_builder *m)
{
    air_bound_term(t, m->bulk_bound, 8);
}

expr copy_address(struct air *t, const struct mx_builder *m, const expr v[4], expr q, expr offset, expr used)
{
    assert_equal(v[0], add(mulk(q, 8), offset));
    mx_range16(t, m, q);
    assert_zero(when(used, v[3]));
    return copy_word(q, v[1]);
}

expr copy_length(struct air *t, const struct mx_builder *m, const expr b[2], expr inverse, expr used)
{
    expr n = limbs(b, 2, 16);
    mx_range8(t, m, b[1]);
    assert_bool(used);
    assert_equal(used, mul(n, inverse));
    assert_zero(mul(bulk_not(used), n));
    return n;
}

void copy_mask(struct copy_mask *out, struct air *t, const expr start[8], const expr end[8], expr left)
{
    expr one = constant(t, 1), open = constant(t, 0);
    out->offset = out->end = open;
    for (unsigned k = 0; k < 8; k++) {
        assert_bool(start[k]);
        assert_bool(end[k]);
        out->offset = add(out->offset, mulk(start[k], k));
        out->end = add(out->end, mulk(end[k], k + 1));
        open = add(open, start[k]);
        out->bit[k] = open;
        open = sub(open, end[k]);
    }
    assert_equal(sum(start, 8), one);
    assert_equal(sum(end, 8), one);
    out->count = sub(out->end, out->offset); /* at least 1 by the lookup in `access`: so bits are bits */
    assert_zero(mul(sub(out->count, left), addk(out->end, -8)));
}

void copy_limbs(expr out[4], const expr bytes[8])
{
    for (unsigned i = 0; i < 4; i++) {
        out[i] = add(bytes[2 * i], mulk(bytes[2 * i + 1], 256));
    }
}

void copy_split(struct air *t, const struct mx_builder *m, const expr bytes[8])
{
    for (unsigned i = 0; i < 4; i++) {
        mx_bytes(t, m, bytes[2 * i], bytes[2 * i + 1]);
    }
}

void copy_edge_write(struct air *t, const struct mx_builder *m, expr ts, const struct copy_mask *mask, const expr to[8],
                     const expr key[3], const expr gap[2], expr perm, const expr x[8])
{
    expr after[8], old[4], new[4];
    for (unsigned k = 0; k < 8; k++) {
        after[k] = select_expr(mask->bit[k], x[k], to[k]);
    }
    copy_split(t, m, to);
    copy_limbs(old, to);
    copy_limbs(new, after);
    mem_allowed(t, m, NULL, mask->offset, mask->count, constant(t, BULK_STORE), perm);
    mx_mem_access(t, m, ts, key[0], key[1], key[2], gap, perm, old, new);
}

void copy_put_bytes(struct mx_filler *f, uint32_t *const bytes[8], size_t row, uint64_t v)
{
    for (unsigned k = 0; k < 8; k++) {
        bytes[k][row] = v >> 8 * k & 0xff;
    }
    for (unsigned k = 0; k < 8; k += 2) {
        mx_count_bytes(f, bytes[k][row], bytes[k + 1][row]);
    }
}

/* ---- the head ---- */
static void declare(struct mx_builder *m)
{
    struct copy_vars r;
    struct air *t = air_table(m->b, "copy", AIR_MAX_HEIGHT, 0);
    air_committed(t, copy_columns, MX_COUNT(copy_columns), &r);
    expr zero = constant(t, 0);
    const expr b[4] = {r.b[0], r.b[1], zero, zero};

    mx_fetch(t, m, MX_COPY, r.pc, &(struct mx_fields){.inc = r.inc, .ra = r.a_reg, .rb = r.b_reg, .rd = r.d_reg});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_reg_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, b);
    mx_reg_read(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d);
    expr n = copy_length(t, m, r.b, r.inverse, r.used);
    expr source = copy_address(t, m, r.a, r.a_q, r.a_offset, r.used);
    expr target = copy_address(t, m, r.d, r.d_q, r.d_offset, r.used);
    mx_bytes(t, m, mulk(r.a_offset, 32), mulk(r.d_offset, 32));
    assert_bool(r.fresh);
    struct copy_token token = {.left = n,
                               .shift = add(sub(r.a_offset, r.d_offset), mulk(bulk_not(r.fresh), 8)),
                               .source = add(source, r.fresh),
                               .source_c2 = r.a[2],
                               .target = target,
                               .target_c2 = r.d[2],
                               .offset = r.d_offset,
                               .fresh = r.fresh};
    copy_send(t, m, 1, r.used, r.ts, &token);
    token.left = token.offset = token.fresh = zero;
    token.source = r.end_source;
    token.target = r.end_target;
    memcpy(token.pending, r.end_pending, sizeof token.pending);
    copy_send(t, m, -1, r.used, r.ts, &token);
}

static bool takes(const struct vm_insn *insn)
{
    return insn->op == VM_COPY;
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct copy_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct bulk_head_record *rec = (const struct bulk_head_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, &rec->r);
        const struct mx_record *r = &rec->r;
        uint32_t n = (uint32_t)r->b;
        MX_PUT_STEP(c, i, rom, r);
        c.a_reg[i] = rom->ra;
        c.b_reg[i] = rom->rb;
        c.d_reg[i] = rom->rd;
        c.a_gap[i] = r->gap[MX_SLOT_A];
        c.b_gap[i] = r->gap[MX_SLOT_B];
        c.d_gap[i] = r->gap[MX_SLOT_D];
        mx_count_range16(f, r->gap[MX_SLOT_A]);
        mx_count_range16(f, r->gap[MX_SLOT_B]);
        mx_count_range16(f, r->gap[MX_SLOT_D]);
        COPY_PUT_ADDRESS(f, c, i, a, r->a);
        COPY_PUT_ADDRESS(f, c, i, d, r->old);
        mx_count_bytes(f, 32 * c.a_offset[i], 32 * c.d_offset[i]);
        c.b[0][i] = n & 0xffff;
        c.b[1][i] = n >> 16;
        mx_count_range8(f, n >> 16);
        c.used[i] = n > 0;
        c.inverse[i] = n > 0 ? mx_inverse(n) : 0;
        c.fresh[i] = c.a_offset[i] > c.d_offset[i];
        c.end_source[i] = rec->end_source;
        c.end_target[i] = rec->end_target;
        for (unsigned k = 0; k < 8; k++) {
            c.end_pending[k][i] = rec->end_pending >> 8 * k & 0xff;
        }
    }
}

const struct mx_class_def mx_class_copy = {.name = "copy",
                                           .class = MX_COPY,
                                           .uses = MX_USES_INC | MX_USES_RA | MX_USES_RB | MX_USES_RD,
                                           .kernel_only = true,
                                           .record_bytes = sizeof(struct bulk_head_record),
                                           .declare = declare,
                                           .ops = MX_OPS(VM_COPY),
                                           .takes = takes,
                                           .fill = fill};
