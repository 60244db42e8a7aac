#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""search_params.py - finds the WHIR parameters of every stack size and writes gen/whir_params.inc.

Three tables a preset (docs/protocol.md section 10): a MAIN row of a stack of 2^m cells is a whole opening, a PREPROCESSED row ends
with the queries to the stack, and a JOINT row (m: variables of both stacks together) is what follows these.  For each row the
search walks over k_0, mu_0 and, oracle by oracle, over (k_i, mu_i), and minimises

    milliseconds of proving  +  exchange rate * KiB of proof,

both of the opening only; for a preprocessed row, of that and of the joint row that follows if this stack is the larger one, which
it mostly is.  Errors are those of tools/soundness_terms.c (Johnson radius): for every oracle the multiplicity M is the largest one
that keeps every term without queries 7 bits above the preset's claim; the number of queries is then the smallest that gives the
claim together with the grinding.  The preprocessed stack is exact (SOUNDNESS.md 3.5): a query to it is worth all of log2 of its
rate.  The search only proposes: tools/soundness.c computes every term of the table that is committed, and a test fails below the
bounds.

Presets: FAST and COMPACT, each at 128 and at 100 bits.  FAST weighs a KiB as little proving time, COMPACT as
much: lower rates, more grinding.

The digest of the table, which every transcript absorbs, is written with it.

