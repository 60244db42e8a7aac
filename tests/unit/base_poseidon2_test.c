/* SPDX-License-Identifier: Apache-2.0 */
/* Poseidon2: a published vector, words that are not below p, constants. */
#include "cm.h"

#include <string.h>

#include "base/poseidon2.h"

/* Plonky3, koala-bear/src/poseidon2.rs, test_default_koalabear_poseidon2_width_24 (the same words in poseidon2/generate_constants.py): the permutation that
 * default_koalabear_poseidon2_24() makes of them. */
static const uint32_t input[POSEIDON2_WIDTH] = {886409618,  1327899896, 1902407911, 591953491, 648428576,  1844789031,
                                                1198336108, 355597330,  1799586834, 59617783,  790334801,  1968791836,
                                                559272107,  31054313,   1042221543, 474748436, 135686258,  263665994,
                                                1962340735, 1741539604, 2026927696, 449439011, 1131357108, 50869465};
static const uint32_t expected[POSEIDON2_WIDTH] = {
    382801106, 82839311,   1503190615, 1987418517, 854076995,  1862291425, 262755189, 1050814217,
    722724562, 741265943,  1026879332, 754316749,  1966025564, 1518878196, 502200188, 1368172258,
    845459257, 1711434837, 724453836,  171032289,  655223446,  1098636135, 407832555, 1707498914};

static void published_vector(void **state)
{
    (void)state;
    uint32_t s[POSEIDON2_WIDTH];
    memcpy(s, input, sizeof s);
    gn_poseidon2(s);
    assert_memory_equal(s, expected, sizeof s);
}

static void words_count_mod_p(void **state)
{
    (void)state;
    uint32_t s[POSEIDON2_WIDTH];
    for (unsigned i = 0; i < POSEIDON2_WIDTH; i++) {
        s[i] = input[i] + POSEIDON2_P; /* below 2^32 */
    }
    gn_poseidon2(s);
    assert_memory_equal(s, expected, sizeof s);
    uint32_t zero[POSEIDON2_WIDTH] = {0}, twice[POSEIDON2_WIDTH];
    for (unsigned i = 0; i < POSEIDON2_WIDTH; i++) {
        twice[i] = 2 * POSEIDON2_P;
    }
    gn_poseidon2(zero);
    gn_poseidon2(twice);
    assert_memory_equal(zero, twice, sizeof zero);
    for (unsigned i = 0; i < POSEIDON2_WIDTH; i++) {
        assert_true(zero[i] < POSEIDON2_P);
    }
}

/* First and last of each kind, as the same file of Plonky3 has them. */
static void constants(void **state)
{
    (void)state;
    assert_int_equal(gn_poseidon2_full[0][0], 0x1d0939dc);
    assert_int_equal(gn_poseidon2_full[3][23], 0x2933bdde);
    assert_int_equal(gn_poseidon2_partial[0], 0x1395d4ca);
    assert_int_equal(gn_poseidon2_partial[22], 0x3de4e739);
    assert_int_equal(gn_poseidon2_full[4][0], 0x7d232359);
    assert_int_equal(gn_poseidon2_full[7][23], 0x289b4e1e);
    for (unsigned i = 0; i < POSEIDON2_WIDTH; i++) {
        assert_true(gn_poseidon2_diagonal[i] < POSEIDON2_P);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vector),
        cmocka_unit_test(words_count_mod_p),
        cmocka_unit_test(constants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
