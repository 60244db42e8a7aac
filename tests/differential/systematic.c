/* SPDX-License-Identifier: Apache-2.0 */
/* systematic.c - for each instruction one program that runs it with all pairs of edge operands (or all offsets), and
 * writes every result.
 *
 * Results go through a buffer at DATA + RESULTS and write(1), so a program's public output stays below 1 MiB.
 * Registers: s0 results, s1 and s2 step through the pool. */
#include <string.h>

#include "base/bytes.h"
#include "differential/programs.h"

enum { T0 = 5, T1 = 6, T2 = 7, S0 = 8, S1 = 9, S2 = 18, S3 = 19, S4 = 20, S5 = 21 };
enum { RESULTS = 0x4000, RESULTS_MAX = DATA_SIZE - RESULTS };

const uint64_t edge_operands[EDGE_OPERANDS] = {0,
                                               1,
                                               2,
                                               3,
                                               7,
                                               31,
                                               32,
                                               33,
                                               63,
                                               64,
                                               65,
                                               0x7f,
                                               0x80,
                                               0xff,
                                               0x7fff,
                                               0x8000,
                                               0xffff,
                                               0x10000,
                                               0x7fffffff,
                                               0x80000000,
                                               0x80000001,
                                               0xffffffff,
                                               0x100000000,
                                               0x100000001,
                                               0x7fffffff80000000,
                                               0x7fffffffffffffff,
                                               0x8000000000000000,
                                               0x8000000000000001,
                                               0xffffffff7fffffff,
                                               0xffffffff80000000,
                                               0xffffffff00000000,
                                               0xffffffffffff8000,
                                               0xffffffffffffff80,
                                               0xfffffffffffffffe,
                                               0xffffffffffffffff,
                                               0x0001000100010001,
                                               0x7f00000100010000,
                                               0x123456789abcdef0,
                                               0xfedcba9876543210,
                                               0x5555555555555555};

static const int64_t edge_immediates[] = {0,   1,    2,    7,  31, 32,   63,    64,    127,  128,
                                          255, 1024, 2047, -1, -2, -128, -1024, -2047, -2048};

void append_edge_operands(struct assembler *a)
{
    for (size_t i = 0; i < EDGE_OPERANDS; i++) {
        uint8_t b[8];
        store_le64(b, edge_operands[i]);
        gn_buffer_append(&a->pool, b, sizeof b);
    }
}

/* ---- pieces ---- */
static void begin(struct assembler *a)
{
    append_edge_operands(a);
    emit_constant(a, S0, DATA + RESULTS);
}

static void keep(struct assembler *a, unsigned r)
{
    emit(a, RV_SD, 0, S0, r, 0);
    emit(a, RV_ADDI, S0, S0, 0, 8);
}

/* for s = POOL; ; s += 8: returns the address of the loop's head, with the operand in `value` */
static uint64_t begin_loop(struct assembler *a, unsigned s, unsigned value)
{
    emit_constant(a, s, POOL);
    uint64_t head = here(a);
    emit(a, RV_LD, value, s, 0, 0);
    return head;
}

static void end_loop(struct assembler *a, unsigned s, uint64_t head)
{
    emit(a, RV_ADDI, s, s, 0, 8);
    emit_constant(a, S5, POOL + 8 * EDGE_OPERANDS);
    emit(a, RV_BNE, 0, s, S5, (int64_t)(head - here(a)));
}

/* writes the results, `n` bytes, and begins anew */
static void flush(struct assembler *a, uint32_t n)
{
    emit_write(a, RESULTS, n);
    emit_constant(a, S0, DATA + RESULTS);
}

/* ---- one shape for each format ---- */
static void pairs_of_registers(struct assembler *a, enum rv_op op)
{
    uint64_t outer = begin_loop(a, S1, T0);
    uint64_t inner = begin_loop(a, S2, T1);
    emit(a, op, T2, T0, T1, 0);
    keep(a, T2);
    emit(a, RV_ADDI, S3, T0, 0, 0);
    emit(a, op, S3, S3, T1, 0); /* rd = rs1 */
    keep(a, S3);
    emit(a, RV_ADDI, S3, T1, 0, 0);
    emit(a, op, S3, T0, S3, 0); /* rd = rs2 */
    keep(a, S3);
    end_loop(a, S2, inner);
    emit(a, op, T2, T0, T0, 0);
    keep(a, T2);
    emit(a, op, T2, 0, T0, 0);
    keep(a, T2);
    emit(a, op, T2, T0, 0, 0);
    keep(a, T2);
    emit(a, op, T2, 0, 0, 0);
    keep(a, T2);
    emit(a, op, 0, T0, T0, 0);
    keep(a, 0);
    end_loop(a, S1, outer);
    flush(a, EDGE_OPERANDS * (3 * EDGE_OPERANDS + 5) * 8);
}

