/* SPDX-License-Identifier: Apache-2.0 */
/* The integers of docs/protocol.md 3.4 at their edges.  A proof is cut off behind its heights: when they are allowed the
 * verifier complains that it ends (REJECT_TRUNCATED), one step further it names the limit.  p = 127 * 2^24 + 1, so 127
 * messages a row at the largest height are p - 1. */
#include "cm.h"

#include <stdlib.h>
#include <string.h>

#include "air/expr.h"
#include "base/bytes.h"
#include "field/fp.h"
#include "proof/container.h"
#include "proof/prove.h"
#include "proof/verify.h"

static struct gn_arena arena;

struct shape_of_machine {
    unsigned columns, interactions, messages, public_tables;
    uint32_t coefficient, constant; /* of a bound, if the coefficient is not 0 */
    uint32_t max_height, flags;
};

static const struct air_system *build(const struct shape_of_machine *m)
{
    static const struct air_column_spec one = {"x", 1, 31, ""};
    struct gn_error err;
    gn_arena_release(&arena, 0);
    struct air_builder *b = air_builder_new("limits");
    assert_non_null(b);
    uint32_t bus = air_bus(b, "bus", 1);
    struct air *t = air_table(b, "t", m->max_height, m->flags);
    expr x = NULL;
    for (unsigned i = 0; i < m->columns; i++) {
        air_committed(t, &one, 1, &x);
    }
    for (unsigned i = 0; i < m->interactions; i++) {
        bus_push(t, bus, NULL, addk(x, i));
    }
    const struct air_entry entry = {AIR_ENTRY_CONST, 1, 0}, limb = {AIR_ENTRY_LIMB, 0, 1};
    for (unsigned i = 0; i < m->messages; i++) {
        air_public_message(b, bus, false, &entry, 1);
    }
    for (unsigned i = 0; i < m->public_tables; i++) {
        air_public_table(b, "p", bus, false, AIR_MAX_PUBLIC_BYTES / 2, &limb, 1); /* two rows at most */
    }
    if (m->coefficient != 0) {
        air_bound_term(t, air_bound(b, "bound", m->constant), m->coefficient);
    }
    const struct air_system *s = air_build(b, &arena, &err);
    air_builder_free(b);
    if (s == NULL) {
        fail_msg("%s", err.text);
    }
    return s;
}

/* The verdict on a proof that ends behind the height. */
static enum gn_verdict verdict_of(const struct shape_of_machine *m, uint32_t height)
{
    const struct air_system *s = build(m);
    static const uint8_t owner[GN_KEY_OWNER_BYTES];
    const struct gn_prove_options options = {.threads = 1};
    const uint32_t no_pages[1] = {0};
    uint8_t proof[GN_PROOF_HEADER_BYTES + GN_KEY_BYTES + 4], *record = proof + GN_PROOF_HEADER_BYTES;
    memcpy(proof, GN_PROOF_MAGIC, 8);
    store_le32(proof + 8, GN_PROTOCOL_VERSION);
    store_le32(proof + 12, GN_PRESET_FAST_128);
    assert_int_equal(gn_setup(record, s, GN_PRESET_FAST_128, NULL, no_pages, owner, &options, NULL), GN_OK);
    store_le32(record + GN_KEY_BYTES, height);

    const struct air_public_bytes bytes[2] = {{proof, 0}, {proof, 0}};
    const struct air_statement statement = {NULL, bytes};
    digest id = gn_key_id(record);
    size_t scratch_n = gn_verify_scratch(s);
    void *scratch = malloc(scratch_n);
    assert_non_null(scratch);
    enum gn_verdict v = gn_verify(s, &id, &statement, proof, sizeof proof, scratch, scratch_n);
    free(scratch);
    return v;
}

static void expect(const struct shape_of_machine *m, uint32_t height, enum gn_verdict wanted)
{
    enum gn_verdict v = verdict_of(m, height);
    if (v != wanted) {
        fail_msg("%u columns, %u + %u + %u messages, bound %u, height %u: %s, not %s", m->columns, m->interactions,
                 m->messages, m->public_tables, m->coefficient, height, gn_verdict_name(v), gn_verdict_name(wanted));
    }
}

