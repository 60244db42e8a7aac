#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""verify.py - a second verifier, written from docs/protocol.md alone, for reading and for comparison with the C one.

    verify.py MACHINE.json KEY_ID_HEX STATEMENT.json PROOF [PARAMS]   prints ACCEPT (status 0) or the verdict (status 1)

MACHINE.json and STATEMENT.json are what air_json.c prints; air_json.h says what is in them.  PARAMS is, if not given,
gen/whir_params.inc.  MACHINE.json is trusted, its AIR digest included: that is compared with the key's, not recomputed.

Sections and symbols are those of the protocol: each function is a section or a numbered part of one, in its order.
"""
import ast
import json
import re
import struct
import sys
from collections import namedtuple
from itertools import chain
from pathlib import Path

sys.dont_write_bytecode = True
from verify_math import (F, HALF, ONE, P, ZERO, blake3, dot, eq, eq_table, fprod, fsum, horner,  # noqa: E402
                         log2_ceil, omega, pack, powers, reverse)

Row = namedtuple("Row", "m rounds final k mu t g")     # of the parameter table

PRESETS = "FAST_128", "COMPACT_128", "FAST_100", "COMPACT_100"

def read_params(text):
    """gen/whir_params.inc -> ({preset: digest of its rows}, {(preset, table, m): Row})"""
    rows, packed = {}, {}
    for name, table, numbers in re.findall(r"^ROW\((\w+), (\w+), (.*)\)$", text, re.MULTILINE):
        row, preset = Row(*ast.literal_eval(numbers.replace(")", ",)"))), PRESETS.index(name) + 1
        rows[preset, table, row.m] = row
        head = [("MAIN", "PREPROCESSED", "JOINT").index(table), row.m, row.rounds, row.final]
        packed[preset] = packed.get(preset, b"") + pack(head + list(chain(*zip(row.k, row.mu, row.t, row.g))))
    return {preset: blake3(data) for preset, data in packed.items()}, rows

class Reject(Exception): "Carries the name of the verdict."  # noqa: E701

def check(condition, verdict):
    if not condition:
        raise Reject("REJECT_" + verdict)

def elements(words):
    return [F(words[i:i + 6]) for i in range(0, len(words), 6)]

def split(items, counts):
    """items cut into consecutive lists of the given lengths"""
    rest = iter(items)
    return [[next(rest) for _ in range(n)] for n in counts]

# ---- 1 hashing and transcript; 2 Merkle trees ----

K = {name: blake3(b"gnomon/1/" + name.encode()) for name in ("leaf", "node", "transcript", "grind", "key")}
LABEL = {name: i for i, name in enumerate("""
PRESET KEY PUBLIC_VALUES PUBLIC_BYTES HEIGHTS PAGES ROOT OOD_POINT OOD_VALUE BUS_CHALLENGES
GKR_ROOT GKR_LAMBDA GKR_ROUND GKR_CHALLENGE GKR_CLAIMS GKR_MU ZC_POINT ZC_SUMS ZC_LAMBDA ZC_SKIP ZC_CLAIMS
RED_GAMMA RED_ROUND RED_CHALLENGE RED_VALUES RED_THETA WHIR_ROUND WHIR_CHALLENGE WHIR_QUERIES WHIR_BETA WHIR_FINAL
ZC_SKIP_CHALLENGE ZC_ROUND ZC_CHALLENGE GRIND NONCE WHIR_JOIN""".split(), 1)}

class Channel:
    """The proof and the transcript"""

    def __init__(self, proof):
        self.state, self.pending, self.proof, self.at = bytes(32), b"", proof, 0

    def absorb(self, label, data):
        self.pending += struct.pack("<HI", LABEL[label], len(data)) + data

    def squeeze(self, label, n):
        x = blake3(self.state + self.pending + struct.pack("<HI", LABEL[label], n), 32 + n, K["transcript"])
        self.state, self.pending = x[:32], b""
        return x[32:]

    def challenges(self, label, n):
        return [F(c % P for c in six) for six in struct.iter_unpack("<6Q", self.squeeze(label, 48 * n))]

    def challenge(self, label):
        return self.challenges(label, 1)[0]

    def take(self, n):
        check(self.at + n <= len(self.proof), "TRUNCATED")
        self.at += n
        return self.proof[self.at - n:self.at]

    def words(self, n, limit=P):
        words = struct.unpack(f"<{n}I", self.take(4 * n))
        check(all(w < limit for w in words), "NONCANONICAL")
        return words

    def recv(self, label, n):
        """The n elements of a send"""
        words = self.words(6 * n)
        self.absorb(label, pack(words))
        return elements(words)

    def grind(self, bits):
        if bits:
            seed, nonce = self.squeeze("GRIND", 32), self.take(8)
            check(int.from_bytes(blake3(seed + nonce, 8, K["grind"]), "little") % 2**bits == 0, "GRIND")
            self.absorb("NONCE", nonce)

    def sumcheck(self, name, degree, claim, rounds, xi=None):
        """Round polynomials in plain form, or in eq form at the point xi: (the challenges, the last claim)"""
        point = []
        for i in range(rounds):
            c = self.recv(name + "_ROUND", degree)
            c_0 = claim - xi[i] * fsum(c) if xi else (claim - fsum(c)) * HALF
            point.append(self.challenge(name + "_CHALLENGE"))
            claim = horner([c_0] + c, point[i])
        return point, claim

    def opening(self, root, d, width, indices):
        """2: {index: row} of a tree of 2^d leaves of width words"""
        rows = {j: self.words(width) for j in sorted(set(indices))}
        known = {j: blake3(pack(row), 32, K["leaf"]) for j, row in rows.items()}
        for _ in range(d):
            for j in sorted(known):
                if j ^ 1 not in known:
                    known[j ^ 1] = self.take(32)
            known = {j >> 1: blake3(known[j] + known[j ^ 1], 32, K["node"]) for j in known if j % 2 == 0}
        check(known[0] == root, "MERKLE")
        return rows

# ---- 3 the machine, the key, the statement, the shape ----

class Table:
    """A table of the machine, with what the key and this proof say of it (3.2, 3.4, 4; 6.1: blocks; 7.6)"""

    def __init__(self, spec):
        vars(self).update(spec)
        self.key_pages, self.n, self.v, self.pages = 0, 0, 0, ()
        self.leaves, self.offsets, self.claims, self.pre_claims = [], [], [], []

def read_key(ch, machine, tables, digests, key_id):
    """12, 3.2: the header and the key record; also its preset, root and rate"""
    magic, version, preset = struct.unpack("<8sII", ch.take(16))
    check(magic == b"gnomonp\x01" and version == 1 and preset in digests, "HEADER")
    record, paged = ch.take(256), [t for t in tables if t.preprocessed]
    form, key_preset, air, root, rate, count, *pages = struct.unpack("<II32s32sII8I144x", record)
    check(blake3(record, 32, K["key"]) == key_id and form == 1 and key_preset == preset, "KEY")
    check(air.hex() == machine["air_digest"] and count == len(paged) and not any(pages[count:]), "KEY")
    check(max(pages) <= 2**16 and (any(pages) or (rate == 0 and root == bytes(32))), "KEY")
    for t, n in zip(paged, pages):
        t.key_pages = n
    return record, preset, root, rate

def check_statement(machine, values, strings):
    """3.3"""
    check(len(values) == machine["public_values"] and all(0 <= x < P for x in values), "STATEMENT")
    check(len(strings) == len(machine["public_tables"]), "STATEMENT")
    for t, data in zip(machine["public_tables"], strings):
        check(len(data) <= 2**20 + 2**16 and len(data) % t["row_bytes"] == 0, "STATEMENT")

def read_shape(ch, machine, tables):
    """12, 3.4: heights, pages, bounds"""
    for t, n in zip(tables, ch.words(len(tables), 2**32)):
        check(n <= min(t.max_height, 2**24) and (n > 0 or not t.mandatory), "HEIGHT")
        check(n in (0, t.max_height) or not t.fixed_height, "HEIGHT")
        check(n % 256 == 0 or not t.preprocessed, "HEIGHT")
        t.n = n
    skip = 5 if sum(t.n * t.committed for t in tables) >= 2**22 else 3
    for t in tables:
        t.skip, t.v = skip, max(skip, log2_ceil(t.n)) if t.n else 0
        t.pages = ch.words(t.n // 256 if t.preprocessed else 0, 2**32)
    for t in tables:
        check(all(page < next_one for page, next_one in zip(t.pages, t.pages[1:] + (t.key_pages,))), "PAGES")
    messages = sum(t.n * len(t.interactions) for t in tables) + len(machine["public_messages"])
    check(messages + sum((2**20 + 2**16) // t["row_bytes"] for t in machine["public_tables"]) < P, "BOUND")
    for bound in machine["bounds"]:
        check(sum(c * t.n for c, t in zip(bound["coefficients"], tables)) + bound["constant"] < P, "BOUND")

def absorb_statement(ch, tables, preset, params_digest, record, values, strings):
    """3.5"""
    ch.absorb("PRESET", pack([1, preset]) + params_digest)
    ch.absorb("KEY", record)
    ch.absorb("PUBLIC_VALUES", pack(values))
    for data in strings:
        ch.absorb("PUBLIC_BYTES", data)
    ch.absorb("HEIGHTS", pack([t.n for t in tables]))
    for t in tables:
        if t.preprocessed:
            ch.absorb("PAGES", pack(t.pages))

# ---- 4 the stack ----

class Stack:
    """Laid out from columns [(table, height, number of columns)]; pieces are (table, column, s, a, w, o)."""

    def __init__(self, columns, preset, kind, rows):
        main = kind == "MAIN"
        self.prefix, least_m = ("", 10) if main else ("PRE_", 12)
        committed = []
        for t, n, count in columns:
            s = max(t.skip if main else 8, n.bit_length() - 4)
            committed.append((t, -(-n >> s) << s, count))
        self.cells = sum(height * count for _, height, count in committed)
        self.row = rows.get((preset, kind, max(least_m, log2_ceil(self.cells))))
        check(self.cells >= 1 and self.row, "CELLS" if main else "KEY")
        self.h = h = self.row.m - self.row.k[0]
        self.width = -(-self.cells >> h)
        self.pieces, at = [], 0
        for a in range(h, -1, -1):
            for t, height, count in committed:
                first = height >> (a + 1) << (a + 1) if a < h else 0
                for column in range(count):
                    for s in range(first, height >> a << a, 1 << a):
                        self.pieces.append((t, column, s, a, at >> h, at % 2**h))
                        at += 1 << a

# ---- 5 main commitment ----

def commitment(ch, variables):
    """Also 10.1 and 10.2: the root of an oracle and its out-of-domain claim z, y"""
    root = ch.take(32)
    ch.absorb("ROOT", root)
    return root, ch.challenges("OOD_POINT", variables), ch.recv("OOD_VALUE", 1)[0]

# ---- 6 bus ----

def denominator(alpha, beta, bus_id, entries):
    """alpha - phi(bus, entries); beta: its powers 0 to J"""
    return alpha - beta[-1] * bus_id - dot(beta[:len(entries)], entries)

def entry_value(entry, values, row, data):
    kind, value, step = entry
    if kind == "limb":
        return int.from_bytes(data[value:value + step], "little")
    if kind == "public":
        return values[value]
    return value if kind == "const" else value + step * row

def public_part(machine, values, strings, alpha, beta):
    """6.2: (V_p, V_q)"""
    messages = [(m, 0, b"") for m in machine["public_messages"]]
    for t, data in zip(machine["public_tables"], strings):
        size = t["row_bytes"]
        messages += [(t, row, data[row * size:(row + 1) * size]) for row in range(len(data) // size)]
    v_p, v_q = ZERO, ONE
    for m, row, data in messages:
        q = denominator(alpha, beta, m["bus"], [entry_value(e, values, row, data) for e in m["entries"]])
        v_p, v_q = v_p * q + v_q * (-1 if m["negative"] else 1), v_q * q
    check(v_q != ZERO, "PUBLIC_ZERO")
    return v_p, v_q

def leaf_degree(leaf):
    return sum(max(1, x["degree"]) for x in leaf)

def make_leaves(interactions, code):
    """6.1: which interactions make one leaf"""
    constant, leaves = {dst for op, dst, x, *_ in code if op == "out" and x[0] == "k"}, []
    for x in sorted(interactions, key=lambda x: -x["degree"]):      # a stable sort
        for leaf in leaves:
            most = 3 if all(y["first_output"] in constant for y in leaf + [x]) else 2
            if len(leaf) < most and leaf_degree(leaf + [x]) <= 3:
                leaf.append(x)
                break
        else:
            leaves.append([x])
    return leaves

def bus(ch, tables, v_p, v_q):
    """The point xi and the claims P, Q on the leaves"""
    slots = 0       # 6.1
    for t in sorted(tables, key=lambda t: -t.v):
        t.leaves = make_leaves(t.interactions, t.code)
        t.offsets = [slots + (i << t.v) for i in range(len(t.leaves))]
        slots += len(t.leaves) << t.v
    check(slots > 0 or v_p == ZERO, "BUS_SUM")      # 6.3
    xi, big_p, big_q = [], ZERO, ONE
    for k in range(log2_ceil(slots)):               # 6.4
        if k == 0:
            rho, (p0, p1, q0, q1) = [], ch.recv("GKR_ROOT", 4)
            check(q0 * q1 != ZERO, "GKR_ZERO")
            check((p0 * q1 + p1 * q0) * v_q + q0 * q1 * v_p == ZERO, "BUS_SUM")
        else:
            lam = ch.challenge("GKR_LAMBDA")
            rho, claim = ch.sumcheck("GKR", 2, big_p + lam * big_q, k, xi)
            p0, p1, q0, q1 = ch.recv("GKR_CLAIMS", 4)
            check(p0 * q1 + p1 * q0 + lam * q0 * q1 == claim, "GKR")
        mu = ch.challenge("GKR_MU")
        xi, big_p, big_q = [mu] + rho, p0 + mu * (p1 - p0), q0 + mu * (q1 - q0)
    return xi, big_p, big_q

# ---- 7 zerocheck ----

def lagrange(u, skip):
    """L_b(u), b < 2^skip"""
    root, u_powers = pow(omega(skip), -1, P), powers(u, 2**skip)
    return [fsum(x * pow(root, b * k, P) for k, x in enumerate(u_powers)) * pow(2**skip, -1, P) for b in range(2**skip)]

def row_weight(low, r, v, x):
    """8: lambda_T(x)"""
    return low[x % len(low)] * eq(r[log2_ceil(len(low)):v], x >> log2_ceil(len(low)))

def fixed_value(fixed, low, r, v):
    """7.1"""
    if "values" in fixed:
        return fsum(row_weight(low, r, v, x) * value for x, value in enumerate(fixed["values"]))
    return fsum(fsum(low[b] for b in range(len(low)) if b & bits == bits % len(low)) * coefficient
                * fprod(r[i] for i in range(log2_ceil(len(low)), v) if bits >> i & 1)
                for coefficient, bits in fixed["monomials"] if bits >> v == 0)

def truncated_eq(k, xi, low, r, v):
    """7.2: T_k(xi, r)"""
    skip, e = log2_ceil(len(low)), eq_table(xi[:log2_ceil(len(low))])
    if k == 1 << v:
        return eq(xi[skip:v], r[skip:v]) * dot(e, low)
    prefix, total = ONE, ZERO
    for j in range(v - 1, skip - 1, -1):
        zero = prefix * (1 - xi[j]) * (1 - r[j])
        if k >> j & 1:
            total += zero * eq(xi[skip:j], r[skip:j]) * dot(e, low)
        prefix = prefix * xi[j] * r[j] if k >> j & 1 else zero
    return total + prefix * dot(e[:k % len(low)], low[:k % len(low)])

def run_program(t, low, r, values):
    """The outputs of a table's program at the point (u, r), where the columns have the claimed values"""
    space = {"c": t.claims, "n": t.claims[t.committed:], "p": t.pre_claims, "v": values, "k": t.consts,
             "f": [fixed_value(f, low, r, t.v) for f in t.fixed], "t": {}}
    outputs = {}
    for op, dst, *operands in t.code:
        x, y = (space[name[0]][int(name[1:])] if name else None for name in operands)
        if op == "out":
            outputs[dst] = ZERO + x
        else:
            space["t"][dst] = x + y if op == "add" else x - y if op == "sub" else x * y
    return outputs

