/* SPDX-License-Identifier: Apache-2.0 */
/* Every byte of a proof file matters: flipped, cut off, inserted, set to a limit - the verifier rejects.  `zkvm_bytes 1` looks at every place. */
#include "cm.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "field/fp.h"
#include "zkvm/proof_file.h"
#include "zkvm/subject.h"

static size_t step = 101; /* odd, so that the places go through all residues */

static int open_all(void **state)
{
    static struct subject s;
    subject_open(&s, 20, 0, 3);
    assert_int_equal(subject_verify(&s, s.file, s.file_n), GN_ACCEPT);
    *state = &s;
    return 0;
}

static int close_all(void **state)
{
    subject_close(*state);
    return 0;
}

static uint8_t *copy_of(const struct subject *s)
{
    uint8_t *copy = malloc(s->file_n + 8);
    assert_non_null(copy);
    memcpy(copy, s->file, s->file_n);
    memset(copy + s->file_n, 0, 8);
    return copy;
}

static void must_reject(const struct subject *s, const uint8_t *file, size_t n, size_t place, const char *what)
{
    enum gn_verdict v = subject_verify(s, file, n);
    if (v == GN_ACCEPT || v == GN_REJECT_SCRATCH) {
        fail_msg("%s at %zu: %s", what, place, gn_verdict_name(v));
    }
}

/* Header, record and statement are looked at byte by byte whatever the step. */
static void every_byte_is_bound(void **state)
{
    const struct subject *s = *state;
    uint8_t *file = copy_of(s);
    size_t head = GN_FILE_AT_STATEMENT + (size_t)load_le64(s->file + GN_FILE_AT_LENGTH) + 512;
    for (size_t i = 0; i < s->file_n; i += i < head ? 1 : step) {
        uint8_t honest = file[i];
        for (unsigned bit = i < head ? 0 : (unsigned)(i % 8); bit < 8; bit += i < head ? 3 : 8) {
            file[i] = honest ^ (uint8_t)(1u << bit);
            must_reject(s, file, s->file_n, i, "bit flipped");
        }
        file[i] = honest;
    }
    assert_int_equal(subject_verify(s, file, s->file_n), GN_ACCEPT);
    free(file);
}

static void limits_in_words(void **state)
{
    static const uint32_t limits[] = {0, FP_P - 1, FP_P, UINT32_MAX};
    const struct subject *s = *state;
    uint8_t *file = copy_of(s);
    for (size_t i = 0; i + 4 <= s->file_n; i += i < 2048 ? 4 : 4 * step) {
        uint32_t honest = load_le32(file + i);
        for (unsigned l = 0; l < 4; l++) {
            if (limits[l] != honest) {
                store_le32(file + i, limits[l]);
                must_reject(s, file, s->file_n, i, "word at a limit");
            }
        }
        store_le32(file + i, honest);
    }
    free(file);
}

static void truncations_and_insertions(void **state)
{
    const struct subject *s = *state;
    uint8_t *file = copy_of(s);
    for (size_t n = 0; n < s->file_n; n += n < 1024 ? 1 : step) {
        enum gn_verdict v = subject_verify(s, file, n);
        if (v != (n < GN_FILE_AT_PRESET ? GN_REJECT_HEADER : GN_REJECT_TRUNCATED)) {
            fail_msg("%zu bytes: %s", n, gn_verdict_name(v));
        }
    }
    assert_int_equal(subject_verify(s, file, s->file_n + 1), GN_REJECT_TRAILING);
    assert_int_equal(subject_verify(s, file, s->file_n + 8), GN_REJECT_TRAILING);
    for (size_t at = 0; at < s->file_n; at += 8 * step) {
        memcpy(file, s->file, at);
        memset(file + at, 0, 8);
        memcpy(file + at + 8, s->file + at, s->file_n - at);
        must_reject(s, file, s->file_n + 8, at, "8 bytes inserted");
    }
    free(file);
}

/* Little scratch is an answer of its own, whatever the file. */
static void scratch_is_asked_for(void **state)
{
    struct subject *s = *state;
    size_t enough = s->scratch_n;
    struct gn_statement statement;
    for (size_t n = 0; n < 4096; n += 511) {
        enum gn_verdict v = gn_proof_verify(&statement, gn_program_id(s->program), s->file, s->file_n, s->scratch, n);
        assert_int_equal(v, GN_REJECT_SCRATCH);
    }
    s->scratch_n = enough;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_is_bound),
        cmocka_unit_test(limits_in_words),
        cmocka_unit_test(truncations_and_insertions),
        cmocka_unit_test(scratch_is_asked_for),
    };
    if (argc > 1) {
        step = strtoul(argv[1], NULL, 10) | 1;
    }
    return cmocka_run_group_tests(tests, open_all, close_all);
}
