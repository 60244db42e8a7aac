#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""setup, prove, verify and inspect as a user meets them: keys, proofs, verdicts, expectations, and files that are damaged.

usage: prove_test.py GNOMON [unittest arguments]"""
import json
import os
import pathlib
import signal
import struct
import subprocess
import tempfile
import time
import unittest

import elf
from cli_test import Case, gnomon  # takes GNOMON off sys.argv

AT_FORMAT, AT_PRESET, AT_RECORD, AT_LENGTH, AT_STATEMENT = 8, 12, 16, 272, 280
LEAST = 296  # bytes of a statement without output


def countdown(n, code):
    """runs 2 n + 4 instructions"""
    loop = [elf.addi(elf.T0, elf.T0, -1), elf.branch_ne(elf.T0, elf.ZERO, -4)]
    return elf.unsigned32(elf.T0, n) + loop + elf.leave(code)


class Proofs(Case):
    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.kept.cleanup)
        kept = pathlib.Path(cls.kept.name)
        cls.cache = kept / "cache"
        os.environ["XDG_CACHE_HOME"] = str(cls.cache)
        cls.program, cls.other, cls.proof = kept / "p.elf", kept / "q.elf", kept / "p.proof"
        cls.program.write_bytes(elf.elf(countdown(50, 7), [(b"_start", elf.BASE, 0)]))
        cls.other.write_bytes(elf.elf(countdown(51, 7)))
        cls.id = gnomon("setup", cls.program).stdout.decode().strip()
        gnomon("prove", cls.program, "-o", cls.proof, "-q")
        cls.honest = cls.proof.read_bytes()

    def verify(self, *args, proof=None, status=0):
        return gnomon("verify", proof or self.proof, *args, status=status, cwd=self.folder)

    def rejected(self, content, says):
        """verify rejects these bytes, by this name"""
        proof = self.file("bad.proof", content)
        self.error("verify", proof, "--id", self.id, status=1, says=says)

    def changed(self, at, *values):
        content = bytearray(self.honest)
        content[at:at + len(values)] = bytes(values)
        return bytes(content)


class Setup(Proofs):
    def test_id(self):
        self.assertRegex(self.id, "^[0-9a-f]{64}$")
        self.assertEqual(gnomon("setup", self.program, "--no-cache").stdout.decode().strip(), self.id)
        self.assertNotEqual(gnomon("setup", self.other).stdout.decode().strip(), self.id)
        document = self.json("setup", self.program, "--json", schema="gnomon.setup.v1")
        self.assertEqual(document["key_id"], self.id)
        self.assertEqual(document["entry"], "0x80000000")

    def test_record(self):
        gnomon("setup", self.program, "-o", "p.key", cwd=self.folder)
        record = (self.folder / "p.key").read_bytes()
        self.assertEqual(len(record), 256)
        self.assertEqual(self.honest[AT_RECORD:AT_LENGTH], record)
        self.assertEqual(self.json("setup", self.program, "--json", schema="gnomon.setup.v1")["record_hex"], record.hex())
        self.error("setup", self.program, "-o", "-", says="standard output")
        self.error("setup", self.program, "-o", "no/such/folder", status=4, says="no/such/folder: ")

    def test_cache(self):
        """a damaged entry is not used; without a place for it everything works"""
        entries = list((self.cache / "gnomon").glob("*.key"))
        self.assertTrue(entries)
        for entry in entries:
            for content in (b"", bytes(256), bytes(300)):
                entry.write_bytes(content)
                self.assertEqual(gnomon("setup", self.program).stdout.decode().strip(), self.id)
        for place in ("/dev/null", "/proc/none"):
            done = gnomon("setup", self.program, env={**os.environ, "XDG_CACHE_HOME": place})
            self.assertEqual(done.stdout.decode().strip(), self.id)
        bare = {k: v for k, v in os.environ.items() if k not in ("HOME", "XDG_CACHE_HOME")}
        self.assertEqual(gnomon("setup", self.program, env=bare).stdout.decode().strip(), self.id)

    def test_forged_cache(self):
        """neither prove nor verify looks at a record, and prove puts the right one there"""
        gnomon("setup", self.program)
        for entry in (self.cache / "gnomon").glob("*.key"):
            content = bytearray(entry.read_bytes())
            content[40] ^= 1
            entry.write_bytes(content)
        self.verify("--program", self.program)
        gnomon("prove", self.program, "-o", self.folder / "x.proof", "--no-cache", "-q")
        self.verify("--program", self.program, proof=self.folder / "x.proof")
        self.assertNotEqual(gnomon("setup", self.program).stdout.decode().strip(), self.id)
        gnomon("prove", self.program, "-o", self.folder / "x.proof", "-q")
        self.assertEqual(gnomon("setup", self.program).stdout.decode().strip(), self.id)

    def test_bad(self):
        self.error("setup", says="too few")
        self.error("setup", "missing.elf", says="missing.elf: No such file")
        self.error("setup", self.file("x", b"junk"), says="x: ")


class Prove(Proofs):
    def test_statement(self):
        document = self.json("prove", self.program, "-o", "p.proof", "--check", "--profile", "--json", schema="gnomon.prove.v1")
        self.assertEqual(document["statement"]["outcome"], "exited")
        self.assertEqual(document["statement"]["exit_code"], "0x7")
        self.assertEqual(document["key_id"], self.id)
        self.assertTrue(document["checked"])
        self.assertIn("commit", [step["step"] for step in document["profile"]])
        self.assertEqual((self.folder / "p.proof").stat().st_size, document["proof_bytes"])

    def test_deterministic(self):
        for threads in (1, 3):
            gnomon("prove", self.program, "-o", "p.proof", "--threads", threads, cwd=self.folder)
            self.assertEqual((self.folder / "p.proof").read_bytes(), self.honest)

    def test_instruction_sets(self):
        for isa in ("scalar", "avx2", "avx512"):
            chosen = {**os.environ, "GNOMON_ISA": isa}
            done = gnomon("prove", self.program, "-o", "p.proof", cwd=self.folder, env=chosen, status=None)
            if done.returncode == 2 and isa != "scalar":
                self.assertIn(f"GNOMON_ISA: '{isa}' is no instruction set of this machine", done.stderr.decode())
                continue
            self.assertEqual(done.returncode, 0)
            self.assertEqual((self.folder / "p.proof").read_bytes(), self.honest)
        self.error("verify", self.folder / "p.proof", env={**os.environ, "GNOMON_ISA": "mmx"}, says="GNOMON_ISA: 'mmx'")

    def test_input_is_not_in_it(self):
        """the statement is the same for another input that the program does not read"""
        gnomon("prove", self.program, self.file("input", b"abc"), "-o", "p.proof", cwd=self.folder)
        document = self.json("verify", "p.proof", "--id", self.id, "--json", schema="gnomon.verify.v1")
        self.assertEqual(document["statement"]["exit_code"], "0x7")

    def test_output(self):
        """what a program writes, in pieces and of every length mod 8, is in the statement"""
        words = elf.write(1, elf.BASE + 0x1000, 5) + elf.write(2, elf.BASE + 0x1000, 3) + elf.write(1, elf.BASE + 0x1003, 9)
        program = self.file("w.elf", elf.elf(words + elf.leave(0), data=b"0123456789abcdef"))
        gnomon("prove", program, "-o", "w.proof", "--check", cwd=self.folder)
        gnomon("verify", "w.proof", "--program", program, "-o", "out", cwd=self.folder)
        self.assertEqual((self.folder / "out").read_bytes(), b"012343456789ab")
        gnomon("verify", "w.proof", "--program", program, "-q", "-o", "-", cwd=self.folder)
        self.assertEqual(gnomon("run", program, "-q").stdout, b"012343456789ab")

    def test_public_memory(self):
        words = elf.unsigned32(elf.T0, 0xA0010000) + [elf.addi(elf.T1, elf.ZERO, 0x123), elf.store64(elf.T1, elf.T0, 8)]
        program = self.file("m.elf", elf.elf(words + elf.leave(0)))
        document = self.json("prove", program, "-o", "m.proof", "--json", schema="gnomon.prove.v1")
        self.assertEqual(document["statement"]["public_memory_hex"], "00" * 8 + "2301")
        gnomon("verify", "m.proof", "--program", program, cwd=self.folder)

    def test_faults(self):
        """a fault is a result, and the proof says which"""
        cases = {"bad load address": ([elf.load64(elf.A0, elf.ZERO, 24)], 0, 24),
                 "bad store address": ([elf.addi(elf.T0, elf.ZERO, 8), elf.store64(elf.T0, elf.T0, 0)], 4, 8),
                 "illegal instruction": ([elf.addi(0, 0, 0), elf.ILLEGAL], 4, 0),
                 "breakpoint": ([elf.EBREAK], 0, 0)}
        for name, (words, at, address) in cases.items():
            program = self.file("f.elf", elf.elf(words))
            document = self.json("prove", program, "-o", "f.proof", "--json", "--check", schema="gnomon.prove.v1")
            said = self.json("verify", "f.proof", "--program", program, "--json", schema="gnomon.verify.v1")["statement"]
            self.assertEqual(said, document["statement"])
            self.assertEqual(said["outcome"], "faulted")
            self.assertEqual(said["fault"], {"name": name, "pc": hex(elf.BASE + at), "address": hex(address)})
            text = gnomon("verify", "f.proof", "--program", program, cwd=self.folder).stdout.decode()
            self.assertIn(f"fault: {name}", text)

    def test_limits(self):
        endless = self.file("endless.elf", elf.elf([elf.jump(0)]))
        self.error("prove", endless, "-o", "x.proof", status=3, says="run too long: more than 2^22 instructions")
        huge = self.file("huge", b"")
        os.truncate(huge, (1 << 27) - 31)
        for command in (["run"], ["prove", "-o", "x.proof"]):
            self.error(command[0], self.program, huge, *command[1:], status=3,
                       says="huge: longer than 134217696 bytes, the most that is supported")
        self.error("prove", self.program, "-o", "x.proof", "--max-memory", "1M", status=3, says="--max-memory")
        for size in ("", "x", "0", "-1", "5X", "99999999999G", "K", "1" * 40):
            self.error("prove", self.program, "-o", "x.proof", "--max-memory", size, says="--max-memory: ")
        for threads in ("0", "257", "x"):
            self.error("prove", self.program, "-o", "x.proof", "--threads", threads, says="--threads: ")

    def test_usage(self):
        self.error("prove", self.program, says="no output file")
        self.error("prove", self.program, "-o", "-", "--json", says="standard output")
        self.error("prove", "missing.elf", "-o", "x.proof", says="missing.elf: No such file")
        self.error("prove", self.program, "missing.bin", "-o", "x.proof", says="missing.bin: No such file")
        self.error("prove", self.program, "-o", "no/such/x.proof", status=4, says="no/such/x.proof: ")
        self.error("prove", self.program, "-o", ".", says="is a directory")

    def test_code_in_two_segments(self):
        """a processor reads on from one into the next, in the middle of an instruction, too"""
        for cut in range(2, 12, 2):
            program, proof = self.file("two.elf", elf.elf(elf.leave(7), cut=cut)), self.folder / "two.proof"
            gnomon("prove", program, "-o", proof, "--check", "-q")
            self.assertIn("exit 7", gnomon("verify", proof, "--program", program).stdout.decode())
            listing = gnomon("disasm", program).stdout.decode()
            self.assertEqual(listing.count("bad jump target"), 1)  # behind the end of both
            self.assertRegex(listing, r"73000000 +ecall")

    def test_between_two_segments(self):
        """no instruction is there: a jump is a fault, as is reading on"""
        for words, target in (([elf.jump(0x100)], 0x100), ([elf.addi(0, 0, 0)], 4)):
            program, proof = self.file("gap.elf", elf.elf(words + elf.leave(7), cut=4, gap=0x1000)), self.folder / "gap.proof"
            gnomon("prove", program, "-o", proof, "--check", "-q")
            self.assertIn(f"bad jump target 0x{elf.BASE + target:x}", gnomon("verify", proof, "--program", program).stdout.decode())

    def test_too_much_code(self):
        """an atomic at every even address, each of several rows"""
        program = self.file("large.elf", elf.elf([0xA0AFA0AF] * (3 << 20)))
        for command in ("run", "setup"):
            self.error(command, program, status=3, says="core rows of code, at most 16777216 are supported")

    def test_standard_output(self):
        self.assertEqual(gnomon("prove", self.program, "-o", "-", "-q").stdout, self.honest)

    def test_interruption_leaves_nothing(self):
        long = self.file("long.elf", elf.elf(countdown(1 << 20, 0)))
        running = subprocess.Popen([str(p) for p in (os.environ["GNOMON"], "prove", long, "-o", "x.proof")],
                                   cwd=self.folder, stderr=subprocess.DEVNULL)
        while len(list(self.folder.iterdir())) < 2 and running.poll() is None:
            time.sleep(0.01)
        time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        self.assertEqual(running.wait(timeout=60), -signal.SIGINT)
        self.assertEqual([p.name for p in self.folder.iterdir()], ["long.elf"])


class Verify(Proofs):
    def test_accepted(self):
        for trusted in (("--id", self.id), ("--id", self.id.upper()), ("--program", self.program),
                        ("--program", self.program, "--id", self.id)):
            text = self.verify(*trusted).stdout.decode()
            self.assertIn("verified", text)
            self.assertIn("exit 7", text)
            self.assertRegex(text, r"preset +fast, 128 provable bits\n")
            self.assertEqual(self.verify(*trusted, "-q").stdout, b"")
        document = self.json("verify", self.proof, "--id", self.id, "--json", schema="gnomon.verify.v1")
        self.assertTrue(document["accepted"])
        self.assertEqual([document[k] for k in ("verdict", "preset", "bits")], ["ACCEPT", "fast", 128])

    def test_usage(self):
        self.error("verify", self.proof, says="give --program PROGRAM or --id ID")
        for bad in ("", "00", self.id[:-1], self.id + "0", self.id[:-1] + "g", self.id[:-1] + "\x01"):
            self.error("verify", self.proof, "--id", bad, says="--id: ")
        self.error("verify", "missing.proof", "--id", self.id, says="missing.proof: No such file")
        self.error("verify", self.proof, "--program", "missing.elf", says="missing.elf: No such file")
        self.error("verify", self.proof, "--program", self.other, "--id", self.id, says="--id: is not that of")
        self.error("verify", self.proof, "--id", self.id, "-o", "-", says="standard output")
        self.error("verify", self.proof, "--id", self.id, "--json", "-q", says="--quiet")

    def test_every_byte_of_the_statement(self):
        """another statement than the run's is never accepted, whatever its bytes"""
        for at in range(AT_STATEMENT, AT_STATEMENT + LEAST, 5):
            self.verify("--id", self.id, proof=self.file("bad.proof", self.changed(at, self.honest[at] ^ 1)), status=1)

    def test_another_program(self):
        self.error("verify", self.proof, "--program", self.other, status=1,
                   says=f"rejected: REJECT_KEY (3.2: the proof's key record is not the one whose id was given, or does "
                        f"not fit the machine); its key id is {self.id}")
        done = self.verify("--program", self.other, "--json", status=1)
        document = json.loads(done.stdout)
        self.assertFalse(document["accepted"])
        self.assertEqual(document["verdict"], "REJECT_KEY")

    def test_damaged(self):
        self.rejected(b"", "REJECT_HEADER")
        self.rejected(b"\x7fELF" + self.honest[4:], "no proof file")
        self.rejected(self.changed(AT_FORMAT, 2), "the file has format 2, this version (0.1.0) reads format 1")
        self.rejected(self.changed(AT_PRESET, 2), "REJECT_HEADER")
        self.rejected(self.honest[:AT_STATEMENT], "REJECT_TRUNCATED")
        self.rejected(self.honest[:AT_STATEMENT - 1], "REJECT_TRUNCATED")
        self.rejected(self.honest[:-1], "REJECT_TRUNCATED")
        self.rejected(self.honest + b"\0", "REJECT_TRAILING")
        self.rejected(self.changed(AT_LENGTH + 7, 0xff), "REJECT_STATEMENT")
        self.rejected(self.changed(AT_LENGTH + 2, 8), "REJECT_TRUNCATED")
        self.rejected(self.changed(AT_STATEMENT + 16, 8), "REJECT_")  # another exit code

    def test_other_machines_are_named(self):
        """the release stands behind 112 bytes of the record, the AIR digest behind 8"""
        self.rejected(self.changed(AT_RECORD + 112 + 4, 1, 9), "it was made for machine 0.9.1 with kernel ")
        self.rejected(self.changed(AT_RECORD + 8, self.honest[AT_RECORD + 8] ^ 1), "it was made for machine 0.1.0")

    def test_expect(self):
        def expect(document):
            return self.file("expect.json", document if isinstance(document, bytes) else json.dumps(document).encode())
        self.verify("--id", self.id, "--expect", expect({}))
        self.verify("--id", self.id, "--expect", expect({"exit_code": "0x7", "output_hex": "", "outcome": "exited"}))
        whole = self.verify("--id", self.id, "--json").stdout
        self.verify("--id", self.id, "--expect", expect(whole))
        self.verify("--id", self.id, "--expect", expect(gnomon("prove", self.program, "-o", self.folder / "again", "--json").stdout))
        for wrong, says in (({"exit_code": "0x8"}, 'exit_code is "0x7", expected "0x8"'),
                            ({"output_hex": "00", "exit_code": "0x8"}, "exit_code is "),
                            ({"fault": {"pc": "0x0"}}, "fault is not there"),
                            ({"output_bytes": 1}, "output_bytes is 0, expected 1")):
            self.error("verify", self.proof, "--id", self.id, "--expect", expect(wrong), status=1, says=says)
        for member, value, status, says in (("accepted", False, 1, "its accepted is not that of"),
                                            ("verdict", "REJECT_KEY", 1, "its verdict is not that of"),
                                            ("key_id", "00", 1, "its key_id is not that of"),
                                            ("preset", "compact", 1, "its preset is not that of"),
                                            ("bits", 256, 1, "its bits is not that of"),
                                            ("exit_code", "0x7", 2, "exit_code stands beside the statement, not in it")):
            document = expect({**json.loads(whole), member: value})
            self.error("verify", self.proof, "--id", self.id, "--expect", document, status=status, says=says)
        for bad, says in ((b"", "expect.json: line 1"), (b"[]", "not a JSON object"), (b'{"a":1,"a":1}', "line 1"),
                          ({"exit": 7}, "exit is no field of a statement")):
            self.error("verify", self.proof, "--id", self.id, "--expect", expect(bad), says=says)

    def test_presets(self):
        ids = {self.id}
        for preset in ("compact", "fast-100", "compact-100"):
            gnomon("prove", self.program, "-o", "c.proof", "--preset", preset, cwd=self.folder)
            ids.add(gnomon("setup", self.program, "--preset", preset).stdout.decode().strip())
            self.verify("--program", self.program, "--preset", preset, proof="c.proof")
            self.assertEqual(self.json("inspect", "c.proof", "--json", schema="gnomon.inspect.v1")["preset"], preset)
            text = self.verify("--id", gnomon("setup", self.program, "--preset", preset).stdout.decode().strip(), proof="c.proof").stdout
            self.assertIn(f"{preset}, {100 if preset.endswith('100') else 128} provable bits", text.decode())
            if preset == "compact":
                self.verify("--program", self.program, proof="c.proof")
            else:  # never weaker than 128 bits unasked
                self.error("verify", "c.proof", "--program", self.program, status=1, says=f"give --preset {preset}")
            self.error("verify", self.proof, "--program", self.program, "--preset", preset, status=1, says="REJECT_KEY")
        self.assertEqual(len(ids), 4)
        self.error("verify", self.proof, "--id", self.id, "--preset", "fast", says="--preset: is part of the id")
        self.error("prove", self.program, "-o", "x", "--preset", "strong", says="--preset: strong is not one of")

    def test_output(self):
        self.verify("--id", self.id, "-o", "out")
        self.assertEqual((self.folder / "out").read_bytes(), b"")
        (self.folder / "out").unlink()
        bad = self.file("bad.proof", self.honest[:-1])
        self.error("verify", bad, "--id", self.id, "-o", "out", status=1, says="REJECT_TRUNCATED")


