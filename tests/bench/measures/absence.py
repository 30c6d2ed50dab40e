# SPDX-License-Identifier: MIT
"""The longest absence from the guest: VMPL0's instructions between an exit of the guest and its next entry.

Over a boot of Linux with OVMF, which accepts its memory as it goes, and over random calls, each on one CPU: what a CPU does while it waits for
another one, with a bound of its own (BUDGET_LOOKS), cannot be told from what QEMU has the others do meanwhile.
"""

import tempfile
from pathlib import Path

from measures import scale
from measures.context import RUN_SECONDS, BenchError, Result

STORM_SECONDS = 5  # of the guest's clock
STORM_SEED = 1
WORK = "echo 600 >/proc/sys/vm/nr_hugepages; grep Unaccepted /proc/meminfo"  # has the kernel accept memory, 2 MiB a call


def longest(trace):
    found = [int(line.rpartition("=")[2]) for line in trace if " name=longest_absence " in line]
    if not found:
        raise BenchError("no longest absence in the trace")
    return max(found)


def boot(context):
    with tempfile.TemporaryDirectory(prefix="copra-bench-") as folder:
        trace = Path(folder) / "trace"
        context.run(context.root / "copra", "run", "--memory", "2G", "--icount", "--counters", "--accel", "tcg", "--trace", trace,
                    "--trace-classes", "refused", "--log", Path(folder) / "log", "--timeout", RUN_SECONDS - 30, "--exec", WORK)
        return longest(trace.read_text(encoding="utf-8", errors="replace").splitlines())


def measure(context):
    limit = scale.budget(context, "CALL")
    yield Result("longest absence, boot of Linux with OVMF", boot(context), "instructions", limit,
                 "1 CPU, 2 GiB, a part of it accepted by 2 MiB")
    _, trace = scale.run(context, "storm", (STORM_SEED, STORM_SECONDS), 1)
    yield Result("longest absence, random calls", longest(trace), "instructions", limit, f"1 CPU, {STORM_SECONDS} s of the guest's clock")
