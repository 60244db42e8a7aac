/* SPDX-License-Identifier: Apache-2.0 */
/* sbpf.h - the sBPF front end: a program as deployed on Solana (ELF) or bare bytecode -> checked program -> core program.
 *
 * Three steps, each with the reference implementation's verdicts: load (elf.c, elf_lenient.c, elf_strict.c), verify (verify.c), lower (lower.c).  gn_error.text of a refusal
 * begins with the reference's name of it, as `RelativeJumpOutOfBounds(78)`, then ": " and words.
 *
 * Versions 0 to 3 are enabled on mainnet.  Version 4 differs from 3 in nothing that is seen here; ELF files of it are refused.
 *
 * Registers r0 ... r10 are core registers 1 ... 11.  Row i of the core program is slot i (one row an instruction; the second slot of a lddw holds a FAULT), row n stands for the place
 * behind the last slot (execution overrun).  Place of slot i: SBPF_TEXT + 2 i. */
#ifndef GN_SBPF_SBPF_H
#define GN_SBPF_SBPF_H

#include "base/buffer.h"
#include "vm/vm.h"

enum sbpf_version { SBPF_V0, SBPF_V1, SBPF_V2, SBPF_V3, SBPF_V4 };

/* addresses as programs see them */
#define SBPF_RODATA_V3 UINT64_C(0)
#define SBPF_PROGRAM   (UINT64_C(1) << 32)
#define SBPF_STACK     (UINT64_C(2) << 32)
#define SBPF_HEAP      (UINT64_C(3) << 32)
#define SBPF_INPUT     (UINT64_C(4) << 32)
#define SBPF_REGION    (UINT64_C(1) << 32) /* distance of the five */

#define SBPF_TEXT UINT64_C(0x80000000)
enum {
    SBPF_SLOT = 8, /* bytes */
    SBPF_FRAME_SIZE = 4096,
    SBPF_FRAMES = 64,
    SBPF_STACK_SIZE = SBPF_FRAMES * SBPF_FRAME_SIZE,
    SBPF_SLOTS_MAX = 1 << 24, /* of text; files beyond it are GN_LIMIT.  Solana's accounts end at 10 MiB. */
};

/* What `virtual_address_space_adjustments` changes in a program: the stack of version 0. */
enum sbpf_mode {
    SBPF_CLASSIC,  /* frames of version 0 are 8 KiB apart, the upper 4 KiB of which are not memory */
    SBPF_ADJUSTED, /* they touch */
    SBPF_MODES
};

struct sbpf_function {
    uint32_t key; /* what a call names: hash, slot number or whatever the registry says */
    uint32_t slot;
};

/* system calls that a program may name */
struct sbpf_syscall {
    uint32_t hash; /* murmur3 of the name */
    const char *name;
};
struct sbpf_syscalls {
    const struct sbpf_syscall *list;
    size_t n;
};
struct sbpf_syscalls gn_sbpf_syscalls(void); /* those of mainnet, in the order of kernel/solana/syscalls.def */
/* NULL if there is none */
const struct sbpf_syscall *gn_sbpf_syscall_find(const struct sbpf_syscalls *syscalls, uint32_t hash);

struct sbpf_program {
    enum sbpf_version version;
    uint64_t text_address; /* of slot 0, for callx */
    const uint8_t *text;   /* slots_n slots */
    uint32_t slots_n;      /* text_n / 8 rounded down; the verifier refuses a remainder */
    size_t text_n;
    uint64_t rodata_address;
    const uint8_t *rodata; /* what the program can read there; for versions 0 to 2 it contains text */
    size_t rodata_n;
    uint32_t entry_slot;
    struct sbpf_function *functions; /* sorted by key, keys are unique; none for ELF files of version 3 */
    uint32_t functions_n;
    uint8_t *owned; /* holds text and rodata */
};

struct sbpf_load_options {
    struct sbpf_syscalls syscalls;
    bool
        deploying; /* as at deployment: refuses what execution tolerates (names that are no system call or sol_alloc_free_, sections that moved) */
};
/* An ELF file, which need not outlive the call.  Not verified.  GN_BAD_INPUT: refused, with the reference's verdict.  GN_LIMIT: over this implementation's limits. */
GN_NODISCARD enum gn_status gn_sbpf_load(struct sbpf_program **out, const uint8_t *elf, size_t n,
                                         const struct sbpf_load_options *options, struct gn_error *err);

