# SPDX-License-Identifier: MIT
"""Random calls from eight CPUs; `make test-all` has them for ten minutes."""

import random

from storm import Storm


class Short(Storm):
    def test_20_seconds(self):
        self.storm(seed=random.SystemRandom().randrange(1 << 32), seconds=20)
