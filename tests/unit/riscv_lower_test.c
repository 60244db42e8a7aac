/* SPDX-License-Identifier: Apache-2.0 */
/* riscv_lower_test.c - every instruction, lowered and executed, against formulas written from the manual: all operand
 * shapes (x0, equal registers, result over an operand) with edge and random operands; registers, memory and pc
 * afterwards are compared.  And how many rows instructions take. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "cm.h"
#include "differential/assembler.h"

__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

enum { MEMORY = 64 }; /* bytes of DATA that are looked at */

struct state {
    uint64_t x[32], pc;
    uint8_t memory[MEMORY];
};

/* ---- the manual ---- */
// clang-format off
static int64_t word(uint64_t v)
{
    return (int32_t)(uint32_t)v;
}

static uint64_t divide(i128 a, i128 b, i128 overflow)
{
    return b == 0 ? UINT64_MAX : (uint64_t)(a == overflow && b == -1 ? a : a / b);
}

static uint64_t remainder_of(i128 a, i128 b, i128 overflow)
{
    return (uint64_t)(b == 0 ? a : a == overflow && b == -1 ? 0 : a % b);
}

static uint64_t computed(enum rv_op op, uint64_t a, uint64_t b)
{
    int64_t sa = (int64_t)a, sb = (int64_t)b;
    uint32_t wa = (uint32_t)a, wb = (uint32_t)b;
    switch (op) {
    case RV_ADD: case RV_ADDI: return a + b;
    case RV_SUB: return a - b;
    case RV_SLL: case RV_SLLI: return a << (b & 63);
    case RV_SLT: case RV_SLTI: return sa < sb;
    case RV_SLTU: case RV_SLTIU: return a < b;
    case RV_XOR: case RV_XORI: return a ^ b;
    case RV_SRL: case RV_SRLI: return a >> (b & 63);
    case RV_SRA: case RV_SRAI: return (uint64_t)(sa >> (b & 63));
    case RV_OR: case RV_ORI: return a | b;
    case RV_AND: case RV_ANDI: return a & b;
    case RV_ADDW: case RV_ADDIW: return (uint64_t)word(wa + wb);
    case RV_SUBW: return (uint64_t)word(wa - wb);
    case RV_SLLW: case RV_SLLIW: return (uint64_t)word(wa << (b & 31));
    case RV_SRLW: case RV_SRLIW: return (uint64_t)word(wa >> (b & 31));
    case RV_SRAW: case RV_SRAIW: return (uint64_t)(word(a) >> (b & 31));
    case RV_MUL: return (uint64_t)((u128)a * b);
    case RV_MULH: return (uint64_t)(((i128)sa * sb) >> 64);
    case RV_MULHSU: return (uint64_t)(((i128)sa * (i128)b) >> 64);
    case RV_MULHU: return (uint64_t)(((u128)a * b) >> 64);
    case RV_MULW: return (uint64_t)word(wa * wb);
    case RV_DIV: return divide(sa, sb, INT64_MIN);
    case RV_DIVU: return divide(a, b, -1);
    case RV_REM: return remainder_of(sa, sb, INT64_MIN);
    case RV_REMU: return remainder_of(a, b, -1);
    case RV_DIVW: return (uint64_t)word(divide(word(a), word(b), INT32_MIN));
    case RV_DIVUW: return (uint64_t)word(divide(wa, wb, -1));
    case RV_REMW: return (uint64_t)word(remainder_of(word(a), word(b), INT32_MIN));
    case RV_REMUW: return (uint64_t)word(remainder_of(wa, wb, -1));
    default: fail_msg("no formula for %s", gn_rv_encodings[op].mnemonic); return 0;
    }
}

static bool taken(enum rv_op op, uint64_t a, uint64_t b)
{
    switch (op) {
    case RV_BEQ: return a == b;
    case RV_BNE: return a != b;
    case RV_BLT: return (int64_t)a < (int64_t)b;
    case RV_BGE: return (int64_t)a >= (int64_t)b;
    case RV_BLTU: return a < b;
    default: return a >= b;
    }
}

