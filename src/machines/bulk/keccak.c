/* SPDX-License-Identifier: Apache-2.0 */
/* keccak.c - KECCAK ra: the 25 words from address a (a multiple of 8) on become Keccak-f[1600] of themselves.
 *
 * The head: fetch, address, words.  Its address is 8 q + 2^16 c1 + 2^32 c2, the limbs of ra's token, where (q, c1, c2) is the key of the first
 * word; so a is aligned and below 2^48.  Bus `keccak` (ts, round, plane, 20 limbs): the head gives five planes as input of round 0 and takes
 * five back as input of a round 24.  The limbs it takes are sums of 16 bits (keccak_rounds.c), so what it writes to memory are limbs. */
#include "base/keccak.h"
#include "machines/bulk/bulk.h"

#define KECCAK_COLUMNS(X)                                          \
    MX_STEP(X)                                                     \
    X(a_reg, , 7, "register with the address")                     \
    X(a_gap, , 16, "time since its last access, minus one")        \
    X(q, , 13, "address, bits 3 ... 15")                           \
    X(c1, , 16, "address, limb 1")                                 \
    X(c2, , 5, "address, limb 2")                                  \
    X(carry, [24], 1, "word i + 1 is beyond the first's 64 KiB")   \
    X(v, [100], 16, "the words before")                            \
    X(w, [100], 16, "the words after")                             \
    X(gap, [50], 16, "times since their last accesses, minus one") \
    X(perm, [25], 7, "what may be done with them")

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
    const expr address[4] = {mulk(r.q, 8), r.c1, r.c2, constant(t, 0)};

    mx_fetch(t, m, MX_KECCAK, r.pc, &(struct mx_fields){.inc = r.inc, .ra = r.a_reg});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, address);
    for (unsigned i = 0; i < KECCAK_LANES; i++) {
        expr key[3];
        bulk_key(key, r.q, r.c1, r.c2, i, i == 0 ? NULL : r.carry[i - 1]);
        bulk_word_write(t, m, r.ts, key, r.gap + 2 * i, r.perm[i], r.v + 4 * i, r.w + 4 * i);
    }
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
    struct keccak_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t row = begin; row < end; row++) {
        const struct bulk_keccak_record *rec = (const struct bulk_keccak_record *)records + row;
        const struct mx_rom_row *rom = mx_fetched(f, &rec->r);
        uint32_t q = mx_limb(rec->r.a, 0) >> 3;
        MX_PUT_STEP(c, row, rom, &rec->r);
        c.a_reg[row] = rom->ra;
        c.a_gap[row] = rec->r.gap[MX_SLOT_A];
        mx_count_range16(f, rec->r.gap[MX_SLOT_A]);
        c.q[row] = q;
        c.c1[row] = mx_limb(rec->r.a, 1);
        c.c2[row] = mx_limb(rec->r.a, 2);
        for (unsigned i = 0; i < KECCAK_LANES; i++) {
            if (i > 0) {
                c.carry[i - 1][row] = (q + i) >> 13;
            }
            bulk_put_access(f, c.v + (size_t)4 * i, c.gap + (size_t)2 * i, c.perm[i], row, &rec->word[i], BULK_STORE);
            mx_put_limbs(c.w + (size_t)4 * i, row, rec->word[i].w.after);
        }
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
