#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The page of `gnomon stats --html` in headless Chromium: it loads without a request and without a word on the console, at the
width of a phone and of a desk, light and dark, and its numbers are those of `stats --json`.

usage: page_test.py GNOMON [unittest arguments]
Pictures of the pages are left in the folder GN_SCREENSHOTS, if there is one.
Exit status 77 without chromium and chromedriver (Debian: chromium, chromium-driver)."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.request

import elf
from cli_test import Case, gnomon  # takes GNOMON off sys.argv

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures" / "solana"

# what a reader sees of a section's tables, numbers as numbers; folded parts too
READ = """
const cell = td => { const d = td.querySelector('data'); return d ? [Number(d.value), d.textContent] : td.textContent; };
const rows = id => [...document.querySelectorAll('#' + id + ' tbody tr')].map(tr => [...tr.cells].map(cell));
const value = id => { const d = document.querySelector('#' + id + ' data'); return d ? Number(d.value) : null; };
const ids = ['units', 'steps', 'core_rows', 'run_area', 'fixed_area', 'area_per_instruction', 'program_area', 'kernel_area', 'memory_area'];
return {
  title: document.title, heading: document.querySelector('h1').textContent, outcome: document.querySelector('#outcome').textContent,
  tiles: Object.fromEntries(ids.map(id => [id, value(id)])),
  machines: rows('machines'), functions: rows('functions'), instructions: rows('instructions'), memory: rows('memory'),
  kinds: [...document.querySelectorAll('#histogram li')].map(li => Number(li.querySelector('data').value)),
  columns: [...document.querySelectorAll('#histogram svg g')].map(g => g.querySelector('title').textContent),
  overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  background: getComputedStyle(document.body).backgroundColor, scripts: document.scripts.length,
};"""


