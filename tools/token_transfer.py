#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves a recorded SPL Token transfer, verifies the proof, and says in words what the verified statement says: who paid whom, balances, units, sizes, times.

usage: tools/token_transfer.py GNOMON PROGRAMS CASE.json [PROOF]"""
import base64
import hashlib
import json
import pathlib
import struct
import subprocess
import sys
import time

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
TOKEN = {"53e587eee80c786bcfba1450397d92179a0f01def776d19fb4ddf690d64431cc": "p-token",
         "7b44674b9704fa7640fbebfac68389f338b500b8c2bc29175c27ed66838b5a3c": "SPL Token 3.5.0"}
MINT, ACCOUNT = 82, 165  # bytes of the two kinds of accounts


def base58(key):
    number, text = int.from_bytes(key, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = ALPHABET[digit] + text
    return "1" * (len(key) - len(key.lstrip(b"\0"))) + text


def ask(*command):
    """what the command prints as JSON, and how long it took with all that starting a process takes"""
    begun = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr.strip() or f"{command[0]} failed")
    return json.loads(done.stdout), time.perf_counter() - begun


class TokenAccount:
    """an account of the statement that holds tokens"""

    def __init__(self, account):
        data = [base64.b64decode(account[when]["data_b64"]) for when in ("before", "after")]
        self.address, self.mint, self.owner = account["pubkey"], base58(data[1][:32]), base58(data[1][32:64])
        self.before, self.after = (struct.unpack_from("<Q", d, 64)[0] for d in data)


def tokens(amount, decimals):
    return f"{amount // 10 ** decimals:,}" + (f".{amount % 10 ** decimals:0{decimals}d}" if decimals else "")


def line(name, text):
    print(f"  {name:<13} {text}")


def tell(said):
    """The statement in words; True if tokens moved."""
    held = lambda account: len(base64.b64decode(account["after"]["data_b64"]))
    wallets = [TokenAccount(a) for a in said["accounts"] if held(a) == ACCOUNT]
    decimals = [base64.b64decode(a["after"]["data_b64"])[44] for a in said["accounts"] if held(a) == MINT]
    payers, payees = [w for w in wallets if w.after < w.before], [w for w in wallets if w.after > w.before]
    if len(payers) != 1 or len(payees) != 1 or not decimals:
        return False
    payer, payee, decimals = payers[0], payees[0], decimals[0]
    print(f"\n{payer.owner}\npaid {tokens(payer.before - payer.after, decimals)} tokens to\n{payee.owner}\n")
    line("token", f"mint {payer.mint}, {decimals} decimals")
    for name, w in ("payer", payer), ("payee", payee):
        line(name, f"{tokens(w.before, decimals):>14} -> {tokens(w.after, decimals):<14} in token account {w.address}")
    line("signed by", ", ".join(a["pubkey"] for a in said["accounts"] if a["signer"]))
    return True


def main():
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    gnomon, programs, case = sys.argv[1:4]
    proof = sys.argv[4] if len(sys.argv) > 4 else "transfer.proof"
    recorded = json.loads(pathlib.Path(case).read_text())
    address = recorded["instructions"][0]["program_id"]
    wanted = recorded["programs"][address]["elf_sha256"]
    elf = next((p for p in pathlib.Path(programs).glob("*.so") if hashlib.sha256(p.read_bytes()).hexdigest() == wanted), None)
    if elf is None:
        sys.exit(f"{programs}: no program with the SHA-256 {wanted}")
    made, proving = ask(gnomon, "prove", case, "--programs", programs, "-o", proof, "--json")
    checked, _ = ask(gnomon, "verify", proof, "--program", str(elf), "--json")  # takes nothing from the prover but the proof
    said = checked["statement"]
    if not tell(said):
        sys.exit(f"{case}: is no transfer of tokens with its mint")
    line("program", f"{said['program']}, {TOKEN.get(wanted, 'SHA-256 ' + wanted)}")
    line("outcome", f"{'success' if said['result']['ok'] else 'failed: ' + said['result']['err_str']}, "
                    f"{int(said['compute_units_consumed']):,} of {int(said['budget']):,} compute units, "
                    f"{int(said['execution']['instructions_executed']):,} sBPF instructions")
    for text in said["logs"]:
        line("", text)
    same = said["logs"] == recorded["logs"] and said["compute_units_consumed"] == recorded["compute_units_consumed"]
    line("", "logs and units are " + ("those of the real Solana VM, recorded" if same else "NOT the recorded ones"))
    print()
    line("proven in", f"{proving:.2f} s, from the start of the process ({made['seconds']:.2f} s of it execution and proof)")
    line("proof", f"{made['proof_bytes']:,} bytes, at 128 provable bits: {proof}")
    line("verified in", f"{checked['milliseconds']:.1f} ms")
    line("key id", f"{checked['key_id']}, all that a verifier must know of the program")
    if not same:
        sys.exit(1)


if __name__ == "__main__":
    main()
