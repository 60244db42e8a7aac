/* SPDX-License-Identifier: Apache-2.0 */
/* hosted.c - see hosted.h. */
#define GN_KERNEL_HOSTED 1
#include "hosted.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/keccak.h"
#include "base/sha256.h"
#include "interpreter.h"
#include "kernel/solana/kernel.h"

enum { KIND_ABSENT = 0, KIND_MAX = 80, REGISTER_LAST = 10 };
#define WINDOW       (UINT64_C(1) << 32)
#define USER_SPACE   (5 * WINDOW)
#define ALL_SPACE    (17 * WINDOW)
#define INPUT_LENGTH 0x40000008

uint8_t *gn_hosted_memory;
static uint8_t *kinds; /* of the program's words */
static jmp_buf ended;
static struct hosted_run *current;
static struct interpreter interpreter;
static uint64_t statement[GN_SOL_STATEMENT_MAX + 4096];
static uint8_t written[GN_SOL_STATEMENT_MAX + 4096];
static uint64_t trap;

static void *reserve(uint64_t size)
{
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) {
        abort();
    }
    return at;
}

static void forget(void)
{
    if (gn_hosted_memory == NULL) {
        gn_hosted_memory = reserve(ALL_SPACE);
        kinds = reserve(USER_SPACE / 8);
    }
    (void)madvise(gn_hosted_memory, ALL_SPACE, MADV_DONTNEED);
    (void)madvise(kinds, USER_SPACE / 8, MADV_DONTNEED);
    memset(written, 0, sizeof written);
    memset(&kernel_state, 0, sizeof kernel_state);
}

/* what the kernel must not do ends the run */
_Noreturn static void wrong(const char *what, uint64_t a, uint64_t b)
{
    (void)snprintf(current->error, sizeof current->error, "%s: 0x%llx, 0x%llx", what, (unsigned long long)a,
                   (unsigned long long)b);
    longjmp(ended, 1);
}

/* ---- memory ---- */
static uint64_t address_of(const void *at)
{
    return (uint64_t)((const uint8_t *)at - gn_hosted_memory);
}

static bool is_user(uint64_t address)
{
    return address < USER_SPACE && (address < 0x40000000 || address >= WINDOW);
}

/* may the program access bytes [offset, offset + n) of a word of this kind? */
static bool kind_allows(unsigned kind, unsigned offset, unsigned n, bool store)
{
    if (kind < MACHINE_BYTES) {
        return kind == MACHINE_WRITABLE || (kind == MACHINE_READABLE && !store);
    }
    unsigned writable = (kind - MACHINE_BYTES) / 36, size = (kind - MACHINE_BYTES) % 36 + 1; /* intervals from 0 on */
    return offset + n <= size && (!store || writable != 0);
}

static bool program_may(uint64_t address, unsigned n, bool store)
{
    if (address >= USER_SPACE - 8) {
        return false;
    }
    unsigned offset = address & 7, first = offset + n <= 8 ? n : 8 - offset;
    return kind_allows(kinds[address / 8], offset, first, store) &&
           (first == n || kind_allows(kinds[address / 8 + 1], 0, n - first, store));
}

/* bulk instructions read and write whole words */
static void check_bulk(const void *at, uint64_t n)
{
    uint64_t address = address_of(at);
    if (n == 0) {
        wrong("bulk instruction of no bytes", address, n);
    }
    if ((const uint8_t *)at < gn_hosted_memory || address >= USER_SPACE) {
        return;
    }
    for (uint64_t word = address / 8; word <= (address + n - 1) / 8; word++) {
        if (is_user(8 * word) && (kinds[word] == KIND_ABSENT || kinds[word] >= MACHINE_BYTES)) {
            wrong("bulk instruction in memory that is not there", 8 * word, kinds[word]);
        }
    }
}

void machine_declare(uint64_t base, uint64_t size, uint64_t words)
{
    if (base % 8 != 0 || size % 8 != 0 || size == 0 || base + size > USER_SPACE || words == 0 || words >= KIND_MAX) {
        wrong("declaration", base, size);
    }
    for (uint64_t word = base / 8; word < (base + size) / 8; word++) {
        if (kinds[word] != KIND_ABSENT) {
            wrong("declared twice", 8 * word, kinds[word]);
        }
        kinds[word] = (uint8_t)words;
    }
}

void machine_copy(void *to, const void *from, uint64_t n)
{
    check_bulk(to, n);
    check_bulk(from, n);
    current->copied += n;
    memmove(to, from, n);
}

void machine_fill(void *to, uint64_t byte, uint64_t n)
{
    check_bulk(to, n);
    memset(to, (int)(byte & 0xff), n);
}

void machine_sha256(uint32_t state[8], const void *block)
{
    if ((uintptr_t)state % 8 != 0 || (uintptr_t)block % 8 != 0) {
        wrong("SHA256 not aligned", 0, 0);
    }
    gn_sha256_compress(state, block);
}

void machine_keccak(uint64_t state[25])
{
    gn_keccak_f1600(state);
}

bool hosted_read(uint64_t address, void *to, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!is_user(address + i) || kinds[(address + i) / 8] == KIND_ABSENT) {
            return false;
        }
    }
    memcpy(to, gn_hosted_memory + address, n);
    return true;
}

