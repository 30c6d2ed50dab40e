# SPDX-License-Identifier: MIT
"""copra verify: one piece of evidence, and many different ones at a time, of one chip and of many."""

import os
import resource
import secrets
import sys
import tempfile
import time
from pathlib import Path

from measures.context import Result

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
import verify_evidence as evidence  # noqa: E402

PIECES = 500
CHIPS = 20
SECONDS = 2  # that a batch should last at the least


def processor():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def best(context, *words):
    """The least wall time and the least processor time of some runs."""
    runs = []
    for _ in range(max(context.runs, 5)):
        start, before = time.perf_counter(), processor()
        context.run(*words)
        runs.append((time.perf_counter() - start, processor() - before))
    return (min(column) for column in zip(*runs))


class Evidence:
    """Different reports for different nonces; their chips share a key, which no two certificates of a test tell."""

    def __init__(self, folder):
        self.folder = folder
        self.chain = evidence.Chain(folder)
        self.manifest = evidence.services([(evidence.VTPM, bytes(300))])
        (folder / "manifest").write_bytes(self.manifest)

    def table(self, name, vcek):
        entries = [(evidence.ARK, self.chain.der("ark")), (evidence.ASK, self.chain.der("ask")), (evidence.VCEK, vcek)]
        path = self.folder / f"table-{name}"
        path.write_bytes(evidence.table(entries))
        return path

    def line(self, name, chip, table):
        nonce = secrets.token_bytes(64)
        path = self.folder / f"report-{name}"
        path.write_bytes(self.chain.sign(evidence.report(chip, evidence.report_data(nonce, self.manifest))))
        return f"{path} {self.folder / 'manifest'} {nonce.hex()} {table}\n"

    def of_one_chip(self):
        table = self.table("one", self.chain.der("vcek"))
        return [self.line(f"one-{number}", self.chain.chip, table) for number in range(PIECES)]

    def of_many_chips(self):
        """No two neighbours are of one chip."""
        chips = [secrets.token_bytes(64) for _ in range(CHIPS)]
        tables = [self.table(number, self.chain.vcek_for(chip, True)) for number, chip in enumerate(chips)]
        return [self.line(f"many-{number}", chip, table) for number, (chip, table) in enumerate(zip(chips * 5, tables * 5))]


def measure(context):
    tool = context.find("tools/verify/copra-verify")
    with tempfile.TemporaryDirectory(prefix="copra-bench-") as name:
        folder = Path(name)
        made = Evidence(folder)
        words = [tool, "--test-roots", folder / "ark.pem", "--measurement", (b"M" * 48).hex()]
        lines = {"one chip": made.of_one_chip(), "another chip each time": made.of_many_chips()}
        report, manifest, nonce, table = lines["one chip"][0].split()
        wall, used = best(context, *words, "--report", report, "--manifest", manifest, "--nonce", nonce, "--certificates", table)
        yield Result("copra verify, one piece of evidence", wall * 1000, "ms", 50)
        yield Result("copra verify, one piece: processor time", used * 1000, "ms")
        cores = min(2, len(os.sched_getaffinity(0)))
        for what, some in lines.items():
            repeats = 1000 * SECONDS // len(some)
            (folder / "batch").write_text("".join(some * repeats))
            wall, used = best(context, *words, "--batch", folder / "batch", "--jobs", cores)
            pieces = len(some) * repeats
            yield Result(f"copra verify --batch, {what}: one piece", wall / pieces * 1000, "ms", 1, f"{cores} threads")
            yield Result(f"copra verify --batch, {what}: processor time", used / pieces * 1000, "ms")
