#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proofs of Solana runs: recorded cases are proven with every row checked, the verifier accepts and says what was recorded, and
files whose statement, key or proof is another one are rejected by name.

usage: solana_proofs_test.py GNOMON [unittest arguments]
All takes every recorded case; the real programs are looked for in the folder GN_SBPF_ELFS and skipped without one."""
import base64
import functools
import hashlib
import json
import os
import pathlib
import re
import sys
import tempfile
import unittest

from cli_test import Case, gnomon  # takes GNOMON off sys.argv

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures" / "solana"
PROBES = FIXTURES / "elfs"
REAL = os.environ.get("GN_SBPF_ELFS", "")
# one for each way in which a run can end, and the accesses that the kernel executes
CASES = [
    "vm/v3_acc_write_ok", "vm_vasa/v3_acc_write_ok",  # success, account data changes
    "vm/v3_lamports_transfer",
    "vm/v3_r2_instr_data", "vm_vasa/v3_r2_instr_data",  # custom error
    "vm/v3_load_text", "vm_vasa/v3_stack_under",  # access violation
    "vm/v0_div0_32",
    "vm/v3_recursion", "vm_vasa/v3_recursion",  # call depth
    "vm/v0_infinite", "vm_vasa/v0_infinite",  # budget exhausted
    "vm/v3_lamports_unbalanced", "vm_vasa/v0_acc_write_readonly",  # post-conditions; the latter at the store
    "vm_vasa/v3_realloc_grow10240",
    "vm_vasa/v3_memset_grow_own",
    "vm/v1_ret0",
]
# docs/proof_file.md
AT_RECORD, AT_LENGTH, AT_STATEMENT = 16, 272, 280
# docs/statement.md, section 3: words
MAGIC, SUCCESS, EXIT, CONSUMED, EXECUTED, MODIFIED, ERROR, CUSTOM, FAULT, CHARGED, FLAGS = *range(9), 13, 14
BUDGET, METAS, ADDRESS, FIXED = 16, 19, 25, 29
ACCOUNT_HEAD = 12  # words before an account's data: flags, rent epoch, key, owner, lamports, length
OUT_OF_SCOPE = re.compile("not supported yet: |cannot be executed: an instruction of a built-in program|"
                          "no instruction of a program was executed")


def recorded(name):
    path = FIXTURES / f"{name}.json"
    return path, json.loads(path.read_text())


def programs(name):
    return PROBES if name.startswith("vm") else pathlib.Path(REAL)


@functools.cache
def by_hash(folder):
    return {hashlib.sha256(p.read_bytes()).hexdigest(): p for p in folder.rglob("*") if p.is_file()}


def elf_of(name, case, key):
    return by_hash(programs(name))[case["programs"][key]["elf_sha256"]]


def invocations(case):
    """the log, by instruction of the transaction; only those of loaded programs"""
    parts = []
    for line in case["logs"]:
        if re.fullmatch(r"Program \w+ invoke \[1\]", line):
            parts.append([])
        parts[-1].append(line)
    return [part for part in parts if "elf_sha256" in case["programs"].get(part[0].split()[1], {})]


VASA = "7VgiehxNxu53KdxgLspGQY8myE6f7UokaWa4jsGcaSz"  # the feature's address


class Proofs(Case):
    """Proofs are made once for all classes."""
    made = {}

    @classmethod
    def setUpClass(cls):
        kept = tempfile.TemporaryDirectory()
        cls.addClassCleanup(kept.cleanup)
        cls.kept = pathlib.Path(kept.name)
        os.environ["XDG_CACHE_HOME"] = str(cls.kept / "cache")

    def proven(self, name, *more):
        """bytes of the checked proof of a case, and the case"""
        path, case = recorded(name)
        if (name, more) not in self.made:
            proof = self.folder / "p.proof"
            gnomon("prove", path, "--programs", programs(name), "-o", proof, "--check", "-q", *more)
            self.made[name, more] = proof.read_bytes()
        return self.made[name, more], case

    def agrees(self, case, said, at=0):
        """the statement is what was recorded of the at-th instruction of a loaded program"""
        log = invocations(case)
        self.assertEqual(said["logs"], log[at])
        last, alone, err = at == len(log) - 1, len(log) == 1, case["result"]["err"]
        failed = last and err is not None and err["kind"] == "InstructionError"
        self.assertEqual(said["result"]["ok"], not failed)
        self.assertEqual(said["execution"]["success"], not failed)
        if failed:
            self.assertEqual({**said["result"]["err"], "index": err["index"]}, err)
            self.assertEqual(said["post_changed"], [])
        outer = [line for line in log[at] if re.search(r"consumed \d+ of \d+ compute units", line)]
        if "Failed to create SBF VM: Computational budget exceeded" not in log[at]:
            consumed, budget = re.search(r"consumed (\d+) of (\d+) compute units", outer[-1]).groups()
            self.assertEqual(said["execution"]["compute_units_consumed"], consumed)
            self.assertEqual(said["budget"], budget)
        self.assertIn(said["program"], case["programs"])
        if alone:
            self.assertEqual(said["return_data"], case["return_data"])
            executed = int(said["execution"]["instructions_executed"])
            traced = case["traces"][0]["instructions"] if case["traces"] else executed  # probes in vm_edges have none
            if "exceeded CUs meter at BPF instruction" in log[at][-1]:
                self.assertLess(executed, traced)  # which also has instructions that the budget was not enough for
            else:
                self.assertEqual(executed, traced)
        if alone and (failed or err is None):
            self.accounts_agree(case, said)

    def accounts_agree(self, case, said):
        before = {a["pubkey"]: a for a in case["pre"] if "lamports" in a}  # the others do not exist
        after = {**before, **{a["pubkey"]: a for a in case["post_changed"]}}
        for account in said["accounts"]:
            key = account.get("pubkey")
            if key is None or key == case["fee_payer"] or key not in before or len(case["instructions"]) > 1:
                continue
            for field in ("lamports", "owner", "data_b64"):
                for is_, was in ((account["before"], before[key]), (account["after"], after[key])):
                    if field in was:
                        self.assertEqual(is_[field], was[field], key)
                    else:  # long ones are recorded by their hash
                        content = base64.b64decode(is_[field])
                        self.assertEqual(hashlib.sha256(content).hexdigest(), was["data_sha256"], key)

    def accepted(self, name, *more, at=0):
        honest, case = self.proven(name, *more)
        proof = self.file("honest.proof", honest)
        key = invocations(case)[at][0].split()[1]
        document = self.json("verify", proof, "--program", elf_of(name, case, key), "--json", schema="gnomon.verify.v1")
        self.assertTrue(document["accepted"])
        said = document["statement"]
        self.assertEqual(said["program"], key)
        self.assertEqual(said["virtual_address_space_adjustments"], VASA in case["features"])
        self.agrees(case, said, at)
        return said


class Accepted(Proofs):
    def test_cases(self):
        for name in CASES:
            with self.subTest(name):
                self.accepted(name)

    def test_run_says_the_same(self):
        """what `run` finds without a proof is what `verify` is told by the proof"""
        for name in ("vm/v3_acc_write_ok", "vm_vasa/v3_recursion", "vm/v3_r2_instr_data"):
            said = self.accepted(name)
            ran = json.loads(gnomon("run", recorded(name)[0], "--programs", PROBES, "--json", "--compare").stdout)
            for field in ("result", "logs", "compute_units_consumed", "return_data"):
                self.assertEqual(said[field], ran[field], field)
            for account in said["post_changed"]:
                self.assertIn(account, ran["post_changed"])

    def test_expect(self):
        """the outcome can be demanded"""
        name = "vm/v3_r2_instr_data"
        honest, case = self.proven(name)
        proof, elf = self.file("p.proof", honest), elf_of(name, case, invocations(case)[0][0].split()[1])
        expected, success = (self.file(file, json.dumps({"result": result}).encode()) for file, result in
                             (("e.json", case["result"]), ("s.json", {"ok": True, "err": None, "err_str": None})))
        gnomon("verify", proof, "--program", elf, "--expect", expected)
        self.error("verify", proof, "--program", elf, "--expect", success, status=1, says="the proof holds, but result is ")

    def test_key(self):
        """what setup makes of the program alone is the key of its proofs"""
        name = "vm/v3_r2_instr_data"
        honest, case = self.proven(name)
        gnomon("setup", elf_of(name, case, invocations(case)[0][0].split()[1]), "-o", "own.key", cwd=self.folder)
        self.assertEqual((self.folder / "own.key").read_bytes(), honest[AT_RECORD:AT_LENGTH])


class Forged(Proofs):
    NAME = "vm/v3_acc_write_ok"
    FAILED = "vm/v3_r2_instr_data"

    def elf(self, name):
        _, case = recorded(name)
        return elf_of(name, case, invocations(case)[0][0].split()[1])

    def word(self, content, i):
        return int.from_bytes(content[AT_STATEMENT + 8 * i:][:8], "little")

    def changed(self, content, words):
        """the file with other words in its statement, each really another one"""
        forged = bytearray(content)
        for i, value in words.items():
            self.assertNotEqual(self.word(content, i), value % 2**64)
            forged[AT_STATEMENT + 8 * i:AT_STATEMENT + 8 * i + 8] = (value % 2**64).to_bytes(8, "little")
        return bytes(forged)

    def rejected(self, content, says, name=NAME):
        return self.error("verify", self.file("bad.proof", content), "--program", self.elf(name), status=1,
                          says=f"rejected: {says}")

    def test_layout(self):
        """the words are where these tests change them"""
        honest, case = self.proven(self.NAME)
        self.assertEqual(honest[AT_STATEMENT:AT_STATEMENT + 8], b"GNST0001")
        self.assertEqual([self.word(honest, i) for i in (SUCCESS, EXIT, CONSUMED, MODIFIED, ERROR, FLAGS)], [1, 0, 4, 1, 0, 0])
        self.assertEqual(self.word(honest, BUDGET), 200000)
        at = AT_STATEMENT + 8 * (FIXED + self.word(honest, METAS) + ACCOUNT_HEAD)
        key = case["instructions"][0]["accounts"][0]["pubkey"]
        data = base64.b64decode(next(a["data_b64"] for a in case["pre"] if a["pubkey"] == key))
        self.assertTrue(data)
        self.assertEqual(honest[at:at + len(data)], data)

    def test_another_outcome(self):
        failed, _ = self.proven(self.FAILED)
        self.assertEqual([self.word(failed, i) for i in (SUCCESS, ERROR, CUSTOM)], [0, 26, 9])
        self.rejected(self.changed(failed, {SUCCESS: 1, ERROR: 0, CUSTOM: 0}), "REJECT_BUS_SUM", name=self.FAILED)
        self.rejected(self.changed(failed, {CUSTOM: 8}), "REJECT_BUS_SUM", name=self.FAILED)
        self.rejected(self.changed(failed, {EXIT: 0}), "REJECT_BUS_SUM", name=self.FAILED)

    def test_another_word(self):
        honest, _ = self.proven(self.NAME)
        account = FIXED + self.word(honest, METAS)
        end = (int.from_bytes(honest[AT_LENGTH:AT_STATEMENT], "little") // 8) - 1
        for words in ({CONSUMED: 3, CHARGED: 3},  # fewer units
                      {EXECUTED: 3}, {MODIFIED: 0}, {BUDGET: 100000}, {SUCCESS: 0}, {FAULT: 1},
                      {ADDRESS: 1},  # another program address
                      {FLAGS: 1},  # another address mode
                      {account: self.word(honest, account) ^ 1},  # flags: signer
                      {account + 2: 0},  # key
                      {account + 10: self.word(honest, account + 10) + 1},  # lamports
                      {account + ACCOUNT_HEAD: self.word(honest, account + ACCOUNT_HEAD) ^ 0x5a},  # data before
                      {end: self.word(honest, end) ^ 1}):  # data after
            with self.subTest(words):
                self.rejected(self.changed(honest, words), "REJECT_BUS_SUM")
        self.rejected(self.changed(honest, {MAGIC: int.from_bytes(b"GNST0002", "little")}), "REJECT_STATEMENT")

    def test_another_length(self):
        honest, _ = self.proven(self.NAME)
        n = int.from_bytes(honest[AT_LENGTH:AT_STATEMENT], "little")
        head, statement, rest = honest[:AT_LENGTH], honest[AT_STATEMENT:AT_STATEMENT + n], honest[AT_STATEMENT + n:]
        for other in (statement[:-8], statement + bytes(8)):
            self.rejected(head + len(other).to_bytes(8, "little") + other + rest, "REJECT_BUS_SUM")
        self.rejected(head + (n - 4).to_bytes(8, "little") + statement + rest, "REJECT_STATEMENT")

    def test_another_program(self):
        honest, _ = self.proven(self.NAME)
        other, _ = self.proven(self.FAILED)
        self.rejected(honest, "REJECT_KEY", name=self.FAILED)
        # the key of the one, the proof of the other; with the statement of either
        n, m = (int.from_bytes(f[AT_LENGTH:AT_STATEMENT], "little") for f in (honest, other))
        self.rejected(honest[:AT_LENGTH] + other[AT_LENGTH:], "REJECT_BUS_SUM")
        self.rejected(honest[:AT_STATEMENT + n] + other[AT_STATEMENT + m:], "REJECT_BUS_SUM")

    def test_another_address_mode(self):
        """the same program has another key, and the other's proof does not serve"""
        honest, _ = self.proven("vm/v3_recursion")
        other, _ = self.proven("vm_vasa/v3_recursion")
        self.assertNotEqual(honest[AT_RECORD:AT_LENGTH], other[AT_RECORD:AT_LENGTH])
        self.rejected(honest[:AT_LENGTH] + other[AT_LENGTH:], "REJECT_BUS_SUM", name="vm/v3_recursion")
        self.rejected(other[:AT_LENGTH] + honest[AT_LENGTH:], "REJECT_BUS_SUM", name="vm/v3_recursion")


