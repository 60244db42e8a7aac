/* SPDX-License-Identifier: Apache-2.0 */
/* The library as a caller meets it: results that agree with each other, and every way in which a call can fail. */
#include "cm.h"

#include <stdlib.h>
#include <string.h>

#include "zkvm/proof_file.h"
#include "zkvm/subject.h"

static void must_fail(enum gn_status status, enum gn_status expected, const struct gn_error *err, const char *says)
{
    if (status != expected || strstr(err->text, says) == NULL) {
        fail_msg("%s (%s) instead of %s (%s)", gn_status_name(status), err->text, gn_status_name(expected), says);
    }
}

/* A run without a proof says what the proof says. */
static void run_and_proof_agree(void **state)
{
    (void)state;
    struct subject s;
    struct gn_run *run;
    struct gn_error err;
    struct gn_proof_parts parts;
    subject_open(&s, 10, 0, 99);
    assert_int_equal(gn_program_run(&run, s.program, NULL, 0, NULL, &err), GN_OK);
    size_t n;
    const uint8_t *bytes = gn_run_statement(run, &n);
    assert_int_equal(gn_proof_split(&parts, s.file, s.file_n), GN_ACCEPT);
    assert_int_equal(n, parts.statement_n);
    assert_memory_equal(bytes, parts.statement, n);
    assert_memory_equal(parts.record, gn_program_record(s.program), GN_RECORD_BYTES);
    assert_true(gn_run_steps(run) > 20);
    assert_int_equal(gn_run_unaligned(run), 0);
    (void)gn_run_diagnostics(run, &n);
    assert_int_equal(n, 0);
    gn_run_free(run);
    subject_close(&s);
}

/* Neither threads nor a kept prover change a byte. */
static void proofs_are_deterministic(void **state)
{
    (void)state;
    struct subject s;
    struct gn_error err;
    subject_open(&s, 300, 0, 1);
    struct gn_prover *prover = gn_prover_new();
    assert_non_null(prover);
    for (unsigned threads = 1; threads <= 3; threads++) {
        struct gn_proof *proof;
        const struct gn_options options = {.threads = threads, .prover = prover};
        assert_int_equal(gn_program_prove(&proof, s.program, NULL, 0, &options, &err), GN_OK);
        size_t n;
        const uint8_t *file = gn_proof_file(proof, &n);
        assert_int_equal(n, s.file_n);
        assert_memory_equal(file, s.file, n);
        gn_proof_free(proof);
    }
    gn_prover_free(prover);
    subject_close(&s);
}

static void programs_that_are_none(void **state)
{
    (void)state;
    struct gn_program *p = (struct gn_program *)state;
    struct gn_error err;
    must_fail(gn_program_load(&p, "x", 1, &err), GN_BAD_INPUT, &err, "");
    assert_null(p);
    must_fail(gn_program_load(&p, NULL, 0, &err), GN_BAD_INPUT, &err, "");
    assert_int_equal(gn_program_load(&p, "x", 1, NULL), GN_BAD_INPUT);
    struct gn_buffer elf = subject_elf(1, 0, 0);
    elf.data[18] = 62; /* x86-64 */
    must_fail(gn_program_load(&p, elf.data, elf.size, &err), GN_BAD_INPUT, &err, "machine 62");
    gn_buffer_free(&elf);
    gn_program_free(NULL);
    gn_run_free(NULL);
    gn_proof_free(NULL);
}

