/* SPDX-License-Identifier: Apache-2.0 */
/* program.c - from an ELF to rows and memory: sBPF lowered, the kernel joined, the description made. */
#include <stdlib.h>

#include "kernel/solana/abi.h"
#include "riscv/kernel.h"
#include "solana/solana.h"

#include "../../gen/kernel/solana.h"

const struct rv_kernel gn_solana_kernel = {
    .name = "solana",
    .entry = SOLANA_ENTRY,
    .segments = solana_segments,
    .segments_n = sizeof solana_segments / sizeof *solana_segments,
};

static enum gn_status load(struct solana_program *p, const uint8_t *elf, size_t n, struct gn_error *err)
{
    struct sbpf_load_options options = {.syscalls = gn_sbpf_syscalls()};
    enum gn_status status = gn_sbpf_load(&p->sbpf, elf, n, &options, err);
    if (status == GN_OK) {
        status = gn_sbpf_verify(p->sbpf, err);
    }
    if (status == GN_OK) {
        status = gn_sbpf_lower(&p->core, p->sbpf, p->mode, &options.syscalls, err);
    }
    if (status == GN_OK) {
        status = gn_riscv_kernel_join(&p->core, &gn_solana_kernel, err);
    }
    p->core.metered = true;
    return status;
}

static void add_region(struct solana_program *p, struct solana_region region)
{
    if (region.size != 0) {
        p->regions[p->regions_n++] = region;
    }
}

/* the read-only region; the description; the kernel's constants and data */
static void lay_out(struct solana_program *p)
{
    add_region(p, (struct solana_region){p->sbpf->rodata_address, p->sbpf->rodata_n, VM_READ, p->sbpf->rodata,
                                         p->sbpf->rodata_n});
    add_region(p, (struct solana_region){GN_SOL_DESCRIPTION, (p->description.size + 7) / 8 * 8, VM_FIXED,
                                         p->description.data, p->description.size});
    for (unsigned i = 0; i < gn_solana_kernel.segments_n; i++) {
        const struct rv_kernel_segment *s = &gn_solana_kernel.segments[i];
        if (s->kind != RV_KERNEL_TEXT) {
            add_region(p, (struct solana_region){s->base, s->size, s->kind == RV_KERNEL_CONSTANTS ? VM_FIXED : 0,
                                                 s->image, s->image_n});
        }
    }
}
_Static_assert(2 + sizeof solana_segments / sizeof *solana_segments <= SOLANA_REGIONS_MAX, "room for all regions");

enum gn_status gn_solana_program_create(struct solana_program **out, const uint8_t *elf, size_t n, enum sbpf_mode mode,
                                        struct gn_error *err)
{
    struct solana_program *p = calloc(1, sizeof *p);
    *out = NULL;
    if (p == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for a program");
    }
    p->mode = mode;
    enum gn_status status = load(p, elf, n, err);
    if (status == GN_OK) {
        status = gn_sbpf_describe(&p->description, p->sbpf, mode, err);
    }
    if (status != GN_OK) {
        gn_solana_program_free(p);
        return status;
    }
    lay_out(p);
    *out = p;
    return GN_OK;
}

void gn_solana_program_free(struct solana_program *p)
{
    if (p != NULL) {
        gn_sbpf_core_free(&p->core);
        gn_sbpf_free(p->sbpf);
        gn_buffer_free(&p->description);
        free(p);
    }
}
