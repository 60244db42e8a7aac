/* SPDX-License-Identifier: Apache-2.0 */
/* monitor.c - serves a RISC-V program: its environment calls, its end, its faults.
 *
 * A trap is the prover's choice, at any instruction.  So nothing is believed: where the program trapped the monitor looks up what stands there, computes address or target
 * from the program's registers, and either finds the fault or stops in an instruction without row: such a run has no proof.
 * What is legal is decided once, by setup's lowering, and comes here as marks (kernel/description.h); operands are read by the front end's own decoder.
 *
 * The statement's output words go out while the program runs, what stands before them at the end. */
#include "kernel/description.h"
#include "kernel/lib/machine.h"
#include "kernel/monitor/stop.h"
#include "riscv/decode.h"

enum { CALL_WRITE = 64, CALL_EXIT = 93 };
enum { ECALL_BYTES = 4, INPUT_HEADER = 16 };

#define description ((const struct gn_rv_description *)GN_RV_DESCRIPTION)
#define regions     ((const struct gn_rv_region *)(GN_RV_DESCRIPTION + sizeof(struct gn_rv_description)))

/* ---- output ---- */
static struct {
    uint64_t bytes;
    uint64_t index;   /* of the next word */
    uint64_t partial; /* bytes % 8 bytes that wait for their word to fill, the others 0 */
} output = {.index = GN_RV_OUTPUT};

static void say(uint64_t word)
{
    machine_out(output.index++, word);
}

/* n < 8 bytes, the others 0 */
static void append(uint64_t bytes, uint64_t n)
{
    uint64_t waiting = output.bytes & 7;
    output.partial |= bytes << 8 * waiting;
    output.bytes += n;
    if (waiting + n >= 8) {
        say(output.partial);
        output.partial = waiting + n > 8 ? bytes >> 8 * (8 - waiting) : 0;
    }
}

/* The counters are kept in registers: a word of the program's memory costs a load, an OUT, and what is left of a loop's turn. */
static void append_memory(uint64_t at, uint64_t n)
{
    uint64_t waiting = output.bytes & 7, words_end = at + (n & ~UINT64_C(7)), rest = 0;
    uint64_t index = output.index, partial = output.partial;
    output.bytes += n & ~UINT64_C(7);
    if (waiting == 0) {
#pragma clang loop unroll_count(4)
        for (; at != words_end; at += 8) {
            machine_out(index++, machine_load(at));
        }
    } else {
#pragma clang loop unroll_count(4)
        for (; at != words_end; at += 8) {
            uint64_t word = machine_load(at);
            machine_out(index++, partial | word << 8 * waiting);
            partial = word >> 8 * (8 - waiting);
        }
    }
    output.index = index;
    output.partial = partial;
    n &= 7;
    for (uint64_t i = 0; i < n; i++) {
        rest |= (uint64_t)*(const uint8_t *)(at + i) << 8 * i;
    }
    append(rest, n);
}

_Noreturn static void end(uint64_t outcome, uint64_t value, uint64_t address)
{
    if ((output.bytes & 7) != 0) {
        say(output.partial);
    }
    machine_out(GN_RV_MAGIC, GN_RV_STATEMENT_MAGIC);
    machine_out(GN_RV_OUTCOME, outcome);
    machine_out(GN_RV_VALUE, value);
    machine_out(GN_RV_ADDRESS, address);
    machine_out(GN_RV_OUTPUT_BYTES, output.bytes);
#pragma clang loop unroll(full)
    for (uint64_t i = GN_RV_PUBLIC; i < GN_RV_OUTPUT; i++) {
        machine_out(i, *(const uint64_t *)(RV_OUTPUT_BASE + 8 * (i - GN_RV_PUBLIC)));
    }
    machine_halt();
}

/* ---- memory as the program may use it ---- */

