/* SPDX-License-Identifier: Apache-2.0 */
/* sbpf_lower_test.c - what instructions become: core rows and text, for every operation of every version; names of functions and system calls; the description.
 *
 * That the rows compute what they should is what tests/vectors shows. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "cm.h"
#include "kernel/solana/abi.h"
#include "sbpf/opcodes.h"
#include "vectors/builder.h"

/* ---- names ---- */
static void test_hashes(void **state)
{
    (void)state;
    struct sbpf_syscalls syscalls = gn_sbpf_syscalls();
    assert_int_equal(syscalls.n, GN_SOL_SYSCALLS_END - 1);
    for (size_t i = 0; i < syscalls.n; i++) {
        const struct sbpf_syscall *s = &syscalls.list[i];
        assert_int_equal(gn_sbpf_murmur3(s->name, strlen(s->name)), s->hash);
        assert_ptr_equal(gn_sbpf_syscall_find(&syscalls, s->hash), s);
    }
    assert_null(gn_sbpf_syscall_find(&syscalls, 0x174c5122)); /* sol_blake3 */
    assert_int_equal(gn_sbpf_murmur3("entrypoint", 10), SBPF_KEY_ENTRYPOINT);
    assert_int_equal(gn_sbpf_murmur3("", 0), 0);
    assert_int_equal(gn_sbpf_murmur3("a", 1), 0x3c2569b2); /* all lengths mod 4 */
    assert_int_equal(gn_sbpf_murmur3("ab", 2), 0x9bbfd75f);
    assert_int_equal(gn_sbpf_murmur3("abc", 3), 0xb3dd93fa);
    assert_int_equal(gn_sbpf_key_of_slot(0x01020304), gn_sbpf_murmur3("\4\3\2\1\0\0\0\0", 8));
}

static void test_bare(void **state)
{
    (void)state;
    struct gn_buffer text = {0};
    struct sbpf_program *p;
    struct gn_error err;
    struct sbpf_function functions[4] = {{7, 1}, {5, 0}, {7, 1}, {5, 0}};
    PUT_EXIT(&text);
    PUT_EXIT(&text);
    struct sbpf_bare bare = {.text = text.data, .text_n = 16, .functions = functions, .functions_n = 4};
    assert_int_equal(gn_sbpf_load_bare(&p, &bare, &err), GN_OK);
    assert_int_equal(p->functions_n, 2);
    assert_int_equal(gn_sbpf_function_find(p, 7)->slot, 1);
    assert_int_equal(gn_sbpf_function_find(p, 5)->slot, 0);
    assert_true(gn_sbpf_function_find(p, 6) == NULL && gn_sbpf_function_find(p, 8) == NULL);
    gn_sbpf_free(p);
    functions[2].slot = 0;
    assert_int_equal(gn_sbpf_load_bare(&p, &bare, &err), GN_BAD_INPUT);
    assert_null(p);
    assert_non_null(strstr(err.text, "SymbolHashCollision(7)"));
    functions[2].slot = 2;
    assert_int_equal(gn_sbpf_load_bare(&p, &bare, &err), GN_BAD_INPUT);
    assert_non_null(strstr(err.text, "outside of text"));
    bare.functions_n = 0;
    bare.entry_slot = 2;
    assert_int_equal(gn_sbpf_load_bare(&p, &bare, &err), GN_BAD_INPUT);
    assert_non_null(strstr(err.text, "InvalidEntrypoint"));
    bare.text_n = (size_t)(SBPF_SLOTS_MAX + 1) * SBPF_SLOT;
    assert_int_equal(gn_sbpf_load_bare(&p, &bare, &err), GN_LIMIT);
    gn_sbpf_free(NULL);
    gn_buffer_free(&text);
}

/* ---- rows ---- */
static const struct sbpf_syscalls *mainnet(void)
{
    static struct sbpf_syscalls syscalls;
    syscalls = gn_sbpf_syscalls();
    return &syscalls;
}

static void lower(struct vm_program *core, struct sbpf_program **p, enum sbpf_version version, enum sbpf_mode mode,
                  const struct gn_buffer *text)
{
    struct gn_error err;
    *p = bare_program(version, text);
    if (*p == NULL || gn_sbpf_verify(*p, &err) != GN_OK || gn_sbpf_lower(core, *p, mode, mainnet(), &err) != GN_OK) {
        fail_msg("%s", err.text);
        abort();
    }
}