static void heights(void **state)
{
    (void)state;
    struct shape_of_machine m = {.columns = 1, .max_height = 1000};
    expect(&m, 1000, GN_REJECT_TRUNCATED);
    expect(&m, 1001, GN_REJECT_HEIGHT);
    expect(&m, UINT32_MAX, GN_REJECT_HEIGHT);
    m.max_height = AIR_MAX_HEIGHT;
    expect(&m, AIR_MAX_HEIGHT, GN_REJECT_TRUNCATED);
    expect(&m, AIR_MAX_HEIGHT + 1, GN_REJECT_HEIGHT);
    m = (struct shape_of_machine){.columns = 1, .max_height = 1000, .flags = AIR_FIXED_HEIGHT};
    expect(&m, 1000, GN_REJECT_TRUNCATED);
    expect(&m, 999, GN_REJECT_HEIGHT);
    m.flags = AIR_MANDATORY;
    expect(&m, 1, GN_REJECT_TRUNCATED);
    expect(&m, 0, GN_REJECT_HEIGHT);
}

/* A sum of multiplicities is one in integers because there are fewer than p messages. */
static void messages_stay_below_p(void **state)
{
    (void)state;
    assert_true(127 * (uint64_t)AIR_MAX_HEIGHT == FP_P - 1);
    struct shape_of_machine m = {.columns = 1, .interactions = 127, .max_height = AIR_MAX_HEIGHT};
    expect(&m, AIR_MAX_HEIGHT, GN_REJECT_TRUNCATED);
    m.messages = 1;
    expect(&m, AIR_MAX_HEIGHT, GN_REJECT_BOUND);
    m.messages = 127;
    expect(&m, AIR_MAX_HEIGHT - 1, GN_REJECT_TRUNCATED);
    m.messages = 128;
    expect(&m, AIR_MAX_HEIGHT - 1, GN_REJECT_BOUND);
    m.messages = 125;
    m.public_tables = 1; /* counted at its largest, whatever the statement holds */
    expect(&m, AIR_MAX_HEIGHT - 1, GN_REJECT_TRUNCATED);
    m.public_tables = 2;
    expect(&m, AIR_MAX_HEIGHT - 1, GN_REJECT_BOUND);
    m = (struct shape_of_machine){.columns = 1, .interactions = 128, .max_height = AIR_MAX_HEIGHT};
    expect(&m, AIR_MAX_HEIGHT, GN_REJECT_BOUND);
    m.interactions = 256; /* 2^32: not 0 */
    expect(&m, AIR_MAX_HEIGHT, GN_REJECT_BOUND);
}

static void bounds_stay_below_p(void **state)
{
    (void)state;
    struct shape_of_machine m = {.columns = 1, .coefficient = 127, .max_height = AIR_MAX_HEIGHT};
    expect(&m, AIR_MAX_HEIGHT, GN_REJECT_TRUNCATED);
    m.constant = 1;
    expect(&m, AIR_MAX_HEIGHT, GN_REJECT_BOUND);
    m.coefficient = (1u << 31) - 1; /* products pass 2^32 */
    m.constant = (1u << 31) - 1;
    expect(&m, AIR_MAX_HEIGHT, GN_REJECT_BOUND);
}

static void cells(void **state)
{
    (void)state;
    struct shape_of_machine m = {.columns = 16, .max_height = AIR_MAX_HEIGHT};
    expect(&m, AIR_MAX_HEIGHT, GN_REJECT_TRUNCATED); /* 2^28 */
    expect(&m, 0, GN_REJECT_CELLS);
    m.columns = 17;
    expect(&m, AIR_MAX_HEIGHT, GN_REJECT_CELLS);
    expect(&m, (1u << 28) / 17 / (1u << 20) * (1u << 20), GN_REJECT_TRUNCATED);
}

static int begin(void **state)
{
    (void)state;
    return gn_arena_init(&arena, (size_t)16 << 20, NULL) != GN_OK;
}

static int end(void **state)
{
    (void)state;
    gn_arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heights),
        cmocka_unit_test(messages_stay_below_p),
        cmocka_unit_test(bounds_stay_below_p),
        cmocka_unit_test(cells),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
