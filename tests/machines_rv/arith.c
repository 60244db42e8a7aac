/* SPDX-License-Identifier: Apache-2.0 */
/* arith.c - see arith.h. */
#include "machines_rv/arith.h"

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 uwide;

const struct arith_op arith_ops[] = {
    {VM_AND, false, false, false, "logic"},   {VM_OR, false, false, false, "logic"},
    {VM_XOR, false, false, false, "logic"},   {VM_ANDI, true, false, false, "logici"},
    {VM_ORI, true, false, false, "logici"},   {VM_XORI, true, false, false, "logici"},
    {VM_SLL, false, false, false, "shl"},     {VM_SRL, false, false, false, "shr"},
    {VM_SRA, false, true, false, "shr"},      {VM_SLLI, true, false, false, "shli"},
    {VM_SRLI, true, false, false, "shri"},    {VM_SRAI, true, true, false, "shri"},
    {VM_SLLW, false, false, true, "shiftw"},  {VM_SRLW, false, false, true, "shiftw"},
    {VM_SRAW, false, true, true, "shiftw"},   {VM_SLLIW, true, false, true, "shiftiw"},
    {VM_SRLIW, true, false, true, "shiftiw"}, {VM_SRAIW, true, true, true, "shiftiw"},
    {VM_MUL, false, false, false, "mul"},     {VM_MULW, false, false, true, "mulw"},
    {VM_MULH, false, true, false, "mulh"},    {VM_MULHU, false, false, false, "mulh"},
    {VM_MULHSU, false, true, false, "mulh"},  {VM_DIV, false, true, false, "div"},
    {VM_DIVU, false, false, false, "div"},    {VM_REM, false, true, false, "div"},
    {VM_REMU, false, false, false, "div"},    {VM_DIVW, false, true, true, "div"},
    {VM_DIVUW, false, false, true, "div"},    {VM_REMW, false, true, true, "div"},
    {VM_REMUW, false, false, true, "div"},
};
const unsigned arith_ops_n = sizeof arith_ops / sizeof *arith_ops;

const uint64_t arith_edges[] = {0,
                                1,
                                2,
                                3,
                                0x7f,
                                0x80,
                                0xff,
                                0x100,
                                0x7fff,
                                0x8000,
                                0xffff,
                                0x10000,
                                0x7fffffff,
                                0x80000000,
                                0x80000001,
                                0xffffffff,
                                0x100000000,
                                0x17fffffff,
                                0x7fff80007fff8000,
                                0x7fffffffffffffff,
                                0x8000000000000000,
                                0x8000000000000001,
                                0xffffffff00000000,
                                0xffffffff7fffffff,
                                0xffffffff80000000,
                                0xfffffffffffffffe,
                                0xffffffffffffffff,
                                0x00ff00ff00ff00ff,
                                0x123456789abcdef0,
                                0x7f000001};
const unsigned arith_edges_n = sizeof arith_edges / sizeof *arith_edges;

static uint64_t sext32(uint64_t x)
{
    return (uint64_t)(int64_t)(int32_t)(uint32_t)x;
}

static uint64_t bitwise(uint8_t op, uint64_t a, uint64_t b)
{
    uint64_t out = 0;
    for (unsigned i = 0; i < 64; i++) {
        unsigned x = a >> i & 1, y = b >> i & 1, n = x + y;
        unsigned bit = op == VM_AND || op == VM_ANDI ? n == 2 : op == VM_OR || op == VM_ORI ? n > 0 : n == 1;
        out |= (uint64_t)bit << i;
    }
    return out;
}

static wide floor_divide(wide x, wide by) /* by > 0 */
{
    return x >= 0 ? x / by : -((-x + by - 1) / by);
}

static uint64_t shift(uint8_t op, uint64_t a, uint64_t b)
{
    switch (op) {
    case VM_SLL:
    case VM_SLLI:
        return (uint64_t)((uwide)a * ((uwide)1 << b % 64));
    case VM_SRL:
    case VM_SRLI:
        return (uint64_t)((uwide)a / ((uwide)1 << b % 64));
    case VM_SRA:
    case VM_SRAI:
        return (uint64_t)floor_divide((int64_t)a, (wide)1 << b % 64);
    case VM_SLLW:
    case VM_SLLIW:
        return sext32((a & 0xffffffff) * (UINT64_C(1) << b % 32));
    case VM_SRLW:
    case VM_SRLIW:
        return sext32((a & 0xffffffff) / (UINT64_C(1) << b % 32));
    default:
        return (uint64_t)floor_divide((int32_t)(uint32_t)a, (wide)1 << b % 32);
    }
}

static uint64_t divide(uint8_t op, uint64_t a, uint64_t b)
{
    bool word = op == VM_DIVW || op == VM_DIVUW || op == VM_REMW || op == VM_REMUW;
    bool is_signed = op == VM_DIV || op == VM_REM || op == VM_DIVW || op == VM_REMW;
    bool rem = op == VM_REM || op == VM_REMU || op == VM_REMW || op == VM_REMUW;
    wide x =
        word ? (is_signed ? (wide)(int32_t)(uint32_t)a : (wide)(uint32_t)a) : (is_signed ? (wide)(int64_t)a : (wide)a);
    wide y =
        word ? (is_signed ? (wide)(int32_t)(uint32_t)b : (wide)(uint32_t)b) : (is_signed ? (wide)(int64_t)b : (wide)b);
    wide q = y == 0 ? -1 : x / y, r = y == 0 ? x : x - q * y;
    uint64_t out = (uint64_t)(rem ? r : q);
    return word ? sext32(out) : out;
}

uint64_t arith_result(uint8_t op, uint64_t a, uint64_t b)
{
    switch (op) {
    case VM_AND:
    case VM_ANDI:
    case VM_OR:
    case VM_ORI:
    case VM_XOR:
    case VM_XORI:
        return bitwise(op, a, b);
    case VM_MUL:
        return (uint64_t)((uwide)a * b);
    case VM_MULW:
        return sext32((uint64_t)((uwide)a * b));
    case VM_MULH:
        return (uint64_t)((uwide)((wide)(int64_t)a * (int64_t)b) >> 64);
    case VM_MULHU:
        return (uint64_t)((uwide)a * b >> 64);
    case VM_MULHSU:
        return (uint64_t)((uwide)((wide)(int64_t)a * (wide)b) >> 64);
    case VM_DIV:
    case VM_DIVU:
    case VM_REM:
    case VM_REMU:
    case VM_DIVW:
    case VM_DIVUW:
    case VM_REMW:
    case VM_REMUW:
        return divide(op, a, b);
    default:
        return shift(op, a, b);
    }
}

uint64_t arith_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}
