# SPDX-License-Identifier: MIT
"""What tests of copra verify have in common: the program, a good piece of evidence, and ways to have it accepted or refused."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import verify_evidence as ev

TOOL = sys.argv[1]
NONCE = bytes(range(64))
EK = b"\x01\x01public area of an endorsement key" * 8
MANIFEST = ev.services([(bytes(16), b"some other service"), (ev.VTPM, EK)])
DATA = ev.report_data(NONCE, MANIFEST)


def run(*words, **options):
    return subprocess.run([TOOL, *map(str, words)], **{"capture_output": True, "text": True, "check": False, **options})


class Base(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.chain = ev.Chain(cls.folder)
        cls.ark, cls.ask, cls.vcek = (cls.chain.der(name) for name in ("ark", "ask", "vcek"))
        cls.table = ev.table([(ev.ARK, cls.ark), (ev.ASK, cls.ask), (ev.VCEK, cls.vcek)])

    def file(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def verify(self, words=(), manifest=MANIFEST, nonce=NONCE, **options):
        """Runs the tool. options: report (else one with the fields that are left over is signed by the chip), table, roots."""
        table, roots = options.pop("table", self.table), options.pop("roots", "ark.pem")
        report = options.pop("report") if "report" in options else self.signed(**options)
        words = [*words, "--report", self.file("report", report), "--certificates", self.file("table", table),
                 "--test-roots", self.folder / roots, "--nonce", nonce.hex(), "--ek", self.file("ek", EK), "--json"]
        if "--measurement" not in words and "--igvm" not in words:
            words += ["--measurement", (b"M" * 48).hex()]
        if manifest is not None:
            words += ["--manifest", self.file("manifest", manifest)]
        done = run(*words)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        answer = json.loads(done.stdout)
        self.assertEqual(answer["accepted"], done.returncode == 0)
        return answer

    def signed(self, **fields):
        return self.chain.sign(ev.report(self.chain.chip, DATA, **fields))

    def accepted(self, **options):
        answer = self.verify(**options)
        self.assertTrue(answer["accepted"], answer)
        return {item["check"]: item["outcome"] for item in answer["checks"]}

    def refused(self, check, text, **options):
        answer = self.verify(**options)
        failed = [(item["check"], item["text"]) for item in answer["checks"] if item["outcome"] == "fails"]
        self.assertFalse(answer["accepted"])
        self.assertEqual(failed[0][0], check, failed)
        self.assertIn(text, failed[0][1])
