/* SPDX-License-Identifier: Apache-2.0 */
/* The instructions that only kernels have, from words of text to rows. */
#include "cm.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "riscv/kernel.h"

enum { CUSTOM_0 = 0x0b, K = VM_REG_KERNEL };

static uint32_t word(uint32_t funct7, uint32_t rs2, uint32_t rs1, uint32_t funct3, uint32_t rd)
{
    return funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | CUSTOM_0;
}

/* The row of a kernel whose only instruction the word is. */
static struct vm_insn row_of(uint32_t w)
{
    uint8_t text[4];
    store_le32(text, w);
    const struct rv_kernel_segment segment = {RV_KERNEL_TEXT, VM_KERNEL_TEXT, sizeof text, text, sizeof text};
    const struct rv_kernel kernel = {"test", VM_KERNEL_TEXT, &segment, 1};
    struct vm_program core = {.rows = calloc(1, sizeof *core.rows),
                              .pc_of_row = calloc(1, sizeof *core.pc_of_row),
                              .first_of_insn = calloc(1, 1),
                              .rows_n = 1,
                              .text_base = VM_USER_TEXT};
    assert_true(core.rows != NULL && core.pc_of_row != NULL && core.first_of_insn != NULL);
    core.rows[0].op = VM_ECALL;
    core.pc_of_row[0] = VM_USER_TEXT;
    core.first_of_insn[0] = 1;
    struct gn_error err;
    if (gn_riscv_kernel_join(&core, &kernel, &err) != GN_OK) {
        fail_msg("%s", err.text);
    }
    struct vm_insn row = core.rows[1];
    free(core.rows);
    free(core.pc_of_row);
    free(core.first_of_insn);
    free(core.kernel_row_of_halfword);
    return row;
}

static void assert_row(uint32_t w, unsigned op, unsigned rd, unsigned ra, unsigned rb)
{
    struct vm_insn row = row_of(w);
    assert_int_equal(row.op, op);
    if (op != VM_FAULT) {
        assert_int_equal(row.rd, rd);
        assert_int_equal(row.ra, ra);
        assert_int_equal(row.rb, rb);
    }
}

static void bulk_instructions(void **state)
{
    (void)state;
    assert_row(word(0, 12, 11, 3, 10), VM_COPY, K + 10, K + 11, K + 12);
    assert_row(word(0, 12, 0, 4, 31), VM_FILL, K + 31, VM_REG_ZERO, K + 12);
    assert_row(word(0, 12, 11, 5, 0), VM_SHA256, VM_REG_ZERO, K + 11, K + 12);
    assert_row(word(0, 0, 11, 6, 0), VM_KECCAK, VM_REG_ZERO, K + 11, VM_REG_ZERO);
    assert_row(word(1, 0, 11, 6, 0), VM_POSEIDON2, VM_REG_ZERO, K + 11, VM_REG_ZERO);
}

/* Fields that an instruction does not have are 0; a copy to x0 is none. */
static void no_instructions(void **state)
{
    (void)state;
    assert_row(word(0, 12, 11, 3, 0), VM_FAULT, 0, 0, 0);
    assert_row(word(0, 12, 11, 4, 0), VM_FAULT, 0, 0, 0);
    assert_row(word(0, 12, 11, 5, 1), VM_FAULT, 0, 0, 0);
    assert_row(word(0, 0, 11, 6, 1), VM_FAULT, 0, 0, 0);
    assert_row(word(0, 1, 11, 6, 0), VM_FAULT, 0, 0, 0);
    assert_row(word(1, 0, 11, 6, 1), VM_FAULT, 0, 0, 0);
    assert_row(word(1, 1, 11, 6, 0), VM_FAULT, 0, 0, 0);
    for (uint32_t funct3 = 3; funct3 < 7; funct3++) {
        assert_row(word(funct3 == 6 ? 2 : 1, 0, 11, funct3, funct3 < 5), VM_FAULT, 0, 0, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bulk_instructions),
        cmocka_unit_test(no_instructions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
