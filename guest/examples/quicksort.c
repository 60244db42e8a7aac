/* SPDX-License-Identifier: Apache-2.0 */
/* quicksort.c - sorts the input, signed 32-bit numbers, or 1,000 made-up ones if there is none; writes smallest,
 * median, largest, a checksum.  Exits 1 if the result is not sorted. */
#include <gnomon.h>

static void swap(int32_t *a, int32_t *b)
{
    int32_t t = *a;
    *a = *b;
    *b = t;
}

/* Hoare's partition: returns k with 0 < k < n so that nothing before v[k] is larger than anything from it on */
static size_t partition(int32_t *v, size_t n)
{
    int32_t pivot = v[(n - 1) / 2];
    size_t i = 0, j = n - 1;
    for (;; i++, j--) {
        while (v[i] < pivot) {
            i++;
        }
        while (v[j] > pivot) {
            j--;
        }
        if (i >= j) {
            return j + 1;
        }
        swap(&v[i], &v[j]);
    }
}

/* recursion into the smaller part, so that the depth is at most log2 n */
static void sort(int32_t *v, size_t n)
{
    while (n > 1) {
        size_t k = partition(v, n);
        if (k < n - k) {
            sort(v, k);
            v += k;
            n -= k;
        } else {
            sort(v + k, n - k);
            n = k;
        }
    }
}

static void put_i32(int32_t x)
{
    if (x < 0) {
        put_text("-");
    }
    put_u64(x < 0 ? -(uint64_t)x : (uint64_t)x);
    put_text(" ");
}

int main(void)
{
    const uint8_t *in;
    size_t size;
    read_input(&in, &size);
    size_t n = size / 4 > 0 ? size / 4 : 1000;
    int32_t *v = malloc(n * sizeof *v);
    if (v == NULL) {
        return 2;
    }
    if (size / 4 > 0) {
        memcpy(v, in, n * sizeof *v);
    } else {
        uint32_t x = 1;
        for (size_t i = 0; i < n; i++) {
            x = x * 1664525 + 1013904223;
            v[i] = (int32_t)(x ^ x >> 16);
        }
    }
    sort(v, n);
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && v[i - 1] > v[i]) {
            return 1;
        }
        sum = sum * 31 + (uint64_t)v[i];
    }
    put_i32(v[0]);
    put_i32(v[n / 2]);
    put_i32(v[n - 1]);
    put_u64(sum);
    put_text("\n");
    return 0;
}
