/* SPDX-License-Identifier: Apache-2.0 */
/* outcome.c - outcomes as JSON under the keys of the recorded cases, and their comparison. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "svm/base64.h"
#include "svm/case.h"
#include "svm/errors.h"

/* ---- making ---- */
json_t *gn_svm_json_text(const char *format, ...)
{
    char s[256];
    va_list list;
    va_start(list, format);
    vsnprintf(s, sizeof s, format, list);
    va_end(list);
    return json_string(s);
}

json_t *gn_svm_json_key(const struct svm_key *key)
{
    char s[SVM_KEY_TEXT];
    return json_string(gn_svm_key_text(s, key));
}

json_t *gn_svm_json_base64(struct svm_bytes b)
{
    char *s = malloc(gn_base64_encoded(b.n) + 1);
    json_t *value = s != NULL ? json_string(gn_base64_encode(s, b.data, b.n)) : NULL;
    free(s);
    return value;
}

/* The recorder's numbers leave out the errors that carry something. */
static unsigned recorder_code(enum gn_sol_error e)
{
    return e == GN_SOL_ERROR_BORSH_IO_ERROR
               ? GN_SOL_ERRORS_N - 2u
               : (unsigned)e - (e > GN_SOL_ERROR_CUSTOM) - (e > GN_SOL_ERROR_BORSH_IO_ERROR);
}

static json_t *error_json(const struct svm_outcome *out)
{
    json_t *err = json_object();
    int failed = 0;
    if (out->rent_failure) {
        failed |= json_object_set_new(err, "kind", json_string("InsufficientFundsForRent"));
        failed |= json_object_set_new(err, "account_index", json_integer((json_int_t)out->index));
    } else {
        failed |= json_object_set_new(err, "kind", json_string("InstructionError"));
        failed |= json_object_set_new(err, "index", json_integer((json_int_t)out->index));
        failed |= json_object_set_new(err, "ix_error", json_string(gn_svm_error_name(out->error)));
        if (out->error == GN_SOL_ERROR_CUSTOM) {
            failed |= json_object_set_new(err, "custom", json_integer(out->custom));
        } else {
            failed |= json_object_set_new(err, "ix_error_code", json_integer(recorder_code(out->error)));
        }
    }
    if (failed) {
        json_decref(err);
        return NULL;
    }
    return err;
}

static json_t *error_text(const struct svm_outcome *out)
{
    if (out->rent_failure) {
        return gn_svm_json_text("InsufficientFundsForRent { account_index: %zu }", out->index);
    }
    if (out->error == GN_SOL_ERROR_CUSTOM) {
        return gn_svm_json_text("InstructionError(%zu, Custom(%" PRIu32 "))", out->index, out->custom);
    }
    return gn_svm_json_text("InstructionError(%zu, %s)", out->index, gn_svm_error_name(out->error));
}

static json_t *result_json(const struct svm_outcome *out)
{
    json_t *result = json_object();
    int failed = json_object_set_new(result, "ok", json_boolean(out->ok));
    failed |= json_object_set_new(result, "err", out->ok ? json_null() : error_json(out));
    failed |= json_object_set_new(result, "err_str", out->ok ? json_null() : error_text(out));
    if (failed) {
        json_decref(result);
        return NULL;
    }
    return result;
}

static json_t *logs_json(const struct svm_log *log)
{
    json_t *lines = json_array();
    for (size_t i = 0; i < gn_svm_log_lines(log); i++) {
        struct svm_bytes line = gn_svm_log_line(log, i);
        if (json_array_append_new(lines, json_stringn((const char *)line.data, line.n)) != 0) {
            json_decref(lines);
            return NULL;
        }
    }
    return lines;
}

static json_t *return_json(const struct svm_outcome *out)
{
    if (!out->has_return) {
        return json_null();
    }
    json_t *value = json_object();
    if (json_object_set_new(value, "program_id", gn_svm_json_key(&out->return_program)) != 0 ||
        json_object_set_new(value, "data_b64", gn_svm_json_base64(out->return_data)) != 0) {
        json_decref(value);
        return NULL;
    }
    return value;
}

