"""`parity`: reads the command line, calls, prints."""

from __future__ import annotations

import sys

from contract.suite.lint import lint
from contract.suite.openapi import Contract
from pathlib import Path

def main():
    findings = lint(Contract(Path(__file__).parent.parent))
    for f in findings: print(f)
    print(len(findings), "findings")
    return 1 if findings else 0
