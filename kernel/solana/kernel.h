/* SPDX-License-Identifier: Apache-2.0 */
/* kernel.h - the Solana runtime inside the proof: its state, and what its files offer each other.
 *
 *   main.c       a run from beginning to end; the meter
 *   input.c      the kernel input and the description, checked
 *   serialize.c  the program's memory: stack, heap, ABI v0 and v1
 *   regions.c    what the program may touch, and reading and writing it as syscalls do
 *   trap.c       the cause of a trap; accesses executed by the kernel
 *   syscall*.c   the syscalls
 *   post.c       accounts after the run
 *   statement.c  the statement
 *
 * Everything the kernel decides is proven, because it runs in the machine.  What it takes from its input is either in the statement or checked.  A run that must
 * not be proven ends in machine_stop.  Rows are what it costs: no loops over bytes, no loops over the 10 KiB behind an account's data, no text. */
#ifndef GN_SOLANA_KERNEL_H
#define GN_SOLANA_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"
#include "machine.h"

#ifdef GN_KERNEL_HOSTED
#define KERNEL_INPUT       machine_at(0x40000010)
#define KERNEL_INPUT_BYTES (*(const uint64_t *)machine_at(0x40000008))
#define KERNEL_DESCRIPTION ((const struct gn_sol_description *)machine_at(GN_SOL_DESCRIPTION))
#else
#define KERNEL_INPUT       ((const void *)0x40000010)
#define KERNEL_INPUT_BYTES (*(const uint64_t *)0x40000008)
#define KERNEL_DESCRIPTION ((const struct gn_sol_description *)GN_SOL_DESCRIPTION)
#endif

enum { SCRATCH_BYTES = 1024, SYSCALL_BASE_UNITS = 100, WINDOWS = 5 };
enum {
    FIRST_FRAMES = 12,
    MORE_FRAMES = 7
}; /* of a gapped stack: declared at the start; declared beyond the one that is needed */
#define PLACE_OF_SLOT_0 UINT64_C(0x80000000)

struct account {
    const struct gn_sol_account *before;
    uint64_t data;     /* address of its serialized data: lamports stand 16 bytes before it, its length 8 bytes */
    uint64_t reserved; /* bytes from there on that its data may come to take */
    uint64_t exists;   /* with VASA: bytes from there on that the program may touch */
    uint64_t after_n;  /* length after the run */
    uint64_t meta;     /* number of its first meta */
    bool writable, owned;
    bool stored; /* without VASA: the program wrote to its data although it may not change */
    bool changed;
    uint64_t unused; /* 64 bytes: indices are shifts */
};
_Static_assert(sizeof(struct account) == 64, "a power of two");

struct kernel {
    const struct gn_sol_input *in;
    const uint64_t *metas;
    const uint8_t *data; /* the instruction's */
    const struct gn_sol_description *program;
    const uint8_t *sites;
    const uint64_t *text;
    bool vasa, gaps, moves_r10; /* moves_r10: versions 1 and 2 */
    /* memory: the first address behind the input region; the address of the word in which the read-only region ends, if only in part (1: none); with gaps,
     * where the frames that are declared end; without VASA, where there are data that the program may not change */
    uint64_t input_end, partial, frames_end, fixed_begin, fixed_end;
    /* by address >> 32: how many bytes may be loaded, stored without further questions */
    uint64_t loadable[WINDOWS], storable[WINDOWS];
    uint64_t heap_used;
    int64_t resized;
    /* meter */
    uint64_t left, begin, instructions;
    /* statement */
    uint64_t at, records;
    uint64_t sysvars_read; /* a bit a sysvar */
    uint64_t hints_used;
    /* outcome */
    uint64_t error, custom, fault, detail[4]; /* error: 0, or 1 + number */
    uint64_t exit_code;
    bool depleted;
    uint64_t return_n;
    struct account accounts[GN_SOL_ACCOUNTS_MAX]; /* near the beginning: offsets that fit an instruction */
    uint64_t return_data[GN_SOL_RETURN_DATA_MAX / 8];
    uint64_t scratch[SCRATCH_BYTES / 8];
};

static inline uint64_t padded(uint64_t n)
{
    return (n + 7) & ~UINT64_C(7);
}
static inline bool key_equal(const uint64_t a[4], const uint64_t b[4])
{
    return a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3];
}
static inline void key_copy(uint64_t to[4], const uint64_t from[4])
{
    to[0] = from[0], to[1] = from[1], to[2] = from[2], to[3] = from[3];
}