static json_t *account_json(const struct svm_case_account *account)
{
    const struct svm_account *a = &account->a;
    json_t *value = json_object();
    int failed = json_object_set_new(value, "pubkey", gn_svm_json_key(&a->key));
    if (account->missing) {
        failed |= json_object_set_new(value, "missing", json_true());
    } else {
        failed |= json_object_set_new(value, "lamports", gn_svm_json_text("%" PRIu64, a->lamports));
        failed |= json_object_set_new(value, "data_b64", gn_svm_json_base64(a->data));
        failed |= json_object_set_new(value, "owner", gn_svm_json_key(&a->owner));
        failed |= json_object_set_new(value, "executable", json_boolean(a->executable));
        failed |= json_object_set_new(value, "rent_epoch", gn_svm_json_text("%" PRIu64, a->rent_epoch));
    }
    if (failed) {
        json_decref(value);
        return NULL;
    }
    return value;
}

static bool account_changed(const struct svm_case_account *a, const struct svm_case_account *b)
{
    return a->missing != b->missing || a->a.lamports != b->a.lamports || !gn_svm_key_equal(&a->a.owner, &b->a.owner) ||
           a->a.data.n != b->a.data.n || (a->a.data.n > 0 && memcmp(a->a.data.data, b->a.data.data, a->a.data.n) != 0);
}

