/* SPDX-License-Identifier: Apache-2.0 */
/* statement.h - the bytes that a RISC-V proof binds (docs/proof_file.md section 3; the kernel writes them).  Freestanding.
 *
 *   u64 x 5   magic "GNRV0001" | outcome | exit code or pc of the fault | address of the fault | bytes of output
 *   256       beginning of the output region
 *   ...       output, padded with zeros to 8 bytes */
#ifndef GN_ZKVM_STATEMENT_H
#define GN_ZKVM_STATEMENT_H

#include "gnomon/verify.h"

#define GN_STATEMENT_MAGIC        "GNRV0001"
#define GN_STATEMENT_SOLANA_MAGIC "GNST0001"
#define GN_STATEMENT_SOLANA_MAX   (1u << 20)
#define GN_STATEMENT_HEAD         40u
#define GN_STATEMENT_LEAST        (GN_STATEMENT_HEAD + GN_REGION_BYTES)
#define GN_STATEMENT_OUTPUT_MAX   (1u << 20)

/* Bytes of a statement with this much output. */
static inline size_t gn_statement_size(size_t output_n)
{
    return GN_STATEMENT_LEAST + ((output_n + 7) & ~(size_t)7);
}
/* The other direction: out has gn_statement_size(s->output_n) bytes. */
void gn_statement_write(uint8_t *out, const struct gn_statement *s);

#endif
