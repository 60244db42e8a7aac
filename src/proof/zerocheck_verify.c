/* SPDX-License-Identifier: Apache-2.0 */
/* zerocheck_verify.c - the verifier's side of docs/protocol.md section 7; zerocheck_prove.c is the same steps.
 *
 * The claim: for random xi and lambda, the sum over all tables and rows of the batched constraints and bus terms is
 * what the bus left.  The skip round binds the low bits of a row at once (u), each later round one bit (r_i); at
 * the end the prover names every column's value at (u, r), and the sum must follow from them.  Whether the values are
 * those of the committed columns is for sections 8 to 11 to show.
 *
 * A round polynomial comes without its constant coefficient, which is what the running claim says it is.  All lengths
 * follow from the checked shape.  Freestanding; part of the trusted base. */
#include "air/eval.h"
#include "proof/zerocheck.h"

#define SKIP_COEFFICIENTS ((GN_SKIP_MAX - 1) * (AIR_MAX_DEGREE + 1))

/* What the steps hand on, beside the result. */
struct zerocheck {
    const struct gn_shape *shape;
    const struct gn_bus_challenges *challenges;
    struct gn_receiver *receiver;
    struct gn_scratch *scratch;
    struct gn_bus_result *bus;
    fp6 *sums; /* P_T and Q_T of the tables with interactions, in order */
    uint32_t sums_n;
    fp6 lambda, claim;
};

static bool has_bus(const struct gn_shape *shape, uint32_t table)
{
    return shape->heights[table] > 0 && shape->system->tables[table].interactions_n > 0;
}

static void *take(struct zerocheck *z, size_t n)
{
    void *x = gn_scratch_take(z->scratch, n, sizeof(fp6));
    if (x == NULL) {
        (void)gn_reject(z->receiver, GN_REJECT_SCRATCH);
    }
    return x;
}

/* 7.1 */
static void extend_point(struct zerocheck *z)
{
    unsigned n = z->shape->gkr_layers;
    if (z->shape->vmax > n) {
        gn_transcript_challenges(&z->receiver->transcript, LABEL_ZC_POINT, z->bus->xi + n, z->shape->vmax - n);
    }
}

/* 7.2 */
static bool receive_sums(struct zerocheck *z)
{
    for (uint32_t i = 0; i < z->shape->system->tables_n; i++) {
        z->sums_n += has_bus(z->shape, i) ? 2 : 0;
    }
    if (z->sums_n == 0) {
        return true;
    }
    z->sums = take(z, z->sums_n);
    if (z->sums == NULL || !gn_recv_exts(z->receiver, LABEL_ZC_SUMS, z->sums, z->sums_n)) {
        return false;
    }
    fp6 p = fp6_zero(), q = fp6_one();
    for (uint32_t i = 0; i < z->sums_n; i += 2) {
        p = fp6_add(p, z->sums[i]);
        q = fp6_add(q, z->sums[i + 1]);
    }
    if (!fp6_eq(p, z->bus->p) || !fp6_eq(q, z->bus->q)) {
        return gn_reject(z->receiver, GN_REJECT_TABLE_SUMS);
    }
    return true;
}

/* 7.3 */
static void draw_lambda(struct zerocheck *z)
{
    const struct gn_shape *shape = z->shape;
    const fp6 *sum = z->sums;
    fp6 power = fp6_one();
    z->lambda = gn_transcript_challenge(&z->receiver->transcript, LABEL_ZC_LAMBDA);
    z->claim = fp6_zero();
    for (uint32_t i = 0; i < shape->system->tables_n; i++) {
        if (shape->heights[i] == 0) {
            continue;
        }
        power = gn_fp6_mul(power, gn_fp6_pow(z->lambda, shape->system->tables[i].constraints_n));
        if (has_bus(shape, i)) { /* lambda^e Q_T + lambda^(e + 1) P_T */
            z->claim = fp6_add(z->claim, gn_fp6_mul(power, fp6_add(sum[1], gn_fp6_mul(z->lambda, sum[0]))));
            power = gn_fp6_mul(power, gn_fp6_square(z->lambda));
            sum += 2;
        }
    }
}

/* c[0] + c[1] x + ... + c[degree] x^degree */
static fp6 evaluate(const fp6 *c, unsigned degree, fp6 x)
{
    fp6 y = c[degree];
    for (unsigned i = degree; i-- > 0;) {
        y = fp6_add(gn_fp6_mul(y, x), c[i]);
    }
    return y;
}

