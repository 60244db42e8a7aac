#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes every generated file again from a build: the kernels, listings and C form of the machine and of the example machines, the parameter table, Poseidon2's constants, the pinned label sequence, the fuzz corpora, the golden key ids.
# CI runs it and wants no difference.
# usage: tools/regenerate.sh BUILD_DIR
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:?usage: tools/regenerate.sh BUILD_DIR}
mkdir -p gen/air tests/fuzz/corpus/proof
"$build/tools/air_gen" list examples gen/air/examples.txt
"$build/tools/air_gen" c examples gn_examples gen/air/examples.c
"$build/tools/air_gen" list machine gen/air/machine.txt
"$build/tools/air_gen" c machine gn_machine_air gen/air/machine.c
tools/build_kernel.sh monitor src/riscv/decode.c
tools/build_kernel.sh solana
python3 tools/search_params.py --write gen/whir_params.inc
python3 tools/poseidon2_constants.py --write gen/poseidon2.inc
"$build/tests/negative/fiat_shamir" --update gen/transcript_labels.txt >/dev/null 2>&1
"$build/tests/fuzz/make_corpus" tests/fuzz/corpus/proof
PYTHONDONTWRITEBYTECODE=1 python3 tests/cli/golden_test.py "$build/gnomon" --write
python3 tests/fuzz/make_svm_corpus.py tests/fuzz/corpus/svm
"$build/tests/fuzz/make_sbpf_corpus" tests/fuzz/corpus/sbpf