static uint64_t loaded(const struct state *s, uint64_t at, unsigned width, bool is_signed)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < width; i++) {
        v |= (uint64_t)s->memory[at - DATA + i] << 8 * i;
    }
    unsigned unused = 64 - 8 * width;
    return is_signed ? (uint64_t)((int64_t)(v << unused) >> unused) : v;
}

static void store(struct state *s, uint64_t at, unsigned width, uint64_t v)
{
    for (unsigned i = 0; i < width; i++) {
        s->memory[at - DATA + i] = (uint8_t)(v >> 8 * i);
    }
}

static uint64_t read_modify(enum rv_op op, uint64_t old, uint64_t b, bool is_word)
{
    uint64_t ua = is_word ? (uint32_t)old : old, ub = is_word ? (uint32_t)b : b;
    int64_t sa = is_word ? word(old) : (int64_t)old, sb = is_word ? word(b) : (int64_t)b;
    switch (op) {
    case RV_AMOSWAP_W: case RV_AMOSWAP_D: return b;
    case RV_AMOADD_W: case RV_AMOADD_D: return old + b;
    case RV_AMOXOR_W: case RV_AMOXOR_D: return old ^ b;
    case RV_AMOAND_W: case RV_AMOAND_D: return old & b;
    case RV_AMOOR_W: case RV_AMOOR_D: return old | b;
    case RV_AMOMIN_W: case RV_AMOMIN_D: return (uint64_t)(sa < sb ? sa : sb);
    case RV_AMOMAX_W: case RV_AMOMAX_D: return (uint64_t)(sa > sb ? sa : sb);
    case RV_AMOMINU_W: case RV_AMOMINU_D: return ua < ub ? ua : ub;
    default: return ua > ub ? ua : ub;
    }
}

static void execute(struct state *s, const struct rv_insn *i)
{
    const struct rv_encoding *e = &gn_rv_encodings[i->op];
    unsigned funct3 = e->match >> 12 & 7;
    uint64_t a = s->x[i->rs1], b = s->x[i->rs2], imm = (uint64_t)i->imm, next = s->pc + i->length, result = 0;
    switch (e->format) {
    case RV_FORMAT_R:
        result = computed(i->op, a, b);
        break;
    case RV_FORMAT_I: case RV_FORMAT_SH6: case RV_FORMAT_SH5:
        result = computed(i->op, a, imm);
        break;
    case RV_FORMAT_U:
        result = i->op == RV_LUI ? imm : s->pc + imm;
        break;
    case RV_FORMAT_J:
        result = next;
        next = s->pc + imm;
        break;
    case RV_FORMAT_B:
        next = taken(i->op, a, b) ? s->pc + imm : next;
        break;
    case RV_FORMAT_LD:
        if (i->op == RV_JALR) {
            result = next;
            next = (a + imm) & ~UINT64_C(1);
        } else {
            result = loaded(s, a + imm, 1u << (funct3 & 3), funct3 < 4);
        }
        break;
    case RV_FORMAT_ST:
        store(s, a + imm, 1u << funct3, b);
        break;
    case RV_FORMAT_AMO:
        result = loaded(s, a, 1u << funct3, true);
        store(s, a, 1u << funct3, read_modify(i->op, result, b, funct3 == 2));
        break;
    case RV_FORMAT_CSR:
        result = 0xFFFEEEE;
        break;
    default:
        break;
    }
    if (i->rd != 0) {
        s->x[i->rd] = result;
    }
    s->pc = next;
}

// clang-format on

/* ---- the machine ---- */
struct bench {
    struct assembler a;
    struct rv_program *p;
    struct rv_machine m;
};

static void load(struct bench *b)
{
    struct gn_error err = {.text = ""};
    struct gn_buffer elf = assembler_elf(&b->a);
    if (gn_riscv_load(&b->p, elf.data, elf.size, &err) != GN_OK ||
        gn_riscv_start(&b->m, b->p, NULL, 0, &err) != GN_OK) {
        fail_msg("%s", err.text);
    }
    gn_buffer_free(&elf);
}