/* 7.4 */
static bool skip_round(struct zerocheck *z, struct gn_zerocheck_result *out)
{
    size_t mark = z->scratch->used;
    fp6 *c = take(z, SKIP_COEFFICIENTS + 1);
    unsigned size = 1u << z->shape->skip_log2, top = (size - 1) * (z->shape->degree + 1);
    if (c == NULL || !gn_recv_exts(z->receiver, LABEL_ZC_SKIP, c + 1, top)) {
        return false;
    }
    c[0] = fp6_mul_fp(z->claim, gn_fp_inv(fp_from_cell(size)));
    for (unsigned k = size; k <= top; k += size) {
        c[0] = fp6_sub(c[0], c[k]);
    }
    out->u = gn_transcript_challenge(&z->receiver->transcript, LABEL_ZC_SKIP_CHALLENGE);
    z->claim = evaluate(c, top, out->u);
    z->scratch->used = mark;
    gn_skip_at(&out->skip, z->shape->skip_log2, out->u);
    return true;
}

/* 7.5 */
static bool rounds(struct zerocheck *z, struct gn_zerocheck_result *out)
{
    fp6 c[AIR_MAX_DEGREE + 2];
    unsigned top = z->shape->degree + 1;
    fp half = gn_fp_inv(fp_from_cell(2));
    for (unsigned i = z->shape->skip_log2; i < z->shape->vmax; i++) {
        if (!gn_recv_exts(z->receiver, LABEL_ZC_ROUND, c + 1, top)) {
            return false;
        }
        c[0] = z->claim;
        for (unsigned k = 1; k <= top; k++) {
            c[0] = fp6_sub(c[0], c[k]);
        }
        c[0] = fp6_mul_fp(c[0], half);
        out->r[i] = gn_transcript_challenge(&z->receiver->transcript, LABEL_ZC_CHALLENGE);
        z->claim = evaluate(c, top, out->r[i]);
    }
    return true;
}

/* 7.6: sent table by table; split into the claims of the two stacks, whose arrays the caller made */
static bool receive_claims(struct zerocheck *z, struct gn_zerocheck_result *out, fp6 *sent)
{
    const struct air_system *s = z->shape->system;
    if (!gn_recv_exts(z->receiver, LABEL_ZC_CLAIMS, sent, (size_t)out->main_n + out->pre_n)) {
        return false;
    }
    fp6 *to_main = out->main_claims, *to_pre = out->pre_claims;
    for (uint32_t i = 0; i < s->tables_n; i++) {
        uint32_t pre_n = s->tables[i].pre_n;
        for (uint32_t k = 0; k < z->shape->claims_n[i]; k++) {
            if (k < z->shape->claims_n[i] - pre_n) {
                *to_main++ = *sent++;
            } else {
                *to_pre++ = *sent++;
            }
        }
    }
    return true;
}

/* q of a message whose outputs are given */
static fp6 denominator(const struct zerocheck *z, const struct air_interaction *x, const fp6 *outputs)
{
    const struct gn_bus_challenges *c = z->challenges;
    fp6 q = fp6_sub(c->alpha, fp6_mul_fp(c->beta[z->shape->system->max_entries], fp_from_cell(x->bus)));
    for (uint32_t j = 0; j < x->entries_n; j++) {
        q = fp6_sub(q, gn_fp6_mul(c->beta[j], outputs[1 + j]));
    }
    return q;
}

/* The sum over the table's leaves of weight (lambda p + q - 1); bus: the outputs of its interactions. */
static fp6 bus_value(const struct zerocheck *z, const struct air_table *t, const fp6 *weights, const fp6 *bus)
{
    fp6 sum = fp6_zero();
    for (uint32_t k = 0; k < t->leaves_n; k++) {
        fp6 p = fp6_zero(), q = fp6_one();
        for (uint32_t i = 0; i < t->leaves[k].n; i++) {
            const struct air_interaction *x = &t->interactions[t->leaves[k].interactions[i]];
            const fp6 *outputs = bus + (x->first_output - t->constraints_n);
            fp6 d = denominator(z, x, outputs);
            p = fp6_add(gn_fp6_mul(p, d), gn_fp6_mul(q, outputs[0]));
            q = gn_fp6_mul(q, d);
        }
        fp6 value = fp6_sub(fp6_add(gn_fp6_mul(z->lambda, p), q), fp6_one());
        sum = fp6_add(sum, gn_fp6_mul(weights[k], value));
    }
    return sum;
}

