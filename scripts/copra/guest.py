# SPDX-License-Identifier: MIT
"""The guest's parts as the options ask for them: kernel, initial RAM disk, command line, firmware."""

import tempfile
from pathlib import Path
from typing import NamedTuple, Optional

from copra import initramfs
from copra.channel import new_token
from copra.errors import LaunchError
from copra.guestkernel import check_bzimage, init_size, kernel_from_file, read_input
from copra.paths import MIB

# Without lastbus, a kernel that learns of 256 PCI buses by ACPI looks for host bridges that ACPI does not tell of on all of them: more
# than 16,000 port accesses, of which each is a round trip to the host under SEV-SNP. QEMU has none unless asked for (pxb).
KERNEL_LINE = "console=ttyS0 quiet panic=-1 pci=lastbus=0"
SWIOTLB_SIZE = 64 * MIB  # the least that Linux sets aside under SEV
USER_SPACE = 48 * MIB
KERNEL_START = 16 * MIB
ROUNDING = 8 * MIB


class Guest(NamedTuple):
    kernel: Optional[Path]
    initrd: Optional[Path]
    cmdline: str
    firmware: Optional[Path]
    command: Optional[str]
    token: str
    least_memory: int = 0


def choose_firmware(name, artefacts):
    if name == "none":
        return None
    if name == "ovmf":
        return artefacts.firmware()
    path = Path(name)
    if not path.is_file():
        raise LaunchError(f"firmware {name}: no such file (or say ovmf or none)")
    return path


def choose_kernel(options, artefacts):
    if options.kernel:
        return kernel_from_file(options.kernel)
    kernel = artefacts.kernel(options.kernel_flavour, options.kernel_suite, options.tpm)
    check_bzimage(kernel.image, kernel.image.read_bytes())
    return kernel


def least_memory(options, kernel, initrd):
    """What this kernel and initial RAM disk need at least; refuses a guest with less."""
    unpacked = 2 * len(initrd)
    least = KERNEL_START + init_size(kernel.image.read_bytes()) + unpacked + SWIOTLB_SIZE + USER_SPACE
    least = -(-least // ROUNDING) * ROUNDING
    if options.memory < least:
        raise LaunchError(f"--memory {options.memory // MIB}M is too little for this kernel and initial RAM disk; "
                          f"{least // MIB}M is the least")
    return least


def prepare(options, artefacts, scratch):
    """Chooses and makes everything; files that are made lie in the scratch folder."""
    kernel = choose_kernel(options, artefacts)
    token = new_token()
    base = read_input(options.initrd, "initrd") if options.initrd else None
    line = KERNEL_LINE
    if base is None or options.exec is not None:
        more = artefacts.tpm_modules(kernel) if options.tpm else []
        more += [artefacts.hotplug_module(kernel)] if options.cpu_hotplug else []
        wanted = initramfs.Wanted(options.exec, token, bool(options.disk), base, options.tpm, options.cpu_hotplug, more)
        data = initramfs.build(artefacts.busybox(), kernel, wanted)
        line += f" rdinit=/{initramfs.INIT_PATH}"
    else:
        data = base
    least = least_memory(options, kernel, data)
    initrd = write_scratch(scratch, "initrd", data)
    firmware = choose_firmware(options.firmware, artefacts)
    return Guest(kernel.image, initrd, f"{line} {options.append}".strip(), firmware, options.exec, token, least)


def write_scratch(scratch, name, data):
    path = Path(scratch) / name
    try:
        path.write_bytes(data)
    except OSError as error:
        raise LaunchError(f"cannot write {path}: {error.strerror}; TMPDIR names another folder") from error
    return path


def scratch_folder():
    try:
        return tempfile.TemporaryDirectory(prefix="copra-")
    except OSError as error:
        raise LaunchError(f"cannot make a temporary folder: {error.strerror}; TMPDIR names another place") from error
