/* SPDX-License-Identifier: Apache-2.0 */
/* shape.h - key record, statement and shape; all that prover and verifier derive from them before any challenge.
 * docs/protocol.md sections 3 and 4.  Freestanding. */
#ifndef GN_PROOF_SHAPE_H
#define GN_PROOF_SHAPE_H

#include "air/system.h"
#include "air/witness.h"
#include "base/scratch.h"
#include "hash/channel.h"
#include "pcs/layout.h"
#include "pcs/whir.h"

#define GN_KEY_BYTES        256
#define GN_KEY_OWNER_BYTES  144
#define GN_PROTOCOL_VERSION 1u

/* The verifying key record, decoded. */
struct gn_key {
    uint32_t preset;
    digest air_digest, pre_root;
    uint32_t pre_rate_log2, pre_tables;
    uint32_t pre_pages[AIR_MAX_PRE_TABLES]; /* page counts, in table order */
    uint8_t owner[GN_KEY_OWNER_BYTES];
};
void gn_key_encode(uint8_t out[GN_KEY_BYTES], const struct gn_key *key);
GN_NODISCARD bool gn_key_decode(struct gn_key *key, const uint8_t in[GN_KEY_BYTES]); /* canonical records only */
digest gn_key_id(const uint8_t record[GN_KEY_BYTES]);

struct gn_shape {
    const struct air_system *system;
    struct gn_key key;
    uint32_t heights[PCS_MAX_TABLES];
    uint32_t *pages[PCS_MAX_TABLES]; /* joined pages of preprocessed tables */
    /* derived */
    unsigned skip_log2;                /* skipped variables, 3.4 */
    unsigned v[PCS_MAX_TABLES];        /* row variables; 0 for an absent table */
    unsigned vmax, degree, gkr_layers; /* degree: d of 7.4; gkr_layers: N, 0 without interactions */
    uint32_t claims_n[PCS_MAX_TABLES]; /* values sent in 7.6 per table */
    struct pcs_table main_tables[PCS_MAX_TABLES], pre_tables[PCS_MAX_TABLES];
    struct pcs_layout main, pre;
    bool has_pre;          /* some preprocessed table joined */
    struct whir_plan whir; /* of main, or of main and pre */
};

/* 3.3: does the statement have the machine's form (values canonical, byte strings whole rows within the limit)? */
GN_NODISCARD bool gn_statement_check(const struct air_system *s, const struct air_statement *statement);

/* 3.5 */
void gn_statement_absorb(struct gn_transcript *t, const struct gn_shape *shape, const uint8_t record[GN_KEY_BYTES],
                         const struct air_statement *statement);

/* 3.4.1 and n = 256 * pages of 3.4.2: heights alone, before page lists are read */
GN_NODISCARD bool gn_shape_heights_allowed(const struct gn_shape *shape);

/* The number of skipped variables of a proof with so many cells (sum of height * columns). */
unsigned gn_shape_skip(uint64_t cells);
/* What follows from the heights and the number of skipped variables, up to the tables of the stacks.  gn_shape_check does
 * it; by itself for tests. */
void gn_shape_derive(struct gn_shape *shape, unsigned skip_log2);

/* Checks 3.4 and derives the rest.  heights, pages, key and system are set by the caller.  GN_ACCEPT or the reason. */
enum gn_verdict gn_shape_check(struct gn_shape *shape);

/* Blocks of 6.1 in their order: one for each leaf of a row. */
struct gn_block {
    uint32_t table, leaf;
    uint64_t offset; /* slot */
};
struct gn_block_walk {
    const struct gn_shape *shape;
    unsigned v;
    uint32_t table, leaf;
    uint64_t offset;
};
void gn_blocks_begin(struct gn_block_walk *walk, const struct gn_shape *shape);
bool gn_blocks_next(struct gn_block_walk *walk, struct gn_block *block);

#endif
