/* SPDX-License-Identifier: Apache-2.0 */
/* unaligned.h - what Ldx and Stx share: the two words of an access, and where in them its value begins; internal.
 *
 * The two words are eight limbs, v and w.  The value's first byte is byte `offset` of them, offset = 2 j + odd, so its limbs, or for odd offsets
 * the limbs that its bytes lie in, are the five limbs j ... j + 4.
 *
 * Key of the second word: (q + 1, c1, c2) with a carry from q to c1.  It is a bit, and both keys exist (memory.h), so q + 1 - 2^13 carry < 2^13
 * leaves one choice.  There is no carry into c2: an access does not span two windows of 2^32 bytes (c1 = 2^16 is no key).
 *
 * `straddles` is what it says: with bytes = 2, 4 or 8 (Rom),
 *   - if it is 0, access must have (offset, bytes), so offset + bytes <= 8;
 *   - if it is 1, access must have (0, offset + bytes - 8) for the second word, so offset + bytes >= 9; the first word's bytes are 8 - offset.
 * Both words pass access with their own perm: an access that begins in legal memory and ends elsewhere has no row. */
#ifndef GN_MACHINES_MEMORY_UNALIGNED_H
#define GN_MACHINES_MEMORY_UNALIGNED_H

#include "machines/memory/memory.h"

#define UNALIGNED_WORDS(X)                        \
    MEM_ADDRESS(X)                                \
    X(four, , 1, "4 bytes")                       \
    X(eight, , 1, "8 bytes, else 2")              \
    MEM_WORD(X, v)                                \
    X(straddles, , 1, "ends in the next word")    \
    X(carry, , 1, "the next word has another c1") \
    MEM_WORD(X, w)

struct unaligned { /* columns of UNALIGNED_WORDS, and what follows from the offset */
    expr ts, mode, q, c1, c2, straddles, carry, four, eight, offset;
    expr one; /* 1 byte; NULL: never */
    const expr *v, *v_gap, *w, *w_gap;
    expr v_perm, w_perm;
};
#define UNALIGNED_OF(r, at)      \
    {.ts = (r).ts,               \
     .mode = (r).mode,           \
     .q = (r).q,                 \
     .c1 = (r).c1,               \
     .c2 = (r).c2,               \
     .straddles = (r).straddles, \
     .four = (r).four,           \
     .eight = (r).eight,         \
     .offset = (at),             \
     .carry = (r).carry,         \
     .v = (r).v,                 \
     .v_gap = (r).v_gap,         \
     .w = (r).w,                 \
     .w_gap = (r).w_gap,         \
     .v_perm = (r).v_perm,       \
     .w_perm = (r).w_perm}

/* (x - low) / 256: the high byte of a limb x whose low byte is `low` */
static inline expr high_byte(expr x, expr low)
{
    return mulk(sub(x, low), 2122383361); /* 256 * 2122383361 = 1 mod p */
}

/* Both words' logs and permissions; after: the eight limbs behind a store, or v and w again. */
void unaligned_access(struct air *t, const struct mx_builder *m, const struct unaligned *u, const expr after[8]);

/* ---- stores ----
 *
 * A store of n = 1, 2 or 4 limbs b_i = b_low_i + 256 b_high_i; `after` are the five limbs j ... j + 4 behind it:
 *                    i = 0                   0 < i < n                         i = n                       i > n
 *     even           b_0                     b_i                               unchanged                   unchanged
 *     odd            first + 256 b_low_0     b_high_{i-1} + 256 b_low_i        b_high_{n-1} + 256 last[1]    unchanged
 *     one, even      b_low_0 + 256 last[1]   (n = 0)                                                       unchanged
 *     one, odd       first + 256 b_low_0                                                                   unchanged
 * where `first` is the low byte of limb j and last[0] + 256 last[1] is limb j + n: the limbs of which a store keeps a half.
 * All halves are looked up as bytes, so every limb behind the store is a limb before it, one of the value, or two bytes; limbs outside of the five keep
 * their expression, so a store changes only its bytes. */
