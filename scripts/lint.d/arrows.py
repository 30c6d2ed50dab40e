# SPDX-License-Identifier: MIT
"""Who includes whom follows the arrows of docs/architecture.md; headers and first lines have the house's form.

Arrows are transitive: who may use a room may use what that room stands on.
"""

import re

from lint_tree import Finding

PARTS = ("lib", "svsm", "services", "machine", "tools", "guests", "tests")
# Rooms of the SVSM, and the rooms right below each. boot and selftest may use everything, everybody may use dev.
BELOW = {
    "protocol": {"guest", "task"},
    "guest": {"mm"},
    "task": {"mm"},
    "mm": {"cpu"},  # locks and instructions
    "cpu": {"platform"},
    "platform": set(),  # platform.h, the contract
    "dev": {"platform"},
}
# An implementation of the contract knows nobody above mm.
IMPLEMENTATION = {"mm", "cpu", "dev", "platform", "platform/common"}
TOPMOST = {"boot", "selftest"}
HOSTED = "svsm/platform/fake/"  # a platform for programs of the host
FREESTANDING = {"stdarg.h", "stdbool.h", "stddef.h", "stdint.h", "stdalign.h", "limits.h"}
# Single files that may look up, and why.
EXCEPTIONS = {
    ("svsm/guest/request.c", "svsm/protocol/protocol.h"),  # the request loop hands each call up
}
# Rooms of the machine from the ground up: each may use those before it. Files at the root may use everything and be used by all.
MACHINE = (
    "x86", "boot", "mm", "apic", "cpu", "rmp", "trace", "context", "fault", "end", "interrupts", "device", "psp", "ghcb",
    "exit", "load", "run",
)
# What a header of the machine declares is defined in its room, or rooms would call up by link. The first C of all stands on top.
DECLARED_BELOW = {"boot_main"}
PROTOTYPE = re.compile(r"^(?!static\b|typedef\b|#)[a-z][\w \t*]*?\b(\w+)\([^;{]*;", re.M)
DEFINITION = re.compile(r"^(?!static\b|extern\b)[a-z][\w \t*]*?\b(\w+)\([^;{]*\)\n\{", re.M)
# Libraries of the distribution that need no operating system, and the folders that may use them.
LIBRARIES = {"machine/psp/": {f"bearssl/bearssl_{part}.h" for part in ("aead", "block", "ec", "hash", "hmac")}}
KERNEL_MODULES = "guests/linux/"  # built in Linux' tree, with its headers
# The public library is a host program's, with headers of its own.
HOSTED_LIBRARY = "lib/libigvm/"
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(?:<([^>]+)>|"([^"]+)"|(\S+))', re.M)
SPDX = "SPDX-License-Identifier: MIT"
HASH_FILES = (".py", ".sh", "meson.build", "meson_options.txt", "Makefile", ".clang-tidy")


def findings(tree):
    present = set(tree.files)
    found = [*spdx_lines(tree), *calls_up(tree)]
    for path in tree.of(".c", ".h", ".S"):
        text = tree.text(path)
        if path.endswith(".h") and "#pragma once\n" not in text:
            found.append(Finding(path, 1, "the header lacks `#pragma once`"))
        for match in INCLUDE.finditer(text):
            what = judge(path, match, present)
            if what:
                found.append(Finding(path, text.count("\n", 0, match.start()) + 1, what))
    return found


def spdx_lines(tree):
    for path in tree.files:
        hashed = path.endswith(HASH_FILES) or path in tree.script_files
        if not hashed and not path.endswith((".c", ".h", ".S", ".asl", ".ld")):
            continue
        lines = tree.text(path).split("\n", 2)[:2]
        if path.endswith((".c", ".h", ".S", ".asl", ".ld")) and lines[0] != f"/* {SPDX} */":
            yield Finding(path, 1, f"the first line is not `/* {SPDX} */`")
        elif hashed and f"# {SPDX}" not in lines:
            yield Finding(path, 1, f"no line `# {SPDX}` on top")


