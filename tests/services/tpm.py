# SPDX-License-Identifier: MIT
"""TPM 2.0 commands as bytes, as many as the tests make by hand (TPM 2.0 library specification, parts 2 and 3)."""

import struct

SUCCESS, INITIALIZE, LOCALITY, RETRY = 0, 0x100, 0x907, 0x922
SHA1, SHA256, SHA384, SHA512 = 4, 0xB, 0xC, 0xD
SIZES = {SHA1: 20, SHA256: 32, SHA384: 48, SHA512: 64}
PASSWORD = struct.pack(">IIHBH", 9, 0x40000009, 0, 0, 0)


def plain(code, body=b""):
    return struct.pack(">HII", 0x8001, 10 + len(body), code) + body


def authorized(code, handle, body=b""):
    """A command on one handle whose authorization is the empty password."""
    body = struct.pack(">I", handle) + PASSWORD + body
    return struct.pack(">HII", 0x8002, 10 + len(body), code) + body


def startup():
    return plain(0x144, b"\0\0")


def self_test():
    return plain(0x143, b"\1")


def get_random(count):
    return plain(0x17B, struct.pack(">H", count))


def get_capability(capability, first, count):
    return plain(0x17A, struct.pack(">III", capability, first, count))


def pcr_selection(algorithm, pcrs):
    return struct.pack(">IHB", 1, algorithm, 3) + sum(1 << pcr for pcr in pcrs).to_bytes(3, "little")


def pcr_read(pcr, algorithm=SHA256):
    return plain(0x17E, pcr_selection(algorithm, [pcr]))


def pcr_extend(pcr, digest, algorithm=SHA256):
    return authorized(0x182, pcr, struct.pack(">IH", 1, algorithm) + digest)


def pcr_reset(pcr):
    return authorized(0x13D, pcr)


def create_primary(hierarchy, public):
    return authorized(0x131, hierarchy, struct.pack(">HHHH", 4, 0, 0, len(public)) + public + struct.pack(">HI", 0, 0))


def flush(handle):
    return plain(0x165, struct.pack(">I", handle))


def code_of(response):
    """The response code; what is no response is an error."""
    _, size, code = struct.unpack_from(">HII", response)
    if size != len(response):
        raise ValueError(f"the response names {size} bytes and has {len(response)}")
    return code


def pcr_value(response):
    """The one digest of a successful TPM2_PCR_Read."""
    if code_of(response):
        raise ValueError(f"TPM2_PCR_Read fails with {code_of(response):#x}")
    size = struct.unpack_from(">H", response, 10 + 4 + 10 + 4)[0]
    return response[30:30 + size]
