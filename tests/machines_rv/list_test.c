/* SPDX-License-Identifier: Apache-2.0 */
/* Growing arrays: items are zeroed and stay where they were put, across the change from short to long; arena memory is zeroed when asked for,
 * whether it was used before or not. */
#include "cm.h"

#include <string.h>

#include "base/arena.h"
#include "machines/list.h"

static void items_keep_their_values(void **state)
{
    (void)state;
    static const uint8_t zeros[96];
    for (size_t bytes = 4; bytes <= 96; bytes += 92) {
        struct mx_list l = {.item_bytes = bytes};
        for (uint32_t i = 0; i < 600000; i++) {
            uint8_t *item = mx_list_append(&l);
            assert_non_null(item);
            assert_memory_equal(item, zeros, bytes);
            memset(item, 0xff, bytes);
            memcpy(item, &i, sizeof i);
        }
        assert_true(l.mapped != 0 && l.n == 600000);
        for (uint32_t i = 0; i < 600000; i++) {
            uint32_t kept;
            memcpy(&kept, l.at + i * bytes, sizeof kept);
            assert_int_equal(kept, i);
        }
        mx_list_free(&l);
        assert_null(l.at);
        assert_int_equal(l.item_bytes, bytes);
        assert_non_null(mx_list_append(&l)); /* usable again */
        mx_list_free(&l);
    }
}

static void a_full_list_says_so(void **state)
{
    (void)state;
    struct mx_list l = {.item_bytes = 1, .n = 1, .capacity = 1, .mapped = 4096};
    assert_null(mx_list_append(&l));
}

static void arena_memory_is_zeroed(void **state)
{
    (void)state;
    struct gn_arena arena;
    struct gn_error err;
    assert_int_equal(gn_arena_init(&arena, 1 << 22, &err), GN_OK);
    size_t sizes[] = {1000, 70000, 5, 300000, 1};
    for (int round = 0; round < 3; round++) {
        gn_arena_mark mark = gn_arena_get_mark(&arena);
        for (size_t i = 0; i < 5; i++) {
            size_t n = sizes[(i + (size_t)round) % 5];
            uint8_t *p = gn_arena_zalloc(&arena, n);
            assert_non_null(p);
            for (size_t k = 0; k < n; k++) {
                assert_int_equal(p[k], 0);
            }
            memset(p, 0xaa, n);
            p = gn_arena_alloc(&arena, n); /* dirty, and not said to be clean */
            assert_non_null(p);
            memset(p, 0xbb, n);
        }
        gn_arena_release(&arena, mark);
    }
    gn_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_keep_their_values),
        cmocka_unit_test(a_full_list_says_so),
        cmocka_unit_test(arena_memory_is_zeroed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
