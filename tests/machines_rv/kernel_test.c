/* SPDX-License-Identifier: Apache-2.0 */
/* User code under a kernel: calls and traps, what they say of place and time, what they leave alone; the statement; memory of both. */
#include "cm.h"

#include <string.h>

#include "machines/memory/memory.h"
#include "machines_rv/kernel_fixture.h"
#include "support/proven.h"

static uint64_t place(uint64_t said)
{
    return said & 0xffffffff;
}
static uint64_t time_of(uint64_t said)
{
    return said >> 32;
}

/* Each kind of reason to leave user code, with its place and, counted by hand, its time. */
static void calls_and_traps(void **state)
{
    (void)state;
    static const struct vm_insn rows[] = {
        {.op = VM_MOVI, .rd = 5, .imm = 0x100},
        {.op = VM_ECALL},                                             /* 1 */
        {.op = VM_FAULT, .rd = VM_REG_SINK, .imm = VM_FAULT_ILLEGAL}, /* 2 */
        {.op = VM_LD, .rd = 6, .ra = 5},                              /* 3: no memory there */
        {.op = VM_SB, .ra = 5, .rb = 5},                              /* 4 */
        {.op = VM_JALR,
         .rd = 6,
         .ra = 5,
         .link = USER_AT(6),
         .target = VM_NO_ROW},              /* 5: outside of text: itself faults */
        {.op = VM_AMOLD, .rd = 6, .ra = 5}, /* 6 */
        {.op = VM_J,
         .target = VM_NO_ROW,
         .link = MX_TEXT + MX_TEXT_SIZE - 6}, /* 7: the trap is there; goes on 4 behind */
    };
    /* rows run: entry's jump, MOVI, MOVI, RESUME at 4, 8, 12, 16; first user row at 20; each entry takes 8 kernel rows */
    static const struct {
        uint64_t place;
        uint64_t time;
    } expected[] = {
        {USER_AT(1), 24 + 1},
        {USER_AT(2), 24 + 36},
        {USER_AT(3), 24 + 2 * 36},
        {USER_AT(4), 24 + 3 * 36},
        {USER_AT(5), 24 + 4 * 36},
        {USER_AT(6), 24 + 5 * 36},
        {MX_TEXT + MX_TEXT_SIZE - 6, 24 + 6 * 36 + 4}, /* the jump was executed */
        {MX_TEXT + MX_TEXT_SIZE - 2, 24 + 7 * 36 + 4},
    };
    enum { N = sizeof expected / sizeof *expected };
    struct rv_run r;
    saying_open(&r, rows, sizeof rows / sizeof *rows, N - 1);
    assert_int_equal(rv_failures(&r, true), 0);
    assert_int_equal(r.witness.statement.bytes->size, 8 * N);
    for (uint32_t i = 0; i < N; i++) {
        assert_int_equal(place(rv_word(&r, i)), expected[i].place);
        assert_int_equal(time_of(rv_word(&r, i)), expected[i].time);
    }
    assert_int_equal(rv_height(&r, "ecall"), 1);
    assert_int_equal(rv_height(&r, "trap"), N - 1);
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    uint8_t bytes[8 * N];
    memcpy(bytes, r.witness.statement.bytes->data, sizeof bytes);
    struct air_public_bytes lie = {bytes, sizeof bytes};
    r.witness.statement.bytes = &lie;
    bytes[8 * 3 + 5] ^= 1; /* one bit of one time */
    assert_verdict(rv_prove(&r), GN_REJECT_BUS_SUM);
    bytes[8 * 3 + 5] ^= 1;
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    lie.size -= 8; /* a word less */
    assert_verdict(rv_prove(&r), GN_REJECT_BUS_SUM);
    rv_close(&r);
}

