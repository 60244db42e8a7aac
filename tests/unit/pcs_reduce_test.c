/* SPDX-License-Identifier: Apache-2.0 */
/* pcs_reduce_test.c - claim reduction against brute force: the claims are naive sums over rows, the prover's messages
 * are those of a sumcheck over tables of all weights and all cells, the verifier's closed forms accept exactly that,
 * and any altered value is refused. */
#include "unit/pcs_stack_fixture.h"

static struct gn_pool *two_threads;

static const uint32_t next_some[] = {0, 2};
static const uint32_t next_all[] = {0, 1, 2};
static const uint32_t next_last[] = {4};

/* Tables of a main stack: heights with one and with many pieces, absent tables, columns with and without next
 * claims. */
#define SMALL                                                                                          \
    {                                                                                                  \
        {13, 3, 2, next_some, 0, NULL}, {0, 5, 1, next_last, 0, NULL}, {27, 5, 1, next_last, 0, NULL}, \
        {100, 3, 3, next_all, 0, NULL}, {8, 2, 0, NULL, 0, NULL},      {1, 3, 2, next_some, 0, NULL},  \
        {40, 4, 2, next_some, 0, NULL},                                                                \
    }

static struct whir_params small_stack(unsigned h)
{
    return (struct whir_params){.m = (uint8_t)(h + 8), .k0 = 8, .mu0 = 1};
}

struct run {
    struct gn_buffer proof;
    struct gn_reduction out;
};

static void prove(struct run *run, struct stack_fixture *f)
{
    memset(run, 0, sizeof *run);
    struct gn_sender s = {.proof = &run->proof};
    stack_commit(f, &s);
    gn_arena_mark mark = gn_arena_get_mark(&f->arena);
    f->arena.peak = mark;
    assert_int_equal(gn_reduce_prove(&run->out, &f->commitment, &f->point, &s, &f->work), GN_OK);
    assert_int_equal(gn_arena_get_mark(&f->arena), mark);
    assert_true(f->arena.peak - mark <= gn_reduce_footprint(&f->layout));
    assert_false(run->proof.failed);
}

/* out may be NULL */
static enum gn_verdict verify(const struct stack_fixture *f, const struct gn_buffer *proof, struct gn_reduction *out)
{
    static unsigned char memory[1 << 16];
    static fp6 claims[1 << 12];
    struct gn_scratch scratch = {.base = memory, .size = gn_reduce_verify_scratch() + 2048};
    struct gn_receiver r = {.proof = proof->data, .size = proof->size};
    static struct gn_reduction reduced;
    struct pcs_opening o;
    assert_true(scratch.size <= sizeof memory);
    if (!stack_recv(f, &o, claims, &r, &scratch)) {
        return r.verdict;
    }
    size_t used = scratch.used;
    bool ok = gn_reduce_verify(&reduced, &o, &f->point, &r, &scratch);
    assert_int_equal(scratch.used, used);
    assert_int_equal(ok, r.verdict == GN_ACCEPT);
    if (ok && out != NULL) {
        *out = reduced;
    }
    return ok && r.at != r.size ? GN_REJECT_TRAILING : r.verdict;
}

/* ---- the slow prover: docs/protocol.md section 9, word for word ---- */

struct slow {
    fp6 *cells, *weights; /* [w 2^h + x] */
    size_t n;
};

static void slow_tables(struct slow *t, const struct stack_fixture *f, fp6 gamma)
{
    static struct slow_piece pieces[1 << 13];
    const struct pcs_layout *l = &f->layout;
    size_t pieces_n = slow_pieces(l, pieces), at = 0;
    t->n = (size_t)l->columns << l->h;
    t->cells = calloc(t->n, sizeof *t->cells);
    t->weights = calloc(t->n, sizeof *t->weights);
    for (size_t i = 0; i < pieces_n; i++) {
        const struct slow_piece *p = &pieces[i];
        const struct pcs_table *table = &l->tables[p->table];
        uint32_t k = 0, next_k = UINT32_MAX;
        for (uint32_t u = 0; u < p->table; u++) {
            k += gn_pcs_table_claims(l, u);
        }
        for (uint32_t u = 0; u < table->next_n; u++) {
            if (table->next[u] == p->column) {
                next_k = k + table->columns_n + u;
            }
        }
        for (uint32_t x = 0; x < 1u << p->a; x++, at++) {
            fp6 same, next;
            slow_weights(f, p->table, p->s + x, &same, &next);
            t->cells[at] = fp6_from_cell(f->cells[p->table][p->column][p->s + x]);
            t->weights[at] = gn_fp6_mul(gn_fp6_pow(gamma, k + p->column), same);
            if (next_k != UINT32_MAX) {
                t->weights[at] = fp6_add(t->weights[at], gn_fp6_mul(gn_fp6_pow(gamma, next_k), next));
            }
        }
    }
    if (!f->paged) {
        fp6 power = gn_fp6_pow(gamma, f->claims_n);
        for (size_t i = 0; i < t->n; i++) {
            fp6 e = gn_eq_bits(f->commitment.ood_point, i, l->h + l->w_log2);
            t->weights[i] = fp6_add(t->weights[i], gn_fp6_mul(power, e));
        }
    }
}

