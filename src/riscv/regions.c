/* SPDX-License-Identifier: Apache-2.0 */
/* regions.c - the memory of a run, and the description of the program that the monitor reads.
 *
 * Regions are the program's segments (to the byte), the output region, RAM, and the kernel's memory.  RAM is cut at its segments, which are widened to whole words: all of RAM is of one
 * kind, so nobody can tell, and every region of RAM begins with its image. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/description.h"
#include "riscv/program.h"

enum { REGIONS_MAX = 2 * RV_SEGMENTS_MAX + 8 };

_Static_assert((int)GN_RV_ILLEGAL == VM_FAULT_ILLEGAL && (int)GN_RV_PC == VM_FAULT_PC &&
                   (int)GN_RV_LOAD == VM_FAULT_LOAD && (int)GN_RV_STORE == VM_FAULT_STORE &&
                   (int)GN_RV_MISALIGNED == VM_FAULT_MISALIGNED && (int)GN_RV_BREAKPOINT == VM_FAULT_BREAKPOINT,
               "outcomes of a statement are numbered as faults");
_Static_assert((int)GN_RV_READ == VM_READ && (int)GN_RV_WRITE == VM_WRITE, "permissions are the machine's");
_Static_assert(GN_RV_OUTPUT_MAX == RV_PUBLIC_MAX, "one limit of output");

/* ---- the description ---- */
static enum gn_rv_mark mark_of(const struct vm_insn *insn)
{
    switch (insn->op) {
    case VM_FAULT:
        return insn->imm == VM_FAULT_PC           ? GN_RV_MARK_OUTSIDE
               : insn->imm == VM_FAULT_BREAKPOINT ? GN_RV_MARK_BREAKPOINT
                                                  : GN_RV_MARK_ILLEGAL;
    case VM_JALR:
    case VM_LB:
    case VM_LBU:
    case VM_LH:
    case VM_LHU:
    case VM_LW:
    case VM_LWU:
    case VM_LD:
    case VM_SB:
    case VM_SH:
    case VM_SW:
    case VM_SD:
    case VM_LAW:
    case VM_LAD:
    case VM_AMOLW:
    case VM_AMOLD:
        return GN_RV_MARK_CHECKED;
    default:
        return GN_RV_MARK_PLAIN;
    }
}

static void put_marks(uint8_t *marks, const struct vm_program *core)
{
    for (uint64_t h = 0; h < core->text_size / 2; h++) {
        uint32_t row = core->row_of_halfword[h];
        unsigned mark = row == VM_NO_ROW ? GN_RV_MARK_NONE : mark_of(&core->rows[row]);
        marks[h / 2] |= (uint8_t)(mark << 4 * (h & 1));
    }
}

/* the regions that are the program's */
static bool is_users(const struct rv_region *r)
{
    return (r->permissions & (VM_READ | VM_WRITE)) != 0;
}

static enum gn_status describe(struct rv_program *p, struct gn_error *err)
{
    const struct vm_program *core = &p->core;
    uint64_t users_n = 0;
    for (uint32_t i = 0; i < p->regions_n; i++) {
        users_n += is_users(&p->regions[i]);
    }
    size_t marks_at = sizeof(struct gn_rv_description) + users_n * sizeof(struct gn_rv_region);
    size_t size = (marks_at + (core->text_size + 3) / 4 + 7) & ~(size_t)7;
    p->description = calloc(size, 1);
    if (p->description == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for the program's description");
    }
    p->description_n = size;
    const uint64_t head[] = {GN_RV_DESCRIPTION_MAGIC,           p->entry, core->text_base,
                             core->text_base + core->text_size, users_n,  GN_RV_DESCRIPTION + marks_at};
    uint8_t *to = p->description;
    for (size_t i = 0; i < sizeof head / sizeof *head; i++, to += 8) {
        store_le64(to, head[i]);
    }
    for (uint32_t i = 0; i < p->regions_n; i++) {
        const struct rv_region *r = &p->regions[i];
        if (is_users(r)) {
            store_le64(to, r->base);
            store_le64(to + 8, r->base + r->size);
            store_le64(to + 16, r->permissions & (VM_READ | VM_WRITE));
            to += 24;
        }
    }
    put_marks(to, core);
    return GN_OK;
}

