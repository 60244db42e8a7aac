/* SPDX-License-Identifier: Apache-2.0 */
/* svm_case_test.c - recorded transactions: all are read; what a transaction does around its instructions, with instructions that are replayed from the
 * record; every field that differs is found; every member that is missing or wrong is named. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cm.h"
#include "svm/case.h"
#include "svm/errors.h"

#ifndef FIXTURES
#error "FIXTURES: the folder tests/fixtures/solana"
#endif

static struct gn_arena arena;
static struct gn_error err;

static int open_arena(void **state)
{
    (void)state;
    return gn_arena_init(&arena, 64 << 20, &err) == GN_OK ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    gn_arena_free(&arena);
    return 0;
}

static struct gn_buffer read_file(const char *path)
{
    struct gn_buffer b = {0};
    uint8_t chunk[4096];
    size_t n;
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        fail_msg("%s is not there", path);
    }
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0) {
        gn_buffer_append(&b, chunk, n);
    }
    fclose(f);
    return b;
}

static json_t *load(const char *folder, const char *name)
{
    char path[512];
    json_t *root;
    snprintf(path, sizeof path, "%s/%s/%s", FIXTURES, folder, name);
    struct gn_buffer b = read_file(path);
    if (gn_json_parse(&root, b.data, b.size, &err) != GN_OK) {
        fail_msg("%s: %s", path, err.text);
    }
    gn_buffer_free(&b);
    return root;
}

/* every program is there */
static struct svm_bytes some_elf(void *ctx, const uint8_t sha256[32], uint64_t bytes)
{
    (void)ctx, (void)bytes;
    (void)sha256;
    return (struct svm_bytes){.data = (const uint8_t *)"ELF", .n = 3};
}

/* ---- replay: a statement made from what the case says ---- */
struct replay {
    const struct svm_case *c;
    size_t runs;
};

static uint64_t number(const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);
    return json_is_string(v) ? strtoull(json_string_value(v), NULL, 10) : (uint64_t)json_integer_value(v);
}

static enum gn_status replay(void *ctx, const struct svm_input *in, struct svm_bytes elf, struct svm_statement *out,
                             struct gn_arena *memory, struct gn_error *e)
{
    struct replay *r = ctx;
    const json_t *root = r->c->root, *cu = json_array_get(json_object_get(root, "per_invocation_cu"), r->runs++);
    const json_t *fault = json_object_get(json_object_get(root, "result"), "err"),
                 *logs = json_object_get(root, "logs");
    (void)e;
    assert_int_equal(elf.n, 3);
    assert_int_equal(in->budget, number(cu, "of")); /* the meter as the transaction left it */
    *out = (struct svm_statement){.success = true,
                                  .units = number(cu, "consumed"),
                                  .charged = number(cu, "consumed"),
                                  .budget = in->budget,
                                  .program = in->program_id,
                                  .loader = in->loader};
    if (json_is_string(json_object_get(fault, "ix_error"))) {
        out->success = false;
        out->has_error = true;
        assert_true(gn_svm_error_from_name(&out->error, json_string_value(json_object_get(fault, "ix_error"))));
        out->custom = (uint32_t)number(fault, "custom");
        out->charged = number(root, "compute_units_consumed") - (r->c->budget - in->budget);
    }
    struct json_place returned = {.value = json_object_get(root, "return_data")}, data;
    out->return_program = in->program_id;
    assert_true(gn_json_get(&data, &returned, "data_b64", &err));
    assert_true(
        gn_json_base64(&data, memory, &out->return_data.data, &out->return_data.n, GN_SOL_RETURN_DATA_MAX, &err));
    struct svm_record *records = gn_arena_zalloc(memory, json_array_size(logs) * sizeof *records + 1);
    assert_non_null(records);
    out->records = records;
    for (size_t i = 0; i < json_array_size(logs); i++) {
        const char *line = json_string_value(json_array_get(logs, i));
        if (strncmp(line, "Program log: ", 13) == 0) {
            records[out->records_n++] =
                (struct svm_record){GN_SOL_LOG, {(const uint8_t *)line + 13, strlen(line) - 13}};
        }
    }
    /* accounts after: those recorded, the payer's fee put back */
    struct svm_statement_account *accounts = gn_arena_zalloc(memory, in->accounts_n * sizeof *accounts + 1);
    assert_non_null(accounts);
    out->accounts = accounts;
    const json_t *changed = json_object_get(root, "post_changed");
    for (size_t i = 0; out->success && i < in->accounts_n; i++) {
        for (size_t j = 0; gn_svm_input_first(in, i) == i && j < json_array_size(changed); j++) {
            struct json_place at = {.value = json_array_get(changed, j)}, member;
            struct svm_statement_account *a = &accounts[out->accounts_n];
            assert_true(gn_json_get(&member, &at, "pubkey", &err) && gn_json_key(&member, &a->key, &err));
            if (!gn_svm_key_equal(&a->key, &in->accounts[i].key) || json_object_get(at.value, "missing") != NULL) {
                continue;
            }
            a->changed = true;
            assert_true(gn_json_get(&member, &at, "owner", &err) && gn_json_key(&member, &a->after.owner, &err));
            assert_true(gn_json_get(&member, &at, "data_b64", &err));
            assert_true(
                gn_json_base64(&member, memory, &a->after.data.data, &a->after.data.n, GN_SOL_ACCOUNT_DATA_MAX, &err));
            a->after.lamports = number(at.value, "lamports");
            out->accounts_n++;
        }
    }
    return GN_OK;
}

