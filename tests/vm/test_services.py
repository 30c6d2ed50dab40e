# SPDX-License-Identifier: MIT
"""Ring 3: a service that tries every door, and one program's system calls under Linux and in the SVSM."""

import os
import re
import socket
import struct

from harness import BUILD, Boot

PROBE = BUILD / "services/probe/copra-probe"
CHANNEL = 3  # include/copra/channel.h
TRANSCRIPT = b"t"  # include/copra/probe.h
HOST_SECONDS = 60


def start_on_host(channel):
    """The probe as a plain process whose descriptor 3 is that socket; its process number."""
    number = os.fork()
    if number == 0:
        try:
            os.dup2(channel.fileno(), CHANNEL)
            os.set_inheritable(CHANNEL, True)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.execv(PROBE, ["service", "vtpm"])
        finally:
            os._exit(127)
    return number


def transcript_on_host():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    number = start_on_host(theirs)
    theirs.close()
    ours.settimeout(HOST_SECONDS)
    try:
        ours.send(struct.pack("<II", 1, 0) + TRANSCRIPT)
        return ours.recv(1 << 16)[8:]
    finally:
        ours.close()
        os.waitpid(number, 0)


def results(transcript):
    return [value[0] for value in struct.iter_unpack("<i", transcript)]


class Services(Boot):
    def test_doors_and_system_calls(self):
        image = self.igvm_build("--program", BUILD / "guests/services.bin", "--service", PROBE)
        out = self.boots("--igvm", image)
        plan = re.search(r"^1\.\.(\d+)", out, re.MULTILINE)
        self.assertTrue(plan, out)
        self.assertNotIn("not ok", out)
        self.assertEqual(len(re.findall(r"^ok ", out, re.MULTILINE)), int(plan[1]), out)
        found = re.search(r"^transcript: ([0-9a-f]+)", out, re.MULTILINE)
        self.assertTrue(found, out)
        self.assertEqual(results(bytes.fromhex(found[1])), results(transcript_on_host()))

    def test_page_taken_away(self):
        """In the middle of a request a page of the service's goes; its caller gets an error, and nobody else notices."""
        image = self.igvm_build("--program", BUILD / "guests/deaths.bin", "--service", PROBE)
        trace = self.folder / "trace"
        done = self.copra("--igvm", image, "--fault", "remap-user@400", "--trace", trace)
        self.conforms(done)
        self.assertIn(" fault kind=remap-user ", trace.read_text(encoding="utf-8"), done.describe())
        self.assertNotIn("fault-failed", trace.read_text(encoding="utf-8"))
