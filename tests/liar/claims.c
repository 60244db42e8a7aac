/* SPDX-License-Identifier: Apache-2.0 */
/* claims.c - the lies, by name: faults that are denied, faults that are none, instructions, syscalls and units that are left out. */
#include "liar/claims.h"
#include "liar/slots.h"
#include "liar/stage.h"

#include <stddef.h>

#include "vm/vm.h"

#define PROGRAM(...) (const uint64_t[]){__VA_ARGS__}, sizeof((const uint64_t[]){__VA_ARGS__}) / 8
#define SUCCESS      {true, GN_SOL_FAULT_NONE}
#define FAILS(name)  {false, GN_SOL_FAULT_##name}

enum { REG = 1 /* number of r0 */, STACK_END = GN_SOL_STACK_BYTES, HEAP_END = GN_SOL_HEAP_MIN };
#define ALL UINT64_MAX

#define SITE(slot) (GN_SOL_DESCRIPTION + sizeof(struct gn_sol_description) + (slot))

/* ---- what the kernel is told ---- */
static uint64_t zero(uint64_t truth)
{
    (void)truth;
    return 0;
}
static uint64_t seven(uint64_t truth)
{
    (void)truth;
    return 7;
}
static uint64_t smallest(uint64_t truth)
{
    (void)truth;
    return UINT64_C(1) << 63;
}
static uint64_t behind_the_heap(uint64_t truth)
{
    (void)truth;
    return GN_SOL_HEAP + HEAP_END;
}
static uint64_t behind_the_stack(uint64_t truth)
{
    (void)truth;
    return GN_SOL_STACK + STACK_END + 8;
}
static uint64_t to_the_heap(uint64_t truth)
{
    (void)truth;
    return GN_SOL_HEAP;
}
static uint64_t behind_the_account(uint64_t truth)
{
    (void)truth;
    return GN_SOL_INPUT + DATA_END + GN_SOL_REALLOC_MAX;
}
static uint64_t deepest_frame(uint64_t truth)
{
    return UINT64_C(63) << 32 | (truth & 0xffffffff);
}
static uint64_t unsupported(uint64_t truth)
{
    (void)truth;
    return GN_SOL_SITE_UNSUPPORTED;
}
static uint64_t other_syscall(uint64_t truth)
{
    (void)truth;
    return GN_SOL_SYSCALL_GET_STACK_HEIGHT;
}
/* of TRAP: place | time << 32; an instruction takes 4 */
static uint64_t four_slots_on(uint64_t truth)
{
    return truth + 8;
}
static uint64_t two_units_less(uint64_t truth)
{
    return truth - (UINT64_C(8) << 32);
}
static uint64_t two_units_more(uint64_t truth)
{
    return truth + (UINT64_C(8) << 32);
}
static uint64_t three_units_more(uint64_t truth)
{
    return truth + (UINT64_C(12) << 32);
}
static uint64_t four_units_less(uint64_t truth)
{
    return truth - (UINT64_C(16) << 32);
}

#define DENIES(at)            {.deny = true, .slot = (at), .slot_too = LIE_NOWHERE}
#define DENIES_TWO(at, too)   {.deny = true, .slot = (at), .slot_too = (too)}
#define DENIES_TO(at, behind) {.deny = true, .slot = (at), .slot_too = LIE_NOWHERE, .goes_on = (behind)}
#define TRAPS(after)          {.entry = 1, .units = (after)}
#define TRAPS_AND(after, ...) {.entry = 1, .units = (after), __VA_ARGS__}

