/* SPDX-License-Identifier: Apache-2.0 */
/* kernel.c - a kernel's text as rows behind a program's.
 *
 * Text is decoded from VM_KERNEL_TEXT on, one instruction after the other; each is one row, in registers 64 + i.  What is no instruction of kernels (data, `unimp`) is a FAULT
 * row: to come there ends the run without proof. */
#include "riscv/kernel.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "riscv/decode.h"
#include "riscv/lower.h"

enum { OPCODE_CUSTOM_0 = 0x0b, OPCODE_SYSTEM = 0x73, CSR_BANK = 0x800, CSR_BANK_SIZE = 64 };
/* funct7 is 0 but for POSEIDON2, which shares KECCAK's funct3 */
enum { FUNCT7_KECCAK, FUNCT7_POSEIDON2 };
enum { FUNCT3_RESUME, FUNCT3_OUT, FUNCT3_HALT, FUNCT3_COPY, FUNCT3_FILL, FUNCT3_SHA256, FUNCT3_KECCAK, FUNCT3_DECLARE };

struct fields {
    uint8_t rd, funct3, rs1, rs2, funct7;
};

static struct fields fields_of(uint32_t w)
{
    return (struct fields){w >> 7 & 31, w >> 12 & 7, w >> 15 & 31, w >> 20 & 31, (uint8_t)(w >> 25)};
}

/* csrr rd, csr; csrw csr, rs1 */
static bool lower_csr(struct lowering *l, uint32_t w)
{
    struct fields f = fields_of(w);
    uint32_t r = (w >> 20) - CSR_BANK;
    if (r == 0 || r >= CSR_BANK_SIZE) {
        return false;
    }
    if (f.funct3 == 2 && f.rs1 == 0) {
        gn_rv_emit(l, (struct vm_insn){.op = VM_MOV, .rd = gn_rv_sink(l, f.rd), .ra = (uint8_t)r});
    } else if (f.funct3 == 1 && f.rd == 0) {
        gn_rv_emit(l, (struct vm_insn){.op = VM_MOV, .rd = (uint8_t)r, .ra = gn_rv_source(l, f.rs1)});
    } else {
        return false;
    }
    return true;
}

/* a bulk operation; all three registers are read */
static bool lower_bulk(struct lowering *l, enum vm_op op, struct fields f)
{
    gn_rv_emit(l, (struct vm_insn){.op = (uint8_t)op,
                                   .rd = gn_rv_source(l, f.rd),
                                   .ra = gn_rv_source(l, f.rs1),
                                   .rb = gn_rv_source(l, f.rs2)});
    return true;
}

static bool lower_custom(struct lowering *l, uint32_t w)
{
    struct fields f = fields_of(w);
    if (f.funct7 != 0 && !(f.funct3 == FUNCT3_KECCAK && f.funct7 == FUNCT7_POSEIDON2)) {
        return false;
    }
    switch (f.funct3) {
    case FUNCT3_RESUME:
        gn_rv_emit(l, (struct vm_insn){.op = VM_RESUME,
                                       .rd = gn_rv_sink(l, f.rd),
                                       .ra = gn_rv_source(l, f.rs1),
                                       .rb = gn_rv_source(l, f.rs2)});
        return true;
    case FUNCT3_OUT:
        gn_rv_emit(l, (struct vm_insn){.op = VM_OUT, .ra = gn_rv_source(l, f.rs1), .rb = gn_rv_source(l, f.rs2)});
        return f.rd == 0;
    case FUNCT3_HALT:
        gn_rv_emit(l, (struct vm_insn){.op = VM_HALT});
        return true;
    case FUNCT3_COPY:
    case FUNCT3_FILL: /* rd is a target's address: nothing is at 0 */
        return f.rd != 0 && lower_bulk(l, f.funct3 == FUNCT3_COPY ? VM_COPY : VM_FILL, f);
    case FUNCT3_SHA256:
        return f.rd == 0 && lower_bulk(l, VM_SHA256, f);
    case FUNCT3_KECCAK:
        return f.rd == 0 && f.rs2 == 0 && lower_bulk(l, f.funct7 == FUNCT7_KECCAK ? VM_KECCAK : VM_POSEIDON2, f);
    default: /* FUNCT3_DECLARE */
        return lower_bulk(l, VM_DECLARE, f);
    }
}

static bool is_of_guests_only(uint32_t op)
{
    return op == RV_ECALL || op == RV_EBREAK || op == RV_MARCHID || gn_rv_encodings[op].format == RV_FORMAT_LR ||
           gn_rv_encodings[op].format == RV_FORMAT_AMO;
}

