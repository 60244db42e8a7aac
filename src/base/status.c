/* SPDX-License-Identifier: Apache-2.0 */
/* status.c - names of statuses and the one place that formats an error line. */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

enum gn_status(gn_fail)(struct gn_error *err, enum gn_status status, const char *format, ...)
{
    if (err != NULL) {
        va_list args;
        va_start(args, format);
        err->status = status;
        vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
    }
    return status;
}

const char *gn_status_name(enum gn_status status)
{
    static const char *const names[] = {
        [GN_OK] = "ok",
        [GN_BAD_INPUT] = "bad input",
        [GN_LIMIT] = "limit",
        [GN_NO_MEMORY] = "no memory",
        [GN_IO] = "input/output",
        [GN_CANCELLED] = "cancelled",
        [GN_INTERNAL] = "internal",
    };
    return (unsigned)status < sizeof names / sizeof names[0] ? names[status] : "unknown";
}
