/* SPDX-License-Identifier: Apache-2.0 */
/* kernel_test.c - the Solana kernel against hosts and provers that lie, and its parts against models. */
#define GN_KERNEL_HOSTED 1
#include <stdlib.h>
#include <string.h>

#include "base/keccak.h"
#include "cm.h"
#include "hash/blake3.h"
#include "hosted.h"
#include "kernel/solana/kernel.h"
#include "svm/curve.h"
#include "svm/kernel_input.h"
#include "svm/statement.h"

static uint64_t seed = 1;
static uint64_t random64(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed * UINT64_C(0x2545f4914f6cdd1d);
}

/* ---- a program: text in hexadecimal would say less than this ---- */
#define SLOT(op, dst, src, off, imm)                                                          \
    ((uint64_t)(op) | (uint64_t)((dst) | (src) << 4) << 8 | (uint64_t)(uint16_t)(off) << 16 | \
     (uint64_t)(uint32_t)(imm) << 32)
#define MOV(dst, src)        SLOT(0xbf, dst, src, 0, 0)
#define MOVI(dst, imm)       SLOT(0xb7, dst, 0, 0, imm)
#define ADDI(dst, imm)       SLOT(0x07, dst, 0, 0, imm)
#define LDXDW(dst, src, off) SLOT(0x79, dst, src, off, 0)
#define STXDW(dst, src, off) SLOT(0x7b, dst, src, off, 0)
#define DIV(dst, src)        SLOT(0x3f, dst, src, 0, 0)
#define JA(off)              SLOT(0x05, 0, 0, off, 0)
#define SYSCALL_(name)       SLOT(0x85, 0, 0, 0, HASH_##name)
#define EXIT                 SLOT(0x95, 0, 0, 0, 0)
enum {
    HASH_NONE,
#define SYSCALL(symbol, name, hash, served) HASH_##symbol = (int)(hash),
#include "kernel/solana/syscalls.def"
#undef SYSCALL
};

struct bare {
    uint64_t text[64];
    uint8_t sites[64];
    struct hosted_program p;
};

/* version 3, or 0; slots end with EXIT */
static void bare(struct bare *b, uint64_t version, const uint64_t *slots, size_t n)
{
    static const uint32_t hashes[] = {
        0,
#define SYSCALL(symbol, name, hash, served) hash,
#include "kernel/solana/syscalls.def"
#undef SYSCALL
    };
    memset(b, 0, sizeof *b);
    memcpy(b->text, slots, 8 * n);
    for (size_t i = 0; i < n; i++) {
        b->sites[i] = (slots[i] & 0xff) == 0x95 ? GN_SOL_SITE_EXIT : GN_SOL_SITE_PLAIN;
        for (uint8_t j = 1; (slots[i] & 0xff) == 0x85 && j < GN_SOL_SYSCALLS_END; j++) {
            b->sites[i] = hashes[j] == slots[i] >> 32 ? j : b->sites[i];
        }
    }
    b->p = (struct hosted_program){.version = version,
                                   .slots_n = n,
                                   .text_address = UINT64_C(1) << 32,
                                   .text = (const uint8_t *)b->text,
                                   .sites = b->sites,
                                   .rodata_address = version == 3 ? 0 : UINT64_C(1) << 32,
                                   .rodata = (const uint8_t *)"read-only data",
                                   .rodata_n = 14};
}
#define BARE(b, version, ...) \
    bare(b, version, (const uint64_t[]){__VA_ARGS__}, sizeof((const uint64_t[]){__VA_ARGS__}) / 8)

static struct svm_key key(unsigned i)
{
    struct svm_key k = {{(uint8_t)i, (uint8_t)(i >> 8), 7}};
    return k;
}

