/* SPDX-License-Identifier: Apache-2.0 */
/* bus_verify.c - the bus balances: docs/protocol.md section 6.  bus_prove.c is the mirror.
 *
 * GKR for a tree of fraction additions (Papini, Haboeck, "Improving logarithmic derivative lookups using GKR", eprint
 * 2023/1284): from claims on one layer to claims on the next by one sumcheck, down to claims (P, Q) on the leaves,
 * which the zerocheck answers for.  Reductions that carry the soundness: the product of the denominators is not zero
 * (else 0/0 would equal anything), every challenge is drawn after the message that it tests, and the number of layers
 * comes from the checked shape.  N <= 33: the slots of all blocks are at most twice the messages, fewer than 2^31 by
 * 3.4, plus 8 for every interaction of the machine; so xi has room. */
#include "proof/bus.h"

#include "base/mem.h"

/* h(0), from (1 - a) h(0) + a h(1) = claim */
static fp6 round_constant(fp6 claim, fp6 a, const fp6 c[2])
{
    return fp6_sub(claim, gn_fp6_mul(a, fp6_add(c[0], c[1])));
}

static fp6 on_line(fp6 at_0, fp6 at_1, fp6 mu)
{
    return fp6_add(at_0, gn_fp6_mul(mu, fp6_sub(at_1, at_0)));
}

/* 6.4 step 3: from claims on layer k at out->xi[0 .. k) to claims on layer k + 1 */
static bool verify_layer(struct gn_bus_result *out, unsigned k, struct gn_receiver *r)
{
    fp6 rho[GN_MAX_VARIABLES], c[2], node[4]; /* node: p_0, p_1, q_0, q_1 */
    fp6 lambda = gn_transcript_challenge(&r->transcript, LABEL_GKR_LAMBDA);
    fp6 claim = fp6_add(out->p, gn_fp6_mul(lambda, out->q));
    for (unsigned i = 0; i < k; i++) {
        if (!gn_recv_exts(r, LABEL_GKR_ROUND, c, 2)) {
            return false;
        }
        rho[i] = gn_transcript_challenge(&r->transcript, LABEL_GKR_CHALLENGE);
        fp6 tail = gn_fp6_mul(rho[i], fp6_add(c[0], gn_fp6_mul(rho[i], c[1])));
        claim = fp6_add(round_constant(claim, out->xi[i], c), tail);
    }
    if (!gn_recv_exts(r, LABEL_GKR_CLAIMS, node, 4)) {
        return false;
    }
    fp6 sum = fp6_add(gn_fp6_mul(node[0], node[3]), gn_fp6_mul(node[1], node[2]));
    fp6 product = gn_fp6_mul(node[2], node[3]);
    if (!fp6_eq(fp6_add(sum, gn_fp6_mul(lambda, product)), claim)) {
        return gn_reject(r, GN_REJECT_GKR);
    }
    out->xi[0] = gn_transcript_challenge(&r->transcript, LABEL_GKR_MU);
    memcpy(out->xi + 1, rho, k * sizeof *rho);
    out->p = on_line(node[0], node[1], out->xi[0]);
    out->q = on_line(node[2], node[3], out->xi[0]);
    return true;
}

bool gn_bus_verify(struct gn_bus_result *out, const struct gn_shape *shape, const struct air_statement *statement,
                   const struct gn_bus_challenges *c, struct gn_receiver *r)
{
    fp6 v_p, v_q, root[4]; /* root: p(0), p(1), q(0), q(1) of layer 1 */
    out->p = fp6_zero();   /* without interactions these claims hold for the empty sum */
    out->q = fp6_one();

    /* 6.2 public part */
    if (!gn_bus_public(&v_p, &v_q, shape->system, statement, c)) {
        return gn_reject(r, GN_REJECT_PUBLIC_ZERO);
    }
    /* 6.3 no interactions */
    if (shape->gkr_layers == 0) {
        return fp6_is_zero(v_p) || gn_reject(r, GN_REJECT_BUS_SUM);
    }
    /* 6.4 layers */
    if (!gn_recv_exts(r, LABEL_GKR_ROOT, root, 4)) {
        return false;
    }
    fp6 p = fp6_add(gn_fp6_mul(root[0], root[3]), gn_fp6_mul(root[1], root[2]));
    fp6 q = gn_fp6_mul(root[2], root[3]);
    if (fp6_is_zero(q)) {
        return gn_reject(r, GN_REJECT_GKR_ZERO);
    }
    if (!fp6_is_zero(fp6_add(gn_fp6_mul(p, v_q), gn_fp6_mul(q, v_p)))) {
        return gn_reject(r, GN_REJECT_BUS_SUM);
    }
    out->xi[0] = gn_transcript_challenge(&r->transcript, LABEL_GKR_MU);
    out->p = on_line(root[0], root[1], out->xi[0]);
    out->q = on_line(root[2], root[3], out->xi[0]);
    for (unsigned k = 1; k < shape->gkr_layers; k++) {
        if (!verify_layer(out, k, r)) {
            return false;
        }
    }
    return true;
}
