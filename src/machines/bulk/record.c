/* SPDX-License-Identifier: Apache-2.0 */
/* record.c - see record.h. */
#include "machines/bulk/record.h"

#include "base/bytes.h"
#include "base/keccak.h"
#include "base/poseidon2.h"
#include "base/sha256.h"

static bool read_word(const struct bulk_host *host, uint64_t address, uint32_t ts, struct bulk_access *out)
{
    return host->touch(host->ctx, address, ts + MX_SLOT_D, out);
}

static bool open_word(const struct bulk_host *host, uint64_t address, uint32_t ts, struct bulk_access *out)
{
    return host->touch(host->ctx, address, ts + MX_SLOT_MEMORY, out);
}

static void write_word(const struct bulk_host *host, uint64_t address, struct bulk_access *access, uint64_t value)
{
    access->w.after = value;
    host->store(host->ctx, address, value);
}

bool bulk_record_keccak(struct bulk_keccak_record *rec, const struct bulk_host *host)
{
    uint64_t state[KECCAK_LANES];
    for (unsigned i = 0; i < KECCAK_LANES; i++) {
        if (!open_word(host, rec->r.a + 8 * i, rec->r.ts, &rec->word[i])) {
            return false;
        }
        state[i] = rec->word[i].w.before;
    }
    gn_keccak_f1600(state);
    for (unsigned i = 0; i < KECCAK_LANES; i++) {
        write_word(host, rec->r.a + 8 * i, &rec->word[i], state[i]);
    }
    return true;
}

bool bulk_record_poseidon2(struct bulk_poseidon2_record *rec, const struct bulk_host *host)
{
    uint32_t state[POSEIDON2_WIDTH];
    for (unsigned i = 0; i < BULK_POSEIDON2_WORDS; i++) {
        if (!open_word(host, rec->r.a + 8 * i, rec->r.ts, &rec->word[i])) {
            return false;
        }
        state[2 * i] = (uint32_t)rec->word[i].w.before;
        state[2 * i + 1] = (uint32_t)(rec->word[i].w.before >> 32);
    }
    gn_poseidon2(state);
    for (unsigned i = 0; i < BULK_POSEIDON2_WORDS; i++) {
        write_word(host, rec->r.a + 8 * i, &rec->word[i], state[2 * i] | (uint64_t)state[2 * i + 1] << 32);
    }
    return true;
}

bool bulk_record_sha256(struct bulk_sha256_record *rec, const struct bulk_host *host)
{
    uint8_t block[SHA256_BLOCK];
    uint32_t state[8];
    for (unsigned i = 0; i < 8; i++) {
        if (!read_word(host, rec->r.b + 8 * i, rec->r.ts, &rec->block[i])) {
            return false;
        }
        store_le64(block + 8 * i, rec->block[i].w.before);
    }
    for (unsigned i = 0; i < 4; i++) {
        if (!open_word(host, rec->r.a + 8 * i, rec->r.ts, &rec->state[i])) {
            return false;
        }
        state[2 * i] = (uint32_t)rec->state[i].w.before;
        state[2 * i + 1] = (uint32_t)(rec->state[i].w.before >> 32);
    }
    gn_sha256_compress(state, block);
    for (unsigned i = 0; i < 4; i++) {
        write_word(host, rec->r.a + 8 * i, &rec->state[i], state[2 * i] | (uint64_t)state[2 * i + 1] << 32);
    }
    return true;
}

/* ---- rows of words ---- */

/* The rows of an operation, one after the other; all but `left` and `pending` are those of the record to come. */
struct rows {
    uint64_t source, target; /* addresses of the words */
    uint32_t left;
    uint8_t shift, offset;
    bool fresh;
};

static struct rows first_row(uint64_t source, uint64_t n, uint64_t target)
{
    unsigned from = source % 8, to = target % 8;
    bool fresh = from > to; /* bytes of the first target word stand in two source words: read the lower one too */
    return (struct rows){.source = source - from + (fresh ? 8 : 0),
                         .target = target - to,
                         .left = (uint32_t)n,
                         .shift = (uint8_t)(from - to + (fresh ? 0 : 8)),
                         .offset = (uint8_t)to,
                         .fresh = fresh};
}

static unsigned count_of(const struct rows *at)
{
    unsigned room = 8u - at->offset;
    return at->left < room ? at->left : room;
}