static struct svm_account accounts[3];
static struct svm_input example(void)
{
    static uint8_t sysvar[40] = {1, 2, 3};
    struct svm_input in = gn_svm_input_default();
    accounts[0] = (struct svm_account){.key = key(1),
                                       .owner = key(9),
                                       .lamports = 100,
                                       .data = {(const uint8_t *)"data of 13 b.", 13},
                                       .writable = true};
    accounts[1] =
        (struct svm_account){.key = key(2), .owner = key(3), .lamports = 5, .data = {(const uint8_t *)"more", 4}};
    accounts[2] = accounts[0];
    in.accounts = accounts;
    in.accounts_n = 3;
    in.program_id = key(9);
    in.data = (struct svm_bytes){(const uint8_t *)"hello world", 11};
    in.sysvar_exists[GN_SOL_CLOCK] = true;
    in.sysvars[GN_SOL_CLOCK] = (struct svm_bytes){sysvar, sizeof sysvar};
    return in;
}

static void run_input(struct hosted_run *run, const struct bare *b, const struct svm_input *in, bool by_hash,
                      const struct gn_sol_hint *hints, size_t hints_n)
{
    struct gn_buffer bytes = {0};
    gn_svm_kernel_input(&bytes, in, by_hash, hints, hints_n);
    hosted_run(run, &b->p, bytes.data, bytes.size);
    gn_buffer_free(&bytes);
    assert_string_equal(run->error, "");
}

static void run_example(struct hosted_run *run, const struct bare *b)
{
    struct svm_input in = example();
    run_input(run, b, &in, false, NULL, 0);
}

static struct gn_arena arena;
static struct svm_statement read_statement(const struct hosted_run *run)
{
    struct svm_statement s;
    struct gn_error err;
    assert_true(run->halted);
    assert_int_equal(gn_svm_statement_read(&s, &arena, run->statement, 8 * run->words, &err), GN_OK);
    return s;
}

static int begin(void **state)
{
    struct gn_error err;
    (void)state;
    return gn_arena_init(&arena, 1 << 26, &err) == GN_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    gn_arena_free(&arena);
    return 0;
}

/* ---- lies about time and place ---- */
static void traps_without_cause(void **state)
{
    (void)state;
    struct bare b;
    struct hosted_run run;
    BARE(&b, 3, MOVI(1, 5), MOVI(2, 3), DIV(1, 2), LDXDW(3, 10, -8), STXDW(10, 1, -16), JA(0),
         SYSCALL_(GET_STACK_HEIGHT), MOVI(0, 0), EXIT);
    run_example(&run, &b);
    struct svm_statement honest = read_statement(&run);
    assert_true(honest.success);
    assert_int_equal(honest.instructions, 9);
    for (uint64_t slot = 0; slot < 8; slot++) {
        hosted_lies.entry = slot == 7 ? 2 : 1;
        hosted_lies.trap_after = slot == 7 ? 1 : slot + 1;
        run_example(&run, &b);
        if (slot == 3 || slot == 4) { /* the kernel executes accesses: nobody can tell */
            struct svm_statement s = read_statement(&run);
            assert_true(s.success && s.units == honest.units && s.instructions == honest.instructions);
        } else {
            assert_false(run.halted);
            assert_int_equal(run.stop, GN_SOL_STOP_SPURIOUS);
        }
    }
}

static int64_t to_slot_3(const void *ctx, uint64_t slot)
{
    (void)ctx, (void)slot;
    return 3;
}

/* A function that calls itself until it is in the last frame, where it makes a syscall: a call there would be one frame too many, a syscall is not. */
static void syscalls_push_no_frame(void **state)
{
    (void)state;
    struct bare b;
    struct hosted_run run;
    BARE(&b, 3, MOVI(1, 0), SLOT(0x85, 0, 1, 0, 1), EXIT, ADDI(1, 1), SLOT(0x15, 1, 0, 2, 63), SLOT(0x85, 0, 1, 0, -3),
         EXIT, SYSCALL_(GET_STACK_HEIGHT), MOVI(0, 0), EXIT);
    b.p.callee = to_slot_3;
    run_example(&run, &b);
    assert_true(read_statement(&run).success);
    hosted_lies.entry = 1;
    hosted_lies.trap_after = 2 + 62 * 3 + 2 + 1; /* at the syscall */
    run_example(&run, &b);
    assert_false(run.halted);
    assert_int_equal(run.stop, GN_SOL_STOP_SPURIOUS);
    /* one call more is a fault */
    BARE(&b, 3, MOVI(1, 0), SLOT(0x85, 0, 1, 0, 1), EXIT, ADDI(1, 1), SLOT(0x15, 1, 0, 2, 64), SLOT(0x85, 0, 1, 0, -3),
         EXIT, SYSCALL_(GET_STACK_HEIGHT), MOVI(0, 0), EXIT);
    b.p.callee = to_slot_3;
    run_example(&run, &b);
    assert_int_equal(read_statement(&run).fault, GN_SOL_FAULT_CALL_DEPTH);
}

