#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The attestation service as a process of the host. What it makes of messages is tested by attest.c.

Programs under test come by the environment: COPRA_SERVICES, the static executable, and COPRA_SERVICES_TESTED, under the sanitizers.
"""

import os
import struct
import subprocess
import unittest

from channel import Service

PROGRAMS = (os.environ["COPRA_SERVICES"], os.environ["COPRA_SERVICES_TESTED"])
KEY, REPORT, ANSWER = 1, 2, 3
DONE, BAD_STATE, SEND, NO_KEY = 0, 4, 5, 7
FIRST = struct.pack("<32sQ", bytes(range(32)), 1)
QUESTION = bytes(64) + b"manifest"


class Process(unittest.TestCase):
    def test_serves(self):
        """It seals the first message, and ends with its channel."""
        for program in PROGRAMS:
            with Service(program, "attest") as service:
                self.assertEqual(service.request(REPORT, 0, QUESTION), (NO_KEY, b""))
                self.assertEqual(service.request(KEY, 0, FIRST), (DONE, b""))
                status, message = service.request(REPORT, 0, QUESTION)
                self.assertEqual((status, len(message)), (SEND, 0xC0))
                self.assertEqual(struct.unpack_from("<Q", message, 0x20), (1,))
                self.assertEqual(message[0x30:0x3D], struct.pack("<BBHBBHIB", 1, 1, 0x60, 5, 1, 0x60, 0, 0))
                self.assertNotIn(bytes(64), message)
            self.assertEqual(service.status, 0)

    def test_after_another_died(self):
        """The key was the other's."""
        for program in PROGRAMS:
            with Service(program, "attest", "again") as service:
                self.assertEqual(service.request(KEY, 0, FIRST), (BAD_STATE, b""))
                self.assertEqual(service.request(REPORT, 0, QUESTION), (NO_KEY, b""))
            self.assertEqual(service.status, 0)

    def test_same_message_everywhere(self):
        """AES-GCM of libcrypto's as the tests have it, and of the static one's."""
        messages = set()
        for program in PROGRAMS:
            with Service(program, "attest") as service:
                service.request(KEY, 0, FIRST)
                messages.add(service.request(REPORT, 0, QUESTION))
        self.assertEqual(len(messages), 1)

    def test_says_why(self):
        done = subprocess.run([PROGRAMS[0], "attest"], capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (1, "attest: descriptor 3 cannot be read\n"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
