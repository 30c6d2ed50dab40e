# SPDX-License-Identifier: MIT
"""One attestation, from the guest's first call to its evidence: wall time, instructions by VMPL, the PSP's share.

Two guests differ by a known number of attestations; neither counts the first one, which starts the vTPM. Instructions are those of
QEMU's counter, by which the machine's own clock runs, too.
"""

import re

from measures.context import BenchError, Result, counters

NUMBER = 8


def run(context, program, *options):
    """What it prints, and the trace."""
    service = ("--service", context.find("services/copra-services"))
    done, trace = context.run_program(program, "--memory", "128M", "--trace-classes", "vmpl", *options, build_options=service)
    if "attestations ok" not in done.stdout:
        raise BenchError(f"{program} says: {done.stdout.strip()[-200:]}")
    return {key: int(value) for key, value in re.findall(r"(\w+)=(\d+)", done.stdout)}, trace


def psp_ticks(trace, field):
    """Of the last messages; the first one is not counted."""
    return sum(int(re.search(rf" {field}=(\d+)", line)[1]) for line in [line for line in trace if " guest-message " in line][1:])


def measure(context):
    wall, trace = run(context, f"attest{1 + NUMBER}")
    khz = int(re.search(r"tsc_khz=(\d+)", "\n".join(trace))[1])
    counted = [run(context, f"attest{number}", "--icount", "--counters") for number in (1, 1 + NUMBER)]
    more, trace = counted[1]
    vmpl = [(counters(trace, level)["ticks"] - counters(counted[0][1], level)["ticks"]) / NUMBER for level in (0, 2)]
    total, psp, signature = more["ticks"] / NUMBER, psp_ticks(trace, "ticks") / NUMBER, psp_ticks(trace, "signature") / NUMBER
    yield Result("attestation: wall time", wall["ticks"] / khz / NUMBER, "ms", None, "on QEMU's emulation")
    yield Result("attestation: VMPL0, rings 0 and 3", vmpl[0], "instructions", None, f"{more['calls'] / NUMBER:.0f} calls")
    yield Result("attestation: VMPL2", vmpl[1], "instructions")
    yield Result("attestation: machine, without its PSP", total - psp - sum(vmpl), "instructions")
    yield Result("attestation: the PSP's signature", signature, "instructions")
    yield Result("attestation: PSP, which opens and seals", psp - signature, "instructions")
    yield Result("attestation: the signature's share", 100 * signature / total, "%", None, "of all instructions")
    yield Result("attestation: the PSP's share", 100 * psp / total, "%", None, "of all instructions")
