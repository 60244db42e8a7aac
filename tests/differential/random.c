/* SPDX-License-Identifier: Apache-2.0 */
/* random.c - random programs, a function of their seed.
 *
 * The body is a list of random instructions, 16 and 32 bits long, run in a loop; what one round leaves in registers
 * and memory feeds the next.  All of it is defined under every RV64IMAC implementation with unaligned accesses:
 * addresses stay inside DATA, jumps go forward by a few instructions, SC follows its LR directly.
 *
 * Registers: x31 the middle of the window that loads and stores use, x30 rounds left, x29 the pool, x28 addresses; sp
 * is made an address before each use by a compressed instruction.  All others are free. */
#include <string.h>

#include "base/bytes.h"
#include "differential/programs.h"

enum { SP = 2, A0 = 10, A1 = 11, A2 = 12, A7 = 17, ADDRESS = 28, POOL_BASE = 29, ROUNDS = 30, WINDOW = 31 };
enum { MIDDLE = 0x4000, WINDOW_AT = 0x2000, WINDOW_SIZE = 0x4000, DUMP = 0x10000 };

struct generator {
    struct assembler *a;
    uint64_t state;
    unsigned left; /* instructions still to make */
    unsigned depth;
};

/* splitmix64 (Steele, Lea, Flood 2014) */
static uint64_t next(struct generator *g)
{
    uint64_t z = g->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static unsigned below(struct generator *g, unsigned n)
{
    return (unsigned)(next(g) % n);
}

/* x0 now and then; never sp or a register with a purpose */
static unsigned any(struct generator *g)
{
    unsigned r = below(g, 27);
    return r == SP ? 27 : r;
}

static int64_t signed12(struct generator *g)
{
    static const int64_t edges[] = {0, 1, -1, 2047, -2048, 31, 32, 63, 64, 255};
    return below(g, 4) == 0 ? edges[below(g, 10)] : (int64_t)(next(g) % 4096) - 2048;
}

static enum rv_op op_with(struct generator *g, enum rv_format format)
{
    for (;;) {
        enum rv_op op = 1 + below(g, RV_OPS - 1);
        if (gn_rv_encodings[op].format == format && op != RV_JALR && op != RV_SC_W && op != RV_SC_D) {
            return op;
        }
    }
}

static void piece(struct generator *g);

/* up to n more pieces; returns the bytes they take */
static int64_t pieces(struct generator *g, unsigned n)
{
    uint64_t from = here(g->a);
    g->depth++;
    for (unsigned i = 0; i < n; i++) {
        piece(g);
    }
    g->depth--;
    return (int64_t)(here(g->a) - from);
}

/* ---- 32-bit instructions ---- */
static void computation(struct generator *g)
{
    static const enum rv_format formats[] = {RV_FORMAT_R, RV_FORMAT_R,   RV_FORMAT_R,   RV_FORMAT_I,
                                             RV_FORMAT_I, RV_FORMAT_SH6, RV_FORMAT_SH5, RV_FORMAT_U};
    enum rv_format f = formats[below(g, sizeof formats / sizeof *formats)];
    enum rv_op op = op_with(g, f);
    switch (f) {
    case RV_FORMAT_R:
        emit(g->a, op, any(g), any(g), any(g), 0);
        break;
    case RV_FORMAT_U:
        emit(g->a, op, any(g), 0, 0, (int64_t)(int32_t)(next(g) & 0xfffff000));
        break;
    default:
        emit(g->a, op, any(g), any(g), 0, f == RV_FORMAT_I ? signed12(g) : below(g, f == RV_FORMAT_SH6 ? 64 : 32));
    }
}

static void memory_access(struct generator *g)
{
    unsigned base = WINDOW;
    int64_t imm = signed12(g);
    if (below(g, 2) == 0) { /* an address that depends on data: window + (r & 2047) + imm */
        emit(g->a, RV_ANDI, ADDRESS, any(g), 0, 2047);
        emit(g->a, RV_ADD, ADDRESS, ADDRESS, WINDOW, 0);
        base = ADDRESS;
    }
    if (below(g, 2) == 0) {
        emit(g->a, op_with(g, RV_FORMAT_LD), any(g), base, 0, imm);
    } else {
        emit(g->a, op_with(g, RV_FORMAT_ST), 0, base, any(g), imm);
    }
}

static void edge_operand(struct generator *g)
{
    emit(g->a, RV_LD, any(g), POOL_BASE, 0, 8 * (int64_t)below(g, EDGE_OPERANDS));
}

static void atomic(struct generator *g)
{
    emit(g->a, RV_ADDI, ADDRESS, WINDOW, 0, signed12(g) & ~INT64_C(7));
    if (below(g, 3) == 0) {
        bool word = below(g, 2) == 0;
        emit(g->a, word ? RV_LR_W : RV_LR_D, any(g), ADDRESS, 0, below(g, 4));
        if (below(g, 4) == 0) {
            emit(g->a, RV_ADDI, ADDRESS, ADDRESS, 0, 8 * (int64_t)below(g, 2));
        }
        emit(g->a, word ? RV_SC_W : RV_SC_D, any(g), ADDRESS, any(g), below(g, 4));
    } else {
        emit(g->a, op_with(g, RV_FORMAT_AMO), any(g), ADDRESS, any(g), below(g, 4));
    }
}

static void branch(struct generator *g)
{
    enum rv_op op = op_with(g, RV_FORMAT_B);
    unsigned a = any(g), b = any(g);
    uint64_t at = here(g->a);
    emit32(g->a, 0);
    patch(g->a, at, op, 0, a, b, 4 + pieces(g, below(g, 4)));
}

static void jump(struct generator *g)
{
    unsigned rd = any(g);
    uint64_t at = here(g->a);
    if (below(g, 2) == 0) {
        emit32(g->a, 0);
        patch(g->a, at, RV_JAL, rd, 0, 0, 4 + pieces(g, below(g, 3)));
    } else {
        emit(g->a, RV_AUIPC, ADDRESS, 0, 0, 0);
        emit32(g->a, 0);
        patch(g->a, at + 4, RV_JALR, rd, ADDRESS, 0, 8 + pieces(g, below(g, 3)) + below(g, 2));
    }
}

/* ---- 16-bit instructions: random halfwords, taken if they are what is wanted ---- */
static uint32_t halfword(struct generator *g, struct rv_insn *insn)
{
    for (;;) {
        uint32_t h = next(g) & 0xffff;
        if ((h & 3) != 3 && gn_rv_decode(insn, h) && insn->op != RV_EBREAK) {
            return h;
        }
    }
}

/* a compressed branch over code of `skip` bytes that has been made behind it, at `at`; its second register x0, its
 * first any of x8-x15 */
static void compressed_branch(struct generator *g)
{
    struct rv_insn insn;
    uint64_t at = here(g->a);
    emit16(g->a, 1);
    int64_t skip = 2 + pieces(g, below(g, 3));
    for (int tries = 0; tries < 100000; tries++) {
        uint32_t h = halfword(g, &insn);
        bool jumps = insn.op == RV_BEQ || insn.op == RV_BNE || (insn.op == RV_JAL && insn.rd == 0);
        if (jumps && insn.imm == skip) {
            store_le16(g->a->text.data + (at - TEXT), (uint16_t)h);
            return;
        }
    } /* not found: the c.nop stays */
}

static void compressed_register_jump(struct generator *g)
{
    unsigned r = 3 + below(g, 24);
    uint64_t at = here(g->a);
    emit(g->a, RV_AUIPC, r, 0, 0, 0);
    emit32(g->a, 0);
    emit16(g->a, (below(g, 2) == 0 ? 0x8002u : 0x9002u) | r << 7); /* c.jr, c.jalr */
    patch(g->a, at + 4, RV_ADDI, r, r, 0, 10 + pieces(g, below(g, 3)));
}

static void compressed(struct generator *g)
{
    struct rv_insn insn;
    uint32_t h = halfword(g, &insn);
    enum rv_format f = gn_rv_encodings[insn.op].format;
    if (f == RV_FORMAT_B || f == RV_FORMAT_J) {
        compressed_branch(g);
        return;
    }
    if (insn.op == RV_JALR) {
        compressed_register_jump(g);
        return;
    }
    if (insn.rd >= ADDRESS) { /* has a purpose */
        computation(g);
        return;
    }
    if (f == RV_FORMAT_LD || f == RV_FORMAT_ST || insn.rs1 == SP) { /* sp so that c.addi4spn has a known operand */
        emit(g->a, RV_ADDI, insn.rs1, WINDOW, 0, signed12(g));
    }
    emit16(g->a, h);
}

/* ---- programs ---- */
static void piece(struct generator *g)
{
    unsigned kind = below(g, g->depth < 3 ? 100 : 80);
    g->left -= g->left > 0;
    if (kind < 30) {
        computation(g);
    } else if (kind < 45) {
        memory_access(g);
    } else if (kind < 55) {
        edge_operand(g);
    } else if (kind < 60) {
        atomic(g);
    } else if (kind < 80 && g->depth < 3) {
        compressed(g);
    } else if (kind < 92 && g->depth < 3) {
        branch(g);
    } else if (g->depth < 3) {
        jump(g);
    } else {
        computation(g);
    }
}

/* registers to DUMP, written; those that the call needs are restored */
static void dump(struct assembler *a)
{
    static const unsigned clobbered[] = {A0, A1, A2, A7};
    emit_constant(a, ADDRESS, DATA + DUMP);
    for (unsigned r = 0; r < 32; r++) {
        emit(a, RV_SD, 0, ADDRESS, r, 8 * (int64_t)r);
    }
    emit_write(a, DUMP, 256);
    for (size_t i = 0; i < 4; i++) {
        emit(a, RV_LD, clobbered[i], ADDRESS, 0, 8 * (int64_t)clobbered[i]);
    }
}

void random_program(struct assembler *a, uint64_t seed, unsigned length, unsigned rounds)
{
    struct generator g = {.a = a, .state = seed, .left = length};
    memset(a, 0, sizeof *a);
    append_edge_operands(a);
    for (unsigned i = 0; i < MIDDLE + WINDOW_SIZE / 2; i += 8) {
        uint8_t b[8];
        store_le64(b, below(&g, 4) == 0 ? edge_operands[below(&g, EDGE_OPERANDS)] : next(&g));
        gn_buffer_append(&a->data, b, sizeof b);
    }
    for (unsigned r = 1; r < ADDRESS; r++) {
        emit_constant(a, r, next(&g) >> below(&g, 64));
    }
    emit_constant(a, SP, DATA + MIDDLE);
    emit_constant(a, WINDOW, DATA + MIDDLE);
    emit_constant(a, POOL_BASE, POOL);
    emit_constant(a, ROUNDS, rounds);
    uint64_t head = here(a);
    while (g.left > 0) {
        piece(&g);
    }
    dump(a);
    emit(a, RV_ADDI, ROUNDS, ROUNDS, 0, -1);
    emit(a, RV_BEQ, 0, ROUNDS, 0, 8);
    emit(a, RV_JAL, 0, 0, 0, (int64_t)(head - here(a)));
    emit_write(a, WINDOW_AT, WINDOW_SIZE);
    emit_exit(a, (unsigned)(seed & 0xff));
}
