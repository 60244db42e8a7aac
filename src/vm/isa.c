/* SPDX-License-Identifier: Apache-2.0 */
/* isa.c - names of operations, machines and faults, and core instructions as text.  Everything is made from isa.def. */
#include "vm/isa.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

struct op_text {
    const char *name, *machine, *effect;
    enum vm_form form;
};

static const struct op_text ops[VM_OPS] = {
#define CORE(name, machine, form, effect) [VM_##name] = {#name, #machine, effect, VM_FORM_##form},
#include "vm/isa.def"
#undef CORE
};

static const struct op_text no_op = {"?", "?", "?", VM_FORM_NONE};

static const struct op_text *op_text(unsigned op)
{
    return op < VM_OPS ? &ops[op] : &no_op;
}

const char *gn_vm_op_name(enum vm_op op)
{
    return op_text(op)->name;
}

const char *gn_vm_op_machine(enum vm_op op)
{
    return op_text(op)->machine;
}

const char *gn_vm_op_effect(enum vm_op op)
{
    return op_text(op)->effect;
}

enum vm_form gn_vm_op_form(enum vm_op op)
{
    return op_text(op)->form;
}

unsigned gn_vm_form_uses(enum vm_form form)
{
    static const unsigned uses[VM_FORMS] = {
        [VM_FORM_D_I] = VM_USES_D | VM_USES_I,
        [VM_FORM_D_A] = VM_USES_D | VM_USES_A,
        [VM_FORM_D_AB] = VM_USES_D | VM_USES_A | VM_USES_B,
        [VM_FORM_D_AI] = VM_USES_D | VM_USES_A | VM_USES_I,
        [VM_FORM_AB_T] = VM_USES_A | VM_USES_B | VM_USES_T,
        [VM_FORM_AI_T] = VM_USES_A | VM_USES_I | VM_USES_T,
        [VM_FORM_T] = VM_USES_T,
        [VM_FORM_DI_T] = VM_USES_D | VM_USES_I | VM_USES_T,
        [VM_FORM_D_A_I_J] = VM_USES_D | VM_USES_A | VM_USES_I,
        [VM_FORM_LOAD] = VM_USES_D | VM_USES_A | VM_USES_I,
        [VM_FORM_STORE] = VM_USES_A | VM_USES_B | VM_USES_I,
        [VM_FORM_AB] = VM_USES_A | VM_USES_B,
        [VM_FORM_NONE] = 0,
        [VM_FORM_I] = VM_USES_I,
        [VM_FORM_STOREI] = VM_USES_A | VM_USES_I,
        [VM_FORM_A] = VM_USES_A,
        [VM_FORM_C_AB] = VM_USES_C | VM_USES_A | VM_USES_B,
    };
    return (unsigned)form < VM_FORMS ? uses[form] : 0;
}

const char *gn_vm_fault_name(enum vm_fault fault)
{
    static const char *const names[VM_FAULTS] = {
        [VM_FAULT_NONE] = "none",
        [VM_FAULT_ILLEGAL] = "illegal instruction",
        [VM_FAULT_PC] = "bad jump target",
        [VM_FAULT_LOAD] = "bad load address",
        [VM_FAULT_STORE] = "bad store address",
        [VM_FAULT_MISALIGNED] = "misaligned atomic",
        [VM_FAULT_BREAKPOINT] = "breakpoint",
        [VM_FAULT_DIVIDE_ZERO] = "division by zero",
        [VM_FAULT_DIVIDE_OVERFLOW] = "division overflow",
        [VM_FAULT_CALL_DEPTH] = "call depth exceeded",
        [VM_FAULT_CALL_TARGET] = "call outside of text",
        [VM_FAULT_EXIT] = "exit of the outermost frame",
        [VM_FAULT_UNITS] = "units used up",
    };
    return (unsigned)fault < VM_FAULTS ? names[fault] : "?";
}

/* ---- text ---- */

/* A line of any length written into room for out_n bytes; size counts what the whole line takes. */
struct line {
    char *out;
    size_t out_n, size;
};

__attribute__((format(printf, 2, 3))) static void put(struct line *l, const char *format, ...)
{
    char part[64]; /* longer than anything that is put */
    va_list args;
    va_start(args, format);
    int n = vsnprintf(part, sizeof part, format, args);
    va_end(args);
    for (int i = 0; i < n && part[i] != 0; i++, l->size++) {
        if (l->size + 1 < l->out_n) {
            l->out[l->size] = part[i];
        }
    }
}

