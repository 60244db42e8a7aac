#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what building and testing needs, from Debian 12.  Does nothing when all is there.
set -euo pipefail
packages=(gcc cmake ninja-build pkg-config git python3 libcmocka-dev libjansson-dev
          clang-19 lld-19 llvm-19 clang-format-19 clang-tidy-19 libclang-rt-19-dev qemu-user gcc-riscv64-unknown-elf)
missing=()
for p in "${packages[@]}"; do
    [ "$(dpkg-query -W -f='${Status}' "$p" 2>/dev/null)" = "install ok installed" ] || missing+=("$p")
done
[ ${#missing[@]} -eq 0 ] && exit 0
sudo=
[ "$(id -u)" -eq 0 ] || sudo=sudo
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
$sudo apt-get install -y -qq --no-install-recommends "${missing[@]}"
