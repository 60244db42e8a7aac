/* SPDX-License-Identifier: Apache-2.0 */
/* bus_levels.c - which units of which level are stored, and how the levels lie over one another (bus_layers.h).
 *
 * Blocks come in ascending order of their slots, so the active units of a level are found in one walk over the blocks:
 * a block with slots offset ... offset + n - 1 occupies the units from offset >> (j + 6) to (offset + n - 1) >> (j +
 * 6).  Blocks that touch or share a unit make one run; so two children that are both stored always lie in the same run,
 * next to each other. */
#include "proof/bus_layers.h"
#include "proof/bus_plan.h"

/* the runs of level j, into runs if it is not NULL; returns their number */
static size_t walk_runs(struct bus_run *runs, size_t *units, const struct gn_shape *shape, unsigned j)
{
    struct gn_block_walk walk;
    struct gn_block block;
    size_t n = 0, at = 0;
    uint64_t end = 0; /* first unit behind the runs so far */
    gn_blocks_begin(&walk, shape);
    while (gn_blocks_next(&walk, &block)) {
        uint64_t first = block.offset >> (j + BUS_UNIT_LOG2);
        uint64_t last = (block.offset + shape->heights[block.table] - 1) >> (j + BUS_UNIT_LOG2);
        if (n == 0 || first > end) {
            if (runs != NULL) {
                runs[n] = (struct bus_run){.pos = first, .at = at};
            }
            n++;
            end = first;
        }
        size_t more = last + 1 > end ? (size_t)(last + 1 - end) : 0;
        at += more;
        end += more;
        if (runs != NULL) {
            runs[n - 1].count += more;
        }
    }
    *units = at;
    return n;
}

size_t gn_bus_level_units(const struct gn_shape *shape, unsigned j)
{
    size_t units;
    (void)walk_runs(NULL, &units, shape, j);
    return units;
}

static void add_piece(struct bus_level *level, const struct bus_piece *piece)
{
    level->pieces[level->pieces_n++] = *piece;
}

/* Pieces of a level over the one below: a run below gives at most a lone upper child, a stretch of complete pairs and a
 * lone lower child. */
static void make_pieces(struct bus_level *level, const struct bus_level *below)
{
    size_t at = 0;
    for (size_t i = 0; i < below->runs_n; i++) {
        const struct bus_run *run = &below->runs[i];
        struct bus_piece piece = {.from = run->at, .pos = run->pos >> 1, .count = 1, .have = BUS_HIGH};
        size_t left = run->count;
        if ((run->pos & 1) != 0) {
            piece.at = at++;
            add_piece(level, &piece);
            piece.from++;
            piece.pos++;
            left--;
        }
        if (left >= 2) {
            piece.at = at;
            piece.count = left / 2;
            piece.have = BUS_BOTH;
            add_piece(level, &piece);
            at += piece.count;
            piece.from += 2 * piece.count;
            piece.pos += piece.count;
        }
        if (left % 2 != 0) {
            piece.at = at++;
            piece.count = 1;
            piece.have = BUS_LOW;
            add_piece(level, &piece);
        }
    }
}

bool gn_bus_levels(struct bus_level *levels, const struct gn_shape *shape, struct gn_arena *arena)
{
    for (unsigned j = 0; j < shape->gkr_layers; j++) {
        struct bus_level *level = &levels[j];
        *level = (struct bus_level){0};
        level->runs_n = walk_runs(NULL, &level->units, shape, j);
        level->runs = gn_arena_zalloc(arena, level->runs_n * sizeof *level->runs);
        if (level->runs == NULL) {
            return false;
        }
        (void)walk_runs(level->runs, &level->units, shape, j);
        if (j == 0) {
            continue;
        }
        level->pieces = gn_arena_alloc(arena, 3 * levels[j - 1].runs_n * sizeof *level->pieces);
        if (level->pieces == NULL) {
            return false;
        }
        make_pieces(level, &levels[j - 1]);
    }
    return true;
}

size_t gn_bus_levels_footprint(const struct gn_shape *shape)
{
    size_t bytes = 0;
    for (unsigned j = 0; j < shape->gkr_layers; j++) {
        size_t units, runs_n = walk_runs(NULL, &units, shape, j);
        bytes += bus_alloc_bytes(runs_n * sizeof(struct bus_run));
        bytes += bus_alloc_bytes(3 * runs_n * sizeof(struct bus_piece));
    }
    return bytes;
}

const struct bus_run *gn_bus_run_of(const struct bus_level *level, size_t unit)
{
    size_t lo = 0, hi = level->runs_n; /* runs[lo].at <= unit < runs[hi].at */
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (level->runs[mid].at <= unit) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return &level->runs[lo];
}

const struct bus_piece *gn_bus_piece_of(const struct bus_level *level, size_t unit)
{
    size_t lo = 0, hi = level->pieces_n;
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (level->pieces[mid].at <= unit) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return &level->pieces[lo];
}

size_t gn_bus_level_find(const struct bus_level *level, uint64_t pos)
{
    size_t lo = 0, hi = level->runs_n;
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (level->runs[mid].pos <= pos) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return level->runs[lo].at + (size_t)(pos - level->runs[lo].pos);
}
