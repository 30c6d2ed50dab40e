# SPDX-License-Identifier: MIT
"""stress-ng of the host's distribution in a guest with several CPUs: the same for a short and for a long run."""

import re
import shutil

import guest_disk
from harness import Boot
from smp import COMPLAINTS

DISK_BYTES = 160 << 20
SLACK_SECONDS = 900
# Memory is taken, written and given back, which the kernel accepts as it goes; processes come and go on all CPUs.
WORK = f"""mount /dev/vda /mnt; mkdir /stress; cd /stress
grep Unaccepted /proc/meminfo
/mnt/stress-ng --quiet --temp-path /stress --timeout SECONDS --vm 4 --vm-bytes 80% --mmap 2 --mmap-bytes 5% \\
	--fork 2 --switch 2 --pipe 2 --cpu 2 --timer 1 --timer-freq 1000; echo status $?
grep Unaccepted /proc/meminfo
dmesg | grep -E '{COMPLAINTS}|Out of memory|segfault' >&2
true"""


class Stress(Boot):
    def setUp(self):
        if not shutil.which("stress-ng"):
            self.skipTest("stress-ng is not installed")
        super().setUp()

    def disk(self):
        tree = self.folder / "tree"
        guest_disk.prepare(tree)
        guest_disk.add_program(tree, shutil.which("stress-ng"), "stress-ng")
        return guest_disk.image(tree, self.folder / "disk.img", DISK_BYTES)

    def stress(self, seconds, cpus, *words):
        """The load ends well, and the kernel has nothing to complain about. What the guest wrote."""
        done = self.copra("--cpus", cpus, "--memory", "3G", "--disk", self.disk(), *words, "--exec",
                          WORK.replace("SECONDS", str(seconds)), timeout=seconds + SLACK_SECONDS)
        self.assertEqual(done.status, 0, done.describe())
        self.assertEqual(re.sub(r"^copra:.*\n", "", done.err, flags=re.MULTILINE), "", done.describe())
        self.assertIn("status 0\n", done.out, done.describe())
        return done.out

    def stress_accepts(self, seconds, cpus, *words):
        """With firmware: the kernel accepts memory meanwhile, by calls of the SVSM."""
        out = self.stress(seconds, cpus, *words)
        before, after = (int(kib) for kib in re.findall(r"Unaccepted: *(\d+) kB", out))
        self.assertLess(after, before, out)