def table_value(t, lambdas, weights, outputs, alpha, beta, xi):
    """7.7: F_T(u, r)"""
    value = fsum(lam * weights[c["group"]] * outputs[i] for i, (lam, c) in enumerate(zip(lambdas, t.constraints)))
    for leaf, offset in zip(t.leaves, t.offsets):
        p_b, q_b, e_b = ZERO, ONE, eq(xi[t.v:], offset >> t.v)
        for x in leaf:
            numerator, *entries = [outputs[x["first_output"] + j] for j in range(x["entries"] + 1)]
            q = denominator(alpha, beta, x["bus"], entries)
            p_b, q_b = p_b * q + numerator * q_b, q_b * q
        value += weights["all"] * e_b * (lambdas[-1] * p_b + lambdas[-2] * (q_b - 1))
    return value

def zerocheck(ch, tables, values, alpha, beta, xi, big_p, big_q):
    """Gives the tables their claims; returns L_b(u) and r, whose first coordinates, the skipped ones, do not exist"""
    vmax, n, skip = max(t.v for t in tables), len(xi), tables[0].skip   # 1
    point = xi + (ch.challenges("ZC_POINT", vmax - n) if vmax > n else [])
    with_bus = [t for t in tables if t.interactions]    # 2
    sums = ch.recv("ZC_SUMS", 2 * len(with_bus)) if with_bus else []
    check(fsum(sums[::2]) == big_p and fsum(sums[1::2]) + 1 == big_q, "TABLE_SUMS")
    counts = [len(t.constraints) + (2 if t.interactions else 0) for t in tables]    # 3
    lambdas = split(powers(ch.challenge("ZC_LAMBDA"), sum(counts)), counts)
    claim = dot([lam for t, own in zip(tables, lambdas) if t.interactions for lam in own[:-3:-1]], sums)
    degrees = [x["degree"] for t in tables for x in t.constraints] + [leaf_degree(x) for t in tables for x in t.leaves]
    d1 = max([1] + degrees) + 1     # 4
    c = ch.recv("ZC_SKIP", (2**skip - 1) * d1)
    u = ch.challenge("ZC_SKIP_CHALLENGE")
    low, claim = lagrange(u, skip), horner([claim * pow(2**skip, -1, P) - fsum(c[2**skip - 1::2**skip])] + c, u)
    r, claim = ch.sumcheck("ZC", d1, claim, vmax - skip)   # 5
    r = [None] * skip + r
    counts = [n for t in tables for n in (t.committed + len(t.next), t.pre)]    # 6
    sent = split(ch.recv("ZC_CLAIMS", sum(counts)), counts)
    total = ZERO    # 7
    for t, own, claims, pre_claims in zip(tables, lambdas, sent[::2], sent[1::2]):
        t.claims, t.pre_claims = claims, pre_claims
        w_n, w_before, w_1 = (truncated_eq(k, point, low, r, t.v) for k in (t.n, t.n - 1, 1))
        weights = {"all": w_n, "transition": w_before, "first": w_1, "last": w_n - w_before}
        value = table_value(t, own, weights, run_program(t, low, r, values), alpha, beta, xi)
        total += fprod(r[t.v:vmax]) * value
    check(total == claim, "ZEROCHECK")
    return low, r

