/* SPDX-License-Identifier: Apache-2.0 */
#include "svm/kernel_input.h"

#include <string.h>

#include "base/bytes.h"

static void word(struct gn_buffer *out, uint64_t v)
{
    uint8_t bytes[8];
    store_le64(bytes, v);
    gn_buffer_append(out, bytes, sizeof bytes);
}

static void key(struct gn_buffer *out, const struct svm_key *k)
{
    gn_buffer_append(out, k->b, sizeof k->b);
}

static void padded(struct gn_buffer *out, struct svm_bytes b)
{
    static const uint8_t zeros[8] = {0};
    gn_buffer_append(out, b.data, b.n);
    gn_buffer_append(out, zeros, -b.n % 8);
}

static uint64_t privileges(bool signer, bool writable)
{
    return (signer ? GN_SOL_SIGNER : 0u) | (writable ? GN_SOL_WRITABLE : 0u);
}

/* number[i]: account of meta i; returns how many accounts there are */
static size_t number_accounts(const struct svm_input *in, uint64_t number[GN_SOL_METAS_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < in->accounts_n; i++) {
        size_t first = gn_svm_input_first(in, i);
        number[i] = first == i ? n++ : number[first];
    }
    return n;
}

/* flags of the account that begins at meta i: privileges of all its metas */
static uint64_t account_flags(const struct svm_input *in, size_t i, bool by_hash)
{
    uint64_t flags = (in->accounts[i].executable ? GN_SOL_EXECUTABLE : 0u) | (by_hash ? GN_SOL_BY_HASH : 0u);
    for (size_t j = i; j < in->accounts_n; j++) {
        if (gn_svm_input_first(in, j) == i) {
            flags |= privileges(in->accounts[j].signer, in->accounts[j].writable);
        }
    }
    return flags;
}

static void put_account(struct gn_buffer *out, const struct svm_account *a, uint64_t flags)
{
    word(out, flags);
    word(out, a->rent_epoch);
    key(out, &a->key);
    key(out, &a->owner);
    word(out, a->lamports);
    word(out, a->data.n);
    padded(out, a->data);
}

static void put_sysvars(struct gn_buffer *out, const struct svm_input *in)
{
    for (unsigned i = 0; i < GN_SOL_SYSVARS; i++) {
        word(out, in->sysvar_exists[i] ? in->sysvars[i].n : GN_SOL_ABSENT);
        padded(out, in->sysvar_exists[i] ? in->sysvars[i] : (struct svm_bytes){0});
    }
}

static void put_sibling(struct gn_buffer *out, const struct svm_sibling *s)
{
    key(out, &s->program);
    word(out, s->metas_n);
    word(out, s->data.n);
    for (size_t i = 0; i < s->metas_n; i++) {
        key(out, &s->metas[i].key);
        word(out, privileges(s->metas[i].signer, s->metas[i].writable));
    }
    padded(out, s->data);
}

/* bytes that a sibling takes in the kernel input */
static uint64_t sibling_bytes(const struct svm_sibling *s)
{
    return sizeof(struct gn_sol_sibling) + s->metas_n * sizeof(struct gn_sol_sibling_meta) + (s->data.n + 7) / 8 * 8;
}

void gn_svm_kernel_input(struct gn_buffer *out, const struct svm_input *in, bool by_hash,
                         const struct gn_sol_hint *hints, size_t hints_n)
{
    uint64_t number[GN_SOL_METAS_MAX], at = sizeof(struct gn_sol_input) + 8 * in->accounts_n + (in->data.n + 7) / 8 * 8;
    size_t accounts_n = number_accounts(in, number);
    for (size_t i = 0; i < in->accounts_n; i++) {
        if (gn_svm_input_first(in, i) == i) {
            at += sizeof(struct gn_sol_account) + (in->accounts[i].data.n + 7) / 8 * 8;
        }
    }
    struct gn_sol_input h = {
        .magic = GN_SOL_INPUT_MAGIC,
        .flags = in->features & GN_SOL_VASA ? GN_SOL_VASA : 0,
        .loader = in->loader,
        .budget = in->budget,
        .heap = in->heap,
        .resized = in->resized,
        .metas_n = in->accounts_n,
        .accounts_n = accounts_n,
        .data_n = in->data.n,
        .total_stake = in->total_stake,
        .stakes_n = in->stakes_n,
        .siblings_n = in->siblings_n,
        .hints_n = hints_n,
        .sysvars_at = at,
    };
    for (unsigned i = 0; i < GN_SOL_SYSVARS; i++) {
        at += 8 + (in->sysvar_exists[i] ? (in->sysvars[i].n + 7) / 8 * 8 : 0);
    }
    h.stakes_at = at;
    at += in->stakes_n * sizeof(struct gn_sol_stake);
    h.siblings_at = at;
    for (size_t i = 0; i < in->siblings_n; i++) {
        at += sibling_bytes(&in->siblings[i]);
    }
    h.hints_at = at;

    /* the header, word by word, in the order of the structure */
    uint64_t words[sizeof h / 8];
    memcpy(h.program, in->program_id.b, sizeof h.program);
    memcpy(words, &h, sizeof h);
    for (size_t i = 0; i < sizeof h / 8 - 4; i++) {
        word(out, words[i]);
    }
    key(out, &in->program_id);
    for (size_t i = 0; i < in->accounts_n; i++) {
        word(out, number[i]);
    }
    for (size_t i = 0; i < in->accounts_n; i++) {
        if (gn_svm_input_first(in, i) == i) {
            put_account(out, &in->accounts[i], account_flags(in, i, by_hash));
        }
    }
    padded(out, in->data);
    put_sysvars(out, in);
    for (size_t i = 0; i < in->stakes_n; i++) {
        key(out, &in->stakes[i].vote);
        word(out, in->stakes[i].stake);
    }
    for (size_t i = 0; i < in->siblings_n; i++) {
        put_sibling(out, &in->siblings[i]);
    }
    for (size_t i = 0; i < hints_n; i++) {
        for (int j = 0; j < 4; j++) {
            word(out, hints[i].word[j]);
        }
    }
}