extern struct kernel kernel_state; /* all zero when a run begins */
_Noreturn void kernel_main(void);  /* a whole run */

/* ---- outcome: all return false ---- */
bool kernel_error(struct kernel *k, enum gn_sol_error error);
bool kernel_fault(struct kernel *k, enum gn_sol_fault fault); /* with ProgramFailedToComplete */
bool kernel_fault_with(struct kernel *k, enum gn_sol_fault fault, uint64_t a, uint64_t b, uint64_t c, uint64_t d);

/* Takes units from the meter.  False: there are fewer, all are gone, and the run ends with ComputationalBudgetExceeded. */
static inline bool charge(struct kernel *k, uint64_t units)
{
    if (units > k->left) {
        k->left = 0;
        return kernel_error(k, GN_SOL_ERROR_COMPUTATIONAL_BUDGET_EXCEEDED);
    }
    k->left -= units;
    return true;
}

/* ---- input.c ---- */
void input_read(struct kernel *k);
/* Its length word; its bytes follow. */
const uint64_t *input_sysvar(const struct kernel *k, enum gn_sol_sysvar which);
/* NULL: there is none. */
const struct gn_sol_sibling *input_sibling(const struct kernel *k, uint64_t index);
/* An array of words that begins in the input; it cannot be read beyond the input's end. */
const void *input_at(const struct kernel *k, uint64_t offset);

/* ---- serialize.c ---- */
void serialize(struct kernel *k); /* also sets r1, r2, r10 */

/* ---- regions.c ---- */
/* The account whose data (as far as it may come to reach) contains address; NULL if there is none.  *before: where the region between accounts that contains address begins. */
struct account *region_account(struct kernel *k, uint64_t address, uint64_t *before);
/* May the program access [address, address + n) so?  n > 0.  With VASA, a store may make an account grow.  False: the run has failed (in a syscall, or at an instruction). */
bool region_access_otherwise(struct kernel *k, uint64_t address, uint64_t n, bool store);
static inline bool region_access(struct kernel *k, uint64_t address, uint64_t n, bool store)
{
    uint64_t window = address >> 32, offset = address & 0xffffffff;
    if (window < WINDOWS) {
        uint64_t size = store ? k->storable[window] : k->loadable[window];
        if (offset < size && n <= size - offset) {
            return true;
        }
    }
    return region_access_otherwise(k, address, n, store);
}
/* With gaps: declares all frames below this number that are not declared. */
void region_frames(struct kernel *k, uint64_t frames);
/* With VASA: makes the words that data of `size` bytes takes. */
void region_extend(const struct account *a, uint64_t size);
/* As syscalls translate pointers: nothing is looked at if n is 0. */
static inline bool region_slice(struct kernel *k, uint64_t address, uint64_t n, bool store)
{
    if (n == 0) {
        return true;
    }
    if (n >> 63 != 0 && !store) {
        return kernel_fault(k, GN_SOL_FAULT_INVALID_LENGTH);
    }
    return region_access(k, address, n, store);
}
/* An array of things that have an alignment (a power of 2), looked at unless the loader is the deprecated one.  n: bytes */
bool region_aligned(struct kernel *k, uint64_t address, uint64_t n, bool store, uint64_t alignment);
/* count elements of size bytes, as above */
bool region_array(struct kernel *k, uint64_t address, uint64_t count, uint64_t size, uint64_t alignment);
/* the address n bytes on in the runtime's memory: gaps are skipped */
uint64_t region_advance(const struct kernel *k, uint64_t address, uint64_t n);
/* Do two ranges that region_access has allowed overlap in the runtime's memory? */
bool region_overlap(const struct kernel *k, uint64_t a, uint64_t a_n, uint64_t b, uint64_t b_n);
/* Does [address, address + n) stand in one piece, of whole words where the machine copies words? */
bool region_is_whole(const struct kernel *k, uint64_t address, uint64_t n);
/* Copies from and to memory that region_access has allowed. */
void region_read(struct kernel *k, void *to, uint64_t address, uint64_t n);
void region_write(struct kernel *k, uint64_t address, const void *from, uint64_t n);
void region_fill(struct kernel *k, uint64_t address, uint64_t byte, uint64_t n);
uint64_t region_word(struct kernel *k, uint64_t address); /* eight bytes */

