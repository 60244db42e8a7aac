/* SPDX-License-Identifier: Apache-2.0 */
/* qemu_differences_test.c - where Gnomon's machine is not what a Linux process sees under qemu-riscv64, by name, and
 * what must happen instead.
 *
 * Each case is a few instructions behind a common beginning; it must end as the table says: by exit with a code (a0),
 * or by a fault of a kind, at an offset from the case's first instruction, with an address. What qemu 7.2 does in its
 * place stands beside it, for the reader: user mode has signals instead of faults, and compares values instead of keeping
 * a reservation. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cm.h"
#include "differential/assembler.h"

enum { T0 = 5, T1 = 6, T2 = 7, A0 = 10, A1 = 11, A2 = 12, A7 = 17 };
enum { EXIT = -1 };
enum { CONSTANT = 28 /* bytes of emit_constant for addresses above 2^31 */, AT_CALL = 9999 };
#define FIRST (TEXT + CONSTANT) /* of the case's instructions; before it, T0 = DATA */

/* at: EXIT: the code; otherwise the offset of the faulting instruction from FIRST; AT_CALL: an ecall, wherever it is */
struct expected {
    int fault; /* enum vm_fault, or EXIT */
    uint64_t at, address;
};

struct difference {
    const char *name, *in_qemu;
    void (*program)(struct assembler *a);
    struct expected expected;
};

static void exit_with(struct assembler *a, unsigned r)
{
    emit(a, RV_ADDI, A0, r, 0, 0);
    emit(a, RV_ADDI, A7, 0, 0, 93);
    emit(a, RV_ECALL, 0, 0, 0, 0);
}

/* ---- illegal instructions ---- */
#define WORD(name, word)                  \
    static void name(struct assembler *a) \
    {                                     \
        emit32(a, word);                  \
    }
#define HALFWORD(name, halfword)          \
    static void name(struct assembler *a) \
    {                                     \
        emit16(a, halfword);              \
    }
HALFWORD(zero_halfword, 0x0000)
HALFWORD(reserved_addiw_x0, 0x2001)
HALFWORD(reserved_lui_0, 0x6281)
HALFWORD(compressed_float, 0x2000)
WORD(all_ones, 0xffffffff)
WORD(float_add, 0x02000053)
WORD(csr_cycle, 0xc0002573)
WORD(csr_write_marchid, 0xf1259573)
WORD(mret, 0x30200073)
WORD(wfi, 0x10500073)
WORD(vector, 0x02000057)
WORD(custom_0, 0x0000000b)
WORD(ebreak_word, 0x00100073)
HALFWORD(ebreak_halfword, 0x9002)

static void marchid(struct assembler *a)
{
    emit(a, RV_MARCHID, T1, 0, 0, 0);
    exit_with(a, T1);
}

/* ---- control flow ---- */
static void jump_outside(struct assembler *a)
{
    emit(a, RV_JALR, 0, T0, 0, 0);
}

static void jump_odd_outside(struct assembler *a)
{
    emit(a, RV_JALR, 0, T0, 0, 1);
}

static void jump_to_0(struct assembler *a)
{
    emit(a, RV_JALR, 0, 0, 0, 0);
}

static void link_before_fault(struct assembler *a)
{
    emit(a, RV_JAL, T1, 0, 0, -2048); /* before the beginning of text */
}

static void run_off_the_end(struct assembler *a)
{
    emit(a, RV_ADDI, 0, 0, 0, 0);
}

static void half_an_instruction_at_the_end(struct assembler *a)
{
    emit16(a, 0x0013);
}

/* the first instruction of text is FIRST - TEXT before it */
static void branch_out_of_the_span(struct assembler *a)
{
    emit(a, RV_BNE, 0, T0, T0, -2048);
    exit_with(a, 0);
}

/* ---- memory ---- */
static void load_null(struct assembler *a)
{
    emit(a, RV_LD, T1, 0, 0, 0);
}

static void load_null_into_x0(struct assembler *a)
{
    emit(a, RV_LB, 0, 0, 0, 8);
}

static void load_below_ram(struct assembler *a)
{
    emit(a, RV_LW, T1, T0, 0, -2);
}

static void load_over_ram_end(struct assembler *a)
{
    emit_constant(a, T0, RV_RAM_END);
    emit(a, RV_LD, T1, T0, 0, -7);
}

static void load_wraps(struct assembler *a)
{
    emit(a, RV_ADDI, T0, 0, 0, -4);
    emit(a, RV_LD, T1, T0, 0, 0);
}

static void load_above_4_gib(struct assembler *a)
{
    emit(a, RV_ADDI, T1, 0, 0, 1);
    emit(a, RV_SLLI, T1, T1, 0, 32);
    emit(a, RV_ADD, T0, T0, T1, 0);
    emit(a, RV_LD, T1, T0, 0, 0);
}

