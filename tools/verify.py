#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""verify.py - a second verifier, written from docs/protocol.md alone and independent of the C one.
"""
import re
import struct

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


# ---- the parameter table ----

def read_params(text):
    """The text of gen/whir_params.inc -> ({preset: digest}, {(preset, table, m): row})"""
    rows, packed = {}, {}
    for line in text.splitlines():
        if not line.startswith("ROW("):
            continue
        preset, table, rest = re.match(r"ROW\((\d+), (\w+), (.*)\)$", line).groups()
        preset = {"128": 1}[preset]
        m, rounds, final, k, mu, t, g = eval(f"({rest})", {"__builtins__": {}})  # the file is part of the source
        rows[preset, table, m] = {"m": m, "rounds": rounds, "final": final, "k": k, "mu": mu, "t": t, "g": g}
        words = [("MAIN", "PREPROCESSED").index(table), m, rounds, final]
        for i in range(rounds + 1):
            words += [k[i], mu[i], t[i], g[i]]
        packed[preset] = packed.get(preset, b"") + struct.pack(f"<{len(words)}I", *words)
    return {preset: blake3(data) for preset, data in packed.items()}, rows