const struct claim claims[] = {
    /* ---- faults that are denied: the instruction is said to have been executed ---- */
    {"load where no memory is", BOTH, 3,
     PROGRAM(HIGH(2, 3), LOAD8(3, 2, HEAP_END - 8), LOAD8(3, 2, HEAP_END), MOVI(0, 0), EXIT), DENIES(3), FAILS(ACCESS),
     SUCCESS, .objects = "unbalanced bus mem"},
    {"store where no memory is", BOTH, 3, PROGRAM(HIGH(2, 3), STORE8(2, 1, HEAP_END), MOVI(0, 0), EXIT), DENIES(2),
     FAILS(ACCESS), SUCCESS, .objects = "unbalanced bus mem"},
    {"load of the last byte too many", BOTH, 3, PROGRAM(LOAD8(3, 2, 33), MOVI(0, 0), EXIT), DENIES(0), FAILS(ACCESS),
     SUCCESS, .objects = "unbalanced bus mem"},
    {"store to read-only memory", BOTH, 3, PROGRAM(MOVI(2, 0), STORE8(2, 1, 0), MOVI(0, 0), EXIT), DENIES(1),
     FAILS(ACCESS), SUCCESS, .objects = "unbalanced bus access"},
    {"load beyond the stack", BOTH, 3, PROGRAM(HIGH(2, 2), ADDI(2, STACK_END), LOAD8(3, 2, 0), MOVI(0, 0), EXIT),
     DENIES(3), FAILS(STACK_ACCESS), SUCCESS, .objects = "unbalanced bus mem"},
    {"load from a gap of the stack", CLASSIC, 0, PROGRAM(LOAD8(3, 10, 0), MOVI(0, 0), EXIT), DENIES(0),
     FAILS(STACK_ACCESS), SUCCESS, .objects = "unbalanced bus mem"},
    {"load past data that a store makes longer later", VASA, 3,
     PROGRAM(LOAD8(3, 1, DATA_END), STORE1(1, DATA_END, 7), MOVI(0, 0), EXIT), DENIES(0), FAILS(NONE), SUCCESS,
     .objects = "unbalanced bus mem"},
    {"store to an account that is read-only", VASA, 3,
     PROGRAM(MOV(2, 1), ADDI(2, OTHER), STORE1(2, DATA - 8, 7), MOVI(0, 0), EXIT), DENIES(2), FAILS(NONE), SUCCESS,
     .objects = "unbalanced bus access"},
    {"division by zero", BOTH, 3, PROGRAM(MOVI(1, 5), MOVI(2, 0), DIV(1, 2), MOVI(0, 0), EXIT), DENIES(2),
     FAILS(DIVIDE_BY_ZERO), SUCCESS, .objects = "when(r.by_zero, r.strict)"},
    {"division by zero, 32 bits", BOTH, 3, PROGRAM(MOVI(1, 5), MOVI(2, 0), DIV32(1, 2), MOVI(0, 0), EXIT), DENIES(2),
     FAILS(DIVIDE_BY_ZERO), SUCCESS, .objects = "when(r.by_zero, r.strict)"},
    {"remainder by zero", BOTH, 0, PROGRAM(MOVI(1, 5), MOVI(2, 0), MOD(1, 2), MOVI(0, 0), EXIT), DENIES(2),
     FAILS(DIVIDE_BY_ZERO), SUCCESS, .objects = "when(r.by_zero, r.strict)"},
    {"division overflow", BOTH, 2, PROGRAM(MOVI(1, 1), LSHI(1, 63), MOVI(2, -1), SDIV_V2(1, 2), MOVI(0, 0), EXIT),
     DENIES(3), FAILS(DIVIDE_OVERFLOW), SUCCESS, .objects = "unbalanced bus bytes"},
    {"one call too many", BOTH, 3,
     PROGRAM(MOVI(1, 0), CALL(2), MOVI(0, 0), EXIT, ADDI(1, 1), JEQI(1, 64, 1), CALL(-3), EXIT), DENIES_TWO(6, 7),
     FAILS(CALL_DEPTH), SUCCESS, .objects = "machine exit, row 0: too wide for its column: depth"},
    {"callx out of the text", BOTH, 3, PROGRAM(HIGH(2, 1), ADDI(2, -8), CALLX(2), MOVI(0, 0), EXIT, EXIT),
     DENIES_TO(3, 6), FAILS(CALL_OUTSIDE_TEXT), SUCCESS,
     .objects = "machine callx, row 0: too wide for its column: u1"},
    {"callx behind the text", BOTH, 0, PROGRAM(HIGH(2, 1), ADDI(2, 0x1000), CALLX_V0(2), MOVI(0, 0), EXIT, EXIT),
     DENIES_TO(3, 6), FAILS(CALL_OUTSIDE_TEXT), SUCCESS,
     .objects = "machine callx, row 0: too wide for its column: u1"},
    {"instruction that does not exist", BOTH, 3, PROGRAM(MOVI(0, 0), NOWHERE, EXIT), DENIES_TO(1, 2),
     FAILS(UNSUPPORTED_INSTRUCTION), SUCCESS, .objects = "unbalanced bus state"},
    {"end of the text", BOTH, 0, PROGRAM(JA(1), EXIT, MOVI(0, 0)), DENIES_TO(3, 1), FAILS(OVERRUN), SUCCESS,
     .objects = "unbalanced bus state"},
    {"units used up", BOTH, 3, PROGRAM(MOVI(0, 0), MOVI(1, 0), MOVI(1, 0), MOVI(1, 0), MOVI(1, 0), EXIT),
     TRAPS_AND(ALL, .told_reg = VM_REG_TRAP, .told = four_units_less), FAILS(EXCEEDED_UNITS), SUCCESS,
     .objects = "unbalanced bus reg", .budget = 3},

    /* ---- traps without cause: the kernel is told something else than is there, and finds a fault ---- */
    {"legal load", BOTH, 3, PROGRAM(HIGH(2, 3), LOAD8(3, 2, 0), MOVI(0, 0), EXIT),
     TRAPS_AND(2, .told_reg = REG + 2, .told = behind_the_heap), SUCCESS, FAILS(ACCESS),
     .objects = "unbalanced bus reg"},
    {"legal store", BOTH, 3, PROGRAM(HIGH(2, 3), STORE8(2, 1, 0), MOVI(0, 0), EXIT),
     TRAPS_AND(2, .told_reg = REG + 2, .told = behind_the_heap), SUCCESS, FAILS(ACCESS),
     .objects = "unbalanced bus reg"},
    {"legal load from the stack", BOTH, 3, PROGRAM(LOAD8(3, 10, -8), MOVI(0, 0), EXIT),
     TRAPS_AND(0, .told_reg = REG + 10, .told = behind_the_stack), SUCCESS, FAILS(STACK_ACCESS),
     .objects = "unbalanced bus reg"},
    {"load past data that a store has made longer",
     VASA,
     3,
     PROGRAM(STORE1(1, DATA_END, 7), LOAD8(3, 1, DATA_END), MOVI(0, 0), EXIT),
     {.entry = 2, .units = 0, .told_reg = REG + 1, .told = behind_the_account},
     SUCCESS,
     FAILS(NONE),
     .objects = "unbalanced bus reg"},
    {"legal division", BOTH, 3, PROGRAM(MOVI(1, 5), MOVI(2, 3), DIV(1, 2), MOVI(0, 0), EXIT),
     TRAPS_AND(2, .told_reg = REG + 2, .told = zero), SUCCESS, FAILS(DIVIDE_BY_ZERO), .objects = "unbalanced bus reg"},
    {"legal signed division", BOTH, 2, PROGRAM(MOVI(1, 5), MOVI(2, -1), SDIV_V2(1, 2), MOVI(0, 0), EXIT),
     TRAPS_AND(2, .told_reg = REG + 1, .told = smallest), SUCCESS, FAILS(DIVIDE_OVERFLOW),
     .objects = "unbalanced bus reg"},
    {"legal call", BOTH, 3, PROGRAM(CALL(2), MOVI(0, 0), EXIT, EXIT),
     TRAPS_AND(0, .told_reg = VM_REG_FRAME, .told = deepest_frame), SUCCESS, FAILS(CALL_DEPTH),
     .objects = "unbalanced bus reg"},
    {"legal callx", BOTH, 3, PROGRAM(HIGH(2, 1), ADDI(2, 48), CALLX(2), MOVI(0, 0), EXIT, EXIT),
     TRAPS_AND(3, .told_reg = REG + 2, .told = behind_the_heap), SUCCESS, FAILS(CALL_OUTSIDE_TEXT),
     .objects = "unbalanced bus reg"},
    {"instruction that does exist", BOTH, 3, PROGRAM(MOVI(0, 0), MOVI(1, 0), EXIT),
     TRAPS_AND(1, .told_byte = SITE(1), .told = unsupported), SUCCESS, FAILS(UNSUPPORTED_INSTRUCTION),
     .objects = "unbalanced bus reg"},
    {"place inside of the text", BOTH, 3, PROGRAM(MOVI(0, 0), MOVI(1, 0), MOVI(1, 0), MOVI(1, 0), EXIT),
     TRAPS_AND(1, .told_reg = VM_REG_TRAP, .told = four_slots_on), SUCCESS, FAILS(OVERRUN),
     .objects = "unbalanced bus reg"},
    {"units that are not used up", BOTH, 3, PROGRAM(MOVI(0, 0), MOVI(1, 0), MOVI(1, 0), EXIT),
     TRAPS_AND(1, .told_reg = VM_REG_TRAP, .told = three_units_more), SUCCESS, FAILS(EXCEEDED_UNITS),
     .objects = "unbalanced bus reg", .budget = 4},
    {"trap in a call, as the program's end", BOTH, 3, PROGRAM(CALL(2), MOVI(0, 7), EXIT, MOVI(0, 0), EXIT),
     TRAPS_AND(2, .told_reg = VM_REG_FRAME, .told = zero), FAILS(NONE), SUCCESS, .objects = "unbalanced bus reg"},
    {"trap without cause, as the program's end", BOTH, 3,
     PROGRAM(MOVI(0, 0), MOVI(0, 7), MOVI(1, 0), MOVI(2, 0), MOVI(3, 0), EXIT),
     TRAPS_AND(1, .told_reg = VM_REG_TRAP, .told = four_slots_on), FAILS(NONE), SUCCESS,
     .objects = "unbalanced bus reg"},
    {"failure, as success",
     BOTH,
     3,
     PROGRAM(MOVI(0, 7), EXIT),
     {.told_reg = REG, .told = zero},
     FAILS(NONE),
     SUCCESS,
     .objects = "unbalanced bus reg"},
    {"success, as failure",
     BOTH,
     3,
     PROGRAM(MOVI(0, 0), EXIT),
     {.told_reg = REG, .told = seven},
     SUCCESS,
     FAILS(NONE),
     .objects = "unbalanced bus reg"},

    /* ---- what is left out ---- */
    {"syscall left out", BOTH, 3, PROGRAM(SYSCALL_(LOG_COMPUTE_UNITS), MOVI(0, 0), EXIT), DENIES_TO(0, 1), SUCCESS,
     SUCCESS, .objects = "unbalanced bus state"},
    {"abort left out", BOTH, 3, PROGRAM(MOVI(0, 0), SYSCALL_(ABORT), EXIT), DENIES_TO(1, 2), FAILS(ABORT), SUCCESS,
     .objects = "unbalanced bus state"},
    {"syscall, as another one",
     BOTH,
     3,
     PROGRAM(SYSCALL_(LOG_COMPUTE_UNITS), MOVI(0, 0), EXIT),
     {.told_byte = SITE(0), .told = other_syscall},
     SUCCESS,
     SUCCESS,
     .objects = "unbalanced bus reg"},
    {"abort, as another syscall",
     BOTH,
     3,
     PROGRAM(SYSCALL_(ABORT), MOVI(0, 0), EXIT),
     {.told_byte = SITE(0), .told = other_syscall},
     FAILS(ABORT),
     SUCCESS,
     .objects = "unbalanced bus reg"},
    {"syscall's bad pointer",
     BOTH,
     3,
     PROGRAM(HIGH(1, 5), MOVI(2, 4), SYSCALL_(LOG), MOVI(0, 0), EXIT),
     {.told_reg = REG + 1, .told = to_the_heap},
     FAILS(ACCESS),
     SUCCESS,
     .objects = "unbalanced bus reg"},
    {"syscall's good pointer",
     BOTH,
     3,
     PROGRAM(HIGH(1, 3), MOVI(2, 4), SYSCALL_(LOG), MOVI(0, 0), EXIT),
     {.told_reg = REG + 1, .told = behind_the_heap},
     SUCCESS,
     FAILS(ACCESS),
     .objects = "unbalanced bus reg"},
    {"fewer units",
     BOTH,
     3,
     PROGRAM(MOVI(0, 0), MOVI(1, 0), MOVI(1, 0), EXIT),
     {.told_reg = VM_REG_TRAP, .told = two_units_less},
     SUCCESS,
     SUCCESS,
     .objects = "unbalanced bus reg"},
    {"more units",
     BOTH,
     3,
     PROGRAM(MOVI(0, 0), MOVI(1, 0), MOVI(1, 0), EXIT),
     {.told_reg = VM_REG_TRAP, .told = two_units_more},
     SUCCESS,
     SUCCESS,
     .objects = "unbalanced bus reg"},

    /* ---- and bare: the kernel finds no cause, and there is no proof ---- */
    {"trap without cause", BOTH, 3, PROGRAM(MOVI(0, 0), MOVI(1, 0), EXIT), TRAPS(1), SUCCESS, SUCCESS,
     .objects = "reason 5", .no_run = true},
    {"going on without units", BOTH, 3, PROGRAM(MOVI(0, 0), MOVI(1, 0), MOVI(1, 0), MOVI(1, 0), EXIT), TRAPS(ALL),
     FAILS(EXCEEDED_UNITS), SUCCESS, .objects = "reason 5", .no_run = true, .budget = 3},
    {"going on without units in the middle of a pair", BOTH, 3,
     PROGRAM(MOVI(0, 0), MOV(2, 1), ADDI(2, 8), MOVI(1, 0), EXIT), TRAPS(ALL), FAILS(EXCEEDED_UNITS), SUCCESS,
     .objects = "reason 5", .no_run = true, .budget = 2},
};
const unsigned claims_n = sizeof claims / sizeof claims[0];
