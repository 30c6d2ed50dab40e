# SPDX-License-Identifier: MIT
"""What the launcher wants to know of a kernel image (Linux boot protocol, Documentation/arch/x86/boot.rst)."""

import struct
from pathlib import Path

from copra.artefacts import Kernel
from copra.errors import LaunchError

BOOT_FLAG = 0x1FE
HEADER_MAGIC = 0x202
PROTOCOL = 0x206
VERSION_POINTER = 0x20E
LOAD_FLAGS = 0x211
INIT_SIZE = 0x260
HEADER_END = 0x268


def read_input(path, what):
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise LaunchError(f"{what} {path}: {error.strerror}") from error


def check_bzimage(path, image):
    """Refuses anything but a bzImage with a 64-bit entry."""
    is_bzimage = (len(image) > HEADER_END and image[BOOT_FLAG:BOOT_FLAG + 2] == b"\x55\xaa"
                  and image[HEADER_MAGIC:HEADER_MAGIC + 4] == b"HdrS" and image[LOAD_FLAGS] & 1)
    if not is_bzimage:
        raise LaunchError(f"kernel {path}: not a bzImage (no Linux boot header at 0x202); pass the vmlinuz file of a kernel")
    protocol = struct.unpack_from("<H", image, PROTOCOL)[0]
    if protocol < 0x20C:
        raise LaunchError(f"kernel {path}: boot protocol {protocol >> 8}.{protocol & 255:02} is too old; 2.12 is needed")


def init_size(image):
    """Memory that the kernel takes while it starts."""
    return struct.unpack_from("<I", image, INIT_SIZE)[0]


def kernel_version(image):
    """The release that the image names, "" when it names none."""
    start = struct.unpack_from("<H", image, VERSION_POINTER)[0] + 0x200
    words = image[start:start + 128].split(b"\0")[0].split()
    return words[0].decode(errors="replace") if words else ""


def find_modules(path, version):
    """The modules of a kernel given by its file: beside it, or where a system keeps them."""
    beside = path.resolve().parent
    for folder in (beside, beside / "../lib/modules" / version, beside / "../usr/lib/modules" / version,
                   Path("/lib/modules") / version):
        if (folder / "kernel").is_dir():
            return folder.resolve()
    return None


def kernel_from_file(path):
    image = read_input(path, "kernel")
    check_bzimage(path, image)
    version = kernel_version(image)
    return Kernel(version, Path(path), find_modules(Path(path), version))
