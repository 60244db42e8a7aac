/* SPDX-License-Identifier: Apache-2.0 */
/* An executor that errs (errors.h) under Solana programs: programs that execute every operation of sBPF's versions 2 and 3, and the kernel that serves them. */
#include "cm.h"

#include <stdlib.h>
#include <string.h>

#include "sbpf/opcodes.h"
#include "svm/kernel_input.h"
#include "vectors/builder.h"
#include "vm/isa.h"
#include "zkvm/errors.h"

static bool all; /* `solana_faulty long` */

/* r1 operand and result, r2 operand, r6 counts, r7 sums up, r8 first operands, r9 heap */
enum { R1 = 1, R2, R6 = 6, R7, R8, R9, ADD_IMM = 0x07, ADD = 0x0f, MOV_IMM = 0xb7, MOV = 0xbf, LSH_IMM = 0x67 };

/* What may be skipped: an error in `next` goes on behind it. */
static void rest(struct gn_buffer *text)
{
    put_insn(text, ADD_IMM, R6, 0, 0, 1);
    put_insn(text, ADD_IMM, R6, 0, 0, 1);
}

static int64_t immediate(const struct sbpf_op *op)
{
    return op->check == SBPF_CHECK_ENDIAN                                       ? 32
           : op->check == SBPF_CHECK_SHIFT32 || op->check == SBPF_CHECK_SHIFT64 ? 13
                                                                                : 1234;
}

static void sum_up(struct gn_buffer *text)
{
    put_insn(text, ADD, R7, R1, 0, 0);
}

/* what a store has left in two words */
static void look(struct gn_buffer *text, enum sbpf_version version)
{
    unsigned load = 0;
    while (gn_sbpf_op(version, (uint8_t)load) == NULL || gn_sbpf_op(version, (uint8_t)load)->core != VM_LD) {
        load++;
    }
    for (int at = 8; at <= 16; at += 8) {
        put_insn(text, load, R1, R9, at, 0);
        sum_up(text);
    }
}

static void operation(struct gn_buffer *text, enum sbpf_version version, unsigned opcode, const struct sbpf_op *op)
{
    switch (op->format) {
    case SBPF_FORMAT_DI:
    case SBPF_FORMAT_DS:
    case SBPF_FORMAT_D:
    case SBPF_FORMAT_ENDIAN:
        put_insn(text, opcode, R1, op->format == SBPF_FORMAT_DS ? R2 : 0, 0,
                 op->format == SBPF_FORMAT_DS || op->format == SBPF_FORMAT_D ? 0 : immediate(op));
        break;
    case SBPF_FORMAT_LDX:
        put_insn(text, opcode, R1, R9, 8, 0);
        break;
    case SBPF_FORMAT_ST:
        put_insn(text, opcode, R9, 0, 13, 1234); /* across words */
        look(text, version);
        break;
    case SBPF_FORMAT_STX:
        put_insn(text, opcode, R9, R2, 8, 0);
        look(text, version);
        break;
    case SBPF_FORMAT_JA:
    case SBPF_FORMAT_JI:
    case SBPF_FORMAT_JS:
        put_insn(text, opcode, R1, op->format == SBPF_FORMAT_JS ? R2 : 0, 1, op->format == SBPF_FORMAT_JI ? 1234 : 0);
        put_insn(text, ADD_IMM, R6, 0, 0, 3);
        break;
    default: /* lddw, calls, exit: below */
        return;
    }
    sum_up(text);
    rest(text);
    put_insn(text, MOV, R1, R8, 0, 0);
}