/* Between RESUME at t0 and the next entry at t1 ran (t1 - t0) / 4 - 1 rows of the user: across a time of three bytes too. */
static void time_is_the_meter(void **state)
{
    (void)state;
    static const struct vm_insn rows[] = {
        {.op = VM_MOVI, .rd = 6, .imm = 40000},
        {.op = VM_ADDI, .rd = 6, .ra = 6, .imm = (uint64_t)-1},
        {.op = VM_BNE, .ra = 6, .rb = VM_REG_ZERO, .target = 1},
        {.op = VM_ECALL},
    };
    static const struct vm_insn kernel[] = {
        {.op = VM_MOV, .rd = K_TRAP, .ra = VM_REG_TRAP},
        {.op = VM_SRLI, .rd = K_TRAP, .ra = K_TRAP, .imm = 32},
        {.op = VM_SUB, .rd = K_TRAP, .ra = K_TRAP, .rb = K_TIME},
        {.op = VM_OUT, .ra = VM_REG_ZERO, .rb = K_TRAP},
        {.op = VM_HALT},
        {.op = VM_MOVI, .rd = K_TRAP, .imm = MX_TEXT}, /* 5 */
        {.op = VM_RESUME, .rd = K_TIME, .ra = K_TRAP},
    };
    struct rv_run r;
    rv_open_source(&r,
                   &(struct rv_source){.rows = rows, .rows_n = 4, .kernel = kernel, .kernel_n = 7, .kernel_entry = 5});
    assert_int_equal(rv_failures(&r, true), 0);
    assert_int_equal(rv_word(&r, 0), 4 * (1 + 1 + 2 * 40000) + 1);
    rv_close(&r);
}

/* Neither a call nor a trap touches a register but TRAP, of either bank; kernel and user see each other's as they are. */
static void banks_are_kept(void **state)
{
    (void)state;
    enum { N = 31 };
    struct vm_insn rows[2 * N + 4], kernel[3 * N + 12];
    uint32_t n = 0, k = 0;
    for (unsigned i = 1; i <= N; i++) {
        rows[n++] = (struct vm_insn){.op = VM_MOVI, .rd = (uint8_t)i, .imm = 1000 + i};
    }
    rows[n++] = (struct vm_insn){.op = VM_ECALL};
    for (unsigned i = 1; i <= N; i++) {
        rows[n++] = (struct vm_insn){.op = VM_ADDI, .rd = (uint8_t)i, .ra = (uint8_t)i, .imm = 1};
    }
    rows[n++] = (struct vm_insn){.op = VM_FAULT, .rd = VM_REG_SINK, .imm = VM_FAULT_BREAKPOINT};
    /* first entry: index 0 in x31; second: say all of the user's, then all of the kernel's but x31 */
    kernel[k++] = (struct vm_insn){.op = VM_BNE, .ra = RV_K(31), .rb = VM_REG_ZERO, .target = 3};
    kernel[k++] = (struct vm_insn){.op = VM_MOVI, .rd = RV_K(31), .imm = MX_TEXT + 4 * (N + 1)};
    kernel[k++] = (struct vm_insn){.op = VM_RESUME, .rd = VM_REG_SINK, .ra = RV_K(31)};
    kernel[k++] = (struct vm_insn){.op = VM_MOVI, .rd = RV_K(31), .imm = 0};
    for (unsigned i = 1; i <= N; i++) {
        kernel[k++] = (struct vm_insn){.op = VM_OUT, .ra = RV_K(31), .rb = (uint8_t)i};
        kernel[k++] = (struct vm_insn){.op = VM_ADDI, .rd = RV_K(31), .ra = RV_K(31), .imm = 1};
    }
    kernel[k++] = (struct vm_insn){.op = VM_OUT, .ra = RV_K(31), .rb = RV_K(30)};
    kernel[k++] = (struct vm_insn){.op = VM_HALT};
    uint32_t entry = k;
    kernel[k++] = (struct vm_insn){.op = VM_MOVI, .rd = RV_K(30), .imm = 77};
    kernel[k++] = (struct vm_insn){.op = VM_MOVI, .rd = RV_K(29), .imm = MX_TEXT};
    kernel[k++] = (struct vm_insn){.op = VM_RESUME, .rd = VM_REG_SINK, .ra = RV_K(29)};
    struct rv_run r;
    rv_open_source(
        &r, &(struct rv_source){
                .rows = rows, .rows_n = n, .kernel = kernel, .kernel_n = k, .kernel_entry = entry, .traps = true});
    assert_int_equal(rv_failures(&r, true), 0);
    for (unsigned i = 1; i <= N; i++) {
        assert_int_equal(rv_word(&r, i - 1), 1001 + i);
    }
    assert_int_equal(rv_word(&r, N), 77);
    rv_close(&r);
}

