#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs shell commands on an emulated CPU that has AVX-512 (Bochs, its model of a Skylake-X), for a machine that has none: 10 to 30 M instructions a second.
# Every file that a command names travels there, under the same path, with the shared libraries it needs.  What the commands print comes here; exit 1 when one fails.
# A second there is 3.5 G instructions of its one core, whatever they are: its clock counts instructions.
# Needs `tools/install_deps.sh emulator`, and takes Debian's kernel for clouds, unpacked under build/avx512, not installed.
# usage: [GN_EMULATED_MIB=1024, at most 2048] tools/avx512.sh 'COMMAND'...
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || { sed -n 's/^# usage: /usage: /p' "$0" >&2; exit 2; }
for program in bochs python3 grub-mkrescue xorriso mformat busybox cpio; do
    command -v $program >/dev/null || { echo "avx512.sh: no $program: tools/install_deps.sh emulator" >&2; exit 77; }
done

mkdir -p build/avx512
kernel=$(compgen -G 'build/avx512/boot/vmlinuz-*' | tail -1 || true)
if [ -z "$kernel" ]; then
    package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/ *Depends: \(linux-image-.*\)/\1/p')
    (cd build/avx512 && apt-get download -q "$package" && dpkg-deb -x linux-image-*.deb . && rm -rf linux-image-*.deb lib)
    kernel=$(compgen -G 'build/avx512/boot/vmlinuz-*' | tail -1)
fi

work=$(mktemp -d -p build/avx512)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root"/{bin,proc,sys,tmp,w} "$work/iso/boot/grub"
cp "$(command -v busybox)" "$root/bin"
pack() { # file: to the same place behind $1
    mkdir -p "$1/$(dirname "$2")" && cp -L "$2" "$1/$2"
}
for command in "$@"; do
    for word in $command; do
        [ -f "$word" ] || continue
        pack "$root/w" "$word"
        for library in $(ldd "$word" 2>/dev/null | grep -o '/[^ ]*'); do
            pack "$root" "$library"
        done
    done
done
{
    echo '#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc p /proc; mount -t sysfs s /sys; mount -t tmpfs t /tmp
cd /w
echo EMULATED'
    for command in "$@"; do
        printf '%s\necho "EXIT $?"\n' "( $command )"
    done
    echo 'sleep 1; poweroff -f' # what is printed still runs through the serial line
} >"$root/init"
chmod +x "$root/init"

# Bochs and Linux disagree on the compacted XSAVE area (hence clearcpuid)
cat >"$work/iso/boot/grub/grub.cfg" <<'END'
set timeout=0
menuentry gnomon {
    linux /boot/vmlinuz console=ttyS0 loglevel=1 clearcpuid=xsaves,xsavec,pku nokaslr mitigations=off tsc=reliable
    initrd /boot/initrd
}
END
cp "$kernel" "$work/iso/boot/vmlinuz"
(cd "$root" && find . | cpio -o -H newc --quiet) >"$work/iso/boot/initrd"
grub-mkrescue -o "$work/cd.iso" "$work/iso" >"$work/grub.log" 2>&1 || { cat "$work/grub.log" >&2; exit 1; }
cat >"$work/bochsrc" <<END
config_interface: textconfig
display_library: term
cpu: model=corei7_skylake_x, ips=20000000
clock: sync=none
memory: guest=${GN_EMULATED_MIB:-1024}, host=${GN_EMULATED_MIB:-1024}
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
ata0-master: type=cdrom, path=$work/cd.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=$work/serial
log: $work/log
END
echo c >"$work/debugger"
touch "$work/serial"
# Bochs draws its screen on a terminal of its own, whose name it prints, and stands still when nobody reads it
TERM=xterm python3 -c '
import os, pty, re, sys, threading

def drain(fd):
    try:
        while os.read(fd, 65536):
            pass
    except OSError:
        pass

pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
printed = b""
try:
    while screen := os.read(terminal, 4096):
        os.write(1, screen)
        printed += screen
        if found := re.search(rb"connected to screen \"([^\"]+)\"", printed):
            threading.Thread(target=drain, args=(os.open(found[1], os.O_RDONLY | os.O_NOCTTY),), daemon=True).start()
            printed = b""
except OSError:
    pass
' bochs -q -f "$work/bochsrc" -rc "$work/debugger" </dev/null >"$work/terminal" 2>&1 &
bochs=$!
tail -f --pid=$bochs "$work/serial" | stdbuf -o0 tr -d '\r' | tee "$work/output" | sed -u -e '0,/^EMULATED$/d' -e '/reboot: Power down/d'
wait $bochs || true
grep -q '^EMULATED$' "$work/output" || { tail -n 5 "$work/terminal" >&2; exit 1; }
[ "$(grep -c '^EXIT 0$' "$work/output")" = $# ]
