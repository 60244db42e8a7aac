#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Solana's input files as an enemy writes them: programs, recorded cases and accounts (JSON), input.bin, expectations: cut, damaged, deep, huge, with keys twice, with members of
the wrong kind, bad Base58 and Base64.  What is malformed is refused with exit status 2 and one line; nothing ever ends in another way than by an exit status and at most one line.

usage: hostile_test.py GNOMON [unittest arguments]"""
import copy
import json
import pathlib
import unittest

from cli_test import Case, gnomon  # takes GNOMON off sys.argv

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures" / "solana"
ELFS = FIXTURES / "elfs"
CASE = FIXTURES / "vm" / "v3_realloc_grow100.json"
OUTCOME = ("logs", "inner_instructions", "traces", "result", "post_changed", "return_data")  # compared, not believed
EXIT = bytes.fromhex("9500000000000000")
OTHERS = [None, True, 0, -1, 2**64, 1.5, "", "x", "\0", [], [[]], {}, {"x": 1}]
EXTRA = ".so"


def elf_of(case):
    return ELFS / (next(iter(json.loads(case.read_text())["programs"].values()))["elf_sha256"] + EXTRA)


def cuts(n, many=12):
    """lengths below n: the first ones, and some of all sizes"""
    return sorted({*range(min(8, n)), *range(0, n, max(1, n // many)), n - 1})


def places(value, path=()):
    """paths of all members and items"""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places(value[key], (*path, key))


def changed(document, path, value):
    document = copy.deepcopy(document)
    at = document
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return document


class Hostile(Case):
    def ends(self, *args):
        """one of the statuses that there are; refusals in one line"""
        done = gnomon(*args, status=None, cwd=self.folder)
        self.assertIn(done.returncode, (0, 2, 3), (args, done.stderr))
        self.assertEqual(done.stderr.count(b"\n"), done.returncode != 0, (args, done.stderr))
        return done.returncode

    def refused(self, content, *args):
        """args with the file in place of None"""
        bad = self.file("bad", content)
        self.error(*(bad if arg is None else arg for arg in args))

    def huge(self, head, *args):
        path = self.folder / "huge"
        with open(path, "wb") as f:
            f.write(head)
            f.truncate(1 << 40)
        self.error(*(path if arg is None else arg for arg in args), says="longer than")


class Programs(Hostile):
    def setUp(self):
        super().setUp()
        self.input = self.folder / "input.bin"
        gnomon("input", "--case", CASE, "--programs", ELFS, "-o", self.input)

    def test_cut(self):
        for case in ("v0_ret0", "v3_r2_instr_data"):
            content = elf_of(FIXTURES / "vm" / f"{case}.json").read_bytes()
            for n in cuts(len(content) if case.startswith("v0") else content.index(EXIT) + len(EXIT)):  # version 3 ends with its text
                self.refused(content[:n], "run", None, self.input)
            for command in (["disasm", None], ["setup", None, "-o", "k"], ["prove", None, self.input, "-o", "p"], ["stats", None, self.input]):
                self.refused(content[:len(content) // 4], *command)

    def test_damaged(self):
        for case in ("v0_ret0", "v3_r2_instr_data"):
            content = elf_of(FIXTURES / "vm" / f"{case}.json").read_bytes()
            for at in range(0, len(content), max(1, len(content) // 60)):
                flipped = self.file("flipped.so", content[:at] + bytes([content[at] ^ 0xff]) + content[at + 1:])
                self.ends("run", "-q", flipped, self.input)

    def test_bytecode(self):
        """a well-formed file around bytecode that is none"""
        honest = elf_of(FIXTURES / "vm" / "v3_ret0.json").read_bytes()
        text = honest.index(EXIT)
        for slot in ("ff00000000000000",  # no such operation
                     "1800000000000000",  # half of a lddw
                     "0500ff7f00000000",  # a jump out of the text
                     "b70f000000000000",  # register 15
                     "3700000000000000",  # division by the immediate 0
                     "d400000007000000",  # a byte swap of 7 bits
                     "6700000040000000"):  # a shift by 64
            self.refused(honest[:text] + bytes.fromhex(slot) + honest[text + 8:], "run", None, self.input)

    def test_huge(self):
        self.huge(elf_of(CASE).read_bytes(), "run", None, self.input)


class Documents(Hostile):
    """JSON of all kinds"""

    def kinds(self):
        account = {"pubkey": "1" * 31 + "2", "account": {"lamports": 5, "data": ["AQID", "base64"], "owner": "1" * 32, "executable": False,
                                                        "rentEpoch": 18446744073709551615, "space": 3}}
        honest = self.folder / "account.json"
        honest.write_text(json.dumps(account))
        read_account = ["input", "--program-id", "1" * 32, "--account", None, "-o", "out"]
        gnomon(*(honest if arg is None else arg for arg in read_account), cwd=self.folder)
        (self.folder / "out").unlink()
        return {"case": (json.loads(CASE.read_text()), ["run", "-q", None, "--programs", ELFS]), "account": (account, read_account)}

    def test_cut(self):
        for kind, (document, command) in self.kinds().items():
            text = json.dumps(document).encode()
            for n in cuts(len(text)):
                with self.subTest(kind, n=n):
                    self.refused(text[:n], *command)
            self.refused(text + b"x", *command)

    def test_deep_huge_twice(self):
        for document, command in self.kinds().values():
            text = json.dumps(document).encode()
            for deep in (b"[" * 100000, b'{"a":' * 100000, text[:-1] + b', "more": ' + b"[" * 40 + b"]" * 40 + b"}"):
                self.refused(deep if deep.startswith(b"{") else b"{" + deep, *command)
            key = next(iter(document))
            self.refused(text[:-1] + b", " + json.dumps({key: document[key]}).encode()[1:], *command)
            inner = next(key for key in document if isinstance(document[key], dict))
            member = next(iter(document[inner]))
            again = json.dumps({member: document[inner][member]})[1:-1]
            self.refused(text.replace(f'"{inner}": {{'.encode(), f'"{inner}": {{{again}, '.encode(), 1), *command)
            self.refused(text.replace(b"1", b"\xff", 1), *command)  # no UTF-8
            self.huge(b"{", *command)

    def test_members_of_another_kind(self):
        for kind, (document, command) in self.kinds().items():
            refused = 0
            for number, path in enumerate(places(document)):
                if path[0] in OUTCOME:
                    continue
                other = OTHERS[number % len(OTHERS)]
                with self.subTest(kind, path=path, other=other):
                    bad = self.file("bad", json.dumps(changed(document, path, other)).encode())
                    refused += self.ends(*(bad if arg is None else arg for arg in command)) == 2
                    (self.folder / "out").unlink(missing_ok=True)
            self.assertGreater(refused, 4)

    def test_bad_base64(self):
        for document, command in self.kinds().values():
            for path in places(document):
                if path[0] not in OUTCOME and (path[-1] == "data_b64" or path == ("account", "data", 0)):
                    for bad in ("A", "AA", "AAA", "AQID=", "A===", "AQI!", "AQ ID", "AQIDB", "AR==", "=AQI"):
                        with self.subTest(path=path, bad=bad):
                            self.refused(json.dumps(changed(document, path, bad)).encode(), *command)

    def test_bad_base58(self):
        for document, command in self.kinds().values():
            keys = [path for path in places(document) if path[-1] == "pubkey" and path[0] not in OUTCOME]
            for path in keys[:4]:
                for bad in ("", "0" * 32, "O" * 32, "l" * 32, "1" * 31, "1" * 33, "z" * 44, "1" * 1000, "1" * 31 + " "):
                    with self.subTest(path=path, bad=bad):
                        self.refused(json.dumps(changed(document, path, bad)).encode(), *command)

    def test_expectations(self):
        proof = self.folder / "p"
        gnomon("prove", CASE, "--programs", ELFS, "-o", proof, "-q")
        command = ["verify", proof, "--program", elf_of(CASE), "--expect", None]
        for text in (b"", b"{", b"[]", b"1", b"null", b"[" * 100000, b'{"a":' * 100000, b'{"logs": [], "logs": []}', b'{"a": "\xff"}', b"\0{}", b"{}x"):
            self.refused(text, *command)
        self.huge(b"{", *command)


class InputBin(Hostile):
    def setUp(self):
        super().setUp()
        self.program = elf_of(CASE)
        good = self.folder / "input.bin"
        gnomon("input", "--case", CASE, "--programs", ELFS, "-o", good)
        self.content = good.read_bytes()
        self.assertEqual(self.ends("run", "-q", self.program, good), 0)

    def test_cut(self):
        for n in cuts(len(self.content), 30):
            self.refused(self.content[:n], "run", self.program, None)
        self.refused(self.content + b"\0", "run", self.program, None)

    def test_damaged(self):
        """words that are all ones: lengths, options, numbers"""
        statuses = []
        for at in range(0, len(self.content), max(1, len(self.content) // 60)):
            bad = self.file("bad", self.content[:at] + b"\xff" * 8 + self.content[at + 8:])
            statuses.append(self.ends("run", "-q", self.program, bad))
        self.assertGreater(statuses.count(2), 5)

    def test_huge(self):
        self.huge(self.content, "run", self.program, None)
        for at in (0, 8, 8 + 8 + 72):  # program, accounts, the first account's data
            for length in (2**63, 2**64 - 1, len(self.content), 1 << 40):
                self.refused(self.content[:at] + length.to_bytes(8, "little") + self.content[at + 8:], "run", self.program, None)


if __name__ == "__main__":
    unittest.main()
