# SPDX-License-Identifier: MIT
"""A hundred rounds of Linux' CPUs that go offline and come back, seven at a time, also on hosts that withhold something."""

from hotplug import HotplugBoot

ROUNDS, CPUS = 100, 8
SECONDS = 3600


class Long(HotplugBoot):
    def hundred(self, *words):
        self.rounds_pass(CPUS, ROUNDS, *words, seconds=SECONDS)

    def test_direct(self):
        self.hundred("--firmware", "none")

    def test_firmware(self):
        self.hundred()

    def test_without_interrupts(self):
        self.hundred("--firmware", "none", "--withhold", "restricted-injection")

    def test_without_apic_id_list(self):
        self.hundred("--firmware", "none", "--withhold", "apic-id-list")

    def test_testing_kernel(self):
        """The newest kernel that Debian has."""
        self.hundred("--firmware", "none", "--kernel-suite", "testing")

    def test_without_module(self):
        """Linux by itself panics in the second round (docs/caveats.md). Once it does not, the module has had its day."""
        done = self.rounds(2, 2, "--firmware", "none")
        self.assertNotEqual(done.status, 0, done.describe())
        self.assertIn("GHCB and Backup GHCB are already in use", done.describe())
