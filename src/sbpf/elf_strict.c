/* SPDX-License-Identifier: Apache-2.0 */
/* elf_strict.c - files of version 3 (SIMD-0178, 0189, 0377): program headers only, at fixed places, nothing left to relocate.
 *
 *   header | program headers | [rodata, at address 0] | text, at 1 << 32
 * Sections and whatever follows are not looked at. */
#include <stdlib.h>
#include <string.h>

#include "sbpf/elf.h"

static enum gn_status check_header(struct elf *e)
{
    static const uint8_t ident[16] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    if (e->n < EHDR_SIZE) {
        return OUT_OF_BOUNDS(e, "the file ends in its header");
    }
    const uint8_t *h = e->bytes;
    e->entry = load_le64(h + 24);
    e->phoff = load_le64(h + 32);
    e->phnum = load_le16(h + 56);
    bool good = memcmp(h, ident, sizeof ident) == 0 && load_le16(h + 18) == 247 && load_le32(h + 20) == 1 &&
                e->phoff == EHDR_SIZE && load_le16(h + 52) == EHDR_SIZE && load_le16(h + 54) == PHDR_SIZE &&
                e->phnum != 0 && in_file(e, EHDR_SIZE, (uint64_t)e->phnum * PHDR_SIZE);
    return good ? GN_OK : REFUSE(e, "InvalidFileHeader: not the header of an sBPF program of version 3");
}

/* The header of a segment that must begin at *at of the file, stand at address, and have these flags; moves *at behind it. */
static bool expected(const struct elf *e, const struct phdr *h, uint32_t flags, uint64_t address, uint64_t *at)
{
    bool good = h->type == PT_LOAD && h->flags == flags && h->offset == *at && h->offset < e->n && h->offset % 8 == 0 &&
                h->vaddr == address && h->paddr == address && h->filesz == h->memsz && h->filesz <= e->n - h->offset &&
                h->filesz % 8 == 0 && h->memsz < SBPF_REGION;
    *at += good ? h->filesz : 0;
    return good;
}

enum gn_status gn_sbpf_load_strict(struct elf *e)
{
    struct sbpf_program *p = e->program;
    enum gn_status status = check_header(e);
    if (status != GN_OK) {
        return status;
    }
    uint64_t at = EHDR_SIZE + (uint64_t)e->phnum * PHDR_SIZE;
    struct phdr rodata = {0}, text = gn_sbpf_phdr(e, 0);
    bool good = true;
    if (text.flags == PF_R) {
        rodata = text;
        good = e->phnum >= 2 && expected(e, &rodata, PF_R, SBPF_RODATA_V3, &at);
        text = gn_sbpf_phdr(e, e->phnum >= 2 ? 1 : 0);
    }
    if (!good || !expected(e, &text, PF_X, SBPF_PROGRAM, &at)) {
        return REFUSE(e, "InvalidProgramHeader: rodata and text are not where they must be");
    }
    uint64_t offset = e->entry - text.vaddr;
    if (e->entry < text.vaddr || text.filesz < SBPF_SLOT || offset > text.filesz - SBPF_SLOT ||
        offset % SBPF_SLOT != 0) {
        return REFUSE(e, "InvalidFileHeader: the entry is no slot of text");
    }
    p->owned = malloc(rodata.filesz + text.filesz + 1);
    if (p->owned == NULL) {
        return gn_fail(e->err, GN_NO_MEMORY, "no memory for a program");
    }
    memcpy(p->owned, e->bytes + rodata.offset, rodata.filesz);
    memcpy(p->owned + rodata.filesz, e->bytes + text.offset, text.filesz);
    p->rodata = p->owned;
    p->rodata_n = rodata.filesz;
    p->rodata_address = SBPF_RODATA_V3;
    p->text = p->owned + rodata.filesz;
    p->text_n = text.filesz;
    p->slots_n = (uint32_t)(text.filesz / SBPF_SLOT);
    p->text_address = SBPF_PROGRAM;
    p->entry_slot = (uint32_t)(offset / SBPF_SLOT);
    return GN_OK;
}
