#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Key ids that must not change unnoticed: those of programs written byte by byte here, under every preset.  They change with the constraints, the
kernel and the key's format, and with nothing else; then tools/regenerate.sh writes them anew, and CHANGELOG.md says so.

usage: golden_test.py GNOMON           compares with golden_ids.txt
       golden_test.py GNOMON --write   writes it"""
import os
import pathlib
import subprocess
import sys
import tempfile

import elf

GOLDEN = pathlib.Path(__file__).with_name("golden_ids.txt")
PROGRAMS = {
    "exit": elf.elf(elf.leave(0)),
    "output": elf.elf(elf.write(1, elf.BASE + 0x1000, 6) + elf.leave(7), data=b"hello\n"),
    "loop": elf.elf([elf.addi(elf.T0, elf.ZERO, 9), elf.addi(elf.T0, elf.T0, -1), elf.branch_ne(elf.T0, elf.ZERO, -4)]
                    + elf.leave(0), [(b"_start", elf.BASE, 0)]),
    "every kind of row": elf.elf([elf.amoadd32(elf.T0, elf.T1, elf.A0), elf.store64(elf.T0, elf.A0, 8), elf.ILLEGAL,
                                  elf.EBREAK, elf.jump(-8)]),
}


def main(gnomon, write=None):
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for name, content in PROGRAMS.items():
            program = pathlib.Path(folder, "program.elf")
            program.write_bytes(content)
            for preset in ("fast", "compact", "fast-100", "compact-100"):
                done = subprocess.run([gnomon, "setup", program, "--preset", preset, "--no-cache"], check=True,
                                      capture_output=True, env={**os.environ, "HOME": "/nonexistent"})
                lines.append(f"{done.stdout.decode().strip()}  {preset}  {name}\n")
    if write == "--write":
        GOLDEN.write_text("".join(lines))
        return 0
    if GOLDEN.read_text() != "".join(lines):
        print("key ids differ from golden_ids.txt.  If constraints or kernel were meant to change, tools/regenerate.sh writes them;"
              "\nis:\n" + "".join(lines))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
