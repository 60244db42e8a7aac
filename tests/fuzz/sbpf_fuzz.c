/* SPDX-License-Identifier: Apache-2.0 */
/* sbpf_fuzz.c - libFuzzer target: sBPF's loaders, verifier, lowering, disassembler, description, and a bounded run, on hostile bytes.
 *
 * Byte 0 chooses: bits 0-2 what the rest is: text of version 0 to 4, an ELF file (5), one at deployment (6); bit 3 the address mode; bits 4-7 how many bytes of it are the
 * program's input.  Nothing may crash or read outside; what passes the verifier is lowered, and a run ends within its budget in one of the ways that there are. */
#include <stdlib.h>
#include <string.h>

#include "sbpf/opcodes.h"
#include "vectors/host.h"

enum { BUDGET = 2000, ELF = 5, DEPLOYED = 6 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool good)
{
    if (!good) {
        abort();
    }
}

static struct sbpf_program *load(unsigned kind, const uint8_t *bytes, size_t n)
{
    struct sbpf_program *p = NULL;
    struct gn_error err = {.text = ""};
    if (kind >= ELF) {
        const struct sbpf_load_options options = {.syscalls = gn_sbpf_syscalls(), .deploying = kind == DEPLOYED};
        enum gn_status status = gn_sbpf_load(&p, bytes, n, &options, &err);
        require(status == GN_OK || (p == NULL && status == GN_BAD_INPUT && err.text[0] != 0));
        return p;
    }
    const struct sbpf_function functions[2] = {{SBPF_KEY_ENTRYPOINT, 0}, {1, n >= 16 ? 1 : 0}};
    const struct sbpf_bare bare = {.version = (enum sbpf_version)kind,
                                   .text = bytes,
                                   .text_n = n,
                                   .text_address = SBPF_PROGRAM,
                                   .rodata_address = kind >= SBPF_V3 ? SBPF_RODATA_V3 : SBPF_PROGRAM,
                                   .functions = functions,
                                   .functions_n = n >= SBPF_SLOT ? 2 : 0};
    require(gn_sbpf_load_bare(&p, &bare, &err) == GN_OK);
    return p;
}

static void look(const struct sbpf_program *p, enum sbpf_mode mode)
{
    const struct sbpf_syscalls syscalls = gn_sbpf_syscalls();
    struct gn_buffer description;
    struct gn_error err;
    for (uint32_t slot = 0; slot <= p->slots_n; slot++) {
        char text[96];
        unsigned slots = gn_sbpf_disassemble(text, sizeof text, p, &syscalls, slot);
        require(slots <= 2 && (slots == 0) == (slot == p->slots_n) && strlen(text) < sizeof text - 1);
    }
    require(gn_sbpf_describe(&description, p, mode, &err) == GN_OK);
    gn_buffer_free(&description);
}

static void run(const struct sbpf_program *p, enum sbpf_mode mode, const uint8_t *input, size_t input_n)
{
    struct host *h = calloc(1, sizeof *h);
    struct gn_error err;
    const struct host_options options = {.program = p,
                                         .syscalls = gn_sbpf_syscalls(),
                                         .mode = mode,
                                         .frames = SBPF_FRAMES,
                                         .input = input,
                                         .input_n = input_n,
                                         .heap_n = 4096,
                                         .input_writable = true,
                                         .budget = BUDGET};
    require(h != NULL && host_start(h, &options, &err) == GN_OK);
    host_run(h);
    require(h->units >= 1 && h->units <= BUDGET && h->ok == (h->error[0] == 0));
    host_stop(h);
    free(h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || (data[0] & 7) > DEPLOYED) {
        return 0;
    }
    enum sbpf_mode mode = data[0] & 8 ? SBPF_ADJUSTED : SBPF_CLASSIC;
    size_t input_n = data[0] >> 4 < size ? data[0] >> 4 : 0;
    struct gn_error err = {.text = ""};
    struct sbpf_program *p = load(data[0] & 7, data + 1, size - 1);
    if (p == NULL) {
        return 0;
    }
    look(p, mode);
    enum gn_status status = gn_sbpf_verify(p, &err);
    require(status == GN_OK || (status == GN_BAD_INPUT && err.text[0] != 0));
    if (status == GN_OK) {
        run(p, mode, data, input_n);
    }
    gn_sbpf_free(p);
    return 0;
}
