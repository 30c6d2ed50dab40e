# SPDX-License-Identifier: MIT
"""An unmodified kernel boots at VMPL2 and says so, without firmware and with OVMF."""

from harness import Boot

PROOF = ("Memory Encryption Features active: AMD SEV SEV-ES SEV-SNP", "SEV: Status: SEV SEV-ES SEV-SNP",
         "SEV: SNP running at VMPL2.")
LOOK = "dmesg; echo vmpl=$(cat /sys/devices/system/cpu/sev/vmpl); ls -d /sys/firmware/efi"


class Direct(Boot):
    def test_dmesg(self):
        out = self.boots("--firmware", "none", "--exec", LOOK + "; true")
        for line in PROOF + ("vmpl=2",):
            self.assertIn(line, out)

    def test_command(self):
        """stdout is the command's alone, stderr its own, the status its own."""
        done = self.copra("--firmware", "none", "--exec", "seq 1 20000; echo oops >&2; id -u; exit 42")
        self.assertEqual(done.status, 42, done.describe())
        self.assertEqual(done.out, "".join(f"{n}\n" for n in range(1, 20001)) + "0\n")
        self.assertIn("oops\n", done.err)

    def test_append(self):
        self.assertIn(" copra.test=1", self.boots("--firmware", "none", "--append", "copra.test=1", "--exec",
                                                  "cat /proc/cmdline"))

    def test_counters(self):
        done = self.copra("--firmware", "none", "--counters", "--exec", "true")
        self.ends(done, 0, "vmpl=0", "vmpl=2")


class Firmware(Boot):
    def test_dmesg(self):
        out = self.boots("--exec", LOOK)
        for line in PROOF + ("vmpl=2", "/sys/firmware/efi"):
            self.assertIn(line, out)


class Plain(Boot):
    """The same guest without the machine, to compare."""

    def test_direct(self):
        out = self.boots("--platform", "plain", "--firmware", "none", "--exec", "dmesg; uname -s")
        self.assertIn("Linux\n", out)
        self.assertNotIn("SEV-SNP", out)

    def test_firmware(self):
        self.assertIn("efi", self.boots("--platform", "plain", "--exec", "ls /sys/firmware"))


class Memory(Boot):
    def total(self, *words):
        return int(self.boots(*words, "--exec", "grep MemTotal /proc/meminfo").split()[1]) >> 10

    def test_512m(self):
        self.assertGreater(self.total("--firmware", "none", "--memory", "512M"), 350)

    def test_2g(self):
        self.assertGreater(self.total("--memory", "2G"), 1700)

    def test_lazy_acceptance(self):
        """With RAM above 4 GiB the kernel accepts memory when it needs it."""
        look = "grep Unaccepted: /proc/meminfo"
        out = self.boots("--memory", "5G", "--exec", f"{look}; mount -t tmpfs -o size=90% tmpfs /mnt; "
                         f"dd if=/dev/zero of=/mnt/x bs=1M count=3600 2>/dev/null; {look}; grep MemTotal /proc/meminfo")
        words = out.split()
        before, after, total = int(words[1]), int(words[4]), int(words[7])
        self.assertGreater(before, 0, out)
        self.assertLess(after, before, out)
        self.assertGreater(total >> 10, 4200, out)  # 6 percent are bounce buffers


class Kernels(Boot):
    LOOK = "uname -r; cat /sys/devices/system/cpu/sev/vmpl"

    def kernel(self, *words):
        return self.boots("--firmware", "none", *words, "--exec", self.LOOK).split()

    def test_generic(self):
        release, vmpl = self.kernel("--kernel-flavour", "generic")
        self.assertNotIn("cloud", release)
        self.assertEqual(vmpl, "2")

    def test_new_cloud(self):
        release, vmpl = self.kernel("--kernel-suite", "testing")
        self.assertGreaterEqual(int(release.split(".")[0]), 7)
        self.assertEqual(vmpl, "2")

    def test_new_generic(self):
        release, vmpl = self.boots("--kernel-suite", "testing", "--kernel-flavour", "generic", "--exec", self.LOOK).split()
        self.assertGreaterEqual(int(release.split(".")[0]), 7)
        self.assertEqual(vmpl, "2")
