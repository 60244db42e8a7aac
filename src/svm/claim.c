/* SPDX-License-Identifier: Apache-2.0 */
/* claim.c - a statement in full, as JSON: what a verifier learns, names as in docs/statement.md. */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "svm/case.h"

static json_t *hex(const uint8_t *bytes, size_t n)
{
    char s[2 * 32 + 1] = "";
    for (size_t i = 0; i < n && i < 32; i++) {
        snprintf(s + 2 * i, 3, "%02x", bytes[i]);
    }
    return json_string(s);
}

/* Frees o if something failed. */
static json_t *whole(json_t *o, int failed)
{
    if (failed) {
        json_decref(o);
        return NULL;
    }
    return o;
}

static json_t *state_json(const struct svm_state *s)
{
    json_t *o = json_object();
    int failed = json_object_set_new(o, "lamports", gn_svm_json_text("%" PRIu64, s->lamports));
    failed |= json_object_set_new(o, "owner", gn_svm_json_key(&s->owner));
    failed |= json_object_set_new(o, "data_b64", gn_svm_json_base64(s->data));
    return whole(o, failed);
}

static json_t *account_json(const struct svm_statement_account *a)
{
    json_t *o = json_object();
    int failed = json_object_set_new(o, "signer", json_boolean(a->flags & GN_SOL_SIGNER));
    failed |= json_object_set_new(o, "writable", json_boolean(a->flags & GN_SOL_WRITABLE));
    failed |= json_object_set_new(o, "executable", json_boolean(a->flags & GN_SOL_EXECUTABLE));
    failed |= json_object_set_new(o, "changed", json_boolean(a->changed));
    if (a->flags & GN_SOL_BY_HASH) {
        failed |= json_object_set_new(o, "hash_before", hex(a->hash_before, 32));
        failed |= json_object_set_new(o, "hash_after", hex(a->hash_after, 32));
        return whole(o, failed);
    }
    failed |= json_object_set_new(o, "pubkey", gn_svm_json_key(&a->key));
    failed |= json_object_set_new(o, "rent_epoch", gn_svm_json_text("%" PRIu64, a->rent_epoch));
    failed |= json_object_set_new(o, "before", state_json(&a->before));
    failed |= json_object_set_new(o, "after", state_json(&a->after));
    return whole(o, failed);
}

static json_t *accounts_json(const struct svm_statement *s)
{
    json_t *list = json_array();
    int failed = list == NULL;
    for (size_t i = 0; i < s->accounts_n; i++) {
        failed |= json_array_append_new(list, account_json(&s->accounts[i]));
    }
    return whole(list, failed);
}

static json_t *metas_json(const struct svm_statement *s)
{
    json_t *list = json_array();
    int failed = list == NULL;
    for (size_t i = 0; i < s->metas_n; i++) {
        failed |= json_array_append_new(list, json_integer(s->metas[i]));
    }
    return whole(list, failed);
}

const char *gn_svm_read_name(const struct svm_record *r)
{
    static const char *const names[] = {[GN_SOL_READ_SYSVAR] = "sysvar",
                                        [GN_SOL_READ_SLICE] = "sysvar_slice",
                                        [GN_SOL_READ_STAKE] = "epoch_stake",
                                        [GN_SOL_READ_TOTAL_STAKE] = "total_epoch_stake",
                                        [GN_SOL_READ_SIBLING] = "sibling"};
    return (size_t)r->kind < sizeof names / sizeof names[0] ? names[r->kind] : NULL;
}

const char *gn_svm_read_sysvar(const struct svm_record *r)
{
    bool sysvar = r->kind == GN_SOL_READ_SYSVAR || r->kind == GN_SOL_READ_SLICE;
    return sysvar && r->payload.n >= 8 && load_le64(r->payload.data) < GN_SOL_SYSVARS
               ? gn_svm_sysvar_name((enum gn_sol_sysvar)load_le64(r->payload.data))
               : NULL;
}

/* What the program read of the outside: the payload as it stands in the statement. */
static json_t *reads_json(const struct svm_statement *s)
{
    json_t *list = json_array();
    int failed = list == NULL;
    for (size_t i = 0; i < s->records_n; i++) {
        const struct svm_record *r = &s->records[i];
        if (gn_svm_read_name(r) == NULL) {
            continue;
        }
        json_t *o = json_object();
        int bad = json_object_set_new(o, "read", json_string(gn_svm_read_name(r)));
        if (gn_svm_read_sysvar(r) != NULL) {
            bad |= json_object_set_new(o, "name", json_string(gn_svm_read_sysvar(r)));
        }
        bad |= json_object_set_new(o, "payload_b64", gn_svm_json_base64(r->payload));
        failed |= json_array_append_new(list, whole(o, bad));
    }
    return whole(list, failed);
}

json_t *gn_svm_claim_json(const struct svm_statement *s)
{
    json_t *o = gn_svm_statement_json(s);
    if (o == NULL) {
        return NULL;
    }
    int failed = json_object_set_new(o, "program", gn_svm_json_key(&s->program));
    failed |= json_object_set_new(o, "loader", json_integer((json_int_t)s->loader));
    failed |= json_object_set_new(o, "virtual_address_space_adjustments", json_boolean(s->flags & GN_SOL_VASA));
    failed |= json_object_set_new(o, "budget", gn_svm_json_text("%" PRIu64, s->budget));
    failed |= json_object_set_new(o, "heap", gn_svm_json_text("%" PRIu64, s->heap));
    failed |= json_object_set_new(o, "resized", gn_svm_json_text("%" PRId64, s->resized));
    failed |= json_object_set_new(o, "instruction_data_b64", gn_svm_json_base64(s->data));
    failed |= json_object_set_new(o, "metas", metas_json(s));
    failed |= json_object_set_new(o, "accounts", accounts_json(s));
    failed |= json_object_set_new(o, "reads", reads_json(s));
    return whole(o, failed);
}
