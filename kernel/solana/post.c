/* SPDX-License-Identifier: Apache-2.0 */
/* post.c - after the program's own end: its exit code as an error, and what the runtime takes over from the input region, account by account.
 *
 * Order and errors are the runtime's: lamports, length, data, owner of each account, then the sum of lamports.  Nothing is taken over unless everything is. */
#include "kernel.h"

static uint64_t lamports_of(const struct account *a)
{
    return load_word(machine_at(a->data - 16));
}

/* ProgramError as the loader reads it: k << 32 for the named ones, others are custom */
static void exit_error(struct kernel *k, uint64_t r0)
{
    static const uint8_t named[] = {
        [2] = GN_SOL_ERROR_INVALID_ARGUMENT,
        [3] = GN_SOL_ERROR_INVALID_INSTRUCTION_DATA,
        [4] = GN_SOL_ERROR_INVALID_ACCOUNT_DATA,
        [5] = GN_SOL_ERROR_ACCOUNT_DATA_TOO_SMALL,
        [6] = GN_SOL_ERROR_INSUFFICIENT_FUNDS,
        [7] = GN_SOL_ERROR_INCORRECT_PROGRAM_ID,
        [8] = GN_SOL_ERROR_MISSING_REQUIRED_SIGNATURE,
        [9] = GN_SOL_ERROR_ACCOUNT_ALREADY_INITIALIZED,
        [10] = GN_SOL_ERROR_UNINITIALIZED_ACCOUNT,
        [11] = GN_SOL_ERROR_NOT_ENOUGH_ACCOUNT_KEYS,
        [12] = GN_SOL_ERROR_ACCOUNT_BORROW_FAILED,
        [13] = GN_SOL_ERROR_MAX_SEED_LENGTH_EXCEEDED,
        [14] = GN_SOL_ERROR_INVALID_SEEDS,
        [15] = GN_SOL_ERROR_BORSH_IO_ERROR,
        [16] = GN_SOL_ERROR_ACCOUNT_NOT_RENT_EXEMPT,
        [17] = GN_SOL_ERROR_UNSUPPORTED_SYSVAR,
        [18] = GN_SOL_ERROR_ILLEGAL_OWNER,
        [19] = GN_SOL_ERROR_MAX_ACCOUNTS_DATA_ALLOCATIONS_EXCEEDED,
        [20] = GN_SOL_ERROR_INVALID_REALLOC,
        [21] = GN_SOL_ERROR_MAX_INSTRUCTION_TRACE_LENGTH_EXCEEDED,
        [22] = GN_SOL_ERROR_BUILTIN_PROGRAMS_MUST_CONSUME_COMPUTE_UNITS,
        [23] = GN_SOL_ERROR_INVALID_ACCOUNT_OWNER,
        [24] = GN_SOL_ERROR_ARITHMETIC_OVERFLOW,
        [25] = GN_SOL_ERROR_IMMUTABLE,
        [26] = GN_SOL_ERROR_INCORRECT_AUTHORITY,
    };
    uint64_t high = r0 >> 32, low = r0 & 0xffffffff;
    if (high == 0 || r0 == UINT64_C(1) << 32) {
        k->custom = low;
        kernel_error(k, GN_SOL_ERROR_CUSTOM);
    } else if (low == 0 && high < sizeof named) {
        kernel_error(k, (enum gn_sol_error)named[high]);
    } else {
        kernel_error(k, GN_SOL_ERROR_INVALID_ERROR);
    }
}

/* ---- data ---- */
static bool equal(const uint8_t *a, const uint8_t *b, uint64_t n)
{
    for (; n >= 8; n -= 8, a += 8, b += 8) {
        if (load_word(a) != load_word(b)) {
            return false;
        }
    }
    for (; n > 0; n--) {
        if (*a++ != *b++) {
            return false;
        }
    }
    return true;
}

static bool is_zero(const uint8_t *a, uint64_t n)
{
    for (; n >= 8; n -= 8, a += 8) {
        if (load_word(a) != 0) {
            return false;
        }
    }
    for (; n > 0; n--) {
        if (*a++ != 0) {
            return false;
        }
    }
    return true;
}