static void units_end_where_they_end(void **state)
{
    (void)state;
    struct bare b;
    struct hosted_run run;
    struct svm_input in = example();
    BARE(&b, 3, MOVI(1, 5), SYSCALL_(GET_STACK_HEIGHT), MOVI(0, 0), MOVI(0, 0), EXIT);
    for (in.budget = 0; in.budget < 110; in.budget++) {
        run_input(&run, &b, &in, false, NULL, 0);
        struct svm_statement s = read_statement(&run);
        assert_int_equal(s.success, in.budget >= 105);
        assert_true(s.units <= in.budget);
        if (!s.success) {
            bool in_syscall = in.budget >= 2 && in.budget < 102;
            assert_int_equal(s.fault, in_syscall ? GN_SOL_FAULT_NONE : GN_SOL_FAULT_EXCEEDED_UNITS);
            assert_int_equal(s.error, in_syscall ? GN_SOL_ERROR_COMPUTATIONAL_BUDGET_EXCEEDED
                                                 : GN_SOL_ERROR_PROGRAM_FAILED_TO_COMPLETE);
            assert_int_equal(s.units, in.budget);
        }
        hosted_lies.past_the_end = true;
        run_input(&run, &b, &in, false, NULL, 0);
        /* where the program traps by itself with nothing left, or in a syscall, going on is no lie */
        bool same = s.success || (in.budget >= 2 && in.budget < 102) || in.budget == 104;
        assert_int_equal(run.halted, same);
        assert_int_equal(run.stop, same ? 0 : GN_SOL_STOP_SPURIOUS);
    }
}

/* ---- lies in the input ---- */
static void bad_inputs(void **state)
{
    (void)state;
    static const struct {
        unsigned word;
        uint64_t value;
    } lies[] = {{0, 1},
                {1, 2},
                {2, 0},
                {2, 4},
                {3, GN_SOL_BUDGET_MAX + 1},
                {4, GN_SOL_HEAP_MIN - 1024},
                {4, GN_SOL_HEAP_MIN + 1},
                {4, GN_SOL_HEAP_MAX + 1024},
                {5, GN_SOL_RESIZE_MAX + 1},
                {5, (uint64_t)-GN_SOL_RESIZE_MAX - 1},
                {6, 256},
                {7, 1},
                {7, 3},
                {8, GN_SOL_INSTRUCTION_DATA_MAX + 1},
                {21, 1},
                {22, 2},
                {23, 3},
                {24, 16},
                {24 + 11, GN_SOL_ACCOUNT_DATA_MAX + 1},
                {24 + 13, UINT64_MAX}};
    struct bare b;
    struct hosted_run run;
    struct svm_input in = example();
    struct gn_buffer bytes = {0};
    BARE(&b, 3, MOVI(0, 0), EXIT);
    gn_svm_kernel_input(&bytes, &in, false, NULL, 0);
    hosted_run(&run, &b.p, bytes.data, bytes.size);
    assert_true(run.halted);
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        uint64_t *word = (uint64_t *)(void *)bytes.data + lies[i].word, was = *word;
        *word = lies[i].value;
        hosted_run(&run, &b.p, bytes.data, bytes.size);
        if (run.halted || run.stop != (lies[i].word == 1 ? GN_SOL_STOP_MODE : GN_SOL_STOP_INPUT)) {
            fail_msg("lie %zu was believed", i);
        }
        *word = was;
    }
    /* one account twice */
    memcpy(bytes.data + 8 * (24 + 14 + 2), bytes.data + 8 * (24 + 2), 32);
    hosted_run(&run, &b.p, bytes.data, bytes.size);
    assert_false(run.halted);
    assert_int_equal(run.stop, GN_SOL_STOP_INPUT);
    gn_buffer_free(&bytes);
}

