/* SPDX-License-Identifier: Apache-2.0 */
/* sbpf_verify_test.c - every verdict of the verifier, for every version, and what it lets pass. */
#include <stdio.h>
#include <string.h>

#include "cm.h"
#include "sbpf/opcodes.h"
#include "vectors/builder.h"

static const char *verdict_of(enum sbpf_version version, struct gn_buffer *text)
{
    static struct gn_error err;
    struct sbpf_program *p = bare_program(version, text);
    assert_non_null(p);
    err.text[0] = 0;
    enum gn_status status = gn_sbpf_verify(p, &err);
    assert_true(status == GN_OK || status == GN_BAD_INPUT);
    assert_true((status == GN_OK) == (err.text[0] == 0));
    gn_sbpf_free(p);
    gn_buffer_free(text);
    *text = (struct gn_buffer){0};
    return err.text;
}

/* the verdict begins with `wanted` and ": "; "" is acceptance */
static void assert_verdict(enum sbpf_version version, struct gn_buffer *text, const char *wanted)
{
    const char *got = verdict_of(version, text);
    size_t n = strlen(wanted);
    if (strncmp(got, wanted, n) != 0 || (n > 0 && strncmp(got + n, ": ", 2) != 0) || (n == 0 && got[0] != 0)) {
        fail_msg("version %d: \"%s\" where \"%s\" was wanted", version, got, wanted);
    }
}

/* one instruction and an exit behind it */
static void assert_one(enum sbpf_version version, unsigned opcode, unsigned dst, unsigned src, int off, int64_t imm,
                       const char *wanted)
{
    struct gn_buffer text = {0};
    put_insn(&text, opcode, dst, src, off, imm);
    PUT_EXIT(&text);
    assert_verdict(version, &text, wanted);
}

/* Which operations a version has: as sets, written down once more. */
static const char all_versions[] =
    "04 0c 14 1c 44 4c 54 5c 64 6c 74 7c a4 ac b4 bc c4 cc dc 07 0f 17 1f 47 4f 57 5f 67 6f 77 7f a7 af b7 bf c7 cf "
    "05 15 1d 25 2d 35 3d 45 4d 55 5d 65 6d 75 7d a5 ad b5 bd c5 cd d5 dd 85 8d 95 27 2f 37 3f 87 97 9f 2c 3c 9c";
static const char not_version_2[] = "24 34 84 94 d4 18 71 69 61 79 72 6a 62 7a 73 6b 63 7b";
static const char version_2[] = "f7 86 8e 96 9e 36 3e b6 be 46 4e 56 5e 66 6e 76 7e c6 ce d6 de e6 ee f6 fe 8c 8f";
static const char from_version_3[] = "16 1e 26 2e 36 3e 46 4e 56 5e 66 6e 76 7e a6 ae b6 be c6 ce d6 de";

static bool listed(const char *set, unsigned opcode)
{
    char text[3];
    snprintf(text, sizeof text, "%02x", opcode);
    return strstr(set, text) != NULL;
}

static void test_operations(void **state)
{
    (void)state;
    for (unsigned version = SBPF_V0; version <= SBPF_V4; version++) {
        for (unsigned opcode = 0; opcode < 256; opcode++) {
            bool has = listed(all_versions, opcode) || (version != SBPF_V2 && listed(not_version_2, opcode)) ||
                       (version == SBPF_V2 && listed(version_2, opcode)) ||
                       (version >= SBPF_V3 && listed(from_version_3, opcode));
            struct gn_buffer text = {0};
            char unknown[40];
            put_insn(&text, 0xb7, 0, 0, 0, 0);
            put_insn(&text, opcode, 0, 0, 0, 16); /* a good constant for all, but callx's register */
            put_insn(&text, 0x95, 0, 0, 0, 0);
            if (opcode == 0x18) {
                text.data[16] = 0; /* the second slot */
            }
            if (opcode == 0x8d) {
                text.data[12] = 0;
            }
            snprintf(unknown, sizeof unknown, "UnknownOpCode(%u, 1)", opcode);
            assert_verdict((enum sbpf_version)version, &text, has ? "" : unknown);
        }
    }
}

static void test_length(void **state)
{
    (void)state;
    struct gn_buffer text = {0};
    assert_verdict(SBPF_V0, &text, "NoProgram");
    put_insn(&text, 0x95, 0, 0, 0, 0);
    text.size = 7;
    assert_verdict(SBPF_V0, &text, "ProgramLengthNotMultiple");
    put_insn(&text, 0x95, 0, 0, 0, 0);
    gn_buffer_append(&text, "", 1);
    assert_verdict(SBPF_V3, &text, "ProgramLengthNotMultiple");
    put_insn(&text, 0xb7, 0, 0, 0, 0); /* text need not end with an exit */
    assert_verdict(SBPF_V3, &text, "");
}

