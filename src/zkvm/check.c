/* SPDX-License-Identifier: Apache-2.0 */
/* check.c - the row checker over a run's tables: what `prove --check` says before it proves. */
#include <stdlib.h>

#include "zkvm/record.h"

#define FAILURES 64u

enum gn_status gn_tables_check(const struct gn_tables *t, struct gn_error *err)
{
    struct gn_arena arena;
    struct air_failure *failures = calloc(FAILURES, sizeof *failures);
    enum gn_status status = failures == NULL ? gn_fail(err, GN_NO_MEMORY, "no memory for checking")
                                             : gn_arena_init(&arena, (size_t)4 << 30, err);
    if (status != GN_OK) {
        free(failures);
        return status;
    }
    size_t n = air_check(&t->witness, failures, FAILURES, &arena);
    if (n != 0) {
        const struct air_failure *f = &failures[0];
        status = gn_fail(err, GN_INTERNAL, "state machine %s, row %u: %s %s (%s:%u); %zu failure%s in all",
                         t->witness.system->tables[f->table].name, f->row,
                         f->kind == AIR_FAIL_BUS    ? "unbalanced bus"
                         : f->kind == AIR_FAIL_BITS ? "too wide for its column:"
                                                    : "does not hold:",
                         f->text, f->file != NULL ? f->file : "", f->line, n, n == 1 ? "" : "s");
    }
    gn_arena_free(&arena);
    free(failures);
    return status;
}
