# SPDX-License-Identifier: MIT
"""Seconds of a clean build with two jobs."""

import tempfile
import time

from measures.context import Result

LIMIT = 120


def measure(context):
    with tempfile.TemporaryDirectory(prefix="copra-bench-") as folder:
        start = time.monotonic()
        context.run("meson", "setup", folder, context.root)
        context.run("ninja", "-j2", "-C", folder)
        return [Result("clean build, 2 jobs", time.monotonic() - start, "s", LIMIT, "all parts")]
