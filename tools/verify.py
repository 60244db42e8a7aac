#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""verify.py - a second verifier, written from docs/protocol.md alone, for reading and for comparison with the C one.

    verify.py MACHINE.json KEY_ID_HEX STATEMENT.json PROOF [PARAMS]      prints ACCEPT (status 0) or the verdict's name (status 1)

PARAMS is gen/whir_params.inc.  STATEMENT.json is {"values": [..], "bytes": ["hex", ..]}.  MACHINE.json, printed by tools/air_json.c:

    {"name": str, "air_digest": hex, "max_entries": J, "public_values": n,
     "buses": [{"name": str, "id": n, "entries": n}],
     "public_messages": [{"bus": n, "negative": bool, "entries": [ENTRY, ..]}],
     "public_tables": [{"name": str, "bus": n, "negative": bool, "row_bytes": n, "entries": [ENTRY, ..]}],
     "bounds": [{"name": str, "constant": n, "coefficients": [n per table]}],
     "tables": [{"name": str, "mandatory": bool, "fixed_height": bool, "preprocessed": bool, "max_height": n,
                 "committed": n, "next": [column, ..], "pre": n, "consts": [n, ..],
                 "fixed": [{"monomials": [[coefficient, bits], ..]} or {"values": [n, ..]}, ..],
                 "code": [[op, dst, a, b], ..],
                 "constraints": [{"group": "all" | "transition" | "first" | "last", "degree": n, "text": str}],
                 "interactions": [{"bus": n, "entries": n, "first_output": n, "degree": n, "text": str}]}]}

    ENTRY: [kind, value, step], kind "const" (value), "public" (public value number value), "index" (value + step * row) or
    "limb" (little-endian integer of step bytes at byte value of the row).
    code: op "add", "sub", "mul" writes temporary dst; "out" makes a the output dst (b is null).  Operands are a letter and a
    number: c committed column, n next (index into "next"), p preprocessed, f fixed, v public value, k constant, t temporary.
    Constraint i is output i; an interaction's outputs from first_output on are its numerator and its entries.
"""
import json
import os
import re
import struct
import sys

sys.dont_write_bytecode = True
from verify_math import (EIGHTH, F, HALF, ONE, P, ZERO, blake3, eq1, eq_bits, eq_point, eq_table, fprod, fsum, horner,  # noqa: E402
                         log2_ceil, omega, powers, reverse)


def read_params(text):
    """The parameter table's text -> ({preset: digest}, {(preset, table, m): row})"""
    rows, packed = {}, {}
    for line in text.splitlines():
        if not line.startswith("ROW("):
            continue
        preset, table, rest = re.match(r"ROW\((\d+), (\w+), (.*)\)$", line).groups()
        preset = {"128": 1}[preset]
        m, rounds, final, k, mu, t, g = eval(f"({rest})", {"__builtins__": {}})  # the file is part of the source
        rows[preset, table, m] = {"m": m, "rounds": rounds, "final": final, "k": k, "mu": mu, "t": t, "g": g}
        words = [("MAIN", "PREPROCESSED").index(table), m, rounds, final]
        for i in range(rounds + 1):
            words += [k[i], mu[i], t[i], g[i]]
        packed[preset] = packed.get(preset, b"") + struct.pack(f"<{len(words)}I", *words)
    return {preset: blake3(data) for preset, data in packed.items()}, rows


class Reject(Exception):
    """Carries the name of the verdict."""


def check(condition, verdict):
    if not condition:
        raise Reject("REJECT_" + verdict)


# ---- 1, 2: transcript, proof bytes, Merkle openings ----

PURPOSES = ("leaf", "node", "transcript", "grind", "key", "air")
K = {name: blake3(b"gnomon/1/" + name.encode()) for name in PURPOSES}
LABELS = """PRESET KEY PUBLIC_VALUES PUBLIC_BYTES HEIGHTS PAGES ROOT OOD_POINT OOD_VALUE BUS_CHALLENGES GKR_ROOT GKR_LAMBDA GKR_ROUND
GKR_CHALLENGE GKR_CLAIMS GKR_MU ZC_POINT ZC_SUMS ZC_LAMBDA ZC_SKIP ZC_CLAIMS RED_GAMMA RED_ROUND RED_CHALLENGE RED_VALUES RED_THETA
WHIR_ROUND WHIR_CHALLENGE WHIR_QUERIES WHIR_BETA WHIR_FINAL ZC_SKIP_CHALLENGE ZC_ROUND ZC_CHALLENGE GRIND NONCE""".split()
LABEL = {name: i + 1 for i, name in enumerate(LABELS)}


