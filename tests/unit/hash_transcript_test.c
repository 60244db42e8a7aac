/* SPDX-License-Identifier: Apache-2.0 */
/* hash_transcript_test.c - Fiat-Shamir against values computed by an independent implementation of docs/protocol.md
 * section 1, and what must tell two transcripts apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hash/transcript.h"

static void assert_hex(const uint8_t *bytes, const char *hex)
{
    char text[65];
    for (size_t i = 0; i < strlen(hex) / 2; i++) {
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    }
    assert_string_equal(text, hex);
}

static fp6 element(const uint32_t c[6])
{
    fp6 a;
    for (int i = 0; i < 6; i++) {
        a.c[i] = fp_from_cell(c[i]);
    }
    return a;
}

static void assert_element(fp6 a, const uint32_t c[6])
{
    for (int i = 0; i < 6; i++) {
        assert_int_equal(fp_to_cell(a.c[i]), c[i]);
    }
}

static void absorb_counting(struct gn_transcript *t, enum gn_label label, size_t n)
{
    uint8_t bytes[3000];
    for (size_t i = 0; i < n; i++) {
        bytes[i] = (uint8_t)(i % 251);
    }
    gn_transcript_absorb(t, label, bytes, n);
}

/* One transcript through every kind of call; the values are from a Python program written from the page. */
static void golden_values(void **state)
{
    static const uint32_t absorbed[2][6] = {{1, 2, 3, 4, 5, 6}, {FP_P - 1, 0, 0, 0, 0, 7}};
    static const uint32_t one[6] = {887871643, 1283205876, 1008199010, 214652749, 358440948, 659514522};
    static const uint32_t three[3][6] = {{1444628804, 1484536743, 937152938, 922266567, 1921134964, 231100404},
                                         {1164214983, 818287652, 120081002, 1106862445, 684367356, 83610520},
                                         {1317810498, 1976780178, 1160447223, 1194634130, 582940500, 330110533}};
    static const uint32_t drawn[5] = {306, 424, 871, 893, 350};
    struct gn_transcript t;
    uint8_t bytes[GN_SQUEEZE_MAX];
    uint32_t indices[5];
    fp6 x[3] = {element(absorbed[0]), element(absorbed[1])};
    (void)state;

    gn_transcript_init(&t);
    gn_transcript_squeeze(&t, LABEL_PRESET, bytes, 8);
    assert_hex(bytes, "813b784dd92f198e");

    gn_transcript_init(&t);
    gn_transcript_absorb(&t, LABEL_PRESET, "abc", 3);
    absorb_counting(&t, LABEL_ROOT, 32);
    gn_transcript_squeeze(&t, LABEL_OOD_POINT, bytes, 5);
    assert_hex(bytes, "442b85ad89");
    assert_element(gn_transcript_challenge(&t, LABEL_BUS_CHALLENGES), one);
    gn_transcript_absorb_exts(&t, LABEL_OOD_VALUE, x, 2);
    gn_transcript_challenges(&t, LABEL_ZC_POINT, x, 3);
    for (int i = 0; i < 3; i++) {
        assert_element(x[i], three[i]);
    }
    gn_transcript_indices(&t, LABEL_WHIR_QUERIES, indices, 5, 10);
    assert_memory_equal(indices, drawn, sizeof drawn);
    absorb_counting(&t, LABEL_PUBLIC_BYTES, 3000); /* over a chunk */
    gn_transcript_squeeze(&t, LABEL_WHIR_FINAL, bytes, sizeof bytes);
    digest d = gn_blake3_hash(bytes, sizeof bytes);
    assert_hex(d.b, "119b8c06577e4efc38a43d15b855f2500f092f2ab3024013625c7c82d9d207a0");
}

static void absorb_in_parts_is_one_absorb(void **state)
{
    struct gn_transcript a, b;
    uint8_t x[16], y[16];
    (void)state;
    gn_transcript_init(&a);
    gn_transcript_init(&b);
    gn_transcript_absorb(&a, LABEL_PUBLIC_BYTES, "hello, world", 12);
    gn_transcript_absorb_begin(&b, LABEL_PUBLIC_BYTES, 12);
    gn_transcript_absorb_part(&b, "hello", 5);
    gn_transcript_absorb_part(&b, "", 0);
    gn_transcript_absorb_part(&b, ", world", 7);
    gn_transcript_squeeze(&a, LABEL_GRIND, x, sizeof x);
    gn_transcript_squeeze(&b, LABEL_GRIND, y, sizeof y);
    assert_memory_equal(x, y, sizeof x);
}

