#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/lies.md names tests: each of them exists and is run by its file; and each lie of the files that hold nothing else is in the document."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLAIN = re.compile("every_cell|every_lookup|honest_run|proofs_of")  # mutation and completeness, no lies


def tests_of(path):
    text = (ROOT / path).read_text()
    return {a or b for a, b in re.findall(r"cmocka_unit_test(?:_setup_teardown)?\((\w+)|def (test_\w+)", text)}


def main():
    named, bad = {}, []
    for line in (ROOT / "docs" / "lies.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        found = re.fullmatch(r"`([\w/.]+)` ([\w, ]+)", cells[2]) if len(cells) == 5 else None
        if found:
            named.setdefault(found[1], []).extend(name.strip() for name in found[2].split(","))
        elif line.startswith("|") and cells[1:4] not in (["lie", "test", "verdict"], ["---"] * 3):
            bad.append(f"names no test: {line}")
    for path, names in named.items():
        existing = tests_of(path)
        bad += [f"{path} has no test {name}" for name in names if name not in existing]
    for path in sorted((ROOT / "tests").glob("*/*lies_test.c")):
        path = str(path.relative_to(ROOT))
        bad += [f"docs/lies.md does not name {name} of {path}" for name in sorted(tests_of(path))
                if name not in named.get(path, []) and not PLAIN.search(name)]
    print("\n".join(bad) or f"{sum(map(len, named.values()))} tests of {len(named)} files")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
