/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - reads the input as JSON (RFC 8259) and writes what it saw: values by kind, greatest depth, sum of the
 * integers, bytes of strings.  Exits 1 and writes the place of the first error if it is not JSON.  An explicit stack
 * instead of recursion, so no input can overflow the machine's. */
#include <gnomon.h>

enum { DEPTH_MAX = 512 };

struct parser {
    const uint8_t *at, *end;
    uint64_t objects, arrays, strings, numbers, literals, depth, string_bytes;
    int64_t sum;
};

static void skip_space(struct parser *p)
{
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r')) {
        p->at++;
    }
}

static int take(struct parser *p, uint8_t c)
{
    if (p->at < p->end && *p->at == c) {
        p->at++;
        return 1;
    }
    return 0;
}

static int is_digit(const struct parser *p)
{
    return p->at < p->end && *p->at >= '0' && *p->at <= '9';
}

static int is_hex(const struct parser *p)
{
    uint8_t c = p->at < p->end ? *p->at | 0x20 : 0;
    return is_digit(p) || (c >= 'a' && c <= 'f');
}

static int string(struct parser *p)
{
    const uint8_t *begin = p->at;
    if (!take(p, '"')) {
        return 0;
    }
    for (;;) {
        if (p->at == p->end || *p->at < 0x20) {
            return 0;
        }
        if (take(p, '"')) {
            p->strings++;
            p->string_bytes += (uint64_t)(p->at - begin - 2);
            return 1;
        }
        if (!take(p, '\\')) {
            p->at++;
            continue;
        }
        if (take(p, 'u')) {
            for (int i = 0; i < 4; i++, p->at++) {
                if (!is_hex(p)) {
                    return 0;
                }
            }
            continue;
        }
        static const char escapes[] = "\"\\/bfnrt";
        size_t i = 0;
        while (escapes[i] != '\0' && !take(p, (uint8_t)escapes[i])) {
            i++;
        }
        if (escapes[i] == '\0') {
            return 0;
        }
    }
}

static int digits(struct parser *p, uint64_t *value)
{
    int any = 0;
    while (is_digit(p)) {
        *value = *value * 10 + (*p->at++ - '0');
        any = 1;
    }
    return any;
}

static int number(struct parser *p)
{
    uint64_t whole = 0, rest = 0;
    int negative = take(p, '-');
    if (!take(p, '0') && !digits(p, &whole)) {
        return 0;
    }
    if (take(p, '.') && !digits(p, &rest)) {
        return 0;
    }
    if (take(p, 'e') || take(p, 'E')) {
        (void)(take(p, '+') || take(p, '-'));
        if (!digits(p, &rest)) {
            return 0;
        }
    }
    p->numbers++;
    p->sum += negative ? -(int64_t)whole : (int64_t)whole;
    return 1;
}

static int word(struct parser *p, const char *text)
{
    size_t n = strlen(text);
    if ((size_t)(p->end - p->at) < n || memcmp(p->at, text, n) != 0) {
        return 0;
    }
    p->at += n;
    p->literals++;
    return 1;
}

static int scalar(struct parser *p)
{
    if (p->at == p->end) {
        return 0;
    }
    switch (*p->at) {
    case '"':
        return string(p);
    case 't':
        return word(p, "true");
    case 'f':
        return word(p, "false");
    case 'n':
        return word(p, "null");
    default:
        return number(p);
    }
}

static int key(struct parser *p)
{
    skip_space(p);
    if (!string(p)) {
        return 0;
    }
    skip_space(p);
    return take(p, ':');
}

static int parse(struct parser *p)
{
    uint8_t closing[DEPTH_MAX]; /* of the open objects and arrays */
    size_t depth = 0;
    for (;;) {
        /* a value begins here */
        skip_space(p);
        int object = take(p, '{'), array = !object && take(p, '[');
        if (object || array) {
            if (depth == DEPTH_MAX) {
                return 0;
            }
            closing[depth++] = object ? '}' : ']';
            p->depth = depth > p->depth ? depth : p->depth;
            *(object ? &p->objects : &p->arrays) += 1;
            skip_space(p);
            if (!take(p, closing[depth - 1])) {
                if (object && !key(p)) {
                    return 0;
                }
                continue;
            }
            depth--;
        } else if (!scalar(p)) {
            return 0;
        }
        /* and has ended here: what follows closes or goes on */
        for (;;) {
            skip_space(p);
            if (depth == 0) {
                return p->at == p->end;
            }
            if (take(p, closing[depth - 1])) {
                depth--;
                continue;
            }
            if (!take(p, ',') || (closing[depth - 1] == '}' && !key(p))) {
                return 0;
            }
            break;
        }
    }
}

static void line(const char *name, uint64_t value)
{
    put_text(name);
    put_text(" ");
    put_u64(value);
    put_text("\n");
}

int main(void)
{
    static const char sample[] = "{\"name\": \"gnomon\", \"primes\": [2, 3, 5, 7, 11], \"deep\": [[[{\"a\": null}]]], "
                                 "\"neg\": -12, \"x\": 1.5e3, \"ok\": true}";
    const uint8_t *in;
    size_t size;
    read_input(&in, &size);
    if (size == 0) {
        in = (const uint8_t *)sample;
        size = sizeof sample - 1;
    }
    struct parser p = {.at = in, .end = in + size};
    if (!parse(&p)) {
        line("error at", (uint64_t)(p.at - in));
        return 1;
    }
    line("objects", p.objects);
    line("arrays", p.arrays);
    line("strings", p.strings);
    line("numbers", p.numbers);
    line("literals", p.literals);
    line("depth", p.depth);
    line("string bytes", p.string_bytes);
    line("sum modulo 2^64", (uint64_t)p.sum);
    return 0;
}
