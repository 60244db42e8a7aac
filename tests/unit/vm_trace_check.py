#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads execution traces and follows them: every `before` must be what the trace has said so far, every word of memory too, and the
final registers what the steps lead to.  Prints a line each that says how many steps, accesses and changes there were."""
import json
import sys


def value(text):
    assert text.startswith("0x"), text
    return int(text, 16)


def unique(pairs):
    members = dict(pairs)
    assert len(members) == len(pairs), f"a member twice: {pairs}"
    return members


def follow(trace):
    assert trace["schema"] == "gnomon.execution_trace.v1"
    whole = trace["from"] <= trace["initial"]["step"] and trace["to"] is None
    registers = {name: value(v) for name, v in trace["initial"]["registers"].items()}
    regions = [(value(r["base"]), value(r["size"]), r["write"]) for r in trace["initial"]["memory"]]
    memory, accesses, changes, expected = {}, 0, 0, max(trace["from"], trace["initial"]["step"])
    for step in trace["steps"]:
        assert step["step"] == expected and (trace["to"] is None or expected < trace["to"])
        expected += 1
        value(step["pc"])
        assert step["opcode"] and isinstance(step["operands"], str) and step["core"]
        for name, change in step["registers"].items():
            before, after = value(change["before"]), value(change["after"])
            assert before != after
            assert not whole or registers.get(name, 0) == before, (step["step"], name)
            registers[name] = after
            changes += 1
        for access in step["memory"]:
            accesses += 1
            address, width = value(access["address"]), access["width"]
            before, after = value(access["before"]), value(access["after"])
            assert max(before, after) < 256**width and (access["write"] or before == after)
            assert any(base <= address and address + width <= base + size and (write or not access["write"]) for base, size, write in regions)
            for i in range(width):
                was = before >> 8 * i & 255
                assert memory.get(address + i, was) == was, (step["step"], hex(address))
                memory[address + i] = after >> 8 * i & 255
    if whole:
        assert trace["final"]["step"] == expected
        assert {n: v for n, v in registers.items() if v} == {n: value(v) for n, v in trace["final"]["registers"].items()}
    return f"steps {len(trace['steps'])} accesses {accesses} changes {changes}"


if __name__ == "__main__":
    for name in sys.argv[1:]:
        with open(name, encoding="ascii") as file:
            print(follow(json.load(file, object_pairs_hook=unique)))
