/* SPDX-License-Identifier: Apache-2.0 */
/* ahead.h - a thread that touches the memory of a proof to come while its run is executed, which takes one thread.
 *
 * First touch of memory costs a proof more than anything else where the system has to clear it, and the more where a host has to give it first. */
#ifndef GN_ZKVM_AHEAD_H
#define GN_ZKVM_AHEAD_H

#include <pthread.h>
#include <stdatomic.h>

#include "proof/prove.h"

struct gn_ahead {
    struct gn_prover *prover;
    atomic_size_t bytes;
    atomic_bool over;
    bool running;
    pthread_t thread;
};

/* The proof will take so many bytes at least; more with every call.  The first call for which something is to be touched starts the thread. */
void gn_ahead_expect(struct gn_ahead *a, size_t bytes);
/* The prover is the caller's again. */
void gn_ahead_end(struct gn_ahead *a);

#endif
