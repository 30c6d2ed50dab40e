# SPDX-License-Identifier: MIT
"""The native image: how QEMU's exit status becomes the launcher's, and when QEMU's own loader is used."""

import sys
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from copra import native  # noqa: E402
from copra.errors import LaunchError  # noqa: E402

NO_MACHINE = {"trace": None, "trace_classes": None, "counters": False, "dump": None, "fault": None, "withhold": None,
              "icount": False}


class Outcome(unittest.TestCase):
    def ends(self, status, launcher_status, words):
        with self.assertRaises(LaunchError) as caught:
            native.outcome(status)
        self.assertEqual(caught.exception.status, launcher_status)
        self.assertIn(words, str(caught.exception))

    def test_passed(self):
        self.assertEqual(native.outcome(33), 0)

    def test_failed(self):
        self.ends(35, 1, "a self-test of the SVSM failed")

    def test_terminated(self):
        self.ends(65 + 2 * 7, 3, "code 7: the CPUID page")

    def test_no_result(self):
        for status in (0, 1, 31, 34, 193, 255):
            self.ends(status, 1, f"without a result (QEMU's status {status})")


class Loader(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def program(self, text):
        path = self.folder / "qemu"
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    def directly(self, program, **options):
        return native.runs_directly(SimpleNamespace(qemu=program, **{**NO_MACHINE, **options}))

    def test_qemu_with_igvm(self):
        program = self.program("echo 'igvm-cfg options:'; echo '  file=<string>'")
        self.assertTrue(self.directly(program))
        self.assertFalse(self.directly(program, trace="file"))

    def test_qemu_without_igvm(self):
        self.assertFalse(self.directly(self.program("echo 'invalid object type: igvm-cfg' >&2; exit 1")))

    def test_not_named(self):
        self.assertFalse(self.directly(None))

    def test_no_such_program(self):
        with self.assertRaises(LaunchError):
            self.directly(str(self.folder / "missing"))


if __name__ == "__main__":
    unittest.main()
