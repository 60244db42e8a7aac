/* SPDX-License-Identifier: Apache-2.0 */
/* machine.h - what the author of a state machine writes against (docs/machines.md).
 *
 * A *class* is a table whose rows are executed instructions: each row takes (pc, ts) from bus `state`, looks its instruction up in the
 * Rom, reads and writes registers (memory) as linked logs, and puts (next pc, ts + 4), or ts + 8 if it does what two instructions do.  One file a class (or two that share text):
 * columns, constraints, filler, and which core instructions it proves.  Read main/mov.c first.  A *store* is any other table: the Rom,
 * fixed tables, registers' final values, memory words.
 *
 * Values are 64 bits in four limbs v[0] (lowest) ... v[3], each below 2^16.  THE INVARIANT: every limb that a row writes to a register or
 * to memory is below 2^16, because the row looked it up in `range16` (or `bytes`), took it from a token, or took it from the Rom.  Limbs that a
 * row takes from tokens or from the Rom need no check.  Integer identities between limbs state why they do not wrap mod p. */
#ifndef GN_MACHINES_MACHINE_H
#define GN_MACHINES_MACHINE_H

#include <string.h>

#include "air/expr.h"
#include "field/fp.h"
#include "vm/vm.h"

/* ---- time and program counters ---- */
enum mx_slot { MX_SLOT_A, MX_SLOT_B, MX_SLOT_D, MX_SLOT_MEMORY, MX_SLOTS }; /* moments of a row: ts + slot */

/* Code of the user (the guest program) and of the kernel have a half of the pcs each, 2^28 wide: pc = base + (address - text) / 2.  Both texts
 * begin at 2^32 c2 + 0x8000_0000, where c2 (third limb of an address) is 0 for the user and 16 for the kernel, and 2^24 c2 is the distance of the bases. */
enum {
    MX_PC_ENTRY = 2,       /* the first row of a run; Rom: a jump to the kernel's entry */
    MX_PC_MICRO = 1 << 20, /* + i: further rows of an instruction */
    MX_PC_USER = 1 << 28,
    MX_PC_KERNEL = 1 << 29,
    MX_PC_VECTOR = MX_PC_KERNEL, /* where traps lead: the kernel's first halfword of text */
    MX_TS_START = 4,
    MX_KERNEL_C2 = 16,
};
#define MX_TEXT        VM_USER_TEXT
#define MX_TEXT_SIZE   VM_TEXT_SPAN
#define MX_KERNEL_BASE VM_KERNEL_BASE
_Static_assert(VM_KERNEL_BASE == (uint64_t)MX_KERNEL_C2 << 32 && VM_KERNEL_TEXT == VM_KERNEL_BASE + VM_USER_TEXT,
               "code addresses of user and kernel differ in the third limb");
_Static_assert(MX_PC_KERNEL == MX_PC_USER + MX_KERNEL_C2 * (1 << 24) && VM_TEXT_SPAN == UINT64_C(2) << 28, "pc halves");

/* Whose code a row is.  Privilege is not a column: rows of the user lead to rows of the user, but for traps (docs/machines.md section 1). */
enum mx_privilege { MX_KERNEL, MX_USER_RISCV, MX_USER_SBPF, MX_PRIVILEGES };

