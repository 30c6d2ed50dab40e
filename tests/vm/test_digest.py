# SPDX-License-Identifier: MIT
"""Three computations of the launch digest agree for the very file that boots."""

import re
import sys

from harness import IGVM, ROOT, Boot, run

DIGEST = re.compile(r"\b[0-9a-f]{96}\b")


class Digest(Boot):
    def one_digest(self, done):
        self.assertEqual(done.status, 0, done.describe())
        found = DIGEST.findall(done.out)
        self.assertEqual(len(found), 1, done.describe())
        return found[0]

    def check(self, file):
        trace = self.folder / "trace"
        self.copra("--igvm", file, "--trace", trace)
        loaded = re.search(r"load-done .*digest=([0-9a-f]{96})", trace.read_text(encoding="utf-8"))
        self.assertTrue(loaded, trace.read_text(encoding="utf-8"))
        predicted = self.one_digest(run([IGVM, "measure", file], 60))
        independent = self.one_digest(run([sys.executable, ROOT / "tests/digest.py", file], 120))
        self.assertEqual({loaded[1], predicted, independent}, {loaded[1]})

    def test_linux(self):
        initrd = self.folder / "initrd"
        done = run([ROOT / "copra", "initrd", "--exec", "true", initrd], 120)
        self.assertEqual(done.status, 0, done.describe())
        self.check(self.igvm_build("--linux", self.artefact("kernel"), "--initrd", initrd, "--append",
                                   "quiet panic=-1 rdinit=/copra/init"))

    def test_firmware(self):
        """OVMF finds nothing to boot; its launch is what counts."""
        file = self.igvm_build("--firmware", self.artefact("firmware"))
        predicted = self.one_digest(run([IGVM, "measure", file], 60))
        independent = self.one_digest(run([sys.executable, ROOT / "tests/digest.py", file], 120))
        done = self.copra("--igvm", file, "--trace", self.folder / "trace", timeout=10)
        text = (self.folder / "trace").read_text(encoding="utf-8")
        self.assertIn(f"digest={predicted}", text, done.describe())
        self.assertEqual(predicted, independent)
