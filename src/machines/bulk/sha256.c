/* SPDX-License-Identifier: Apache-2.0 */
/* sha256.c - SHA256 ra, rb: the 8 x u32 from address a on (4 words) become SHA-256's compression of themselves and the 64 bytes from address b on (8
 * words); both addresses multiples of 8.  The block is read before the state is written.
 *
 * The head: fetch, addresses (as in BULK_STATE), words, and the final addition.  Bus `sha256` (ts, row, 16 limbs): the head gives the state for row 0 and the block
 * for rows 1 ... 4 (8 limbs each, in the order of memory), and names what row 16 shall hold: all are pushed here and pulled by
 * sha256_rounds.c.  So `out` is sums of 16 bits each.  after = before + out per 32 bits: carries are bits, sums below 2^18. */
#include "machines/bulk/sha256.h"

#define SHA256_COLUMNS(X)                                              \
    MX_STEP(X)                                                         \
    X(a_reg, , 7, "register with the state's address")                 \
    X(a_gap, , 16, "time since its last access, minus one")            \
    X(b_reg, , 7, "register with the block's address")                 \
    X(b_gap, , 16, "time since its last access, minus one")            \
    X(q, [2], 13, "addresses of state and block, bits 3 ... 15")       \
    X(c1, [2], 16, "limb 1")                                           \
    X(c2, [2], 5, "limb 2")                                            \
    X(state_carry, [3], 1, "word i + 1 is beyond the first's 64 KiB")  \
    X(block_carry, [7], 1, "likewise")                                 \
    X(v, [16], 16, "the state before")                                 \
    X(v_gap, [8], 16, "times since the last accesses, minus one")      \
    X(v_perm, [4], 7, "what may be done with the words")               \
    X(w, [16], 16, "the state after")                                  \
    X(out, [16], 16, "a ... h after the last round")                   \
    X(b, [32], 16, "the block")                                        \
    X(block_gap, [16], 16, "times since the last accesses, minus one") \
    X(block_perm, [8], 7, "what may be done with the words")

struct sha256_vars {
    SHA256_COLUMNS(AIR_EXPR)
};
struct sha256_cols {
    SHA256_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec sha256_columns[] = {SHA256_COLUMNS(AIR_SPEC)};

static void give(struct air *t, const struct mx_builder *m, expr ts, unsigned row, const expr *limbs, unsigned n)
{
    expr zero = constant(t, 0), entries[18] = {ts, constant(t, row)};
    for (unsigned i = 0; i < 16; i++) {
        entries[2 + i] = i < n ? limbs[i] : zero;
    }
    air_interact(t, m->bus.sha256, NULL, 1, entries, MX_COUNT(entries), "push row of a block", __FILE__, __LINE__);
}

static void declare(struct mx_builder *m)
{
    struct sha256_vars r;
    struct air *t = air_table(m->b, "sha256", AIR_MAX_HEIGHT, 0);
    air_committed(t, sha256_columns, MX_COUNT(sha256_columns), &r);
    expr zero = constant(t, 0), key[3];
    const expr state[4] = {mulk(r.q[0], 8), r.c1[0], r.c2[0], zero},
               block[4] = {mulk(r.q[1], 8), r.c1[1], r.c2[1], zero};

    mx_fetch(t, m, MX_SHA256, r.pc, &(struct mx_fields){.inc = r.inc, .ra = r.a_reg, .rb = r.b_reg});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, state);
    mx_reg_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, block);
    for (unsigned i = 0; i < 8; i++) {
        bulk_key(key, r.q[1], r.c1[1], r.c2[1], i, i == 0 ? NULL : r.block_carry[i - 1]);
        bulk_word_read(t, m, r.ts, key, r.block_gap + 2 * i, r.block_perm[i], r.b + 4 * i, constant(t, 8));
    }
    for (unsigned i = 0; i < 4; i++) {
        bulk_key(key, r.q[0], r.c1[0], r.c2[0], i, i == 0 ? NULL : r.state_carry[i - 1]);
        bulk_word_write(t, m, r.ts, key, r.v_gap + 2 * i, r.v_perm[i], r.v + 4 * i, r.w + 4 * i);
        mx_range16x4(t, m, r.w + 4 * i);
    }
    for (unsigned i = 0; i < 8; i++) {
        expr carries[2];
        mx_add_carries_n(2, carries, r.v + 2 * i, r.out + 2 * i, r.w + 2 * i);
    }
    give(t, m, r.ts, 0, r.v, 16);
    for (unsigned i = 0; i < 4; i++) {
        give(t, m, r.ts, 1 + i, r.b + 8 * i, 8);
    }
    give(t, m, r.ts, SHA_LAST, r.out, 16);
}

static bool takes(const struct vm_insn *insn)
{
    return insn->op == VM_SHA256;
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct sha256_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t row = begin; row < end; row++) {
        const struct bulk_sha256_record *rec = (const struct bulk_sha256_record *)records + row;
        const struct mx_rom_row *rom = mx_fetched(f, &rec->r);
        const uint64_t address[2] = {rec->r.a, rec->r.b};
        MX_PUT_STEP(c, row, rom, &rec->r);
        c.a_reg[row] = rom->ra;
        c.b_reg[row] = rom->rb;
        c.a_gap[row] = rec->r.gap[MX_SLOT_A];
        c.b_gap[row] = rec->r.gap[MX_SLOT_B];
        mx_count_range16(f, rec->r.gap[MX_SLOT_A]);
        mx_count_range16(f, rec->r.gap[MX_SLOT_B]);
        for (unsigned k = 0; k < 2; k++) {
            c.q[k][row] = mx_limb(address[k], 0) >> 3;
            c.c1[k][row] = mx_limb(address[k], 1);
            c.c2[k][row] = mx_limb(address[k], 2);
        }
        for (unsigned i = 0; i < 8; i++) {
            if (i > 0) {
                c.block_carry[i - 1][row] = (c.q[1][row] + i) >> 13;
            }
            bulk_put_access(f, c.b + (size_t)4 * i, c.block_gap + (size_t)2 * i, c.block_perm[i], row, &rec->block[i],
                            BULK_LOAD);
        }
        for (unsigned i = 0; i < 4; i++) {
            uint64_t before = rec->state[i].w.before, after = rec->state[i].w.after;
            if (i > 0) {
                c.state_carry[i - 1][row] = (c.q[0][row] + i) >> 13;
            }
            bulk_put_access(f, c.v + (size_t)4 * i, c.v_gap + (size_t)2 * i, c.v_perm[i], row, &rec->state[i],
                            BULK_STORE);
            mx_put_ranged(f, c.w + (size_t)4 * i, row, after);
            uint64_t low = (after - before) & 0xffffffff, high = (after >> 32) - (before >> 32);
            mx_put_limbs(c.out + (size_t)4 * i, row, high << 32 | low);
        }
    }
}

const struct mx_class_def mx_class_sha256 = {.name = "sha256",
                                             .class = MX_SHA256,
                                             .uses = MX_USES_INC | MX_USES_RA | MX_USES_RB,
                                             .kernel_only = true,
                                             .record_bytes = sizeof(struct bulk_sha256_record),
                                             .declare = declare,
                                             .ops = MX_OPS(VM_SHA256),
                                             .takes = takes,
                                             .fill = fill};