/* ---- class numbers: entry `class` of the fetch message.  Stable; classes.def says which exist ---- */
enum mx_class {
    MX_MOVI = 1,
    MX_MOV = 2,
    MX_ADD = 3,
    MX_ADDI = 4,
    MX_ADDW = 5,
    MX_ADDIW = 6,
    MX_LOGIC = 7,
    MX_LOGICI = 8,
    MX_COMPARE = 9,
    MX_COMPAREI = 10,
    MX_BEQ = 11,
    MX_BEQI = 12,
    MX_BLT = 13,
    MX_JUMP = 14,
    MX_JAL = 15,
    MX_JALR = 16,
    MX_LD8 = 17,
    MX_ST8 = 18,
    MX_LDH = 19,
    MX_STH = 20,
    MX_LDB = 21,
    MX_STB = 22,
    MX_LDX = 23,
    MX_STX = 24,
    MX_SHR = 25,
    MX_SHRI = 26,
    MX_SHIFTW = 27,
    MX_SHIFTIW = 28,
    MX_MUL = 29,
    MX_MULH = 30,
    MX_DIV = 31,
    MX_ECALL = 32,
    MX_TRAP = 33, /* has no row in the Rom */
    MX_RESUME = 34,
    MX_HALT = 35,
    MX_OUT = 36,
    MX_ADD2 = 37, /* in place: rd is an operand */
    MX_ADDI2 = 38,
    MX_SHL = 39,
    MX_SHLI = 40,
    MX_MULW = 41,
    MX_MOVW = 42,
    MX_ADDX = 43,
    MX_LOGICX = 44,
    MX_BSWAP = 45,
    MX_BEQC = 46,
    MX_BEQW = 47,
    MX_BLTC = 48,
    MX_BLTW = 49,
    MX_BSET = 50,
    MX_MOVADD = 51, /* two instructions in a row */
    MX_CALL = 60,   /* calls of sBPF (frame/frame.h) */
    MX_CALLX = 61,
    MX_EXIT = 62,
    MX_FRAME = 63, /* has no row in the Rom */
    MX_STI = 64,   /* stores of constants */
    /* bulk machines: heads, then the tables of their bodies, which have no rows in the Rom */
    MX_KECCAK = 80,
    MX_SHA256 = 81,
    MX_COPY = 82,
    MX_FILL = 83,
    MX_KECCAK_ROUNDS = 84,
    MX_SHA256_ROUNDS = 85,
    MX_COPY_WORD = 86,
    MX_COPY_SHIFTED = 87,
    MX_COPY_EDGE = 88,
    MX_FILL_WORD = 89,
    MX_FILL_EDGE = 90,
    MX_DECLARE = 91,
    MX_POSEIDON2 = 92, /* a bulk machine of one row */
    MX_CLASSES = 128
};

/* ---- declaring ---- */
struct mx_buses {
    uint32_t state, fetch, reg, mem, range16, range8, range12, bytes, and8, and4, shift, access, zero_region, halt, out;
    uint32_t declare, declared, edge;                             /* memory/declare.c */
    uint32_t call, exit;                                          /* frame/frame.h */
    uint32_t keccak, keccak_iota, sha256, sha256_row, copy, fill; /* bulk/ describes them */
};
/* entries: state pc ts | fetch pc class inc tgt rd ra rb x0..x5 | reg r ts v0..v3 | mem q c1 c2 ts v0..v3 perm | range* x | bytes x y |
 * and8 x y x&y | and4 likewise, 4 bits | shift r x lo hi: x 2^r = lo + 256 hi, r <= 8 |
 * access offset bytes mode perm (memory/memory.h) | zero_region c1 c2 first last perm start | halt 0 | out index v0..v3 (a row of the statement) */

struct mx_builder {
    struct air_builder *b;
    struct mx_buses bus;
    uint32_t time_bound, refresh_bound, bulk_bound;
};

/* Pieces of column lists:  #define ADD_COLUMNS(X) MX_STEP(X) MX_READ(X, a) MX_READ(X, b) MX_WRITE(X, d) X(c, [4], 16, "result") */
#define MX_STEP(X)                 \
    X(pc, , 31, "program counter") \
    X(ts, , 24, "time")            \
    X(inc, , 31, "pc of the next instruction minus pc")
