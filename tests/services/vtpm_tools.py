#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tpm2-tools on the vTPM service as a process of the host: tools.sh, the endorsement key, and an event log that is replayed."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import eventlog
import tcti
import tpm
from channel import ENDORSEMENT_KEY, Service

STATIC = os.environ["COPRA_SERVICES"]
TOOLS = Path(__file__).resolve().parent / "tools.sh"
MISSING = "" if shutil.which("tpm2") else "tpm2-tools are not installed"


@unittest.skipIf(MISSING, MISSING)
class Tools(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="copra-tpm-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.service = cls.enterClassContext(Service(STATIC, "vtpm"))
        cls.enterClassContext(tcti.serve(cls.service, cls.folder / "tpm"))
        cls.environment = dict(os.environ, TPM2TOOLS_TCTI=tcti.tcti_name(cls.folder / "tpm"))

    def run_program(self, *words):
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=600, env=self.environment, cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_every_step(self):
        out = self.run_program(TOOLS)
        self.assertNotIn("not ok", out)
        self.assertEqual(len(re.findall(r"^ok ", out, re.MULTILINE)), 11, out)

    def test_endorsement_key(self):
        """tpm2_createek makes the key that the service names; its file is a TPM2B_PUBLIC, the service's answer what is in it."""
        self.run_program("tpm2", "createek", "-c", "ek.ctx", "-G", "ecc", "-u", "ek.pub", "-Q")
        self.assertEqual((self.folder / "ek.pub").read_bytes()[2:], self.service.request(ENDORSEMENT_KEY)[1])
        self.run_program("tpm2", "flushcontext", "-t")

    def test_event_log(self):
        """What tpm2_eventlog makes of a log, what we make of it, and what the TPM holds after the same extensions."""
        events = [(10, b"first"), (11, b"second"), (10, b"third")]
        log = self.folder / "log"
        log.write_bytes(eventlog.make(events))
        for pcr, data in events:
            self.service.command(tpm.pcr_extend(pcr, eventlog.digest(data)))
        ours = eventlog.replay(log.read_bytes())[tpm.SHA256]
        theirs = eventlog.read_tool(self.run_program("tpm2", "eventlog", str(log)))
        self.assertEqual({pcr: value.hex() for pcr, value in ours.items()}, theirs)
        for pcr, value in ours.items():
            self.assertEqual(tpm.pcr_value(self.service.command(tpm.pcr_read(pcr))), value)


if __name__ == "__main__":
    unittest.main()
