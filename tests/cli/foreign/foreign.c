/* SPDX-License-Identifier: Apache-2.0 */
/* foreign.c - a program that knows nothing of the SDK: it reads its input where the memory map says it is, writes by ecall and to the output region, and uses
 * what compilers make of ordinary C: jump tables, pointers to functions, atomics, packed structures, division, a deep stack. */
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;

#define INPUT  ((const volatile u64 *)0x40000000)
#define REGION ((volatile u64 *)0xA0010000)

static long write_out(const void *from, u64 n)
{
    register u64 a0 __asm__("a0") = 1, a2 __asm__("a2") = n, a7 __asm__("a7") = 64;
    register const void *a1 __asm__("a1") = from;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7) : "memory");
    return (long)a0;
}

struct __attribute__((packed)) entry {
    u8 kind;
    u64 value;
    short small;
};

static struct entry table[40];
static u64 counter, lock;
static const char hex[] = "0123456789abcdef";

static u64 step(u64 x, u32 kind)
{
    switch (kind) {
    case 0:
        return x * 6364136223846793005u + 1442695040888963407u;
    case 1:
        return x / 1000003 ^ x % 1000003 << 40;
    case 2:
        return (u64)((long)x >> 7) + (x << 9);
    case 3:
        return (u64)((long)x / -12345) ^ (u32)x;
    case 4:
        return (u64)(int)(u32)x * 3 - (u32)(x >> 32) / 7;
    case 5:
        return ~x;
    case 6:
        return x & 0xff00ff00ff00ff00u ? x ^ 0x1234 : x + 1;
    default:
        return (u64)(((unsigned __int128)x * x) >> 64);
    }
}

static u64 deep(u64 x, u32 depth)
{
    volatile u64 kept[8];
    for (u32 i = 0; i < 8; i++) {
        kept[i] = step(x, i);
    }
    u64 below = depth == 0 ? x : deep(kept[depth & 7], depth - 1);
    return below ^ kept[(x >> 5) & 7];
}

static void to_hex(char *out, u64 x)
{
    for (int i = 15; i >= 0; i--, x >>= 4) {
        out[i] = hex[x & 15];
    }
}

long program(void)
{
    u64 n = INPUT[1], sum = 0xcbf29ce484222325u;
    const volatile u8 *bytes = (const volatile u8 *)(INPUT + 2);
    char line[17];
    for (u64 i = 0; i < n; i++) {
        sum = (sum ^ bytes[i]) * 0x100000001b3u;
        __atomic_fetch_add(&counter, bytes[i], __ATOMIC_SEQ_CST);
    }
    for (u32 i = 0; i < 40; i++) {
        table[i].kind = (u8)i;
        table[i].value = step(sum, i & 7);
        table[i].small = (short)(i * 1000 - 20000);
        sum += table[i].value ^ (u64)(long)table[i].small;
    }
    u64 expected = 0;
    while (!__atomic_compare_exchange_n(&lock, &expected, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
        expected = 0;
    }
    sum ^= deep(sum, 20) + __atomic_exchange_n(&counter, 5, __ATOMIC_RELAXED);
    to_hex(line, sum);
    line[16] = '\n';
    if (write_out(line, 17) != 17) {
        return 1;
    }
    REGION[0] = sum;
    REGION[31] = counter;
    return (long)(sum & 127);
}
