/* SPDX-License-Identifier: Apache-2.0 */
/* poseidon2.c - see poseidon2.h. */
#include "base/poseidon2.h"

#include "../../gen/poseidon2.inc"

static uint32_t reduced(uint64_t x)
{
    return (uint32_t)(x % POSEIDON2_P);
}

static uint32_t cube(uint32_t x, uint32_t c)
{
    uint64_t y = reduced((uint64_t)x + c);
    return reduced(reduced(y * y) * y);
}

/* s := M s */
static void mix(uint32_t s[POSEIDON2_WIDTH])
{
    uint64_t y[POSEIDON2_WIDTH], sums[4] = {0};
    for (unsigned i = 0; i < POSEIDON2_WIDTH; i++) {
        const uint32_t *block = s + i / 4 * 4;
        y[i] = 2 * (uint64_t)block[i % 4] + 3 * (uint64_t)block[(i + 1) % 4] + block[(i + 2) % 4] + block[(i + 3) % 4];
        sums[i % 4] += y[i];
    }
    for (unsigned i = 0; i < POSEIDON2_WIDTH; i++) {
        s[i] = reduced(y[i] + sums[i % 4]);
    }
}

static void full_round(uint32_t s[POSEIDON2_WIDTH], const uint32_t c[POSEIDON2_WIDTH])
{
    for (unsigned i = 0; i < POSEIDON2_WIDTH; i++) {
        s[i] = cube(s[i], c[i]);
    }
    mix(s);
}

static void partial_round(uint32_t s[POSEIDON2_WIDTH], uint32_t c)
{
    uint64_t sum = 0;
    s[0] = cube(s[0], c);
    for (unsigned i = 0; i < POSEIDON2_WIDTH; i++) {
        sum += s[i];
    }
    for (unsigned i = 0; i < POSEIDON2_WIDTH; i++) {
        s[i] = reduced((uint64_t)gn_poseidon2_diagonal[i] * s[i] + sum);
    }
}

void gn_poseidon2(uint32_t state[POSEIDON2_WIDTH])
{
    const unsigned half = POSEIDON2_FULL / 2;
    for (unsigned i = 0; i < POSEIDON2_WIDTH; i++) {
        state[i] = reduced(state[i]);
    }
    mix(state);
    for (unsigned r = 0; r < half; r++) {
        full_round(state, gn_poseidon2_full[r]);
    }
    for (unsigned r = 0; r < POSEIDON2_PARTIAL; r++) {
        partial_round(state, gn_poseidon2_partial[r]);
    }
    for (unsigned r = half; r < POSEIDON2_FULL; r++) {
        full_round(state, gn_poseidon2_full[r]);
    }
}