static void immediates(struct assembler *a, enum rv_op op, int64_t greatest)
{
    uint32_t n = 0;
    uint64_t head = begin_loop(a, S1, T0);
    for (size_t i = 0; i < sizeof edge_immediates / sizeof *edge_immediates; i++) {
        int64_t imm = edge_immediates[i];
        if (greatest != 0 && (imm < 0 || imm > greatest)) {
            continue;
        }
        emit(a, op, T2, T0, 0, imm);
        keep(a, T2);
        emit(a, RV_ADDI, T2, T0, 0, 0);
        emit(a, op, T2, T2, 0, imm);
        keep(a, T2);
        emit(a, op, T2, 0, 0, imm);
        keep(a, T2);
        emit(a, op, 0, T0, 0, imm);
        keep(a, 0);
        n += 4;
    }
    end_loop(a, S1, head);
    flush(a, n * EDGE_OPERANDS * 8);
}

/* 1 if taken, 0 if not, for pairs, equal registers and x0 */
static void branches(struct assembler *a, enum rv_op op)
{
    static const uint8_t sources[][2] = {{T0, T1}, {T0, T0}, {0, T0}, {T0, 0}, {0, 0}};
    uint64_t outer = begin_loop(a, S1, T0);
    uint64_t inner = begin_loop(a, S2, T1);
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        emit(a, RV_ADDI, T2, 0, 0, 1);
        emit(a, op, 0, sources[i][0], sources[i][1], 8);
        emit(a, RV_ADDI, T2, 0, 0, 0);
        keep(a, T2);
    }
    end_loop(a, S2, inner);
    end_loop(a, S1, outer);
    flush(a, EDGE_OPERANDS * EDGE_OPERANDS * 5 * 8);
}

/* every offset within two words, aligned or not, also by immediates at their bounds */
static void loads(struct assembler *a, enum rv_op op)
{
    static const int32_t bases[] = {0, 2048, -2024};
    uint32_t n = 0;
    for (uint32_t i = 0; i < 64; i++) {
        uint8_t b = (uint8_t)(0x9d * i + 0x71 + (i >> 3));
        gn_buffer_append(&a->data, &b, 1);
    }
    for (size_t k = 0; k < 3; k++) {
        emit_constant(a, T0, (uint64_t)((int64_t)DATA + bases[k]));
        for (int64_t at = 0; at < 24; at++) {
            emit(a, op, T2, T0, 0, at - bases[k]);
            keep(a, T2);
            emit(a, RV_ADDI, T1, T0, 0, 0);
            emit(a, op, T1, T1, 0, at - bases[k]); /* rd = rs1 */
            keep(a, T1);
            emit(a, op, 0, T0, 0, at - bases[k]);
            n += 2;
        }
    }
    flush(a, n * 8);
}

static void stores(struct assembler *a, enum rv_op op)
{
    emit_constant(a, T0, DATA + 1024);
    uint64_t head = begin_loop(a, S1, T1);
    for (int64_t at = 0; at < 16; at++) {
        emit(a, op, 0, T0, T1, at);
        for (int64_t word = 0; word < 24; word += 8) {
            emit(a, RV_LD, T2, T0, 0, word);
            keep(a, T2);
        }
        emit(a, op, 0, T0, 0, at);
    }
    end_loop(a, S1, head);
    emit(a, op, 0, T0, T0, -1024);
    emit(a, RV_LD, T2, T0, 0, -1024);
    keep(a, T2);
    flush(a, (EDGE_OPERANDS * 16 * 3 + 1) * 8);
}

/* memory before x register, both edge operands; 32-bit forms in both halves of a word */
static void amos(struct assembler *a, enum rv_op op, bool word)
{
    static const uint8_t shapes[][3] = {/* rd, rs1 (address), rs2 */ {T2, S3, T1},
                                        {S3, S3, T1},
                                        {T1, S3, T1},
                                        {0, S3, T1},
                                        {T2, S3, 0},
                                        {T2, S3, S3}};
    uint32_t n = 0;
    uint64_t outer = begin_loop(a, S1, T0);
    uint64_t inner = begin_loop(a, S2, T1);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        for (int64_t half = 0; half < (word ? 8 : 4); half += 4) {
            emit(a, RV_LD, T1, S2, 0, 0);
            emit_constant(a, S4, DATA);
            emit(a, RV_SD, 0, S4, T0, 0);
            emit(a, RV_ADDI, S3, S4, 0, half);
            emit(a, op, shapes[i][0], shapes[i][1], shapes[i][2], i & 3);
            keep(a, shapes[i][0]);
            emit(a, RV_LD, T2, S4, 0, 0);
            keep(a, T2);
            n += 2;
        }
    }
    end_loop(a, S2, inner);
    flush(a, n * EDGE_OPERANDS * 8);
    end_loop(a, S1, outer);
}

