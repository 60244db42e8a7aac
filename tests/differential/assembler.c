/* SPDX-License-Identifier: Apache-2.0 */
/* assembler.c - see assembler.h. */
#include "differential/assembler.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

enum { A0 = 10, A1 = 11, A2 = 12, A7 = 17 };

void assembler_free(struct assembler *a)
{
    gn_buffer_free(&a->text);
    gn_buffer_free(&a->pool);
    gn_buffer_free(&a->data);
}

uint64_t here(const struct assembler *a)
{
    return TEXT + a->text.size;
}

void emit16(struct assembler *a, uint32_t halfword)
{
    uint8_t b[2];
    store_le16(b, (uint16_t)halfword);
    gn_buffer_append(&a->text, b, sizeof b);
}

void emit32(struct assembler *a, uint32_t word)
{
    uint8_t b[4];
    store_le32(b, word);
    gn_buffer_append(&a->text, b, sizeof b);
}

static uint32_t encode(enum rv_op op, unsigned rd, unsigned rs1, unsigned rs2, int64_t imm)
{
    const struct rv_insn insn = {
        .op = op, .rd = (uint8_t)rd, .rs1 = (uint8_t)rs1, .rs2 = (uint8_t)rs2, .length = 4, .imm = imm};
    uint32_t word = gn_rv_encode(&insn);
    struct rv_insn back;
    bool same = gn_rv_decode(&back, word) && back.op == op && back.rd == rd && back.rs1 == rs1 && back.rs2 == rs2 &&
                back.imm == imm;
    if (!same) {
        fprintf(stderr, "assembler: %s x%u, x%u, x%u, %" PRId64 " cannot be encoded\n", gn_rv_encodings[op].mnemonic,
                rd, rs1, rs2, imm);
        abort();
    }
    return word;
}

void emit(struct assembler *a, enum rv_op op, unsigned rd, unsigned rs1, unsigned rs2, int64_t imm)
{
    emit32(a, encode(op, rd, rs1, rs2, imm));
}

void patch(struct assembler *a, uint64_t at, enum rv_op op, unsigned rd, unsigned rs1, unsigned rs2, int64_t imm)
{
    store_le32(a->text.data + (at - TEXT), encode(op, rd, rs1, rs2, imm));
}

/* lui and addi for the upper 32 bits, then 12, 12 and 8 bits more */
void emit_constant(struct assembler *a, unsigned rd, uint64_t value)
{
    int64_t low = (int64_t)(value << 52) >> 52;
    if ((int64_t)value == low) {
        emit(a, RV_ADDI, rd, 0, 0, low);
        return;
    }
    if ((int64_t)value == (int32_t)value) {
        int64_t high = (int64_t)(int32_t)((uint32_t)value - (uint32_t)low);
        emit(a, RV_LUI, rd, 0, 0, high);
        emit(a, RV_ADDIW, rd, rd, 0, low);
        return;
    }
    emit_constant(a, rd, (uint64_t)((int64_t)value >> 32));
    for (int shift = 11; shift >= 0; shift -= 11) { /* 11 bits at a time, so that they are positive immediates */
        emit(a, RV_SLLI, rd, rd, 0, 11);
        emit(a, RV_ADDI, rd, rd, 0, (int64_t)(value >> (10 + shift) & 0x7ff));
    }
    emit(a, RV_SLLI, rd, rd, 0, 10);
    emit(a, RV_ADDI, rd, rd, 0, (int64_t)(value & 0x3ff));
}

void emit_write(struct assembler *a, uint32_t offset, uint32_t n)
{
    emit_constant(a, A0, 1);
    emit_constant(a, A1, (uint64_t)DATA + offset);
    emit_constant(a, A2, n);
    emit_constant(a, A7, 64);
    emit(a, RV_ECALL, 0, 0, 0, 0);
}

void emit_exit(struct assembler *a, unsigned code)
{
    emit_constant(a, A0, code);
    emit_constant(a, A7, 93);
    emit(a, RV_ECALL, 0, 0, 0, 0);
}

/* ---- the file ---- */
enum { EHDR = 64, PHDR = 56, PAGE = 4096, EXECUTE = 1, WRITE = 2, READ = 4 };

static void add_segment(struct gn_buffer *file, uint32_t *segments, uint64_t base, const struct gn_buffer *image,
                        uint64_t size, uint32_t flags)
{
    if (size == 0) {
        return;
    }
    static const uint8_t zeros[PAGE];
    gn_buffer_append(file, zeros, (PAGE - file->size % PAGE) % PAGE);
    uint8_t *h = file->data + EHDR + PHDR * (*segments)++;
    store_le32(h, 1);
    store_le32(h + 4, flags);
    store_le64(h + 8, file->size);
    store_le64(h + 16, base);
    store_le64(h + 24, base);
    store_le64(h + 32, image->size);
    store_le64(h + 40, size);
    store_le64(h + 48, PAGE);
    gn_buffer_append(file, image->data, image->size);
}

struct gn_buffer assembler_elf(const struct assembler *a)
{
    static const uint8_t ident[16] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    struct gn_buffer file = {0};
    uint8_t header[EHDR + 3 * PHDR] = {0};
    uint32_t segments = 0;
    gn_buffer_append(&file, header, sizeof header);
    add_segment(&file, &segments, TEXT, &a->text, a->text.size, READ | EXECUTE);
    add_segment(&file, &segments, POOL, &a->pool, a->pool.size, READ);
    add_segment(&file, &segments, DATA, &a->data, DATA_SIZE, READ | WRITE);
    uint8_t *h = file.data;
    memcpy(h, ident, sizeof ident);
    store_le16(h + 16, 2);
    store_le16(h + 18, 243);
    store_le32(h + 20, 1);
    store_le64(h + 24, TEXT);
    store_le64(h + 32, EHDR);
    store_le32(h + 48, 1); /* RVC */
    store_le16(h + 52, EHDR);
    store_le16(h + 54, PHDR);
    store_le16(h + 56, (uint16_t)segments);
    return file;
}
