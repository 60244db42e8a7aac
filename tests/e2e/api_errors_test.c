/* SPDX-License-Identifier: Apache-2.0 */
/* What setup, prove and footprint say to input that they cannot take: the status of proof/prove.h and a line that names
 * the reason.  Nothing here reaches the point where columns are read, so most witnesses have none.  (Cancelling, the
 * memory limit and wrong preprocessed columns: prove_verify_test.c; allocation failures: negative/no_memory_test.c.) */
#include "cm.h"

#include <stdlib.h>
#include <string.h>

#include "air/expr.h"
#include "field/fp.h"
#include "machines/machines.h"
#include "proof/prove.h"

#define COLUMNS 17u /* 17 * 2^24 cells are more than 2^28 */

static struct gn_arena arena;
static const struct air_system *machine;
static struct gn_error err;
static const struct gn_prove_options options = {.threads = 1, .isa = GN_ISA_SCALAR};
static const uint8_t owner[GN_KEY_OWNER_BYTES] = "api";

/* One wide table, one of preprocessed pages, one that must not be empty; a public value; rows of public bytes. */
static const struct air_system *declare(void)
{
    struct air_builder *b = air_builder_new("api");
    assert_non_null(b);
    air_public_values(b, 1);
    static const struct air_column_spec columns = {"x", COLUMNS, 31, ""}, one = {"y", 1, 31, ""};
    expr x[COLUMNS], y, pre;
    uint32_t bound = air_bound(b, "rows", 7), bus = air_bus(b, "bytes", 1);

    struct air *wide = air_table(b, "wide", AIR_MAX_HEIGHT, 0);
    air_committed(wide, &columns, 1, x);
    assert_zero(sub(x[0], public_value(wide, 0)));
    air_bound_term(wide, bound, 1u << 8); /* 2^23 rows are too many */

    struct air *pages = air_table(b, "pages", AIR_MAX_HEIGHT, AIR_PREPROCESSED);
    air_preprocessed(pages, &one, 1, &pre);
    air_committed(pages, &one, 1, &y);
    assert_zero(sub(y, pre));

    struct air *needed = air_table(b, "needed", 16, AIR_MANDATORY);
    air_committed(needed, &one, 1, &y);
    assert_bool(y);

    air_public_table(b, "bytes", bus, false, 2, (const struct air_entry[]){{AIR_ENTRY_LIMB, 0, 2}}, 1);
    const struct air_system *s = air_build(b, &arena, &err);
    air_builder_free(b);
    return s;
}

/* ---- a run that is allowed, to be changed ---- */

struct run {
    uint8_t record[GN_KEY_BYTES];
    struct air_table_witness tables[3];
    uint32_t pre_pages[3], pages[2], value;
    struct air_public_bytes bytes;
    struct air_witness w;
};

static void allowed(struct run *r)
{
    *r = (struct run){.tables = {{.height = 100}, {.height = 512}, {.height = 3}},
                      .pre_pages = {0, 4, 0},
                      .pages = {1, 3},
                      .value = 5};
    r->bytes = (struct air_public_bytes){(const uint8_t *)"abcd", 4};
    r->tables[1].pages = r->pages;
    r->w = (struct air_witness){
        .system = machine, .tables = r->tables, .pre_pages = r->pre_pages, .statement = {&r->value, &r->bytes}};
    struct gn_key key = {.preset = GN_PRESET_FAST_128, .air_digest = machine->air_digest, .pre_tables = 1};
    key.pre_pages[0] = 4;
    key.pre_rate_log2 = gn_whir_params(GN_PRESET_FAST_128, WHIR_PREPROCESSED, 12)->mu0;
    gn_key_encode(r->record, &key);
}

/* footprint and prove refuse alike */
static void expect(struct run *r, enum gn_status status, const char *text)
{
    uint64_t bytes = 0;
    memset(&err, 0, sizeof err);
    assert_int_equal(gn_prove_footprint(&bytes, r->record, &r->w, 0, &err), status);
    if (status == GN_OK) {
        assert_true(bytes > 0);
        return;
    }
    for (int i = 0; i < 2; i++) {
        if (err.status != status || strstr(err.text, text) == NULL) {
            fail_msg("wanted %s (%s), got %s (%s)", gn_status_name(status), text, gn_status_name(err.status), err.text);
        }
        struct gn_buffer proof = {0};
        memset(&err, 0, sizeof err);
        assert_int_equal(gn_prove(&proof, r->record, &r->w, &options, &err), status);
        assert_int_equal(proof.size, 0);
    }
    struct gn_buffer proof = {0};
    assert_int_equal(gn_prove(&proof, r->record, &r->w, &options, NULL), status); /* err may be NULL */
}

static void prove_refuses_a_foreign_key(void **state)
{
    (void)state;
    struct run r;
    allowed(&r);
    expect(&r, GN_OK, "");
    static const size_t fields[] = {0, 4, 8, 76}; /* format, preset, AIR digest, number of preprocessed tables */
    for (unsigned i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        allowed(&r);
        r.record[fields[i]] ^= 8;
        expect(&r, GN_BAD_INPUT, "the key record does not belong to machine api");
    }
    allowed(&r);
    r.pre_pages[1] = 5;
    expect(&r, GN_BAD_INPUT, "table pages: 5 preprocessed pages, the key has 4");
}

