#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Solana programs as a user meets them: `gnomon input`, and `gnomon run` of recorded probes.

usage: solana_test.py GNOMON [unittest arguments]"""
import json
import pathlib
import unittest

import elf
from cli_test import HELLO, Case, gnomon  # takes GNOMON off sys.argv

FIXTURES = pathlib.Path(__file__).parent.parent / "fixtures" / "solana"
ELFS = FIXTURES / "elfs"


class Input(Case):
    TOKEN = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"
    RENT = "SysvarRent111111111111111111111111111111111"

    def account(self, name, pubkey=TOKEN, **changes):
        account = {"lamports": 5, "data": ["AQID", "base64"], "owner": "11111111111111111111111111111111",
                   "executable": False, "rentEpoch": 18446744073709551615, "space": 3}
        account.update(changes)
        return self.file(name, json.dumps({"pubkey": pubkey, "account": account}, indent=2).encode())

    def test_fields(self):
        """the file byte by byte (docs/statement.md, section 1)"""
        account, rent = self.account("a.json"), self.account("r.json", self.RENT)
        out = self.folder / "input.bin"
        gnomon("input", "--program-id", self.TOKEN, "--account", f"{account}:w", "--no-account", "1" * 31 + "2:s",
               "--account", account, "--data", "00fF", "--loader", "2", "--sysvar", rent, "--budget", "1000",
               "--heap", "65536", "--resized", "-7", "--vasa", "--program", self.file("p.so", b"elf"), "-o", out)
        token = bytes.fromhex("06ddf6e1d765a193d9cbe146ceeb79ac1cb485ed5f5b37913a8cf5857eff00a9")

        def u64(x):
            return (x % 2**64).to_bytes(8, "little")

        def entry(key, lamports, data, signer, writable):
            return (key + bytes(32) + u64(lamports) + u64(len(data)) + data + b"\0" + u64(-1) +
                    bytes([signer, writable]))
        expected = (u64(3) + b"elf" + u64(3) + entry(token, 5, b"\1\2\3", 0, 1) + entry(bytes(31) + b"\1", 0, b"", 1, 0) +
                    entry(token, 5, b"\1\2\3", 0, 0) + u64(2) + b"\x00\xff" + b"\1\0\0\0" + token + b"\2\0\0\0" + u64(1) +
                    u64(1000) + u64(65536) + u64(-7) + b"\0" + b"\1" + u64(3) + b"\1\2\3" + bytes(5) + bytes(24))
        self.assertEqual(out.read_bytes(), expected)

    def test_case(self):
        out = self.folder / "input.bin"
        case = FIXTURES / "vm" / "v3_realloc_grow100.json"
        gnomon("input", "--case", case, "--programs", FIXTURES / "elfs", "-o", out)
        recorded = json.loads(case.read_text())
        content = out.read_bytes()
        self.assertEqual(content[:16], bytes(8) + (1).to_bytes(8, "little"))  # no program, one account
        self.assertEqual(int.from_bytes(content[80:88], "little"), int(recorded["pre"][1]["lamports"]))

    def test_instruction(self):
        """the instruction's accounts are as those before it left them: the program makes its account 100 bytes longer"""
        recorded = json.loads((FIXTURES / "vm" / "v3_realloc_grow100.json").read_text())
        recorded["instructions"] *= 3
        case, out = self.file("case.json", json.dumps(recorded).encode()), self.folder / "input.bin"
        arguments = ["input", "--case", case, "--programs", ELFS, "-o", out]
        for chosen, length in [([], 16), (["--instruction", "0"], 16), (["--instruction", "1"], 116), (["--instruction", "2"], 216)]:
            gnomon(*arguments, *chosen)
            self.assertEqual(int.from_bytes(out.read_bytes()[88:96], "little"), length)
        out.unlink()
        self.error(*arguments, "--instruction", "3", says="--instruction: only 3 instructions were executed")
        self.error("input", "--program-id", self.TOKEN, "--instruction", "0", "-o", out, says="are for a recorded case")

    def test_errors(self):
        good, out = ["--program-id", self.TOKEN], ["-o", self.folder / "input.bin"]
        bad = self.account("bad.json", pubkey="Token0")
        zstd = self.account("zstd.json", data=["AQID", "base64+zstd"])
        space = self.account("space.json", space=4)
        other = self.account("other.json", lamports=6)
        account = self.account("a.json")
        twice = self.file("twice.json", b'{"pubkey": 1, "pubkey": 2}')
        deep = self.file("deep.json", b"[" * 100000)
        system = FIXTURES / "tx" / "system_transfer.json"
        token = FIXTURES / "tx" / "ptoken_transfer.json"
        for args, says in [
                (good, "-o"), (out, "--program-id"), (["--program-id", "x", *out], "not an address"),
                ([*good, *out, "--account", self.folder / "none.json"], "none.json"),
                ([*good, *out, "--account", bad], "bad.json: pubkey: not an address"),
                ([*good, *out, "--account", zstd], "zstd.json: account.data[1]: an encoding"),
                ([*good, *out, "--account", space], "space.json: account.space: not the length"),
                ([*good, *out, "--account", twice], "duplicate"), ([*good, *out, "--account", deep], "levels deep"),
                ([*good, *out, "--account", f"{account}:x"], "letters other than"),
                ([*good, *out, "--account", account, "--account", other], "accounts[1]: same address"),
                ([*good, *out, "--no-account", "abc"], "not an address"), ([*good, *out, "--sysvar", account], "no account of a sysvar"),
                ([*good, *out, "--data", "0"], "hexadecimal"), ([*good, *out, "--data", "0g"], "hexadecimal"),
                ([*good, *out, "--loader", "4"], "loader"), ([*good, *out, "--budget", "1400001"], "compute_budget"),
                ([*good, *out, "--heap", "1"], "heap_size"), ([*good, *out, "--resized", "99999999"], "resized"),
                ([*good, *out, "--resized", "x"], "not a number"), ([*out, "--case", account], "name: missing"),
                ([*out, *good, "--case", token], "the case says all"), ([*out, "--case", token, "--programs", self.folder / "no"], "no"),
                ([*good, *out, *["--no-account", self.TOKEN] * 256], "more than 255")]:
            self.error("input", *args, says=says)
        self.error("input", "--case", system, *out, status=3, says="built-in program")
        self.error("input", "--case", token, *out, status=3, says="ELF is not there")
        self.error("input", *good, *out, "--data-file", self.file("long", bytes(10241)), says="longer than")


