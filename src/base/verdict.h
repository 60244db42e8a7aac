/* SPDX-License-Identifier: Apache-2.0 */
/* verdict.h - the verdicts are public: include/gnomon/verdict.h. */
#ifndef GN_BASE_VERDICT_H
#define GN_BASE_VERDICT_H

#include "gnomon/verdict.h"

#endif