static void slow_round(fp6 c[3], const struct slow *t)
{
    c[0] = c[1] = c[2] = fp6_zero();
    for (size_t i = 0; i < t->n; i += 2) {
        fp6 v = t->cells[i], w = t->weights[i];
        fp6 dv = fp6_sub(t->cells[i + 1], v), dw = fp6_sub(t->weights[i + 1], w);
        c[0] = fp6_add(c[0], gn_fp6_mul(v, w));
        c[1] = fp6_add(c[1], fp6_add(gn_fp6_mul(v, dw), gn_fp6_mul(dv, w)));
        c[2] = fp6_add(c[2], gn_fp6_mul(dv, dw));
    }
}

static void slow_bind(struct slow *t, fp6 rho)
{
    t->n /= 2;
    for (size_t i = 0; i < t->n; i++) {
        fp6 dv = fp6_sub(t->cells[2 * i + 1], t->cells[2 * i]);
        fp6 dw = fp6_sub(t->weights[2 * i + 1], t->weights[2 * i]);
        t->cells[i] = fp6_add(t->cells[2 * i], gn_fp6_mul(rho, dv));
        t->weights[i] = fp6_add(t->weights[2 * i], gn_fp6_mul(rho, dw));
    }
}

/* s has the transcript as it was when the reduction began; appends what the prover should have sent */
static void slow_prove(const struct stack_fixture *f, struct gn_sender *s, struct gn_reduction *out)
{
    const struct pcs_layout *l = &f->layout;
    struct slow t;
    fp6 gamma = gn_transcript_challenge(&s->transcript, LABEL_RED_GAMMA);
    slow_tables(&t, f, gamma);
    fp6 claim = f->paged ? fp6_zero() : gn_fp6_mul(gn_fp6_pow(gamma, f->claims_n), f->commitment.ood_value);
    for (uint32_t k = 0; k < f->claims_n; k++) {
        claim = fp6_add(claim, gn_fp6_mul(gn_fp6_pow(gamma, k), f->claims[k]));
    }
    for (unsigned i = 0; i < l->h; i++) {
        fp6 c[3];
        slow_round(c, &t);
        fp6 sum = fp6_add(fp6_add(c[0], c[0]), fp6_add(c[1], c[2]));
        assert_true(fp6_eq(sum, claim)); /* the naive claims are the naive functionals */
        gn_send_exts(s, LABEL_RED_ROUND, c + 1, 2);
        out->rho[i] = gn_transcript_challenge(&s->transcript, LABEL_RED_CHALLENGE);
        claim = fp6_add(c[0], gn_fp6_mul(out->rho[i], fp6_add(c[1], gn_fp6_mul(out->rho[i], c[2]))));
        slow_bind(&t, out->rho[i]);
    }
    assert_int_equal(t.n, l->columns);
    gn_send_exts(s, LABEL_RED_VALUES, t.cells, t.n);
    fp6 theta[WHIR_MAX_VARS];
    if (l->w_log2 != 0) {
        gn_transcript_challenges(&s->transcript, LABEL_RED_THETA, theta, l->w_log2);
    }
    out->value = fp6_zero();
    for (size_t w = 0; w < t.n; w++) {
        out->weights[w] = gn_eq_bits(theta, w, l->w_log2);
        out->value = fp6_add(out->value, gn_fp6_mul(out->weights[w], t.cells[w]));
    }
    free(t.cells);
    free(t.weights);
}