struct step {
    bool squeeze;
    enum gn_label label;
    size_t n;
    const char *bytes; /* NULL: zeros */
};

#define MAX_STEPS 3

static void result(uint8_t out[32], const struct step *steps)
{
    static const uint8_t zeros[64];
    struct gn_transcript t;
    uint8_t ignored[64];
    gn_transcript_init(&t);
    for (size_t i = 0; i < MAX_STEPS && steps[i].label != 0; i++) {
        if (steps[i].squeeze) {
            gn_transcript_squeeze(&t, steps[i].label, ignored, steps[i].n);
        } else {
            gn_transcript_absorb(&t, steps[i].label, steps[i].bytes != NULL ? (const void *)steps[i].bytes : zeros,
                                 steps[i].n);
        }
    }
    gn_transcript_squeeze(&t, LABEL_GRIND, out, 32);
}

/* Sequences that a careless encoding would confuse: all give different challenges. */
static void different_sequences_differ(void **state)
{
    static const struct step all[][MAX_STEPS] = {
        {{0}},
        {{false, LABEL_PAGES, 0, NULL}},
        {{false, LABEL_PAGES, 0, NULL}, {false, LABEL_PAGES, 0, NULL}},
        {{false, LABEL_ROOT, 0, NULL}},
        {{false, LABEL_PAGES, 2, "\5\7"}},
        {{false, LABEL_PAGES, 4, "\5\7\0\0"}},                          /* trailing zeros */
        {{false, LABEL_PAGES, 1, "\5"}, {false, LABEL_PAGES, 1, "\7"}}, /* the same bytes in two messages */
        {{false, LABEL_PAGES, 2, "\7\5"}},
        {{false, LABEL_HEIGHTS, 2, "\5\7"}},
        {{false, LABEL_PAGES, 0, NULL}, {false, LABEL_PAGES, 2, "\5\7"}},
        {{false, LABEL_PAGES, 8, "\5\7\6\0\0\0\0\0"}}, /* a message that spells the header of the next */
        {{false, LABEL_PAGES, 2, "\5\7"}, {false, LABEL_PAGES, 0, NULL}},
        {{true, LABEL_PAGES, 0, NULL}}, /* a squeeze of nothing is not an absorb of nothing */
        {{true, LABEL_PAGES, 2, NULL}},
        {{true, LABEL_PAGES, 3, NULL}},
        {{true, LABEL_PAGES, 0, NULL}, {false, LABEL_PAGES, 2, "\5\7"}},
        {{false, LABEL_PAGES, 2, "\5\7"}, {true, LABEL_PAGES, 0, NULL}},
        {{false, LABEL_PAGES, 32, NULL}},
        {{false, LABEL_PAGES, 64, NULL}},
    };
    enum { COUNT = sizeof all / sizeof all[0] };
    uint8_t results[COUNT][32];
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        result(results[i], all[i]);
        for (size_t j = 0; j < i; j++) {
            assert_memory_not_equal(results[i], results[j], 32);
        }
    }
}

/* The last squeeze's label and length count as well. */
static void squeezes_differ_by_label_and_length(void **state)
{
    struct gn_transcript t;
    uint8_t a[32], b[32];
    (void)state;
    gn_transcript_init(&t);
    gn_transcript_squeeze(&t, LABEL_GKR_MU, a, 32);
    gn_transcript_squeeze(&t, LABEL_GKR_MU, b, 32); /* the state moved on */
    assert_memory_not_equal(a, b, 32);
    gn_transcript_init(&t);
    gn_transcript_squeeze(&t, LABEL_GKR_LAMBDA, b, 32);
    assert_memory_not_equal(a, b, 32);
    gn_transcript_init(&t);
    gn_transcript_squeeze(&t, LABEL_GKR_MU, b, 31);
    assert_memory_not_equal(a, b, 31);
}

