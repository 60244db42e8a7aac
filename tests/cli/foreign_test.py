#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Executables built elsewhere: foreign/ is compiled by clang and by gcc, without the SDK, with a start and a memory map of its own.  Each
runs, is proven, and verifies; all of them say the same.

usage: foreign_test.py GNOMON [unittest arguments]"""
import json
import os
import pathlib
import shutil
import subprocess
import unittest

from cli_test import Case, gnomon  # takes GNOMON off sys.argv

FOREIGN = pathlib.Path(__file__).resolve().parent / "foreign"
CLANG, GCC = shutil.which("clang-19"), shutil.which("riscv64-unknown-elf-gcc")
INPUT = bytes(range(1, 60))
M = 2**64 - 1


def signed(x, bits=64):
    return x - (1 << bits) if x >> (bits - 1) & 1 else x


def step(x, kind):
    def quotient(a, b):
        return -(-a // b) if (a < 0) != (b < 0) and a % b else a // b
    low, high = x & 0xFFFFFFFF, x >> 32
    return [lambda: x * 6364136223846793005 + 1442695040888963407, lambda: x // 1000003 ^ x % 1000003 << 40,
            lambda: (signed(x) >> 7) + (x << 9), lambda: quotient(signed(x), -12345) & M ^ low,
            lambda: signed(low, 32) * 3 - high // 7, lambda: ~x,
            lambda: x ^ 0x1234 if x & 0xFF00FF00FF00FF00 else x + 1, lambda: x * x >> 64][kind]() & M


def deep(x, depth):
    kept = [step(x, i) for i in range(8)]
    return (x if depth == 0 else deep(kept[depth & 7], depth - 1)) ^ kept[x >> 5 & 7]


def expected(data):
    """foreign.c again"""
    total = 0xCBF29CE484222325
    for byte in data:
        total = (total ^ byte) * 0x100000001B3 & M
    for i in range(40):
        total = total + (step(total, i & 7) ^ ((i * 1000 - 20000) & M)) & M
    total ^= deep(total, 20) + sum(data) & M
    region = total.to_bytes(8, "little") + bytes(240) + (5).to_bytes(8, "little")
    return {"outcome": "exited", "exit_code": hex(total & 127), "output_hex": f"{total:016x}\n".encode().hex(),
            "public_memory_hex": region.rstrip(b"\0").hex()}


class Foreign(Case):
    def build(self, *command):
        out = self.folder / "foreign.elf"
        flags = ["-mabi=lp64", "-mcmodel=medany", "-ffreestanding", "-fno-builtin", "-nostdlib", "-static", "-Wall",
                 "-Werror", "-T", FOREIGN / "map.ld", FOREIGN / "start.S", FOREIGN / "foreign.c", "-o", out]
        subprocess.run([*command, *map(str, flags)], check=True, timeout=60)
        return out

    def holds(self, *command):
        os.environ["XDG_CACHE_HOME"] = str(self.folder)
        program, data = self.build(*command), self.file("input", INPUT)
        says = self.file("expect.json", json.dumps(expected(INPUT)).encode())
        ran = self.json("run", program, data, "--json", schema="gnomon.run.v1")
        for field, value in expected(INPUT).items():
            self.assertEqual(ran[field], value, field)
        proven = self.json("prove", program, data, "-o", "proof", "--check", "--json", schema="gnomon.prove.v1")
        self.assertEqual(proven["steps"], ran["steps"])
        gnomon("verify", "proof", "--program", program, "--expect", says, cwd=self.folder)

    @unittest.skipUnless(CLANG, "no clang-19")
    def test_clang(self):
        for flags in (["-O2", "-march=rv64imac"], ["-O0", "-march=rv64imac"], ["-Os", "-march=rv64ima"]):
            with self.subTest(flags=flags):
                self.holds(CLANG, "--target=riscv64-unknown-elf", "-fuse-ld=lld", *flags)

    @unittest.skipUnless(GCC, "no riscv64-unknown-elf-gcc")
    def test_gcc(self):
        for flags in (["-O2", "-march=rv64imac"], ["-O1", "-march=rv64ima"]):
            with self.subTest(flags=flags):
                self.holds(GCC, "-Wl,--no-warn-rwx-segments", *flags)


if __name__ == "__main__":
    unittest.main()
