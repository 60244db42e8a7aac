/* SPDX-License-Identifier: Apache-2.0 */
/* prove.c - the prover, in the order and under the names of docs/protocol.md; verify.c is its mirror.
 *
 * All memory comes from one arena whose size is computed before work starts; phases give theirs back to it.  The
 * proof's bytes depend only on key, statement and witness: not on threads, instruction set or time. */
#include "proof/prove.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "pcs/pcs.h"
#include "proof/container.h"
#include "proof/prepared.h"
#include "proof/zerocheck.h"

#define FORGET_FROM ((size_t)32 << 20)

struct gn_prover {
    bool once; /* nobody proves with it again */
    struct gn_arena arena, witness;
    struct gn_pool *pool;
    struct gn_twiddles *twiddles;
    unsigned twiddles_log2;
};

/* How a proof takes memory. */
struct manner {
    unsigned threads;
    bool forgets;  /* the main code words, while bus and zerocheck need memory */
    bool prepared; /* the preprocessed columns are committed already, elsewhere */
};

/* Everything that lives as long as one proof. */
struct proving {
    const struct air_witness *witness;
    const struct gn_prove_options *options;
    struct gn_error *err;
    uint8_t record[GN_KEY_BYTES];
    struct gn_shape shape;
    struct gn_sender sender;
    struct gn_prover *prover;
    struct gn_arena *arena; /* the prover's */
    const struct gn_twiddles *twiddles;
    struct gn_work work;
    struct manner manner;
    struct pcs_commitment main, pre;
    struct gn_bus_challenges challenges;
    struct gn_bus_result bus;
    fp6 *p_sums, *q_sums;
    struct gn_zerocheck_result zerocheck;
};

static unsigned thread_count(const struct gn_prove_options *options)
{
    return options->threads != 0 ? options->threads : gn_cpu_threads();
}

