# SPDX-License-Identifier: MIT
"""Linux' CPUs that go offline and come back, again and again. A hundred rounds: tests/long."""

from hotplug import HotplugBoot


class Hotplug(HotplugBoot):
    def test_rounds(self):
        self.rounds_pass(3, 4, "--firmware", "none")
