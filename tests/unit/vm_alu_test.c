/* SPDX-License-Identifier: Apache-2.0 */
/* vm_alu_test.c - every operation on registers and immediates, in both builds, on pairs of edge values, against formulas over 128-bit
 * integers that use neither C's shifts of signed values nor its narrowing conversions. */
#include "vm_fixture.h"

#include "vm/isa.h"

__extension__ typedef unsigned __int128 u128;
__extension__ typedef __int128 i128;

static const uint64_t edges[] = {
    0,
    1,
    2,
    3,
    7,
    31,
    32,
    33,
    63,
    64,
    65,
    127,
    128,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    0x10000,
    0x7fffffff,
    0x80000000,
    0x80000001,
    0xfffffffe,
    0xffffffff,
    0x100000000,
    0x17fffffff,
    0x180000000,
    0x7fffffffffffffff,
    0x8000000000000000,
    0x8000000000000001,
    0xffffffff7fffffff,
    0xffffffff80000000,
    0xffffffff80000001,
    0xffffffffffffff80,
    0xfffffffffffffffe,
    0xffffffffffffffff,
    0x0123456789abcdef,
    0xfedcba9876543210,
    0xdeadbeefcafebabe,
};
enum { EDGES = sizeof edges / sizeof edges[0] };

#define TWO_32 ((i128)1 << 32)
#define TWO_64 ((i128)1 << 64)

static i128 as_signed(uint64_t x)
{
    return x >= UINT64_C(1) << 63 ? (i128)x - TWO_64 : (i128)x;
}

/* x mod 2^64 */
static uint64_t wrap(i128 x)
{
    return (uint64_t)((u128)x & UINT64_MAX);
}

/* the integer that the low 32 bits stand for */
static i128 low(uint64_t x)
{
    return (i128)(x % (uint64_t)TWO_32);
}

static i128 low_signed(uint64_t x)
{
    return low(x) >= TWO_32 / 2 ? low(x) - TWO_32 : low(x);
}

static i128 power(uint64_t n)
{
    i128 p = 1;
    for (uint64_t i = 0; i < n; i++) {
        p *= 2;
    }
    return p;
}

/* towards minus infinity; d > 0 */
static i128 floor_div(i128 x, i128 d)
{
    return x / d - (x % d < 0);
}

/* x modulo 2^64, then the low half sign extended */
static uint64_t word(i128 x)
{
    return wrap(low_signed(wrap(x)));
}

/* likewise, zeros above */
static uint64_t word_zero(i128 x)
{
    return (uint64_t)low(wrap(x));
}

static uint64_t quotient(i128 a, i128 b)
{
    return b == 0 ? UINT64_MAX : wrap(a / b);
}

static uint64_t rest(i128 a, i128 b)
{
    return b == 0 ? wrap(a) : wrap(a % b);
}

static uint64_t bits(uint64_t a, uint64_t b, unsigned truth_table)
{
    uint64_t r = 0;
    for (unsigned i = 0; i < 64; i++) {
        unsigned index = 2 * (unsigned)(a >> i & 1) + (unsigned)(b >> i & 1);
        r |= (uint64_t)(truth_table >> index & 1) << i;
    }
    return r;
}

struct operation {
    enum vm_op registers, immediate; /* VM_OPS: there is no such form */
    uint64_t (*expected)(uint64_t a, uint64_t b);
};

#define EXPECTED(name, value)                               \
    static uint64_t expected_##name(uint64_t a, uint64_t b) \
    {                                                       \
        return (value);                                     \
    }

