/* SPDX-License-Identifier: Apache-2.0 */
/* key.c - the verifying key record and its id (docs/protocol.md sections 3.2 and 12); freestanding.
 *
 * Decoding accepts exactly the records that encoding makes, so that one key has one id. */
#include "base/bytes.h"
#include "base/mem.h"
#include "proof/shape.h"

enum {
    AT_FORMAT = 0,
    AT_PRESET = 4,
    AT_AIR = 8,
    AT_ROOT = 40,
    AT_RATE = 72,
    AT_TABLES = 76,
    AT_PAGES = 80,
    AT_OWNER = AT_PAGES + 4 * AIR_MAX_PRE_TABLES
};
_Static_assert(AT_OWNER + GN_KEY_OWNER_BYTES == GN_KEY_BYTES, "the record's parts fill it");

#define KEY_FORMAT 1u

void gn_key_encode(uint8_t out[GN_KEY_BYTES], const struct gn_key *key)
{
    store_le32(out + AT_FORMAT, KEY_FORMAT);
    store_le32(out + AT_PRESET, key->preset);
    memcpy(out + AT_AIR, key->air_digest.b, GN_DIGEST_BYTES);
    memcpy(out + AT_ROOT, key->pre_root.b, GN_DIGEST_BYTES);
    store_le32(out + AT_RATE, key->pre_rate_log2);
    store_le32(out + AT_TABLES, key->pre_tables);
    for (unsigned i = 0; i < AIR_MAX_PRE_TABLES; i++) {
        store_le32(out + AT_PAGES + 4 * i, i < key->pre_tables ? key->pre_pages[i] : 0);
    }
    memcpy(out + AT_OWNER, key->owner, GN_KEY_OWNER_BYTES);
}

bool gn_key_decode(struct gn_key *key, const uint8_t in[GN_KEY_BYTES])
{
    if (load_le32(in + AT_FORMAT) != KEY_FORMAT) {
        return false;
    }
    key->preset = load_le32(in + AT_PRESET);
    memcpy(key->air_digest.b, in + AT_AIR, GN_DIGEST_BYTES);
    memcpy(key->pre_root.b, in + AT_ROOT, GN_DIGEST_BYTES);
    key->pre_rate_log2 = load_le32(in + AT_RATE);
    key->pre_tables = load_le32(in + AT_TABLES);
    if (key->pre_tables > AIR_MAX_PRE_TABLES) {
        return false;
    }
    uint32_t all = 0;
    for (unsigned i = 0; i < AIR_MAX_PRE_TABLES; i++) {
        key->pre_pages[i] = load_le32(in + AT_PAGES + 4 * i);
        if (key->pre_pages[i] > AIR_MAX_HEIGHT / AIR_PAGE_ROWS || (i >= key->pre_tables && key->pre_pages[i] != 0)) {
            return false;
        }
        all |= key->pre_pages[i];
    }
    memcpy(key->owner, in + AT_OWNER, GN_KEY_OWNER_BYTES);
    if (all == 0) { /* nothing is preprocessed: the record must not vary */
        uint32_t rest = key->pre_rate_log2;
        for (unsigned i = 0; i < GN_DIGEST_BYTES; i++) {
            rest |= key->pre_root.b[i];
        }
        return rest == 0;
    }
    return true;
}

digest gn_key_id(const uint8_t record[GN_KEY_BYTES])
{
    return gn_blake3_hash_keyed(&gn_key_key, record, GN_KEY_BYTES);
}