usage: search_params.py [--write gen/whir_params.inc] [--check gen/whir_params.inc]; without either: a table for people
"""
import math
import sys
from collections import namedtuple
from functools import lru_cache

sys.dont_write_bytecode = True
from verify import read_params  # noqa: E402  (the file beside this one)

P = 2**31 - 2**24 + 1
LOG_F = 6 * math.log2(P)
OTHER = 7             # bits that rounds without queries have more than the claim
SLACK = 1e-6          # the calculator's floating point may differ in the last places
MAX_QUERIES, MAX_ROUNDS, MAX_DOMAIN = 256, 6, 24  # and at least one round: small tests then run the whole protocol
MAX_MU, MAX_FINAL = 14, 8
LARGE, LARGE_MU0 = 23, (1, 2)  # main stacks of so many cells (log2) and their rate, fast and compact

MAIN, EXACT, LATER = range(3)  # an oracle: the main stack's, the preprocessed one's, one of i >= 1

Goal = namedtuple("Goal", "claim rate max_grind")  # bits, milliseconds of proving per KiB of proof, bits

# nanoseconds on the two-core reference machine
NS_LEVEL, NS_LIMB, NS_BYTE, NS_GRIND, NS_MAC = 0.039, 0.15, 0.084, 2.7, 0.15


def log_eps_lin(rows, mu, mult):
    """log2 of the error of one linear combination of two words, RS code with 2^rows points at rate 2^-mu (BCHKS25, Thm 4.2)."""
    rho = 2.0 ** -mu
    gamma = 1 - math.sqrt(rho) * (1 + 1 / (2 * mult))
    h = mult + 0.5
    return math.log2((2 * h**5 + 3 * h * gamma * rho) * 2.0**rows / (3 * rho**1.5) + h / math.sqrt(rho)) - LOG_F


def log_list(mu, mult):
    return math.log2(mult) + mu  # the elementary Johnson bound


@lru_cache(None)
def multiplicity(claim, rows, mu, variables, batch_log2, main):
    """Largest Johnson multiplicity M with every term that belongs to this oracle OTHER bits above the claim."""
    best = 0
    for mult in range(1, 400):
        eps, lst = log_eps_lin(rows, mu, mult), log_list(mu, mult)
        terms = [2 * lst - 1 + math.log2(max(variables, 1)) - LOG_F]                # out-of-domain sample
        terms.append(lst + math.log2(2 * MAX_QUERIES + 1) - LOG_F)                   # batching of the queries' claims
        if main:
            terms.append(eps + math.log2(max(batch_log2, 1)))                        # eq-batching of the stack columns
            terms.append(lst + 16 - LOG_F)                                           # batching of up to 2^16 claims
        else:
            terms.append(math.log2(2.0**eps + 3 * 2.0**(lst - LOG_F)))               # one folding round
        if max(terms) > -(claim + OTHER) - SLACK:
            break
        best = mult
    return best


@lru_cache(None)
def bits_per_query(claim, rows, mu, variables, batch_log2, kind):
    if kind == EXACT:
        return mu + SLACK  # this one is an integer, in floating point too
    mult = multiplicity(claim, rows, mu, variables, batch_log2, kind == MAIN)
    return mu / 2 - math.log2(1 + 1 / (2 * mult)) if mult else 0


def queries(claim, grind, bits):
    t = math.ceil((claim - grind) / bits + SLACK) if bits > 0 else MAX_QUERIES + 1
    return t if t <= MAX_QUERIES else None


@lru_cache(None)
def opening_bytes(t, rows, leaf):
    """Expected size of a pruned opening of t random rows."""
    total = leaf * 2.0**rows * -math.expm1(t * math.log1p(-2.0**-rows)) if rows else leaf
    for level in range(1, rows + 1):
        q = -math.expm1(t * math.log1p(-2.0**-level)) if level else 1
        total += 32 * 2.0**level * q * (1 - q)
    return total


@lru_cache(None)
def encode_ms(rows, columns, limbs):
    """Encoding and hashing of so many columns on 2^rows points."""
    return 1e-6 * 2.0**rows * (columns * limbs * (rows * NS_LEVEL + NS_LIMB + 4 * NS_BYTE) + 64 * NS_BYTE)


@lru_cache(None)
def best_grind(goal, rows, mu, variables, batch_log2, kind, leaf, next_variables):
    """(cost, grinding, queries) of the query phase on one oracle."""
    best, bits = None, bits_per_query(goal.claim, rows, mu, variables, batch_log2, kind)
    for g in range(10, goal.max_grind + 1):
        t = queries(goal.claim, g, bits)
        if t is None:
            continue
        cost = (2.0**g * NS_GRIND + t * 2.0**next_variables * NS_MAC) * 1e-6
        cost += goal.rate * opening_bytes(t, rows, leaf) / 1024
        if best is None or cost < best[0]:
            best = (cost, g, t)
    return best


def cheapest(options):
    return min(options, key=lambda option: option[0], default=None)


def joint_columns(k):
    """C_1 of two stacks, if the smaller one is a quarter of the larger one."""
    return math.ceil(5 / 8 * 2**k)


def oracle(goal, i, variables, mus, max_rows, joint=False):
    """Every choice of (k_i, mu_i) for oracle i >= 1 on a polynomial of so many variables, each with the cheapest continuation:
    (cost, [(g, t)], [(k, mu)]), cost from the oracle's encoding to the end."""
    for k in range(1, min(5, variables - 3) + 1):
        columns = joint_columns(k) if joint else 2**k
        for mu in mus:
            rows = variables - k + mu
            if rows > max_rows:
                break
            tail = after(goal, i, rows, mu, variables, variables - k, k, 24 * columns)
            if tail is not None:
                cost = encode_ms(rows, columns, 6) + goal.rate * (48 * k + 64) / 1024 + tail[0]
                yield cost, tail[1], [(k, mu)] + tail[2]


@lru_cache(None)
def after(goal, i, rows, mu, variables, left, batch_log2, leaf):
    """Cheapest continuation once oracle i has been sent: its queries and all that follows.  (cost, [(g, t)], [(k, mu)])"""
    phase = best_grind(goal, rows, mu, variables, batch_log2, MAIN if i == 0 else LATER, leaf, left)
    if phase is None:
        return None
    options = []
    if left <= MAX_FINAL and i:
        size = 24 * 2.0**left + 48 * left
        options.append((goal.rate * size / 1024 + phase[2] * 2.0**left * NS_MAC * 1e-6, [], []))
    if i < MAX_ROUNDS:
        options += oracle(goal, i + 1, left, range(mu, min(mu + 6, MAX_MU) + 1), min(MAX_DOMAIN, rows))
    best = cheapest(options)
    return best and (phase[0] + best[0], [phase[1:]] + best[1], best[2])