/* ---- trap.c ---- */
/* The program trapped at slot, with units left.  Returns the slot at which it goes on, or -1: the run has ended. */
int64_t trap_serve(struct kernel *k, uint64_t slot);

/* not part of its callers' code, whose registers it need not save and whose stack it need not have */
#define APART __attribute__((noinline))

/* ---- syscall.c and its fellows: false ends the run; r0 is 0 before ---- */
bool syscall_serve(struct kernel *k, uint64_t number);
APART bool syscall_log(struct kernel *k);
APART bool syscall_log_64(struct kernel *k);
APART bool syscall_log_pubkey(struct kernel *k);
APART bool syscall_log_units(struct kernel *k);
APART bool syscall_log_data(struct kernel *k);
APART bool syscall_panic(struct kernel *k);
APART bool syscall_memcpy(struct kernel *k);
APART bool syscall_memmove(struct kernel *k);
APART bool syscall_memset(struct kernel *k);
APART bool syscall_memcmp(struct kernel *k);
APART bool syscall_alloc_free(struct kernel *k);
APART bool syscall_create_address(struct kernel *k);
APART bool syscall_find_address(struct kernel *k);
APART bool syscall_sha256(struct kernel *k);
APART bool syscall_keccak256(struct kernel *k);
APART bool syscall_secp256k1_recover(struct kernel *k);
APART bool syscall_sysvar(struct kernel *k, enum gn_sol_sysvar which);
APART bool syscall_get_sysvar(struct kernel *k);
APART bool syscall_epoch_stake(struct kernel *k);
APART bool syscall_stack_height(struct kernel *k);
APART bool syscall_set_return_data(struct kernel *k);
APART bool syscall_get_return_data(struct kernel *k);
APART bool syscall_sibling(struct kernel *k);

/* ---- hash.c: SHA-256 over pieces ---- */
struct sha256 {
    uint32_t state[8];
    uint64_t block[8];
    uint64_t n; /* bytes so far */
};
void sha256_begin(struct sha256 *h);
void sha256_user(struct kernel *k, struct sha256 *h, uint64_t address, uint64_t n); /* of the program's memory */
void sha256_add(struct sha256 *h, const void *bytes, uint64_t n);
void sha256_end(struct sha256 *h, uint64_t digest[4]);

/* ---- blake3.c: the hash of an account that the statement gives by hash ---- */
struct blake3_account {
    uint64_t lamports;
    const uint8_t *data;
    uint64_t data_n;
    const uint64_t *owner, *key;
    bool executable;
};
void blake3_account(const struct blake3_account *account, uint64_t hash[4]);

/* ---- curve25519.c, secp256k1.c: bare numbers ---- */
/* Is y (its top bit is ignored) the y of a point of the Edwards curve?  The hint says so and proves it; 1 yes, 0 no, -1 the hint proves nothing. */
int curve25519_is_y(const uint64_t y[4], const uint64_t hint[4]);
/* The public key of a signature; numbers are big-endian in memory, as the syscall has them.  False: there is none.  recovery < 4 */
bool secp256k1_recover(uint64_t key[8], const uint64_t hash[4], uint64_t recovery, const uint64_t signature[8]);
/* the word with its bytes in the other order */
static inline uint64_t swapped(uint64_t x)
{
    x = (x & UINT64_C(0x00ff00ff00ff00ff)) << 8 | (x >> 8 & UINT64_C(0x00ff00ff00ff00ff));
    x = (x & UINT64_C(0x0000ffff0000ffff)) << 16 | (x >> 16 & UINT64_C(0x0000ffff0000ffff));
    return x << 32 | x >> 32;
}

/* ---- post.c ---- */
void post_run(struct kernel *k, uint64_t r0); /* after the program's own end */

/* ---- statement.c ---- */
void statement_begin(struct kernel *k);
_Noreturn void statement_end(struct kernel *k);
static inline void put(struct kernel *k, uint64_t word)
{
    machine_out(k->at++, word);
}
void put_words(struct kernel *k, const uint64_t *words, uint64_t n);
void put_bytes(struct kernel *k, const void *bytes,
               uint64_t n); /* aligned to 8; what follows the last byte in its word is put as 0 */
void put_record(struct kernel *k, enum gn_sol_record kind, uint64_t n);
void put_user(struct kernel *k, uint64_t address, uint64_t n); /* bytes of the program's memory, allowed, padded */

#endif
