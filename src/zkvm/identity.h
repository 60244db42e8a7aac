/* SPDX-License-Identifier: Apache-2.0 */
/* identity.h - the part of the verifying key record that belongs to the machine's owner (docs/proof_file.md): which program it is the key
 * of.  Freestanding. */
#ifndef GN_ZKVM_IDENTITY_H
#define GN_ZKVM_IDENTITY_H

#include "gnomon/verify.h"
#include "proof/shape.h"

struct gn_identity {
    uint32_t front_end, release, kernel_version, sbpf_version, address_mode;
    uint64_t entry;
    uint8_t program_hash[32];
};
void gn_identity_encode(uint8_t owner[GN_KEY_OWNER_BYTES], const struct gn_identity *identity);
/* False unless encoding gives these bytes. */
GN_NODISCARD bool gn_identity_decode(struct gn_identity *identity, const uint8_t owner[GN_KEY_OWNER_BYTES]);

#endif
