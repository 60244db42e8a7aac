/* SPDX-License-Identifier: Apache-2.0 */
/* memory_fixture.c - see memory_fixture.h. */
#include "machines_rv/memory_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "cm.h"

const uint8_t mem_ops[MEM_OPS] = {VM_LB, VM_LBU, VM_LH, VM_LHU, VM_LW, VM_LWU, VM_LD, VM_SB, VM_SH, VM_SW, VM_SD};

static unsigned width_of(uint8_t op)
{
    switch (op) {
    case VM_LB:
    case VM_LBU:
    case VM_SB:
        return 1;
    case VM_LH:
    case VM_LHU:
    case VM_SH:
        return 2;
    case VM_LW:
    case VM_LWU:
    case VM_SW:
    case VM_AMOLW:
    case VM_LAW:
        return 4;
    default:
        return 8;
    }
}

bool mem_is_store(uint8_t op)
{
    return op == VM_SB || op == VM_SH || op == VM_SW || op == VM_SD;
}

static void add_region(struct mem_program *p, uint64_t base, uint64_t size, const uint8_t *image, size_t image_n,
                       bool writable)
{
    uint8_t permissions = writable ? VM_READ | VM_WRITE : VM_READ;
    p->model[p->regions_n] = calloc(size, 1);
    assert_non_null(p->model[p->regions_n]);
    memcpy(p->model[p->regions_n], image != NULL ? image : (const uint8_t *)"", image_n);
    p->regions[p->regions_n++] = (struct mx_region){base, size, permissions, image, image_n};
}

void mem_row(struct mem_program *p, struct vm_insn insn)
{
    assert_true(p->n < MEM_MAX_ROWS);
    p->rows[p->n++] = insn;
}

void mem_begin(struct mem_program *p)
{
    static uint8_t image[MEM_TEXT_SIZE];
    for (unsigned i = 0; i < MEM_TEXT_SIZE; i++) {
        image[i] = (uint8_t)(0x5b * i + 0xe1);
    }
    memset(p, 0, sizeof *p);
    p->rows = calloc(MEM_MAX_ROWS, sizeof *p->rows);
    assert_non_null(p->rows);
    add_region(p, MEM_LOW, 0x1000, NULL, 0, true);
    add_region(p, MEM_TEXT_AT, MEM_TEXT_SIZE, image, MEM_TEXT_SIZE, false);
    add_region(p, MEM_DATA, MEM_DATA_SIZE, image, MEM_DATA_IMAGE, true);
    add_region(p, MEM_RAM, MEM_RAM_SIZE, NULL, 0, true);
    add_region(p, MEM_TOP, MEM_TOP_SIZE, NULL, 0, true);
    mem_row(p, (struct vm_insn){.op = VM_J, .target = 2});
    mem_row(p, (struct vm_insn){.op = VM_FAULT, .imm = VM_FAULT_BREAKPOINT});
}

void mem_replace_region(struct mem_program *p, unsigned i, uint64_t size, const uint8_t *image, size_t image_n)
{
    free(p->model[i]);
    p->model[i] = calloc(size, 1);
    assert_non_null(p->model[i]);
    memcpy(p->model[i], image != NULL ? image : (const uint8_t *)"", image_n);
    p->regions[i].size = size;
    p->regions[i].image = image;
    p->regions[i].image_n = image_n;
}

void mem_set_input(struct mem_program *p, const uint8_t *data, size_t n)
{
    size_t size = 16 + (n + 7) / 8 * 8;
    p->input = data;
    p->input_n = n;
    p->input_image = calloc(size, 1);
    assert_non_null(p->input_image);
    for (unsigned k = 0; k < 8; k++) {
        p->input_image[8 + k] = (uint8_t)(n >> (8 * k));
    }
    memcpy(p->input_image + 16, data, n);
    add_region(p, MEM_INPUT_AT, size, p->input_image, size, false);
    struct mx_region input = p->regions[p->regions_n - 1]; /* in its place by address */
    uint8_t *model = p->model[p->regions_n - 1];
    memmove(p->regions + 2, p->regions + 1, (p->regions_n - 2) * sizeof *p->regions);
    memmove(p->model + 2, p->model + 1, (p->regions_n - 2) * sizeof *p->model);
    p->regions[1] = input;
    p->model[1] = model;
}

static uint8_t *model_byte(struct mem_program *p, uint64_t address)
{
    for (uint32_t i = 0; i < p->regions_n; i++) {
        if (address - p->regions[i].base < p->regions[i].size) {
            return &p->model[i][address - p->regions[i].base];
        }
    }
    fail_msg("the model has no byte at 0x%llx", (unsigned long long)address);
    return NULL;
}

static uint64_t model_load(struct mem_program *p, uint8_t op, uint64_t address)
{
    uint64_t value = 0;
    unsigned width = width_of(op);
    for (unsigned k = 0; k < width; k++) {
        value |= (uint64_t)*model_byte(p, address + k) << (8 * k);
    }
    bool is_signed = op == VM_LB || op == VM_LH || op == VM_LW || op == VM_AMOLW || op == VM_LAW;
    bool negative = is_signed && value >> (8 * width - 1) != 0;
    return negative ? value - (UINT64_C(1) << (8 * width)) : value;
}

