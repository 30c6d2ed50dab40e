#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""archive.py MAP OUTPUT CC... -- INPUT...: a static library of one object whose only symbols are those of a version script."""

import pathlib
import re
import subprocess
import sys
import tempfile


def main(arguments):
    split = arguments.index("--")
    version_script, output, *compiler = arguments[:split]
    inputs = arguments[split + 1:]
    public = re.findall(r"^\s*(\w+);", pathlib.Path(version_script).read_text(encoding="utf-8"), re.M)
    with tempfile.TemporaryDirectory() as folder:
        whole = pathlib.Path(folder) / "libigvm.o"
        subprocess.run([*compiler, "-r", "-nostdlib", "-Wl,--whole-archive", *inputs, "-o", whole], check=True)
        subprocess.run(["objcopy", "--strip-unneeded", *(f"--keep-global-symbol={name}" for name in public), whole], check=True)
        pathlib.Path(output).unlink(missing_ok=True)
        subprocess.run(["ar", "rcsD", output, whole], check=True)


main(sys.argv[1:])
