/* SPDX-License-Identifier: Apache-2.0 */
/* COPY, FILL, SHA256, KECCAK and POSEIDON2 as instructions of a kernel: executor, recorder and tables together, on words of the kernel, of the user and of images. */
#include "cm.h"

#include <stdlib.h>
#include <string.h>

#include "base/keccak.h"
#include "base/poseidon2.h"
#include "base/sha256.h"
#include "machines_rv/run.h"
#include "support/proven.h"

#define KERNEL     (MX_KERNEL_BASE + 0x20000)
#define USER       UINT64_C(0xa0030000)
#define IMAGE      UINT64_C(0x80200003)
#define IMAGE_SIZE 301u
enum { MAX_ROWS = 4000, SIZE = 0x4000 };

/* a kernel being written, and a model of memory to which the same is done */
struct text {
    struct vm_insn rows[MAX_ROWS];
    uint32_t n;
    uint8_t kernel[SIZE], user[SIZE], image[IMAGE_SIZE];
    uint64_t said[64];
    uint32_t said_n;
};

static void put(struct text *t, struct vm_insn insn)
{
    assert_true(t->n < MAX_ROWS);
    t->rows[t->n++] = insn;
}

static void put_value(struct text *t, unsigned reg, uint64_t value)
{
    put(t, (struct vm_insn){.op = VM_MOVI, .rd = (uint8_t)RV_K(reg), .imm = value});
}

static void begin(struct text *t)
{
    memset(t, 0, sizeof *t);
    for (unsigned i = 0; i < IMAGE_SIZE; i++) {
        t->image[i] = (uint8_t)(i * i + 31 * i + 7);
    }
    put(t, (struct vm_insn){.op = VM_HALT}); /* the vector */
}

static uint8_t *at(struct text *t, uint64_t address)
{
    const struct {
        uint64_t base, size;
        uint8_t *bytes;
    } parts[] = {{KERNEL, SIZE, t->kernel}, {USER, SIZE, t->user}, {IMAGE, IMAGE_SIZE, t->image}};
    for (unsigned i = 0; i < 3; i++) {
        if (address - parts[i].base < parts[i].size) {
            return parts[i].bytes + (address - parts[i].base);
        }
    }
    fail_msg("the model has no byte at 0x%llx", (unsigned long long)address);
    return t->kernel;
}

static void put_bulk(struct text *t, uint8_t op, uint64_t a, uint64_t b, uint64_t d)
{
    put_value(t, 5, a);
    put_value(t, 6, b);
    put_value(t, 7, d);
    put(t,
        (struct vm_insn){.op = op, .ra = RV_K(5), .rb = RV_K(6), .rd = op == VM_COPY || op == VM_FILL ? RV_K(7) : 0});
}

static void copy(struct text *t, uint64_t from, uint64_t n, uint64_t to)
{
    put_bulk(t, VM_COPY, from, n, to);
    if (n > 0) {
        memmove(at(t, to), at(t, from), n);
    }
}

static void fill(struct text *t, uint64_t byte, uint64_t n, uint64_t to)
{
    put_bulk(t, VM_FILL, byte, n, to);
    if (n > 0) {
        memset(at(t, to), (int)(byte & 0xff), n);
    }
}

static void sha256(struct text *t, uint64_t state, uint64_t block)
{
    uint32_t words[8];
    put_bulk(t, VM_SHA256, state, block, 0);
    memcpy(words, at(t, state), sizeof words);
    gn_sha256_compress(words, at(t, block));
    memcpy(at(t, state), words, sizeof words);
}

static void keccak(struct text *t, uint64_t state)
{
    uint64_t lanes[25];
    put_bulk(t, VM_KECCAK, state, 0, 0);
    memcpy(lanes, at(t, state), sizeof lanes);
    gn_keccak_f1600(lanes);
    memcpy(at(t, state), lanes, sizeof lanes);
}

static void poseidon2(struct text *t, uint64_t state)
{
    uint32_t elements[POSEIDON2_WIDTH];
    put_bulk(t, VM_POSEIDON2, state, 0, 0);
    memcpy(elements, at(t, state), sizeof elements);
    gn_poseidon2(elements);
    memcpy(at(t, state), elements, sizeof elements);
}

/* the word becomes a part of the statement */
static void say(struct text *t, uint64_t address)
{
    put_value(t, 8, address);
    put(t, (struct vm_insn){.op = VM_LD, .rd = RV_K(9), .ra = RV_K(8)});
    put_value(t, 10, t->said_n);
    put(t, (struct vm_insn){.op = VM_OUT, .ra = RV_K(10), .rb = RV_K(9)});
    memcpy(&t->said[t->said_n++], at(t, address), 8);
}

