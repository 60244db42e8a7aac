/* SPDX-License-Identifier: Apache-2.0 */
/* Arena, buffer, scratch, byte order, bit helpers, statuses. */
#include "cm.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/bits.h"
#include "base/buffer.h"
#include "base/bytes.h"
#include "base/cpu.h"
#include "base/scratch.h"
#include "base/status.h"
#include "base/verdict.h"

static void arena_gives_aligned_disjoint_blocks(void **state)
{
    (void)state;
    struct gn_arena arena;
    struct gn_error err;
    assert_int_equal(gn_arena_init(&arena, 1 << 20, &err), GN_OK);
    unsigned char *last = NULL;
    for (size_t n = 1; n < 300; n += 7) {
        unsigned char *p = gn_arena_alloc(&arena, n);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 64, 0);
        assert_true(last == NULL || p > last);
        memset(p, 0xab, n);
        last = p + n - 1;
    }
    gn_arena_free(&arena);
}

static void arena_release_reuses_and_full_arena_says_no(void **state)
{
    (void)state;
    struct gn_arena arena;
    struct gn_error err;
    assert_int_equal(gn_arena_init(&arena, 1 << 21, &err), GN_OK);
    gn_arena_mark mark = gn_arena_get_mark(&arena);
    unsigned char *a = gn_arena_alloc(&arena, 1000);
    memset(a, 1, 1000);
    gn_arena_release(&arena, mark);
    unsigned char *b = gn_arena_zalloc(&arena, 1000);
    assert_ptr_equal(a, b);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(b[i], 0);
    }
    assert_null(gn_arena_alloc(&arena, arena.size));
    assert_null(gn_arena_alloc(&arena, SIZE_MAX - 63));
    assert_true(arena.peak >= 1000);
    gn_arena_free(&arena);
    assert_int_equal(gn_arena_init(&arena, SIZE_MAX, &err), GN_NO_MEMORY);
    assert_int_equal(gn_arena_init(&arena, (size_t)1 << 60, NULL), GN_NO_MEMORY); /* the system refuses */
    assert_null(arena.base);
    gn_arena_free(&arena);
}

static size_t resident_bytes(const struct gn_arena *arena)
{
    static unsigned char in_memory[4096];
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t n = 0;
    assert_true(arena->size / page <= sizeof in_memory);
    assert_int_equal(mincore(arena->base, arena->size, in_memory), 0);
    for (size_t i = 0; i < arena->size / page; i++) {
        n += (in_memory[i] & 1) != 0 ? page : 0;
    }
    return n;
}

/* Whole large pages below the mark, and nothing that is used already. */
static void arena_is_warmed_and_keeps_what_it_holds(void **state)
{
    (void)state;
    const size_t mib = (size_t)1 << 20;
    struct gn_arena arena;
    struct gn_pool *pool;
    assert_int_equal(gn_arena_init(&arena, 16 * mib, NULL), GN_OK);
    assert_int_equal(gn_pool_create(&pool, 2, NULL), GN_OK);
    unsigned char *held = gn_arena_alloc(&arena, 5 * mib);
    memset(held, 7, 5 * mib);
    const size_t before = resident_bytes(&arena);
    gn_arena_warm(&arena, 2 * mib, pool);
    assert_int_equal(resident_bytes(&arena), before);
    gn_arena_warm(&arena, 11 * mib, pool);
    assert_int_equal(resident_bytes(&arena), before + 4 * mib);
    gn_arena_warm(&arena, 100 * mib, NULL);
    assert_int_equal(resident_bytes(&arena), before + 10 * mib);
    for (size_t i = 0; i < 5 * mib; i++) {
        assert_int_equal(held[i], 7);
    }
    gn_pool_destroy(pool);
    gn_arena_free(&arena);
}

static void buffer_grows_and_keeps_bytes(void **state)
{
    (void)state;
    struct gn_buffer b = {0};
    for (uint32_t i = 0; i < 10000; i++) {
        uint8_t bytes[4];
        store_le32(bytes, i);
        gn_buffer_append(&b, bytes, sizeof bytes);
    }
    assert_int_equal(b.size, 40000);
    for (uint32_t i = 0; i < 10000; i++) {
        assert_int_equal(load_le32(b.data + 4 * i), i);
    }
    gn_buffer_free(&b);
    assert_null(b.data);
}

static void buffer_failure_is_sticky(void **state)
{
    (void)state;
    struct gn_buffer b = {0};
    gn_buffer_append(&b, "abc", 3);
    gn_buffer_append(&b, "x", SIZE_MAX / 2 + 2); /* no capacity can hold it; nothing is read */
    assert_true(b.failed);
    gn_buffer_append(&b, "d", 1);
    assert_int_equal(b.size, 3);
    gn_buffer_free(&b);
    assert_false(b.failed);
}

