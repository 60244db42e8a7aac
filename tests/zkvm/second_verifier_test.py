#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proofs of RISC-V and Solana runs before both verifiers: tools/verify_file.py (Python) and libgnomon-verify (C, through ctypes) must give every file
the same verdict, by name, and accept only honest ones.

usage: second_verifier_test.py GNOMON AIR_GEN LIBGNOMON_VERIFY"""
import ctypes
import hashlib
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests" / "cli")]
import elf  # noqa: E402
import verify  # noqa: E402
import verify_file  # noqa: E402

SOLANA = ROOT / "tests" / "fixtures" / "solana"
HEAD = 280  # bytes before the statement
ALTERED = "vm_vasa/v3_r2_instr_data"


class C:
    """the C verifier"""

    def __init__(self, library):
        self.library = ctypes.CDLL(library)
        self.library.gn_proof_scratch.restype = ctypes.c_size_t
        self.library.gn_verdict_name.restype = ctypes.c_char_p
        self.scratch_n = self.library.gn_proof_scratch()
        self.scratch = ctypes.create_string_buffer(self.scratch_n)
        self.statement = ctypes.create_string_buffer(256)

    def __call__(self, key_id, file):
        verdict = self.library.gn_proof_verify(self.statement, key_id, file, ctypes.c_size_t(len(file)), self.scratch,
                                               ctypes.c_size_t(self.scratch_n))
        return self.library.gn_verdict_name(verdict).decode()


def python(machine, key_id, file, params):
    try:
        verify_file.verify(machine, key_id, file, params)
        return "ACCEPT"
    except verify.Reject as reason:
        return str(reason)


def alterations(file, draw):
    """(what, bytes)"""
    def put(at, *values):
        return file[:at] + bytes(values) + file[at + len(values):]
    for at in (0, 8, 12, 16, 20, 24, 56, 88, 112 + 16, 112 + 16 + 12, 112 + 16 + 64, 271, 272, 275, 279):
        yield f"byte {at}", put(at, file[at] ^ 1)
    body = HEAD + int.from_bytes(file[HEAD - 8:HEAD], "little")
    for at in range(HEAD, HEAD + 40, 3):
        yield f"statement {at}", put(at, file[at] ^ 2)
    for n in (0, 7, body - HEAD - 8, body - HEAD - 1, body - HEAD + 8, 1 << 20, (1 << 20) + 8, 1 << 21):
        yield f"statement of {n} bytes", put(HEAD - 8, *n.to_bytes(8, "little"))
    for n in (0, 8, 12, 100, HEAD - 1, HEAD, HEAD + 40, body, body + 5, len(file) // 2, len(file) - 1):
        yield f"cut at {n}", file[:n]
    yield "trailing", file + b"\0"
    for _ in range(4):
        at = draw.randrange(body, len(file))
        yield f"proof {at}", put(at, file[at] ^ 1 << draw.randrange(8))
    for limit in (0x7F000001, 0xFFFFFFFF):
        at = draw.randrange((len(file) - body) // 4) * 4 + body
        yield f"word {at}", put(at, *limit.to_bytes(4, "little"))


def runs(folder):
    """name, the program, and what `prove` and `setup` are called with"""
    programs = {"exit": elf.leave(7), "fault": [elf.load64(elf.A0, elf.ZERO, 0)],
                "output": elf.write(1, elf.BASE + 0x1000, 13) + elf.leave(0)}
    for name, words in programs.items():
        program = pathlib.Path(folder, name)
        program.write_bytes(elf.elf(words, data=b"hello, world\n"))
        yield name, [program], [program]
    # one for each way in which a Solana program's run can end, in both address modes
    probes = {hashlib.sha256(p.read_bytes()).hexdigest(): p for p in (SOLANA / "elfs").rglob("*") if p.is_file()}
    for name in ("vm/v3_acc_write_ok", "vm/v3_load_text", ALTERED):
        case = json.loads((SOLANA / f"{name}.json").read_text())
        program = probes[case["programs"][case["instructions"][0]["program_id"]]["elf_sha256"]]
        yield name, [SOLANA / f"{name}.json", "--programs", SOLANA / "elfs"], \
            [program] + (["--adjusted"] if name.startswith("vm_vasa") else [])


def main(gnomon, air_gen, library):
    c, wrong, cases = C(library), 0, 0
    params = (ROOT / "gen" / "whir_params.inc").read_text()
    draw = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        subprocess.run([air_gen, "json", "machine", f"{folder}/machine.json"], check=True)
        machine = json.loads(pathlib.Path(folder, "machine.json").read_text())
        for name, run, program in runs(folder):
            proof = pathlib.Path(folder, "proof")
            subprocess.run([gnomon, "prove", *run, "-o", proof, "-q"], check=True)
            key_id = bytes.fromhex(subprocess.run([gnomon, "setup", *program], check=True, capture_output=True).stdout.decode())
            honest = proof.read_bytes()
            changed = []
            if name in ("output", ALTERED):
                changed = list(alterations(honest, draw))
            for what, file in [("honest", honest), *changed]:
                both = c(key_id, file), python(machine, key_id, file, params)
                cases += 1
                if both[0] != both[1] or (both[0] == "ACCEPT") != (file == honest):
                    print(f"{name}, {what}: C {both[0]}, Python {both[1]}")
                    wrong += 1
            other = bytes(32)
            wrong += c(other, honest) != "REJECT_KEY" or python(machine, other, honest, params) != "REJECT_KEY"
    print(f"{cases} files, {wrong} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
