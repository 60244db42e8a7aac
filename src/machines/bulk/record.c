/* SPDX-License-Identifier: Apache-2.0 */
/* record.c - see record.h. */
#include "machines/bulk/record.h"

#include "base/bytes.h"
#include "base/keccak.h"
#include "base/sha256.h"

static bool read_word(const struct bulk_host *host, uint64_t address, uint32_t ts, struct bulk_access *out)
{
    return host->touch(host->ctx, address, ts + MX_SLOT_D, out);
}

static bool open_word(const struct bulk_host *host, uint64_t address, uint32_t ts, struct bulk_access *out)
{
    return host->touch(host->ctx, address, ts + MX_SLOT_MEMORY, out);
}

static void write_word(const struct bulk_host *host, uint64_t address, struct bulk_access *access, uint64_t value)
{
    access->w.after = value;
    host->store(host->ctx, address, value);
}

bool bulk_record_keccak(struct bulk_keccak_record *rec, const struct bulk_host *host)
{
    uint64_t state[KECCAK_LANES];
    for (unsigned i = 0; i < KECCAK_LANES; i++) {
        if (!open_word(host, rec->r.a + 8 * i, rec->r.ts, &rec->word[i])) {
            return false;
        }
        state[i] = rec->word[i].w.before;
    }
    gn_keccak_f1600(state);
    for (unsigned i = 0; i < KECCAK_LANES; i++) {
        write_word(host, rec->r.a + 8 * i, &rec->word[i], state[i]);
    }
    return true;
}

bool bulk_record_sha256(struct bulk_sha256_record *rec, const struct bulk_host *host)
{
    uint8_t block[SHA256_BLOCK];
    uint32_t state[8];
    for (unsigned i = 0; i < 8; i++) {
        if (!read_word(host, rec->r.b + 8 * i, rec->r.ts, &rec->block[i])) {
            return false;
        }
        store_le64(block + 8 * i, rec->block[i].w.before);
    }
    for (unsigned i = 0; i < 4; i++) {
        if (!open_word(host, rec->r.a + 8 * i, rec->r.ts, &rec->state[i])) {
            return false;
        }
        state[2 * i] = (uint32_t)rec->state[i].w.before;
        state[2 * i + 1] = (uint32_t)(rec->state[i].w.before >> 32);
    }
    gn_sha256_compress(state, block);
    for (unsigned i = 0; i < 4; i++) {
        write_word(host, rec->r.a + 8 * i, &rec->state[i], state[2 * i] | (uint64_t)state[2 * i + 1] << 32);
    }
    return true;
}
