# SPDX-License-Identifier: MIT
"""Ten minutes of random calls from eight CPUs."""

import os
import random

from storm import SERVICE, Storm

SECONDS = int(os.environ.get("COPRA_STORM_SECONDS", "600"))


class Long(Storm):
    def test_10_minutes(self):
        """COPRA_STORM_SEED and COPRA_STORM_SECONDS repeat a run."""
        seed = int(os.environ.get("COPRA_STORM_SEED", random.SystemRandom().randrange(1 << 32)))
        self.storm(seed, SECONDS, tpm=SERVICE.exists())
