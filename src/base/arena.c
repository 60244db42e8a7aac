/* SPDX-License-Identifier: Apache-2.0 */
/* arena.c - address space is reserved once with mmap; the kernel gives pages (2 MiB ones where it can) on first touch
 * and keeps them until gn_arena_free, so a second proof from the same arena runs in warm memory. */
#include "base/arena.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__SANITIZE_ADDRESS__)
#define GN_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GN_ASAN 1
#endif
#endif
#ifdef GN_ASAN
#include <sanitizer/asan_interface.h>
#define RED_ZONE 64   /* before every block */
#define FRONTIER 4096 /* poisoned behind the newest block: all of a large arena would be a large shadow to write */
#else
#define ASAN_POISON_MEMORY_REGION(p, n)   ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define RED_ZONE                          0
#define FRONTIER                          0
#endif

#define HUGE_PAGE  ((size_t)2 << 20)
#define SMALL_PAGE ((size_t)4 << 10)

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void poison(struct gn_arena *arena, size_t at, size_t bytes)
{
    ASAN_POISON_MEMORY_REGION(arena->base + at, smaller(bytes, arena->size - at));
}

enum gn_status gn_arena_init(struct gn_arena *arena, size_t size, struct gn_error *err)
{
    *arena = (struct gn_arena){0};
    if (size > SIZE_MAX / 2) {
        return gn_fail(err, GN_NO_MEMORY, "cannot reserve %zu bytes", size);
    }
    size = (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    void *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) {
        return gn_fail(err, GN_NO_MEMORY, "cannot reserve %zu bytes", size);
    }
    madvise(base, size, MADV_HUGEPAGE); /* advice only */
    arena->base = base;
    arena->size = size;
    poison(arena, 0, FRONTIER);
    return GN_OK;
}

/* By writing, not by MADV_POPULATE_WRITE: that holds a lock for which every mmap of another thread waits. */
static void touch(void *ctx, size_t begin, size_t end, unsigned worker)
{
    volatile unsigned char *at = ctx;
    (void)worker;
    for (size_t i = begin; i < end; i += SMALL_PAGE) {
        at[i] = 0;
    }
}

void gn_arena_warm(struct gn_arena *arena, size_t bytes, struct gn_pool *pool)
{
    size_t unused = (arena->peak + FRONTIER + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    size_t begin = arena->warm > unused ? arena->warm : unused;
    size_t end = smaller(bytes, arena->size) / HUGE_PAGE * HUGE_PAGE;
    if (begin < end) {
        gn_pool_for(pool, end - begin, HUGE_PAGE, touch, arena->base + begin);
        arena->warm = end;
    }
}

void gn_arena_free(struct gn_arena *arena)
{
    if (arena->base != NULL) {
        size_t touched = smaller(arena->size, arena->peak + FRONTIER);
        ASAN_UNPOISON_MEMORY_REGION(arena->base, touched);
        munmap(arena->base, arena->size);
    }
    *arena = (struct gn_arena){0};
}

void *gn_arena_alloc(struct gn_arena *arena, size_t bytes)
{
    size_t at = (arena->used + RED_ZONE + 63) & ~(size_t)63;
    if (at > arena->size || bytes > arena->size - at) {
        return NULL;
    }
    arena->used = at + bytes;
    if (arena->used > arena->peak) {
        arena->peak = arena->used;
    }
    ASAN_UNPOISON_MEMORY_REGION(arena->base + at, bytes);
    poison(arena, arena->used, FRONTIER);
    return arena->base + at;
}

void *gn_arena_zalloc(struct gn_arena *arena, size_t bytes)
{
    void *p = gn_arena_alloc(arena, bytes);
    if (p != NULL) {
        memset(p, 0, bytes);
    }
    return p;
}

gn_arena_mark gn_arena_get_mark(const struct gn_arena *arena)
{
    return arena->used;
}

void gn_arena_release(struct gn_arena *arena, gn_arena_mark mark)
{
    if (mark < arena->used) {
        poison(arena, mark, arena->used - mark);
        arena->used = mark;
    }
}
