/* SPDX-License-Identifier: Apache-2.0 */
/* claims.h - a program, how it really ends, a lie, and how it then seems to end. */
#ifndef GN_TESTS_LIAR_CLAIMS_H
#define GN_TESTS_LIAR_CLAIMS_H

#include "kernel/solana/abi.h"
#include "liar/liar.h"

enum claim_modes { CLASSIC = 1, VASA = 2, BOTH = 3 };

struct ending {
    bool success;
    enum gn_sol_fault fault;
};
struct claim {
    const char *name;
    unsigned modes, version; /* of sBPF */
    const uint64_t *slots;
    unsigned slots_n;
    struct lie lie;
    struct ending honest, seems;
    /* what the row checker's first failure says; the proof, if it is made all the same, is rejected for its bus sum */
    const char *objects;
    bool no_run;     /* the kernel gives up, so there is nothing to prove: `objects` is in its reason */
    uint64_t budget; /* 0: plenty */
};
extern const struct claim claims[];
extern const unsigned claims_n;

#endif
