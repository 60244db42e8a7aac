/* SPDX-License-Identifier: Apache-2.0 */
/* preset.h - the sets of parameters that there are.  A preset is part of the key, so it changes the key id. */
#ifndef GNOMON_PRESET_H
#define GNOMON_PRESET_H

#include <stdint.h>

#include "gnomon/status.h"

/* Fast or compact: what a proof's size may cost in proving time; and the provable bits that are claimed (SOUNDNESS.md section 4). */
enum {
    GN_PRESET_FAST_128 = 1,
    GN_PRESET_COMPACT_128 = 2,
    GN_PRESET_FAST_100 = 3,
    GN_PRESET_COMPACT_100 = 4,
    GN_PRESETS = 5 /* numbers below, but 0 */
};

#ifdef __cplusplus
extern "C" {
#endif

/* "fast", "compact", "fast-100", "compact-100"; "unknown" */
GN_API const char *gn_preset_name(uint32_t preset);
/* 128 or 100; 0: unknown preset */
GN_API unsigned gn_preset_bits(uint32_t preset);

#ifdef __cplusplus
}
#endif

#endif
