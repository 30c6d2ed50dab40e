# SPDX-License-Identifier: MIT
"""The SVSM's image has no indirect branch, no segment both writable and executable, and fits in 128 KiB."""

import re
import subprocess

from lint_tree import CannotCheck, Finding, need

SIZE_LIMIT = 128 * 1024  # text and data of the release image
# Functions that may branch indirectly, each with its reason. There are none.
ENTRY_POINTS = {}
BRANCH = re.compile(r"\t(?:bnd |notrack )?(?:call|jmp|lcall|ljmp)[lqw]?\s+\*")
FUNCTION = re.compile(r"^[0-9a-f]+ <([^>]+)>:$")


def findings(tree):
    images = sorted((tree.build / "svsm").glob("*.elf"))
    if not images:
        raise CannotCheck(f"no image in {tree.build / 'svsm'}: run `ninja -C {tree.build}` first")
    found = []
    for image in images:
        name = f"{tree.build.name}/svsm/{image.name}"
        found += branches(image, name) + segments(image, name)
        if "debug" not in image.name:
            found += size(image, name)
    return found


def output_of(*command):
    need(command[0])
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def branches(image, name):
    found, function = [], "?"
    for line in output_of("objdump", "-d", "--no-show-raw-insn", str(image)).splitlines():
        match = FUNCTION.match(line)
        if match:
            function = match[1]
        elif BRANCH.search(line) and function not in ENTRY_POINTS:
            found.append(Finding(name, 1, f"indirect branch in {function}: {' '.join(line.split())}"))
    return found


def segments(image, name):
    found = []
    for line in output_of("readelf", "-lW", str(image)).splitlines():
        match = re.match(r"\s+LOAD\s+(?:0x\w+\s+){5}([RWE ]{3})", line)
        if match and "W" in match[1] and "E" in match[1]:
            found.append(Finding(name, 1, f"segment writable and executable: {' '.join(line.split())}"))
    return found


def size(image, name):
    text, data = (int(word) for word in output_of("size", str(image)).splitlines()[1].split()[:2])
    if text + data <= SIZE_LIMIT:
        return []
    return [Finding(name, 1, f"text and data take {text + data} bytes, allowed are {SIZE_LIMIT}")]
