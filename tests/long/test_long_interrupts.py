# SPDX-License-Identifier: MIT
"""Counts the interrupts of a minute."""

from accounting import Accounting


class Long(Accounting):
    def test_1_minute(self):
        self.nothing_is_lost_or_doubled(60)
