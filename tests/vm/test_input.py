# SPDX-License-Identifier: MIT
"""Wrong input: a clear error, a status that is not 0, nothing half-done."""

import os
import struct
import zlib

from harness import BUILD, ROOT, Boot, run


class WrongInput(Boot):
    def refused(self, done, *texts, status=1):
        self.ends(done, status, "copra: ", *texts)
        self.assertNotIn("Traceback", done.err, done.describe())
        self.assertEqual(done.out, "")

    def file(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def test_igvm_missing_or_other(self):
        self.refused(self.copra("--igvm", self.folder / "none"), "No such file")
        self.refused(self.copra("--igvm", self.file("text", b"hello, world" * 100)), "not an IGVM file")

    def test_igvm_truncated(self):
        whole = self.program("terminate").read_bytes()
        for size in (4, 20, 200, len(whole) // 2, len(whole) - 1):
            self.refused(self.copra("--igvm", self.file("cut", whole[:size])), "IGVM file was refused")

    def test_igvm_corrupt(self):
        whole = bytearray(self.program("terminate").read_bytes())
        whole[40] ^= 0xFF
        self.refused(self.copra("--igvm", self.file("corrupt", bytes(whole))), "IGVM file was refused")

    def test_igvm_without_snp(self):
        for platform in (1, 3):  # VSM isolation, TDX
            path = self.file("other", file_for_platform(platform))
            self.refused(self.copra("--igvm", path), "IGVM file was refused", "SNP")

    def test_svsm_memory(self):
        """The page that the machine takes for the first VMSA is none of what the file wants for itself, loaded or not."""
        program = BUILD / "guests/terminate.bin"
        done = self.copra("--igvm", self.igvm_build("--program", program, "--size", "12M"))
        self.ends(done, 3, "the guest (VMPL2) terminated itself: set 1, code 42")
        self.refused(self.copra("--igvm", self.igvm_build("--program", program, "--size", "16M")), "no page is left for the VMSA")

    def test_firmware(self):
        self.refused(self.copra("--firmware", self.folder / "none"), "no such file")
        self.refused(self.copra("--firmware", self.file("zero.fd", bytes(1 << 20))), "zero.fd")

    def test_kernel(self):
        self.refused(self.copra("--kernel", self.file("elf", b"\x7fELF" + bytes(10000))), "not a bzImage")
        self.refused(self.copra("--kernel", self.folder / "none"), "No such file")

    def test_memory(self):
        self.refused(self.copra("--memory", "64M"), "too little", "is the least")

    def test_cpu_without_svm(self):
        self.refused(self.copra("--igvm", self.program("terminate"), "--cpu", "qemu64,-svm"), "SVM")

    def test_qemu(self):
        self.refused(self.copra("--qemu", self.folder / "none"), "QEMU is missing")
        old = self.file("old", b"#!/bin/sh\necho QEMU emulator version 6.2.0\n")
        old.chmod(0o755)
        self.refused(self.copra("--qemu", old), "7.2 or later")

    def test_threads(self):
        """QEMU has a thread for each CPU only when it is told so."""
        qemu = self.file("qemu", b"#!/bin/sh\necho QEMU emulator version 10.2.0\n")
        qemu.chmod(0o755)
        for words, expected in (([], "single"), (["--threads", "one"], "single"), (["--threads", "many"], "multi")):
            done = self.copra("--igvm", self.program("terminate"), "--qemu", qemu, "--cpus", "2", "--accel", "tcg",
                              "--show-command", *words)
            self.assertIn(f"-accel tcg,thread={expected} ", done.err, done.describe())

    def test_usage(self):
        for words in (["--firmware"], ["--memory", "lots"], ["--cpus", "0"], ["--nonsense"], ["--platform", "tdx"],
                      ["--threads", "many", "--icount"]):
            done = self.copra(*words)
            self.assertEqual(done.status, 2, done.describe())

    def test_fault_plan(self):
        self.refused(self.copra("--igvm", self.program("terminate"), "--fault", "nonsense"), "did not take an option")

    def test_no_network(self):
        """An empty cache and a mirror that answers nothing."""
        environment = dict(os.environ, COPRA_CACHE=str(self.folder / "cache"), COPRA_MIRROR="http://127.0.0.1:9/debian")
        self.refused(self.copra("--exec", "true", env=environment), "could not be fetched", "network")
        self.assertFalse(list((self.folder / "cache").glob("chosen/*")))

    def test_full_disk(self):
        """/dev/full takes nothing."""
        self.refused(self.copra("--platform", "plain", "--firmware", "none", "--log", "/dev/full", "--exec", "true"),
                     "No space left")

    def test_no_cache_folder(self):
        environment = dict(os.environ, COPRA_CACHE=str(self.file("file", b"") / "cache"))
        self.refused(run([ROOT / "copra", "run", "--exec", "true"], 60, env=environment), "cannot make folder")


def file_for_platform(platform):
    """An IGVM file of version 1 with nothing but one supported-platform header (type 1)."""
    header = struct.pack("<IIIBBHQ", 1, 16, 1, 0, platform, 1, 0)
    fixed = struct.pack("<4sIIIII", b"IGVM", 1, 24, len(header), 24 + len(header), 0)
    checksum = zlib.crc32(fixed + header)
    return fixed[:20] + struct.pack("<I", checksum) + header
