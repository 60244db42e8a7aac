#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, from Debian 12.  Does nothing when all is there.
# usage: tools/install_deps.sh [build] [tests] [npm] [browser] [emulator]        without arguments: build tests
#   build     to build                     tests    to run all tests and checks
#   npm       to fetch Solana's programs   browser  to test the page of `gnomon stats --html` (400 MB: only for those who change it, and for CI)
#   emulator  to test AVX-512 kernels without AVX-512
set -euo pipefail
[ $# -gt 0 ] || set -- build tests
packages=() missing=()
for set in "$@"; do
    case $set in
    build) packages+=(gcc cmake ninja-build pkg-config git python3 libcmocka-dev libjansson-dev) ;;
    tests) packages+=(clang-19 lld-19 llvm-19 clang-format-19 clang-tidy-19 libclang-rt-19-dev qemu-user gcc-riscv64-unknown-elf) ;;
    npm) command -v npm >/dev/null || packages+=(npm) ;;
    browser) packages+=(chromium chromium-driver) ;;
    emulator) packages+=(bochs bochsbios bochs-term vgabios grub-common grub-pc-bin xorriso mtools busybox-static cpio) ;;
    *)
        echo "$set: no such set" >&2
        exit 2
        ;;
    esac
done
for p in "${packages[@]}"; do
    [ "$(dpkg-query -W -f='${Status}' "$p" 2>/dev/null)" = "install ok installed" ] || missing+=("$p")
done
[ ${#missing[@]} -eq 0 ] && exit 0
sudo=
[ "$(id -u)" -eq 0 ] || sudo=sudo
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
$sudo apt-get install -y -qq --no-install-recommends "${missing[@]}"
