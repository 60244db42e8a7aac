/* SPDX-License-Identifier: Apache-2.0 */
/* ready.h - what proofs need of a program alone: its preprocessed columns, their commitment, its key.  Made by setup, or by the first proof; kept until the program
 * is freed or set up anew; the commitment grows in a thread of its own while the first proof's run is executed, and in two when that has come to wait for it. */
#ifndef GN_ZKVM_READY_H
#define GN_ZKVM_READY_H

#include <pthread.h>

#include "proof/prepared.h"
#include "zkvm/program.h"

struct gn_ready {
    bool has_record;
    uint8_t record[GN_RECORD_BYTES], id[GN_ID_BYTES];
    uint32_t preset; /* of what follows; 0: nothing yet */
    struct gn_columns columns;
    struct gn_prepared *prepared;
    /* in the making */
    const struct gn_program *program;
    bool running;
    pthread_t thread;
    struct gn_pool *pool; /* the thread's: who waits for it helps */
    enum gn_status status;
    struct gn_error error;
};

/* Begins if there are threads for it and no limit of memory; preset: of the key that is to come if the program has none yet.  To be ended by gn_ready_finish or gn_ready_wait. */
void gn_ready_begin(const struct gn_program *p, uint32_t preset, const struct gn_options *options);
/* From now on the program has a key, of the given preset if it had none, and ready->prepared is of that preset. */
GN_NODISCARD enum gn_status gn_ready_finish(const struct gn_program *p, uint32_t preset,
                                            const struct gn_options *options, struct gn_error *err);
void gn_ready_wait(struct gn_ready *r); /* nothing is in the making any more */
void gn_ready_free(struct gn_ready *r);

#endif