/* ---- the program ---- */
static bool access(void *ctx, uint64_t address, unsigned n, bool store, uint64_t *value)
{
    (void)ctx;
    if (!program_may(address, n, store)) {
        return false;
    }
    if (store) {
        memcpy(gn_hosted_memory + address, value, n);
    } else {
        *value = 0;
        memcpy(value, gn_hosted_memory + address, n);
    }
    return true;
}

struct hosted_lies hosted_lies;
static uint64_t entries;

uint64_t machine_enter(uint64_t place, uint64_t limit)
{
    uint64_t begin = interpreter.time;
    bool syscall;
    entries++;
    if (hosted_lies.past_the_end) {
        limit = UINT64_MAX;
    }
    if (hosted_lies.trap_after != 0 && hosted_lies.entry == entries && hosted_lies.trap_after - 1 < limit) {
        limit = hosted_lies.trap_after - 1;
    }
    if (place < 0x80000000 || place % 2 != 0) {
        wrong("RESUME", place, limit);
    }
    interpreter.time += 4;
    interpreter.slot = (place - 0x80000000) / 2;
    uint64_t steps = interpreter_run(&interpreter, limit, &syscall);
    current->instructions += steps + syscall;
    current->emulated += !syscall;
    trap = (0x80000000 + 2 * interpreter.slot) | (interpreter.time + syscall) << 32;
    interpreter.time += 400; /* kernel rows */
    return begin;
}

uint64_t machine_trap(void)
{
    return trap;
}
uint64_t machine_frame(void)
{
    return (uint64_t)interpreter.depth << 32 | (interpreter.depth != 0 ? 8u : 0u);
}
uint64_t machine_reg(uint64_t r)
{
    if (r > REGISTER_LAST) {
        wrong("register", r, 0);
    }
    return interpreter.r[r];
}
void machine_set_reg(uint64_t r, uint64_t value)
{
    if (r > REGISTER_LAST) {
        wrong("register", r, 0);
    }
    interpreter.r[r] = value;
}

/* ---- the end ---- */
void machine_out(uint64_t index, uint64_t word)
{
    if (index >= sizeof written || written[index] != 0) {
        wrong("word of the statement put twice, or far off", index, word);
    }
    written[index] = 1;
    statement[index] = word;
}

_Noreturn void machine_halt(void)
{
    current->halted = true;
    while (current->words < sizeof written && written[current->words] != 0) {
        current->words++;
    }
    for (size_t i = current->words; i < sizeof written; i++) {
        if (written[i] != 0) {
            wrong("hole in the statement", current->words, i);
        }
    }
    longjmp(ended, 1);
}

_Noreturn void machine_stop(uint64_t reason, uint64_t detail)
{
    current->stop = reason;
    current->detail = detail;
    if (reason == GN_SOL_STOP_HINT) {
        memcpy(current->y, (const void *)(uintptr_t)detail, sizeof current->y); /* hosted: a pointer */
    }
    longjmp(ended, 1);
}

/* ---- a run ---- */
static void describe(const struct hosted_program *p)
{
    uint64_t sites_n = (p->slots_n + 7) / 8 * 8;
    struct gn_sol_description d = {.magic = GN_SOL_DESCRIPTION_MAGIC,
                                   .version = p->version,
                                   .flags = p->flags,
                                   .slots_n = p->slots_n,
                                   .entry = p->entry,
                                   .text_address = p->text_address,
                                   .rodata = p->rodata_address,
                                   .rodata_n = p->rodata_n,
                                   .text = GN_SOL_DESCRIPTION + sizeof d + sites_n};
    uint8_t *at = gn_hosted_memory + GN_SOL_DESCRIPTION;
    memcpy(at, &d, sizeof d);
    memcpy(at + sizeof d, p->sites, p->slots_n);
    memcpy(at + sizeof d + sites_n, p->text, 8 * p->slots_n);
    memcpy(gn_hosted_memory + p->rodata_address, p->rodata, p->rodata_n);
    for (uint64_t i = 0; i < p->rodata_n; i += 8) {
        kinds[(p->rodata_address + i) / 8] =
            (uint8_t)(p->rodata_n - i >= 8 ? (uint64_t)MACHINE_READABLE : machine_first_bytes(p->rodata_n - i, 0));
    }
}

void hosted_run(struct hosted_run *run, const struct hosted_program *program, const void *input, size_t n)
{
    *run = (struct hosted_run){0};
    current = run;
    forget();
    describe(program);
    memcpy(gn_hosted_memory + INPUT_LENGTH, &(uint64_t){n}, 8);
    memcpy(gn_hosted_memory + INPUT_LENGTH + 8, input, n);
    interpreter = (struct interpreter){.version = program->version,
                                       .text = program->text,
                                       .sites = program->sites,
                                       .slots_n = program->slots_n,
                                       .text_address = program->text_address,
                                       .stride = program->version == 0 && (program->flags & GN_SOL_VASA) == 0 ? 8192
                                                 : program->version == 1 || program->version == 2             ? 0
                                                                                                              : 4096,
                                       .callee = program->callee,
                                       .callee_ctx = program->callee_ctx,
                                       .access = access,
                                       .time = 8};
    if (setjmp(ended) == 0) {
        kernel_main();
    }
    run->statement = statement;
    hosted_lies = (struct hosted_lies){0};
    entries = 0;
}