static void keys_are_needed_and_checked(void **state)
{
    (void)state;
    struct subject s;
    struct gn_program *p;
    struct gn_proof *proof;
    struct gn_error err;
    uint8_t record[GN_RECORD_BYTES];
    subject_open(&s, 10, 0, 0);
    assert_int_equal(gn_program_load(&p, s.elf.data, s.elf.size, &err), GN_OK);
    assert_null(gn_program_record(p));
    assert_null(gn_program_id(p));
    must_fail(gn_program_prove(&proof, p, NULL, 0, &(struct gn_options){.preset = 77}, &err), GN_BAD_INPUT, &err,
              "preset");
    assert_null(proof);
    must_fail(gn_program_setup(p, &(struct gn_options){.preset = 77}, &err), GN_BAD_INPUT, &err, "preset");
    assert_null(gn_program_record(p));

    memcpy(record, gn_program_record(s.program), sizeof record);
    static const size_t foreign[] = {4,       8,        76,       80, 112,
                                     112 + 4, 112 + 24, 112 + 32, 255}; /* preset, AIR digest, pages, owner */
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        record[foreign[i]] ^= 0x20;
        must_fail(gn_program_set_record(p, record, &err), GN_BAD_INPUT, &err, "the key record is not of this program");
        record[foreign[i]] ^= 0x20;
        assert_null(gn_program_record(p));
    }
    record[40] ^= 1; /* the root: only proving finds it */
    assert_int_equal(gn_program_set_record(p, record, &err), GN_OK);
    must_fail(gn_program_prove(&proof, p, NULL, 0, NULL, &err), GN_BAD_INPUT, &err, "not those of the key");
    record[40] ^= 1;
    assert_int_equal(gn_program_set_record(p, record, &err), GN_OK);
    assert_memory_equal(gn_program_id(p), gn_program_id(s.program), GN_ID_BYTES);
    assert_int_equal(gn_program_prove(&proof, p, NULL, 0, NULL, &err), GN_OK);
    gn_proof_free(proof);
    gn_program_free(p);
    subject_close(&s);
}

/* A program without a key gets one from its first proof, whatever the number of threads; a later setup may give it another. */
static void first_proof_makes_the_key(void **state)
{
    (void)state;
    struct subject s;
    subject_open(&s, 10, 0, 0);
    for (unsigned threads = 1; threads <= 3; threads++) {
        struct gn_program *p;
        struct gn_proof *proof;
        struct gn_error err;
        struct gn_options options = {.threads = threads};
        assert_int_equal(gn_program_load(&p, s.elf.data, s.elf.size, &err), GN_OK);
        for (unsigned again = 0; again < 2; again++) {
            size_t n, honest_n;
            assert_int_equal(gn_program_prove(&proof, p, NULL, 0, &options, &err), GN_OK);
            const uint8_t *file = gn_proof_file(proof, &n), *honest = gn_proof_file(s.proof, &honest_n);
            assert_memory_equal(gn_program_record(p), gn_program_record(s.program), GN_RECORD_BYTES);
            assert_int_equal(n, honest_n);
            assert_memory_equal(file, honest, n);
            gn_proof_free(proof);
        }
        options.preset = GN_PRESET_COMPACT_128;
        assert_int_equal(gn_program_setup(p, &options, &err), GN_OK);
        assert_memory_not_equal(gn_program_id(p), gn_program_id(s.program), GN_ID_BYTES);
        assert_int_equal(gn_program_prove(&proof, p, NULL, 0, &options, &err), GN_OK);
        gn_proof_free(proof);
        gn_program_free(p);
    }
    subject_close(&s);
}

static void limits_are_named(void **state)
{
    (void)state;
    struct subject s;
    struct gn_proof *proof;
    struct gn_run *run;
    struct gn_error err;
    subject_open(&s, 10, 0, 0);
    struct gn_options options = {.max_memory = 1 << 20};
    must_fail(gn_program_prove(&proof, s.program, NULL, 0, &options, &err), GN_LIMIT, &err,
              "MiB of memory, --max-memory allows 1 MiB");
    options = (struct gn_options){.max_steps = 5};
    must_fail(gn_program_run(&run, s.program, NULL, 0, &options, &err), GN_LIMIT, &err,
              "did not end within 5 instructions");
    assert_null(run);
    subject_close(&s);

    struct assembler a = {0};
    struct gn_program *p;
    emit(&a, RV_JAL, 0, 0, 0, 0);
    struct gn_buffer elf = assembler_elf(&a);
    assert_int_equal(gn_program_load(&p, elf.data, elf.size, &err), GN_OK);
    assert_int_equal(gn_program_setup(p, NULL, &err), GN_OK);
    must_fail(gn_program_prove(&proof, p, NULL, 0, NULL, &err), GN_LIMIT, &err,
              "run too long: more than 2^22 instructions");
    gn_program_free(p);
    gn_buffer_free(&elf);
    assembler_free(&a);
}

