#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes the Solana programs out of the npm package litesvm, whose library holds them byte for byte: npm fetches the package (it is not installed, and no code of it runs), each program is
known by its SHA-256.  Does nothing when all are there.

usage: tools/solana_programs.py FOLDER          exit status 77 without npm or network, 1 if a program is not in the package"""
import hashlib
import json
import pathlib
import platform
import struct
import subprocess
import sys
import tarfile
import tempfile

VERSION = "1.5.0"
WANTED = pathlib.Path(__file__).resolve().parent.parent / "tests/fixtures/solana/harness/programs.sha256.json"
HEADER = 64


def package():
    """its library for this machine; any of them holds the programs"""
    arch = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x64")
    return f"litesvm-linux-{arch}-gnu@{VERSION}"


def fetch(name, folder):
    """the library's bytes"""
    try:
        done = subprocess.run(["npm", "pack", "--silent", name], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    except FileNotFoundError:
        give_up("npm is not installed")
    archives = list(folder.glob("*.tgz"))
    if done.returncode != 0 or len(archives) != 1:
        give_up(f"npm cannot fetch {name}")
    with tarfile.open(archives[0]) as archive:
        library = next(m for m in archive.getmembers() if m.name.endswith(".node"))
        return archive.extractfile(library).read()


def give_up(why):
    print(why, file=sys.stderr)
    sys.exit(77)


def length(data, at):
    """bytes of the ELF file that begins there: its section headers stand at its end"""
    header = data[at:at + HEADER]
    if len(header) < HEADER:
        return 0
    shoff, = struct.unpack_from("<Q", header, 40)
    size, count = struct.unpack_from("<HH", header, 58)
    return shoff + size * count


def programs(data):
    """each file inside that looks like an ELF file, by its SHA-256"""
    found, at = {}, data.find(b"\x7fELF", 1)
    while at >= 0:
        n = length(data, at)
        if 0 < n <= len(data) - at:
            content = data[at:at + n]
            found[hashlib.sha256(content).hexdigest()] = content
        at = data.find(b"\x7fELF", at + 1)
    return found


def main():
    folder = pathlib.Path(sys.argv[1])
    wanted = json.loads(WANTED.read_text())
    sha256 = lambda path: hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None
    if all(sha256(folder / f"{name}.so") == sha for name, sha in wanted.items()):
        return
    with tempfile.TemporaryDirectory() as scratch:
        found = programs(fetch(package(), pathlib.Path(scratch)))
    missing = [name for name, sha in wanted.items() if sha not in found]
    folder.mkdir(parents=True, exist_ok=True)
    for name, sha in wanted.items():
        if sha in found:
            (folder / f"{name}.so").write_bytes(found[sha])
            print(name, len(found[sha]), sha)
    if missing:
        sys.exit(f"not in {package()}: {', '.join(missing)}")


if __name__ == "__main__":
    main()