# ---- 8 column claims; 9 claim reduction ----

def kernels(low, r, rho, a):
    """9.3: (K_a, S_a, Z_a)"""
    skip = log2_ceil(len(low))
    ell, r, y = eq_table(rho[:skip]), r[skip:a], rho[skip:a]
    both = eq(r, y)
    succ = fsum(fprod(r[i] * (1 - y[i]) for i in range(j)) * (1 - r[j]) * y[j] * eq(r[j + 1:], y[j + 1:])
                for j in range(len(r)))
    return dot(low, ell) * both, dot(low[:-1], ell[1:]) * both + low[-1] * ell[0] * succ, eq(rho[:a], 0)

def stack_weights(width, pieces, coefficients, low, r, rho):
    """9.3: Wt_w(rho) without the out-of-domain term; coefficients: {(table, column, 0 or 1 for next): gamma^k}"""
    total, by_size = [ZERO] * width, {a: kernels(low, r, rho, a) for a in {piece[3] for piece in pieces}}
    for t, column, s, a, w, o in pieces:
        (k_a, s_a, z_a), prefix = by_size[a], eq(r[a:t.v], s >> a)
        value = coefficients[t, column, 0] * prefix * k_a
        if (t, column, 1) in coefficients:
            carry = row_weight(low, r, t.v, s - 1) * z_a if s > 0 else ZERO
            value += coefficients[t, column, 1] * (prefix * s_a + carry)
        total[w] += eq(rho[a:], o >> a) * value
    return total

