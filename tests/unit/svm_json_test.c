/* SPDX-License-Identifier: Apache-2.0 */
/* svm_json_test.c - what the strict reader takes, and the line it says about everything else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cm.h"
#include "svm/json.h"

static struct gn_error err;

static json_t *parse(const char *text)
{
    json_t *root;
    err.text[0] = 0;
    if (gn_json_parse(&root, text, strlen(text), &err) != GN_OK) {
        assert_null(root);
    }
    return root;
}

static void refused(const char *text, const char *says)
{
    assert_null(parse(text));
    assert_int_equal(err.status, GN_BAD_INPUT);
    if (strstr(err.text, says) == NULL) {
        fail_msg("said \"%s\" instead of \"%s\"", err.text, says);
    }
    for (const char *c = err.text; *c != 0; c++) {
        assert_true(*c >= 0x20 && *c < 0x7f);
    }
}

static void malformed(void **state)
{
    (void)state;
    refused("", "not JSON");
    refused("{\"a\": 1", "line 1");
    refused("{\"a\": 1, \"a\": 2}", "duplicate");
    refused("{\"a\": {\"b\": 1, \"c\": 2, \"b\": 1}}", "duplicate");
    refused("[1, 2\n, }", "line 2, column");
    refused("{} {}", "not JSON");
    refused("{\"a\\u0000\": 1}", "not JSON");
    refused("[\"\x01\"]", "not JSON");
    refused("[\"\xff\"]", "not JSON");
    refused("[\"ab", "not JSON");
    refused("[\"ab\\", "not JSON");
    refused("[01]", "not JSON");
    refused("[1e999]", "not JSON");
    refused("[-99999999999999999999999]", "not JSON");
    refused("NaN", "not JSON");
    assert_null(parse("[\"\xe2\x80\xa8\", x]"));
    assert_null(strchr(err.text, '\n'));
}

static void depth(void **state)
{
    (void)state;
    char text[2 * JSON_DEPTH_MAX + 4];
    for (size_t n = JSON_DEPTH_MAX; n <= JSON_DEPTH_MAX + 1; n++) {
        memset(text, '[', n);
        memset(text + n, ']', n);
        text[2 * n] = 0;
        if (n == JSON_DEPTH_MAX) {
            json_decref(parse(text));
            assert_string_equal(err.text, "");
        } else {
            refused(text, "levels deep");
        }
    }
    size_t n = 1 << 20; /* far beyond what a recursive parser would survive */
    char *deep = malloc(n + 1);
    assert_non_null(deep);
    memset(deep, '{', n);
    deep[n] = 0;
    refused(deep, "levels deep");
    memset(deep, '}', n);
    refused(deep, "not JSON");
    free(deep);
    /* brackets inside strings are no levels */
    json_decref(parse("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[\"]"));
    assert_string_equal(err.text, "");
}

static void size(void **state)
{
    (void)state;
    json_t *root;
    assert_int_equal(gn_json_parse(&root, "", (size_t)JSON_SIZE_MAX + 1, &err), GN_BAD_INPUT);
    assert_null(root);
}

static void integers(void **state)
{
    (void)state;
    json_t *root =
        parse("{\"n\": [18446744073709551615, 18446744073709551616, 9223372036854775807, 9223372036854775808,"
              "\"18446744073709551615\", \"007\", \"\", \"1x\", -1, 1.0, true, \"99999999999999999999\", 0, \"0\"]}");
    assert_non_null(root);
    struct json_place top = {.value = root}, list, item;
    size_t n;
    assert_true(gn_json_get(&list, &top, "n", &err));
    assert_true(gn_json_array(&list, &n, 14, &err));
    static const uint64_t value[14] = {UINT64_MAX, 0, INT64_MAX, UINT64_C(1) << 63, UINT64_MAX};
    static const bool good[14] = {1, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1};
    for (size_t i = 0; i < n; i++) {
        uint64_t v;
        gn_json_item(&item, &list, i);
        assert_int_equal(gn_json_u64(&item, &v, UINT64_MAX, &err), good[i]);
        if (good[i]) {
            assert_true(v == value[i]);
        } else {
            char says[64];
            snprintf(says, sizeof says, "n[%zu]: not an unsigned integer of 64 bits", i);
            assert_string_equal(err.text, says);
        }
    }
    uint64_t v;
    gn_json_item(&item, &list, 0);
    assert_false(gn_json_u64(&item, &v, 5, &err));
    assert_string_equal(err.text, "n[0]: 18446744073709551615, more than 5");
    assert_false(gn_json_array(&list, &n, 13, &err));
    assert_string_equal(err.text, "n: 14 entries, more than 13");
    json_decref(root);
}

