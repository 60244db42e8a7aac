/* SPDX-License-Identifier: Apache-2.0 */
/* vm_isa_test.c - names, core instructions as text, and every way in which a program can break the executor's contract. */
#include "vm_fixture.h"

#include <ctype.h>

#include "vm/isa.h"

static void assert_text(struct vm_insn insn, const char *wanted)
{
    char out[96], cut[96];
    assert_int_equal(gn_vm_format(out, sizeof out, &insn), strlen(wanted));
    assert_string_equal(out, wanted);
    for (size_t n = 0; n <= strlen(wanted) + 1; n++) {
        memset(cut, '#', sizeof cut);
        assert_int_equal(gn_vm_format(cut, n, &insn), strlen(wanted));
        assert_int_equal(cut[n], '#');
        if (n > 0) {
            assert_int_equal(strlen(cut), n - 1 < strlen(wanted) ? n - 1 : strlen(wanted));
            assert_memory_equal(cut, wanted, strlen(cut));
        }
    }
}

static void test_format(void **state)
{
    (void)state;
    assert_text((struct vm_insn){.op = VM_MOVI, .rd = 5, .imm = 0x80000000}, "movi x5, 0x80000000");
    assert_text((struct vm_insn){.op = VM_MOVI, .rd = VM_REG_SINK, .imm = (uint64_t)-65536}, "movi sink, -65536");
    assert_text((struct vm_insn){.op = VM_MOVI, .rd = 5, .imm = (uint64_t)-65537}, "movi x5, 0xfffffffffffeffff");
    assert_text((struct vm_insn){.op = VM_MOVI, .rd = 5, .imm = 65536}, "movi x5, 65536");
    assert_text((struct vm_insn){.op = VM_MOV, .rd = 31, .ra = VM_REG_ZERO}, "mov x31, zero");
    assert_text((struct vm_insn){.op = VM_ADD, .rd = 5, .ra = 6, .rb = 7}, "add x5, x6, x7");
    assert_text((struct vm_insn){.op = VM_SRAIW, .rd = 5, .ra = 6, .imm = 31}, "sraiw x5, x6, 31");
    assert_text((struct vm_insn){.op = VM_BGEU, .ra = 5, .rb = 6, .target = 12}, "bgeu x5, x6, @12");
    assert_text((struct vm_insn){.op = VM_J, .target = VM_NO_ROW}, "j @none");
    assert_text((struct vm_insn){.op = VM_JAL, .rd = 1, .imm = 0x80000004, .target = 0}, "jal x1, 0x80000004, @0");
    assert_text((struct vm_insn){.op = VM_JALR, .rd = 1, .ra = 5, .imm = (uint64_t)-4, .link = 0x80000004},
                "jalr x1, -4(x5), link 0x80000004");
    assert_text((struct vm_insn){.op = VM_LWU, .rd = 5, .ra = 2, .imm = 8}, "lwu x5, 8(x2)");
    assert_text((struct vm_insn){.op = VM_SB, .ra = 2, .rb = 5, .imm = (uint64_t)-8}, "sb x5, -8(x2)");
    assert_text((struct vm_insn){.op = VM_AMOLD, .rd = VM_REG_HIDDEN, .ra = 5}, "amold hidden, 0(x5)");
    assert_text((struct vm_insn){.op = VM_SUB, .rd = VM_REG_HIDDEN2, .ra = VM_REG_RESERVED, .rb = 63},
                "sub hidden2, reserved, r63");
    assert_text((struct vm_insn){.op = VM_RESUME, .rd = VM_REG_KERNEL + 10, .ra = 95}, "resume k10, k31");
    assert_text((struct vm_insn){.op = VM_OUT, .ra = VM_REG_TRAP, .rb = VM_REG_FRAME}, "out trap, frame");
    assert_text((struct vm_insn){.op = VM_ECALL}, "ecall");
    assert_text((struct vm_insn){.op = VM_SYSCALL, .imm = 0xb6fc1a11}, "syscall 0xb6fc1a11");
    assert_text((struct vm_insn){.op = VM_SHI, .ra = 11, .imm = (uint64_t)-8, .link = 300}, "shi 300, -8(x11)");
    assert_text((struct vm_insn){.op = VM_BLTUI, .ra = 5, .imm = 7, .target = 12}, "bltui x5, 7, @12");
    assert_text((struct vm_insn){.op = VM_CALL, .rd = VM_REG_R10, .imm = 8192, .target = 3}, "call x11, 8192, @3");
    assert_text((struct vm_insn){.op = VM_EXIT}, "exit");
    assert_text((struct vm_insn){.op = VM_MOV, .rd = 1, .ra = VM_REG_FRAME}, "mov x1, frame");
    assert_text((struct vm_insn){.op = VM_FAULT, .imm = VM_FAULT_BREAKPOINT}, "fault breakpoint");
    assert_text((struct vm_insn){.op = VM_FAULT, .imm = VM_FAULTS}, "fault ?");
    assert_text((struct vm_insn){.op = 255, .rd = 255}, "?");
}

