# SPDX-License-Identifier: MIT
"""Building what comes as a source package of Debian's: steps that may fail, and what they need to be there."""

import re
import shutil

from testing.commands import run_command

STEP_SECONDS = 900
UNPACKED = ".unpacked"


class StepFailed(Exception):
    """What failed, and its output."""


def step(what, command, seconds=STEP_SECONDS, **options):
    done = run_command(command, seconds, **options)
    if done.status != 0:
        raise StepFailed(what, done.output)
    return done.output


def unpack(description, tree):
    """The package's files with Debian's patches."""
    if (tree / UNPACKED).exists():
        return
    shutil.rmtree(tree, ignore_errors=True)
    step("unpack the source", ["dpkg-source", "--no-check", "-x", description, tree])
    (tree / UNPACKED).touch()


def missing(root, goal):
    """What scripts/setup would install for that goal, empty when all is there."""
    done = run_command([root / "scripts/setup", goal, "--check"], STEP_SECONDS)
    return "" if done.status == 0 else ", ".join(re.findall(r"^  (\S+):", done.output, re.MULTILINE)) or "scripts/setup failed"
