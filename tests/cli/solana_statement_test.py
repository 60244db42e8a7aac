#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `verify` shows of a statement; accounts by hash instead of by value: in a proof's statement (`prove --by-hash`) and in what `verify --by-hash` shows of any proof.

usage: solana_statement_test.py GNOMON [unittest arguments]
A transaction of several instructions is looked for in the folder GN_SBPF_ELFS, and not missed."""
import base64
import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "tools"))
from cli_test import Case, gnomon  # takes GNOMON off sys.argv
from verify_math import blake3  # written from the specification, for the Python verifier

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures" / "solana"
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def key(text):
    number = 0
    for c in text:
        number = 58 * number + ALPHABET.index(c)
    return number.to_bytes(32, "big")


def account_hash(account, when):
    state = account[when]
    return blake3(int(state["lamports"]).to_bytes(8, "little") + base64.b64decode(state["data_b64"]) +
                  bytes([account["executable"]]) + key(state["owner"]) + key(account["pubkey"])).hex()


class Shown(Case):
    """what a reader could not see would be the prover's choice"""
    def case_with(self, name, **fields):
        """the case with these fields in its second account"""
        case = json.loads((FIXTURES / "vm" / f"{name}.json").read_text())
        case["pre"][1].update(fields)
        return self.file(f"{name}.json", json.dumps(case).encode())

    def shown(self, *subject):
        proof = self.folder / "shown.proof"
        done = gnomon("prove", *subject, "-o", proof)
        id = self.json("prove", *subject, "-o", proof, "--json", schema="gnomon.prove.v1")["key_id"]
        said = self.json("verify", proof, "--id", id, "--json", schema="gnomon.verify.v1")["statement"]
        return gnomon("verify", proof, "--id", id).stdout.decode(), said, done.stderr.decode()

    def test_executable(self):
        for executable in (False, True):
            text, said, _ = self.shown(self.case_with("v3_acc_write_ok", executable=executable), "--programs", FIXTURES / "elfs")
            self.assertEqual(", executable" in text, executable)
            self.assertEqual(said["accounts"][0]["executable"], executable)

    def test_growth_before(self):
        case, input = FIXTURES / "vm" / "v3_realloc_grow100.json", self.folder / "input.bin"
        program = json.loads(case.read_text())["programs"]
        elf = FIXTURES / "elfs" / f"{next(iter(program.values()))['elf_sha256']}.so"
        gnomon("input", "--case", case, "--programs", FIXTURES / "elfs", "-o", input)
        head = b"".join(n.to_bytes(8, "little") for n in (200000, 32768))  # budget and heap: `resized` is behind them
        before, after = input.read_bytes().split(head)
        input.write_bytes(before + head + (-1234).to_bytes(8, "little", signed=True) + after[8:])
        text, said, _ = self.shown(elf, input)
        self.assertIn("accounts grown by -1234 bytes before", text)
        self.assertEqual(said["resized"], "-1234")

    def test_drained(self):
        """an account without lamports keeps data and owner until its transaction ends"""
        _, said, _ = self.shown(self.case_with("v3_lamports_transfer", lamports="5"), "--programs", FIXTURES / "elfs")
        after = {k: said["accounts"][0]["after"][k] for k in ("lamports", "owner", "data_b64")}
        self.assertEqual(after["lamports"], "0")
        self.assertNotEqual(after["data_b64"], "")
        self.assertLessEqual(after.items(), said["post_changed"][0].items())

    def test_rent(self):
        """the instruction succeeds, its transaction does not"""
        _, said, told = self.shown(FIXTURES / "vm" / "v0_realloc_rent_fail.json", "--programs", FIXTURES / "elfs")
        self.assertTrue(said["result"]["ok"])
        self.assertIn("InsufficientFundsForRent", told)
        _, _, told = self.shown(FIXTURES / "vm" / "v3_acc_write_ok.json", "--programs", FIXTURES / "elfs")
        self.assertNotIn("InsufficientFundsForRent", told)


class ByHash(Case):
    def proofs(self, case, programs, *more):
        """statements by value and by hash, the latter also of the former's proof"""
        value, hashed = self.folder / "value.proof", self.folder / "hash.proof"
        os.environ["XDG_CACHE_HOME"] = str(self.folder)
        made = self.json("prove", case, "--programs", programs, "-o", value, "--json", *more, schema="gnomon.prove.v1")
        gnomon("prove", case, "--programs", programs, "-o", hashed, "--by-hash", "--check", "-q", *more)
        check = lambda *args: self.json("verify", *args, "--id", made["key_id"], "--json", schema="gnomon.verify.v1")["statement"]
        said, shown, proven = check(value), check(value, "--by-hash"), check(hashed)
        self.assertEqual(shown, proven)
        self.assertEqual(check(hashed, "--by-hash"), proven)
        self.assertEqual(len(said["accounts"]), len(proven["accounts"]))
        for account, hashes in zip(said["accounts"], proven["accounts"]):
            for when in ("before", "after"):
                self.assertEqual(hashes[f"hash_{when}"], account_hash(account, when))
            self.assertEqual((account["signer"], account["writable"], account["changed"]),
                             (hashes["signer"], hashes["writable"], hashes["changed"]))
            self.assertNotIn("pubkey", hashes)
        self.assertEqual("post_changed" in proven, not proven["accounts"])  # it could not name them
        for field in said:
            if field not in ("accounts", "post_changed"):
                self.assertEqual(said[field], proven[field], field)
        return made["key_id"], hashed, proven

    def test_success(self):
        id, proof, proven = self.proofs(FIXTURES / "vm" / "v3_acc_write_ok.json", FIXTURES / "elfs")
        self.assertTrue(any(a["changed"] for a in proven["accounts"]))
        text = gnomon("verify", proof, "--id", id).stdout.decode()
        self.assertIn("(by hash)", text)
        self.assertIn(proven["accounts"][0]["hash_after"], text)
        unchanged = self.file("u.json", json.dumps({"post_changed": []}).encode())
        self.error("verify", proof, "--id", id, "--expect", unchanged, status=1, says="the proof holds, but post_changed is not there")
        expected = self.file("e.json", json.dumps({"accounts": proven["accounts"]}).encode())
        gnomon("verify", proof, "--id", id, "--expect", expected, "-q")
        changed = proven["accounts"][0]["hash_after"]
        proven["accounts"][0]["hash_after"] = ("1" if changed[0] == "0" else "0") + changed[1:]
        other = self.file("o.json", json.dumps({"accounts": proven["accounts"]}).encode())
        self.error("verify", proof, "--id", id, "--expect", other, status=1, says="the proof holds, but accounts is ")

    def test_failure(self):
        for name in ["vm/v3_load_text", "vm_vasa/v0_acc_write_readonly"]:
            with self.subTest(name):
                _, _, proven = self.proofs(FIXTURES / f"{name}.json", FIXTURES / "elfs")
                self.assertFalse(proven["result"]["ok"])

    @unittest.skipUnless(os.environ.get("GN_SBPF_ELFS"), "no real programs")
    def test_several(self):
        """the third of five transfers: what the first two left"""
        case = FIXTURES / "tx" / "ptoken_five_transfers_one_tx.json"
        self.proofs(case, os.environ["GN_SBPF_ELFS"], "--instruction", 2)

    def test_riscv(self):
        import elf
        program = self.file("p.elf", elf.elf(elf.leave(0)))
        self.error("prove", program, "-o", "p.proof", "--by-hash", says="are for Solana programs")


if __name__ == "__main__":
    unittest.main()