static void assert_reductions_equal(const struct gn_reduction *a, const struct gn_reduction *b,
                                    const struct pcs_layout *l)
{
    assert_true(fp6_eq(a->value, b->value));
    for (unsigned i = 0; i < l->h; i++) {
        assert_true(fp6_eq(a->rho[i], b->rho[i]));
    }
    for (uint32_t w = 0; w < l->columns; w++) {
        assert_true(fp6_eq(a->weights[w], b->weights[w]));
    }
}

/* honest: accepted, equal to the slow prover, all three agree on what is left */
static void check_honest(struct stack_fixture *f)
{
    struct run run;
    prove(&run, f);
    struct gn_buffer slow_proof = {0};
    struct gn_sender s = {.proof = &slow_proof};
    static struct gn_reduction slow_out, verifier_out;
    stack_commit(f, &s);
    slow_prove(f, &s, &slow_out);
    assert_int_equal(slow_proof.size, run.proof.size);
    assert_memory_equal(slow_proof.data, run.proof.data, run.proof.size);
    assert_int_equal(verify(f, &run.proof, &verifier_out), GN_ACCEPT);
    assert_reductions_equal(&run.out, &slow_out, &f->layout);
    assert_reductions_equal(&run.out, &verifier_out, &f->layout);
    gn_buffer_free(&slow_proof);
    gn_buffer_free(&run.proof);
}

static void honest_main_stacks(void **state)
{
    (void)state;
    static const struct table_spec specs[] = SMALL;
    for (unsigned h = stack_skip_log2; h <= 10; h++) {
        struct whir_params p = small_stack(h);
        struct stack_fixture f;
        stack_init(&f, specs, 7, false, &p, h, NULL, gn_isa_best());
        check_honest(&f);
        stack_free(&f);
    }
}

static void honest_at_every_height(void **state)
{
    (void)state;
    for (uint32_t rows = 1; rows <= 260; rows += rows < 40 ? 1 : rows % 2 == 1 ? 16 : 15) {
        struct table_spec specs[] = {{rows, 3, 2, next_some, 0, NULL}, {rows + 1, 1, 0, NULL, 0, NULL}};
        struct whir_params p = small_stack(stack_skip_log2 + rows % 5);
        struct stack_fixture f;
        stack_init(&f, specs, 2, false, &p, rows, NULL, gn_isa_best());
        check_honest(&f);
        stack_free(&f);
    }
}

static void honest_single_columns(void **state)
{
    (void)state;
    struct table_spec specs[] = {{511, 1, 1, next_all, 0, NULL}};
    const unsigned h[] = {stack_skip_log2, 5, 9, 10};
    for (size_t i = 0; i < 4; i++) {
        struct whir_params p = small_stack(h[i]);
        struct stack_fixture f;
        stack_init(&f, specs, 1, false, &p, i, NULL, gn_isa_best());
        assert_true(i != 2 || f.layout.columns == 1);
        check_honest(&f);
        stack_free(&f);
    }
}

static const uint32_t pages_two[] = {1, 4};
static const uint32_t pages_all[] = {0, 1, 2};
static const uint32_t pages_many[] = {0, 3, 4, 15, 16, 17, 18};
#define PAGED                                  \
    {                                          \
        {5 * 256, 2, 0, NULL, 2, pages_two},   \
        {3 * 256, 1, 0, NULL, 3, pages_all},   \
        {2 * 256, 2, 0, NULL, 0, NULL},        \
        {19 * 256, 1, 0, NULL, 7, pages_many}, \
    }

static void honest_preprocessed_stacks(void **state)
{
    (void)state;
    static const struct table_spec specs[] = PAGED;
    for (unsigned h = 8; h <= 12; h++) {
        struct whir_params p = small_stack(h);
        struct stack_fixture f;
        stack_init(&f, specs, 4, true, &p, h, NULL, gn_isa_best());
        check_honest(&f);
        stack_free(&f);
    }
}

