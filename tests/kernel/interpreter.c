/* SPDX-License-Identifier: Apache-2.0 */
/* interpreter.c - see interpreter.h.  Written from the rules of the reference implementation (opcodes by class and version). */
#include "interpreter.h"

#include <string.h>

struct op {
    uint8_t code;
    unsigned dst, src;
    int64_t off, imm;
};

static struct op decode(const uint8_t *at)
{
    int16_t off;
    int32_t imm;
    memcpy(&off, at + 2, 2);
    memcpy(&imm, at + 4, 4);
    return (struct op){at[0], at[1] & 15, at[1] >> 4, off, imm};
}

static bool compare(unsigned minor, uint64_t a, uint64_t b, bool word)
{
    int64_t x = word ? (int32_t)a : (int64_t)a, y = word ? (int32_t)b : (int64_t)b;
    if (word) {
        a = (uint32_t)a, b = (uint32_t)b;
    }
    switch (minor) {
    case 0x1:
        return a == b;
    case 0x2:
        return a > b;
    case 0x3:
        return a >= b;
    case 0x4:
        return (a & b) != 0;
    case 0x5:
        return a != b;
    case 0x6:
        return x > y;
    case 0x7:
        return x >= y;
    case 0xa:
        return a < b;
    case 0xb:
        return a <= b;
    case 0xc:
        return x < y;
    default:
        return x <= y; /* 0xd */
    }
}

static uint64_t swap(uint64_t v, int64_t bits)
{
    return bits == 16   ? __builtin_bswap16((uint16_t)v)
           : bits == 32 ? __builtin_bswap32((uint32_t)v)
                        : __builtin_bswap64(v);
}

/* classes 4 and 7; false: division by zero */
static bool alu(const struct interpreter *m, const struct op *o, uint64_t *d)
{
    bool wide = (o->code & 7) == 7, by_register = (o->code & 8) != 0, v2 = m->version == 2;
    uint64_t a = *d, b = by_register ? m->r[o->src] : (uint64_t)o->imm;
    uint32_t x = (uint32_t)a, y = (uint32_t)b;
    switch (o->code >> 4) {
    case 0x0:
        *d = wide ? a + b : v2 ? x + y : (uint64_t)(int32_t)(x + y);
        return true;
    case 0x1:
        if (v2 && !by_register) {
            *d = wide ? b - a : y - x;
        } else {
            *d = wide ? a - b : v2 ? x - y : (uint64_t)(int32_t)(x - y);
        }
        return true;
    case 0x2:
        *d = wide ? a * b : (uint64_t)(int32_t)(x * y);
        return true;
    case 0x3:
    case 0x9:
        if (wide ? b == 0 : y == 0) {
            return false;
        }
        *d = o->code >> 4 == 3 ? (wide ? a / b : x / y) : (wide ? a % b : x % y);
        return true;
    case 0x4:
        *d = wide ? a | b : (x | y);
        return true;
    case 0x5:
        *d = wide ? a & b : (x & y);
        return true;
    case 0x6:
        *d = wide ? a << (b & 63) : x << (y & 31);
        return true;
    case 0x7:
        *d = wide ? a >> (b & 63) : x >> (y & 31);
        return true;
    case 0x8:
        *d = wide ? -a : (uint32_t)-x;
        return true;
    case 0xa:
        *d = wide ? a ^ b : (x ^ y);
        return true;
    case 0xb:
        *d = wide ? b : v2 && by_register ? (uint64_t)(int32_t)y : y;
        return true;
    case 0xc:
        *d = wide ? (uint64_t)((int64_t)a >> (b & 63)) : (uint32_t)((int32_t)x >> (y & 31));
        return true;
    case 0xd: /* le, be */
        *d = by_register ? swap(a, o->imm) : o->imm == 16 ? (uint16_t)a : o->imm == 32 ? (uint32_t)a : a;
        return true;
    default: /* 0xf: hor64 */
        *d = a | (uint64_t)o->imm << 32;
        return true;
    }
}

/* class 6 of version 2; false: division by zero or overflow */
static bool product_quotient(const struct interpreter *m, const struct op *o, uint64_t *d)
{
    bool by_register = (o->code & 8) != 0;
    unsigned kind = o->code >> 4;
    bool is_signed = kind >= 0xb || kind == 8 || kind == 9;
    uint64_t a = *d, b = by_register ? m->r[o->src] : is_signed ? (uint64_t)o->imm : (uint32_t)o->imm;
    uint32_t x = (uint32_t)a, y = (uint32_t)b;
    __extension__ typedef unsigned __int128 u128;
    __extension__ typedef __int128 i128;
    switch (kind) {
    case 0x8:
        *d = (uint32_t)(x * y);
        return true;
    case 0x9:
        *d = a * b;
        return true;
    case 0x3:
        *d = (uint64_t)((u128)a * b >> 64);
        return true;
    case 0xb:
        *d = (uint64_t)((i128)(int64_t)a * (int64_t)b >> 64);
        return true;
    default:
        break;
    }
    bool wide = (kind & 1) != 0, rest = kind == 6 || kind == 7 || kind >= 0xe;
    if (wide ? b == 0 : y == 0) {
        return false;
    }
    if (kind < 0xc) {
        *d = wide ? (rest ? a % b : a / b) : (rest ? x % y : x / y);
        return true;
    }
    if (wide ? a == (uint64_t)INT64_MIN && b == UINT64_MAX : x == (uint32_t)INT32_MIN && y == UINT32_MAX) {
        return false;
    }
    if (wide) {
        *d = (uint64_t)(rest ? (int64_t)a % (int64_t)b : (int64_t)a / (int64_t)b);
    } else {
        *d = (uint32_t)(rest ? (int32_t)x % (int32_t)y : (int32_t)x / (int32_t)y);
    }
    return true;
}

