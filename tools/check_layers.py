#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that every include in src/ points down the layers (ARCHITECTURE.md), and that freestanding files include no libc.

A folder may include itself and what its line names.  The freestanding files are those that tools/build_verifier.sh compiles."""
import pathlib
import re
import sys

LAYERS = {
    "base": [],
    "field": ["base"],
    "hash": ["base", "field"],
    "poly": ["base", "field"],
    "pcs": ["base", "field", "hash", "poly"],
    "air": ["base", "field", "hash"],
    "proof": ["base", "field", "hash", "poly", "pcs", "air"],
    "machines": ["base", "field", "hash", "air", "vm"],
    "vm": ["base"],
    "riscv": ["base", "hash", "vm"],
    "sbpf": ["base", "vm", "kernel"],
    "solana": ["base", "vm", "riscv", "sbpf", "kernel"],
    "svm": ["base", "hash", "vm", "sbpf", "solana", "kernel"],
    "zkvm": ["base", "field", "hash", "pcs", "air", "proof", "vm", "machines", "riscv", "sbpf", "solana"],
    "cli": ["base", "field", "hash", "pcs", "air", "proof", "vm", "machines", "riscv", "sbpf", "solana", "svm", "zkvm"],
}
# what host and kernels share: plain C that includes nothing of src/
SHARED = {
    "kernel/solana/abi.h": ["sbpf", "svm", "cli"],
    "kernel/description.h": ["riscv", "cli"],
    "kernel/monitor/stop.h": ["riscv"],
}
FREESTANDING_LIBC = {"stdbool.h", "stddef.h", "stdint.h", "string.h", "stdalign.h", "limits.h"}

root = pathlib.Path(__file__).resolve().parent.parent
src = root / "src"
bad = []
for path in sorted(src.rglob("*.[chi]*")):
    layer = path.relative_to(src).parts[0]
    if layer not in LAYERS:
        bad.append(f"{path.relative_to(root)}: folder {layer} is in no layer")
        continue
    for number, line in enumerate(path.read_text().splitlines(), 1):
        found = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if not found:
            continue
        if found.group(1).startswith(("../../gen/", "gnomon/")):
            continue  # generated tables belong to the file that includes them; the public headers include nothing of src/
        if layer in SHARED.get(found.group(1), []):
            continue
        target = found.group(1).split("/")[0] if "/" in found.group(1) else layer
        if target != layer and target not in LAYERS[layer]:
            bad.append(f"{path.relative_to(root)}:{number}: {layer} must not include {found.group(1)}")

listing = (root / "tools" / "verifier_sources.txt").read_text().split()
for name in listing:
    for number, line in enumerate((root / name).read_text().splitlines(), 1):
        found = re.match(r"\s*#\s*include\s+<([^>]+)>", line)
        if found and found.group(1) not in FREESTANDING_LIBC:
            bad.append(f"{name}:{number}: freestanding file includes <{found.group(1)}>")

print("\n".join(bad) if bad else f"layers: {len(list(src.rglob('*.[ch]')))} files, no include points up")
sys.exit(1 if bad else 0)