/* Appends the least ELF file that holds bytecode whose entry is its first slot, for which gn_sbpf_load then does what it does for any file: calls relative to their place find
 * their functions.  GN_BAD_INPUT: not whole slots. */
GN_NODISCARD enum gn_status gn_sbpf_wrap(struct gn_buffer *out, enum sbpf_version version, const uint8_t *text,
                                         size_t n, struct gn_error *err);

/* Bytecode without a file: text (whole slots or not) stands at text_address; rodata NULL: text itself is what can be read at rodata_address.  functions in any order (GN_BAD_INPUT
 * on a key twice with two slots).  Everything is copied. */
struct sbpf_bare {
    enum sbpf_version version;
    const uint8_t *text;
    size_t text_n;
    uint64_t text_address;
    const uint8_t *rodata;
    size_t rodata_n;
    uint64_t rodata_address;
    uint32_t entry_slot;
    const struct sbpf_function *functions;
    size_t functions_n;
};
GN_NODISCARD enum gn_status gn_sbpf_load_bare(struct sbpf_program **out, const struct sbpf_bare *bare,
                                              struct gn_error *err);
void gn_sbpf_free(struct sbpf_program *p);

/* GN_BAD_INPUT: text begins with the reference's VerifierError without that word, as `UnknownOpCode(255, 107)`.  A program that has not passed must not be lowered. */
GN_NODISCARD enum gn_status gn_sbpf_verify(const struct sbpf_program *p, struct gn_error *err);

/* The core program of a verified program; its memory is the caller's (gn_sbpf_core_free).  entry_row is the entry slot.  GN_INTERNAL for what the verifier refuses. */
GN_NODISCARD enum gn_status gn_sbpf_lower(struct vm_program *out, const struct sbpf_program *p, enum sbpf_mode mode,
                                          const struct sbpf_syscalls *syscalls, struct gn_error *err);
void gn_sbpf_core_free(struct vm_program *core);

/* What the Solana kernel is told of the program (docs/statement.md section 4), the image of a region at GN_SOL_DESCRIPTION.  GN_LIMIT: the kernel takes fewer than GN_SOL_SLOTS_MAX slots. */
GN_NODISCARD enum gn_status gn_sbpf_describe(struct gn_buffer *out, const struct sbpf_program *p, enum sbpf_mode mode,
                                             struct gn_error *err);

/* Names of functions, where the file has them; ascending, one a slot.  They point into elf, hold any bytes but 0, and end there.  *out is the caller's to free; false without memory. */
struct sbpf_symbol {
    uint32_t slot;
    const char *name;
};
GN_NODISCARD bool gn_sbpf_symbols(struct sbpf_symbol **out, size_t *out_n, const struct sbpf_program *p,
                                  const uint8_t *elf, size_t n);

/* one slot, taken apart */
struct sbpf_insn {
    uint8_t opcode, dst, src;
    int16_t off;
    int32_t imm;
};
struct sbpf_insn gn_sbpf_decode(const uint8_t slot[8]);
/* The instruction at `slot` as text, targets of jumps and calls as slot numbers: "add64 r1, -8", "jeq r2, 0, @17", "call @40", "syscall sol_log_".  Returns how many slots it
 * takes (1, 2 for lddw, 0 beyond the end). */
unsigned gn_sbpf_disassemble(char *out, size_t out_n, const struct sbpf_program *p,
                             const struct sbpf_syscalls *syscalls, uint32_t slot);

/* key -> function; NULL if there is none */
const struct sbpf_function *gn_sbpf_function_find(const struct sbpf_program *p, uint32_t key);
uint32_t gn_sbpf_murmur3(const void *bytes, size_t n); /* 32 bits, seed 0 */
#define SBPF_KEY_ENTRYPOINT 0x71e3cf81u                /* murmur3("entrypoint") */
uint32_t
gn_sbpf_key_of_slot(uint32_t slot); /* as calls of versions 0 to 2 name a function: murmur3 of the slot number as u64 */

/* the initial r10: the end of the first frame, or of the stack in versions that move r10 themselves */
static inline uint64_t gn_sbpf_initial_r10(enum sbpf_version version)
{
    return SBPF_STACK + (version == SBPF_V1 || version == SBPF_V2 ? SBPF_STACK_SIZE : SBPF_FRAME_SIZE);
}
/* Is the stack one with gaps? */
static inline bool gn_sbpf_stack_has_gaps(enum sbpf_version version, enum sbpf_mode mode)
{
    return version == SBPF_V0 && mode == SBPF_CLASSIC;
}

#endif
