/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - one pass over the text finds its depth and quotes integers that Jansson's signed 64 bits cannot hold; then Jansson parses. */
#include "svm/json.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "svm/base64.h"

enum { LONG_INTEGER = 19 }; /* digits from which on an integer is quoted: 2^63 has 19 */

struct scan {
    const char *text;
    size_t n, at;
    char *out; /* the text with long integers quoted */
    size_t out_n;
};

static void copy(struct scan *s, size_t n)
{
    memcpy(s->out + s->out_n, s->text + s->at, n);
    s->out_n += n;
    s->at += n;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void scan_string(struct scan *s)
{
    size_t end = s->at + 1;
    while (end < s->n && s->text[end] != '"') {
        end += s->text[end] == '\\' ? 2 : 1;
    }
    copy(s, end < s->n ? end + 1 - s->at : s->n - s->at);
}

/* A number as far as it goes; what is no number Jansson will refuse. */
static void scan_number(struct scan *s)
{
    size_t end = s->at;
    bool integer = is_digit(s->text[end]) && (s->text[end] != '0');
    while (end < s->n && (is_digit(s->text[end]) || strchr("+-.eE", s->text[end]) != NULL) && s->text[end] != 0) {
        integer = integer && is_digit(s->text[end]);
        end++;
    }
    bool quote = integer && end - s->at >= LONG_INTEGER;
    if (quote) {
        s->out[s->out_n++] = '"';
    }
    copy(s, end - s->at);
    if (quote) {
        s->out[s->out_n++] = '"';
    }
}

/* false: too deep */
static bool scan(struct scan *s)
{
    unsigned depth = 0;
    while (s->at < s->n) {
        char c = s->text[s->at];
        if (c == '"') {
            scan_string(s);
        } else if (is_digit(c) || c == '-') {
            scan_number(s);
        } else {
            depth += c == '{' || c == '[' ? 1u : 0u;
            depth -= (c == '}' || c == ']') && depth > 0 ? 1u : 0u;
            if (depth > JSON_DEPTH_MAX) {
                return false;
            }
            copy(s, 1);
        }
    }
    return true;
}

/* Jansson quotes the text near the error: printable ASCII only reaches the message. */
static enum gn_status say(struct gn_error *err, const json_error_t *e)
{
    char text[JSON_ERROR_TEXT_LENGTH];
    size_t n = 0;
    for (; e->text[n] != 0 && n + 1 < sizeof text; n++) {
        text[n] = e->text[n] >= 0x20 && e->text[n] < 0x7f ? e->text[n] : '?';
    }
    text[n] = 0;
    return gn_fail(err, GN_BAD_INPUT, "not JSON: line %d, column %d: %s", e->line, e->column, text);
}

enum gn_status gn_json_parse(json_t **root, const void *text, size_t n, struct gn_error *err)
{
    *root = NULL;
    if (n > JSON_SIZE_MAX) {
        return gn_fail(err, GN_BAD_INPUT, "JSON of %zu bytes; at most %d are read", n, JSON_SIZE_MAX);
    }
    /* every quoted integer has at least LONG_INTEGER digits and gets two quotes */
    struct scan s = {.text = text, .n = n, .out = malloc(n + n / LONG_INTEGER * 2 + 1)};
    if (s.out == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for JSON of %zu bytes", n);
    }
    enum gn_status status = GN_OK;
    if (!scan(&s)) {
        status = gn_fail(err, GN_BAD_INPUT, "JSON is more than %d levels deep", JSON_DEPTH_MAX);
    } else {
        json_error_t e;
        *root = json_loadb(s.out, s.out_n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &e);
        if (*root == NULL) {
            status = json_error_code(&e) == json_error_out_of_memory
                         ? gn_fail(err, GN_NO_MEMORY, "no memory for JSON of %zu bytes", n)
                         : say(err, &e);
        }
    }
    free(s.out);
    return status;
}

/* Appends the path of at; the root's is empty. */
static size_t path(char *out, size_t out_n, const struct json_place *at)
{
    size_t n = at->in == NULL ? 0 : path(out, out_n, at->in);
    char *to = out + n;
    int more = 0;
    if (at->key != NULL) {
        more = snprintf(to, out_n - n, "%s%s", n > 0 ? "." : "", at->key);
    } else if (at->in != NULL) {
        more = snprintf(to, out_n - n, "[%zu]", at->index);
    }
    n += more > 0 ? (size_t)more : 0;
    return n < out_n ? n : out_n - 1;
}

bool gn_json_fail(const struct json_place *at, struct gn_error *err, const char *format, ...)
{
    char where[128] = "", what[128];
    path(where, sizeof where, at);
    va_list list;
    va_start(list, format);
    vsnprintf(what, sizeof what, format, list);
    va_end(list);
    (void)gn_fail(err, GN_BAD_INPUT, "%s%s%s", where, where[0] != 0 ? ": " : "", what);
    return false;
}

bool gn_json_no_memory(struct gn_error *err)
{
    (void)gn_fail(err, GN_NO_MEMORY, "no memory for what the JSON describes");
    return false;
}

bool gn_json_find(struct json_place *out, const struct json_place *object, const char *key, struct gn_error *err)
{
    if (!json_is_object(object->value)) {
        return gn_json_fail(object, err, "not an object");
    }
    *out = (struct json_place){.value = json_object_get(object->value, key), .in = object, .key = key};
    if (json_is_null(out->value)) {
        out->value = NULL;
    }
    return true;
}

bool gn_json_get(struct json_place *out, const struct json_place *object, const char *key, struct gn_error *err)
{
    return gn_json_find(out, object, key, err) && (out->value != NULL || gn_json_fail(out, err, "missing"));
}

bool gn_json_array(const struct json_place *at, size_t *n, size_t max, struct gn_error *err)
{
    if (!json_is_array(at->value)) {
        return gn_json_fail(at, err, "not an array");
    }
    *n = json_array_size(at->value);
    return *n <= max || gn_json_fail(at, err, "%zu entries, more than %zu", *n, max);
}

void gn_json_item(struct json_place *out, const struct json_place *array, size_t index)
{
    *out = (struct json_place){.value = json_array_get(array->value, index), .in = array, .index = index};
}

/* digits only, no leading zero; false if it does not fit */
static bool parse_u64(uint64_t *out, const char *text)
{
    *out = 0;
    if (!is_digit(*text) || (*text == '0' && text[1] != 0)) {
        return false;
    }
    for (; is_digit(*text); text++) {
        if (__builtin_mul_overflow(*out, 10, out) || __builtin_add_overflow(*out, (uint64_t)(*text - '0'), out)) {
            return false;
        }
    }
    return *text == 0;
}

bool gn_json_u64(const struct json_place *at, uint64_t *out, uint64_t max, struct gn_error *err)
{
    bool good = false;
    if (json_is_integer(at->value)) {
        good = json_integer_value(at->value) >= 0;
        *out = (uint64_t)json_integer_value(at->value);
    } else if (json_is_string(at->value)) {
        const char *text = json_string_value(at->value);
        good = strlen(text) == json_string_length(at->value) && parse_u64(out, text);
    }
    if (!good) {
        return gn_json_fail(at, err, "not an unsigned integer of 64 bits");
    }
    return *out <= max ||
           gn_json_fail(at, err, "%llu, more than %llu", (unsigned long long)*out, (unsigned long long)max);
}

bool gn_json_bool(const struct json_place *at, bool *out, struct gn_error *err)
{
    *out = json_is_true(at->value);
    return json_is_boolean(at->value) || gn_json_fail(at, err, "neither true nor false");
}

bool gn_json_text(const struct json_place *at, const char **out, struct gn_error *err)
{
    *out = json_string_value(at->value);
    if (*out == NULL) {
        return gn_json_fail(at, err, "not a string");
    }
    return strlen(*out) == json_string_length(at->value) || gn_json_fail(at, err, "holds a character 0");
}

bool gn_json_key(const struct json_place *at, struct svm_key *out, struct gn_error *err)
{
    const char *text;
    return gn_json_text(at, &text, err) && (gn_svm_key_from_text(out, text, json_string_length(at->value)) ||
                                            gn_json_fail(at, err, "not an address (32 bytes in Base58)"));
}

bool gn_json_base64(const struct json_place *at, struct gn_arena *arena, const uint8_t **out, size_t *n, size_t max,
                    struct gn_error *err)
{
    const char *text;
    if (!gn_json_text(at, &text, err)) {
        return false;
    }
    size_t text_n = json_string_length(at->value);
    if (text_n > gn_base64_encoded(max)) {
        return gn_json_fail(at, err, "more than %zu bytes", max);
    }
    uint8_t *bytes = gn_arena_alloc(arena, gn_base64_decoded_max(text_n) + 1);
    if (bytes == NULL) {
        return gn_json_no_memory(err);
    }
    *out = bytes;
    if (!gn_base64_decode(bytes, n, text, text_n)) {
        return gn_json_fail(at, err, "not Base64");
    }
    return *n <= max || gn_json_fail(at, err, "more than %zu bytes", max);
}

static int hex_digit(char c)
{
    return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool gn_json_hex(const struct json_place *at, uint8_t *out, size_t n, struct gn_error *err)
{
    const char *text;
    if (!gn_json_text(at, &text, err)) {
        return false;
    }
    bool good = json_string_length(at->value) == 2 * n;
    for (size_t i = 0; good && i < n; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
        good = high >= 0 && low >= 0;
        out[i] = good ? (uint8_t)(high << 4 | low) : 0;
    }
    return good || gn_json_fail(at, err, "not %zu bytes in hexadecimal", n);
}
