#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The C verifier against tools/verify.py: both must give every case the same verdict, by name, and accept only the
honest one.  What cannot be said to the C verifier, a statement with too few or too many parts, is REJECT_STATEMENT.

usage: python_verifier_test.py EXPORT_PROGRAM MACHINE SIZE CASES [long]
"""
import collections
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "tools"))
import verify as v  # noqa: E402


def read(*path):
    with open(os.path.join(*path), "rb") as f:
        return f.read()


def patched(honest, patch):
    """python_verifier_export.c says what a patch is"""
    size, changes = patch
    changed = bytearray(honest[:size].ljust(size, b"\0"))
    for at, byte in changes:
        changed[at] = byte
    return bytes(changed)


def verdict(*arguments):
    try:
        v.verify(*arguments)
        return "ACCEPT"
    except v.Reject as reason:
        return str(reason)


def main(program, machine, size, *cases):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, folder, machine, size, *cases], check=True)
        system, statement, altered = (json.loads(read(folder, name + ".json"))
                                      for name in ("machine", "statement", "cases"))
        proof, key_id = read(folder, "proof"), read(folder, "key.id")
    params = read(HERE, "..", "..", "gen", "whir_params.inc").decode()
    honest = [key_id, statement["values"], [bytes.fromhex(b) for b in statement["bytes"]], proof]
    seen, wrong = collections.Counter(), 0
    for case in altered:
        strings = [patched(*both) for both in zip(honest[2], case["strings"], strict=True)]
        run = [patched(key_id, case["key_id"]), case["values"], strings, patched(proof, case["proof"])]
        answer = verdict(system, *run, params)
        seen[answer] += 1
        if answer != case["verdict"] or (answer == "ACCEPT") != (run == honest):
            print(f"{case['what']}: C {case['verdict']}, Python {answer}")
            wrong += 1
    for values, strings in (([*honest[1], 0], honest[2]), (honest[1][1:] if honest[1] else [1], honest[2]),
                            (honest[1], [*honest[2], b""]), (honest[1], honest[2][1:] if honest[2] else [b"1"])):
        wrong += verdict(system, key_id, values, strings, proof, params) != "REJECT_STATEMENT"
    print(f"{machine} {size}: proof of {len(proof)} bytes, {len(altered)} cases, {wrong} differences")
    print(*(f"{n} {name}" for name, n in sorted(seen.items())), sep=", ")
    return 1 if wrong or not seen["ACCEPT"] else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
