#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An installation in a folder of its own: the program with its guest SDK, both libraries (static and shared) used by
examples/prove_and_verify.c through pkg-config, what they export, and the headers in C and C++.

usage: install_test.py BUILD_FOLDER CMAKE"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import elf

BUILD, CMAKE = sys.argv.pop(1), sys.argv.pop(1)
SOURCE = pathlib.Path(__file__).resolve().parents[2]
FLAGS = ["-std=c17", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
CC = os.environ.get("CC", "cc")


def run(*command, **kwargs):
    done = subprocess.run([*map(str, command)], capture_output=True, timeout=300, **kwargs)
    if done.returncode != 0:
        raise AssertionError(f"{command}: exit {done.returncode}: {done.stderr.decode()}")
    return done.stdout.decode()


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.prefix = pathlib.Path(folder.name) / "moved"
        first = pathlib.Path(folder.name) / "here"
        run(CMAKE, "--install", BUILD, "--prefix", first)
        first.rename(cls.prefix)  # it works wherever it is
        cls.libdir = next(cls.prefix.glob("**/libgnomon.a")).parent
        cls.environment = {**os.environ, "PKG_CONFIG_PATH": str(cls.libdir / "pkgconfig"),
                           "LD_LIBRARY_PATH": str(cls.libdir), "XDG_CACHE_HOME": folder.name}
        cls.program = pathlib.Path(folder.name) / "p.elf"
        cls.program.write_bytes(elf.elf(elf.leave(42)))

    def pkg(self, *arguments):
        return run("pkg-config", *arguments, env=self.environment).split()

    def test_program(self):
        gnomon = self.prefix / "bin" / "gnomon"
        proof = self.prefix / "p.proof"
        run(gnomon, "prove", self.program, "-o", proof, env=self.environment)
        self.assertIn("exit 42", run(gnomon, "verify", proof, "--program", self.program))
        if shutil.which("clang-19"):
            run(gnomon, "build", SOURCE / "guest/examples/fibonacci.c", "-o", self.prefix / "f.elf")
            run(gnomon, "run", self.prefix / "f.elf")
        self.assertTrue(list(self.prefix.glob("share/man/man1/gnomon.1*")))

    def build_example(self, name, *link):
        out = self.prefix / name
        run(CC, *FLAGS, SOURCE / "examples/prove_and_verify.c", *self.pkg("--cflags", "gnomon"), *link, "-o", out)
        self.assertIn("exit 42", run(out, self.program, env=self.environment))
        return out

    def test_shared(self):
        out = self.build_example("shared", *self.pkg("--libs", "gnomon"))
        self.assertIn("libgnomon.so.0", run("ldd", out, env=self.environment))

    def test_static(self):
        private = self.pkg("--libs", "--static", "gnomon")
        self.assertIn("-lpthread", private)
        self.build_example("static", self.libdir / "libgnomon.a", "-lpthread")

    def test_exports(self):
        """the shared libraries export what the headers declare, and nothing else"""
        declared = {"gnomon": set(), "gnomon-verify": set()}
        for header in (self.prefix / "include/gnomon").glob("*.h"):
            names = set(re.findall(r"GN_API[^;]*?\b(gn_\w+)\(", header.read_text()))
            declared["gnomon"] |= names
            if header.name not in ("gnomon.h", "prover.h"):
                declared["gnomon-verify"] |= names - {"gn_status_name"}
        for name, expected in declared.items():
            listed = run("nm", "-D", "--defined-only", self.libdir / f"lib{name}.so")
            self.assertEqual({line.split()[-1] for line in listed.splitlines()}, expected)

    def test_verifier_needs_nothing(self):
        undefined = run("nm", "-D", "--undefined-only", self.libdir / "libgnomon-verify.so")
        names = {re.sub("@.*", "", line.split()[-1]) for line in undefined.splitlines() if " w " not in line}
        self.assertLessEqual(names, {"memcpy", "memset", "memcmp", "memmove", "__memcpy_chk", "__stack_chk_fail"})

    def test_verifier_alone(self):
        source = self.prefix / "v.c"
        source.write_text("#include <gnomon/verify.h>\n"
                          "int main(void) { struct gn_proof_parts p;\n"
                          "  return gn_proof_split(&p, (const uint8_t *)\"x\", 1) == GN_REJECT_HEADER ? 0 : 1; }\n")
        run(CC, *FLAGS, source, *self.pkg("--cflags", "--libs", "gnomon-verify"), "-o", self.prefix / "v")
        run(self.prefix / "v", env=self.environment)

    def test_headers_in_cpp(self):
        compiler = shutil.which("g++") or shutil.which("clang++-19")
        if compiler is None:
            self.skipTest("no C++ compiler")
        for header in (self.prefix / "include/gnomon").glob("*.h"):
            source = self.prefix / "h.cpp"
            source.write_text(f"#include <gnomon/{header.name}>\n")
            run(compiler, "-std=c++17", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", source,
                *self.pkg("--cflags", "gnomon"))

    def test_cmake_package(self):
        folder = self.prefix / "consumer"
        folder.mkdir()
        shutil.copy(SOURCE / "examples/prove_and_verify.c", folder)
        (folder / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.25)\nproject(consumer C)\n"
                                               "find_package(gnomon REQUIRED)\nadd_executable(x prove_and_verify.c)\n"
                                               "target_link_libraries(x gnomon::gnomon_static)\n")
        run(CMAKE, "-S", folder, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={self.prefix}")
        run(CMAKE, "--build", folder / "build")
        self.assertIn("exit 42", run(folder / "build/x", self.program))


if __name__ == "__main__":
    unittest.main()
