# SPDX-License-Identifier: MIT
"""Random calls from eight CPUs, guests/storm: the same for a short and for a long run."""

import page_table
from parameters import Parameters

PAGES = 0x8000000 // page_table.PAGE  # 128 MiB, which the storm works in
CPUS = 10  # eight at work, two for vCPUs that nobody runs
SLACK_SECONDS = 400


class Storm(Parameters):
    def storm(self, seed, seconds):
        """Every answer is right, nobody stands still, and table and RMP agree on every page."""
        trace = self.folder / "trace"
        done = self.copra("--igvm", self.image("storm", (seed, seconds), CPUS), "--cpus", str(CPUS), "--memory", "256M", "--trace", trace,
                          "--dump", page_table.dump(), "--fault", "rights-wait", timeout=seconds + SLACK_SECONDS)
        told = f"seed {seed}: {done.describe()}"
        self.assertEqual(done.status, 0, told)
        self.assertIn("# 8 CPUs", done.out, told)
        self.assertIn("1..2", done.out, told)
        self.assertNotIn("not ok", done.out, told)
        compared, found = page_table.differences(trace.read_text(encoding="utf-8"))
        self.assertGreater(compared, PAGES, told)
        self.assertEqual(found[:20], [], told)