/* Whatever is in a row, its text is short and printable. */
static void test_format_of_anything(void **state)
{
    (void)state;
    for (unsigned op = 0; op < 256; op++) {
        struct vm_insn insn = {.op = (uint8_t)op,
                               .rd = 255,
                               .ra = 200,
                               .rb = 255,
                               .imm = UINT64_MAX / 3,
                               .link = UINT64_MAX / 3,
                               .target = 4000000000};
        char out[160];
        size_t n = gn_vm_format(out, sizeof out, &insn);
        assert_true(n > 0 && n < 80 && out[n] == 0);
        for (size_t i = 0; i < n; i++) {
            assert_true(isprint((unsigned char)out[i]) && out[i] != '"' && out[i] != '\\');
        }
    }
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(gn_vm_op_name(VM_MULHSU), "MULHSU");
    assert_string_equal(gn_vm_op_machine(VM_ECALL), "ecall");
    assert_string_equal(gn_vm_op_effect(VM_ADD), "d = a + b");
    assert_string_equal(gn_vm_op_name(VM_OPS), "?");
    assert_string_equal(gn_vm_op_effect((enum vm_op)1000), "?");
    assert_string_equal(gn_vm_fault_name(VM_FAULTS), "?");
    for (unsigned i = 0; i < VM_FAULTS; i++) {
        assert_non_null(gn_vm_fault_name((enum vm_fault)i));
    }
    for (unsigned i = 0; i < VM_OPS; i++) {
        for (unsigned j = 0; j < i; j++) {
            assert_string_not_equal(gn_vm_op_name((enum vm_op)i), gn_vm_op_name((enum vm_op)j));
        }
        assert_true(gn_vm_op_form((enum vm_op)i) < VM_FORMS);
    }
}

/* ---- gn_vm_program_check ---- */
static struct guest sound;

static void make_sound(void)
{
    guest_init(&sound, NULL);
    guest_row(&sound, (struct vm_insn){.op = VM_LAD, .rd = 7, .ra = 5});
    guest_row(&sound, (struct vm_insn){.op = VM_BEQ, .ra = 5, .rb = 6, .target = VM_NO_ROW});
    guest_row(&sound, (struct vm_insn){.op = VM_ADD, .rd = VM_REG_SINK, .ra = VM_REG_ZERO, .rb = 6});
    guest_row(&sound, (struct vm_insn){.op = VM_FAULT, .rd = VM_REG_SINK, .imm = VM_FAULT_PC});
    guest_end(&sound);
    sound.rows[3].next = VM_NO_ROW; /* nothing follows a fault */
}

static void assert_check(enum gn_status wanted, const char *text)
{
    struct gn_error err = {0};
    assert_int_equal(gn_vm_program_check(&sound.program, &err), wanted);
    if (wanted != GN_OK && strstr(err.text, text) == NULL) {
        fail_msg("\"%s\" does not speak of \"%s\"", err.text, text);
    }
}

