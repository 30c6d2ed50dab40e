#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Computes the SEV-SNP launch digest of an IGVM file, from the published algorithm and without our library.

SEV-SNP Firmware ABI (56860), section 8.17.2: the digest starts as 48 zero bytes, and each launched page makes it the
SHA-384 of PAGE_INFO. File format: igvm_defs crate documentation. Prints 96 hexadecimal digits.
"""

import argparse
import hashlib
import struct
import sys
import zlib

PAGE = 4096
NORMAL, VMSA, ZERO, UNMEASURED, SECRETS, CPUID = 1, 2, 3, 4, 5, 6
SNP_PLATFORM = 2


class Malformed(Exception):
    pass


def headers(data):
    """(type, content) of every variable header, after the file's own checks."""
    magic, version, start, size, total, checksum = struct.unpack_from("<4s5I", data)
    if magic != b"IGVM" or version not in (1, 2) or total != len(data):
        raise Malformed("not an IGVM file of its own length")
    fixed = bytearray(data[:24 if version == 1 else 32])
    fixed[20:24] = bytes(4)
    if zlib.crc32(data[start:start + size], zlib.crc32(fixed)) != checksum:
        raise Malformed("wrong checksum")
    at, end = start, start + size
    while at < end:
        kind, length = struct.unpack_from("<2I", data, at)
        yield kind, data[at + 8:at + 8 + length]
        at += 8 + (length + 7) // 8 * 8


def step(digest, kind, gpa, contents=bytes(48)):
    return hashlib.sha384(digest + contents + struct.pack("<HBBI", 0x70, kind, 0, 0) + struct.pack("<Q", gpa)).digest()


def page_step(digest, data, content, native_zero):
    gpa, _, offset, flags, kind, _ = struct.unpack("<QIIIHH", content)
    if flags & 4:  # shared: no part of the launch
        return digest
    if kind in (1, 2, 3):
        return step(digest, SECRETS if kind == 1 else CPUID, gpa)
    if flags & 2:
        return step(digest, UNMEASURED, gpa)
    if offset == 0 and native_zero:
        return step(digest, ZERO, gpa)
    page = data[offset:offset + PAGE] if offset else b""
    return step(digest, NORMAL, gpa, hashlib.sha384(page.ljust(PAGE, b"\0")).digest())


def context_step(digest, data, content):
    gpa, _, offset = struct.unpack_from("<QII", content)
    return step(digest, VMSA, gpa, hashlib.sha384(data[offset:offset + PAGE]).digest())


def launch_digest(data, native_zero=False):
    mask, areas, digest = 0, {}, bytes(48)
    for kind, content in headers(data):
        if kind == 0x001:
            bit, _, platform = struct.unpack_from("<IBB", content)
            mask = bit if platform == SNP_PLATFORM else mask
        elif kind == 0x301:
            size, index = struct.unpack_from("<QI", content)
            areas[index] = size
        elif kind in (0x302, 0x303, 0x304) and struct.unpack_from("<I", content, 8)[0] & mask:
            if kind == 0x302:
                digest = page_step(digest, data, content, native_zero)
            elif kind == 0x304:
                digest = context_step(digest, data, content)
            else:
                gpa, _, index = struct.unpack("<QII", content)
                for page in range(0, areas[index], PAGE):
                    digest = step(digest, UNMEASURED, gpa + page)
    if not mask:
        raise Malformed("not for SEV-SNP")
    return digest.hex()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file")
    parser.add_argument("--zero-pages", choices=["measured", "native"], default="measured")
    arguments = parser.parse_args()
    with open(arguments.file, "rb") as file:
        data = file.read()
    try:
        print(launch_digest(data, arguments.zero_pages == "native"))
    except (Malformed, struct.error, KeyError) as error:
        sys.exit(f"digest: {arguments.file}: {error}")


if __name__ == "__main__":
    main()
