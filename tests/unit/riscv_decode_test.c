/* SPDX-License-Identifier: Apache-2.0 */
/* riscv_decode_test.c - the table and what is derived from it; that encodings mean what they should is the comparison
 * with LLVM (tests/differential). */
#include <stdio.h>
#include <string.h>

#include "cm.h"
#include "riscv/decode.h"

/* no word matches two entries, and match has no bit outside of mask */
static void table_is_disjoint(void **state)
{
    (void)state;
    for (unsigned a = RV_ILLEGAL + 1; a < RV_OPS; a++) {
        const struct rv_encoding *x = &gn_rv_encodings[a];
        assert_int_equal(x->match & ~x->mask, 0);
        assert_int_equal(x->match & 3, 3);
        for (unsigned b = a + 1; b < RV_OPS; b++) {
            const struct rv_encoding *y = &gn_rv_encodings[b];
            assert_true((x->match ^ y->match) & x->mask & y->mask);
        }
    }
}

static void encode_inverts_decode(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (unsigned op = RV_ILLEGAL + 1; op < RV_OPS; op++) {
        const struct rv_encoding *e = &gn_rv_encodings[op];
        for (int i = 0; i < 1000; i++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
            uint32_t word = e->match | ((uint32_t)(seed >> 32) & ~e->mask);
            if (op == RV_FENCE || op == RV_FENCE_I) {
                word &= op == RV_FENCE ? 0xfff0707f : 0x0000707f; /* the rest is ignored */
            }
            struct rv_insn insn;
            assert_true(gn_rv_decode(&insn, word));
            assert_int_equal(insn.op, op);
            assert_int_equal(insn.length, 4);
            assert_int_equal(gn_rv_encode(&insn), word);
        }
    }
}

/* low bits 11111: instructions of 48 bits and more; all are illegal and one halfword, whatever the other bits are */
static void long_instructions_are_illegal(void **state)
{
    (void)state;
    for (uint32_t upper = 0; upper < 1 << 16; upper++) {
        for (uint32_t low = 0x1f; low < 0x80; low += 0x20) {
            struct rv_insn insn;
            assert_false(gn_rv_decode(&insn, upper * 0x9e3779b1u << 7 | low));
            assert_int_equal(insn.op, RV_ILLEGAL);
            assert_int_equal(insn.length, 2);
        }
    }
}

static void halfwords_ignore_what_follows(void **state)
{
    (void)state;
    for (uint32_t h = 0; h < 0x10000; h++) {
        struct rv_insn a, b;
        if ((h & 3) != 3) {
            assert_int_equal(gn_rv_decode(&a, h), gn_rv_decode(&b, h | 0xdead0000));
            assert_memory_equal(&a, &b, sizeof a);
            assert_int_equal(a.length, 2);
            assert_true(a.rd < 32 && a.rs1 < 32 && a.rs2 < 32);
        }
    }
}

static const struct {
    uint32_t word;
    const char *text;
} texts[] = {
    {0x00458513, "addi a0, a1, 4"},
    {0x80058513, "addi a0, a1, -2048"},
    {0x12345537, "lui a0, 74565"},
    {0xfffff517, "auipc a0, 1048575"},
    {0xff1ff06f, "jal zero, 0x7ffffff0"},
    {0x00b50463, "beq a0, a1, 0x80000008"},
    {0x00c5b503, "ld a0, 12(a1)"},
    {0xfea5bc23, "sd a0, -8(a1)"},
    {0x00008067, "jalr zero, 0(ra)"},
    {0x43f5d513, "srai a0, a1, 63"},
    {0x1eb6252f, "sc.w.aqrl a0, a1, (a2)"},
    {0x0ff0000f, "fence iorw, iorw"},
    {0x8330000f, "fence.tso"},
    {0x0000100f, "fence.i"},
    {0xf1202573, "csrr a0, marchid"},
    {0x0001, "addi zero, zero, 0"},
    {0x8082, "jalr zero, 0(ra)"},
    {0x852e, "add a0, zero, a1"},
    {0x0000, "unknown"},
    {0x1141, "addi sp, sp, -16"},
    {0x6785, "lui a5, 1"},
};

static void texts_are_these(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[64];
        struct rv_insn insn;
        gn_rv_decode(&insn, texts[i].word);
        assert_int_equal(gn_rv_format(text, sizeof text, &insn, 0x80000000), strlen(texts[i].text));
        assert_string_equal(text, texts[i].text);
        assert_int_equal(gn_rv_format(text, 3, &insn, 0x80000000), strlen(texts[i].text)); /* cut off, terminated */
        assert_int_equal(strlen(text), 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_is_disjoint),
        cmocka_unit_test(encode_inverts_decode),
        cmocka_unit_test(long_instructions_are_illegal),
        cmocka_unit_test(halfwords_ignore_what_follows),
        cmocka_unit_test(texts_are_these),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