/* Sections that the program asks for stand in the input: memory that changes could answer twice. */
static void sections_elsewhere(void **state)
{
    (void)state;
    static const uint64_t places[] = {UINT64_C(0x200000000) - 0x40000010, (uint64_t)-0x40000010, 4, 1 << 20};
    struct bare clock, sibling, stake;
    struct hosted_run run;
    struct svm_input in = example();
    struct svm_meta meta = {.key = key(5)};
    struct svm_sibling before = {.program = key(6), .metas = &meta, .metas_n = 1, .data = {(const uint8_t *)"x", 1}};
    struct svm_stake votes = {.vote = key(7), .stake = 8};
    struct gn_buffer bytes = {0};
    in.siblings = &before;
    in.siblings_n = 1;
    in.stakes = &votes;
    in.stakes_n = 1;
    BARE(&clock, 3, MOV(1, 10), ADDI(1, -48), SYSCALL_(GET_CLOCK), MOVI(0, 0), EXIT);
    BARE(&sibling, 3, MOVI(1, 0), MOV(2, 10), ADDI(2, -64), SYSCALL_(GET_SIBLING), MOVI(0, 0), EXIT);
    BARE(&stake, 3, MOV(1, 10), ADDI(1, -48), SYSCALL_(GET_EPOCH_STAKE), MOVI(0, 0), EXIT);
    const struct bare *programs[] = {&clock, &stake, &sibling};
    static const unsigned words[] = {9, 10, 13};
    gn_svm_kernel_input(&bytes, &in, false, NULL, 0);
    for (unsigned i = 0; i < 3; i++) {
        hosted_run(&run, &programs[i]->p, bytes.data, bytes.size);
        assert_true(read_statement(&run).success);
        for (unsigned j = 0; j < sizeof places / sizeof places[0]; j++) {
            uint64_t *word = (uint64_t *)(void *)bytes.data + words[i], was = *word;
            *word = places[j];
            hosted_run(&run, &programs[i]->p, bytes.data, bytes.size);
            assert_false(run.halted);
            assert_int_equal(run.stop, GN_SOL_STOP_INPUT);
            *word = was;
        }
    }
    /* lengths that lead out of the input; the number of a sibling's metas */
    uint64_t *sysvars = (uint64_t *)(void *)(bytes.data + ((uint64_t *)(void *)bytes.data)[9]);
    sysvars[0] = UINT64_MAX - 40;
    BARE(&clock, 3, MOV(1, 10), ADDI(1, -48), SYSCALL_(GET_RENT), MOVI(0, 0), EXIT);
    hosted_run(&run, &clock.p, bytes.data, bytes.size);
    assert_int_equal(run.stop, GN_SOL_STOP_INPUT);
    ((uint64_t *)(void *)(bytes.data + ((uint64_t *)(void *)bytes.data)[13]))[4] = UINT64_MAX / 40;
    hosted_run(&run, &sibling.p, bytes.data, bytes.size);
    assert_int_equal(run.stop, GN_SOL_STOP_INPUT);
    gn_buffer_free(&bytes);
}

