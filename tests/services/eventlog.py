# SPDX-License-Identifier: MIT
"""Event logs of measured boots: made, replayed, and as tpm2_eventlog prints them (TCG PC Client Platform Firmware Profile, 10.2)."""

import hashlib
import re
import struct

import tpm

HASHES = {tpm.SHA1: "sha1", tpm.SHA256: "sha256", tpm.SHA384: "sha384", tpm.SHA512: "sha512"}
NO_ACTION, IPL = 3, 0xD
SIGNATURE = b"Spec ID Event03\0"


def digest(data):
    return hashlib.sha256(data).digest()


def make(events):
    """A log with SHA-256 digests of (PCR, data)."""
    spec = SIGNATURE + struct.pack("<IBBBBIHHB", 0, 0, 2, 0, 2, 1, tpm.SHA256, 32, 0)
    log = struct.pack("<II20xI", 0, NO_ACTION, len(spec)) + spec
    for pcr, data in events:
        log += struct.pack("<IIIH", pcr, IPL, 1, tpm.SHA256) + digest(data) + struct.pack("<I", len(data)) + data
    return log


def parse(log):
    """(PCR, type, {algorithm: digest}, data) of each event behind the first, and the algorithms' digest sizes."""
    size = struct.unpack_from("<II20xI", log)[2]
    spec = log[32:32 + size]
    if spec[:16] != SIGNATURE:
        raise ValueError("the log is not crypto-agile")
    count = struct.unpack_from("<I", spec, 24)[0]
    sizes = dict(struct.unpack_from("<HH", spec, 28 + 4 * i) for i in range(count))
    events, at = [], 32 + size
    while at + 12 <= len(log):
        pcr, kind, count = struct.unpack_from("<III", log, at)
        if pcr > 23 and pcr != 0xFFFFFFFF:
            break  # the kernel hands out the whole buffer, whose end is empty
        at += 12
        digests = {}
        for _ in range(count):
            algorithm = struct.unpack_from("<H", log, at)[0]
            digests[algorithm] = log[at + 2:at + 2 + sizes[algorithm]]
            at += 2 + sizes[algorithm]
        length = struct.unpack_from("<I", log, at)[0]
        events.append((pcr, kind, digests, log[at + 4:at + 4 + length]))
        at += 4 + length
    return events, sizes


def replay(log):
    """{algorithm: {PCR: value}} of the PCRs that the log extends. A start-up locality of 3 or 4 is not what firmware has here."""
    events, sizes = parse(log)
    values = {algorithm: {} for algorithm in sizes}
    for pcr, kind, digests, _ in events:
        if kind == NO_ACTION:
            continue
        for algorithm, value in digests.items():
            before = values[algorithm].get(pcr, bytes(sizes[algorithm]))
            values[algorithm][pcr] = hashlib.new(HASHES[algorithm], before + value).digest()
    return values


def read_tool(text):
    """{PCR: hexadecimal SHA-256 value} of what tpm2_eventlog prints at its end."""
    section = re.search(r"^pcrs:\n(?:.*\n)*?  sha256:\n((?:    .*\n?)+)", text, re.MULTILINE)
    return {int(pcr): value.lower() for pcr, value in re.findall(r"(\d+)\s*: 0x([0-9A-Fa-f]+)", section[1])} if section else {}
