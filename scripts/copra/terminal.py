# SPDX-License-Identifier: MIT
"""The user's terminal while it is the guest's console: raw, and restored in every case."""

import os
import re
import socket
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


class Typing:
    """What goes to the guest's console. Input that comes from no terminal is there at once, and firmware and kernel would lose some of
    it: it waits until the text that the guest's shell begins with has been seen, if one is known, and ends the shell when it ends."""

    END = b"\x04"  # Ctrl-D

    def __init__(self, awaited=b""):
        self._awaited = awaited
        self._ends = bool(awaited)
        self._seen = b""
        self._bytes = bytearray()
        self._any = False

    def add(self, data):
        self._any = self._any or bool(data)
        self._bytes += data

    def end(self):
        if self._ends and self._any:
            self._bytes += self.END

    def see(self, data):
        """The guest's output."""
        if self._awaited:
            self._seen = (self._seen + data)[-len(data) - len(self._awaited):]
            if self._awaited in self._seen:
                self._awaited = b""

    @property
    def due(self):
        return bool(self._bytes) and not self._awaited

    def send(self, end):
        """As much as the guest takes now."""
        try:
            del self._bytes[:end.send(self._bytes, socket.MSG_DONTWAIT)]
        except BlockingIOError:
            pass
        except OSError:
            self._bytes.clear()  # the guest is gone


class Screen:
    """The guest's output on the user's terminal, without the commands that would change the size of his window: firmware sends them."""

    RESIZE = re.compile(rb"\x1b\[8;\d*;\d*t")
    BEGINNING = re.compile(rb"\x1b(\[(8(;\d{0,5}){0,2})?)?\Z")

    def __init__(self, filtering):
        self._filtering = filtering
        self._held = b""

    def feed(self, data):
        """What is to be shown now."""
        if not self._filtering:
            return data
        data = self.RESIZE.sub(b"", self._held + data)
        begun = self.BEGINNING.search(data)
        self._held = data[begun.start():] if begun else b""
        return data[:len(data) - len(self._held)]

    def flush(self):
        held, self._held = self._held, b""
        return held
