/* SPDX-License-Identifier: Apache-2.0 */
/* status.h - how every call of the library that can fail answers.
 *
 * A function that can fail returns enum gn_status and, when the caller passed a struct gn_error, leaves one line there
 * that says what is wrong and where.  Nothing in the library prints, exits, aborts on input or keeps global state. */
#ifndef GNOMON_STATUS_H
#define GNOMON_STATUS_H

#define GN_NODISCARD __attribute__((warn_unused_result))
#define GN_API       __attribute__((visibility("default"))) /* what the shared libraries export */

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

#ifdef __cplusplus
extern "C" {
#endif

GN_API const char *gn_status_name(enum gn_status status);

#ifdef __cplusplus
}
#endif

#endif
