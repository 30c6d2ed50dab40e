# SPDX-License-Identifier: MIT
"""Random calls from eight CPUs, guests/storm: the same for a short and for a long run."""

import re

import page_table
from harness import BUILD
from parameters import Parameters

PAGES = 0x8000000 // page_table.PAGE  # 128 MiB, which the storm works in
CPUS = 10  # eight at work, two for vCPUs that nobody runs
SERVICE = BUILD / "services/copra-services"  # there where libtpms is
SVSM_WITH_SERVICE = 0xA00000
SLACK_SECONDS = 400


class Storm(Parameters):
    def storm(self, seed, seconds, tpm=False, compare=True):
        """Every answer is right, nobody stands still, and table and RMP agree on every page. What the services' memory holds makes a long dump."""
        trace = self.folder / "trace"
        words, size = (("--service", SERVICE), SVSM_WITH_SERVICE) if tpm else ((), page_table.SVSM_SIZE)
        image = self.image("storm", (seed, seconds), CPUS, "--size", hex(size), *words)
        done = self.copra("--igvm", image, "--cpus", str(CPUS), "--memory", "256M", "--trace", trace, "--fault", "rights-wait",
                          *(("--dump", page_table.dump(size)) if compare else ()), timeout=seconds + SLACK_SECONDS)
        told = f"seed {seed}: {done.describe()}"
        self.assertEqual(done.status, 0, told)
        self.assertIn("# 8 CPUs", done.out, told)
        self.assertIn("1..2", done.out, told)
        self.assertNotIn("not ok", done.out, told)
        responses = re.search(r"^# \d+ calls, (\d+) responses of a TPM$", done.out, re.MULTILINE)
        self.assertEqual(int(responses[1]) > 1, tpm, told)
        if compare:
            compared, found = page_table.differences(trace.read_text(encoding="utf-8"), size)
            self.assertGreater(compared, PAGES, told)
            self.assertEqual(found[:20], [], told)
