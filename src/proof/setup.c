/* SPDX-License-Identifier: Apache-2.0 */
/* setup.c - commits the preprocessed columns and writes the key record (docs/protocol.md sections 3.2, 11, 12).  No
 * randomness, no key material: the record is a function of the machine, the preset, the columns and the owner's
 * bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "pcs/pcs.h"
#include "proof/prove.h"

static enum gn_status commit_pre(struct gn_key *key, const struct air_system *s, const struct pcs_table *tables,
                                 const uint32_t *const *const *pre, const struct gn_prove_options *options,
                                 struct gn_error *err)
{
    struct pcs_layout layout;
    if (!gn_pcs_layout(&layout, tables, s->tables_n, WHIR_PREPROCESSED, key->preset)) {
        return gn_fail(err, GN_LIMIT, "the preprocessed columns are larger than the parameter table allows");
    }
    struct gn_arena arena = {0};
    struct gn_work work = {.arena = &arena, .isa = options->isa};
    struct gn_twiddles *twiddles = NULL;
    struct pcs_commitment commitment;
    enum gn_status status = gn_arena_init(&arena, gn_pcs_footprint(&layout), err);
    if (status == GN_OK) {
        status = gn_pool_create(&work.pool, options->threads != 0 ? options->threads : gn_cpu_threads(), err);
    }
    if (status == GN_OK) {
        status = gn_twiddles_create(&twiddles, layout.h + layout.params->mu0, err);
    }
    if (status == GN_OK) {
        status = gn_pcs_commit(&commitment, &layout, pre, twiddles, &work);
        if (status != GN_OK) {
            gn_fail(err, status, "committing the preprocessed columns failed: %s", gn_status_name(status));
        }
    }
    if (status == GN_OK) {
        key->pre_root = commitment.root;
        key->pre_rate_log2 = layout.params->mu0;
    }
    gn_twiddles_destroy(twiddles);
    gn_pool_destroy(work.pool);
    gn_arena_free(&arena);
    return status;
}

enum gn_status gn_setup(uint8_t record[GN_KEY_BYTES], const struct air_system *s, uint32_t preset,
                        const uint32_t *const *const *pre, const uint32_t *pre_pages,
                        const uint8_t owner[GN_KEY_OWNER_BYTES], const struct gn_prove_options *options,
                        struct gn_error *err)
{
    if (gn_whir_params_digest(preset) == NULL) {
        return gn_fail(err, GN_BAD_INPUT, "no preset has number %u", preset);
    }
    if (!gn_isa_supported(options->isa)) {
        return gn_fail(err, GN_BAD_INPUT, "this processor or build has no %s kernels", gn_isa_name(options->isa));
    }
    struct gn_key key = {.preset = preset, .air_digest = s->air_digest};
    memcpy(key.owner, owner, GN_KEY_OWNER_BYTES);
    struct pcs_table *tables = calloc(s->tables_n, sizeof *tables);
    if (tables == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for setup");
    }
    uint64_t all = 0;
    for (uint32_t i = 0; i < s->tables_n; i++) {
        if ((s->tables[i].flags & AIR_PREPROCESSED) == 0) {
            continue;
        }
        if (pre_pages[i] > AIR_MAX_HEIGHT / AIR_PAGE_ROWS) {
            free(tables);
            return gn_fail(err, GN_LIMIT, "table %s: %u preprocessed pages are too many", s->tables[i].name,
                           pre_pages[i]);
        }
        key.pre_pages[key.pre_tables++] = pre_pages[i];
        tables[i].height = air_committed_height(pre_pages[i] * AIR_PAGE_ROWS, bit_length(AIR_PAGE_ROWS) - 1);
        tables[i].columns_n = s->tables[i].pre_n;
        all += pre_pages[i];
    }
    enum gn_status status = all == 0 ? GN_OK : commit_pre(&key, s, tables, pre, options, err);
    free(tables);
    if (status == GN_OK) {
        gn_key_encode(record, &key);
    }
    return status;
}