static void lower_word(struct lowering *l, uint32_t w)
{
    bool done = (w & 127) == OPCODE_CUSTOM_0 ? lower_custom(l, w)
                : (w & 127) == OPCODE_SYSTEM ? lower_csr(l, w)
                                             : gn_rv_decode(&l->insn, w) && !is_of_guests_only(l->insn.op);
    if (!done) {
        gn_rv_lower_fault(l, VM_FAULT_ILLEGAL, 0);
    } else if ((w & 127) != OPCODE_CUSTOM_0 && (w & 127) != OPCODE_SYSTEM) {
        gn_rv_lower_insn(l);
    }
}

/* ---- text ---- */
static const struct rv_kernel_segment *text_of(const struct rv_kernel *kernel)
{
    for (unsigned i = 0; i < kernel->segments_n; i++) {
        const struct rv_kernel_segment *s = &kernel->segments[i];
        if (s->kind == RV_KERNEL_TEXT) {
            return s->base == VM_KERNEL_TEXT && s->size == s->image_n && s->size % 4 == 0 && s->size > 0 &&
                           s->size < VM_TEXT_SPAN
                       ? s
                       : NULL;
        }
    }
    return NULL;
}

static bool grow(void *array, size_t items, size_t item_bytes)
{
    void **at = array, *bigger = realloc(*at, items * item_bytes);
    if (bigger != NULL) {
        *at = bigger;
    }
    return bigger != NULL;
}

/* rows for n instructions of 4 bytes, and one behind them */
static bool make_room(struct vm_program *core, uint32_t n)
{
    size_t rows = (size_t)core->rows_n + n + 1;
    core->kernel_row_of_halfword = malloc(2 * (size_t)n * sizeof *core->kernel_row_of_halfword);
    return core->kernel_row_of_halfword != NULL && rows < VM_NO_ROW && grow(&core->rows, rows, sizeof *core->rows) &&
           grow(&core->pc_of_row, rows, sizeof *core->pc_of_row) &&
           grow(&core->first_of_insn, rows, sizeof *core->first_of_insn);
}

enum gn_status gn_riscv_kernel_join(struct vm_program *core, const struct rv_kernel *kernel, struct gn_error *err)
{
    const struct rv_kernel_segment *s = text_of(kernel);
    if (s == NULL || core->kernel_rows_n != 0) {
        return gn_fail(err, GN_INTERNAL, "%s is no kernel for this program", kernel->name);
    }
    uint32_t n = (uint32_t)(s->size / 4), first = core->rows_n;
    if (!make_room(core, n)) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for the rows of kernel %s", kernel->name);
    }
    for (uint32_t i = 0; i < n; i++) {
        core->kernel_row_of_halfword[2 * i] = first + i;
        core->kernel_row_of_halfword[2 * i + 1] = VM_NO_ROW;
    }
    struct rv_text text = {VM_KERNEL_TEXT, s->size, core->kernel_row_of_halfword};
    struct lowering l = {.core = core, .text = &text, .bank = VM_REG_KERNEL};
    for (uint32_t i = 0; i <= n; i++) {
        l.pc = VM_KERNEL_TEXT + 4 * (uint64_t)i;
        l.row = first + i;
        l.following = i < n ? first + i + 1 : first + i;
        if (i < n) {
            lower_word(&l, load_le32(s->image + 4 * (size_t)i));
        } else {
            gn_rv_lower_fault(&l, VM_FAULT_PC, l.pc);
        }
    }
    core->rows_n += n + 1;
    core->kernel_rows_n = n + 1;
    core->kernel_text_size = s->size;
    core->vector_row = first;
    core->entry_row = gn_rv_row_at(&text, kernel->entry);
    return gn_vm_program_check(core, err);
}

enum gn_status gn_riscv_kernel_map(struct vm_memory *memory, const struct rv_kernel *kernel, struct gn_error *err)
{
    enum gn_status status = GN_OK;
    for (unsigned i = 0; status == GN_OK && i < kernel->segments_n; i++) {
        const struct rv_kernel_segment *s = &kernel->segments[i];
        if (s->kind != RV_KERNEL_TEXT) {
            status = gn_vm_memory_map(memory, s->base, s->size, s->kind == RV_KERNEL_CONSTANTS ? VM_FIXED : 0, s->image,
                                      s->image_n, err);
        }
    }
    return status;
}
