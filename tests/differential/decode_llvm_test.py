#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Decoder against LLVM's: legal where it says legal, illegal where it says illegal, the same operation and operands.

All 65,536 halfwords, and for 32-bit words a seeded sample: for each line of rv.def the word with random fields, the
same with one bit of the mask flipped (neighbours of legal encodings, most of them reserved), and random words.

  decode_llvm_test.py DECODE_DUMP LLVM_OBJDUMP RV_DEF

LLVM knows more than this machine; what it must not know is listed below with the reason."""
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile

OPTIONS = ["-d", "-z", "--triple=riscv64", "--mattr=+m,+a,+c,+zifencei", "-M", "no-aliases"]

# what LLVM decodes with RV64IMAC and Gnomon does not: privileged and CSR instructions
FOREIGN = re.compile(r"(csrr[wsc]i?|[msu]ret|mnret|dret|wfi|[sh]fence|[sh]inval|hlv|hlvx|hsv|unimp|c\.unimp|wrs\.)")


# what LLVM decodes although the manual reserves it: c.lui with immediate 0 (Zcmop has other instructions there)
RESERVED = re.compile(r"c\.lui \w+, 0x0$")


def fence_is_lenient(word, text):
    """fence with reserved fields is a fence (manual: implementations shall ignore them); LLVM calls it unknown."""
    return text is None and word & 0x7F == 0x0F and word >> 12 & 7 in (0, 1)


def to_base(text):
    """LLVM's text of a compressed instruction -> the base instruction that the manual says it expands to."""
    name, _, rest = text.partition(" ")
    args = [a.strip() for a in rest.split(",")] if rest else []
    if not name.startswith("c."):
        return name, args
    op = name[2:]
    if op == "nop":
        return "addi", ["zero", "zero", args[0] if args else "0"]
    if op == "ebreak":
        return op, []
    if op in ("lwsp", "ldsp", "swsp", "sdsp", "lw", "ld", "sw", "sd"):
        return op[:2], args
    if op == "addi4spn":
        return "addi", args
    if op in ("addi", "addiw", "slli", "srli", "srai", "andi"):
        return op, [args[0], args[0], args[1]]
    if op in ("slli64", "srli64", "srai64"):  # LLVM's names for a shift by 0, a hint
        return op[:4], [args[0], args[0], "0"]
    if op == "addi16sp":
        return "addi", ["sp", "sp", args[1]]
    if op == "li":
        return "addi", [args[0], "zero", args[1]]
    if op == "lui":
        return "lui", args
    if op in ("sub", "xor", "or", "and", "subw", "addw", "add"):
        return op, [args[0], args[0], args[1]]
    if op == "mv":
        return "add", [args[0], "zero", args[1]]
    if op == "j":
        return "jal", ["zero", args[0]]
    if op == "jr":
        return "jalr", ["zero", f"0({args[0]})"]
    if op == "jalr":
        return "jalr", ["ra", f"0({args[0]})"]
    if op in ("beqz", "bnez"):
        return {"beqz": "beq", "bnez": "bne"}[op], [args[0], "zero", args[1]]
    if op.startswith("ntl."):
        return "add", ["zero", "zero", {"p1": "sp", "pall": "gp", "s1": "tp", "all": "t0"}[op[4:]]]
    raise ValueError(text)


def normal(text):
    """Both texts to one form: numbers as integers, lui's immediate as 20 bits."""
    name, args = to_base(text)
    if name.startswith("ntl."):
        name, args = "add", ["zero", "zero", {"p1": "sp", "pall": "gp", "s1": "tp", "all": "t0"}[name[4:]]]
    out = []
    for a in args:
        match = re.fullmatch(r"(-?\w*)\((\w+)\)", a)
        if match:
            out.append((int(match[1] or "0", 0), match[2]))
        elif re.fullmatch(r"-?(0x[0-9a-f]+|\d+)", a):
            value = int(a, 0)
            if name in ("lui", "auipc"):
                value &= 0xFFFFF
            out.append(value)
        else:
            out.append(a)
    return name, out


