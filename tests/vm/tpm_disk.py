# SPDX-License-Identifier: MIT
"""A disk with tpm2-tools and keyctl of the host and their libraries: /mnt/tpm2 and /mnt/keyctl in the guest run them, /mnt/tools.sh is
the list of steps.
"""

import re
import shutil
import subprocess
from pathlib import Path

import guest_disk
from harness import ROOT

TRANSPORT = "libtss2-tcti-device.so.0"
DISK_SIZE = 96 << 20
PROGRAMS = {"tpm2": "tpm2-tools", "keyctl": "keyutils"}


def missing():
    """What is not there on the host, or an empty text."""
    for name, package in PROGRAMS.items():
        if not shutil.which(name):
            return f"{package} is not installed"
    return "" if transport() else f"{TRANSPORT} is not installed"


def transport():
    listing = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True, check=False, env=guest_disk.TOOLS).stdout
    match = re.search(rf"^\s*{re.escape(TRANSPORT)} .*=> (\S+)", listing, re.MULTILINE)
    return Path(match[1]) if match else None


def make(folder, files):
    """The disk image, below that folder, with more files as {name: content}."""
    tree, disk = folder / "tpm-tree", folder / "tpm.img"
    guest_disk.prepare(tree)
    for name in PROGRAMS:
        guest_disk.add_program(tree, shutil.which(name), name)
    for path in {*guest_disk.libraries(transport()), transport()}:
        shutil.copy(path, tree / "lib" / path.name)
    for name, content in files.items():
        (tree / name).write_bytes(content)
    shutil.copy(ROOT / "tests/services/tools.sh", tree / "tools.sh")
    return guest_disk.image(tree, disk, DISK_SIZE)
