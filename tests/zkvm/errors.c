/* SPDX-License-Identifier: Apache-2.0 */
/* errors.c - see errors.h. */
#include "zkvm/errors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cm.h"
#include "vm/isa.h"

struct faulty faulty;

void errors_open(struct errors *e, struct gn_program *program, const void *input, size_t input_n, bool all)
{
    *e = (struct errors){
        .program = program, .input = input, .input_n = input_n, .all = all, .scratch_n = gn_proof_scratch()};
    e->scratch = malloc(e->scratch_n);
    assert_non_null(e->scratch);
}

void errors_close(struct errors *e)
{
    gn_proof_free(e->honest);
    free(e->scratch);
}

void errors_count(void *ctx, const struct vm *vm, const struct vm_event *event)
{
    struct errors *e = ctx;
    if (!event->trap) {
        e->count[vm->program->rows[event->row].op][gn_vm_row_is_kernel(vm->program, event->row)]++;
    }
}

void errors_none(struct errors *e)
{
    struct gn_statement said;
    struct gn_error err;
    size_t n;
    if (gn_program_prove(&e->honest, e->program, e->input, e->input_n, &(struct gn_options){.check = true}, &err) !=
        GN_OK) {
        fail_msg("%s", err.text);
    }
    const uint8_t *file = gn_proof_file(e->honest, &n);
    assert_int_equal(gn_proof_verify(&said, gn_program_id(e->program), file, n, e->scratch, e->scratch_n), GN_ACCEPT);
}

/* Nobody ever looked at what the error left: the proof is the honest one, to the byte. */
static bool is_honest(const struct errors *s, const uint8_t *file, size_t n)
{
    size_t honest_n;
    const uint8_t *honest = gn_proof_file(s->honest, &honest_n);
    return n == honest_n && memcmp(file, honest, n) == 0;
}

/* Not provable, with and without a check beforehand. */
static void must_not_hold(struct errors *s, const char *name)
{
    const struct faulty error = faulty;
    struct gn_proof *proof;
    struct gn_statement said;
    struct gn_error err;
    size_t n;
    bool harmless = false;
    s->errors++;
    enum gn_status status =
        gn_program_prove(&proof, s->program, s->input, s->input_n, &(struct gn_options){.check = true}, &err);
    bool caught = status != GN_OK && status != GN_NO_MEMORY && faulty.done == 1;
    s->checked += caught;
    gn_proof_free(proof);
    if (caught && !s->all && s->errors % 3 != 0) {
        faulty = (struct faulty){0};
        return;
    }
    faulty = error;
    status = gn_program_prove(&proof, s->program, s->input, s->input_n, NULL, &err);
    if (status == GN_OK) {
        const uint8_t *file = gn_proof_file(proof, &n);
        enum gn_verdict v = gn_proof_verify(&said, gn_program_id(s->program), file, n, s->scratch, s->scratch_n);
        caught = caught && v != GN_ACCEPT;
        s->rejected += v != GN_ACCEPT;
        harmless = v == GN_ACCEPT && is_honest(s, file, n);
    }
    gn_proof_free(proof);
    s->harmless += harmless;
    if (!caught && !harmless) {
        print_message("%s: unnoticed (%s)\n", name, status == GN_OK ? "proof" : err.text);
        s->unnoticed++;
    }
    faulty = (struct faulty){0};
}

static const char *const kinds[] = {"", "value", "word", "next"};

enum { FIRST = 1, MIDDLE = 2, LAST = 4 };

/* These rows of an operation err. */
static void err(struct errors *s, enum fault_kind kind, enum vm_op op, bool in_kernel, unsigned which, uint64_t change)
{
    char name[96];
    uint64_t n = s->count[op][in_kernel], places[3] = {0, n / 2, n - 1};
    for (unsigned i = 0; i < 3; i++) {
        bool wanted = s->all || (which & 1u << i) != 0;
        if (n == 0 || !wanted || (i > 0 && places[i] == places[i - 1])) {
            continue;
        }
        snprintf(name, sizeof name, "%s %s %s, row %llu", in_kernel ? "kernel" : "user", gn_vm_op_name(op), kinds[kind],
                 (unsigned long long)places[i]);
        faulty = (struct faulty){.rows_max = s->rows_max,
                                 .halt = s->halt,
                                 .kind = kind,
                                 .op = op,
                                 .in_kernel = in_kernel,
                                 .skip = (unsigned)places[i],
                                 .change = change};
        must_not_hold(s, name);
    }
}

/* the kernel's HALT, and how long a run may be */
static void find_end(struct errors *s)
{
    const struct vm_program *core = s->program->mx->core;
    for (unsigned op = 0; op < VM_OPS; op++) {
        s->rows_max += 2 * (s->count[op][0] + s->count[op][1]);
    }
    while (core->rows[s->halt].op != VM_HALT) {
        s->halt++;
    }
}

void errors_in_all_ways(struct errors *s, enum vm_op op, bool in_kernel)
{
    unsigned uses = gn_vm_form_uses(gn_vm_op_form(op));
    enum vm_form form = gn_vm_op_form(op);
    if (s->rows_max == 0) {
        find_end(s);
    }
    if ((uses & VM_USES_D) != 0) {
        err(s, FAULT_VALUE, op, in_kernel, FIRST, 1);
        err(s, FAULT_VALUE, op, in_kernel, LAST, UINT64_C(1) << 63);
    }
    if (form == VM_FORM_STORE || form == VM_FORM_STOREI) {
        err(s, FAULT_WORD, op, in_kernel, FIRST | LAST, 1);
    }
    err(s, FAULT_NEXT, op, in_kernel, MIDDLE, 0);
}