def claim_reduction(ch, stack, pieces, claims, z, y, low, r):
    """Claims {(table, column, 0 or 1 for next): value} and f(z) = y (z empty: none) become one:
    (fold, rho, value), that the stack columns with the weights fold sum to value at rho"""
    gamma = powers(ch.challenge("RED_GAMMA"), len(claims) + 1)      # 1
    claim = dot(gamma, [*claims.values(), y])
    rho, claim = ch.sumcheck("RED", 2, claim, stack.h)              # 2
    values = ch.recv("RED_VALUES", stack.width)                     # 3
    weights = stack_weights(stack.width, pieces, dict(zip(claims, gamma)), low, r, rho)
    if z:
        scale = gamma[-1] * eq(z[:stack.h], rho)
        weights = [x + scale * e for x, e in zip(weights, eq_table(z[stack.h:]))]
    check(dot(weights, values) == claim, stack.prefix + "REDUCTION")
    theta = ch.challenges("RED_THETA", log2_ceil(stack.width)) if stack.width > 1 else []   # 4
    fold = eq_table(theta)[:stack.width]
    return fold, rho, dot(fold, values)

# ---- 10 WHIR ----

def power_weight(x, point):
    """The extension of pow(x, .): prod (1 + Z_l (x^(2^l) - 1))"""
    return fprod(1 + z * (pow(x, 2**l, P) - 1) for l, z in enumerate(point))

