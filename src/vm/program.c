/* SPDX-License-Identifier: Apache-2.0 */
/* program.c - what every program must satisfy before the executor runs it.
 *
 * The executor follows row and register numbers without looking at them twice; this is where they are looked at, once per program.  A row that
 * fails is the fault of the front end that lowered it, not of the guest program: GN_INTERNAL. */
#include <inttypes.h>

#include "vm/isa.h"

_Static_assert(sizeof(struct vm_insn) == 32, "a row is half a cache line");

static enum gn_status bad(struct gn_error *err, uint32_t row, const char *what)
{
    return gn_fail(err, GN_INTERNAL, "core program, row %" PRIu32 ": %s", row, what);
}

static bool readable(unsigned r)
{
    return r >= 1 && r < VM_REGS && r != VM_REG_SINK;
}

static bool writable(unsigned r)
{
    return r >= 1 && r < VM_REGS && r != VM_REG_ZERO;
}

/* nothing follows such a row */
static bool ends(unsigned op)
{
    return op == VM_FAULT || op == VM_HALT;
}

static bool needs_zero_imm(unsigned op)
{
    return op == VM_LAW || op == VM_LAD || op == VM_AMOLW || op == VM_AMOLD;
}

static bool of_kernel_only(unsigned op)
{
    return op == VM_RESUME || op == VM_OUT || op == VM_HALT || op == VM_KECCAK || op == VM_POSEIDON2 ||
           op == VM_SHA256 || op == VM_COPY || op == VM_FILL || op == VM_DECLARE;
}

static bool of_user_only(unsigned op)
{
    return op == VM_ECALL || op == VM_SYSCALL || op == VM_CALL || op == VM_CALLX || op == VM_EXIT;
}

/* registers that user code cannot name */
static bool kernel_register(unsigned r)
{
    return r == VM_REG_TRAP || r == VM_REG_FRAME || r >= VM_REG_KERNEL;
}

/* what is wrong with a row of a program with a kernel */
static const char *privilege_wrong(const struct vm_program *p, uint32_t row, unsigned uses)
{
    const struct vm_insn *insn = &p->rows[row];
    bool kernel = gn_vm_row_is_kernel(p, row);
    if (kernel ? of_user_only(insn->op) : of_kernel_only(insn->op)) {
        return "operation of the other privilege";
    }
    if (!kernel &&
        (((uses & VM_USES_D) && kernel_register(insn->rd)) || ((uses & VM_USES_A) && kernel_register(insn->ra)) ||
         ((uses & VM_USES_B) && kernel_register(insn->rb)))) {
        return "user code names a register of the kernel";
    }
    if (((uses & VM_USES_T) && insn->target != VM_NO_ROW && gn_vm_row_is_kernel(p, insn->target) != kernel) ||
        (!ends(insn->op) && gn_vm_row_is_kernel(p, insn->next) != kernel)) {
        return "leads to the other privilege";
    }
    return kernel && p->first_of_insn[row] != 0 ? "first_of_insn of a kernel row" : NULL;
}

/* what is wrong with a row taken alone; NULL if nothing */
static const char *fields_wrong(const struct vm_program *p, uint32_t row)
{
    const struct vm_insn *insn = &p->rows[row];
    if (insn->op >= VM_OPS) {
        return "no such operation";
    }
    unsigned uses = gn_vm_form_uses(gn_vm_op_form(insn->op));
    if (insn->op == VM_FAULT) {
        uses = 0; /* ends the run: rd is not written */
    }
    if ((uses & VM_USES_D) && !writable(insn->rd)) {
        return "rd must not be written";
    }
    if (((uses & VM_USES_A) && !readable(insn->ra)) || ((uses & VM_USES_B) && !readable(insn->rb))) {
        return "ra or rb must not be read";
    }
    if ((uses & VM_USES_C) && !readable(insn->rd)) {
        return "rd must not be read";
    }
    if ((uses & VM_USES_T) && insn->target != VM_NO_ROW && insn->target >= p->rows_n) {
        return "target is no row";
    }
    if (insn->next >= p->rows_n && !ends(insn->op)) {
        return "next is no row";
    }
    if (needs_zero_imm(insn->op) && insn->imm != 0) {
        return "an aligned load takes no offset";
    }
    if (insn->op == VM_CALL && insn->target == VM_NO_ROW) {
        return "a call to nowhere";
    }
    if ((insn->op == VM_CALL || insn->op == VM_CALLX) && insn->rd != VM_REG_R10) {
        return "rd of a call is not r10";
    }
    if (p->first_of_insn[row] > 1) {
        return "first_of_insn is not 0 or 1";
    }
    return p->kernel_rows_n > 0 ? privilege_wrong(p, row, uses) : NULL;
}

