# SPDX-License-Identifier: MIT
"""Quotes and event logs made by hand for tests of copra verify."""

import hashlib
import struct
import subprocess

import verify_evidence as ev

SHA256, SHA384, ECDSA, RSASSA, RSAPSS = 0x0B, 0x0C, 0x18, 0x14, 0x16
NO_ACTION = 3
ALGORITHMS = ((4, 20), (SHA256, 32))


def event(pcr, kind, data, digests=None):
    """digests: [(algorithm, digest)]; else those of ALGORITHMS, of which only SHA-256 is used."""
    digests = digests or [(4, bytes(20)), (SHA256, hashlib.sha256(data).digest() if kind != NO_ACTION else bytes(32))]
    listed = b"".join(struct.pack("<H", algorithm) + value for algorithm, value in digests)
    return struct.pack("<III", pcr, kind, len(digests)) + listed + struct.pack("<I", len(data)) + data


def log_header(algorithms=ALGORITHMS):
    content = (b"Spec ID Event03\0" + bytes(8) + struct.pack("<I", len(algorithms)) + b"".join(struct.pack("<HH", *pair) for pair in algorithms)
               + b"\0")
    return struct.pack("<II20xI", 0, 3, len(content)) + content


EVENTS = [(0, 8, b"firmware"), (4, 0x80000003, b"loader"), (7, 0x80000001, b"policy"), (0, 4, bytes(4))]
LOG = log_header() + event(0, NO_ACTION, b"StartupLocality\0\3") + b"".join(event(*item) for item in EVENTS)


def pcr_values(locality=3):
    values = {pcr: b"\xFF" * 32 if 17 <= pcr <= 22 else bytes(32) for pcr in range(24)}
    values[0] = bytes(31) + bytes([locality])
    for pcr, _, data in EVENTS:
        values[pcr] = hashlib.sha256(values[pcr] + hashlib.sha256(data).digest()).digest()
    return values


def sized(data):
    return struct.pack(">H", len(data)) + data


def quote(nonce, pcrs=range(8), values=None, magic=0xFF544347, kind=0x8018):
    """pcrs: None for no bank at all."""
    banks, pcrs = int(pcrs is not None), pcrs or ()
    values = values or pcr_values()
    select = sum(1 << pcr for pcr in pcrs).to_bytes(3, "little")
    digest = hashlib.sha256(b"".join(values[pcr] for pcr in sorted(pcrs))).digest()
    return (struct.pack(">IH", magic, kind) + sized(b"name of the signer") + sized(nonce) + bytes(25) + struct.pack(">I", banks)
            + (struct.pack(">HB", SHA256, 3) + select) * banks + sized(digest))


def quote_of_banks(nonce, banks):
    """banks: [(algorithm, {PCR: value})], all 0 to 7."""
    selected = b"".join(struct.pack(">HB", algorithm, 3) + b"\xFF\0\0" for algorithm, _ in banks)
    digest = hashlib.sha256(b"".join(values[pcr] for _, values in banks for pcr in range(8))).digest()
    return (struct.pack(">IH", 0xFF544347, 0x8018) + sized(b"name of the signer") + sized(nonce) + bytes(25) + struct.pack(">I", len(banks))
            + selected + sized(digest))


def make_key(folder, name, *words):
    subprocess.run(["openssl", "genpkey", *words, "-out", str(folder / f"{name}.key")], capture_output=True, check=True)
    subprocess.run(["openssl", "pkey", "-in", str(folder / f"{name}.key"), "-pubout", "-out", str(folder / f"{name}.pub")], check=True)


def sign(folder, name, data, scheme):
    options = ["-sigopt", "rsa_padding_mode:pss"] if scheme == RSAPSS else []
    done = subprocess.run(["openssl", "dgst", "-sha256", "-sign", str(folder / f"{name}.key"), *options], input=data, capture_output=True, check=True)
    parts = [done.stdout] if scheme != ECDSA else [number.to_bytes(32, "big") for number in ev.der_numbers(done.stdout)]
    return struct.pack(">HH", scheme, SHA256) + b"".join(map(sized, parts))
