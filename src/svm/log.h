/* SPDX-License-Identifier: Apache-2.0 */
/* log.h - the lines that a validator logs, collected as it collects them: a line that would bring the total to 10,000 bytes is dropped, the first
 * time "Log truncated" stands in its place; shorter lines may follow. */
#ifndef GN_SVM_LOG_H
#define GN_SVM_LOG_H

#include "svm/statement.h"

enum { SVM_LOG_BYTES = 10000 };

struct svm_log_line {
    size_t at, n; /* in text.data */
};
struct svm_log {
    struct gn_buffer text, lines; /* lines: struct svm_log_line */
    size_t kept;                  /* bytes that count */
    bool truncated;
};

size_t gn_svm_log_lines(const struct svm_log *log);
struct svm_bytes gn_svm_log_line(const struct svm_log *log, size_t i); /* valid UTF-8, may hold any character */
bool gn_svm_log_failed(const struct svm_log *log);                     /* no memory: lines are missing */
void gn_svm_log_free(struct svm_log *log);

void gn_svm_log_add(struct svm_log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* All lines of one top-level instruction, from "Program … invoke [1]" to success or failure. */
void gn_svm_log_instruction(struct svm_log *log, const struct svm_statement *s);
/* What follows "Program … failed: ". */
void gn_svm_failure_text(struct gn_buffer *out, const struct svm_statement *s);

#endif
