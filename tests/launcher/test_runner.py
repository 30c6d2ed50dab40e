# SPDX-License-Identifier: MIT
"""The test runner itself: what failed is told, what ran nothing is no success, what was started is gone."""

import contextlib
import io
import os
import sys
import tempfile
import time
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from testing import commands, libtpms, main, unit, vm  # noqa: E402
from testing.results import Results  # noqa: E402


def quiet(action, *arguments):
    """What the action prints."""
    with contextlib.redirect_stdout(io.StringIO()) as text:
        action(*arguments)
    return text.getvalue()


class Parts(unittest.TestCase):
    """Not run by itself: a test with two parts, of which one may fail."""

    fails = False

    def runTest(self):
        for part in ("first", "second"):
            with self.subTest(part):
                self.assertFalse(self.fails and part == "first")


class Failing(Parts):
    fails = True


def load_tests(loader, tests, _):
    """Without those that are here for others."""
    return unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in (Counting, Boots, Ending, Libtpms))


class Boots(unittest.TestCase):
    def test_part_that_fails(self):
        results = Results()
        text = quiet(vm.run_test, Failing(), results)
        self.assertEqual((results.passed, results.failed), (0, 1), text)
        self.assertIn("[first]", text)

    def test_parts_that_pass(self):
        results = Results()
        quiet(vm.run_test, Parts(), results)
        self.assertEqual((results.passed, results.failed), (1, 0))


class Libtpms(unittest.TestCase):
    """The one line of libtpms' source that is changed for keys of 4096 bits."""

    LIST = "switch (*target) {\n\t  case 1024:\n\t  case 3072:\n\t    break;\n"

    def test_size_is_allowed(self):
        allowed = libtpms.allow_size(self.LIST)
        self.assertEqual(allowed, self.LIST.replace("3072:\n", "3072:\n\t  case 4096:\n"))
        self.assertEqual(libtpms.allow_size(allowed), allowed)

    def test_other_list(self):
        for text in ("", self.LIST * 2):
            with self.assertRaises(libtpms.Unavailable):
                libtpms.allow_size(text)


class Counting(unittest.TestCase):
    def program(self, output):
        test = {"name": "x", "cmd": ["printf", "%s", output], "env": {}, "workdir": None, "timeout": 30}
        results = Results()
        quiet(unit.run_meson_test, test, Path("/"), results)
        return results.passed, results.failed

    def test_programs(self):
        self.assertEqual(self.program("[==========] tests: 3 test(s) run.\n[  PASSED  ] 3 test(s).\n"), (3, 0))
        self.assertEqual(self.program("[==========] tests: 0 test(s) run.\n[  PASSED  ] 0 test(s).\n"), (0, 1))
        self.assertEqual(self.program("Ran 0 tests in 0.1s\n\nOK\n"), (0, 1))
        self.assertEqual(self.program("all is well\n"), (1, 0))

    def test_python_file_without_tests(self):
        with tempfile.TemporaryDirectory(dir=ROOT / "tests") as folder:
            path = Path(folder) / "empty.py"
            path.write_text("import unittest\n", encoding="utf-8")
            results = Results()
            quiet(unit.run_python_test, ROOT, path, results)
        self.assertEqual((results.passed, results.failed), (0, 1))

    def test_nothing_is_built(self):
        results = Results()
        with tempfile.TemporaryDirectory() as folder:
            quiet(unit.run_unit, Path(folder), Path(folder) / "build", results, "")
        self.assertEqual((results.passed, results.failed), (0, 1))

    def test_nothing_is_chosen(self):
        """A success of the build alone would look like one of the tests."""
        results = Results()
        options = SimpleNamespace(steps=["build", "unit"], pattern="nonsense")
        with mock.patch.multiple(main, build=lambda *_: results.ok("build") or True, run_unit=lambda *_: None):
            quiet(main.run_steps, options, Path("build"), results)
        self.assertEqual((results.passed, results.failed), (1, 1))


class Ending(unittest.TestCase):
    def test_late_program_cleans_up(self):
        """It is asked to end before it is made to; its own child goes with it."""
        with tempfile.TemporaryDirectory() as folder:
            mark, child = Path(folder) / "mark", Path(folder) / "child"
            script = f"trap 'rm {mark}; exit' TERM; touch {mark}; sleep 1000 & echo $! >{child}; wait"
            done = commands.run_command(["sh", "-c", script], 1)
            self.assertIsNone(done.status)
            self.assertFalse(mark.exists())
            self.assertTrue(is_gone(int(child.read_text(encoding="ascii"))))

    def test_program_that_does_not_listen(self):
        with mock.patch.object(commands, "GRACE_SECONDS", 0.2):
            done = commands.run_command(["sh", "-c", "trap '' TERM; echo there; sleep 1000; sleep 1000"], 1)
        self.assertIsNone(done.status)


def is_gone(number):
    """Soon: whoever inherits it may take a moment to reap it."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{number}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return not os.path.exists(f"/proc/{number}")


if __name__ == "__main__":
    unittest.main()
