/* SPDX-License-Identifier: Apache-2.0 */
/* file_fuzz.c - libFuzzer target: proof files, statements and key records from hostile bytes.
 *
 * Byte 0 chooses: 0 a whole file, whose own record is trusted (so that the fuzzer gets past the key); 1 statement and proof behind an honest
 * header; 2 the proof behind an honest header and statement; 3 a statement; 4 a key record.  Nothing may crash or read outside, what is
 * read is written back to the same bytes, and only the honest proof is accepted. */
#include <stdlib.h>
#include <string.h>

#include "zkvm/proof_file.h"
#include "zkvm/statement.h"
#include "zkvm/subject.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool good)
{
    if (!good) {
        abort();
    }
}

static void verify(const struct subject *s, const uint8_t *file, size_t n)
{
    struct gn_proof_parts parts;
    struct gn_statement statement;
    uint8_t id[GN_ID_BYTES];
    memcpy(id, gn_program_id(s->program), sizeof id);
    enum gn_verdict form = gn_proof_split(&parts, file, n);
    if (form == GN_ACCEPT) {
        gn_key_hash(id, parts.record);
        require(parts.statement + parts.statement_n == parts.body && parts.body + parts.body_n == file + n);
    }
    enum gn_verdict v = gn_proof_verify(&statement, id, file, n, s->scratch, s->scratch_n);
    require(form == GN_ACCEPT || v == form);
    require(v != GN_REJECT_SCRATCH);
    require(v != GN_ACCEPT || (n == s->file_n && memcmp(file, s->file, n) == 0));
}

static void verify_behind(const struct subject *s, size_t head_n, const uint8_t *data, size_t n)
{
    uint8_t *file = malloc(head_n + n);
    require(file != NULL);
    memcpy(file, s->file, head_n);
    memcpy(file + head_n, data, n);
    verify(s, file, head_n + n);
    free(file);
}

static void read_statement(const uint8_t *data, size_t n)
{
    struct gn_statement s;
    if (!gn_statement_read(&s, data, n)) {
        require(s.region == NULL && s.output == NULL);
        return;
    }
    require(s.bytes == data && s.bytes_n == n);
    if (s.front_end == GN_FRONT_SBPF) { /* whole words; what they mean svm_fuzz reads */
        require(n % 8 == 0 && s.region == NULL && s.output == NULL);
        return;
    }
    require(n == gn_statement_size(s.output_n));
    uint8_t *again = malloc(n);
    require(again != NULL);
    gn_statement_write(again, &s);
    require(memcmp(again, data, n) == 0);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct subject s;
    struct gn_key_info key;
    uint8_t record[GN_RECORD_BYTES] = {0};
    if (s.program == NULL) {
        subject_open(&s, 5, 0, 0);
    }
    if (size == 0) {
        return 0;
    }
    const uint8_t *rest = data + 1;
    size_t n = size - 1;
    switch (data[0]) {
    case 0:
        verify(&s, rest, n);
        break;
    case 1:
        verify_behind(&s, GN_FILE_AT_LENGTH, rest, n);
        break;
    case 2:
        verify_behind(&s, GN_FILE_AT_STATEMENT + GN_STATEMENT_LEAST, rest, n);
        break;
    case 3:
        read_statement(rest, n);
        break;
    case 4:
        memcpy(record, rest, n < sizeof record ? n : sizeof record);
        (void)gn_key_read(&key, record);
        break;
    default:
        break;
    }
    return 0;
}
