# SPDX-License-Identifier: MIT
"""A disk with tpm2-tools and keyctl of the host and their libraries: /mnt/tpm2 and /mnt/keyctl in the guest run them, /mnt/tools.sh is
the list of steps.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from harness import ROOT, run

TOOLS = dict(os.environ, PATH=os.environ["PATH"] + ":/sbin:/usr/sbin")
WRAPPER = '#!/bin/sh\nexec /mnt/lib/ld-linux-x86-64.so.2 --library-path /mnt/lib /mnt/bin/{name} "$@"\n'
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
    listing = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True, check=False, env=TOOLS).stdout
    match = re.search(rf"^\s*{re.escape(TRANSPORT)} .*=> (\S+)", listing, re.MULTILINE)
    return Path(match[1]) if match else None


def libraries(program):
    """The files that a program is loaded with."""
    listing = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    return [Path(path) for path in re.findall(r"(?:=>\s+|^\s+)(/\S+) \(0x", listing, re.MULTILINE)]


def add_program(tree, program, name):
    """The program, its libraries, and a script that runs it with them."""
    shutil.copy(Path(program).resolve(), tree / "bin" / name)
    for path in libraries(program):
        shutil.copy(path, tree / "lib" / path.name)
    (tree / name).write_text(WRAPPER.format(name=name), encoding="utf-8")
    (tree / name).chmod(0o755)


def make(folder, files):
    """The disk image, below that folder, with more files as {name: content}."""
    tree, disk = folder / "tpm-tree", folder / "tpm.img"
    (tree / "lib").mkdir(parents=True)
    (tree / "bin").mkdir()
    for name in PROGRAMS:
        add_program(tree, shutil.which(name), name)
    for path in {*libraries(transport()), transport()}:
        shutil.copy(path, tree / "lib" / path.name)
    for name, content in files.items():
        (tree / name).write_bytes(content)
    shutil.copy(ROOT / "tests/services/tools.sh", tree / "tools.sh")
    with open(disk, "wb") as file:
        file.truncate(DISK_SIZE)
    done = run(["mkfs.ext4", "-q", "-d", tree, disk], 120, env=TOOLS)
    if done.status != 0:
        raise AssertionError(done.describe())
    return disk
