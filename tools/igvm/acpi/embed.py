#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes a C file of compiled AML: embed.py AML C"""

import pathlib
import sys

source, target = map(pathlib.Path, sys.argv[1:])
aml = source.read_bytes()
lines = [", ".join(f"0x{byte:02X}" for byte in aml[at:at + 16]) for at in range(0, len(aml), 16)]
target.write_text(
    "/* SPDX-License-Identifier: MIT */\n"
    '#include "build/dsdt.h"\n\n'
    "static const u8 bytes[] = {\n\t" + ",\n\t".join(lines) + ",\n};\n\n"
    "const struct span dsdt_aml = {.p = bytes, .n = sizeof(bytes)};\n")
