#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Accounts by hash instead of by value: in a proof's statement (`prove --by-hash`) and in what `verify --by-hash` shows of any proof.

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
