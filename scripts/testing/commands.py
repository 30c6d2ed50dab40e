# SPDX-License-Identifier: MIT
"""Runs a program within a time, with all that it started gone afterwards."""

import os
import signal
import subprocess
from typing import NamedTuple


class Done(NamedTuple):
    status: int  # None when the time was over
    output: str


def run_command(command, seconds, **options):
    """Output is stdout and stderr together."""
    try:
        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, start_new_session=True, text=True, errors="replace", **options)
    except OSError as error:
        return Done(127, f"{command[0]}: {error.strerror}")
    try:
        output, _ = process.communicate(timeout=seconds)
        return Done(process.returncode, output)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        return Done(None, output + f"\nended after {seconds} seconds")
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