static void open(struct rv_run *r, struct text *t, const uint8_t *image)
{
    static const struct vm_insn user[] = {{.op = VM_ECALL}};
    const struct mx_region regions[] = {{IMAGE, IMAGE_SIZE, VM_READ | VM_FIXED, image, IMAGE_SIZE},
                                        {USER, SIZE, VM_READ | VM_WRITE, NULL, 0},
                                        {KERNEL, SIZE, 0, NULL, 0}};
    put(t, (struct vm_insn){.op = VM_HALT});
    rv_open_source(r, &(struct rv_source){.rows = user,
                                          .rows_n = 1,
                                          .kernel = t->rows,
                                          .kernel_n = t->n,
                                          .kernel_entry = 1,
                                          .regions = regions,
                                          .regions_n = 3});
}

/* Executor and model agree on memory and statement; the tables accept the run. */
static void run_clean(struct rv_run *r, struct text *t)
{
    static uint8_t image[IMAGE_SIZE], seen[SIZE];
    memcpy(image, t->image, sizeof image);
    open(r, t, image);
    assert_true(gn_vm_memory_read(r->vm.memory, KERNEL, seen, SIZE));
    assert_memory_equal(seen, t->kernel, SIZE);
    assert_true(gn_vm_memory_read(r->vm.memory, USER, seen, SIZE));
    assert_memory_equal(seen, t->user, SIZE);
    for (uint32_t i = 0; i < t->said_n; i++) {
        assert_true(rv_word(r, i) == t->said[i]);
    }
    assert_int_equal(rv_failures(r, true), 0);
}

/* Text hashed block by block, a sponge, tables of bytes moved about: all instructions on all kinds of words. */
static void a_kernel_that_does_all(void **state)
{
    (void)state;
    static struct text t;
    struct rv_run r;
    begin(&t);
    copy(&t, IMAGE, IMAGE_SIZE, KERNEL + 0x1001);
    copy(&t, KERNEL + 0x1001, 250, USER + 0x104);
    fill(&t, 0x80, 100, USER + 0x10d);
    fill(&t, 0, 7, KERNEL + 0x1043);
    copy(&t, USER + 0x104, 90, USER + 0x101);
    copy(&t, USER + 0x100, 96, USER + 0x108);
    copy(&t, 5, 0, 6);
    fill(&t, 255, 0, UINT64_MAX);
    fill(&t, UINT64_MAX - 0x55, 9, KERNEL + 0x61);
    for (unsigned i = 0; i < 3; i++) {
        sha256(&t, KERNEL + 0x40, USER + 0x100 + 64 * i);
        sha256(&t, USER + 0x118, USER + 0x100);
        keccak(&t, i == 1 ? USER + 0xf8 : KERNEL + 0xff8);
        poseidon2(&t, i == 1 ? USER + 0x110 : KERNEL + 0xff0);
    }
    for (unsigned i = 0; i < 20; i++) {
        say(&t, i < 4 ? KERNEL + 0x40 + 8 * i : USER + 0xf0 + 8 * i);
    }
    run_clean(&r, &t);
    assert_int_equal(rv_height(&r, "sha256_rounds"), 6 * 17);
    assert_int_equal(rv_height(&r, "keccak_rounds"), 3 * 24);
    assert_int_equal(rv_height(&r, "poseidon2"), 3);
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    rv_close(&r);
}

/* Many of each, so that several threads fill the tables. */
static void many_operations(void **state)
{
    (void)state;
    static struct text t;
    struct rv_run r;
    begin(&t);
    copy(&t, IMAGE, IMAGE_SIZE, USER);
    for (unsigned i = 0; i < 80; i++) {
        copy(&t, USER + i, 3 * i, KERNEL + 11 * i);
        fill(&t, 257 * i, 5 * i, USER + 0x800 + 3 * i);
        sha256(&t, KERNEL + 8 * i, USER + 16 * i);
    }
    for (unsigned i = 0; i < 35; i++) {
        keccak(&t, KERNEL + 8 * i);
    }
    for (unsigned i = 0; i < 300; i++) {
        poseidon2(&t, KERNEL + 8 * i);
    }
    run_clean(&r, &t);
    rv_close(&r);
}

/* The digest of a run is not another's: one bit of what a table says is changed. */
static void a_changed_digest_is_rejected(void **state)
{
    (void)state;
    static struct text t;
    struct rv_run r;
    begin(&t);
    fill(&t, 3, 64, USER);
    sha256(&t, KERNEL, USER);
    keccak(&t, KERNEL + 256);
    poseidon2(&t, KERNEL + 8);
    say(&t, KERNEL);
    run_clean(&r, &t);
    *rv_cell(&r, "sha256", "w[0]", 0) ^= 1;
    assert_verdict(rv_prove(&r), GN_REJECT_BUS_SUM);
    *rv_cell(&r, "sha256", "w[0]", 0) ^= 1;
    *rv_cell(&r, "keccak_rounds", "d[5]", 3) ^= 1;
    assert_true(rv_prove(&r) != GN_ACCEPT);
    *rv_cell(&r, "keccak_rounds", "d[5]", 3) ^= 1;
    *rv_cell(&r, "poseidon2", "partial[11]", 0) ^= 1;
    assert_verdict(rv_prove(&r), GN_REJECT_ZEROCHECK);
    *rv_cell(&r, "poseidon2", "partial[11]", 0) ^= 1;
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    rv_close(&r);
}

