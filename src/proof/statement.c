/* SPDX-License-Identifier: Apache-2.0 */
/* statement.c - what prover and verifier absorb before the first challenge (docs/protocol.md sections 3.3 and 3.5);
 * freestanding. */
#include "base/bytes.h"
#include "proof/shape.h"

bool gn_statement_check(const struct air_system *s, const struct air_statement *statement)
{
    for (uint32_t i = 0; i < s->public_values_n; i++) {
        if (statement->values[i] >= FP_P) {
            return false;
        }
    }
    for (uint32_t i = 0; i < s->public_tables_n; i++) {
        size_t size = statement->bytes[i].size;
        if (size > AIR_MAX_PUBLIC_BYTES || size % s->public_tables[i].row_bytes != 0) {
            return false;
        }
    }
    return true;
}

static void absorb_words(struct gn_transcript *t, enum gn_label label, const uint32_t *words, size_t n)
{
    gn_transcript_absorb_begin(t, label, 4 * n);
    for (size_t i = 0; i < n; i++) {
        uint8_t bytes[4];
        store_le32(bytes, words[i]);
        gn_transcript_absorb_part(t, bytes, sizeof bytes);
    }
}

void gn_statement_absorb(struct gn_transcript *t, const struct gn_shape *shape, const uint8_t record[GN_KEY_BYTES],
                         const struct air_statement *statement)
{
    const struct air_system *s = shape->system;
    uint8_t head[8];
    store_le32(head, GN_PROTOCOL_VERSION);
    store_le32(head + 4, shape->key.preset);
    gn_transcript_absorb_begin(t, LABEL_PRESET, sizeof head + GN_DIGEST_BYTES);
    gn_transcript_absorb_part(t, head, sizeof head);
    gn_transcript_absorb_part(t, gn_whir_params_digest(shape->key.preset)->b, GN_DIGEST_BYTES);

    gn_transcript_absorb(t, LABEL_KEY, record, GN_KEY_BYTES);
    absorb_words(t, LABEL_PUBLIC_VALUES, statement->values, s->public_values_n);
    for (uint32_t i = 0; i < s->public_tables_n; i++) {
        gn_transcript_absorb(t, LABEL_PUBLIC_BYTES, statement->bytes[i].data, statement->bytes[i].size);
    }
    absorb_words(t, LABEL_HEIGHTS, shape->heights, s->tables_n);
    for (uint32_t i = 0; i < s->tables_n; i++) {
        if ((s->tables[i].flags & AIR_PREPROCESSED) != 0) {
            absorb_words(t, LABEL_PAGES, shape->pages[i], shape->heights[i] / AIR_PAGE_ROWS);
        }
    }
}