# A function of h variables at a place of f_i: a stack's, or that of an oracle i >= 1, at place 0.  It is the fold, with
# these weights, of the columns of a tree of 2^d leaves, whose cells have limbs words; t rows are asked for.
Oracle = namedtuple("Oracle", "h place root d limbs fold t")

def at(z, oracle):
    return eq(z[oracle.h:], oracle.place >> oracle.h)

def query(ch, oracle):
    """3: [(x_j, value_j)]"""
    (_, _, root, d, limbs, fold, t), answers = oracle, {}
    indices = [i % 2**d for i, in struct.iter_unpack("<I", ch.squeeze("WHIR_QUERIES", 4 * t))]
    for j, row in ch.opening(root, d, limbs * len(fold), indices).items():
        answers[j] = pow(omega(d), reverse(d, j), P), dot(fold, row if limbs == 1 else elements(row))
    return [answers[j] for j in indices]

def whir(ch, stacks, preset, rows):
    """stacks: [(stack, root, fold, rho, sigma)], of the claims f(rho) = sigma on the folds f of the stacks' rows.
    z fills up from its end: the first challenge is Z_{m_1-1}."""
    h = [stack.h for stack, *_ in stacks]
    m_i, row, places = max(h) + len(h) - 1, stacks[0][0].row, [0]   # m_1; One polynomial, Parameters
    if len(stacks) == 2:
        row, places = rows[preset, "JOINT", m_i], [0, 2**max(h)] if h[0] >= h[1] else [2**max(h), 0]
    g = [max(stack.row.g[0] for stack, *_ in stacks), *row.g[1:]]
    oracles = [Oracle(stack.h, place, root, stack.h + stack.row.mu[0], 1, fold, stack.row.t[0])
               for place, (stack, root, fold, _, _) in zip(places, stacks)]
    delta, z, terms, first = [ONE] + [ch.challenge("WHIR_JOIN") for _ in stacks[1:]], [], [], oracles
    sigma = dot(delta, [value for *_, value in stacks])
    for i in range(1, row.rounds + 1):
        root, point, y = commitment(ch, m_i)                    # 1, 2
        ch.grind(g[i - 1])                                      # 3
        answers = [(oracle, x, value) for oracle in oracles for x, value in query(ch, oracle)]
        beta = powers(ch.challenge("WHIR_BETA"), len(answers) + 2)[1:]      # 4
        terms.append((beta, point, answers))
        sigma += dot(beta, [y] + [value for _, _, value in answers])
        bound, sigma = ch.sumcheck("WHIR", 2, sigma, row.k[i])  # 5
        z, m_i = bound[::-1] + z, m_i - row.k[i]
        columns = -(-max(oracle.place + 2**oracle.h for oracle in oracles) >> m_i)      # C_i
        oracles = [Oracle(m_i, 0, root, m_i + row.mu[i], 6, eq_table(bound[::-1])[:columns], row.t[i])]
    final = ch.recv("WHIR_FINAL", 2**m_i)           # 6
    ch.grind(g[-1])
    for x, answer in query(ch, oracles[0]):
        check(horner(final, x) == answer, "WHIR_QUERY")
    bound, sigma = ch.sumcheck("WHIR", 2, sigma, m_i)   # 7
    z = bound[::-1] + z
    weight = dot(delta, [at(z, oracle) * eq(rho, z[:oracle.h]) for oracle, (*_, rho, _) in zip(first, stacks)])
    for beta, point, answers in terms:
        low = z[:len(point)]
        weight += dot(beta, [eq(point, low)] + [at(low, o) * power_weight(x, low[:o.h]) for o, x, _ in answers])
    check(weight * dot(eq_table(z[:m_i]), final) == sigma, "WHIR_FINAL")

