#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the real Solana VM (npm litesvm, versions pinned by tests/differential/litesvm/package-lock.json) beside a copy of our recording harness into a folder, and
# extracts the programs that it carries into FOLDER/programs, their SHA-256 checked.  Does nothing when all is there.  Exit 77 without node, npm or network.
# (npm install, not npm ci: the lock names only one platform's build of litesvm.)
# usage: tools/litesvm.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:?usage: tools/litesvm.sh FOLDER}
[ -e "$folder/ready" ] && exit 0
command -v node >/dev/null && command -v npm >/dev/null || { echo "no node or npm"; exit 77; }
mkdir -p "$folder"/{programs,elfs/by-hash}
cp tests/fixtures/solana/harness/*.mjs tests/fixtures/solana/harness/*.json tests/differential/litesvm/package-lock.json "$folder"
cd "$folder"
npm install --silent --no-audit --no-fund || { echo "litesvm cannot be installed"; exit 77; }
node fetch-programs.mjs programs
touch ready
