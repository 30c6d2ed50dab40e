# SPDX-License-Identifier: MIT
"""Eight CPUs with firmware, also on hosts that withhold something."""

from smp import SmpBoot


class Long(SmpBoot):
    def test_8(self):
        self.round(8)

    def test_without_interrupts(self):
        self.round(8, "--withhold", "restricted-injection")

    def test_without_apic_id_list(self):
        """Firmware cannot start the others then; the kernel can."""
        self.round(8, "--withhold", "apic-id-list")

    def test_without_invlpgb(self):
        self.round(8, "--withhold", "invlpgb")
