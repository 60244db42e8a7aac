/* SPDX-License-Identifier: Apache-2.0 */
/* transaction.c - what a transaction does around its instructions, as far as a recorded case shows it: fee, meter, siblings, growth, rent, rolling back. */
#include <string.h>

#include "base/bytes.h"
#include "svm/case.h"

enum { BUILTIN_UNITS = 150, ACCOUNT_OVERHEAD = 128 };

struct transaction {
    const struct svm_case *c;
    struct svm_outcome *out;
    struct gn_arena *arena;
    struct gn_error *err;
    uint64_t meter;
    int64_t resized;
    struct svm_sibling siblings[SVM_CASE_INSTRUCTIONS_MAX]; /* from the end: latest first */
    size_t siblings_n;
};

static void *allocate(struct transaction *t, size_t n, size_t size)
{
    void *p = gn_arena_zalloc(t->arena, n * size + 1);
    if (p == NULL) {
        (void)gn_fail(t->err, GN_NO_MEMORY, "no memory for a transaction");
    }
    return p;
}

static bool add_sibling(struct transaction *t, const struct svm_case_instruction *in)
{
    struct svm_meta *metas = allocate(t, in->accounts_n, sizeof *metas);
    for (size_t i = 0; metas != NULL && i < in->accounts_n; i++) {
        const struct svm_account *a = &t->out->after[in->accounts[i]].a;
        metas[i] = (struct svm_meta){.key = a->key, .signer = a->signer, .writable = a->writable};
    }
    t->siblings_n++;
    t->siblings[SVM_CASE_INSTRUCTIONS_MAX - t->siblings_n] =
        (struct svm_sibling){.program = in->program, .metas = metas, .metas_n = in->accounts_n, .data = in->data};
    return metas != NULL;
}

static bool make_input(struct transaction *t, const struct svm_case_instruction *in, struct svm_input *input)
{
    const struct svm_case *c = t->c;
    struct svm_account *accounts = allocate(t, in->accounts_n, sizeof *accounts);
    for (size_t i = 0; accounts != NULL && i < in->accounts_n; i++) {
        accounts[i] = t->out->after[in->accounts[i]].a;
    }
    *input = (struct svm_input){
        .accounts = accounts,
        .accounts_n = in->accounts_n,
        .data = in->data,
        .program_id = in->program,
        .loader = in->loader,
        .features = c->vasa ? GN_SOL_VASA : 0,
        .budget = t->meter,
        .heap = c->heap,
        .resized = t->resized,
        .siblings = t->siblings + SVM_CASE_INSTRUCTIONS_MAX - t->siblings_n,
        .siblings_n = t->siblings_n,
    };
    memcpy(input->sysvar_exists, c->sysvar_exists, sizeof input->sysvar_exists);
    memcpy(input->sysvars, c->sysvars, sizeof input->sysvars);
    return accounts != NULL;
}

static void take_account(struct transaction *t, const struct svm_statement_account *a)
{
    for (size_t i = 0; i < t->c->accounts_n; i++) {
        struct svm_case_account *mine = &t->out->after[i];
        if (a->changed && gn_svm_key_equal(&mine->a.key, &a->key)) {
            t->resized += (int64_t)a->after.data.n - (int64_t)mine->a.data.n;
            mine->a.owner = a->after.owner;
            mine->a.lamports = a->after.lamports;
            mine->a.data = a->after.data;
            mine->missing = a->after.lamports == 0;
        }
    }
}

static enum gn_status run_program(struct transaction *t, size_t index, svm_run *run, void *ctx)
{
    const struct svm_case_instruction *in = &t->c->instructions[index];
    struct svm_input input;
    struct svm_statement s;
    if (!make_input(t, in, &input)) {
        return GN_NO_MEMORY;
    }
    enum gn_status status = gn_svm_input_check(&input, t->err);
    if (status == GN_OK) {
        status = run(ctx, &input, in->elf, &s, t->arena, t->err);
    }
    if (status != GN_OK) {
        return status;
    }
    gn_svm_log_instruction(&t->out->log, &s);
    t->meter -= s.charged < t->meter ? s.charged : t->meter;
    t->out->has_return = true;
    t->out->return_program = s.return_data.n > 0 ? s.return_program : in->program;
    t->out->return_data = s.return_data;
    t->out->ok = s.success;
    t->out->index = index;
    t->out->error = s.error;
    t->out->custom = s.custom;
    for (size_t i = 0; i < s.accounts_n; i++) {
        take_account(t, &s.accounts[i]);
    }
    return GN_OK;
}

