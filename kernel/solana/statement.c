/* SPDX-License-Identifier: Apache-2.0 */
/* statement.c - the statement, word by word (docs/statement.md 3).
 *
 * Each index is put once: the header last, when everything in it is known; the rest in order. */
#include "kernel.h"

enum { HEADER_WORDS = sizeof(struct gn_sol_statement) / 8 };

void put_words(struct kernel *k, const uint64_t *words, uint64_t n)
{
    uint64_t at = k->at;
    k->at += n;
    for (; n >= 8; n -= 8, at += 8, words += 8) {
        machine_out(at, words[0]);
        machine_out(at + 1, words[1]);
        machine_out(at + 2, words[2]);
        machine_out(at + 3, words[3]);
        machine_out(at + 4, words[4]);
        machine_out(at + 5, words[5]);
        machine_out(at + 6, words[6]);
        machine_out(at + 7, words[7]);
    }
    for (; n > 0; n--) {
        machine_out(at++, *words++);
    }
}

void put_bytes(struct kernel *k, const void *bytes, uint64_t n)
{
    put_words(k, bytes, n / 8);
    if (n % 8 != 0) {
        put(k, ((const uint64_t *)bytes)[n / 8] & (((uint64_t)1 << (8 * (n % 8))) - 1));
    }
}

void put_record(struct kernel *k, enum gn_sol_record kind, uint64_t n)
{
    k->records++;
    put(k, (uint64_t)kind | n << 32);
}

/* ---- accounts ---- */
static void hash_account(const struct gn_sol_account *a, uint64_t lamports, const uint64_t *owner, const void *data,
                         uint64_t data_n, uint64_t hash[4])
{
    blake3_account(&(struct blake3_account){.lamports = lamports,
                                            .data = data,
                                            .data_n = data_n,
                                            .owner = owner,
                                            .key = a->key,
                                            .executable = (a->flags & GN_SOL_EXECUTABLE) != 0},
                   hash);
}

static void put_before(struct kernel *k, const struct gn_sol_account *a)
{
    uint64_t hash[4];
    if ((a->flags & GN_SOL_BY_HASH) == 0) {
        put_words(k, &a->flags, (sizeof *a + padded(a->data_n)) / 8);
        return;
    }
    put(k, a->flags);
    hash_account(a, a->lamports, a->owner, a + 1, a->data_n, hash);
    put_words(k, hash, 4);
}

/* what stands in the input region is the account's state after the run */
static void put_after(struct kernel *k, const struct account *a)
{
    const struct gn_sol_account *before = a->before;
    uint64_t owner[4], hash[4], lamports;
    if (!a->changed) {
        put(k, 0);
        return;
    }
    const uint8_t *data = machine_at(a->data);
    lamports = load_word(data - 16);
    if (k->in->loader == 1) {
        key_copy(owner, before->owner);
    } else {
        key_copy(owner, (const uint64_t *)(const void *)(data - 48));
    }
    put(k, 1);
    if ((before->flags & GN_SOL_BY_HASH) != 0) {
        hash_account(before, lamports, owner, data, a->after_n, hash);
        put_words(k, hash, 4);
        return;
    }
    put_words(k, owner, 4);
    put(k, lamports);
    put(k, a->after_n);
    if (k->in->loader != 1) {
        put_bytes(k, data, a->after_n);
        return;
    }
    for (uint64_t i = 0; i < a->after_n; i += 8) { /* data may begin anywhere */
        uint64_t word = 0, n = a->after_n - i < 8 ? a->after_n - i : 8;
        machine_copy(&word, data + i, n);
        put(k, word);
    }
}

/* ---- the whole ---- */
void statement_begin(struct kernel *k)
{
    k->at = HEADER_WORDS;
    put_words(k, k->metas, k->in->metas_n);
    for (uint64_t i = 0; i < k->in->accounts_n; i++) {
        put_before(k, k->accounts[i].before);
    }
    put_words(k, (const uint64_t *)(const void *)k->data, padded(k->in->data_n) / 8);
}

_Noreturn void statement_end(struct kernel *k)
{
    const struct gn_sol_input *in = k->in;
    uint64_t modified = 0;
    if (k->return_n != 0) {
        put_words(k, in->program, 4);
        put_bytes(k, k->return_data, k->return_n);
    }
    for (uint64_t i = 0; i < in->accounts_n; i++) {
        modified += k->accounts[i].changed;
        put_after(k, &k->accounts[i]);
    }
    uint64_t words = k->at;
    if (words > GN_SOL_STATEMENT_MAX) {
        machine_stop(GN_SOL_STOP_LIMIT, words);
    }
    k->at = 0;
    put(k, GN_SOL_STATEMENT_MAGIC);
    put(k, k->error == 0);
    put(k, k->exit_code);
    put(k, k->begin - k->left);
    put(k, k->instructions);
    put(k, modified);
    put(k, k->error);
    put(k, k->custom);
    put(k, k->fault);
    put_words(k, k->detail, 4);
    put(k, k->depleted ? in->budget : in->budget - k->left);
    put(k, in->flags);
    put(k, in->loader);
    put(k, in->budget);
    put(k, in->heap);
    put(k, (uint64_t)in->resized);
    put(k, in->metas_n);
    put(k, in->accounts_n);
    put(k, in->data_n);
    put(k, k->records);
    put(k, k->return_n);
    put(k, words);
    put_words(k, in->program, 4);
    machine_halt();
}