class Channel:
    """The transcript and the proof; what is read is absorbed, except openings."""

    def __init__(self, proof):
        self.state, self.pending, self.proof, self.at = bytes(32), [], proof, 0

    def absorb(self, label, data):
        self.pending.append(struct.pack("<HI", LABEL[label], len(data)) + data)

    def squeeze(self, label, n):
        self.pending.append(struct.pack("<HI", LABEL[label], n))
        x = blake3(self.state + b"".join(self.pending), 32 + n, K["transcript"])
        self.state, self.pending = x[:32], []
        return x[32:]

    def challenges(self, label, n):
        data = self.squeeze(label, 48 * n)
        return [F(*(c % P for c in struct.unpack_from("<6Q", data, 48 * i))) for i in range(n)]

    def challenge(self, label):
        return self.challenges(label, 1)[0]

    def indices(self, label, t, d):
        return [i % 2**d for i in struct.unpack(f"<{t}I", self.squeeze(label, 4 * t))]

    def take(self, n):
        check(self.at + n <= len(self.proof), "TRUNCATED")
        self.at += n
        return self.proof[self.at - n:self.at]

    def words(self, n):
        return struct.unpack(f"<{n}I", self.take(4 * n))

    def recv(self, label, n):
        """the elements of one send"""
        words = self.words(6 * n)
        check(max(words, default=0) < P, "NONCANONICAL")
        self.absorb(label, self.proof[self.at - 24 * n:self.at])
        return [F(*words[6 * i:6 * i + 6]) for i in range(n)]

    def recv_digest(self, label):
        data = self.take(32)
        self.absorb(label, data)
        return data

    def grind(self, bits):
        if bits:
            seed, nonce = self.squeeze("GRIND", 32), self.take(8)
            check(int.from_bytes(blake3(seed + nonce, 8, K["grind"]), "little") % 2**bits == 0, "GRIND")
            self.absorb("NONCE", nonce)

    def round(self, label, degree, claim, a=None):
        """A round polynomial: all coefficients.  Plain form, or eq form with a."""
        c = self.recv(label, degree)
        total = fsum(c)
        return [(claim - total) * HALF if a is None else claim - a * total] + c

    def opening(self, root, d, width, indices):
        """{index: row} of a tree of 2^d leaves of `width` words"""
        known, rows = {}, {}
        for j in sorted(set(indices)):
            rows[j] = self.words(width)
            check(all(w < P for w in rows[j]), "NONCANONICAL")
            known[j] = blake3(struct.pack(f"<{width}I", *rows[j]), 32, K["leaf"])
        for _ in range(d):
            for j in sorted(known):
                if j ^ 1 not in known:
                    known[j ^ 1] = self.take(32)
            known = {j >> 1: blake3(known[j] + known[j ^ 1], 32, K["node"]) for j in known if j % 2 == 0}
        check(known[0] == root, "MERKLE")
        return rows


# ---- 3: key, statement, shape ----

class Table:
    """A table of the machine together with its height in this proof."""

    def __init__(self, number, spec):
        self.number, self.spec, self.name = number, spec, spec["name"]
        self.interactions, self.constraints = spec["interactions"], spec["constraints"]
        self.claims = spec["committed"] + len(spec["next"]) + spec["pre"]
        self.n, self.v, self.pages = 0, 0, []

    def allowed(self):
        s = self.spec
        return (self.n <= min(s["max_height"], 2**24) and (self.n > 0 or not s["mandatory"])
                and (not s["fixed_height"] or self.n in (0, s["max_height"])) and (not s["preprocessed"] or self.n % 256 == 0))


def read_key(record, machine, tables, preset):
    """The fields of a key record (section 12) that fits the machine, or None."""
    version, key_preset, air, root, rate, count, *pages = struct.unpack("<II32s32sII8I", record[:112])
    expected = sum(t.spec["preprocessed"] for t in tables)
    good = version == 1 and key_preset == preset and air.hex() == machine["air_digest"] and count == expected
    good = good and not any(pages[count:]) and (rate == 4 if any(pages) else rate == 0 and root == bytes(32))
    return {"root": root, "pages": pages[:count]} if good else None


