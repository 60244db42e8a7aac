#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the seeds of svm_fuzz into a folder: recorded cases, accounts, input.bin and statements, whole and damaged.

usage: make_svm_corpus.py FOLDER"""
import base64
import json
import pathlib
import struct
import sys

folder = pathlib.Path(sys.argv[1])
fixtures = pathlib.Path(__file__).resolve().parent.parent / "fixtures" / "solana"
folder.mkdir(parents=True, exist_ok=True)
KEY = bytes(range(32))


def save(name, kind, content):
    (folder / name).write_bytes(bytes([kind]) + content)


def u64(*values):
    return b"".join(struct.pack("<Q", v % 2**64) for v in values)


# ---- cases ----
for name in ["tx/ptoken_transfer", "tx/memo4_out_of_cu", "vm/v3_realloc_grow100", "vm_vasa/v0_acc_write_readonly", "tx/system_transfer"]:
    case = json.loads((fixtures / f"{name}.json").read_text())
    for key in ["message_b64", "tx_b64", "traces", "oracle", "inner_instructions", "note", "group"]:
        case.pop(key, None)
    text = json.dumps(case).encode()
    save("case-" + name.replace("/", "-"), 3, text)
    if name == "tx/ptoken_transfer":
        save("case-cut", 3, text[:len(text) // 2])
        save("case-duplicate", 3, text[:1] + b'"name": "x", ' + text[1:])
        save("case-big-lamports", 3, text.replace(b'"lamports": "', b'"lamports": 99999999999999999999, "x": "'))
        save("case-bad-address", 3, text.replace(b"Tokenkeg", b"Token0eg"))
        save("case-bad-data", 3, text.replace(b'_b64": "', b'_b64": "='))
        save("case-other-accounts", 3, text.replace(b'"account_keys": [', b'"account_keys": [{"pubkey": "11111111111111111111111111111111"},'))
save("case-deep", 3, b'{"name":' * 100)

# ---- accounts ----
account = {"pubkey": "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
           "account": {"lamports": 5, "data": ["AQID", "base64"], "owner": "11111111111111111111111111111111",
                       "executable": False, "rentEpoch": 18446744073709551615, "space": 3}}
text = json.dumps(account).encode()
save("account", 2, text)
save("account-encoding", 2, text.replace(b'"base64"', b'"base58"'))
save("account-space", 2, text.replace(b'"space": 3', b'"space": 4'))
save("account-number", 2, text.replace(b"18446744073709551615", b"-18446744073709551615e3"))
save("account-escape", 2, text.replace(b"AQID", b"\\u0041QI\\"))

# ---- input.bin ----
entry = KEY + KEY + u64(7, 3) + b"abc" + b"\0" + u64(-1) + b"\1\0"
params = struct.pack("<I", 1) + KEY + struct.pack("<I", 3) + u64(1, 200000, 32768, -3)
sysvars = b"\1" + u64(2) + b"cl" + bytes(6)
sibling = KEY + u64(1) + KEY + b"\1\0" + u64(2) + b"ab"
whole = u64(0, 2) + entry + entry + u64(3) + b"xyz" + params + sysvars + u64(9, 1) + KEY + u64(4) + u64(1) + sibling
save("input", 0, whole)
save("input-cut", 0, whole[:100])
save("input-more", 0, whole + b"\0")
save("input-many", 0, u64(0, 2**63) + entry)
save("input-long", 0, u64(2**64 - 1))

# ---- statements ----
MAGIC = int.from_bytes(b"GNST0001", "little")


def statement(records, error=0, fault=0, detail=(0, 0, 0, 0), after=b"\0" * 8, modified=0, returned=b""):
    def padded(b):
        return b + bytes(-len(b) % 8)
    body = u64(0, 0)  # metas
    body += u64(3) + KEY + KEY + u64(5, 0, 2) + padded(b"ab") + padded(b"data")
    for kind, payload in records:
        body += u64(kind | len(payload) << 32) + padded(payload)
    if returned:
        body += KEY + padded(returned)
    body += after
    head = [MAGIC, int(error == 0), 0, 10, 9, modified, error, 0, fault, *detail, 10, 0, 3, 200000, 32768, 0, 2, 1, 4,
            len(records), len(returned), 29 + len(body) // 8]
    return u64(*head) + KEY + body


logs = [(1, "hé".encode()), (2, bytes(40)), (3, KEY), (4, u64(9)), (5, u64(3) + b"abc" + bytes(5) + u64(0)), (8, u64(0, 3) + b"clo" + bytes(5)),
        (8, u64(1, 2**64 - 1)), (9, u64(0, 1, 2, 1) + b"ab" + bytes(6)), (9, u64(0, 1, 2, 0)), (10, KEY + u64(3)), (11, u64(3)), (12, u64(0, 0)),
        (12, u64(0, 1) + KEY + u64(1, 2) + KEY + u64(1) + b"ab" + bytes(6))]
save("statement", 1, statement(logs, returned=b"ret"))
save("statement-changed", 1, statement([], modified=1, after=u64(1) + KEY + u64(6, 3) + b"new" + bytes(5)))
save("statement-panic", 1, statement([(6, b"file.rs")], error=41, fault=33, detail=(1, 2, 0, 0)))
save("statement-text", 1, statement([(7, b"a\xff\xe2\x82")], error=41, fault=34))
save("statement-access", 1, statement([], error=41, fault=3, detail=(1, 8, 2**34, 99)))
save("statement-cut", 1, statement(logs)[:-8])
save("statement-slices", 1, statement([(5, u64(2**64 - 1))]))

# ---- texts ----
save("base58", 4, b"TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA")
save("base58-long", 4, b"z" * 200)
save("base64", 5, base64.b64encode(b"hello"))
save("base64-loose", 5, b"aGVsbG9=")
