# SPDX-License-Identifier: MIT
"""clang's thread-safety analysis accepts the locking of the SVSM and the machine, where it is annotated."""

import re
import subprocess

from lint_tree import Finding, need

ANNOTATION = re.compile(r"\b(?:capability|guarded_by|requires_capability|acquire_capability|release_capability)\s*\(")
REPORT = re.compile(r"^([^:\s][^:]*):(\d+):\d+: (?:warning|error): (.*)$")
PARTS = ("svsm/", "machine/")


def findings(tree):
    if not any(ANNOTATION.search(tree.code(path)) for path in tree.c_files if path.startswith(PARTS + ("lib/",))):
        return []
    need("clang")
    chosen = sorted(path for path in tree.compilations if path.startswith(PARTS))
    return list(tree.parallel(lambda path: of_file(tree, path), chosen))


def of_file(tree, path):
    warnings = ["-Wno-everything", "-Wthread-safety", "-Werror=thread-safety"]
    command = ["clang", "-fsyntax-only", *warnings, *tree.compilations[path], str(tree.root / path)]
    done = subprocess.run(command, cwd=tree.root, capture_output=True, text=True, check=False)
    for line in done.stderr.splitlines():
        match = REPORT.match(line)
        name = tree.relative(match[1]) if match else None
        if name:
            yield Finding(name, int(match[2]), match[3])
