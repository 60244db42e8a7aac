#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The program `gnomon` as a user meets it: every command on good and on bad input, exit statuses, one-line errors, JSON,
and that nothing half written stays behind.

usage: cli_test.py GNOMON [unittest arguments]"""
import json
import os
import pathlib
import pty
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unittest

import elf

GNOMON = os.environ["GNOMON"] = str(pathlib.Path(sys.argv.pop(1)).resolve())
COMMANDS = ["build", "input", "run", "setup", "prove", "verify", "inspect", "trace", "stats", "disasm"]
READERS = ["run", "trace", "stats", "disasm"]  # of a PROGRAM
CLANG = shutil.which("clang-19")

HELLO = elf.elf(elf.write(1, elf.BASE + 0x1000, 6) + elf.write(2, elf.BASE + 0x1006, 5) + elf.leave(7),
                [(b"_start", elf.BASE, 0)], data=b"hello\nnote\n")
LOOP = elf.elf([elf.jump(0)], [(b"spin", elf.BASE, 4)])
# writes its input's first 8 bytes back
ECHO = elf.elf(elf.write(1, 0x40000010, 8) + elf.leave(0))


def gnomon(*args, status=0, cwd=None, **kwargs):
    done = subprocess.run([GNOMON, *map(str, args)], capture_output=True, cwd=cwd, timeout=600, **kwargs)
    if status is not None and done.returncode != status:
        raise AssertionError(f"gnomon {args}: exit {done.returncode} instead of {status}: {done.stderr!r}")
    return done


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def error(self, *args, status=2, says="", **kwargs):
        """the command fails with this status, in one line, leaving the folder as it was"""
        before = sorted(self.folder.iterdir())
        done = gnomon(*args, status=status, cwd=self.folder, **kwargs)
        text = done.stderr.decode()
        self.assertEqual(text.count("\n"), 1, text)
        self.assertTrue(text.endswith("\n") and text.startswith("gnomon"), text)
        self.assertIn(says, text)
        self.assertEqual(before, sorted(self.folder.iterdir()))
        return text

    def json(self, *args, schema, **kwargs):
        document = json.loads(gnomon(*args, cwd=self.folder, **kwargs).stdout)
        self.assertEqual(document["schema"], schema)
        return document


class Usage(Case):
    def test_help(self):
        overview = gnomon("help").stdout.decode()
        for command in COMMANDS:
            self.assertIn(f"\n  {command} ", overview)
            text = gnomon("help", command).stdout.decode()
            self.assertTrue(text.startswith(f"usage: gnomon {command} "), text)
            self.assertEqual(gnomon(command, "--help").stdout.decode(), text)
            self.assertEqual(gnomon(command, "-h").stdout.decode(), text)
        self.assertEqual(gnomon("--help").stdout.decode(), overview)

    def test_version(self):
        self.assertRegex(gnomon("--version").stdout.decode(),
                         r"^gnomon \d+\.\d+\.\d+\nmachine \d+\.\d+\.\d+, kernel \d+, AIR digest [0-9a-f]{64}\n$")
        self.assertRegex(self.json("--version", "--json", schema="gnomon.version.v1")["air_digest"], "^[0-9a-f]{64}$")

    def test_no_or_unknown_command(self):
        self.assertIn(b"usage", gnomon(status=2).stderr)
        self.error("prove-it", says="prove-it: no such command")
        self.error("help", "prove-it", says="no such command")
        self.error("help", "run", "run")

    def test_options(self):
        program = self.file("p.elf", HELLO)
        for command in COMMANDS:
            self.error(command, program, "--no-such-thing", says="--no-such-thing: no such option")
            self.error(command, program, "--help=x", says="--help=x: takes no argument")
        for command in READERS:
            self.error(command, says="too few arguments")
            self.error(command, program, program, program, says="one argument too many")
            self.error(command, program, "-Z", says="-Z: no such option")
        self.error("build", says="no source file")
        self.error("build", "x.c", says="no output file")
        self.error("run", program, "-o", says="-o: an argument is missing")
        self.error("run", program, "--max-steps", says="--max-steps: an argument is missing")
        for number in ["", "x", "-1", "1k", "0x", "18446744073709551616", " 1"]:
            self.error("run", program, "--max-steps", number, says="--max-steps: ")
        self.error("run", program, "--json", "-o", "-", says="standard output")
        self.error("trace", program, "--from", "5", "--to", "5", says="--to")
        self.error("build", "x.c", "-o", "x", "--json", "--linux", says="--json")


class Files(Case):
    def test_missing_directory_unreadable(self):
        for command in READERS:
            self.error(command, "missing.elf", says="missing.elf: No such file")
            self.error(command, "/", says="/: is a directory")
            self.error(command, "/proc/self/mem", status=4, says="/proc/self/mem: ")
            self.error(command, "new\nline\x1b[2J", says="new?line?[2J: No such file")
        if os.geteuid() != 0:
            secret = self.file("secret.elf", HELLO)
            secret.chmod(0)
            self.error("run", secret, says="Permission denied")

    def test_input(self):
        program = self.file("p.elf", ECHO)
        given = self.file("in", b"12345678")
        self.assertEqual(gnomon("run", program, given).stdout, b"12345678")
        self.assertEqual(gnomon("run", program, "-", input=b"abcdefgh").stdout, b"abcdefgh")
        for command in ["run", "trace", "stats"]:
            self.error(command, program, "missing", says="missing: No such file")
            self.error(command, program, "/", says="/: is a directory")
        huge = self.folder / "huge"
        with open(huge, "wb") as f:
            f.truncate(1 << 40)
        self.error("run", program, huge, status=3, says="huge: longer than")
        self.error("run", huge, status=3, says="huge: longer than")

    def test_not_programs(self):
        bad = {
            "empty": (b"", 2), "text": (b"#!/bin/sh\n", 2), "magic": (b"\x7fELF", 2),
            "x86": (elf.elf(elf.leave(0), machine=62), 2), "zeros": (bytes(4096), 2),
        }
        for name, (content, status) in bad.items():
            path = self.file(name, content)
            for command in READERS:
                self.error(command, path, status=status, says=f"{name}: ")

    def test_truncated_programs(self):
        end = len(HELLO) - 192  # of what is loaded; behind it are section headers
        for n in [1, 3, 4, 16, 63, 64, 100, 120, 175, 176, 200, end]:
            path = self.file("cut", HELLO[:n])
            self.error("run", path, says="cut: ")

    def test_hostile_programs(self):
        """each kind of file that no linker makes: one line that says what it is, by every command that loads programs"""
        first, second = 64, 64 + 56  # program headers: text, data
        flags, offset, address, file_size, size = 4, 8, 16, 32, 40
        good = elf.elf(elf.leave(0), data=b"data")

        def put(*changes):
            content = bytearray(good)
            for at, value, n in changes:
                content[at:at + n] = value.to_bytes(n, "little")
            return bytes(content)
        kinds = {
            "truncated-file": (good[:-1], "truncated"),
            "truncated-headers": (good[:150], "truncated"),
            "huge-in-file": (put((first + file_size, 2 ** 64 - 1, 8), (first + size, 2 ** 64 - 1, 8)), "truncated"),
            "huge-offset": (put((first + offset, 2 ** 64 - 1, 8)), "truncated"),
            "huge-in-memory": (put((second + size, 2 ** 63, 8)), "outside of program memory"),
            "huge-address": (put((second + address, 2 ** 64 - 2, 8)), "outside of program memory"),
            "overlapping": (put((second + address, elf.BASE + 4, 8)), "overlap"),
            "same-place": (put((second + address, elf.BASE, 8)), "overlap"),
            "zero-text": (put((first + file_size, 0, 8), (first + size, 0, 8)), "no executable segment"),
            "no-text": (put((first + flags, 4, 4)), "no executable segment"),
            "writable-text": (put((first + flags, 7, 4)), "writable and executable"),
            "text-in-ram": (put((first + address, elf.RAM, 8)), "in RAM"),
            "x86-64": (put((18, 62, 2)), "machine 62"),
            "aarch64": (put((18, 183, 2)), "machine 183"),
            "entry-outside": (put((24, elf.BASE + 0x100000, 8)), "entry 0x80100000 is "),
            "entry-behind-text": (put((24, elf.BASE + 12, 8)), "entry 0x8000000c is "),
            "entry-in-data": (put((24, elf.BASE + 0x1000, 8)), "entry 0x80001000 is "),
            "entry-odd": (put((24, elf.BASE + 1, 8)), "entry 0x80000001 is "),
        }
        for name, (content, says) in kinds.items():
            path = self.file(name, content)
            for command in [*READERS, "setup"]:
                with self.subTest(name, command=command):
                    self.assertIn(says, self.error(command, path, says=f"{name}: "))
            with self.subTest(name, command="prove"):
                self.error("prove", path, "-o", "x.proof", says=f"{name}: ")

    def test_flipped_bytes(self):
        for at in range(0, 176):
            done = gnomon("disasm", self.file("flip", HELLO[:at] + bytes([HELLO[at] ^ 0xFF]) + HELLO[at + 1:]), status=None)
            self.assertIn(done.returncode, (0, 2, 3))
            self.assertEqual(done.stderr.count(b"\n"), done.returncode != 0, done.stderr)

    def test_output(self):
        program = self.file("p.elf", HELLO)
        out = self.folder / "out"
        gnomon("run", program, "-o", out, "-q")
        self.assertEqual(out.read_bytes(), b"hello\n")
        out.write_bytes(b"old contents that are longer")
        out.chmod(0o600)
        link = self.folder / "link"
        link.symlink_to("out")
        gnomon("run", program, "-o", link)
        self.assertEqual(out.read_bytes(), b"hello\n")
        self.assertTrue(link.is_symlink())
        self.assertEqual(stat.S_IMODE(out.stat().st_mode), 0o600)
        self.assertEqual(gnomon("run", program, "-o", "-").stdout, b"hello\n")
        self.assertEqual(gnomon("run", program, "-o", "/dev/stdout").stdout, b"hello\n")
        self.assertEqual(len(list(self.folder.iterdir())), 3)

    def test_output_fails(self):
        program = self.file("p.elf", HELLO)
        for command in ["run", "trace"]:
            self.error(command, program, "-o", "no/such/folder", status=4, says="no/such/folder: cannot be written")
            self.error(command, program, "-o", "/", says="is a directory")
            self.error(command, program, "-o", "name/", says="name/: ")
            self.error(command, program, "-o", "", says="is not the name of a file")
            self.error(command, program, "-o", "n" * 300, status=4, says="too long")
        self.assertIn(b"/dev/full: ", gnomon("trace", program, "-o", "/dev/full", status=4).stderr)
        self.assertIn(b"/dev/full: ", gnomon("run", program, "-o", "/dev/full", status=4).stderr)
        for command in [["run"], ["stats"], ["disasm"], ["disasm", "--json"], ["run", "--json"], ["trace", "-o", "-"]]:
            with open("/dev/full", "wb") as full:
                done = subprocess.run([GNOMON, *command, str(program)], stdout=full, stderr=subprocess.PIPE, timeout=60)
            self.assertEqual(done.returncode, 4, command)
            self.assertIn(b"No space left", done.stderr)

    def test_closed_streams(self):
        program = self.file("p.elf", HELLO)
        done = subprocess.run(["sh", "-c", '"$0" run "$1" -o out <&- >&- 2>&-', GNOMON, program], cwd=self.folder, timeout=60)
        self.assertEqual(done.returncode, 0)
        self.assertEqual((self.folder / "out").read_bytes(), b"hello\n")

    def test_limit_leaves_nothing(self):
        program = self.file("p.elf", LOOP)
        done = gnomon("run", program, "-o", "out", "--max-steps", 1000, status=3, cwd=self.folder)
        self.assertIn(b"did not end within 1000 steps", done.stderr)
        self.assertEqual(list(self.folder.iterdir()), [program])

    def interrupt(self, number, *args):
        """sent once the temporary is there"""
        child = subprocess.Popen([GNOMON, *map(str, args)], cwd=self.folder, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 30
        while len(list(self.folder.iterdir())) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertEqual(len(list(self.folder.iterdir())), 2)
        child.send_signal(number)
        child.communicate(timeout=30)
        self.assertEqual(child.returncode, -number)
        self.assertEqual([p.name for p in self.folder.iterdir()], ["p.elf"])

    def test_interrupted(self):
        self.file("p.elf", LOOP)
        for number in [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]:
            self.interrupt(number, "run", "p.elf", "-o", "out")
        self.interrupt(signal.SIGINT, "trace", "p.elf", "--to", 10 ** 9)


class Run(Case):
    def test_good(self):
        done = gnomon("run", self.file("p.elf", HELLO))
        self.assertEqual(done.stdout, b"hello\n")
        self.assertRegex(done.stderr.decode(),
                         r"^note\ngnomon run: exit 7; 19 steps, 0 unaligned accesses, [0-9.]+ M instructions/s\n$")
        self.assertEqual(gnomon("run", "-q", self.folder / "p.elf").stderr, b"note\n")
        gnomon("run", "--exit-code", self.folder / "p.elf", status=7)
        for code, expected in [(0, 0), (-1, 255), (256, 0)]:
            path = self.file("c.elf", elf.elf(elf.leave(code)))
            self.assertIn(f"exit {code};", gnomon("run", "--exit-code", path, status=expected).stderr.decode())

    def test_json(self):
        result = self.json("run", "--json", self.file("p.elf", HELLO), schema="gnomon.run.v1")
        self.assertEqual(result["outcome"], "exited")
        self.assertEqual(result["exit_code"], "0x7")
        self.assertEqual(result["steps"], 19)
        self.assertEqual(bytes.fromhex(result["output_hex"]), b"hello\n")
        self.assertEqual(result["diagnostics_bytes"], 5)
        result = self.json("run", "--json", "-o", "out", self.folder / "p.elf", schema="gnomon.run.v1")
        self.assertEqual(result["output_file"], "out")
        self.assertNotIn("output_hex", result)
        self.assertEqual((self.folder / "out").read_bytes(), b"hello\n")

    def test_public_memory(self):
        words = elf.unsigned32(elf.T0, 0xA0010000) + [elf.addi(elf.T1, 0, 0x123), elf.store64(elf.T1, elf.T0, 8)]
        result = self.json("run", "--json", self.file("p.elf", elf.elf(words + elf.leave(0))), schema="gnomon.run.v1")
        self.assertEqual(result["public_memory_hex"], "00" * 8 + "2301")

    def test_unaligned(self):
        words = elf.unsigned32(elf.T0, elf.RAM) + [elf.load64(elf.T1, elf.T0, 0), elf.load64(elf.T1, elf.T0, 5)]
        result = self.json("run", "--json", self.file("p.elf", elf.elf(words + elf.leave(0))), schema="gnomon.run.v1")
        self.assertEqual(result["unaligned_accesses"], 1)

    def test_faults(self):
        cases = [
            (elf.ILLEGAL, "illegal instruction at 0x80000004 (go+0x4)", 132, "0x0"),
            (elf.EBREAK, "breakpoint at 0x80000004 (go+0x4)", 133, None),
            (elf.load64(elf.T0, 0, 16), "bad load address 0x10 at 0x80000004 (go+0x4)", 139, "0x10"),
            (elf.store64(elf.T0, 0, 24), "bad store address 0x18 at 0x80000004 (go+0x4)", 139, "0x18"),
            (elf.jump(0x1000), "bad jump target 0x80001004 at 0x80001004", 139, "0x80001004"),
            (elf.amoadd32(elf.T0, elf.T0, elf.T1), "misaligned atomic 0x1 at 0x80000004 (go+0x4)", 135, "0x1"),
        ]
        for word, says, forwarded, address in cases:
            path = self.file("f.elf", elf.elf([elf.addi(elf.T1, 0, 1), word], [(b"go", elf.BASE, 8)]))
            self.assertIn(f"gnomon run: fault: {says};", gnomon("run", path).stderr.decode())
            gnomon("run", "--exit-code", path, status=forwarded)
            fault = self.json("run", "--json", path, schema="gnomon.run.v1")["fault"]
            place = (fault["pc"], fault.get("function"), fault.get("offset"))
            self.assertEqual(place, ("0x80000004", "go", "0x4") if "(go" in says else (address, None, None))
            self.assertTrue(says.startswith(fault["name"]))
            if address:
                self.assertEqual(fault["address"], address)
            gnomon("trace", path, cwd=self.folder)
            gnomon("stats", path)

    def test_step_limit(self):
        program = self.file("p.elf", HELLO)
        self.assertIn("exit 7", gnomon("run", program, "--max-steps", 19).stderr.decode())
        done = gnomon("run", program, "--max-steps", 18, status=3)
        self.assertEqual(done.stdout, b"hello\n")
        self.assertIn(b"did not end within 18 steps (--max-steps)", done.stderr)
        done = gnomon("run", program, "--max-steps", 0, "--json", status=3)
        self.assertEqual(json.loads(done.stdout)["outcome"], "step limit")

    def test_too_much_output(self):
        words = elf.unsigned32(elf.A1, elf.RAM)  # write(1, RAM, 1 MiB + 4096)
        words += [elf.addi(elf.A0, 0, 1), elf.lui(elf.A2, 0x101), elf.addi(elf.A7, 0, 64), elf.ECALL]
        self.error("run", self.file("p.elf", elf.elf(words)), status=3, says="p.elf: public output of more than")

    def test_progress(self):
        """only on a terminal"""
        program = self.file("p.elf", LOOP)
        for arguments, says in [([], b"steps/s"), (["--max-steps", str(10 ** 12)], b"] ")]:
            master, slave = pty.openpty()
            child = subprocess.Popen([GNOMON, "run", str(program), *arguments], stderr=slave,
                                     env=dict(os.environ, TERM="xterm"))
            os.close(slave)
            seen = b""
            while b"steps/s" not in seen and len(seen) < 4096:
                seen += os.read(master, 4096)
            child.send_signal(signal.SIGINT)
            child.wait(timeout=30)
            os.close(master)
            self.assertIn(says, seen)
        done = gnomon("run", program, "--max-steps", 10 ** 6, status=3)
        self.assertNotIn(b"steps/s", done.stderr)


class Trace(Case):
    def test_good(self):
        program = self.file("p.elf", HELLO)
        gnomon("trace", program, cwd=self.folder)
        document = json.loads((self.folder / "execution_trace.json").read_bytes())
        self.assertIn("execution_trace", document["schema"])
        self.assertEqual([s["step"] for s in document["steps"]], list(range(19)))
        self.assertEqual(document["steps"][0]["opcode"], "addi")
        self.assertEqual(document["final"]["outcome"], "exited")
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["execution_trace.json", "p.elf"])

    def test_piece(self):
        program = self.file("p.elf", HELLO)
        whole = json.loads(gnomon("trace", program, "-o", "-").stdout)
        piece = json.loads(gnomon("trace", program, "-o", "-", "--from", 5, "--to", 12).stdout)
        self.assertEqual(piece["steps"], whole["steps"][5:12])
        self.assertEqual(piece["initial"]["step"], 5)
        self.assertEqual(json.loads(gnomon("trace", program, "-o", "-", "--to", 100).stdout)["steps"], whole["steps"])
        short = self.file("short.elf", elf.elf(elf.leave(0)))
        self.error("trace", short, "--from", 3, says="--from: the run ends after 3 steps")


class Stats(Case):
    def test_good(self):
        program = self.file("p.elf", elf.elf([elf.addi(5, 0, 1), elf.addi(6, 0, 2)] + elf.leave(0),
                                             [(b"one", elf.BASE, 8), (b"two", elf.BASE + 8, 0)]))
        result = self.json("stats", "--json", program, schema="gnomon.stats.v1")
        self.assertEqual(result["steps"], 5)
        for part, unit in [("machines", "rows"), ("core_instructions", "rows"), ("instructions", "steps"), ("functions", "steps")]:
            self.assertEqual(sum(item[unit] for item in result[part]), 5, part)
        self.assertEqual({f["name"]: f["steps"] for f in result["functions"]}, {"one": 2, "two": 3})
        text = gnomon("stats", program).stdout.decode()
        for word in ["exit 0", "state machine", "core instruction", "function", "two", "addi"]:
            self.assertIn(word, text)

    def test_memory(self):
        words = elf.unsigned32(elf.T0, elf.RAM) + [elf.load64(elf.T1, elf.T0, at) for at in (0, 8, 5)]
        words += [elf.store64(elf.T1, elf.T0, 3)] + elf.leave(0)
        result = self.json("stats", "--json", self.file("p.elf", elf.elf(words)), schema="gnomon.stats.v1")
        memory = {(m["direction"], m["width"]): (m["accesses"], m["misaligned"], m["across_words"]) for m in result["memory"]}
        self.assertEqual(memory["load", 8], (3, 1, 1))
        self.assertEqual(memory["store", 8], (1, 1, 1))
        self.assertEqual(memory["load", 1], (0, 0, 0))
        self.assertEqual(result["functions"][0]["name"], "(no symbol)")

    def test_limit(self):
        result = self.json("stats", "--json", "--max-steps", 1000, self.file("p.elf", LOOP), schema="gnomon.stats.v1")
        self.assertEqual((result["outcome"], result["steps"]), ("step limit", 1000))


class Disasm(Case):
    def test_good(self):
        program = self.file("p.elf", HELLO)
        text = gnomon("disasm", program).stdout.decode()
        self.assertIn("_start:\n", text)
        self.assertRegex(text, r"80000000  13051000  addi a0, zero, 1 +\| +0  movi x10, 1\n")
        document = self.json("disasm", "--json", program, schema="gnomon.disasm.v1")
        first = document["instructions"][0]
        self.assertEqual((first["pc"], first["bytes"], first["function"]), ("0x80000000", "13051000", "_start"))
        self.assertEqual(first["core"][0]["operation"], "MOVI")

    def test_several_rows(self):
        words = [elf.amoadd32(elf.T0, elf.T0, elf.T1), elf.addi(0, 0, 0)]
        document = self.json("disasm", "--json", self.file("p.elf", elf.elf(words)), schema="gnomon.disasm.v1")
        self.assertEqual(len(document["instructions"][0]["core"]), 4)

    def test_range(self):
        program = self.file("p.elf", elf.elf([elf.addi(5, 0, 1), elf.addi(6, 0, 2)] + elf.leave(0),
                                             [(b"one", elf.BASE, 8), (b"two", elf.BASE + 8, 0)]))
        def pcs(*args):
            return [i["pc"] for i in self.json("disasm", "--json", program, *args, schema="gnomon.disasm.v1")["instructions"]]
        self.assertEqual(pcs("-f", "one"), ["0x80000000", "0x80000004"])
        self.assertEqual(pcs("--function", "two")[0], "0x80000008")
        self.assertEqual(pcs("--from", "0x80000004", "--to", "0x8000000c"), ["0x80000004", "0x80000008"])
        self.assertEqual(pcs("--to", "0"), [])
        self.error("disasm", program, "-f", "three", says="no function three")

    def test_solana(self):
        slots = [(0x18, 1, 0, 7), (0, 0, 0, 1), (0x85, 0, 0, 0x207559BD), (0x85, 0, 1 << 4, -4), (0x95, 0, 0, 0)]
        program = self.file("p.so", elf.sbpf(slots, entry=2))
        text = gnomon("disasm", program).stdout.decode()
        self.assertIn("sBPF version 3, 5 slots, text at 0x100000000\n", text)
        self.assertRegex(text, r" 0  1801000007000000  lddw r1, 0x100000007 +\| movi x2, 0x100000007\n +0000000001000000\n")
        self.assertRegex(text, r"\nentry @2:\n +2  85000000bd597520  syscall sol_log_ +\| syscall 0x207559bd\n")
        self.assertRegex(text, r" 3  85100000fcffffff  call @0 +\| call x11, 4096, @0\n")
        document = self.json("disasm", "--json", program, "--from", "2", "--to", "4", schema="gnomon.disasm_sbpf.v1")
        self.assertEqual((document["sbpf_version"], document["entry"]), (3, 2))
        self.assertEqual([(i["slot"], i["text"], i["core"][0]["operation"]) for i in document["instructions"]],
                         [(2, "syscall sol_log_", "SYSCALL"), (3, "call @0", "CALL")])
        self.assertEqual(document["instructions"][0]["label"], "entry")
        self.error("disasm", program, "-f", "main", says="no symbol of that name, main")
        self.error("disasm", self.file("bad.so", elf.sbpf([(0xFF, 0, 0, 0)])), says="UnknownOpCode(255, 0)")
        self.error("disasm", self.file("cut.so", elf.sbpf(slots)[:70]), says="InvalidFileHeader")

    def test_hostile_names(self):
        program = self.file("p.elf", elf.elf([elf.ILLEGAL], [(b"\x1b[31m\n\xff\"" + b"x" * 5000, elf.BASE, 4)]))
        for args in [["disasm"], ["disasm", "--json"], ["run"], ["run", "--json"], ["stats"], ["stats", "--json"]]:
            done = gnomon(*args, program)
            self.assertNotIn(b"\x1b", done.stdout + done.stderr)
            self.assertIn(b"?[31m??", done.stdout + done.stderr)
            if "--json" in args:
                json.loads(done.stdout)


class Build(Case):
    def setUp(self):
        super().setUp()
        self.file("main.c", b'#include <gnomon.h>\nint main(void) { put_text("built\\n"); return N; }\n')

    def test_bad(self):
        self.error("build", "missing.c", "-o", "x", says="missing.c: cannot be read")
        self.error("build", "main.c", "-o", "x", "--sdk", "/nowhere", says="/nowhere: no guest SDK")
        self.error("build", "main.c", "-o", "x", "--clang", "/no/clang", status=4, says="install clang-19 and lld-19")
        self.error("build", "main.c", "-o", "no/x", status=4, says="no/x: cannot be written")
        self.error("build", "main.c", "-o", "/dev/null", says="not a regular file")
        self.error("build", "main.c", "-o", "/", says="is a directory")

    @unittest.skipUnless(CLANG, "clang-19 is not installed")
    def test_good(self):
        gnomon("build", "main.c", "-DN=3", "-O1", "-o", "main.elf", cwd=self.folder)
        done = gnomon("run", "main.elf", "--exit-code", status=3, cwd=self.folder)
        self.assertEqual(done.stdout, b"built\n")
        result = self.json("build", "main.c", "-o", "c.elf", "--march", "rv64imac", "--json", "--", "-DN=4", schema="gnomon.build.v1")
        self.assertEqual(result["entry"], "0x80000000")
        gnomon("run", "c.elf", "--exit-code", status=4, cwd=self.folder)
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["c.elf", "main.c", "main.elf"])

    @unittest.skipUnless(CLANG, "clang-19 is not installed")
    def test_refused(self):
        before = sorted(self.folder.iterdir())
        for args in [[], ["-DN=1", "--march", "z80"], ["-DN=1", "--", "--no-such-option"]]:
            done = gnomon("build", "main.c", "-o", "x", *args, status=2, cwd=self.folder)
            self.assertTrue(done.stderr.endswith(b"gnomon build: x: not built: clang-19 refused (its messages are above)\n"))
            self.assertEqual(sorted(self.folder.iterdir()), before)


if __name__ == "__main__":
    unittest.main()
