#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the verifier alone, freestanding, for the targets it must run on (bare x86-64 and RV64, WebAssembly), and checks what that word promises: nothing undefined but
# memcpy, memset and memcmp (and, for WebAssembly, the stack pointer and the function table, which the linker gives), no frame above 4 KiB, strict C17.  The sources are listed in verifier_sources.txt; a machine printed as C is linked in.
# usage: tools/build_verifier.sh OUT_DIR [machine.c ...]
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:?usage: tools/build_verifier.sh OUT_DIR [machine.c ...]}
shift
CLANG=${CLANG:-clang-19}
NM=${NM:-llvm-nm-19}
LD=${LD:-ld.lld-19}
mkdir -p "$out"
for target in x86_64-unknown-none-elf riscv64-unknown-none-elf wasm32-unknown-unknown; do
    flags=(--target="$target" -std=c17 -O2 -ffreestanding -nostdlibinc -fno-builtin-memcmp -Iinclude -Isrc -Wall -Wextra -Wpedantic -Werror
           -Wframe-larger-than=4096 -Wvla)
    case $target in
    riscv64*) flags+=(-march=rv64im -mabi=lp64 -mno-relax) link=("$LD" -m elf64lriscv) ;;
    wasm32*) link=("${WASM_LD:-wasm-ld-19}") ;;
    *) flags+=(-mno-sse) link=("$LD" -m elf_x86_64) ;;
    esac
    objects=()
    for source in $(cat tools/verifier_sources.txt) "$@"; do
        object="$out/${target%%-*}-$(echo "$source" | tr / _).o"
        "$CLANG" "${flags[@]}" -c "$source" -o "$object"
        objects+=("$object")
    done
    "${link[@]}" -r -o "$out/verifier-${target%%-*}.o" "${objects[@]}"
    undefined=$("$NM" --undefined-only --just-symbol-name "$out/verifier-${target%%-*}.o" | grep -vxE 'memcpy|memset|memcmp|__stack_pointer|__indirect_function_table' || true)
    if [ -n "$undefined" ]; then
        echo "verifier for $target needs: $undefined" >&2
        exit 1
    fi
    echo "verifier for $target: $(cat $(cat tools/verifier_sources.txt) | wc -l) lines of source, no undefined symbol but memcpy, memset, memcmp; frames <= 4 KiB"
done
