# SPDX-License-Identifier: MIT
"""A load on all CPUs and on memory for some seconds; `make test-all` has it for minutes."""

from stress import Stress


class Short(Stress):
    def test_15_seconds(self):
        self.stress_accepts(15, 4)
