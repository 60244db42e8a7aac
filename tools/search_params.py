#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""search_params.py - finds the WHIR parameters of every stack size and writes gen/whir_params.inc.

For each row (stack size 2^m) the search walks over k_0, mu_0 and, oracle by oracle, over (k_i, mu_i), and minimises

    milliseconds of proving  +  exchange rate * KiB of proof,

both of the opening only.  Errors are those of tools/soundness_terms.c (Johnson radius): for every oracle the multiplicity M is
the largest one that keeps every term without queries 7 bits above the preset's claim; the number of queries is then the smallest
that gives the claim together with the grinding.  The search only proposes: tools/soundness.c computes every term of the table that
is committed, and a test fails below the bounds.

Presets: FAST and COMPACT, each at 128 and at 100 bits.  FAST weighs a KiB as little proving time, COMPACT as
much: lower rates, more grinding.

The digest of the table, which every transcript absorbs, is written with it.

usage: search_params.py [--write gen/whir_params.inc] [--check gen/whir_params.inc]; without either: a table for people
"""
import math
import sys
from functools import lru_cache

sys.dont_write_bytecode = True
from verify import read_params  # noqa: E402  (the file beside this one)

P = 2**31 - 2**24 + 1
LOG_F = 6 * math.log2(P)
OTHER = 7             # bits that rounds without queries have more than the claim
SLACK = 1e-6          # the calculator's floating point may differ in the last places
MAX_QUERIES, MAX_ROUNDS, MAX_DOMAIN = 256, 6, 24  # and at least one round: small tests then run the whole protocol

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
        terms.append(lst + math.log2(MAX_QUERIES + 1) - LOG_F)                       # batching of the queries' claims
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
def queries(claim, rows, mu, variables, batch_log2, main, grind):
    mult = multiplicity(claim, rows, mu, variables, batch_log2, main)
    if not mult:
        return None
    bits = mu / 2 - math.log2(1 + 1 / (2 * mult))
    if bits <= 0:
        return None
    t = math.ceil((claim - grind) / bits + SLACK)
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
def encode_ms(variables, mu, k, limbs):
    points, rows = 2.0**(variables + mu), variables - k + mu
    return 1e-6 * (points * limbs * (rows * NS_LEVEL + NS_LIMB + 4 * NS_BYTE) + 64 * 2.0**rows * NS_BYTE)


@lru_cache(None)
def best_grind(claim, rows, mu, variables, batch_log2, main, leaf, next_variables, rate, max_grind):
    """(cost, grinding, queries) of the query phase on one oracle."""
    best = None
    for g in range(10, max_grind + 1):
        t = queries(claim, rows, mu, variables, batch_log2, main, g)
        if t is None:
            continue
        cost = (2.0**g * NS_GRIND + t * 2.0**next_variables * NS_MAC) * 1e-6
        cost += rate * opening_bytes(t, rows, leaf) / 1024
        if best is None or cost < best[0]:
            best = (cost, g, t)
    return best


def search(claim, m, k0s, mu0s, rate, max_grind, min_h, paid_commit, max_final):
    """The cheapest row of 2^m cells at `rate` ms per KiB.  paid_commit: the commitment is part of the proof's time."""

    @lru_cache(None)
    def rest(variables, k, mu, rounds):
        """Cheapest continuation once an oracle of `variables` variables, interleaved 2^k, rate 2^-mu has been sent:
        its queries and all that follows.  (cost, [(g, t)], [(k, mu)])"""
        return after(variables - k + mu, mu, variables, variables - k, k, 24 * 2**k, rounds, False)

    def after(rows, mu, variables, left, batch_log2, leaf, rounds, main):
        best = None
        phase = best_grind(claim, rows, mu, variables, batch_log2, main, leaf, left, rate, max_grind)
        if phase is None:
            return None
        if left <= max_final and not main:
            size = 24 * 2.0**left + 48 * left
            best = (phase[0] + rate * size / 1024 + phase[2] * 2.0**left * NS_MAC * 1e-6, [phase[1:]], [])
        if rounds < MAX_ROUNDS:
            for k in range(1, min(5, left - 3) + 1):
                for mu_next in range(mu, min(mu + 6, 14) + 1):
                    if left - k + mu_next > min(MAX_DOMAIN, rows):
                        break
                    tail = rest(left, k, mu_next, rounds + 1)
                    if tail is None:
                        continue
                    cost = phase[0] + encode_ms(left, mu_next, k, 6) + rate * (48 * k + 64) / 1024 + tail[0]
                    if best is None or cost < best[0]:
                        best = (cost, [phase[1:]] + tail[1], [(k, mu_next)] + tail[2])
        return best

    best = None
    for k0 in k0s:
        h = m - k0
        if h < min_h:
            continue
        for mu0 in mu0s:
            if h + mu0 > MAX_DOMAIN:
                continue
            tail = after(h + mu0, mu0, m, h, k0, 3 * 2**k0, 0, True)
            if tail is None:
                continue
            cost = tail[0] + rate * (24 * 0.75 * 2**k0 + 48 * h) / 1024
            if paid_commit:
                cost += encode_ms(m, mu0, k0, 1)
            if best is None or cost < best[0]:
                best = (cost, k0, mu0, tail[1], tail[2])
    return best