/* why the length may not become after_n, or the data may not change: 0, or 1 + error */
static uint64_t resize_error(const struct kernel *k, const struct account *a, uint64_t before_n)
{
    if (a->after_n > GN_SOL_ACCOUNT_DATA_MAX) {
        return 1 + GN_SOL_ERROR_INVALID_REALLOC;
    }
    if (k->resized + (int64_t)(a->after_n - before_n) > GN_SOL_RESIZE_MAX) {
        return 1 + GN_SOL_ERROR_MAX_ACCOUNTS_DATA_ALLOCATIONS_EXCEEDED;
    }
    if (!a->writable) {
        return 1 + GN_SOL_ERROR_READONLY_DATA_MODIFIED;
    }
    return a->owned ? 0 : 1 + GN_SOL_ERROR_EXTERNAL_ACCOUNT_DATA_MODIFIED;
}

static bool take_data(struct kernel *k, struct account *a)
{
    const struct gn_sol_account *before = a->before;
    /* with VASA the account has the length to which stores have grown it */
    uint64_t now = k->vasa ? a->exists : before->data_n, error = resize_error(k, a, now);
    const uint8_t *was = (const uint8_t *)(before + 1), *is = machine_at(a->data);
    if (error == 0) {
        if (k->vasa && a->after_n > now) {
            region_extend(a, a->after_n);
        }
        k->resized += (int64_t)(a->after_n - now);
        a->changed = a->changed || a->after_n != before->data_n || !equal(is, was, a->after_n);
        return true;
    }
    bool stored =
        a->stored || k->in->loader == 1; /* ABI v0 has its data in words that the machine lets the program write */
    if (a->after_n != now || (!k->vasa && stored && !equal(is, was, now))) {
        k->error = error;
        return false;
    }
    return true;
}

static bool take_owner(struct kernel *k, struct account *a)
{
    const uint8_t *data = machine_at(a->data);
    if (key_equal((const uint64_t *)(const void *)(data - 48), a->before->owner)) {
        return true;
    }
    if (!a->owned || !a->writable || !is_zero(data, a->after_n)) {
        return kernel_error(k, GN_SOL_ERROR_MODIFIED_PROGRAM_ID);
    }
    a->changed = true;
    return true;
}

static bool take_account(struct kernel *k, struct account *a)
{
    uint64_t before_n = a->before->data_n, lamports = lamports_of(a);
    if (lamports != a->before->lamports) {
        if (!a->owned && lamports < a->before->lamports) {
            return kernel_error(k, GN_SOL_ERROR_EXTERNAL_ACCOUNT_LAMPORT_SPEND);
        }
        if (!a->writable) {
            return kernel_error(k, GN_SOL_ERROR_READONLY_LAMPORT_CHANGE);
        }
        a->changed = true;
    }
    a->after_n = before_n;
    if (k->in->loader == 1) {
        return take_data(k, a);
    }
    a->after_n = *(const uint64_t *)machine_at(a->data - 8);
    if ((a->after_n > before_n && a->after_n - before_n > GN_SOL_REALLOC_MAX) || a->after_n > GN_SOL_ACCOUNT_DATA_MAX) {
        return kernel_error(k, GN_SOL_ERROR_INVALID_REALLOC);
    }
    return take_data(k, a) && take_owner(k, a);
}

static bool take_accounts(struct kernel *k)
{
    uint64_t low = 0, high = 0; /* sum of what lamports changed by, 128 bits */
    for (uint64_t i = 0; i < k->in->accounts_n; i++) {
        struct account *a = &k->accounts[i];
        if (!take_account(k, a)) {
            return false;
        }
        uint64_t is = lamports_of(a), was = a->before->lamports;
        low += is;
        high += low < is;
        high -= low < was;
        low -= was;
    }
    return (low | high) == 0 || kernel_error(k, GN_SOL_ERROR_UNBALANCED_INSTRUCTION);
}

void post_run(struct kernel *k, uint64_t r0)
{
    k->exit_code = r0;
    if (r0 != 0) {
        exit_error(k, r0);
    } else if (!take_accounts(k)) {
        for (uint64_t i = 0; i < k->in->accounts_n; i++) {
            k->accounts[i].changed = false;
        }
    }
}
