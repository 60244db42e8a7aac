#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SOUNDNESS.md must contain the table that gnomon-soundness prints: soundness_document.py PROGRAM SOUNDNESS.md"""
import subprocess
import sys

table = subprocess.run([sys.argv[1], "--markdown"], check=True, capture_output=True, text=True).stdout
with open(sys.argv[2], encoding="utf-8") as f:
    text = f.read()
if not table.startswith("| preset | stack") or table not in text:
    sys.exit("SOUNDNESS.md section 4 differs from gnomon-soundness --markdown")
