# SPDX-License-Identifier: MIT
"""Good files that have every header type of the format, for round trips and for starting fuzzers."""

import igvm_format as f

VMSA = bytes(0x158) + b"\x31" + bytes(f.PAGE - 0x159)
NATIVE_CONTEXT = bytes(range(200)) + bytes(f.PAGE - 200)
CCA_CONTEXT = bytes(range(80)) + bytes(f.PAGE - 80)
REGISTERS = f.registers((0, 0x00020000, 7), (0, 0x00020010, 0xFFF0))


def data_of(*parts):
    """One after the other; returns the bytes and the places."""
    data, places = b"", []
    for part in parts:
        places.append(("data", len(data)))
        data += part
    return data, places


def all_types():
    data, (pages, vmsa, native, registers, text) = data_of(
        b"page".ljust(f.PAGE, b"."), VMSA, NATIVE_CONTEXT, REGISTERS, b"CoRIM document, then signature")
    headers = [f.platform(kind, 1 << kind) for kind in (f.NATIVE, f.VSM, f.SNP, f.TDX, f.SEV, f.SEV_ES)]
    native_mask, vsm, snp, tdx, sev, sev_es = (1 << kind for kind in range(6))
    headers += [f.policy(snp), f.policy(tdx, 2), f.region(vsm, flags=6), f.tables(vsm),
                f.corim(snp, text, 13), f.corim(snp, ("data", text[1] + 13), 17, signature=True)]
    headers += [f.page(0x1000, snp | native_mask | sev, pages), f.page(0x2000, 0x3F), f.page(0x3000, snp, kind=1),
                f.page(0x4000, snp, kind=2), f.page(0x5000, snp, kind=3), f.page(0x6000, snp | tdx, pages, flags=2),
                f.page(0x7000, 0x3F, pages, flags=4)]
    headers += [f.area(0, 2 * f.PAGE, pages), f.area(7)]
    headers += [f.parameter(kind, 7, 8 * n) for n, kind in enumerate(f.PARAMETERS)]
    headers += [f.insert(0x10000, snp | vsm | tdx, 0), f.insert(0x20000, 0x3F, 7), f.required(0x40000, 0x3F),
                f.required(0x50000, vsm, flags=1), f.error_range(0x60000, vsm, 2 * f.PAGE)]
    headers += [f.id_block(snp), f.vbs_measurement(vsm)]
    headers += [f.context(0xFFFFFFFFF000, snp, vmsa), f.context(0, native_mask, native), f.context(0, vsm, registers),
                f.context(0, sev, native), f.context(0xFFFFFFFFF000, sev_es, vmsa)]
    return f.image(headers, data)


def arm():
    data, (context, registers) = data_of(CCA_CONTEXT, REGISTERS)
    headers = [f.platform(f.CCA, 2), f.platform(f.VSM, 1), f.cca_policy(2, 1, 2), f.page(mask=3), f.context(0, 2, context),
               f.context(0, 1, registers)]
    return f.image(headers, data, version=2, machine=(1, f.PAGE))


def with_gap():
    """Bytes between the headers, and padding that is not zero."""
    data = bytearray(f.image([f.platform(), f.page(offset=("data", 8)), f.context(offset=("data", 8))], bytes(8) + VMSA,
                             version=2, gap=64))
    data[40:48] = b"whatever"
    headers_end = 32 + 64 + 24 + 32 + 32
    data[headers_end - 4:headers_end] = b"\1\2\3\4"
    return f.seal(data)


def many():
    """As many headers as such a file can have: the smallest, and pages without data."""
    headers = [f.platform(), f.platform(f.VSM, 2), f.area(0)] + [f.parameter("VP_COUNT", 0, 4 * n) for n in range(600)]
    return f.image([*headers, f.insert(0x10000, 3, 0), *[f.page(0x100000 + f.PAGE * n, 3) for n in range(900)]], bytes(8))


SAMPLES = {"all": all_types, "arm": arm, "gap": with_gap, "many": many}
