/* SPDX-License-Identifier: Apache-2.0 */
/* sbpf_ops.c - see sbpf_ops.h. */
#include "machines_rv/sbpf_ops.h"

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 uwide;

#define REG false
#define IMM true
/* clang-format off */
const struct sbpf_op sbpf_ops[] = {
    {VM_ADDI,     SBPF_ADD,   64, IMM, false, "addx"},  {VM_ADDIW,    SBPF_ADD,   32, IMM, true,  "addiw"},
    {VM_ADDWZ,    SBPF_ADD,   32, REG, false, "addx"},  {VM_ADDIWZ,   SBPF_ADD,   32, IMM, false, "addx"},
    {VM_SUBWZ,    SBPF_SUB,   32, REG, false, "addx"},  {VM_RSUBI,    SBPF_RSUB,  64, IMM, false, "addx"},
    {VM_RSUBIWZ,  SBPF_RSUB,  32, IMM, false, "addx"},
    {VM_ANDI,     SBPF_AND,   64, IMM, false, "logicx"}, {VM_ANDWZ,   SBPF_AND,   32, REG, false, "logicx"},
    {VM_ORI,      SBPF_OR,    64, IMM, false, "logicx"}, {VM_ORWZ,    SBPF_OR,    32, REG, false, "logicx"},
    {VM_ORIWZ,    SBPF_OR,    32, IMM, false, "logicx"}, {VM_XORI,    SBPF_XOR,   64, IMM, false, "logicx"},
    {VM_XORWZ,    SBPF_XOR,   32, REG, false, "logicx"}, {VM_XORIWZ,  SBPF_XOR,   32, IMM, false, "logicx"},
    {VM_SLLWZ,    SBPF_SHL,   32, REG, false, "shiftw"}, {VM_SLLIWZ,  SBPF_SHL,   32, IMM, false, "shiftw"},
    {VM_SRLWZ,    SBPF_SHR,   32, REG, false, "shiftw"}, {VM_SRLIWZ,  SBPF_SHR,   32, IMM, false, "shiftw"},
    {VM_SRAWZ,    SBPF_SAR,   32, REG, false, "shiftw"}, {VM_SRAIWZ,  SBPF_SAR,   32, IMM, false, "shiftw"},
    {VM_MULI,     SBPF_MUL,   64, IMM, false, "mul"},   {VM_MULIW,    SBPF_MUL,   32, IMM, true,  "mulw"},
    {VM_MULWZ,    SBPF_MUL,   32, REG, false, "mulw"},  {VM_MULIWZ,   SBPF_MUL,   32, IMM, false, "mulw"},
    {VM_MULHI,    SBPF_MULH,  64, IMM, false, "mulh"},  {VM_MULHUI,   SBPF_MULHU, 64, IMM, false, "mulh"},
    {VM_CDIVU,    SBPF_DIVU,  64, REG, false, "div"},   {VM_CDIVUI,   SBPF_DIVU,  64, IMM, false, "div"},
    {VM_CREMU,    SBPF_REMU,  64, REG, false, "div"},   {VM_CREMUI,   SBPF_REMU,  64, IMM, false, "div"},
    {VM_CDIVUWZ,  SBPF_DIVU,  32, REG, false, "div"},   {VM_CDIVUIWZ, SBPF_DIVU,  32, IMM, false, "div"},
    {VM_CREMUWZ,  SBPF_REMU,  32, REG, false, "div"},   {VM_CREMUIWZ, SBPF_REMU,  32, IMM, false, "div"},
    {VM_CDIV,     SBPF_DIV,   64, REG, false, "div"},   {VM_CDIVI,    SBPF_DIV,   64, IMM, false, "div"},
    {VM_CREM,     SBPF_REM,   64, REG, false, "div"},   {VM_CREMI,    SBPF_REM,   64, IMM, false, "div"},
    {VM_CDIVWZ,   SBPF_DIV,   32, REG, false, "div"},   {VM_CDIVIWZ,  SBPF_DIV,   32, IMM, false, "div"},
    {VM_CREMWZ,   SBPF_REM,   32, REG, false, "div"},   {VM_CREMIWZ,  SBPF_REM,   32, IMM, false, "div"},
    {VM_BSWAPH,   SBPF_SWAP,  16, REG, false, "bswap"}, {VM_BSWAPW,   SBPF_SWAP,  32, REG, false, "bswap"},
    {VM_BSWAPD,   SBPF_SWAP,  64, REG, false, "bswap"},
    {VM_BEQI,     SBPF_EQ,    64, IMM, false, "beqc"},  {VM_BNEI,     SBPF_NE,    64, IMM, false, "beqc"},
    {VM_BLTI,     SBPF_LT,    64, IMM, false, "bltc"},  {VM_BGEI,     SBPF_GE,    64, IMM, false, "bltc"},
    {VM_BLTUI,    SBPF_LTU,   64, IMM, false, "bltc"},  {VM_BGEUI,    SBPF_GEU,   64, IMM, false, "bltc"},
    {VM_BSET,     SBPF_SET,   64, REG, false, "bset"},  {VM_BSETI,    SBPF_SET,   64, IMM, false, "bset"},
    {VM_BSETW,    SBPF_SET,   32, REG, false, "bset"},
    {VM_BEQW,     SBPF_EQ,    32, REG, false, "beqw"},  {VM_BEQIW,    SBPF_EQ,    32, IMM, false, "beqw"},
    {VM_BNEW,     SBPF_NE,    32, REG, false, "beqw"},  {VM_BNEIW,    SBPF_NE,    32, IMM, false, "beqw"},
    {VM_BLTW,     SBPF_LT,    32, REG, false, "bltw"},  {VM_BLTIW,    SBPF_LT,    32, IMM, false, "bltw"},
    {VM_BGEW,     SBPF_GE,    32, REG, false, "bltw"},  {VM_BGEIW,    SBPF_GE,    32, IMM, false, "bltw"},
    {VM_BLTUW,    SBPF_LTU,   32, REG, false, "bltw"},  {VM_BLTUIW,   SBPF_LTU,   32, IMM, false, "bltw"},
    {VM_BGEUW,    SBPF_GEU,   32, REG, false, "bltw"},  {VM_BGEUIW,   SBPF_GEU,   32, IMM, false, "bltw"},
};
/* clang-format on */
const unsigned sbpf_ops_n = sizeof sbpf_ops / sizeof *sbpf_ops;

