/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 and Keccak-f: tables agree with the plain functions; every column matters. */
#include "cm.h"

#include "machines_bulk/world.h"

static void keccak_of_several_states(void **state)
{
    (void)state;
    static struct world w;
    world_open(&w, 64);
    world_keccak(&w, w.base);
    world_keccak(&w, w.base + 8); /* beyond 64 KiB, and over what the first one wrote */
    world_keccak(&w, w.base + 8 * 39);
    world_keccak(&w, w.base + 8 * 32);
    world_keccak(&w, w.base);
    world_finish(&w);
    assert_int_equal(world_failures(&w, true), 0);
    world_close(&w);
}

static void sha256_of_several_blocks(void **state)
{
    (void)state;
    static struct world w;
    world_open(&w, 64);
    world_sha256(&w, w.base, w.base + 32);
    world_sha256(&w, w.base + 8 * 30, w.base + 8 * 27); /* the state is inside of the block */
    world_sha256(&w, w.base + 8 * 34, w.base + 8 * 38);
    world_sha256(&w, w.base, w.base + 8 * 32);
    world_sha256(&w, w.base, w.base + 8 * 40);
    world_finish(&w);
    assert_int_equal(world_failures(&w, true), 0);
    world_close(&w);
}

static void every_column_of_keccak_matters(void **state)
{
    (void)state;
    static struct world w;
    world_open(&w, 32);
    world_keccak(&w, w.base + 8 * 7);
    world_finish(&w);
    assert_int_equal(world_failures(&w, true), 0);
    assert_int_equal(world_mutate(&w, "keccak", 1), 0);
    assert_int_equal(world_mutate(&w, "keccak_rounds", 1), 0);
    world_close(&w);
}

static void every_column_of_sha256_matters(void **state)
{
    (void)state;
    static struct world w;
    world_open(&w, 40);
    world_sha256(&w, w.base + 8 * 30, w.base + 8 * 20);
    world_sha256(&w, w.base + 8 * 30, w.base + 8 * 28);
    world_finish(&w);
    assert_int_equal(world_failures(&w, true), 0);
    assert_int_equal(world_mutate(&w, "sha256", 2), 0);
    assert_int_equal(world_mutate(&w, "sha256_rounds", 34), 0);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keccak_of_several_states),
        cmocka_unit_test(sha256_of_several_blocks),
        cmocka_unit_test(every_column_of_keccak_matters),
        cmocka_unit_test(every_column_of_sha256_matters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
