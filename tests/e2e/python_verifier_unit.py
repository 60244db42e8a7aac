#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The parts of tools/verify.py against definitions, brute force and published vectors."""
import os
import random
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))
import verify as v  # noqa: E402
from verify_math import F, ONE, P, ZERO, blake3, dot, eq, eq_table, fsum, horner, omega, powers, reverse  # noqa: E402

rng = random.Random(1)
# first bytes of the official vectors: input bytes 0, 1, .. 250, 0, ..
BLAKE3 = {0: "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
          1: "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213",
          1024: "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7",
          1025: "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444",
          2049: "5f4d72f40d7a5f82b15ca2b2e44b1de3c2ef86c426c95c1af0b6879522563030",
          31744: "62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47"}


def element():
    return F(rng.randrange(P) for _ in range(6))


def elements(n):
    return [element() for _ in range(n)]


def test_blake3():
    for n, digest in BLAKE3.items():
        data = bytes(i % 251 for i in range(n))
        assert blake3(data).hex() == digest, n
        assert blake3(data, 100)[:32].hex() == digest
    assert blake3(b"", 32, b"whats the Elvish word for friend").hex().startswith("92b2b75604ed3c76")


def test_field():
    x = F((0, 1, 0, 0, 0, 0))
    assert powers(x, 10)[9] == ONE and powers(x, 7)[6] == ZERO - powers(x, 4)[3] - 1
    for _ in range(20):
        a, b, c = elements(3)
        assert a * (b + c) == b * a + c * a and (a * b) * c == a * (b * c) and a - b == a + b * (P - 1)
        assert 5 - a == (a - 5) * -1 and a * 7 == sum([a] * 6, a) == 7 * a == (ONE * 7) * a and 1 + a == a + ONE
    assert pow(omega(24), 2**23, P) == P - 1 and [reverse(3, j) for j in range(8)] == [0, 4, 2, 6, 1, 5, 3, 7]
    u = element()
    for skip in (3, 5):
        assert fsum(v.lagrange(u, skip)) == ONE
        for b in range(2**skip):
            assert v.lagrange(ONE * pow(omega(skip), b, P), skip) == [ONE if i == b else ZERO for i in range(2**skip)]


def test_closed_forms():
    r, y = elements(5), elements(5)
    assert eq_table(r) == [eq(r, x) for x in range(32)] and eq(r, 0b10011) == eq(r, [1, 1, 0, 0, 1])
    assert dot(eq_table(r), eq_table(y)) == eq(r, y)
    x = rng.randrange(P)
    assert v.power_weight(x, r) == fsum(e * pow(x, i, P) for i, e in enumerate(eq_table(r)))
    assert horner(r, x) == fsum(c * pow(x, i, P) for i, c in enumerate(r))
    assert horner(r, y[0]) == dot(r, powers(y[0], 5))
    for short in (lambda: dot(r, y[:4]), lambda: eq(r, y[:4])):
        try:
            short()
            assert False
        except ValueError:
            pass


def point(variables, skip=3):
    low = v.lagrange(element(), skip)
    return low, [None] * skip + elements(variables - skip)


def test_truncated_eq_and_fixed_columns():
    for variables, skip in ((3, 3), (4, 3), (6, 3), (5, 5), (6, 5)):
        low, r = point(variables, skip)
        xi = elements(variables)
        rows, weight = eq_table(xi), [v.row_weight(low, r, variables, x) for x in range(2**variables)]
        for k in range(2**variables + 1):
            assert v.truncated_eq(k, xi, low, r, variables) == dot(rows[:k], weight[:k])
        monomials = [[rng.randrange(P), rng.randrange(2**variables)] for _ in range(5)]
        monomials += [[5, 2**variables], [7, 2**variables + 1]]
        values = [sum(c for c, bits in monomials if x & bits == bits) % P for x in range(2**variables)]
        expected = dot(values, weight)
        assert v.fixed_value({"monomials": monomials}, low, r, variables) == expected
        assert v.fixed_value({"values": values}, low, r, variables) == expected


def table(n, committed, nexts, pre=0, pages=(), key_pages=0, skip=3):
    t = v.Table({"committed": committed, "next": nexts, "pre": pre})
    t.n, t.v, t.pages, t.key_pages, t.skip = n, max(skip, v.log2_ceil(n)) if n else 0, pages, key_pages, skip
    return t