/* the end of the region that holds the byte at `at` and permits this; 0 if there is none */
static uint64_t permitted_to(uint64_t at, uint64_t permissions)
{
    uint64_t input_n = *(const uint64_t *)(uint64_t)(RV_INPUT_BASE + 8);
    uint64_t input_end = RV_INPUT_BASE + INPUT_HEADER + ((input_n + 7) & ~UINT64_C(7));
    if (at >= RV_INPUT_BASE && at < input_end) {
        return permissions == GN_RV_READ ? input_end : 0;
    }
    for (uint64_t i = 0; i < description->regions_n; i++) {
        if (at >= regions[i].base && at < regions[i].end) {
            return (regions[i].permissions & permissions) == permissions ? regions[i].end : 0;
        }
    }
    return 0;
}

/* May the program do this with all of [at, at + n)?  Regions that touch are as one.  None goes beyond 2^32. */
static bool permitted(uint64_t at, uint64_t n, uint64_t permissions)
{
    while (true) {
        uint64_t to = permitted_to(at, permissions);
        if (to == 0) {
            return false;
        }
        if (n <= to - at) {
            return true;
        }
        n -= to - at;
        at = to;
    }
}

/* ---- faults ---- */
static enum gn_rv_mark mark_at(uint64_t place)
{
    if (place < description->text_base || place >= description->text_end) {
        return GN_RV_MARK_NONE;
    }
    uint64_t halfword = (place - description->text_base) / 2;
    return ((const uint8_t *)description->marks)[halfword / 2] >> 4 * (halfword & 1) & 15;
}

/* the instruction at a place that has one */
static struct rv_insn instruction_at(uint64_t place)
{
    const uint16_t *halves = (const uint16_t *)place;
    struct rv_insn insn;
    uint32_t word = halves[0];
    if ((word & 3) == 3) {
        word |= (uint32_t)halves[1] << 16;
    }
    gn_rv_decode(&insn, word);
    return insn;
}

static void end_unless(bool good, uint64_t outcome, uint64_t place, uint64_t address)
{
    if (!good) {
        end(outcome, place, address);
    }
}

/* Loads, stores, atomics, jalr: ends the run if it faults. */
static void check(uint64_t place)
{
    struct rv_insn insn = instruction_at(place);
    uint64_t address = machine_reg(insn.rs1), bytes = 8;
    switch (insn.op) {
    case RV_LB:
    case RV_LBU:
    case RV_SB:
        bytes = 1;
        break;
    case RV_LH:
    case RV_LHU:
    case RV_SH:
        bytes = 2;
        break;
    case RV_LW:
    case RV_LWU:
    case RV_SW:
        bytes = 4;
        break;
    default:
        break;
    }
    switch (gn_rv_encodings[insn.op].format) {
    case RV_FORMAT_LD:
        address += (uint64_t)insn.imm;
        if (insn.op == RV_JALR) {
            address &= ~UINT64_C(1);
            end_unless(address - VM_USER_TEXT < VM_TEXT_SPAN, GN_RV_PC, place, address);
        } else {
            end_unless(permitted(address, bytes, GN_RV_READ), GN_RV_LOAD, place, address);
        }
        break;
    case RV_FORMAT_ST:
        address += (uint64_t)insn.imm;
        end_unless(permitted(address, bytes, GN_RV_WRITE), GN_RV_STORE, place, address);
        break;
    case RV_FORMAT_LR:
    case RV_FORMAT_AMO:
        bytes = gn_rv_encodings[insn.op].match >> 12 & 1 ? 8 : 4; /* funct3: 2 or 3 */
        end_unless((address & (bytes - 1)) == 0, GN_RV_MISALIGNED, place, address);
        if (gn_rv_encodings[insn.op].format == RV_FORMAT_LR) {
            end_unless(permitted(address, bytes, GN_RV_READ), GN_RV_LOAD, place, address);
        } else {
            end_unless(permitted(address, bytes, GN_RV_READ | GN_RV_WRITE), GN_RV_STORE, place, address);
        }
        break;
    default:
        break;
    }
}