static void unload(struct bench *b)
{
    gn_riscv_stop(&b->m);
    gn_riscv_free(b->p);
    assembler_free(&b->a);
    memset(b, 0, sizeof *b);
}

/* one step from `before`: the state that follows */
static struct state step(struct bench *b, const struct state *before)
{
    struct state after = *before;
    struct vm *vm = &b->m.vm;
    memcpy(vm->regs, before->x, sizeof before->x);
    vm->regs[VM_REG_HIDDEN] = vm->regs[VM_REG_HIDDEN2] = vm->regs[VM_REG_SINK] = UINT64_C(0xbadbadbadbadbad);
    vm->row = b->p->core.row_of_halfword[(before->pc - TEXT) / 2];
    assert_true(gn_vm_memory_write(vm->memory, DATA, before->memory, MEMORY));
    if (gn_vm_run(vm, 1, NULL, NULL) != VM_STOP_LIMIT) {
        fail_msg("fault %s at 0x%llx", gn_vm_fault_name(vm->fault), (unsigned long long)vm->fault_pc);
    }
    memcpy(after.x, vm->regs, sizeof after.x);
    after.pc = b->p->core.pc_of_row[vm->row];
    assert_int_equal(vm->regs[VM_REG_ZERO], 0);
    assert_int_equal(vm->regs[0], 0);
    assert_true(gn_vm_memory_read(vm->memory, DATA, after.memory, MEMORY));
    return after;
}

static uint64_t random_state = 5;

static uint64_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static const uint64_t edges[] = {0,
                                 1,
                                 2,
                                 31,
                                 32,
                                 63,
                                 64,
                                 0x7fffffff,
                                 0x80000000,
                                 0xffffffff,
                                 0x100000000,
                                 0x7fffffffffffffff,
                                 0x8000000000000000,
                                 0xffffffff80000000,
                                 0xffffffffffffffff,
                                 0x8000000000000001};
enum { EDGES = sizeof edges / sizeof *edges };

static uint64_t operand(unsigned i)
{
    return i < EDGES ? edges[i] : next_random() >> (next_random() & 63);
}

static bool uses_memory(enum rv_op op)
{
    enum rv_format f = gn_rv_encodings[op].format;
    return (f == RV_FORMAT_LD && op != RV_JALR) || f == RV_FORMAT_ST || f == RV_FORMAT_AMO;
}

/* every pair of operands for one instruction that stands at pc */
static void compare(struct bench *b, const struct rv_insn *insn, uint64_t pc)
{
    for (unsigned i = 0; i < (EDGES + 2) * (EDGES + 2); i++) {
        struct state before = {.pc = pc}, expected;
        for (unsigned r = 1; r < 32; r++) {
            before.x[r] = next_random();
        }
        for (unsigned k = 0; k < MEMORY; k++) {
            before.memory[k] = (uint8_t)next_random();
        }
        before.x[insn->rs2] = operand(i / (EDGES + 2));
        if (uses_memory(insn->op)) {
            uint64_t at = gn_rv_encodings[insn->op].format == RV_FORMAT_AMO ? 8 + 8 * (i % 4) : 8 + i % 40;
            before.x[insn->rs1] = DATA + at - (uint64_t)insn->imm * (gn_rv_encodings[insn->op].format != RV_FORMAT_AMO);
            store(&before, DATA + 8 + 8 * (i % 4), 8, operand(i % (EDGES + 2)));
        } else if (insn->op == RV_JALR) {
            before.x[insn->rs1] = TEXT + i % 64 - (uint64_t)insn->imm;
        } else {
            before.x[insn->rs1] = operand(i % (EDGES + 2));
        }
        before.x[0] = 0;
        expected = before;
        execute(&expected, insn);
        struct state got = step(b, &before);
        if (memcmp(&got, &expected, sizeof got) != 0) {
            char text[64];
            gn_rv_format(text, sizeof text, insn, pc);
            fail_msg("%s with 0x%llx, 0x%llx: rd 0x%llx, not 0x%llx; pc 0x%llx, not 0x%llx", text,
                     (unsigned long long)before.x[insn->rs1], (unsigned long long)before.x[insn->rs2],
                     (unsigned long long)got.x[insn->rd], (unsigned long long)expected.x[insn->rd],
                     (unsigned long long)got.pc, (unsigned long long)expected.pc);
        }
    }
}

