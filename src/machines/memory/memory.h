/* SPDX-License-Identifier: Apache-2.0 */
/* memory.h - what the tables of memory share; internal to this folder.
 *
 * Memory is a set of linked logs, one per 8-byte word, on bus `mem`: token (q, c1, c2, ts, v0 ... v3, perm).  The key (q, c1, c2) is three
 * entries, never merged: an address has limbs c0 = 8 q + offset, c1, c2 and c3 = 0.  User memory has c2 = 0 ... 4, the kernel's own c2 = 16; rows of
 * both name memory by the same addresses.
 *
 * What exists.  Only Image, Input and Zero make words: one token at time 0 and one final pull per key, keys distinct.  Every access replaces a
 * token by a younger one of the same key and perm (gadgets.c), and time does not wrap, so the accesses of a key form one chain that begins at a
 * word table.  Hence in every row the key is one that a word table made: q < 2^13, c1 < 2^16, c2 in {0 ... 4, 16}; a row need not look
 * these up again.  That is why an address costs no range checks: c0 = 8 q + offset < 2^16, since `access` says offset <= 7; so with c3 = 0 the
 * carries of a + imm are exact (mem_address).  An address outside of every word has no provable row.
 *
 * perm is made with the word and never changes: it says what the word is.  Every access looks (offset, bytes, mode, perm) up in `access`, which lists
 * what is legal; mode = store + 2 privilege is a constant of the Rom row.  So what separates user and kernel is that there is no row for a user and
 * a word of the kernel.  `bytes` are those inside of one word: both halves of a straddling access pass, each with its own perm. */
#ifndef GN_MACHINES_MEMORY_H
#define GN_MACHINES_MEMORY_H

#include "machines/machine.h"

enum mem_perm {                       /* may read (r), write (w):   user    sBPF    kernel */
                MEM_ABSENT = 0,       /*                             -       -       -      filler of a page */
                MEM_WRITABLE = 1,     /*                             rw      rw      rw     */
                MEM_READABLE = 2,     /*                             r       r       rw     */
                MEM_FIXED = 3,        /*                             r       r       r      text */
                MEM_INPUT = 4,        /*                             r       -       r      */
                MEM_KERNEL = 5,       /*                             -       -       rw     */
                MEM_KERNEL_FIXED = 6, /*                             -       -       r      */
                /* Words of which an interval of bytes exists: MEM_BYTES + mem_interval(start, bytes), + MEM_INTERVALS if users may write there.  The kernel may do
     * both.  Accesses have to be inside of the interval. */
                MEM_BYTES = 8,
                MEM_INTERVALS = 36,
                MEM_PERMS = MEM_BYTES + 2 * MEM_INTERVALS
};
/* the intervals [offset, offset + bytes) of a word: offset 0 has 0 ... 7, offset 1 has 8 ... 14, ... */
static inline uint32_t mem_interval(uint32_t offset, uint32_t bytes)
{
    return offset * (17 - offset) / 2 + bytes - 1;
}

enum { MEM_ZERO_WORDS = 4 /* words of a row of Zero */ };
#define MEM_INPUT_BASE UINT64_C(0x40000000)
#define MEM_INPUT_MAX  (UINT64_C(1) << 27) /* Input has at most 2^24 rows */

/* ---- columns ---- */
#define MEM_ADDRESS(X)                                         \
    X(imm, [2], 16, "immediate: low limb, each of the others") \
    X(mode, , 3, "store + 2 privilege")                        \
    X(q, , 13, "address, bits 3 ... 15")                       \
    X(c1, , 16, "address, limb 1")                             \
    X(c2, , 5, "address, limb 2")
