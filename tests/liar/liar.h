/* SPDX-License-Identifier: Apache-2.0 */
/* liar.h - what a prover of a Solana program may claim that is not so; included before executor.c, which is compiled a second time for these tests.
 *
 * A lie has up to three parts, so that a run goes on and ends after it as if it were true:
 *   deny   the program's instruction at a slot has no fault: it reads or writes where no memory is, divides by zero, calls once too often, out of the text; a row
 *          without meaning, or a syscall, is passed over
 *   units  on one of its entries the program is left after so many instructions: a trap without cause; or it is not left when its units are used up
 *   told   from then on the kernel finds something else than is there when it looks at a register of the program, or at a byte of its description */
#ifndef GN_TESTS_LIAR_LIAR_H
#define GN_TESTS_LIAR_LIAR_H

#include <stdbool.h>
#include <stdint.h>

#define LIE_NOWHERE UINT32_MAX

struct lie {
    bool deny;
    uint32_t slot, slot_too; /* of the instruction that is denied, and of another */
    uint32_t goes_on;        /* slot at which the run goes on behind a row that is passed over, or in CALLX */
    unsigned entry;          /* from 1; 0: units is not used */
    uint64_t units;
    unsigned told_reg;  /* number of a register; 0: none.  From entry on, or always */
    uint64_t told_byte; /* address of a byte in the kernel's memory; 0: none */
    uint64_t (*told)(uint64_t truth);
};
struct liar {
    struct lie lie;
    unsigned entries, denied, told; /* how often */
};
extern struct liar liar;

struct vm;
struct vm_insn;
bool liar_denies(const struct vm *vm, uint32_t row, bool kernel, uint64_t address);
uint32_t liar_row(const struct vm *vm);
uint64_t liar_units(uint64_t units);
uint64_t liar_value(const struct vm_insn *insn, bool kernel, uint64_t value, const uint64_t *address);

/* names of the executor: vm, row, insn, kernel, address, regs */
#define FAULTY_VALUE(value) liar_value(insn, kernel, value, &address)
#define FAULTY_WORD(value)  (value)
#define FAULTY_NEXT(number) (number)
#define FAULTY_DENIES       liar_denies(vm, row, kernel, regs[insn->ra] + insn->imm)
#define FAULTY_SKIPS        liar_denies(vm, row, kernel, 0)
#define FAULTY_BEHIND       liar_row(vm)
#define FAULTY_SLOT         liar.lie.goes_on
#define FAULTY_UNITS(units) liar_units(units)

/* of the recorder: a word where no memory is was always there, may be written, and held 0 */
#define FAULTY_EXISTS(shadow) ((shadow)->value = 0, (shadow)->perm = 1, liar.lie.deny)

#endif