/* pairs that succeed, an SC without reservation, an SC elsewhere, widths */
static void reservations(struct assembler *a, bool word)
{
    enum rv_op lr = word ? RV_LR_W : RV_LR_D, sc = word ? RV_SC_W : RV_SC_D;
    uint64_t head = begin_loop(a, S1, T0);
    emit_constant(a, S4, DATA + 64);
    emit(a, RV_ADDI, S3, S4, 0, 8);
    for (unsigned rd = 0; rd <= T2; rd += T2) {
        emit(a, lr, T1, S4, 0, 0);
        emit(a, sc, rd, S4, T0, 1); /* succeeds */
        keep(a, T1), keep(a, rd);
        emit(a, sc, rd, S4, T1, 0); /* no reservation any more */
        keep(a, rd);
        emit(a, lr, rd, S4, 0, 2);
        keep(a, rd);
        emit(a, sc, T2, S3, T0, 3); /* elsewhere */
        keep(a, T2);
        emit(a, sc, T2, S4, 0, 0); /* it has been dropped */
        keep(a, T2);
        emit(a, lr, S4, S4, 0, 0); /* rd = rs1 */
        keep(a, S4);
        emit_constant(a, S4, DATA + 64);
        emit(a, sc, S4, S4, T0, 0);
        keep(a, S4);
        emit_constant(a, S4, DATA + 64);
        emit(a, lr, T1, S4, 0, 0);
        emit(a, RV_ADDI, T1, T0, 0, 1);
        emit(a, sc, T1, S4, T1, 0); /* rd = rs2 */
        keep(a, T1);
        emit(a, RV_LD, T2, S4, 0, 0);
        keep(a, T2);
    }
    end_loop(a, S1, head);
    flush(a, EDGE_OPERANDS * 2 * 10 * 8);
}

/* the link, the targets, the lowest bit of jalr's */
static void jumps(struct assembler *a)
{
    for (int64_t odd = 0; odd < 2; odd++) {
        for (unsigned rd = 0; rd <= T2; rd += T2) {
            emit(a, RV_AUIPC, T0, 0, 0, 0);
            emit(a, RV_JALR, rd, T0, 0, 12 + odd);
            emit(a, RV_ADDI, 0, 0, 0, 0); /* jumped over */
            keep(a, rd);
        }
        emit(a, RV_AUIPC, T2, 0, 0, 0);
        emit(a, RV_JALR, T2, T2, 0, 8 + odd); /* rd = rs1 */
        keep(a, T2);
    }
    emit(a, RV_JAL, T2, 0, 0, 12);
    emit(a, RV_JAL, 0, 0, 0, 12);
    emit(a, RV_ADDI, T2, 0, 0, 99);
    emit(a, RV_JAL, 0, 0, 0, -8);
    keep(a, T2);
    for (int i = 0; i < 32; i++) {
        int64_t upper = (int64_t)(int32_t)(UINT32_C(0x12345000) * (uint32_t)(i * i + i) & 0xfffff000);
        emit(a, RV_AUIPC, T2, 0, 0, upper);
        keep(a, T2);
        emit(a, RV_LUI, T2, 0, 0, upper);
        keep(a, T2);
    }
    emit(a, RV_LUI, 0, 0, 0, 4096);
    emit(a, RV_AUIPC, 0, 0, 0, 4096);
    emit(a, RV_FENCE, 0, 0, 0, 0xff);
    emit(a, RV_FENCE_I, 0, 0, 0, 0);
    keep(a, 0);
    flush(a, (6 + 1 + 64 + 1) * 8);
}

/* ---- all of them ---- */
static bool is_word_amo(enum rv_op op)
{
    return (gn_rv_encodings[op].match >> 12 & 7) == 2;
}

bool systematic_program(struct assembler *a, enum rv_op op)
{
    memset(a, 0, sizeof *a);
    begin(a);
    switch (gn_rv_encodings[op].format) {
    case RV_FORMAT_R:
        pairs_of_registers(a, op);
        break;
    case RV_FORMAT_I:
        immediates(a, op, 0);
        break;
    case RV_FORMAT_SH6:
        immediates(a, op, 63);
        break;
    case RV_FORMAT_SH5:
        immediates(a, op, 31);
        break;
    case RV_FORMAT_B:
        branches(a, op);
        break;
    case RV_FORMAT_LD:
        if (op == RV_JALR) {
            jumps(a);
        } else {
            loads(a, op);
        }
        break;
    case RV_FORMAT_ST:
        stores(a, op);
        break;
    case RV_FORMAT_AMO:
        if (op == RV_SC_W || op == RV_SC_D) {
            reservations(a, op == RV_SC_W);
        } else {
            amos(a, op, is_word_amo(op));
        }
        break;
    default:
        /* jal, lui, auipc, fences: with jalr; lr: with sc; ebreak, marchid: qemu_differences_test.c */
        return false;
    }
    emit_exit(a, op & 0x7f);
    return true;
}