static enum gn_status step(struct proving *p, const char *name, unsigned permille)
{
    gn_progress_fn *progress = p->options->progress;
    if (progress != NULL && progress(p->options->progress_ctx, name, permille) != 0) {
        return gn_fail(p->err, GN_CANCELLED, "cancelled before: %s", name);
    }
    return GN_OK;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Bytes at the widest moment: what is committed stays to the end, with its code words or without, and beside it one phase lies at a time. */
static size_t peak_size(const struct gn_shape *shape, struct manner m)
{
    const struct pcs_layout *const stacks[WHIR_STACKS] = {&shape->main, &shape->pre};
    const size_t committed = gn_pcs_committed_footprint(&shape->main);
    const size_t code = m.forgets ? gn_pcs_code_footprint(&shape->main) : 0;
    const size_t phase = larger(gn_bus_footprint(shape, m.threads), gn_zerocheck_footprint(shape, m.threads));
    size_t opening = committed + gn_pcs_open_footprint(stacks, &shape->whir);
    size_t commit_pre = 0;
    if (shape->has_pre && !m.prepared) {
        opening += gn_pcs_committed_footprint(&shape->pre);
        commit_pre = gn_pcs_commit_footprint(&shape->pre);
    }
    size_t peak = larger(committed - code + larger(phase, commit_pre), opening);
    return larger(peak, gn_pcs_commit_footprint(&shape->main));
}

/* Claims and sums of all tables lie between the phases. */
static size_t arena_size(const struct gn_shape *shape, struct manner m)
{
    return peak_size(shape, m) + ((size_t)4 << 20);
}

/* To encode twice takes a hundredth of the proof.  First touch of the memory that this saves takes more, if later proofs do not get it warm. */
static bool should_forget(const struct gn_shape *shape, struct manner m, bool once, uint64_t max_memory)
{
    m.forgets = false;
    const size_t full = arena_size(shape, m);
    m.forgets = true;
    return (max_memory != 0 && full > max_memory) || (once && full - arena_size(shape, m) >= FORGET_FROM);
}

/* section 3: the shape of this witness under this key */
static enum gn_status derive_shape(struct proving *p)
{
    const struct air_system *s = p->witness->system;
    struct gn_shape *shape = &p->shape;
    shape->system = s;
    if (!gn_key_decode(&shape->key, p->record) || gn_whir_params_digest(shape->key.preset) == NULL ||
        memcmp(shape->key.air_digest.b, s->air_digest.b, GN_DIGEST_BYTES) != 0 ||
        shape->key.pre_tables != air_system_pre_tables(s)) {
        return gn_fail(p->err, GN_BAD_INPUT, "the key record does not belong to machine %s", s->name);
    }
    if (!gn_statement_check(s, &p->witness->statement)) {
        return gn_fail(p->err, GN_BAD_INPUT, "the statement does not have the form of machine %s", s->name);
    }
    uint32_t pre = 0;
    for (uint32_t i = 0; i < s->tables_n; i++) {
        const struct air_table_witness *t = &p->witness->tables[i];
        shape->heights[i] = t->height;
        shape->pages[i] = NULL;
        if ((s->tables[i].flags & AIR_PREPROCESSED) != 0) {
            if (p->witness->pre_pages[i] != shape->key.pre_pages[pre++]) {
                return gn_fail(p->err, GN_BAD_INPUT, "table %s: %u preprocessed pages, the key has %u",
                               s->tables[i].name, p->witness->pre_pages[i], shape->key.pre_pages[pre - 1]);
            }
            if (t->height != 0 && t->pages == NULL) {
                return gn_fail(p->err, GN_BAD_INPUT, "table %s has rows and no list of pages", s->tables[i].name);
            }
            /* the shape only reads page lists; the verifier's copy lives in its scratch, hence not const */
            shape->pages[i] = (uint32_t *)(uintptr_t)t->pages;
        }
    }
    enum gn_verdict verdict = gn_shape_check(shape);
    if (verdict != GN_ACCEPT) {
        return gn_fail(p->err, GN_LIMIT, "the run does not fit machine %s: %s", s->name, gn_verdict_text(verdict));
    }
    return GN_OK;
}

/* an empty arena of at least so many bytes */
static enum gn_status have_arena(struct gn_arena *arena, size_t bytes, struct gn_error *err)
{
    enum gn_status status = GN_OK;
    if (arena->size < bytes) {
        gn_arena_free(arena);
        status = gn_arena_init(arena, bytes, err);
    }
    gn_arena_release(arena, 0);
    return status;
}

static enum gn_status have_threads(struct gn_prover *prover, unsigned threads, struct gn_error *err)
{
    if (gn_pool_threads(prover->pool) == threads) {
        return GN_OK;
    }
    gn_pool_destroy(prover->pool);
    return gn_pool_create(&prover->pool, threads, err);
}

enum gn_status gn_prover_lend(struct gn_work *out, struct gn_prover *prover, size_t bytes, unsigned threads,
                              struct gn_error *err)
{
    enum gn_status status = have_arena(&prover->witness, bytes, err);
    if (status == GN_OK) {
        status = have_threads(prover, threads != 0 ? threads : gn_cpu_threads(), err);
    }
    *out = (struct gn_work){.arena = &prover->witness, .pool = prover->pool, .isa = gn_isa_best()};
    return status;
}

#define AHEAD_SPACE ((size_t)64 << 30) /* addresses only: how much a proof takes is not known yet */
#define AHEAD_STEP  ((size_t)2 << 20)

bool gn_prover_is_cold(const struct gn_prover *prover, size_t bytes)
{
    return gn_arena_touched(&prover->arena) + AHEAD_STEP <= bytes;
}

bool gn_prover_warm(struct gn_prover *prover, size_t bytes)
{
    struct gn_arena *arena = &prover->arena;
    if (!gn_prover_is_cold(prover, bytes) ||
        (arena->base == NULL && gn_arena_init(arena, AHEAD_SPACE, NULL) != GN_OK) || bytes > arena->size) {
        return false;
    }
    const size_t touched = gn_arena_touched(arena);
    gn_arena_warm(arena, touched + AHEAD_STEP, NULL);
    return gn_arena_touched(arena) > touched; /* a page that is used in part is left alone */
}

static enum gn_status acquire(struct proving *p)
{
    const unsigned threads = thread_count(p->options);
    struct manner *m = &p->manner;
    *m = (struct manner){.threads = threads, .prepared = p->options->prepared != NULL};
    m->forgets = should_forget(&p->shape, *m, p->prover->once, p->options->max_memory);
    size_t bytes = arena_size(&p->shape, *m);
    if (p->options->max_memory != 0 && bytes > p->options->max_memory) {
        return gn_fail(p->err, GN_LIMIT, "proving needs %zu MiB of memory, the limit is %llu MiB", bytes >> 20,
                       (unsigned long long)(p->options->max_memory >> 20));
    }
    const unsigned domain = gn_whir_domain(&p->shape.whir);
    struct gn_prover *prover = p->prover;
    enum gn_status status = have_arena(&prover->arena, bytes, p->err);
    if (status == GN_OK) {
        status = have_threads(prover, threads, p->err);
    }
    if (status == GN_OK && prover->twiddles_log2 < domain) {
        gn_twiddles_destroy(prover->twiddles);
        prover->twiddles = NULL;
        prover->twiddles_log2 = 0;
        status = gn_twiddles_create(&prover->twiddles, domain, p->err);
        prover->twiddles_log2 = status == GN_OK ? domain : 0;
    }
    if (status == GN_OK) {
        size_t peak = peak_size(&p->shape, *m);
        gn_arena_warm(&prover->arena, peak - peak / 16,
                      prover->pool); /* sizes are upper bounds, by up to a twentieth */
    }
    p->arena = &prover->arena;
    p->twiddles = prover->twiddles;
    p->work = (struct gn_work){.arena = p->arena, .pool = prover->pool, .isa = p->options->isa};
    return status;
}

struct gn_prover *gn_prover_new(void)
{
    return calloc(1, sizeof(struct gn_prover));
}

struct gn_prover *gn_prover_new_once(void)
{
    struct gn_prover *prover = gn_prover_new();
    if (prover != NULL) {
        prover->once = true;
    }
    return prover;
}

void gn_prover_free(struct gn_prover *prover)
{
    if (prover != NULL) {
        gn_twiddles_destroy(prover->twiddles);
        gn_pool_destroy(prover->pool);
        gn_arena_free(&prover->arena);
        gn_arena_free(&prover->witness);
        free(prover);
    }
}

/* section 12 */
static void write_header(struct proving *p)
{
    struct gn_sender *s = &p->sender;
    const struct air_system *system = p->shape.system;
    uint8_t head[GN_PROOF_HEADER_BYTES], word[4];
    memcpy(head, GN_PROOF_MAGIC, 8); /* NOLINT(bugprone-not-null-terminated-result) */
    store_le32(head + 8, GN_PROTOCOL_VERSION);
    store_le32(head + 12, p->shape.key.preset);
    gn_send_opening(s, head, sizeof head);
    gn_send_opening(s, p->record, GN_KEY_BYTES);
    for (uint32_t i = 0; i < system->tables_n; i++) {
        store_le32(word, p->shape.heights[i]);
        gn_send_opening(s, word, sizeof word);
    }
    for (uint32_t i = 0; i < system->tables_n; i++) {
        uint32_t pages_n = (system->tables[i].flags & AIR_PREPROCESSED) != 0 ? p->shape.heights[i] / AIR_PAGE_ROWS : 0;
        for (uint32_t j = 0; j < pages_n; j++) {
            store_le32(word, p->shape.pages[i][j]);
            gn_send_opening(s, word, sizeof word);
        }
    }
}

/* 5 main commitment */
static enum gn_status commit_main(struct proving *p)
{
    const struct air_system *s = p->shape.system;
    const uint32_t *const **cells = gn_arena_alloc(p->arena, s->tables_n * sizeof *cells);
    if (cells == NULL) {
        return GN_NO_MEMORY;
    }
    for (uint32_t i = 0; i < s->tables_n; i++) {
        cells[i] = (const uint32_t *const *)p->witness->tables[i].columns;
    }
    enum gn_status status = gn_pcs_commit(&p->main, &p->shape.main, cells, p->twiddles, &p->work);
    if (status != GN_OK) {
        return status;
    }
    gn_send_digest(&p->sender, LABEL_ROOT, &p->main.root);
    status = gn_pcs_commit_ood(&p->main, &p->sender, &p->work);
    if (p->manner.forgets) {
        gn_pcs_forget_code(&p->main, p->arena);
    }
    return status;
}

/* 6 bus, 7 zerocheck */
static enum gn_status argue(struct proving *p)
{
    uint32_t tables_n = p->shape.system->tables_n;
    gn_bus_challenges_draw(&p->challenges, &p->sender.transcript);
    p->p_sums = gn_arena_zalloc(p->arena, tables_n * sizeof *p->p_sums);
    p->q_sums = gn_arena_zalloc(p->arena, tables_n * sizeof *p->q_sums);
    if (p->p_sums == NULL || p->q_sums == NULL) {
        return GN_NO_MEMORY;
    }
    enum gn_status status =
        gn_bus_prove(&p->bus, p->p_sums, p->q_sums, &p->shape, p->witness, &p->challenges, &p->sender, &p->work);
    if (status == GN_OK) {
        status = step(p, "zerocheck", 500);
    }
    if (status == GN_OK) {
        status = gn_zerocheck_prove(&p->zerocheck, &p->shape, p->witness, p->main.bits, &p->challenges, &p->bus,
                                    p->p_sums, p->q_sums, &p->sender, &p->work);
    }
    return status;
}

/* 11: what setup has committed, if a table of it joined: made before or once more */
static enum gn_status commit_pre(struct proving *p)
{
    if (!p->shape.has_pre) {
        return GN_OK;
    }
    enum gn_status status = step(p, "preprocessed", 750);
    if (status != GN_OK) {
        return status;
    }
    bool taken = p->options->prepared != NULL && gn_prepared_take(&p->pre, p->options->prepared, &p->shape.pre);
    if (p->options->prepared == NULL) {
        status = gn_pcs_commit(&p->pre, &p->shape.pre, p->witness->pre, p->twiddles, &p->work);
        taken = status == GN_OK;
    }
    if (status == GN_OK && (!taken || memcmp(p->pre.root.b, p->shape.key.pre_root.b, GN_DIGEST_BYTES) != 0)) {
        return gn_fail(p->err, GN_BAD_INPUT, "the preprocessed columns are not those of the key");
    }
    return status;
}

/* 8, 9, 10, 11 column claims, claim reduction, WHIR, for the preprocessed stack too */
static enum gn_status open_stacks(struct proving *p)
{
    struct pcs_commitment *const stacks[WHIR_STACKS] = {&p->main, &p->pre};
    struct pcs_point point;
    point.skip = p->zerocheck.skip;
    point.r = p->zerocheck.r;
    return gn_pcs_open(stacks, &p->shape.whir, &point, &p->sender, p->twiddles, &p->work);
}

static enum gn_status run(struct proving *p)
{
    write_header(p);
    gn_statement_absorb(&p->sender.transcript, &p->shape, p->record, &p->witness->statement);
    enum gn_status status = step(p, "commit", 0);
    if (status == GN_OK) {
        status = commit_main(p);
    }
    if (status == GN_OK) {
        status = step(p, "bus", 250);
    }
    if (status == GN_OK) {
        status = argue(p);
    }
    if (status == GN_OK) {
        status = commit_pre(p);
    }
    if (status == GN_OK) {
        status = step(p, "open", 800);
    }
    if (status == GN_OK) {
        status = open_stacks(p);
    }
    if (status == GN_OK) {
        status = step(p, "done", 1000);
    }
    if (status == GN_OK && p->sender.proof->failed) {
        status = GN_NO_MEMORY;
    }
    return status;
}

enum gn_status gn_prove(struct gn_buffer *proof, const uint8_t record[GN_KEY_BYTES], const struct air_witness *witness,
                        const struct gn_prove_options *options, struct gn_error *err)
{
    struct gn_error local = {0};
    struct proving *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for a proof");
    }
    p->witness = witness;
    p->options = options;
    p->err = &local;
    memcpy(p->record, record, GN_KEY_BYTES);
    p->sender.proof = proof;
    gn_transcript_init(&p->sender.transcript);
    p->sender.transcript.observer = options->observer;
    p->sender.transcript.observer_ctx = options->observer_ctx;

