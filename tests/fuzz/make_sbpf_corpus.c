/* SPDX-License-Identifier: Apache-2.0 */
/* make_sbpf_corpus.c - writes the seeds of sbpf_fuzz into a folder: files of each shape that the loaders know, and texts with every operation of every version.
 *
 *   make_sbpf_corpus FOLDER */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "sbpf/opcodes.h"
#include "vectors/builder.h"

enum { ELF = 5, DEPLOYED = 6, ADJUSTED = 8 };

static void save(const char *folder, const char *name, unsigned kind, const struct gn_buffer *bytes)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    if (f == NULL || fputc((int)kind, f) == EOF || fwrite(bytes->data, 1, bytes->size, f) != bytes->size ||
        fclose(f) != 0) {
        perror(path);
    }
}

static void save_text(const char *folder, const char *name, unsigned kind, struct gn_buffer *text)
{
    PUT_EXIT(text);
    save(folder, name, kind, text);
    gn_buffer_free(text);
}

/* every operation of a version, with pointers into stack and input in r10 and r1 */
static void save_operations(const char *folder, enum sbpf_version version)
{
    char name[32];
    struct gn_buffer text = {0};
    put_insn(&text, 0xb7, 3, 0, 0, 7);
    for (unsigned opcode = 0; opcode < 256; opcode++) {
        const struct sbpf_op *op = gn_sbpf_op(version, (uint8_t)opcode);
        if (op == NULL || op->format == SBPF_FORMAT_CALL || op->format == SBPF_FORMAT_CALLX ||
            op->format == SBPF_FORMAT_EXIT) {
            continue;
        }
        bool store = op->format == SBPF_FORMAT_ST || op->format == SBPF_FORMAT_STX;
        unsigned source = op->format == SBPF_FORMAT_LDX ? 10 : 3;
        put_insn(&text, opcode, store ? 10 : 2, source, store || op->format == SBPF_FORMAT_LDX ? -16 : 0, 16);
        if (op->format == SBPF_FORMAT_LDDW) {
            put_insn(&text, 0, 0, 0, 0, 1);
        }
    }
    snprintf(name, sizeof name, "text-operations-%d", version);
    save_text(folder, name, version, &text);
}

static void save_texts(const char *folder)
{
    struct gn_buffer text = {0};
    put_insn(&text, 0x85, 0, 0, 0, (int64_t)SBPF_KEY_ENTRYPOINT);
    save_text(folder, "text-recursion-0", SBPF_V0, &text);
    text = (struct gn_buffer){0};
    put_insn(&text, 0x85, 0, 1, 0, -1);
    save_text(folder, "text-recursion-3", SBPF_V3 | ADJUSTED, &text);
    text = (struct gn_buffer){0};
    put_lddw(&text, 1, SBPF_PROGRAM + 3 * SBPF_SLOT);
    put_insn(&text, 0x8d, 0, 0, 0, 1);
    save_text(folder, "text-callx-0", SBPF_V0, &text);
    text = (struct gn_buffer){0};
    put_lddw(&text, 1, SBPF_PROGRAM + 1 * SBPF_SLOT);
    put_insn(&text, 0x8d, 1, 0, 0, 0);
    save_text(folder, "text-callx-into-constant-3", SBPF_V3, &text);
    text = (struct gn_buffer){0};
    put_insn(&text, 0x7b, 10, 1, -4, 0);
    put_insn(&text, 0x79, 0, 10, -4, 0);
    save_text(folder, "text-straddle-0", SBPF_V0, &text);
    text = (struct gn_buffer){0};
    put_insn(&text, 0x79, 2, 1, 0, 0);
    put_insn(&text, 0x3f, 2, 3, 0, 0);
    save_text(folder, "text-input-0", SBPF_V0 | 15u << 4, &text);
    text = (struct gn_buffer){0};
    put_insn(&text, 0x85, 0, 0, 0, 0x207559bd);
    save_text(folder, "text-syscall-2", SBPF_V2, &text);
    text = (struct gn_buffer){0};
    put_insn(&text, 0x05, 0, 0, -1, 0);
    save_text(folder, "text-endless-1", SBPF_V1, &text);
    text = (struct gn_buffer){0};
    put_insn(&text, 0x07, 10, 0, 0, -64);
    put_insn(&text, 0xc6, 1, 0, 0, -1);
    save_text(folder, "text-stack-2", SBPF_V2, &text);
    text = (struct gn_buffer){0};
    put_insn(&text, 0xb7, 10, 0, 0, 0);
    gn_buffer_append(&text, "odd", 3);
    save(folder, "text-odd", SBPF_V0, &text);
    gn_buffer_free(&text);
}

static void save_files(const char *folder)
{
    struct gn_buffer text = {0}, rodata = {0};
    put_insn(&text, 0x85, 0, 0, 0, 2);
    put_insn(&text, 0x85, 0, 0, 0, -1);
    PUT_EXIT(&text);
    put_lddw(&text, 1, 0x10);
    PUT_EXIT(&text);
    put_insn(&rodata, 'r', 0, 0, 0, 0x18);
    const struct build_symbol symbols[] = {{"sol_log_", 0x10, 0}, {"f", 0x12, BUILD_TEXT + 24}};
    const struct build_relocation relocations[] = {
        {BUILD_TEXT + 8, 10, 1}, {BUILD_TEXT + 24, 1, 2}, {BUILD_TEXT + 24, 8, 0}, {BUILD_TEXT + 48, 8, 0}};
    struct build b = {.text = &text,
                      .rodata = &rodata,
                      .symbols = symbols,
                      .symbols_n = 2,
                      .relocations = relocations,
                      .relocations_n = 4};
    struct built f = build_lenient(&b);
    save(folder, "file-0", ELF, &f.file);
    save(folder, "file-0-deployed", DEPLOYED, &f.file);
    store_le32(f.file.data + 48, 2);
    save(folder, "file-2", ELF | ADJUSTED, &f.file);
    store_le64(f.file.data + f.headers + 2 * 64 + 16, 400);
    save(folder, "file-moved", ELF, &f.file);
    gn_buffer_free(&f.file);
    b.relocations_n = 0;
    f = build_lenient(&b);
    save(folder, "file-plain", DEPLOYED, &f.file);
    gn_buffer_free(&f.file);
    text.size = 0;
    put_insn(&text, 0x61, 0, 1, 0, 0);
    PUT_EXIT(&text);
    b.version = 3;
    struct gn_buffer strict = build_strict(&b);
    save(folder, "file-3", ELF | 8u << 4, &strict);
    gn_buffer_free(&strict);
    b.rodata = NULL;
    strict = build_strict(&b);
    save(folder, "file-3-no-rodata", ELF, &strict);
    gn_buffer_free(&strict);
    gn_buffer_free(&text);
    gn_buffer_free(&rodata);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    for (unsigned version = SBPF_V0; version <= SBPF_V4; version++) {
        save_operations(argv[1], (enum sbpf_version)version);
    }
    save_texts(argv[1]);
    save_files(argv[1]);
    return 0;
}