EXPECTED(add, wrap((i128)a + b))
EXPECTED(sub, wrap((i128)a - b))
EXPECTED(addw, word((i128)a + b))
EXPECTED(subw, word((i128)a - b))
EXPECTED(and, bits(a, b, 8))
EXPECTED(or, bits(a, b, 14))
EXPECTED(xor, bits(a, b, 6))
EXPECTED(slt, as_signed(a) < as_signed(b))
EXPECTED(sltu, (u128)a < (u128)b)
EXPECTED(sll, wrap((i128)((u128)a *(u128)power(b % 64))))
EXPECTED(srl, wrap((i128)a / power(b % 64)))
EXPECTED(sra, wrap(floor_div(as_signed(a), power(b % 64))))
EXPECTED(sllw, word((i128)((u128)low(a) * (u128)power(b % 32))))
EXPECTED(srlw, word(low(a) / power(b % 32)))
EXPECTED(sraw, word(floor_div(low_signed(a), power(b % 32))))
EXPECTED(mul, wrap((i128)((u128)a *b)))
EXPECTED(mulh, wrap(floor_div(as_signed(a) * as_signed(b), TWO_64)))
EXPECTED(mulhu, (uint64_t)((u128)a *b / (u128)TWO_64))
EXPECTED(mulhsu, wrap(floor_div(as_signed(a) * (i128)b, TWO_64)))
EXPECTED(mulw, word(low_signed(a) * low_signed(b)))
EXPECTED(div, quotient(as_signed(a), as_signed(b)))
EXPECTED(divu, quotient((i128)a, (i128)b))
EXPECTED(rem, rest(as_signed(a), as_signed(b)))
EXPECTED(remu, rest((i128)a, (i128)b))
EXPECTED(divw, word((i128)quotient(low_signed(a), low_signed(b))))
EXPECTED(divuw, word((i128)quotient(low(a), low(b))))
EXPECTED(remw, word((i128)rest(low_signed(a), low_signed(b))))
EXPECTED(remuw, word((i128)rest(low(a), low(b))))
EXPECTED(rsub, wrap((i128)b - a))
EXPECTED(addwz, word_zero((i128)a + b))
EXPECTED(subwz, word_zero((i128)a - b))
EXPECTED(rsubwz, word_zero((i128)b - a))
EXPECTED(andwz, word_zero((i128)bits(a, b, 8)))
EXPECTED(orwz, word_zero((i128)bits(a, b, 14)))
EXPECTED(xorwz, word_zero((i128)bits(a, b, 6)))
EXPECTED(sllwz, word_zero((i128)((u128)low(a) * (u128)power(b % 32))))
EXPECTED(srlwz, word_zero(low(a) / power(b % 32)))
EXPECTED(srawz, word_zero(floor_div(low_signed(a), power(b % 32))))
EXPECTED(mulwz, word_zero(low_signed(a) * low_signed(b)))

static const struct operation operations[] = {
    {VM_ADD, VM_ADDI, expected_add},       {VM_SUB, VM_OPS, expected_sub},        {VM_ADDW, VM_ADDIW, expected_addw},
    {VM_SUBW, VM_OPS, expected_subw},      {VM_AND, VM_ANDI, expected_and},       {VM_OR, VM_ORI, expected_or},
    {VM_XOR, VM_XORI, expected_xor},       {VM_SLT, VM_SLTI, expected_slt},       {VM_SLTU, VM_SLTIU, expected_sltu},
    {VM_SLL, VM_SLLI, expected_sll},       {VM_SRL, VM_SRLI, expected_srl},       {VM_SRA, VM_SRAI, expected_sra},
    {VM_SLLW, VM_SLLIW, expected_sllw},    {VM_SRLW, VM_SRLIW, expected_srlw},    {VM_SRAW, VM_SRAIW, expected_sraw},
    {VM_MUL, VM_OPS, expected_mul},        {VM_MULH, VM_OPS, expected_mulh},      {VM_MULHU, VM_OPS, expected_mulhu},
    {VM_MULHSU, VM_OPS, expected_mulhsu},  {VM_MULW, VM_OPS, expected_mulw},      {VM_DIV, VM_OPS, expected_div},
    {VM_DIVU, VM_OPS, expected_divu},      {VM_REM, VM_OPS, expected_rem},        {VM_REMU, VM_OPS, expected_remu},
    {VM_DIVW, VM_OPS, expected_divw},      {VM_DIVUW, VM_OPS, expected_divuw},    {VM_REMW, VM_OPS, expected_remw},
    {VM_REMUW, VM_OPS, expected_remuw},    {VM_OPS, VM_RSUBI, expected_rsub},     {VM_ADDWZ, VM_ADDIWZ, expected_addwz},
    {VM_SUBWZ, VM_OPS, expected_subwz},    {VM_OPS, VM_RSUBIWZ, expected_rsubwz}, {VM_ANDWZ, VM_OPS, expected_andwz},
    {VM_ORWZ, VM_ORIWZ, expected_orwz},    {VM_XORWZ, VM_XORIWZ, expected_xorwz}, {VM_SLLWZ, VM_SLLIWZ, expected_sllwz},
    {VM_SRLWZ, VM_SRLIWZ, expected_srlwz}, {VM_SRAWZ, VM_SRAIWZ, expected_srawz}, {VM_OPS, VM_MULI, expected_mul},
    {VM_OPS, VM_MULIW, expected_mulw},     {VM_MULWZ, VM_MULIWZ, expected_mulwz}, {VM_OPS, VM_MULHI, expected_mulh},
    {VM_OPS, VM_MULHUI, expected_mulhu},
};
enum { OPERATIONS = sizeof operations / sizeof operations[0] };

static struct vm_memory *memory;

static int setup(void **state)
{
    (void)state;
    memory = guest_memory();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    gn_vm_memory_destroy(memory);
    return 0;
}