static void scratch_refuses_what_does_not_fit(void **state)
{
    (void)state;
    _Alignas(64) unsigned char memory[256];
    struct gn_scratch s = {memory, sizeof memory, 0};
    assert_non_null(gn_scratch_take(&s, 10, 1));
    unsigned char *second = gn_scratch_take(&s, 16, 4);
    assert_ptr_equal(second, memory + 64);
    assert_null(gn_scratch_take(&s, SIZE_MAX / 2, 4));
    assert_null(gn_scratch_take(&s, 129, 1));
    assert_non_null(gn_scratch_take(&s, 128, 1));
    assert_null(gn_scratch_take(&s, 1, 1));
}

static void integers_and_bytes(void **state)
{
    (void)state;
    uint8_t b[8];
    store_le64(b, 0x0123456789abcdefu);
    assert_int_equal(b[0], 0xef);
    assert_int_equal(b[7], 0x01);
    assert_true(load_le64(b) == 0x0123456789abcdefu);
    store_le16(b, 0x1234);
    assert_int_equal(b[0], 0x34);
    assert_int_equal(b[1], 0x12);
    assert_int_equal(bit_length(0), 0);
    assert_int_equal(bit_length(1), 1);
    assert_int_equal(bit_length(255), 8);
    for (uint64_t x = 1; x < 1000; x++) {
        unsigned k = ceil_log2(x);
        assert_true(((uint64_t)1 << k) >= x);
        assert_true(k == 0 || ((uint64_t)1 << (k - 1)) < x);
    }
    assert_int_equal(ceil_log2(0), 0);
    assert_int_equal(bit_reverse(0x1, 4), 0x8);
    assert_int_equal(bit_reverse(0xd, 4), 0xb);
}

static void names(void **state)
{
    (void)state;
    struct gn_error err;
    assert_int_equal(gn_fail(&err, GN_LIMIT, "table %s: %d rows", "fib", 3), GN_LIMIT);
    assert_string_equal(err.text, "table fib: 3 rows");
    assert_int_equal(gn_fail(NULL, GN_IO, "x"), GN_IO);
    assert_string_equal(gn_status_name(GN_BAD_INPUT), "bad input");
    assert_string_equal(gn_verdict_name(GN_ACCEPT), "ACCEPT");
    assert_string_equal(gn_verdict_name(GN_REJECT_MERKLE), "REJECT_MERKLE");
    assert_non_null(strstr(gn_verdict_text(GN_REJECT_MERKLE), "root"));
    for (enum gn_verdict v = GN_ACCEPT; v <= GN_REJECT_SCRATCH; v++) {
        assert_string_not_equal(gn_verdict_name(v), "unknown");
        assert_string_not_equal(gn_verdict_text(v), "unknown");
    }
    assert_string_equal(gn_verdict_name((enum gn_verdict)(GN_REJECT_SCRATCH + 1)), "unknown");
    assert_string_equal(gn_verdict_text((enum gn_verdict)(GN_REJECT_SCRATCH + 1)), "unknown");
    for (enum gn_status s = GN_OK; s <= GN_INTERNAL; s++) {
        assert_string_not_equal(gn_status_name(s), gn_status_name((enum gn_status)(GN_INTERNAL + 1)));
    }
    enum gn_isa isa;
    assert_true(gn_isa_parse("avx512", &isa));
    assert_int_equal(isa, GN_ISA_AVX512);
    assert_false(gn_isa_parse("sse9", &isa));
    for (isa = GN_ISA_SCALAR; isa <= GN_ISA_AVX512; isa++) {
        enum gn_isa parsed;
        assert_true(gn_isa_parse(gn_isa_name(isa), &parsed));
        assert_int_equal(parsed, isa);
    }
    assert_string_equal(gn_isa_name(isa), "unknown");
    assert_false(gn_isa_supported(isa));
    assert_true(gn_isa_supported(gn_isa_best()));
    assert_in_range(gn_cpu_threads(), 1, 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_gives_aligned_disjoint_blocks),
        cmocka_unit_test(arena_release_reuses_and_full_arena_says_no),
        cmocka_unit_test(arena_is_warmed_and_keeps_what_it_holds),
        cmocka_unit_test(buffer_grows_and_keeps_bytes),
        cmocka_unit_test(buffer_failure_is_sticky),
        cmocka_unit_test(scratch_refuses_what_does_not_fit),
        cmocka_unit_test(integers_and_bytes),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