static json_t *changed_json(const struct svm_case *c, const struct svm_outcome *out)
{
    json_t *list = json_array();
    for (size_t i = 0; i < c->accounts_n; i++) {
        if (account_changed(&c->accounts[i], &out->after[i]) &&
            json_array_append_new(list, account_json(&out->after[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *outcome_json(const struct svm_outcome *out)
{
    json_t *o = json_object();
    int failed = json_object_set_new(o, "result", result_json(out));
    failed |= json_object_set_new(o, "logs", logs_json(&out->log));
    failed |= json_object_set_new(o, "compute_units_consumed", gn_svm_json_text("%" PRIu64, out->units));
    failed |= json_object_set_new(o, "return_data", return_json(out));
    if (failed) {
        json_decref(o);
        return NULL;
    }
    return o;
}

json_t *gn_svm_outcome_json(const struct svm_case *c, const struct svm_outcome *out)
{
    json_t *o = outcome_json(out);
    if (json_object_set_new(o, "post_changed", changed_json(c, out)) != 0) {
        json_decref(o);
        return NULL;
    }
    return o;
}

static json_t *execution_json(const struct svm_statement *s)
{
    json_t *o = json_object();
    int failed = json_object_set_new(o, "success", json_boolean(s->success));
    failed |= json_object_set_new(o, "exit_code", gn_svm_json_text("0x%" PRIx64, s->exit_code));
    failed |= json_object_set_new(o, "compute_units_consumed", gn_svm_json_text("%" PRIu64, s->units));
    failed |= json_object_set_new(o, "instructions_executed", gn_svm_json_text("%" PRIu64, s->instructions));
    failed |= json_object_set_new(o, "accounts_modified", gn_svm_json_text("%" PRIu64, s->modified));
    if (failed) {
        json_decref(o);
        return NULL;
    }
    return o;
}

/* The accounts before and after; what one by hash hides is empty.  Nothing is `missing` of one without lamports: that it disappears, with data and owner, is
 * decided at the end of its transaction. */
static void accounts_of(struct svm_case_account *before, struct svm_case_account *after, const struct svm_statement *s)
{
    for (size_t i = 0; i < s->accounts_n; i++) {
        const struct svm_statement_account *from = &s->accounts[i];
        struct svm_account a = {.key = from->key,
                                .owner = from->before.owner,
                                .lamports = from->before.lamports,
                                .rent_epoch = from->rent_epoch,
                                .data = from->before.data,
                                .executable = (from->flags & GN_SOL_EXECUTABLE) != 0};
        before[i].a = a;
        a.owner = from->after.owner;
        a.lamports = from->after.lamports;
        a.data = from->after.data;
        after[i].a = a;
    }
}

static bool any_hidden(const struct svm_statement *s)
{
    bool any = false;
    for (size_t i = 0; i < s->accounts_n; i++) {
        any = any || (s->accounts[i].flags & GN_SOL_BY_HASH) != 0;
    }
    return any;
}

json_t *gn_svm_statement_json(const struct svm_statement *s)
{
    struct svm_case_account *accounts = calloc(2 * s->accounts_n + 1, sizeof *accounts);
    if (accounts == NULL) {
        return NULL;
    }
    struct svm_outcome out = {.ok = s->success,
                              .error = s->error,
                              .custom = s->custom,
                              .units = s->charged,
                              .has_return = true,
                              .return_program = s->return_data.n > 0 ? s->return_program : s->program,
                              .return_data = s->return_data,
                              .after = accounts + s->accounts_n};
    struct svm_case c = {.accounts = accounts, .accounts_n = s->accounts_n};
    accounts_of(accounts, out.after, s);
    gn_svm_log_instruction(&out.log, s);
    json_t *o = NULL;
    if (!gn_svm_log_failed(&out.log)) { /* a list of some of the changed accounts would pass for one of all */
        o = any_hidden(s) ? outcome_json(&out) : gn_svm_outcome_json(&c, &out);
    }
    if (o != NULL && json_object_set_new(o, "execution", execution_json(s)) != 0) {
        json_decref(o);
        o = NULL;
    }
    gn_svm_log_free(&out.log);
    free(accounts);
    return o;
}

/* ---- comparing ---- */
struct comparison {
    const struct svm_case *c;
    struct gn_buffer *says;
    size_t differences;
};

static void differ(struct comparison *d, const char *field, const json_t *is, const json_t *recorded)
{
    enum { SHOWN = 300 };
    char *a = json_dumps(is, JSON_ENCODE_ANY | JSON_COMPACT), *b = json_dumps(recorded, JSON_ENCODE_ANY | JSON_COMPACT);
    char line[3 * SHOWN];
    int n = snprintf(line, sizeof line, "%.100s: %.100s is %.*s, recorded %.*s\n", d->c->name, field, SHOWN,
                     a != NULL ? a : "nothing", SHOWN, b != NULL ? b : "nothing");
    gn_buffer_append(d->says, line, n < 0 ? 0 : (size_t)n < sizeof line ? (size_t)n : sizeof line - 1);
    free(a);
    free(b);
    d->differences++;
}

static void compare_logs(struct comparison *d, const json_t *is, const json_t *recorded)
{
    size_t n = json_array_size(is), m = json_array_size(recorded);
    for (size_t i = 0; i < n || i < m; i++) {
        if (!json_equal(json_array_get(is, i), json_array_get(recorded, i))) {
            char field[32];
            snprintf(field, sizeof field, "logs[%zu]", i);
            differ(d, field, json_array_get(is, i), json_array_get(recorded, i));
        }
    }
}

/* the entry of list with this address; NULL: there is none */
static const json_t *entry_of(const json_t *list, const json_t *pubkey)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        if (json_equal(json_object_get(entry, "pubkey"), pubkey)) {
            return entry;
        }
    }
    return NULL;
}

static void compare_accounts(struct comparison *d, const json_t *is, const json_t *recorded)
{
    static const char *const fields[] = {"lamports", "owner", "data_b64", "data_sha256", "executable", "missing"};
    const json_t *pre = json_object_get(d->c->root, "pre");
    for (size_t i = 0; i < json_array_size(pre); i++) {
        const json_t *before = json_array_get(pre, i), *key = json_object_get(before, "pubkey");
        const json_t *a = entry_of(is, key), *b = entry_of(recorded, key);
        a = a != NULL ? a : before;
        b = b != NULL ? b : before;
        for (size_t j = 0; j < sizeof fields / sizeof fields[0]; j++) {
            const json_t *x = json_object_get(a, fields[j]), *y = json_object_get(b, fields[j]);
            if (x != y && !json_equal(x, y)) {
                char field[96];
                snprintf(field, sizeof field, "account %s.%s", json_string_value(key), fields[j]);
                differ(d, field, x, y);
            }
        }
    }
}

size_t gn_svm_case_compare(const struct svm_case *c, const json_t *outcome, struct gn_buffer *says)
{
    static const char *const whole[] = {"result", "compute_units_consumed", "return_data"};
    struct comparison d = {.c = c, .says = says};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        const json_t *a = json_object_get(outcome, whole[i]), *b = json_object_get(c->root, whole[i]);
        if (!json_equal(a, b)) {
            differ(&d, whole[i], a, b);
        }
    }
    compare_logs(&d, json_object_get(outcome, "logs"), json_object_get(c->root, "logs"));
    compare_accounts(&d, json_object_get(outcome, "post_changed"), json_object_get(c->root, "post_changed"));
    return d.differences;
}