/* An instruction is a first row and those that follow it by `next` up to the next first row; jumps lead to first rows, or on
 * within the same few rows, which is not looked at. */
static bool too_long(const struct vm_program *p, uint32_t row)
{
    unsigned n = 1;
    while (!ends(p->rows[row].op) && !p->first_of_insn[p->rows[row].next]) {
        row = p->rows[row].next;
        if (++n > VM_STEP_ROWS) {
            return true;
        }
    }
    return false;
}

static enum gn_status check_user_text(const struct vm_program *p, struct gn_error *err)
{
    uint64_t offset = p->text_base - VM_USER_TEXT;
    if (p->text_size % 2 != 0 || p->text_base % 2 != 0 || offset > VM_TEXT_SPAN ||
        p->text_size > VM_TEXT_SPAN - offset) {
        return gn_fail(err, GN_INTERNAL, "core program: bad bounds of text");
    }
    for (uint64_t i = 0; i < p->text_size / 2; i++) {
        uint32_t row = p->row_of_halfword[i];
        if (row == VM_NO_ROW) {
            continue;
        }
        if (row >= p->rows_n || !p->first_of_insn[row]) {
            return gn_fail(err, GN_INTERNAL, "core program: pc 0x%" PRIx64 " has a bad row", p->text_base + 2 * i);
        }
    }
    return GN_OK;
}

static enum gn_status check_kernel_text(const struct vm_program *p, struct gn_error *err)
{
    if (p->kernel_rows_n == 0) {
        return GN_OK;
    }
    if (p->kernel_text_size % 2 != 0 || p->kernel_text_size > VM_TEXT_SPAN || p->kernel_text_size == 0) {
        return gn_fail(err, GN_INTERNAL, "core program: bad bounds of the kernel's text");
    }
    for (uint64_t i = 0; i < p->kernel_text_size / 2; i++) {
        uint32_t row = p->kernel_row_of_halfword[i];
        if (row != VM_NO_ROW && !gn_vm_row_is_kernel(p, row)) {
            return gn_fail(err, GN_INTERNAL, "core program: pc 0x%" PRIx64 " has a bad row", VM_KERNEL_TEXT + 2 * i);
        }
    }
    return p->vector_row == p->kernel_row_of_halfword[0] && gn_vm_row_is_kernel(p, p->vector_row)
               ? GN_OK
               : gn_fail(err, GN_INTERNAL, "core program: no vector row");
}

enum gn_status gn_vm_program_check(const struct vm_program *p, struct gn_error *err)
{
    bool kernel = p->kernel_rows_n > 0;
    if (p->rows_n == VM_NO_ROW || p->kernel_rows_n > p->rows_n || p->entry_row >= p->rows_n ||
        (kernel ? !gn_vm_row_is_kernel(p, p->entry_row) : !p->first_of_insn[p->entry_row])) {
        return gn_fail(err, GN_INTERNAL, "core program: no entry row");
    }
    for (uint32_t row = 0; row < p->rows_n; row++) {
        const char *wrong = fields_wrong(p, row);
        if (wrong != NULL) {
            return bad(err, row, wrong);
        }
    }
    for (uint32_t row = 0; row < p->rows_n; row++) {
        if (p->first_of_insn[row] && too_long(p, row)) {
            return bad(err, row, "too many rows in one instruction");
        }
    }
    enum gn_status status = check_user_text(p, err);
    return status == GN_OK ? check_kernel_text(p, err) : status;
}
