# SPDX-License-Identifier: MIT
"""A hostile host and a hostile guest: a documented termination, or no harm."""

import re

from harness import Boot

SVSM_PAGE = 0xFF010000  # the first page of the SVSM's own code


class Faults(Boot):
    """Each fault strikes (the trace says so), then the SVSM terminates with the reason for it, or the guest's run is unharmed."""

    def strike(self, plan):
        trace = self.folder / "trace"
        done = self.copra("--igvm", self.program("calls"), "--fault", plan, "--trace", trace)
        text = trace.read_text(encoding="utf-8")
        self.assertRegex(text, r"\bfault\b.*" + re.escape(plan.split("@")[0].split(":")[0]), done.describe())
        return done

    def ends_by(self, plan, *codes):
        done = self.strike(plan)
        self.assertEqual(done.status, 3, done.describe())
        match = re.search(r"SVSM \(VMPL0\) terminated itself: set 4, code (\d+)", done.err)
        self.assertTrue(match, done.describe())
        self.assertIn(int(match[1]), codes, done.describe())

    def test_page_remapped(self):
        self.ends_by(f"remap:{SVSM_PAGE:#x}", 8)

    def test_page_state_not_changed(self):
        self.ends_by("psc-ignored@1", 8, 10, 11)

    def test_cpuid_changed(self):
        self.ends_by("cpuid-changed:0x8000001f", 7, 8)

    def test_response_with_foreign_address(self):
        self.ends_by("ghcb-address@1", 9)

    def test_unwanted_vector(self):
        done = self.strike("hv-vector@20:0x80")
        self.assertEqual(done.status, 0, done.describe())
        self.assertNotIn("not ok", done.out)


class Calls(Boot):
    def test_malformed_calls(self):
        """The guest program reports in TAP; every call gets the specified result."""
        out = self.boots("--igvm", self.program("calls"))
        plan = re.search(r"^1\.\.(\d+)", out, re.MULTILINE)
        self.assertTrue(plan, out)
        self.assertEqual(len(re.findall(r"^ok ", out, re.MULTILINE)), int(plan[1]), out)
        self.assertNotIn("not ok", out)