static void put_name(struct line *l, unsigned op)
{
    for (const char *s = op_text(op)->name; *s != 0; s++) {
        put(l, "%c", tolower((unsigned char)*s));
    }
}

static void put_register(struct line *l, unsigned r)
{
    static const char *const special[] = {
        [VM_REG_ZERO - 32] = "zero",       [VM_REG_SINK - 32] = "sink",         [VM_REG_HIDDEN - 32] = "hidden",
        [VM_REG_HIDDEN2 - 32] = "hidden2", [VM_REG_RESERVED - 32] = "reserved", [VM_REG_TRAP - 32] = "trap",
        [VM_REG_FRAME - 32] = "frame",
    };
    if (r < 32) {
        put(l, "x%u", r);
    } else if (r - 32 < sizeof special / sizeof special[0] && special[r - 32] != NULL) {
        put(l, "%s", special[r - 32]);
    } else if (r > VM_REG_KERNEL && r < VM_REGS) {
        put(l, "k%u", r - VM_REG_KERNEL);
    } else {
        put(l, "r%u", r);
    }
}

/* small values in decimal, with sign; addresses and patterns in hexadecimal */
static void put_number(struct line *l, uint64_t value)
{
    int64_t number = (int64_t)value;
    if (number >= -65536 && number <= 65536) {
        put(l, "%" PRId64, number);
    } else {
        put(l, "0x%" PRIx64, value);
    }
}

static void put_row(struct line *l, uint32_t row)
{
    if (row == VM_NO_ROW) {
        put(l, "@none");
    } else {
        put(l, "@%" PRIu32, row);
    }
}

/* "8(x5)" */
static void put_place(struct line *l, const struct vm_insn *insn)
{
    put_number(l, insn->imm);
    put(l, "(");
    put_register(l, insn->ra);
    put(l, ")");
}

/* The fields in the order of the form's letters, with commas. */
static void put_fields(struct line *l, const struct vm_insn *insn, unsigned uses)
{
    const char *comma = " ";
    if (uses & (VM_USES_D | VM_USES_C)) {
        put(l, "%s", comma);
        put_register(l, insn->rd);
        comma = ", ";
    }
    if (uses & VM_USES_A) {
        put(l, "%s", comma);
        put_register(l, insn->ra);
        comma = ", ";
    }
    if (uses & VM_USES_B) {
        put(l, "%s", comma);
        put_register(l, insn->rb);
        comma = ", ";
    }
    if (uses & VM_USES_I) {
        put(l, "%s", comma);
        put_number(l, insn->imm);
        comma = ", ";
    }
    if (uses & VM_USES_T) {
        put(l, "%s", comma);
        put_row(l, insn->target);
    }
}

static void put_insn(struct line *l, const struct vm_insn *insn)
{
    put_name(l, insn->op);
    enum vm_form form = op_text(insn->op)->form;
    if (insn->op == VM_FAULT) {
        put(l, " %s", insn->imm < VM_FAULTS ? gn_vm_fault_name((enum vm_fault)insn->imm) : "?");
        return;
    }
    switch (form) {
    case VM_FORM_LOAD:
    case VM_FORM_STORE:
        put(l, " ");
        put_register(l, form == VM_FORM_LOAD ? insn->rd : insn->rb);
        put(l, ", ");
        put_place(l, insn);
        break;
    case VM_FORM_STOREI:
        put(l, " ");
        put_number(l, insn->link);
        put(l, ", ");
        put_place(l, insn);
        break;
    case VM_FORM_D_A_I_J:
        put(l, " ");
        put_register(l, insn->rd);
        put(l, ", ");
        put_place(l, insn);
        put(l, ", link ");
        put_number(l, insn->link);
        break;
    default:
        put_fields(l, insn, gn_vm_form_uses(form));
        break;
    }
}

size_t gn_vm_format(char *out, size_t out_n, const struct vm_insn *insn)
{
    struct line l = {out, out_n, 0};
    put_insn(&l, insn);
    if (out_n > 0) {
        out[l.size < out_n ? l.size : out_n - 1] = 0;
    }
    return l.size;
}
