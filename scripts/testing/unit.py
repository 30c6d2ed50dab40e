# SPDX-License-Identifier: MIT
"""Unit tests: Meson's executables (cmocka) and the Python ones (unittest)."""

import functools
import os
import re
import sys
from pathlib import Path

from testing.build import meson_tests
from testing.commands import run_all, run_command

PYTHON_SECONDS = 300
SKIP_STATUS = 77


def is_fuzz(test):
    return any(suite.split(":")[-1] == "fuzz" for suite in test["suite"])


def count_cmocka(output):
    """(passed, failed, skipped) of all groups in cmocka's output."""
    counts = []
    for word in ("PASSED", "FAILED", "SKIPPED"):
        counts.append(sum(int(n) for n in re.findall(rf"\[  {word}\s*\] (\d+) test", output)))
    return counts


def count_results(output):
    """(passed, failed, skipped) of a program of either kind."""
    ran = re.search(r"^Ran (\d+) test", output, re.MULTILINE)
    if not ran:
        return count_cmocka(output)
    failed = sum(int(n) for n in re.findall(r"\b(?:failures|errors)=(\d+)", output))
    skipped = sum(int(n) for n in re.findall(r"\bskipped=(\d+)", output))
    return int(ran[1]) - failed - skipped, failed, skipped


def ran_nothing(output, tests):
    """A program of either kind that says so itself. Others say nothing of numbers."""
    return not tests and re.search(r"^Ran 0 tests|\[==========\] .*\b0 test\(s\) run", output, re.MULTILINE) is not None


def run_meson_test(test, folder, results):
    environment = dict(os.environ, **test["env"])
    done = run_command(test["cmd"], max(test["timeout"], 30), env=environment, cwd=test["workdir"] or folder)
    passed, failed, skipped = count_results(done.output)
    name = f"unit {test['name']}"
    if done.status == SKIP_STATUS:
        results.skip(name, done.output.strip().splitlines()[-1] if done.output.strip() else "no reason given")
    elif done.status == 0 and not failed and not ran_nothing(done.output, passed + skipped):
        results.ok(name, passed or 1, f"{passed} tests" if passed else "")
        if skipped:
            results.skip(name, "skipped by itself", skipped)
    else:
        if passed:
            results.ok(name, passed, f"{passed} tests")
        results.fail(name, done.output, max(failed, 1))


def run_python_test(root, path, results):
    name = f"unit {path.relative_to(root)}"
    command = [sys.executable, "-B", "-m", "unittest", "-v", str(path.relative_to(root))]
    done = run_command(command, PYTHON_SECONDS, cwd=root)
    ran = re.search(r"^Ran (\d+) test", done.output, re.MULTILINE)
    skips = re.findall(r"^(\S+) .*\.\.\. skipped '?(.*?)'?$", done.output, re.MULTILINE)
    if done.status == 0 and ran and int(ran[1]):
        results.ok(name, int(ran[1]) - len(skips), f"{int(ran[1]) - len(skips)} tests")
        for test, reason in skips:
            results.skip(f"{name} {test}", reason)
    else:
        results.fail(name, done.output)


def run_unit(root, folder, results, pattern):
    known = [test for test in meson_tests(root, folder) if not is_fuzz(test)]
    if not known:
        results.fail("unit", f"Meson knows no tests in {folder}: is it built? (scripts/test build)")
    meson = [test for test in known if pattern in test["name"]]
    named = {Path(word).resolve() for test in known for word in test["cmd"] if word.endswith(".py")}
    python = [path for path in sorted([*root.glob("tests/*.py"), *root.glob("tests/launcher/test_*.py")])
              if pattern in path.name and path.resolve() not in named and "    def test_" in path.read_text(encoding="utf-8")]
    run_all([functools.partial(run_meson_test, test, folder, results) for test in meson]
            + [functools.partial(run_python_test, root, path, results) for path in python])