#define MX_READ(X, p)                \
    X(p##_reg, , 7, "register read") \
    X(p, [4], 16, "its value")       \
    X(p##_gap, , 16, "time since its last access, minus one")
#define MX_WRITE(X, p)                      \
    X(p##_reg, , 7, "register written")     \
    X(p##_old, [4], 16, "its value before") \
    X(p##_gap, , 16, "time since its last access, minus one")

/* A second operand that is a register or an immediate: for tables that are too rare to deserve a twin */
#define MX_OPERAND(X, p) \
    MX_READ(X, p)        \
    X(p##_is_reg, , 1, "0: the value is an immediate, no register is read")

/* The columns of mx_sum */
#define MX_SUM(X)                                    \
    X(sub, , 1, "1: subtract")                       \
    X(u, [4], 16, "add: first operand; sub: result") \
    X(w, [4], 16, "u + b mod 2^64: add: result; sub: first operand")

#define MX_COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { MX_INVERSE_2_8 = 2122383361, MX_INVERSE_2_16 = 2130673921 }; /* 1 / 2^8, 1 / 2^16 mod p */

/* A class table: pulls state(pc, ts), pushes state(next_pc, ts + 4), and puts its height into the bound on time. */
void mx_step(struct air *t, const struct mx_builder *m, expr pc, expr ts, expr next_pc);
/* the same for rows that do what n of a program's rows do: they take the time of n */
void mx_steps(struct air *t, const struct mx_builder *m, unsigned n, expr pc, expr ts, expr next_pc);

struct mx_fields { /* of the instruction's Rom row; NULL: 0 */
    expr inc, tgt, rd, ra, rb, x[6];
};
void mx_fetch(struct air *t, const struct mx_builder *m, enum mx_class class, expr pc, const struct mx_fields *fields);

/* reg's log: the token from ts + slot - 1 - gap is replaced by one at ts + slot.  Looks gap up in range16. */
void mx_reg_read(struct air *t, const struct mx_builder *m, expr ts, enum mx_slot slot, expr reg, expr gap,
                 const expr v[4]);
void mx_reg_write(struct air *t, const struct mx_builder *m, expr ts, enum mx_slot slot, expr reg, expr gap,
                  const expr old[4], const expr new[4]);

/* mx_reg_write where `when` (a bit) is 1, nothing where it is 0 */
void mx_reg_write_when(struct air *t, const struct mx_builder *m, expr when, expr ts, enum mx_slot slot, expr reg,
                       expr gap, const expr old[4], const expr new[4]);

/* An operand of MX_OPERAND: a read if is_reg, which the caller puts into the fetch message (bit 0 of x0).  imm: what x1 ... x4 must be: 0, or
 * the immediate's limbs. */
void mx_operand_read(struct air *t, const struct mx_builder *m, expr ts, enum mx_slot slot, expr reg, expr gap,
                     const expr v[4], expr is_reg, expr imm[4]);

/* The word's log at ts + MX_SLOT_MEMORY; gap = gap[0] + 2^16 gap[1], looked up in range16 and range8.  A read has old == new. */
void mx_mem_access(struct air *t, const struct mx_builder *m, expr ts, expr q, expr c1, expr c2, const expr gap[2],
                   expr perm, const expr old[4], const expr new[4]);

/* time = low + 2^16 high, low by range16, high by range8: the limbs in which the kernel sees a time.  Returns low. */
expr mx_time_limbs(struct air *t, const struct mx_builder *m, expr time, expr high);

/* pc of the row at address 2 h + 2^16 (0x8000 + f) of a half.  h < 2^15 is the caller's to prove; looks f's bound up: f < 2^13, if the caller shows that
 * |8 f| < p / 2. */
expr mx_place(struct air *t, const struct mx_builder *m, expr base, expr h, expr f);

void mx_range16(struct air *t, const struct mx_builder *m, expr x);
void mx_range16x4(struct air *t, const struct mx_builder *m, const expr x[4]);
void mx_range8(struct air *t, const struct mx_builder *m, expr x);
void mx_range12(struct air *t, const struct mx_builder *m, expr x);
void mx_bytes(struct air *t, const struct mx_builder *m, expr x, expr y);
/* Bytes of n limbs whose low bytes are cells; looks all of them up.  For limbs below 2^16, limb = low + 256 high holds in integers. */
void mx_bytes_of(struct air *t, const struct mx_builder *m, unsigned n, expr *bytes, const expr *limb, const expr *low);
/* both: the bytes of a & b, n limbs each, whose low bytes are cells */
void mx_and(struct air *t, const struct mx_builder *m, unsigned n, const expr *a, const expr *b, const expr *a_low,
            const expr *b_low, const expr *both);

/* Conditional branches: the next pc if `condition` (a bit) xor `negated` (a bit of the Rom) leads to tgt. */
expr mx_branch(expr condition, expr negated, expr pc, expr inc, expr tgt);

/* Carries of a + b = c + 2^64 carry[3], limb by limb: carry[i] = (a[i] + b[i] + carry[i-1] - c[i]) / 2^16, asserted to be bits.
 * If the limbs of a, b and c are below 2^16, both sides are below 2^17, so the identities hold in integers. */
void mx_add_carries(expr carry[4], const expr a[4], const expr b[4], const expr c[4]);
void mx_add_carries_n(unsigned n, expr *carry, const expr *a, const expr *b,
                      const expr *c); /* the lowest n limbs only */

/* result = a + b or, if `subtract` (a bit of the Rom) is 1, a - b, mod 2^64.  One identity for both: u + b = w, where (u, w) is (a, result) or
 * (result, a); so only messages depend on the bit, and the carries are linear in the columns.  Looks the result's limbs up; those of a and b are
 * below 2^16 by the caller's messages, and mx_add_carries then holds in integers. */
struct mx_sum {
    expr a[4], result[4];
};
struct mx_sum mx_sum(struct air *t, const struct mx_builder *m, expr subtract, const expr u[4], const expr b[4],
                     const expr w[4]);

/* The sign bit of a value whose highest limb is `top`, or 0 if is_signed (a bit, from the Rom) is 0: looks top + is_signed top - 2^16 sign
 * up in range16, which for a limb below 2^16 leaves one choice. */
void mx_sign(struct air *t, const struct mx_builder *m, expr is_signed, expr top, expr sign);

/* eq = (a == b), of n limbs.  hint: zeros, or the inverse of a difference. */
void mx_equal(struct air *t, unsigned n, expr eq, const expr *hint, const expr *a, const expr *b);

/* less = (a < b), where at marks the highest limb that differs; sign_difference = sign(a) - sign(b), 0 if unsigned (mx_sign). */
#define MX_LESS(X)                                        \
    X(at, [3], 1, "a and b first differ in limb 3, 2, 1") \
    X(less, , 1, "a < b")
void mx_less_than(struct air *t, const struct mx_builder *m, expr less, const expr at[3], const expr a[4],
                  const expr b[4], expr sign_difference);
/* of values of n limbs, n >= 2; at has n - 1 marks, the first for the highest limb */
void mx_less_than_n(struct air *t, const struct mx_builder *m, unsigned n, expr less, const expr *at, const expr *a,
                    const expr *b, expr sign_difference);

/* ---- the program ---- */
struct mx_rom_row {
    uint32_t pc, class, inc, tgt, rd, ra, rb, x[6];
    enum mx_privilege privilege; /* of setup, for encode; not in the table */
    bool pair;                   /* does what its core row and the next do; not in the table */
};

struct mx_region { /* memory that exists: [base, base + size), of the user or (from MX_KERNEL_BASE on) of the kernel */
    uint64_t base, size;
    uint8_t permissions;  /* VM_READ, VM_WRITE: the user's; VM_FIXED: the kernel may not write either */
    const uint8_t *image; /* first image_n bytes; zero behind */
    uint64_t image_n;
};

struct mx_program {
    const struct vm_program *core;
    enum mx_privilege user; /* of rows that are not the kernel's */
    uint32_t entry;         /* Rom row of MX_PC_ENTRY */
    uint32_t *pc_of_row;    /* field pc per core row */
    struct mx_rom_row
        *rom; /* rom_n, in order of pc; those of core row r begin at rom_of_row[r], rom_of_row_n[r] of them */
    uint32_t rom_n;
    uint32_t *rom_of_row;
    uint8_t *rom_of_row_n;
    const struct mx_region *regions; /* ascending, disjoint */
    uint32_t regions_n;
};

/* ---- records: what the recorder keeps of an executed row ---- */
struct mx_record {
    uint32_t rom_row, ts;
    uint16_t gap[4];            /* by slot */
    uint64_t a, b, old, result; /* values of ra, rb; rd before and after */
};

/* Words by number: the spaces that can hold words (c2 = 0 ... 4 and 16) one after the other, 2^29 words each; ascending like addresses. */
enum { MX_SPACES = 6, MX_SPACE_WORDS = 1 << 29 };
#define MX_NO_WORD UINT32_MAX
static inline uint32_t mx_word_of(uint64_t address)
{
    uint64_t c2 = address >> 32, space = c2 == MX_KERNEL_C2 ? MX_SPACES - 1 : c2;
    return c2 < MX_SPACES - 1 || c2 == MX_KERNEL_C2 ? (uint32_t)(space << 29 | (address & 0xffffffff) >> 3)
                                                    : MX_NO_WORD;
}
static inline uint32_t mx_word_c2(uint32_t word)
{
    uint32_t space = word >> 29;
    return space == MX_SPACES - 1 ? MX_KERNEL_C2 : space;
}
static inline uint64_t mx_word_address(uint32_t word)
{
    return (uint64_t)mx_word_c2(word) << 32 | (uint64_t)(word % MX_SPACE_WORDS) << 3;
}

struct mx_word_access {
    uint32_t word; /* mx_word_of */
    uint32_t gap;  /* below 2^24 */
    uint64_t before, after;
};
struct mx_memory_record {
    struct mx_record r; /* first: a pointer to this is a pointer to it */
    uint64_t address;
    struct mx_word_access word[2]; /* [1] only if the access straddles */
    uint8_t perm[2], words_n;
};

struct mx_frame_record {       /* a call, and the exit from it if there is one */
    uint32_t call_ts, exit_ts; /* exit_ts 0: none */
    uint32_t return_pc, stride;
    uint64_t parent;                                    /* FRAME of the caller */
    uint64_t saved[VM_FRAME_REGS], left[VM_FRAME_REGS]; /* r6 ... r10 before the call, and before the exit */
    uint16_t saved_gap[VM_FRAME_REGS], left_gap[VM_FRAME_REGS];
};

/* ---- filling ---- */
enum { MX_KECCAK_ROWS = 24, MX_SHA256_ROWS = 16, MX_BULK_COUNTS = MX_KECCAK_ROWS + MX_SHA256_ROWS };
struct mx_filler { /* one per thread; counts become the multiplicities of Rom and fixed tables */
    const struct mx_program *program;
    uint32_t *rom, *range16, *range8, *range12, *bytes, *and8, *and4, *shift, *access;
    uint32_t *keccak_iota, *sha256_row;
    size_t records_n; /* of the table that is being filled */
};
static inline const struct mx_rom_row *mx_fetched(struct mx_filler *f, const struct mx_record *r)
{
    f->rom[r->rom_row]++;
    return &f->program->rom[r->rom_row];
}
static inline void mx_count_range16(struct mx_filler *f, uint32_t x)
{
    f->range16[x & 0xffff]++;
}
static inline void mx_count_range8(struct mx_filler *f, uint32_t x)
{
    f->range8[x & 0xff]++;
}
static inline void mx_count_range12(struct mx_filler *f, uint32_t x)
{
    f->range12[x & 0xfff]++;
}
static inline void mx_count_bytes(struct mx_filler *f, uint32_t x, uint32_t y)
{
    f->bytes[(x & 0xff) | (y & 0xff) << 8]++;
}
static inline void mx_count_and8(struct mx_filler *f, uint32_t x, uint32_t y)
{
    f->and8[(x & 0xff) | (y & 0xff) << 8]++;
}
static inline void mx_count_shift(struct mx_filler *f, uint32_t r, uint32_t x)
{
    f->shift[r * 256 + (x & 0xff)]++;
} /* r <= 8 */
/* lookups in `access`, numbered by memory/access.c */
#define MX_ACCESS_COUNTS (80u * 6 * 36)
static inline void mx_count_access(struct mx_filler *f, uint32_t lookup)
{
    f->access[lookup]++;
}

static inline uint32_t mx_limb(uint64_t v, unsigned i)
{
    return (uint32_t)(v >> (16 * i)) & 0xffff;
}
static inline uint32_t mx_cell(int64_t x)
{
    return (uint32_t)(x < 0 ? x + FP_P : x);
} /* |x| < p */
static inline void mx_put_limbs(uint32_t *const column[4], size_t row, uint64_t v)
{
    for (unsigned i = 0; i < 4; i++) {
        column[i][row] = mx_limb(v, i);
    }
}
/* the same, counting the four lookups of mx_range16x4 */
static inline void mx_put_ranged(struct mx_filler *f, uint32_t *const column[4], size_t row, uint64_t v)
{
    for (unsigned i = 0; i < 4; i++) {
        column[i][row] = mx_limb(v, i);
        f->range16[mx_limb(v, i)]++;
    }
}
/* the limbs of mx_mem_access's gap, counting its two lookups */
static inline void mx_put_gap(struct mx_filler *f, uint32_t *const gap[2], size_t row, uint32_t value)
{
    gap[0][row] = value & 0xffff;
    gap[1][row] = value >> 16;
    mx_count_range16(f, value);
    mx_count_range8(f, value >> 16);
}
/* c: a struct of AIR_CELLS; p: the prefix given to MX_READ or MX_WRITE */
#define MX_PUT_STEP(c, row, rom, rec) ((c).pc[row] = (rom)->pc, (c).ts[row] = (rec)->ts, (c).inc[row] = (rom)->inc)
#define MX_PUT_READ(f, c, row, p, reg, value, slot_gap)                                        \
    ((c).p##_reg[row] = (reg), mx_put_limbs((c).p, row, value), (c).p##_gap[row] = (slot_gap), \
     mx_count_range16(f, slot_gap))
#define MX_PUT_WRITE(f, c, row, p, reg, old, slot_gap)                                             \
    ((c).p##_reg[row] = (reg), mx_put_limbs((c).p##_old, row, old), (c).p##_gap[row] = (slot_gap), \
     mx_count_range16(f, slot_gap))

#define MX_PUT_OPERAND(f, c, row, p, rom, value, slot_gap)                                                 \
    ((c).p##_is_reg[row] = (rom)->x[0] & 1, (c).p##_reg[row] = (rom)->rb, mx_put_limbs((c).p, row, value), \
     (c).p##_gap[row] = (slot_gap), ((rom)->x[0] & 1) != 0 ? mx_count_range16(f, slot_gap) : (void)0)

#define MX_PUT_SUM(f, c, row, subtract, first, value)                                            \
    ((c).sub[row] = (subtract) != 0, mx_put_ranged(f, (c).sub[row] ? (c).u : (c).w, row, value), \
     mx_put_limbs((c).sub[row] ? (c).w : (c).u, row, first))

static inline uint32_t mx_inverse(int64_t x) /* 1 / x; 0 < |x| < p */
{
    return fp_to_cell(gn_fp_inv(fp_from_cell(mx_cell(x))));
}
/* The cells of mx_bytes_of and mx_and, their lookups counted; n limbs. */
void mx_put_bytes(struct mx_filler *f, uint32_t *const *low, size_t row, unsigned n, uint64_t v);
void mx_put_and(struct mx_filler *f, uint32_t *const *a_low, uint32_t *const *b_low, uint32_t *const *both, size_t row,
                unsigned n, uint64_t a, uint64_t b);
/* The cells of mx_sign, mx_equal and mx_less_than, their lookups counted. */
uint32_t mx_put_sign(struct mx_filler *f, uint32_t is_signed, uint64_t v);
uint32_t mx_put_equal(uint32_t *const *hint, size_t row, unsigned n, uint64_t a, uint64_t b);
uint32_t mx_put_less_than(struct mx_filler *f, uint32_t *const at[3], size_t row, uint32_t is_signed, uint64_t a,
                          uint64_t b);
uint32_t mx_put_less_than_n(struct mx_filler *f, unsigned n, uint32_t *const *at, size_t row, uint32_t is_signed,
                            uint64_t a, uint64_t b);

/* ---- definitions ---- */
/* Immediates that are a limb and a sign: Rom fields x0 = low limb, x1 = each of the other three (0 or 65535). */
static inline bool mx_short_immediate(uint64_t imm)
{
    return imm >> 16 == 0 || imm >> 16 == 0xffffffffffff;
}
void mx_encode_immediate(struct mx_rom_row *row, const struct vm_insn *insn);
/* MX_OPERAND's Rom fields: bit 0 of x0, x1 ... x4, rb. */
void mx_encode_operand(struct mx_rom_row *row, const struct vm_insn *insn, bool is_reg);
static inline uint64_t mx_operand(const struct mx_rom_row *row, uint64_t b) /* b: value of rb */
{
    const uint32_t *x = row->x;
    return (x[0] & 1) != 0 ? b : x[1] | (uint64_t)x[2] << 16 | (uint64_t)x[3] << 32 | (uint64_t)x[4] << 48;
}

static inline uint64_t mx_immediate(const struct mx_rom_row *row)
{
    return row->x[0] | (uint64_t)row->x[1] * 0x0001000100010000;
}

/* TEXT_END: tgt is the pc behind the user's text, all of whose halfwords must be instructions */
enum { MX_USES_INC = 1, MX_USES_TGT = 2, MX_USES_RD = 4, MX_USES_RA = 8, MX_USES_RB = 16, MX_USES_TEXT_END = 32 };

#define MX_OPS(...) ((const uint8_t[]){__VA_ARGS__, VM_OPS})
_Static_assert(VM_OPS < 256, "an operation is a byte");

struct mx_class_def {
    const char *name; /* of the table */
    enum mx_class class;
    /* Rom fields that setup fills in; the others are 0.  Register 0 is none: a row with rb = 0 reads no second register. */
    unsigned uses;
    bool kernel_only, user_only; /* setup takes it for rows of this privilege only */
    size_t record_bytes;         /* sizeof(struct mx_record), of mx_memory_record or of mx_frame_record */
    /* Bodies of bulk instructions: filled like classes, but nobody fetches them (takes is NULL). */
    enum mx_class records_of; /* 0: has records of its own; otherwise filled from that class's */
    unsigned rows;            /* per record; 0 means 1 */
    void (*declare)(struct mx_builder *m);
    const uint8_t *ops; /* MX_OPS: operations of which it proves instructions; NULL: of none */
    /* Does this class prove the instruction?  Never of an operation that is not among ops.  NULL: a body.  Setup makes a Rom row in each class that says so. */
    bool (*takes)(const struct vm_insn *insn);
    /* x0 ... x5 (all 0 before the call) */
    void (*encode)(struct mx_rom_row *row, const struct vm_insn *insn);
    /* Classes of pairs (else NULL; they have no ops and no takes): does a row of it do what these two do, of which the second follows the first?  If so, its Rom row stands
     * at the first one's pc, behind that one's own.  encode_pair: rd, ra, rb and x0 ... x5. */
    bool (*takes_pair)(const struct vm_insn *first, const struct vm_insn *second);
    void (*encode_pair)(struct mx_rom_row *row, const struct vm_insn *first, const struct vm_insn *second);
    /* Several classes may take one instruction: the recorder asks which of them can prove this address.  NULL: any. */
    bool (*fits)(const struct vm_insn *insn, uint64_t address);
    /* The rows of records begin ... end - 1; records is the whole array.  Distinct ranges are filled by several threads. */
    void (*fill)(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end);
};
/* Its records' rom_row says which Rom row was fetched: all but bodies and traps. */
static inline bool mx_class_fetches(const struct mx_class_def *def)
{
    return (def->takes != NULL && def->class != MX_TRAP) || def->takes_pair != NULL;
}

#define MX_CLASS(NUMBER, symbol) extern const struct mx_class_def mx_class_##symbol;
#include "machines/classes.def"
#undef MX_CLASS

/* The input as words of memory, from address 0x4000_0000 on: 0, length, data; so many of them */
#define MX_INPUT_MAX (8u * ((1u << 24) - 4)) /* bytes */
uint32_t mx_input_words(size_t input_n);
uint64_t mx_input_word(const uint8_t *input, size_t input_n, uint32_t i);

/* The statement is one string of bytes (public table 0), what the kernel said by OUT: word i at byte 8 i. */
enum { MX_STATEMENT_WORD = 8 };

/* A word of memory that was touched. */
struct mx_word {
    uint32_t word, ts; /* mx_word_of, time of the last access */
    uint64_t first, last;
    uint8_t perm;
};
struct mx_refresh { /* keeps a register's token young: an access of nobody, at ts */
    uint32_t reg, ts, gap;
    uint64_t value;
};
struct mx_last { /* last access of a register, and what it holds since */
    uint32_t ts;
    uint64_t value;
};

struct mx_declare { /* words that came into being */
    uint64_t base, size;
    uint32_t start; /* time of their first tokens */
    uint8_t perm;
};
struct mx_declared_chunk { /* its whole blocks of one 64 KiB of address space */
    uint32_t word, n, declare;
};

struct mx_run {
    const struct mx_program *program;
    const struct mx_word *words; /* ascending */
    size_t words_n;
    const struct mx_declare *declares; /* in the order of time */
    size_t declares_n;
    const struct mx_declared_chunk *declared_chunks; /* ascending */
    size_t declared_chunks_n;
    const struct mx_refresh *refreshes;
    size_t refreshes_n;
    const struct mx_last *registers; /* VM_REGS */
    const uint8_t *rom_pages;        /* 1 for pages of the Rom with an executed row */
    const uint8_t *input;            /* kept, not copied */
    size_t input_n;
    const uint8_t *statement; /* what the kernel said, by index */
    size_t statement_n;
    struct gn_arena *arena; /* for what a store wants to keep between height and fill */
};

/* A table that is not a class; filled by one thread, after the classes, in the order of stores.def, with f's counts summed over threads.
 * Those with preprocessed columns come in pages of 256 rows. */
struct mx_store_def {
    const char *name;
    void (*declare)(struct mx_builder *m);
    uint32_t (*height)(const struct mx_run *run); /* enough rows; NULL for tables in pages: 256 * pages joined */
    /* Returns the height.  pages: those joined, ascending (tables in pages). */
    uint32_t (*fill)(struct mx_filler *f, uint32_t *const *columns, const struct mx_run *run, const uint32_t *pages,
                     uint32_t height);
    /* tables in pages only (else NULL) */
    uint32_t (*pages)(const struct mx_program *p);                            /* how many there are; setup */
    void (*preprocess)(const struct mx_program *p, uint32_t *const *columns); /* setup; columns are all 0 before */
    void (*joined)(const struct mx_run *run, uint8_t *page_used);             /* page_used[pages(p)], all 0 before */
};
#define MX_STORE(symbol) extern const struct mx_store_def mx_store_##symbol;
#include "machines/stores.def"
#undef MX_STORE

#endif
