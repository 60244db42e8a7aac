/* SPDX-License-Identifier: Apache-2.0 */
/* Poseidon2: the table agrees with the plain function, whatever the words before and whatever comes out; every column matters; lies by name.
 *
 * A twin of the permutation stands here, written with matrices: it can be run backwards, so that chosen words come out, and with a cube that is none. */
#include "cm.h"

#include <stdio.h>
#include <string.h>

#include "base/poseidon2.h"
#include "field/fp.h"
#include "machines_bulk/world.h"

enum { N = POSEIDON2_WIDTH, HALF = POSEIDON2_FULL / 2, ROUNDS = POSEIDON2_FULL + POSEIDON2_PARTIAL, P = POSEIDON2_P };
#define assert_objects(w, who) assert_string_equal(world_objections(w), who)

/* ---- the twin ---- */
typedef uint32_t matrix[N][N];

static uint32_t product(uint64_t x, uint64_t y)
{
    return (uint32_t)(x * y % P);
}

static uint32_t power(uint32_t x, uint32_t e)
{
    uint32_t y = 1;
    for (; e > 0; e /= 2, x = product(x, x)) {
        y = e % 2 != 0 ? product(y, x) : y;
    }
    return y;
}

static void apply(matrix m, uint32_t s[N])
{
    uint32_t y[N] = {0};
    for (unsigned i = 0; i < N; i++) {
        for (unsigned k = 0; k < N; k++) {
            y[i] = (uint32_t)(((uint64_t)product(m[i][k], s[k]) + y[i]) % P);
        }
    }
    memcpy(s, y, sizeof y);
}

static void outer(matrix m)
{
    static const uint32_t block[4] = {2, 3, 1, 1};
    for (unsigned i = 0; i < N; i++) {
        for (unsigned k = 0; k < N; k++) {
            m[i][k] = block[(k + 4 - i % 4) % 4] * (i / 4 == k / 4 ? 2 : 1);
        }
    }
}

static void inner(matrix m)
{
    for (unsigned i = 0; i < N; i++) {
        for (unsigned k = 0; k < N; k++) {
            m[i][k] = (1 + (i == k ? gn_poseidon2_diagonal[i] : 0)) % P;
        }
    }
}

static void add_row(uint32_t *to, const uint32_t *from, uint32_t factor)
{
    for (unsigned k = 0; k < N; k++) {
        to[k] = (uint32_t)((to[k] + (uint64_t)product(from[k], factor)) % P);
    }
}

static void scale_row(uint32_t *row, uint32_t factor)
{
    for (unsigned k = 0; k < N; k++) {
        row[k] = product(row[k], factor);
    }
}

/* by elimination; rows in order, as no pivot of these matrices is 0 */
static void invert(matrix m)
{
    matrix inverse = {{0}};
    for (unsigned i = 0; i < N; i++) {
        inverse[i][i] = 1;
    }
    for (unsigned i = 0; i < N; i++) {
        assert_int_not_equal(m[i][i], 0);
        uint32_t scale = power(m[i][i], P - 2);
        scale_row(m[i], scale);
        scale_row(inverse[i], scale);
        for (unsigned k = 0; k < N; k++) {
            uint32_t factor = k == i ? 0 : (P - m[k][i]) % P;
            add_row(m[k], m[i], factor);
            add_row(inverse[k], inverse[i], factor);
        }
    }
    memcpy(m, inverse, sizeof inverse);
}

/* Constants of round r, and how many elements it cubes; rounds 4 ... 26 are the partial ones. */
static unsigned cubed(unsigned r, uint32_t c[N])
{
    if (r >= HALF && r < HALF + POSEIDON2_PARTIAL) {
        c[0] = gn_poseidon2_partial[r - HALF];
        return 1;
    }
    memcpy(c, gn_poseidon2_full[r < HALF ? r : r - POSEIDON2_PARTIAL], N * sizeof *c);
    return N;
}

