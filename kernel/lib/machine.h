/* SPDX-License-Identifier: Apache-2.0 */
/* machine.h - what kernel code asks of the machine that C cannot say (docs/machines.md section 4).  Each of these is one instruction. */
#ifndef GN_KERNEL_LIB_MACHINE_H
#define GN_KERNEL_LIB_MACHINE_H

#include <stdint.h>

/* custom-0, by funct3; Poseidon2 is Keccak's with funct7 = 1 */
enum { MACHINE_RESUME, MACHINE_OUT, MACHINE_HALT, MACHINE_COPY, MACHINE_FILL, MACHINE_SHA256, MACHINE_KECCAK };
#define MACHINE_CSR(register) \
    (0x800 + (register)) /* number in the machine: 1 ... 31 the program's, 37 TRAP, 38 FRAME */

/* The program goes on at place, until it is left by a trap or a call.  Returns the time at which it went on.  Registers of kernel and program are apart, so to the
 * kernel this is an ordinary call (start.S). */
uint64_t machine_enter(uint64_t place);

/* TRAP: place | time << 32; time is that of a row, a multiple of 4, after a trap, and one more after a call */
static inline uint64_t machine_trap(void)
{
    uint64_t value;
    __asm__ volatile("csrr %0, %1" : "=r"(value) : "i"(MACHINE_CSR(37)));
    return value;
}

/* the program's x_r, 0 for x0; r < 32 */
uint64_t machine_reg(uint64_t r);
#define MACHINE_REG(name, r)                                                 \
    static inline uint64_t name(void)                                        \
    {                                                                        \
        uint64_t value;                                                      \
        __asm__ volatile("csrr %0, %1" : "=r"(value) : "i"(MACHINE_CSR(r))); \
        return value;                                                        \
    }
MACHINE_REG(machine_a0, 10)
MACHINE_REG(machine_a1, 11)
MACHINE_REG(machine_a2, 12)
MACHINE_REG(machine_a7, 17)
static inline void machine_set_a0(uint64_t value)
{
    __asm__ volatile("csrw %1, %0" ::"r"(value), "i"(MACHINE_CSR(10)));
}

static inline void machine_out(uint64_t index, uint64_t word)
{
    __asm__ volatile(".insn r 0x0b, %0, 0, x0, %1, %2" ::"i"(MACHINE_OUT), "r"(index), "r"(word));
}
_Noreturn static inline void machine_halt(void)
{
    __asm__ volatile(".insn r 0x0b, %0, 0, x0, x0, x0" ::"i"(MACHINE_HALT) : "memory");
    __builtin_unreachable();
}
/* an instruction without row: the run has no proof.  The host finds the reason in a0. */
_Noreturn static inline void machine_stop(uint64_t reason)
{
    register uint64_t a0 __asm__("a0") = reason;
    __asm__ volatile("unimp" ::"r"(a0) : "memory");
    __builtin_unreachable();
}

/* Many bytes in one instruction (docs/machines.md section 3.2).  Sizes are below 2^24; 0 does nothing.  What may not be accessed ends the run without proof. */
static inline void machine_copy(void *to, const void *from, uint64_t n) /* as memmove */
{
    __asm__ volatile(".insn r 0x0b, %0, 0, %1, %2, %3" ::"i"(MACHINE_COPY), "r"(to), "r"(from), "r"(n) : "memory");
}
static inline void machine_fill(void *to, uint8_t byte, uint64_t n)
{
    __asm__ volatile(".insn r 0x0b, %0, 0, %1, %2, %3" ::"i"(MACHINE_FILL), "r"(to), "r"((uint64_t)byte), "r"(n)
                     : "memory");
}
/* SHA-256's compression of a block of 64 bytes into the state; both at multiples of 8 */
static inline void machine_sha256(uint32_t state[8], const void *block)
{
    __asm__ volatile(".insn r 0x0b, %0, 0, x0, %1, %2" ::"i"(MACHINE_SHA256), "r"(state), "r"(block) : "memory");
}
/* Poseidon2 of 24 elements of KoalaBear, two in each of the words; any u32 are taken, mod p, and such below p given */
static inline void machine_poseidon2(uint64_t state[12])
{
    __asm__ volatile(".insn r 0x0b, %0, 1, x0, %1, x0" ::"i"(MACHINE_KECCAK), "r"(state) : "memory");
}
/* Keccak-f[1600] */
static inline void machine_keccak(uint64_t state[25])
{
    __asm__ volatile(".insn r 0x0b, %0, 0, x0, %1, x0" ::"i"(MACHINE_KECCAK), "r"(state) : "memory");
}

/* words at any address */
struct machine_word {
    uint64_t word;
} __attribute__((packed));
static inline uint64_t machine_load(uint64_t at)
{
    return ((const struct machine_word *)at)->word;
}

#endif
