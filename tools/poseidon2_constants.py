#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""poseidon2_constants.py - makes gen/poseidon2.inc: the constants of Poseidon2 of width 24 over KoalaBear, the instance in public use.

Round constants are drawn from the Grain LFSR of the Poseidon paper (ePrint 2019/458, appendix E), seeded with the parameters alone: field, S-box, bits of p,
width, rounds.  They come in the order in which they are used: four full rounds of 24, 23 partial ones of one, four full ones.  Poseidon2 (ePrint 2023/323) leaves the
diagonal of the partial rounds' matrix, J + diag(v), to the instance; Plonky3's, which others took over, has small numbers and powers of two.

usage: poseidon2_constants.py [--write FILE | --check FILE]; without either: prints the file
"""
import sys
from pathlib import Path

P = 2**31 - 2**24 + 1
BITS, WIDTH, FULL, PARTIAL = 31, 24, 8, 23
TAPS = (0, 13, 23, 38, 51, 62)

# v: numbers as they are, and (sign, k) for sign / 2^k
DIAGONAL = (-2, 1, 2, (1, 1), 3, 4, (-1, 1), -3, -4,
            (1, 8), (1, 2), (1, 3), (1, 4), (1, 5), (1, 6), (1, 24),
            (-1, 8), (-1, 3), (-1, 4), (-1, 5), (-1, 6), (-1, 7), (-1, 9), (-1, 24))


class Grain:
    """The register, oldest bit first."""

    def __init__(self):
        prime_field, power_map = 1, 0
        self.bits = []
        for value, width in ((prime_field, 2), (power_map, 4), (BITS, 12), (WIDTH, 12), (FULL, 10), (PARTIAL, 10), (2**30 - 1, 30)):
            self.bits += [value >> k & 1 for k in reversed(range(width))]
        for _ in range(160):
            self.clock()

    def clock(self):
        bit = sum(self.bits[k] for k in TAPS) % 2
        self.bits = self.bits[1:] + [bit]
        return bit

    def output(self):
        """Bits come in pairs; the second one counts if the first is 1."""
        while True:
            counts, bit = self.clock(), self.clock()
            if counts:
                return bit

    def element(self):
        """Highest bit first; what is not below p is drawn again."""
        while True:
            x = 0
            for _ in range(BITS):
                x = 2 * x + self.output()
            if x < P:
                return x


def generate():
    grain = Grain()
    first = [[grain.element() for _ in range(WIDTH)] for _ in range(FULL // 2)]
    partial = [grain.element() for _ in range(PARTIAL)]
    last = [[grain.element() for _ in range(WIDTH)] for _ in range(FULL // 2)]
    diagonal = [x % P if isinstance(x, int) else x[0] * pow(2, -x[1], P) % P for x in DIAGONAL]

    def rows(values):
        return "".join("    " + " ".join(f"0x{x:08x}," for x in values[k:k + 8]) + "\n" for k in range(0, len(values), 8))

    def blocks(lists):
        return "".join("    {\n" + "".join("    " + line + "\n" for line in rows(values).splitlines()) + "    },\n" for values in lists)

    return ("/* SPDX-License-Identifier: Apache-2.0 */\n"
            "/* poseidon2.inc - made by tools/poseidon2_constants.py: Poseidon2 of width 24 over KoalaBear; all numbers below p. */\n"
            f"const uint32_t gn_poseidon2_full[POSEIDON2_FULL][POSEIDON2_WIDTH] = {{\n{blocks(first + last)}}};\n"
            f"const uint32_t gn_poseidon2_partial[POSEIDON2_PARTIAL] = {{\n{rows(partial)}}};\n"
            f"const uint32_t gn_poseidon2_diagonal[POSEIDON2_WIDTH] = {{\n{rows(diagonal)}}};\n")


def main():
    text = generate()
    if sys.argv[1:2] == ["--write"]:
        Path(sys.argv[2]).write_text(text)
    elif sys.argv[1:2] == ["--check"]:
        if Path(sys.argv[2]).read_text() != text:
            sys.exit(f"{sys.argv[2]} is not what tools/poseidon2_constants.py makes")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
