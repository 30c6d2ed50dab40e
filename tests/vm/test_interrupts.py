# SPDX-License-Identifier: MIT
"""Counts the interrupts of some seconds; `make test-all` does those of a minute."""

from accounting import Accounting


class Short(Accounting):
    def test_interrupts(self):
        self.nothing_is_lost_or_doubled(10)