static void check(struct guest *g, const struct operation *o, bool immediate, uint64_t a, uint64_t b)
{
    struct vm_insn *insn = &g->rows[0];
    uint64_t wanted = o->expected(a, b);
    insn->imm = immediate ? b : 0;
    for (unsigned observed = 0; observed < 2; observed++) {
        memset(g->vm.regs, 0x5a, sizeof g->vm.regs);
        uint64_t before = g->vm.regs[insn->rd];
        g->vm.regs[insn->ra] = a;
        if (!immediate) {
            g->vm.regs[insn->rb] = b;
        }
        before = insn->rd == insn->ra ? a : !immediate && insn->rd == insn->rb ? b : before;
        assert_int_equal(guest_run(g, observed), VM_STOP_ECALL);
        if (g->vm.regs[insn->rd] != wanted) {
            fail_msg("%s of 0x%llx and 0x%llx: 0x%llx instead of 0x%llx", gn_vm_op_name(insn->op),
                     (unsigned long long)a, (unsigned long long)b, (unsigned long long)g->vm.regs[insn->rd],
                     (unsigned long long)wanted);
        }
        if (observed) {
            assert_int_equal(g->events_n, 2);
            const struct vm_event *e = &g->events[0];
            assert_true(e->a == a && e->b == b && e->result == wanted && e->before == before && e->row == 0);
            assert_true(e->width == 0 && e->address == 0 && !e->taken);
        }
    }
}

static void check_operation(const struct operation *o, bool immediate, struct vm_insn insn)
{
    struct guest g;
    guest_init(&g, memory);
    insn.op = (uint8_t)(immediate ? o->immediate : o->registers);
    guest_row(&g, insn);
    guest_end(&g);
    for (unsigned i = 0; i < EDGES; i++) {
        for (unsigned j = 0; j < EDGES; j++) {
            check(&g, o, immediate, edges[i], edges[j]);
        }
    }
}

static void test_registers(void **state)
{
    (void)state;
    for (unsigned k = 0; k < OPERATIONS; k++) {
        if (operations[k].registers == VM_OPS) {
            continue;
        }
        check_operation(&operations[k], false, (struct vm_insn){.rd = 7, .ra = 5, .rb = 6});
    }
}

static void test_immediates(void **state)
{
    (void)state;
    for (unsigned k = 0; k < OPERATIONS; k++) {
        if (operations[k].immediate != VM_OPS) {
            check_operation(&operations[k], true, (struct vm_insn){.rd = 7, .ra = 5});
        }
    }
}

/* The result goes where an operand was read. */
static void test_aliases(void **state)
{
    (void)state;
    struct guest g;
    for (unsigned k = 0; k < OPERATIONS; k++) {
        for (unsigned alias = 0; operations[k].registers != VM_OPS && alias < 2; alias++) {
            guest_init(&g, memory);
            guest_row(&g,
                      (struct vm_insn){.op = (uint8_t)operations[k].registers, .rd = alias ? 6 : 5, .ra = 5, .rb = 6});
            guest_end(&g);
            check(&g, &operations[k], false, 0xfedcba9876543210, 0xffffffff80000003);
        }
    }
}

/* Every operation of two operands is in the table above, but those that may fault (vm_sbpf_test.c). */
static void test_table_is_complete(void **state)
{
    (void)state;
    for (unsigned op = 0; op < VM_OPS; op++) {
        enum vm_form form = gn_vm_op_form((enum vm_op)op);
        bool concerned = (form == VM_FORM_D_AB || form == VM_FORM_D_AI) && op != VM_CALLX &&
                         strcmp(gn_vm_op_machine((enum vm_op)op), "cdiv") != 0,
             found = false;
        for (unsigned k = 0; k < OPERATIONS; k++) {
            found = found || operations[k].registers == op || operations[k].immediate == op;
        }
        if (concerned != found) {
            fail_msg("%s is %s", gn_vm_op_name((enum vm_op)op), found ? "here by mistake" : "missing");
        }
    }
}

static void test_moves(void **state)
{
    (void)state;
    struct guest g;
    for (unsigned observed = 0; observed < 2; observed++) {
        guest_init(&g, memory);
        guest_row(&g, (struct vm_insn){.op = VM_MOVI, .rd = 31, .imm = 0xfedcba9876543210});
        guest_row(&g, (struct vm_insn){.op = VM_MOV, .rd = 1, .ra = 31});
        guest_row(&g, (struct vm_insn){.op = VM_MOV, .rd = VM_REG_SINK, .ra = 31});
        guest_row(&g, (struct vm_insn){.op = VM_ADD, .rd = 2, .ra = VM_REG_ZERO, .rb = 1});
        guest_end(&g);
        assert_int_equal(guest_run(&g, observed), VM_STOP_ECALL);
        assert_true(g.vm.regs[31] == 0xfedcba9876543210 && g.vm.regs[1] == g.vm.regs[31] &&
                    g.vm.regs[2] == g.vm.regs[31]);
        assert_true(g.vm.regs[VM_REG_ZERO] == 0);
        assert_true(g.vm.steps == 5 && g.vm.rows_run == 5 && g.vm.row == 4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registers),         cmocka_unit_test(test_immediates), cmocka_unit_test(test_aliases),
        cmocka_unit_test(test_table_is_complete), cmocka_unit_test(test_moves),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
