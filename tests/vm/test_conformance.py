# SPDX-License-Identifier: MIT
"""The conformance guest as the firmware of our SVSM, and its table of rules."""

import re

from harness import ROOT, Boot

RULE = re.compile(r"^(?:not )?ok \d+ - (\d(?:\.\d)?/\d+) ", re.MULTILINE)
NOT_OFFERED = re.compile(r"^ok \d+ - (\d(?:\.\d)?/\d+) .*# SKIP it is not offered$", re.MULTILINE)
RUN_VMPL = re.compile(r" vmpl=(\d) vmgexit msr=0x(?:([0-9a-f]+)000000)?16 answer=0x17$", re.MULTILINE)
ROW = re.compile(r"^\| (\d(?:\.\d)?/\d+) \|", re.MULTILINE)


class Conformance(Boot):
    def test_one_cpu(self):
        """What needs a second CPU is left out, and says so."""
        trace = self.folder / "trace"
        out = self.conforms(self.copra("--igvm", self.conformance(), "--trace", trace))
        self.assertIn("# SKIP there is one CPU only", out)
        self.names_who_asks(trace.read_text(encoding="utf-8"))

    def names_who_asks(self, trace):
        """Run VMPL by the MSR protocol: the record is the caller's, and nobody calls himself."""
        asked = [(int(vmpl), int(target or "0", 16)) for vmpl, target in RUN_VMPL.findall(trace)]
        self.assertTrue(asked)
        self.assertEqual({pair for pair in asked if pair not in ((0, 2), (2, 0))}, set())

    def test_four_cpus(self):
        """Nothing is left out but protocols that this image does not offer; the table in the docs has exactly the rules that are tested."""
        out = self.conforms(self.copra("--igvm", self.conformance(4), "--cpus", "4"))
        self.assertNotRegex(out, "SKIP there (is|are)")
        absent = {rule[0] for rule in NOT_OFFERED.findall(out)}
        page = (ROOT / "docs/conformance.md").read_text(encoding="utf-8")
        rules = [{rule for rule in found if rule[0] not in absent} for found in (RULE.findall(out), ROW.findall(page))]
        self.assertEqual(sorted(rules[0]), sorted(rules[1]))