/* The instruction stands in slot 2 of four and has offset 1; its text and its row must be as wanted. */
static void assert_row(enum sbpf_version version, unsigned opcode, int64_t imm, const char *wanted_text,
                       const char *wanted_row)
{
    struct gn_buffer text = {0};
    struct sbpf_program *p;
    struct vm_program core;
    char got[96];
    PUT_EXIT(&text);
    PUT_EXIT(&text);
    put_insn(&text, opcode, 1, 2, -2, imm);
    PUT_EXIT(&text);
    lower(&core, &p, version, SBPF_CLASSIC, &text);
    gn_vm_format(got, sizeof got, &core.rows[2]);
    assert_string_equal(got, wanted_row);
    assert_int_equal(gn_sbpf_disassemble(got, sizeof got, p, mainnet(), 2), 1);
    assert_string_equal(got, wanted_text);
    assert_int_equal(core.rows[2].next, 3);
    gn_sbpf_core_free(&core);
    gn_sbpf_free(p);
    gn_buffer_free(&text);
}

#define OLD(...) assert_row(SBPF_V0, __VA_ARGS__), assert_row(SBPF_V1, __VA_ARGS__), NEW(__VA_ARGS__)
#define NEW(...) assert_row(SBPF_V3, __VA_ARGS__)
#define TWO(...) assert_row(SBPF_V2, __VA_ARGS__)
#define ALL(...) OLD(__VA_ARGS__), TWO(__VA_ARGS__)

static void test_words(void **state)
{
    (void)state;
    OLD(0x04, -5, "add32 r1, -5", "addiw x2, x2, -5");
    TWO(0x04, -5, "add32 r1, -5", "addiwz x2, x2, -5");
    OLD(0x0c, 0, "add32 r1, r2", "addw x2, x2, x3");
    TWO(0x0c, 0, "add32 r1, r2", "addwz x2, x2, x3");
    OLD(0x14, -5, "sub32 r1, -5", "addiw x2, x2, 5");
    TWO(0x14, -5, "sub32 r1, -5", "rsubiwz x2, x2, -5");
    OLD(0x1c, 0, "sub32 r1, r2", "subw x2, x2, x3");
    TWO(0x1c, 0, "sub32 r1, r2", "subwz x2, x2, x3");
    OLD(0x24, -5, "mul32 r1, -5", "muliw x2, x2, -5");
    OLD(0x2c, 0, "mul32 r1, r2", "mulw x2, x2, x3");
    OLD(0x34, -5, "div32 r1, -5", "cdivuiwz x2, x2, 0xfffffffb");
    OLD(0x3c, 0, "div32 r1, r2", "cdivuwz x2, x2, x3");
    OLD(0x84, 9, "neg32 r1", "rsubiwz x2, x2, 0");
    OLD(0x94, -5, "mod32 r1, -5", "cremuiwz x2, x2, 0xfffffffb");
    OLD(0x9c, 0, "mod32 r1, r2", "cremuwz x2, x2, x3");
    ALL(0x44, -5, "or32 r1, -5", "oriwz x2, x2, 0xfffffffb");
    ALL(0x4c, 0, "or32 r1, r2", "orwz x2, x2, x3");
    ALL(0x54, -5, "and32 r1, -5", "andi x2, x2, 0xfffffffb");
    ALL(0x5c, 0, "and32 r1, r2", "andwz x2, x2, x3");
    ALL(0xa4, -5, "xor32 r1, -5", "xoriwz x2, x2, 0xfffffffb");
    ALL(0xac, 0, "xor32 r1, r2", "xorwz x2, x2, x3");
    ALL(0x64, 31, "lsh32 r1, 31", "slliwz x2, x2, 31");
    ALL(0x6c, 0, "lsh32 r1, r2", "sllwz x2, x2, x3");
    ALL(0x74, 31, "rsh32 r1, 31", "srliwz x2, x2, 31");
    ALL(0x7c, 0, "rsh32 r1, r2", "srlwz x2, x2, x3");
    ALL(0xc4, 31, "arsh32 r1, 31", "sraiwz x2, x2, 31");
    ALL(0xcc, 0, "arsh32 r1, r2", "srawz x2, x2, x3");
    ALL(0xb4, -5, "mov32 r1, -5", "movi x2, 0xfffffffb");
    OLD(0xbc, 0, "mov32 r1, r2", "addiwz x2, x3, 0");
    TWO(0xbc, 0, "mov32 r1, r2", "addiw x2, x3, 0");
    OLD(0xd4, 16, "le16 r1", "andi x2, x2, 65535");
    OLD(0xd4, 32, "le32 r1", "andi x2, x2, 0xffffffff");
    OLD(0xd4, 64, "le64 r1", "j @3");
    ALL(0xdc, 16, "be16 r1", "bswaph x2, x2");
    ALL(0xdc, 32, "be32 r1", "bswapw x2, x2");
    ALL(0xdc, 64, "be64 r1", "bswapd x2, x2");
}

