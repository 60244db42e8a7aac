#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""verify_file.py - the second verifier for proof files, written from docs/proof_file.md; the proof itself is verify.py's business.

    air_gen json machine MACHINE.json
    verify_file.py MACHINE.json KEY_ID_HEX FILE [PARAMS]   prints ACCEPT (status 0) or the verdict (status 1)

Verdicts have the names of the C verifier's (include/gnomon/verdict.h).  Sections are those of docs/proof_file.md."""
import json
import struct
import sys
from pathlib import Path

sys.dont_write_bytecode = True
import verify as v  # noqa: E402

FORMAT, RECORD, HEAD, OWNER = 1, 256, 280, 112  # bytes: record, all before the statement, the record's before its owner's
OUTPUT_MAX, REGION, SOLANA_MAX = 1 << 20, 256, 1 << 20


def check(condition, verdict):
    if not condition:
        raise v.Reject("REJECT_" + verdict)


RISCV, SBPF = 1, 2  # front ends


def read_owner(owner):
    """section 2: front end, sBPF version, address mode and what must be 0; returns the front end"""
    front, _release, _kernel, sbpf, mode, zero = struct.unpack_from("<6I", owner)
    check(zero == 0 and not any(owner[64:]), "KEY")
    check((front, sbpf, mode) == (RISCV, 0, 0) or (front == SBPF and sbpf <= 3 and mode <= 1), "KEY")
    return front


def read_statement(front, s):
    """section 3; a Solana run's words mean what docs/statement.md says: the kernel is proven to have written them"""
    if front == SBPF:
        check(8 <= len(s) <= SOLANA_MAX and len(s) % 8 == 0 and s[:8] == b"GNST0001", "STATEMENT")
        return
    check(len(s) >= 40 + REGION and s[:8] == b"GNRV0001", "STATEMENT")
    outcome, _place, address, n = struct.unpack_from("<4Q", s, 8)
    check(outcome <= 6 and (outcome != 0 or address == 0) and n <= OUTPUT_MAX, "STATEMENT")
    check(len(s) == 40 + REGION + (n + 7) // 8 * 8 and not any(s[40 + REGION + n:]), "STATEMENT")


def verify(machine, key_id, file, params):
    """sections 1 and 4; returns the statement's bytes, or raises Reject"""
    check(len(file) >= 12 and file[:8] == b"GNOMONPF" and struct.unpack_from("<I", file, 8)[0] == FORMAT, "HEADER")
    check(len(file) >= HEAD, "TRUNCATED")
    preset, = struct.unpack_from("<I", file, 12)
    record = file[16:16 + RECORD]
    n, = struct.unpack_from("<Q", file, 16 + RECORD)
    check(n <= 40 + REGION + OUTPUT_MAX, "STATEMENT")
    check(n <= len(file) - HEAD, "TRUNCATED")
    statement, body = file[HEAD:HEAD + n], file[HEAD + n:]
    front = read_owner(record[OWNER:])
    check(struct.unpack_from("<I", record, 4)[0] == preset, "HEADER")
    read_statement(front, statement)
    header = b"gnomonp\x01" + struct.pack("<II", 1, preset)  # of docs/protocol.md section 12
    v.verify(machine, key_id, [], [statement], header + record + body, params)
    return statement


def main(machine, key_id, file, params=Path(__file__).parent.parent / "gen" / "whir_params.inc"):
    try:
        verify(json.loads(Path(machine).read_text()), bytes.fromhex(key_id), Path(file).read_bytes(),
               Path(params).read_text())
    except v.Reject as reason:
        print(reason)
        return 1
    print("ACCEPT")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) in (4, 5) else __doc__)
