/* SPDX-License-Identifier: Apache-2.0 */
/* executor.c - runs core programs.  The meaning of the instructions is executor.inc, one text for both builds: `fast` for running,
 * `tracing` for whoever looks at every row.
 *
 * Total on any guest: every access is checked before it is made, every jump leads to a row or faults, arithmetic wraps.
 * What is taken for granted is the front end's word (gn_vm_program_check).
 *
 * Speed: a row costs about 6 cycles of the host, which is the latency from one row's number to the next one's; registers,
 * permissions and counters hide behind it.  550 to 650 M rows/s on the reference machine, half of that when observed. */
#include "vm/bulk.h"
#include "vm/memory.h"

#include <string.h>

/* computed goto */
#pragma GCC diagnostic ignored "-Wpedantic"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "guest memory is little endian and accessed as the host's");

#define UNLIKELY(x) __builtin_expect(!!(x), 0)

enum { LOG2_1 = 0, LOG2_2 = 1, LOG2_4 = 2, LOG2_8 = 3 };

static inline uint64_t sext32(uint64_t x)
{
    return (uint64_t)(int32_t)x;
}

/* all ones if x is negative */
static inline uint64_t sign(uint64_t x)
{
    return (uint64_t)((int64_t)x >> 63);
}

static inline uint64_t high_product(uint64_t a, uint64_t b)
{
    return (uint64_t)((unsigned __int128)a * b >> 64);
}

/* By -1 is apart: MIN / -1 has no host result. */
static inline uint64_t divide(uint64_t a, uint64_t b)
{
    return b == 0 ? UINT64_MAX : b == UINT64_MAX ? -a : (uint64_t)((int64_t)a / (int64_t)b);
}

static inline uint64_t remainder_of(uint64_t a, uint64_t b)
{
    return b == 0 ? a : b == UINT64_MAX ? 0 : (uint64_t)((int64_t)a % (int64_t)b);
}

/* x to the right by n, in a circle */
static inline uint64_t rotated(uint64_t x, unsigned n)
{
    return x >> n | x << (-n & 63);
}

/* Accesses that are not aligned, to parts of pages, or not legal. */
__attribute__((noinline)) static bool access_otherwise(struct vm *vm, uint64_t at, unsigned width, unsigned permissions,
                                                       bool kernel)
{
    if (!gn_vm_memory_permits(vm->memory, at, width, permissions, kernel)) {
        return false;
    }
    vm->unaligned += !kernel && (at & 7) + width > 8;
    return true;
}

/* The user's row at a place; VM_NO_ROW if no instruction stands there. */
static inline uint32_t user_row(const struct vm_program *program, uint64_t place)
{
    const uint64_t offset = place - program->text_base;
    return offset < program->text_size ? program->row_of_halfword[offset / 2] : VM_NO_ROW;
}

static inline uint32_t kernel_row(const struct vm_program *program, uint64_t place)
{
    const uint64_t offset = place - VM_KERNEL_TEXT;
    return offset < program->kernel_text_size ? program->kernel_row_of_halfword[offset / 2] : VM_NO_ROW;
}

/* Where a test puts an executor that errs (tests/zkvm/faulty.h): results, stored words, next rows. */
#ifndef FAULTY_VALUE
#define FAULTY_VALUE(value) (value)
#define FAULTY_WORD(value)  (value)
#define FAULTY_NEXT(number) (number)
#endif
/* And one that lies about Solana programs (tests/liar/liar.h): the row's fault is denied; the row does not happen, and the run goes on elsewhere; CALLX leads to another slot; the kernel lets
 * another number of instructions run. */
#ifndef FAULTY_DENIES
#define FAULTY_DENIES       false
#define FAULTY_SKIPS        false
#define FAULTY_BEHIND       (insn->next)
#define FAULTY_SLOT         0
#define FAULTY_UNITS(units) (units)
#endif

#define EXECUTOR        fast
#define EXECUTOR_TRACES 0
#include "vm/executor.inc"
#undef EXECUTOR
#undef EXECUTOR_TRACES

#define EXECUTOR        tracing
#define EXECUTOR_TRACES 1
#include "vm/executor.inc"
#undef EXECUTOR
#undef EXECUTOR_TRACES

struct vm_frame *gn_vm_frame(const struct vm *vm, uint32_t i)
{
    return &vm->memory->frames[i];
}

enum vm_stop gn_vm_run(struct vm *vm, uint64_t limit, vm_observer *observer, void *observer_ctx)
{
    if (vm->row >= vm->program->rows_n) { /* stands where no instruction is, and has said so */
        vm->fault = VM_FAULT_PC;
        return VM_STOP_FAULT;
    }
    return observer == NULL ? fast(vm, limit) : tracing(vm, limit, observer, observer_ctx);
}
