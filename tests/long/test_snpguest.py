# SPDX-License-Identifier: MIT
"""snpguest, which is not ours, verifies a report of the machine's PSP with the certificates that came along, given their root."""

import base64
import struct
import uuid

from harness import BUILD, ROOT, Boot, run
from test_attestation import CERTIFICATES, REPORT

from testing.snpguest import Unavailable, snpguest

NAMES = {"4ab7b379-bbac-4fe4-a02f-05aef327c782": "ask", "63da758d-e664-4564-adc5-f4b93be8accd": "vcek"}
NONCE = "0x" + b"7".rjust(64, b"0").hex()
MATCHES = ("Boot Loader", "TEE", "SNP", "Microcode")


def entries(table):
    """What an extended guest request returned: {GUID: certificate}."""
    found, at = {}, 0
    while any(table[at:at + 16]):
        offset, size = struct.unpack_from("<II", table, at + 16)
        found[str(uuid.UUID(bytes=table[at:at + 16]))] = table[offset:offset + size]
        at += 24
    return found


class Snpguest(Boot):
    def setUp(self):
        super().setUp()
        try:
            self.tool = snpguest(BUILD)
        except Unavailable as reason:
            self.skipTest(f"snpguest: {reason}")

    def verify(self, what, *words, good=True, text=""):
        done = run([self.tool, "verify", what, *words], 300)
        self.assertEqual(done.status == 0, good, done.describe())
        self.assertIn(text, done.out + done.err)
        return done.out

    def certificates(self, table, root):
        folder = self.folder / f"{root.parent.name}-chain"
        folder.mkdir()
        (folder / "ark.pem").write_bytes(root.read_bytes())
        for guid, name in NAMES.items():
            (folder / f"{name}.der").write_bytes(entries(table)[guid])
        return folder

    def other_root(self):
        path = self.folder / "other/ark.pem"
        path.parent.mkdir()
        done = run(["openssl", "req", "-x509", "-newkey", "rsa:4096", "-nodes", "-keyout", path.with_suffix(".key"), "-subj", "/CN=ARK", "-out", path,
                    "-sha384", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:48"], 300)
        self.assertEqual(done.status, 0, done.describe())
        return path

    def test_report(self):
        out = self.boots("--firmware", "none", "--exec", REPORT)
        report, table = (base64.b64decode(part) for part in out.split("\n\n"))
        folder = self.certificates(table, CERTIFICATES / "ark.pem")
        self.verify("certs", folder, text="The VCEK was signed by the AMD ASK!")
        path = self.folder / "report"
        path.write_bytes(report)
        words = [folder, path, "--report-data", NONCE, "--measurement", "0x" + report[0x90:0xC0].hex()]
        said = self.verify("attestation", *words, text="VEK signed the Attestation Report!")
        for text in (*(f"Reported TCB {level} from certificate matches" for level in MATCHES), "Chip ID from certificate matches"):
            self.assertIn(text, said)
        self.verify("attestation", folder, path, "--measurement", "0x" + "00" * 48, good=False, text="Measurement did not match")
        for at, text in ((0x50, "NOT sign"), (0x180, "Boot Loader mismatch"), (0x1A0, "ID mismatch")):
            path.write_bytes(report[:at] + bytes([report[at] ^ 1]) + report[at + 1:])
            self.verify("attestation", folder, path, good=False, text=text)
        self.verify("certs", self.certificates(table, self.other_root()), good=False, text="not signed by the AMD ARK")

    def test_real_report(self):
        """Both verifiers accept the report of a real processor."""
        data, folder = ROOT / "tests/data", self.folder / "milan"
        folder.mkdir()
        (folder / "vcek.der").write_bytes((data / "vcek_milan.der").read_bytes())
        report = bytes.fromhex((data / "report_milan.hex").read_text(encoding="ascii"))
        (self.folder / "report").write_bytes(report)
        self.verify("attestation", folder, self.folder / "report", "--processor-model", "milan", text="VEK signed the Attestation Report!")
        done = run([ROOT / "copra", "verify", "--report", self.folder / "report", "--vcek", folder / "vcek.der", "--roots", data / "cert_chain_milan",
                    "--skip", "digest", "--nonce", report[0x50:0x90].hex(), "--time", 1750000000], 300)
        self.assertEqual(done.status, 0, done.describe())