static void load_behind_input(struct assembler *a)
{
    emit_constant(a, T0, RV_INPUT_BASE); /* no input: 16 bytes */
    emit(a, RV_LD, T1, T0, 0, 8);
    emit(a, RV_LB, T1, T0, 0, 16);
}

static void store_to_input(struct assembler *a)
{
    emit_constant(a, T0, RV_INPUT_BASE);
    emit(a, RV_SD, 0, T0, 0, 0);
}

static void store_to_text(struct assembler *a)
{
    emit_constant(a, T0, TEXT);
    emit(a, RV_SB, 0, T0, 0, 1);
}

static void store_to_constants(struct assembler *a)
{
    emit_constant(a, T0, POOL);
    emit(a, RV_SW, 0, T0, 0, 4);
}

static void load_text(struct assembler *a)
{
    emit_constant(a, T0, TEXT);
    emit(a, RV_LBU, T1, T0, 0, 0);
    exit_with(a, T1);
}

static void output_region(struct assembler *a)
{
    emit_constant(a, T0, RV_OUTPUT_BASE);
    emit(a, RV_SD, 0, T0, T0, 0);
    emit(a, RV_LBU, T1, T0, 0, 2);
    exit_with(a, T1);
}

static void registers_at_entry(struct assembler *a)
{
    emit(a, RV_ADDI, T0, 0, 0, 0); /* which the beginning has set */
    for (unsigned r = 1; r < 32; r++) {
        emit(a, RV_OR, T1, T1, r, 0);
    }
    exit_with(a, T1);
}

/* ---- atomics ---- */
static void misaligned_lr_w(struct assembler *a)
{
    emit(a, RV_ADDI, T0, T0, 0, 2);
    emit(a, RV_LR_W, T1, T0, 0, 0);
}

static void misaligned_lr_d(struct assembler *a)
{
    emit(a, RV_ADDI, T0, T0, 0, 4);
    emit(a, RV_LR_D, 0, T0, 0, 0);
}

static void misaligned_sc_w(struct assembler *a)
{
    emit(a, RV_ADDI, T0, T0, 0, 1);
    emit(a, RV_SC_W, T1, T0, 0, 0);
}

static void misaligned_amoadd_d(struct assembler *a)
{
    emit(a, RV_ADDI, T0, T0, 0, 4);
    emit(a, RV_AMOADD_D, T1, T0, T1, 0);
}

static void misaligned_nowhere(struct assembler *a)
{
    emit(a, RV_AMOSWAP_W, T1, 0, 0, 0);
    emit(a, RV_AMOSWAP_W, T1, 0, 0, 0);
}

static void amo_on_constants(struct assembler *a)
{
    emit_constant(a, T0, POOL);
    emit(a, RV_AMOMAX_W, T1, T0, 0, 0);
}

static void lr_sc_on_constants(struct assembler *a)
{
    emit_constant(a, T0, POOL);
    emit(a, RV_LR_W, T1, T0, 0, 0);
    emit(a, RV_SC_W, T1, T0, 0, 0);
}

static void sc_alone_on_constants(struct assembler *a)
{
    emit_constant(a, T0, POOL);
    emit(a, RV_SC_W, T1, T0, 0, 0);
    exit_with(a, T1);
}

static void sc_after_own_store(struct assembler *a)
{
    emit(a, RV_LR_D, T1, T0, 0, 0);
    emit(a, RV_ADDI, T2, 0, 0, 7);
    emit(a, RV_SD, 0, T0, T2, 0);
    emit(a, RV_SC_D, T1, T0, 0, 0);
    exit_with(a, T1);
}

static void sc_wider_than_lr(struct assembler *a)
{
    emit(a, RV_ADDI, T2, 0, 0, -1);
    emit(a, RV_SD, 0, T0, T2, 0);
    emit(a, RV_SW, 0, T0, 0, 0); /* the word is 0, the doubleword is not */
    emit(a, RV_LR_W, T1, T0, 0, 0);
    emit(a, RV_SC_D, T1, T0, 0, 0);
    exit_with(a, T1);
}

/* ---- environment calls ---- */
static void call(struct assembler *a, int64_t number, int64_t fd, uint64_t at, int64_t n)
{
    emit_constant(a, A1, at);
    emit(a, RV_ADDI, A0, 0, 0, fd);
    emit(a, RV_ADDI, A2, 0, 0, n);
    emit(a, RV_ADDI, A7, 0, 0, number);
    emit(a, RV_ECALL, 0, 0, 0, 0);
    exit_with(a, A0);
}

static void hash_call(struct assembler *a)
{
    call(a, 2002, 0, DATA, 0);
}

