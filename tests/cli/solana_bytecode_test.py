#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bare sBPF bytecode (`--bytecode VERSION`) through all commands: it runs, is traced, counted, proven and verified as an ELF file is.

usage: solana_bytecode_test.py GNOMON [unittest arguments]"""
import json
import os
import struct
import unittest

from cli_test import Case, gnomon  # takes GNOMON off sys.argv

ID = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"
LDXDW, MOVI, MOV, ADDI, CALL, EXIT = 0x79, 0xB7, 0xBF, 0x07, 0x85, 0x95


def code(*insns):
    """opcode, dst, src, offset, immediate"""
    return b"".join(struct.pack("<BBhi", op, dst | src << 4, off, imm) for op, dst, src, off, imm in insns)


# calls a function behind its end, which returns 5: r0 = 0
CALLS = code((CALL, 0, 1, 0, 2), (ADDI, 0, 0, 0, -5), (EXIT, 0, 0, 0, 0), (MOVI, 0, 0, 0, 5), (EXIT, 0, 0, 0, 0))
# r0 = the 8 bytes at 1 << 32, which hold the first instruction in versions before 3
READS = code((0x18, 1, 0, 0, 0), (0, 0, 0, 0, 1), (LDXDW, 0, 1, 0, 0), (EXIT, 0, 0, 0, 0))


class Bytecode(Case):
    def input(self):
        gnomon("input", "--program-id", ID, "-o", self.folder / "input.bin")
        return self.folder / "input.bin"

    def run_json(self, program, version):
        return self.json("run", program, self.input(), "--bytecode", version, "--json", schema="gnomon.run_solana.v1")

    def test_versions(self):
        program = self.file("calls", CALLS)
        for version in range(4):
            said = self.run_json(program, version)
            self.assertEqual((said["result"]["ok"], said["compute_units_consumed"]), (True, "5"), version)
        reads = self.file("reads", READS)
        for version in range(2):  # version 2 has another way to write it
            first = int.from_bytes(READS[:8], "little")
            self.assertEqual(self.run_json(reads, version)["execution"]["exit_code"], hex(first))
        self.assertIn("Access violation", self.run_json(reads, 3)["logs"][-1])

    def test_all_commands(self):
        program, inputs = self.file("calls", CALLS), self.input()
        os.environ["XDG_CACHE_HOME"] = str(self.folder / "cache")
        bytecode = ["--bytecode", 2]
        listing = self.json("disasm", program, *bytecode, "--json", schema="gnomon.disasm_sbpf.v1")
        self.assertEqual((listing["sbpf_version"], listing["entry"], len(listing["instructions"])), (2, 0, 5))
        self.assertEqual(listing["instructions"][0]["text"], "call @3")
        stats = self.json("stats", program, inputs, *bytecode, "--json", schema="gnomon.stats.v1")
        self.assertEqual({f["name"]: f["steps"] for f in stats["functions"]}, {"entrypoint": 3, "function @3": 2})
        steps = json.loads(gnomon("trace", program, inputs, *bytecode, "-o", "-").stdout)["steps"]
        self.assertEqual([int(s["pc"], 16) for s in steps], [0, 3, 4, 1, 2])
        proof = self.folder / "p.proof"
        gnomon("prove", program, inputs, *bytecode, "-o", proof, "--check", "-q")
        id = self.json("setup", program, *bytecode, "--json", schema="gnomon.setup.v1")["key_id"]
        said = self.json("verify", proof, "--program", program, *bytecode, "--json", schema="gnomon.verify.v1")
        self.assertEqual((said["key_id"], said["statement"]["execution"]["instructions_executed"]), (id, "5"))
        self.error("verify", proof, "--program", program, "--bytecode", 1, status=1, says="rejected: ")

    def test_bad(self):
        inputs = self.input()
        for content, says in [(b"", "bytecode of 0 bytes"), (CALLS[:-1], "bytecode of 39 bytes"), (bytes(8), "UnknownOpCode"),
                              (code((MOVI, 0, 0, 0, 1)), ""), (b"\x7fELF" + bytes(60), "UnknownOpCode")]:
            program = self.file("bad", content)
            for version in range(4):
                if says:
                    self.error("run", program, inputs, "--bytecode", version, says=f"bad: {says}")
                    self.error("disasm", program, "--bytecode", version, says=f"bad: {says}")
        program = self.file("calls", CALLS)
        self.error("run", program, inputs, "--bytecode", 4, says="--bytecode: 4 is no version of sBPF")
        self.error("run", program, inputs, "--bytecode", "x", says="--bytecode: x is not a number")
        self.error("run", program, "--bytecode", 0, says="a Solana program needs an input")


if __name__ == "__main__":
    unittest.main()
