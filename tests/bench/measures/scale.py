# SPDX-License-Identifier: MIT
"""PVALIDATE of 1 GiB with 1, 2 and 4 CPUs, and the life of a vCPU: calls and VMPL0's instructions; and how it scales in time.

Instructions are counted by a plugin of QEMU's (tests/bench/rings), which knows whose they are, with the CPUs emulated in turn: what several CPUs
cost each other. Time is that of a QEMU which emulates them on threads, where there is one, and processors for it. The limits are those
that the SVSM reckons with, svsm/guest/budget.h.
"""

import os
import re
import statistics
import struct
import sys
import tempfile
from pathlib import Path

from measures import tpm
from measures.context import RUN_SECONDS, BenchError, Result

MARK = b"COPRAPRM"
PAGES = 1 << 30 >> 12
LARGE_PAGES = 1 << 30 >> 21
ZEROING_SMALL = 512  # one store of 8 bytes each
ZEROING_LARGE = 512 * 512
ROUNDS = 100
CPUS = (1, 2, 4)
TIMED_RUNS = 3
TIMED_ATTEMPTS = 5  # with QEMU on threads a run can end in nonsense (docs/machine.md, what surprised us)
# guests/scale/main.c, enum what
NOTHING, LARGE, SMALL, BLOCK, CREATE, DELETE, NO_START, START = range(8)


def budget(context, name):
    """A number of the SVSM's own reckoning."""
    text = (context.root / "svsm/guest/budget.h").read_text(encoding="utf-8")
    found = re.search(rf"#define BUDGET_{name} (\d+)U", text)
    if not found:
        raise BenchError(f"svsm/guest/budget.h has no BUDGET_{name}")
    return int(found[1])


def image(context, folder, program, words, cpus):
    """An IGVM file with a program of guests/ as firmware, its two parameters filled in."""
    firmware = bytearray(context.find(f"guests/{program}.fd").read_bytes())
    at = firmware.rindex(MARK) + len(MARK)
    firmware[at:at + 16] = struct.pack("<QQ", *words)
    path = Path(folder) / f"{program}.fd"
    path.write_bytes(firmware)
    output = path.with_suffix(".igvm")
    context.run(context.find("tools/igvm/igvm"), "build", "--kernel-image", context.find("svsm/copra-svsm.elf"), "--firmware", path,
                "--cpus", cpus, "--output", output)
    return output


def run(context, program, words, cpus, *options):
    """Output and trace of a run that counts instructions, or of one as the options say."""
    with tempfile.TemporaryDirectory(prefix="copra-bench-") as folder:
        trace = Path(folder) / "trace"
        done = context.run(context.root / "copra", "run", "--igvm", image(context, folder, program, words, cpus), "--cpus", cpus,
                           "--memory", "1280M", *(options or ("--icount", "--counters")), "--accel", "tcg", "--trace", trace, "--trace-classes", "refused",
                           "--log", Path(folder) / "log", "--timeout", RUN_SECONDS - 30)
        if "not ok" in done.stdout or " ok" not in done.stdout and "\nok" not in done.stdout:
            raise BenchError(f"{program} says: {done.stdout.strip()[-200:]}")
        return done.stdout, trace.read_text(encoding="utf-8", errors="replace").splitlines()


def scale(context, what, amount, cpus):
    """VMPL0's instructions on all CPUs, and how many calls of PVALIDATE were made."""
    with tempfile.TemporaryDirectory(prefix="copra-bench-") as folder:
        counts = Path(folder) / "counts"
        out, _ = run(context, "scale", (what, amount), cpus, "--icount", "--qemu", tpm.write_qemu(context, folder, counts, mark=False))
        return int(counts.read_text(encoding="ascii").split()[1]), int(re.search(r"calls=(\d+)", out)[1])


def validation(context, cpus):
    base, _ = scale(context, NOTHING, 1 << 30, cpus)
    large, large_calls = scale(context, LARGE, 1 << 30, cpus)
    small, small_calls = scale(context, SMALL, 1 << 30, cpus)
    text = f"{cpus} CPU{'s' * (cpus > 1)}"
    by_large, by_small = (large - base) / LARGE_PAGES - ZEROING_LARGE, (small - base) / PAGES - ZEROING_SMALL
    return [
        Result(f"PVALIDATE of 1 GiB by 2 MiB, {text}: calls", large_calls, "calls", None, "1 ms of work each: three pages"),
        Result("  VMPL0, per page", by_large, "instructions", budget(context, "LARGE_PAGE"),
               f"and {ZEROING_LARGE} for zeroing, {100 * ZEROING_LARGE / (ZEROING_LARGE + by_large):.0f} % of all: memory is the limit"),
        Result(f"PVALIDATE of 1 GiB by 4 KiB, {text}: calls", small_calls, "calls", None, "256 pages each, as the list says"),
        Result("  VMPL0, per page", by_small, "instructions", budget(context, "PAGE"),
               f"and {ZEROING_SMALL} for zeroing: claim, window, rights are the limit"),
    ]


def has_threads(context):
    """Before 8.1, QEMU's threads lose changes of code by another CPU as well."""
    version = re.search(r"version (\d+)\.(\d+)", context.run(os.environ.get("COPRA_QEMU", tpm.QEMU), "--version").stdout)
    return version and (int(version[1]), int(version[2])) >= (8, 1) and len(os.sched_getaffinity(0)) > 1


def ticks(context, what, amount, cpus):
    for attempt in range(1, TIMED_ATTEMPTS + 1):
        try:
            out, _ = run(context, "scale", (what, amount), cpus, "--threads", "many")
            return int(re.search(r"ticks=(\d+)", out)[1])
        except BenchError as error:
            if attempt == TIMED_ATTEMPTS:
                raise
            print(f"bench: scale: again, as QEMU's threads broke this run: {str(error)[-200:]}", file=sys.stderr)
    return None


def speed(context):
    """By turns: what else the computer does meanwhile meets both."""
    if not has_threads(context):
        print("bench: scale: QEMU is older than 8.1, or there is one processor: how it scales in time is left out", file=sys.stderr)
        return
    for name, what, amount in (("2 MiB", LARGE, 1 << 30), ("4 KiB", SMALL, 256 << 20)):
        ratios = [ticks(context, what, amount, 1) / ticks(context, what, amount, 2) for _ in range(TIMED_RUNS)]
        yield Result(f"PVALIDATE by {name}, 2 CPUs against 1: speed", statistics.median(ratios), "x", None,
                     f"{amount >> 20} MiB; from {min(ratios):.2f} to {max(ratios):.2f}")


def life(context):
    limit = budget(context, "VCPU")
    block, created, deleted = (scale(context, what, ROUNDS, 2)[0] for what in (BLOCK, CREATE, DELETE))
    idle, started = (scale(context, what, ROUNDS, 2)[0] for what in (NO_START, START))
    return [
        Result("VMPL0, per CREATE_VCPU of a CPU that waits", (created - block) / ROUNDS, "instructions", limit, "it replaces a VMSA"),
        Result("VMPL0, per DELETE_VCPU", (deleted - created) / ROUNDS, "instructions", limit),
        Result("VMPL0, CREATE_VCPU, start, DELETE_VCPU", (started - idle) / ROUNDS, "instructions", 3 * limit,
               "both CPUs together; limit: the two calls, and as much for the CPU that is called"),
    ]


def measure(context):
    for cpus in CPUS:
        yield from validation(context, cpus)
    yield from life(context)
    yield from speed(context)
