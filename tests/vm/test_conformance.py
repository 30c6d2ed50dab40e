# SPDX-License-Identifier: MIT
"""The conformance guest as the firmware of our SVSM, and its table of rules."""

import re

from harness import ROOT, Boot

RULE = re.compile(r"^(?:not )?ok \d+ - (\d(?:\.\d)?/\d+) ", re.MULTILINE)
ROW = re.compile(r"^\| (\d(?:\.\d)?/\d+) \|", re.MULTILINE)


class Conformance(Boot):
    def test_one_cpu(self):
        """What needs a second CPU is left out, and says so."""
        out = self.conforms(self.copra("--igvm", self.conformance()))
        self.assertIn("# SKIP there is one CPU only", out)

    def test_four_cpus(self):
        """Nothing is left out; the table in the docs has exactly the rules that are tested."""
        out = self.conforms(self.copra("--igvm", self.conformance(4), "--cpus", "4"))
        self.assertNotIn("SKIP", out)
        page = (ROOT / "docs/conformance.md").read_text(encoding="utf-8")
        self.assertEqual(sorted(set(RULE.findall(out))), sorted(ROW.findall(page)))