#define UNALIGNED_STORE(X)                                                      \
    X(at, [3], 1, "the value begins in limb 1, 2, 3")                           \
    X(odd, , 1, "in its high half")                                             \
    X(first, , 8, "low byte of the value's first limb before the store")        \
    X(last, [2], 8, "bytes of the limb in which a value at an odd offset ends") \
    X(after, [5], 16, "limbs from the value's first on behind the store")
struct unaligned_store { /* the value, whose bytes the caller has looked up, and columns of UNALIGNED_STORE */
    expr limb[4], low[4], high[4];
    const expr *at, *last, *after;
    expr odd, first;
};
#define UNALIGNED_STORE_OF(r) {.at = (r).at, .last = (r).last, .after = (r).after, .odd = (r).odd, .first = (r).first}
/* The store: u, but for its offset, and s describe it; sets u->offset. */
void unaligned_store(struct air *t, const struct mx_builder *m, struct unaligned *u, const struct unaligned_store *s);

/* Exactly one of n + 1 is marked: marked[0] = 1 - the others, which are columns. */
void unaligned_mark(struct air *t, expr *marked, const expr *others, unsigned n);

/* Cells of UNALIGNED_WORDS; the second word's are 0 if there is none. */
#define UNALIGNED_PUT_BYTES(f, c, i, rom, rec, bytes_n)                                                \
    do {                                                                                               \
        unsigned offset_ = (rec)->address & 7, bytes_ = (bytes_n), straddles_ = offset_ + bytes_ > 8;  \
        MEM_PUT_ADDRESS(c, i, rom, (rec)->word[0]);                                                    \
        MEM_PUT_WORD(f, c, i, v, (rec)->word[0], (rec)->perm[0]);                                      \
        mem_count_allowed(f, offset_, straddles_ ? 8 - offset_ : bytes_, (rom)->x[2], (rec)->perm[0]); \
        (c).straddles[i] = straddles_;                                                                 \
        (c).carry[i] = straddles_ && (c).q[i] == 0x1fff;                                               \
        if (straddles_) {                                                                              \
            MEM_PUT_WORD(f, c, i, w, (rec)->word[1], (rec)->perm[1]);                                  \
            mem_count_allowed(f, 0, offset_ + bytes_ - 8, (rom)->x[2], (rec)->perm[1]);                \
        }                                                                                              \
    } while (0)
#define UNALIGNED_PUT(f, c, i, rom, rec)                              \
    do {                                                              \
        (c).four[i] = (rom)->x[3];                                    \
        (c).eight[i] = (rom)->x[4];                                   \
        UNALIGNED_PUT_BYTES(f, c, i, rom, rec, unaligned_bytes(rom)); \
    } while (0)
/* Cells of UNALIGNED_STORE and the lookups of first and last; at: a struct of columns; value of `bytes` bytes */
struct unaligned_put {
    uint32_t *const *at, *const *last, *const *after;
    uint32_t *odd, *first;
};
#define UNALIGNED_PUT_STORE(f, c, i, rec, value, bytes)                                                             \
    unaligned_put_store(f, &(struct unaligned_put){(c).at, (c).last, (c).after, (c).odd, (c).first}, i, rec, value, \
                        bytes)

static inline unsigned unaligned_bytes(const struct mx_rom_row *rom)
{
    return 2 + 2 * rom->x[3] + 6 * rom->x[4];
}

/* limb 0 ... 7 of the two words */
static inline uint32_t unaligned_limb(const struct mx_memory_record *rec, unsigned i)
{
    return i < 8 ? mx_limb(rec->word[i / 4].before, i % 4) : 0; /* word[1] is 0 if there is none */
}

void unaligned_put_store(struct mx_filler *f, const struct unaligned_put *c, size_t i,
                         const struct mx_memory_record *rec, uint64_t value, unsigned bytes);

unsigned unaligned_width(const struct vm_insn *insn);
bool unaligned_fits(const struct vm_insn *insn, uint64_t address);

#endif