/* ---- the statement ---- */
static void everything_is_said(void **state)
{
    (void)state;
    struct bare b;
    struct hosted_run run;
    struct svm_input in = example();
    BARE(&b, 3, MOVI(0, 0), EXIT);
    run_input(&run, &b, &in, false, NULL, 0);
    struct svm_statement s = read_statement(&run);
    assert_true(s.success);
    assert_int_equal(s.metas_n, 3);
    assert_int_equal(s.metas[2], 0);
    assert_int_equal(s.accounts_n, 2);
    assert_memory_equal(s.accounts[0].key.b, accounts[0].key.b, 32);
    assert_memory_equal(s.accounts[0].before.owner.b, accounts[0].owner.b, 32);
    assert_int_equal(s.accounts[0].before.data.n, 13);
    assert_memory_equal(s.accounts[0].before.data.data, "data of 13 b.", 13);
    assert_int_equal(s.accounts[1].before.lamports, 5);
    assert_memory_equal(s.data.data, "hello world", 11);
    assert_int_equal(s.records_n, 0);
    assert_int_equal(s.modified, 0);
    /* a word of the input that is not in the statement: sysvars, which nobody asked for */
    BARE(&b, 3, MOV(1, 10), ADDI(1, -48), SYSCALL_(GET_CLOCK), MOV(1, 10), ADDI(1, -48), SYSCALL_(GET_CLOCK),
         MOVI(0, 0), EXIT);
    run_input(&run, &b, &in, false, NULL, 0);
    s = read_statement(&run);
    assert_int_equal(s.records_n, 1);
    assert_int_equal(s.records[0].kind, GN_SOL_READ_SYSVAR);
    assert_int_equal(s.records[0].payload.data[16], 1);
}

static void hash_of(uint8_t out[32], uint64_t lamports, const void *data, size_t n, bool executable,
                    const struct svm_key *owner, const struct svm_key *account)
{
    uint8_t message[4200];
    memcpy(message, &lamports, 8);
    memcpy(message + 8, data, n);
    message[8 + n] = executable;
    memcpy(message + 9 + n, owner->b, 32);
    memcpy(message + 41 + n, account->b, 32);
    struct gn_blake3 h;
    gn_blake3_init(&h);
    gn_blake3_update(&h, message, 73 + n);
    gn_blake3_final(&h, out, 32);
}

static void by_hash(void **state)
{
    (void)state;
    static uint8_t data[4096];
    struct bare b;
    struct hosted_run run;
    struct svm_input in = example();
    uint8_t hash[32];
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)random64();
    }
    /* stores 0 into the first word of the data of account 0 */
    BARE(&b, 3, MOVI(3, 0), STXDW(1, 3, 96), MOVI(0, 0), EXIT);
    for (size_t n = 8; n <= sizeof data; n += n < 1200 ? 37 : 500) {
        accounts[0].data = accounts[2].data = (struct svm_bytes){data, n};
        run_input(&run, &b, &in, true, NULL, 0);
        struct svm_statement s = read_statement(&run);
        assert_true(s.success && s.accounts[0].changed && !s.accounts[1].changed);
        hash_of(hash, 100, data, n, false, &accounts[0].owner, &accounts[0].key);
        assert_memory_equal(s.accounts[0].hash_before, hash, 32);
        uint64_t first;
        memcpy(&first, data, 8);
        memset(data, 0, 8);
        hash_of(hash, 100, data, n, false, &accounts[0].owner, &accounts[0].key);
        memcpy(data, &first, 8);
        assert_memory_equal(s.accounts[0].hash_after, hash, 32);
        hash_of(hash, 5, "more", 4, false, &accounts[1].owner, &accounts[1].key);
        assert_memory_equal(s.accounts[1].hash_before, hash, 32);
    }
}

/* ---- texts ---- */
static void texts(void **state)
{
    (void)state;
    struct bare b;
    struct hosted_run run;
    struct svm_input in = example();
    static uint8_t text[2600];
    static const uint8_t alphabet[] = {0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf,
                                       0xe0, 0xe1, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff};
    in.budget = GN_SOL_BUDGET_MAX;
    /* sol_log_ of the instruction data but its first byte */
    BARE(&b, 3, LDXDW(3, 2, -8), MOV(1, 2), ADDI(1, 1), MOV(2, 3), ADDI(2, -1), SYSCALL_(LOG), MOVI(0, 0), EXIT);
    for (unsigned i = 0; i < 600; i++) {
        size_t n = i % 10 == 0 ? random64() % 2500 : random64() % 40, good;
        for (size_t j = 0; j < n; j++) {
            text[1 + j] = 'a';
        }
        for (size_t j = random64() % 6; j > 0 && n > 8; j--) { /* something odd */
            size_t at = random64() % (n - 4);
            for (size_t l = 0; l < 4; l++) {
                text[1 + at + l] = alphabet[random64() % sizeof alphabet];
            }
        }
        if (i % 3 == 0 && n > 8) {
            memcpy(text + 1 + n / 2, "\xe2\x82\xac\xf0\x90\x8d\x88", 7);
        }
        size_t bad;
        bool is_text = gn_svm_utf8((struct svm_bytes){text + 1, n}, &good, &bad);
        in.data = (struct svm_bytes){text, n + 1};
        run_input(&run, &b, &in, false, NULL, 0);
        struct svm_statement s = read_statement(&run);
        assert_int_equal(s.success, is_text);
        assert_int_equal(s.records_n, 1);
        assert_int_equal(s.records[0].kind, is_text ? GN_SOL_LOG : GN_SOL_INVALID_TEXT);
        assert_int_equal(s.records[0].payload.n, n);
        assert_memory_equal(s.records[0].payload.data, text + 1, n);
    }
}

