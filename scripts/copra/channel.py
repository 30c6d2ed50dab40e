# SPDX-License-Identifier: MIT
"""The guest's side of --exec: three virtio ports, or the console for a kernel without them (scripts/guest/init)."""

import base64
import binascii
import secrets

PORTS = ("copra.out", "copra.err", "copra.status")


def new_token():
    """Ends a stream; long enough that no output holds it by chance."""
    return secrets.token_hex(16)


class Stream:
    """Passes bytes on until the token comes. Holds back only what could be its beginning."""

    def __init__(self, token, write):
        self._token = token.encode()
        self._write = write
        self._held = b""
        self.ended = False

    def feed(self, data):
        if self.ended:
            return
        data = self._held + data
        self._held = b""
        end = data.find(self._token)
        if end >= 0:
            self.ended = True
            data = data[:end]
        else:
            keep = next((n for n in range(min(len(data), len(self._token) - 1), 0, -1)
                         if data.endswith(self._token[:n])), 0)
            data, self._held = data[:len(data) - keep], data[len(data) - keep:]
        if data:
            self._write(data)

    def flush(self):
        """The guest is gone: what was held back was no token."""
        held, self._held = self._held, b""
        if held and not self.ended:
            self._write(held)


class Status:
    """Lines of the status port: `started`, then the exit status of the command."""

    def __init__(self, started=lambda: None):
        self._started = started
        self._partial = b""
        self.value = None

    def feed(self, data):
        lines = (self._partial + data).split(b"\n")
        self._partial = lines.pop()[-64:]
        for line in lines:
            if line.strip() == b"started":
                self._started()
            elif line.strip().isdigit() and self.value is None:
                self.value = int(line)


class ConsoleChannel:
    """Finds the encoded output of the command in the console's text."""

    def __init__(self, token, out, err, status):
        self._token = token.encode()
        self._sinks = {b"out": out, b"err": err}
        self._status = status
        self._partial = b""

    def feed(self, data):
        lines = (self._partial + data).split(b"\n")
        self._partial = lines.pop()[-65536:]
        for line in lines:
            words = line.split()
            if len(words) == 3 and words[0] == self._token:
                self._take(words[1], words[2])

    def _take(self, kind, text):
        if kind == b"status":
            self._status.feed(text + b"\n")
        elif kind in self._sinks:
            try:
                self._sinks[kind](base64.b64decode(text, validate=True))
            except binascii.Error:
                self._sinks[b"err"](b"[part of the output was damaged on the console]\n")
