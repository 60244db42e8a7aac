# SPDX-License-Identifier: Apache-2.0
"""Tiny RV64 executables, written byte by byte, so that the tests of the program need no compiler."""
import struct

BASE = 0x80000000
RAM = 0xA0030000
ZERO, RA, T0, T1, A0, A1, A2, A7 = 0, 1, 5, 6, 10, 11, 12, 17


def addi(rd, rs, imm):
    return (imm & 0xFFF) << 20 | rs << 15 | rd << 7 | 0x13


def load64(rd, rs, imm):
    return (imm & 0xFFF) << 20 | rs << 15 | 3 << 12 | rd << 7 | 0x03


def store64(rs2, rs, imm):
    return (imm >> 5 & 0x7F) << 25 | rs2 << 20 | rs << 15 | 3 << 12 | (imm & 31) << 7 | 0x23


def lui(rd, upper):
    return upper << 12 | rd << 7 | 0x37


def slli(rd, rs, n):
    return n << 20 | rs << 15 | 1 << 12 | rd << 7 | 0x13


def srli(rd, rs, n):
    return n << 20 | rs << 15 | 5 << 12 | rd << 7 | 0x13


def jump(offset):
    """jal x0, offset"""
    imm = offset & 0x1FFFFF
    return (imm >> 20 & 1) << 31 | (imm >> 1 & 0x3FF) << 21 | (imm >> 11 & 1) << 20 | (imm >> 12 & 0xFF) << 12 | 0x6F


def branch_ne(rs1, rs2, offset):
    imm = offset & 0x1FFF
    return (imm >> 12 & 1) << 31 | (imm >> 5 & 0x3F) << 25 | rs2 << 20 | rs1 << 15 | 1 << 12 | (imm >> 1 & 15) << 8 \
        | (imm >> 11 & 1) << 7 | 0x63


def amoadd32(rd, rs2, rs):
    return rs2 << 20 | rs << 15 | 2 << 12 | rd << 7 | 0x2F


ECALL, EBREAK, ILLEGAL = 0x73, 0x100073, 0xFFFFFFFF


def unsigned32(rd, value):
    """rd = value, 32 bits, zero extended"""
    upper = (value + 0x800) >> 12 & 0xFFFFF
    return [lui(rd, upper), addi(rd, rd, value & 0xFFF), slli(rd, rd, 32), srli(rd, rd, 32)]


def leave(code):
    return [addi(A0, ZERO, code), addi(A7, ZERO, 93), ECALL]


def write(fd, at, n):
    return [addi(A0, ZERO, fd)] + unsigned32(A1, at) + [addi(A2, ZERO, n), addi(A7, ZERO, 64), ECALL]


def elf(words, functions=(), machine=243, data=b"", symbols=True, cut=None, gap=0):
    """words: code at BASE, in two segments if cut at a byte, with a gap between them; data follows it, at BASE + 0x1000; functions: (name, address, size)"""
    code = b"".join(struct.pack("<I", w) for w in words)
    cuts = [0] + ([cut] if cut else []) + [len(code)]
    headers = [(5, BASE + begin + (gap if begin else 0), code[begin:end]) for begin, end in zip(cuts, cuts[1:])] + ([(4, BASE + 0x1000, data)] if data else [])
    at = 64 + 56 * len(headers)
    program, image = b"", b""
    for flags, address, content in headers:
        program += struct.pack("<IIQQQQQQ", 1, flags, at + len(image), address, address, len(content), len(content), 1)
        image += content
    names, table = b"\0", bytes(24)
    for name, address, size in functions:
        table += struct.pack("<IBBHQQ", len(names), 0x12, 0, 1, address, size)
        names += name + b"\0"
    sections, count = b"", 0
    if symbols and functions:
        table_at = at + len(image)
        sections = bytes(64)
        sections += struct.pack("<IIQQQQIIQQ", 0, 2, 0, 0, table_at, len(table), 2, 1, 8, 24)
        sections += struct.pack("<IIQQQQIIQQ", 0, 3, 0, 0, table_at + len(table), len(names), 0, 0, 1, 0)
        image += table + names
        count = 3
    head = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    head += struct.pack("<HHIQQQIHHHHHH", 2, machine, 1, BASE, 64, at + len(image) if count else 0, 0, 64, 56,
                        len(headers), 64 if count else 0, count, 0)
    return head + program + image + sections


def sbpf(slots, entry=0):
    """A Solana program of sBPF version 3; slots are (opcode, destination, source << 4, constant)."""
    text = b"".join(struct.pack("<BBhi", op, dst | src, 0, imm) for op, dst, src, imm in slots)
    header = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 3, 247, 1, (1 << 32) + 8 * entry, 64, 0, 3, 64, 56, 1, 64, 0, 0)
    return header + struct.pack("<IIQQQQQQ", 1, 1, 120, 1 << 32, 1 << 32, len(text), len(text), 8) + text
