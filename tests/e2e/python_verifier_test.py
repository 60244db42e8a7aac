#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The C verifier against tools/verify.py: an honest proof and changed ones must get the same verdict.

usage: python_verifier_test.py EXPORT_PROGRAM MACHINE SIZE CASES
"""
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "tools"))
import verify as v  # noqa: E402


def main(program, machine, size, cases):
    def read(name):
        with open(os.path.join(folder, name), "rb") as f:
            return f.read()

    with open(os.path.join(HERE, "..", "..", "gen", "whir_params.inc"), encoding="ascii") as f:
        params = f.read()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, folder, machine, size, cases], check=True)
        system, statement, proof = json.loads(read("machine.json")), json.loads(read("statement.json")), read("proof")
        key_id, wrong, accepted = read("key.id"), 0, 0
        strings = [bytes.fromhex(b) for b in statement["bytes"]]
        for case in json.loads(read("cases.json")):
            changed = bytearray(proof)
            changed[case["at"]] ^= case["mask"]
            changed = bytes(changed[:case["size"]].ljust(case["size"], b"\0"))
            try:
                v.verify(system, key_id, statement["values"], strings, changed, params)
                answer = "ACCEPT"
            except v.Reject as reason:
                answer = str(reason)
            if answer != case["verdict"] or (answer == "ACCEPT") != (changed == proof):
                print(case, "second verifier:", answer)
                wrong += 1
            accepted += answer == "ACCEPT"
    print(f"{machine} {size}: proof of {len(proof)} bytes, {accepted} accepted, {wrong} differences")
    return 1 if wrong or not accepted else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
