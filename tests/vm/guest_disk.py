# SPDX-License-Identifier: MIT
"""A disk with programs of the host's and their libraries: /mnt/NAME in the guest runs one."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from harness import run

TOOLS = dict(os.environ, PATH=os.environ["PATH"] + ":/sbin:/usr/sbin")
WRAPPER = '#!/bin/sh\nexec /mnt/lib/ld-linux-x86-64.so.2 --library-path /mnt/lib /mnt/bin/{name} "$@"\n'


def prepare(tree):
    """Makes the folders below that one."""
    (tree / "lib").mkdir(parents=True)
    (tree / "bin").mkdir()


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


def image(tree, disk, size):
    """Makes a disk image of the tree."""
    with open(disk, "wb") as file:
        file.truncate(size)
    done = run(["mkfs.ext4", "-q", "-d", tree, disk], 120, env=TOOLS)
    if done.status != 0:
        raise AssertionError(done.describe())
    return disk
