/* SPDX-License-Identifier: Apache-2.0 */
/* elf_fuzz.c - libFuzzer target: loader, decoder, lowering and a bounded run, on hostile bytes.
 *
 * Byte 0 chooses: bit 0 whether the rest is a whole ELF file or the text of a good one (so that the fuzzer gets past
 * the headers), bits 4-7 how many bytes of it are the program's input.  Nothing may crash or read outside; what loads
 * satisfies the executor's checks (gn_rv_lower asks for them), disassembles everywhere, and ends in one of the ways
 * that there are. */
#include <stdlib.h>
#include <string.h>

#include "differential/assembler.h"

enum { STEPS = 20000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool good)
{
    if (!good) {
        abort();
    }
}

static void disassemble(const struct rv_program *p)
{
    const struct vm_program *core = &p->core;
    for (uint64_t pc = core->text_base; pc < core->text_base + core->text_size; pc += 2) {
        char text[64];
        unsigned length = gn_riscv_disassemble(text, sizeof text, p, pc);
        bool starts = core->row_of_halfword[(pc - core->text_base) / 2] != VM_NO_ROW;
        require(length == 2 || length == 4 || (length == 0 && !starts));
        require(strlen(text) < sizeof text - 1);
    }
}

static void run(const struct rv_program *p, const uint8_t *input, size_t input_n)
{
    struct rv_machine m;
    struct gn_error err;
    if (gn_riscv_start(&m, p, input, input_n, &err) != GN_OK) {
        return;
    }
    enum gn_status status = gn_riscv_run(&m, STEPS, NULL, NULL, &err);
    require(status == GN_OK || status == GN_LIMIT);
    require(m.result.steps <= STEPS);
    require(m.result.output.size <= RV_PUBLIC_MAX && m.result.diagnostics.size <= RV_PUBLIC_MAX);
    require(m.result.outcome != RV_FAULTED || (m.result.fault > VM_FAULT_NONE && m.result.fault < VM_FAULTS));
    gn_riscv_result_free(&m.result);
    gn_riscv_stop(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rv_program *p;
    struct gn_error err = {.text = ""};
    struct assembler a = {0};
    struct gn_buffer file = {0};
    if (size == 0) {
        return 0;
    }
    size_t input_n = data[0] >> 4 < size ? data[0] >> 4 : 0;
    if (data[0] & 1) {
        gn_buffer_append(&a.text, data + 1, size - 1);
        file = assembler_elf(&a);
    } else {
        gn_buffer_append(&file, data + 1, size - 1);
    }
    enum gn_status status = gn_riscv_load(&p, file.data, file.size, &err);
    if (status == GN_OK) {
        disassemble(p);
        run(p, data, input_n);
        gn_riscv_free(p);
    } else {
        require(p == NULL && (status == GN_BAD_INPUT || status == GN_LIMIT) && err.text[0] != '\0');
    }
    gn_buffer_free(&file);
    assembler_free(&a);
    return 0;
}
