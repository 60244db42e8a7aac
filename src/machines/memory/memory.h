/* SPDX-License-Identifier: Apache-2.0 */
/* memory.h - what the tables of memory share; internal to this folder.
 *
 * Memory is a set of linked logs, one per 8-byte word, on bus `mem`: token (q, c1, cu, ts, v0 ... v3, perm).  The key (q, c1, cu) is three
 * entries, never merged: an address has limbs c0 = 8 q + offset, c1, c2 and c3 = 0, and cu = c2 + 16 in rows of user code, c2 in rows of the
 * monitor.  User memory has cu = 16: the monitor sees it at address + 2^36, and what has cu = 0 only the monitor can name.
 *
 * What exists.  Only Image, Input and Zero make words: one token at time 0 and one final pull per key, keys distinct.  Every access replaces a
 * token by a younger one of the same key and perm (gadgets.c), and time does not wrap, so the accesses of a key form one chain that begins at a
 * word table.  Hence in every row the key is one that a word table made: q < 2^13, c1 < 2^16, cu in {0, 16}, perm one of four; a row need not look
 * these up again.  That is why an address costs no range checks:
 *   - c0 = 8 q + offset < 2^16, since `access` says offset <= 7; c1 < 2^16; so with c3 = 0 the carries of a + imm are exact (mem_address);
 *   - c2 = cu - 16 user is 0 or 16, or -16 in a user row that names a word of the monitor.  `access` has no row for that, see below.
 * An address outside of every word has no provable row.
 *
 * perm is made with the word and never changes: bit 0 writable, bit 1 the monitor's own.  (sBPF will add which bytes of a word are valid.)
 * Table access lists what is legal: (offset, bytes, mode, perm), mode = store + 2 user.  bytes are those inside of one word, so both halves of a
 * straddling access pass it, each with its own perm.
 *
 * Words are the grain of existence: regions are rounded outwards to 8 bytes. */
#ifndef GN_MACHINES_MEMORY_H
#define GN_MACHINES_MEMORY_H

#include "machines/machine.h"

enum {
    MEM_USER_SPACE = 16, /* cu of user memory */
    MEM_PERM_WRITE = 1,
    MEM_PERM_MONITOR = 2,
    MEM_PERM_ABSENT = 4, /* of fillers in the last page of Image: no access is legal */
    MEM_ZERO_WORDS = 4,  /* words of a row of Zero */
};
#define MEM_USER_WORDS (1u << 29) /* mx_word_access.word: user memory below, the monitor's own above */
#define MEM_INPUT_BASE UINT64_C(0x40000000)
#define MEM_INPUT_MAX  (UINT64_C(1) << 27) /* Input has at most 2^24 rows */

/* ---- columns ---- */
#define MEM_ADDRESS(X)                                         \
    X(imm, [2], 16, "immediate: low limb, each of the others") \
    X(user, , 1, "row of user code")                           \
    X(q, , 13, "address, bits 3 ... 15")                       \
    X(c1, , 16, "address, limb 1")                             \
    X(cu, , 5, "address, limb 2, plus 16 user")
#define MEM_WORD(X, p)                                           \
    X(p, [4], 16, "the word before the access")                  \
    X(p##_gap, [2], 16, "time since its last access, minus one") \
    X(p##_perm, , 2, "what may be done with it")

/* ---- constraints ---- */
/* a + imm = 8 q + offset + 2^16 c1 + 2^32 (cu - 16 user) mod 2^64.  a: from a token; imm: from the Rom (limb, then 0 or 65535). */
void mem_address(struct air *t, const expr a[4], const expr imm[2], expr user, expr offset, expr q, expr c1, expr cu);
/* Looks (offset, bytes, store + 2 user, perm) up; when may be NULL. */
void mem_allowed(struct air *t, const struct mx_builder *m, expr when, expr offset, expr bytes, expr store, expr user,
                 expr perm);
/* mx_mem_access where `when` (a bit) is 1, nothing where it is 0 */
void mem_access_when(struct air *t, const struct mx_builder *m, expr when, expr ts, const expr key[3],
                     const expr gap[2], expr perm, const expr old[4], const expr new[4]);

/* ---- filling ---- */
struct mem_key {
    uint32_t q, c1, cu;
};
static inline struct mem_key mem_key_of(uint32_t word)
{
    return (struct mem_key){word & 0x1fff, word >> 13 & 0xffff, word < MEM_USER_WORDS ? MEM_USER_SPACE : 0};
}
void mem_count_allowed(struct mx_filler *f, unsigned offset, unsigned bytes, unsigned store, unsigned user,
                       unsigned perm);

/* c: a struct of AIR_CELLS; w: a struct mx_word_access; p: the prefix given to MEM_WORD */
#define MEM_PUT_ADDRESS(c, row, rom, w)             \
    do {                                            \
        struct mem_key key_ = mem_key_of((w).word); \
        (c).imm[0][row] = (rom)->x[0];              \
        (c).imm[1][row] = (rom)->x[1];              \
        (c).user[row] = (rom)->x[2];                \
        (c).q[row] = key_.q;                        \
        (c).c1[row] = key_.c1;                      \
        (c).cu[row] = key_.cu;                      \
    } while (0)
#define MEM_PUT_WORD(f, c, row, p, w, word_perm)                                                         \
    (mx_put_limbs((c).p, row, (w).before), (c).p##_gap[0][row] = (w).gap & 0xffff,                       \
     (c).p##_gap[1][row] = (w).gap >> 16, (c).p##_perm[row] = (word_perm), mx_count_range16(f, (w).gap), \
     mx_count_range8(f, (w).gap >> 16))

/* ---- the Rom ---- */
/* x0, x1: immediate; x2: user.  Classes add x3 ... x5. */
static inline void mem_encode(struct mx_rom_row *row, const struct vm_insn *insn)
{
    mx_encode_immediate(row, insn);
    row->x[2] = row->pc < MX_PC_MONITOR;
}
static inline bool mem_aligned(uint64_t address, unsigned width)
{
    return address % width == 0;
}

/* ---- where words come from: regions cut into spans of words, ascending ---- */
struct mem_span {
    uint32_t word, n; /* first word and how many */
    bool zero;        /* Zero makes them when touched; otherwise they stand in Image, in the order of spans */
    uint8_t perm;
};
struct mem_spans { /* an iterator; all zero but program at the beginning */
    const struct mx_program *program;
    uint32_t region, part;
    uint64_t next; /* words below have been given */
};
bool mem_next_span(struct mem_spans *it, struct mem_span *out);
uint64_t mem_initial_word(const struct mx_program *p, uint32_t word);

#endif