/* ---- memory of version 0: its stack is in pieces, the runtime's is not ---- */
static void gapped_memmove(void **state)
{
    (void)state;
    enum { STACK = 3 * 4096 };
    static uint8_t model[STACK], seen[STACK];
    struct bare b;
    struct hosted_run run;
    struct svm_input in = example();
    in.budget = GN_SOL_BUDGET_MAX;
    for (unsigned i = 0; i < 300; i++) {
        uint64_t arguments[4]; /* to, from, n of a move; a byte to fill it all with */
        uint64_t to = random64() % STACK,
                 from = i % 2 ? (to + random64() % 64 + STACK - 32) % STACK : random64() % STACK;
        uint64_t most = STACK - (to > from ? to : from), n = random64() % (most + 1);
        arguments[0] = GN_SOL_STACK + (to >> 12 << 13 | (to & 4095));
        arguments[1] = GN_SOL_STACK + (from >> 12 << 13 | (from & 4095));
        arguments[2] = n;
        arguments[3] = 0;
        in.data = (struct svm_bytes){(const uint8_t *)arguments, 32};
        /* fills the stack with instruction data, 32 bytes at a time, beginning with its own; then moves */
        BARE(&b, 0, MOV(6, 2), MOV(7, 10), ADDI(7, -4096), MOV(1, 7), MOV(2, 6), MOVI(3, 32), SYSCALL_(MEMCPY),
             MOV(1, 7), ADDI(1, 32), MOV(2, 7), MOVI(3, STACK - 32), SYSCALL_(MEMMOVE), LDXDW(1, 6, 0), LDXDW(2, 6, 8),
             LDXDW(3, 6, 16), SYSCALL_(MEMMOVE), MOVI(0, 0), EXIT);
        memset(model, 0, sizeof model);
        memcpy(model, arguments, 32);
        memmove(model + 32, model, STACK - 32);
        memmove(model + to, model + from, n);
        run_input(&run, &b, &in, false, NULL, 0);
        assert_true(read_statement(&run).success);
        for (unsigned j = 0; j < 3; j++) {
            assert_true(hosted_read(GN_SOL_STACK + j * 8192, seen + j * 4096, 4096));
        }
        assert_memory_equal(seen, model, STACK);
    }
}

/* ---- curves ---- */
static void on_the_curve(void **state)
{
    (void)state;
    unsigned points = 0;
    for (unsigned i = 0; i < 400; i++) {
        uint64_t y[4] = {random64(), random64(), random64(), random64()};
        struct gn_sol_hint hint;
        if (i < 8) { /* small numbers; numbers of p and more, which are reduced; with and without the sign */
            y[0] = i < 4 ? i : UINT64_MAX - 18 + (i - 4), y[1] = y[2] = i < 4 ? 0 : UINT64_MAX,
            y[3] = i < 4 ? 0 : UINT64_MAX >> (i & 1);
        }
        bool is_point = gn_svm_curve_hint(&hint, (const uint8_t *)y);
        points += is_point;
        assert_int_equal(curve25519_is_y(y, hint.word), is_point);
        hint.word[3] ^= UINT64_C(1) << 63; /* the other answer with the same number */
        assert_int_equal(curve25519_is_y(y, hint.word), -1);
        hint.word[3] ^= UINT64_C(1) << 63;
        hint.word[random64() % 4] ^= UINT64_C(1) << random64() % 63;
        assert_int_equal(curve25519_is_y(y, hint.word), -1);
        static const uint64_t nothing[4] = {0, 0, 0, UINT64_C(1) << 63};
        assert_int_equal(curve25519_is_y(y, nothing), -1); /* w = 0 proves nothing, for u = 0 neither */
    }
    assert_in_range(points, 150, 250);
}