class Inspect(Proofs):
    def test_inspect(self):
        text = gnomon("inspect", self.proof).stdout.decode()
        for part in (self.id, "not verified", "exit 7", "128.", "rom"):
            self.assertIn(part, text)
        document = self.json("inspect", self.proof, "--json", schema="gnomon.inspect.v1")
        self.assertFalse(document["verified"])
        self.assertGreaterEqual(document["security_bits"], 128)
        self.assertEqual(document["file_bytes"], len(self.honest))
        tables = {t["name"]: t for t in document["tables"]}
        self.assertGreaterEqual(tables["addi2"]["rows"], 50)
        self.assertEqual(sum(t["area"] for t in tables.values()), document["run_area"] + document["fixed_area"])

    def test_damaged(self):
        def bad(content, says, status=2):
            self.error("inspect", self.file("bad.proof", content), says=says, status=status)
        bad(b"", "is not a proof file")
        bad(self.honest[:100], "cut off or damaged")
        bad(self.changed(AT_FORMAT, 7), "proof file of format 7", status=3)
        bad(self.changed(AT_RECORD, 9), "key record is damaged")
        bad(self.changed(AT_STATEMENT, 0), "statement is damaged")
        gnomon("inspect", self.file("x.proof", self.honest[:-100]))  # it does not judge the rest
        other = self.changed(AT_RECORD + 8, self.honest[AT_RECORD + 8] ^ 1)
        self.assertIn("not this version's", gnomon("inspect", self.file("x.proof", other)).stdout.decode())


if __name__ == "__main__":
    unittest.main()
