#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a proof costs in cells, by `gnomon stats`: area per instruction of the mixed example, what every short run pays, narrow and
unaligned accesses beside aligned ones.  Counts, not times: the same everywhere.

usage: cost_test.py GNOMON [unittest arguments]"""
import pathlib
import shutil
import unittest

import elf
from cli_test import Case, gnomon  # takes GNOMON off sys.argv

MIX = pathlib.Path(__file__).resolve().parents[2] / "guest" / "examples" / "mix.c"


class Cost(Case):
    def proof(self, program):
        return self.json("stats", "--json", program, schema="gnomon.stats.v1")

    @unittest.skipUnless(shutil.which("clang-19"), "clang-19 is not installed")
    def test_area_of_mixed_code(self):
        gnomon("build", MIX, "-o", "mix.elf", cwd=self.folder)
        stats = self.proof("mix.elf")
        self.assertGreater(stats["steps"], 100_000)
        self.assertIn("unaligned_accesses", stats)
        self.assertLessEqual(stats["proof"]["area_per_instruction"], 65)
        text = gnomon("stats", "mix.elf", cwd=self.folder).stdout.decode()
        for line in ("unaligned accesses ", "area per instruction ", "fixed area "):
            self.assertIn(line, text)

    def test_fixed_area_of_a_short_run(self):
        loop = [elf.addi(elf.T0, elf.T0, -1), elf.branch_ne(elf.T0, elf.ZERO, -4)]
        stats = self.proof(self.file("p.elf", elf.elf(elf.unsigned32(elf.T0, 500) + loop + elf.leave(0))))
        self.assertGreaterEqual(stats["steps"], 1000)
        self.assertLessEqual(stats["proof"]["fixed_area"], 40_000)

    def test_narrow_accesses(self):
        """1, 2 and 4 bytes against 8, aligned: rows of their tables"""
        words = elf.unsigned32(elf.T0, elf.RAM)
        for width in range(4):  # lb, sb ... ld, sd
            words += [width << 12 | elf.T0 << 15 | elf.T1 << 7 | 0x03, elf.T1 << 20 | elf.T0 << 15 | width << 12 | 0x23]
        tables = {t["name"]: t for t in self.proof(self.file("p.elf", elf.elf(words + elf.leave(0))))["proof"]["tables"]}
        for table, rows in (("ldb", 1), ("stb", 1), ("ldh", 2), ("sth", 2)):
            self.assertGreaterEqual(tables[table]["rows"], rows)
        for wide, *narrow in (("ld8", "ldb", "ldh"), ("st8", "stb", "sth")):
            for table in narrow:
                self.assertLessEqual(tables[table]["area_per_row"], 1.3 * tables[wide]["area_per_row"])


if __name__ == "__main__":
    unittest.main()