static bool is_whole(const struct rows *at)
{
    return at->offset == 0 && at->left >= 8 && !at->fresh;
}

static void next_row(struct rows *at)
{
    at->left -= count_of(at);
    at->source += 8;
    at->target += 8;
    at->offset = 0;
    at->fresh = false;
}

static uint32_t word_in_space(uint64_t address)
{
    return (uint32_t)(address & 0xffffffff) >> 3;
}

static enum mx_class copy_class(const struct rows *at)
{
    return !is_whole(at) ? MX_COPY_EDGE : at->shift == 8 ? MX_COPY_WORD : MX_COPY_SHIFTED;
}

static enum mx_class fill_class(const struct rows *at)
{
    return is_whole(at) ? MX_FILL_WORD : MX_FILL_EDGE;
}

static struct bulk_row_record row_record(const struct rows *at, uint32_t ts)
{
    unsigned count = count_of(at);
    return (struct bulk_row_record){.ts = ts,
                                    .left = at->left,
                                    .source = word_in_space(at->source),
                                    .target = word_in_space(at->target),
                                    .source_c2 = (uint32_t)(at->source >> 32),
                                    .target_c2 = (uint32_t)(at->target >> 32),
                                    .shift = at->shift,
                                    .offset = at->offset,
                                    .count = (uint8_t)count,
                                    .fresh = at->fresh,
                                    .reads = at->offset + count + at->shift > 8};
}

/* What the row makes of its target. */
static uint64_t combine(uint64_t before, uint64_t low, uint64_t high, const struct bulk_row_record *row)
{
    uint64_t bytes = row->shift == 8 ? high : low >> 8 * row->shift | high << 8 * (8 - row->shift);
    uint64_t mask = UINT64_MAX >> 8 * (8 - row->count) << 8 * row->offset;
    return (before & ~mask) | (bytes & mask);
}

bool bulk_record_copy(struct bulk_head_record *rec, const struct bulk_host *host)
{
    const uint32_t ts = rec->r.ts;
    struct rows at = first_row(rec->r.a, rec->r.b, rec->r.old);
    size_t done[MX_CLASSES];
    for (unsigned class = MX_COPY_WORD; class <= MX_COPY_EDGE; class ++) {
        (void)host->list(host->ctx, class, &done[class]);
    }
    uint64_t pending = 0;
    for (; at.left > 0; next_row(&at)) { /* all that is read */
        struct bulk_row_record row = row_record(&at, ts), *kept = host->append(host->ctx, copy_class(&at));
        if (kept == NULL || (row.fresh && !read_word(host, at.source - 8, ts, &row.low)) ||
            (row.reads && !read_word(host, at.source, ts, &row.high))) {
            return false;
        }
        row.pending = pending;
        pending = row.shift < 8 ? row.high.w.before : 0; /* 0 too if nothing was read: then this is the last row */
        *kept = row;
    }
    rec->end_source = word_in_space(at.source);
    rec->end_target = word_in_space(at.target);
    rec->end_pending = pending;
    for (at = first_row(rec->r.a, rec->r.b, rec->r.old); at.left > 0; next_row(&at)) { /* then all that is written */
        enum mx_class class = copy_class(&at);
        size_t n;
        struct bulk_row_record *row = (struct bulk_row_record *)host->list(host->ctx, class, &n) + done[class]++;
        if (!open_word(host, at.target, ts, &row->to)) {
            return false;
        }
        uint64_t low = row->fresh ? row->low.w.before : row->pending;
        write_word(host, at.target, &row->to, combine(row->to.w.before, low, row->high.w.before, row));
    }
    return true;
}

bool bulk_record_fill(struct bulk_head_record *rec, const struct bulk_host *host)
{
    const uint32_t ts = rec->r.ts;
    struct rows at = first_row(rec->r.old, rec->r.b, rec->r.old); /* as if the bytes were there */
    for (; at.left > 0; next_row(&at)) {
        struct bulk_row_record *row = host->append(host->ctx, fill_class(&at));
        if (row == NULL) {
            return false;
        }
        *row = row_record(&at, ts);
        row->byte = (uint8_t)rec->r.a;
        if (!open_word(host, at.target, ts, &row->to)) {
            return false;
        }
        uint64_t bytes = UINT64_C(0x0101010101010101) * row->byte;
        write_word(host, at.target, &row->to, combine(row->to.w.before, 0, bytes, row));
    }
    rec->end_target = word_in_space(at.target);
    return true;
}
