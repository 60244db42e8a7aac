/* SPDX-License-Identifier: Apache-2.0 */
/* faulty.h - included before executor.c by one build of it: an executor that errs once, as the test says. */
#ifndef GN_TESTS_ZKVM_FAULTY_H
#define GN_TESTS_ZKVM_FAULTY_H

#include <stdbool.h>
#include <stdint.h>

enum fault_kind { FAULT_NOTHING, FAULT_VALUE, FAULT_WORD, FAULT_NEXT };
struct faulty {
    enum fault_kind kind;
    unsigned op;       /* of the row that errs */
    bool in_kernel;    /* in kernel code, otherwise in the user's */
    unsigned skip;     /* rows of that kind that are right before */
    uint64_t change;   /* values and words: bits that are turned over */
    unsigned done;     /* how often it has erred */
    uint64_t rows_max; /* a run that is longer after an error (it may be endless) ends with row `halt`; 0: no limit */
    uint32_t halt;
};
extern struct faulty faulty;

static inline bool faulty_now(enum fault_kind kind, unsigned op, bool in_kernel)
{
    if (faulty.kind != kind || faulty.op != op || faulty.in_kernel != in_kernel || faulty.done > 0) {
        return false;
    }
    if (faulty.skip > 0) {
        faulty.skip--;
        return false;
    }
    faulty.done++;
    return true;
}

/* names of the executor: program, rows, insn, row */
#define FAULTY_ROW(kind)    faulty_now(kind, insn->op, gn_vm_row_is_kernel(program, row))
#define FAULTY_VALUE(value) ((value) ^ (FAULTY_ROW(FAULT_VALUE) ? faulty.change : 0))
#define FAULTY_WORD(value)  ((value) ^ (FAULTY_ROW(FAULT_WORD) ? faulty.change : 0))
/* the row behind the one that is due */
#define FAULTY_NEXT(number)                                                                    \
    (faulty.rows_max != 0 && faulty.done > 0 && rows_run > faulty.rows_max ? faulty.halt       \
     : FAULTY_ROW(FAULT_NEXT)                                              ? rows[number].next \
                                                                           : (number))

#endif
