/* SPDX-License-Identifier: Apache-2.0 */
/* ready.c - see ready.h; and the key, which is what setup keeps of it. */
#include "zkvm/ready.h"

#include <stdlib.h>
#include <string.h>

#include "zkvm/identity.h"
#include "zkvm/machine.h"

/* ---- columns and commitment ---- */

static void forget(struct gn_ready *r)
{
    gn_prepared_free(r->prepared);
    gn_arena_free(&r->columns.arena);
    r->prepared = NULL;
    r->preset = 0;
}

/* pool: NULL for threads of its own */
static enum gn_status make(struct gn_ready *r, uint32_t preset, unsigned threads, struct gn_pool *pool,
                           struct gn_error *err)
{
    const struct gn_prove_options engine = {.threads = threads, .pool = pool, .isa = gn_isa_best()};
    struct gn_machine m;
    gn_machine_open(&m);
    forget(r);
    enum gn_status status = gn_program_columns(&r->columns, &m, r->program, err);
    if (status == GN_OK) {
        status =
            gn_prepare(&r->prepared, m.system.air, preset, r->columns.pre.columns, r->columns.pre.pages, &engine, err);
    }
    if (status == GN_OK) {
        r->preset = preset;
    } else {
        forget(r);
    }
    return status;
}

/* The key decides, if there is one. */
static uint32_t preset_of(const struct gn_ready *r, uint32_t preset)
{
    struct gn_key_info key;
    if (r->has_record && gn_key_read(&key, r->record)) {
        return key.preset;
    }
    return preset != 0 ? preset : GN_PRESET_FAST_128;
}

struct order {
    struct gn_ready *ready;
    uint32_t preset;
};

static void *make_aside(void *arg)
{
    struct order order = *(struct order *)arg;
    free(arg);
    struct gn_ready *r = order.ready;
    r->status = make(r, order.preset, 1, r->pool, &r->error);
    gn_pool_close(r->pool);
    return NULL;
}

void gn_ready_begin(const struct gn_program *p, uint32_t preset, const struct gn_options *options)
{
    struct gn_ready *r = p->ready;
    unsigned threads = options->threads != 0 ? options->threads : gn_cpu_threads();
    struct order *order = malloc(sizeof *order);
    gn_ready_wait(r);
    if (order != NULL) {
        *order = (struct order){r, preset_of(r, preset)};
    }
    if (order == NULL || threads == 1 || options->max_memory != 0 || r->preset == order->preset ||
        gn_pool_create_open(&r->pool, NULL) != GN_OK) {
        free(order);
        return;
    }
    r->running = pthread_create(&r->thread, NULL, make_aside, order) == 0;
    if (!r->running) {
        gn_pool_destroy(r->pool);
        free(order);
    }
}

void gn_ready_wait(struct gn_ready *r)
{
    if (r->running) {
        gn_pool_attend(r->pool);
        pthread_join(r->thread, NULL);
        gn_pool_destroy(r->pool);
        r->running = false;
    }
}

void gn_ready_free(struct gn_ready *r)
{
    if (r != NULL) {
        gn_ready_wait(r);
        forget(r);
        free(r);
    }
}

/* ---- key ---- */

static void owner_of(uint8_t owner[GN_KEY_OWNER_BYTES], const struct gn_program *p)
{
    struct gn_identity identity = {.front_end = GN_FRONT_RISCV,
                                   .release = GN_MACHINE_RELEASE,
                                   .kernel_version = GN_KERNEL_VERSION,
                                   .entry = p->entry};
    if (p->solana != NULL) {
        identity.front_end = GN_FRONT_SBPF;
        identity.sbpf_version = p->solana->sbpf->version;
        identity.address_mode = p->solana->mode == SBPF_ADJUSTED;
    }
    memcpy(identity.program_hash, p->hash, sizeof identity.program_hash);
    gn_identity_encode(owner, &identity);
}

static void take_record(struct gn_ready *r)
{
    gn_key_hash(r->id, r->record);
    r->has_record = true;
}

enum gn_status gn_ready_finish(const struct gn_program *p, uint32_t preset, const struct gn_options *options,
                               struct gn_error *err)
{
    struct gn_ready *r = p->ready;
    bool made = r->running;
    uint8_t owner[GN_KEY_OWNER_BYTES];
    gn_ready_wait(r);
    if (made && r->status != GN_OK) {
        return gn_fail(err, r->status, "%s", r->error.text);
    }
    preset = preset_of(r, preset);
    if (r->preset != preset) {
        enum gn_status status = make(r, preset, options->threads, NULL, err);
        if (status != GN_OK) {
            return status;
        }
    }
    if (!r->has_record) {
        owner_of(owner, p);
        gn_prepared_record(r->record, r->prepared, owner);
        take_record(r);
    }
    return GN_OK;
}

enum gn_status gn_program_setup(struct gn_program *p, const struct gn_options *given, struct gn_error *err)
{
    struct gn_options options = gn_options_of(given);
    const bool had = p->ready->has_record;
    gn_ready_wait(p->ready);
    forget(p->ready); /* who asks for it gets it computed */
    p->ready->has_record = false;
    enum gn_status status = gn_ready_finish(p, options.preset, &options, err);
    p->ready->has_record = p->ready->has_record || had;
    return status;
}

enum gn_status gn_program_set_record(struct gn_program *p, const uint8_t record[GN_RECORD_BYTES], struct gn_error *err)
{
    struct gn_key key;
    uint8_t owner[GN_KEY_OWNER_BYTES];
    owner_of(owner, p);
    if (!gn_key_decode(&key, record) || memcmp(key.owner, owner, sizeof owner) != 0 ||
        gn_preset_bits(key.preset) == 0 ||
        memcmp(key.air_digest.b, gn_machine_air.air_digest.b, GN_DIGEST_BYTES) != 0) {
        return gn_fail(err, GN_BAD_INPUT, "the key record is not of this program, machine and release");
    }
    uint32_t pre = 0;
    for (unsigned i = 0; i < mx_stores_n; i++) {
        if (mx_stores[i]->pages != NULL && key.pre_pages[pre++] != mx_stores[i]->pages(p->mx)) {
            return gn_fail(err, GN_BAD_INPUT, "the key record is not of this program: table %s has other pages",
                           mx_stores[i]->name);
        }
    }
    memcpy(p->ready->record, record, GN_RECORD_BYTES);
    take_record(p->ready);
    return GN_OK;
}

const uint8_t *gn_program_record(const struct gn_program *p)
{
    return p->ready->has_record ? p->ready->record : NULL;
}

const uint8_t *gn_program_id(const struct gn_program *p)
{
    return p->ready->has_record ? p->ready->id : NULL;
}