static void test_wide_constants(void **state)
{
    (void)state;
    struct gn_buffer text = {0};
    put_insn(&text, 0x18, 0, 0, 0, 1);
    assert_verdict(SBPF_V0, &text, "LDDWCannotBeLast");
    assert_one(SBPF_V0, 0x18, 0, 0, 0, 1, "IncompleteLDDW(0)");
    put_insn(&text, 0x18, 0, 0, 0, 1);
    put_insn(&text, 0, 15, 15, -1, 7); /* only the operation of the second slot counts */
    assert_verdict(SBPF_V0, &text, "");
}

static void test_constants(void **state)
{
    (void)state;
    static const uint8_t divisions[] = {0x34, 0x37, 0x94, 0x97},
                         divisions_2[] = {0x46, 0x56, 0x66, 0x76, 0xc6, 0xd6, 0xe6, 0xf6};
    for (unsigned i = 0; i < sizeof divisions; i++) {
        assert_one(SBPF_V0, divisions[i], 1, 0, 0, 0, "DivisionByZero(0)");
        assert_one(SBPF_V0, divisions[i], 1, 0, 0, -1, "");
    }
    for (unsigned i = 0; i < sizeof divisions_2; i++) {
        assert_one(SBPF_V2, divisions_2[i], 1, 0, 0, 0, "DivisionByZero(0)");
        assert_one(SBPF_V2, divisions_2[i], 1, 0, 0, INT32_MIN, "");
    }
    for (unsigned opcode = 0x64; opcode != 0; opcode = opcode == 0x64 ? 0x74 : opcode == 0x74 ? 0xc4 : 0) {
        assert_one(SBPF_V0, opcode, 1, 0, 0, 31, "");
        assert_one(SBPF_V2, opcode, 1, 0, 0, 32, "ShiftWithOverflow(32, 32, 0)");
        assert_one(SBPF_V3, opcode, 1, 0, 0, -1, "ShiftWithOverflow(18446744073709551615, 32, 0)");
        assert_one(SBPF_V0, opcode + 3, 1, 0, 0, 63, "");
        assert_one(SBPF_V3, opcode + 3, 1, 0, 0, 64, "ShiftWithOverflow(64, 64, 0)");
    }
    for (unsigned opcode = 0xd4; opcode <= 0xdc; opcode += 8) {
        for (int imm = -1; imm < 130; imm++) {
            assert_one(SBPF_V0, opcode, 1, 0, 0, imm,
                       imm == 16 || imm == 32 || imm == 64 ? "" : "UnsupportedLEBEArgument(0)");
        }
    }
}

static void test_jumps(void **state)
{
    (void)state;
    assert_one(SBPF_V0, 0x05, 0, 0, -1, 0, "");
    assert_one(SBPF_V0, 0x05, 0, 0, 0, 0, "");
    assert_one(SBPF_V0, 0x05, 0, 0, 1, 0, "JumpOutOfCode(2, 0)");
    assert_one(SBPF_V3, 0xde, 0, 0, -2, 0, "JumpOutOfCode(18446744073709551615, 0)");
    assert_one(SBPF_V2, 0x1d, 0, 0, INT16_MIN, 0, "JumpOutOfCode(18446744073709518849, 0)");
    struct gn_buffer text = {0};
    put_insn(&text, 0x15, 0, 0, 1, 0);
    put_lddw(&text, 0, 0);
    assert_verdict(SBPF_V0, &text, "JumpToMiddleOfLDDW(2, 0)");
    put_lddw(&text, 0, 0);
    put_insn(&text, 0x15, 0, 0, -3, 0);
    assert_verdict(SBPF_V3, &text, "");
}

static void test_callx(void **state)
{
    (void)state;
    for (unsigned r = 0; r < 16; r++) {
        assert_one(SBPF_V0, 0x8d, 0, 0, 0, r, r < 10 ? "" : "InvalidRegister(0)");
        assert_one(SBPF_V1, 0x8d, 0, 0, 0, r, r < 10 ? "" : "InvalidRegister(0)");
        assert_one(SBPF_V2, 0x8d, 0, r, 0, 99, r < 10 ? "" : "InvalidRegister(0)");
        assert_one(SBPF_V3, 0x8d, r, 0, 0, 99, r < 10 ? "" : "InvalidRegister(0)");
    }
    assert_one(SBPF_V0, 0x8d, 0, 0, 0, -1, "InvalidRegister(0)");
    assert_one(SBPF_V0, 0x85, 0, 0, 0, 12345, ""); /* whom a call calls is not looked at */
    assert_one(SBPF_V3, 0x85, 0, 9, 0, 12345, "");
}

