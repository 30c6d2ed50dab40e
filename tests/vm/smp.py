# SPDX-License-Identifier: MIT
"""What the tests with several CPUs share: CPUs that go and come back, and what the kernel must not say."""

from harness import Boot

COMPLAINTS = "WARNING: CPU|WARNING: [a-z]|BUG:|stall|lockup|Oops|blocked for more than|Call Trace"
# Offline and online once: Linux (to 7.2 at least) panics when the same CPU comes back a second time (docs/caveats.md).
ROUND = f"""nproc
cd /sys/devices/system/cpu
for cpu in cpu[1-9]*; do echo 0 >$cpu/online || echo failed; done; nproc
for cpu in cpu[1-9]*; do echo 1 >$cpu/online || echo failed; done; nproc
dmesg | grep -E '{COMPLAINTS}'
true"""


SMP_SECONDS = 900  # QEMU emulates all CPUs in turn


class SmpBoot(Boot):
    def round(self, cpus, *words):
        """All CPUs are there, all but one go, all are there again; nothing else is said."""
        out = self.boots("--cpus", cpus, *words, "--exec", ROUND, timeout=SMP_SECONDS)
        self.assertEqual(out.split("\n"), [str(cpus), "1", str(cpus), ""])