/* large enough that vectors are cut into tiles and chunks */
static void same_bytes_for_all_work(void **state)
{
    (void)state;
    static const struct table_spec specs[] = {
        {13000, 5, 1, next_last, 0, NULL}, {40000, 3, 3, next_all, 0, NULL}, {27, 3, 2, next_some, 0, NULL}};
    struct whir_params p = small_stack(13);
    static const enum gn_isa isas[] = {GN_ISA_SCALAR, GN_ISA_AVX2, GN_ISA_AVX512};
    struct run first;
    for (size_t i = 0; i < 6; i++) {
        struct stack_fixture f;
        struct run run;
        if (!gn_isa_supported(isas[i / 2])) {
            continue;
        }
        stack_init(&f, specs, 3, false, &p, 5, i % 2 == 0 ? NULL : two_threads, isas[i / 2]);
        prove(&run, &f);
        assert_int_equal(verify(&f, &run.proof, NULL), GN_ACCEPT);
        if (i == 0) {
            first = run;
        } else {
            assert_int_equal(run.proof.size, first.proof.size);
            assert_memory_equal(run.proof.data, first.proof.data, first.proof.size);
            gn_buffer_free(&run.proof);
        }
        stack_free(&f);
    }
    gn_buffer_free(&first.proof);
}

/* ---- lies ---- */

/* A prover that claims something else about honest columns, and runs the rest honestly. */
static void false_claims_are_refused(bool paged, const struct table_spec *specs, uint32_t n, unsigned h,
                                     enum gn_verdict verdict)
{
    struct whir_params p = small_stack(h);
    struct stack_fixture f;
    stack_init(&f, specs, n, paged, &p, 3, NULL, gn_isa_best());
    for (uint32_t k = 0; k < f.claims_n; k++) {
        struct run run;
        fp6 honest = f.claims[k];
        f.claims[k].c[k % 6] = fp_add(honest.c[k % 6], fp_one());
        prove(&run, &f);
        assert_int_equal(verify(&f, &run.proof, NULL), verdict);
        gn_buffer_free(&run.proof);
        f.claims[k] = honest;
    }
    stack_free(&f);
}

static void altered_claims(void **state)
{
    (void)state;
    static const struct table_spec specs[] = SMALL;
    static const struct table_spec paged[] = PAGED;
    false_claims_are_refused(false, specs, 7, stack_skip_log2 + 1,
                             GN_REJECT_REDUCTION); /* a column of the stack is no smaller than a piece */
    false_claims_are_refused(false, specs, 7, 7, GN_REJECT_REDUCTION);
    false_claims_are_refused(true, paged, 4, 10, GN_REJECT_PRE_REDUCTION);
}

/* Every element of the exchange changed on the way: out-of-domain value, claims, rounds, values. */
static void altered_messages(void **state)
{
    (void)state;
    static const struct table_spec specs[] = SMALL;
    struct whir_params p = small_stack(6);
    struct stack_fixture f;
    struct run run;
    stack_init(&f, specs, 7, false, &p, 4, NULL, gn_isa_best());
    prove(&run, &f);
    for (size_t at = GN_DIGEST_BYTES; at < run.proof.size; at += 4) {
        run.proof.data[at] ^= 1;
        enum gn_verdict v = verify(&f, &run.proof, NULL);
        assert_true(v == GN_REJECT_REDUCTION || v == GN_REJECT_NONCANONICAL);
        run.proof.data[at] ^= 1;
    }
    for (size_t size = 0; size < run.proof.size; size += 7) {
        struct gn_buffer cut = {.data = run.proof.data, .size = size};
        assert_int_equal(verify(&f, &cut, NULL), GN_REJECT_TRUNCATED);
    }
    assert_int_equal(verify(&f, &run.proof, NULL), GN_ACCEPT);
    gn_buffer_free(&run.proof);
    stack_free(&f);
}

/* The same for a preprocessed stack.  There a stack column may have no listed page; its value has weight 0 here and is
 * bound by the claim that is left. */
static void altered_preprocessed_messages(void **state)
{
    (void)state;
    static const struct table_spec specs[] = PAGED;
    struct whir_params p = small_stack(9);
    struct stack_fixture f;
    struct run run;
    stack_init(&f, specs, 4, true, &p, 4, NULL, gn_isa_best());
    prove(&run, &f);
    size_t values_at = run.proof.size - f.layout.columns * FP6_BYTES, unweighted = 0;
    for (size_t at = GN_DIGEST_BYTES; at < run.proof.size; at += 4) {
        static struct gn_reduction out;
        run.proof.data[at] ^= 1;
        enum gn_verdict v = verify(&f, &run.proof, &out);
        if (v == GN_ACCEPT) {
            assert_true(at >= values_at);
            assert_false(fp6_eq(out.value, run.out.value));
            unweighted++;
        } else {
            assert_true(v == GN_REJECT_PRE_REDUCTION || v == GN_REJECT_NONCANONICAL);
        }
        run.proof.data[at] ^= 1;
    }
    assert_true(unweighted > 0 && unweighted < f.layout.columns * 6);
    gn_buffer_free(&run.proof);
    stack_free(&f);
}

