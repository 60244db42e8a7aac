/* SPDX-License-Identifier: Apache-2.0 */
/* Statements and key records as bytes: what is written is read, and only that. */
#include "cm.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "zkvm/identity.h"
#include "zkvm/statement.h"

static const uint8_t region[GN_REGION_BYTES] = {1, 2, 3};

static uint8_t *written(size_t *n, const struct gn_statement *s)
{
    *n = gn_statement_size(s->output_n);
    uint8_t *bytes = malloc(*n + 8);
    assert_non_null(bytes);
    gn_statement_write(bytes, s);
    memset(bytes + *n, 0, 8);
    return bytes;
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    static const uint8_t output[] = "0123456789abcdef";
    for (uint32_t outcome = 0; outcome < GN_OUTCOMES; outcome++) {
        for (size_t output_n = 0; output_n <= 16; output_n++) {
            const struct gn_statement s = {.outcome = outcome,
                                           .exit_code = outcome == 0 ? 0x123456789abcdef : 0,
                                           .fault_pc = outcome != 0 ? 0x80000004 : 0,
                                           .fault_address = outcome != 0 ? 77 : 0,
                                           .region = region,
                                           .output = output,
                                           .output_n = output_n};
            size_t n;
            uint8_t *bytes = written(&n, &s);
            struct gn_statement r;
            assert_true(gn_statement_read(&r, bytes, n));
            assert_int_equal(r.outcome, s.outcome);
            assert_int_equal(r.exit_code, s.exit_code);
            assert_int_equal(r.fault_pc, s.fault_pc);
            assert_int_equal(r.fault_address, s.fault_address);
            assert_memory_equal(r.region, region, GN_REGION_BYTES);
            assert_int_equal(r.output_n, output_n);
            assert_memory_equal(r.output, output, output_n);
            for (size_t other = 0; other <= n + 8; other++) { /* of this length and no other */
                assert_true(gn_statement_read(&r, bytes, other) == (other == n));
            }
            free(bytes);
        }
    }
}

static void what_no_run_says_is_not_read(void **state)
{
    (void)state;
    const struct gn_statement s = {.region = region, .output = (const uint8_t *)"abc", .output_n = 3};
    static const struct {
        size_t at;
        uint8_t value;
    } lies[] = {
        {0, 'g'},
        {7, '2'}, /* magic */
        {8, GN_OUTCOMES},
        {8 + 7, 1}, /* outcome */
        {24, 1},    /* an exit has no address */
        {32, 9},
        {32 + 7, 1},
        {32 + 4, 1}, /* length */
        {GN_STATEMENT_LEAST + 3, 1},
        {GN_STATEMENT_LEAST + 7, 1}, /* padding */
    };
    size_t n;
    uint8_t *bytes = written(&n, &s);
    struct gn_statement r;
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        uint8_t honest = bytes[lies[i].at];
        bytes[lies[i].at] = lies[i].value;
        assert_false(gn_statement_read(&r, bytes, n));
        assert_null(r.region);
        bytes[lies[i].at] = honest;
    }
    assert_true(gn_statement_read(&r, bytes, n));
    free(bytes);
}

/* the longest output, and one byte more */
static void output_has_a_limit(void **state)
{
    (void)state;
    size_t n = gn_statement_size(GN_STATEMENT_OUTPUT_MAX + 1);
    uint8_t *output = calloc(GN_STATEMENT_OUTPUT_MAX + 1, 1), *bytes = malloc(n);
    assert_true(output != NULL && bytes != NULL);
    struct gn_statement s = {.region = region, .output = output, .output_n = GN_STATEMENT_OUTPUT_MAX}, r;
    gn_statement_write(bytes, &s);
    assert_true(gn_statement_read(&r, bytes, gn_statement_size(s.output_n)));
    s.output_n++;
    gn_statement_write(bytes, &s);
    assert_false(gn_statement_read(&r, bytes, n));
    free(output);
    free(bytes);
}

static void identities_are_canonical(void **state)
{
    (void)state;
    struct gn_identity i = {.front_end = GN_FRONT_RISCV, .release = 0x10203, .kernel_version = 9, .entry = 0x80000000},
                       r;
    memset(i.program_hash, 0xab, sizeof i.program_hash);
    uint8_t owner[GN_KEY_OWNER_BYTES], again[GN_KEY_OWNER_BYTES];
    gn_identity_encode(owner, &i);
    assert_true(gn_identity_decode(&r, owner));
    gn_identity_encode(again, &r);
    assert_memory_equal(owner, again, sizeof owner);
    for (size_t at = 0; at < sizeof owner; at++) { /* a changed byte is refused, or means something else */
        owner[at] ^= 0x40;
        if (gn_identity_decode(&r, owner)) {
            gn_identity_encode(again, &r);
            assert_memory_equal(owner, again, sizeof owner);
        }
        owner[at] ^= 0x40;
    }
}

static void keys_are_read(void **state)
{
    (void)state;
    struct gn_identity i = {.front_end = GN_FRONT_RISCV, .release = 7, .entry = 0x80000010};
    struct gn_key key = {.preset = GN_PRESET_FAST_128, .pre_rate_log2 = 3, .pre_tables = 2, .pre_pages = {5, 6}};
    uint8_t record[GN_RECORD_BYTES], id[GN_ID_BYTES], other[GN_ID_BYTES];
    struct gn_key_info info;
    memset(key.air_digest.b, 1, GN_DIGEST_BYTES);
    memset(key.pre_root.b, 2, GN_DIGEST_BYTES);
    gn_identity_encode(key.owner, &i);
    gn_key_encode(record, &key);
    assert_true(gn_key_read(&info, record));
    assert_int_equal(info.preset, GN_PRESET_FAST_128);
    assert_int_equal(info.release, 7);
    assert_int_equal(info.entry, 0x80000010);
    assert_int_equal(info.rate_log2, 3);
    assert_int_equal(info.pages[1], 6);
    assert_int_equal(info.air_digest[31], 1);
    assert_int_equal(info.program_root[0], 2);
    gn_key_hash(id, record);
    for (size_t at = 0; at < sizeof record; at++) { /* every byte of the record is in the id */
        record[at] ^= 1;
        gn_key_hash(other, record);
        assert_memory_not_equal(id, other, sizeof id);
        record[at] ^= 1;
    }
    record[GN_RECORD_BYTES - 1] = 1;
    assert_false(gn_key_read(&info, record));
    record[GN_RECORD_BYTES - 1] = 0;
    record[0] = 2;
    assert_false(gn_key_read(&info, record));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read), cmocka_unit_test(what_no_run_says_is_not_read),
        cmocka_unit_test(output_has_a_limit),      cmocka_unit_test(identities_are_canonical),
        cmocka_unit_test(keys_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
