/* SPDX-License-Identifier: Apache-2.0 */
/* input.c - limits and consistency of an input. */
#include "svm/input.h"

#include <inttypes.h>
#include <string.h>

const char *const gn_svm_loaders[4] = {NULL, "BPFLoader1111111111111111111111111111111111",
                                       "BPFLoader2111111111111111111111111111111111",
                                       "BPFLoaderUpgradeab1e11111111111111111111111"};

const char *gn_svm_sysvar_name(enum gn_sol_sysvar s)
{
    static const char *const names[GN_SOL_SYSVARS] = {
        "clock", "rent", "epoch_schedule", "epoch_rewards", "last_restart_slot", "slot_hashes", "stake_history"};
    return (unsigned)s < GN_SOL_SYSVARS ? names[s] : "?";
}

struct svm_input gn_svm_input_default(void)
{
    return (struct svm_input){.loader = 3, .budget = 200000, .heap = GN_SOL_HEAP_MIN};
}

size_t gn_svm_input_first(const struct svm_input *in, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (gn_svm_key_equal(&in->accounts[j].key, &in->accounts[i].key)) {
            return j;
        }
    }
    return i;
}

static bool bytes_equal(struct svm_bytes a, struct svm_bytes b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.data, b.data, a.n) == 0);
}

static enum gn_status check_accounts(const struct svm_input *in, struct gn_error *err)
{
    if (in->accounts_n > GN_SOL_METAS_MAX) {
        return gn_fail(err, GN_BAD_INPUT, "accounts: %zu, more than %d", in->accounts_n, GN_SOL_METAS_MAX);
    }
    for (size_t i = 0; i < in->accounts_n; i++) {
        const struct svm_account *a = &in->accounts[i], *b = &in->accounts[gn_svm_input_first(in, i)];
        if (a->data.n > GN_SOL_ACCOUNT_DATA_MAX) {
            return gn_fail(err, GN_BAD_INPUT, "accounts[%zu].data: %zu bytes, more than %d", i, a->data.n,
                           GN_SOL_ACCOUNT_DATA_MAX);
        }
        if (!gn_svm_key_equal(&a->owner, &b->owner) || a->lamports != b->lamports || a->rent_epoch != b->rent_epoch ||
            a->executable != b->executable || !bytes_equal(a->data, b->data)) {
            return gn_fail(err, GN_BAD_INPUT, "accounts[%zu]: same address as accounts[%td], but not the same account",
                           i, b - in->accounts);
        }
    }
    return GN_OK;
}

static enum gn_status check_environment(const struct svm_input *in, struct gn_error *err)
{
    for (unsigned i = 0; i < GN_SOL_SYSVARS; i++) {
        if (in->sysvar_exists[i] && in->sysvars[i].n > SVM_SYSVAR_MAX) {
            return gn_fail(err, GN_BAD_INPUT, "sysvar %s: %zu bytes, more than %d",
                           gn_svm_sysvar_name((enum gn_sol_sysvar)i), in->sysvars[i].n, SVM_SYSVAR_MAX);
        }
    }
    if (in->stakes_n > SVM_STAKES_MAX) {
        return gn_fail(err, GN_BAD_INPUT, "epoch_stakes: %zu, more than %d", in->stakes_n, SVM_STAKES_MAX);
    }
    if (in->siblings_n > SVM_SIBLINGS_MAX) {
        return gn_fail(err, GN_BAD_INPUT, "siblings: %zu, more than %d", in->siblings_n, SVM_SIBLINGS_MAX);
    }
    for (size_t i = 0; i < in->siblings_n; i++) {
        if (in->siblings[i].metas_n > GN_SOL_METAS_MAX || in->siblings[i].data.n > GN_SOL_INSTRUCTION_DATA_MAX) {
            return gn_fail(err, GN_BAD_INPUT, "siblings[%zu]: more than %d accounts or %d bytes of data", i,
                           GN_SOL_METAS_MAX, GN_SOL_INSTRUCTION_DATA_MAX);
        }
    }
    return GN_OK;
}

enum gn_status gn_svm_input_check(const struct svm_input *in, struct gn_error *err)
{
    if (in->program.n > SVM_PROGRAM_MAX) {
        return gn_fail(err, GN_BAD_INPUT, "program: %zu bytes, more than %d", in->program.n, SVM_PROGRAM_MAX);
    }
    if (in->data.n > GN_SOL_INSTRUCTION_DATA_MAX) {
        return gn_fail(err, GN_BAD_INPUT, "instruction_data: %zu bytes, more than %d", in->data.n,
                       GN_SOL_INSTRUCTION_DATA_MAX);
    }
    if (in->loader < 1 || in->loader > 3) {
        return gn_fail(err, GN_BAD_INPUT, "loader: %" PRIu32 " is none of 1, 2, 3", in->loader);
    }
    if ((in->features & ~(uint64_t)GN_SOL_VASA) != 0) {
        return gn_fail(err, GN_BAD_INPUT, "features: unknown bits 0x%" PRIx64, in->features & ~(uint64_t)GN_SOL_VASA);
    }
    if (in->budget > GN_SOL_BUDGET_MAX) {
        return gn_fail(err, GN_BAD_INPUT, "compute_budget: %" PRIu64 ", more than %" PRIu64, in->budget,
                       GN_SOL_BUDGET_MAX);
    }
    if (in->heap < GN_SOL_HEAP_MIN || in->heap > GN_SOL_HEAP_MAX || in->heap % 1024 != 0) {
        return gn_fail(err, GN_BAD_INPUT, "heap_size: %" PRIu64 " is no multiple of 1024 from %d to %d", in->heap,
                       GN_SOL_HEAP_MIN, GN_SOL_HEAP_MAX);
    }
    if (in->resized < -GN_SOL_RESIZE_MAX || in->resized > GN_SOL_RESIZE_MAX) {
        return gn_fail(err, GN_BAD_INPUT, "resized: %" PRId64 ", beyond %d", in->resized, GN_SOL_RESIZE_MAX);
    }
    enum gn_status status = check_accounts(in, err);
    return status != GN_OK ? status : check_environment(in, err);
}
