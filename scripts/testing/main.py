# SPDX-License-Identifier: MIT
"""Command line of the runner."""

import argparse
import os
import signal
from pathlib import Path

from testing.build import build
from testing.fuzz import run_fuzz
from testing.lint import run_lint
from testing.mutation import run_mutation
from testing.qemu import run_qemu
from testing.results import Results
from testing.unit import run_unit
from testing.vm import run_vm

ROOT = Path(__file__).resolve().parent.parent.parent
STEPS = ("build", "unit", "fuzz", "lint", "vm")
LONG_STEPS = ("long", "mutation", "qemu")  # only when asked for


def parse(arguments):
    parser = argparse.ArgumentParser(prog="scripts/test", description="Runs tests, closes with one line of counts.")
    parser.add_argument("steps", nargs="*", metavar="STEP", help=f"of {', '.join(STEPS)} (default: all these) and {', '.join(LONG_STEPS)}; another word "
                        "chooses the tests whose names hold it")
    parser.add_argument("--fuzz-seconds", type=int, default=5, metavar="N", help="time for each fuzz target")
    options = parser.parse_args(arguments)
    options.pattern = " ".join(word for word in options.steps if word not in STEPS + LONG_STEPS)
    options.steps = [word for word in options.steps if word in STEPS + LONG_STEPS] or list(STEPS)
    return options


def run_steps(options, folder, results):
    if "build" in options.steps and not build(ROOT, folder, results):
        return  # everything else would fail for the same reason
    counted = results.counted
    if "unit" in options.steps:
        run_unit(ROOT, folder, results, options.pattern)
    if "fuzz" in options.steps:
        run_fuzz(ROOT, folder.with_name(folder.name + "-fuzz"), results, options.pattern, options.fuzz_seconds)
    if "lint" in options.steps:
        run_lint(ROOT, folder, results, options.pattern)
    if "vm" in options.steps:
        run_vm(ROOT, results, options.pattern)
    if "long" in options.steps:
        run_vm(ROOT, results, options.pattern, "long")
    if "mutation" in options.steps:
        run_mutation(ROOT, results)
    if "qemu" in options.steps:
        run_qemu(ROOT, folder, results)
    if options.pattern and results.counted == counted:
        results.fail("choice", f"no test's name holds '{options.pattern}'; steps are {', '.join(STEPS + LONG_STEPS)}")


def interrupt(*_):
    raise KeyboardInterrupt


def main(arguments):
    options = parse(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # as nohup leaves it
            signal.signal(number, interrupt)
    folder = Path(os.environ.get("COPRA_BUILD", "build"))
    folder = folder if folder.is_absolute() else ROOT / folder
    results = Results()
    try:
        run_steps(options, folder, results)
    except KeyboardInterrupt:
        results.fail("run", "interrupted")
    return results.close()
