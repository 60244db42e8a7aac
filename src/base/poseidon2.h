/* SPDX-License-Identifier: Apache-2.0 */
/* poseidon2.h - Poseidon2 (ePrint 2023/323) of width 24 over KoalaBear, p = 2^31 - 2^24 + 1, S-box x^3, 8 full and 23 partial rounds: the instance in
 * public use (tools/poseidon2_constants.py says where its constants come from).  Plain: what the state machine `poseidon2` is compared with.
 *
 *     s := M s;  4 full rounds;  23 partial rounds;  4 full rounds
 *     full round:     s_i := (s_i + c_i)^3 for all i;  s := M s
 *     partial round:  s_0 := (s_0 + c)^3;              s_i := v_i s_i + sum of s
 *
 * M is circ(2 B, B, ..., B) in blocks of four, B = circ(2, 3, 1, 1). */
#ifndef GN_BASE_POSEIDON2_H
#define GN_BASE_POSEIDON2_H

#include <stdint.h>

#define POSEIDON2_P 0x7f000001u
enum { POSEIDON2_WIDTH = 24, POSEIDON2_FULL = 8, POSEIDON2_PARTIAL = 23 };
extern const uint32_t gn_poseidon2_full[POSEIDON2_FULL][POSEIDON2_WIDTH]; /* c of the full rounds, below p */
extern const uint32_t gn_poseidon2_partial[POSEIDON2_PARTIAL];
extern const uint32_t gn_poseidon2_diagonal[POSEIDON2_WIDTH]; /* v */

/* Any words: they count mod p.  Gives words below p. */
void gn_poseidon2(uint32_t state[POSEIDON2_WIDTH]);

#endif
