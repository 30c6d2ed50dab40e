# SPDX-License-Identifier: MIT
"""The SVSM's native image under the machine, as an ordinary virtual machine: it tests itself and says what came of it."""

import re
import unittest

from harness import Boot

from copra.qemu import MACHINE_CPU


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

    def test_a_self_test_fails(self):
        """There is no room for the pages on which it would try itself."""
        done = self.copra("--platform", "native", "--memory", "16M")
        self.assertEqual(done.status, 1, done.describe())
        self.assertRegex(done.out, r"not ok \d+ - there is memory to try things on")
        self.assertIn("a self-test of the SVSM failed", done.err)

    def test_processor_without_random_numbers(self):
        done = self.copra("--platform", "native", "--cpu", MACHINE_CPU + ",-rdrand")
        self.assertEqual(done.status, 3, done.describe())
        self.assertIn("the SVSM terminated itself: set 4, code 7", done.err)


if __name__ == "__main__":
    unittest.main()