#define MEM_WORD(X, p)                                           \
    X(p, [4], 16, "the word before the access")                  \
    X(p##_gap, [2], 16, "time since its last access, minus one") \
    X(p##_perm, , 7, "what the word is")

/* ---- constraints ---- */
/* a + imm = 8 q + offset + 2^16 c1 + 2^32 c2 mod 2^64.  a: from a token; imm: from the Rom (limb, then 0 or 65535). */
void mem_address(struct air *t, const expr a[4], const expr imm[2], expr offset, expr q, expr c1, expr c2);
/* Looks (offset, bytes, mode, perm) up; when may be NULL. */
void mem_allowed(struct air *t, const struct mx_builder *m, expr when, expr offset, expr bytes, expr mode, expr perm);
/* mx_mem_access where `when` (a bit) is 1, nothing where it is 0 */
void mem_access_when(struct air *t, const struct mx_builder *m, expr when, expr ts, const expr key[3],
                     const expr gap[2], expr perm, const expr old[4], const expr new[4]);

/* ---- filling ---- */
struct mem_key {
    uint32_t q, c1, c2;
};
static inline struct mem_key mem_key_of(uint32_t word)
{
    return (struct mem_key){word & 0x1fff, word >> 13 & 0xffff, mx_word_c2(word)};
}
void mem_count_allowed(struct mx_filler *f, unsigned offset, unsigned bytes, unsigned mode, unsigned perm);

/* c: a struct of AIR_CELLS; w: a struct mx_word_access; p: the prefix given to MEM_WORD */
#define MEM_PUT_ADDRESS(c, row, rom, w)             \
    do {                                            \
        struct mem_key key_ = mem_key_of((w).word); \
        (c).imm[0][row] = (rom)->x[0];              \
        (c).imm[1][row] = (rom)->x[1];              \
        (c).mode[row] = (rom)->x[2];                \
        (c).q[row] = key_.q;                        \
        (c).c1[row] = key_.c1;                      \
        (c).c2[row] = key_.c2;                      \
    } while (0)
#define MEM_PUT_WORD(f, c, row, p, w, word_perm) \
    (mx_put_limbs((c).p, row, (w).before), mx_put_gap(f, (c).p##_gap, row, (w).gap), (c).p##_perm[row] = (word_perm))

/* A word among those that a run touched, which ascend; NULL: it is none of them. */
static inline const struct mx_word *mem_find_word(const struct mx_run *run, uint32_t word)
{
    size_t from = 0, to = run->words_n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (run->words[middle].word < word) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from < run->words_n && run->words[from].word == word ? &run->words[from] : NULL;
}

/* ---- the Rom ---- */
/* x0, x1: immediate; x2: mode.  Classes add x3 ... x5. */
static inline void mem_encode(struct mx_rom_row *row, const struct vm_insn *insn, bool store)
{
    mx_encode_immediate(row, insn);
    row->x[2] = store + 2 * (uint32_t)row->privilege;
}
static inline bool mem_aligned(uint64_t address, unsigned width)
{
    return address % width == 0;
}

/* ---- where words come from: regions cut into spans of words, ascending ---- */
struct mem_span {
    uint32_t word, n; /* first word and how many */
    bool zero;        /* Zero makes them when touched; otherwise they stand in Image, in the order of spans */
    uint8_t perm;     /* if zero; words of Image: mem_initial_perm */
};
struct mem_spans { /* an iterator; all zero but program at the beginning */
    const struct mx_program *program;
    uint32_t region, part;
    uint64_t next; /* words below have been given */
};
bool mem_next_span(struct mem_spans *it, struct mem_span *out);

/* ---- blocks of Zero ---- */
struct
    mem_area { /* neighbouring words with one c1 that Zero makes when they are touched; multiples of MEM_ZERO_WORDS */
    uint32_t word, n;
    uint8_t perm;
    bool declared;
    uint32_t start;  /* when they come into being */
    uint32_t source; /* number of the DECLARE; or row of ZeroRegions */
};
struct mem_chunks { /* an iterator over ZeroRegions; all zero but spans.program at the beginning */
    struct mem_spans spans;
    struct mem_span rest; /* of the span at hand */
    uint32_t row;
};
struct mem_blocks { /* an iterator over the blocks that a run touches, ascending */
    const struct mx_run *run;
    struct mem_area area; /* of the block given last */
    uint32_t areas_n;     /* so many have been looked at */
    struct mem_chunks chunks;
    struct mem_area chunk; /* the next one of the program, if has_chunk */
    bool has_chunk, no_chunks;
    size_t declared, word; /* the next ones of run */
};
struct mem_block {
    uint32_t word, area;           /* first word; different for blocks of different areas */
    const struct mx_word *touched; /* touched_n of them are in the block */
    size_t touched_n;
};
static inline struct mem_blocks mem_blocks_of(const struct mx_run *run)
{
    return (struct mem_blocks){.run = run, .chunks.spans.program = run->program};
}
bool mem_next_block(struct mem_blocks *it, struct mem_block *out);

uint64_t mem_initial_word(const struct mx_program *p, uint32_t word);
/* MEM_ABSENT outside of regions and in words that no perm describes; such regions are not made (mx_program_create) */
enum mem_perm mem_initial_perm(const struct mx_program *p, uint32_t word);

#endif