/* 7.7: F_T(u, r) from the column values of table T, which begin at sent.  False: no scratch. */
static bool table_value(struct zerocheck *z, fp6 *value, uint32_t table, const struct gn_zerocheck_result *zc,
                        const fp6 *sent, const struct air_statement *statement, fp6 *lambda_at)
{
    const struct gn_shape *shape = z->shape;
    const struct air_table *t = &shape->system->tables[table];
    fp6 *coefficients = take(z, t->constraints_n), *temps = take(z, t->temps_n), *fixed = take(z, t->fixed_n);
    fp6 *bus = take(z, t->outputs_n - t->constraints_n), *leaf_weights = take(z, t->leaves_n);
    if (coefficients == NULL || temps == NULL || fixed == NULL || bus == NULL || leaf_weights == NULL) {
        return false;
    }
    for (uint32_t k = 0; k < t->fixed_n; k++) {
        fixed[k] = gn_fixed_at_point(&t->fixed[k], shape->v[table], zc->r, &zc->skip);
    }
    struct air_point point = {
        .committed = sent,
        .next = sent + t->committed_n,
        .pre = sent + t->committed_n + t->next_n,
        .fixed = fixed,
        .publics = statement->values,
    };
    fp6 scale, acc[AIR_GROUPS], weights[AIR_GROUPS];
    gn_zerocheck_coefficients(coefficients, &scale, t, z->lambda, lambda_at);
    gn_zerocheck_leaf_weights(leaf_weights, shape, table, z->bus->xi, scale);
    gn_zerocheck_weights(weights, shape, table, z->bus->xi, zc->r, &zc->skip);
    air_eval_point(acc, bus, t, &point, coefficients, temps);
    acc[AIR_ALL] = fp6_add(acc[AIR_ALL], bus_value(z, t, leaf_weights, bus));
    *value = fp6_zero();
    for (int g = 0; g < AIR_GROUPS; g++) {
        *value = fp6_add(*value, gn_fp6_mul(weights[g], acc[g]));
    }
    return true;
}

/* 7.7 */
static bool check_final(struct zerocheck *z, const struct gn_zerocheck_result *out, const fp6 *sent,
                        const struct air_statement *statement)
{
    const struct gn_shape *shape = z->shape;
    fp6 total = fp6_zero(), lambda_at = fp6_one();
    for (uint32_t i = 0; i < shape->system->tables_n; i++) {
        if (shape->heights[i] == 0) {
            continue;
        }
        fp6 value;
        size_t mark = z->scratch->used;
        if (!table_value(z, &value, i, out, sent, statement, &lambda_at)) {
            return false;
        }
        z->scratch->used = mark;
        for (unsigned k = shape->v[i]; k < shape->vmax; k++) {
            value = gn_fp6_mul(value, out->r[k]);
        }
        total = fp6_add(total, value);
        sent += shape->claims_n[i];
    }
    return fp6_eq(total, z->claim) || gn_reject(z->receiver, GN_REJECT_ZEROCHECK);
}

bool gn_zerocheck_verify(struct gn_zerocheck_result *out, const struct gn_shape *shape,
                         const struct air_statement *statement, const struct gn_bus_challenges *c,
                         struct gn_bus_result *bus, struct gn_receiver *r, struct gn_scratch *scratch)
{
    struct zerocheck z = {.shape = shape, .challenges = c, .receiver = r, .scratch = scratch, .bus = bus};
    *out = (struct gn_zerocheck_result){0};
    for (uint32_t i = 0; i < shape->system->tables_n; i++) {
        uint32_t pre_n = shape->heights[i] > 0 ? shape->system->tables[i].pre_n : 0;
        out->pre_n += pre_n;
        out->main_n += shape->claims_n[i] - pre_n;
    }
    out->main_claims = take(&z, out->main_n);
    out->pre_claims = take(&z, out->pre_n);
    size_t mark = scratch->used; /* what follows is given back */
    fp6 *sent = take(&z, (size_t)out->main_n + out->pre_n);
    if (out->main_claims == NULL || out->pre_claims == NULL || sent == NULL) {
        return false;
    }
    extend_point(&z);
    if (!receive_sums(&z)) {
        return false;
    }
    draw_lambda(&z);
    if (!skip_round(&z, out) || !rounds(&z, out) || !receive_claims(&z, out, sent) ||
        !check_final(&z, out, sent, statement)) {
        return false;
    }
    scratch->used = mark;
    return true;
}

/* each take also loses up to 63 bytes to alignment */
size_t gn_zerocheck_scratch(const struct air_system *s)
{
    size_t claims = 0, sums = 0, table = SKIP_COEFFICIENTS + 1;
    for (uint32_t i = 0; i < s->tables_n; i++) {
        const struct air_table *t = &s->tables[i];
        size_t own = (size_t)t->outputs_n + t->temps_n + t->fixed_n + t->leaves_n;
        claims += air_system_claims(s, i);
        sums += t->interactions_n > 0 ? 2 : 0;
        table = own > table ? own : table;
    }
    return (2 * claims + sums + table) * sizeof(fp6) + (size_t)9 * 64;
}