@lru_cache(None)
def search_joint(goal, n):
    """(cost, [(g, t)], [(k, mu)]) of two stacks behind their queries.  Oracle 1 is another code than both: any rate will do."""
    return cheapest(oracle(goal, 1, n, range(2, MAX_MU + 1), MAX_DOMAIN, joint=True))


def search_stack(goal, m, k0s, mu0s, min_h, paid_commit, alone):
    """The cheapest row of 2^m cells, (cost, k0, mu0, [(g, t)], [(k, mu)]).  paid_commit: the commitment is part of the proof's
    time.  alone: the row goes on to the end; otherwise it ends with its queries, and what follows is that of two stacks."""

    def options():
        for k0 in k0s:
            h = m - k0
            for mu0 in mu0s:
                if h < min_h or h + mu0 > MAX_DOMAIN:
                    continue
                if alone:
                    tail = after(goal, 0, h + mu0, mu0, m, h, k0, 3 * 2**k0)
                else:
                    phase = best_grind(goal, h + mu0, mu0, m, k0, EXACT, 3 * 2**k0, h)
                    tail = phase and (phase[0] + search_joint(goal, h + 1)[0], [phase[1:]], [])
                if tail is not None:
                    cost = tail[0] + goal.rate * (24 * 0.75 * 2**k0 + 48 * h) / 1024
                    cost += encode_ms(h + mu0, 2**k0, 1) if paid_commit else 0
                    yield cost, k0, mu0, tail[1], tail[2]

    return cheapest(options())


def describe(table, m, k, mu, phases, commit):
    """Row as a dictionary, with the model's size and the share of its re-encodings in the time of the commitment."""
    row = {"m": m, "k": k, "mu": mu, "g": [g for g, _ in phases], "t": [t for _, t in phases], "final": m - sum(k)}
    size, left, again = 0.0, m, 0.0
    for i, (k_i, mu_i, t) in enumerate(zip(k, mu, row["t"])):
        left -= k_i
        columns = joint_columns(k_i) if table == "JOINT" and i == 1 else 2**k_i
        if i:
            again += encode_ms(left + mu_i, columns, 6)
            size += 48 * k_i + 64 + opening_bytes(t, left + mu_i, 24 * columns)
        elif table != "JOINT":
            size += 24 * 0.75 * columns + 48 * left + opening_bytes(t, left + mu_i, 3 * columns)
    if table != "PREPROCESSED":
        size += 24 * 2**left + 48 * left
    row["kib"], row["share"], row["commit"], row["again"] = size / 1024, again / commit, commit, again
    row["grind_ms"] = sum(2.0**g * NS_GRIND for g in row["g"] if g) * 1e-6
    return row


def stack_row(table, goal, m, k0s, mu0s, **how):
    _, k0, mu0, phases, oracles = search_stack(goal, m, k0s, mu0s, alone=table == "MAIN", **how)
    return describe(table, m, [k0] + [k for k, _ in oracles], [mu0] + [mu for _, mu in oracles], phases, encode_ms(m - k0 + mu0, 2**k0, 1))


def latency(claim, compact):
    """Latency and size count: a KiB is worth 0.2 ms of two cores."""
    return Goal(claim, 2.0, 20) if compact else Goal(claim, 0.2, 16)


def throughput(claim, row):
    """Throughput counts: the smallest proof whose re-encodings cost at most a quarter of the commitment, the knee of the curve
    of size against time."""
    rows = [row(Goal(claim, 2.0 ** (e / 2), 20)) for e in range(-4, 7)]
    return min((r for r in rows if r["share"] <= 0.25), key=lambda r: r["kib"])


