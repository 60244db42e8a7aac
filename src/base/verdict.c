/* SPDX-License-Identifier: Apache-2.0 */
/* verdict.c - names and sentences of the verdicts; freestanding. */
#include "base/verdict.h"

const char *gn_verdict_name(enum gn_verdict v)
{
    switch (v) {
#define X(name, text) \
    case GN_##name:   \
        return #name;
        GN_VERDICTS(X)
#undef X
    }
    return "unknown";
}

const char *gn_verdict_text(enum gn_verdict v)
{
    switch (v) {
#define X(name, text) \
    case GN_##name:   \
        return text;
        GN_VERDICTS(X)
#undef X
    }
    return "unknown";
}