static void run_compute_budget(struct transaction *t, size_t index)
{
    char program[SVM_KEY_TEXT];
    gn_svm_key_text(program, &t->c->instructions[index].program);
    gn_svm_log_add(&t->out->log, "Program %s invoke [1]", program);
    t->out->ok = t->meter >= BUILTIN_UNITS;
    t->meter -= t->out->ok ? BUILTIN_UNITS : t->meter;
    if (t->out->ok) {
        gn_svm_log_add(&t->out->log, "Program %s success", program);
    } else {
        gn_svm_log_add(&t->out->log, "Program %s failed: Computational budget exceeded", program);
    }
    t->out->index = index;
    t->out->error = GN_SOL_ERROR_COMPUTATIONAL_BUDGET_EXCEEDED;
    t->out->has_return = true;
    t->out->return_program = t->c->instructions[index].program;
    t->out->return_data = (struct svm_bytes){0};
}

/* what an account of n bytes needs so that no rent is due; the sysvar: u64 lamports per byte and year, f64 years, u8 */
static double exempt_minimum(const struct svm_case *c, size_t n)
{
    const struct svm_bytes rent = c->sysvars[GN_SOL_RENT];
    double years;
    if (!c->sysvar_exists[GN_SOL_RENT] || rent.n < 17) {
        return 0;
    }
    uint64_t bits = load_le64(rent.data + 8);
    memcpy(&years, &bits, sizeof years);
    return (double)((ACCOUNT_OVERHEAD + n) * load_le64(rent.data)) * years;
}

/* An account may not become rent paying: one that is afterwards must have been there with no more lamports, at least as large, and of the same owner (SIMD-0392).
 * What the incinerator has is burned. */
static bool rent_good(const struct svm_case *c, const struct svm_account *before, const struct svm_account *after)
{
    bool exempt = after->lamports == 0 || (double)after->lamports >= exempt_minimum(c, after->data.n);
    return exempt || gn_svm_key_is(&after->key, "1nc1nerator11111111111111111111111111111111") ||
           (before->lamports > 0 && gn_svm_key_equal(&before->owner, &after->owner) &&
            after->data.n <= before->data.n && after->lamports >= before->lamports);
}

static void check_rent(struct transaction *t)
{
    for (size_t i = 0; i < t->c->accounts_n; i++) {
        const struct svm_case_account *before = &t->c->accounts[i];
        if (before->in_message && before->a.writable && !rent_good(t->c, &before->a, &t->out->after[i].a)) {
            t->out->ok = false;
            t->out->rent_failure = true;
            t->out->index = i;
            return;
        }
    }
}

static enum gn_status run_instructions(struct transaction *t, svm_run *run, void *ctx)
{
    for (size_t i = 0; i < t->c->instructions_n && t->out->ok; i++) {
        if (t->c->instructions[i].compute_budget) {
            run_compute_budget(t, i);
        } else {
            enum gn_status status = run_program(t, i, run, ctx);
            if (status != GN_OK) {
                return status;
            }
        }
        if (!add_sibling(t, &t->c->instructions[i])) {
            return GN_NO_MEMORY;
        }
    }
    return GN_OK;
}

enum gn_status gn_svm_case_run(struct svm_outcome *out, const struct svm_case *c, struct gn_arena *arena, svm_run *run,
                               void *run_ctx, struct gn_error *err)
{
    struct gn_error own = {.status = GN_INTERNAL};
    struct transaction t = {.c = c, .out = out, .arena = arena, .err = err != NULL ? err : &own, .meter = c->budget};
    *out = (struct svm_outcome){.ok = true};
    const char *obstacle = gn_svm_case_obstacle(c);
    if (obstacle != NULL) {
        return gn_fail(err, GN_LIMIT, "case %.100s cannot be executed: %s", c->name, obstacle);
    }
    out->after = allocate(&t, c->accounts_n, sizeof *out->after);
    if (out->after == NULL) {
        return GN_NO_MEMORY;
    }
    memcpy(out->after, c->accounts, c->accounts_n * sizeof *out->after);
    out->after[c->fee_payer].a.lamports -= c->fee;
    enum gn_status status = run_instructions(&t, run, run_ctx);
    if (status != GN_OK) {
        return status;
    }
    out->units = c->budget - t.meter;
    if (out->ok) {
        check_rent(&t);
    }
    if (!out->ok) { /* all but the fee is taken back */
        memcpy(out->after, c->accounts, c->accounts_n * sizeof *out->after);
        out->after[c->fee_payer].a.lamports -= c->fee;
    }
    return gn_svm_log_failed(&out->log) ? gn_fail(err, GN_NO_MEMORY, "no memory for log lines") : GN_OK;
}
