# SPDX-License-Identifier: MIT
"""Reports of the machine's PSP, asked for by the guest's own driver."""

import base64
import re
import struct

from harness import BUILD, ROOT, Boot, run

CERTIFICATES = BUILD / "machine/certificates"
REPORT = """modprobe sev-guest; mkdir -p /sys/kernel/config; mount -t configfs none /sys/kernel/config
mkdir /sys/kernel/config/tsm/report/a; cd /sys/kernel/config/tsm/report/a; echo 2 >privlevel
printf %064d 7 >inblob; base64 outblob; echo; base64 auxblob"""


class Reports(Boot):
    def test_sev_guest(self):
        """/dev/sev-guest with VMPCK2, through configfs-tsm; a PSP that is busy only delays."""
        trace = self.folder / "trace"
        out = self.boots("--firmware", "none", "--trace", trace, "--trace-classes", "vmpl", "--fault", "psp-busy@1:2,psp-delay@1",
                         "--exec", REPORT)
        report, certificates = (base64.b64decode(part) for part in out.split("\n\n"))
        text = trace.read_text(encoding="utf-8")
        self.assertEqual(certificates, (CERTIFICATES / "certificates.bin").read_bytes())
        self.assertEqual((len(report), struct.unpack_from("<I", report, 0x30)[0]), (0x4A0, 2))
        self.assertEqual(report[0x50:0x90], b"7".rjust(64, b"0"))
        self.assertEqual(report[0x90:0xC0].hex(), re.search(r"load-done .*digest=([0-9a-f]{96})", text)[1])
        self.assertEqual(text.count("kind=psp-"), 2, text)
        self.verified(report, certificates, report[0x90:0xC0].hex())

    def verified(self, report, certificates, digest):
        for name, data in (("report", report), ("certificates", certificates)):
            (self.folder / name).write_bytes(data)
        words = ["--report", self.folder / "report", "--certificates", self.folder / "certificates", "--measurement", digest,
                 "--nonce", report[0x50:0x90].hex()]
        done = run([ROOT / "copra", "verify", *words, "--test-roots", CERTIFICATES / "cert_chain.pem", "--vmpl", 2], 300)
        self.assertEqual(done.status, 0, done.describe())
        done = run([ROOT / "copra", "verify", *words, "--test-roots", CERTIFICATES / "cert_chain.pem"], 300)
        self.assertEqual(done.status, 1, done.describe())
        self.assertRegex(done.out, r"FAILS +vmpl +VMPL 2 asked")

    def test_altered(self):
        """The driver does not take what the PSP did not seal, and asks no more."""
        out = self.boots("--firmware", "none", "--fault", "psp-alter@1:1000", "--exec", f"({REPORT}) 2>&1; dmesg | grep -i vmpck")
        self.assertIn("Disabling VMPCK2", out)


class IdBlocks(Boot):
    def signed(self):
        key, out = self.folder / "key.pem", self.folder / "signed.igvm"
        done = run(["openssl", "ecparam", "-name", "secp384r1", "-genkey", "-noout", "-out", key], 60)
        self.assertEqual(done.status, 0, done.describe())
        tool = BUILD / "tools/igvm/igvm"
        done = run([tool, "sign", self.program("terminate"), "--id-key", key, "--output", out], 60)
        self.assertEqual(done.status, 0, done.describe())
        return out

    def test_accepted(self):
        self.ends(self.copra("--igvm", self.signed()), 3, "set 1, code 42")

    def test_refused(self):
        """Signed for another content."""
        data = bytearray(self.signed().read_bytes())
        data[-1] ^= 1
        path = self.folder / "changed.igvm"
        path.write_bytes(data)
        self.ends(self.copra("--igvm", path), 1, "the PSP refuses the ID block: it is for another launch digest")
