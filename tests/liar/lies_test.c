/* SPDX-License-Identifier: Apache-2.0 */
/* lies_test.c - proofs of what did not happen: for each claim (claims.c) the honest run is proven and says how the program really ends; then the prover lies.  The run that comes
 * out says what the liar wants, and must not be provable: the row checker objects, and the proof that is made all the same is rejected.  docs/forgeries.md lists them. */
#include "cm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "liar/claims.h"
#include "liar/stage.h"

enum { DOCUMENT_BYTES = 1 << 16 };
static char document[DOCUMENT_BYTES];

static void ends_so(const struct stage *s, const char *who, const struct svm_statement *said, const struct ending *e)
{
    if (said->success != e->success || said->fault != e->fault) {
        fail_msg("%s: %s ends with success %d, fault %u", s->name, who, said->success, said->fault);
    }
}

/* numbers only: the proof is gone */
static struct svm_statement prove_honestly(struct stage *s, const struct claim *c)
{
    struct gn_proof *proof;
    struct gn_error err;
    size_t n;
    liar = (struct liar){.lie = {.slot = LIE_NOWHERE}};
    if (stage_prove(&proof, s, true, &err) != GN_OK) {
        fail_msg("%s, honest: %s", c->name, err.text);
    }
    const uint8_t *file = gn_proof_file(proof, &n);
    struct svm_statement said = stage_statement(s, file, n);
    ends_so(s, "the honest run", &said, &c->honest);
    assert_int_equal(stage_verify(s, file, n), GN_ACCEPT);
    gn_proof_free(proof);
    return said;
}

/* The row checker objects, and says where; or there is not even a run to check. */
static void must_be_checked(const struct stage *s, const struct claim *c)
{
    struct gn_proof *proof;
    struct gn_error err;
    liar = (struct liar){.lie = c->lie};
    enum gn_status status = stage_prove(&proof, s, true, &err);
    if (status != GN_INTERNAL || strstr(err.text, c->objects) == NULL) {
        fail_msg("%s: %s", c->name, status == GN_OK ? "proven" : err.text);
    }
    gn_proof_free(proof);
}

static void must_be_rejected(struct stage *s, const struct claim *c, const struct svm_statement *honest)
{
    struct gn_proof *proof;
    struct gn_error err;
    size_t n;
    liar = (struct liar){.lie = c->lie};
    if (stage_prove(&proof, s, false, &err) != GN_OK) {
        fail_msg("%s: %s", c->name, err.text);
    }
    const uint8_t *file = gn_proof_file(proof, &n);
    struct svm_statement said = stage_statement(s, file, n);
    ends_so(s, "the lie", &said, &c->seems);
    bool other = said.success != honest->success || said.fault != honest->fault || said.units != honest->units ||
                 said.records_n != honest->records_n;
    enum gn_verdict verdict = stage_verify(s, file, n);
    if (!other || verdict != GN_REJECT_BUS_SUM) {
        fail_msg("%s: %s%s", c->name, gn_verdict_name(verdict), other ? "" : ", and claims nothing");
    }
    gn_proof_free(proof);
}

static void claim_in_mode(const struct claim *c, bool vasa)
{
    struct stage s;
    stage_open(&s, &(struct stage_program){.name = c->name,
                                           .version = c->version,
                                           .slots = c->slots,
                                           .slots_n = c->slots_n,
                                           .vasa = vasa,
                                           .budget = c->budget});
    struct svm_statement honest = prove_honestly(&s, c);
    must_be_checked(&s, c);
    if (!c->no_run) {
        must_be_rejected(&s, c, &honest);
    }
    stage_close(&s);
}

static void claim(void **state)
{
    static const char *const modes[] = {"", "off", "on", "off, on"};
    const struct claim *c = *state;
    char line[256];
    for (unsigned vasa = 0; vasa < 2; vasa++) {
        if ((c->modes & 1u << vasa) != 0) {
            claim_in_mode(c, vasa != 0);
        }
    }
    (void)snprintf(line, sizeof line, "| %s | %s | %s | %s |\n", c->name, modes[c->modes], c->objects,
                   c->no_run ? "no proof" : "REJECT_BUS_SUM");
    if (strstr(document, line) == NULL) {
        fail_msg("docs/forgeries.md does not have the line %s", line);
    }
}

int main(void)
{
    struct CMUnitTest *tests = calloc(claims_n, sizeof *tests);
    FILE *f = fopen(GN_FORGERIES, "rb");
    if (tests == NULL || f == NULL || fread(document, 1, sizeof document - 1, f) == 0) {
        return 1;
    }
    (void)fclose(f);
    for (unsigned i = 0; i < claims_n; i++) {
        tests[i] = (struct CMUnitTest){
            .name = claims[i].name, .test_func = claim, .initial_state = (void *)(uintptr_t)&claims[i]};
    }
    int failed = _cmocka_run_group_tests("lies", tests, claims_n, NULL, NULL);
    free(tests);
    return failed;
}
