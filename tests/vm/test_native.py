# SPDX-License-Identifier: MIT
"""The SVSM's native image under the machine, as an ordinary virtual machine: it tests itself and says what came of it."""

import re
import unittest

from harness import BOOT_SECONDS, IGVM, SVSM, Boot, run


class Native(Boot):
    def test_self_tests(self):
        trace = self.folder / "trace"
        done = self.copra("--platform", "native", "--cpus", 2, "--trace", trace)
        self.assertEqual(done.status, 0, done.describe())
        passed = re.search(r"^# self-tests: (\d+) passed, 0 failed\r?$", done.out, re.MULTILINE)
        self.assertTrue(passed, done.describe())
        self.assertIn(f"1..{passed[1]}", done.out)
        self.assertNotIn("not ok", done.out)
        records = trace.read_text(encoding="utf-8")
        self.assertRegex(records, r"load-done pages=\d+ platform=native")
        self.assertRegex(records, r"end reason=exit value=0x10\n")

    def test_kernel_of_another_platform(self):
        """The SEV-SNP kernel asks a host for help that is none: an ordinary machine says that it shut down."""
        path = self.folder / "wrong.igvm"
        built = run([IGVM, "build", "--platform", "native", "--kernel-image", SVSM, "--output", path], BOOT_SECONDS)
        self.assertEqual(built.status, 0, built.describe())
        done = self.copra("--igvm", path)
        self.assertEqual(done.status, 3, done.describe())
        self.assertIn("VMPL0 shut down: triple-fault", done.err)


if __name__ == "__main__":
    unittest.main()
