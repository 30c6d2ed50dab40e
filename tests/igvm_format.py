# SPDX-License-Identifier: MIT
"""IGVM files by hand, for tests: each function gives one variable header as (type, content). Shares no code with the library.

Where content is a function, it gets the file offset at which the data starts and returns the bytes.
"""

import struct
import zlib

PAGE = 4096
NATIVE, VSM, SNP, TDX, SEV, SEV_ES, CCA = range(7)
PARAMETERS = {"VP_COUNT": 0x307, "SRAT": 0x308, "MADT": 0x309, "MMIO_RANGES": 0x30A, "MEMORY_MAP": 0x30C, "COMMAND_LINE": 0x30E,
              "SLIT": 0x30F, "PPTT": 0x310, "DEVICE_TREE": 0x312, "ENVIRONMENT_INFO": 0x313}


def platform(kind=SNP, mask=1, version=1, vtl=0, boundary=0):
    return 0x001, struct.pack("<IBBHQ", mask, vtl, kind, version, boundary)


def policy(mask=1, value=0x30000, reserved=0):
    return 0x101, struct.pack("<QII", value, mask, reserved)


def region(mask=1, *, vp=0, vtl=0, flags=0, alignment=PAGE, place=(0x100000, 0x1000), limits=(0, 0x10000000)):
    return 0x102, struct.pack("<IHBB5Q", mask, vp, vtl, flags, alignment, *place, *limits)


def tables(mask=1, *, vp=0, vtl=0, reserved=0, place=(0x200000, 0x2000), used=0x1000):
    return 0x103, struct.pack("<IHBB3Q", mask, vp, vtl, reserved, *place, used)


def corim(mask=1, offset=0, size=0, reserved=0, signature=False):
    return 0x105 if signature else 0x104, lambda at: struct.pack("<4I", mask, resolve(offset, at), size, reserved)


def cca_policy(mask=1, zeroes=0, ones=0, reserved=0, tail=bytes(6)):
    return 0x106, struct.pack("<IIQQBB", mask, reserved, zeroes, ones, 0, 0) + tail


def area(index=0, size=PAGE, offset=0):
    return 0x301, lambda at: struct.pack("<QII", size, index, resolve(offset, at))


def page(gpa=0x1000, mask=1, offset=0, *, flags=0, kind=0, reserved=0):
    return 0x302, lambda at: struct.pack("<QIIIHH", gpa, mask, resolve(offset, at), flags, kind, reserved)


def insert(gpa=0x10000, mask=1, index=0):
    return 0x303, struct.pack("<QII", gpa, mask, index)


def context(gpa=0, mask=1, offset=("data", 0), vp=0, reserved=0):
    return 0x304, lambda at: struct.pack("<QIIHH", gpa, mask, resolve(offset, at), vp, reserved)


def required(gpa=0x100000, mask=1, size=PAGE, flags=0, reserved=0):
    return 0x305, struct.pack("<QIIII", gpa, mask, size, flags, reserved)


def parameter(kind, index=0, offset=0):
    return PARAMETERS[kind], struct.pack("<II", index, offset)


def id_block(mask=1, author=0, reserved=bytes(3)):
    return 0x30B, struct.pack("<IB", mask, author) + reserved + bytes(range(256)) + bytes(432)


def error_range(gpa=0x300000, mask=1, size=PAGE):
    return 0x30D, struct.pack("<QII", gpa, mask, size)


def vbs_measurement(mask=1):
    return 0x311, struct.pack("<8I", mask, 1, 2, 3, 4, 5, 1, 1) + bytes(832)


def registers(*entries):
    """The data of a VSM context: (vtl, name, value) each."""
    packed = [struct.pack("<BI11s16s", vtl, name, b"", value.to_bytes(16, "little")) for vtl, name, value in entries]
    return struct.pack("<I", len(packed)) + b"".join(packed)


def resolve(offset, at):
    """("data", n): n bytes into the file's data."""
    return offset if isinstance(offset, int) else at + offset[1]


def join(headers, data_at):
    joined = bytearray()
    for kind, content in headers:
        content = content(data_at) if callable(content) else content
        joined += struct.pack("<II", kind, len(content)) + content + bytes(-len(content) % 8)
    return bytes(joined)


def seal(data):
    """The checksum made right."""
    data = bytearray(data)
    start, size = struct.unpack_from("<II", data, 8)
    fixed = 32 if struct.unpack_from("<I", data, 4)[0] == 2 else 24
    data[20:24] = bytes(4)
    struct.pack_into("<I", data, 20, zlib.crc32(data[start:start + size], zlib.crc32(data[:fixed])))
    return bytes(data)


def image(headers, data=bytes(16), version=1, machine=(0, PAGE), gap=0):
    """A file with a right checksum. gap: bytes between the fixed header and the variable ones."""
    fixed = 32 if version == 2 else 24
    start = fixed + gap
    size = len(join(headers, 0))
    tail = struct.pack("<II", *machine) if version == 2 else b""
    total = start + size + len(data)
    head = struct.pack("<4s5I", b"IGVM", version, start, size, total, 0) + tail
    return seal(head + bytes(gap) + join(headers, start + size) + data)
