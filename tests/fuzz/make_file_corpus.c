/* SPDX-License-Identifier: Apache-2.0 */
/* make_file_corpus.c - writes the seeds of file_fuzz into a folder: parts of an honest file.  They
 * change with every machine, so only those that do not (statements) are kept in corpus/file; `make fuzz` makes the others.
 *
 *   make_file_corpus FOLDER */
#include <stdio.h>
#include <string.h>

#include "zkvm/proof_file.h"
#include "zkvm/statement.h"
#include "zkvm/subject.h"

static int seed(const char *folder, const char *name, uint8_t mode, const void *bytes, size_t n)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    if (f == NULL) {
        perror(path);
        return 1;
    }
    fputc(mode, f);
    fwrite(bytes, 1, n, f);
    return fclose(f) != 0;
}

int main(int argc, char **argv)
{
    static const uint8_t region[GN_REGION_BYTES] = "public";
    const struct gn_statement statement = {.outcome = GN_OUTCOME_LOAD,
                                           .fault_pc = 0x80000000,
                                           .fault_address = 8,
                                           .region = region,
                                           .output = (const uint8_t *)"output",
                                           .output_n = 6};
    const size_t body = GN_FILE_AT_STATEMENT + GN_STATEMENT_LEAST;
    uint8_t bytes[GN_STATEMENT_LEAST + 8];
    struct subject s;
    if (argc != 2) {
        fprintf(stderr, "usage: make_file_corpus FOLDER\n");
        return 2;
    }
    subject_open(&s, 5, 0, 0);
    gn_statement_write(bytes, &statement);
    int bad = seed(argv[1], "file-cut", 0, s.file, body + 600);
    bad |= seed(argv[1], "file-empty-body", 0, s.file, body);
    bad |= seed(argv[1], "file-half-header", 0, s.file, 100);
    bad |= seed(argv[1], "statement-and-proof", 1, s.file + GN_FILE_AT_LENGTH, body + 600 - GN_FILE_AT_LENGTH);
    bad |= seed(argv[1], "proof-cut", 2, s.file + body, 1500);
    bad |= seed(argv[1], "statement-exit", 3, s.file + GN_FILE_AT_STATEMENT, GN_STATEMENT_LEAST);
    bad |= seed(argv[1], "statement-fault", 3, bytes, gn_statement_size(statement.output_n));
    bad |= seed(argv[1], "record", 4, s.file + GN_FILE_AT_RECORD, GN_RECORD_BYTES);
    subject_close(&s);
    return bad;
}