# ---- 11 the preprocessed stack ----

def page_pieces(stack):
    """The listed pages as pieces of 256 rows, with which 11 is the same as 9: page number j has rows 256 j, .."""
    return [(t, column, 256 * j, 8, w, o + 256 * page - s) for t, column, s, a, w, o in stack.pieces
            for j, page in enumerate(t.pages) if s <= 256 * page < s + 2**a]

# ---- the whole ----

def verify(machine, key_id, values, strings, proof, params):
    """Returns if the proof is accepted, else raises Reject.  params: the text of gen/whir_params.inc"""
    digests, rows = read_params(params)
    tables, ch = [Table(spec) for spec in machine["tables"]], Channel(proof)
    # 3, 4: the statement and the shape
    record, preset, pre_root, pre_rate = read_key(ch, machine, tables, digests, key_id)
    check_statement(machine, values, strings)
    read_shape(ch, machine, tables)
    stack, pre_stack = Stack([(t, t.n, t.committed) for t in tables], preset, "MAIN", rows), None
    if any(t.pages for t in tables):
        pre_stack = Stack([(t, 256 * t.key_pages, t.pre) for t in tables], preset, "PREPROCESSED", rows)
        check(pre_stack.row.mu[0] == pre_rate, "KEY")
    absorb_statement(ch, tables, preset, digests[preset], record, values, strings)
    # 5 to 7: from the machine to claims on columns
    root, *ood = commitment(ch, stack.h + log2_ceil(stack.width))
    alpha, beta = ch.challenges("BUS_CHALLENGES", 2)
    beta, present = powers(beta, machine["max_entries"] + 1), [t for t in tables if t.n > 0]
    leaves = bus(ch, present, *public_part(machine, values, strings, alpha, beta))
    low, r = zerocheck(ch, present, values, alpha, beta, *leaves)
    # 8 to 11: from claims on columns to the roots
    claims = {}
    for t in present:
        columns = [(t, column, 0) for column in range(t.committed)] + [(t, column, 1) for column in t.next]
        claims.update(zip(columns, t.claims))
    stacks = [(stack, root, *claim_reduction(ch, stack, stack.pieces, claims, *ood, low, r))]
    if pre_stack:
        claims = {(t, column, 0): value for t in present for column, value in enumerate(t.pre_claims)}
        reduced = claim_reduction(ch, pre_stack, page_pieces(pre_stack), claims, [], ZERO, low, r)
        stacks.append((pre_stack, pre_root, *reduced))
    whir(ch, stacks, preset, rows)
    check(ch.at == len(proof), "TRAILING")

def main(machine, key_id, statement, proof, params=Path(__file__).parent.parent / "gen" / "whir_params.inc"):
    machine, statement = json.loads(Path(machine).read_text()), json.loads(Path(statement).read_text())
    try:
        verify(machine, bytes.fromhex(key_id), statement["values"], [bytes.fromhex(b) for b in statement["bytes"]],
               Path(proof).read_bytes(), Path(params).read_text())
    except Reject as reason:
        print(reason)
        return 1
    print("ACCEPT")
    return 0

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) in (5, 6) else __doc__)