/* Any length, said in any order; without a word too. */
static void statements(void **state)
{
    (void)state;
    static const struct vm_insn user[] = {{.op = VM_ECALL}};
    static const struct vm_insn silent[] = {
        {.op = VM_HALT}, {.op = VM_MOVI, .rd = K_TRAP, .imm = MX_TEXT}, {.op = VM_RESUME, .rd = K_TIME, .ra = K_TRAP}};
    struct rv_run r;
    rv_open_source(&r,
                   &(struct rv_source){.rows = user, .rows_n = 1, .kernel = silent, .kernel_n = 3, .kernel_entry = 1});
    assert_int_equal(r.witness.statement.bytes->size, 0);
    assert_int_equal(rv_failures(&r, true), 0);
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    rv_state(&r, 0);
    assert_verdict(rv_prove(&r), GN_REJECT_BUS_SUM);
    rv_close(&r);

    /* the kernel halts without having entered the user's code at all */
    static const struct vm_insn backwards[] = {
        {.op = VM_HALT},
        {.op = VM_MOVI, .rd = K_INDEX, .imm = 69999},
        {.op = VM_OUT, .ra = K_INDEX, .rb = K_INDEX}, /* 2 */
        {.op = VM_ADDI, .rd = K_INDEX, .ra = K_INDEX, .imm = (uint64_t)-1},
        {.op = VM_BGE, .ra = K_INDEX, .rb = VM_REG_ZERO, .target = 2},
        {.op = VM_J, .target = 0},
    };
    rv_open_source(
        &r, &(struct rv_source){.rows = user, .rows_n = 1, .kernel = backwards, .kernel_n = 6, .kernel_entry = 1});
    assert_int_equal(r.witness.statement.bytes->size, 8 * 70000);
    for (uint32_t i = 0; i < 70000; i++) {
        assert_int_equal(rv_word(&r, i), i);
    }
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    rv_close(&r);
}

/* Jumps and links of kernel code stay in its half, whatever the limbs above say. */
static void kernel_code_jumps(void **state)
{
    (void)state;
    static const struct vm_insn user[] = {{.op = VM_ECALL}};
    static const struct vm_insn kernel[] = {
        {.op = VM_HALT},
        {.op = VM_JAL, .rd = RV_K(1), .imm = KERNEL_AT(2), .target = 4},
        {.op = VM_OUT, .ra = VM_REG_ZERO, .rb = RV_K(2)}, /* 2 */
        {.op = VM_J, .target = 0},
        {.op = VM_JALR, .rd = RV_K(2), .ra = RV_K(1), .link = KERNEL_AT(5), .target = VM_NO_ROW}, /* 4 */
    };
    struct rv_run r;
    rv_open_source(&r,
                   &(struct rv_source){.rows = user, .rows_n = 1, .kernel = kernel, .kernel_n = 5, .kernel_entry = 1});
    assert_int_equal(rv_failures(&r, true), 0);
    assert_int_equal(rv_word(&r, 0), KERNEL_AT(5));
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    rv_close(&r);
}