static void unknown_call(struct assembler *a)
{
    call(a, 57, 0, 0, 0);
}

static void write_to_other_fd(struct assembler *a)
{
    call(a, 64, 3, DATA, 1);
}

static void write_from_nowhere(struct assembler *a)
{
    call(a, 64, 1, 16, 1);
}

static void write_over_ram_end(struct assembler *a)
{
    call(a, 64, 1, RV_RAM_END - 4, 8);
}

static void write_nothing_from_nowhere(struct assembler *a)
{
    call(a, 64, 1, 16, 0);
}

#define SIGNAL "signal"
static const struct difference differences[] = {
    {"illegal: all zeros", SIGNAL, zero_halfword, {VM_FAULT_ILLEGAL, 0, 0}},
    {"illegal: c.addiw x0", SIGNAL, reserved_addiw_x0, {VM_FAULT_ILLEGAL, 0, 0}},
    {"illegal: c.lui with 0", SIGNAL, reserved_lui_0, {VM_FAULT_ILLEGAL, 0, 0}},
    {"illegal: c.fld", "executes", compressed_float, {VM_FAULT_ILLEGAL, 0, 0}},
    {"illegal: all ones", SIGNAL, all_ones, {VM_FAULT_ILLEGAL, 0, 0}},
    {"illegal: fadd.d", "executes", float_add, {VM_FAULT_ILLEGAL, 0, 0}},
    {"illegal: csrr cycle", "executes", csr_cycle, {VM_FAULT_ILLEGAL, 0, 0}},
    {"illegal: csrw marchid", SIGNAL, csr_write_marchid, {VM_FAULT_ILLEGAL, 0, 0}},
    {"illegal: mret", SIGNAL, mret, {VM_FAULT_ILLEGAL, 0, 0}},
    {"illegal: wfi", SIGNAL, wfi, {VM_FAULT_ILLEGAL, 0, 0}},
    {"illegal: vector", SIGNAL, vector, {VM_FAULT_ILLEGAL, 0, 0}},
    {"illegal: custom-0", SIGNAL, custom_0, {VM_FAULT_ILLEGAL, 0, 0}},
    {"csrr marchid", SIGNAL, marchid, {EXIT, RV_MARCHID_VALUE, 0}},
    {"ebreak", SIGNAL, ebreak_word, {VM_FAULT_BREAKPOINT, 0, 0}},
    {"c.ebreak", SIGNAL, ebreak_halfword, {VM_FAULT_BREAKPOINT, 0, 0}},
    {"jump out of text", SIGNAL " at the target", jump_outside, {VM_FAULT_PC, 0, DATA}},
    {"jump out of text, odd", SIGNAL " at the target", jump_odd_outside, {VM_FAULT_PC, 0, DATA}},
    {"jump to 0", SIGNAL " at the target", jump_to_0, {VM_FAULT_PC, 0, 0}},
    {"branch to before the span, not taken",
     "goes on behind it",
     branch_out_of_the_span,
     {VM_FAULT_PC, 0, FIRST - 2048}},
    {"jal to before text", SIGNAL " at the target", link_before_fault, {VM_FAULT_PC, 0, FIRST - 2048}},
    {"text ends", SIGNAL, run_off_the_end, {VM_FAULT_PC, 4, FIRST + 4}},
    {"text ends in an instruction",
     "as the page's zeros say",
     half_an_instruction_at_the_end,
     {VM_FAULT_ILLEGAL, 0, 0}},
    {"load from 0", SIGNAL, load_null, {VM_FAULT_LOAD, 0, 0}},
    {"load from 8 into x0", SIGNAL, load_null_into_x0, {VM_FAULT_LOAD, 0, 8}},
    {"load across RAM's beginning", SIGNAL, load_below_ram, {VM_FAULT_LOAD, 0, DATA - 2}},
    {"load across RAM's end", SIGNAL, load_over_ram_end, {VM_FAULT_LOAD, CONSTANT, RV_RAM_END - 7u}},
    {"load across 2^64", SIGNAL, load_wraps, {VM_FAULT_LOAD, 4, UINT64_MAX - 3}},
    {"load above 2^32", SIGNAL, load_above_4_gib, {VM_FAULT_LOAD, 12, UINT64_C(0x100000000) + DATA}},
    {"load behind the input", SIGNAL, load_behind_input, {VM_FAULT_LOAD, 12, RV_INPUT_BASE + 16}},
    {"store to the input", SIGNAL, store_to_input, {VM_FAULT_STORE, 8, RV_INPUT_BASE}},
    {"store to text", SIGNAL, store_to_text, {VM_FAULT_STORE, CONSTANT, TEXT + 1}},
    {"store to constants", SIGNAL, store_to_constants, {VM_FAULT_STORE, CONSTANT, POOL + 4}},
    {"load from text", "the same", load_text, {EXIT, 0x93, 0}},
    {"output region", SIGNAL, output_region, {EXIT, 0x01, 0}},
    {"registers at entry are 0", "sp is set", registers_at_entry, {EXIT, 0, 0}},
    {"lr.w misaligned", SIGNAL, misaligned_lr_w, {VM_FAULT_MISALIGNED, 4, DATA + 2}},
    {"lr.d misaligned", SIGNAL, misaligned_lr_d, {VM_FAULT_MISALIGNED, 4, DATA + 4}},
    {"sc.w misaligned, no reservation", "fails: 1", misaligned_sc_w, {VM_FAULT_MISALIGNED, 4, DATA + 1}},
    {"amoadd.d misaligned", SIGNAL, misaligned_amoadd_d, {VM_FAULT_MISALIGNED, 4, DATA + 4}},
    {"amoswap.w at 0", SIGNAL, misaligned_nowhere, {VM_FAULT_STORE, 0, 0}},
    {"amomax.w on constants", SIGNAL, amo_on_constants, {VM_FAULT_STORE, CONSTANT, POOL}},
    {"lr.w, sc.w on constants", SIGNAL, lr_sc_on_constants, {VM_FAULT_STORE, CONSTANT + 4, POOL}},
    {"sc.w on constants without reservation", "fails: 1", sc_alone_on_constants, {VM_FAULT_STORE, CONSTANT, POOL}},
    {"sc.d after a store to the reserved address", "fails: 1, the value is another", sc_after_own_store, {EXIT, 0, 0}},
    {"sc.d after lr.w of the address", "fails: 1, the value is another", sc_wider_than_lr, {EXIT, 0, 0}},
    {"unknown environment call", "-ENOSYS, or whatever Linux does", unknown_call, {VM_FAULT_ILLEGAL, AT_CALL, 0}},
    {"a call that is Gnomon's own", "-ENOSYS", hash_call, {VM_FAULT_STORE, AT_CALL, 0}},
    {"write to another fd", "-EBADF", write_to_other_fd, {VM_FAULT_ILLEGAL, AT_CALL, 0}},
    {"write from unreadable memory", "-EFAULT", write_from_nowhere, {VM_FAULT_LOAD, AT_CALL, 16}},
    {"write across RAM's end", "-EFAULT", write_over_ram_end, {VM_FAULT_LOAD, AT_CALL, RV_RAM_END - 4u}},
    {"write of nothing from unreadable memory", "the same", write_nothing_from_nowhere, {EXIT, 0, 0}},
};

