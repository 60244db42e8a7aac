/* SPDX-License-Identifier: Apache-2.0 */
/* Every example machine is proven and verified, at heights around powers of two, alone and together; the proof's bytes
 * depend on nothing but the statement and the witness. */
#include "cm.h"

#include <stdio.h>
#include <string.h>

#include "support/proven.h"

static void expect_accept(const char *machine, uint32_t size)
{
    struct proven p;
    proven_open(&p, machine, size);
    enum gn_verdict v = proven_run(&p);
    if (v != GN_ACCEPT) {
        fail_msg("%s, size %u: %s", machine, size, gn_verdict_name(v));
    }
    proven_close(&p);
}

static void each_machine_at_awkward_heights(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {1,  2,  3,  7,   8,   9,   15,  16,  17,  31,   33,
                                     63, 64, 65, 100, 127, 128, 129, 255, 257, 1023, 1025};
    for (unsigned m = 0; m < machines_n; m++) {
        for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            expect_accept(machines[m].name, sizes[i]);
        }
    }
}

static void any_part_may_be_empty(void **state)
{
    (void)state;
    const struct machine *all = machine_find("examples");
    unsigned parts = machine_parts(all);
    for (unsigned empty = 0; empty < parts; empty++) {
        uint32_t sizes[MACHINE_MAX_PARTS] = {0};
        for (unsigned i = 0; i < parts; i++) {
            sizes[i] = i == empty ? 0 : 20 + i;
        }
        const char *name = all->parts[empty]->name;
        if (strcmp(name, "range") == 0 || strcmp(name, "tally") == 0) {
            continue; /* the others look up in it; mandatory */
        }
        struct proven p;
        proven_open_sizes(&p, "examples", sizes);
        assert_verdict(proven_run(&p), GN_ACCEPT);
        proven_close(&p);
    }
}

static void tables_of_very_different_heights(void **state)
{
    (void)state;
    struct proven p;
    uint32_t sizes[MACHINE_MAX_PARTS] = {1, 5000, 3, 1, 700, 2, 1, 1};
    proven_open_sizes(&p, "examples", sizes);
    assert_verdict(proven_run(&p), GN_ACCEPT);
    proven_close(&p);
}

/* Sizes with one and with two WHIR rounds.  A key of another preset is another key. */
static void every_preset(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {20, 20000};
    for (unsigned i = 0; i < 2; i++) {
        struct proven p;
        proven_open(&p, "examples", sizes[i]);
        size_t bytes[GN_PRESETS];
        for (uint32_t preset = 1; preset < GN_PRESETS; preset++) {
            digest before = p.id;
            proven_preset(&p, preset);
            assert_verdict(proven_run(&p), GN_ACCEPT);
            bytes[preset] = p.proof.size;
            if (preset > 1) {
                p.id = before;
                assert_verdict(proven_verify(&p), GN_REJECT_KEY);
            }
        }
        assert_true(bytes[GN_PRESET_COMPACT_128] < bytes[GN_PRESET_FAST_128]);
        assert_true(bytes[GN_PRESET_FAST_100] < bytes[GN_PRESET_FAST_128]);
        assert_true(bytes[GN_PRESET_COMPACT_100] < bytes[GN_PRESET_COMPACT_128]);
        assert_true(bytes[GN_PRESET_COMPACT_100] < bytes[GN_PRESET_FAST_100]);
        proven_close(&p);
    }
}

static void bytes_do_not_depend_on_threads_or_isa(void **state)
{
    (void)state;
    struct proven p;
    proven_open(&p, "examples", 300);
    assert_int_equal(proven_prove(&p), GN_OK);
    struct gn_buffer first = p.proof;
    p.proof = (struct gn_buffer){0};
    for (unsigned threads = 1; threads <= 3; threads++) {
        for (int isa = GN_ISA_SCALAR; isa <= GN_ISA_AVX512; isa++) {
            if (!gn_isa_supported((enum gn_isa)isa)) {
                continue;
            }
            p.options.threads = threads;
            p.options.isa = (enum gn_isa)isa;
            assert_int_equal(proven_prove(&p), GN_OK);
            assert_int_equal(p.proof.size, first.size);
            assert_memory_equal(p.proof.data, first.data, first.size);
        }
    }
    gn_buffer_free(&first);
    proven_close(&p);
}

/* memory left over from other proofs, larger and smaller, changes nothing */
static void bytes_do_not_depend_on_a_used_prover(void **state)
{
    (void)state;
    struct gn_prover *prover = gn_prover_new();
    assert_non_null(prover);
    for (int round = 0; round < 2; round++) {
        for (unsigned m = 0; m < machines_n; m++) {
            struct proven p;
            proven_open(&p, machines[m].name, round == 0 ? 500 : 30);
            assert_int_equal(proven_prove(&p), GN_OK);
            struct gn_buffer fresh = p.proof;
            p.proof = (struct gn_buffer){0};
            p.options.prover = prover;
            p.options.threads = 1 + m % 3;
            assert_int_equal(proven_prove(&p), GN_OK);
            assert_int_equal(p.proof.size, fresh.size);
            assert_memory_equal(p.proof.data, fresh.data, fresh.size);
            gn_buffer_free(&fresh);
            proven_close(&p);
        }
    }
    gn_prover_free(prover);
}

