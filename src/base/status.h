/* SPDX-License-Identifier: Apache-2.0 */
/* status.h - how every fallible function of the library answers.
 *
 * A function that can fail returns enum gn_status and, when the caller passed a struct gn_error, leaves one line there
 * that says what is wrong and where.  Nothing in the library prints, exits or aborts on input. */
#ifndef GN_BASE_STATUS_H
#define GN_BASE_STATUS_H

#define GN_NODISCARD __attribute__((warn_unused_result))

enum gn_status {
    GN_OK = 0,
    GN_BAD_INPUT, /* the caller's data is malformed */
    GN_LIMIT,     /* well formed, but over a limit or not supported; the text names it */
    GN_NO_MEMORY,
    GN_IO,
    GN_CANCELLED, /* the progress callback asked to stop */
    GN_INTERNAL   /* a bug: an invariant of the library does not hold */
};

struct gn_error {
    enum gn_status status;
    char text[256]; /* one line, no newline, always terminated */
};

/* gn_fail fills err (may be NULL) with a printf-formatted line and returns status. */
enum gn_status gn_fail(struct gn_error *err, enum gn_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

const char *gn_status_name(enum gn_status status);

#endif