static struct gn_buffer program(enum sbpf_version version)
{
    struct gn_buffer text = {0}, rodata = {0}, file;
    static const char ro[8] = "rodata.";
    gn_buffer_append(&rodata, ro, sizeof ro);
    put_insn(&text, MOV_IMM, R8, 0, 0, 0x1234567);
    put_insn(&text, LSH_IMM, R8, 0, 0, 30);
    put_insn(&text, ADD_IMM, R8, 0, 0, 0x7654321);
    put_insn(&text, MOV, R1, R8, 0, 0);
    put_insn(&text, MOV_IMM, R2, 0, 0, 7);
    put_insn(&text, MOV_IMM, R9, 0, 0, 3);
    put_insn(&text, LSH_IMM, R9, 0, 0, 32);
    for (unsigned i = 0; i < 3 * 256; i++) { /* three times, with other operands */
        const struct sbpf_op *op = gn_sbpf_op(version, (uint8_t)i);
        if (op != NULL) {
            operation(&text, version, i % 256, op);
        }
        if (i % 256 == 255) {
            put_insn(&text, ADD_IMM, R8, 0, 0, -0x7000000);
            put_insn(&text, MOV_IMM, R2, 0, 0, -3);
        }
    }
    if (version >= SBPF_V3) { /* a call, and a system call; the sum is returned */
        put_insn(&text, 0x85, 0, 1, 0, 5);
        put_insn(&text, 0x7b, R9, R7, 0, 0);
        put_insn(&text, MOV, R1, R9, 0, 0);
        put_insn(&text, MOV_IMM, R2, 0, 0, 8);
        put_insn(&text, 0x85, 0, 0, 0, 0xa226d3eb); /* sol_set_return_data */
        put_insn(&text, 0x05, 0, 0, 4, 0);
        put_insn(&text, ADD_IMM, R7, 0, 0, 5);
        rest(&text);
        PUT_EXIT(&text);
    }
    put_insn(&text, MOV_IMM, 0, 0, 0, 0);
    PUT_EXIT(&text);
    const struct build b = {.version = version, .text = &text, .rodata = &rodata};
    file = version >= SBPF_V3 ? build_strict(&b) : build_lenient(&b).file;
    gn_buffer_free(&text);
    gn_buffer_free(&rodata);
    return file;
}

/* ---- stages ---- */
static struct gn_buffer input;

static void make_input(void)
{
    static const uint8_t data[] = "eleven byte";
    const struct svm_key own = {{1}}, id = {{3}};
    const struct svm_account account = {
        .key = own, .owner = id, .lamports = 5, .data = {data, sizeof data}, .writable = true};
    struct svm_input in = gn_svm_input_default();
    in.accounts = &account;
    in.accounts_n = 1;
    in.program_id = id;
    gn_svm_kernel_input(&input, &in, false, NULL, 0);
}

static void open_version(struct errors *e, enum sbpf_version version)
{
    struct gn_buffer elf = program(version);
    struct gn_program *p;
    struct solana_machine m;
    struct gn_error err;
    uint8_t y[32];
    if (gn_program_load(&p, elf.data, elf.size, &err) != GN_OK || gn_program_setup(p, NULL, &err) != GN_OK) {
        fail_msg("%s", err.text);
    }
    errors_open(e, p, input.data, input.size, all);
    if (gn_solana_start(&m, p->solana, input.data, input.size, &err) != GN_OK ||
        gn_solana_run(&m, UINT64_MAX, errors_count, e, y, &err) != SOLANA_HALTED) {
        fail_msg("%s", err.text);
    }
    gn_solana_stop(&m);
    gn_buffer_free(&elf);
    errors_none(e);
}

static void close_version(struct errors *e)
{
    gn_program_free(e->program);
    errors_close(e);
}

/* ---- tests ---- */
static void errors_of(enum sbpf_version version, bool in_kernel, unsigned harmless)
{
    struct errors e;
    open_version(&e, version);
    for (enum vm_op op = 0; op < VM_OPS; op++) {
        errors_in_all_ways(&e, op, in_kernel);
    }
    print_message("%u errors, %u refused before a proof, %u proofs rejected, %u harmless\n", e.errors, e.checked,
                  e.rejected, e.harmless);
    assert_true(e.errors > 60);
    assert_int_equal(e.unnoticed, 0);
    assert_true(e.harmless <= harmless);
    close_version(&e);
}

static void version_2(void **state)
{
    (void)state;
    errors_of(SBPF_V2, false, 0);
}

static void version_3(void **state)
{
    (void)state;
    errors_of(SBPF_V3, false, 0);
}

static void kernel(void **state)
{
    (void)state;
    errors_of(SBPF_V3, true, 3);
}

static void every_operation_is_executed(void **state)
{
    (void)state;
    struct errors two, three;
    open_version(&two, SBPF_V2);
    open_version(&three, SBPF_V3);
    for (enum sbpf_version v = SBPF_V2; v <= SBPF_V3; v++) {
        for (unsigned opcode = 0; opcode < 256; opcode++) {
            const struct sbpf_op *op = gn_sbpf_op(v, (uint8_t)opcode);
            bool counts = op != NULL && op->core < VM_OPS && op->core != VM_CALLX;
            if (counts && two.count[op->core][0] + three.count[op->core][0] == 0) {
                fail_msg("%s (%s) is not executed", op->mnemonic, gn_vm_op_name(op->core));
            }
        }
    }
    close_version(&two);
    close_version(&three);
}

int main(int argc, char **argv)
{
    all = argc > 1 && strcmp(argv[1], "long") == 0;
    make_input();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_is_executed),
        cmocka_unit_test(version_2),
        cmocka_unit_test(version_3),
        cmocka_unit_test(kernel),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    gn_buffer_free(&input);
    return failed;
}
