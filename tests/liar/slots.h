/* SPDX-License-Identifier: Apache-2.0 */
/* slots.h - sBPF programs, slot by slot. */
#ifndef GN_TESTS_LIAR_SLOTS_H
#define GN_TESTS_LIAR_SLOTS_H

#include <stdint.h>

#define SLOT(op, dst, src, off, imm)                                                          \
    ((uint64_t)(op) | (uint64_t)((dst) | (src) << 4) << 8 | (uint64_t)(uint16_t)(off) << 16 | \
     (uint64_t)(uint32_t)(imm) << 32)
#define MOVI(dst, imm)        SLOT(0xb7, dst, 0, 0, imm)
#define MOV(dst, src)         SLOT(0xbf, dst, src, 0, 0)
#define ADDI(dst, imm)        SLOT(0x07, dst, 0, 0, imm)
#define LDDW(dst, value)      SLOT(0x18, dst, 0, 0, (value)), SLOT(0, 0, 0, 0, (uint64_t)(value) >> 32)
#define LSHI(dst, imm)        SLOT(0x67, dst, 0, 0, imm)
#define HIGH(dst, imm)        MOVI(dst, imm), LSHI(dst, 32) /* imm << 32: lddw is not in every version */
#define LOAD8(dst, src, off)  SLOT(0x79, dst, src, off, 0)
#define STORE8(dst, src, off) SLOT(0x7b, dst, src, off, 0)
#define STORE1(dst, off, imm) SLOT(0x72, dst, 0, off, imm)
#define DIV(dst, src)         SLOT(0x3f, dst, src, 0, 0)
#define DIV32(dst, src)       SLOT(0x3c, dst, src, 0, 0)
#define MOD(dst, src)         SLOT(0x9f, dst, src, 0, 0)
#define SDIV_V2(dst, src)     SLOT(0xde, dst, src, 0, 0)
#define JEQI(dst, imm, off)   SLOT(0x15, dst, 0, off, imm)
#define JA(off)               SLOT(0x05, 0, 0, off, 0)
#define CALL(distance)        SLOT(0x85, 0, 1, 0, distance)
#define CALLX(dst)            SLOT(0x8d, dst, 0, 0, 0)
#define CALLX_V0(reg)         SLOT(0x8d, 0, 0, 0, reg)
#define SYSCALL_(name)        SLOT(0x85, 0, 0, 0, HASH_##name)
#define NOWHERE               SLOT(0x85, 0, 0, 0, 0x12345678) /* a call that nothing resolves */
#define EXIT                  SLOT(0x95, 0, 0, 0, 0)
enum {
    HASH_NONE,
#define SYSCALL(symbol, name, hash, served) HASH_##symbol = (int)(hash),
#include "kernel/solana/syscalls.def"
#undef SYSCALL
};

#endif
