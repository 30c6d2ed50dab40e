# SPDX-License-Identifier: MIT
"""Guests with several CPUs: all of them come up, go and come back, and the kernel has nothing to complain about."""

import re

from harness import BUILD
from smp import SmpBoot

RMPADJUST_OWN_VMSA = "0x10001"  # VMSA bit, no rights for VMPL1

class Smp(SmpBoot):
    def test_2_direct(self):
        self.round(2, "--firmware", "none")

    def test_2_firmware(self):
        self.round(2)

    def test_4_direct(self):
        self.round(4, "--firmware", "none")

    def test_4_firmware(self):
        self.round(4)

    def test_8_direct(self):
        self.round(8, "--firmware", "none")

    def test_without_apic_id_list(self):
        self.round(8, "--firmware", "none", "--withhold", "apic-id-list")

    def test_without_interrupts(self):
        """The SVSM has neither timer nor IPIs of its own, and says so."""
        log = self.folder / "log"
        self.round(8, "--firmware", "none", "--withhold", "restricted-injection", "--debug", "--log", log)
        self.assertIn("none, the image was built without restricted injection", log.read_text(errors="replace"))

    def test_without_invlpgb(self):
        """The SVSM calls its CPUs together by IPI, each time that a page is given back."""
        self.round(2, "--firmware", "none", "--withhold", "invlpgb")

    def test_firmware_without_apic_id_list(self):
        """Firmware cannot start the others then; the kernel can."""
        self.round(2, "--withhold", "apic-id-list")

    def test_interrupts(self):
        """Each CPU takes timer interrupts and calls from the others."""
        out = self.boots("--cpus", "4", "--firmware", "none", "--exec",
                         "for cpu in 0 1 2 3; do taskset -c $cpu true || taskset $((1 << cpu)) true; done; "
                         "grep -E '^ *(LOC|CAL|RES|TLB):' /proc/interrupts")
        lines = {words[0]: [int(n) for n in words[1:5]] for words in map(str.split, out.splitlines())}
        for count in lines["LOC:"]:
            self.assertGreater(count, 0, out)
        self.assertGreater(sum(lines["CAL:"]), 0, out)

    def test_own_cpus_come_last(self):
        """The host could run them from the VMSA bit on; till then the first CPU has made everything ready, its guest's VMSA too."""
        trace = self.folder / "trace"
        image = self.igvm_build("--program", BUILD / "guests/terminate.bin", "--cpus", "2")
        self.ends(self.copra("--igvm", image, "--cpus", "2", "--trace", trace, "--trace-classes", "rmp,vmpl"), 3)
        records = trace.read_text(encoding="utf-8").splitlines()
        made = [i for i, r in enumerate(records) if re.search(f" rmpadjust .*operand={RMPADJUST_OWN_VMSA}\\b", r)]
        guest = [i for i, r in enumerate(records) if " ap-creation " in r]
        self.assertEqual(len(made), 1, records[:200])
        self.assertGreater(made[0], guest[0])

    def test_more_than_the_image_allows(self):
        """The host has more CPUs than the image was measured for."""
        image = self.conformance()
        done = self.copra("--igvm", image, "--cpus", "2")
        self.ends(done, 3, "set 4, code 20")