static void back(uint32_t s[N])
{
    const uint32_t root = 1420470955; /* 3 times it is 1 mod p - 1 */
    assert_true(UINT64_C(3) * root % (P - 1) == 1);
    uint32_t c[N];
    matrix full, partial;
    outer(full);
    inner(partial);
    invert(full);
    invert(partial);
    for (unsigned r = ROUNDS; r-- > 0;) {
        unsigned n = cubed(r, c);
        apply(n == N ? full : partial, s);
        for (unsigned i = 0; i < n; i++) {
            s[i] = (uint32_t)(((uint64_t)power(s[i], root) + P - c[i]) % P);
        }
    }
    apply(full, s);
}

/* Where a cube is not what it should be: element i of round r is `by` more.  r = ROUNDS: nowhere. */
struct bend {
    unsigned r, i;
    uint32_t by;
};

/* Forwards; cubes as the table has them (not NULL): those of full rounds, then of partial ones. */
static void forth(uint32_t s[N], struct bend bend, uint32_t *full_cubes, uint32_t *partial_cubes)
{
    uint32_t c[N];
    matrix full, partial;
    outer(full);
    inner(partial);
    apply(full, s);
    for (unsigned r = 0; r < ROUNDS; r++) {
        unsigned n = cubed(r, c);
        for (unsigned i = 0; i < n; i++) {
            uint64_t bent = bend.r == r && bend.i == i ? bend.by : 0;
            s[i] = (uint32_t)((power((uint32_t)(((uint64_t)s[i] + c[i]) % P), 3) + bent) % P);
            if (n == N && r < ROUNDS - 1) {
                *full_cubes++ = s[i];
            } else if (n == 1) {
                *partial_cubes++ = s[i];
            }
        }
        apply(n == N ? full : partial, s);
    }
}

static void the_twin(void **state)
{
    (void)state;
    uint32_t s[N], there[N], cubes[N * POSEIDON2_FULL], partial[POSEIDON2_PARTIAL];
    for (unsigned k = 0; k < 20; k++) {
        for (unsigned i = 0; i < N; i++) {
            s[i] = k == 0 ? 0 : k == 1 ? P - 1 : product(0x12345678 + 77 * k, 1000003 * (i + 1));
        }
        memcpy(there, s, sizeof s);
        gn_poseidon2(there);
        uint32_t again[N];
        memcpy(again, there, sizeof again);
        back(again);
        assert_memory_equal(again, s, sizeof s);
        forth(again, (struct bend){.r = ROUNDS}, cubes, partial);
        assert_memory_equal(again, there, sizeof s);
    }
}

/* ---- honest runs ---- */
static void set_elements(struct world *w, uint64_t address, const uint32_t s[N])
{
    for (unsigned i = 0; i < N / 2; i++) {
        world_set(w, address + 8 * i, s[2 * i] | (uint64_t)s[2 * i + 1] << 32);
    }
}

static uint32_t element(const struct world *w, uint64_t address, unsigned i)
{
    uint32_t x;
    memcpy(&x, w->model + (address - w->base) + 4 * (size_t)i, 4);
    return x;
}

static void several_states(void **state)
{
    (void)state;
    static struct world w;
    world_open(&w, 64); /* words of 64 random bits: half of the elements are not below p */
    world_poseidon2(&w, w.base);
    world_poseidon2(&w, w.base + 8 * 24); /* beyond 64 KiB */
    world_poseidon2(&w, w.base + 8 * 31);
    world_poseidon2(&w, w.base + 8 * 32);
    world_poseidon2(&w, w.base + 8 * 52);
    world_keccak(&w, w.base + 8 * 20);
    world_poseidon2(&w, w.base);
    world_poseidon2(&w, w.base);
    world_finish(&w);
    assert_int_equal(world_failures(&w, true), 0);
    world_close(&w);
}

