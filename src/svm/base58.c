/* SPDX-License-Identifier: Apache-2.0 */
/* base58.c - a number in base 58; each leading zero byte is a leading '1'. */
#include "svm/base58.h"

#include <string.h>

static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

static int digit(char c)
{
    const char *at = c == 0 ? NULL : strchr(alphabet, c);
    return at == NULL ? -1 : (int)(at - alphabet);
}

/* out := 58 out + d as a number of n bytes, highest first; false if it does not fit */
static bool append_digit(uint8_t *out, size_t n, unsigned d)
{
    for (size_t i = n; i-- > 0;) {
        d += 58u * out[i];
        out[i] = (uint8_t)d;
        d >>= 8;
    }
    return d == 0;
}

bool gn_base58_decode(uint8_t *out, size_t n, const char *text, size_t text_n)
{
    size_t ones = 0, zeros = 0;
    if (text_n > 2 * n) { /* no encoding is that long */
        return false;
    }
    memset(out, 0, n);
    for (size_t i = 0; i < text_n; i++) {
        int d = digit(text[i]);
        if (d < 0 || !append_digit(out, n, (unsigned)d)) {
            return false;
        }
    }
    while (ones < text_n && text[ones] == '1') {
        ones++;
    }
    while (zeros < n && out[zeros] == 0) {
        zeros++;
    }
    return ones == zeros;
}

char *gn_base58_encode(char *out, const uint8_t *bytes, size_t n)
{
    char digits[96]; /* lowest first; 64 bytes have at most 88 */
    size_t digits_n = 0, zeros = 0, length = 0;
    while (zeros < n && bytes[zeros] == 0) {
        zeros++;
    }
    for (size_t i = zeros; i < n; i++) {
        unsigned carry = bytes[i];
        for (size_t j = 0; j < digits_n; j++) {
            carry += (unsigned)digits[j] << 8;
            digits[j] = (char)(carry % 58);
            carry /= 58;
        }
        for (; carry > 0 && digits_n < sizeof digits; carry /= 58) {
            digits[digits_n++] = (char)(carry % 58);
        }
    }
    for (; length < zeros; length++) {
        out[length] = '1';
    }
    while (digits_n > 0) {
        out[length++] = alphabet[(unsigned char)digits[--digits_n]];
    }
    out[length] = 0;
    return out;
}

bool gn_svm_key_from_text(struct svm_key *out, const char *text, size_t text_n)
{
    return gn_base58_decode(out->b, sizeof out->b, text, text_n);
}

char *gn_svm_key_text(char out[static SVM_KEY_TEXT], const struct svm_key *key)
{
    return gn_base58_encode(out, key->b, sizeof key->b);
}

bool gn_svm_key_equal(const struct svm_key *a, const struct svm_key *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

bool gn_svm_key_is(const struct svm_key *key, const char *text)
{
    char own[SVM_KEY_TEXT];
    return strcmp(gn_svm_key_text(own, key), text) == 0;
}
