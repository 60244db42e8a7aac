#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every header of include/ and src/ compiles alone: it includes what it uses, and its order among others never matters.
# Headers for kernels are compiled as for the kernel; fpx_<isa>.h are parts of fpx.h.
set -euo pipefail
cd "$(dirname "$0")/.."
CC=${CC:-gcc}
flags=(-std=gnu17 -fsyntax-only -Iinclude -Isrc -I. -Wall -Wextra -Wpedantic -Wno-unused-function -Wno-unused-macros -Werror -x c)
failed=0
count=0
for header in $(git ls-files 'include/*.h' 'src/*.h'); do
    name=${header#src/}
    name=${name#include/}
    isa=()
    case $name in
    field/fpx_avx512.h) name=field/fpx.h isa=(-DGN_KERNEL_AVX512=1 -mavx512f -mavx512dq -mavx512vl -mavx512bw -mbmi2) ;;
    field/fpx_avx2.h) name=field/fpx.h isa=(-DGN_KERNEL_AVX2=1 -mavx2 -mbmi2) ;;
    field/fpx_scalar.h) name=field/fpx.h isa=(-DGN_KERNEL_SCALAR=1) ;;
    *fpx.h | *_lanes.h) isa=(-DISA=scalar -DGN_KERNEL_SCALAR=1) ;;
    esac
    # twice: the guard holds
    printf '#include "%s"\n#include "%s"\ntypedef int not_empty;\n' "$name" "$name" |
        "$CC" "${flags[@]}" "${isa[@]}" - || {
        echo "$header does not compile alone" >&2
        failed=1
    }
    count=$((count + 1))
done
[ $failed -eq 0 ] && echo "headers: $count compile alone"
exit $failed