_Noreturn static void fault(uint64_t place)
{
    switch (mark_at(place)) {
    case GN_RV_MARK_NONE:
        end(GN_RV_PC, place, place);
    case GN_RV_MARK_ILLEGAL:
        end(GN_RV_ILLEGAL, place, 0);
    case GN_RV_MARK_BREAKPOINT:
        end(GN_RV_BREAKPOINT, place, 0);
    case GN_RV_MARK_OUTSIDE:
        end(GN_RV_PC, place, place + (uint64_t)instruction_at(place).imm);
    case GN_RV_MARK_CHECKED:
        check(place);
        machine_stop(GN_RV_STOP_SPURIOUS);
    default:
        machine_stop(GN_RV_STOP_SPURIOUS);
    }
}

/* ---- environment calls ---- */
static void serve_write(uint64_t place)
{
    uint64_t to = machine_a0(), at = machine_a1(), n = machine_a2();
    if (to == 1) {
        if (n > GN_RV_OUTPUT_MAX - output.bytes) {
            machine_stop(GN_RV_STOP_OUTPUT);
        }
        if (n != 0) {
            end_unless(permitted(at, n, GN_RV_READ), GN_RV_LOAD, place, at);
            append_memory(at, n);
        }
    } else if (to != 2) { /* 2: diagnostics are the host's business */
        end(GN_RV_ILLEGAL, place, 0);
    }
    machine_set_a0(n);
}

/* A part of a region that the program may read and write, where a hash was last; at first there is none. */
static struct {
    uint64_t base, end;
} known = {.base = UINT64_MAX};

static void find_state(uint64_t place, uint64_t state, uint64_t n)
{
    end_unless((state & 7) == 0, GN_RV_MISALIGNED, place, state);
    end_unless(permitted(state, n, GN_RV_READ | GN_RV_WRITE), GN_RV_STORE, place, state);
    known.base = state;
    known.end = permitted_to(state, GN_RV_READ | GN_RV_WRITE);
}

/* The n bytes at a0, which a hash changes, or the end of the run; programs hash in the same place again and again.  0 is what the call gives. */
static inline __attribute__((always_inline)) uint64_t hash_state(uint64_t place, uint64_t n)
{
    uint64_t state = machine_a0();
    if ((state & 7) != 0 || state < known.base || state > known.end - n) { /* no region ends before n */
        find_state(place, state, n);
    }
    machine_set_a0(0);
    return state;
}

/* asks as the machine's instruction does */
static void serve_sha256(uint64_t place)
{
    uint64_t state = machine_a0(), block = machine_a1();
    end_unless((state & 7) == 0, GN_RV_MISALIGNED, place, state);
    end_unless((block & 7) == 0, GN_RV_MISALIGNED, place, block);
    end_unless(permitted(block, GN_RV_SHA256_BLOCK, GN_RV_READ), GN_RV_LOAD, place, block);
    machine_sha256((uint32_t *)hash_state(place, GN_RV_SHA256_BYTES), (const void *)block);
}

static void serve(uint64_t place)
{
    switch (machine_a7()) {
    case CALL_EXIT:
        end(GN_RV_EXITED, machine_a0(), 0);
    case CALL_WRITE:
        serve_write(place);
        break;
    case GN_RV_CALL_KECCAK:
        machine_keccak((uint64_t *)hash_state(place, GN_RV_KECCAK_BYTES));
        break;
    case GN_RV_CALL_SHA256:
        serve_sha256(place);
        break;
    case GN_RV_CALL_POSEIDON2:
        machine_poseidon2((uint64_t *)hash_state(place, GN_RV_POSEIDON2_BYTES));
        break;
    default:
        end(GN_RV_ILLEGAL, place, 0);
    }
}

_Noreturn void kernel_main(void);

_Noreturn void kernel_main(void)
{
    uint64_t place = description->entry;
    while (true) {
        machine_enter(place);
        uint64_t trap = machine_trap();
        place = trap & 0xffffffff;
        if ((trap >> 32 & 1) == 0) {
            fault(place);
        }
        serve(place);
        place += ECALL_BYTES;
    }
}
