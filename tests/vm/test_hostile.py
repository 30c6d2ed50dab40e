# SPDX-License-Identifier: MIT
"""A hostile host and a hostile guest: a documented termination, or no harm."""

import re

from harness import SVSM, Boot, run

SVSM_BASE = 0xFF000000  # include/copra/boot.h
SVSM_VIRTUAL = 0xFFFFFFFF80000000
FIRMWARE = 0xFFFFF000  # the last page, with the reset vector
CALLING_AREA = 0x80F000  # guests/firmware/places.h
ADDRESS_RESPONSE = 5  # of the MSR-protocol responses to the SVSM, the one that names its GHCB


def page_of(symbol):
    """Guest-physical address of the page with that function of the SVSM's."""
    for line in run(["nm", SVSM], 60).out.splitlines():
        words = line.split()
        if words[-1] == symbol:
            return (int(words[0], 16) - SVSM_VIRTUAL + SVSM_BASE) & ~0xFFF
    raise AssertionError(f"{SVSM} has no {symbol}")


class Faults(Boot):
    """Each fault strikes (the trace says so), then the SVSM terminates with the reason for it, or the guest's run is unharmed."""

    def strike(self, plan):
        trace = self.folder / "trace"
        done = self.copra("--igvm", self.conformance(), "--fault", plan, "--trace", trace)
        kind = re.split("[@:]", plan)[0]
        self.assertIn(f" fault kind={kind} ", trace.read_text(encoding="utf-8"), done.describe())
        return done

    def ends_by(self, plan, *codes):
        done = self.strike(plan)
        match = re.search(r"SVSM \(VMPL0\) terminated itself: set 4, code (\d+)", done.err)
        self.assertEqual((done.status, bool(match)), (3, True), done.describe())
        self.assertIn(int(match[1]), codes, done.describe())

    def does_no_harm(self, plan):
        done = self.strike(plan)
        self.conforms(done)

    def test_page_remapped(self):
        self.ends_by(f"remap:{page_of('request_loop'):#x}", 8)

    def test_loaded_page_remapped(self):
        """Before the guest has it, a page that the launch loaded is the SVSM's to look after."""
        self.ends_by(f"remap:{FIRMWARE:#x}", 8)

    def test_calling_area_remapped(self):
        """The SVSM finds no call there and goes on; the guest faults on its own page."""
        done = self.strike(f"remap@60:{CALLING_AREA:#x}")
        self.ends(done, 3, "the guest (VMPL2) terminated itself: set 1, code 40")
        self.assertRegex(done.out, "exception 29, code 0x404", done.describe())

    def test_page_state_not_changed(self):
        """The page becomes what it was said to be when it is first used: the machine converts it then."""
        self.does_no_harm("psc-ignored@1")

    def test_cpuid_changed(self):
        self.ends_by("cpuid-changed:0x8000001f", 7, 8, 18)

    def test_response_with_foreign_address(self):
        self.ends_by(f"ghcb-address@{ADDRESS_RESPONSE}", 9)

    def test_unwanted_vector(self):
        self.does_no_harm("hv-vector@20:0x80")