/* The kernel reads and writes the user's memory at the user's addresses, and its own, which the user cannot reach. */
static void memory_of_both(void **state)
{
    (void)state;
    static const uint8_t image[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    static const uint8_t input[] = {0x11, 0x22, 0x33};
    static const struct mx_region regions[] = {
        {0x1000, 0x1000, VM_READ | VM_WRITE, NULL, 0},
        {0x80100000, 13, VM_READ, image, 9},
        {(UINT64_C(3) << 32) + 0x10, 24, VM_READ | VM_WRITE, image, 16},
        {VM_KERNEL_BASE, 0x1000, 0, NULL, 0},
        {VM_KERNEL_BASE + 0x10000, 16, VM_FIXED, image, 16},
    };
    static const struct vm_insn user[] = {
        {.op = VM_MOVI, .rd = 5, .imm = 0x1000},
        {.op = VM_MOVI, .rd = 6, .imm = 0xabcdef0123456789},
        {.op = VM_SD, .ra = 5, .rb = 6, .imm = 8},
        {.op = VM_MOVI, .rd = 7, .imm = VM_KERNEL_BASE},
        {.op = VM_ECALL},
        {.op = VM_LD, .rd = 10, .ra = 5, .imm = 16}, /* what the kernel stored */
        {.op = VM_ECALL},
        {.op = VM_LD, .rd = 11, .ra = 7}, /* 7: not the user's */
        {.op = VM_SD, .ra = 7, .rb = 6},  /* 8 */
    };
    static const struct vm_insn kernel[] = {
        {.op = VM_OUT, .ra = K_INDEX, .rb = VM_REG_TRAP},
        {.op = VM_ADDI, .rd = K_INDEX, .ra = K_INDEX, .imm = 1},
        {.op = VM_LD, .rd = RV_K(20), .ra = 5, .imm = 8},
        {.op = VM_SD, .ra = 7, .rb = RV_K(20)}, /* to its own word, named by a register of the user */
        {.op = VM_LD, .rd = RV_K(20), .ra = 7},
        {.op = VM_SD, .ra = 5, .rb = RV_K(20), .imm = 16},
        {.op = VM_LD, .rd = RV_K(21), .ra = RV_K(1)},           /* fixed */
        {.op = VM_LW, .rd = RV_K(22), .ra = RV_K(2), .imm = 5}, /* another window of the user */
        {.op = VM_SW, .ra = RV_K(2), .rb = RV_K(22), .imm = 6},
        {.op = VM_LB, .rd = RV_K(23), .ra = RV_K(4)},            /* a byte of a word that ends before 8 bytes */
        {.op = VM_SB, .ra = RV_K(4), .rb = RV_K(23), .imm = -1}, /* which the user may only read */
        {.op = VM_LD, .rd = RV_K(24), .ra = RV_K(3), .imm = 16}, /* input */
        {.op = VM_BEQ, .ra = K_INDEX, .rb = K_LAST, .target = 18},
        {.op = VM_SLLI, .rd = K_TRAP, .ra = VM_REG_TRAP, .imm = 32},
        {.op = VM_SRLI, .rd = K_TRAP, .ra = K_TRAP, .imm = 32},
        {.op = VM_ADDI, .rd = K_TRAP, .ra = K_TRAP, .imm = 4},
        {.op = VM_RESUME, .rd = VM_REG_SINK, .ra = K_TRAP},
        {.op = VM_HALT}, /* 17: not reached */
        {.op = VM_OUT, .ra = K_INDEX, .rb = 10},
        {.op = VM_ADDI, .rd = K_INDEX, .ra = K_INDEX, .imm = 1},
        {.op = VM_OUT, .ra = K_INDEX, .rb = RV_K(24)},
        {.op = VM_HALT},
        {.op = VM_MOVI, .rd = RV_K(1), .imm = VM_KERNEL_BASE + 0x10000}, /* 22 */
        {.op = VM_MOVI, .rd = RV_K(2), .imm = (UINT64_C(3) << 32) + 0x10},
        {.op = VM_MOVI, .rd = RV_K(3), .imm = 0x40000000},
        {.op = VM_MOVI, .rd = RV_K(4), .imm = 0x8010000c},
        {.op = VM_MOVI, .rd = K_LAST, .imm = 4},
        {.op = VM_MOVI, .rd = K_TRAP, .imm = MX_TEXT},
        {.op = VM_RESUME, .rd = VM_REG_SINK, .ra = K_TRAP},
    };
    struct rv_run r;
    rv_open_source(&r, &(struct rv_source){.rows = user,
                                           .rows_n = sizeof user / sizeof *user,
                                           .kernel = kernel,
                                           .kernel_n = sizeof kernel / sizeof *kernel,
                                           .kernel_entry = 22,
                                           .regions = regions,
                                           .regions_n = 5,
                                           .input = input,
                                           .input_n = sizeof input,
                                           .traps = true});
    assert_int_equal(rv_failures(&r, true), 0);
    static const unsigned left[] = {4, 6, 7, 8};
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(place(rv_word(&r, i)), USER_AT(left[i]));
    }
    assert_int_equal(rv_word(&r, 4), 0xabcdef0123456789);
    assert_int_equal(rv_word(&r, 5), 0x332211);
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    rv_close(&r);
}

