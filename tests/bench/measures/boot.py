# SPDX-License-Identifier: MIT
"""Seconds to the guest's first command, against the same guest on plain QEMU in the same run."""

import resource
import statistics
import subprocess
import time

from measures.context import RUN_SECONDS, BenchError, Context, Result

RATIO_LIMIT = 2.5
FIRST = "first"


def boot(context: Context, firmware, platform):
    """Seconds until the command's output is there; seconds of processor time that launcher and QEMU took to the guest's end."""
    command = [str(context.root / "copra"), "run", "--accel", "tcg", "--firmware", firmware, "--platform", platform,
               "--timeout", str(RUN_SECONDS - 30), "--exec", f"echo {FIRST}"]
    before = processor_seconds()
    start = time.monotonic()
    with subprocess.Popen(command, cwd=context.root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, errors="replace") as process:
        line = process.stdout.readline()
        seconds = time.monotonic() - start
        _, errors = process.communicate(timeout=RUN_SECONDS)
    if line.strip() != FIRST or process.returncode != 0:
        raise BenchError(f"{' '.join(command)}: exit status {process.returncode}: {errors[-500:]}")
    return seconds, processor_seconds() - before


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def spread(values):
    return f"{min(values):.2f} to {max(values):.2f}"


def measure_firmware(context, firmware):
    """
    Plain and SNP by turns, and a ratio for each pair of neighbours, so that a busy minute of the host's hits both. Seconds are what a
    user waits for; processor time says the same with less noise where others use the host.
    """
    pairs = [(boot(context, firmware, "plain"), boot(context, firmware, "snp")) for _ in range(context.runs)]
    plain, snp = zip(*pairs)
    name = f"boot, firmware {firmware}"
    for title, runs in (("plain QEMU", plain), ("under the SVSM", snp)):
        seconds = [run[0] for run in runs]
        yield Result(f"{name}: {title}", statistics.median(seconds), "s", None, spread(seconds))
    for title, which, limit in (("ratio", 0, RATIO_LIMIT), ("ratio of processor time", 1, None)):
        ratios = [under[which] / alone[which] for alone, under in pairs]
        note = f"median of {context.runs} pairs, {spread(ratios)}"
        yield Result(f"{name}: {title}", statistics.median(ratios), "", limit, note)


def measure(context):
    context.run(context.root / "copra", "artefacts")  # fetched before the clock runs
    for platform in ("plain", "snp"):
        boot(context, "none", platform)  # nothing is built, and files are cached, when the clock runs
    for firmware in ("none", "ovmf"):
        yield from measure_firmware(context, firmware)
