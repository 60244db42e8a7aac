/* SPDX-License-Identifier: Apache-2.0 */
/* statement_test.c - an honest proof with another statement: whichever word of it is changed, the verifier rejects it.  The run reads Clock and Rent, logs, returns data and
 * changes an account, so that its statement has something of everything. */
#include "cm.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/solana/abi.h"
#include "liar/slots.h"
#include "liar/stage.h"

static const uint64_t slots[] = {STORE1(1, DATA, 'S'),
                                 HIGH(1, 3),
                                 SYSCALL_(GET_CLOCK),
                                 ADDI(1, 64),
                                 SYSCALL_(GET_RENT),
                                 HIGH(1, 3),
                                 MOVI(2, 8),
                                 SYSCALL_(LOG),
                                 SYSCALL_(LOG_COMPUTE_UNITS),
                                 SYSCALL_(SET_RETURN_DATA),
                                 MOVI(0, 0),
                                 EXIT};

struct proven {
    struct stage stage;
    uint8_t *file;
    size_t file_n, at, words; /* where the statement is */
    struct svm_statement said;
};

static void prove(struct proven *p, bool vasa)
{
    struct gn_proof *proof;
    struct gn_proof_parts parts;
    struct gn_error err;
    stage_open(
        &p->stage,
        &(struct stage_program){
            .name = "statement", .version = 3, .slots = slots, .slots_n = sizeof slots / sizeof *slots, .vasa = vasa});
    if (stage_prove(&proof, &p->stage, true, &err) != GN_OK) {
        fail_msg("%s", err.text);
    }
    const uint8_t *file = gn_proof_file(proof, &p->file_n);
    p->file = malloc(p->file_n);
    assert_non_null(p->file);
    memcpy(p->file, file, p->file_n);
    p->said = stage_statement(&p->stage, p->file, p->file_n);
    assert_int_equal(gn_proof_split(&parts, file, p->file_n), GN_ACCEPT);
    p->at = (size_t)(parts.statement - file);
    p->words = parts.statement_n / 8;
    gn_proof_free(proof);
    assert_int_equal(stage_verify(&p->stage, p->file, p->file_n), GN_ACCEPT);
}

static void finish(struct proven *p)
{
    assert_int_equal(stage_verify(&p->stage, p->file, p->file_n), GN_ACCEPT); /* everything is as it was */
    stage_close(&p->stage);
    free(p->file);
}

/* bits of a byte of the file that are turned over */
static enum gn_verdict verdict_with(struct proven *p, size_t byte, uint8_t bits)
{
    p->file[byte] ^= bits;
    enum gn_verdict v = stage_verify(&p->stage, p->file, p->file_n);
    p->file[byte] ^= bits;
    return v;
}

static void no_word_can_be_another(void **state)
{
    (void)state;
    for (unsigned vasa = 0; vasa < 2; vasa++) {
        struct proven p;
        prove(&p, vasa != 0);
        assert_true(p.words > sizeof(struct gn_sol_statement) / 8 && p.said.success && p.said.records_n == 4 &&
                    p.said.return_data.n == 8 && p.said.modified == 1);
        for (size_t i = 0; i < p.words; i++) {
            enum gn_verdict v = verdict_with(&p, p.at + 8 * i + i % 8, (uint8_t)(1u << i % 7));
            if (v != (i == 0 ? GN_REJECT_STATEMENT : GN_REJECT_BUS_SUM)) {
                fail_msg("word %zu: %s", i, gn_verdict_name(v));
            }
        }
        finish(&p);
    }
}

/* what a sysvar's record says of it */
static void another_sysvar(enum gn_sol_sysvar which)
{
    struct proven p;
    prove(&p, false);
    const uint8_t *content = NULL;
    for (size_t i = 0; i < p.said.records_n; i++) {
        const struct svm_record *r = &p.said.records[i];
        if (r->kind == GN_SOL_READ_SYSVAR && load_le64(r->payload.data) == which) {
            content = r->payload.data + 16;
        }
    }
    assert_non_null(content);
    const uint8_t first = which == GN_SOL_CLOCK ? 4 : 7; /* of stage.c */
    assert_int_equal(*content, first);
    assert_int_equal(verdict_with(&p, (size_t)(content - p.file), 0xff), GN_REJECT_BUS_SUM);
    finish(&p);
}

static void another_clock(void **state)
{
    (void)state;
    another_sysvar(GN_SOL_CLOCK);
}

static void another_rent(void **state)
{
    (void)state;
    another_sysvar(GN_SOL_RENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_word_can_be_another),
        cmocka_unit_test(another_clock),
        cmocka_unit_test(another_rent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