static void test_double_words(void **state)
{
    (void)state;
    ALL(0x07, -5, "add64 r1, -5", "addi x2, x2, -5");
    ALL(0x0f, 0, "add64 r1, r2", "add x2, x2, x3");
    OLD(0x17, INT32_MIN, "sub64 r1, -2147483648", "addi x2, x2, 0x80000000");
    TWO(0x17, -5, "sub64 r1, -5", "rsubi x2, x2, -5");
    ALL(0x1f, 0, "sub64 r1, r2", "sub x2, x2, x3");
    OLD(0x27, -5, "mul64 r1, -5", "muli x2, x2, -5");
    OLD(0x2f, 0, "mul64 r1, r2", "mul x2, x2, x3");
    OLD(0x37, -5, "div64 r1, -5", "cdivui x2, x2, -5");
    OLD(0x3f, 0, "div64 r1, r2", "cdivu x2, x2, x3");
    OLD(0x87, 9, "neg64 r1", "rsubi x2, x2, 0");
    OLD(0x97, -5, "mod64 r1, -5", "cremui x2, x2, -5");
    OLD(0x9f, 0, "mod64 r1, r2", "cremu x2, x2, x3");
    ALL(0x47, -5, "or64 r1, -5", "ori x2, x2, -5");
    ALL(0x4f, 0, "or64 r1, r2", "or x2, x2, x3");
    ALL(0x57, -5, "and64 r1, -5", "andi x2, x2, -5");
    ALL(0x5f, 0, "and64 r1, r2", "and x2, x2, x3");
    ALL(0xa7, -5, "xor64 r1, -5", "xori x2, x2, -5");
    ALL(0xaf, 0, "xor64 r1, r2", "xor x2, x2, x3");
    ALL(0x67, 63, "lsh64 r1, 63", "slli x2, x2, 63");
    ALL(0x6f, 0, "lsh64 r1, r2", "sll x2, x2, x3");
    ALL(0x77, 63, "rsh64 r1, 63", "srli x2, x2, 63");
    ALL(0x7f, 0, "rsh64 r1, r2", "srl x2, x2, x3");
    ALL(0xc7, 63, "arsh64 r1, 63", "srai x2, x2, 63");
    ALL(0xcf, 0, "arsh64 r1, r2", "sra x2, x2, x3");
    ALL(0xb7, -5, "mov64 r1, -5", "movi x2, -5");
    ALL(0xbf, 0, "mov64 r1, r2", "mov x2, x3");
    TWO(0xf7, -5, "hor64 r1, -5", "ori x2, x2, 0xfffffffb00000000");
}

