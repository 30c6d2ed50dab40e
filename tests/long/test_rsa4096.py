# SPDX-License-Identifier: MIT
"""RSA keys of 4096 bits, which Debian's libtpms is not built for: its source package with that switched on, in an image for these tests alone."""

from harness import BUILD, ROOT
from tpm_busy import BusyBoot
from tpm_guest import COMPLAINTS, SEND

from measures import tpm as measure
from testing.libtpms import Unavailable, services

TEMPLATE = measure.rsa(4096)[:-2].hex()  # all of the key's public area but its number
RETRY = "80010000000a00000922"
# The kernel waits for a command as long as it likes; then it hands TPM_RC_RETRY on, and the command is to be sent again.
WORK = SEND + f"""exec 3<>/dev/tpm0
while response=$(send {measure.LONGEST_KEY.command.hex()}); [ "$response" = {RETRY} ]; do :; done
echo response $response
"""


class Rsa4096(BusyBoot):
    def setUp(self):
        super().setUp()
        try:
            self.program = services(ROOT, BUILD)
        except Unavailable as reason:
            self.skipTest(f"libtpms with RSA-4096: {reason}")

    def test_others_go_on(self):
        """On a slow computer the kernel complains that the command has to be sent so often."""
        out = self.others_go_on(WORK, "--service", self.program, complaints=COMPLAINTS)
        self.assertRegex(out, f"(?m)^response 8002.{{8}}00000000.*{TEMPLATE}0200")

    def test_absence_is_short(self):
        self.absence_is_short(measure.LONGEST_KEY, self.program)
