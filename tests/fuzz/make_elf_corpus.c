/* SPDX-License-Identifier: Apache-2.0 */
/* make_elf_corpus.c - writes the seeds of elf_fuzz into a folder: small executables of each shape that the loader
 * knows, and texts of each kind of instruction.
 *
 *   make_elf_corpus FOLDER */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "differential/assembler.h"
#include "differential/programs.h"

enum { EHDR = 64, PHDR = 56, SHDR = 64, SYM = 24 };

static void save(const char *folder, const char *name, uint8_t mode, const void *bytes, size_t n)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    if (f == NULL || fputc(mode, f) == EOF || fwrite(bytes, 1, n, f) != n || fclose(f) != 0) {
        perror(path);
    }
}

/* code that writes a byte of RAM and exits */
static struct assembler program(void)
{
    struct assembler a = {0};
    emit_write(&a, 0, 1);
    emit_exit(&a, 3);
    return a;
}

/* Without padding between the parts: header, three program headers, text (twice), section headers, symbols, names.
 * The fields that the cases change are at known places. */
static struct gn_buffer compact(void)
{
    static const char names[] = "\0main";
    struct assembler a = program();
    uint8_t header[EHDR + 3 * PHDR + 3 * SHDR + SYM + sizeof names] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    size_t text_at = sizeof header, text_n = a.text.size, sections_at = EHDR + 3 * PHDR,
           symbols_at = sections_at + 3 * SHDR;
    store_le16(header + 16, 2);
    store_le16(header + 18, 243);
    store_le32(header + 20, 1);
    store_le64(header + 24, TEXT);
    store_le64(header + 32, EHDR);
    store_le64(header + 40, sections_at);
    store_le32(header + 48, 1);
    store_le16(header + 52, EHDR);
    store_le16(header + 54, PHDR);
    store_le16(header + 56, 3);
    store_le16(header + 58, SHDR);
    store_le16(header + 60, 3);
    static const struct {
        uint64_t base;
        uint32_t flags;
    } segments[3] = {{TEXT, 5}, {POOL, 4}, {DATA, 6}};
    for (size_t i = 0; i < 3; i++) {
        uint8_t *h = header + EHDR + i * PHDR;
        store_le32(h, 1);
        store_le32(h + 4, segments[i].flags);
        store_le64(h + 8, text_at);
        store_le64(h + 16, segments[i].base);
        store_le64(h + 32, text_n);
        store_le64(h + 40, text_n + (i == 2 ? 0x1000 : 0));
    }
    uint8_t *symbols = header + sections_at + SHDR, *strings = symbols + SHDR;
    store_le32(symbols + 4, 2);
    store_le64(symbols + 24, symbols_at);
    store_le64(symbols + 32, SYM);
    store_le32(symbols + 40, 2);
    store_le32(strings + 4, 3);
    store_le64(strings + 24, symbols_at + SYM);
    store_le64(strings + 32, sizeof names);
    store_le32(header + symbols_at, 1);
    header[symbols_at + 4] = 0x12;
    store_le64(header + symbols_at + 8, TEXT);
    store_le64(header + symbols_at + 16, text_n);
    memcpy(header + symbols_at + SYM, names, sizeof names);
    struct gn_buffer elf = {0};
    gn_buffer_append(&elf, header, sizeof header);
    gn_buffer_append(&elf, a.text.data, a.text.size);
    assembler_free(&a);
    return elf;
}

static void save_changed(const char *folder, const char *name, size_t at, unsigned width, uint64_t value)
{
    struct gn_buffer elf = compact();
    for (unsigned i = 0; i < width; i++) {
        elf.data[at + i] = (uint8_t)(value >> 8 * i);
    }
    save(folder, name, 0, elf.data, width == 0 ? at : elf.size);
    gn_buffer_free(&elf);
}

