/* SPDX-License-Identifier: Apache-2.0 */
/* access.c - which accesses are legal (memory.h), and the address of an access.
 *
 * Two tables of explicit values.  access: the 36 intervals [offset, offset + bytes) inside of a word, for each legal pair (mode, perm) of whole words.
 * access_bytes: for words of which an interval of bytes exists, the intervals inside of it.  Both supply one message, and no tuple stands in both. */
#include "machines/memory/memory.h"

#include <stdlib.h>

#define ACCESS_COLUMNS(X) X(multiplicity, , 31, "how often the row was looked up")

struct access_vars {
    ACCESS_COLUMNS(AIR_EXPR)
};
static const struct air_column_spec access_columns[] = {ACCESS_COLUMNS(AIR_SPEC)};

enum { LOAD = 1, STORE = 2 };
/* by perm: what kernel, RISC-V user, sBPF user may do */
static const uint8_t whole[MEM_BYTES][MX_PRIVILEGES] = {
    [MEM_WRITABLE] = {LOAD | STORE, LOAD | STORE, LOAD | STORE},
    [MEM_READABLE] = {LOAD | STORE, LOAD, LOAD},
    [MEM_FIXED] = {LOAD, LOAD, LOAD},
    [MEM_INPUT] = {LOAD, LOAD, 0},
    [MEM_KERNEL] = {LOAD | STORE, 0, 0},
    [MEM_KERNEL_FIXED] = {LOAD, 0, 0},
};
#define WHOLE_ROWS (18u * MEM_INTERVALS) /* bits set above */
#define NESTED     330u                  /* pairs of an interval and one inside of it */
/* kernel: both, on both kinds, and loads of the whole word (but those of which all 8 bytes exist have that row already); two users: loads of both, stores to one */
#define BYTES_ROWS ((4 + 2 * 3) * NESTED + 2 * (MEM_INTERVALS - 1))

static bool legal(uint32_t offset, uint32_t bytes, uint32_t mode, uint32_t perm)
{
    uint32_t privilege = mode / 2, what = mode % 2 != 0 ? STORE : LOAD;
    if (perm < MEM_BYTES) {
        return (whole[perm][privilege] & what) != 0;
    }
    bool writable = perm >= MEM_BYTES + MEM_INTERVALS;
    uint32_t interval = (perm - MEM_BYTES) % MEM_INTERVALS, start = 0;
    while (start < 7 && mem_interval(start + 1, 1) <= interval) {
        start++;
    }
    uint32_t end = start + interval - mem_interval(start, 1) + 1;
    if (what == LOAD && privilege == MX_KERNEL && bytes == 8) {
        return true; /* bulk machines read whole words; bytes that do not exist are 0 */
    }
    return offset >= start && offset + bytes <= end && (what == LOAD || privilege == MX_KERNEL || writable);
}

/* number of a lookup in mx_filler.access */
static uint32_t count_index(uint32_t offset, uint32_t bytes, uint32_t mode, uint32_t perm)
{
    return (perm * 2 * MX_PRIVILEGES + mode) * MEM_INTERVALS + mem_interval(offset, bytes);
}
_Static_assert(MEM_PERMS * 2 * MX_PRIVILEGES * MEM_INTERVALS == MX_ACCESS_COUNTS, "one count a lookup");

/* The legal lookups of words with perm first ... end - 1, in the order of the table's rows: the next one from *at on, or false. */
struct lookup {
    uint32_t offset, bytes, mode, perm;
};
static bool next_lookup(struct lookup *at, uint32_t end)
{
    for (;;) { /* an odometer: bytes, offset, mode, perm */
        if (at->offset + ++at->bytes > 8) {
            at->bytes = 1;
            if (++at->offset == 8) {
                at->offset = 0;
                if (++at->mode == 2 * MX_PRIVILEGES) {
                    at->mode = 0;
                    if (++at->perm == end) {
                        return false;
                    }
                }
            }
        }
        if (legal(at->offset, at->bytes, at->mode, at->perm)) {
            return true;
        }
    }
}

