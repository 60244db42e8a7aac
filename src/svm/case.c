/* SPDX-License-Identifier: Apache-2.0 */
/* case.c - reading a recorded transaction. */
#include "svm/case.h"

#include <string.h>

#include "base/bytes.h"
#include "base/sha256.h"

#define COMPUTE_BUDGET "ComputeBudget111111111111111111111111111111"
#define NATIVE_LOADER  "NativeLoader1111111111111111111111111111111"
#define VASA_FEATURE   "7VgiehxNxu53KdxgLspGQY8myE6f7UokaWa4jsGcaSz"

enum { SIGNATURE_FEE = 5000, UNITS_PER_INSTRUCTION = 200000, UNITS_PER_BUILTIN = 3000, MICRO = 1000000 };

struct loading {
    struct svm_case *c;
    struct gn_arena *arena;
    struct gn_error *err;
    svm_find_program *find;
    void *find_ctx;
    struct json_place root, programs;
    struct svm_case_account *accounts; /* the case's */
};

static void *allocate(struct loading *l, size_t n, size_t size)
{
    void *p = gn_arena_zalloc(l->arena, n * size + 1);
    if (p == NULL) {
        (void)gn_json_no_memory(l->err);
    }
    return p;
}

/* The ELF that `in` names; its length, under that key, is a hint that saves looking into others. */
static bool find(struct svm_bytes *out, const struct loading *l, const struct json_place *in, const char *length,
                 const uint8_t sha256[32])
{
    struct json_place at;
    uint64_t bytes = 0;
    if (!gn_json_find(&at, in, length, l->err) || (at.value != NULL && !gn_json_u64(&at, &bytes, UINT64_MAX, l->err))) {
        return false;
    }
    *out = l->find != NULL ? l->find(l->find_ctx, sha256, bytes) : (struct svm_bytes){0};
    return true;
}

/* ---- accounts ---- */
/* data_b64, or data_sha256 of something that may be an ELF */
static bool read_data(struct loading *l, struct svm_case_account *account, const struct json_place *in)
{
    struct json_place at;
    uint8_t sha256[32];
    if (!gn_json_find(&at, in, "data_b64", l->err)) {
        return false;
    }
    if (at.value != NULL) {
        account->data_known = true;
        return gn_json_base64(&at, l->arena, &account->a.data.data, &account->a.data.n, GN_SOL_ACCOUNT_DATA_MAX,
                              l->err);
    }
    if (!gn_json_get(&at, in, "data_sha256", l->err) || !gn_json_hex(&at, sha256, sizeof sha256, l->err)) {
        return false;
    }
    bool good = find(&account->a.data, l, in, "data_len", sha256);
    account->data_known = account->a.data.n > 0;
    return good;
}

static bool read_account(struct loading *l, struct svm_case_account *account, const struct json_place *in)
{
    struct json_place at;
    struct svm_account *a = &account->a;
    if (!gn_json_get(&at, in, "pubkey", l->err) || !gn_json_key(&at, &a->key, l->err) ||
        !gn_json_find(&at, in, "missing", l->err)) {
        return false;
    }
    a->rent_epoch = UINT64_MAX;
    account->data_known = true;
    if (at.value != NULL && (!gn_json_bool(&at, &account->missing, l->err) || account->missing)) {
        return account->missing;
    }
    return gn_json_get(&at, in, "lamports", l->err) && gn_json_u64(&at, &a->lamports, UINT64_MAX, l->err) &&
           gn_json_get(&at, in, "owner", l->err) && gn_json_key(&at, &a->owner, l->err) &&
           gn_json_get(&at, in, "executable", l->err) && gn_json_bool(&at, &a->executable, l->err) &&
           gn_json_get(&at, in, "rent_epoch", l->err) && gn_json_u64(&at, &a->rent_epoch, UINT64_MAX, l->err) &&
           read_data(l, account, in);
}

static bool find_account(const struct svm_case *c, size_t n, const struct svm_key *key, size_t *index)
{
    for (*index = 0; *index < n; (*index)++) {
        if (gn_svm_key_equal(&c->accounts[*index].a.key, key)) {
            return true;
        }
    }
    return false;
}

