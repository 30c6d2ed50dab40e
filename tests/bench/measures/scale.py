# SPDX-License-Identifier: MIT
"""PVALIDATE of 1 GiB with 1, 2 and 4 CPUs, and the life of a vCPU: calls and VMPL0's instructions.

QEMU emulates the CPUs in turn and counts instructions; the machine says which CPU's they were (docs/trace.md, own_ticks). So this shows what
several CPUs cost each other in instructions, not in time. The limits are those that the SVSM reckons with, svsm/guest/budget.h.
"""

import re
import struct
import tempfile
from pathlib import Path

from measures.context import RUN_SECONDS, BenchError, Result, counters

MARK = b"COPRAPRM"
PAGES = 1 << 30 >> 12
LARGE_PAGES = 1 << 30 >> 21
ZEROING_SMALL = 512  # one store of 8 bytes each
ZEROING_LARGE = 512 * 512
ROUNDS = 100
CPUS = (1, 2, 4)
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


def run(context, program, words, cpus):
    """Output and trace of a run that counts instructions."""
    with tempfile.TemporaryDirectory(prefix="copra-bench-") as folder:
        trace = Path(folder) / "trace"
        done = context.run(context.root / "copra", "run", "--igvm", image(context, folder, program, words, cpus), "--cpus", cpus,
                           "--memory", "1280M", "--icount", "--counters", "--accel", "tcg", "--trace", trace, "--trace-classes", "refused",
                           "--log", Path(folder) / "log", "--timeout", RUN_SECONDS - 30)
        if "not ok" in done.stdout or " ok" not in done.stdout and "\nok" not in done.stdout:
            raise BenchError(f"{program} says: {done.stdout.strip()[-200:]}")
        return done.stdout, trace.read_text(encoding="utf-8", errors="replace").splitlines()


def scale(context, what, amount, cpus):
    """VMPL0's instructions on all CPUs, and how many calls of PVALIDATE were made."""
    out, trace = run(context, "scale", (what, amount), cpus)
    return counters(trace, 0)["own_ticks"], int(re.search(r"calls=(\d+)", out)[1])


def validation(context, cpus):
    base, _ = scale(context, NOTHING, 1 << 30, cpus)
    large, large_calls = scale(context, LARGE, 1 << 30, cpus)
    small, small_calls = scale(context, SMALL, 1 << 30, cpus)
    text = f"{cpus} CPU{'s' * (cpus > 1)}"
    alone = cpus == 1  # what several CPUs execute is told apart to some per cent only
    by_large, by_small = (large - base) / LARGE_PAGES - ZEROING_LARGE, (small - base) / PAGES - ZEROING_SMALL
    return [
        Result(f"PVALIDATE of 1 GiB by 2 MiB, {text}: calls", large_calls, "calls", None, "1 ms of work each: three pages"),
        Result("  VMPL0, per page", by_large, "instructions", budget(context, "LARGE_PAGE") if alone else None,
               f"and {ZEROING_LARGE} for zeroing, {100 * ZEROING_LARGE / (ZEROING_LARGE + by_large):.0f} % of all: memory is the limit"),
        Result(f"PVALIDATE of 1 GiB by 4 KiB, {text}: calls", small_calls, "calls", None, "256 pages each, as the list says"),
        Result("  VMPL0, per page", by_small, "instructions", budget(context, "PAGE") if alone else None,
               f"and {ZEROING_SMALL} for zeroing: claim, window, rights are the limit"),
    ]


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
