# SPDX-License-Identifier: MIT
"""The SVSM's native image: in a QEMU that loads IGVM files itself, or on the machine; how it says what came of it."""

import os
import subprocess
from pathlib import Path

from copra import machine
from copra.errors import STATUS_FAILED, STATUS_OK, STATUS_TERMINATED, LaunchError
from copra.guest import Guest
from copra.qemu import EXIT_PORT, quoted
from copra.termination import SVSM_SET, words_for

# include/copra/native.h; QEMU's status is value * 2 + 1
EXIT_PASSED = 0x10
EXIT_FAILED = 0x11
EXIT_TERMINATED = 0x20
EXIT_LAST = 0x5F
DIRECT_CPU = {"tcg": "max", "kvm": "host"}
MACHINE_OPTIONS = ("trace", "trace_classes", "counters", "dump", "fault", "withhold", "icount")


def loads_igvm(program):
    """True when this QEMU was built with IGVM."""
    try:
        done = subprocess.run([program, "-object", "igvm-cfg,help"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LaunchError(f"QEMU {program} cannot be run: {error}") from error
    return done.returncode == 0 and "file=" in done.stdout


def runs_directly(options):
    """On the machine, unless --qemu names a program that has a loader of its own. What only the machine can do it must do."""
    return options.qemu is not None and loads_igvm(options.qemu) and not any(getattr(options, name) for name in MACHINE_OPTIONS)


def direct_accelerator(wanted):
    if wanted == "kvm" and not os.access("/dev/kvm", os.R_OK | os.W_OK):
        raise LaunchError("--accel kvm: there is no access to /dev/kvm; leave it out to use TCG")
    return "kvm" if wanted == "kvm" else "tcg"


def build_igvm(options, scratch, progress):
    output = Path(scratch) / "native.igvm"
    words = [machine.igvm_tool(), "build", "--platform", "native", "--kernel-image", machine.native_image(), "--output", output]
    words += ["--cpus", options.cpus] + ["--debug"] * options.debug
    result = progress.run("building the IGVM file", [str(word) for word in words])
    if result.returncode != 0:
        raise LaunchError(result.stderr.strip() or f"igvm build ended with status {result.returncode}")
    return output


def add_guest(command, options, scratch, progress):
    """Everything on QEMU's command line. Returns the guest, of which the launcher knows nothing more."""
    direct = runs_directly(options)
    machine.build_paths(progress, [machine.native_image(), machine.igvm_tool()] + [machine.machine_image()] * (not direct))
    igvm = Path(options.igvm) if options.igvm else build_igvm(options, scratch, progress)
    if direct:
        command.memory(options.memory)
        command.add("-M", "igvm-cfg=igvm0", "-object", f"igvm-cfg,id=igvm0,file={quoted(igvm)}")
        command.add("-device", f"isa-debug-exit,iobase={EXIT_PORT:#x},iosize=0x4")
        # No video and no APIC option: their firmware lies in files that such a QEMU may lack.
        command.add("-vga", "none", "-global", "apic-common.vapic=off")
    else:
        machine.add_machine(command, options, igvm, [], scratch)
    return Guest(None, None, "", None, None, "")


def outcome(status):
    """The launcher's status for QEMU's; what did not go well is an error with words."""
    value = status >> 1
    if status & 1 == 0 or not EXIT_PASSED <= value <= EXIT_LAST:
        raise LaunchError(f"the native image ended without a result (QEMU's status {status})", STATUS_FAILED)
    if value == EXIT_PASSED:
        return STATUS_OK
    if value < EXIT_TERMINATED:
        raise LaunchError("a self-test of the SVSM failed", STATUS_FAILED)
    code = value - EXIT_TERMINATED
    raise LaunchError(f"the SVSM terminated itself: set {SVSM_SET}, code {code}: {words_for(SVSM_SET, code)}", STATUS_TERMINATED)
