/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - a run from beginning to end, and its meter.
 *
 * The meter is time: machine_enter returns the time T0 at which the program went on, register TRAP holds the time T1 at which it left, and every instruction takes 4.  So
 * (T1 - T0) / 4 - 1 instructions ran, a syscall's own not counted.  A program that ran longer than its units allow has no proof; at the end of its units it must trap. */
#include "kernel.h"

struct kernel kernel_state;

bool kernel_error(struct kernel *k, enum gn_sol_error error)
{
    k->error = 1 + (uint64_t)error;
    return false;
}

bool kernel_fault(struct kernel *k, enum gn_sol_fault fault)
{
    k->fault = fault;
    return kernel_error(k, GN_SOL_ERROR_PROGRAM_FAILED_TO_COMPLETE);
}

bool kernel_fault_with(struct kernel *k, enum gn_sol_fault fault, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    k->detail[0] = a, k->detail[1] = b, k->detail[2] = c, k->detail[3] = d;
    return kernel_fault(k, fault);
}

/* 8 units for each 32 KiB of heap behind the first */
static bool charge_heap(struct kernel *k)
{
    k->left = k->in->budget;
    if (k->in->heap <= GN_SOL_HEAP_MIN) {
        return true;
    }
    if (!charge(k, 8 * ((k->in->heap - 1) >> 15))) {
        return kernel_error(k, GN_SOL_ERROR_PROGRAM_ENVIRONMENT_SETUP_FAILURE);
    }
    return true;
}

static void run(struct kernel *k)
{
    uint64_t slot = k->program->entry;
    for (;;) {
        uint64_t begin = machine_enter(PLACE_OF_SLOT_0 + 2 * slot, k->left);
        uint64_t trap = machine_trap(), end = trap >> 32, syscall = end & 1;
        uint64_t used = ((end - begin) >> 2) - 1 + syscall;
        if (used > k->left) {
            machine_stop(GN_SOL_STOP_SPURIOUS, trap);
        }
        k->left -= used;
        k->instructions += used;
        slot = ((trap & 0xffffffff) - PLACE_OF_SLOT_0) >> 1;
        if (syscall != 0) {
            machine_set_reg(0, 0);
            if (!syscall_serve(k, k->sites[slot])) {
                return;
            }
            slot++;
        } else {
            int64_t next = trap_serve(k, slot);
            if (next < 0) {
                return;
            }
            slot = (uint64_t)next;
        }
    }
}

_Noreturn void kernel_main(void)
{
    struct kernel *k = &kernel_state;
    input_read(k);
    statement_begin(k);
    k->exit_code = UINT64_MAX;
    if (charge_heap(k)) {
        k->begin = k->left;
        serialize(k);
        run(k);
    }
    statement_end(k);
}
