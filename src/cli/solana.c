/* SPDX-License-Identifier: Apache-2.0 */
/* solana.c - see solana.h. */
#include "cli/solana.h"

#include <inttypes.h>

#include "svm/errors.h"

enum { ARENA = 64 << 20 };

int gn_cli_solana_open(struct cli_solana *s, const char *program, const char *input, const struct cli_choice *choice)
{
    struct gn_error err;
    *s = (struct cli_solana){.path = program};
    int status = gn_cli_subject_open(&s->subject, &(struct cli_subject_request){program, input, *choice, false, NULL});
    if (status != CLI_DONE) {
        return status;
    }
    if (gn_arena_init(&s->arena, ARENA, &err) != GN_OK ||
        gn_solana_start(&s->machine, s->subject.program->solana, s->subject.input.data, s->subject.input.size, &err) !=
            GN_OK) {
        return gn_cli_fail_with(&err, program);
    }
    return CLI_DONE;
}

int gn_cli_solana_go(struct cli_solana *s, uint64_t steps, vm_observer *observer, void *ctx)
{
    struct solana_machine *m = &s->machine;
    struct gn_error why = {.status = GN_INTERNAL}, err;
    uint8_t y[32];
    enum solana_end end = gn_solana_run(m, steps, observer, ctx, y, &why);
    if (end == SOLANA_LIMIT) {
        return CLI_DONE;
    }
    enum gn_status status = gn_solana_ended(end, &why, &err);
    if (status == GN_OK) {
        status = gn_svm_statement_read(&s->statement, &s->arena, m->statement.data, m->statement.size, &err);
    }
    s->ended = status == GN_OK;
    return status == GN_OK ? CLI_DONE : gn_cli_fail_with(&err, s->path);
}

void gn_cli_solana_close(struct cli_solana *s)
{
    gn_solana_stop(&s->machine);
    gn_arena_free(&s->arena);
    gn_cli_subject_close(&s->subject);
}

const char *gn_cli_solana_outcome(char out[static CLI_SAID], const struct svm_statement *s)
{
    if (s->success) {
        snprintf(out, CLI_SAID, "success");
    } else if (s->error == GN_SOL_ERROR_CUSTOM) {
        snprintf(out, CLI_SAID, "failed: custom error 0x%" PRIx32, s->custom);
    } else {
        snprintf(out, CLI_SAID, "failed: %s", gn_svm_error_name(s->error));
    }
    return out;
}
