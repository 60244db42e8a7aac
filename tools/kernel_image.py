#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The segments of a kernel's ELF file as C, for src/riscv/kernel.h.

usage: tools/kernel_image.py NAME ELF HEADER"""
import pathlib
import struct
import sys

name, elf_path, header_path = sys.argv[1:]
elf = pathlib.Path(elf_path).read_bytes()
assert elf[:4] == b"\x7fELF"
entry, at = struct.unpack_from("<QQ", elf, 24)
count = struct.unpack_from("<H", elf, 56)[0]
out = [f"/* The kernel `{name}`: made by tools/build_kernel.sh from kernel/{name}; do not edit. */"]
segments = []
for i in range(count):
    kind, flags, offset, base, _, file_size, size, _ = struct.unpack_from("<IIQQQQQQ", elf, at + 56 * i)
    if kind != 1 or size == 0:
        continue
    what = {1: "RV_KERNEL_TEXT", 4: "RV_KERNEL_CONSTANTS", 6: "RV_KERNEL_DATA"}[flags]
    image = elf[offset : offset + file_size]
    image = image.rstrip(b"\0") if flags == 6 else image
    bytes_name = "NULL"
    if image:
        bytes_name = f"{name}_{what.rsplit('_', 1)[1].lower()}"
        out.append(f"static const uint8_t {bytes_name}[] = {{")
        out += ["    " + ", ".join(f"0x{b:02x}" for b in image[k : k + 20]) + "," for k in range(0, len(image), 20)]
        out.append("};")
    segments.append(f"    {{{what}, 0x{base:x}, 0x{size:x}, {bytes_name}, {len(image)}}},")
out.append(f"static const struct rv_kernel_segment {name}_segments[] = {{")
out += segments
out.append("};")
out.append(f"#define {name.upper()}_ENTRY UINT64_C(0x{entry:x})")
pathlib.Path(header_path).write_text("\n".join(out) + "\n")
