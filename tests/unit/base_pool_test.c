/* SPDX-License-Identifier: Apache-2.0 */
/* The parallel for: every item once, chunks as promised, worker numbers usable as scratch indices, nested loops. */
#include "cm.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

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

/* ---- a guest ---- */
static void *attend(void *pool)
{
    gn_pool_attend(pool);
    return NULL;
}

/* Loops before the guest comes, with it, and after the pool is closed. */
static void a_guest_helps(void **state)
{
    (void)state;
    static struct record r;
    for (unsigned times = 0; times < 200; times++) {
        struct gn_pool *pool;
        pthread_t guest;
        assert_int_equal(gn_pool_create_open(&pool, NULL), GN_OK);
        assert_int_equal(gn_pool_threads(pool), 2);
        for (unsigned loop = 0; loop < 6; loop++) {
            if (loop == 1) {
                assert_int_equal(pthread_create(&guest, NULL, attend, pool), 0);
            }
            if (loop == 5) {
                gn_pool_close(pool);
                assert_int_equal(pthread_join(guest, NULL), 0);
            }
            memset(&r, 0, sizeof r);
            r.grain = 16;
            r.threads = 2;
            gn_pool_for(pool, ITEMS, r.grain, mark, &r);
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

struct short_loop {
    uint32_t number, written[40];
};

static void write_number(void *ctx, size_t begin, size_t end, unsigned worker)
{
    struct short_loop *l = ctx;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        l->written[i] = l->number;
    }
}

/* Loops that are over before a worker comes, with workers that look for the next one, sleep, or come late: what a loop wrote (not with atomics: a thread sanitizer
 * looks on) is there when it returns, and nobody touches it later. */
static void short_loops_follow_each_other(void **state)
{
    (void)state;
    enum { LOOPS = 20000 };
    for (unsigned threads = 2; threads <= 4; threads++) {
        struct gn_pool *pool;
        struct short_loop loops[2] = {{0}, {0}};
        assert_int_equal(gn_pool_create(&pool, threads, NULL), GN_OK);
        for (uint32_t k = 1; k <= LOOPS; k++) {
            struct short_loop *now = &loops[k % 2], *before = &loops[(k + 1) % 2];
            size_t n = 2 + k % 39;
            now->number = k;
            gn_pool_for(pool, n, 1 + k % 3, write_number, now);
            for (size_t i = 0; i < n; i++) {
                assert_int_equal(now->written[i], k);
            }
            for (size_t i = 0; i < 40; i++) {
                assert_true(before->written[i] < k);
                before->written[i] = 0;
            }
            if (k % 512 == 0) { /* long enough to fall asleep */
                nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
            }
        }
        gn_pool_destroy(pool);
    }
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
        cmocka_unit_test(a_guest_helps),
        cmocka_unit_test(nested_loops_stay_in_their_thread),
        cmocka_unit_test(short_loops_follow_each_other),
        cmocka_unit_test(no_pool_and_no_items),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