static void prove_refuses_a_statement_without_form(void **state)
{
    (void)state;
    struct run r;
    allowed(&r);
    r.value = FP_P;
    expect(&r, GN_BAD_INPUT, "the statement does not have the form of machine api");
    allowed(&r);
    r.bytes.size = 3;
    expect(&r, GN_BAD_INPUT, "the statement does not have the form");
    allowed(&r);
    r.bytes.size = AIR_MAX_PUBLIC_BYTES + 2;
    expect(&r, GN_BAD_INPUT, "the statement does not have the form");
}

static void prove_refuses_shapes(void **state)
{
    (void)state;
    struct run r;
    allowed(&r);
    r.tables[2].height = 17;
    expect(&r, GN_LIMIT, "a table height is not allowed");
    allowed(&r);
    r.tables[2].height = 0;
    expect(&r, GN_LIMIT, "a table height is not allowed");
    allowed(&r);
    r.tables[1].height = 300;
    expect(&r, GN_LIMIT, "a table height is not allowed");
    allowed(&r);
    r.pages[0] = 3;
    expect(&r, GN_LIMIT, "not strictly increasing");
    allowed(&r);
    r.pages[1] = 4;
    expect(&r, GN_LIMIT, "names a page that does not exist");
    allowed(&r);
    r.tables[1].pages = NULL;
    expect(&r, GN_BAD_INPUT, "table pages has rows and no list of pages");
    allowed(&r);
    r.tables[0].height = 1u << 23;
    expect(&r, GN_LIMIT, "heights exceed a declared bound");
}

/* Without the bound the same table has too many cells. */
static void prove_refuses_too_many_cells(void **state)
{
    (void)state;
    struct run r;
    allowed(&r);
    struct air_system unbounded = *machine;
    unbounded.bounds_n = 0;
    r.w.system = &unbounded;
    r.tables[0].height = 1u << 23;
    expect(&r, GN_OK, "");
    r.tables[0].height = 1u << 24;
    expect(&r, GN_LIMIT, "no committed cells, or too many");
}

static void options_are_checked(void **state)
{
    (void)state;
    struct run r;
    allowed(&r);
    struct gn_buffer proof = {0};
    uint8_t record[GN_KEY_BYTES];
    static const uint32_t no_pages[3];
    struct gn_prove_options bad = {.threads = 1, .isa = (enum gn_isa)7};
    assert_int_equal(gn_prove(&proof, r.record, &r.w, &bad, &err), GN_BAD_INPUT);
    assert_non_null(strstr(err.text, "unknown kernels"));
    assert_int_equal(gn_setup(record, machine, GN_PRESET_FAST_128, NULL, no_pages, owner, &bad, &err), GN_BAD_INPUT);
    assert_non_null(strstr(err.text, "unknown kernels"));
    bad = (struct gn_prove_options){.threads = 1025};
    assert_int_equal(gn_prove(&proof, r.record, &r.w, &bad, &err), GN_BAD_INPUT);
    assert_non_null(strstr(err.text, "thread count 1025"));
    bad = (struct gn_prove_options){.threads = 1, .max_memory = 1};
    assert_int_equal(gn_prove(&proof, r.record, &r.w, &bad, &err), GN_LIMIT);
    assert_int_equal(proof.size, 0);
}

static void setup_refuses(void **state)
{
    (void)state;
    uint8_t record[GN_KEY_BYTES];
    uint32_t pages[3] = {0};
    assert_int_equal(gn_setup(record, machine, GN_PRESET_FAST_128, NULL, pages, owner, &options, &err), GN_OK);
    assert_int_equal(gn_setup(record, machine, 0, NULL, pages, owner, &options, &err), GN_BAD_INPUT);
    assert_string_equal(err.text, "no preset has number 0");
    assert_int_equal(gn_setup(record, machine, 77, NULL, pages, owner, &options, NULL), GN_BAD_INPUT);
    pages[1] = AIR_MAX_HEIGHT / AIR_PAGE_ROWS + 1;
    assert_int_equal(gn_setup(record, machine, GN_PRESET_FAST_128, NULL, pages, owner, &options, &err), GN_LIMIT);
    assert_string_equal(err.text, "table pages: 65537 preprocessed pages are too many");
}

/* The pages of one column fit; of 17 columns they are more than the preprocessed rows of the parameter table hold. */
static void setup_refuses_too_many_cells(void **state)
{
    (void)state;
    uint8_t record[GN_KEY_BYTES];
    uint32_t pages[3] = {0, AIR_MAX_HEIGHT / AIR_PAGE_ROWS, 0};
    struct air_table tables[3];
    memcpy(tables, machine->tables, sizeof tables);
    tables[1].pre_n = COLUMNS;
    struct air_system wider = *machine;
    wider.tables = tables;
    assert_int_equal(gn_setup(record, &wider, GN_PRESET_FAST_128, NULL, pages, owner, &options, &err), GN_LIMIT);
    assert_non_null(strstr(err.text, "larger than the parameter table allows"));
}

static int begin(void **state)
{
    (void)state;
    if (gn_arena_init(&arena, (size_t)1 << 20, &err) != GN_OK) {
        return 1;
    }
    machine = declare();
    return machine == NULL;
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
        cmocka_unit_test(prove_refuses_a_foreign_key),  cmocka_unit_test(prove_refuses_a_statement_without_form),
        cmocka_unit_test(prove_refuses_shapes),         cmocka_unit_test(prove_refuses_too_many_cells),
        cmocka_unit_test(options_are_checked),          cmocka_unit_test(setup_refuses),
        cmocka_unit_test(setup_refuses_too_many_cells),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
