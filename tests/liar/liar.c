/* SPDX-License-Identifier: Apache-2.0 */
/* liar.c - see liar.h. */
#include "liar/liar.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "vm/memory.h"

struct liar liar;

/* What the liar reads and writes where no memory is must be there for the host. */
static void map(const struct vm_memory *m, uint64_t address)
{
    const uint64_t page = address >> VM_PAGE_LOG2 << VM_PAGE_LOG2;
    if (address < VM_SPACE && mprotect(m->base + page, (size_t)2 << VM_PAGE_LOG2, PROT_READ | PROT_WRITE) != 0) {
        abort();
    }
}

bool liar_denies(const struct vm *vm, uint32_t row, bool kernel, uint64_t address)
{
    const uint64_t slot = (vm->program->pc_of_row[row] - VM_USER_TEXT) / 2;
    if (!liar.lie.deny || kernel || (slot != liar.lie.slot && slot != liar.lie.slot_too)) {
        return false;
    }
    map(vm->memory, address);
    liar.denied++;
    return true;
}

uint32_t liar_row(const struct vm *vm)
{
    return vm->program->row_of_halfword[liar.lie.goes_on];
}

uint64_t liar_units(uint64_t units)
{
    liar.entries++;
    return liar.lie.entry == liar.entries ? liar.lie.units : units;
}

uint64_t liar_value(const struct vm_insn *insn, bool kernel, uint64_t value, const uint64_t *address)
{
    const struct lie *lie = &liar.lie;
    if (!kernel || lie->told == NULL || liar.entries < lie->entry || liar.entries == 0) {
        return value;
    }
    bool told = lie->told_reg != 0 && insn->op == VM_MOV && insn->ra == lie->told_reg;
    told = told || (lie->told_byte != 0 && insn->op == VM_LBU && *address == lie->told_byte);
    liar.told += told;
    return told ? lie->told(value) : value;
}
