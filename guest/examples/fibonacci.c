/* SPDX-License-Identifier: Apache-2.0 */
/* fibonacci.c - the n-th Fibonacci number modulo 2^64; n: the input's first 8 bytes, 100 if there are fewer. */
#include <gnomon.h>

int main(void)
{
    const uint8_t *in;
    size_t size;
    uint64_t n = 100, a = 0, b = 1;
    read_input(&in, &size);
    if (size >= sizeof n) {
        memcpy(&n, in, sizeof n);
    }
    for (uint64_t i = 0; i < n; i++) {
        uint64_t next = a + b;
        a = b;
        b = next;
    }
    put_u64(a);
    put_text("\n");
    return 0;
}
