# SPDX-License-Identifier: MIT
"""Inline assembly stands only in the listed files, a header per architecture part; all else is in .S files."""

import re

from lint_tree import Finding

LISTED = {
    "svsm/cpu/instructions.h",           # control registers, MSRs, CPUID, random numbers, halting
    "svsm/platform/snp/instructions.h",  # VMGEXIT, PVALIDATE, RMPADJUST, flushes
    "svsm/platform/native/instructions.h",  # CPUID, ports
    "machine/x86/instructions.h",        # what all of the host needs
    "machine/x86/control.h",             # control registers, and what only its processor code needs
    "machine/x86/self.h",                # which CPU this is
    "guests/runtime/instructions.h",     # the test programs' own
}
ALL_OF = "services/probe/"  # does in ring 3, instruction by instruction, what no service may
WORD = re.compile(r"(?<!<)\b(?:asm|__asm__|__asm)\b")  # not a header of Linux's


def findings(tree):
    found = []
    for path in tree.c_files:
        if path in LISTED or str(path).startswith(ALL_OF):
            continue
        code = tree.code(path)
        for match in WORD.finditer(code):
            line = code.count("\n", 0, match.start()) + 1
            found.append(Finding(path, line, "inline assembly outside of the listed files (scripts/lint.d/assembly.py)"))
    return found