def main_row(claim, compact, m):
    def row(goal, k0s, mu0s):
        return stack_row("MAIN", goal, m, k0s, mu0s, min_h=3, paid_commit=True)

    if m >= LARGE:
        return throughput(claim, lambda goal: row(goal, (6, 7), (LARGE_MU0[compact],)))
    mu0s = (2, 3, 4, 5) if compact else (1, 2, 3, 4) if m == 22 else (2, 3, 4)
    return row(latency(claim, compact), range(2, 8), mu0s)


def pre_row(claim, compact, m):
    # A first proof commits these columns too, and most proofs are first ones: a short command pays for the encoding.  Compact
    # does not; its rate is what memory allows (128 MiB of code words at 2^20 cells).
    mu0s = (5,) if compact else (1, 2, 3, 4)
    return stack_row("PREPROCESSED", latency(claim, compact), m, range(2, 9), mu0s, min_h=8, paid_commit=not compact)


def joint_row(claim, compact, n):
    commit = encode_ms(n - 1 + LARGE_MU0[compact], 5 / 4 * 2**7, 1)  # of both stacks, as if the rate were the same

    def row(goal):
        _, phases, oracles = search_joint(goal, n)
        return describe("JOINT", n, [0] + [k for k, _ in oracles], [0] + [mu for _, mu in oracles], [(0, 0)] + phases, commit)

    return throughput(claim, row) if n - 1 + 7 >= LARGE else row(latency(claim, compact))


PRESETS = (("FAST_128", 128, False), ("COMPACT_128", 128, True), ("FAST_100", 100, False), ("COMPACT_100", 100, True))


TABLES = (("MAIN", main_row, range(10, 29)), ("PREPROCESSED", pre_row, range(12, 25)), ("JOINT", joint_row, range(9, 23)))


def table():
    return [(preset, name, row(claim, compact, m)) for preset, claim, compact in PRESETS for name, row, sizes in TABLES for m in sizes]


def text(rows):
    out = ["/* SPDX-License-Identifier: Apache-2.0 */",
           "/* whir_params.inc - made by tools/search_params.py, checked by tools/soundness.c: docs/protocol.md sections 4 and 10. */",
           "/* ROW(preset, table, m, rounds, final_log2, (k_0 ..), (mu_0 ..), (t_0 ..), (g_0 ..))",
           "   DIGEST(preset, bytes): src/pcs/params.h */"]
    for preset, name, r in rows:
        lists = ", ".join("(" + ", ".join(map(str, r[c])) + ")" for c in ("k", "mu", "t", "g"))
        out.append(f"ROW({preset}, {name}, {r['m']}, {len(r['k']) - 1}, {r['final']}, {lists})")
    digests, _ = read_params("\n".join(out))
    out += [f"DIGEST({preset}, {', '.join(map(hex, digests[number]))})" for number, (preset, _, _) in enumerate(PRESETS, 1)]
    return "\n".join(out) + "\n"


def main(argv):
    rows = table()
    if len(argv) == 3 and argv[1] == "--write":
        with open(argv[2], "w", encoding="ascii") as f:
            f.write(text(rows))
    elif len(argv) == 3 and argv[1] == "--check":
        with open(argv[2], encoding="ascii") as f:
            if f.read() != text(rows):
                sys.exit(f"{argv[2]} is not what the search finds")
    else:
        print("preset       table          m  KiB  commit ms  re-encode  grind ms  k | mu | t | g | final")
        for preset, name, r in rows:
            print(f"{preset:12} {name:12} {r['m']:3} {r['kib']:5.0f} {r['commit']:9.2f} {100 * r['share']:8.0f} % {r['grind_ms']:8.2f}  "
                  f"{r['k']} | {r['mu']} | {r['t']} | {r['g']} | {r['final']}")


if __name__ == "__main__":
    main(sys.argv)
