# SPDX-License-Identifier: MIT
"""What the tests of the virtual TPM share: a boot with it, tpm2-tools at /mnt, and what the kernel must not say."""

import re
import sys

import tpm_disk
from harness import ROOT, Boot

sys.path.insert(0, str(ROOT / "tests/services"))

TPM_SECONDS = 600  # RSA keys on an emulated processor
PREPARE = """mount /dev/vda /mnt && mount -t securityfs securityfs /sys/kernel/security
export TPM2=/mnt/tpm2 TPM2TOOLS_TCTI=device:/dev/tpmrm0
"""
COMPLAINTS = ("WARNING: CPU", "BUG:", "stall", "lockup", "Oops", "blocked for more than")
# Each command by one write and one read of /dev/tpm0, as a TPM wants it
SEND = """send()
{
	echo "$1" | xxd -r -p >&3 || return 1
	dd bs=4096 count=1 <&3 2>/dev/null | xxd -p | tr -d '\\n'
}
"""
RETRIES = "retry loop"  # the kernel's word for a command that takes longer than it waits


class TpmBoot(Boot):
    def setUp(self):
        if tpm_disk.missing():
            self.skipTest(tpm_disk.missing())
        super().setUp()

    def run_in_guest(self, command, *words, files=None, complaints=(*COMPLAINTS, RETRIES)):
        """Standard output; `files` are more of them for /mnt. The kernel must have nothing to complain about."""
        disk = tpm_disk.make(self.folder, files or {})
        judge = f"dmesg | grep -E '{'|'.join(complaints)}' >&2; true\n"
        done = self.copra("--tpm", "--disk", disk, *words, "--exec", PREPARE + command + judge, timeout=TPM_SECONDS)
        self.assertEqual(done.status, 0, done.describe())
        self.assertEqual(re.sub(r"^copra:.*\n", "", done.err, flags=re.MULTILINE), "", done.describe())
        return done.out

    def steps_pass(self, out, *names):
        self.assertNotIn("not ok", out)
        self.assertEqual(re.findall(r"^ok (\S+)$", out, re.MULTILINE), list(names), out)