static void test_registers(void **state)
{
    (void)state;
    /* all that name a destination, the exit too; the destination's rules after the source's */
    static const uint8_t some[] = {0x0f, 0xb7, 0x1d, 0x05, 0x85, 0x95};
    for (unsigned i = 0; i < sizeof some; i++) {
        assert_one(SBPF_V0, some[i], 0, 10, 0, 0, "");
        assert_one(SBPF_V0, some[i], 0, 11, 0, 0, "InvalidSourceRegister(0)");
        assert_one(SBPF_V0, some[i], 11, 15, 0, 0, "InvalidSourceRegister(0)");
        assert_one(SBPF_V0, some[i], 11, 0, 0, 0, "InvalidDestinationRegister(0)");
        assert_one(SBPF_V0, some[i], 10, 0, 0, 0, "CannotWriteR10(0)");
        assert_one(SBPF_V1, some[i], 10, 0, 0, 0, "CannotWriteR10(0)");
    }
    static const uint8_t stores[] = {0x72, 0x6a, 0x62, 0x7a, 0x73, 0x6b, 0x63, 0x7b},
                         stores_2[] = {0x27, 0x37, 0x87, 0x97, 0x2f, 0x3f, 0x8f, 0x9f};
    for (unsigned i = 0; i < 8; i++) {
        assert_one(SBPF_V0, stores[i], 10, 0, 0, 0, "");
        assert_one(SBPF_V3, stores[i], 10, 0, 0, 0, "");
        assert_one(SBPF_V3, stores[i], 11, 0, 0, 0, "InvalidDestinationRegister(0)");
        assert_one(SBPF_V2, stores_2[i], 10, 0, 0, 0, "");
        /* there they multiply and divide, or are nothing */
        assert_one(SBPF_V1, stores_2[i], 10, 0, 0, 8,
                   stores_2[i] == 0x8f ? "UnknownOpCode(143, 0)" : "CannotWriteR10(0)");
    }
    assert_one(SBPF_V0, 0x07, 10, 0, 0, 64, "CannotWriteR10(0)");
    assert_one(SBPF_V3, 0x07, 10, 0, 0, 64, "CannotWriteR10(0)");
    for (unsigned version = SBPF_V1; version <= SBPF_V2; version++) {
        assert_one((enum sbpf_version)version, 0x07, 10, 0, 0, 64, "");
        assert_one((enum sbpf_version)version, 0x07, 10, 0, 0, -128, "");
        assert_one((enum sbpf_version)version, 0x07, 10, 0, 0, 0, "");
        assert_one((enum sbpf_version)version, 0x07, 10, 0, 0, 63, "UnalignedImmediate(0)");
        assert_one((enum sbpf_version)version, 0x07, 10, 0, 0, -63, "UnalignedImmediate(0)");
        assert_one((enum sbpf_version)version, 0x07, 10, 15, 0, 65, "UnalignedImmediate(0)"); /* before registers */
        assert_one((enum sbpf_version)version, 0x17, 10, 0, 0, 64, "CannotWriteR10(0)");
    }
}

/* Of several faults the first instruction's counts; of one instruction's, the operation's before the registers'. */
static void test_order(void **state)
{
    (void)state;
    struct gn_buffer text = {0};
    put_insn(&text, 0xb7, 11, 0, 0, 0);
    put_insn(&text, 0xff, 0, 0, 0, 0);
    assert_verdict(SBPF_V0, &text, "InvalidDestinationRegister(0)");
    assert_one(SBPF_V0, 0x37, 11, 11, 0, 0, "DivisionByZero(0)");
    assert_one(SBPF_V0, 0xff, 11, 11, 0, 0, "UnknownOpCode(255, 0)");
    assert_one(SBPF_V0, 0x18, 11, 0, 0, 0, "IncompleteLDDW(0)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_operations), cmocka_unit_test(test_length), cmocka_unit_test(test_wide_constants),
        cmocka_unit_test(test_constants),  cmocka_unit_test(test_jumps),  cmocka_unit_test(test_callx),
        cmocka_unit_test(test_registers),  cmocka_unit_test(test_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