/* pre: the message's accounts in order, then others */
static bool read_accounts(struct loading *l)
{
    struct svm_case *c = l->c;
    struct json_place pre, keys, item, at;
    size_t keys_n, other;
    if (!gn_json_get(&pre, &l->root, "pre", l->err) ||
        !gn_json_array(&pre, &c->accounts_n, SVM_CASE_ACCOUNTS_MAX, l->err) ||
        !gn_json_get(&keys, &l->root, "account_keys", l->err) ||
        !gn_json_array(&keys, &keys_n, c->accounts_n, l->err)) {
        return false;
    }
    struct svm_case_account *accounts = allocate(l, c->accounts_n, sizeof *accounts);
    c->accounts = accounts;
    l->accounts = accounts;
    for (size_t i = 0; accounts != NULL && i < c->accounts_n; i++) {
        gn_json_item(&item, &pre, i);
        if (!read_account(l, &accounts[i], &item)) {
            return false;
        }
        if (find_account(c, i, &accounts[i].a.key, &other)) {
            return gn_json_fail(&item, l->err, "the address of pre[%zu] again", other);
        }
    }
    for (size_t i = 0; accounts != NULL && i < keys_n; i++) {
        struct svm_key key;
        gn_json_item(&item, &keys, i);
        accounts[i].in_message = true;
        if (!gn_json_get(&at, &item, "pubkey", l->err) || !gn_json_key(&at, &key, l->err)) {
            return false;
        }
        if (!gn_svm_key_equal(&key, &accounts[i].a.key)) {
            return gn_json_fail(&at, l->err, "not the address of pre[%zu]", i);
        }
        if (!gn_json_get(&at, &item, "is_signer", l->err) || !gn_json_bool(&at, &accounts[i].a.signer, l->err) ||
            !gn_json_get(&at, &item, "is_writable", l->err) || !gn_json_bool(&at, &accounts[i].a.writable, l->err)) {
            return false;
        }
    }
    return accounts != NULL;
}

/* ---- instructions ---- */

static bool read_program(struct loading *l, struct svm_case_instruction *in, const struct json_place *instruction)
{
    struct json_place id, program, at;
    const char *name, *loader;
    uint8_t sha256[32];
    if (!gn_json_get(&id, instruction, "program_id", l->err) || !gn_json_key(&id, &in->program, l->err) ||
        !gn_json_text(&id, &name, l->err) || !gn_json_find(&program, &l->programs, name, l->err)) {
        return false;
    }
    in->compute_budget = gn_svm_key_is(&in->program, COMPUTE_BUDGET);
    if (program.value == NULL) {
        return gn_json_fail(&id, l->err, "not among the case's programs");
    }
    if (!gn_json_get(&at, &program, "loader", l->err) || !gn_json_text(&at, &loader, l->err)) {
        return false;
    }
    in->builtin = strcmp(loader, NATIVE_LOADER) == 0;
    if (in->builtin) {
        return true;
    }
    for (in->loader = 3; in->loader > 0 && strcmp(loader, gn_svm_loaders[in->loader]) != 0; in->loader--) {
    }
    if (in->loader == 0) {
        return gn_json_fail(&at, l->err, "unknown loader");
    }
    if (!gn_json_get(&at, &program, "elf_sha256", l->err) || !gn_json_hex(&at, sha256, sizeof sha256, l->err) ||
        !gn_json_text(&at, &in->elf_sha256, l->err)) {
        return false;
    }
    return find(&in->elf, l, &program, "elf_bytes", sha256);
}

static bool read_metas(struct loading *l, struct svm_case_instruction *in, const struct json_place *instruction)
{
    struct json_place list, item, at;
    struct svm_key key;
    if (!gn_json_get(&list, instruction, "accounts", l->err) ||
        !gn_json_array(&list, &in->accounts_n, GN_SOL_METAS_MAX, l->err)) {
        return false;
    }
    size_t *indices = allocate(l, in->accounts_n, sizeof *indices);
    in->accounts = indices;
    for (size_t i = 0; indices != NULL && i < in->accounts_n; i++) {
        gn_json_item(&item, &list, i);
        if (!gn_json_get(&at, &item, "pubkey", l->err) || !gn_json_key(&at, &key, l->err)) {
            return false;
        }
        if (!find_account(l->c, l->c->accounts_n, &key, &indices[i])) {
            return gn_json_fail(&at, l->err, "not among the accounts in pre");
        }
    }
    return indices != NULL;
}

