#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Records random cases with the real Solana VM and executes them with ours: logs, units, return data, errors and accounts must be equal.
# usage: run.sh VECTOR_RUNNER LITESVM_FOLDER COUNT SEED      (COUNT cases of each kind; tools/litesvm.sh makes the folder; exit 77 if it is not there)
set -euo pipefail
record=$(cd "$(dirname "$0")" && pwd)/record.mjs
runner=$(realpath "$1") folder=$2 count=$3 seed=$4
[ -e "$folder/ready" ] || { echo "no litesvm in $folder (tools/litesvm.sh)"; exit 77; }
cd "$folder"
rm -rf failed_cases
cases=$(mktemp -d)
trap 'rm -rf "$cases"' EXIT
one() { # KIND SEED FEATURES
    local at=$cases/$1_$2
    rm -rf elfs
    mkdir -p elfs/by-hash
    ORACLE_ACTIVATE=$3 node "$record" "$1" "$count" "$2" "$at" >/dev/null 2>"$at.log"
    echo "$1, seed $2${3:+, $3}:"
    for how in hosted machine; do
        "$runner" --by $how --least "$count" "$at" --elfs programs --elfs elfs/by-hash || { cp -r "$at" failed_cases; exit 1; }
    done
}
vasa=7VgiehxNxu53KdxgLspGQY8myE6f7UokaWa4jsGcaSz
one memo "$seed" ""
one memo $((seed + 1)) $vasa
one token $((2 * seed)) ""
one token $((2 * seed + 1)) ""
one token $((2 * seed + 2)) $vasa
one token2022 "$seed" ""
one token2022 $((seed + 1)) $vasa
one probe "$seed" ""
one probe $((seed + 1)) $vasa
