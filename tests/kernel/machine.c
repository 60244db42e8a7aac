/* SPDX-License-Identifier: Apache-2.0 */
/* machine.c - see machine.h. */
#include "machine.h"

#include <string.h>

#include "svm/curve.h"
#include "svm/kernel_input.h"

enum { HINTS_MAX = 600 };

static enum gn_status read_statement(struct svm_statement *out, const struct solana_machine *m, struct gn_arena *arena,
                                     struct gn_error *err)
{
    uint8_t *copy = gn_arena_alloc(arena, m->statement.size);
    if (copy == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory");
    }
    memcpy(copy, m->statement.data, m->statement.size);
    return gn_svm_statement_read(out, arena, copy, m->statement.size, err);
}

/* one run; true: it wants a hint */
static bool run_once(struct svm_statement *out, const struct solana_program *program, const struct svm_input *in,
                     bool by_hash, struct gn_sol_hint *hints, size_t hints_n, uint64_t limit, struct tables *tables,
                     struct gn_arena *arena, struct machine_seen *seen, enum gn_status *status, struct gn_error *err)
{
    struct solana_machine m;
    struct gn_buffer input = {0};
    uint8_t y[32];
    enum solana_end end;
    gn_svm_kernel_input(&input, in, by_hash, hints, hints_n);
    *status = gn_solana_start(&m, program, input.data, input.size, err);
    if (*status == GN_OK && tables != NULL) {
        *status = tables_start(tables, input.data, input.size, err);
    }
    if (*status != GN_OK) {
        gn_buffer_free(&input);
        return false;
    }
    do {
        end = tables != NULL ? gn_solana_run(&m, limit, mx_recorder_observe, tables->recorder, y, err)
                             : gn_solana_run(&m, limit, NULL, NULL, y, err);
    } while (end == SOLANA_LIMIT);
    *seen = (struct machine_seen){.rows = m.vm.rows_run, .steps = m.vm.steps};
    if (end == SOLANA_HALTED) {
        *status = read_statement(out, &m, arena, err);
        if (*status == GN_OK && tables != NULL) {
            *status = tables_check(tables, &m.vm, &m.statement, err);
            seen->area = tables->area;
        }
    } else if (end == SOLANA_HINT) {
        (void)gn_svm_curve_hint(&hints[hints_n], y);
    } else {
        *status = err->status;
    }
    gn_solana_stop(&m);
    gn_buffer_free(&input);
    return end == SOLANA_HINT;
}

enum gn_status machine_run(struct svm_statement *out, const struct svm_input *in, struct svm_bytes elf, bool by_hash,
                           uint64_t limit, bool with_tables, bool prove, struct gn_arena *arena,
                           struct machine_seen *seen, struct gn_error *err)
{
    struct tables tables;
    static struct gn_sol_hint hints[HINTS_MAX];
    struct solana_program *program;
    size_t n = 0;
    enum gn_status status = gn_solana_program_create(&program, elf.data, elf.n,
                                                     in->features & GN_SOL_VASA ? SBPF_ADJUSTED : SBPF_CLASSIC, err);
    if (status != GN_OK) {
        return status;
    }
    if (with_tables) {
        status = tables_open(&tables, program, err);
        tables.prove = prove;
    }
    while (
        status == GN_OK &&
        run_once(out, program, in, by_hash, hints, n, limit, with_tables ? &tables : NULL, arena, seen, &status, err) &&
        n < HINTS_MAX - 1) {
        n++;
    }
    if (with_tables) {
        tables_close(&tables);
    }
    gn_solana_program_free(program);
    return status;
}
