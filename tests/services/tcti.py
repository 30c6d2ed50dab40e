#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What tpm2-tools run as their TPM (TCTI "cmd"): passes commands from stdin to a service behind a socket, responses to stdout.

serve() is the other end: it gives a socket of the file system to such programs, one after the other, and asks the service for each.
"""

import contextlib
import os
import socket
import struct
import sys
import threading


def read_exactly(stream, count):
    data = b""
    while len(data) < count:
        more = stream.read(count - len(data))
        if not more:
            return b""
        data += more
    return data


def read_message(stream):
    """A TPM's command or response; empty at the end."""
    head = read_exactly(stream, 10)
    if not head:
        return b""
    size = struct.unpack_from(">HI", head)[1]
    return head + read_exactly(stream, size - len(head))


def answer(connection, service):
    with connection, connection.makefile("rb") as stream:
        while command := read_message(stream):
            connection.sendall(service.command(command))


@contextlib.contextmanager
def serve(service, path):
    """While it lasts, programs that tcti_name(path) names talk with the service's TPM."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def loop():
            with contextlib.suppress(OSError):
                while True:
                    answer(listener.accept()[0], service)

        thread = threading.Thread(target=loop, daemon=True)
        thread.start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def tcti_name(path):
    """For TPM2TOOLS_TCTI."""
    return f"cmd:{sys.executable} {os.path.abspath(__file__)} {path}"


def main(path):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        with connection.makefile("rb") as responses:
            while command := read_message(sys.stdin.buffer):
                connection.sendall(command)
                sys.stdout.buffer.write(read_message(responses))
                sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1])
