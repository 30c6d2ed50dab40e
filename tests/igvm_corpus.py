#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The hostile corpus: one small file for each rule of the format, with what is wrong with it.

igvm_corpus.py FOLDER writes the files, and good ones as all.igvm, arm.igvm and gap.igvm. tests/data/hostile holds the hostile
ones; tests/igvm_hostile.py sees to it that they are what this script makes, and that each is refused as said here.
"""

import pathlib
import struct
import sys
from typing import NamedTuple

import igvm_format as f
import igvm_samples

FIXED = None  # no header is at fault, but the file


class Case(NamedTuple):
    data: bytes
    header: object  # index of the header at fault, or FIXED
    flaw: int       # what the C API answers
    text: str       # a part of the message


def second(header, text, flaw=-11, data=bytes(16)):
    """The SNP platform, then a header that is wrong."""
    return Case(f.image([f.platform(), header], data), 1, flaw, text)


def last(headers, text, flaw=-11, **options):
    return Case(f.image(headers, **options), len(headers) - 1, flaw, text)


def changed(offset, form, *values, text, flaw=-16, sealed=True):
    """A good small file with other bytes at offset."""
    data = bytearray(f.image([f.platform(), f.page()]))
    struct.pack_into(form, data, offset, *values)
    return Case(f.seal(data) if sealed else bytes(data), FIXED, flaw, text)


def fixed_header():
    good = f.image([f.platform(), f.page()])
    yield "empty", Case(b"", FIXED, -16, "shorter than its fixed header")
    yield "fixed-header-cut", Case(good[:23], FIXED, -16, "shorter than its fixed header")
    yield "magic", changed(0, "<I", 0x4D564748, text='does not start with "IGVM"')
    yield "version", changed(4, "<I", 3, text="neither 1 nor 2")
    yield "headers-inside-fixed", changed(8, "<I", 16, text="start at a wrong place", sealed=False)
    yield "headers-unaligned", changed(8, "<I", 28, text="start at a wrong place", sealed=False)
    yield "headers-past-end", changed(12, "<I", 0xFFFFFFF0, text="past the end of the file", sealed=False)
    yield "headers-wrap", changed(8, "<II", 0xFFFFFFF8, 0x10, text="past the end of the file", sealed=False)
    yield "file-cut", Case(good[:-1], FIXED, -16, "shorter than its header says")
    yield "file-longer", Case(good + b"\0", FIXED, -16, "longer than its header says")
    yield "checksum", changed(20, "<I", 1, text="checksum", flaw=-18, sealed=False)
    yield "v2-cut", Case(struct.pack("<4s5I", b"IGVM", 2, 32, 0, 28, 0) + bytes(4), FIXED, -16, "shorter than its fixed header")
    yield "v2-architecture", Case(f.image([f.platform()], version=2, machine=(2, f.PAGE)), FIXED, -16, "architecture")
    yield "v2-page-size", Case(f.image([f.platform()], version=2, machine=(0, 16384)), FIXED, -25, "page size")
    yield "no-platform", Case(f.image([]), FIXED, -5, "names no platform")


def any_header():
    yield "header-cut", Case(f.image([f.platform(), (0x302, b"")][:1] + [(0x302, bytes(8))]), 1, -11, "length does not fit")
    cut = bytearray(f.image([f.platform(), f.page()]))
    struct.pack_into("<I", cut, 24 + 24 + 4, 0xFFFFFFFF)
    yield "header-length", Case(f.seal(cut), 1, -11, "cut off")
    short = bytearray(f.image([f.platform()], bytes(16)))
    struct.pack_into("<I", short, 12, 24 + 4)
    yield "header-stub", Case(f.seal(short), 1, -17, "cut off")
    for name, kind, flaw in [("zero", 0, -17), ("platform", 2, -9), ("initialization", 0x107, -10), ("between", 0x201, -17),
                             ("reserved", 0x306, -11), ("directive", 0x314, -11), ("beyond", 0x401, -17),
                             ("optional", 0x80000302, -17)]:
        yield f"type-{name}", second((kind, bytes(16)), "type is unknown", flaw)
    for kind, header in enumerate([f.platform(), f.policy(), f.page()]):
        yield f"length-{kind}", second((header[0], bytes(4)), "length does not fit", (-9, -10, -11)[kind])
    yield "order-platform", last([f.platform(), f.page(), f.platform(f.TDX, 2)], "wrong section", -17)
    yield "order-initialization", last([f.platform(), f.page(), f.policy()], "wrong section", -17)
    yield "mask-none", second(f.page(mask=0), "names no platform")
    yield "mask-unknown", second(f.page(mask=3), "names no platform")
    yield "mask-initialization", second(f.policy(mask=2), "names no platform", -10)


def platforms():
    def first(header, text, flaw=-9, **options):
        return Case(f.image([header], **options), 0, flaw, text)
    yield "platform-mask-none", first(f.platform(mask=0), "not one bit")
    yield "platform-mask-two", first(f.platform(mask=3), "not one bit")
    yield "platform-unknown", first(f.platform(7), "platform is unknown")
    yield "platform-version", first(f.platform(version=2), "version is not 1")
    yield "platform-vtl", first(f.platform(vtl=1), "highest VTL")
    yield "platform-boundary-native", first(f.platform(f.NATIVE, boundary=1), "shared GPA boundary")
    yield "platform-boundary-vsm", first(f.platform(f.VSM, boundary=1), "shared GPA boundary")
    yield "platform-twice", second(f.platform(mask=2), "there twice", -12)
    yield "platform-same-mask", second(f.platform(f.TDX), "same mask", -9)
    yield "platform-cca-on-x86", first(f.platform(f.CCA), "architecture", -23)
    yield "platform-snp-on-arm", first(f.platform(), "architecture", -23, version=2, machine=(1, f.PAGE))


def initialization():
    def wrong(header, text, flaw=-10):
        return second(header, text, flaw)
    yield "policy-reserved", wrong(f.policy(reserved=1), "reserved bits")
    yield "region-flags", wrong(f.region(flags=8), "unknown flags")
    yield "region-alignment-zero", wrong(f.region(alignment=0), "alignment is not")
    yield "region-alignment", wrong(f.region(alignment=0x1001), "alignment is not")
    yield "region-address", wrong(f.region(alignment=0x200000), "does not have its alignment")
    yield "region-minimum", wrong(f.region(alignment=0x2000, limits=(0x1000, 0x2000)), "does not have its alignment")
    yield "region-maximum", wrong(f.region(alignment=0x2000, limits=(0, 0x1000)), "does not have its alignment")
    yield "region-limits", wrong(f.region(limits=(0x2000, 0x1000)), "above its highest")
    yield "region-size", wrong(f.region(place=(0x100000, 1)), "whole 4 KiB pages")
    yield "region-empty", wrong(f.region(place=(0x100000, 0)), "whole 4 KiB pages")
    yield "region-wraps", wrong(f.region(place=(0x100000, 0xFFFFFFFFFFFFF000)), "beyond 52 bits")
    yield "region-vtl", wrong(f.region(vtl=3), "VTL")
    yield "region-overlap", last([f.platform(), f.region(), f.region()], "overlaps", -20)
    yield "region-many", last([f.platform(), *(f.region(place=(n << 16, 0x1000)) for n in range(33))], "more than 32", -10)
    yield "region-no-context", Case(f.image([f.platform(f.VSM), f.region()]), FIXED, -22, "no context")
    yield "tables-reserved", wrong(f.tables(reserved=1), "reserved bits")
    yield "tables-used", wrong(f.tables(used=0x3000), "used size")
    yield "tables-used-unaligned", wrong(f.tables(used=1), "used size")
    yield "tables-address", wrong(f.tables(place=(1, 0x2000)), "whole 4 KiB pages")
    yield "tables-twice", last([f.platform(), f.tables(), f.tables(place=(0x400000, 0x1000))], "has a page-table region", -19)
    yield "tables-overlap", last([f.platform(), f.region(place=(0x201000, 0x1000)), f.tables()], "overlaps", -20)
    yield "corim-reserved", wrong(f.corim(reserved=1), "reserved bits")
    yield "corim-past-end", wrong(f.corim(offset=("data", 0), size=17), "past the end of the file")
    yield "corim-in-headers", wrong(f.corim(offset=8, size=1), "lies in the headers")
    yield "corim-twice", last([f.platform(), f.corim(), f.corim()], "already", -10)
    yield "corim-signature-twice", last([f.platform(), f.corim(), *[f.corim(signature=True)] * 2], "already", -10)
    yield "corim-signature-alone", wrong(f.corim(signature=True), "no CoRIM document")
    arm = {"version": 2, "machine": (1, f.PAGE)}
    yield "cca-reserved", last([f.platform(f.CCA), f.cca_policy(reserved=1)], "reserved bits", -10, **arm)
    yield "cca-tail", last([f.platform(f.CCA), f.cca_policy(tail=b"\1" * 6)], "reserved bits", -10, **arm)
    yield "cca-conflict", last([f.platform(f.CCA), f.cca_policy(zeroes=1, ones=3)], "zero and one", -10, **arm)
    yield "cca-mask", wrong(f.cca_policy(), "CCA only", -28)


def memory():
    yield "page-flags", second(f.page(flags=8), "unknown flags")
    yield "page-large", second(f.page(flags=1), "2 MiB")
    yield "page-type", second(f.page(kind=4), "unknown type")
    yield "page-reserved", second(f.page(reserved=1), "unknown flags")
    yield "page-unaligned", second(f.page(gpa=0x1001), "whole 4 KiB pages")
    yield "page-address", second(f.page(gpa=1 << 52), "beyond 52 bits")
    yield "page-in-headers", second(f.page(offset=24), "lies in the headers")
    yield "page-past-end", second(f.page(offset=("data", 0)), "past the end of the file")
    yield "page-far-past-end", second(f.page(offset=0xFFFFFFFF), "past the end of the file")
    yield "required-flags", second(f.required(flags=2), "unknown flags")
    yield "required-reserved", second(f.required(reserved=1), "unknown flags")
    yield "required-empty", second(f.required(size=0), "whole 4 KiB pages")
    yield "required-size", second(f.required(size=1), "whole 4 KiB pages")
    yield "required-wraps", second(f.required(gpa=(1 << 52) - f.PAGE, size=2 * f.PAGE), "beyond 52 bits")
    yield "error-range-size", second(f.error_range(size=0), "whole 4 KiB pages")
    yield "error-range-wraps", second(f.error_range(gpa=0xFFFFFFFFFFFFF000), "beyond 52 bits")
    yield "id-block-author", second(f.id_block(author=2), "unknown flags")
    yield "id-block-reserved", second(f.id_block(reserved=b"\0\0\1"), "unknown flags")


def parameters():
    def after_area(*headers, text, flaw=-11):
        return last([f.platform(), f.area(), *headers], text, flaw)
    yield "area-empty", second(f.area(size=0), "whole 4 KiB pages")
    yield "area-size", second(f.area(size=100), "whole 4 KiB pages")
    yield "area-large", second(f.area(size=0x1001000), "larger than 16 MiB")
    yield "area-huge", second(f.area(size=0xFFFFFFFFFFFFF000), "larger than 16 MiB")
    yield "area-data", second(f.area(offset=("data", 0)), "past the end of the file")
    yield "area-twice", after_area(f.area(), text="index is there twice", flaw=-13)
    yield "area-many", last([f.platform(), *(f.area(n) for n in range(65))], "more than 64")
    for kind in f.PARAMETERS:
        name = kind.lower().replace("_", "-")
        yield f"{name}-no-area", second(f.parameter(kind), "not declared", -13)
    yield "parameter-past-area", after_area(f.parameter("VP_COUNT", offset=f.PAGE - 3), text="past the end of its area")
    yield "parameter-far", after_area(f.parameter("MADT", offset=0xFFFFFFFF), text="past the end of its area")
    yield "parameter-after-insert", after_area(f.insert(), f.parameter("SRAT"), text="inserted already", flaw=-13)
    yield "insert-no-area", second(f.insert(), "not declared", -13)
    yield "insert-twice", after_area(f.insert(), f.insert(0x20000), text="inserted already", flaw=-13)
    yield "insert-unaligned", after_area(f.insert(0x10001), text="whole 4 KiB pages")
    yield "insert-address", after_area(f.insert((1 << 52)), text="beyond 52 bits")
    yield "insert-in-tables", last([f.platform(f.VSM), f.tables(), f.area(), f.insert(0x201000)], "page-table region", -21)


def contexts():
    def wrong(kind, data, text, **fields):
        return last([f.platform(kind), f.context(**fields)], text, data=data)
    yield "context-two-platforms", last([f.platform(), f.platform(f.TDX, 2), f.context(mask=3)], "exactly one platform")
    yield "context-reserved", second(f.context(reserved=1), "exactly one platform")
    yield "context-tdx", wrong(f.TDX, bytes(16), "TDX")
    yield "context-no-data", second(f.context(offset=0), "no data")
    yield "context-address", second(f.context(gpa=1), "whole 4 KiB pages")
    yield "context-in-headers", second(f.context(offset=24), "lies in the headers")
    yield "context-snp-cut", second(f.context(), "past the end of the file")
    yield "context-native-cut", wrong(f.NATIVE, bytes(232), "past the end of the file")
    yield "context-native-tail", wrong(f.NATIVE, bytes(232) + b"\1" + bytes(f.PAGE - 233), "behind the processor's context")
    yield "context-sev-tail", wrong(f.SEV, bytes(f.PAGE - 1) + b"\1", "behind the processor's context")
    cca = [f.platform(f.CCA), f.context()]
    yield "context-cca-tail", last(cca, "behind the processor's", data=b"\1" * f.PAGE, version=2, machine=(1, f.PAGE))
    yield "vsm-empty", wrong(f.VSM, f.registers() + bytes(12), "list is empty")
    yield "vsm-cut", wrong(f.VSM, f.registers((0, 1, 1))[:-1], "past the end of the file")
    yield "vsm-count", wrong(f.VSM, b"\xff" * 4 + bytes(60), "past the end of the file")
    yield "vsm-no-count", wrong(f.VSM, bytes(3), "past the end of the file")
    yield "vsm-many", wrong(f.VSM, f.registers(*[(0, 1, 1)] * 257), "more than 256")
    yield "vsm-processor", wrong(f.VSM, f.registers((0, 1, 1)), "first processor", vp=1)
    yield "vsm-mixed", wrong(f.VSM, f.registers((0, 1, 1), (2, 1, 1)), "one VTL")
    yield "vsm-vtl", wrong(f.VSM, f.registers((3, 1, 1)), "one VTL")
    dirty = bytearray(f.registers((0, 1, 1)))
    dirty[4 + 15] = 1
    yield "vsm-reserved", wrong(f.VSM, bytes(dirty), "reserved bytes")
    yield "vsm-other-vtl", Case(f.image([f.platform(f.VSM), f.region(), f.context()], f.registers((2, 1, 1))), FIXED, -22,
                                "no context")


def cases():
    groups = (fixed_header, any_header, platforms, initialization, memory, parameters, contexts)
    return {name: case for group in groups for name, case in group()}


def write(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, case in cases().items():
        (folder / f"{name}.igvm").write_bytes(case.data)


def main(arguments):
    if len(arguments) != 1:
        sys.exit("usage: igvm_corpus.py FOLDER")
    folder = pathlib.Path(arguments[0])
    write(folder / "hostile")
    for name, make in igvm_samples.SAMPLES.items():
        (folder / f"{name}.igvm").write_bytes(make())


if __name__ == "__main__":
    main(sys.argv[1:])
