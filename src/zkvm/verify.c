/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c - from a proof file to a verdict; freestanding.
 *
 * The file's own parts are taken apart here; what they mean is checked by proof/verify.c.  Nothing of the file is believed: the record
 * must hash to the id that the caller gives, the statement is what the proof binds, and what follows must end where the proof ends. */
#include "proof/verify.h"
#include "base/bytes.h"
#include "base/mem.h"
#include "zkvm/binding.h"
#include "zkvm/identity.h"
#include "zkvm/machine.h"
#include "zkvm/proof_file.h"
#include "zkvm/statement.h"

enum gn_verdict gn_proof_split(struct gn_proof_parts *out, const uint8_t *file, size_t n)
{
    memset(out, 0, sizeof *out);
    if (n < GN_FILE_AT_PRESET || memcmp(file, GN_FILE_MAGIC, 8) != 0) {
        return GN_REJECT_HEADER;
    }
    out->format = load_le32(file + GN_FILE_AT_FORMAT);
    if (out->format != GN_FILE_FORMAT) {
        return GN_REJECT_HEADER;
    }
    if (n < GN_FILE_AT_STATEMENT) {
        return GN_REJECT_TRUNCATED;
    }
    uint64_t statement_n = load_le64(file + GN_FILE_AT_LENGTH);
    out->preset = load_le32(file + GN_FILE_AT_PRESET);
    out->record = file + GN_FILE_AT_RECORD;
    out->statement = file + GN_FILE_AT_STATEMENT;
    if (statement_n > gn_statement_size(GN_STATEMENT_OUTPUT_MAX)) {
        return GN_REJECT_STATEMENT;
    }
    if (statement_n > n - GN_FILE_AT_STATEMENT) {
        return GN_REJECT_TRUNCATED;
    }
    out->statement_n = (size_t)statement_n;
    out->body = out->statement + out->statement_n;
    out->body_n = n - GN_FILE_AT_STATEMENT - out->statement_n;
    return GN_ACCEPT;
}

size_t gn_proof_scratch(void)
{
    return gn_verify_scratch(&gn_machine_air);
}

enum gn_verdict gn_proof_verify(struct gn_statement *statement, const uint8_t key_id[GN_ID_BYTES], const uint8_t *file,
                                size_t file_n, void *scratch, size_t scratch_n)
{
    struct gn_proof_parts parts;
    struct gn_key_info key;
    digest id;
    memset(statement, 0, sizeof *statement);
    memcpy(id.b, key_id, sizeof id.b);
    enum gn_verdict verdict = gn_proof_split(&parts, file, file_n);
    if (verdict != GN_ACCEPT) {
        return verdict;
    }
    /* of another release or kernel, whatever the id: that kernel may have had faults that this one has not */
    if (!gn_key_read(&key, parts.record) || key.release != GN_MACHINE_RELEASE ||
        key.kernel_version != GN_KERNEL_VERSION) {
        return GN_REJECT_KEY;
    }
    if (key.preset != parts.preset) {
        return GN_REJECT_HEADER;
    }
    struct gn_statement said;
    if (!gn_statement_read(&said, parts.statement, parts.statement_n) || said.front_end != key.front_end) {
        return GN_REJECT_STATEMENT;
    }
    struct gn_binding bound;
    if (!gn_binding_open(&bound, &said, parts.statement, parts.statement_n)) {
        return GN_REJECT_STATEMENT;
    }
    verdict = gn_verify_body(&gn_machine_air, &id, parts.record, &bound.statement, parts.body, parts.body_n, scratch,
                             scratch_n);
    if (verdict == GN_ACCEPT) {
        *statement = said;
    }
    return verdict;
}

const uint8_t *gn_machine_digest(void)
{
    return gn_machine_air.air_digest.b;
}

uint32_t gn_machine_release(void)
{
    return GN_MACHINE_RELEASE;
}

uint32_t gn_machine_kernel_version(void)
{
    return GN_KERNEL_VERSION;
}
