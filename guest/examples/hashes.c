/* SPDX-License-Identifier: Apache-2.0 */
/* hashes.c - all of the machine's hashes, over and over: the input is how often (a little-endian u64; 1 if there is none), and which (a byte behind it: 0 all, 1
 * Keccak-f[1600], 2 SHA-256, 3 Poseidon2).  Writes the states: each begins as 0, 1, 2 ... in its elements, SHA-256's block is the Keccak state's beginning. */
#include <gnomon.h>
#include <hash.h>

static uint64_t lanes[25], digest[4], sponge[12];

int main(void)
{
    const uint8_t *in;
    size_t size;
    uint64_t times = 1;
    uint8_t which = 0;
    read_input(&in, &size);
    if (size >= 8) {
        memcpy(&times, in, 8);
    }
    if (size > 8) {
        which = in[8];
    }
    for (unsigned i = 0; i < 25; i++) {
        lanes[i] = i;
    }
    for (unsigned i = 0; i < 4; i++) {
        digest[i] = 2 * i | (2 * i + 1ul) << 32;
    }
    for (unsigned i = 0; i < 12; i++) {
        sponge[i] = 2 * i | (2 * i + 1ul) << 32;
    }
    for (uint64_t i = 0; i < times; i++) {
        if (which == 0 || which == 1) {
            keccak_f1600(lanes);
        }
        if (which == 0 || which == 2) {
            sha256_compress(digest, lanes);
        }
        if (which == 0 || which == 3) {
            poseidon2(sponge);
        }
    }
    write_output((const uint8_t *)lanes, sizeof lanes);
    write_output((const uint8_t *)digest, sizeof digest);
    write_output((const uint8_t *)sponge, sizeof sponge);
    return 0;
}