static void indices_use_the_low_bits(void **state)
{
    struct gn_transcript t;
    uint32_t wide[GN_INDICES_MAX], narrow[GN_INDICES_MAX];
    (void)state;
    for (unsigned bits = 0; bits <= 24; bits++) {
        gn_transcript_init(&t);
        gn_transcript_indices(&t, LABEL_WHIR_QUERIES, wide, GN_INDICES_MAX, 24);
        gn_transcript_init(&t);
        gn_transcript_indices(&t, LABEL_WHIR_QUERIES, narrow, GN_INDICES_MAX, bits);
        for (size_t i = 0; i < GN_INDICES_MAX; i++) {
            assert_int_equal(narrow[i], wide[i] % ((uint32_t)1 << bits));
        }
    }
}

struct seen {
    char text[256];
    size_t used, bytes; /* bytes: seen in parts */
};

static void observe(void *ctx, enum gn_observe what, enum gn_label label, uint8_t *bytes, size_t n)
{
    struct seen *seen = ctx;
    bool squeezed = what == GN_OBSERVE_SQUEEZE;
    assert_int_equal(bytes == NULL, what == GN_OBSERVE_ABSORB);
    if (what == GN_OBSERVE_PART) {
        seen->bytes += n;
        return;
    }
    int used = snprintf(seen->text + seen->used, sizeof seen->text - seen->used, "%s%s(%zu) ", squeezed ? "?" : "",
                        gn_label_name(label), n);
    seen->used += (size_t)used;
    if (squeezed && n == 48) {
        memset(bytes, 0, n); /* a frozen challenge */
        bytes[0] = 5;
    }
}

static void observer_sees_and_replaces(void **state)
{
    struct seen seen = {{0}, 0, 0};
    struct gn_transcript t, plain;
    uint8_t a[8], b[8];
    fp6 x = fp6_one();
    (void)state;
    gn_transcript_init(&plain);
    gn_transcript_init(&t);
    t.observer = observe;
    t.observer_ctx = &seen;
    gn_transcript_absorb(&t, LABEL_KEY, "k", 1);
    gn_transcript_absorb_exts(&t, LABEL_OOD_VALUE, &x, 1);
    fp6 c = gn_transcript_challenge(&t, LABEL_RED_GAMMA);
    gn_transcript_squeeze(&t, LABEL_GRIND, a, sizeof a);
    assert_string_equal(seen.text, "KEY(1) OOD_VALUE(24) ?RED_GAMMA(48) ?GRIND(8) ");
    assert_int_equal(seen.bytes, 25);
    assert_true(fp6_eq(c, fp6_from_cell(5)));

    gn_transcript_absorb(&plain, LABEL_KEY, "k", 1);
    gn_transcript_absorb_exts(&plain, LABEL_OOD_VALUE, &x, 1);
    assert_false(fp6_eq(gn_transcript_challenge(&plain, LABEL_RED_GAMMA), c));
    gn_transcript_squeeze(&plain, LABEL_GRIND, b, sizeof b);
    assert_memory_equal(a, b, sizeof a); /* watching and replacing leave the state as it was */
}

/* The table of section 1: 37 labels, numbered 1 to 37. */
static void labels_are_numbered_without_gaps(void **state)
{
    unsigned count = 0;
    (void)state;
#define X(name, n) \
    count++;       \
    assert_string_equal(gn_label_name((enum gn_label)(n)), #name);
    GN_LABELS(X)
#undef X
    assert_int_equal(count, 37);
    for (unsigned i = 1; i <= 37; i++) {
        assert_string_not_equal(gn_label_name((enum gn_label)i), "unknown");
    }
    assert_string_equal(gn_label_name((enum gn_label)38), "unknown");
    assert_int_equal(LABEL_WHIR_BETA, 30);
    assert_int_equal(LABEL_ZC_CHALLENGE, 34);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_values),
        cmocka_unit_test(absorb_in_parts_is_one_absorb),
        cmocka_unit_test(different_sequences_differ),
        cmocka_unit_test(squeezes_differ_by_label_and_length),
        cmocka_unit_test(indices_use_the_low_bits),
        cmocka_unit_test(observer_sees_and_replaces),
        cmocka_unit_test(labels_are_numbered_without_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
