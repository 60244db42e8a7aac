/* SPDX-License-Identifier: Apache-2.0 */
/* Executables under the monitor, all the way: loaded, run, recorded, every row checked, proven, verified.  Each way in which a run can end; and traps without cause,
 * which leave a run that no table can end. */
#include "cm.h"

#include <stdlib.h>
#include <string.h>

#include "base/keccak.h"
#include "base/poseidon2.h"
#include "base/sha256.h"
#include "differential/assembler.h"
#include "gnomon/gnomon.h"
#include "zkvm/program.h"

enum { RA = 1, T0 = 5, T1 = 6, A0 = 10, A1 = 11, A2 = 12, A3 = 13, A7 = 17 };

static struct gn_program *load(const struct assembler *a)
{
    struct gn_error err = {0};
    struct gn_program *p;
    struct gn_buffer elf = assembler_elf(a);
    if (gn_program_load(&p, elf.data, elf.size, &err) != GN_OK || gn_program_setup(p, NULL, &err) != GN_OK) {
        fail_msg("%s", err.text);
    }
    gn_buffer_free(&elf);
    return p;
}

/* Proves the run, rows checked, and verifies; *said lives as long as the proof. */
static struct gn_proof *prove(struct gn_statement *said, const struct assembler *a, const void *input, size_t input_n)
{
    struct gn_error err = {0};
    struct gn_program *p = load(a);
    struct gn_proof *proof;
    if (gn_program_prove(&proof, p, input, input_n, &(struct gn_options){.check = true}, &err) != GN_OK) {
        fail_msg("%s", err.text);
    }
    size_t n, scratch_n = gn_proof_scratch();
    const uint8_t *file = gn_proof_file(proof, &n);
    void *scratch = malloc(scratch_n);
    assert_non_null(scratch);
    assert_int_equal(gn_proof_verify(said, gn_program_id(p), file, n, scratch, scratch_n), GN_ACCEPT);
    free(scratch);
    gn_program_free(p);
    return proof;
}

/* F(n) of the number n in the input, written as 8 bytes */
static void fibonacci(struct assembler *a)
{
    emit_constant(a, T0, 0x40000010);
    emit(a, RV_LD, T0, T0, 0, 0);
    emit_constant(a, A0, 0);
    emit_constant(a, A1, 1);
    uint64_t loop = here(a);
    emit(a, RV_BEQ, 0, T0, 0, 24);
    emit(a, RV_ADD, A2, A0, A1, 0);
    emit(a, RV_ADDI, A0, A1, 0, 0);
    emit(a, RV_ADDI, A1, A2, 0, 0);
    emit(a, RV_ADDI, T0, T0, 0, -1);
    emit(a, RV_JAL, 0, 0, 0, (int64_t)(loop - here(a)));
    emit_constant(a, T1, DATA);
    emit(a, RV_SD, 0, T1, A0, 0);
    emit_write(a, 0, 8);
    emit_exit(a, 3);
}

static void fibonacci_is_proven(void **state)
{
    (void)state;
    struct assembler a = {0};
    fibonacci(&a);
    const uint64_t n = 90, expected = 2880067194370816120; /* F(90) */
    struct gn_statement said;
    struct gn_proof *proof = prove(&said, &a, &n, sizeof n);
    uint64_t written;
    assert_int_equal(said.outcome, GN_OUTCOME_EXITED);
    assert_int_equal(said.exit_code, 3);
    assert_int_equal(said.output_n, 8);
    memcpy(&written, said.output, 8);
    assert_int_equal(written, expected);
    gn_proof_free(proof);
    assembler_free(&a);
}

static void call_hash(struct assembler *a, uint64_t number, uint64_t state, uint64_t block)
{
    emit_constant(a, A7, number);
    emit_constant(a, A0, state);
    emit_constant(a, A1, block);
    emit(a, RV_ECALL, 0, 0, 0, 0);
    emit(a, RV_OR, A3, A3, A0, 0); /* what calls give */
}

