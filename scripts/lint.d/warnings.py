# SPDX-License-Identifier: MIT
"""clang has nothing to say about any C file (gcc has its say when it builds)."""

import re
import subprocess

from lint_tree import Finding, need

FLAGS = ["-Wall", "-Wextra", "-Wconversion", "-Wsign-conversion", "-Wshadow", "-Wstrict-prototypes", "-Wmissing-prototypes",
         "-Wvla", "-Wundef", "-Wpointer-arith", "-Wno-unused-parameter"]
REPORT = re.compile(r"^([^:\s][^:]*):(\d+):\d+: (?:warning|error|fatal error): (.*)$")


def findings(tree):
    need("clang")
    return list(tree.parallel(lambda path: of_file(tree, path), tree.compiled))


def of_file(tree, path):
    command = ["clang", "-fsyntax-only", *FLAGS, *tree.compilations[path], str(tree.root / path)]
    done = subprocess.run(command, cwd=tree.root, capture_output=True, text=True, check=False)
    found = [REPORT.match(line) for line in done.stderr.splitlines()]
    for match in filter(None, found):
        yield Finding(tree.relative(match[1]) or path, int(match[2]), match[3])
    if done.returncode and not any(found):
        yield Finding(path, 1, f"clang failed: {done.stderr.strip()[-300:]}")
