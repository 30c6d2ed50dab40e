# SPDX-License-Identifier: MIT
"""The log of one run: what the guest's console, the SVSM, QEMU and the trace said, each line with its origin."""

import collections
import os
import time
from pathlib import Path

from copra.errors import LaunchError
from copra.paths import make_folder

LOGS_KEPT = 50
LINES_KEPT = 30  # of each origin, to be shown when something fails
LINE_LIMIT = 65536  # a longer one is written in pieces
PANIC = "Kernel panic"


class RunLog:
    def __init__(self, cache, path=None):
        self._partial = {}
        self._last = {}
        self.panic = ""  # what the kernel said of it; the lines behind it are many
        if path:
            self.path = Path(path)
        else:
            folder = make_folder(cache / "logs")
            for old in sorted(folder.glob("run-*.log"))[:-LOGS_KEPT]:
                old.unlink(missing_ok=True)
            self.path = folder / time.strftime(f"run-%Y%m%d-%H%M%S-{os.getpid()}.log")
        try:
            self._file = open(self.path, "w", buffering=1, encoding="utf-8", errors="replace")
        except OSError as error:
            raise LaunchError(f"log file {self.path}: {error.strerror}") from error

    def feed(self, origin, data):
        """Bytes of a stream; whole lines are written."""
        lines = (self._partial.get(origin, b"") + data).split(b"\n")
        if len(lines[-1]) > LINE_LIMIT:
            lines.append(b"")
        self._partial[origin] = lines.pop()
        for line in lines:
            self.line(origin, line.decode(errors="replace").rstrip("\r"))

    def line(self, origin, text):
        if origin == "console" and PANIC in text and not self.panic:
            self.panic = text[text.index(PANIC):]
        self._last.setdefault(origin, collections.deque(maxlen=LINES_KEPT)).append(text)
        try:
            self._file.write(f"{origin}: {text}\n")
        except OSError as error:
            raise LaunchError(f"log file {self.path}: {error.strerror}") from error

    def close(self):
        """Writes what has no line end yet."""
        for origin, rest in self._partial.items():
            if rest:
                self.line(origin, rest.decode(errors="replace"))
        self._partial = {}
        try:
            self._file.close()
        except OSError as error:
            raise LaunchError(f"log file {self.path}: {error.strerror}") from error

    def tail(self, origin):
        """The last lines of one origin."""
        return list(self._last.get(origin, []))
