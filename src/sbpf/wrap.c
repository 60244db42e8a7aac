/* SPDX-License-Identifier: Apache-2.0 */
/* wrap.c - bytecode without a file becomes the least file that holds it, so that it is loaded, verified and bound as any other program.
 *
 *   versions 0 to 2: header | text | names of sections | section headers (none, .text, .shstrtab); text at 0, which programs see at 1 << 32, readable
 *   version 3:       header | program header | text, at 1 << 32, not readable */
#include <inttypes.h>
#include <string.h>

#include "sbpf/elf.h"

static const char names[] = "\0.text\0.shstrtab";

static void put_header(uint8_t *h, enum sbpf_version version, uint64_t entry)
{
    static const uint8_t ident[7] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    memcpy(h, ident, sizeof ident);
    store_le16(h + 16, 3); /* shared object */
    store_le16(h + 18, 247);
    store_le32(h + 20, 1);
    store_le64(h + 24, entry);
    store_le64(h + 32, EHDR_SIZE);
    store_le32(h + 48, version);
    store_le16(h + 52, EHDR_SIZE);
    store_le16(h + 54, PHDR_SIZE);
    store_le16(h + 58, SHDR_SIZE);
}

static void put_section(uint8_t *h, uint32_t name, uint32_t type, uint64_t flags, uint64_t offset, uint64_t size)
{
    store_le32(h, name);
    store_le32(h + 4, type);
    store_le64(h + 8, flags);
    store_le64(h + 24, offset); /* its address is 0 */
    store_le64(h + 32, size);
}

static void wrap_lenient(struct gn_buffer *out, enum sbpf_version version, const uint8_t *text, size_t n)
{
    enum { PROGBITS = 1, STRTAB = 3, ALLOC_EXEC = 6, SECTIONS = 3 };
    uint8_t header[EHDR_SIZE] = {0}, sections[SECTIONS * SHDR_SIZE] = {0}, strings[(sizeof names + 7) / 8 * 8] = {0};
    const uint64_t names_at = EHDR_SIZE + n;
    put_header(header, version, 0);
    store_le64(header + 40, names_at + sizeof strings);
    store_le16(header + 60, SECTIONS);
    store_le16(header + 62, SECTIONS - 1);
    memcpy(strings, names, sizeof names);
    put_section(sections + SHDR_SIZE, 1, PROGBITS, ALLOC_EXEC, EHDR_SIZE, n);
    put_section(sections + (size_t)2 * SHDR_SIZE, 7, STRTAB, 0, names_at, sizeof names);
    gn_buffer_append(out, header, sizeof header);
    gn_buffer_append(out, text, n);
    gn_buffer_append(out, strings, sizeof strings);
    gn_buffer_append(out, sections, sizeof sections);
}

static void wrap_strict(struct gn_buffer *out, const uint8_t *text, size_t n)
{
    uint8_t header[EHDR_SIZE + PHDR_SIZE] = {0}, *p = header + EHDR_SIZE;
    put_header(header, SBPF_V3, SBPF_PROGRAM);
    store_le16(header + 56, 1);
    store_le32(p, PT_LOAD);
    store_le32(p + 4, PF_X);
    store_le64(p + 8, sizeof header);
    store_le64(p + 16, SBPF_PROGRAM);
    store_le64(p + 24, SBPF_PROGRAM);
    store_le64(p + 32, n);
    store_le64(p + 40, n);
    gn_buffer_append(out, header, sizeof header);
    gn_buffer_append(out, text, n);
}

enum gn_status gn_sbpf_wrap(struct gn_buffer *out, enum sbpf_version version, const uint8_t *text, size_t n,
                            struct gn_error *err)
{
    if (n == 0 || n % SBPF_SLOT != 0) {
        return gn_fail(err, GN_BAD_INPUT, "bytecode of %zu bytes: instructions have 8 bytes each", n);
    }
    if (n / SBPF_SLOT > SBPF_SLOTS_MAX) {
        return gn_fail(err, GN_LIMIT, "sBPF program of more than %d slots", SBPF_SLOTS_MAX);
    }
    if (version == SBPF_V3) {
        wrap_strict(out, text, n);
    } else {
        wrap_lenient(out, version, text, n);
    }
    return out->failed ? gn_fail(err, GN_NO_MEMORY, "no memory for a program of %zu bytes", n) : GN_OK;
}
