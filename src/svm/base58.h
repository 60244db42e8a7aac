/* SPDX-License-Identifier: Apache-2.0 */
/* base58.h - Base58 with Bitcoin's alphabet, as Solana writes addresses. */
#ifndef GN_SVM_BASE58_H
#define GN_SVM_BASE58_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct svm_key { /* an address */
    uint8_t b[32];
};
enum { SVM_KEY_TEXT = 45 }; /* the longest address as text, and a final 0 */

/* out gets exactly n bytes; false if text (text_n characters) is not the encoding of n bytes.  Quadratic: for short strings. */
bool gn_base58_decode(uint8_t *out, size_t n, const char *text, size_t text_n);
/* n <= 64 bytes; returns out, which holds at least 1 + n * 138 / 100 + 1 characters */
char *gn_base58_encode(char *out, const uint8_t *bytes, size_t n);

bool gn_svm_key_from_text(struct svm_key *out, const char *text, size_t text_n);
char *gn_svm_key_text(char out[static SVM_KEY_TEXT], const struct svm_key *key);
bool gn_svm_key_equal(const struct svm_key *a, const struct svm_key *b);
bool gn_svm_key_is(const struct svm_key *key, const char *text); /* text: an address in Base58 */

#endif
