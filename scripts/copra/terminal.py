# SPDX-License-Identifier: MIT
"""The user's terminal while it is the guest's console: raw, and restored in every case."""

import os
import sys
import termios
import tty

ESCAPE = 0x01  # Ctrl-A, as with qemu -nographic
HELP = "\r\nCtrl-A X  end the guest\r\nCtrl-A H  this help\r\nCtrl-A Ctrl-A  send Ctrl-A\r\n"


class Terminal:
    """Context: raw mode inside, as it was outside. Does nothing when stdin is no terminal."""

    def __init__(self):
        self._file = sys.stdin.fileno()
        self._saved = None
        self._escaped = False

    def __enter__(self):
        if os.isatty(self._file):
            self._saved = termios.tcgetattr(self._file)
            tty.setraw(self._file, termios.TCSANOW)
        return self

    def __exit__(self, *_):
        if self._saved:
            termios.tcsetattr(self._file, termios.TCSANOW, self._saved)
            self._saved = None

    def keys(self, data):
        """Splits what was typed: (bytes for the guest, text for the user, whether to quit)."""
        if not self._saved:
            return data, "", False
        out, text = bytearray(), ""
        for byte in data:
            if not self._escaped:
                self._escaped = byte == ESCAPE
                if not self._escaped:
                    out.append(byte)
                continue
            self._escaped = False
            if byte in b"xX":
                return bytes(out), text, True
            if byte == ESCAPE:
                out.append(byte)
            else:
                text += HELP
        return bytes(out), text, False
