# SPDX-License-Identifier: MIT
"""A guest disk: DMA through shared pages, and the data is on the host afterwards."""

import os

from harness import Boot, run

TOOLS = dict(os.environ, PATH=os.environ["PATH"] + ":/sbin:/usr/sbin")
WRITE = ("mount /dev/vda /mnt && cat /mnt/greeting && seq 1 200000 >/mnt/numbers && md5sum </mnt/numbers && "
         "umount /mnt")


class Disk(Boot):
    def make_disk(self):
        disk = self.folder / "disk.img"
        with open(disk, "wb") as file:
            file.truncate(64 << 20)
        tree = self.folder / "tree"
        tree.mkdir()
        (tree / "greeting").write_text("hello from the host\n", encoding="utf-8")
        done = run(["mkfs.ext4", "-q", "-d", tree, disk], 60, env=TOOLS)
        self.assertEqual(done.status, 0, done.describe())
        return disk

    def read_back(self, disk):
        done = run(["debugfs", "-R", "cat numbers", disk], 60, env=TOOLS)
        return done.out

    def check(self, *words):
        disk = self.make_disk()
        out = self.boots(*words, "--disk", disk, "--exec", WRITE)
        self.assertIn("hello from the host", out)
        self.assertEqual(self.read_back(disk), "".join(f"{n}\n" for n in range(1, 200001)))
        self.assertEqual(run(["e2fsck", "-fn", disk], 60, env=TOOLS).status, 0)

    def test_firmware(self):
        self.check()

    def test_direct_with_modules(self):
        """The generic kernel has ext4 as a module."""
        self.check("--firmware", "none", "--kernel-flavour", "generic")
