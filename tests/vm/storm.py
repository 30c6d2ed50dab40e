# SPDX-License-Identifier: MIT
"""Random calls from eight CPUs, guests/storm: the same for a short and for a long run."""

import struct

import page_table
from harness import BUILD, Boot

MARK = b"COPRAPRM"
PAGES = 0x8000000 // page_table.PAGE  # 128 MiB, which the storm works in
CPUS = 10  # eight at work, two for vCPUs that nobody runs
SLACK_SECONDS = 400


class Storm(Boot):
    def image(self, seed, seconds):
        firmware = bytearray((BUILD / "guests/storm.fd").read_bytes())
        at = firmware.rindex(MARK) + len(MARK)
        firmware[at:at + 16] = struct.pack("<QQ", seed, seconds)
        path = self.folder / "storm.fd"
        path.write_bytes(firmware)
        return self.igvm_build("--firmware", path, "--cpus", str(CPUS))

    def storm(self, seed, seconds):
        """Every answer is right, nobody stands still, and table and RMP agree on every page."""
        trace = self.folder / "trace"
        done = self.copra("--igvm", self.image(seed, seconds), "--cpus", str(CPUS), "--memory", "256M", "--trace", trace,
                          "--dump", page_table.DUMP, "--fault", "rights-wait", timeout=seconds + SLACK_SECONDS)
        told = f"seed {seed}: {done.describe()}"
        self.assertEqual(done.status, 0, told)
        self.assertIn("# 8 CPUs", done.out, told)
        self.assertIn("1..2", done.out, told)
        self.assertNotIn("not ok", done.out, told)
        compared, found = page_table.differences(trace.read_text(encoding="utf-8"))
        self.assertGreater(compared, PAGES, told)
        self.assertEqual(found[:20], [], told)