static void test_products(void **state)
{
    (void)state;
    TWO(0x86, -5, "lmul32 r1, -5", "muliwz x2, x2, -5");
    TWO(0x8e, 0, "lmul32 r1, r2", "mulwz x2, x2, x3");
    TWO(0x96, -5, "lmul64 r1, -5", "muli x2, x2, -5");
    TWO(0x9e, 0, "lmul64 r1, r2", "mul x2, x2, x3");
    TWO(0x36, -5, "uhmul64 r1, -5", "mulhui x2, x2, 0xfffffffb");
    TWO(0x3e, 0, "uhmul64 r1, r2", "mulhu x2, x2, x3");
    TWO(0xb6, -5, "shmul64 r1, -5", "mulhi x2, x2, -5");
    TWO(0xbe, 0, "shmul64 r1, r2", "mulh x2, x2, x3");
    TWO(0x46, -5, "udiv32 r1, -5", "cdivuiwz x2, x2, 0xfffffffb");
    TWO(0x4e, 0, "udiv32 r1, r2", "cdivuwz x2, x2, x3");
    TWO(0x56, -5, "udiv64 r1, -5", "cdivui x2, x2, 0xfffffffb");
    TWO(0x5e, 0, "udiv64 r1, r2", "cdivu x2, x2, x3");
    TWO(0x66, -5, "urem32 r1, -5", "cremuiwz x2, x2, 0xfffffffb");
    TWO(0x6e, 0, "urem32 r1, r2", "cremuwz x2, x2, x3");
    TWO(0x76, -5, "urem64 r1, -5", "cremui x2, x2, 0xfffffffb");
    TWO(0x7e, 0, "urem64 r1, r2", "cremu x2, x2, x3");
    TWO(0xc6, -5, "sdiv32 r1, -5", "cdiviwz x2, x2, -5");
    TWO(0xce, 0, "sdiv32 r1, r2", "cdivwz x2, x2, x3");
    TWO(0xd6, -5, "sdiv64 r1, -5", "cdivi x2, x2, -5");
    TWO(0xde, 0, "sdiv64 r1, r2", "cdiv x2, x2, x3");
    TWO(0xe6, -5, "srem32 r1, -5", "cremiwz x2, x2, -5");
    TWO(0xee, 0, "srem32 r1, r2", "cremwz x2, x2, x3");
    TWO(0xf6, -5, "srem64 r1, -5", "cremi x2, x2, -5");
    TWO(0xfe, 0, "srem64 r1, r2", "crem x2, x2, x3");
}

static void test_memory(void **state)
{
    (void)state;
    static const struct {
        uint8_t old[3], two[3];
        const char *name, *load, *store, *store_i;
    } widths[] = {{{0x71, 0x73, 0x72}, {0x2c, 0x2f, 0x27}, "b", "lbu", "sb", "sbi"},
                  {{0x69, 0x6b, 0x6a}, {0x3c, 0x3f, 0x37}, "h", "lhu", "sh", "shi"},
                  {{0x61, 0x63, 0x62}, {0x8c, 0x8f, 0x87}, "w", "lwu", "sw", "swi"},
                  {{0x79, 0x7b, 0x7a}, {0x9c, 0x9f, 0x97}, "dw", "ld", "sd", "sdi"}};
    for (unsigned i = 0; i < 4; i++) {
        char text[3][40], row[3][40];
        snprintf(text[0], 40, "ldx%s r1, [r2-2]", widths[i].name);
        snprintf(row[0], 40, "%s x2, -2(x3)", widths[i].load);
        snprintf(text[1], 40, "stx%s [r1-2], r2", widths[i].name);
        snprintf(row[1], 40, "%s x3, -2(x2)", widths[i].store);
        snprintf(text[2], 40, "st%s [r1-2], -5", widths[i].name);
        snprintf(row[2], 40, "%s -5, -2(x2)", widths[i].store_i);
        for (unsigned k = 0; k < 3; k++) {
            OLD(widths[i].old[k], -5, text[k], row[k]);
            TWO(widths[i].two[k], -5, text[k], row[k]);
        }
    }
}

