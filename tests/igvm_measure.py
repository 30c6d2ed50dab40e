#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Digests of every platform by the tool and by Python: igvm_measure.py TOOL. And sev-snp-measure's, for the pages of an OVMF image."""

import json
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import unittest
import uuid

import digest
import digest_platforms as by_hand
import igvm_format as f
import igvm_samples

HERE = pathlib.Path(__file__).resolve().parent
TOOL = ""
OVMF_TABLE = uuid.UUID("96b582de-1fb2-45f7-baea-a366c55a082d").bytes_le
OVMF_SEV_METADATA = uuid.UUID("dc886566-984a-4798-a75e-5585a7bf67cc").bytes_le
SECRETS, CPUID = 2, 3
PUBLISHED = {
    0x21: "e1e1ca029dd7973ab9513295be68198472dcd4fc834bd9af9b63f6e8a1674dbf281a9278a4a2ebe0eed9f22adbcd0e2b",
    0x01: "19358ba9a7615534a9a1e2f0dfc29384dcd4dcb7062ff9c6013b26869a5fc6ecabe033c48dd6f6db5d6d76e7c5df632d",
}


def sev_sections(image):
    """(address, size, type) from OVMF's SEV metadata."""
    assert image[-48:-32] == OVMF_TABLE
    at = image.index(OVMF_SEV_METADATA)
    start = len(image) - struct.unpack_from("<I", image, at - 6)[0]
    magic, _, _, count = struct.unpack_from("<4s3I", image, start)
    assert magic == b"ASEV"
    return [struct.unpack_from("<3I", image, start + 16 + 12 * number) for number in range(count)]


def ovmf_file(features):
    image = (HERE / "data/ovmf_AmdSev_suffix.bin").read_bytes()
    headers = [f.platform(), f.page((1 << 32) - len(image), offset=("data", 0))]
    for address, size, kind in sev_sections(image):
        page_type = {SECRETS: 1, CPUID: 2}.get(kind, 0)
        headers += [f.page(address + at, kind=page_type) for at in range(0, size, f.PAGE)]
    headers.append(f.context(by_hand.VMSA_GPA, offset=("data", len(image))))
    return f.image(headers, image + by_hand.reset_state(0x800F12, features))


def random_file(seed):
    """All five platforms, pages of all kinds in any order, several processors."""
    chance = random.Random(seed)
    data = chance.randbytes(4 * f.PAGE) + by_hand.reset_state(1, 0x21) + igvm_samples.REGISTERS
    headers = [f.platform(kind, 1 << kind) for kind in range(1, 6)]
    for number in range(40):
        mask = chance.choice([0x3E, 0x3E, 2, 4, 8, 0x30])
        offset = chance.choice([0, ("data", chance.randrange(4) * f.PAGE)])
        headers.append(f.page(0x1000 * number, mask, offset, flags=chance.choice([0, 0, 2, 4])))
    headers += [f.area(3, 3 * f.PAGE), f.insert(0x100000, 0x3E, 3), f.error_range(0x200000, 2, 2 * f.PAGE)]
    headers += [f.context(by_hand.VMSA_GPA, mask, ("data", 4 * f.PAGE), vp=cpu) for mask in (4, 0x20) for cpu in (0, 2)]
    headers.append(f.context(0, 2, ("data", 5 * f.PAGE)))
    return f.image(headers, data)


class Measure(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "file.igvm"

    def measure(self, data, *words):
        self.path.write_bytes(data)
        done = subprocess.run([TOOL, "measure", self.path, *words], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.strip()

    def refused(self, data, *words):
        self.path.write_bytes(data)
        done = subprocess.run([TOOL, "measure", self.path, *words], capture_output=True, text=True, check=False)
        self.assertEqual(done.stdout, "")
        return done.returncode, done.stderr

    def test_published_digests(self):
        for features, expected in PUBLISHED.items():
            data = ovmf_file(features)
            self.assertEqual(self.measure(data, "--zero-pages", "native"), expected)
            self.assertEqual(self.measure(data, "--zero-pages=native", "--cpus=1"), expected)

    def test_every_platform(self):
        for seed in range(4):
            data = random_file(seed)
            self.assertEqual(self.measure(data), digest.launch_digest(data))
            self.assertEqual(self.measure(data, "--platform", "tdx"), by_hand.tdx(data))
            self.assertEqual(self.measure(data, "--platform", "vbs"), by_hand.vbs(data))
            self.assertEqual(self.measure(data, "--platform", "sev"), by_hand.sev(data))
            self.assertEqual(self.measure(data, "--platform", "sev-es"), by_hand.sev(data, "sev-es"))

    def test_processors(self):
        data = random_file(9)
        for cpus in (1, 2, 3, 5):
            count = f"--cpus={cpus}"
            self.assertEqual(self.measure(data, count), by_hand.snp(data, cpus))
            self.assertEqual(self.measure(data, count, "--platform=sev-es"), by_hand.sev(data, "sev-es", cpus))
        other = self.measure(data, "--cpus=2", "--cpu-signature=0xa00f11")
        self.assertEqual(other, by_hand.snp(data, 2, 0xA00F11))

    def test_json(self):
        result = json.loads(self.measure(random_file(1), "--platform", "tdx", "--json"))
        self.assertEqual(result, {"platform": "tdx", "digest": by_hand.tdx(random_file(1))})
        result = json.loads(self.measure(random_file(1), "--cpus", "2", "--json"))
        self.assertEqual((result["cpus"], result["zero_pages"]), (2, "measured"))

    def test_refused(self):
        only_snp = f.image([f.platform(), f.page()])
        self.assertEqual(self.refused(only_snp, "--platform", "tdx")[0], 1)
        self.assertIn("the file is not for tdx, but for sev-snp\n", self.refused(only_snp, "--platform", "tdx")[1])
        others = f.image([f.platform(f.TDX), f.platform(f.VSM, 2)], bytes(8))
        self.assertIn("the file is not for sev-snp, but for vsm, tdx\n", self.refused(others)[1])
        secrets = f.image([f.platform(f.VSM), f.page(kind=1)])
        self.assertEqual(self.refused(secrets, "--platform", "vbs")[0], 1)
        ranges = [f.platform(f.VSM), f.error_range(0, 1, 0x8000000), f.error_range(0x8000000, 1, 0x8001000)]
        status, message = self.refused(f.image(ranges, bytes(8)), "--platform", "vbs")
        self.assertEqual((status, message), (1, "igvm: the file's error ranges for VBS are more than 256 MiB: measuring them "
                                                "would take too long\n"))
        for words in (["--platform", "sgx"], ["--cpus", "0"], ["--platform", "tdx", "--cpus", "2"], ["--cpu-signature", "x"],
                      ["--zero-pages", "none"]):
            self.assertEqual(self.refused(only_snp, *words)[0], 2)


if __name__ == "__main__":
    TOOL = sys.argv.pop(1)
    unittest.main()
