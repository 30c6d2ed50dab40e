# SPDX-License-Identifier: MIT
"""Random calls from eight CPUs; `make test-all` has them for ten minutes."""

import random

from storm import SERVICE, Storm


class Short(Storm):
    def test_20_seconds(self):
        self.storm(seed=random.SystemRandom().randrange(1 << 32), seconds=20)

    def test_10_seconds_with_tpm(self):
        if not SERVICE.exists():
            self.skipTest("the services are not built")
        self.storm(seed=random.SystemRandom().randrange(1 << 32), seconds=10, tpm=True, compare=False)