/* The block of one hash is the state of another. */
static void hashes_are_proven(void **state)
{
    (void)state;
    enum { KECCAK_AT = 0, SHA256_AT = 200, POSEIDON2_AT = 232, ALL = 328 };
    struct assembler a = {0};
    struct {
        uint64_t lanes[25];
        uint32_t words[8], elements[24];
    } s;
    _Static_assert(sizeof s == ALL, "no padding");
    for (unsigned i = 0; i < ALL; i++) {
        ((uint8_t *)&s)[i] = (uint8_t)(255 - 3 * i); /* elements that are not below p, too */
    }
    gn_buffer_append(&a.data, &s, ALL);
    emit_constant(&a, A3, 0);
    for (unsigned i = 0; i < 2; i++) {
        call_hash(&a, 2000, DATA + KECCAK_AT, 0);
        call_hash(&a, 2001, DATA + SHA256_AT, DATA + KECCAK_AT + 8);
        call_hash(&a, 2002, DATA + POSEIDON2_AT, 0);
        gn_keccak_f1600(s.lanes);
        gn_sha256_compress(s.words, (const uint8_t *)(s.lanes + 1));
        gn_poseidon2(s.elements);
    }
    emit(&a, RV_ADDI, T0, A3, 0, 0);
    emit_write(&a, 0, ALL);
    emit_constant(&a, A7, 93);
    emit(&a, RV_ADDI, A0, T0, 0, 0);
    emit(&a, RV_ECALL, 0, 0, 0, 0);
    struct gn_statement said;
    struct gn_proof *proof = prove(&said, &a, NULL, 0);
    assert_int_equal(said.outcome, GN_OUTCOME_EXITED);
    assert_int_equal(said.exit_code, 0);
    assert_int_equal(said.output_n, ALL);
    assert_memory_equal(said.output, &s, ALL);
    gn_proof_free(proof);
    assembler_free(&a);
}

static void a_hash_of_what_is_not_writable(void **state)
{
    (void)state;
    struct assembler a = {0};
    const uint64_t pool[12] = {5};
    gn_buffer_append(&a.pool, pool, sizeof pool);
    call_hash(&a, 2002, DATA, 0);
    emit_constant(&a, A0, POOL);
    uint64_t place = here(&a);
    emit(&a, RV_ECALL, 0, 0, 0, 0);
    struct gn_statement said;
    struct gn_proof *proof = prove(&said, &a, NULL, 0);
    assert_int_equal(said.outcome, GN_OUTCOME_STORE);
    assert_int_equal(said.fault_pc, place);
    assert_int_equal(said.fault_address, POOL);
    gn_proof_free(proof);
    assembler_free(&a);
}