class Solana(Case):
    def case(self, name):
        return json.loads((FIXTURES / name).read_text())

    def elf(self, recorded):
        return ELFS / (list(recorded["programs"].values())[0]["elf_sha256"] + ".so")

    def test_cases(self):
        """recorded probes through the command line: the recorded outcome, and what differs is an exit status of 1"""
        for folder in ["vm", "vm_vasa"]:
            for case in sorted((FIXTURES / folder).iterdir())[::12]:
                gnomon("run", "--compare", "-q", case, "--programs", ELFS)
        recorded = self.case("vm/v3_realloc_grow100.json")
        recorded["logs"][1] = recorded["logs"][1].replace("consumed 8", "consumed 9")
        other = self.file("other.json", json.dumps(recorded).encode())
        gnomon("run", other, "--programs", ELFS)
        done = gnomon("run", "--compare", other, "--programs", ELFS, status=1)
        self.assertIn(b"1 differences from the record", done.stderr)
        self.assertIn(b"consumed 9 of", done.stderr)

    def test_text(self):
        case = FIXTURES / "vm" / "v3_recursion.json"
        done = gnomon("run", case, "--programs", ELFS)
        self.assertEqual(done.stdout.decode().splitlines(), self.case("vm/v3_recursion.json")["logs"])
        self.assertRegex(done.stderr.decode(), r"^gnomon run: ProgramFailedToComplete; 200,000 compute units, 64 instructions, ")
        gnomon("run", "--exit-code", case, "--programs", ELFS, status=1)
        done = gnomon("run", "-q", FIXTURES / "vm" / "v3_ret0.json", "--programs", ELFS, "--exit-code")
        self.assertEqual(done.stderr, b"")

    def test_input(self):
        """PROGRAM and input.bin; PROGRAM and a case; outcome as JSON under the case's keys"""
        recorded = self.case("vm/v3_realloc_grow100.json")
        case, program, out = FIXTURES / "vm" / "v3_realloc_grow100.json", self.elf(recorded), self.folder / "input.bin"
        gnomon("input", "--case", case, "--programs", ELFS, "-o", out)
        document = self.json("run", "--json", program, out, schema="gnomon.run_solana.v1")
        for key in ["result", "logs", "compute_units_consumed", "return_data"]:
            self.assertEqual(document[key], recorded[key])
        changed, wanted = document["post_changed"], recorded["post_changed"][1]
        self.assertEqual(len(changed), 1)  # the fee is the transaction's
        for key in ["pubkey", "lamports", "data_b64", "owner"]:
            self.assertEqual(changed[0][key], wanted[key])
        self.assertEqual(document["execution"], {"success": True, "exit_code": "0x0", "compute_units_consumed": "8",
                                                 "instructions_executed": "8", "accounts_modified": "1"})
        document = self.json("run", "--json", program, case, schema="gnomon.run_solana.v1")
        self.assertEqual((document["differences"], document["name"]), (0, "v3_realloc_grow100"))

    def test_errors(self):
        case = FIXTURES / "vm" / "v3_realloc_grow100.json"
        program, out = self.elf(self.case("vm/v3_realloc_grow100.json")), self.folder / "input.bin"
        other = self.elf(self.case("vm/v3_ret0.json")).read_bytes()
        gnomon("input", "--case", case, "--programs", ELFS, "-o", out)
        content = out.read_bytes()
        embedded = self.file("embedded.bin", len(other).to_bytes(8, "little") + other + content[8:])
        cut = self.file("cut.bin", content[:-1])
        broken = self.file("broken.so", program.read_bytes()[:100])
        hostile = self.file("hostile.json", b'{"name": "\xff"}')
        for args, says in [
                ((program,), "needs an input"), ((program, cut), "input.bin: siblings"), ((program, embedded), "not the one"),
                ((broken, out), "broken.so"), ((case, out), "its own input"), ((program, hostile), "not JSON"),
                ((program, out, "-o", "x"), "-o and --max-steps"), ((program, out, "--max-steps", "5"), "-o and --max-steps"),
                ((self.file("p.elf", HELLO), "--compare"), "are for Solana"), ((case, "--programs", self.folder / "none"), "none")]:
            self.error("run", *args, says=says)
        self.error("run", case, status=3, says="ELF is not there")
        self.error("run", program, FIXTURES / "tx" / "system_transfer.json", status=3, says="built-in")


if __name__ == "__main__":
    unittest.main()
