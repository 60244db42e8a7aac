#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""stats and trace of Solana programs: traces are the recorded ones, register by register, and all sums agree.

usage: solana_stats_test.py GNOMON [unittest arguments]
The real programs are looked for in the folder GN_SBPF_ELFS, and not missed."""
import gzip
import json
import os
import pathlib
import struct
import unittest

from cli_test import Case, gnomon  # takes GNOMON off sys.argv

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures" / "solana"
REAL = os.environ.get("GN_SBPF_ELFS", "")


def programs(group):
    return FIXTURES / "elfs" if group.startswith("vm") else pathlib.Path(REAL)


def cases(longest):
    """recorded cases of one invocation, not longer than this: group, path, case"""
    for group in ["vm", "vm_vasa"] + (["tx", "tx_vasa"] if REAL else []):
        for path in sorted((FIXTURES / group).glob("*.json")):
            case = json.loads(path.read_text())
            if len(case["traces"]) == 1 and case["traces"][0]["instructions"] <= longest:
                yield group, path, case


class Trace(Case):
    def follow(self, group, recorded, document):
        """registers before each step, and its pc"""
        registers = [0] * 11
        for name, value in document["initial"]["registers"].items():
            registers[int(name[1:])] = int(value, 16)
        for number, (step, expected) in enumerate(zip(document["steps"], recorded)):
            self.assertEqual((step["step"], *registers, int(step["pc"], 16)), (number, *expected))
            for name, change in step["registers"].items():
                self.assertEqual(registers[int(name[1:])], int(change["before"], 16))
                registers[int(name[1:])] = int(change["after"], 16)

    def test_recorded(self):
        """every register before every instruction, as the real VM had it"""
        seen = 0
        for group, path, case in cases(20000):
            trace = case["traces"][0]
            file = FIXTURES / ("traces_vasa" if group.endswith("vasa") else "traces") / (trace.get("file") or "none")
            if not file.exists():
                continue
            with self.subTest(path.name):
                document = json.loads(gnomon("trace", path, "--programs", programs(group), "-o", "-").stdout)
                recorded = [x for x in struct.iter_unpack("<12Q", gzip.decompress(file.read_bytes()))]
                exceeded = "exceeded CUs meter" in case["logs"][-1]  # the last one was not executed
                self.assertEqual(len(document["steps"]), len(recorded) - exceeded)
                self.follow(group, recorded, document)
                ok = case["result"]["ok"]
                self.assertEqual(document["final"]["outcome"] == "success", ok)
                seen += 1
        self.assertGreater(seen, 10)

    def test_piece(self):
        case = FIXTURES / "vm" / "v3_acc_write_ok.json"
        whole = json.loads(gnomon("trace", case, "--programs", programs("vm"), "-o", "-").stdout)
        piece = json.loads(gnomon("trace", case, "--programs", programs("vm"), "-o", "-", "--from", 1, "--to", 3).stdout)
        self.assertEqual(piece["steps"], whole["steps"][1:3])
        self.assertEqual(piece["initial"], whole["initial"])
        self.assertEqual(piece["final"]["outcome"], "step limit")
        self.error("trace", case, "--programs", programs("vm"), "--from", 1000, says="--from: the run ends after ")

    def test_fault(self):
        case = FIXTURES / "vm" / "v0_div0_32.json"
        final = json.loads(gnomon("trace", case, "--programs", programs("vm"), "-o", "-").stdout)["final"]
        self.assertEqual(final["outcome"], "failed: ProgramFailedToComplete")
        self.assertEqual(final["fault"]["name"], "division by zero")
        self.assertNotIn("exit_code", final)


class Stats(Case):
    def test_sums(self):
        seen = 0
        for group, path, case in list(cases(5000))[::9]:
            with self.subTest(f"{group}/{path.name}"):
                done = gnomon("stats", "--json", path, "--programs", programs(group), status=None)
                if done.returncode == 3:
                    self.assertRegex(done.stderr, b"not supported yet: |an instruction of a built-in program")
                    continue
                self.assertEqual(done.returncode, 0, done.stderr)
                s = json.loads(done.stdout)
                run = json.loads(gnomon("run", "--json", path, "--programs", programs(group)).stdout)
                self.assertEqual(s["front_end"], "sbpf")
                self.assertEqual(str(s["compute_units_consumed"]), str(case["per_invocation_cu"][0]["consumed"]))
                self.assertEqual(s["outcome"] == "success", run["result"]["ok"] or "InsufficientFundsForRent" in str(run))
                exceeded = any("exceeded CUs meter" in line for line in case["logs"])
                self.assertEqual(s["steps"], case["traces"][0]["instructions"] - exceeded)
                for part in ["instructions", "functions"]:
                    self.assertEqual(sum(x["steps"] for x in s[part]), s["steps"], part)
                rows = s["core_rows"] - s["kernel_rows"]
                for part in ["machines", "core_instructions"]:
                    self.assertEqual(sum(x["rows"] for x in s[part]), rows, part)
                h = s["histogram"]
                self.assertEqual([sum(piece[k] for piece in h["over_time"]) for k in range(len(h["kinds"]))], h["rows"])
                self.assertEqual(sum(h["rows"]), s["core_rows"])
                self.assertEqual(h["rows"][h["kinds"].index("kernel")], s["kernel_rows"])
                proof = s["proof"]
                self.assertTrue(proof["provable"])
                self.assertEqual(proof["program_area"] + proof["kernel_area"] + proof["memory_area"], proof["run_area"])
                functions = {f["name"]: f["area"] for f in proof["functions"]}
                self.assertEqual(functions["(kernel)"], proof["kernel_area"])
                self.assertEqual(sum(f["area"] for f in proof["functions"]), proof["program_area"] + proof["kernel_area"])
                self.assertEqual(sum(t["area"] for t in proof["tables"]), proof["run_area"] + proof["fixed_area"])
                self.assertAlmostEqual(proof["area_per_instruction"], proof["program_area"] / s["steps"])
                seen += 1
        self.assertGreater(seen, 10)

    def test_text(self):
        text = gnomon("stats", FIXTURES / "vm" / "v3_acc_write_ok.json", "--programs", programs("vm")).stdout.decode()
        for word in ["success", "compute units", "sBPF instructions", "entrypoint", "(kernel)", "per sBPF instruction"]:
            self.assertIn(word, text)

    def test_bad(self):
        case, folder = FIXTURES / "vm" / "v3_acc_write_ok.json", programs("vm")
        self.error("stats", case, "--programs", folder, "--instruction", 1, says="--instruction: only 1 instructions were executed")
        self.error("stats", case, "--programs", folder, "--instruction", "x", says="--instruction: x is not a number")
        self.error("stats", case, "--programs", folder, "--max-steps", 5, says="--max-steps: ")
        self.error("stats", case, status=3, says="a program's ELF is not there")
        self.error("stats", next(folder.glob("*.so")), says="a Solana program needs an input")
        self.error("trace", next(folder.glob("*.so")), says="a Solana program needs an input")


def named(text, symbols):
    """an ELF file of version 3 around text, with a symbol table: name, slot"""
    names, table = b"\0", bytes(24)
    for name, slot in symbols:
        table += struct.pack("<IBBHQQ", len(names), 0x12, 0, 1, (1 << 32) + 8 * slot, 0)
        names += name + b"\0"
    at = 64 + 56 + len(text)
    names += bytes(-len(names) % 8)
    section = lambda kind, offset, size, link: struct.pack("<IIQQQQIIQQ", 0, kind, 0, 0, offset, size, link, 0, 8, 24)
    sections = bytes(64) + section(2, at, len(table), 2) + section(3, at + len(table), len(names), 0)
    header = bytes([0x7F]) + b"ELF\2\1\1" + bytes(9)
    header += struct.pack("<HHIQQQIHHHHHH", 3, 247, 1, 1 << 32, 64, at + len(table) + len(names), 3, 64, 56, 1, 64, 3, 0)
    return header + struct.pack("<IIQQQQQQ", 1, 1, 120, 1 << 32, 1 << 32, len(text), len(text), 8) + text + table + names + sections


class Names(Case):
    MANGLED = b"_ZN9spl_token9processor23_$LT$impl$u20$Trait$GT$17h0123456789abcdefE"

    def program(self):
        insn = lambda op, registers, offset, imm: struct.pack("<BBhi", op, registers, offset, imm)
        text = insn(0x85, 0x10, 0, 1) + insn(0x95, 0, 0, 0) + insn(0xB7, 0, 0, 0) + insn(0x95, 0, 0, 0)
        return self.file("named.so", named(text, [(b"start<b>\x1b[31m\xff", 0), (self.MANGLED, 2), (b"_ZN3foo3barEv", 3)]))

    def test_stats(self):
        gnomon("input", "--program-id", "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA", "-o", self.folder / "input.bin")
        stats = self.json("stats", self.program(), "input.bin", "--json", schema="gnomon.stats.v1")
        self.assertEqual({f["name"]: (f["address"], f["steps"]) for f in stats["functions"]},
                         {"start<b>?[31m?": ("0x0", 2), "spl_token::processor::_<impl Trait>": ("0x2", 1), "_ZN3foo3barEv": ("0x3", 1)})

    def test_disasm(self):
        program = self.program()
        text = gnomon("disasm", program, "-f", "spl_token::processor::_<impl Trait>").stdout.decode()
        self.assertIn("spl_token::processor::_<impl Trait> @2:", text)
        self.assertEqual([line.split()[0] for line in text.splitlines()[3:]], ["2"])
        listing = self.json("disasm", program, "--json", schema="gnomon.disasm_sbpf.v1")["instructions"]
        self.assertEqual([i.get("function") for i in listing], ["start<b>?[31m?", None, "spl_token::processor::_<impl Trait>", "_ZN3foo3barEv"])
        self.error("disasm", program, "-f", "nothing", says="no symbol of that name, nothing")


if __name__ == "__main__":
    unittest.main()
