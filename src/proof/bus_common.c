/* SPDX-License-Identifier: Apache-2.0 */
/* bus_common.c - what both sides of the bus compute: its challenges, and the messages that everybody knows
 * (docs/protocol.md section 6.2).
 *
 * A public message contributes sign / d, d = alpha - phi(message).  Fractions are never divided: the sum is kept as V_p
 * / V_q with V_q the product of all d, so V_q is zero exactly if some d is, which is one check at the end instead of
 * one per message.
 *
 * A public table may have 2^20 rows, so its rows are cheap: what does not depend on the bytes is put together once, the
 * row index only subtracts a constant from row to row, and limbs are multiplied as integers and reduced once.  The two
 * products of the running fraction remain. */
#include "proof/bus.h"

void gn_bus_challenges_draw(struct gn_bus_challenges *c, struct gn_transcript *t)
{
    fp6 drawn[2];
    gn_transcript_challenges(t, LABEL_BUS_CHALLENGES, drawn, 2);
    c->alpha = drawn[0];
    c->beta[0] = fp6_one();
    for (size_t j = 1; j <= AIR_MAX_ENTRIES; j++) {
        c->beta[j] = gn_fp6_mul(c->beta[j - 1], drawn[1]);
    }
}

struct fraction {
    fp6 p, q;
};

/* v + (negative ? -1 : 1) / d */
static void fraction_add(struct fraction *v, fp6 d, bool negative)
{
    fp6 p = gn_fp6_mul(v->p, d);
    v->p = negative ? fp6_sub(p, v->q) : fp6_add(p, v->q);
    v->q = gn_fp6_mul(v->q, d);
}

/* alpha - bus beta^J: the denominator before its entries */
static fp6 denominator_begin(const struct air_system *s, uint32_t bus, const struct gn_bus_challenges *c)
{
    return fp6_sub(c->alpha, fp6_mul_fp(c->beta[s->max_entries], fp_from_cell(bus)));
}

/* the entry's value on row 0, limbs aside */
static fp entry_constant(const struct air_entry *e, const struct air_statement *statement)
{
    switch (e->kind) {
    case AIR_ENTRY_CONST:
    case AIR_ENTRY_INDEX:
        return fp_from_u64(e->value);
    case AIR_ENTRY_PUBLIC:
        return fp_from_cell(statement->values[e->value]);
    default:
        return fp_zero();
    }
}

static void add_message(struct fraction *v, const struct air_system *s, const struct air_public_message *m,
                        const struct air_statement *statement, const struct gn_bus_challenges *c)
{
    fp6 d = denominator_begin(s, m->bus, c);
    for (uint32_t j = 0; j < s->buses[m->bus - 1].entries_n; j++) {
        d = fp6_sub(d, fp6_mul_fp(c->beta[j], entry_constant(&m->entries[j], statement)));
    }
    fraction_add(v, d, m->negative != 0);
}

/* A limb of a row: limb * weight is to be taken off the denominator.  The weight carries a factor 2^32, so that
 * fp_reduce(sum of limb * weight) is a Montgomery form: limbs are below 2^16 and at most 24, so the sum stays below
 * 2^52 < 2^32 p. */
struct limb {
    uint32_t at, bytes;
    fp6 weight;
};

static fp6 limbs_sum(const struct limb *limbs, uint32_t limbs_n, const uint8_t *row)
{
    uint64_t sum[6] = {0};
    for (uint32_t k = 0; k < limbs_n; k++) {
        const uint8_t *bytes = row + limbs[k].at;
        uint64_t x = limbs[k].bytes == 2 ? (uint64_t)(bytes[0] | bytes[1] << 8) : bytes[0];
        for (int i = 0; i < 6; i++) {
            sum[i] += x * limbs[k].weight.c[i].v;
        }
    }
    fp6 result;
    for (int i = 0; i < 6; i++) {
        result.c[i].v = fp_reduce(sum[i]);
    }
    return result;
}

static void add_table(struct fraction *v, const struct air_system *s, const struct air_public_table *t,
                      const struct air_public_bytes *bytes, const struct air_statement *statement,
                      const struct gn_bus_challenges *c)
{
    struct limb limbs[AIR_MAX_ENTRIES];
    uint32_t limbs_n = 0;
    fp6 fixed = denominator_begin(s, t->bus, c); /* of the current row, without its limbs */
    fp6 step = fp6_zero();                       /* what the next row takes off */
    for (uint32_t j = 0; j < s->buses[t->bus - 1].entries_n; j++) {
        const struct air_entry *e = &t->entries[j];
        fixed = fp6_sub(fixed, fp6_mul_fp(c->beta[j], entry_constant(e, statement)));
        if (e->kind == AIR_ENTRY_INDEX) {
            step = fp6_add(step, fp6_mul_fp(c->beta[j], fp_from_u64(e->step)));
        } else if (e->kind == AIR_ENTRY_LIMB) {
            limbs[limbs_n++] = (struct limb){e->value, e->step, fp6_mul_fp(c->beta[j], (fp){FP_R2})};
        }
    }
    for (size_t at = 0; at + t->row_bytes <= bytes->size; at += t->row_bytes) {
        fraction_add(v, fp6_sub(fixed, limbs_sum(limbs, limbs_n, bytes->data + at)), t->negative != 0);
        fixed = fp6_sub(fixed, step);
    }
}

bool gn_bus_public(fp6 *v_p, fp6 *v_q, const struct air_system *s, const struct air_statement *statement,
                   const struct gn_bus_challenges *c)
{
    struct fraction v = {fp6_zero(), fp6_one()};
    for (uint32_t i = 0; i < s->public_messages_n; i++) {
        add_message(&v, s, &s->public_messages[i], statement, c);
    }
    for (uint32_t i = 0; i < s->public_tables_n; i++) {
        add_table(&v, s, &s->public_tables[i], &statement->bytes[i], statement, c);
    }
    *v_p = v.p;
    *v_q = v.q;
    return !fp6_is_zero(v.q);
}
