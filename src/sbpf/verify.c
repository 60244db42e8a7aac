/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c - the checks that a program passes before it may run, with the verdicts of the reference's RequisiteVerifier, in its order: the first instruction that
 * is wrong, and of that first its operation, then what is particular to it, then its registers. */
#include <inttypes.h>

#include "sbpf/opcodes.h"

#define REFUSE(...) gn_fail(err, GN_BAD_INPUT, __VA_ARGS__)

static enum gn_status check_wide(const struct sbpf_program *p, uint32_t slot, struct gn_error *err)
{
    if (slot + 1 >= p->slots_n) {
        return REFUSE("LDDWCannotBeLast: the constant's second slot is missing");
    }
    if (gn_sbpf_insn_at(p, slot + 1).opcode != 0) {
        return REFUSE("IncompleteLDDW(%" PRIu32 "): an instruction where the constant's second slot should be", slot);
    }
    return GN_OK;
}

static enum gn_status check_jump(const struct sbpf_program *p, uint32_t slot, const struct sbpf_insn *insn,
                                 struct gn_error *err)
{
    uint64_t target = gn_sbpf_target(slot, insn->off);
    if (target >= p->slots_n) {
        return REFUSE("JumpOutOfCode(%" PRIu64 ", %" PRIu32 "): the target is outside of text", target, slot);
    }
    if (gn_sbpf_insn_at(p, (uint32_t)target).opcode == 0) {
        return REFUSE("JumpToMiddleOfLDDW(%" PRIu64 ", %" PRIu32 "): the target is no instruction", target, slot);
    }
    return GN_OK;
}

static enum gn_status check_shift(uint32_t slot, const struct sbpf_insn *insn, unsigned width, struct gn_error *err)
{
    if (insn->imm < 0 || (unsigned)insn->imm >= width) {
        return REFUSE("ShiftWithOverflow(%" PRIu64 ", %u, %" PRIu32 "): the count is not below the width",
                      (uint64_t)insn->imm, width, slot);
    }
    return GN_OK;
}

/* r10 is the program's to move, by additions of constants */
static bool moves_stack(const struct sbpf_program *p)
{
    return p->version == SBPF_V1 || p->version == SBPF_V2;
}

static enum gn_status check_particular(const struct sbpf_program *p, uint32_t slot, const struct sbpf_insn *insn,
                                       const struct sbpf_op *op, struct gn_error *err)
{
    switch (op->check) {
    case SBPF_CHECK_NONZERO:
        return insn->imm != 0 ? GN_OK : REFUSE("DivisionByZero(%" PRIu32 "): the divisor is the constant 0", slot);
    case SBPF_CHECK_SHIFT32:
        return check_shift(slot, insn, 32, err);
    case SBPF_CHECK_SHIFT64:
        return check_shift(slot, insn, 64, err);
    case SBPF_CHECK_ENDIAN:
        return insn->imm == 16 || insn->imm == 32 || insn->imm == 64
                   ? GN_OK
                   : REFUSE("UnsupportedLEBEArgument(%" PRIu32 "): the width is not 16, 32 or 64", slot);
    case SBPF_CHECK_LDDW:
        return check_wide(p, slot, err);
    case SBPF_CHECK_JUMP:
        return check_jump(p, slot, insn, err);
    case SBPF_CHECK_CALLX:
        return gn_sbpf_callx_register(p->version, insn) < 10
                   ? GN_OK
                   : REFUSE("InvalidRegister(%" PRIu32 "): callx takes r0 to r9", slot);
    case SBPF_CHECK_R10:
        return insn->dst != 10 || op->format != SBPF_FORMAT_DI || !moves_stack(p) || insn->imm % 64 == 0
                   ? GN_OK
                   : REFUSE("UnalignedImmediate(%" PRIu32 "): r10 moves by multiples of 64", slot);
    case SBPF_CHECK_NONE:
        break;
    }
    return GN_OK;
}

static enum gn_status check_r10(const struct sbpf_program *p, uint32_t slot, const struct sbpf_op *op,
                                struct gn_error *err)
{
    const bool is_store = op->format != SBPF_FORMAT_DI;
    return op->check == SBPF_CHECK_R10 && (is_store || moves_stack(p))
               ? GN_OK
               : REFUSE("CannotWriteR10(%" PRIu32 "): r10 as destination", slot);
}

static enum gn_status check_insn(const struct sbpf_program *p, uint32_t slot, const struct sbpf_insn *insn,
                                 struct gn_error *err)
{
    const struct sbpf_op *op = gn_sbpf_op(p->version, insn->opcode);
    if (op == NULL) {
        return REFUSE("UnknownOpCode(%u, %" PRIu32 "): no such operation in version %d", insn->opcode, slot,
                      p->version);
    }
    enum gn_status status = check_particular(p, slot, insn, op, err);
    if (status != GN_OK) {
        return status;
    }
    if (insn->src > 10) {
        return REFUSE("InvalidSourceRegister(%" PRIu32 "): r%u", slot, insn->src);
    }
    if (insn->dst > 10) {
        return REFUSE("InvalidDestinationRegister(%" PRIu32 "): r%u", slot, insn->dst);
    }
    return insn->dst == 10 ? check_r10(p, slot, op, err) : GN_OK;
}

enum gn_status gn_sbpf_verify(const struct sbpf_program *p, struct gn_error *err)
{
    if (p->text_n % SBPF_SLOT != 0) {
        return REFUSE("ProgramLengthNotMultiple: text of %zu bytes", p->text_n);
    }
    if (p->slots_n == 0) {
        return REFUSE("NoProgram: text is empty");
    }
    for (uint32_t slot = 0; slot < p->slots_n; slot++) {
        struct sbpf_insn insn = gn_sbpf_insn_at(p, slot);
        enum gn_status status = check_insn(p, slot, &insn, err);
        if (status != GN_OK) {
            return status;
        }
        slot += gn_sbpf_op(p->version, insn.opcode)->format == SBPF_FORMAT_LDDW;
    }
    return GN_OK;
}
