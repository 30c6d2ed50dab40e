# SPDX-License-Identifier: MIT
"""The launcher's own standard streams: there in every case, and written to the last byte or with a reason."""

import os
import sys

from copra.errors import LaunchError

NAMES = ("stdin", "stdout", "stderr")


def open_missing():
    """A launcher that was started without one of them would take a file of its own for it. Before anybody asks for them."""
    for number, name in enumerate(NAMES):
        if getattr(sys, name) is None:
            nothing = os.open(os.devnull, os.O_RDWR)
            if nothing != number:
                os.dup2(nothing, number)
                os.close(nothing)
            setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8", errors="replace"))


def write_all(stream, data):
    """Bytes, past the stream's buffer. A reader that has gone is BrokenPipeError, as everywhere."""
    while data:
        try:
            data = data[os.write(stream.fileno(), data):]
        except BrokenPipeError:
            raise
        except OSError as error:
            raise LaunchError(f"{stream.name.strip('<>')} could not be written: {error.strerror}") from error


def complain(text):
    """The last words; if nobody listens to them they are lost, and the exit status says it."""
    try:
        print(f"copra: {text}", file=sys.stderr, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
