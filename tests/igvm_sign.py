#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Signed files, checked by openssl's own command and by Python: igvm_sign.py TOOL."""

import hashlib
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

import digest
import igvm_format as f
import igvm_samples

TOOL = ""


def der(r, s):
    """An ECDSA signature as openssl reads it."""
    def integer(number):
        data = int.from_bytes(number, "little").to_bytes(49, "big").lstrip(b"\0")
        data = b"\0" + data if data[:1] > b"\x7f" else data
        return bytes([2, len(data)]) + data
    both = integer(r) + integer(s)
    return bytes([0x30, len(both)]) + both


class Sign(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.input = self.folder / "in.igvm"
        self.input.write_bytes(igvm_samples.all_types())
        self.output = self.folder / "out.igvm"
        self.id_key, self.author_key = self.key("id"), self.key("author")

    def openssl(self, *words):
        return subprocess.run(["openssl", *map(str, words)], capture_output=True, check=True).stdout

    def key(self, name, curve="secp384r1"):
        path = self.folder / f"{name}.pem"
        self.openssl("ecparam", "-name", curve, "-genkey", "-noout", "-out", path)
        self.openssl("pkey", "-in", path, "-pubout", "-out", path.with_suffix(".pub"))
        return path

    def run_tool(self, *words, status=0):
        done = subprocess.run([TOOL, *map(str, words)], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout if status == 0 else done.stderr

    def sign(self, *words, status=0):
        return self.run_tool("sign", self.input, "--id-key", self.id_key, "--output", self.output, *words, status=status)

    def block(self):
        blocks = [content for kind, content in digest.headers(self.output.read_bytes()) if kind == 0x30B]
        self.assertEqual(len(blocks), 1)
        return blocks[0]

    def verify(self, key, message, signature):
        (self.folder / "message").write_bytes(message)
        (self.folder / "signature").write_bytes(der(signature[:72], signature[72:]))
        self.openssl("dgst", "-sha384", "-verify", key.with_suffix(".pub"), "-signature", self.folder / "signature",
                     self.folder / "message")

    def test_openssl_agrees(self):
        self.sign("--author-key", self.author_key, "--guest-svn", 7, "--family-id", "11" * 16, "--image-id", "ab" * 16)
        data, block = self.output.read_bytes(), self.block()
        launched = bytes.fromhex(digest.launch_digest(data))
        self.assertEqual(launched.hex(), digest.launch_digest(self.input.read_bytes()))
        message = launched + b"\x11" * 16 + b"\xab" * 16 + struct.pack("<IIQ", 1, 7, 0x30000)
        self.assertEqual(block[8:0x60], message[:88])
        self.verify(self.id_key, message, block[0x68:0xF8])
        public = block[0xF8:0xFC] + block[0x100:0x190] + bytes(880)
        self.verify(self.author_key, public, block[0x190:0x220])
        text = self.run_tool("verify", self.output)
        author = block[0x220:0x224] + block[0x228:0x2B8] + bytes(880)
        for key in (public, author):
            self.assertIn(hashlib.sha384(key).hexdigest(), text)

    def test_everything_else_stays(self):
        self.sign()
        old, new = ([header for header in digest.headers(path.read_bytes()) if header[0] not in (0x30B, 0x301, 0x302, 0x304, 0x104,
                                                                                                0x105)]
                    for path in (self.input, self.output))
        self.assertEqual(old, new)
        self.run_tool("verify", self.output)
        first = self.block()[:0x68]
        self.input.write_bytes(self.output.read_bytes())
        self.sign()
        self.assertEqual(self.block()[:0x68], first)

    def test_what_was_changed_is_found(self):
        self.sign("--author-key", self.author_key)
        good = self.output.read_bytes()
        at = good.index(self.block())
        for offset, text in [(8, "launch digest"), (0x58 + 4, "ID block"), (0x68, "ID block"), (0x190, "ID key"),
                             (0xF8 + 8, "ID block"), (0x220, "ID key")]:
            data = bytearray(good)
            data[at + offset] ^= 1
            self.output.write_bytes(f.seal(data))
            self.assertIn(text, self.run_tool("verify", self.output, status=1))

    def test_refused(self):
        self.assertIn("not a private key", self.sign("--author-key", self.input, status=1))
        self.assertIn("cannot be read", self.sign("--author-key", self.folder / "none", status=1))
        self.assertIn("P-384", self.sign("--author-key", self.key("small", "prime256v1"), status=1))
        self.assertIn("private key", self.sign("--author-key", self.id_key.with_suffix(".pub"), status=1))
        self.assertIn("32 hexadecimal digits", self.sign("--family-id", "12", status=2))
        self.assertIn("32 hexadecimal digits", self.sign("--image-id", "xy" * 16, status=2))
        self.assertIn("are needed", self.run_tool("sign", self.input, "--id-key", self.id_key, status=2))
        self.input.write_bytes(f.image([f.platform(), f.page()]))
        self.assertIn("no guest policy", self.sign(status=1))
        self.assertIn("no ID block", self.run_tool("verify", self.input, status=1))
        self.input.write_bytes(f.image([f.platform(), f.policy(), f.page()]))
        self.sign()
        self.output.rename(self.output.with_suffix(".one"))
        self.input.write_bytes(f.image([f.platform(), f.policy(), f.policy(value=0xB0000), f.page()]))
        self.assertIn("two different guest policies", self.sign(status=1))
        self.input.write_bytes(f.image([f.platform(f.TDX), f.page()]))
        self.assertIn("not for sev-snp", self.sign(status=1))
        self.assertFalse(self.output.exists())

    def test_no_key_is_shown(self):
        self.sign()
        private = self.id_key.read_text(encoding="ascii").split("\n")[1]
        self.assertNotIn(private, self.run_tool("verify", self.output))


if __name__ == "__main__":
    TOOL = sys.argv.pop(1)
    unittest.main()
