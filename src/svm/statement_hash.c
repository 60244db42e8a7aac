/* SPDX-License-Identifier: Apache-2.0 */
/* statement_hash.c - accounts by their hash: BLAKE3(lamports LE8 | data | executable | owner | key), as validators hash them for the accounts lattice hash. */
#include <string.h>

#include "base/bytes.h"
#include "hash/blake3.h"
#include "svm/statement.h"

static void hash_state(uint8_t out[32], const struct svm_statement_account *a, const struct svm_state *state)
{
    uint8_t lamports[8], executable = (a->flags & GN_SOL_EXECUTABLE) != 0;
    struct gn_blake3 h;
    store_le64(lamports, state->lamports);
    gn_blake3_init(&h);
    gn_blake3_update(&h, lamports, sizeof lamports);
    gn_blake3_update(&h, state->data.data, state->data.n);
    gn_blake3_update(&h, &executable, 1);
    gn_blake3_update(&h, state->owner.b, sizeof state->owner.b);
    gn_blake3_update(&h, a->key.b, sizeof a->key.b);
    gn_blake3_final(&h, out, 32);
}

enum gn_status gn_svm_statement_hash(struct svm_statement *s, struct gn_arena *arena, struct gn_error *err)
{
    struct svm_statement_account *accounts = gn_arena_zalloc(arena, s->accounts_n * sizeof *accounts + 1);
    uint8_t *hashes = gn_arena_zalloc(arena, s->accounts_n * 64 + 1);
    if (accounts == NULL || hashes == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for hashes of accounts");
    }
    for (size_t i = 0; i < s->accounts_n; i++, hashes += 64) {
        const struct svm_statement_account *a = &s->accounts[i];
        accounts[i] = *a;
        if ((a->flags & GN_SOL_BY_HASH) == 0) {
            hash_state(hashes, a, &a->before);
            hash_state(hashes + 32, a, &a->after);
            accounts[i] = (struct svm_statement_account){.flags = a->flags | GN_SOL_BY_HASH,
                                                         .hash_before = hashes,
                                                         .hash_after = hashes + 32,
                                                         .changed = a->changed};
        }
    }
    s->accounts = accounts;
    return GN_OK;
}
