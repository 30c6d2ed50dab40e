# SPDX-License-Identifier: MIT
"""Launch digests of TDX, VBS, SEV and SEV-ES by hand, and those of SNP where every processor gets a VMSA.

Written from the published algorithms (TDX Module ABI: TDH.MEM.PAGE.ADD, TDH.MR.EXTEND; SEV API: LAUNCH_UPDATE_DATA,
LAUNCH_UPDATE_VMSA; the igvm crate's account of VBS chunks). Shares no code with the library.
"""

import hashlib
import struct

import digest

PAGE = 4096
PLATFORMS = {"native": 0, "vbs": 1, "snp": 2, "tdx": 3, "sev": 4, "sev-es": 5}
SHARED, UNMEASURED = 4, 2
VMSA_GPA = 0xFFFFFFFFF000


class File:
    """The headers that one platform obeys, and data by offset."""

    def __init__(self, data, platform):
        self.data = data
        every = list(digest.headers(data))
        masks = {content[5]: struct.unpack_from("<I", content)[0] for kind, content in every if kind == 1}
        self.mask = masks[PLATFORMS[platform]]
        self.areas = {}
        for kind, content in every:
            if kind == 0x301:
                size, index = struct.unpack_from("<QI", content)
                self.areas[index] = size
        self.headers = [(kind, content) for kind, content in every
                        if kind in (0x302, 0x303, 0x304, 0x30D) and struct.unpack_from("<I", content, 8)[0] & self.mask]

    def pages(self):
        """(gpa, bytes or None for unmeasured, is an error range) of every private page, in order."""
        for kind, content in self.headers:
            gpa, _, last = struct.unpack_from("<QII", content)
            if kind == 0x302:
                flags = struct.unpack_from("<I", content, 16)[0]
                page = self.data[last:last + PAGE] if last else bytes(PAGE)
                if not flags & SHARED:
                    yield gpa, None if flags & UNMEASURED else page, False
            elif kind == 0x303:
                yield from ((gpa + at, None, False) for at in range(0, self.areas[last], PAGE))
            elif kind == 0x30D:
                yield from ((gpa + at, None, True) for at in range(0, last, PAGE))

    def contexts(self):
        """(processor, data from there on)"""
        for kind, content in self.headers:
            if kind == 0x304:
                yield struct.unpack_from("<H", content, 16)[0], self.data[struct.unpack_from("<I", content, 12)[0]:]


def tdx(data):
    mrtd = hashlib.sha384()
    for gpa, page, error in File(data, "tdx").pages():
        if error:
            continue
        mrtd.update(b"MEM.PAGE.ADD".ljust(16, b"\0") + struct.pack("<Q", gpa) + bytes(104))
        for at in range(0, PAGE if page is not None else 0, 256):
            mrtd.update(b"MR.EXTEND".ljust(16, b"\0") + struct.pack("<Q", gpa + at) + bytes(104) + page[at:at + 256])
    return mrtd.hexdigest()


def vbs(data):
    file, chain = File(data, "vbs"), bytes(32)
    for gpa, page, error in file.pages():
        metadata = (4 if page is None else 0) | (3 if error else 0)
        chunk = struct.pack("<IIQQQ", 32 + PAGE, 2, 0, metadata, gpa // PAGE) + (page or bytes(PAGE))
        chain = hashlib.sha256(chain + chunk).digest()
    for _, listed in file.contexts():
        for number in range(struct.unpack_from("<I", listed)[0]):
            vtl, name, value = struct.unpack_from("<BI11x16s", listed, 4 + 32 * number)
            chunk = struct.pack("<IIQIBBHII16s", 48, 0, 0, 0, vtl, 0, 0, 0, name, value)
            chain = hashlib.sha256(chain + chunk).digest()
    return chain.hex()


def reset_state(signature, features):
    vmsa = bytearray(PAGE)
    segments = {0x00: (0, 0x93), 0x10: (0xF000, 0x9B), 0x20: (0, 0x93), 0x30: (0, 0x93), 0x40: (0, 0x93), 0x50: (0, 0x93),
                0x60: (0, 0), 0x70: (0, 0x82), 0x80: (0, 0), 0x90: (0, 0x8B)}
    for at, (selector, attributes) in segments.items():
        struct.pack_into("<HHIQ", vmsa, at, selector, attributes, 0xFFFF, 0xFFFF0000 if at == 0x10 else 0)
    for at, value in {0xD0: 0x1000, 0x148: 0x40, 0x158: 0x10, 0x160: 0x400, 0x168: 0xFFFF0FF0, 0x170: 2, 0x178: 0xFFF0,
                      0x268: 0x0007040600070406, 0x310: signature, 0x3B0: features, 0x3E8: 1}.items():
        struct.pack_into("<Q", vmsa, at, value)
    struct.pack_into("<I", vmsa, 0x408, 0x1F80)
    struct.pack_into("<H", vmsa, 0x410, 0x37F)
    return bytes(vmsa)


def vmsas(file, cpus, signature):
    listed = {}
    for number, data in file.contexts():
        listed.setdefault(number, data[:PAGE])
    if not cpus:
        return [data[:PAGE] for _, data in file.contexts()]
    features = struct.unpack_from("<Q", listed.get(0, bytes(PAGE)), 0x3B0)[0]
    return [listed.get(number) or reset_state(signature, features) for number in range(cpus)]


def sev(data, platform="sev", cpus=0, signature=0x800F12):
    file = File(data, platform)
    measured = b"".join(page for _, page, _ in file.pages() if page is not None)
    states = b"".join(vmsas(file, cpus, signature)) if platform == "sev-es" else b""
    return hashlib.sha256(measured + states).hexdigest()


def snp(data, cpus, signature=0x800F12):
    """File order without contexts, then one VMSA for each processor."""
    file = File(data, "snp")
    chain = bytes(48)
    for kind, content in file.headers:
        if kind == 0x302:
            chain = digest.page_step(chain, data, content, False)
        elif kind == 0x303:
            gpa, _, index = struct.unpack("<QII", content)
            for page in range(0, file.areas[index], PAGE):
                chain = digest.step(chain, digest.UNMEASURED, gpa + page)
    for state in vmsas(file, cpus, signature):
        chain = digest.step(chain, digest.VMSA, VMSA_GPA, hashlib.sha384(state).digest())
    return chain.hex()
