# SPDX-License-Identifier: MIT
"""The longest absence from the guest: VMPL0's instructions between an exit of the guest and its next entry.

Over a boot of Linux with OVMF, which accepts its memory as it goes, over random calls, and while Linux has the virtual TPM make a key, each on one
CPU: what a CPU does while it waits for another one, with a bound of its own (BUDGET_LOOKS), cannot be told from what QEMU has the others do meanwhile.
"""

import tempfile
from pathlib import Path

from measures import scale, tpm
from measures.context import RUN_SECONDS, BenchError, Result

STORM_SECONDS = 5  # of the guest's clock
STORM_SEED = 1
WORK = "echo 600 >/proc/sys/vm/nr_hugepages; grep Unaccepted /proc/meminfo"  # has the kernel accept memory, 2 MiB a call
KEY = f"""exec 3<>/dev/tpm0
echo {tpm.RSA_2048_KEY.command.hex()} | xxd -r -p >&3
dd bs=4096 count=1 <&3 2>/dev/null | xxd -p | tr -d '\\n' | cut -c 13-
"""
SUCCESS = "00000000"


def longest(trace):
    found = [int(line.rpartition("=")[2]) for line in trace if " name=longest_absence " in line]
    if not found:
        raise BenchError("no longest absence in the trace")
    return max(found)


def run_linux(context, work, *options):
    """What the work writes, and the longest absence of the whole run."""
    with tempfile.TemporaryDirectory(prefix="copra-bench-") as folder:
        trace = Path(folder) / "trace"
        done = context.run(context.root / "copra", "run", "--icount", "--counters", "--accel", "tcg", "--trace", trace, "--trace-classes", "refused",
                           "--log", Path(folder) / "log", "--timeout", RUN_SECONDS - 30, *options, "--exec", work)
        return done.stdout, longest(trace.read_text(encoding="utf-8", errors="replace").splitlines())


def key(context):
    """The same key each time, by one write to /dev/tpm0 and one read."""
    out, found = run_linux(context, KEY, "--firmware", "none", "--tpm", "--service", context.find("tests/bench/services_seeded"))
    if not out.startswith(SUCCESS):
        raise BenchError(f"the TPM answers {out.strip()[:200]}")
    return found


def measure(context):
    limit = scale.budget(context, "CALL")
    yield Result("longest absence, boot of Linux with OVMF", run_linux(context, WORK, "--memory", "2G")[1], "instructions", limit,
                 "1 CPU, 2 GiB, a part of it accepted by 2 MiB")
    _, trace = scale.run(context, "storm", (STORM_SEED, STORM_SECONDS), 1)
    yield Result("longest absence, random calls", longest(trace), "instructions", limit, f"1 CPU, {STORM_SECONDS} s of the guest's clock")
    yield Result("longest absence, Linux has a key made", key(context), "instructions", limit, "1 CPU, RSA-2048, no firmware")