/* ---- what the executor refuses: a fault of the kernel, and nothing has changed ---- */
static void refused_operations(void **state)
{
    (void)state;
    const uint64_t end = KERNEL + SIZE, big = UINT64_C(1) << 24;
    const struct {
        uint8_t op;
        uint64_t a, b, d;
        enum vm_fault fault;
        uint64_t address;
    } cases[] = {
        {VM_COPY, KERNEL, big, USER, VM_FAULT_ILLEGAL, big},
        {VM_COPY, end - 8, 9, KERNEL, VM_FAULT_LOAD, end - 8},
        {VM_COPY, KERNEL, 9, end - 8, VM_FAULT_STORE, end - 8},
        {VM_COPY, KERNEL, 9, IMAGE, VM_FAULT_STORE, IMAGE},
        {VM_COPY, IMAGE - 1, 9, KERNEL, VM_FAULT_LOAD, IMAGE - 1},
        {VM_COPY, UINT64_C(1) << 48 | KERNEL, 1, KERNEL, VM_FAULT_LOAD, UINT64_C(1) << 48 | KERNEL},
        {VM_COPY, KERNEL, 16, UINT64_MAX - 7, VM_FAULT_STORE, UINT64_MAX - 7},
        {VM_FILL, 1, big, KERNEL, VM_FAULT_ILLEGAL, big},
        {VM_FILL, 1, 2, end - 1, VM_FAULT_STORE, end - 1},
        {VM_SHA256, KERNEL + 4, USER, 0, VM_FAULT_MISALIGNED, KERNEL + 4},
        {VM_SHA256, KERNEL, USER + 1, 0, VM_FAULT_MISALIGNED, USER + 1},
        {VM_SHA256, KERNEL, end - 56, 0, VM_FAULT_LOAD, end - 56},
        {VM_SHA256, end - 24, USER, 0, VM_FAULT_STORE, end - 24},
        {VM_KECCAK, KERNEL + 1, 0, 0, VM_FAULT_MISALIGNED, KERNEL + 1},
        {VM_KECCAK, end - 192, 0, 0, VM_FAULT_STORE, end - 192},
        {VM_POSEIDON2, KERNEL + 4, 0, 0, VM_FAULT_MISALIGNED, KERNEL + 4},
        {VM_POSEIDON2, end - 88, 0, 0, VM_FAULT_STORE, end - 88},
        {VM_POSEIDON2, IMAGE + 5, 0, 0, VM_FAULT_STORE, IMAGE + 5},
    };
    static struct text t;
    static uint8_t seen[SIZE], zeros[SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct gn_error err;
        struct rv_run r;
        begin(&t);
        open(&r, &t, t.image); /* makes the program's frame; then the kernel is run by hand */
        struct vm vm = {.program = &r.core, .memory = r.vm.memory};
        struct vm_insn *row = &r.core.rows[r.core.entry_row];
        *row = (struct vm_insn){.op = cases[i].op, .ra = RV_K(5), .rb = RV_K(6), .rd = RV_K(7), .next = row->next};
        assert_int_equal(gn_vm_program_check(&r.core, &err), GN_OK);
        vm.row = r.core.entry_row;
        vm.regs[RV_K(5)] = cases[i].a;
        vm.regs[RV_K(6)] = cases[i].b;
        vm.regs[RV_K(7)] = cases[i].d;
        assert_int_equal(gn_vm_run(&vm, 10, NULL, NULL), VM_STOP_FAULT);
        assert_true(vm.fault_in_kernel && vm.fault == cases[i].fault && vm.fault_address == cases[i].address);
        assert_true(gn_vm_memory_read(vm.memory, KERNEL, seen, SIZE));
        assert_memory_equal(seen, zeros, SIZE);
        rv_close(&r);
    }
}

/* User rows have no such operations. */
static void of_kernels_only(void **state)
{
    (void)state;
    static const uint8_t ops[] = {VM_COPY, VM_FILL, VM_SHA256, VM_KECCAK, VM_POSEIDON2};
    static struct text t;
    struct rv_run r;
    begin(&t);
    open(&r, &t, t.image);
    for (unsigned i = 0; i < sizeof ops; i++) {
        r.core.rows[0] = (struct vm_insn){.op = ops[i], .rd = 1, .ra = 2, .rb = 3};
        assert_int_equal(gn_vm_program_check(&r.core, &r.err), GN_INTERNAL);
        assert_non_null(strstr(r.err.text, "privilege"));
    }
    rv_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kernel_that_does_all),
        cmocka_unit_test(many_operations),
        cmocka_unit_test(a_changed_digest_is_rejected),
        cmocka_unit_test(refused_operations),
        cmocka_unit_test(of_kernels_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