static void hints_are_checked(void **state)
{
    (void)state;
    struct bare b;
    struct hosted_run run;
    struct svm_input in = example();
    struct gn_sol_hint hint;
    /* sol_try_find_program_address, no seeds, program = first 32 bytes of the account's header at the input */
    BARE(&b, 3, MOV(3, 1), MOV(4, 10), ADDI(4, -64), MOV(5, 10), ADDI(5, -72), MOVI(2, 0),
         SYSCALL_(FIND_PROGRAM_ADDRESS), EXIT);
    run_input(&run, &b, &in, false, NULL, 0);
    assert_false(run.halted);
    assert_int_equal(run.stop, GN_SOL_STOP_HINT);
    (void)gn_svm_curve_hint(&hint, (const uint8_t *)run.y);
    hint.word[0] ^= 1;
    run_input(&run, &b, &in, false, &hint, 1);
    assert_false(run.halted);
    assert_int_equal(run.stop, GN_SOL_STOP_BAD_HINT);
}

static void from_hex(uint64_t *out, const char *hex)
{
    uint8_t *bytes = (uint8_t *)out;
    for (size_t i = 0; hex[2 * i] != 0; i++) {
        char digits[3] = {hex[2 * i], hex[2 * i + 1], 0};
        bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
}

/* Ethereum's ecrecover: the last 20 bytes of the key's Keccak are an address */
static void recovered_keys(void **state)
{
    (void)state;
    uint64_t hash[4], signature[8], recovered[8];
    uint8_t hashed[32], expected[24];
    from_hex(hash, "456e9aea5e197a1f1af7a3e85a3212fa4049a3ba34c2289b4c860fc0b0c64ef3");
    from_hex(signature, "9242685bf161793cc25603c231bc2f568eb630ea16aa137d2664ac8038825608"
                        "4f8ae3bd7535248d0bd448298cc2e2071e56992d0774dc340c368ae950852ada");
    from_hex((uint64_t *)(void *)expected, "7156526fbd7a3c72969b54f64e42c10fbb768c8a");
    assert_true(secp256k1_recover(recovered, hash, 1, signature));
    gn_keccak256(hashed, recovered, 64);
    assert_memory_equal(hashed + 12, expected, 20);
    assert_true(secp256k1_recover(recovered, hash, 0, signature));
    gn_keccak256(hashed, recovered, 64);
    assert_memory_not_equal(hashed + 12, expected, 20);
    /* r + n is not below p: no such x */
    assert_false(secp256k1_recover(recovered, hash, 2, signature));
    /* r = 0, s = 0, r = n, and an x of no point */
    uint64_t lie[8];
    for (unsigned i = 0; i < 4; i++) {
        memcpy(lie, signature, sizeof lie);
        if (i < 2) {
            memset(lie + 4 * i, 0, 32);
        } else if (i == 2) {
            from_hex(lie, "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
        } else {
            memset(lie, 0, 32);
            ((uint8_t *)lie)[31] = 5;
        }
        assert_false(secp256k1_recover(recovered, hash, 0, lie));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(traps_without_cause),
        cmocka_unit_test(units_end_where_they_end),
        cmocka_unit_test(bad_inputs),
        cmocka_unit_test(syscalls_push_no_frame),
        cmocka_unit_test(sections_elsewhere),
        cmocka_unit_test(everything_is_said),
        cmocka_unit_test(by_hash),
        cmocka_unit_test(texts),
        cmocka_unit_test(gapped_memmove),
        cmocka_unit_test(on_the_curve),
        cmocka_unit_test(hints_are_checked),
        cmocka_unit_test(recovered_keys),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