static void test_sound_program(void **state)
{
    (void)state;
    make_sound();
    assert_check(GN_OK, "");
    sound.rows[1].target = 0;
    assert_check(GN_OK, "");
    sound.rows[2].ra = VM_REGS - 1;
    assert_check(GN_OK, "");
}

#define UNSOUND(what, text)              \
    do {                                 \
        make_sound();                    \
        what;                            \
        assert_check(GN_INTERNAL, text); \
    } while (0)

static void test_unsound_programs(void **state)
{
    (void)state;
    UNSOUND(sound.rows[2].op = VM_OPS, "operation");
    UNSOUND(sound.rows[2].op = 255, "operation");
    UNSOUND((sound.rows[1] = (struct vm_insn){.op = VM_CALL, .rd = VM_REG_R10, .target = VM_NO_ROW, .next = 2}),
            "nowhere");
    UNSOUND((sound.rows[1] = (struct vm_insn){.op = VM_CALL, .rd = 1, .target = 0, .next = 2}), "r10");
    UNSOUND((sound.rows[1] = (struct vm_insn){.op = VM_CALLX, .rd = 1, .ra = 1, .next = 2}), "r10");
    UNSOUND(sound.rows[2].rd = 0, "rd");
    UNSOUND(sound.rows[2].rd = VM_REGS, "rd");
    UNSOUND(sound.rows[2].rd = VM_REG_ZERO, "rd");
    UNSOUND(sound.rows[2].ra = 0, "ra or rb");
    UNSOUND(sound.rows[2].rb = VM_REG_SINK, "ra or rb");
    UNSOUND(sound.rows[2].rb = VM_REGS, "ra or rb");
    UNSOUND(sound.rows[1].ra = 255, "ra or rb");
    UNSOUND(sound.rows[1].target = 5, "target");
    UNSOUND(sound.rows[1].next = 5, "next");
    UNSOUND(sound.rows[4].next = VM_NO_ROW, "next"); /* the ECALL */
    UNSOUND(sound.rows[0].imm = 8, "offset");
    UNSOUND(sound.first_of_insn[2] = 2, "first_of_insn");
    UNSOUND(sound.program.entry_row = 5, "entry");
    UNSOUND(sound.program.entry_row = VM_NO_ROW, "entry");
    UNSOUND(sound.first_of_insn[0] = 0, "entry");
    UNSOUND(sound.program.rows_n = 0, "entry");
    UNSOUND(sound.row_of_halfword[2] = 5, "pc 0x80000004");
    UNSOUND(sound.first_of_insn[2] = 0, "pc 0x80000008");
    UNSOUND(sound.program.text_base++, "bounds");
    UNSOUND(sound.program.text_size++, "bounds");
    UNSOUND(sound.program.text_base = UINT64_MAX - 5, "bounds");
    UNSOUND(sound.program.text_base = TEXT - 2, "bounds");
    UNSOUND(sound.program.text_base = TEXT + VM_TEXT_SPAN - 2, "bounds");
}

static void test_long_instructions(void **state)
{
    (void)state;
    for (unsigned rows = VM_STEP_ROWS; rows <= VM_STEP_ROWS + 1; rows++) {
        guest_init(&sound, NULL);
        guest_row(&sound, (struct vm_insn){.op = VM_MOVI, .rd = 1});
        for (unsigned i = 1; i < rows; i++) {
            guest_micro_row(&sound, (struct vm_insn){.op = VM_MOVI, .rd = 1});
        }
        uint32_t last = guest_row(&sound, (struct vm_insn){.op = VM_ECALL});
        sound.rows[last].next = last;
        assert_check(rows == VM_STEP_ROWS ? GN_OK : GN_INTERNAL, "too many rows");
    }
    /* rows that never end */
    make_sound();
    sound.row_of_halfword[4] = VM_NO_ROW;
    sound.first_of_insn[2] = 0;
    sound.rows[2].next = 2;
    assert_check(GN_INTERNAL, "too many rows");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_format_of_anything),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_sound_program),
        cmocka_unit_test(test_unsound_programs),
        cmocka_unit_test(test_long_instructions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
