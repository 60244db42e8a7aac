/* SPDX-License-Identifier: Apache-2.0 */
#include "svm/base64.h"

static const char alphabet[64] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int digit(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool gn_base64_decode(uint8_t *out, size_t *n, const char *text, size_t text_n)
{
    *n = 0;
    if (text_n % 4 != 0) {
        return false;
    }
    for (size_t at = 0; at < text_n; at += 4) {
        unsigned padding = 0, value = 0;
        if (at + 4 == text_n && text[at + 3] == '=') {
            padding = text[at + 2] == '=' ? 2 : 1;
        }
        for (unsigned i = 0; i < 4; i++) {
            int d = i + padding >= 4 ? 0 : digit(text[at + i]);
            if (d < 0) {
                return false;
            }
            value = value << 6 | (unsigned)d;
        }
        if ((value & ((1u << 8 * padding) - 1)) != 0) {
            return false;
        }
        for (unsigned i = 0; i < 3 - padding; i++) {
            out[(*n)++] = (uint8_t)(value >> (16 - 8 * i));
        }
    }
    return true;
}

char *gn_base64_encode(char *out, const uint8_t *bytes, size_t n)
{
    char *to = out;
    for (size_t at = 0; at < n; at += 3) {
        size_t have = n - at < 3 ? n - at : 3;
        unsigned value = 0;
        for (size_t i = 0; i < 3; i++) {
            value = value << 8 | (i < have ? bytes[at + i] : 0u);
        }
        for (unsigned i = 0; i < 4; i++) {
            *to++ = i > have ? '=' : alphabet[value >> (18 - 6 * i) & 63];
        }
    }
    *to = 0;
    return out;
}
