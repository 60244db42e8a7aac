/* SPDX-License-Identifier: Apache-2.0 */
/* status.h - errors inside of the library; what callers see of them is include/gnomon/status.h. */
#ifndef GN_BASE_STATUS_H
#define GN_BASE_STATUS_H

#include "gnomon/status.h"

/* gn_fail fills err (may be NULL) with a printf-formatted line and returns status. */
enum gn_status gn_fail(struct gn_error *err, enum gn_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
