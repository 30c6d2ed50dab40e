# SPDX-License-Identifier: MIT
"""C files look as clang-format would write them (.clang-format)."""

import re
import subprocess

from lint_tree import Finding, need


def findings(tree):
    program = need("clang-format")
    return list(tree.parallel(lambda path: of_file(tree, program, path), tree.c_files))


def of_file(tree, program, path):
    command = [program, "--dry-run", "-Werror", "--ferror-limit=1", path]
    done = subprocess.run(command, cwd=tree.root, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    match = re.search(r":(\d+):\d+: ", done.stderr)
    return [Finding(path, int(match[1]) if match else 1, "not formatted: run `clang-format -i` on it")]
