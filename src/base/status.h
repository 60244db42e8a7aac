/* SPDX-License-Identifier: Apache-2.0 */
/* status.h - errors inside of the library; what callers see of them is include/gnomon/status.h. */
#ifndef GN_BASE_STATUS_H
#define GN_BASE_STATUS_H

#include "gnomon/status.h"

/* gn_fail fills err (may be NULL) with a printf-formatted line and returns status. */
enum gn_status gn_fail(struct gn_error *err, enum gn_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#ifdef __clang_analyzer__ /* it reads one file at a time, so this tells it what gn_fail does: GN_OK never comes back */
#include <stddef.h>
static inline enum gn_status gn_failed(struct gn_error *err, enum gn_status status)
{
    if (err != NULL) {
        err->status = status;
    }
    return status;
}
#define gn_fail(err, status, ...) ((void)(gn_fail)((err), (status), __VA_ARGS__), gn_failed((err), (status)))
#endif

#endif