static bool read_instructions(struct loading *l)
{
    struct svm_case *c = l->c;
    struct json_place list, item, at;
    if (!gn_json_get(&l->programs, &l->root, "programs", l->err) ||
        !gn_json_get(&list, &l->root, "instructions", l->err) ||
        !gn_json_array(&list, &c->instructions_n, SVM_CASE_INSTRUCTIONS_MAX, l->err)) {
        return false;
    }
    struct svm_case_instruction *instructions = allocate(l, c->instructions_n, sizeof *instructions);
    c->instructions = instructions;
    for (size_t i = 0; instructions != NULL && i < c->instructions_n; i++) {
        struct svm_case_instruction *in = &instructions[i];
        gn_json_item(&item, &list, i);
        if (!read_program(l, in, &item) || !read_metas(l, in, &item) || !gn_json_get(&at, &item, "data_b64", l->err) ||
            !gn_json_base64(&at, l->arena, &in->data.data, &in->data.n, GN_SOL_INSTRUCTION_DATA_MAX, l->err)) {
            return false;
        }
    }
    return instructions != NULL;
}

/* ---- privileges ---- */
static bool reserved(const struct svm_key *key)
{
    static const char *const addresses[] = {
        /* sysvars and their owner */
        "SysvarC1ock11111111111111111111111111111111", "SysvarEpochRewards1111111111111111111111111",
        "SysvarEpochSchedu1e111111111111111111111111", "SysvarFees111111111111111111111111111111111",
        "Sysvar1nstructions1111111111111111111111111", "SysvarLastRestartS1ot1111111111111111111111",
        "SysvarRecentB1ockHashes11111111111111111111", "SysvarRent111111111111111111111111111111111",
        "SysvarRewards111111111111111111111111111111", "SysvarS1otHashes111111111111111111111111111",
        "SysvarS1otHistory11111111111111111111111111", "SysvarStakeHistory1111111111111111111111111",
        "Sysvar1111111111111111111111111111111111111",
        /* built-in programs, loaders, and what was one */
        "11111111111111111111111111111111", "AddressLookupTab1e1111111111111111111111111",
        "BPFLoader1111111111111111111111111111111111", "BPFLoader2111111111111111111111111111111111",
        "BPFLoaderUpgradeab1e11111111111111111111111", COMPUTE_BUDGET, "Config1111111111111111111111111111111111111",
        "Ed25519SigVerify111111111111111111111111111", "Feature111111111111111111111111111111111111",
        "KeccakSecp256k11111111111111111111111111111", "LoaderV411111111111111111111111111111111111", NATIVE_LOADER,
        "Secp256r1SigVerify1111111111111111111111111", "Stake11111111111111111111111111111111111111",
        "StakeConfig11111111111111111111111111111111", "Vote111111111111111111111111111111111111111",
        "ZkE1Gama1Proof11111111111111111111111111111", "ZkTokenProof1111111111111111111111111111111"};
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        if (gn_svm_key_is(key, addresses[i])) {
            return true;
        }
    }
    return false;
}

/* A message may ask for more than it gets: reserved addresses are never writable, nor programs that it calls, unless the upgradeable loader is among its accounts. */
static void demote(struct svm_case *c, struct svm_case_account *accounts)
{
    bool upgradeable = false;
    for (size_t i = 0; i < c->accounts_n; i++) {
        upgradeable |= accounts[i].in_message && gn_svm_key_is(&accounts[i].a.key, gn_svm_loaders[3]);
    }
    for (size_t i = 0; i < c->accounts_n; i++) {
        bool called = false;
        for (size_t j = 0; j < c->instructions_n; j++) {
            called |= gn_svm_key_equal(&c->instructions[j].program, &accounts[i].a.key);
        }
        accounts[i].a.writable = accounts[i].a.writable && !reserved(&accounts[i].a.key) && (!called || upgradeable);
    }
}

/* ---- what the transaction sets ---- */
static bool read_sysvars(struct loading *l)
{
    struct json_place sysvars, at;
    if (!gn_json_get(&sysvars, &l->root, "sysvars", l->err)) {
        return false;
    }
    for (unsigned i = 0; i < GN_SOL_SYSVARS; i++) {
        struct svm_bytes *bytes = &l->c->sysvars[i];
        if (!gn_json_find(&at, &sysvars, gn_svm_sysvar_name((enum gn_sol_sysvar)i), l->err)) {
            return false;
        }
        l->c->sysvar_exists[i] = at.value != NULL;
        if (at.value != NULL && !gn_json_base64(&at, l->arena, &bytes->data, &bytes->n, SVM_SYSVAR_MAX, l->err)) {
            return false;
        }
    }
    return true;
}