class All(Proofs):
    def every(self, folder):
        """proves all instructions of programs in a folder's cases; those that are out of scope say so"""
        proven = 0
        for path in sorted((FIXTURES / folder).glob("*.json")):
            name, count = f"{folder}/{path.stem}", len(invocations(recorded(f"{folder}/{path.stem}")[1]))
            self.made.clear()
            for at in range(count):
                with self.subTest(name, instruction=at):
                    more = ("--instruction", str(at)) if count > 1 else ()
                    tried = gnomon("prove", path, "--programs", programs(name), "-o", self.folder / "t.proof", "--check", "-q",
                                   *more, status=None)
                    if tried.returncode == 3 and OUT_OF_SCOPE.search(tried.stderr.decode()):
                        continue
                    self.assertEqual(tried.returncode, 0, tried.stderr.decode())
                    self.made[name, more] = (self.folder / "t.proof").read_bytes()
                    self.accepted(name, *more, at=at)
                    proven += 1
        print(f"{folder}: {proven} proven and verified", file=sys.stderr)
        return proven

    def test_probes(self):
        self.assertEqual([self.every(folder) for folder in ("vm", "vm_vasa", "vm_edges")], [152, 152, 15])

    @unittest.skipUnless(REAL and pathlib.Path(REAL).is_dir(), "GN_SBPF_ELFS is no folder of programs")
    def test_transactions(self):
        for folder in ("tx", "tx_vasa"):
            self.assertGreaterEqual(self.every(folder), 59)


if __name__ == "__main__":
    unittest.main()