def object_file(words):
    """A relocatable ELF file whose .text holds the words one after the other."""
    text = b"".join(w.to_bytes(n, "little") for w, n in words)
    names = b"\0.text\0.shstrtab\0"
    at_names = 64 + len(text)
    at_sections = (at_names + len(names) + 7) & ~7
    header = b"\x7fELF\2\1\1" + bytes(9)
    header += struct.pack("<HHIQQQIHHHHHH", 1, 243, 1, 0, 0, at_sections, 1, 64, 0, 0, 64, 3, 2)
    sections = bytes(64) + struct.pack("<IIQQQQIIQQ", 1, 1, 6, 0, 64, len(text), 0, 0, 2, 0)
    sections += struct.pack("<IIQQQQIIQQ", 7, 3, 0, 0, at_names, len(names), 0, 0, 1, 0)
    body = header + text + names
    return body.ljust(at_sections, b"\0") + sections


def places(words):
    at = 0
    for word, n in words:
        yield at, word, n
        at += n


def llvm(objdump, words):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "words.o"
        path.write_bytes(object_file(words))
        listing = subprocess.run([objdump, *OPTIONS, str(path)], capture_output=True, text=True, check=True).stdout
    found = {}
    for line in listing.splitlines():
        match = re.match(r"\s*([0-9a-f]+): ((?:[0-9a-f]+ )+)\s*(.*)", line)
        if match:
            text = re.sub(r"<[^>]*>$", "", match[3]) if match[3] != "<unknown>" else ""
            found[int(match[1], 16)] = re.sub(r"\s+", " ", text).strip() or None
    return [found[at] for at, _, _ in places(words)]


def gnomon(dump, words):
    source = "\n".join(f"{at:x} {w:x}" for at, w, _ in places(words))
    done = subprocess.run([dump], input=source, capture_output=True, text=True, check=True)
    return [None if t == "illegal" else t for t in done.stdout.splitlines()]


def sample(rv_def, rng):
    words = [(h, 2) for h in range(1 << 16) if h & 3 != 3]
    encodings = re.findall(r'^RV\((\w+),\s*"[^"]*",\s*(0x\w+), (0x\w+),', open(rv_def, encoding="ascii").read(), re.M)
    assert len(encodings) > 80
    for _, match, mask in encodings:
        match, mask = int(match, 16), int(mask, 16)
        ones = [b for b in range(2, 32) if mask >> b & 1]
        for _ in range(100):
            word = match | (rng.getrandbits(32) & ~mask)
            words.append((word, 4))
            words.append((word ^ 1 << rng.choice(ones), 4))
    opcodes = sorted({int(match, 16) & 0x7F for _, match, _ in encodings})
    for _ in range(20000):
        words.append((rng.getrandbits(32) | 3, 4))
    # low bits 11111 begin longer instructions, of which LLVM takes 6 or 8 bytes at once: riscv_decode_test.c has them
    words = [(w, n) for w, n in words if w & 0x1F != 0x1F]
    rng.shuffle(words)
    return words


def main():
    dump, objdump, rv_def = sys.argv[1:]
    rng = random.Random(3)
    words = sample(rv_def, rng)
    bad = legal = 0
    for (word, n), theirs, ours in zip(words, llvm(objdump, words), gnomon(dump, words), strict=True):
        if theirs is not None and (FOREIGN.match(theirs) or RESERVED.match(theirs)):
            theirs = None
        if word & 0xFFFFF07F == 0xF1202073 and n == 4:  # csrr rd, marchid: the one CSR
            agree = ours is not None and ours.startswith("csrr ")
        elif fence_is_lenient(word, theirs):
            agree = ours is not None and ours.startswith("fence")
        elif theirs is not None and theirs.startswith("fence") and word >> 12 & 7 == 0:
            agree = ours == theirs or theirs == "fence.tso"
        elif theirs is None or ours is None:
            agree = theirs is None and ours is None
        else:
            agree = normal(theirs) == normal(ours)
        legal += ours is not None
        if not agree:
            bad += 1
            if bad <= 20:
                print(f"{word:0{2 * n}x}: LLVM {theirs!r}, Gnomon {ours!r}")
    print(f"{len(words)} words, {legal} legal, {bad} differ")
    sys.exit(bad != 0)


main()
