/* SPDX-License-Identifier: Apache-2.0 */
/* log.c - lines from records and outcome.  A line is built in a buffer, since texts may be long and hold any character, then added. */
#include "svm/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "svm/base64.h"
#include "svm/errors.h"

size_t gn_svm_log_lines(const struct svm_log *log)
{
    return log->lines.size / sizeof(struct svm_log_line);
}

struct svm_bytes gn_svm_log_line(const struct svm_log *log, size_t i)
{
    struct svm_log_line line;
    memcpy(&line, log->lines.data + i * sizeof line, sizeof line);
    return (struct svm_bytes){.data = log->text.data + line.at, .n = line.n};
}

bool gn_svm_log_failed(const struct svm_log *log)
{
    return log->text.failed || log->lines.failed;
}

void gn_svm_log_free(struct svm_log *log)
{
    gn_buffer_free(&log->text);
    gn_buffer_free(&log->lines);
}

static void append(struct svm_log *log, const void *bytes, size_t n)
{
    struct svm_log_line line = {.at = log->text.size, .n = n};
    gn_buffer_append(&log->text, bytes, n);
    gn_buffer_append(&log->lines, &line, sizeof line);
}

static void add(struct svm_log *log, const struct gn_buffer *line)
{
    static const char warning[] = "Log truncated";
    log->text.failed |= line->failed;
    if (log->kept + line->size < SVM_LOG_BYTES) {
        log->kept += line->size;
        append(log, line->data, line->size);
    } else if (!log->truncated) {
        log->truncated = true;
        append(log, warning, sizeof warning - 1);
    }
}