/* setup is deterministic: another id means another machine, parameter table or record, and every key in use is void */
static void setup_gives_the_golden_ids(void **state)
{
    (void)state;
    static const struct {
        const char *machine, *id;
    } golden[] = {
        {"fib", "fd7f1169c6b850610bcda59df5c4093b5f6998f4a689f44d1539a117992bf7ae"},
        {"rom", "dda1813b83a8ffad19113998d49219cac05c38c7dc4c2e2c3bb60a2259c38f96"},
    };
    for (unsigned i = 0; i < sizeof golden / sizeof golden[0]; i++) {
        for (uint32_t size = 5; size <= 50; size += 45) { /* nor does it depend on the run */
            struct proven p;
            char hex[2 * GN_DIGEST_BYTES + 1];
            proven_open(&p, golden[i].machine, size);
            for (int k = 0; k < GN_DIGEST_BYTES; k++) {
                snprintf(hex + 2 * k, 3, "%02x", p.id.b[k]);
            }
            assert_string_equal(hex, golden[i].id);
            proven_close(&p);
        }
    }
}

static int cancel_at(void *ctx, const char *step, unsigned permille)
{
    unsigned *left = ctx;
    (void)step;
    assert_true(permille <= 1000);
    return (*left)-- == 0;
}

static void progress_is_reported_and_cancels(void **state)
{
    (void)state;
    struct proven p;
    proven_open(&p, "rom", 64);
    unsigned steps = UINT32_MAX;
    p.options.progress = cancel_at;
    p.options.progress_ctx = &steps;
    assert_int_equal(proven_prove(&p), GN_OK);
    unsigned calls = UINT32_MAX - steps;
    assert_true(calls >= 4);
    for (unsigned at = 0; at < calls; at++) {
        steps = at;
        assert_int_equal(proven_prove(&p), GN_CANCELLED);
        assert_int_equal(p.proof.size, 0);
        assert_non_null(strstr(p.err.text, "cancelled"));
    }
    proven_close(&p);
}

static void memory_limit_is_checked_before_work(void **state)
{
    (void)state;
    struct proven p;
    proven_open(&p, "fib", 1000);
    uint64_t bytes;
    assert_int_equal(gn_prove_footprint(&bytes, p.record, &p.witness, p.options.threads, &p.err), GN_OK);
    p.options.max_memory = bytes - 1;
    assert_int_equal(proven_prove(&p), GN_LIMIT);
    assert_non_null(strstr(p.err.text, "MiB"));
    p.options.max_memory = 0;
    p.options.prover = gn_prover_new();
    assert_int_equal(proven_prove(&p), GN_OK);
    struct gn_buffer with_ease = p.proof;
    p.proof = (struct gn_buffer){0};
    p.options.max_memory = bytes; /* encodes twice */
    assert_int_equal(proven_prove(&p), GN_OK);
    assert_int_equal(p.proof.size, with_ease.size);
    assert_memory_equal(p.proof.data, with_ease.data, with_ease.size);
    gn_buffer_free(&with_ease);
    gn_prover_free(p.options.prover);
    p.options.prover = NULL;
    proven_close(&p);
}

static void prover_names_bad_input(void **state)
{
    (void)state;
    struct proven p;
    proven_open(&p, "rom", 64);
    uint8_t good[GN_KEY_BYTES];
    memcpy(good, p.record, sizeof good);
    p.record[8] ^= 1; /* AIR digest */
    assert_int_equal(proven_prove(&p), GN_BAD_INPUT);
    assert_non_null(strstr(p.err.text, "key record"));
    memcpy(p.record, good, sizeof good);
    p.record[40] ^= 1; /* preprocessed root */
    assert_int_equal(proven_prove(&p), GN_BAD_INPUT);
    assert_non_null(strstr(p.err.text, "preprocessed"));
    proven_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_machine_at_awkward_heights),
        cmocka_unit_test(any_part_may_be_empty),
        cmocka_unit_test(tables_of_very_different_heights),
        cmocka_unit_test(every_preset),
        cmocka_unit_test(bytes_do_not_depend_on_threads_or_isa),
        cmocka_unit_test(bytes_do_not_depend_on_a_used_prover),
        cmocka_unit_test(setup_gives_the_golden_ids),
        cmocka_unit_test(progress_is_reported_and_cancels),
        cmocka_unit_test(memory_limit_is_checked_before_work),
        cmocka_unit_test(prover_names_bad_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
