# SPDX-License-Identifier: MIT
"""copra verify: one piece of evidence, and many different ones at a time."""

import os
import secrets
import sys
import tempfile
import time
from pathlib import Path

from measures.context import Result

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
import verify_evidence as evidence  # noqa: E402

PIECES = 500
SECONDS = 2  # that a batch should last at the least


def wall(context, *words):
    best = None
    for _ in range(max(context.runs, 5)):
        start = time.perf_counter()
        context.run(*words)
        spent = time.perf_counter() - start
        best = spent if best is None else min(best, spent)
    return best


def make(folder):
    """Different reports of one chip, for different nonces; returns the lines of a batch."""
    chain = evidence.Chain(folder)
    manifest = evidence.services([(evidence.VTPM, bytes(300))])
    (folder / "manifest").write_bytes(manifest)
    (folder / "table").write_bytes(evidence.table([(evidence.ARK, chain.der("ark")), (evidence.ASK, chain.der("ask")),
                                                   (evidence.VCEK, chain.der("vcek"))]))
    lines = []
    for number in range(PIECES):
        nonce = secrets.token_bytes(64)
        path = folder / f"report-{number}"
        path.write_bytes(chain.sign(evidence.report(chain.chip, evidence.report_data(nonce, manifest))))
        lines.append(f"{path} {folder / 'manifest'} {nonce.hex()} {folder / 'table'}\n")
    return lines


def measure(context):
    tool = context.find("tools/verify/copra-verify")
    with tempfile.TemporaryDirectory(prefix="copra-bench-") as name:
        folder = Path(name)
        lines = make(folder)
        words = [tool, "--test-roots", folder / "ark.pem", "--measurement", (b"M" * 48).hex()]
        report, manifest, nonce, table = lines[0].split()
        one = wall(context, *words, "--report", report, "--manifest", manifest, "--nonce", nonce, "--certificates", table)
        yield Result("copra verify, one piece of evidence", one * 1000, "ms", 50)
        repeats = 1000 * SECONDS // PIECES
        (folder / "batch").write_text("".join(lines * repeats))
        cores = min(2, len(os.sched_getaffinity(0)))
        spent = wall(context, *words, "--batch", folder / "batch", "--jobs", cores)
        yield Result("copra verify --batch, one piece", spent / (PIECES * repeats) * 1000, "ms", 1, f"{cores} threads; one chip")
