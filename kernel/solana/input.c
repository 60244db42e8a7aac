/* SPDX-License-Identifier: Apache-2.0 */
/* input.c - the kernel input: what a hostile host may not say.
 *
 * Everything read here goes into the statement.  Checked is what the rest of the kernel, or a reader of the statement, takes for granted: limits, the order of metas, that an account
 * occurs once.  That the first sections end in the input needs no check: behind it there is no memory to read. */
#include "kernel.h"

#define CHECK(condition)                               \
    do {                                               \
        if (!(condition)) {                            \
            machine_stop(GN_SOL_STOP_INPUT, __LINE__); \
        }                                              \
    } while (0)

/* the bytes behind the n-th in its word are 0 */
static bool padding_is_zero(const void *bytes, uint64_t n)
{
    return n % 8 == 0 || ((const uint64_t *)bytes)[n / 8] >> (8 * (n % 8)) == 0;
}

static void check_header(const struct kernel *k)
{
    const struct gn_sol_input *in = k->in;
    CHECK(in->magic == GN_SOL_INPUT_MAGIC && k->program->magic == GN_SOL_DESCRIPTION_MAGIC);
    if (in->flags != k->program->flags) {
        machine_stop(GN_SOL_STOP_MODE, in->flags);
    }
    CHECK(in->loader - 1 < 3);
    CHECK(in->budget <= GN_SOL_BUDGET_MAX);
    CHECK(in->heap - GN_SOL_HEAP_MIN <= GN_SOL_HEAP_MAX - GN_SOL_HEAP_MIN && in->heap % 1024 == 0);
    CHECK(in->resized <= GN_SOL_RESIZE_MAX && in->resized >= -GN_SOL_RESIZE_MAX);
    CHECK(in->metas_n <= GN_SOL_METAS_MAX && in->accounts_n <= in->metas_n);
    CHECK(in->data_n <= GN_SOL_INSTRUCTION_DATA_MAX);
}

/* Metas name accounts in the order in which they first occur. */
static void read_metas(struct kernel *k)
{
    uint64_t seen = 0;
    for (uint64_t i = 0; i < k->in->metas_n; i++) {
        CHECK(k->metas[i] <= seen);
        if (k->metas[i] == seen) {
            k->accounts[seen++].meta = i;
        }
    }
    CHECK(seen == k->in->accounts_n);
}

static const uint8_t *read_account(struct kernel *k, uint64_t i, const struct gn_sol_account *a)
{
    CHECK(a->flags < 16 && a->data_n <= GN_SOL_ACCOUNT_DATA_MAX && padding_is_zero(a + 1, a->data_n));
    for (uint64_t j = 0; j < i; j++) {
        CHECK(!key_equal(a->key, k->accounts[j].before->key));
    }
    struct account *account = &k->accounts[i];
    account->before = a;
    account->writable = (a->flags & GN_SOL_WRITABLE) != 0;
    account->owned = key_equal(a->owner, k->in->program);
    return (const uint8_t *)(a + 1) + padded(a->data_n);
}

void input_read(struct kernel *k)
{
    k->in = KERNEL_INPUT;
    k->program = KERNEL_DESCRIPTION;
    check_header(k);
    k->sites = (const uint8_t *)(k->program + 1);
    k->text = machine_at(k->program->text);
    k->vasa = (k->program->flags & GN_SOL_VASA) != 0;
    k->gaps = k->program->version == 0 && !k->vasa;
    k->moves_r10 = k->program->version - 1 < 2;
    k->resized = k->in->resized;
    k->metas = (const uint64_t *)(k->in + 1);
    read_metas(k);
    const uint8_t *next = (const uint8_t *)(k->metas + k->in->metas_n);
    for (uint64_t i = 0; i < k->in->accounts_n; i++) {
        next = read_account(k, i, (const void *)next);
    }
    k->data = next;
    CHECK(padding_is_zero(next, k->in->data_n));
}

/* ---- sections that are looked at when the program asks ----
 *
 * The input never changes, and no memory that can change may be taken for it: the program might be told two things, of which the statement says one. */
const void *input_at(const struct kernel *k, uint64_t offset)
{
    CHECK(offset % 8 == 0 && offset <= KERNEL_INPUT_BYTES);
    return (const uint8_t *)k->in + offset;
}

const uint64_t *input_sysvar(const struct kernel *k, enum gn_sol_sysvar which)
{
    uint64_t offset = k->in->sysvars_at;
    for (unsigned i = 0;; i++) {
        const uint64_t *at = input_at(k, offset);
        CHECK(at[0] == GN_SOL_ABSENT || at[0] <= KERNEL_INPUT_BYTES);
        if (i == (unsigned)which) {
            return at;
        }
        offset += at[0] == GN_SOL_ABSENT ? 8 : 8 + padded(at[0]);
    }
}

const struct gn_sol_sibling *input_sibling(const struct kernel *k, uint64_t index)
{
    uint64_t offset = k->in->siblings_at;
    if (index >= k->in->siblings_n) {
        return NULL;
    }
    for (;; index--) {
        const struct gn_sol_sibling *s = input_at(k, offset);
        CHECK(s->metas_n <= GN_SOL_METAS_MAX && s->data_n <= GN_SOL_INSTRUCTION_DATA_MAX);
        if (index == 0) {
            return s;
        }
        offset += sizeof *s + s->metas_n * sizeof(struct gn_sol_sibling_meta) + padded(s->data_n);
    }
}
