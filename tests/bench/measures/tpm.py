# SPDX-License-Identifier: MIT
"""The virtual TPM: size of the IGVM file, memory, and VMPL0's instructions, ring 0 and ring 3 together, for its start and per command.

The tpm programs of guests/ differ by one step each. QEMU's random numbers come from a fixed seed, so that the starts are the same.
"""

import re
import tempfile
from pathlib import Path

from measures.context import BenchError, Result, counters

FILE_LIMIT = 6_000_000
MEMORY_LIMIT_KIB = 16 * 1024
CPUS = 8
STEPS = 6
SEEDED = '#!/bin/sh\nexec qemu-system-x86_64 -seed 1 "$@"\n'
OWN = re.compile(r"memory (\d+) KiB, (\d+) KiB free")


def service(context):
    return "--service", context.find("services/copra-services")


def file_size(context, folder):
    """The service, the SVSM and a small program."""
    image = context.program_image(folder, "tpm0", *service(context))
    size = image.stat().st_size
    image.unlink()
    return size


def memory(context):
    options = (*service(context), "--debug", "--cpus", str(CPUS))
    done, _ = context.run_program("tpm1", "--memory", "256M", "--debug", "--cpus", str(CPUS), build_options=options)
    found = OWN.search(done.stdout + done.stderr)
    if not found:
        raise BenchError("the SVSM's log does not say how much memory it has")
    return int(found[1]), int(found[1]) - int(found[2])


def count(context, program, qemu):
    done, trace = context.run_program(program, "--memory", "128M", "--icount", "--counters", "--qemu", qemu,
                                      build_options=service(context))
    if " ok" not in done.stdout:
        raise BenchError(f"{program} says: {done.stdout.strip()[-200:]}")
    return counters(trace, 0)["ticks"], int(re.search(r"repeats=(\d+)", done.stdout)[1])


def measure(context):
    with tempfile.TemporaryDirectory(prefix="copra-bench-") as folder:
        qemu = Path(folder) / "qemu"
        qemu.write_text(SEEDED, encoding="utf-8")
        qemu.chmod(0o755)
        size = file_size(context, folder)
        total, used = memory(context)
        ticks, repeats = [], 1
        for step in range(STEPS):
            one, repeats = count(context, f"tpm{step}", qemu)
            ticks.append(one)
    price = [after - before for before, after in zip(ticks, ticks[1:])]
    return [
        Result("IGVM file with vTPM", size, "bytes", FILE_LIMIT, "a small program as the guest; firmware comes on top"),
        Result("SVSM memory with vTPM", total, "KiB", MEMORY_LIMIT_KIB, f"{CPUS} CPUs; {used} KiB in use before the service runs"),
        Result("VMPL0, vTPM from nothing to its first answer", price[0], "instructions", None, "self-test and endorsement key included"),
        Result("VMPL0, per PCR_Read", price[1] / repeats, "instructions"),
        Result("VMPL0, per PCR_Extend", price[2] / repeats, "instructions"),
        Result("VMPL0, per GetRandom of 32 bytes", price[3] / repeats, "instructions"),
        Result("VMPL0, per SelfTest of everything", price[4], "instructions"),
    ]
