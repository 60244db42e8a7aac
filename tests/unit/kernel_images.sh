#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The committed image of a kernel is what its sources build.  usage: kernel_images.sh NAME [EXTRA_SOURCE...]; 77: no compiler for it here
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v clang-19 >/dev/null && command -v ld.lld-19 >/dev/null || exit 77
fresh=$(mktemp)
trap 'rm -f "$fresh"' EXIT
GN_KERNEL_HEADER=$fresh tools/build_kernel.sh "$@"
cmp "$fresh" "gen/kernel/$1.h" || { echo "gen/kernel/$1.h is not what kernel/$1 builds: run tools/build_kernel.sh $*"; exit 1; }