/* A region that begins and ends inside of words: every access inside of it runs, every one that leaves it traps, at whichever end. */
static void regions_to_the_byte(void **state)
{
    (void)state;
    enum { FROM = 0x1003, SIZE = 18, TRIES = 4 * (SIZE + 12) };
    static const struct mx_region writable[] = {{FROM, SIZE, VM_READ | VM_WRITE, NULL, 0}},
                                  readable[] = {{FROM, SIZE, VM_READ, NULL, 0}};
    static const uint8_t loads[] = {VM_LBU, VM_LHU, VM_LWU, VM_LD}, stores[] = {VM_SB, VM_SH, VM_SW, VM_SD};
    for (unsigned kind = 0; kind < 3; kind++) { /* loads; stores; stores to what is only readable */
        struct vm_insn rows[2 * TRIES + 1];
        uint32_t n = 0, expected_n = 0, expected[TRIES];
        for (unsigned w = 0; w < 4; w++) {
            for (unsigned at = 0; at < SIZE + 12; at++) {
                uint64_t address = FROM - 10 + at;
                bool inside = address >= FROM && address + (1u << w) <= FROM + SIZE;
                if (!inside || kind == 2) {
                    expected[expected_n++] = n + 1;
                }
                rows[n++] = (struct vm_insn){.op = VM_MOVI, .rd = 5, .imm = address};
                rows[n++] = kind == 0 ? (struct vm_insn){.op = loads[w], .rd = 6, .ra = 5}
                                      : (struct vm_insn){.op = stores[w], .rb = 5, .ra = 5};
            }
        }
        rows[n++] = (struct vm_insn){.op = VM_ECALL};
        struct vm_insn kernel[SAYING_ROWS];
        memcpy(kernel, saying_kernel, sizeof kernel);
        kernel[SAYING_ENTRY].imm = expected_n;
        struct rv_run r;
        rv_open_source(&r, &(struct rv_source){.rows = rows,
                                               .rows_n = n,
                                               .kernel = kernel,
                                               .kernel_n = SAYING_ROWS,
                                               .kernel_entry = SAYING_ENTRY,
                                               .regions = kind == 2 ? readable : writable,
                                               .regions_n = 1,
                                               .traps = true});
        assert_int_equal(rv_failures(&r, true), 0);
        for (uint32_t i = 0; i < expected_n; i++) {
            assert_int_equal(place(rv_word(&r, i)), USER_AT(expected[i]));
        }
        rv_close(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_and_traps),     cmocka_unit_test(time_is_the_meter), cmocka_unit_test(banks_are_kept),
        cmocka_unit_test(statements),          cmocka_unit_test(kernel_code_jumps), cmocka_unit_test(memory_of_both),
        cmocka_unit_test(regions_to_the_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