static bool as_expected(const struct difference *d)
{
    struct assembler a = {0};
    struct gn_error err = {.text = ""};
    struct rv_program *p;
    struct rv_machine m;
    uint8_t constants[16] = {1, 2, 3, 4};
    gn_buffer_append(&a.pool, constants, sizeof constants);
    emit_constant(&a, T0, DATA);
    assert_int_equal(here(&a), FIRST);
    d->program(&a);
    struct gn_buffer elf = assembler_elf(&a);
    assert_int_equal(gn_riscv_load(&p, elf.data, elf.size, &err), GN_OK);
    assert_int_equal(gn_riscv_start(&m, p, NULL, 0, &err), GN_OK);
    assert_int_equal(gn_riscv_run(&m, 1000, NULL, NULL, &err), GN_OK);
    const struct rv_result *r = &m.result;
    const struct expected *e = &d->expected;
    uint32_t row = p->core.row_of_halfword[(r->fault_pc - TEXT) % p->core.text_size / 2];
    bool place = e->at == AT_CALL ? row != VM_NO_ROW && p->core.rows[row].op == VM_ECALL : r->fault_pc == FIRST + e->at;
    bool good = e->fault == EXIT
                    ? r->outcome == RV_EXITED && r->exit_code == e->at
                    : r->outcome == RV_FAULTED && (int)r->fault == e->fault && place && r->fault_address == e->address;
    if (!good) {
        fprintf(stderr,
                "%s: outcome %d, exit 0x%" PRIx64 ", fault %s at 0x%" PRIx64 " (first 0x%x), address 0x%" PRIx64 "\n",
                d->name, (int)r->outcome, r->exit_code, gn_vm_fault_name(r->fault), r->fault_pc, FIRST,
                r->fault_address);
    }
    gn_riscv_result_free(&m.result);
    gn_riscv_stop(&m);
    gn_riscv_free(p);
    gn_buffer_free(&elf);
    assembler_free(&a);
    return good;
}

static void each_difference(void **state)
{
    (void)state;
    unsigned bad = 0;
    for (size_t i = 0; i < sizeof differences / sizeof *differences; i++) {
        bad += !as_expected(&differences[i]);
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_difference)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