def judge(path, match, present):
    """What is wrong with this include, or None."""
    system, owned, macro = match.groups()
    if macro:
        return "the include names no file"
    if system:
        return judge_system(path, system, present)
    if "/" not in owned and not is_root_header(path, owned, present):
        return f'"{owned}" does not name its owner: write "owner/file.h"'
    target = resolve(path, owned, present)
    if target is None:
        return f'"{owned}" is no file of the tree that {path.split("/")[0]} may use'
    return judge_arrow(path, target)


def is_root_header(path, name, present):
    """A header that belongs to its whole part lies at the part's root and goes by its plain name. Tests may use any."""
    return path.startswith("tests/") or f"{path.split('/')[0]}/{name}" in present


def judge_system(path, name, present):
    part = path.split("/")[0]
    if path.startswith(HOSTED_LIBRARY) or (path.startswith(KERNEL_MODULES) and name.startswith(("linux/", "asm/"))):
        return None
    if name.startswith("copra/"):
        return None if f"include/{name}" in present else f"<{name}> is not in include/"
    if any(path.startswith(folder) and name in names for folder, names in LIBRARIES.items()):
        return None
    if part in ("tools", "tests", "services") or path.startswith(HOSTED) or name in FREESTANDING:
        return None
    return f"<{name}>: {part}/ is freestanding, it has {', '.join(sorted(FREESTANDING))} only"


def resolve(path, name, present):
    """The file that an include means: of the includer's own part, of its own folder below tests, or of lib."""
    part = path.split("/")[0]
    roots = [part, "lib"]
    if part == "tests":
        roots = ["lib", "svsm", "services", "tools", "tools/igvm", "machine", "guests", "tests", "tests/unit"]
        roots += ["/".join(path.split("/")[:depth]) for depth in range(2, path.count("/") + 1)]
    elif path.count("/") > 1 and part in ("tools", "guests"):
        roots.append("/".join(path.split("/")[:2]))
    for root in roots:
        if f"{root}/{name}" in present:
            return f"{root}/{name}"
    return None


def judge_arrow(path, target):
    if path.startswith("include/"):
        return f"include/ stands below everything and cannot use {target}"
    if path.startswith("lib/") and not target.startswith("lib/"):
        return f"lib/ cannot use {target}"
    if path.startswith("machine/") and target.startswith("machine/"):
        return judge_machine(path[len("machine/"):], target[len("machine/"):])
    if not path.startswith("svsm/") or not target.startswith("svsm/"):
        return None
    if (path, target) in EXCEPTIONS:
        return None
    source, aim = room(path), room(target)
    if source == aim or source in TOPMOST or aim == "dev" or aim in allowed(source):
        return None
    return f"svsm/{source} may not use svsm/{aim}"


def judge_machine(path, target):
    source, aim = path.split("/")[0], target.split("/")[0]
    if "/" not in path or "/" not in target:
        return None
    for name in (source, aim):
        if name not in MACHINE:
            return f"machine/{name} has no place in the order of the machine's rooms (scripts/lint.d/arrows.py)"
    return None if MACHINE.index(aim) <= MACHINE.index(source) else f"machine/{source} may not use machine/{aim}"


def calls_up(tree):
    """Functions of the machine that a header of one room declares and another room defines."""
    machine = [path for path in tree.of(".c", ".h") if path.startswith("machine/")]
    defined = {match.group(1): path for path in machine if path.endswith(".c") for match in DEFINITION.finditer(tree.text(path))}
    for path in machine:
        for match in PROTOTYPE.finditer(tree.text(path)) if path.endswith(".h") else ():
            source = defined.get(match.group(1), path)
            if source.rpartition("/")[0] != path.rpartition("/")[0] and match.group(1) not in DECLARED_BELOW:
                line = tree.text(path).count("\n", 0, match.start()) + 1
                yield Finding(path, line, f"{match.group(1)} is {source}'s: declare it in that room")


def room(path):
    """boot, cpu, ...; platform for the contract, platform/snp and the like for what implements it."""
    folders = path.split("/")[1:-1]
    return "/".join(folders[:2]) if folders and folders[0] == "platform" else "".join(folders[:1])


def allowed(source):
    if source.startswith("platform/"):
        return IMPLEMENTATION
    reached, todo = set(), [source]
    while todo:
        for below in BELOW.get(todo.pop(), set()) - reached:
            reached.add(below)
            todo.append(below)
    return reached
