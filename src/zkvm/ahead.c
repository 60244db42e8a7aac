/* SPDX-License-Identifier: Apache-2.0 */
/* ahead.c - see ahead.h. */
#include "zkvm/ahead.h"

#include <time.h>

static void *touch(void *arg)
{
    struct gn_ahead *a = arg;
    const struct timespec pause = {.tv_nsec = 200000};
    while (!atomic_load(&a->over)) {
        if (!gn_prover_warm(a->prover, atomic_load(&a->bytes))) {
            nanosleep(&pause, NULL);
        }
    }
    return NULL;
}

void gn_ahead_expect(struct gn_ahead *a, size_t bytes)
{
    atomic_store(&a->bytes, bytes);
    if (!a->running && gn_prover_is_cold(a->prover, bytes)) {
        atomic_store(&a->over, false);
        a->running = pthread_create(&a->thread, NULL, touch, a) == 0; /* without it memory is touched later */
    }
}

void gn_ahead_end(struct gn_ahead *a)
{
    if (a->running) {
        atomic_store(&a->over, true);
        pthread_join(a->thread, NULL);
        a->running = false;
    }
}
