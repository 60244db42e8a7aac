/* SPDX-License-Identifier: Apache-2.0 */
/* identity.c - whose key it is: encoding, decoding, and the public view of a record; freestanding.
 *
 * One program has one record and one id: decoding accepts exactly what encoding makes. */
#include "zkvm/identity.h"

#include "base/bytes.h"
#include "base/mem.h"

enum { GN_SBPF_VERSION_LAST = 3 };

enum {
    AT_FRONT_END = 0,
    AT_RELEASE = 4,
    AT_KERNEL = 8,
    AT_SBPF = 12,
    AT_ADDRESSES = 16,
    AT_RESERVED = 20,
    AT_ENTRY = 24,
    AT_HASH = 32,
    AT_REST = 64
};

void gn_identity_encode(uint8_t owner[GN_KEY_OWNER_BYTES], const struct gn_identity *identity)
{
    memset(owner, 0, GN_KEY_OWNER_BYTES);
    store_le32(owner + AT_FRONT_END, identity->front_end);
    store_le32(owner + AT_RELEASE, identity->release);
    store_le32(owner + AT_KERNEL, identity->kernel_version);
    store_le32(owner + AT_SBPF, identity->sbpf_version);
    store_le32(owner + AT_ADDRESSES, identity->address_mode);
    store_le64(owner + AT_ENTRY, identity->entry);
    memcpy(owner + AT_HASH, identity->program_hash, sizeof identity->program_hash);
}

bool gn_identity_decode(struct gn_identity *identity, const uint8_t owner[GN_KEY_OWNER_BYTES])
{
    identity->front_end = load_le32(owner + AT_FRONT_END);
    identity->release = load_le32(owner + AT_RELEASE);
    identity->kernel_version = load_le32(owner + AT_KERNEL);
    identity->sbpf_version = load_le32(owner + AT_SBPF);
    identity->address_mode = load_le32(owner + AT_ADDRESSES);
    identity->entry = load_le64(owner + AT_ENTRY);
    memcpy(identity->program_hash, owner + AT_HASH, sizeof identity->program_hash);
    uint32_t rest = load_le32(owner + AT_RESERVED);
    for (unsigned i = AT_REST; i < GN_KEY_OWNER_BYTES; i++) {
        rest |= owner[i];
    }
    bool riscv = identity->front_end == GN_FRONT_RISCV && identity->sbpf_version == 0 && identity->address_mode == 0;
    bool sbpf = identity->front_end == GN_FRONT_SBPF && identity->sbpf_version <= GN_SBPF_VERSION_LAST &&
                identity->address_mode <= 1;
    return rest == 0 && (riscv || sbpf);
}

bool gn_key_read(struct gn_key_info *out, const uint8_t record[GN_RECORD_BYTES])
{
    struct gn_key key;
    struct gn_identity identity;
    memset(out, 0, sizeof *out);
    if (!gn_key_decode(&key, record) || !gn_identity_decode(&identity, key.owner)) {
        return false;
    }
    *out = (struct gn_key_info){.preset = key.preset,
                                .release = identity.release,
                                .front_end = identity.front_end,
                                .kernel_version = identity.kernel_version,
                                .sbpf_version = identity.sbpf_version,
                                .address_mode = identity.address_mode,
                                .entry = identity.entry,
                                .rate_log2 = key.pre_rate_log2};
    memcpy(out->air_digest, key.air_digest.b, sizeof out->air_digest);
    memcpy(out->program_root, key.pre_root.b, sizeof out->program_root);
    memcpy(out->program_hash, identity.program_hash, sizeof out->program_hash);
    memcpy(out->pages, key.pre_pages, sizeof out->pages);
    return true;
}

void gn_key_hash(uint8_t id[GN_ID_BYTES], const uint8_t record[GN_RECORD_BYTES])
{
    digest d = gn_key_id(record);
    memcpy(id, d.b, GN_ID_BYTES);
}
