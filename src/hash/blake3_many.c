/* SPDX-License-Identifier: Apache-2.0 */
/* blake3_many.c - many equal-length keyed hashes.  First form: one after the other. */
#include "base/bytes.h"
#include "hash/blake3.h"

void gn_blake3_rows(digest *out, const digest *key, const uint32_t *const *columns, size_t words, size_t begin,
                    size_t end, enum gn_isa isa)
{
    (void)isa;
    uint8_t row[1024];
    for (size_t i = begin; i < end; i++) {
        for (size_t w = 0; w < words; w++) {
            store_le32(row + 4 * w, columns[w][i]);
        }
        out[i] = gn_blake3_hash_keyed(key, row, 4 * words);
    }
}

void gn_blake3_pairs(digest *out, const digest *key, const digest *in, size_t n, enum gn_isa isa)
{
    (void)isa;
    for (size_t i = 0; i < n; i++) {
        out[i] = gn_blake3_hash_keyed(key, in + 2 * i, 2 * sizeof *in);
    }
}

uint64_t gn_blake3_grind(const digest *seed, uint64_t first, uint64_t n, unsigned bits, enum gn_isa isa)
{
    (void)isa;
    uint8_t input[40];
    uint64_t mask = bits < 64 ? ((uint64_t)1 << bits) - 1 : UINT64_MAX;
    for (unsigned i = 0; i < 32; i++) {
        input[i] = seed->b[i];
    }
    for (uint64_t i = 0; i < n; i++) {
        store_le64(input + 32, first + i);
        digest d = gn_blake3_hash_keyed(&gn_key_grind, input, sizeof input);
        if ((load_le64(d.b) & mask) == 0) {
            return first + i;
        }
    }
    return first + n;
}
