# SPDX-License-Identifier: MIT
"""Eight CPUs under load for five minutes, with firmware and without, also on hosts that withhold something."""

import os

from stress import Stress

SECONDS = int(os.environ.get("COPRA_STRESS_SECONDS", "300"))


class Long(Stress):
    def test_firmware(self):
        self.stress_accepts(SECONDS, 8)

    def test_direct(self):
        self.stress(SECONDS, 8, "--firmware", "none")

    def test_firmware_without_interrupts(self):
        self.stress_accepts(SECONDS, 8, "--withhold", "restricted-injection")

    def test_direct_without_apic_id_list(self):
        self.stress(SECONDS, 8, "--firmware", "none", "--withhold", "apic-id-list")
