# SPDX-License-Identifier: MIT
"""Files that docs/ and README.md name in links or in `code` exist."""

import re

from lint_tree import Finding

LINK = re.compile(r"\[[^\]]*\]\(([^)#:\s]+)(?:#[^)]*)?\)")
NAMED = re.compile(r"`((?:include|lib|svsm|machine|tools|guests|tests|docs|scripts|\.ci)/[\w./-]*\w)`")


def findings(tree):
    present = set(tree.files)
    folders = {path.rsplit("/", depth)[0] for path in present for depth in range(1, path.count("/") + 1)}
    found = []
    for path in (name for name in tree.of(".md") if name == "README.md" or name.startswith("docs/")):
        base = path.rsplit("/", 1)[0] + "/" if "/" in path else ""
        for number, line in enumerate(tree.text(path).splitlines(), 1):
            named = [normal(base + match) for match in LINK.findall(line)] + NAMED.findall(line)
            found += [Finding(path, number, f"{name} is not in the tree") for name in named
                      if name.rstrip("/") not in present | folders]
    return found


def normal(path):
    parts = []
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