static void members(void **state)
{
    (void)state;
    struct gn_arena arena;
    assert_int_equal(gn_arena_init(&arena, 1 << 21, &err), GN_OK);
    json_t *root =
        parse("{\"a\": [{\"key\": \"TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DO\", \"data\": \"AQI=\", \"no\": null,"
              "\"bad\": \"AQ\", \"nul\": \"a\\u0000b\", \"hex\": \"00fF\", \"flag\": true}]}");
    assert_non_null(root);
    struct json_place top = {.value = root}, list, item, at;
    struct svm_key key;
    const uint8_t *bytes;
    const char *text;
    size_t n;
    uint8_t hex[2];
    bool flag;
    assert_true(gn_json_get(&list, &top, "a", &err) && gn_json_array(&list, &n, 1, &err));
    gn_json_item(&item, &list, 0);
    assert_false(gn_json_get(&at, &list, "key", &err));
    assert_string_equal(err.text, "a: not an object");
    assert_false(gn_json_get(&at, &item, "no", &err));
    assert_string_equal(err.text, "a[0].no: missing");
    assert_true(gn_json_find(&at, &item, "no", &err));
    assert_null(at.value);
    assert_true(gn_json_find(&at, &item, "absent", &err));
    assert_null(at.value);
    assert_true(gn_json_get(&at, &item, "key", &err));
    assert_false(gn_json_key(&at, &key, &err));
    assert_string_equal(err.text, "a[0].key: not an address (32 bytes in Base58)");
    assert_false(gn_json_array(&at, &n, 1, &err));
    assert_string_equal(err.text, "a[0].key: not an array");
    assert_true(gn_json_text(&at, &text, &err));
    assert_false(gn_json_text(&item, &text, &err));
    assert_string_equal(err.text, "a[0]: not a string");
    assert_true(gn_json_get(&at, &item, "data", &err));
    assert_true(gn_json_base64(&at, &arena, &bytes, &n, 2, &err));
    assert_int_equal(n, 2);
    assert_memory_equal(bytes, "\x01\x02", 2);
    assert_false(gn_json_base64(&at, &arena, &bytes, &n, 1, &err));
    assert_string_equal(err.text, "a[0].data: more than 1 bytes");
    assert_false(gn_json_bool(&at, &flag, &err));
    assert_string_equal(err.text, "a[0].data: neither true nor false");
    assert_true(gn_json_get(&at, &item, "bad", &err));
    assert_false(gn_json_base64(&at, &arena, &bytes, &n, 100, &err));
    assert_string_equal(err.text, "a[0].bad: not Base64");
    assert_true(gn_json_get(&at, &item, "hex", &err));
    assert_true(gn_json_hex(&at, hex, 2, &err));
    assert_int_equal(hex[1], 255);
    assert_false(gn_json_hex(&at, hex, 1, &err));
    assert_true(gn_json_get(&at, &item, "nul", &err));
    assert_false(gn_json_text(&at, &text, &err));
    assert_string_equal(err.text, "a[0].nul: holds a character 0");
    assert_true(gn_json_get(&at, &item, "flag", &err));
    assert_true(gn_json_bool(&at, &flag, &err) && flag);
    json_decref(root);
    gn_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed), cmocka_unit_test(depth),   cmocka_unit_test(size),
        cmocka_unit_test(integers),  cmocka_unit_test(members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
