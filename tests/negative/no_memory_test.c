/* SPDX-License-Identifier: Apache-2.0 */
/* No memory: whichever allocation fails - memory from libc, an arena's reservation or a block of it, a thread - the
 * answer is GN_NO_MEMORY, nothing is half done, and the same call works when there is memory again.
 *
 * The linker sends the library's calls through the functions below (--wrap), which let the k-th of them fail, it alone
 * or with all that follow; k goes up until the operation gets through.  Leaks are the address sanitizer's business, which runs this test too. */
#include "cm.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "support/proven.h"

static long left = -1; /* calls that still succeed; negative: all do.  Only the main thread allocates. */
static bool failed;
static bool lasting; /* once memory is out it stays so; else what follows must not fail for the failure to be noticed */

static bool refuse(void)
{
    if (left < 0 || failed) {
        return failed && lasting;
    }
    failed = left-- == 0;
    return failed;
}

void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_malloc(size_t n)
{
    return refuse() ? NULL : __real_malloc(n);
}

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size)
{
    return refuse() ? NULL : __real_calloc(n, size);
}

void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n)
{
    return refuse() ? NULL : __real_realloc(p, n);
}

void *__real_aligned_alloc(size_t align, size_t n);
void *__wrap_aligned_alloc(size_t align, size_t n);
void *__wrap_aligned_alloc(size_t align, size_t n)
{
    return refuse() ? NULL : __real_aligned_alloc(align, n);
}

void *__real_mmap(void *at, size_t n, int protection, int flags, int file, off_t offset);
void *__wrap_mmap(void *at, size_t n, int protection, int flags, int file, off_t offset);
void *__wrap_mmap(void *at, size_t n, int protection, int flags, int file, off_t offset)
{
    return refuse() ? MAP_FAILED : __real_mmap(at, n, protection, flags, file, offset);
}

int __real_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*fn)(void *), void *ctx);
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*fn)(void *), void *ctx);
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*fn)(void *), void *ctx)
{
    return refuse() ? 11 : __real_pthread_create(t, a, fn, ctx);
}

void *__real_gn_arena_alloc(struct gn_arena *arena, size_t n);
void *__wrap_gn_arena_alloc(struct gn_arena *arena, size_t n);
void *__wrap_gn_arena_alloc(struct gn_arena *arena, size_t n)
{
    return refuse() ? NULL : __real_gn_arena_alloc(arena, n);
}

void *__real_gn_arena_zalloc(struct gn_arena *arena, size_t n);
void *__wrap_gn_arena_zalloc(struct gn_arena *arena, size_t n);
void *__wrap_gn_arena_zalloc(struct gn_arena *arena, size_t n)
{
    return refuse() ? NULL : __real_gn_arena_zalloc(arena, n);
}

static void arm(long k)
{
    left = k;
}

/* Did a call fail? */
static bool disarm(void)
{
    bool hit = failed;
    left = -1;
    failed = false;
    return hit;
}

/* Every failure near the beginning, then fewer and fewer. */
static long after(long k)
{
    return k + 1 + k / 200;
}

static struct gn_arena arena;
static struct gn_error err;

static void building(void **state)
{
    (void)state;
    const struct machine *m = machine_find("examples");
    bool hit = true;
    for (long k = 0; hit; k = after(k)) {
        gn_arena_release(&arena, 0);
        memset(&err, 0, sizeof err);
        arm(k);
        const struct air_system *s = machine_build(m, &arena, &err);
        hit = disarm();
        if (hit && (s != NULL || err.status != GN_NO_MEMORY || err.text[0] == 0)) {
            fail_msg("allocation %ld: %s, %s", k, s == NULL ? "no system" : "a system", err.text);
        }
        assert_true(hit || s != NULL);
    }
}

static void filling(void **state)
{
    (void)state;
    const struct machine *m = machine_find("examples");
    gn_arena_release(&arena, 0);
    const struct air_system *s = machine_build(m, &arena, &err);
    assert_non_null(s);
    uint32_t *heights = gn_arena_zalloc(&arena, s->tables_n * sizeof *heights);
    for (uint32_t i = 0; i < s->tables_n; i++) {
        heights[i] = s->tables[i].max_height < 256 ? s->tables[i].max_height : 256;
    }
    bool hit = true;
    for (long k = 0; hit; k = after(k)) {
        gn_arena_mark mark = gn_arena_get_mark(&arena);
        struct air_witness w;
        arm(k);
        enum gn_status status = air_witness_alloc(&w, s, heights, &arena, &err);
        hit = disarm();
        assert_int_equal(status, hit ? GN_NO_MEMORY : GN_OK);
        gn_arena_release(&arena, mark);
    }
}

