/* SPDX-License-Identifier: Apache-2.0 */
/* params.c - the committed table of WHIR parameters (gen/whir_params.inc) and its digest.
 *
 * The table is data: tools/search_params.py proposes it, tools/soundness.c computes every error term of every row, and
 * a test fails when a row is below the preset's claim.  Rows of one table are consecutive in m, so a lookup is an
 * index.  Freestanding. */
#include "pcs/params.h"

struct preset_row {
    uint32_t preset;
    enum whir_table table;
    struct whir_params params;
};

#define FIRST(...)         FIRST_(__VA_ARGS__, 0)
#define FIRST_(first, ...) first
#define LIST(...)          {__VA_ARGS__}
#define ROW(preset_, table_, m_, rounds_, final_, k_, mu_, t_, g_) \
    {.preset = GN_PRESET_##preset_,                                \
     .table = WHIR_##table_,                                       \
     .params = {.m = m_,                                           \
                .k0 = FIRST k_,                                    \
                .mu0 = FIRST mu_,                                  \
                .rounds = rounds_,                                 \
                .k = LIST k_,                                      \
                .mu = LIST mu_,                                    \
                .queries = LIST t_,                                \
                .grind = LIST g_,                                  \
                .final_log2 = final_}},
#define DIGEST(preset_, ...)
static const struct preset_row rows[] = {
#include "../../gen/whir_params.inc"
};
#undef ROW
#undef DIGEST

#define ROW(...)
#define DIGEST(preset_, ...) static const digest digest_##preset_ = {{__VA_ARGS__}};
#include "../../gen/whir_params.inc"

const struct whir_params *gn_whir_params(uint32_t preset, enum whir_table table, unsigned m)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].preset == preset && rows[i].table == table && rows[i].params.m >= m) {
            return &rows[i].params; /* the first one: exact, or the table's smallest */
        }
    }
    return NULL;
}

static const struct {
    const char *name;
    unsigned bits;
    const digest *rows_digest;
} presets[GN_PRESETS] = {
    [GN_PRESET_FAST_128] = {"fast", 128, &digest_FAST_128},
    [GN_PRESET_COMPACT_128] = {"compact", 128, &digest_COMPACT_128},
    [GN_PRESET_FAST_100] = {"fast-100", 100, &digest_FAST_100},
    [GN_PRESET_COMPACT_100] = {"compact-100", 100, &digest_COMPACT_100},
};

const digest *gn_whir_params_digest(uint32_t preset)
{
    return preset < GN_PRESETS ? presets[preset].rows_digest : NULL;
}

const char *gn_preset_name(uint32_t preset)
{
    return preset > 0 && preset < GN_PRESETS ? presets[preset].name : "unknown";
}

unsigned gn_preset_bits(uint32_t preset)
{
    return preset < GN_PRESETS ? presets[preset].bits : 0;
}