/* The last instruction faults: cause, place and address are what the proof says. */
static void every_fault_is_proven(void **state)
{
    (void)state;
    enum { BASE = T0 };
    static const struct {
        uint32_t outcome;
        uint64_t base; /* in T0 */
        enum rv_op op; /* of T0, T1; or none: `word` */
        int64_t imm;
        uint32_t word;
        uint64_t place, address; /* 0: the instruction's own, 0 */
    } faults[] = {
        {GN_OUTCOME_ILLEGAL, 0, RV_OPS, 0, 0xffffffff, 0, 0},
        {GN_OUTCOME_ILLEGAL, 0, RV_OPS, 0, 0x0000000b, 0, 0}, /* RESUME is not for guests */
        {GN_OUTCOME_BREAKPOINT, 0, RV_OPS, 0, 0x00100073, 0, 0},
        {GN_OUTCOME_LOAD, 0x1000, RV_LD, 8, 0, 0, 0x1008},
        {GN_OUTCOME_LOAD, VM_KERNEL_BASE, RV_LBU, 0, 0, 0, VM_KERNEL_BASE},
        {GN_OUTCOME_LOAD, VM_KERNEL_TEXT, RV_LW, 0, 0, 0, VM_KERNEL_TEXT},
        {GN_OUTCOME_LOAD, 0xbffffffc, RV_LD, 0, 0, 0, 0xbffffffc},
        {GN_OUTCOME_STORE, TEXT, RV_SB, 0, 0, 0, TEXT},
        {GN_OUTCOME_STORE, VM_KERNEL_BASE + 0x1000, RV_SD, 0, 0, 0, VM_KERNEL_BASE + 0x1000},
        {GN_OUTCOME_STORE, 0x40000000, RV_SH, 0, 0, 0, 0x40000000},
        {GN_OUTCOME_MISALIGNED, DATA + 4, RV_LR_D, 0, 0, 0, DATA + 4},
        {GN_OUTCOME_STORE, POOL, RV_AMOADD_W, 0, 0, 0, POOL},
        {GN_OUTCOME_PC, 0x1000, RV_JALR, 0, 0, 0, 0x1000},
        {GN_OUTCOME_PC, TEXT + 0x100000, RV_JALR, 0, 0, TEXT + 0x100000, TEXT + 0x100000},
        {GN_OUTCOME_PC, VM_KERNEL_TEXT, RV_JALR, 0, 0, 0, VM_KERNEL_TEXT},
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct assembler a = {0};
        const uint64_t pool = 5;
        gn_buffer_append(&a.pool, &pool, sizeof pool);
        emit_constant(&a, BASE, faults[i].base);
        uint64_t at = here(&a);
        if (faults[i].op == RV_OPS) {
            emit32(&a, faults[i].word);
        } else {
            bool stores = faults[i].op == RV_SB || faults[i].op == RV_SD || faults[i].op == RV_SH;
            bool both = faults[i].op == RV_AMOADD_W;
            emit(&a, faults[i].op, stores ? 0 : T1, BASE, stores || both ? T1 : 0, faults[i].imm);
        }
        emit_exit(&a, 0);
        struct gn_statement said;
        struct gn_proof *proof = prove(&said, &a, NULL, 0);
        assert_int_equal(said.outcome, faults[i].outcome);
        assert_int_equal(said.fault_pc, faults[i].place != 0 ? faults[i].place : at);
        if (faults[i].op != RV_OPS) {
            assert_int_equal(said.fault_address, faults[i].address);
        }
        gn_proof_free(proof);
        assembler_free(&a);
    }
}

/* The prover says after k rows: here it trapped.  The monitor stops at a place without a row, and the tables have no end. */
static void trap_without_cause(void **state)
{
    (void)state;
    struct assembler a = {0};
    fibonacci(&a);
    struct gn_program *p = load(&a);
    const struct vm_program *core = p->mx->core;
    const uint64_t n = 3;
    for (uint64_t steps = 0; steps < 30; steps++) {
        struct gn_error err = {0};
        struct rv_machine m;
        struct mx_recorder *r;
        assert_int_equal(gn_riscv_start(&m, p->rv, (const uint8_t *)&n, sizeof n, &err), GN_OK);
        assert_int_equal(mx_recorder_create(&r, p->mx, (const uint8_t *)&n, sizeof n, &err), GN_OK);
        assert_int_equal(gn_vm_run(&m.vm, steps, mx_recorder_observe, r), VM_STOP_LIMIT);
        struct vm_event trap = {.row = m.vm.row,
                                .trap = true,
                                .address = core->pc_of_row[m.vm.row],
                                .before = m.vm.regs[VM_REG_TRAP],
                                .result = (uint32_t)core->pc_of_row[m.vm.row] | gn_vm_ts(&m.vm) << 32};
        m.vm.regs[VM_REG_TRAP] = trap.result;
        m.vm.rows_run++;
        m.vm.row = core->vector_row;
        mx_recorder_observe(r, &m.vm, &trap);
        assert_int_equal(gn_vm_run(&m.vm, 1, mx_recorder_observe, r), VM_STOP_FAULT);
        assert_true(m.vm.fault_in_kernel);
        assert_int_not_equal(mx_recorder_halt(r, m.vm.row, &err), GN_OK);
        mx_recorder_destroy(r);
        gn_riscv_stop(&m);
        gn_riscv_result_free(&m.result);
    }
    gn_program_free(p);
    assembler_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fibonacci_is_proven),
        cmocka_unit_test(hashes_are_proven),
        cmocka_unit_test(a_hash_of_what_is_not_writable),
        cmocka_unit_test(every_fault_is_proven),
        cmocka_unit_test(trap_without_cause),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
