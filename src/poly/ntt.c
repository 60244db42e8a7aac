/* SPDX-License-Identifier: Apache-2.0 */
/* ntt.c - plain transforms (being replaced by a kernel) */
#include "poly/ntt.h"

#include <stdlib.h>
#include <string.h>

struct gn_twiddles {
    unsigned max_log2;
};

enum gn_status gn_twiddles_create(struct gn_twiddles **t, unsigned max_log2, struct gn_error *err)
{
    *t = malloc(sizeof **t);
    if (*t == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for twiddle factors");
    }
    (*t)->max_log2 = max_log2;
    return GN_OK;
}

void gn_twiddles_destroy(struct gn_twiddles *t)
{
    free(t);
}

void gn_ntt_encode(uint32_t *out, const uint32_t *a, unsigned in_log2, unsigned d, const struct gn_twiddles *t,
                   enum gn_isa isa)
{
    (void)t;
    (void)isa;
    if (out != a) {
        memcpy(out, a, sizeof *a << in_log2);
    }
    memset(out + ((size_t)1 << in_log2), 0, (((size_t)1 << d) - ((size_t)1 << in_log2)) * sizeof *a);
    for (unsigned l = d; l > 0; l--) {
        size_t half = (size_t)1 << (l - 1);
        for (size_t s = 0; s < (size_t)1 << d; s += 2 * half) {
            fp w = fp_one();
            for (size_t i = 0; i < half; i++) {
                uint32_t x = out[s + i], y = out[s + half + i];
                out[s + i] = fp_add_raw(x, y);
                out[s + half + i] = fp_mul_cell(w, fp_sub_raw(x, y));
                w = fp_mul(w, gn_fp_root(l));
            }
        }
    }
}

void gn_ntt_encode_columns(uint32_t *const *out, const uint32_t *const *in, size_t columns_n, unsigned in_log2,
                           unsigned d, const struct gn_twiddles *t, struct gn_pool *pool, enum gn_isa isa)
{
    (void)pool;
    for (size_t c = 0; c < columns_n; c++) {
        gn_ntt_encode(out[c], in[c], in_log2, d, t, isa);
    }
}