static void declare_lookups(struct mx_builder *m, const char *name, uint32_t rows, uint32_t perm, uint32_t perm_end)
{
    uint32_t(*values)[AIR_MAX_EXPLICIT] = malloc(4 * sizeof *values), n = 0; /* columns */
    struct lookup at = {.perm = perm};
    while (values != NULL && n < rows && next_lookup(&at, perm_end)) {
        const uint32_t entries[4] = {at.offset, at.bytes, at.mode, at.perm};
        for (unsigned k = 0; k < 4; k++) {
            values[k][n] = entries[k];
        }
        n++;
    }
    const uint32_t *columns[4] = {NULL};
    for (unsigned k = 0; values != NULL && k < 4; k++) {
        columns[k] = values[k];
    }
    struct access_vars r;
    struct air *t = air_table(m->b, name, rows, AIR_FIXED_HEIGHT);
    air_committed(t, access_columns, MX_COUNT(access_columns), &r);
    /* without memory n is 0, which is an error of the build */
    expr offset = air_fixed_values(t, "offset", columns[0], n);
    expr bytes = air_fixed_values(t, "bytes", columns[1], n);
    expr mode = air_fixed_values(t, "mode", columns[2], n);
    expr perm_of_word = air_fixed_values(t, "perm", columns[3], n);
    bus_supply(t, m->bus.access, r.multiplicity, offset, bytes, mode, perm_of_word);
    free(values);
}

static uint32_t fill_lookups(const struct mx_filler *f, uint32_t *multiplicity, uint32_t rows, uint32_t perm,
                             uint32_t perm_end)
{
    bool used = false;
    struct lookup at = {.perm = perm};
    for (uint32_t i = 0; i < rows && next_lookup(&at, perm_end); i++) {
        multiplicity[i] = f->access[count_index(at.offset, at.bytes, at.mode, at.perm)];
        used = used || multiplicity[i] != 0;
    }
    return used ? rows : 0;
}

#define ACCESS_STORE(symbol, rows, first_perm, end_perm)                                                   \
    static void symbol##_declare(struct mx_builder *m)                                                     \
    {                                                                                                      \
        declare_lookups(m, #symbol, rows, first_perm, end_perm);                                           \
    }                                                                                                      \
    static uint32_t symbol##_height(const struct mx_run *run)                                              \
    {                                                                                                      \
        (void)run;                                                                                         \
        return rows;                                                                                       \
    }                                                                                                      \
    static uint32_t symbol##_fill(struct mx_filler *f, uint32_t *const *columns, const struct mx_run *run, \
                                  const uint32_t *pages, uint32_t height)                                  \
    {                                                                                                      \
        (void)run, (void)pages;                                                                            \
        return fill_lookups(f, columns[0], height, first_perm, end_perm);                                  \
    }                                                                                                      \
    const struct mx_store_def mx_store_##symbol = {                                                        \
        .name = #symbol, .declare = symbol##_declare, .height = symbol##_height, .fill = symbol##_fill};

ACCESS_STORE(access, WHOLE_ROWS, 0, MEM_BYTES)
ACCESS_STORE(access_bytes, BYTES_ROWS, MEM_BYTES, MEM_PERMS)

/* ---- for the classes ---- */

/* Why it is exact.  The key is one that exists, so 0 <= 8 q + offset < 2^16, 0 <= c1 < 2^16 and c2 <= 16 (memory.h).  All four are limbs, and mx_add_carries says
 * a + imm = address in integers modulo 2^64; the fourth carry, which drops out, is only a bit.  Nothing is assumed of a: a negative offset, or one
 * that wraps, is an address like any other. */
void mem_address(struct air *t, const expr a[4], const expr imm[2], expr offset, expr q, expr c1, expr c2)
{
    expr b[4] = {imm[0], imm[1], imm[1], imm[1]}, carry[4];
    expr address[4] = {add(mulk(q, 8), offset), c1, c2, constant(t, 0)};
    mx_add_carries(carry, a, b, address);
}

void mem_allowed(struct air *t, const struct mx_builder *m, expr when, expr offset, expr bytes, expr mode, expr perm)
{
    bus_push(t, m->bus.access, when, offset, bytes, mode, perm);
}

void mem_access_when(struct air *t, const struct mx_builder *m, expr when, expr ts, const expr key[3],
                     const expr gap[2], expr perm, const expr old[4], const expr new[4])
{
    expr now = addk(ts, MX_SLOT_MEMORY);
    expr before = sub(addk(now, -1), limbs(gap, 2, 16));
    bus_pull(t, m->bus.mem, when, key[0], key[1], key[2], before, old[0], old[1], old[2], old[3], perm);
    bus_push(t, m->bus.mem, when, key[0], key[1], key[2], now, new[0], new[1], new[2], new[3], perm);
    bus_push(t, m->bus.range16, when, gap[0]);
    bus_push(t, m->bus.range8, when, gap[1]);
}

void mem_count_allowed(struct mx_filler *f, unsigned offset, unsigned bytes, unsigned mode, unsigned perm)
{
    mx_count_access(f, count_index(offset, bytes, mode, perm));
}