/* The compute budget program's instructions, the defaults, and the fee. */
static bool read_budget(struct loading *l)
{
    struct svm_case *c = l->c;
    uint64_t limit = 0, price = 0;
    bool has_limit = false;
    c->heap = GN_SOL_HEAP_MIN;
    for (size_t i = 0; i < c->instructions_n; i++) {
        const struct svm_case_instruction *in = &c->instructions[i];
        if (!in->compute_budget) {
            limit += has_limit ? 0 : in->builtin ? UNITS_PER_BUILTIN : UNITS_PER_INSTRUCTION;
            continue;
        }
        limit += has_limit ? 0 : UNITS_PER_BUILTIN;
        if (in->data.n == 5 && in->data.data[0] == 1) {
            c->heap = load_le32(in->data.data + 1);
        } else if (in->data.n == 5 && in->data.data[0] == 2) {
            limit = load_le32(in->data.data + 1);
            has_limit = true;
        } else if (in->data.n == 9 && in->data.data[0] == 3) {
            price = load_le64(in->data.data + 1);
        } else if (in->data.n != 5 || in->data.data[0] != 4) {
            return gn_json_fail(&l->root, l->err,
                                "instructions[%zu]: unknown instruction of the compute budget program", i);
        }
    }
    c->budget = limit < GN_SOL_BUDGET_MAX ? limit : GN_SOL_BUDGET_MAX;
    if (price > UINT64_MAX / GN_SOL_BUDGET_MAX - MICRO) {
        return gn_json_fail(&l->root, l->err, "price of compute units beyond all money");
    }
    c->fee = (price * c->budget + MICRO - 1) / MICRO;
    for (size_t i = 0; i < c->accounts_n; i++) {
        c->fee += c->accounts[i].a.signer ? SIGNATURE_FEE : 0;
    }
    struct json_place at;
    struct svm_key payer;
    if (!gn_json_get(&at, &l->root, "fee_payer", l->err) || !gn_json_key(&at, &payer, l->err)) {
        return false;
    }
    if (!find_account(c, c->accounts_n, &payer, &c->fee_payer) || c->accounts[c->fee_payer].a.lamports < c->fee) {
        return gn_json_fail(&at, l->err, "cannot pay the fee of %llu lamports", (unsigned long long)c->fee);
    }
    return true;
}

enum gn_status gn_svm_case_read(struct svm_case *c, json_t *root, struct gn_arena *arena,
                                svm_find_program *find_program, void *find_ctx, struct gn_error *err)
{
    struct gn_error own = {.status = GN_INTERNAL};
    struct json_place at;
    const char *features;
    *c = (struct svm_case){.root = root};
    struct loading l = {
        .c = c, .arena = arena, .err = err != NULL ? err : &own, .find = find_program, .find_ctx = find_ctx};
    l.root = (struct json_place){.value = root};
    if (!gn_json_get(&at, &l.root, "name", l.err) || !gn_json_text(&at, &c->name, l.err) ||
        !gn_json_get(&at, &l.root, "features", l.err) || !gn_json_text(&at, &features, l.err)) {
        return l.err->status;
    }
    c->vasa = strstr(features, VASA_FEATURE) != NULL;
    bool good = read_accounts(&l) && read_instructions(&l) && read_sysvars(&l) && read_budget(&l);
    if (good) {
        demote(c, l.accounts);
    }
    return good ? GN_OK : l.err->status;
}

const char *gn_svm_case_obstacle(const struct svm_case *c)
{
    for (size_t i = 0; i < c->instructions_n; i++) {
        const struct svm_case_instruction *in = &c->instructions[i];
        if (in->builtin && !in->compute_budget) {
            return "an instruction of a built-in program";
        }
        if (!in->builtin && in->elf.n == 0) {
            return "a program's ELF is not there";
        }
        for (size_t j = 0; !in->builtin && j < in->accounts_n; j++) {
            if (!c->accounts[in->accounts[j]].data_known) {
                return "an account's data is not in the case";
            }
        }
    }
    return NULL;
}
