/* SPDX-License-Identifier: Apache-2.0 */
/* cm.h - cmocka with the headers that it wants before it. */
#ifndef GN_TESTS_CM_H
#define GN_TESTS_CM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
