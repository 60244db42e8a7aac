/* SPDX-License-Identifier: Apache-2.0 */
/* The parallel for: every item once, chunks as promised, worker numbers usable as scratch indices, nested loops. */
#include "cm.h"

#include <stdatomic.h>
#include <string.h>

#include "base/pool.h"

#define ITEMS 10007

struct record {
    atomic_uchar seen[ITEMS];
    atomic_uint bad, busy[64];
    size_t grain;
    unsigned threads;
    struct gn_pool *pool;
};

static void mark(void *ctx, size_t begin, size_t end, unsigned worker)
{
    struct record *r = ctx;
    if (worker >= r->threads || begin % r->grain != 0 || (end - begin != r->grain && end != ITEMS)) {
        atomic_fetch_add(&r->bad, 1);
        return;
    }
    if (atomic_fetch_add(&r->busy[worker], 1) != 0) {
        atomic_fetch_add(&r->bad, 1); /* two threads with one worker number */
    }
    for (size_t i = begin; i < end; i++) {
        atomic_fetch_add(&r->seen[i], 1);
    }
    atomic_fetch_sub(&r->busy[worker], 1);
}

static void every_item_once(void **state)
{
    (void)state;
    static struct record r;
    for (unsigned threads = 1; threads <= 5; threads++) {
        struct gn_pool *pool;
        assert_int_equal(gn_pool_create(&pool, threads, NULL), GN_OK);
        assert_int_equal(gn_pool_threads(pool), threads);
        for (size_t grain = 1; grain < 2 * ITEMS; grain = grain * 3 + 1) {
            memset(&r, 0, sizeof r);
            r.grain = grain;
            r.threads = threads;
            gn_pool_for(pool, ITEMS, grain, mark, &r);
            assert_int_equal(r.bad, 0);
            for (size_t i = 0; i < ITEMS; i++) {
                assert_int_equal(r.seen[i], 1);
            }
        }
        gn_pool_destroy(pool);
    }
}

static void inner(void *ctx, size_t begin, size_t end, unsigned worker)
{
    struct record *r = ctx;
    (void)begin;
    (void)end;
    if (atomic_load(&r->busy[worker]) != 1) {
        atomic_fetch_add(&r->bad, 1);
    }
}

static void outer(void *ctx, size_t begin, size_t end, unsigned worker)
{
    struct record *r = ctx;
    atomic_fetch_add(&r->busy[worker], 1);
    gn_pool_for(r->pool, 100, 7, inner, r); /* runs here, under this worker's number */
    atomic_fetch_sub(&r->busy[worker], 1);
    for (size_t i = begin; i < end; i++) {
        atomic_fetch_add(&r->seen[i], 1);
    }
}

static void nested_loops_stay_in_their_thread(void **state)
{
    (void)state;
    static struct record r;
    assert_int_equal(gn_pool_create(&r.pool, 3, NULL), GN_OK);
    gn_pool_for(r.pool, 500, 3, outer, &r);
    assert_int_equal(r.bad, 0);
    for (int i = 0; i < 500; i++) {
        assert_int_equal(r.seen[i], 1);
    }
    gn_pool_destroy(r.pool);
}

static void no_pool_and_no_items(void **state)
{
    (void)state;
    static struct record r = {.grain = 10, .threads = 1};
    gn_pool_for(NULL, ITEMS, 10, mark, &r);
    assert_int_equal(r.bad, 0);
    assert_int_equal(r.seen[ITEMS - 1], 1);
    gn_pool_for(NULL, 0, 10, mark, &r);
    struct gn_pool *pool;
    struct gn_error err;
    assert_int_equal(gn_pool_create(&pool, 0, &err), GN_BAD_INPUT);
    assert_null(pool);
    assert_int_equal(gn_pool_create(&pool, 1025, &err), GN_BAD_INPUT);
    assert_string_equal(err.text, "thread count 1025 is not between 1 and 1024");
    gn_pool_destroy(pool);
    assert_int_equal(gn_pool_threads(NULL), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_item_once),
        cmocka_unit_test(nested_loops_stay_in_their_thread),
        cmocka_unit_test(no_pool_and_no_items),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
