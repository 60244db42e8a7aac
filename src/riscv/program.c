/* SPDX-License-Identifier: Apache-2.0 */
/* program.c - from ELF bytes to a program that can run, in steps: read the file (elf.c), lower its text
 * (lower.c), lay out its memory and describe it for the monitor (regions.c), put the monitor behind it (kernel.c). */
#include "riscv/program.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "hash/blake3.h"
#include "riscv/decode.h"

enum gn_status gn_riscv_load(struct rv_program **out, const uint8_t *elf, size_t n, struct gn_error *err)
{
    *out = NULL;
    struct rv_program *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for the program");
    }
    enum gn_status status = gn_rv_read_elf(p, elf, n, err);
    if (status == GN_OK) {
        status = gn_rv_lower(p, err);
    }
    if (status == GN_OK) {
        status = gn_rv_make_regions(p, &gn_rv_monitor, err);
    }
    if (status == GN_OK) {
        status = gn_riscv_kernel_join(&p->core, &gn_rv_monitor, err);
    }
    if (status != GN_OK) {
        gn_riscv_free(p);
        return status;
    }
    digest hash = gn_blake3_hash(elf, n);
    memcpy(p->elf_hash, hash.b, sizeof p->elf_hash);
    *out = p;
    return GN_OK;
}

void gn_riscv_free(struct rv_program *p)
{
    if (p == NULL) {
        return;
    }
    for (uint32_t i = 0; i < p->segments_n; i++) {
        free((void *)(uintptr_t)p->segments[i].image);
    }
    free(p->segments);
    free(p->symbols); /* and the names, which lie behind them */
    free(p->core.rows);
    free(p->core.pc_of_row);
    free(p->core.first_of_insn);
    free(p->core.row_of_halfword);
    free(p->core.kernel_row_of_halfword);
    for (uint32_t i = 0; i < p->ram_images_n; i++) {
        free(p->ram_images[i]);
    }
    free(p->regions);
    free(p->description);
    free(p);
}

const struct rv_segment *gn_rv_text_segment(const struct rv_program *p, uint64_t pc)
{
    for (uint32_t i = 0; i < p->segments_n; i++) {
        const struct rv_segment *s = &p->segments[i];
        if (s->executable && (pc & 1) == 0 && pc >= s->base && pc < gn_rv_segment_end(s)) {
            return s;
        }
    }
    return NULL;
}

bool gn_rv_fetch(struct rv_insn *out, const struct rv_program *p, const struct rv_segment *s, uint64_t pc)
{
    const uint64_t at = pc - s->base;
    const struct rv_segment *upper = s->image_n - at >= 4 ? s : gn_rv_text_segment(p, pc + 2);
    uint32_t word = load_le16(s->image + at);
    if (upper != NULL) {
        word |= (uint32_t)load_le16(upper->image + (pc + 2 - upper->base)) << 16;
    }
    if (gn_rv_decode(out, word) && (out->length == 2 || upper != NULL)) {
        return true;
    }
    *out = (struct rv_insn){.op = RV_ILLEGAL, .length = 2};
    return false;
}
