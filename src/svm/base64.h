/* SPDX-License-Identifier: Apache-2.0 */
/* base64.h - Base64 (RFC 4648, section 4) in its canonical form only: padded, no other characters, unused bits 0. */
#ifndef GN_SVM_BASE64_H
#define GN_SVM_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline size_t gn_base64_encoded(size_t n) /* characters, without a final 0 */
{
    return (n + 2) / 3 * 4;
}
static inline size_t gn_base64_decoded_max(size_t text_n)
{
    return text_n / 4 * 3;
}

/* *n bytes go to out, which holds gn_base64_decoded_max(text_n); false if text is not canonical Base64 */
bool gn_base64_decode(uint8_t *out, size_t *n, const char *text, size_t text_n);
/* returns out, which holds gn_base64_encoded(n) + 1 characters */
char *gn_base64_encode(char *out, const uint8_t *bytes, size_t n);

#endif
