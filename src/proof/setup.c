/* SPDX-License-Identifier: Apache-2.0 */
/* setup.c - commits the preprocessed columns and writes the key record (docs/protocol.md sections 3.2, 11, 12).  No
 * randomness, no key material: the record is a function of the machine, the preset, the columns and the owner's
 * bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "proof/prepared.h"

struct gn_prepared {
    struct gn_arena arena;
    const struct air_system *system;
    uint32_t preset;
    struct pcs_table tables[PCS_MAX_TABLES];
    uint32_t pages[PCS_MAX_TABLES];
    struct pcs_layout layout; /* params NULL: no table has pages, so there is no stack */
    struct pcs_commitment commitment;
};

static enum gn_status commit(struct gn_prepared *p, const uint32_t *const *const *pre,
                             const struct gn_prove_options *options, struct gn_error *err)
{
    if (!gn_pcs_layout(&p->layout, p->tables, p->system->tables_n, WHIR_PREPROCESSED, p->preset)) {
        return gn_fail(err, GN_LIMIT,
                       "the preprocessed columns (a program's code and constants) are larger than the parameter table "
                       "allows (2^24 cells)");
    }
    struct gn_work work = {.arena = &p->arena, .pool = options->pool, .isa = options->isa};
    struct gn_twiddles *twiddles = NULL;
    enum gn_status status = gn_arena_init(&p->arena, gn_pcs_commit_footprint(&p->layout), err);
    if (status == GN_OK && options->pool == NULL) {
        status = gn_pool_create(&work.pool, options->threads != 0 ? options->threads : gn_cpu_threads(), err);
    }
    if (status == GN_OK) {
        status = gn_twiddles_create(&twiddles, gn_whir_rows_log2(p->layout.params), err);
    }
    if (status == GN_OK) {
        status = gn_pcs_commit(&p->commitment, &p->layout, pre, twiddles, &work);
        if (status != GN_OK) {
            gn_fail(err, status, "committing the preprocessed columns failed: %s", gn_status_name(status));
        }
    }
    gn_twiddles_destroy(twiddles);
    if (options->pool == NULL) {
        gn_pool_destroy(work.pool);
    }
    return status;
}

static enum gn_status prepare(struct gn_prepared *p, const uint32_t *const *const *pre, const uint32_t *pre_pages,
                              const struct gn_prove_options *options, struct gn_error *err)
{
    const struct air_system *s = p->system;
    bool empty = true;
    for (uint32_t i = 0; i < s->tables_n; i++) {
        if ((s->tables[i].flags & AIR_PREPROCESSED) == 0) {
            continue;
        }
        if (pre_pages[i] > AIR_MAX_HEIGHT / AIR_PAGE_ROWS) {
            return gn_fail(err, GN_LIMIT, "table %s: %u preprocessed pages are too many", s->tables[i].name,
                           pre_pages[i]);
        }
        p->pages[i] = pre_pages[i];
        empty = empty && pre_pages[i] == 0;
        p->tables[i].height = air_committed_height(pre_pages[i] * AIR_PAGE_ROWS, bit_length(AIR_PAGE_ROWS) - 1);
        p->tables[i].columns_n = s->tables[i].pre_n;
    }
    return empty ? GN_OK : commit(p, pre, options, err);
}

enum gn_status gn_prepare(struct gn_prepared **out, const struct air_system *s, uint32_t preset,
                          const uint32_t *const *const *pre, const uint32_t *pre_pages,
                          const struct gn_prove_options *options, struct gn_error *err)
{
    *out = NULL;
    if (gn_whir_params_digest(preset) == NULL) {
        return gn_fail(err, GN_BAD_INPUT, "no preset has number %u", preset);
    }
    if (!gn_isa_supported(options->isa)) {
        return gn_fail(err, GN_BAD_INPUT, "this processor or build has no %s kernels", gn_isa_name(options->isa));
    }
    struct gn_prepared *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for setup");
    }
    p->system = s;
    p->preset = preset;
    enum gn_status status = prepare(p, pre, pre_pages, options, err);
    if (status != GN_OK) {
        gn_prepared_free(p);
        return status;
    }
    *out = p;
    return GN_OK;
}

void gn_prepared_free(struct gn_prepared *p)
{
    if (p != NULL) {
        gn_arena_free(&p->arena);
        free(p);
    }
}

bool gn_prepared_take(struct pcs_commitment *out, const struct gn_prepared *p, const struct pcs_layout *layout)
{
    if (p->layout.params == NULL || layout->params != p->layout.params || layout->cells != p->layout.cells) {
        return false;
    }
    *out = p->commitment;
    out->layout = layout;
    return true;
}

void gn_prepared_record(uint8_t record[GN_KEY_BYTES], const struct gn_prepared *p,
                        const uint8_t owner[GN_KEY_OWNER_BYTES])
{
    struct gn_key key = {.preset = p->preset, .air_digest = p->system->air_digest};
    memcpy(key.owner, owner, GN_KEY_OWNER_BYTES);
    for (uint32_t i = 0; i < p->system->tables_n; i++) {
        if ((p->system->tables[i].flags & AIR_PREPROCESSED) != 0) {
            key.pre_pages[key.pre_tables++] = p->pages[i];
        }
    }
    if (p->layout.params != NULL) {
        key.pre_root = p->commitment.root;
        key.pre_rate_log2 = p->layout.params->mu0;
    }
    gn_key_encode(record, &key);
}

enum gn_status gn_setup(uint8_t record[GN_KEY_BYTES], const struct air_system *s, uint32_t preset,
                        const uint32_t *const *const *pre, const uint32_t *pre_pages,
                        const uint8_t owner[GN_KEY_OWNER_BYTES], const struct gn_prove_options *options,
                        struct gn_error *err)
{
    struct gn_prepared *p;
    enum gn_status status = gn_prepare(&p, s, preset, pre, pre_pages, options, err);
    if (p != NULL) {
        gn_prepared_record(record, p, owner);
        gn_prepared_free(p);
    }
    return status;
}
