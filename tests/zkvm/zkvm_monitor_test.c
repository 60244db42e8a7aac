/* SPDX-License-Identifier: Apache-2.0 */
/* Programs and the monitor in proofs: every way in which a run can end has one, which says so. */
#include "cm.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/description.h"
#include "zkvm/program.h"
#include "zkvm/subject.h"

enum { RA = 1, T0 = 5, T1 = 6, T2 = 7, A0 = 10, A1 = 11, A2 = 12, A7 = 17 };
enum { CONSTANT = 28 /* bytes of emit_constant for addresses above 2^31 */ };
#define FIRST (TEXT + CONSTANT)

/* at: exit code, or offset from FIRST of the place of the fault; address: of the fault */
struct ending {
    const char *name;
    void (*program)(struct assembler *a);
    enum gn_rv_outcome outcome;
    uint64_t at, address;
    const char *output;
};

/* One instruction, T0 = DATA. */
#define ONE(name, op, rd, rs1, rs2, imm)  \
    static void name(struct assembler *a) \
    {                                     \
        emit(a, op, rd, rs1, rs2, imm);   \
    }
#define WORD(name, word)                  \
    static void name(struct assembler *a) \
    {                                     \
        emit32(a, word);                  \
    }

WORD(illegal, 0xffffffff)
WORD(kernel_instruction, 0x0005050b) /* RESUME a0, a0 */
WORD(kernel_register, 0x84002573)    /* csrr a0, 0x840 */
WORD(breakpoint, 0x00100073)
ONE(falls_off, RV_ADDI, 0, 0, 0, 0)
ONE(jumps_out_of_text, RV_JALR, RA, T0, 0, 3)
ONE(jumps_behind_text, RV_JAL, RA, 0, 0, 4096)
ONE(jumps_before_text, RV_JAL, RA, 0, 0, -2048)
ONE(branches_before_text, RV_BNE, 0, T0, T0, -2048) /* not even taken */
ONE(loads_null, RV_LD, T1, 0, 0, 0)
ONE(loads_into_x0, RV_LB, 0, T0, 0, -1)
ONE(loads_half_of_it, RV_LW, T1, T0, 0, -2)
ONE(stores_below_ram, RV_SD, 0, T0, T0, -8)
ONE(stores_half_of_it, RV_SH, 0, T0, T0, -1)
ONE(reserves_at_null, RV_LR_D, T1, 0, 0, 0)
ONE(swaps_at_null, RV_AMOSWAP_W, T1, 0, T0, 0)

static void stores_to_text(struct assembler *a)
{
    emit(a, RV_AUIPC, T1, 0, 0, 0);
    emit(a, RV_SW, 0, T1, T1, 2);
}

static void jumps_into_the_middle(struct assembler *a)
{
    emit(a, RV_AUIPC, T1, 0, 0, 0);
    emit(a, RV_JALR, RA, T1, 0, 10);
    emit32(a, 0x450d0013); /* its upper half is c.li a0, 3 */
    emit(a, RV_ADDI, A7, 0, 0, 93);
    emit(a, RV_ECALL, 0, 0, 0, 0);
}

static void reads_the_kernel(struct assembler *a)
{
    emit(a, RV_ADDI, T1, 0, 0, 1);
    emit(a, RV_SLLI, T1, T1, 0, 36);
    emit(a, RV_LD, T1, T1, 0, 8);
}

static void misaligned(struct assembler *a, enum rv_op op)
{
    emit(a, RV_ADDI, T0, T0, 0, 2);
    emit(a, op, T1, T0, op == RV_LR_W || op == RV_LR_D ? 0 : T2, 0);
}

static void reserves_misaligned(struct assembler *a)
{
    misaligned(a, RV_LR_W);
}

static void stores_misaligned(struct assembler *a)
{
    misaligned(a, RV_SC_D);
}

static void adds_misaligned(struct assembler *a)
{
    misaligned(a, RV_AMOADD_D);
}

static void calls(struct assembler *a, uint64_t number, uint64_t fd, uint64_t at, uint64_t n)
{
    emit_constant(a, A7, number);
    emit_constant(a, A0, fd);
    emit_constant(a, A1, at);
    emit_constant(a, A2, n);
    emit(a, RV_ECALL, 0, 0, 0, 0);
    emit_exit(a, 1);
}