static int cancel(void *ctx, const struct gn_progress *p)
{
    unsigned *left = ctx;
    assert_true(p->permille <= 1000 && p->step != NULL);
    if (*left == 0) {
        return 1;
    }
    --*left;
    return 0;
}

/* Cancelled at its first, second ... report, until one proof comes through. */
static void every_step_can_be_cancelled(void **state)
{
    (void)state;
    struct subject s;
    struct gn_proof *proof = NULL;
    struct gn_run *run;
    struct gn_error err;
    subject_open(&s, 10, 0, 0);
    unsigned n = 0, left = 0;
    for (; proof == NULL && n < 100; n++) {
        left = n;
        const struct gn_options options = {.progress = cancel, .progress_ctx = &left, .check = true};
        enum gn_status status = gn_program_prove(&proof, s.program, NULL, 0, &options, &err);
        if (status != GN_OK) {
            must_fail(status, GN_CANCELLED, &err, "cancelled");
        }
    }
    assert_true(n > 6);
    gn_proof_free(proof);
    left = 0;
    const struct gn_options options = {.progress = cancel, .progress_ctx = &left};
    must_fail(gn_program_run(&run, s.program, NULL, 0, &options, &err), GN_CANCELLED, &err, "cancelled");
    subject_close(&s);
}

/* A key of another release or kernel is no key, though its id be the one that the caller trusts. */
static void keys_of_other_releases_are_refused(void **state)
{
    (void)state;
    struct subject s;
    struct gn_statement statement;
    const size_t owner = GN_FILE_AT_RECORD + GN_RECORD_BYTES - 144; /* docs/proof_file.md section 2 */
    const size_t changed[] = {owner + 24, owner + 4, owner + 8};    /* entry, release, kernel version */
    subject_open(&s, 10, 0, 0);
    uint8_t *file = malloc(s.file_n), id[GN_ID_BYTES];
    assert_non_null(file);
    for (unsigned i = 0; i < 3; i++) {
        memcpy(file, s.file, s.file_n);
        file[changed[i]] ^= 1;
        gn_key_hash(id, file + GN_FILE_AT_RECORD);
        enum gn_verdict verdict = gn_proof_verify(&statement, id, file, s.file_n, s.scratch, s.scratch_n);
        assert_true(verdict != GN_ACCEPT && (verdict == GN_REJECT_KEY) == (i > 0));
    }
    free(file);
    subject_close(&s);
}

/* A proof is of one program and one key. */
static void another_program_is_another_key(void **state)
{
    (void)state;
    struct subject a, b;
    struct gn_statement statement;
    subject_open(&a, 10, 0, 0);
    subject_open(&b, 11, 0, 0);
    assert_memory_not_equal(gn_program_id(a.program), gn_program_id(b.program), GN_ID_BYTES);
    assert_int_equal(subject_verify(&a, a.file, a.file_n), GN_ACCEPT);
    assert_int_equal(subject_verify(&a, b.file, b.file_n), GN_REJECT_KEY);
    assert_int_equal(gn_proof_verify(&statement, gn_program_id(a.program), a.file, a.file_n, a.scratch, a.scratch_n),
                     GN_ACCEPT);
    assert_int_equal(statement.outcome, GN_OUTCOME_EXITED);
    subject_close(&a);
    subject_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_and_proof_agree),
        cmocka_unit_test(proofs_are_deterministic),
        cmocka_unit_test(programs_that_are_none),
        cmocka_unit_test(keys_are_needed_and_checked),
        cmocka_unit_test(first_proof_makes_the_key),
        cmocka_unit_test(limits_are_named),
        cmocka_unit_test(every_step_can_be_cancelled),
        cmocka_unit_test(another_program_is_another_key),
        cmocka_unit_test(keys_of_other_releases_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