/* Cases of one program's instruction, beside those of the compute budget, whose failure is an InstructionError without a fault of its
 * own line (and no rent failure: the record does not show what was taken back). */
static bool replayable(const struct svm_case *c, const json_t *root)
{
    size_t programs = 0;
    for (size_t i = 0; i < c->instructions_n; i++) {
        programs += !c->instructions[i].builtin;
    }
    const json_t *error = json_object_get(json_object_get(root, "result"), "err"),
                 *name = json_object_get(error, "ix_error");
    bool fault = json_is_object(error) &&
                 (!json_is_string(name) || strcmp(json_string_value(name), "ProgramFailedToComplete") == 0);
    return programs == 1 && json_array_size(json_object_get(root, "per_invocation_cu")) == 1 && !fault &&
           gn_svm_case_obstacle(c) == NULL;
}

static void folder(const char *name, bool vasa, size_t *read, size_t *replayed, size_t *builtin)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", FIXTURES, name);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (e->d_name[0] == '.') {
            continue;
        }
        gn_arena_mark mark = gn_arena_get_mark(&arena);
        json_t *root = load(name, e->d_name);
        struct svm_case c;
        struct gn_buffer says = {0};
        if (gn_svm_case_read(&c, root, &arena, some_elf, NULL, &err) != GN_OK) {
            fail_msg("%s: %s", e->d_name, err.text);
        }
        assert_int_equal(c.vasa, vasa);
        assert_int_equal(gn_svm_case_compare(&c, root, &says), 0); /* with itself */
        (*read)++;
        if (replayable(&c, root)) {
            struct replay r = {.c = &c};
            struct svm_outcome out;
            assert_int_equal(gn_svm_case_run(&out, &c, &arena, replay, &r, &err), GN_OK);
            json_t *outcome = gn_svm_outcome_json(&c, &out);
            assert_non_null(outcome);
            if (gn_svm_case_compare(&c, outcome, &says) != 0) {
                fail_msg("%.*s", (int)says.size, (char *)says.data);
            }
            json_decref(outcome);
            gn_svm_log_free(&out.log);
            (*replayed)++;
        } else if (gn_svm_case_obstacle(&c) != NULL) {
            struct svm_outcome out;
            assert_int_equal(gn_svm_case_run(&out, &c, &arena, replay, NULL, &err), GN_LIMIT);
            assert_non_null(strstr(err.text, "built-in"));
            gn_svm_log_free(&out.log);
            (*builtin)++;
        }
        json_decref(root);
        gn_buffer_free(&says);
        gn_arena_release(&arena, mark);
    }
    closedir(dir);
}

static void all(void **state)
{
    (void)state;
    size_t read = 0, replayed = 0, builtin = 0;
    folder("tx", false, &read, &replayed, &builtin);
    assert_int_equal(read, 69);
    assert_int_equal(builtin, 14); /* instructions of the system program */
    folder("vm", false, &read, &replayed, &builtin);
    folder("tx_vasa", true, &read, &replayed, &builtin);
    folder("vm_vasa", true, &read, &replayed, &builtin);
    assert_int_equal(read, 2 * (69 + 152));
    assert_int_equal(builtin, 28);
    assert_true(replayed > 300);
}

/* each field of an outcome, changed, is one difference and is named */
static void differences(void **state)
{
    (void)state;
    json_t *root = load("tx", "ptoken_transfer.json");
    struct svm_case c;
    assert_int_equal(gn_svm_case_read(&c, root, &arena, some_elf, NULL, &err), GN_OK);
    static const struct {
        const char *path[4], *says;
    } changes[] = {
        {{"result", "ok"}, "result"},
        {{"result", "err_str"}, "result"},
        {{"compute_units_consumed"}, "compute_units_consumed"},
        {{"return_data", "data_b64"}, "return_data"},
        {{"return_data", "program_id"}, "return_data"},
        {{"post_changed", NULL, "lamports"}, ".lamports"},
        {{"post_changed", NULL, "data_b64"}, ".data_b64"},
        {{"post_changed", NULL, "owner"}, ".owner"},
        {{"post_changed", NULL, "executable"}, ".executable"},
        {{"logs", NULL}, "logs[0]"},
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        json_t *outcome = json_deep_copy(root), *at = outcome;
        const char *const *p = changes[i].path;
        if (json_is_array(json_object_get(at, p[0])) && p[2] == NULL) {
            json_array_set_new(json_object_get(at, p[0]), 0, json_string("another"));
        } else {
            const char *last = p[0];
            if (p[1] != NULL || p[2] != NULL) {
                at = json_object_get(at, p[0]);
                last = p[1];
            }
            if (p[2] != NULL) {
                at = json_array_get(at, 0);
                last = p[2];
            }
            json_object_set_new(at, last, json_string("another"));
        }
        struct gn_buffer says = {0};
        assert_int_equal(gn_svm_case_compare(&c, outcome, &says), 1);
        gn_buffer_append(&says, "", 1);
        assert_non_null(strstr((char *)says.data, changes[i].says));
        gn_buffer_free(&says);
        json_decref(outcome);
    }
    /* an account that should have changed, or should not have; a line too many, one too few */
    for (int i = 0; i < 3; i++) {
        json_t *outcome = json_deep_copy(root), *changed = json_object_get(outcome, "post_changed");
        struct gn_buffer says = {0};
        if (i == 0) {
            json_array_remove(changed, json_array_size(changed) - 1);
        } else if (i == 1) {
            json_array_append_new(json_object_get(outcome, "logs"), json_string("more"));
        } else {
            json_array_remove(json_object_get(outcome, "logs"), json_array_size(json_object_get(outcome, "logs")) - 1);
        }
        assert_int_equal(gn_svm_case_compare(&c, outcome, &says), 1);
        gn_buffer_free(&says);
        json_decref(outcome);
    }
    json_decref(root);
}

