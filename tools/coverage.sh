#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Line and branch coverage of the verifier (tools/verifier_sources.txt) and of the constraint language by the test suite.  Lines
# that no test reaches must be those of tests/COVERAGE.md: fails when there are others.
# Needs gcovr.  usage: tools/coverage.sh [--again]: --again takes the counts of the last run
set -euo pipefail
cd "$(dirname "$0")/.."
build=build/coverage
if [ "${1:-}" != --again ]; then
    cmake --preset coverage >/dev/null
    cmake --build --preset coverage
    find $build -name '*.gcda' -delete
    ctest --preset coverage
fi
filters=(--filter src/air/)
for source in $(cat tools/verifier_sources.txt); do
    filters+=(--filter "$source")
done
gcovr -r . --object-directory $build "${filters[@]}" --json $build/coverage.json 2>/dev/null
gcovr -r . -a $build/coverage.json --txt-metric branch --txt - 2>/dev/null || gcovr -r . -a $build/coverage.json --branches --txt -
gcovr -r . -a $build/coverage.json --txt - | tee $build/coverage.txt

# a line is named by its file and text, so that moving it changes nothing
python3 - $build/coverage.json tests/COVERAGE.md <<'PY'
import json, pathlib, re, sys
missed = set()
for file in json.load(open(sys.argv[1]))["files"]:
    text = pathlib.Path(file["file"]).read_text().splitlines()
    for line in file["lines"]:
        if line["count"] == 0 and not line.get("gcovr/noncode"):
            missed.add((file["file"], text[line["line_number"] - 1].strip()))
explained = set(re.findall(r"^\* `(\S+)`: `(.+?)` — ", pathlib.Path(sys.argv[2]).read_text(), re.M))
for name, text in sorted(missed - explained):
    print(f"not covered, not explained: {name}: {text}")
for name, text in sorted(explained - missed):
    print(f"explained, but covered or gone: {name}: {text}")
sys.exit(missed != explained)
PY
