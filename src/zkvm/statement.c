/* SPDX-License-Identifier: Apache-2.0 */
/* statement.c - reading and writing statements (statement.h); freestanding.  Reading accepts exactly what writing makes of a run. */
#include "zkvm/statement.h"

#include "base/bytes.h"
#include "base/mem.h"

enum { AT_OUTCOME = 8, AT_PLACE = 16, AT_ADDRESS = 24, AT_LENGTH = 32 };

/* What the Solana kernel says: whole words behind its magic; their meaning is the kernel's (docs/statement.md), which is proven to have said them. */
static bool read_solana(struct gn_statement *out, const uint8_t *bytes, size_t n)
{
    if (n < 8 || n % 8 != 0 || n > GN_STATEMENT_SOLANA_MAX || memcmp(bytes, GN_STATEMENT_SOLANA_MAGIC, 8) != 0) {
        return false;
    }
    *out = (struct gn_statement){.front_end = GN_FRONT_SBPF, .bytes = bytes, .bytes_n = n};
    return true;
}

bool gn_statement_read(struct gn_statement *out, const uint8_t *bytes, size_t n)
{
    memset(out, 0, sizeof *out);
    if (read_solana(out, bytes, n)) {
        return true;
    }
    if (n < GN_STATEMENT_LEAST || memcmp(bytes, GN_STATEMENT_MAGIC, 8) != 0) {
        return false;
    }
    uint64_t outcome = load_le64(bytes + AT_OUTCOME), place = load_le64(bytes + AT_PLACE);
    uint64_t address = load_le64(bytes + AT_ADDRESS), output_n = load_le64(bytes + AT_LENGTH);
    if (outcome >= GN_OUTCOMES || (outcome == GN_OUTCOME_EXITED && address != 0) ||
        output_n > GN_STATEMENT_OUTPUT_MAX || n != gn_statement_size((size_t)output_n)) {
        return false;
    }
    for (size_t i = GN_STATEMENT_LEAST + (size_t)output_n; i < n; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    bool exited = outcome == GN_OUTCOME_EXITED;
    *out = (struct gn_statement){.front_end = GN_FRONT_RISCV,
                                 .bytes = bytes,
                                 .bytes_n = n,
                                 .outcome = (uint32_t)outcome,
                                 .exit_code = exited ? place : 0,
                                 .fault_pc = exited ? 0 : place,
                                 .fault_address = address,
                                 .region = bytes + GN_STATEMENT_HEAD,
                                 .output = bytes + GN_STATEMENT_LEAST,
                                 .output_n = (size_t)output_n};
    return true;
}

void gn_statement_write(uint8_t *out, const struct gn_statement *s)
{
    memset(out, 0, gn_statement_size(s->output_n));
    memcpy(out, GN_STATEMENT_MAGIC, 8); /* NOLINT(bugprone-not-null-terminated-result) */
    store_le64(out + AT_OUTCOME, s->outcome);
    store_le64(out + AT_PLACE, s->outcome == GN_OUTCOME_EXITED ? s->exit_code : s->fault_pc);
    store_le64(out + AT_ADDRESS, s->fault_address);
    store_le64(out + AT_LENGTH, s->output_n);
    memcpy(out + GN_STATEMENT_HEAD, s->region, GN_REGION_BYTES);
    if (s->output_n != 0) {
        memcpy(out + GN_STATEMENT_LEAST, s->output, s->output_n);
    }
}