/* The claim that a piece begins afresh: a next claim computed without the cells to which the previous piece leads.  The
 * rows are 4, 2, 1 pieces. */
static void next_without_carry(void **state)
{
    (void)state;
    const struct table_spec specs[] = {{27u << (stack_skip_log2 - 3), 3, 3, next_all, 0, NULL}};
    for (unsigned h = stack_skip_log2; h <= stack_skip_log2 + 2; h++) {
        struct whir_params p = small_stack(h);
        struct stack_fixture f;
        struct run run;
        stack_init(&f, specs, 1, false, &p, 6, NULL, gn_isa_best());
        uint32_t height = f.tables[0].height;
        for (uint32_t x = 0; x < height; x += 1u << h) {
            fp6 weight = x == 0 ? fp6_zero() : slow_lambda(&f, f.tables[0].v, x - 1);
            f.claims[3] = fp6_sub(f.claims[3], fp6_mul_fp(weight, fp_from_cell(f.cells[0][0][x])));
        }
        prove(&run, &f);
        assert_int_equal(verify(&f, &run.proof, NULL), height > 1u << h ? GN_REJECT_REDUCTION : GN_ACCEPT);
        gn_buffer_free(&run.proof);
        stack_free(&f);
    }
}

/* next at the last committed row is 0 and does not wrap to row 0: column 1, 0, 0, ... has the next claim 0 */
static void next_does_not_wrap(void **state)
{
    (void)state;
    static const uint32_t rows[] = {8, 16, 40, 64, 104};
    for (size_t i = 0; i < 5; i++) {
        struct table_spec specs[] = {{rows[i], 1, 1, next_all, 0, NULL}};
        struct whir_params p = small_stack(stack_skip_log2 + 1);
        struct stack_fixture f;
        struct run run;
        stack_init(&f, specs, 1, false, &p, i, NULL, gn_isa_best());
        uint32_t *cells = (uint32_t *)(uintptr_t)f.cells[0][0];
        memset(cells, 0, f.tables[0].height * sizeof *cells);
        cells[0] = 1;
        f.claims[0] = f.point.skip.low[0];
        for (unsigned v = stack_skip_log2; v < f.tables[0].v; v++) {
            f.claims[0] = gn_fp6_mul(f.claims[0], fp6_sub(fp6_one(), f.r[v]));
        }
        f.claims[1] = fp6_zero();
        prove(&run, &f);
        assert_int_equal(verify(&f, &run.proof, NULL), GN_ACCEPT);
        gn_buffer_free(&run.proof);
        stack_free(&f);
    }
}

static void too_little_scratch(void **state)
{
    (void)state;
    static const struct table_spec specs[] = SMALL;
    struct whir_params p = small_stack(5);
    struct stack_fixture f;
    stack_init(&f, specs, 7, false, &p, 9, NULL, gn_isa_best());
    unsigned char memory[256];
    struct gn_scratch scratch = {.base = memory, .size = sizeof memory};
    struct gn_receiver r = {0};
    struct gn_reduction out;
    struct pcs_opening o = {.layout = &f.layout};
    gn_transcript_init(&r.transcript);
    assert_false(gn_reduce_verify(&out, &o, &f.point, &r, &scratch));
    assert_int_equal(r.verdict, GN_REJECT_SCRATCH);
    stack_free(&f);
}

static int setup(void **state)
{
    (void)state;
    return gn_pool_create(&two_threads, 2, NULL) == GN_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    gn_pool_destroy(two_threads);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_main_stacks),      cmocka_unit_test(honest_at_every_height),
        cmocka_unit_test(honest_single_columns),   cmocka_unit_test(honest_preprocessed_stacks),
        cmocka_unit_test(same_bytes_for_all_work), cmocka_unit_test(altered_claims),
        cmocka_unit_test(altered_messages),        cmocka_unit_test(altered_preprocessed_messages),
        cmocka_unit_test(next_without_carry),      cmocka_unit_test(next_does_not_wrap),
        cmocka_unit_test(too_little_scratch),
    };
    int failed = cmocka_run_group_tests(tests, setup, teardown);
    stack_skip_log2 = GN_SKIP_MAX_LOG2;
    return failed + cmocka_run_group_tests(tests, setup, teardown);
}
