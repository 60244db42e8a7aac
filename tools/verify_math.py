# SPDX-License-Identifier: Apache-2.0
"""verify_math.py - what verify.py computes with: BLAKE3, the field F, eq.  Plain Python, for reading."""
import struct
from functools import partial, reduce
from math import prod

# ---- BLAKE3 (section 2 of its paper): chunks of 1024 bytes in a binary tree, complete subtrees on the left ----

IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
CHUNK_START, CHUNK_END, PARENT, ROOT, KEYED = 1, 2, 4, 8, 16
LANES = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
         (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))
M32 = 2**32 - 1

def pack(words):
    return struct.pack(f"<{len(words)}I", *words)

def compress(cv, block, counter, length, flags):
    """All 16 output words; the first 8 are the chaining value."""
    m = struct.unpack("<16I", block.ljust(64, b"\0"))
    v = [*cv, *IV[:4], counter & M32, counter >> 32, length, flags]
    for _ in range(7):
        for i, (a, b, c, d) in enumerate(LANES):
            for word, right_d, right_b in ((m[2 * i], 16, 12), (m[2 * i + 1], 8, 7)):
                v[a] = v[a] + v[b] + word & M32
                x = v[d] ^ v[a]
                v[d] = x >> right_d | x << 32 - right_d & M32
                v[c] = v[c] + v[d] & M32
                x = v[b] ^ v[c]
                v[b] = x >> right_b | x << 32 - right_b & M32
        m = [m[i] for i in PERMUTATION]
    return [x ^ y for x, y in zip(v, v[8:] + list(cv))]

def blake3(data, out=32, key=None):
    key_words, mode = (struct.unpack("<8I", key), KEYED) if key else (IV, 0)

    def last(data, chunk):
        """The arguments of the last compression of the tree over data, which begins with this chunk."""
        if len(data) > 1024:
            left = 1 << (len(data) - 1).bit_length() - 1
            halves = last(data[:left], chunk), last(data[left:], chunk + left // 1024)
            return key_words, b"".join(pack(compress(*half)[:8]) for half in halves), 0, 64, mode | PARENT
        cv, flags = key_words, mode | CHUNK_START
        while len(data) > 64:
            cv, flags, data = compress(cv, data[:64], chunk, 64, flags)[:8], mode, data[64:]
        return cv, data, chunk, len(data), flags | CHUNK_END

    cv, block, _, length, flags = last(data, 0)
    return b"".join(pack(compress(cv, block, i, length, flags | ROOT)) for i in range((out + 63) // 64))[:out]

# ---- 0: the field F = F_p[x]/(x^6 + x^3 + 1), points, eq ----

P = 2**31 - 2**24 + 1

class F(tuple):
    """An element of F: its six coefficients.  Integers may stand for constants on either side of +, - and *."""

    def __add__(self, o):
        return F((a + b) % P for a, b in zip(self, o if isinstance(o, F) else (o, 0, 0, 0, 0, 0)))

    def __sub__(self, o):
        return self + o * -1

    def __rsub__(self, o):
        return self * -1 + o

    def __mul__(self, o):
        if not isinstance(o, F):
            return F(a * o % P for a in self)
        c = [0] * 11
        for i, a in enumerate(self):
            for j, b in enumerate(o):
                c[i + j] += a * b
        for i in range(10, 5, -1):      # x^i = -x^(i-3) - x^(i-6)
            c[i - 3] -= c[i]
            c[i - 6] -= c[i]
        return F(x % P for x in c[:6])

    __radd__, __rmul__ = __add__, __mul__

ZERO, ONE = F((0, 0, 0, 0, 0, 0)), F((1, 0, 0, 0, 0, 0))
HALF = pow(2, -1, P)
fsum, fprod = partial(sum, start=ZERO), partial(prod, start=ONE)

def dot(a, b):
    return fsum(x * y for x, y in zip(a, b, strict=True))

def log2_ceil(n):
    return (n - 1).bit_length() if n > 1 else 0

def omega(d):
    """A generator of the subgroup of order 2^d"""
    return pow(3, (P - 1) >> d, P)

def reverse(d, j):
    return sum((j >> i & 1) << (d - 1 - i) for i in range(d))

def eq(r, x):
    """r is a point; x is a point, or an integer whose bits are one, low bit first"""
    if isinstance(x, int):
        x = [x >> i & 1 for i in range(len(r))]
    return fprod(a * b * 2 - a - b + 1 for a, b in zip(r, x, strict=True))

def eq_table(r):
    """eq(r, x) for all x"""
    table = [ONE]
    for r_i in r:
        table = [t * (1 - r_i) for t in table] + [t * r_i for t in table]
    return table

def horner(coefficients, x):
    return reduce(lambda value, c: value * x + c, reversed(coefficients), ZERO)

def powers(x, n):
    out = [ONE]
    while len(out) < n:
        out.append(out[-1] * x)
    return out[:n]