    p->prover = options->prover != NULL ? options->prover : gn_prover_new_once();
    enum gn_status status = p->prover == NULL ? GN_NO_MEMORY : derive_shape(p);
    if (status == GN_OK && !gn_isa_supported(options->isa)) {
        status = gn_fail(&local, GN_BAD_INPUT, "this processor or build has no %s kernels", gn_isa_name(options->isa));
    }
    if (status == GN_OK) {
        status = acquire(p);
    }
    if (status == GN_OK) {
        status = run(p);
    }
    if (options->prover == NULL) {
        gn_prover_free(p->prover);
    }
    free(p);
    if (status != GN_OK) {
        gn_buffer_free(proof);
        if (local.text[0] != 0) {
            gn_fail(err, status, "%s", local.text);
        } else {
            gn_fail(err, status, "proving failed: %s", gn_status_name(status));
        }
    }
    return status;
}

enum gn_status gn_prove_footprint(uint64_t *bytes, const uint8_t record[GN_KEY_BYTES], const struct air_witness *w,
                                  unsigned threads, struct gn_error *err)
{
    const struct gn_prove_options options = {.threads = threads};
    struct proving *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for a proof");
    }
    p->witness = w;
    p->options = &options;
    p->err = err;
    memcpy(p->record, record, GN_KEY_BYTES);
    enum gn_status status = derive_shape(p);
    if (status == GN_OK) {
        *bytes = arena_size(&p->shape, (struct manner){.threads = thread_count(p->options), .forgets = true});
    }
    free(p);
    return status;
}