/* x as a number of `bits` bits */
static uwide number(uint64_t x, unsigned bits)
{
    return (uwide)x % ((uwide)1 << bits);
}

static wide signed_number(uint64_t x, unsigned bits)
{
    wide n = (wide)number(x, bits);
    return n >= (wide)1 << (bits - 1) ? n - ((wide)1 << bits) : n;
}

static uint64_t bitwise(enum sbpf_effect effect, uint64_t a, uint64_t b)
{
    uint64_t out = 0;
    for (unsigned i = 0; i < 64; i++) {
        unsigned n = (unsigned)(a >> i & 1) + (unsigned)(b >> i & 1);
        out += (uint64_t)(effect == SBPF_AND ? n == 2 : effect == SBPF_OR ? n > 0 : n == 1) << i;
    }
    return out;
}

static uint64_t swapped(uint64_t a, unsigned bits)
{
    uint64_t out = 0;
    for (unsigned i = 0; i < bits / 8; i++) {
        out = out * 256 + a / ((uint64_t)1 << 8 * i) % 256;
    }
    return out;
}

static wide floor_divide(wide x, wide by) /* by > 0 */
{
    return x >= 0 ? x / by : -((-x + by - 1) / by);
}

/* the result before it is cut to `bits` bits; false: a fault */
static bool effect_of(const struct sbpf_op *op, uint64_t a, uint64_t b, wide *out)
{
    unsigned bits = op->bits;
    uwide x = number(a, bits), y = number(b, bits), power = (uwide)1 << y % bits;
    wide sx = signed_number(a, bits), sy = signed_number(b, bits);
    bool is_signed = op->effect == SBPF_DIV || op->effect == SBPF_REM;
    switch (op->effect) {
    case SBPF_ADD:
        *out = (wide)(x + y);
        return true;
    case SBPF_SUB:
        *out = (wide)(x - y);
        return true;
    case SBPF_RSUB:
        *out = (wide)(y - x);
        return true;
    case SBPF_AND:
    case SBPF_OR:
    case SBPF_XOR:
        *out = (wide)bitwise(op->effect, a, b);
        return true;
    case SBPF_SHL:
        *out = (wide)(x * power);
        return true;
    case SBPF_SHR:
        *out = (wide)(x / power);
        return true;
    case SBPF_SAR:
        *out = floor_divide(sx, (wide)power);
        return true;
    case SBPF_MUL:
        *out = (wide)(x * y);
        return true;
    case SBPF_MULH:
        *out = floor_divide(sx * sy, (wide)1 << 64);
        return true;
    case SBPF_MULHU:
        *out = (wide)(x * y >> 64);
        return true;
    case SBPF_SWAP:
        *out = (wide)swapped(a, bits);
        return true;
    case SBPF_DIV:
    case SBPF_DIVU:
    case SBPF_REM:
    case SBPF_REMU:
        if (y == 0 || (is_signed && sy == -1 && sx == -((wide)1 << (bits - 1)))) {
            return false;
        }
        *out = op->effect == SBPF_DIV    ? sx / sy
               : op->effect == SBPF_REM  ? sx % sy
               : op->effect == SBPF_DIVU ? (wide)(x / y)
                                         : (wide)(x % y);
        return true;
    case SBPF_EQ:
        *out = x == y;
        return true;
    case SBPF_NE:
        *out = x != y;
        return true;
    case SBPF_LT:
        *out = sx < sy;
        return true;
    case SBPF_GE:
        *out = sx >= sy;
        return true;
    case SBPF_LTU:
        *out = x < y;
        return true;
    case SBPF_GEU:
        *out = x >= y;
        return true;
    default: /* SBPF_SET */
        *out = bitwise(SBPF_AND, (uint64_t)x, (uint64_t)y) != 0;
        return true;
    }
}

bool sbpf_result(const struct sbpf_op *op, uint64_t a, uint64_t b, uint64_t *result)
{
    wide out = 0;
    bool ok = effect_of(op, a, b, &out);
    *result =
        op->extends ? (uint64_t)signed_number((uint64_t)out, op->bits) : (uint64_t)number((uint64_t)out, op->bits);
    return ok;
}
