/* SPDX-License-Identifier: Apache-2.0 */
/* An executor that errs: for each core instruction in turn a wrong value, a wrong word in memory, a wrong next instruction.  Whatever it does, the run
 * that comes out must not be provable: the row checker names a failure (or the recorder refuses), and a proof made all the same is
 * rejected.
 *
 * executor.c is compiled a second time for this test, with the hooks of faulty.h; everything else is the library. */
#include "cm.h"

#include <stdlib.h>
#include <string.h>

#include "differential/assembler.h"
#include "vm/isa.h"
#include "zkvm/errors.h"

static bool all; /* `zkvm_faulty long` */

enum { T0 = 5, T1 = 6, T2 = 7, S0 = 8, S1 = 9, A0 = 10, T6 = 31 };

/* ---- a program that executes every instruction ---- */

/* What may be skipped: an error in `next` goes on behind it. */
static void rest(struct assembler *a)
{
    emit(a, RV_ADDI, T6, T6, 0, 1);
    emit(a, RV_ADDI, T6, T6, 0, 1);
}

static void operations(struct assembler *a)
{
    for (enum rv_op op = RV_ADDI; op <= RV_REMUW; op++) {
        enum rv_format f = gn_rv_encodings[op].format;
        unsigned rs2 = f == RV_FORMAT_R ? T1 : 0;
        int64_t imm = f == RV_FORMAT_I ? 1234 : f == RV_FORMAT_SH5 || f == RV_FORMAT_SH6 ? 13 : 0;
        if (f == RV_FORMAT_R || f == RV_FORMAT_I || f == RV_FORMAT_SH5 || f == RV_FORMAT_SH6) {
            emit(a, op, T2, T0, rs2, imm);
            emit(a, RV_XOR, S1, S1, T2, 0);
            rest(a);
        }
    }
    emit(a, RV_LUI, T2, 0, 0, 0x12345000);
    rest(a);
    emit(a, RV_AUIPC, T2, 0, 0, 0x1000);
    rest(a);
    emit(a, RV_ADDI, T2, T0, 0, 0); /* mv */
    rest(a);
    emit(a, RV_ADD, T2, T2, T1, 0); /* in place */
    emit(a, RV_ADDI, T2, T2, 0, 5);
    rest(a);
}

/* Aligned, across half-words and across words. */
static void memory(struct assembler *a)
{
    static const enum rv_op stores[] = {RV_SB, RV_SH, RV_SW, RV_SD};
    static const enum rv_op loads[] = {RV_LB, RV_LBU, RV_LH, RV_LHU, RV_LW, RV_LWU, RV_LD};
    static const int64_t offsets[] = {0, 3, 6, 13};
    for (size_t k = 0; k < sizeof offsets / sizeof offsets[0]; k++) {
        for (size_t i = 0; i < sizeof stores / sizeof stores[0]; i++) {
            emit(a, stores[i], 0, S0, T0, offsets[k] + 32 * (int64_t)i);
            rest(a);
        }
        for (size_t i = 0; i < 4 * sizeof loads / sizeof loads[0]; i++) {
            emit(a, loads[i / 4], T2, S0, 0, offsets[k] + 32 * (int64_t)(i % 4));
            emit(a, RV_XOR, S1, S1, T2, 0);
            rest(a);
        }
    }
    for (enum rv_op op = RV_LR_W; op <= RV_AMOMAXU_D; op++) {
        emit(a, op, T2, S0, op == RV_LR_W || op == RV_LR_D ? 0 : T1, 0);
        emit(a, RV_XOR, S1, S1, T2, 0);
        emit(a, RV_LD, T2, S0, 0, 0);
        emit(a, RV_XOR, S1, S1, T2, 0);
        rest(a);
    }
}