/* The row checker cannot say "no memory" but in a failure: it must never be silent. */
static void checking(void **state)
{
    (void)state;
    const struct machine *m = machine_find("rom");
    struct air_witness w;
    gn_arena_release(&arena, 0);
    const struct air_system *s = machine_build(m, &arena, &err);
    assert_non_null(s);
    assert_int_equal(machine_fill_size(&w, m, s, 7, 9, &arena, &err), GN_OK);
    for (int lie = 0; lie < 2; lie++) {
        w.tables[2].columns[1][3] ^= (uint32_t)lie; /* cpu.acc */
        bool hit = true;
        for (long k = 0; hit; k = after(k)) {
            struct air_failure failures[8];
            arm(k);
            size_t n = air_check(&w, failures, 8, &arena);
            hit = disarm();
            if ((n > 0) != (hit || lie)) {
                fail_msg("allocation %ld, %s: %zu failures", k, lie ? "a lie" : "honest", n);
            }
        }
    }
}

static void setting_up(void **state)
{
    (void)state;
    struct proven p;
    proven_open(&p, "rom", 9);
    static const uint8_t owner[GN_KEY_OWNER_BYTES] = "tests";
    bool hit = true;
    for (long k = 0; hit; k = after(k)) {
        uint8_t record[GN_KEY_BYTES];
        memset(&err, 0, sizeof err);
        arm(k);
        enum gn_status status =
            gn_setup(record, p.system, GN_PRESET_FAST_128, p.witness.pre, p.witness.pre_pages, owner, &p.options, &err);
        hit = disarm();
        assert_int_equal(status, hit ? GN_NO_MEMORY : GN_OK);
        assert_true(!hit || err.text[0] != 0);
        assert_true(hit || memcmp(record, p.record, sizeof record) == 0);
    }
    proven_close(&p);
}

/* With a prover of its own for each proof, and with one that is kept: a failure must not spoil it. */
static void proving(void **state)
{
    (void)state;
    struct proven p;
    proven_open(&p, "rom", 9);
    assert_int_equal(proven_prove(&p), GN_OK);
    struct gn_buffer honest = p.proof;
    p.proof = (struct gn_buffer){0};
    for (int kept = 0; kept < 2; kept++) {
        bool hit = true;
        for (long k = 0; hit; k = after(k)) {
            p.options.prover = kept ? gn_prover_new() : NULL;
            memset(&p.err, 0, sizeof p.err);
            arm(k);
            enum gn_status status = gn_prove(&p.proof, p.record, &p.witness, &p.options, &p.err);
            hit = disarm();
            if (status != (hit ? GN_NO_MEMORY : GN_OK) || (hit && (p.proof.size != 0 || p.err.text[0] == 0))) {
                fail_msg("allocation %ld: %s, %zu bytes", k, gn_status_name(status), p.proof.size);
            }
            if (kept) {
                assert_int_equal(proven_prove(&p), GN_OK);
            }
            if (kept || !hit) {
                assert_int_equal(p.proof.size, honest.size);
                assert_memory_equal(p.proof.data, honest.data, honest.size);
            }
            gn_prover_free(p.options.prover);
            gn_buffer_free(&p.proof);
        }
    }
    uint64_t bytes;
    arm(0);
    assert_int_equal(gn_prove_footprint(&bytes, p.record, &p.witness, 0, &p.err), GN_NO_MEMORY);
    assert_true(disarm());
    arm(0);
    assert_null(gn_prover_new());
    assert_true(disarm());
    gn_buffer_free(&honest);
    proven_close(&p);
}

static int open_arena(void **state)
{
    (void)state;
    return gn_arena_init(&arena, (size_t)64 << 20, NULL) != GN_OK;
}

static int close_arena(void **state)
{
    (void)state;
    gn_arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(building),   cmocka_unit_test(filling), cmocka_unit_test(checking),
        cmocka_unit_test(setting_up), cmocka_unit_test(proving),
    };
    int failures = cmocka_run_group_tests_name("one call fails", tests, open_arena, close_arena);
    lasting = true;
    return failures + cmocka_run_group_tests_name("all calls fail from then on", tests, open_arena, close_arena);
}
