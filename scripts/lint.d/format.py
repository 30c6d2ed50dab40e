# SPDX-License-Identifier: MIT
"""C files look as clang-format would write them (.clang-format)."""

import re
import subprocess

from lint_tree import Finding, Skipped, need

VERSION = 14  # others break some lines elsewhere


def findings(tree):
    program = need("clang-format")
    words = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"version (\d+)", words)
    if not version or int(version[1]) != VERSION:
        raise Skipped(f"the tree is formatted by clang-format {VERSION}, and this is {version[1] if version else 'another one'}")
    return list(tree.parallel(lambda path: of_file(tree, program, path), tree.c_files))


def of_file(tree, program, path):
    command = [program, "--dry-run", "-Werror", "--ferror-limit=1", path]
    done = subprocess.run(command, cwd=tree.root, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    match = re.search(r":(\d+):\d+: ", done.stderr)
    return [Finding(path, int(match[1]) if match else 1, "not formatted: run `clang-format -i` on it")]
