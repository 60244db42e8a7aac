# SPDX-License-Identifier: Apache-2.0
"""verify_math.py - what verify.py computes with: BLAKE3, the field F, eq.  Plain Python, for reading."""
import struct
from math import prod

P = 2**31 - 2**24 + 1


# ---- BLAKE3 (section 2 of the paper): chunks of 1024 bytes, a binary tree with the largest complete subtree on the left ----

IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
CHUNK_START, CHUNK_END, PARENT, ROOT, KEYED = 1, 2, 4, 8, 16
M32 = 0xFFFFFFFF


def schedule():
    order, out = tuple(range(16)), []
    for _ in range(7):
        out.append(order)
        order = tuple(order[i] for i in PERMUTATION)
    return out


LANES = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))
STEPS = [tuple((*lane, order[2 * i], order[2 * i + 1]) for i, lane in enumerate(LANES)) for order in schedule()]


def compress(cv, block, counter, length, flags):
    """All 16 output words; the first 8 are the chaining value."""
    m = struct.unpack("<16I", block)
    v = [*cv, *IV[:4], counter & M32, counter >> 32, length, flags]
    for step in STEPS:
        for a, b, c, d, x, y in step:
            va, vb = v[a] + v[b] + m[x] & M32, v[b]
            vd = v[d] ^ va
            vd = vd >> 16 | vd << 16 & M32
            vc = v[c] + vd & M32
            vb ^= vc
            vb = vb >> 12 | vb << 20 & M32
            va = va + vb + m[y] & M32
            vd ^= va
            vd = vd >> 8 | vd << 24 & M32
            vc = vc + vd & M32
            vb ^= vc
            v[a], v[b], v[c], v[d] = va, vb >> 7 | vb << 25 & M32, vc, vd
    return [v[i] ^ v[i + 8] for i in range(8)] + [v[i + 8] ^ cv[i] for i in range(8)]


def blake3(data, out=32, key=None):
    key_words = struct.unpack("<8I", key) if key else IV
    mode = KEYED if key else 0

    def node(data, counter):
        """(cv, block, counter, length, flags) of the last compression of a subtree."""
        if len(data) <= 1024:
            cv, blocks = key_words, [data[i:i + 64] for i in range(0, len(data), 64)] or [b""]
            for i, block in enumerate(blocks):
                flags = mode | (CHUNK_START if i == 0 else 0) | (CHUNK_END if i == len(blocks) - 1 else 0)
                last = (cv, block.ljust(64, b"\0"), counter, len(block), flags)
                if i < len(blocks) - 1:
                    cv = compress(*last)[:8]
            return last
        left = 1024
        while 2 * left < len(data):
            left *= 2
        words = compress(*node(data[:left], counter))[:8] + compress(*node(data[left:], counter + left // 1024))[:8]
        return (key_words, struct.pack("<16I", *words), 0, 64, mode | PARENT)

    cv, block, _, length, flags = node(data, 0)
    stream = b"".join(struct.pack("<16I", *compress(cv, block, i, length, flags | ROOT)) for i in range((out + 63) // 64))
    return stream[:out]


# ---- 0: the field F = F_p[x]/(x^6 + x^3 + 1) ----

class F:
    __slots__ = ("c",)

    def __init__(self, *c):
        self.c = c

    def __add__(self, o):
        return F(*((a + b) % P for a, b in zip(self.c, o.c))) if isinstance(o, F) else F((self.c[0] + o) % P, *self.c[1:])

    def __neg__(self):
        return F(*(-a % P for a in self.c))

    def __sub__(self, o):
        return self + -o

    def __rsub__(self, o):
        return -self + o

    def __mul__(self, o):
        if not isinstance(o, F):
            return F(*(a * o % P for a in self.c))
        a0, a1, a2, a3, a4, a5 = self.c
        b0, b1, b2, b3, b4, b5 = o.c
        r6 = a1 * b5 + a2 * b4 + a3 * b3 + a4 * b2 + a5 * b1        # x^6 = -x^3 - 1, x^7 = -x^4 - x, x^8 = -x^5 - x^2, x^9 = 1
        r7 = a2 * b5 + a3 * b4 + a4 * b3 + a5 * b2
        r8 = a3 * b5 + a4 * b4 + a5 * b3
        return F((a0 * b0 - r6 + a4 * b5 + a5 * b4) % P,
                 (a0 * b1 + a1 * b0 - r7 + a5 * b5) % P,
                 (a0 * b2 + a1 * b1 + a2 * b0 - r8) % P,
                 (a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 - r6) % P,
                 (a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 - r7) % P,
                 (a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0 - r8) % P)

    __radd__, __rmul__ = __add__, __mul__

    def __eq__(self, o):
        return self.c == (o.c if isinstance(o, F) else (o % P, 0, 0, 0, 0, 0))

    def encode(self):
        return struct.pack("<6I", *self.c)


ZERO, ONE = F(0, 0, 0, 0, 0, 0), F(1, 0, 0, 0, 0, 0)
HALF, EIGHTH = pow(2, -1, P), pow(8, -1, P)


def fsum(terms):
    return sum(terms, ZERO)


def fprod(factors):
    return prod(factors, start=ONE)


def log2_ceil(n):
    return (n - 1).bit_length() if n > 1 else 0


def omega(d):
    return pow(3, (P - 1) >> d, P)


def reverse(d, j):
    return int(f"{j:0{d}b}"[::-1], 2) if d else 0


def eq1(a, b):
    return a * b * 2 - a - b + 1


def eq_bits(x, r):
    """eq of the bits of the integer x (low bit first) and the point r"""
    return fprod(r_i if x >> i & 1 else 1 - r_i for i, r_i in enumerate(r))


def eq_point(a, b):
    assert len(a) == len(b)
    return fprod(eq1(x, y) for x, y in zip(a, b))


def eq_table(r):
    """eq(r, x) for all x"""
    table = [ONE]
    for r_i in r:
        high = [t * r_i for t in table]
        table = [t - s for t, s in zip(table, high)] + high
    return table


def horner(coefficients, x):
    value = ZERO
    for c in reversed(coefficients):
        value = value * x + c
    return value


def powers(x, n):
    out = [ONE]
    while len(out) < n:
        out.append(out[-1] * x)
    return out[:n]