static const uint8_t shapes[][3] = {/* rd, rs1, rs2 */ {5, 6, 7},
                                    {5, 5, 7},
                                    {5, 6, 5},
                                    {5, 6, 6},
                                    {5, 5, 5},
                                    {0, 6, 7},
                                    {5, 0, 7},
                                    {5, 6, 0},
                                    {5, 0, 0},
                                    {0, 0, 0},
                                    {31, 1, 16},
                                    {0, 6, 6}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static bool has(enum rv_op op, unsigned field)
{
    const struct rv_insn all = {
        .op = op, .rd = field == 0 ? 31 : 0, .rs1 = field == 1 ? 31 : 0, .rs2 = field == 2 ? 31 : 0};
    struct rv_insn back;
    return gn_rv_decode(&back, gn_rv_encode(&all)) && back.op == op && back.rd + back.rs1 + back.rs2 == 31;
}

// clang-format off
static const int64_t *immediates_of(enum rv_op op, size_t *n)
{
    static const int64_t twelve[] = {0, 1, -1, 2047, -2048, 32}, upper[] = {0, 4096, -4096, INT32_MIN, 0x7ffff000};
    static const int64_t six[] = {0, 1, 31, 32, 63},
                         five[] = {0, 1, 31}, offsets[] = {4, 64, 0, -64}, small[] = {0, -3, 5}, none[] = {0};
#define LIST(v) (*n = sizeof v / sizeof *v, v)
    switch (gn_rv_encodings[op].format) {
    case RV_FORMAT_I: return LIST(twelve);
    case RV_FORMAT_U: return LIST(upper);
    case RV_FORMAT_SH6: return LIST(six);
    case RV_FORMAT_SH5: return LIST(five);
    case RV_FORMAT_B: case RV_FORMAT_J: return LIST(offsets);
    case RV_FORMAT_LD: case RV_FORMAT_ST: return LIST(small);
    default: return LIST(none);
    }
#undef LIST
}

// clang-format on

/* nothing that the formulas above say: LR and SC (vm's tests, tests/differential), traps */
static bool has_formula(enum rv_op op)
{
    return op != RV_LR_W && op != RV_LR_D && op != RV_SC_W && op != RV_SC_D && op != RV_ECALL && op != RV_EBREAK;
}

static bool possible(enum rv_op op, const uint8_t shape[3])
{
    return (uses_memory(op) || op == RV_JALR)
               ? shape[1] != 0 && (shape[1] != shape[2] || gn_rv_encodings[op].format == RV_FORMAT_LD)
               : true;
}

/* the instruction stands in the middle of a field of c.nop, where jumps land */
static void every_instruction(void **unused)
{
    (void)unused;
    for (enum rv_op op = RV_ILLEGAL + 1; op < RV_OPS; op++) {
        size_t immediates_n;
        const int64_t *immediates = immediates_of(op, &immediates_n);
        for (size_t k = 0; has_formula(op) && k < immediates_n; k++) {
            struct bench b = {0};
            struct rv_insn insns[SHAPES];
            uint64_t pcs[SHAPES];
            size_t n = 0;
            for (unsigned i = 0; i < 64; i++) {
                emit16(&b.a, 1);
            }
            for (size_t i = 0; i < SHAPES; i++) {
                if (possible(op, shapes[i])) {
                    insns[n] = (struct rv_insn){.op = op, .length = 4, .imm = immediates[k]};
                    insns[n].rd = has(op, 0) ? shapes[i][0] : 0;
                    insns[n].rs1 = has(op, 1) ? shapes[i][1] : 0;
                    insns[n].rs2 = has(op, 2) ? shapes[i][2] : 0;
                    pcs[n] = here(&b.a);
                    emit32(&b.a, gn_rv_encode(&insns[n++]));
                }
            }
            for (unsigned i = 0; i < 64; i++) {
                emit16(&b.a, 1);
            }
            load(&b);
            for (size_t i = 0; i < n; i++) {
                uint64_t rows = b.m.vm.rows_run, steps = b.m.vm.steps;
                compare(&b, &insns[i], pcs[i]);
                if (gn_rv_encodings[op].format != RV_FORMAT_AMO) {
                    assert_int_equal(b.m.vm.rows_run - rows, b.m.vm.steps - steps); /* one row each */
                }
            }
            unload(&b);
        }
    }
}

/* every legal halfword does what its base form does */
static void compressed_instructions(void **unused)
{
    (void)unused;
    struct bench b = {0};
    static struct rv_insn insns[0x10000];
    for (uint32_t h = 0; h < 0x10000; h++) {
        if ((h & 3) != 3) {
            gn_rv_decode(&insns[h], h);
            emit16(&b.a, h);
        } else {
            emit16(&b.a, 1);
        }
    }
    load(&b);
    for (uint32_t h = 0; h < 0x10000; h++) {
        const struct rv_insn *i = &insns[h];
        if ((h & 3) == 3 || i->op == RV_ILLEGAL || i->op == RV_EBREAK) {
            continue;
        }
        struct state before = {.pc = TEXT + 2 * (uint64_t)h}, expected;
        uint64_t target = before.pc + (uint64_t)i->imm;
        bool jumps = gn_rv_encodings[i->op].format == RV_FORMAT_B || gn_rv_encodings[i->op].format == RV_FORMAT_J;
        if (jumps && (target < TEXT || target >= TEXT + 0x20000)) {
            continue;
        }
        for (unsigned r = 1; r < 32; r++) {
            before.x[r] = next_random() >> (next_random() & 63);
        }
        if (uses_memory(i->op)) {
            before.x[i->rs1] = DATA - (uint64_t)i->imm + next_random() % 56;
        } else if (i->op == RV_JALR) {
            before.x[i->rs1] = TEXT + next_random() % 0x1000;
        } else if (h & 1) {
            before.x[i->rs1] = 0; /* so that half of the branches are taken */
        }
        before.x[0] = 0;
        expected = before;
        execute(&expected, i);
        struct state got = step(&b, &before);
        if (memcmp(&got, &expected, sizeof got) != 0) {
            fail_msg("halfword %04x", h);
        }
    }
    unload(&b);
}

static void rows_of_atomics(void **unused)
{
    (void)unused;
    static const struct {
        enum rv_op op;
        uint8_t rd, rs2;
        unsigned rows; /* of the instruction; its upper half, which is illegal, has one, too, and the end */
    } cases[] = {
        {RV_AMOSWAP_W, 5, 7, 3}, {RV_AMOSWAP_D, 0, 7, 2}, {RV_AMOADD_W, 5, 7, 4},  {RV_AMOADD_D, 0, 7, 3},
        {RV_AMOMIN_W, 5, 7, 6},  {RV_AMOMIN_W, 5, 0, 5},  {RV_AMOMAXU_D, 5, 7, 5}, {RV_AMOMAXU_D, 0, 7, 4},
        {RV_LR_W, 5, 0, 2},      {RV_LR_D, 6, 0, 3},      {RV_SC_D, 0, 7, 5},      {RV_SC_W, 5, 7, 7},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench b = {0};
        emit(&b.a, cases[i].op, cases[i].rd, 6, cases[i].rs2, 0);
        load(&b);
        assert_int_equal(b.p->core.rows_n - b.p->core.kernel_rows_n, cases[i].rows + 2);
        for (uint32_t row = 0; row <= cases[i].rows + 1; row++) { /* row 2: the end of text */
            assert_int_equal(b.p->core.first_of_insn[row], row <= 2);
            assert_int_equal(b.p->core.pc_of_row[row], row == 1 ? TEXT + 2 : row == 2 ? TEXT + 4 : TEXT);
        }
        unload(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_instruction),
        cmocka_unit_test(compressed_instructions),
        cmocka_unit_test(rows_of_atomics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
