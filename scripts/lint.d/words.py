# SPDX-License-Identifier: MIT
"""No names of registries, no paths of one person's machine, no note to self without an entry in docs/caveats.md."""

import re

from lint_tree import Finding

# Brackets keep these patterns from finding themselves.
HOSTS = (
    r"pypi[.]org", r"pythonhosted[.]org", r"crates[.]io", r"npmjs[.]\w+", r"rubygems[.]org", r"docker[.]io",
    r"gh" r"cr[.]io", r"quay[.]io", r"proxy[.]golang[.]org", r"(?:deb|ftp\.\w+|security|snapshot)[.]debian[.]org",
    r"(?:archive|security|ports)[.]ubuntu[.]com", r"repo[1.]\w*[.]maven[.]org", r"dl-cdn[.]alpinelinux[.]org",
)
HOST = re.compile("|".join(HOSTS))
PATH = re.compile(r"(?<![\w.$}{/-])/(?:wor[k]|tm[p]|hom[e])/[\w.]")
NOTE = re.compile(r"\b(T[O]DO|F[I]XME|X[X]X)\b(?:\((\w[\w-]*)\))?")


def findings(tree):
    caveats = tree.text("docs/caveats.md") if "docs/caveats.md" in tree.files else ""
    found = []
    for path in tree.files:
        if tree.is_binary(path):
            continue
        for number, line in enumerate(tree.text(path).splitlines(), 1):
            found += of_line(path, number, line, caveats)
    return found


def of_line(path, number, line, caveats):
    for match in HOST.finditer(line):
        yield Finding(path, number, f"names the registry {match.group()}")
    for match in PATH.finditer(line):
        yield Finding(path, number, f"absolute path of one machine: {match.group()}...")
    if path.startswith("docs/"):
        return
    for match in NOTE.finditer(line):
        if not match[2] or f"`{match[2]}`" not in caveats:
            yield Finding(path, number, f"write {match[1]}(name) and explain `name` in docs/caveats.md")