/* What is not below p counts mod p: the same comes out. */
static void words_count_mod_p(void **state)
{
    (void)state;
    static struct world w;
    uint32_t s[N], t[N];
    for (unsigned i = 0; i < N; i++) {
        s[i] = i < 4 ? i : product(i, 123456789);
        t[i] = s[i] + (i % 3 == 0 ? 0 : P); /* p, p + 1, ... among them */
    }
    s[9] = 1;
    t[9] = 2 * (uint32_t)P + 1;
    world_open(&w, 40);
    set_elements(&w, w.base, s);
    set_elements(&w, w.base + 96, t);
    world_poseidon2(&w, w.base);
    world_poseidon2(&w, w.base + 96);
    for (unsigned i = 0; i < N; i++) {
        assert_int_equal(element(&w, w.base, i), element(&w, w.base + 96, i));
    }
    world_finish(&w);
    assert_int_equal(world_failures(&w, true), 0);
    world_close(&w);
}

static const uint32_t at_the_edge[N] = {P - 1,      0,          1,          0xffff,     0x10000,    0x10001,
                                        P - 2,      0x7eff0000, 0x7effffff, 0x7efe0001, 0x40000000, 0x3fffffff,
                                        P - 1,      P - 1,      P - 2,      0,          0,          1,
                                        0x7ef00000, 0x80000,    0x7ef0ffff, 0x3f800001, 2,          P - 0x10000};

/* The words that come out are the least and the largest, and those around a multiple of 2^16. */
static void open_edge(struct world *w)
{
    uint32_t s[N];
    memcpy(s, at_the_edge, sizeof s);
    back(s);
    world_open(w, 40);
    set_elements(w, w->base + 8 * 10, s);
    world_poseidon2(w, w->base + 8 * 10);
    for (unsigned i = 0; i < N; i++) {
        assert_int_equal(element(w, w->base + 8 * 10, i), at_the_edge[i]);
    }
    world_finish(w);
}

static void words_at_the_edge(void **state)
{
    (void)state;
    static struct world w;
    open_edge(&w);
    assert_int_equal(world_failures(&w, true), 0);
    world_close(&w);
}

static void every_column_matters(void **state)
{
    (void)state;
    static const uint32_t row[] = {0};
    static struct world w;
    world_open(&w, 40);
    world_poseidon2(&w, w.base + 8 * 26);
    world_finish(&w);
    assert_int_equal(world_failures(&w, true), 0);
    assert_int_equal(world_mutate(&w, "poseidon2", "poseidon2", row, 1), 0);
    world_close(&w);
    open_edge(&w);
    assert_int_equal(world_mutate(&w, "poseidon2", "poseidon2(edge)", row, 1), 0);
    world_close(&w);
}

/* ---- lies ---- */
static uint32_t *numbered(struct world *w, const char *column, unsigned i)
{
    char name[32];
    snprintf(name, sizeof name, "%s[%u]", column, i);
    return world_cell(w, "poseidon2", name, 0);
}

/* The last token of the state's k-th word in the world is the table's. */
static void forge_memory(struct world *w, unsigned first_word, unsigned k)
{
    for (unsigned l = 0; l < 4; l++) {
        char name[16];
        snprintf(name, sizeof name, "x[%u]", 4 + l);
        *world_cell(w, "world_mem", name, 2 * (first_word + k) + 1) = *numbered(w, "w", 4 * k + l);
    }
}

static void forge_element(struct world *w, unsigned first_word, unsigned i, uint32_t value)
{
    *numbered(w, "w", 2 * i) = value & 0xffff;
    *numbered(w, "w", 2 * i + 1) = value >> 16;
    forge_memory(w, first_word, i / 2);
}

/* An element that comes out is another one, equal to it mod p: x + p for every x of the edge; x + 2 p, where that is a u32; limbs that are none. */
static void a_word_that_is_not_below_p(void **state)
{
    (void)state;
    static struct world w;
    open_edge(&w);
    for (unsigned i = 0; i < N; i++) {
        const uint32_t x = at_the_edge[i];
        for (uint64_t value = (uint64_t)x + P; value >> 32 == 0; value += P) {
            forge_element(&w, 10, i, (uint32_t)value);
            *numbered(&w, "low", i) = (value & 0xffff) != 0;
            assert_objects(&w, "range16 ");
            *numbered(&w, "low", i) ^= 1;
            assert_objects(&w, value % 65536 == 0       ? "range16 "
                               : value >> 16 == P >> 16 ? "constraint " /* its high limb alone would do */
                                                        : "constraint range16 ");
        }
        forge_element(&w, 10, i, x);
        *numbered(&w, "low", i) = (x & 0xffff) != 0;
        assert_objects(&w, "");
    }
    /* 2^16 of the low limb instead of 1 of the high one */
    *numbered(&w, "w", 2 * 4) += 0x10000;
    *numbered(&w, "w", 2 * 4 + 1) -= 1;
    *numbered(&w, "low", 4) = 1;
    forge_memory(&w, 10, 2);
    assert_objects(&w, "range16 ");
    world_close(&w);
}