/* target: slot 2 + 1 - 2 = 1 */
static void test_jumps(void **state)
{
    (void)state;
    ALL(0x05, 0, "ja @1", "j @1");
    ALL(0x15, -5, "jeq r1, -5, @1", "beqi x2, -5, @1");
    ALL(0x15, 0, "jeq r1, 0, @1", "beq x2, zero, @1");
    ALL(0x1d, 0, "jeq r1, r2, @1", "beq x2, x3, @1");
    ALL(0x55, -5, "jne r1, -5, @1", "bnei x2, -5, @1");
    ALL(0x55, 0, "jne r1, 0, @1", "bne x2, zero, @1");
    ALL(0x5d, 0, "jne r1, r2, @1", "bne x2, x3, @1");
    ALL(0x25, 5, "jgt r1, 5, @1", "bgeui x2, 6, @1");
    ALL(0x25, -2, "jgt r1, -2, @1", "bgeui x2, -1, @1");
    ALL(0x25, -1, "jgt r1, -1, @1", "j @3");
    ALL(0x2d, 0, "jgt r1, r2, @1", "bltu x3, x2, @1");
    ALL(0x35, -1, "jge r1, -1, @1", "bgeui x2, -1, @1");
    ALL(0x3d, 0, "jge r1, r2, @1", "bgeu x2, x3, @1");
    ALL(0x45, -5, "jset r1, -5, @1", "bseti x2, -5, @1");
    ALL(0x4d, 0, "jset r1, r2, @1", "bset x2, x3, @1");
    ALL(0x65, INT32_MAX, "jsgt r1, 2147483647, @1", "bgei x2, 0x80000000, @1");
    ALL(0x65, -1, "jsgt r1, -1, @1", "bgei x2, 0, @1");
    ALL(0x6d, 0, "jsgt r1, r2, @1", "blt x3, x2, @1");
    ALL(0x75, -5, "jsge r1, -5, @1", "bgei x2, -5, @1");
    ALL(0x7d, 0, "jsge r1, r2, @1", "bge x2, x3, @1");
    ALL(0xa5, -5, "jlt r1, -5, @1", "bltui x2, -5, @1");
    ALL(0xad, 0, "jlt r1, r2, @1", "bltu x2, x3, @1");
    ALL(0xb5, -2, "jle r1, -2, @1", "bltui x2, -1, @1");
    ALL(0xb5, -1, "jle r1, -1, @1", "j @1");
    ALL(0xbd, 0, "jle r1, r2, @1", "bgeu x3, x2, @1");
    ALL(0xc5, -5, "jslt r1, -5, @1", "blti x2, -5, @1");
    ALL(0xcd, 0, "jslt r1, r2, @1", "blt x2, x3, @1");
    ALL(0xd5, INT32_MAX, "jsle r1, 2147483647, @1", "blti x2, 0x80000000, @1");
    ALL(0xdd, 0, "jsle r1, r2, @1", "bge x3, x2, @1");
    NEW(0x16, 0, "jeq32 r1, 0, @1", "beqiw x2, 0, @1");
    NEW(0x1e, 0, "jeq32 r1, r2, @1", "beqw x2, x3, @1");
    NEW(0x56, -5, "jne32 r1, -5, @1", "bneiw x2, -5, @1");
    NEW(0x5e, 0, "jne32 r1, r2, @1", "bnew x2, x3, @1");
    NEW(0x26, -2, "jgt32 r1, -2, @1", "bgeuiw x2, -1, @1");
    NEW(0x26, -1, "jgt32 r1, -1, @1", "j @3");
    NEW(0x2e, 0, "jgt32 r1, r2, @1", "bltuw x3, x2, @1");
    NEW(0x36, -5, "jge32 r1, -5, @1", "bgeuiw x2, -5, @1");
    NEW(0x3e, 0, "jge32 r1, r2, @1", "bgeuw x2, x3, @1");
    NEW(0x46, -5, "jset32 r1, -5, @1", "bseti x2, 0xfffffffb, @1");
    NEW(0x4e, 0, "jset32 r1, r2, @1", "bsetw x2, x3, @1");
    NEW(0x66, INT32_MAX - 1, "jsgt32 r1, 2147483646, @1", "bgeiw x2, 0x7fffffff, @1");
    NEW(0x66, INT32_MAX, "jsgt32 r1, 2147483647, @1", "j @3");
    NEW(0x6e, 0, "jsgt32 r1, r2, @1", "bltw x3, x2, @1");
    NEW(0x76, -5, "jsge32 r1, -5, @1", "bgeiw x2, -5, @1");
    NEW(0x7e, 0, "jsge32 r1, r2, @1", "bgew x2, x3, @1");
    NEW(0xa6, -5, "jlt32 r1, -5, @1", "bltuiw x2, -5, @1");
    NEW(0xae, 0, "jlt32 r1, r2, @1", "bltuw x2, x3, @1");
    NEW(0xb6, 5, "jle32 r1, 5, @1", "bltuiw x2, 6, @1");
    NEW(0xb6, -1, "jle32 r1, -1, @1", "j @1");
    NEW(0xbe, 0, "jle32 r1, r2, @1", "bgeuw x3, x2, @1");
    NEW(0xc6, -5, "jslt32 r1, -5, @1", "bltiw x2, -5, @1");
    NEW(0xce, 0, "jslt32 r1, r2, @1", "bltw x2, x3, @1");
    NEW(0xd6, INT32_MAX, "jsle32 r1, 2147483647, @1", "j @1");
    NEW(0xd6, -5, "jsle32 r1, -5, @1", "bltiw x2, -4, @1");
    NEW(0xde, 0, "jsle32 r1, r2, @1", "bgew x3, x2, @1");
}