def describe(m, found):
    """Row as a dictionary, with the model's size and re-encoding share."""
    _, k0, mu0, phases, oracles = found
    row = {"m": m, "k": [k0] + [k for k, _ in oracles], "mu": [mu0] + [mu for _, mu in oracles],
           "g": [g for g, _ in phases], "t": [t for _, t in phases]}
    row["final"] = m - sum(row["k"])
    commit = encode_ms(m, mu0, k0, 1)
    size, left, again = 24 * 0.75 * 2**k0 + 48 * (m - k0), m, 0.0
    for i, (k, mu, t) in enumerate(zip(row["k"], row["mu"], row["t"])):
        if i:
            again += encode_ms(left, mu, k, 6)
            size += 48 * k + 64
        left -= k
        size += opening_bytes(t, left + mu, 24 * 2**k if i else 3 * 2**k)
    size += 24 * 2**left + 48 * left
    row["kib"], row["share"], row["commit"], row["again"] = size / 1024, again / commit, commit, again
    row["grind_ms"] = sum(2.0**g * NS_GRIND for g in row["g"]) * 1e-6
    return row


def main_row(claim, compact, m):
    if m >= 23:
        # Throughput counts: the smallest proof whose re-encodings cost at most a quarter of the commitment, the knee of
        # the curve of size against time; at rate 1/2, or 1/4 if compact.
        rows = [describe(m, search(claim, m, (6, 7), (2 if compact else 1,), 2.0 ** (e / 2), 20, 3, True, 8)) for e in range(-4, 7)]
        return min((r for r in rows if r["share"] <= 0.25), key=lambda r: r["kib"])
    if compact:
        return describe(m, search(claim, m, range(2, 8), (2, 3, 4, 5), 2.0, 20, 3, True, 8))
    # Latency and size count: a KiB is worth 0.2 ms of two cores.
    return describe(m, search(claim, m, range(2, 8), (1, 2, 3, 4) if m == 22 else (2, 3, 4), 0.2, 16, 3, True, 8))


def pre_row(claim, compact, m):
    if compact:
        return describe(m, search(claim, m, range(2, 9), (5,), 2.0, 20, 8, False, 8))
    # A first proof commits these columns too, and most proofs are first ones: a short command pays for the encoding.
    return describe(m, search(claim, m, range(2, 9), (2, 3, 4), 0.2, 18, 8, True, 8))


PRESETS = (("FAST_128", 128, False), ("COMPACT_128", 128, True), ("FAST_100", 100, False), ("COMPACT_100", 100, True))


def table():
    return [(preset, name, row) for preset, claim, compact in PRESETS for name, row in
            [("MAIN", main_row(claim, compact, m)) for m in range(10, 29)] + [("PREPROCESSED", pre_row(claim, compact, m)) for m in range(12, 25)]]


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
