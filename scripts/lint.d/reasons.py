# SPDX-License-Identifier: MIT
"""Every termination reason of svsm/platform/platform.h is explained in docs/termination.md, and none that is not there."""

import re

from lint_tree import Finding

HEADER = "svsm/platform/platform.h"
DOCUMENT = "docs/termination.md"
ENUM = re.compile(r"\b(TERMINATE_[A-Z_]+) = (\d+)")
ROW = re.compile(r"^\| (\d+) \| `(TERMINATE_[A-Z_]+)` \|", re.M)


def findings(tree):
    if HEADER not in tree.files:
        return []
    if DOCUMENT not in tree.files:
        return [Finding(DOCUMENT, 1, "is missing")]
    defined = {name: int(value) for name, value in ENUM.findall(tree.text(HEADER))}
    explained = {name: int(value) for value, name in ROW.findall(tree.text(DOCUMENT))}
    return [*differences(tree, HEADER, defined, explained, f"is not in {DOCUMENT}"),
            *differences(tree, DOCUMENT, explained, defined, f"is not in {HEADER}")]


def differences(tree, path, ours, theirs, what):
    for name, value in ours.items():
        if theirs.get(name) != value:
            line = tree.text(path)[: tree.text(path).index(name)].count("\n") + 1
            yield Finding(path, line, f"{name} = {value} {what}")
