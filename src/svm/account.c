/* SPDX-License-Identifier: Apache-2.0 */
#include "svm/account.h"

#include <string.h>

#include "svm/json.h"

static bool read_data(struct svm_account *out, struct gn_arena *arena, const struct json_place *account,
                      struct gn_error *err)
{
    struct json_place data, item, at;
    const char *encoding;
    size_t n;
    uint64_t space;
    if (!gn_json_get(&data, account, "data", err) || !gn_json_array(&data, &n, 2, err)) {
        return false;
    }
    if (n != 2) {
        return gn_json_fail(&data, err, "not [text, encoding]");
    }
    gn_json_item(&item, &data, 1);
    if (!gn_json_text(&item, &encoding, err)) {
        return false;
    }
    if (strcmp(encoding, "base64") != 0) {
        return gn_json_fail(&item, err, "an encoding other than base64");
    }
    gn_json_item(&item, &data, 0);
    if (!gn_json_base64(&item, arena, &out->data.data, &out->data.n, GN_SOL_ACCOUNT_DATA_MAX, err) ||
        !gn_json_find(&at, account, "space", err)) {
        return false;
    }
    if (at.value == NULL) {
        return true;
    }
    return gn_json_u64(&at, &space, UINT64_MAX, err) &&
           (space == out->data.n || gn_json_fail(&at, err, "not the length of the data, %zu", out->data.n));
}

static bool read_account(struct svm_account *out, struct gn_arena *arena, const json_t *root, struct gn_error *err)
{
    struct json_place top = {.value = root}, account, at;
    return gn_json_get(&at, &top, "pubkey", err) && gn_json_key(&at, &out->key, err) &&
           gn_json_get(&account, &top, "account", err) && gn_json_get(&at, &account, "lamports", err) &&
           gn_json_u64(&at, &out->lamports, UINT64_MAX, err) && gn_json_get(&at, &account, "owner", err) &&
           gn_json_key(&at, &out->owner, err) && gn_json_get(&at, &account, "executable", err) &&
           gn_json_bool(&at, &out->executable, err) && gn_json_get(&at, &account, "rentEpoch", err) &&
           gn_json_u64(&at, &out->rent_epoch, UINT64_MAX, err) && read_data(out, arena, &account, err);
}

enum gn_status gn_svm_account_read(struct svm_account *out, struct gn_arena *arena, const void *text, size_t n,
                                   struct gn_error *err)
{
    struct gn_error own = {.status = GN_INTERNAL};
    json_t *root;
    err = err != NULL ? err : &own;
    *out = (struct svm_account){0};
    enum gn_status status = gn_json_parse(&root, text, n, err);
    if (status != GN_OK) {
        return status;
    }
    if (!read_account(out, arena, root, err)) {
        status = err->status;
    }
    json_decref(root);
    return status;
}