static void test_calls(void **state)
{
    (void)state;
    const int64_t entry = SBPF_KEY_ENTRYPOINT, sol_log = 0x207559bd;
    assert_row(SBPF_V0, 0x85, entry, "call @0", "call x11, 8192, @0");
    assert_row(SBPF_V1, 0x85, entry, "call @0", "call x11, 0, @0");
    assert_row(SBPF_V2, 0x85, entry, "call @0", "call x11, 0, @0");
    assert_row(SBPF_V2, 0x85, sol_log, "syscall sol_log_", "syscall 0x207559bd");
    assert_row(SBPF_V0, 0x85, 1, "call 0x1", "fault illegal instruction");
    assert_row(SBPF_V3, 0x85, entry, "call 0x71e3cf81", "fault illegal instruction"); /* source 2 */
    assert_row(SBPF_V0, 0x8d, 2, "callx r2", "callx x11, x3, 8192");
    assert_row(SBPF_V1, 0x8d, 3, "callx r3", "callx x11, x4, 0");
    assert_row(SBPF_V2, 0x8d, 0, "callx r2", "callx x11, x3, 0");
    assert_row(SBPF_V3, 0x8d, 0, "callx r1", "callx x11, x2, 4096");
    ALL(0x95, 0, "exit", "exit");
}

