/* SPDX-License-Identifier: Apache-2.0 */
/* io.c - input region, environment calls, text. */
#include "gnomon.h"

#define INPUT ((const uint64_t *)0x40000000)

enum { CALL_WRITE = 64, CALL_EXIT = 93, PUBLIC = 1, DIAGNOSTICS = 2 };

static long call(long number, long first, long second, long third)
{
    register long a0 __asm__("a0") = first;
    register long a1 __asm__("a1") = second;
    register long a2 __asm__("a2") = third;
    register long a7 __asm__("a7") = number;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7) : "memory");
    return a0;
}

_Noreturn void exit(int code)
{
    for (;;) {
        call(CALL_EXIT, code, 0, 0);
    }
}

_Noreturn void abort(void)
{
    exit(134);
}

void read_input(const uint8_t **buf, size_t *size)
{
    *buf = (const uint8_t *)(INPUT + 2);
    *size = INPUT[1];
}

/* all of it: Linux may take less at a time */
static void write_all(int fd, const uint8_t *out, size_t size)
{
    while (size > 0) {
        long n = call(CALL_WRITE, fd, (long)out, (long)size);
        if (n <= 0) {
            abort();
        }
        out += n;
        size -= (size_t)n;
    }
}

void write_output(const uint8_t *out, size_t size)
{
    write_all(PUBLIC, out, size);
}

void put_text(const char *text)
{
    write_output((const uint8_t *)text, strlen(text));
}

void debug_text(const char *text)
{
    write_all(DIAGNOSTICS, (const uint8_t *)text, strlen(text));
}

void put_u64(uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    write_output((const uint8_t *)digits + at, sizeof digits - at);
}