/* ---- regions ---- */
static void add(struct rv_program *p, struct rv_region r)
{
    if (r.size > 0) {
        p->regions[p->regions_n++] = r;
    }
}

/* The segments first ... n - 1 of RAM of which words touch, as one region; returns how many they are. */
static enum gn_status add_ram_segments(struct rv_program *p, uint32_t first, uint32_t *last, struct gn_error *err)
{
    const struct rv_segment *s = p->segments;
    uint64_t base = s[first].base & ~UINT64_C(7), end = base;
    uint32_t i = first;
    for (; i < p->segments_n && (i == first || s[i].base < end); i++) {
        end = (s[i].base + s[i].size + 7) & ~UINT64_C(7);
    }
    *last = i;
    uint64_t image_n = s[i - 1].base + s[i - 1].image_n - base;
    uint8_t *image = calloc(image_n + 1, 1);
    if (image == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for a segment of RAM");
    }
    for (uint32_t k = first; k < i; k++) {
        memcpy(image + (s[k].base - base), s[k].image, s[k].image_n);
    }
    p->ram_images[p->ram_images_n++] = image;
    add(p, (struct rv_region){base, end - base, VM_READ | VM_WRITE, image, image_n});
    return GN_OK;
}

static enum gn_status add_ram(struct rv_program *p, uint32_t first, struct gn_error *err)
{
    uint64_t at = RV_RAM_BASE;
    enum gn_status status = GN_OK;
    for (uint32_t i = first; status == GN_OK && i < p->segments_n;) {
        uint64_t base = p->segments[i].base & ~UINT64_C(7);
        add(p, (struct rv_region){.base = at, .size = base - at, .permissions = VM_READ | VM_WRITE});
        status = add_ram_segments(p, i, &i, err);
        at = p->regions[p->regions_n - 1].base + p->regions[p->regions_n - 1].size;
    }
    add(p, (struct rv_region){.base = at, .size = RV_RAM_END - at, .permissions = VM_READ | VM_WRITE});
    return status;
}

enum gn_status gn_rv_make_regions(struct rv_program *p, const struct rv_kernel *kernel, struct gn_error *err)
{
    p->regions = calloc(REGIONS_MAX, sizeof *p->regions);
    if (p->regions == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for regions");
    }
    uint32_t i = 0;
    for (; i < p->segments_n && p->segments[i].base < RV_RAM_BASE; i++) {
        const struct rv_segment *s = &p->segments[i];
        unsigned permissions = s->permissions & VM_WRITE ? s->permissions : s->permissions | VM_FIXED;
        add(p, (struct rv_region){s->base, s->size, permissions, s->image, s->image_n});
    }
    add(p, (struct rv_region){.base = RV_OUTPUT_BASE, .size = RV_OUTPUT_SIZE, .permissions = VM_READ | VM_WRITE});
    enum gn_status status = add_ram(p, i, err);
    if (status == GN_OK) {
        status = describe(p, err);
    }
    if (status != GN_OK) {
        return status;
    }
    add(p, (struct rv_region){GN_RV_DESCRIPTION, p->description_n, VM_FIXED, p->description, p->description_n});
    for (unsigned k = 0; k < kernel->segments_n; k++) {
        const struct rv_kernel_segment *s = &kernel->segments[k];
        if (s->kind != RV_KERNEL_TEXT) {
            add(p, (struct rv_region){s->base, s->size, s->kind == RV_KERNEL_CONSTANTS ? VM_FIXED : 0, s->image,
                                      s->image_n});
        }
    }
    return GN_OK;
}
