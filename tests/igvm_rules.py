#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Says where an IGVM file would fail on stock QEMU (10.2) with SEV-SNP under KVM. Shares no code with the builder.

QEMU's loader fails the launch on a directive that it does not handle, whatever its mask, and on a VMSA with fields that KVM
cannot take over; KVM builds and measures the VMSAs itself, after all pages, at a GPA of its own. One finding a line; exit
status 1 when there is one.
"""

import argparse
import struct
import sys

import digest

PAGE = 4096
VMSA_GPA = 0xFFFFFFFFF000
PAGE_DATA, INSERT, VP_CONTEXT = 0x302, 0x303, 0x304
HANDLED = {0x001, 0x101, 0x301, PAGE_DATA, INSERT, VP_CONTEXT, 0x305, 0x307, 0x30B, 0x30C, 0x313}
SECRETS, CPUID = 1, 2
# What QEMU takes over: segments with GDTR, LDTR, IDTR, TR; then EFER, CR4, CR3, CR0, DR7, DR6, RFLAGS, RIP, RSP, RAX, PAT,
# the other general registers, SEV_FEATURES, XCR0, MXCSR and the x87 control word.
TAKEN = [(0x000, 0x0A0), (0x0D0, 0x0D8), (0x148, 0x180), (0x1D8, 0x1E0), (0x1F8, 0x200), (0x268, 0x270), (0x308, 0x320),
         (0x328, 0x380), (0x3B0, 0x3B8), (0x3E8, 0x3F0), (0x408, 0x40C), (0x410, 0x412)]


def vmsa_findings(vmsa):
    free = bytearray(vmsa)
    for start, end in TAKEN:
        free[start:end] = bytes(end - start)
    for at, byte in enumerate(free):
        if byte:
            yield f"VMSA: byte 0x{at:x} is set, which QEMU does not take over"
            break
    cr0, efer = struct.unpack_from("<Q", vmsa, 0x158)[0], struct.unpack_from("<Q", vmsa, 0xD0)[0]
    if cr0 not in (0x30, 0x31):
        yield f"VMSA: CR0 is 0x{cr0:x}; KVM measures 0x30 or 0x31"
    if not efer & 0x1000:
        yield "VMSA: EFER.SVME is clear, so VMRUN fails"
    if struct.unpack_from("<Q", vmsa, 0x148)[0] & 0x40 == 0:
        yield "VMSA: CR4.MCE is clear; KVM sets it in what it measures"


def page_findings(pages):
    seen = set()
    for gpa in pages:
        if gpa in seen:
            yield f"the page at 0x{gpa:x} is there twice"
        seen.add(gpa)


def findings(data):
    headers = list(digest.headers(data))
    pages, kinds, contexts, areas = [], [], [], {}
    for kind, content in headers:
        if kind not in HANDLED:
            yield f"header type 0x{kind:x} is not handled"
        if kind == PAGE_DATA:
            gpa, _, _, _, data_type, _ = struct.unpack("<QIIIHH", content)
            pages.append(gpa)
            kinds.append(data_type)
        elif kind == 0x301:
            size, index = struct.unpack_from("<QI", content)
            areas[index] = size
        elif kind == INSERT:
            gpa, _, index = struct.unpack("<QII", content)
            pages += range(gpa, gpa + areas[index], PAGE)
        elif kind == 0x30C and struct.unpack("<II", content)[1]:
            yield "the memory map is not at the start of its area, where QEMU writes it"
        elif kind == VP_CONTEXT:
            contexts.append(struct.unpack_from("<QIIH", content))
        if kind != VP_CONTEXT and contexts:
            yield f"header type 0x{kind:x} comes after a VMSA, but KVM measures the VMSAs last"
    yield from page_findings(pages)
    for wanted, name in ((SECRETS, "secrets"), (CPUID, "CPUID")):
        if kinds.count(wanted) != 1:
            yield f"there are {kinds.count(wanted)} {name} pages, not one"
    if not contexts:
        yield "there is no VMSA"
    for gpa, _, offset, _ in contexts:
        if gpa != VMSA_GPA:
            yield f"a VMSA lies at 0x{gpa:x}; KVM measures it at 0x{VMSA_GPA:x}"
        yield from vmsa_findings(data[offset:offset + PAGE])


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file")
    path = parser.parse_args().file
    with open(path, "rb") as file:
        found = list(findings(file.read()))
    for finding in found:
        print(f"{path}: {finding}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
