/* SPDX-License-Identifier: Apache-2.0 */
/* machine.h - what the kernel asks of the machine that C cannot say (docs/machines.md section 4).
 *
 * On the machine each of these is one instruction.  Hosted (GN_KERNEL_HOSTED), tests give functions of these names: the same kernel text then runs as an
 * ordinary program. */
#ifndef GN_SOLANA_MACHINE_H
#define GN_SOLANA_MACHINE_H

#include <stddef.h>
#include <stdint.h>

/* ---- memory ---- */
/* Kinds of words that the kernel declares; numbers are the machine's (src/machines/memory/memory.h).  The kernel itself may read and write all of them. */
enum machine_words {
    MACHINE_WRITABLE = 1, /* the program may read and write */
    MACHINE_READABLE = 2, /* the program may read */
    MACHINE_PRIVATE = 5,  /* not the program's: its accesses trap */
    MACHINE_BYTES = 8     /* + machine_interval: only some bytes of the word exist */
};
/* words of which the first n bytes exist, 1 <= n <= 7 */
static inline uint64_t machine_first_bytes(uint64_t n, uint64_t writable)
{
    return MACHINE_BYTES + (n - 1) + 36 * writable;
}

/* words at any address */
struct machine_word {
    uint64_t word;
} __attribute__((packed));
static inline uint64_t load_word(const void *at)
{
    return ((const struct machine_word *)at)->word;
}
static inline void store_word(void *at, uint64_t word)
{
    ((struct machine_word *)at)->word = word;
}

#ifdef GN_KERNEL_HOSTED

extern uint8_t *gn_hosted_memory; /* address a of the machine is gn_hosted_memory[a] */
static inline void *machine_at(uint64_t address)
{
    return gn_hosted_memory + address;
}
void machine_declare(uint64_t base, uint64_t size, uint64_t words);
void machine_copy(void *to, const void *from, uint64_t n);
void machine_fill(void *to, uint64_t byte, uint64_t n);
void machine_sha256(uint32_t state[8], const void *block);
void machine_keccak(uint64_t state[25]);
uint64_t machine_enter(uint64_t place, uint64_t limit);
uint64_t machine_trap(void);
uint64_t machine_frame(void);
uint64_t machine_reg(uint64_t r);
void machine_set_reg(uint64_t r, uint64_t value);
void machine_out(uint64_t index, uint64_t word);
_Noreturn void machine_halt(void);
_Noreturn void machine_stop(uint64_t reason, uint64_t detail);

#else

static inline void *machine_at(uint64_t address)
{
    return (void *)address;
}

/* custom-0, by funct3 */
enum {
    MACHINE_RESUME,
    MACHINE_OUT,
    MACHINE_HALT,
    MACHINE_COPY,
    MACHINE_FILL,
    MACHINE_SHA256,
    MACHINE_KECCAK,
    MACHINE_DECLARE
};
#define MACHINE_3(number, rd, rs1, rs2) \
    __asm__ volatile(".insn r 0x0b, %0, 0, %1, %2, %3" ::"i"(number), "r"(rd), "r"(rs1), "r"(rs2) : "memory")

/* [base, base + size) comes into being, zeros; both multiples of 8; never declared before */
static inline void machine_declare(uint64_t base, uint64_t size, uint64_t words)
{
    MACHINE_3(MACHINE_DECLARE, words, base, size);
}
/* to and from do not overlap */
static inline void machine_copy(void *to, const void *from, uint64_t n)
{
    MACHINE_3(MACHINE_COPY, to, from, n);
}
static inline void machine_fill(void *to, uint64_t byte, uint64_t n)
{
    MACHINE_3(MACHINE_FILL, to, byte, n);
}
/* state: eight words of 32 bits, as numbers; block: 64 bytes, aligned to 8 */
static inline void machine_sha256(uint32_t state[8], const void *block)
{
    __asm__ volatile(".insn r 0x0b, %0, 0, x0, %1, %2" ::"i"(MACHINE_SHA256), "r"(state), "r"(block) : "memory");
}
static inline void machine_keccak(uint64_t state[25])
{
    __asm__ volatile(".insn r 0x0b, %0, 0, x0, %1, x0" ::"i"(MACHINE_KECCAK), "r"(state) : "memory");
}

/* The program goes on at place, until it traps.  Returns the time at which it went on.  limit tells the executor how many instructions may run before it must trap; the proof takes no notice of it. */
uint64_t machine_enter(uint64_t place, uint64_t limit);

#define MACHINE_CSR(register) (0x800 + (register))
/* TRAP: place | time << 32; the time is odd after a syscall */
static inline uint64_t machine_trap(void)
{
    uint64_t value;
    __asm__ volatile("csrr %0, %1" : "=r"(value) : "i"(MACHINE_CSR(37)));
    return value;
}
/* FRAME: how many calls are open << 32, 0 at the beginning */
static inline uint64_t machine_frame(void)
{
    uint64_t value;
    __asm__ volatile("csrr %0, %1" : "=r"(value) : "i"(MACHINE_CSR(38)));
    return value;
}
/* r0 ... r10; r is a constant in the fast cases */
static inline __attribute__((always_inline)) uint64_t machine_reg_constant(uint64_t r)
{
    uint64_t value;
    __asm__ volatile("csrr %0, %1" : "=r"(value) : "i"(MACHINE_CSR(1 + r)));
    return value;
}
static inline __attribute__((always_inline)) void machine_set_reg_constant(uint64_t r, uint64_t value)
{
    __asm__ volatile("csrw %1, %0" ::"r"(value), "i"(MACHINE_CSR(1 + r)));
}
uint64_t machine_reg_variable(uint64_t r);
void machine_set_reg_variable(uint64_t r, uint64_t value);
#define machine_reg(r)        (__builtin_constant_p(r) ? machine_reg_constant(r) : machine_reg_variable(r))
#define machine_set_reg(r, value) \
    (__builtin_constant_p(r) ? machine_set_reg_constant(r, value) : machine_set_reg_variable(r, value))

static inline void machine_out(uint64_t index, uint64_t word)
{
    __asm__ volatile(".insn r 0x0b, %0, 0, x0, %1, %2" ::"i"(MACHINE_OUT), "r"(index), "r"(word));
}
_Noreturn static inline void machine_halt(void)
{
    __asm__ volatile(".insn r 0x0b, %0, 0, x0, x0, x0" ::"i"(MACHINE_HALT) : "memory");
    __builtin_unreachable();
}
/* an instruction without row */
_Noreturn static inline void machine_stop(uint64_t reason, uint64_t detail)
{
    register uint64_t a0 __asm__("a0") = reason;
    register uint64_t a1 __asm__("a1") = detail;
    __asm__ volatile("unimp" ::"r"(a0), "r"(a1) : "memory");
    __builtin_unreachable();
}

#endif
#endif
