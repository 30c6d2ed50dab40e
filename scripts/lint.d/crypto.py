# SPDX-License-Identifier: MIT
"""The SVSM's images hold no cryptography: no symbol of its libraries, none of its names, tables or instructions."""

import re
import subprocess

from lint_tree import CannotCheck, Finding, need

# Parts of names, between underscores and dots. BearSSL's and OpenSSL's big numbers are known by how the whole name begins.
PART = re.compile(r"sha$|sha\d|hmac|aes|gcm|ghash|chacha|poly1305|rsa|ecdsa|ecdh|ecc$|p256|p384|p521|drbg|crypt|evp$|x509|asn1|"
                  r"openssl|bearssl|tpm2|tpmlib|libtpms", re.IGNORECASE)
WHOLE = re.compile(r"(?:br|BN|EVP|CRYPTO|OPENSSL|TPM2|TPMLIB)_")
TABLES = {
    "AES' S-box": "637c777bf26b6fc53001672bfed7ab76",
    "AES' inverse S-box": "52096ad53036a538bf40a39e81f3d7fb",
    "AES' table of rounds": "a56363c6847c7cf8",
    "SHA-256's constants": "982f8a4291443771",
    "SHA-512's constants": "22ae28d7982f8a42cd65ef2391443771",
}
INSTRUCTION = re.compile(r"\tv?(aes(?:enc|dec|imc|keygen)\w*|pclmul\w*|sha(?:1|256)\w+)\b")


def findings(tree):
    images = sorted((tree.build / "svsm").glob("*.elf"))
    if not images:
        raise CannotCheck(f"no image in {tree.build / 'svsm'}: run `ninja -C {tree.build}` first")
    for image in images:
        name = f"{tree.build.name}/svsm/{image.name}"
        for what in [*symbols(image), *tables(image), *instructions(image)]:
            yield Finding(name, 1, f"cryptography: {what}")


def output_of(*command):
    need(command[0])
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def symbols(image):
    """An image without symbols could not be judged."""
    names = {line.split()[-1] for line in output_of("nm", str(image)).splitlines()}
    if not names:
        yield "no symbols to judge by"
    for name in sorted(names):
        if WHOLE.match(name) or any(PART.match(part) for part in re.split(r"[_.]", name)):
            yield f"symbol {name}"


def tables(image):
    content = image.read_bytes()
    return [name for name, start in TABLES.items() if bytes.fromhex(start) in content]


def instructions(image):
    text = output_of("objdump", "-d", "--no-show-raw-insn", str(image))
    return sorted({f"instruction {match[1]}" for match in INSTRUCTION.finditer(text)})
