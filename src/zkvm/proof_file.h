/* SPDX-License-Identifier: Apache-2.0 */
/* proof_file.h - the layout of a proof file (docs/proof_file.md section 1).  Freestanding. */
#ifndef GN_ZKVM_PROOF_FILE_H
#define GN_ZKVM_PROOF_FILE_H

#include "gnomon/verify.h"

#define GN_FILE_MAGIC  "GNOMONPF"
#define GN_FILE_FORMAT 1u
enum {
    GN_FILE_AT_FORMAT = 8,
    GN_FILE_AT_PRESET = 12,
    GN_FILE_AT_RECORD = 16,
    GN_FILE_AT_LENGTH = GN_FILE_AT_RECORD + GN_RECORD_BYTES, /* u64: bytes of the statement */
    GN_FILE_AT_STATEMENT = GN_FILE_AT_LENGTH + 8
};

#endif