def check_weights(stack, rho, weights, definition):
    """weights: the claimed Wt_w(rho); definition(table, column, row of the column): its weight"""
    cells = [[ZERO] * 2**stack.h for _ in range(stack.width)]
    used = set()
    for t, column, s, a, w, o in stack.pieces:
        assert o % 2**a == 0 and s % 2**a == 0 and o + 2**a <= 2**stack.h
        for x in range(2**a):
            assert (w, o + x) not in used
            used.add((w, o + x))
            cells[w][o + x] = definition(t, column, s + x)
    assert len(used) == stack.cells
    at = eq_table(rho)
    for w in range(stack.width):
        assert dot(at, cells[w]) == weights[w]


def test_claim_reduction():
    check_claim_reduction(3, v.Row(10, 1, 3, (5, 2), (2, 2), (117, 119), (12, 10)), 3 * 24 + 2 * 144 + 4 * 8 + 8)
    check_claim_reduction(5, v.Row(10, 1, 3, (4, 2), (2, 2), (117, 119), (12, 10)), 3 * 32 + 2 * 160 + 4 * 32 + 32)


def check_claim_reduction(skip, row, cells):
    specs = ((23, 3, [0, 2]), (0, 2, [1]), (135, 2, [0]), (1, 4, [3]), (8, 1, []))
    tables = [table(*spec, skip=skip) for spec in specs]
    stack = v.Stack([(t, t.n, t.committed) for t in tables], 1, "MAIN", {(1, "MAIN", 10): row})
    assert stack.h == 10 - row.k[0] and stack.cells == cells
    low, r = point(8, skip)
    rho = elements(stack.h)
    gamma = {(t, column, 0): element() for t in tables for column in range(t.committed)}
    gamma.update({(t, column, 1): element() for t in tables for column in t.next})

    def definition(t, column, row):
        weight = gamma[t, column, 0] * v.row_weight(low, r, t.v, row)
        if column in t.next and row > 0:
            weight += gamma[t, column, 1] * v.row_weight(low, r, t.v, row - 1)
        return weight

    check_weights(stack, rho, v.stack_weights(stack.width, stack.pieces, gamma, low, r, rho), definition)


def test_preprocessed_weights():
    tables = [table(0, 1, [], 2, (), 1), table(768, 1, [], 2, (0, 3, 5), 7), table(256, 1, [], 3, (4,), 8)]
    rows = {(1, "PREPROCESSED", 14): v.Row(14, 1, 7, (4, 2), (4, 5), (58, 46), (13, 14))}
    stack = v.Stack([(t, 256 * t.key_pages, t.pre) for t in tables], 1, "PREPROCESSED", rows)
    assert stack.h == 10 and stack.cells == 256 * (2 + 14 + 24)
    low, r = point(10)
    rho, gamma = elements(stack.h), {(t, column, 0): element() for t in tables for column in range(t.pre)}

    def definition(t, column, row):
        if row // 256 not in t.pages:
            return ZERO
        return gamma[t, column, 0] * v.row_weight(low, r, t.v, 256 * t.pages.index(row // 256) + row % 256)

    check_weights(stack, rho, v.stack_weights(stack.width, v.page_pieces(stack), gamma, low, r, rho), definition)


def test_size():
    """The second verifier is for reading: at most 640 lines in all, none longer than 120 characters."""
    lines = []
    for name in ("verify.py", "verify_math.py"):
        with open(os.path.join(os.path.dirname(v.__file__), name), encoding="utf-8") as f:
            lines += f.read().splitlines()
    assert len(lines) <= 640 and max(len(line) for line in lines) <= 120


def test_params():
    with open(os.path.join(os.path.dirname(v.__file__), "..", "gen", "whir_params.inc"), encoding="ascii") as f:
        text = f.read()
    digests, rows = v.read_params(text)
    assert len(rows) == 4 * 46 and rows[1, "MAIN", 26].rounds >= 1 and rows[1, "JOINT", 14].k[0] == 0
    for number, name in enumerate(("FAST_128", "COMPACT_128", "FAST_100", "COMPACT_100"), 1):
        assert [int(x, 16) for x in text.split(f"DIGEST({name}, ")[1].split(")")[0].split(", ")] == list(digests[number])


if __name__ == "__main__":
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test()
            print("ok", name)