/* width of an access, 0 if it is none */
static unsigned width(const struct interpreter *m, const struct op *o, bool *store, bool *imm)
{
    unsigned class = o->code & 7;
    if (m->version == 2) {
        unsigned high = o->code >> 4, w = high == 2 ? 1 : high == 3 ? 2 : high == 8 ? 4 : high == 9 ? 8 : 0;
        if ((o->code & 15) != 0xc && (o->code & 15) != 7 && (o->code & 15) != 15) {
            return 0;
        }
        *store = (o->code & 15) != 0xc;
        *imm = (o->code & 15) == 7;
        return w;
    }
    if (class < 1 || class > 3 || o->code >> 5 != 3) {
        return 0;
    }
    *store = class != 1;
    *imm = class == 2;
    unsigned size = o->code >> 3 & 3;
    return size == 0 ? 4 : size == 1 ? 2 : size == 2 ? 1 : 8;
}

static bool push(struct interpreter *m, uint64_t target)
{
    if (m->depth == INTERPRETER_FRAMES - 1) {
        return false;
    }
    memcpy(m->frames[m->depth].saved, m->r + 6, sizeof m->frames[0].saved);
    m->frames[m->depth++].slot = m->slot + 1;
    m->r[10] += m->stride;
    m->slot = target;
    return true;
}

/* One instruction; false: it cannot be executed. */
static bool step(struct interpreter *m)
{
    struct op o = decode(m->text + 8 * m->slot);
    unsigned class = o.code & 7;
    bool store = false, imm = false;
    unsigned n = width(m, &o, &store, &imm);
    if (n != 0) {
        uint64_t address = m->r[store ? o.dst : o.src] + (uint64_t)o.off, value = imm ? (uint64_t)o.imm : m->r[o.src];
        if (!m->access(m->ctx, address, n, store, &value)) {
            return false;
        }
        if (!store) {
            m->r[o.dst] = value;
        }
        m->slot++;
        return true;
    }
    if (o.code == 0x18) {
        m->r[o.dst] = (uint32_t)o.imm | (uint64_t)decode(m->text + 8 * m->slot + 8).imm << 32;
        m->slot += 2;
        return true;
    }
    if (class == 4 || class == 7) {
        if (!alu(m, &o, &m->r[o.dst])) {
            return false;
        }
        m->slot++;
        return true;
    }
    if (class == 6 && m->version == 2) {
        if (!product_quotient(m, &o, &m->r[o.dst])) {
            return false;
        }
        m->slot++;
        return true;
    }
    if (o.code == 0x85) {
        return push(m, (uint64_t)m->callee(m->callee_ctx, m->slot));
    }
    if (o.code == 0x8d) {
        uint64_t a = m->r[m->version >= 3 ? o.dst : m->version == 2 ? o.src : (unsigned)o.imm & 15];
        uint64_t target = (a - m->text_address) >> 3;
        return target < m->slots_n && push(m, target);
    }
    if (o.code == 0x95) {
        if (m->depth == 0) {
            return false;
        }
        m->depth--;
        memcpy(m->r + 6, m->frames[m->depth].saved, sizeof m->frames[0].saved);
        m->slot = m->frames[m->depth].slot;
        return true;
    }
    bool taken = o.code == 0x05 ||
                 compare(o.code >> 4, m->r[o.dst], (o.code & 8) != 0 ? m->r[o.src] : (uint64_t)o.imm, class == 6);
    m->slot += (uint64_t)(taken ? 1 + o.off : 1);
    return true;
}

uint64_t interpreter_run(struct interpreter *m, uint64_t limit, bool *syscall)
{
    uint64_t steps = 0;
    *syscall = false;
    while (steps < limit && m->slot < m->slots_n) {
        uint8_t site = m->sites[m->slot];
        if (site != 0 && site != 254) { /* a syscall, or nothing that can be executed; 254: exit */
            *syscall = site != 255;
            break;
        }
        if (!step(m)) {
            break;
        }
        steps++;
        m->time += 4;
    }
    return steps;
}