class Browser:
    """Chromium behind chromedriver's JSON protocol."""

    def __init__(self):
        self.driver = subprocess.Popen([DRIVER, "--port=0"], stdout=subprocess.PIPE, text=True)
        for line in self.driver.stdout:
            port = re.search(r"started successfully on port (\d+)", line)
            if port:
                break
        self.base = f"http://127.0.0.1:{port.group(1)}/session"
        self.profile = tempfile.TemporaryDirectory()
        options = {"binary": CHROMIUM, "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                                                f"--user-data-dir={self.profile.name}"]}
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        self.base += "/" + self.ask("POST", "", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def ask(self, method, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        return json.load(opener.open(request, timeout=60))["value"]

    def command(self, name, **params):
        return self.ask("POST", "/goog/cdp/execute", {"cmd": name, "params": params})

    def log(self, kind):
        return self.ask("POST", "/se/log", {"type": kind})

    def close(self):
        try:
            self.ask("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()
            self.profile.cleanup()


class Page(Case):
    @classmethod
    def setUpClass(cls):
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def open(self, page, width=1200, scheme="light"):
        """what the page says, having asked for nothing"""
        b = self.browser
        b.command("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
        b.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        b.log("performance"), b.log("browser")
        b.ask("POST", "/url", {"url": page.as_uri()})
        said = b.ask("POST", "/execute/sync", {"script": READ, "args": []})
        self.assertEqual(b.log("browser"), [])
        events = [json.loads(entry["message"])["message"] for entry in b.log("performance")]
        requests = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
        self.assertEqual(requests, [page.as_uri()])
        if folder := os.environ.get("GN_SCREENSHOTS"):
            import base64
            picture = b.command("Page.captureScreenshot", captureBeyondViewport=True)["data"]
            pathlib.Path(folder, f"{page.stem}-{width}-{scheme}.png").write_bytes(base64.b64decode(picture))
        return said

    def check(self, *arguments, heading):
        page = self.folder / f"{heading}.html"
        stats = json.loads(gnomon("stats", *arguments, "--html", page, "--json").stdout)
        said = self.open(page)
        proof = stats["proof"]
        tiles = {"units": stats.get("compute_units_consumed"), "steps": stats["steps"], "core_rows": stats["core_rows"]}
        for name in ["run_area", "fixed_area", "area_per_instruction", "program_area", "kernel_area", "memory_area"]:
            tiles[name] = proof.get(name)
        self.assertEqual(said["tiles"], tiles)
        self.assertEqual(said["heading"], heading)
        self.assertIn(heading, said["title"])
        self.assertTrue(said["outcome"].startswith(stats["outcome"]))
        self.assertEqual(said["scripts"], 0)
        number = lambda cell: (self.assertEqual(f"{cell[0]:,}", cell[1]), cell[0])[1]
        self.assertEqual({(r[0], *map(number, r[1:4])) for r in said["machines"]},
                         {(t["name"], t["rows"], t["area_per_row"], t["area"]) for t in proof.get("tables", [])})
        self.assertEqual([number(r[3]) for r in said["machines"]], sorted((number(r[3]) for r in said["machines"]), reverse=True))
        steps = {(f["name"], f["address"]): f["steps"] for f in stats["functions"]}
        at = 3 if proof["provable"] else 2  # the last column of numbers
        listed = proof["functions"] if proof["provable"] else [{**f, "area": f["steps"]} for f in stats["functions"]]
        self.assertEqual(sorted((r[0], number(r[2]), number(r[at])) for r in said["functions"]),
                         sorted((f["name"], steps.get((f["name"], f["address"]), 0), f["area"]) for f in listed))
        self.assertEqual({(r[0], number(r[1])) for r in said["instructions"]}, {(i["name"], i["steps"]) for i in stats["instructions"]})
        self.assertEqual([[number(c) for c in r[1:]] for r in said["memory"]],
                         [[m["accesses"], m["misaligned"], m["across_words"]] for m in stats["memory"] if m["accesses"]])
        histogram = stats["histogram"]
        self.assertEqual(said["kinds"], histogram["rows"])
        columns = []  # the words that a column shows when one points at it
        for i, piece in enumerate(histogram["over_time"]):
            first = i * histogram["width"]
            columns.append("\n".join([f"rows {first} to {first + sum(piece) - 1}"] +
                                     [f"{k}: {n}" for k, n in zip(histogram["kinds"], piece) if n]))
        self.assertEqual(said["columns"], columns)
        return page, said

    def test_solana(self):
        page, light = self.check(FIXTURES / "vm" / "v3_acc_write_ok.json", "--programs", FIXTURES / "elfs",
                                 heading="v3_acc_write_ok.json")
        self.assertNotEqual(self.open(page, scheme="dark")["background"], light["background"])
        phone = self.open(page, width=390)
        self.assertLessEqual(phone["overflow"], 0)
        self.assertEqual(light["tiles"], phone["tiles"])

    def test_failed(self):
        _, said = self.check(FIXTURES / "vm_vasa" / "v3_recursion.json", "--programs", FIXTURES / "elfs", heading="v3_recursion.json")
        self.assertEqual(said["outcome"], "failed: ProgramFailedToComplete")

    @unittest.skipUnless(os.environ.get("GN_SBPF_ELFS"), "no real programs")
    def test_token(self):
        page, _ = self.check(FIXTURES / "tx" / "spltoken_transfer.json", "--programs", os.environ["GN_SBPF_ELFS"],
                             heading="spltoken_transfer.json")
        self.assertLessEqual(self.open(page, width=390)["overflow"], 0)
        self.open(page, scheme="dark")

    def test_riscv(self):
        """names that are markup"""
        evil = b"<img src=x onerror=alert(1)>&\"'</td>"
        code = [elf.addi(5, 0, 1), elf.addi(6, 0, 2)] + elf.leave(3)
        program = self.file("a&<b>.elf", elf.elf(code, [(evil, elf.BASE, 8), (b"two", elf.BASE + 8, 0)]))
        _, said = self.check(program, heading="a&<b>.elf")
        self.assertIn(evil.decode(), [r[0] for r in said["functions"]])
        self.assertIn("exited with code 0x3", said["outcome"])

    def test_no_proof(self):
        loop = self.file("loop.elf", elf.elf([elf.jump(0)], [(b"spin", elf.BASE, 4)]))
        _, said = self.check(loop, "--max-steps", 1000, heading="loop.elf")
        self.assertEqual(said["machines"], [])


if __name__ == "__main__":
    if CHROMIUM is None or DRIVER is None:
        print("no chromium, or no chromedriver")
        sys.exit(77)
    unittest.main()
