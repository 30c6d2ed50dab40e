# SPDX-License-Identifier: MIT
"""A ring-3 service as a plain process of the host: its request channel is a socketpair (include/copra/channel.h)."""

import os
import socket
import struct

HEAD = struct.Struct("<II")
MESSAGE_MAX = HEAD.size + 0x8000
COMMAND, ENDORSEMENT_KEY = 1, 2  # include/copra/vtpm.h


class Died(Exception):
    """The process ended where it should have answered; its exit status as os.waitpid gives it."""


class Service:
    def __init__(self, program, *arguments, environment=None):
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            actions = [(os.POSIX_SPAWN_DUP2, theirs.fileno(), 3)]
            self._process = os.posix_spawnp(program, [program, *arguments], environment or os.environ, file_actions=actions)
        self.status = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, data, seconds=300):
        """One message and what comes back, as they are."""
        self._socket.settimeout(seconds)
        try:
            self._socket.send(data)
            reply = self._socket.recv(MESSAGE_MAX)
        except (ConnectionError, BrokenPipeError):
            reply = b""
        if not reply:
            raise Died(self.close())
        return reply

    def request(self, operation, argument=0, payload=b""):
        """(status, payload) of the reply."""
        reply = self.send(HEAD.pack(operation, argument) + payload)
        status, reserved = HEAD.unpack_from(reply)
        if reserved:
            raise ValueError("the reply's reserved word is not zero")
        return status, reply[HEAD.size:]

    def command(self, data, locality=0):
        """A TPM's response to a command."""
        status, response = self.request(COMMAND, locality, data)
        if status:
            raise ValueError(f"the service answers with status {status}")
        return response

    def close(self):
        """Closes the channel, which ends a process that waits for a request, and returns its exit status."""
        if self.status is None:
            self._socket.close()
            self.status = os.waitstatus_to_exitcode(os.waitpid(self._process, 0)[1])
        return self.status
