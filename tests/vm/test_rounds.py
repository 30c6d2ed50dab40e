# SPDX-License-Identifier: MIT
"""A hundred rounds of CPUs that go and come back, as far as the SVSM sees it: Linux itself bears one (docs/caveats.md)."""

from parameters import Parameters

ROUNDS = 100
CPUS = 8
START, HOLD = 7, 8  # guests/scale/main.c, enum what


class Rounds(Parameters):
    def rounds(self, what, *words):
        done = self.copra("--igvm", self.image("scale", (what, ROUNDS), CPUS), "--cpus", CPUS, "--memory", "256M", *words)
        self.assertEqual(done.status, 0, done.describe())
        self.assertIn(f"scale cpus={CPUS} calls=0 ok", done.out, done.describe())

    def test_deleted_while_they_run(self):
        self.rounds(START)

    def test_created_anew_while_they_wait(self):
        """In AP reset hold, in the order in which Linux does it."""
        self.rounds(HOLD)