static void control(struct assembler *a)
{
    for (enum rv_op op = RV_BEQ; op <= RV_BGEU; op++) {
        for (int order = 0; order < 2; order++) { /* taken and not */
            emit(a, op, 0, order == 0 ? T0 : T1, order == 0 ? T1 : T0, 8);
            emit(a, RV_ADDI, T6, T6, 0, 3);
            rest(a);
        }
        emit(a, op, 0, T0, 0, 8);
        rest(a);
    }
    emit(a, RV_JAL, 0, 0, 0, 8);
    rest(a);
    emit(a, RV_JAL, 1, 0, 0, 8);
    rest(a);
    emit(a, RV_AUIPC, T2, 0, 0, 0);
    emit(a, RV_JALR, 1, T2, 0, 12);
    rest(a);
    rest(a);
}

static struct gn_buffer program(void)
{
    struct assembler a = {0};
    emit_constant(&a, T0, 0x8123456789abcdef);
    emit_constant(&a, T1, 0x0000000300000007);
    emit_constant(&a, S0, DATA);
    operations(&a);
    memory(&a);
    control(&a);
    emit(&a, RV_SD, 0, S0, S1, 0);
    emit_write(&a, 0, 13);
    emit_exit(&a, 7);
    struct gn_buffer elf = assembler_elf(&a);
    assembler_free(&a);
    return elf;
}

static struct gn_buffer elf;

static int open_stage(void **state)
{
    static struct errors s;
    struct gn_program *p;
    struct rv_machine m;
    struct gn_error e;
    elf = program();
    if (gn_program_load(&p, elf.data, elf.size, &e) != GN_OK || gn_program_setup(p, NULL, &e) != GN_OK) {
        print_message("%s\n", e.text);
        return 1;
    }
    errors_open(&s, p, NULL, 0, all);
    *state = &s;
    if (gn_riscv_start(&m, p->rv, NULL, 0, &e) != GN_OK ||
        gn_riscv_run(&m, UINT64_MAX, errors_count, &s, &e) != GN_OK) {
        print_message("%s\n", e.text);
        return 1;
    }
    gn_riscv_stop(&m);
    gn_riscv_result_free(&m.result);
    return 0;
}

static int close_stage(void **state)
{
    struct errors *s = *state;
    gn_program_free(s->program);
    gn_buffer_free(&elf);
    errors_close(s);
    return 0;
}

/* ---- tests ---- */

static void without_an_error_it_holds(void **state)
{
    errors_none(*state);
}

/* RISC-V code reaches all of these. */
static void every_instruction_is_executed(void **state)
{
    const struct errors *s = *state;
    for (enum vm_op op = VM_MOVI; op <= VM_AMOLD; op++) {
        if (s->count[op][false] == 0) {
            fail_msg("%s is not executed", gn_vm_op_name(op));
        }
    }
}

static void errors_in_user_code(void **state)
{
    struct errors *s = *state;
    for (enum vm_op op = 0; op < VM_OPS; op++) {
        errors_in_all_ways(s, op, false);
    }
    print_message("%u errors, %u named by the row checker, %u proofs rejected\n", s->errors, s->checked, s->rejected);
    assert_int_equal(s->unnoticed, 0);
    assert_int_equal(s->harmless, 0);
    assert_int_equal(s->checked, s->errors);
    assert_true(s->rejected > s->errors / 4);
}

static void errors_in_the_kernel(void **state)
{
    struct errors *s = *state;
    unsigned before = s->errors;
    for (enum vm_op op = 0; op < VM_OPS; op++) {
        errors_in_all_ways(s, op, true);
    }
    /* words of its stack that it never reads again */
    print_message("%u errors, %u of them harmless\n", s->errors - before, s->harmless);
    assert_int_equal(s->unnoticed, 0);
    assert_true(s->harmless <= 3);
}

int main(int argc, char **argv)
{
    all = argc > 1 && strcmp(argv[1], "long") == 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_an_error_it_holds),
        cmocka_unit_test(every_instruction_is_executed),
        cmocka_unit_test(errors_in_user_code),
        cmocka_unit_test(errors_in_the_kernel),
    };
    return cmocka_run_group_tests(tests, open_stage, close_stage);
}