/* version 3: the source says which kind of call */
static void test_static_calls(void **state)
{
    (void)state;
    static const struct {
        unsigned source;
        int64_t imm;
        const char *text, *row;
    } cases[] = {
        {0, 0x207559bd, "syscall sol_log_", "syscall 0x207559bd"},
        {0, 0x174c5122, "call 0x174c5122", "fault illegal instruction"}, /* sol_blake3 is not active */
        {0, 0, "call 0x0", "fault illegal instruction"},
        {1, 0, "call @1", "call x11, 4096, @1"},
        {1, -1, "call @0", "call x11, 4096, @0"},
        {1, 1, "call @2", "call x11, 4096, @2"}, /* the second slot of a lddw: faults there */
        {1, 3, "call 0x3", "fault illegal instruction"},
        {1, -2, "call 0xfffffffe", "fault illegal instruction"},
        {2, 0, "call 0x0", "fault illegal instruction"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct gn_buffer text = {0};
        struct sbpf_program *p;
        struct vm_program core;
        char got[96];
        put_insn(&text, 0x85, 0, cases[i].source, 0, cases[i].imm);
        put_lddw(&text, 3, 0x123456789abcdef0);
        PUT_EXIT(&text);
        lower(&core, &p, SBPF_V3, i % 2 ? SBPF_CLASSIC : SBPF_ADJUSTED, &text);
        gn_vm_format(got, sizeof got, &core.rows[0]);
        assert_string_equal(got, cases[i].row);
        assert_int_equal(gn_sbpf_disassemble(got, sizeof got, p, mainnet(), 0), 1);
        assert_string_equal(got, cases[i].text);
        gn_sbpf_core_free(&core);
        gn_sbpf_free(p);
        gn_buffer_free(&text);
    }
}

static void test_program(void **state)
{
    (void)state;
    struct gn_buffer text = {0};
    struct sbpf_program *p;
    struct vm_program core;
    char got[96];
    put_lddw(&text, 3, 0x123456789abcdef0);
    put_insn(&text, 0x85, 0, 0, 0, (int64_t)SBPF_KEY_ENTRYPOINT);
    put_insn(&text, 0x8d, 0, 0, 0, 1);
    lower(&core, &p, SBPF_V0, SBPF_ADJUSTED, &text);
    assert_true(core.rows_n == 5 && core.text_base == 0x80000000 && core.text_size == 8 && core.entry_row == 0);
    for (uint32_t i = 0; i < 5; i++) {
        assert_true(core.pc_of_row[i] == 0x80000000 + 2 * i && core.first_of_insn[i] == 1);
        assert_true(i == 4 || core.row_of_halfword[i] == i);
    }
    assert_true(core.rows[0].op == VM_MOVI && core.rows[0].imm == 0x123456789abcdef0 && core.rows[0].next == 2);
    assert_true(core.rows[1].op == VM_FAULT && core.rows[1].imm == VM_FAULT_ILLEGAL);
    assert_true(core.rows[2].op == VM_CALL && core.rows[2].imm == 4096); /* frames touch */
    assert_true(core.rows[3].op == VM_CALLX && core.rows[3].imm == 4096 && core.rows[3].link == SBPF_PROGRAM);
    assert_true(core.rows[4].op == VM_FAULT && core.rows[4].imm == VM_FAULT_PC && core.rows[4].link == 0x80000008);
    assert_int_equal(gn_sbpf_disassemble(got, sizeof got, p, mainnet(), 0), 2);
    assert_string_equal(got, "lddw r3, 0x123456789abcdef0");
    assert_int_equal(gn_sbpf_disassemble(got, sizeof got, p, mainnet(), 1), 1);
    assert_string_equal(got, "unknown 0x00");
    assert_int_equal(gn_sbpf_disassemble(got, sizeof got, p, mainnet(), 4), 0);
    gn_sbpf_core_free(&core);
    gn_sbpf_free(p);
    gn_buffer_free(&text);
}

/* What the verifier refuses is not lowered. */
static void test_unverified(void **state)
{
    (void)state;
    struct gn_buffer text = {0};
    struct vm_program core;
    struct gn_error err;
    put_insn(&text, 0xff, 0, 0, 0, 0);
    struct sbpf_program *p = bare_program(SBPF_V0, &text);
    assert_int_equal(gn_sbpf_lower(&core, p, SBPF_CLASSIC, mainnet(), &err), GN_INTERNAL);
    assert_null(core.rows);
    gn_sbpf_free(p);
    text.data[0] = 0x18;
    p = bare_program(SBPF_V0, &text);
    assert_int_equal(gn_sbpf_lower(&core, p, SBPF_CLASSIC, mainnet(), &err), GN_INTERNAL);
    gn_sbpf_free(p);
    gn_buffer_free(&text);
}

static void test_description(void **state)
{
    (void)state;
    struct gn_buffer text = {0}, description;
    struct gn_error err;
    put_lddw(&text, 3, 5);
    put_insn(&text, 0x85, 0, 0, 0, 0x207559bd);
    put_insn(&text, 0x85, 0, 0, 0, (int64_t)SBPF_KEY_ENTRYPOINT);
    put_insn(&text, 0x85, 0, 0, 0, 1);
    struct sbpf_program *p = bare_program(SBPF_V0, &text);
    const uint64_t wanted[] = {GN_SOL_DESCRIPTION_MAGIC,   0, GN_SOL_VASA, 5, 0, SBPF_PROGRAM, SBPF_PROGRAM, 40,
                               GN_SOL_DESCRIPTION + 72 + 8};
    assert_int_equal(gn_sbpf_describe(&description, p, SBPF_ADJUSTED, &err), GN_OK);
    assert_int_equal(description.size, 72 + 8 + 40);
    for (unsigned i = 0; i < 9; i++) {
        assert_true(load_le64(description.data + 8 * i) == wanted[i]);
    }
    static const uint8_t sites[8] = {0, 255, GN_SOL_SYSCALL_LOG, 0, 255};
    assert_memory_equal(description.data + 72, sites, sizeof sites);
    assert_memory_equal(description.data + 80, text.data, text.size);
    gn_buffer_free(&description);
    assert_int_equal(gn_sbpf_describe(&description, p, SBPF_CLASSIC, &err), GN_OK);
    assert_true(load_le64(description.data + 16) == 0);
    gn_buffer_free(&description);
    p->slots_n = GN_SOL_SLOTS_MAX;
    assert_int_equal(gn_sbpf_describe(&description, p, SBPF_CLASSIC, &err), GN_LIMIT);
    gn_sbpf_free(p);
    gn_buffer_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hashes),       cmocka_unit_test(test_bare),       cmocka_unit_test(test_words),
        cmocka_unit_test(test_double_words), cmocka_unit_test(test_products),   cmocka_unit_test(test_memory),
        cmocka_unit_test(test_jumps),        cmocka_unit_test(test_calls),      cmocka_unit_test(test_static_calls),
        cmocka_unit_test(test_program),      cmocka_unit_test(test_unverified), cmocka_unit_test(test_description),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
