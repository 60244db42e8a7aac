/* SPDX-License-Identifier: Apache-2.0 */
/* subject.c - see subject.h. */
#include "zkvm/subject.h"

#include <stdlib.h>
#include <string.h>

#include "cm.h"

struct gn_buffer subject_elf(uint32_t n, uint32_t output, unsigned code)
{
    struct assembler a = {0};
    emit_constant(&a, 5, n);
    uint64_t loop = here(&a);
    emit(&a, RV_ADDI, 5, 5, 0, -1);
    emit(&a, RV_BNE, 0, 5, 0, (int64_t)(loop - here(&a)));
    if (output > 0) {
        emit_write(&a, 0, output);
    }
    emit_exit(&a, code);
    struct gn_buffer elf = assembler_elf(&a);
    assembler_free(&a);
    return elf;
}

void subject_open(struct subject *s, uint32_t n, uint32_t output, unsigned code)
{
    struct gn_error err = {0};
    *s = (struct subject){.elf = subject_elf(n, output, code), .scratch_n = gn_proof_scratch()};
    s->scratch = malloc(s->scratch_n);
    assert_non_null(s->scratch);
    if (gn_program_load(&s->program, s->elf.data, s->elf.size, &err) != GN_OK ||
        gn_program_setup(s->program, NULL, &err) != GN_OK ||
        gn_program_prove(&s->proof, s->program, NULL, 0, &(struct gn_options){.check = true}, &err) != GN_OK) {
        fail_msg("%s", err.text);
    }
    s->file = gn_proof_file(s->proof, &s->file_n);
}

void subject_close(struct subject *s)
{
    gn_proof_free(s->proof);
    gn_program_free(s->program);
    gn_buffer_free(&s->elf);
    free(s->scratch);
}

enum gn_verdict subject_verify(const struct subject *s, const uint8_t *file, size_t n)
{
    struct gn_statement statement;
    uint8_t *copy = malloc(n == 0 ? 1 : n);
    assert_non_null(copy);
    if (n > 0) {
        memcpy(copy, file, n);
    }
    enum gn_verdict v = gn_proof_verify(&statement, gn_program_id(s->program), copy, n, s->scratch, s->scratch_n);
    if (v != GN_ACCEPT) {
        const struct gn_statement nothing = {0};
        assert_memory_equal(&statement, &nothing, sizeof nothing);
    }
    free(copy);
    return v;
}