static void save_files(const char *folder)
{
    const size_t text = EHDR, pool = EHDR + PHDR, data = EHDR + 2 * PHDR, sections = EHDR + 3 * PHDR;
    struct gn_buffer elf = compact();
    save(folder, "good", 0x40, elf.data, elf.size);
    gn_buffer_free(&elf);
    save_changed(folder, "cut-in-header", 40, 0, 0);
    save_changed(folder, "cut-in-segments", EHDR + PHDR + 3, 0, 0);
    save_changed(folder, "cut-in-text", sections + 3 * SHDR + SYM + 20, 0, 0);
    save_changed(folder, "x86-64", 18, 2, 62);
    save_changed(folder, "32-bit", 4, 1, 1);
    save_changed(folder, "big-endian", 5, 1, 2);
    save_changed(folder, "shared", 16, 2, 3);
    save_changed(folder, "double-float", 48, 4, 5);
    save_changed(folder, "interpreter", pool, 4, 3);
    save_changed(folder, "writable-text", text + 4, 4, 7);
    save_changed(folder, "no-text", text + 4, 4, 4);
    save_changed(folder, "two-texts", pool + 4, 4, 5);
    save_changed(folder, "overlap", pool + 16, 8, TEXT + 8);
    save_changed(folder, "touching", pool + 16, 8, TEXT + 56);
    save_changed(folder, "outside", pool + 16, 8, 0x40000000);
    save_changed(folder, "huge-in-memory", data + 40, 8, UINT64_MAX);
    save_changed(folder, "huge-in-file", data + 32, 8, UINT64_MAX);
    save_changed(folder, "all-of-ram", data + 40, 8, RV_RAM_END - RV_RAM_BASE);
    save_changed(folder, "offset-wraps", data + 8, 8, UINT64_MAX - 8);
    save_changed(folder, "odd-entry", 24, 8, TEXT + 1);
    save_changed(folder, "entry-in-the-middle", 24, 8, TEXT + 2);
    save_changed(folder, "entry-outside", 24, 8, 0);
    save_changed(folder, "symbols-outside", sections + SHDR + 24, 8, UINT64_MAX);
    save_changed(folder, "no-strings", sections + SHDR + 40, 4, 1);
}

/* texts: the pool of operands that random programs want is not there, so they fault at some time; straight code does
 * not */
static void save_texts(const char *folder)
{
    static const enum rv_op some[] = {RV_LUI,  RV_MULHSU, RV_DIVW, RV_FENCE, RV_SRAIW,
                                      RV_SLTU, RV_REMUW,  RV_JAL,  RV_BGEU};
    struct assembler a = {0};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        emit32(&a, gn_rv_encodings[some[i]].match | (uint32_t)(i + 1) << 7 | (some[i] == RV_JAL ? 4u << 20 : 0));
    }
    emit_exit(&a, 0);
    save(folder, "text-operations", 1, a.text.data, a.text.size);
    assembler_free(&a);
    a = program();
    save(folder, "text-output", 1, a.text.data, a.text.size);
    assembler_free(&a);
    emit_constant(&a, 5, DATA);
    for (enum rv_op op = RV_LR_W; op <= RV_AMOMAXU_D; op++) {
        emit(&a, op, 6, 5, op == RV_LR_W || op == RV_LR_D ? 0 : 5, 0);
    }
    emit(&a, RV_AMOADD_D, 6, 6, 6, 0);
    save(folder, "text-atomics", 1, a.text.data, a.text.size);
    assembler_free(&a);
    emit16(&a, 0xa001); /* c.j 0 */
    save(folder, "text-endless", 1, a.text.data, a.text.size);
    assembler_free(&a);
    random_program(&a, 11, 60, 2);
    save(folder, "text-random", 1, a.text.data, a.text.size);
    assembler_free(&a);
    static const uint8_t halves[] = {0x13, 0x00, 0x01, 0x00, 0x1f,
                                     0xff, 0x02, 0x90, 0x13}; /* odd length, an instruction cut in two */
    save(folder, "text-odd", 1, halves, sizeof halves);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    save_files(argv[1]);
    save_texts(argv[1]);
    return 0;
}
