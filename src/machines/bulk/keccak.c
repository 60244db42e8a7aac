/* SPDX-License-Identifier: Apache-2.0 */
/* keccak.c - KECCAK ra: the 25 words from address a (a multiple of 8) on become Keccak-f[1600] of themselves.
 *
 * The head: fetch, address, words (BULK_STATE).  Bus `keccak` (ts, round, plane, 20 limbs): the head gives five planes as input of round 0 and takes
 * five back as input of a round 24.  The limbs it takes are sums of 16 bits (keccak_rounds.c), so what it writes to memory are limbs. */
#include "base/keccak.h"
#include "machines/bulk/bulk.h"

#define KECCAK_COLUMNS(X) BULK_STATE(X, KECCAK_LANES)

struct keccak_vars {
    KECCAK_COLUMNS(AIR_EXPR)
};
struct keccak_cols {
    KECCAK_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec keccak_columns[] = {KECCAK_COLUMNS(AIR_SPEC)};

static void send_plane(struct air *t, const struct mx_builder *m, int sign, expr ts, expr round, unsigned y,
                       const expr limbs[20])
{
    expr entries[23] = {ts, round, constant(t, y)};
    memcpy(entries + 3, limbs, 20 * sizeof *limbs);
    air_interact(t, m->bus.keccak, NULL, sign, entries, MX_COUNT(entries), sign > 0 ? "push plane" : "pull plane",
                 __FILE__, __LINE__);
}

static void declare(struct mx_builder *m)
{
    struct keccak_vars r;
    struct air *t = air_table(m->b, "keccak", AIR_MAX_HEIGHT, 0);
    air_committed(t, keccak_columns, MX_COUNT(keccak_columns), &r);
    const struct bulk_state_vars state = BULK_STATE_OF(r);

    bulk_state_declare(t, m, MX_KECCAK, KECCAK_LANES, &state);
    for (unsigned y = 0; y < 5; y++) {
        send_plane(t, m, 1, r.ts, constant(t, 0), y, r.v + 20 * y);
        send_plane(t, m, -1, r.ts, constant(t, KECCAK_ROUNDS), y, r.w + 20 * y);
    }
}

static bool takes(const struct vm_insn *insn)
{
    return insn->op == VM_KECCAK;
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    const struct keccak_cols *c = (const void *)columns; /* the same pointers, by name */
    const struct bulk_state_cells state = BULK_STATE_OF(*c);
    for (size_t row = begin; row < end; row++) {
        const struct bulk_keccak_record *rec = (const struct bulk_keccak_record *)records + row;
        bulk_state_put(f, &state, row, KECCAK_LANES, &rec->r, rec->word);
    }
}

const struct mx_class_def mx_class_keccak = {.name = "keccak",
                                             .class = MX_KECCAK,
                                             .uses = MX_USES_INC | MX_USES_RA,
                                             .kernel_only = true,
                                             .record_bytes = sizeof(struct bulk_keccak_record),
                                             .declare = declare,
                                             .ops = MX_OPS(VM_KECCAK),
                                             .takes = takes,
                                             .fill = fill};
