# SPDX-License-Identifier: MIT
"""The virtual TPM in ring 3 as a guest uses it: OVMF measures its boot into it, Linux has it as /dev/tpm0. More: tests/long."""

import base64
import re

from tpm_guest import TpmBoot

import eventlog  # noqa: E402
import tpm  # noqa: E402

STEPS = ("getrandom", "pcrread", "primary_ecc", "seal_unseal")
MEASURED = f"""sh /mnt/tools.sh {' '.join(STEPS)}
/mnt/tpm2 pcrread sha256:0,1,2,3,4,5,6,7 | sed 's/^/pcrread /'
log=/sys/kernel/security/tpm0/binary_bios_measurements
/mnt/tpm2 eventlog $log | sed -n '/^pcrs:/,$p'
echo LOG; base64 $log; echo END
"""


class Measured(TpmBoot):
    def test_boot(self):
        """PCRs 0 to 7 are extended; replaying the firmware's log, by tpm2_eventlog and by ourselves, leads to the same values."""
        out = self.run_in_guest(MEASURED)
        self.steps_pass(out, *STEPS)
        held = dict(re.findall(r"^pcrread +(\d+) *: 0x([0-9A-F]{64})", out, re.MULTILINE))
        log = base64.b64decode(re.search(r"^LOG\n(.*?)^END", out, re.MULTILINE | re.DOTALL)[1])
        ours, theirs = eventlog.replay(log)[tpm.SHA256], eventlog.read_tool(out)
        for pcr in range(8):
            self.assertNotEqual(int(held[str(pcr)], 16), 0, out)
            self.assertEqual(held[str(pcr)].lower(), ours[pcr].hex(), out)
            self.assertEqual(theirs[pcr], ours[pcr].hex(), out)
