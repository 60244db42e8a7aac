/* SPDX-License-Identifier: Apache-2.0 */
/* stage.c - see stage.h. */
#include "liar/stage.h"

#include <stdlib.h>

#include "cm.h"
#include "svm/kernel_input.h"
#include "vectors/builder.h"

enum { BUDGET = 200000, ARENA_BYTES = 1 << 20 };

static void load(struct stage *s, const struct stage_program *p)
{
    static const char rodata[16] = "read only bytes";
    struct gn_error err;
    struct gn_buffer text = {0}, ro = {0}, elf;
    gn_buffer_append(&text, p->slots, 8 * (size_t)p->slots_n);
    gn_buffer_append(&ro, rodata, sizeof rodata);
    const struct build b = {.version = p->version, .text = &text, .rodata = &ro};
    elf = p->version == 3 ? build_strict(&b) : build_lenient(&b).file;
    enum gn_status status = p->vasa ? gn_program_load_adjusted(&s->program, elf.data, elf.size, &err)
                                    : gn_program_load(&s->program, elf.data, elf.size, &err);
    if (status != GN_OK || gn_program_setup(s->program, NULL, &err) != GN_OK) {
        fail_msg("%s: %s", s->name, err.text);
    }
    gn_buffer_free(&text);
    gn_buffer_free(&ro);
    gn_buffer_free(&elf);
}

static void make_input(struct stage *s, const struct stage_program *p)
{
    static const uint8_t data[16] = "sixteen bytes..", instruction[8] = {1, 2, 3};
    static const uint8_t clock[40] = {4, 5, 6}, rent[17] = {7, 8, 9};
    const struct svm_key own = {{1}}, other = {{2}}, program = {{3}};
    const struct svm_account accounts[] = {
        {.key = own, .owner = program, .lamports = 1000000, .data = {data, sizeof data}, .writable = true},
        {.key = other, .owner = program, .lamports = 1000000, .data = {data, sizeof data}},
    };
    struct svm_input in = gn_svm_input_default();
    in.accounts = accounts;
    in.accounts_n = sizeof accounts / sizeof *accounts;
    in.data = (struct svm_bytes){instruction, sizeof instruction};
    in.program_id = program;
    in.features = p->vasa ? GN_SOL_VASA : 0;
    in.budget = p->budget != 0 ? p->budget : BUDGET;
    in.sysvar_exists[GN_SOL_CLOCK] = in.sysvar_exists[GN_SOL_RENT] = true;
    in.sysvars[GN_SOL_CLOCK] = (struct svm_bytes){clock, sizeof clock};
    in.sysvars[GN_SOL_RENT] = (struct svm_bytes){rent, sizeof rent};
    gn_svm_kernel_input(&s->input, &in, false, NULL, 0);
}

void stage_open(struct stage *s, const struct stage_program *p)
{
    struct gn_error err;
    *s = (struct stage){.name = p->name, .scratch_n = gn_proof_scratch()};
    s->scratch = malloc(s->scratch_n);
    assert_non_null(s->scratch);
    assert_int_equal(gn_arena_init(&s->arena, ARENA_BYTES, &err), GN_OK);
    load(s, p);
    make_input(s, p);
}

void stage_close(struct stage *s)
{
    gn_program_free(s->program);
    gn_buffer_free(&s->input);
    gn_arena_free(&s->arena);
    free(s->scratch);
}

enum gn_status stage_prove(struct gn_proof **proof, const struct stage *s, bool check, struct gn_error *err)
{
    return gn_program_prove(proof, s->program, s->input.data, s->input.size, &(struct gn_options){.check = check}, err);
}

struct svm_statement stage_statement(struct stage *s, const uint8_t *file, size_t n)
{
    struct gn_proof_parts parts;
    struct svm_statement said;
    struct gn_error err;
    assert_int_equal(gn_proof_split(&parts, file, n), GN_ACCEPT);
    if (gn_svm_statement_read(&said, &s->arena, parts.statement, parts.statement_n, &err) != GN_OK) {
        fail_msg("%s: %s", s->name, err.text);
    }
    return said;
}

enum gn_verdict stage_verify(const struct stage *s, const uint8_t *file, size_t n)
{
    struct gn_statement statement;
    return gn_proof_verify(&statement, gn_program_id(s->program), file, n, s->scratch, s->scratch_n);
}