/* For p - 1 the bit may not be 1, for other multiples of 2^16 it may: nothing follows from it. */
static void the_bit_of_a_low_limb(void **state)
{
    (void)state;
    static struct world w;
    open_edge(&w);
    for (unsigned i = 0; i < N; i++) {
        const bool zero = (at_the_edge[i] & 0xffff) == 0;
        *numbered(&w, "low", i) ^= 1;
        assert_objects(&w, !zero ? "constraint " : at_the_edge[i] == P - 1 ? "range16 " : "");
        *numbered(&w, "low", i) ^= 1;
    }
    world_close(&w);
}

/* A cube is not one, and all that follows from it follows: for each cube of the permutation. */
static void a_cube_that_is_none(void **state)
{
    (void)state;
    static struct world w;
    static struct air_failure failures[64];
    world_open(&w, 20);
    uint32_t before[N], c[N], full[N * POSEIDON2_FULL], partial[POSEIDON2_PARTIAL];
    memcpy(before, w.model, sizeof before);
    for (unsigned i = 0; i < N; i++) {
        before[i] %= P;
    }
    world_poseidon2(&w, w.base);
    world_finish(&w);
    assert_objects(&w, "");
    for (unsigned r = 0; r < ROUNDS; r++) {
        for (unsigned i = 0, n = cubed(r, c); i < n; i++) {
            uint32_t s[N];
            memcpy(s, before, sizeof s);
            forth(s, (struct bend){r, i, 1 + (uint32_t)(world_draw(&w) % (P - 1))}, full, partial);
            for (unsigned k = 0; k < N * (POSEIDON2_FULL - 1); k++) {
                *numbered(&w, "full", k) = full[k];
            }
            for (unsigned k = 0; k < POSEIDON2_PARTIAL; k++) {
                *numbered(&w, "partial", k) = partial[k];
            }
            for (unsigned k = 0; k < N; k++) {
                forge_element(&w, 0, k, s[k]);
                *numbered(&w, "low", k) = (s[k] & 0xffff) != 0;
            }
            size_t found = air_check(&w.witness, failures, 64, &w.arena), constraints = 0;
            for (size_t k = 0; k < found && k < 64; k++) {
                constraints += failures[k].kind == AIR_FAIL_CONSTRAINT;
            }
            /* a cube of the last round is in every word of its place in a block of four, and twice the rest of its own block */
            assert_int_equal(constraints, r < ROUNDS - 1 ? 1 : N);
            assert_objects(&w, "constraint ");
        }
    }
    world_close(&w);
}

/* The permutation of other words than memory has; of one place, written to another. */
static void words_of_another_place(void **state)
{
    (void)state;
    static struct world w;
    world_open(&w, 40);
    world_poseidon2(&w, w.base);
    world_finish(&w);
    assert_objects(&w, "");
    *world_cell(&w, "poseidon2", "q", 0) += 13;
    assert_objects(&w, "reg mem ");
    *world_cell(&w, "poseidon2", "q", 0) -= 13;
    *numbered(&w, "carry", 4) = 1; /* word 5 */
    assert_objects(&w, "mem ");
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_twin),
        cmocka_unit_test(several_states),
        cmocka_unit_test(words_count_mod_p),
        cmocka_unit_test(words_at_the_edge),
        cmocka_unit_test(every_column_matters),
        cmocka_unit_test(a_word_that_is_not_below_p),
        cmocka_unit_test(the_bit_of_a_low_limb),
        cmocka_unit_test(a_cube_that_is_none),
        cmocka_unit_test(words_of_another_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