def statement_fits(machine, values, strings):
    return (len(values) == machine["public_values"] and all(0 <= x < P for x in values)
            and len(strings) == len(machine["public_tables"])
            and all(len(b) <= 2**20 and len(b) % t["row_bytes"] == 0 for t, b in zip(machine["public_tables"], strings)))


def read_shape(channel, tables, key):
    """Heights and pages (section 12), checked as in 3.4, 1 and 2."""
    for t, n in zip(tables, channel.words(len(tables))):
        t.n, t.v = n, max(3, log2_ceil(n)) if n else 0
    for t in tables:
        check(t.allowed(), "HEIGHT")
    for t, count in zip((t for t in tables if t.spec["preprocessed"]), key["pages"]):
        t.pages = channel.words(t.n // 256)
        check(all(a < b for a, b in zip(t.pages, t.pages[1:])) and all(page < count for page in t.pages), "PAGES")


def check_bounds(machine, tables):
    public = len(machine["public_messages"]) + sum(2**20 // t["row_bytes"] for t in machine["public_tables"])
    check(sum(t.n * len(t.interactions) for t in tables) + public < P, "BOUND")
    for b in machine["bounds"]:
        check(sum(c * t.n for c, t in zip(b["coefficients"], tables)) + b["constant"] < P, "BOUND")


# ---- 4: the stack ----

class Stack:
    """columns: (table, height, number of columns); pieces: (table, column, s, a, w, o), laid out as in section 4."""

    def __init__(self, columns, min_log2, params, kind, preset):
        def rounded(n):
            s = max(min_log2, n.bit_length() - 4)
            return -(-n >> s) << s

        heights = [(t, rounded(n) if n else 0, count) for t, n, count in columns]
        self.cells = sum(height * count for _, height, count in heights)
        m = max({"MAIN": 10, "PREPROCESSED": 12}[kind], log2_ceil(self.cells))
        check(self.cells >= 1 and (preset, kind, m) in params, "CELLS" if kind == "MAIN" else "KEY")
        self.row = params[preset, kind, m]
        self.h = h = m - self.row["k"][0]
        self.columns = -(-self.cells // 2**h)
        self.pieces, at = [], 0
        for a in range(h, -1, -1):
            for t, height, count in heights:
                for column in range(count):
                    if a == h:
                        starts = [j << h for j in range(height >> h)]
                    else:
                        starts = [height >> (a + 1) << (a + 1)] if height >> a & 1 else []
                    for s in starts:
                        self.pieces.append((t, column, s, a, at >> h, at % 2**h))
                        at += 1 << a
        assert at == self.cells


# ---- 6: bus ----

def entry_value(entry, values, row, data):
    kind, value, step = entry
    if kind in ("const", "public"):
        return value if kind == "const" else values[value]
    if kind == "index":
        return (value + step * row) % P
    return int.from_bytes(data[value:value + step], "little")


def public_messages(machine, values, strings):
    """(sign, bus, entries) of every message that the verifier adds itself."""
    for m in machine["public_messages"]:
        yield (-1 if m["negative"] else 1), m["bus"], [entry_value(e, values, 0, b"") for e in m["entries"]]
    for t, data in zip(machine["public_tables"], strings):
        for row in range(len(data) // t["row_bytes"]):
            cut = data[row * t["row_bytes"]:(row + 1) * t["row_bytes"]]
            yield (-1 if t["negative"] else 1), t["bus"], [entry_value(e, values, row, cut) for e in t["entries"]]


def blocks(tables):
    """6.1: [(table, interaction number, offset)] and the number of slots"""
    out, at = [], 0
    for v in sorted({t.v for t in tables if t.n}, reverse=True):
        for t in tables:
            if t.n and t.v == v:
                for i in range(len(t.interactions)):
                    out.append((t, i, at))
                    at += 1 << v
    return out, at


def verify_bus(ch, layers, public):
    """6.4: claims P, Q on the leaves and their point."""
    vp, vq = public
    p0, p1, q0, q1 = ch.recv("GKR_ROOT", 4)
    check(q0 * q1 != ZERO, "GKR_ZERO")
    check((p0 * q1 + p1 * q0) * vq + q0 * q1 * vp == ZERO, "BUS_SUM")
    mu = ch.challenge("GKR_MU")
    xi, big_p, big_q = [mu], p0 + mu * (p1 - p0), q0 + mu * (q1 - q0)
    for k in range(1, layers):
        lam = ch.challenge("GKR_LAMBDA")
        claim, rho = big_p + lam * big_q, []
        for i in range(k):
            h = ch.round("GKR_ROUND", 2, claim, xi[i])
            rho.append(ch.challenge("GKR_CHALLENGE"))
            claim = horner(h, rho[i])
        p0, p1, q0, q1 = ch.recv("GKR_CLAIMS", 4)
        check(p0 * q1 + p1 * q0 + lam * q0 * q1 == claim, "GKR")
        mu = ch.challenge("GKR_MU")
        xi, big_p, big_q = [mu] + rho, p0 + mu * (p1 - p0), q0 + mu * (q1 - q0)
    return xi, big_p, big_q


# ---- 7: zerocheck ----

def lagrange(u):
    """L_b(u), b < 8"""
    w, u_powers = omega(3), powers(u, 8)
    return [fsum(u_powers[k] * pow(w, -b * k, P) for k in range(8)) * EIGHTH for b in range(8)]


def fixed_value(fixed, low, r, v):
    """7.1"""
    if "values" in fixed:
        high = eq_table(r[3:v])
        return fsum(low[x % 8] * high[x >> 3] * value for x, value in enumerate(fixed["values"]))
    return fsum(fsum(low[b] for b in range(8) if b & bits & 7 == bits & 7) * fprod(r[i] for i in range(3, v) if bits >> i & 1) * c
                for c, bits in fixed["monomials"] if bits >> v == 0)  # a bit above the table's rows is 0


def truncated_eq(k, xi, low, r, v):
    """7.2: T_k(xi, r)"""
    def e_low(c):
        return fsum(eq_bits(b, xi[:3]) * low[b] for b in range(c))

    def e_range(j):
        return fprod(eq1(xi[i], r[i]) for i in range(3, j))

    if k == 1 << v:
        return e_range(v) * e_low(8)
    prefix, total = ONE, ZERO
    for j in range(v - 1, 2, -1):
        if k >> j & 1:
            total += prefix * (1 - xi[j]) * (1 - r[j]) * e_range(j) * e_low(8)
            prefix = prefix * xi[j] * r[j]
        else:
            prefix = prefix * (1 - xi[j]) * (1 - r[j])
    return total + prefix * e_low(k % 8)


def run_program(t, claims, fixed, values):
    """Outputs of a table's program at the point where the columns have the claimed values."""
    s, temps, outputs = t.spec, {}, {}
    committed, nexts = claims[:s["committed"]], claims[s["committed"]:s["committed"] + len(s["next"])]
    space = {"c": committed, "n": nexts, "p": claims[len(committed) + len(nexts):], "f": fixed, "v": values, "k": s["consts"], "t": temps}
    for op, dst, a, b in s["code"]:
        x = space[a[0]][int(a[1:])]
        if op == "out":
            outputs[dst] = x + ZERO
            continue
        y = space[b[0]][int(b[1:])]
        temps[dst] = x + y if op == "add" else x - y if op == "sub" else x * y
    return outputs


def verify_zerocheck(ch, machine, tables, values, alpha, beta, xi, big_p, big_q, block_list):
    """Section 7: returns (low, r, claims per table)."""
    present = [t for t in tables if t.n]
    vmax, layers = max(t.v for t in present), len(xi)
    point = xi + (ch.challenges("ZC_POINT", vmax - layers) if vmax > layers else [])
    with_bus, sums = [t for t in present if t.interactions], {}
    if with_bus:
        sent = ch.recv("ZC_SUMS", 2 * len(with_bus))
        sums = {t.number: sent[2 * i:2 * i + 2] for i, t in enumerate(with_bus)}
        check(fsum(sent[::2]) == big_p and fsum(sent[1::2]) + 1 == big_q, "TABLE_SUMS")
    # 3: powers of lambda, table by table: constraints, then P, Q
    lam = powers(ch.challenge("ZC_LAMBDA"), sum(len(t.constraints) + 2 for t in present))
    first, at, claim = {}, 0, ZERO
    for t in present:
        first[t.number] = at
        at += len(t.constraints)
        if t.interactions:
            claim += lam[at] * sums[t.number][0] + lam[at + 1] * sums[t.number][1]
            at += 2
    # 4: skip round
    d1 = max([1] + [x["degree"] for t in present for x in t.constraints + t.interactions]) + 1
    c = [ZERO] + ch.recv("ZC_SKIP", 7 * d1)
    c[0] = claim * EIGHTH - fsum(c[8::8])
    u = ch.challenge("ZC_SKIP_CHALLENGE")
    claim, r, low = horner(c, u), [None] * 3, lagrange(u)
    # 5: rounds
    for _ in range(3, vmax):
        s = ch.round("ZC_ROUND", d1, claim)
        r.append(ch.challenge("ZC_CHALLENGE"))
        claim = horner(s, r[-1])
    # 6, 7
    sent, claims = ch.recv("ZC_CLAIMS", sum(t.claims for t in present)), {}
    beta_powers, total = powers(beta, machine["max_entries"] + 1), ZERO
    for t in present:
        claims[t.number], sent = sent[:t.claims], sent[t.claims:]
        fixed = [fixed_value(f, low, r, t.v) for f in t.spec["fixed"]]
        outputs = run_program(t, claims[t.number], fixed, values)
        w_n, w_before, w_1 = (truncated_eq(k, point, low, r, t.v) for k in (t.n, t.n - 1, 1))
        weight = {"all": w_n, "transition": w_before, "first": w_1, "last": w_n - w_before}
        at, value = first[t.number], ZERO
        for i, constraint in enumerate(t.constraints):
            value += lam[at + i] * weight[constraint["group"]] * outputs[i]
        at += len(t.constraints)
        for table, number, offset in block_list:
            if table is t:
                x = t.interactions[number]
                out = [outputs[x["first_output"] + j] for j in range(x["entries"] + 1)]
                phi = beta_powers[-1] * x["bus"] + fsum(b * e for b, e in zip(beta_powers, out[1:]))
                e_b = eq_bits(offset >> t.v, xi[t.v:])
                value += w_n * e_b * (lam[at] * out[0] + lam[at + 1] * (alpha - phi - 1))
        total += value * fprod(r[t.v:vmax])
    check(total == claim, "ZEROCHECK")
    return low, r, claims


# ---- 9, 10: claims to one point, WHIR ----

def row_weight(low, r, v, x):
    """lambda_T(x) of section 8"""
    return low[x % 8] * fprod(r[i] if x >> i & 1 else 1 - r[i] for i in range(3, v))


class PieceWeights:
    """The factors of 9.3 that depend on a alone."""

    def __init__(self, low, r, rho):
        self.low, self.r, self.rho, self.cache = low, r, rho, {}
        self.eq_low = [eq_bits(b, rho[:3]) for b in range(8)]

    def __call__(self, a):
        """(K_a, S_a, Z_a)"""
        if a not in self.cache:
            r, y, low, eq_low = self.r[3:a], self.rho[3:a], self.low, self.eq_low
            both = eq_point(r, y)
            succ = fsum(fprod(r[i] * (1 - y[i]) for i in range(j)) * (1 - r[j]) * y[j] * eq_point(r[j + 1:], y[j + 1:])
                        for j in range(len(r)))
            self.cache[a] = (fsum(x * e for x, e in zip(low, eq_low)) * both,
                             fsum(low[b] * eq_low[b + 1] for b in range(7)) * both + low[7] * eq_low[0] * succ,
                             fprod(1 - x for x in self.rho[:a]))
        return self.cache[a]


def main_weights(stack, low, r, rho, gamma_of):
    """Wt_w(rho) for every stack column, without the out-of-domain part.  gamma_of[table number]: powers of its claims."""
    total, by_size = [ZERO] * stack.columns, PieceWeights(low, r, rho)
    for t, column, s, a, w, o in stack.pieces:
        big_k, big_s, zero = by_size(a)
        gammas, prefix = gamma_of[t.number], fprod(r[i] if s >> i & 1 else 1 - r[i] for i in range(a, t.v))
        value = gammas[column] * prefix * big_k
        if column in t.spec["next"]:
            carry = row_weight(low, r, t.v, s - 1) * zero if s else ZERO
            value += gammas[t.spec["committed"] + t.spec["next"].index(column)] * (prefix * big_s + carry)
        total[w] += eq_bits(o >> a, rho[a:]) * value
    return total


def pre_weights(stack, low, r, rho, gamma_of):
    """The same for the preprocessed stack (section 11)."""
    total, big_k = [ZERO] * stack.columns, PieceWeights(low, r, rho)(8)[0]
    for t, column, s, a, w, o in stack.pieces:
        for j, page in enumerate(t.pages):
            if s <= 256 * page < s + 2**a:
                rows = fprod(r[i] if 256 * j >> i & 1 else 1 - r[i] for i in range(8, t.v))
                total[w] += eq_bits((o + 256 * page - s) >> 8, rho[8:]) * gamma_of[t.number][column] * rows * big_k
    return total


def verify_stack(ch, stack, root, sent_claims, ood, weights, prefix):
    """Sections 9 and 10.  sent_claims: [(table, values)] in order; ood: (z, y) or None; prefix: "" or "PRE_"."""
    count = sum(len(values) for _, values in sent_claims)
    gamma, at, gamma_of, claim = powers(ch.challenge("RED_GAMMA"), count + 1), 0, {}, ZERO
    for t, values in sent_claims:
        gamma_of[t.number] = gamma[at:at + len(values)]
        claim += fsum(g * value for g, value in zip(gamma[at:], values))
        at += len(values)
    if ood:
        claim += gamma[count] * ood[1]
    rho = []
    for _ in range(stack.h):
        s = ch.round("RED_ROUND", 2, claim)
        rho.append(ch.challenge("RED_CHALLENGE"))
        claim = horner(s, rho[-1])
    values = ch.recv("RED_VALUES", stack.columns)
    total = weights(stack, rho, gamma_of)
    if ood:
        low, high = eq_point(ood[0][:stack.h], rho), eq_table(ood[0][stack.h:])
        total = [x + gamma[count] * e * low for x, e in zip(total, high)]
    check(fsum(x * y for x, y in zip(total, values)) == claim, prefix + "REDUCTION")
    theta = ch.challenges("RED_THETA", log2_ceil(stack.columns)) if stack.columns > 1 else []
    fold = eq_table(theta)[:stack.columns]
    verify_whir(ch, stack, root, fold, rho, fsum(e * value for e, value in zip(fold, values)), prefix)


def power_weight(x, point):
    """The extension of pow(x, .): prod (1 + Z_l (x^(2^l) - 1))"""
    value = ONE
    for z in point:
        value, x = value * (1 + z * (x - 1)), x * x % P
    return value


def query(ch, oracle, t):
    """Rows of an oracle at t random indices: [(x_j, folded value)]"""
    root, d, limbs, fold = oracle
    picked = ch.indices("WHIR_QUERIES", t, d)
    rows = ch.opening(root, d, limbs * len(fold), picked)
    folded = {}
    for j, row in rows.items():
        cells = row if limbs == 1 else [F(*row[6 * b:6 * b + 6]) for b in range(len(fold))]
        folded[j] = (pow(omega(d), reverse(d, j), P), fsum(e * cell for e, cell in zip(fold, cells)))
    return [folded[j] for j in picked]


def verify_whir(ch, stack, root, fold, rho, sigma, prefix):
    """Section 10.  Oracles are (root, d, words per cell, folding weights of a row)."""
    p, left, z, terms = stack.row, stack.h, [], []
    oracle = (root, stack.h + p["mu"][0], 1, fold)

    def bind(sigma):
        s = ch.round("WHIR_ROUND", 2, sigma)
        z.append(ch.challenge("WHIR_CHALLENGE"))
        return horner(s, z[-1])

    for i in range(1, p["rounds"] + 1):
        k, d = p["k"][i], left - p["k"][i] + p["mu"][i]
        root = ch.recv_digest("ROOT")
        point = ch.challenges("OOD_POINT", left)
        y = ch.recv("OOD_VALUE", 1)[0]
        ch.grind(p["g"][i - 1])
        answers = query(ch, oracle, p["t"][i - 1])
        beta = powers(ch.challenge("WHIR_BETA"), len(answers) + 2)
        terms.append((left, point, beta, [x for x, _ in answers]))
        sigma += beta[1] * y + fsum(b * value for b, (_, value) in zip(beta[2:], answers))
        for _ in range(k):
            sigma = bind(sigma)
        oracle, left = (root, d, 6, eq_table(z[:-k - 1:-1])), left - k
    final = ch.recv("WHIR_FINAL", 2**left)
    ch.grind(p["g"][-1])
    for x, value in query(ch, oracle, p["t"][-1]):
        check(horner(final, x) == value, prefix + "WHIR_QUERY")
    for _ in range(left):
        sigma = bind(sigma)
    z.reverse()
    weight = eq_point(rho, z)
    for m_i, point, beta, xs in terms:
        weight += beta[1] * eq_point(point, z[:m_i]) + fsum(b * power_weight(x, z[:m_i]) for b, x in zip(beta[2:], xs))
    value = fsum(e * c for e, c in zip(eq_table(z[:left]), final))
    check(weight * value == sigma, prefix + "WHIR_FINAL")


# ---- the whole ----

def verify(machine, key_id, values, strings, proof, params_text):
    digests, params = read_params(params_text)
    tables, ch = [Table(i, spec) for i, spec in enumerate(machine["tables"])], Channel(proof)
    check(ch.take(8) == b"gnomonp\x01", "HEADER")
    version, preset = ch.words(2)
    check(version == 1 and preset in digests, "HEADER")
    record = ch.take(256)
    key = read_key(record, machine, tables, preset) if blake3(record, 32, K["key"]) == key_id else None
    check(key, "KEY")
    check(statement_fits(machine, values, strings), "STATEMENT")
    read_shape(ch, tables, key)
    check_bounds(machine, tables)
    stack = Stack([(t, t.n, t.spec["committed"]) for t in tables], 3, params, "MAIN", preset)
    joined, with_pages = [t for t in tables if t.pages], zip((t for t in tables if t.spec["preprocessed"]), key["pages"])
    pre = Stack([(t, 256 * count, t.spec["pre"]) for t, count in with_pages], 8, params, "PREPROCESSED", preset) if joined else None
    # 3.5
    ch.absorb("PRESET", struct.pack("<II", 1, preset) + digests[preset])
    ch.absorb("KEY", record)
    ch.absorb("PUBLIC_VALUES", struct.pack(f"<{len(values)}I", *values))
    for data in strings:
        ch.absorb("PUBLIC_BYTES", data)
    ch.absorb("HEIGHTS", struct.pack(f"<{len(tables)}I", *(t.n for t in tables)))
    for t in tables:
        if t.spec["preprocessed"]:
            ch.absorb("PAGES", struct.pack(f"<{len(t.pages)}I", *t.pages))
    # 5
    root = ch.recv_digest("ROOT")
    z = ch.challenges("OOD_POINT", stack.h + log2_ceil(stack.columns))
    ood = (z, ch.recv("OOD_VALUE", 1)[0])
    alpha, beta = ch.challenges("BUS_CHALLENGES", 2)
    # 6
    vp, vq, beta_powers = ZERO, ONE, powers(beta, machine["max_entries"] + 1)
    for sign, bus, entries in public_messages(machine, values, strings):
        q = alpha - beta_powers[-1] * bus - fsum(b * e for b, e in zip(beta_powers, entries))
        vp, vq = vp * q + vq * sign, vq * q
    check(vq != ZERO, "PUBLIC_ZERO")
    block_list, slots = blocks(tables)
    if slots:
        xi, big_p, big_q = verify_bus(ch, log2_ceil(slots), (vp, vq))
    else:
        check(vp == ZERO, "BUS_SUM")
        xi, big_p, big_q = [], ZERO, ONE
    # 7 to 11
    low, r, claims = verify_zerocheck(ch, machine, tables, values, alpha, beta, xi, big_p, big_q, block_list)
    cut = {t.number: t.spec["committed"] + len(t.spec["next"]) for t in tables}
    verify_stack(ch, stack, root, [(t, claims[t.number][:cut[t.number]]) for t in tables if t.n], ood,
                 lambda stack, rho, gamma_of: main_weights(stack, low, r, rho, gamma_of), "")
    if joined:
        verify_stack(ch, pre, key["root"], [(t, claims[t.number][cut[t.number]:]) for t in joined], None,
                     lambda stack, rho, gamma_of: pre_weights(stack, low, r, rho, gamma_of), "PRE_")
    check(ch.at == len(proof), "TRAILING")


def main(argv):
    def read(path):
        with open(path, "rb") as f:
            return f.read()

    if len(argv) not in (5, 6):
        sys.exit(__doc__)
    machine, statement = json.loads(read(argv[1])), json.loads(read(argv[3]))
    params = read(argv[5] if len(argv) == 6 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "../gen/whir_params.inc"))
    try:
        verify(machine, bytes.fromhex(argv[2]), statement["values"], [bytes.fromhex(b) for b in statement["bytes"]], read(argv[4]),
               params.decode())
    except Reject as reason:
        print(reason)
        return 1
    print("ACCEPT")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
