#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the identity of the machine's PSP: make_identity.py OUTPUT.c FOLDER.

Root (ARK), intermediate (ASK) and chip key (VCEK) are fresh in each build tree, in the shape that verifiers of SEV-SNP reports
expect (AMD's VCEK certificate specification, 57230), and named so that nobody takes them for AMD's. OUTPUT.c holds the chip's
key and what extended guest requests hand out; FOLDER the certificates for a verifier, and all keys, for they protect nothing.
"""

import secrets
import subprocess
import sys
import uuid
from pathlib import Path

NAME = "/O=Copra test machine, not AMD/CN="
DAYS = 9000
PSS = ["-sha384", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:48"]
OID = "1.3.6.1.4.1.3704.1"
# Security patch levels, by position in the TCB version: boot loader, TEE, SNP, microcode
LEVELS = {0: 4, 1: 0, 6: 22, 7: 213}
LEVEL_OIDS = {0: 1, 1: 2, 6: 3, 2: 4, 3: 5, 4: 6, 5: 7, 7: 8}
GUIDS = [("c0b406a4-a803-4952-9743-3fb6014cd0ae", "ark"), ("4ab7b379-bbac-4fe4-a02f-05aef327c782", "ask"),
         ("63da758d-e664-4564-adc5-f4b93be8accd", "vcek")]
AUTHORITY = """basicConstraints = critical, CA:TRUE{length}
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


def openssl(*words):
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit(f"make_identity: openssl {words[0]}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def vcek_extensions(chip_id, as_der=True):
    """The chip's ID is an OCTET STRING, or as older certificates have it the bytes alone."""
    lines = [f"{OID}.1 = ASN1:INTEGER:0", f"{OID}.2 = ASN1:IA5STRING:Milan-B0"]
    lines += [f"{OID}.3.{number} = ASN1:INTEGER:{LEVELS.get(at, 0)}" for at, number in LEVEL_OIDS.items()]
    form = f"ASN1:FORMAT:HEX,OCTETSTRING:{chip_id.hex()}" if as_der else f"DER:{chip_id.hex(':')}"
    return "\n".join([*lines, f"{OID}.4 = {form}"]) + "\n"


def certificate(folder, name, issuer, extensions):
    """A key of that name is there already. The root's issuer is itself."""
    (folder / "extensions.cnf").write_text(extensions)
    request, out = folder / f"{name}.csr", folder / f"{name}.pem"
    openssl("req", "-new", "-sha384", "-key", folder / f"{name}.key", "-subj", f"{NAME}{name.upper()} of a test machine", "-out", request)
    signer = ["-signkey", folder / f"{name}.key"] if issuer == name else ["-CA", folder / f"{issuer}.pem", "-CAkey", folder / f"{issuer}.key"]
    openssl("x509", "-req", "-in", request, *signer, "-set_serial", 0 if name == "vcek" else 1, "-days", DAYS, *PSS,
            "-extfile", folder / "extensions.cnf", "-out", out)
    request.unlink()


def certificate_table(folder):
    start = 24 * (len(GUIDS) + 1)
    table = blobs = b""
    for guid, name in GUIDS:
        data = openssl("x509", "-in", folder / f"{name}.pem", "-outform", "DER")
        table += uuid.UUID(guid).bytes + (start + len(blobs)).to_bytes(4, "little") + len(data).to_bytes(4, "little")
        blobs += data
    return table + bytes(24) + blobs


def private_number(path):
    """The number in a P-384 key: SEC1 DER is SEQUENCE { INTEGER 1, OCTET STRING of 48 bytes, ... }."""
    data = openssl("ec", "-in", path, "-outform", "DER")
    return data[data.index(b"\x04\x30") + 2:][:48]


def array(data):
    return ", ".join(f"0x{byte:02X}" for byte in data)


def main():
    output, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    chip_id = secrets.token_bytes(64)
    for name in ("ark", "ask"):
        openssl("genrsa", "-out", folder / f"{name}.key", 4096)
    openssl("ecparam", "-name", "secp384r1", "-genkey", "-noout", "-out", folder / "vcek.key")
    certificate(folder, "ark", "ark", AUTHORITY.format(length=""))
    certificate(folder, "ask", "ark", AUTHORITY.format(length=", pathlen:0"))
    certificate(folder, "vcek", "ask", vcek_extensions(chip_id))
    (folder / "extensions.cnf").unlink()
    table = certificate_table(folder)
    (folder / "certificates.bin").write_bytes(table)
    (folder / "cert_chain.pem").write_bytes((folder / "ask.pem").read_bytes() + (folder / "ark.pem").read_bytes())
    tcb = sum(level << 8 * at for at, level in LEVELS.items())
    output.write_text(f"""/* SPDX-License-Identifier: MIT */
/* Made by make_identity.py. Not AMD's. */
#include "psp/identity.h"

static const u8 certificates[] = {{{array(table)}}};

const struct psp_identity psp_identity = {{
	.key = {{{array(private_number(folder / "vcek.key"))}}},
	.chip_id = {{{array(chip_id)}}},
	.tcb = 0x{tcb:016X}ULL,
	.certificates = {{certificates, sizeof(certificates)}},
}};
""")


if __name__ == "__main__":
    main()