static void calls_nobody(struct assembler *a)
{
    calls(a, 57, 0, 0, 0);
}

static void writes_from_nowhere(struct assembler *a)
{
    calls(a, 64, 1, 1, 9);
}

static void writes(struct assembler *a)
{
    static const uint8_t bytes[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    gn_buffer_append(&a->data, bytes, sizeof bytes);
    emit_write(a, 0, 16);
    emit_write(a, 1, 0);
    emit_write(a, 3, 1);
    emit_write(a, 5, 20);
    emit_write(a, 2, 3);
    emit(a, RV_ADDI, T0, 0, 0, -3);
    emit(a, RV_ADDI, A0, T0, 0, 0);
    emit(a, RV_ADDI, A7, 0, 0, 93);
    emit(a, RV_ECALL, 0, 0, 0, 0);
}

static void writes_and_faults(struct assembler *a)
{
    static const uint8_t bytes[] = "output";
    gn_buffer_append(&a->data, bytes, sizeof bytes);
    emit_constant(a, A1, DATA);
    emit(a, RV_ADDI, A0, 0, 0, 1);
    emit(a, RV_ADDI, A2, 0, 0, 6);
    emit(a, RV_ADDI, A7, 0, 0, 64);
    emit(a, RV_ECALL, 0, 0, 0, 0);
    emit(a, RV_EBREAK, 0, 0, 0, 0);
}

/* every atomic, and an sc that succeeds, one that fails */
static void atomics(struct assembler *a)
{
    emit(a, RV_ADDI, T2, 0, 0, -7);
    for (enum rv_op op = RV_AMOSWAP_W; op <= RV_AMOMAXU_W; op++) {
        emit(a, op, T1, T0, T2, 0);
        emit(a, op - RV_AMOSWAP_W + RV_AMOSWAP_D, T1, T0, T1, 0);
        emit(a, op, 0, T0, 0, 0);
    }
    emit(a, RV_LR_D, T1, T0, 0, 0);
    emit(a, RV_SC_D, T2, T0, T1, 0);
    emit(a, RV_SC_D, T1, T0, T1, 0);
    emit(a, RV_SLLI, T1, T1, 0, 1);
    emit(a, RV_ADD, A0, T1, T2, 0);
    emit(a, RV_LR_W, T0, T0, 0, 0);
    emit(a, RV_ADDI, A7, 0, 0, 93);
    emit(a, RV_ECALL, 0, 0, 0, 0);
}

static const struct ending endings[] = {
    {"writes", writes, GN_RV_EXITED, (uint64_t)-3, 0, "0123456789abcdef356789abcdefghijklmno234"},
    {"atomics", atomics, GN_RV_EXITED, 2, 0, ""},
    {"illegal", illegal, GN_RV_ILLEGAL, 0, 0, ""},
    {"kernel instruction", kernel_instruction, GN_RV_ILLEGAL, 0, 0, ""},
    {"kernel register", kernel_register, GN_RV_ILLEGAL, 0, 0, ""},
    {"breakpoint", breakpoint, GN_RV_BREAKPOINT, 0, 0, ""},
    {"falls off", falls_off, GN_RV_PC, 4, FIRST + 4, ""},
    {"jumps out of text", jumps_out_of_text, GN_RV_PC, 0, DATA + 2, ""},
    {"jumps behind text", jumps_behind_text, GN_RV_PC, 4096, FIRST + 4096, ""},
    {"jumps before text", jumps_before_text, GN_RV_PC, 0, FIRST - 2048, ""},
    {"branches before text", branches_before_text, GN_RV_PC, 0, FIRST - 2048, ""},
    {"jumps into the middle", jumps_into_the_middle, GN_RV_EXITED, 3, 0, ""},
    {"loads null", loads_null, GN_RV_LOAD, 0, 0, ""},
    {"loads into x0", loads_into_x0, GN_RV_LOAD, 0, DATA - 1, ""},
    {"loads half of it", loads_half_of_it, GN_RV_LOAD, 0, DATA - 2, ""},
    {"reads the kernel", reads_the_kernel, GN_RV_LOAD, 8, (UINT64_C(1) << 36) + 8, ""},
    {"stores below ram", stores_below_ram, GN_RV_STORE, 0, DATA - 8, ""},
    {"stores half of it", stores_half_of_it, GN_RV_STORE, 0, DATA - 1, ""},
    {"stores to text", stores_to_text, GN_RV_STORE, 4, FIRST + 2, ""},
    {"reserves at null", reserves_at_null, GN_RV_LOAD, 0, 0, ""},
    {"swaps at null", swaps_at_null, GN_RV_STORE, 0, 0, ""},
    {"reserves misaligned", reserves_misaligned, GN_RV_MISALIGNED, 4, DATA + 2, ""},
    {"stores misaligned", stores_misaligned, GN_RV_MISALIGNED, 4, DATA + 2, ""},
    {"adds misaligned", adds_misaligned, GN_RV_MISALIGNED, 4, DATA + 2, ""},
    {"calls nobody", calls_nobody, GN_RV_ILLEGAL, 16, 0, ""},
    {"writes from nowhere", writes_from_nowhere, GN_RV_LOAD, 16, 1, ""},
    {"writes and faults", writes_and_faults, GN_RV_BREAKPOINT, CONSTANT + 16, 0, "output"},
};

static void load(struct gn_program **program, void (*make)(struct assembler *a))
{
    struct assembler a = {0};
    struct gn_error err;
    emit_constant(&a, T0, DATA);
    assert_int_equal(here(&a), FIRST);
    make(&a);
    struct gn_buffer elf = assembler_elf(&a);
    if (gn_program_load(program, elf.data, elf.size, &err) != GN_OK ||
        gn_program_setup(*program, NULL, &err) != GN_OK) {
        fail_msg("%s", err.text);
    }
    gn_buffer_free(&elf);
    assembler_free(&a);
}

static void assert_says(const struct ending *e, const struct gn_statement *s)
{
    uint64_t place = e->outcome == GN_RV_EXITED ? e->at : FIRST + e->at;
    if (s->outcome != (uint32_t)e->outcome || (e->outcome == GN_RV_EXITED ? s->exit_code : s->fault_pc) != place ||
        s->fault_address != e->address || s->output_n != strlen(e->output) ||
        memcmp(s->output, e->output, s->output_n) != 0) {
        fail_msg("%s: outcome %u, code 0x%llx, pc 0x%llx, address 0x%llx, %zu bytes of output", e->name, s->outcome,
                 (unsigned long long)s->exit_code, (unsigned long long)s->fault_pc,
                 (unsigned long long)s->fault_address, s->output_n);
    }
}

static void every_end_is_proven(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        struct gn_program *program;
        struct gn_proof *proof;
        struct gn_error err;
        struct gn_statement s;
        size_t n, scratch_n = gn_proof_scratch();
        load(&program, endings[i].program);
        if (gn_program_prove(&proof, program, NULL, 0, &(struct gn_options){.threads = 2, .check = true}, &err) !=
            GN_OK) {
            fail_msg("%s: %s", endings[i].name, err.text);
        }
        const uint8_t *file = gn_proof_file(proof, &n);
        void *scratch = malloc(scratch_n);
        assert_non_null(scratch);
        assert_int_equal(gn_proof_verify(&s, gn_program_id(program), file, n, scratch, scratch_n), GN_ACCEPT);
        assert_says(&endings[i], &s);
        free(scratch);
        gn_proof_free(proof);
        gn_program_free(program);
    }
}

/* What the monitor is told of a program is part of its key. */
static void the_description_is_in_the_key(void **state)
{
    (void)state;
    struct gn_program *program;
    struct gn_error err;
    uint8_t id[GN_ID_BYTES];
    load(&program, loads_null);
    memcpy(id, gn_program_id(program), sizeof id);
    for (size_t at = 0; at < program->rv->description_n; at += 7) {
        program->rv->description[at] ^= 1;
        assert_int_equal(gn_program_setup(program, NULL, &err), GN_OK);
        assert_memory_not_equal(id, gn_program_id(program), sizeof id);
        program->rv->description[at] ^= 1;
    }
    assert_int_equal(gn_program_setup(program, NULL, &err), GN_OK);
    assert_memory_equal(id, gn_program_id(program), sizeof id);
    gn_program_free(program);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_end_is_proven),
        cmocka_unit_test(the_description_is_in_the_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
