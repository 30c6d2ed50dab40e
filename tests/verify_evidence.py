# SPDX-License-Identifier: MIT
"""Evidence made by hand for tests of copra verify: a chain like the machine's, reports that it signs, manifests. Not by our code."""

import hashlib
import struct
import subprocess
import sys
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "machine/psp"))

import make_identity  # noqa: E402

SIGNED = 0x2A0
ARK, ASK, VCEK = (uuid.UUID(guid).bytes for guid, _ in make_identity.GUIDS)
TABLE = uuid.UUID("63849ebb-3d92-4670-a1ff-58f9c94b87bb").bytes_le
VTPM = uuid.UUID("c476f1eb-0123-45a5-9641-b4e7dde5bfe3").bytes_le


class Chain:
    """Keys and certificates in a folder: ark, ask, vcek; `other_vcek` of another chip, `other_ark` of somebody else."""

    def __init__(self, folder):
        self.folder = folder
        self.chip, self.other_chip = bytes(range(64)), bytes(range(64, 128))
        for name in ("ark", "ask", "other_ark"):
            make_identity.openssl("genrsa", "-out", folder / f"{name}.key", 4096)
        for name in ("vcek", "other_vcek"):
            make_identity.openssl("ecparam", "-name", "secp384r1", "-genkey", "-noout", "-out", folder / f"{name}.key")
        root = make_identity.AUTHORITY.format(length="")
        make_identity.certificate(folder, "ark", "ark", root)
        make_identity.certificate(folder, "other_ark", "other_ark", root)
        make_identity.certificate(folder, "ask", "ark", make_identity.AUTHORITY.format(length=", pathlen:0"))
        make_identity.certificate(folder, "vcek", "ask", make_identity.vcek_extensions(self.chip))
        make_identity.certificate(folder, "other_vcek", "ask", make_identity.vcek_extensions(self.other_chip))

    def vcek_for(self, chip, as_der):
        """Another certificate of the chip's key."""
        (self.folder / "again.key").write_bytes((self.folder / "vcek.key").read_bytes())
        make_identity.certificate(self.folder, "again", "ask", make_identity.vcek_extensions(chip, as_der))
        return self.der("again")

    def der(self, name):
        return make_identity.openssl("x509", "-in", self.folder / f"{name}.pem", "-outform", "DER")

    def sign(self, report):
        """The report with the signature of its chip."""
        done = subprocess.run(["openssl", "dgst", "-sha384", "-sign", str(self.folder / "vcek.key")], input=bytes(report[:SIGNED]),
                              capture_output=True, check=True)
        r, s = der_numbers(done.stdout)
        return bytes(report[:SIGNED]) + r.to_bytes(72, "little") + s.to_bytes(72, "little") + bytes(368)


def der_numbers(data):
    """The two numbers of a DER sequence."""
    numbers, at = [], 2
    for _ in range(2):
        size = data[at + 1]
        numbers.append(int.from_bytes(data[at + 2:at + 2 + size], "big"))
        at += 2 + size
    return numbers


def table(entries, end=True):
    """A table of certificates, from [(guid, data)]."""
    start = 24 * (len(entries) + end)
    head = body = b""
    for guid, data in entries:
        head += guid + struct.pack("<II", start + len(body), len(data))
        body += data
    return head + bytes(24 * end) + body


def services(entries):
    """A manifest of services, from [(guid, data)]."""
    start = 24 + 24 * len(entries)
    head = body = b""
    for guid, data in entries:
        head += guid + struct.pack("<II", start + len(body), len(data))
        body += data
    return TABLE + struct.pack("<II", start + len(body), len(entries)) + head + body


TCB = sum(level << 8 * at for at, level in make_identity.LEVELS.items())


def report(chip, data, **fields):
    """An unsigned report of version 3. fields: offset and format by name, see FIELDS."""
    content = bytearray(0x4A0)
    values = {"version": 3, "policy": 0x30000, "vmpl": 0, "algorithm": 1, "measurement": b"M" * 48, "report_data": data,
              "chip_id": chip, "family": 0x19, "model": 1, **{f"{name}_tcb": TCB for name in ("current", "reported", "committed", "launch")}}
    for name, value in {**values, **fields}.items():
        at, form = FIELDS[name]
        struct.pack_into(form, content, at, value)
    return content


FIELDS = {
    "version": (0, "<I"), "svn": (4, "<I"), "policy": (8, "<Q"), "family_id": (0x10, "16s"), "image_id": (0x20, "16s"), "vmpl": (0x30, "<I"),
    "algorithm": (0x34, "<I"), "current_tcb": (0x38, "<Q"), "platform": (0x40, "<Q"), "key_info": (0x48, "<I"), "report_data": (0x50, "64s"),
    "measurement": (0x90, "48s"), "host_data": (0xC0, "32s"), "id_key": (0xE0, "48s"), "author_key": (0x110, "48s"), "report_id": (0x140, "32s"),
    "report_id_ma": (0x160, "32s"), "reported_tcb": (0x180, "<Q"), "family": (0x188, "B"), "model": (0x189, "B"), "chip_id": (0x1A0, "64s"),
    "committed_tcb": (0x1E0, "<Q"), "current_version": (0x1E8, "<I"), "committed_version": (0x1EC, "<I"), "launch_tcb": (0x1F0, "<Q"),
    "reserved": (0x1F8, "168s"), "signature_r": (0x2A0, "72s"), "signature_s": (0x2E8, "72s"),
}


def report_data(nonce, manifest):
    return hashlib.sha512(nonce + manifest).digest()