void mem_put(struct mem_program *p, uint8_t op, uint64_t address, int64_t imm, uint64_t value)
{
    mem_row(p, (struct vm_insn){.op = VM_MOVI, .rd = 5, .imm = address - (uint64_t)imm});
    if (mem_is_store(op)) {
        mem_row(p, (struct vm_insn){.op = VM_MOVI, .rd = 6, .imm = value});
        mem_row(p, (struct vm_insn){.op = op, .ra = 5, .rb = 6, .imm = (uint64_t)imm});
        for (unsigned k = 0; k < width_of(op); k++) {
            *model_byte(p, address + k) = (uint8_t)(value >> (8 * k));
        }
    } else {
        mem_row(p, (struct vm_insn){.op = op, .rd = 7, .ra = 5, .imm = (uint64_t)imm});
        mem_row(p, (struct vm_insn){.op = VM_MOVI, .rd = 6, .imm = model_load(p, op, address)});
        mem_row(p, (struct vm_insn){.op = VM_BNE, .ra = 6, .rb = 7, .target = 1});
    }
}

void mem_begin_samples(struct mem_program *p)
{
    static const uint8_t input[] = {1, 2, 3, 0x84, 5, 6, 7, 8, 0x99, 10, 11};
    static const struct sample {
        uint8_t op;
        uint64_t address;
        int64_t imm;
        uint64_t value;
    } samples[] = {
        {VM_SD, MEM_RAM, 8, 0xfedcba9876543210},
        {VM_LD, MEM_RAM, -8, 0},
        {VM_AMOLD, MEM_RAM, 0, 0},
        {VM_LAD, MEM_RAM, 0, 0},
        {VM_LAW, MEM_RAM + 4, 0, 0},
        {VM_LH, MEM_RAM + 6, 2, 0},
        {VM_LHU, MEM_RAM + 4, 0, 0},
        {VM_LW, MEM_RAM + 4, 0, 0},
        {VM_LWU, MEM_RAM, 0, 0},
        {VM_AMOLW, MEM_RAM + 4, 0, 0},
        {VM_SH, MEM_RAM + 2, 0, 0xabcd},
        {VM_SW, MEM_RAM + 4, 0, 0x11223344aabbccdd},
        {VM_LB, MEM_RAM + 7, 0, 0},
        {VM_LBU, MEM_RAM + 4, 0, 0},
        {VM_SB, MEM_RAM + 5, -1, 0x1234},
        {VM_SB, MEM_RAM + 2, 0, 0xff},
        {VM_SD, 0xa003fffb, 0, 0xa5b6c7d8e9fa0b1c},
        {VM_LD, 0xa003fffb, 0, 0},
        {VM_LW, 0xa003fffd, 0, 0},
        {VM_LH, 0xa003ffff, 0, 0},
        {VM_LHU, MEM_RAM + 1, 0, 0},
        {VM_LWU, MEM_RAM + 2, 0, 0},
        {VM_SW, 0xa003fffe, 0, 0x99887766},
        {VM_SH, MEM_RAM + 3, 0, 0x5566},
        {VM_LD, MEM_DATA + MEM_DATA_IMAGE - 1, 0, 0},
        {VM_LD, MEM_TEXT_AT, 0, 0},
        {VM_LD, MEM_INPUT_AT + 8, 0, 0},
        {VM_LBU, MEM_INPUT_AT + 24, 0, 0},
        {VM_SD, MEM_DATA + 8, 0, 77},
    };
    mem_begin(p);
    mem_set_input(p, input, sizeof input);
    for (size_t i = 0; i < MEM_COUNT(samples); i++) {
        mem_put(p, samples[i].op, samples[i].address, samples[i].imm, samples[i].value);
    }
}

void mem_open(struct rv_run *r, struct mem_program *p)
{
    struct rv_source s = {.rows_n = p->n + 1, .input = p->input, .input_n = p->input_n};
    for (uint32_t i = 0; i < p->regions_n; i++) {
        if (p->regions[i].base != MEM_INPUT_AT) { /* it belongs to the run */
            p->kept[s.regions_n++] = p->regions[i];
        }
    }
    mem_row(p, (struct vm_insn){.op = VM_ECALL});
    s.rows = p->rows;
    s.regions = p->kept;
    rv_open_source(r, &s);
}

void mem_close(struct rv_run *r, struct mem_program *p)
{
    rv_close(r);
    for (uint32_t i = 0; i < p->regions_n; i++) {
        free(p->model[i]);
    }
    free(p->rows);
    free(p->input_image);
}

void mem_run_clean(struct mem_program *p)
{
    struct rv_run r;
    mem_open(&r, p);
    assert_int_equal(rv_failures(&r, true), 0);
    mem_close(&r, p);
}
