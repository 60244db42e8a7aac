/* SPDX-License-Identifier: Apache-2.0 */
/* whir_powers.h - the weight of the queries in WHIR (docs/protocol.md section 10, step 4): the table of
 * sum_j beta^{2+j} x_j^x over all x < 2^m, for the queried points x_j = omega_d^{rev_d(index_j)}.  (Of a second stack's
 * queries the powers of beta go on.) */
#ifndef GN_PCS_WHIR_POWERS_H
#define GN_PCS_WHIR_POWERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/work.h"
#include "field/fp6.h"

/* a[x] += sum_j first beta^j x_j^x for x < 2^vars, an ext vector; n <= WHIR_MAX_QUERIES indices below 2^d, vars <= d.
 * memory has gn_whir_powers_bytes(vars, d, n) bytes, 64-byte aligned.  The same bits for any threads and isa. */
void gn_whir_powers_add(uint32_t *a, unsigned vars, unsigned d, fp6 first, fp6 beta, const uint32_t *indices, size_t n,
                        uint32_t *memory, const struct gn_work *w);
size_t gn_whir_powers_bytes(unsigned vars, unsigned d, size_t n);

#endif
