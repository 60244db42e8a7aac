/* SPDX-License-Identifier: Apache-2.0 */
/* program.c - loading: the front end's rows and regions, the Rom made of them (program.h). */
#include "zkvm/program.h"

#include <stdlib.h>
#include <string.h>

#include "hash/blake3.h"
#include "zkvm/machine.h"
#include "zkvm/ready.h"

enum { EM_BPF = 247, EM_SBPF = 263 };

/* ---- memory ---- */

static enum gn_status make_regions(struct gn_program *p, struct gn_error *err)
{
    uint32_t n = p->rv != NULL ? p->rv->regions_n : p->solana->regions_n;
    p->regions = calloc(n, sizeof *p->regions);
    if (p->regions == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for the program");
    }
#define REGION(r)                                                \
    ((struct mx_region){.base = (r).base,                        \
                        .size = (r).size,                        \
                        .permissions = (uint8_t)(r).permissions, \
                        .image = (r).image,                      \
                        .image_n = (r).image_n})
    for (uint32_t i = 0; i < n; i++) {
        p->regions[i] = p->rv != NULL ? REGION(p->rv->regions[i]) : REGION(p->solana->regions[i]);
    }
#undef REGION
    p->regions_n = n;
    return GN_OK;
}

/* ---- loading ---- */

static enum gn_status load_riscv(struct gn_program *p, const void *elf, size_t n, struct gn_error *err)
{
    enum gn_status status = gn_riscv_load(&p->rv, elf, n, err);
    if (status == GN_OK) {
        p->core = &p->rv->core;
        p->entry = p->rv->entry;
    }
    return status;
}

static enum gn_status load_solana(struct gn_program *p, const void *elf, size_t n, bool adjusted, struct gn_error *err)
{
    p->elf = malloc(n + 1);
    if (p->elf == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for the program");
    }
    memcpy(p->elf, elf, n);
    p->elf_n = n;
    enum gn_status status =
        gn_solana_program_create(&p->solana, p->elf, n, adjusted ? SBPF_ADJUSTED : SBPF_CLASSIC, err);
    if (status == GN_OK) {
        p->core = &p->solana->core;
        p->entry = p->solana->sbpf->entry_slot;
    }
    return status;
}

bool gn_program_is_solana(const void *file, size_t n)
{
    const uint8_t *b = file;
    unsigned machine = n >= 20 ? b[18] | (unsigned)b[19] << 8 : 0;
    return n >= 20 &&
           memcmp(b,
                  "\x7f"
                  "ELF",
                  4) == 0 &&
           (machine == EM_BPF || machine == EM_SBPF);
}

static enum gn_status load(struct gn_program **out, const void *elf, size_t n, bool adjusted, struct gn_error *err)
{
    *out = NULL;
    struct gn_program *p = calloc(1, sizeof *p);
    struct gn_ready *ready = calloc(1, sizeof *ready);
    if (p == NULL || ready == NULL) {
        free(p);
        free(ready);
        return gn_fail(err, GN_NO_MEMORY, "no memory for the program");
    }
    ready->program = p;
    p->ready = ready;
    enum gn_status status =
        gn_program_is_solana(elf, n) ? load_solana(p, elf, n, adjusted, err) : load_riscv(p, elf, n, err);
    if (status == GN_OK) {
        digest hash = gn_blake3_hash(elf, n);
        memcpy(p->hash, hash.b, sizeof p->hash);
        status = make_regions(p, err);
    }
    if (status == GN_OK) {
        enum mx_privilege user = p->rv != NULL ? MX_USER_RISCV : MX_USER_SBPF;
        status = mx_program_create(&p->mx, p->core, user, p->regions, p->regions_n, err);
    }
    if (status != GN_OK) {
        gn_program_free(p);
        return status;
    }
    *out = p;
    return GN_OK;
}

enum gn_status gn_program_load(struct gn_program **out, const void *elf, size_t n, struct gn_error *err)
{
    return load(out, elf, n, false, err);
}