/* each member that the reader needs: absent, of another type, out of range */
static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *object, *key, *value, *says; /* value: JSON; NULL: the member is removed */
    } changes[] = {
        {"", "name", NULL, "name: missing"},
        {"", "pre", "{}", "pre: not an array"},
        {"", "account_keys", "[]", NULL}, /* then nobody signs: no fee */
        {"", "fee_payer", "\"11111111111111111111111111111111\"", "fee_payer: cannot pay"},
        {"", "programs", "{}", "instructions[0].program_id: not among"},
        {"", "sysvars", "[]", "sysvars: not an object"},
        {"", "instructions", "7", "instructions: not an array"},
        {"instructions", "program_id", "\"Tokenkeg0\"", "instructions[0].program_id: not an address"},
        {"instructions", "data_b64", "\"AQ=\"", "instructions[0].data_b64: not Base64"},
        {"instructions", "accounts", "[{\"pubkey\": \"11111111111111111111111111111111\"}]",
         "instructions[0].accounts[0].pubkey: not among"},
        {"instructions", "accounts", "[3]", "instructions[0].accounts[0]: not an object"},
        {"pre", "lamports", "-1", "pre[0].lamports: not an unsigned"},
        {"pre", "owner", "null", "pre[0].owner: missing"},
        {"pre", "executable", "0", "pre[0].executable: neither"},
        {"pre", "data_b64", "null", "pre[0].data_sha256: missing"},
        {"pre", "missing", "\"yes\"", "pre[0].missing: neither"},
        {"account_keys", "is_signer", "null", "account_keys[0].is_signer: missing"},
        {"account_keys", "pubkey", "\"11111111111111111111111111111111\"",
         "account_keys[0].pubkey: not the address of pre[0]"},
    };
    json_t *good = load("tx", "ptoken_transfer.json");
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        json_t *root = json_deep_copy(good), *at = root;
        if (changes[i].object[0] != 0) {
            at = json_array_get(json_object_get(root, changes[i].object), 0);
        }
        if (changes[i].value == NULL) {
            json_object_del(at, changes[i].key);
        } else {
            json_object_set_new(at, changes[i].key, json_loads(changes[i].value, JSON_DECODE_ANY, NULL));
        }
        struct svm_case c;
        enum gn_status status = gn_svm_case_read(&c, root, &arena, some_elf, NULL, &err);
        if (changes[i].says == NULL) {
            assert_int_equal(status, GN_OK);
        } else if (status != GN_BAD_INPUT || strncmp(err.text, changes[i].says, strlen(changes[i].says)) != 0) {
            fail_msg("said \"%s\", not \"%s\"", err.text, changes[i].says);
        }
        json_decref(root);
    }
    json_decref(good);
}

/* what a message asks for and does not get: reserved addresses and programs that it calls are never writable */
static void demotion(void **state)
{
    (void)state;
    json_t *root = load("tx", "spltoken_ata_create.json"), *keys = json_object_get(root, "account_keys");
    for (size_t i = 0; i < json_array_size(keys); i++) {
        json_object_set_new(json_array_get(keys, i), "is_writable", json_true());
    }
    struct svm_case c;
    assert_int_equal(gn_svm_case_read(&c, root, &arena, some_elf, NULL, &err), GN_OK);
    for (size_t i = 0; i < c.accounts_n; i++) {
        const struct svm_key *key = &c.accounts[i].a.key;
        bool system = gn_svm_key_is(key, "11111111111111111111111111111111");
        bool called = gn_svm_key_is(key, "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");
        assert_int_equal(c.accounts[i].a.writable, !system && !called);
    }
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all),
        cmocka_unit_test(differences),
        cmocka_unit_test(refusals),
        cmocka_unit_test(demotion),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
