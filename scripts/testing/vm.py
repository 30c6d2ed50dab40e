# SPDX-License-Identifier: MIT
"""Boot tests under the machine: the unittest classes of tests/vm, one line for each test."""

import functools
import sys
import time
import unittest

from testing.commands import run_all


class LineResult(unittest.TestResult):
    """Of one test."""

    def __init__(self, results):
        super().__init__()
        self._results = results
        self._started = time.monotonic()

    def _name(self, test):
        return f"vm {test.id()}"

    def _time(self):
        return f"{time.monotonic() - self._started:.0f} s"

    def addSuccess(self, test):
        self._results.ok(self._name(test), note=self._time())

    def addFailure(self, test, err):
        self._results.fail(self._name(test), self._exc_info_to_string(err, test), note=self._time())

    addError = addFailure

    def addSubTest(self, test, subtest, err):
        """Of those only failures are told: the test itself then is no success and tells nothing."""
        if err is not None:
            self._results.fail(self._name(subtest), self._exc_info_to_string(err, test), note=self._time())

    def addSkip(self, test, reason):
        self._results.skip(self._name(test), reason)

    def addExpectedFailure(self, test, err):
        self._results.skip(self._name(test), "fails as expected")

    def addUnexpectedSuccess(self, test):
        self._results.fail(self._name(test), "it was expected to fail")


def chosen(suite, pattern):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from chosen(test, pattern)
        elif pattern in test.id():
            yield test


def run_test(test, results):
    unittest.TestSuite([test]).run(LineResult(results))


def run_vm(root, results, pattern, folder="vm"):
    """The tests of tests/FOLDER; all of them use what tests/vm has for them."""
    place = root / "tests" / folder
    sys.path.insert(0, str(root / "tests" / "vm"))
    tests = chosen(unittest.TestLoader().discover(str(place), "test_*.py"), pattern)
    run_all(functools.partial(run_test, test, results) for test in tests)
