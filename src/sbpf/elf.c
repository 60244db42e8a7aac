/* SPDX-License-Identifier: Apache-2.0 */
/* elf.c - which loader a file goes to: by version, which is the file header's e_flags. */
#include "sbpf/elf.h"

#include <inttypes.h>
#include <stdlib.h>

struct phdr gn_sbpf_phdr(const struct elf *e, unsigned i)
{
    const uint8_t *p = e->bytes + e->phoff + (size_t)i * PHDR_SIZE;
    return (struct phdr){.type = load_le32(p),
                         .flags = load_le32(p + 4),
                         .offset = load_le64(p + 8),
                         .vaddr = load_le64(p + 16),
                         .paddr = load_le64(p + 24),
                         .filesz = load_le64(p + 32),
                         .memsz = load_le64(p + 40)};
}

static enum gn_status load(struct elf *e)
{
    enum { FLAGS_AT = 48 };
    if (e->n < FLAGS_AT + 4) {
        return OUT_OF_BOUNDS(e, "the file ends in its header");
    }
    if (e->n > (uint64_t)SBPF_SLOTS_MAX * SBPF_SLOT) {
        return gn_fail(e->err, GN_LIMIT, "sBPF file of more than %d bytes", SBPF_SLOTS_MAX * SBPF_SLOT);
    }
    uint32_t flags = load_le32(e->bytes + FLAGS_AT);
    if (flags > SBPF_V3) {
        return REFUSE(e, "UnsupportedSBPFVersion: version %" PRIu32 " (0 to 3 are enabled)", flags);
    }
    e->program->version = (enum sbpf_version)flags;
    return flags >= SBPF_V3 ? gn_sbpf_load_strict(e) : gn_sbpf_load_lenient(e);
}

enum gn_status gn_sbpf_load(struct sbpf_program **out, const uint8_t *elf, size_t n,
                            const struct sbpf_load_options *options, struct gn_error *err)
{
    *out = NULL;
    struct sbpf_program *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for a program");
    }
    struct elf e = {.bytes = elf, .n = n, .options = options, .program = p, .err = err};
    enum gn_status status = load(&e);
    if (status != GN_OK) {
        gn_sbpf_free(p);
        return status;
    }
    *out = p;
    return GN_OK;
}
