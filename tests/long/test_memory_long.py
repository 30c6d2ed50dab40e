# SPDX-License-Identifier: MIT
"""A guest with far more memory than the host has to spare, a part of it accepted: the table of page states against the RMP."""

import page_table
from parameters import Parameters

GIB = 1 << 30
SIZE = 14 * GIB
SPARSE = 9  # guests/scale/main.c, enum what
SVSM_SIZE = 4 << 20  # the table is to lie in the SVSM's memory, where the dump finds it
SECONDS = 1200


class Long(Parameters):
    def test_14_gib(self):
        """One block of 2 MiB in eight is validated, whole, by pages, or but for one: 1.5 GiB."""
        trace = self.folder / "trace"
        image = self.image("scale", (SPARSE, SIZE - 4 * GIB), 1, "--size", "4M")
        done = self.copra("--igvm", image, "--memory", str(SIZE), "--trace", trace, "--trace-classes", "refused",
                          "--dump", page_table.dump(SVSM_SIZE), timeout=SECONDS)
        self.assertEqual(done.status, 0, done.describe())
        self.assertIn("scale cpus=1 ", done.out, done.describe())
        self.assertNotIn("failed", done.out, done.describe())
        compared, found = page_table.differences(trace.read_text(encoding="utf-8"), SVSM_SIZE)
        self.assertGreater(compared, (SIZE - GIB) // page_table.PAGE)
        self.assertEqual(found[:20], [])
