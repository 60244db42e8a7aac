/* SPDX-License-Identifier: Apache-2.0 */
/* unaligned.h - what Ldx and Stx share: the two words of an access, and where in them its value begins; internal.
 *
 * The two words are eight limbs, v and w.  The value's first byte is byte `offset` of them, offset = 2 j + odd, so its limbs, or for odd offsets
 * the limbs that its bytes lie in, are the five limbs j ... j + 4.
 *
 * Key of the second word: (q, c1, cu) + 1 with carries.  carry[0] and carry[1] are bits, and both keys exist (memory.h), so
 * q + 1 - 2^13 carry[0] < 2^13 leaves one choice of carry[0], then c1 + carry[0] - 2^16 carry[1] one of carry[1].
 *
 * `straddles` is what it says: with bytes = 2, 4 or 8 (Rom),
 *   - if it is 0, access must have (offset, bytes), so offset + bytes <= 8;
 *   - if it is 1, access must have (0, offset + bytes - 8) for the second word, so offset + bytes >= 9; the first word's bytes are 8 - offset.
 * Both words pass access with their own perm: an access that begins in legal memory and ends elsewhere has no row. */
#ifndef GN_MACHINES_MEMORY_UNALIGNED_H
#define GN_MACHINES_MEMORY_UNALIGNED_H

#include "machines/memory/memory.h"

#define UNALIGNED_WORDS(X)                                       \
    MEM_ADDRESS(X)                                               \
    X(four, , 1, "4 bytes")                                      \
    X(eight, , 1, "8 bytes, else 2")                             \
    MEM_WORD(X, v)                                               \
    X(straddles, , 1, "ends in the next word")                   \
    X(carry, [2], 1, "the next word has another c1, another cu") \
    MEM_WORD(X, w)

struct unaligned { /* columns of UNALIGNED_WORDS, and what follows from the offset */
    expr ts, user, q, c1, cu, straddles, four, eight, store, offset;
    const expr *carry, *v, *v_gap, *w, *w_gap;
    expr v_perm, w_perm;
};
#define UNALIGNED_OF(r, is_store, at) \
    {.ts = (r).ts,                    \
     .user = (r).user,                \
     .q = (r).q,                      \
     .c1 = (r).c1,                    \
     .cu = (r).cu,                    \
     .straddles = (r).straddles,      \
     .four = (r).four,                \
     .eight = (r).eight,              \
     .store = (is_store),             \
     .offset = (at),                  \
     .carry = (r).carry,              \
     .v = (r).v,                      \
     .v_gap = (r).v_gap,              \
     .w = (r).w,                      \
     .w_gap = (r).w_gap,              \
     .v_perm = (r).v_perm,            \
     .w_perm = (r).w_perm}

/* (x - low) / 256: the high byte of a limb x whose low byte is `low` */
static inline expr high_byte(expr x, expr low)
{
    return mulk(sub(x, low), 2122383361); /* 256 * 2122383361 = 1 mod p */
}

/* Both words' logs and permissions; after: the eight limbs behind a store, or v and w again. */
void unaligned_access(struct air *t, const struct mx_builder *m, const struct unaligned *u, const expr after[8]);

/* Exactly one of n + 1 is marked: marked[0] = 1 - the others, which are columns. */
void unaligned_mark(struct air *t, expr *marked, const expr *others, unsigned n);

/* Cells of UNALIGNED_WORDS; the second word's are 0 if there is none. */
#define UNALIGNED_PUT(f, c, i, rom, rec, is_store)                                                               \
    do {                                                                                                         \
        unsigned offset_ = (rec)->address & 7, bytes_ = unaligned_bytes(rom), straddles_ = offset_ + bytes_ > 8; \
        MEM_PUT_ADDRESS(c, i, rom, (rec)->word[0]);                                                              \
        (c).four[i] = (rom)->x[3];                                                                               \
        (c).eight[i] = (rom)->x[4];                                                                              \
        MEM_PUT_WORD(f, c, i, v, (rec)->word[0], (rec)->perm[0]);                                                \
        mem_count_allowed(f, offset_, straddles_ ? 8 - offset_ : bytes_, is_store, (rom)->x[2], (rec)->perm[0]); \
        (c).straddles[i] = straddles_;                                                                           \
        (c).carry[0][i] = straddles_ && (c).q[i] == 0x1fff;                                                      \
        (c).carry[1][i] = (c).carry[0][i] && (c).c1[i] == 0xffff;                                                \
        if (straddles_) {                                                                                        \
            MEM_PUT_WORD(f, c, i, w, (rec)->word[1], (rec)->perm[1]);                                            \
            mem_count_allowed(f, 0, offset_ + bytes_ - 8, is_store, (rom)->x[2], (rec)->perm[1]);                \
        }                                                                                                        \
    } while (0)

static inline unsigned unaligned_bytes(const struct mx_rom_row *rom)
{
    return 2 + 2 * rom->x[3] + 6 * rom->x[4];
}

/* limb 0 ... 7 of the two words */
static inline uint32_t unaligned_limb(const struct mx_memory_record *rec, unsigned i)
{
    return i < 8 ? mx_limb(rec->word[i / 4].before, i % 4) : 0; /* word[1] is 0 if there is none */
}

unsigned unaligned_width(const struct vm_insn *insn);
bool unaligned_fits(const struct vm_insn *insn, uint64_t address);

#endif