static void print(struct gn_buffer *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void print(struct gn_buffer *out, const char *format, ...)
{
    char text[256]; /* longer things are appended, not printed */
    va_list list;
    va_start(list, format);
    int n = vsnprintf(text, sizeof text, format, list);
    va_end(list);
    gn_buffer_append(out, text, n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

void gn_svm_log_add(struct svm_log *log, const char *format, ...)
{
    char text[512];
    va_list list;
    va_start(list, format);
    int n = vsnprintf(text, sizeof text, format, list);
    va_end(list);
    struct gn_buffer line = {0};
    gn_buffer_append(&line, text, n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
    add(log, &line);
    gn_buffer_free(&line);
}

static void print_base64(struct gn_buffer *out, struct svm_bytes b)
{
    size_t n = gn_base64_encoded(b.n);
    char *text = malloc(n + 1);
    if (text == NULL) {
        out->failed = true;
        return;
    }
    gn_buffer_append(out, gn_base64_encode(text, b.data, b.n), n);
    free(text);
}

static void print_slices(struct gn_buffer *out, struct svm_bytes b)
{
    for (size_t at = 0; at < b.n;) {
        size_t n = load_le64(b.data + at);
        print(out, "%s", at > 0 ? " " : "");
        print_base64(out, (struct svm_bytes){.data = b.data + at + 8, .n = n});
        at += 8 + (n + 7) / 8 * 8;
    }
}

static struct svm_key key_of(const uint8_t *bytes)
{
    struct svm_key key;
    memcpy(key.b, bytes, sizeof key.b);
    return key;
}

/* false: the record is no line */
static bool print_record(struct gn_buffer *out, const struct svm_record *r)
{
    char text[SVM_KEY_TEXT];
    const uint8_t *p = r->payload.data;
    struct svm_key key;
    switch (r->kind) {
    case GN_SOL_LOG:
        print(out, "Program log: ");
        gn_buffer_append(out, p, r->payload.n);
        return true;
    case GN_SOL_LOG_64:
        print(out, "Program log: 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64, load_le64(p),
              load_le64(p + 8), load_le64(p + 16), load_le64(p + 24), load_le64(p + 32));
        return true;
    case GN_SOL_LOG_PUBKEY:
        key = key_of(p);
        print(out, "Program log: %s", gn_svm_key_text(text, &key));
        return true;
    case GN_SOL_LOG_UNITS:
        print(out, "Program consumption: %" PRIu64 " units remaining", load_le64(p));
        return true;
    case GN_SOL_LOG_DATA:
        print(out, "Program data: ");
        print_slices(out, r->payload);
        return true;
    default:
        return false;
    }
}

/* Rust's words about UTF-8, then the bytes */
static void print_invalid_text(struct gn_buffer *out, struct svm_bytes b)
{
    size_t valid = 0, bad = 0;
    (void)gn_svm_utf8(b, &valid, &bad);
    if (bad > 0) {
        print(out, "invalid utf-8 sequence of %zu bytes from index %zu: [", bad, valid);
    } else {
        print(out, "incomplete utf-8 byte sequence from index %zu: [", valid);
    }
    for (size_t i = 0; i < b.n; i++) {
        print(out, "%s%u", i > 0 ? ", " : "", b.data[i]);
    }
    print(out, "]");
}

static void print_access(struct gn_buffer *out, const struct svm_statement *s)
{
    static const char *const regions[] = {"program", "stack", "heap", "input", "allocated", "unallocated"};
    const uint64_t *d = s->detail;
    if (s->fault == GN_SOL_FAULT_STACK_ACCESS) {
        print(out, "Access violation in stack frame %" PRId64 " at address 0x%" PRIx64 " of size %" PRIu64,
              (int64_t)d[3], d[2], d[1]);
    } else {
        print(out, "Access violation %s %" PRIu64 " bytes at address 0x%" PRIx64 " (in %s region)",
              d[0] == 0 ? "reading" : "writing", d[1], d[2],
              d[3] <= GN_SOL_REGION_UNALLOCATED ? regions[d[3]] : "unknown");
    }
}

static const char *fault_text(enum gn_sol_fault fault)
{
    static const char *const texts[] = {
        [GN_SOL_FAULT_EXCEEDED_UNITS] = "exceeded CUs meter at BPF instruction",
        [GN_SOL_FAULT_OVERRUN] = "attempted to execute past the end of the text segment at BPF instruction",
        [GN_SOL_FAULT_DIVIDE_BY_ZERO] = "divide by zero at BPF instruction",
        [GN_SOL_FAULT_DIVIDE_OVERFLOW] = "division overflow at BPF instruction",
        [GN_SOL_FAULT_CALL_DEPTH] = "exceeded max BPF to BPF call depth",
        [GN_SOL_FAULT_CALL_OUTSIDE_TEXT] = "callx attempted to call outside of the text segment",
        [GN_SOL_FAULT_UNSUPPORTED_INSTRUCTION] = "unsupported BPF instruction",
        [GN_SOL_FAULT_ABORT] = "SBF program panicked",
        [GN_SOL_FAULT_UNALIGNED_POINTER] = "Unaligned pointer",
        [GN_SOL_FAULT_INVALID_LENGTH] = "InvalidLength",
        [GN_SOL_FAULT_COPY_OVERLAPPING] = "Overlapping copy",
        [GN_SOL_FAULT_TOO_MANY_SLICES] = "Hashing too many sequences",
        [GN_SOL_FAULT_BAD_SEEDS] =
            "Could not create program address with signer seeds: Length of the seed is too long for address generation",
        [GN_SOL_FAULT_INVALID_POINTER] = "Invalid pointer",
        [GN_SOL_FAULT_ARITHMETIC_OVERFLOW] = "Arithmetic overflow",
    };
    return (unsigned)fault < sizeof texts / sizeof texts[0] && texts[fault] != NULL ? texts[fault] : "?";
}

void gn_svm_failure_text(struct gn_buffer *out, const struct svm_statement *s)
{
    const struct svm_record *last = s->records_n > 0 ? &s->records[s->records_n - 1] : NULL;
    switch (s->fault) {
    case GN_SOL_FAULT_NONE:
        print(out, "%s", gn_svm_error_text(s->error));
        if (s->error == GN_SOL_ERROR_CUSTOM) {
            print(out, ": 0x%" PRIx32, s->custom);
        }
        break;
    case GN_SOL_FAULT_ACCESS:
    case GN_SOL_FAULT_STACK_ACCESS:
        print_access(out, s);
        break;
    case GN_SOL_FAULT_PANIC:
        print(out, "SBF program Panicked in ");
        if (last != NULL) {
            gn_buffer_append(out, last->payload.data, last->payload.n);
        }
        print(out, " at %" PRIu64 ":%" PRIu64, s->detail[0], s->detail[1]);
        break;
    case GN_SOL_FAULT_INVALID_STRING:
        if (last != NULL) {
            print_invalid_text(out, last->payload);
        }
        break;
    case GN_SOL_FAULT_RETURN_DATA_TOO_LARGE:
        print(out, "Return data too large (%" PRIu64 " > %" PRIu64 ")", s->detail[0], s->detail[1]);
        break;
    default:
        print(out, "%s", fault_text(s->fault));
        break;
    }
}

void gn_svm_log_instruction(struct svm_log *log, const struct svm_statement *s)
{
    char program[SVM_KEY_TEXT], setter[SVM_KEY_TEXT];
    struct gn_buffer line = {0};
    gn_svm_key_text(program, &s->program);
    gn_svm_log_add(log, "Program %s invoke [1]", program);
    for (size_t i = 0; i < s->records_n; i++) {
        line.size = 0;
        if (print_record(&line, &s->records[i])) {
            add(log, &line);
        }
    }
    if (s->fault == GN_SOL_FAULT_TOO_MANY_SLICES) {
        gn_svm_log_add(log, "%s Hashing %" PRIu64 " sequences in one syscall is over the limit %" PRIu64,
                       s->detail[0] == 0 ? "Sha256" : "Keccak256", s->detail[1], s->detail[2]);
    }
    const bool unpaid_heap = s->error == GN_SOL_ERROR_PROGRAM_ENVIRONMENT_SETUP_FAILURE && s->instructions == 0;
    if (unpaid_heap) {
        gn_svm_log_add(log, "Failed to create SBF VM: Computational budget exceeded");
    } else {
        gn_svm_log_add(log, "Program %s consumed %" PRIu64 " of %" PRIu64 " compute units", program, s->units,
                       s->budget);
    }
    if (s->return_data.n > 0) {
        line.size = 0;
        print(&line, "Program return: %s ", gn_svm_key_text(setter, &s->return_program));
        print_base64(&line, s->return_data);
        add(log, &line);
    }
    line.size = 0;
    if (s->success || s->error == GN_SOL_ERROR_UNBALANCED_INSTRUCTION) { /* the balance is looked at after the line */
        print(&line, "Program %s success", program);
    } else {
        print(&line, "Program %s failed: ", program);
        gn_svm_failure_text(&line, s);
    }
    add(log, &line);
    gn_buffer_free(&line);
}
