# SPDX-License-Identifier: MIT
"""Hosts that break the SVSM's channel to the PSP: no false report, no number twice, and everything else goes on."""

import hashlib
import re

from harness import Boot
from test_evidence import TSM, VTPM, parts

NONCES = [bytes([48 + number]) * 64 for number in range(3)]
# Three questions, then what has nothing to do with VMPCK0.
COMMAND = TSM + "".join(f"""printf {nonce.decode()} >/run/{name}; ask {name} /run/{name} {VTPM}
cat $tsm/{name}/outblob >/run/{name}.report 2>/dev/null && put {name} /run/{name}.report && put {name}.key $tsm/{name}/manifestblob
""" for name, nonce in zip("abc", NONCES)) + """mkdir $tsm/own; echo 2 >$tsm/own/privlevel; cat /run/a >$tsm/own/inblob
put own $tsm/own/outblob; put pcr /sys/class/tpm/tpm0/pcr-sha256/0"""
SECONDS = 900
PLANS = {  # and which of the three reports there are
    "psp-drop@1": "",
    "psp-drop@2": "a",
    "psp-repeat@2": "a",
    "psp-reorder@2": "a",
    "psp-truncate@1:100": "",
    "psp-alter@2:900": "a",
    "psp-alter-request@2:900": "a",
    "psp-delay@1,psp-delay@3,psp-busy@2:3": "abc",
    "psp-busy@1:60000": "abc",  # a minute on an emulated processor that has nothing else to do
}


class Channel(Boot):
    def faulty(self, plan, expected):
        trace = self.folder / "trace"
        out = self.boots("--tpm", "--firmware", "none", "--fault", plan, "--trace", trace, "--trace-classes", "vmpl", "--exec", COMMAND,
                         timeout=SECONDS)
        found, text = parts(out), trace.read_text(encoding="utf-8")
        self.assertIn("fault kind=psp-", text)
        self.assertEqual("".join(name for name in "abc" if name in found), expected, out)
        for name, nonce in zip("abc", NONCES):
            if name in found:
                self.assertEqual(found[name][0x50:0x90], hashlib.sha512(nonce + found[f"{name}.key"]).digest())
        numbers = [int(number) for number in re.findall(r"guest-message type=5 vmpck=0 sequence=(\d+)", text)]
        once = list(dict.fromkeys(numbers))  # a message that was delayed is seen twice
        self.assertEqual((once, sorted(numbers)), (list(range(1, 2 * len(once), 2)), numbers), numbers)
        if "reorder" not in plan:  # whoever asks next gets the response that was kept back, and gives up his key, too
            self.assertEqual((len(found["own"]), found["own"][0x50:0x90]), (0x4A0, NONCES[0]), out)
        self.assertRegex(found["pcr"], rb"^[0-9A-F]{64}\n")

    def test_plans(self):
        for plan, expected in PLANS.items():
            with self.subTest(plan=plan):
                self.faulty(plan, expected)
