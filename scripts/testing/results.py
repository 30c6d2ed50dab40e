# SPDX-License-Identifier: MIT
"""Counts results and prints one line each."""

import sys
import threading

OUTPUT_LINES = 60


class Results:
    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.skipped = []
        self._lock = threading.Lock()

    @property
    def counted(self):
        return self.passed + self.failed + len(self.skipped)

    def _line(self, verdict, name, note, output=""):
        text = f"{verdict:5}{name}" + (f": {note}" if note else "")
        shown = output.strip().splitlines()[-OUTPUT_LINES:]
        print("\n".join([text] + ["     | " + line for line in shown]), flush=True)

    def ok(self, name, count=1, note=""):
        with self._lock:
            self.passed += count
            self._line("ok", name, note)

    def fail(self, name, output, count=1, note=""):
        with self._lock:
            self.failed += count
            self._line("FAIL", name, note, output)

    def skip(self, name, reason, count=1):
        with self._lock:
            self.skipped += [f"{name}: {reason}"] * count
            self._line("skip", name, reason)

    def close(self):
        """The closing line. Returns the exit status."""
        for reason in self.skipped:
            print(f"skipped: {reason}")
        print(f"{self.passed} passed, {self.failed} failed, {len(self.skipped)} skipped", flush=True)
        sys.stdout.flush()
        return 1 if self.failed or not self.passed else 0
