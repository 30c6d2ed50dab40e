# SPDX-License-Identifier: MIT
"""Seconds to the guest's first command, against the same guest on plain QEMU in the same run."""

import statistics
import subprocess
import time

from measures.context import RUN_SECONDS, BenchError, Context, Result

RATIO_LIMIT = 2.5
FIRST = "first"


def seconds_to_first_command(context: Context, firmware, platform):
    command = [str(context.root / "copra"), "run", "--accel", "tcg", "--firmware", firmware, "--platform", platform,
               "--timeout", str(RUN_SECONDS - 30), "--exec", f"echo {FIRST}"]
    start = time.monotonic()
    with subprocess.Popen(command, cwd=context.root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, errors="replace") as process:
        line = process.stdout.readline()
        seconds = time.monotonic() - start
        _, errors = process.communicate(timeout=RUN_SECONDS)
    if line.strip() != FIRST or process.returncode != 0:
        raise BenchError(f"{' '.join(command)}: exit status {process.returncode}: {errors[-500:]}")
    return seconds


def measure_firmware(context, firmware):
    """Plain and SNP by turns, so that a busy minute of the host's hits both."""
    taken = {"plain": [], "snp": []}
    for _ in range(context.runs):
        for platform, seconds in taken.items():
            seconds.append(seconds_to_first_command(context, firmware, platform))
    plain, snp = (statistics.median(taken[platform]) for platform in ("plain", "snp"))
    spread = "; ".join(f"{platform} {min(taken[platform]):.1f} to {max(taken[platform]):.1f}" for platform in taken)
    return [
        Result(f"boot, firmware {firmware}: plain QEMU", plain, "s"),
        Result(f"boot, firmware {firmware}: under the SVSM", snp, "s", None, spread),
        Result(f"boot, firmware {firmware}: ratio", snp / plain, "", RATIO_LIMIT, f"median of {context.runs}"),
    ]


def measure(context):
    context.run(context.root / "copra", "artefacts")  # fetched before the clock runs
    for firmware in ("none", "ovmf"):
        yield from measure_firmware(context, firmware)