enum gn_status gn_program_load_adjusted(struct gn_program **out, const void *elf, size_t n, struct gn_error *err)
{
    return load(out, elf, n, true, err);
}

void gn_program_free(struct gn_program *p)
{
    if (p == NULL) {
        return;
    }
    gn_ready_free(p->ready); /* first: it may still look at what follows */
    mx_program_destroy(p->mx);
    free(p->regions);
    gn_riscv_free(p->rv);
    gn_solana_program_free(p->solana);
    free(p->elf);
    free(p);
}

enum gn_status gn_solana_ended(enum solana_end end, const struct gn_error *why, struct gn_error *err)
{
    return end == SOLANA_HALTED ? GN_OK
           : end == SOLANA_HINT ? gn_fail(err, GN_BAD_INPUT, "the kernel input lacks a hint")
                                : gn_fail(err, why->status, "%s", why->text);
}

/* ---- the machine and the program's columns ---- */

void gn_machine_open(struct gn_machine *m)
{
    m->system = (struct mx_system){.air = &gn_machine_air, .table_of_store = m->table_of_store};
    uint32_t table = 0;
    for (unsigned i = 0; i < mx_classes_n; i++) {
        m->system.table_of_class[mx_classes[i]->class] = table++;
    }
    for (unsigned i = 0; i < mx_stores_n; i++) {
        m->table_of_store[i] = table++;
    }
}

enum gn_status gn_program_columns_size(size_t *bytes, const struct gn_machine *m, const struct gn_program *program,
                                       struct gn_error *err)
{
    const struct air_system *s = m->system.air;
    *bytes = (size_t)1 << 20;
    for (unsigned i = 0; i < mx_stores_n; i++) {
        const struct mx_store_def *def = mx_stores[i];
        uint32_t pages = def->pages != NULL ? def->pages(program->mx) : 0;
        if (pages > AIR_MAX_HEIGHT / AIR_PAGE_ROWS) {
            return gn_fail(err, GN_LIMIT, "the program's table %s has %u pages, at most %u are supported", def->name,
                           pages, AIR_MAX_HEIGHT / AIR_PAGE_ROWS);
        }
        size_t cells = air_committed_height(pages * AIR_PAGE_ROWS, 8);
        *bytes += (cells * sizeof(uint32_t) + 128) * s->tables[m->system.table_of_store[i]].pre_n;
    }
    return GN_OK;
}

enum gn_status gn_program_columns(struct gn_columns *out, const struct gn_machine *m, const struct gn_program *program,
                                  struct gn_error *err)
{
    size_t bytes;
    enum gn_status status = gn_program_columns_size(&bytes, m, program, err);
    if (status == GN_OK) {
        status = gn_arena_init(&out->arena, bytes, err);
    }
    if (status == GN_OK) {
        status = mx_preprocess(&out->pre, &m->system, program->mx, &out->arena, err);
    }
    if (status != GN_OK) {
        gn_arena_free(&out->arena);
    }
    return status;
}

/* ---- options, progress ---- */

struct gn_options gn_options_of(const struct gn_options *options)
{
    return options != NULL ? *options : (struct gn_options){0};
}

enum gn_status gn_report(const struct gn_reporter *r, const char *step, unsigned permille, struct gn_error *err)
{
    const struct gn_progress p = {.step = step, .permille = permille, .instructions = r->instructions};
    if (r->options->progress != NULL && r->options->progress(r->options->progress_ctx, &p) != 0) {
        return gn_fail(err, GN_CANCELLED, "cancelled before: %s", step);
    }
    return GN_OK;
}

static int report_engine(void *ctx, const char *step, unsigned permille)
{
    const struct gn_reporter *r = ctx;
    return gn_report(r, step, r->first + permille * (1000 - r->first) / 1000, NULL) != GN_OK;
}

struct gn_prove_options gn_engine_options(struct gn_reporter *r)
{
    return (struct gn_prove_options){.prover = r->options->prover,
                                     .threads = r->options->threads,
                                     .isa = gn_isa_best(),
                                     .progress = report_engine,
                                     .progress_ctx = r};
}
