# SPDX-License-Identifier: MIT
"""One line on stderr that says what is going on, only on a terminal and only while nothing else is printed."""

import contextlib
import os
import signal
import subprocess
import sys
import time

from copra.errors import LaunchError


GRACE = 5.0  # seconds for a program to take back what it has begun


def signal_group(process, number):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def end_group(process):
    """The program and all that it started."""
    signal_group(process, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(GRACE)
    signal_group(process, signal.SIGKILL)


class Progress:
    def __init__(self, stream=sys.stderr):
        self._stream = stream
        self._enabled = stream.isatty()
        self._text = ""
        self._since = time.monotonic()

    def say(self, text):
        if text != self._text:
            self._text = text
            self._since = time.monotonic()
        self.tick()

    def tick(self):
        if not self._enabled or not self._text:
            return
        seconds = int(time.monotonic() - self._since)
        waited = f" ({seconds} s)" if seconds >= 2 else ""
        self._stream.write(f"\r\x1b[Kcopra: {self._text}{waited} ...")
        self._stream.flush()

    def clear(self):
        if self._enabled and self._text:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
        self._text = ""

    def note(self, text):
        """A line that stays."""
        self.clear()
        print(f"copra: {text}", file=self._stream, flush=True)

    def stop(self):
        """Nothing is shown any more: from here on the line belongs to the guest."""
        self.clear()
        self._enabled = False

    def run(self, text, command, **options):
        """Runs a program with its output kept aside. Returns a CompletedProcess; a program that is missing is an error."""
        self.say(text)
        try:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       text=True, errors="replace", start_new_session=True, **options)
        except OSError as error:
            raise LaunchError(f"cannot run {command[0]}: {error.strerror}; scripts/setup installs it") from error
        with process:
            try:
                return self._wait(process, command)
            except BaseException:
                end_group(process)
                raise

    def _wait(self, process, command):
        while True:
            try:
                out, err = process.communicate(timeout=0.25)
                return subprocess.CompletedProcess(command, process.returncode, out, err)
            except subprocess.TimeoutExpired:
                self.tick()
