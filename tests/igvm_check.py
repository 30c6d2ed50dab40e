#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What `igvm check` says, rule by rule: igvm_check.py TOOL."""

import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

import digest_platforms
import igvm_corpus
import igvm_format as f
import igvm_samples

TOOL = ""
VMSA_GPA = 0xFFFFFFFFF000


def vmsa(at=None, value=0, features=1):
    """The reset state as KVM makes it, with 8 bytes changed."""
    state = bytearray(digest_platforms.reset_state(0x800F12, features))
    struct.pack_into("<Q", state, 0x158, 0x31)
    if at is not None:
        struct.pack_into("<Q", state, at, value)
    return bytes(state)


def launch(*headers, state=None, gpa=VMSA_GPA, end=()):
    """A file for SNP that every consumer takes, with more headers before its VMSA."""
    every = [f.platform(), f.policy(), f.page(0x1000), *headers, f.context(gpa), *end]
    return f.image(every, vmsa() if state is None else state)


class Check(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "file.igvm"

    def check(self, data, *words):
        """(exit status, findings)"""
        self.path.write_bytes(data)
        done = subprocess.run([TOOL, "check", self.path, "--json", *words], capture_output=True, text=True, check=False)
        self.assertEqual(done.stderr, "")
        return done.returncode, json.loads(done.stdout)

    def finds(self, level, text, data, *words, header=None):
        status, findings = self.check(data, *words)
        self.assertEqual(status, 1 if any(one["level"] == "error" for one in findings) else 0)
        hits = [one for one in findings if one["level"] == level and text in one["message"]]
        self.assertEqual(len(hits), 1, findings)
        if header is not None:
            self.assertEqual(hits[0]["header"], header)

    def test_a_clean_file(self):
        for name in ("qemu-10.1", "qemu-10.2", "qemu-11", "cloud-hypervisor", "openvmm", "kvm", "hyper-v"):
            self.assertEqual(self.check(launch(), "--for", name), (0, []))
        self.assertEqual(self.check(launch()), (0, []))

    def test_a_file_that_cannot_be_opened(self):
        for name, case in igvm_corpus.cases().items():
            with self.subTest(name):
                status, findings = self.check(case.data)
                self.assertEqual((status, len(findings), findings[0].get("header")), (1, 1, case.header))
                self.assertIn(case.text, findings[0]["message"])

    def test_overlaps(self):
        self.finds("error", "header 2 gives it already", launch(f.page(0x1000)), header=3)
        self.finds("error", "at 0x3000", launch(f.page(0x3000), f.area(0, 0x4000), f.insert(0x2000)), header=3)
        self.finds("error", "header 3 gives", launch(f.error_range(0x8000, size=0x8000), f.page(0xF000)), header=4)
        self.finds("error", "at 0x1000", launch(gpa=0x1000), header=3)
        apart = [f.platform(), f.platform(f.TDX, 2), f.policy(), f.page(0x1000), f.page(0x1000, 2), f.context(VMSA_GPA)]
        self.assertEqual(self.check(f.image(apart, vmsa())), (0, []))

    def test_parameters(self):
        for kind, size in [("MMIO_RANGES", 32), ("MEMORY_MAP", 24), ("MADT", 36), ("DEVICE_TREE", 40)]:
            used = f.parameter(kind, offset=f.PAGE - size + 4)
            self.finds("error", "past the end of area 0", launch(f.area(), used, f.insert()), header=4)
        twice = launch(f.area(), f.parameter("VP_COUNT"), f.parameter("ENVIRONMENT_INFO", offset=2), f.insert())
        self.finds("warning", "overwrites what header 4", twice, header=5)
        self.finds("warning", "never inserted", launch(f.area(5)), header=3)

    def test_completeness(self):
        self.finds("warning", "no processor has a context for sev-snp", f.image([f.platform(), f.policy(), f.page()]))
        self.finds("warning", "no guest policy", f.image([f.platform(), f.page(), f.context(VMSA_GPA)], vmsa()))

    def test_two_policies(self):
        rest = [f.page(), f.context(VMSA_GPA)]
        self.assertEqual(self.check(f.image([f.platform(), f.policy(), f.policy(), *rest], vmsa())), (0, []))
        self.finds("error", "two different guest policies for sev-snp", f.image([f.platform(), f.policy(), f.policy(value=0xB0000), *rest], vmsa()))

    def test_headers_that_qemu_does_not_know(self):
        area = [f.area(), f.insert()]
        for kind in ("MADT", "SRAT", "SLIT", "PPTT", "DEVICE_TREE", "COMMAND_LINE", "MMIO_RANGES"):
            data = launch(area[0], f.parameter(kind), area[1])
            self.finds("error", "fails the launch", data, "--for=qemu-10.2", header=4)
            if kind == "MADT":
                self.assertEqual(self.check(data, "--for=qemu-11"), (0, []))
            else:
                self.finds("error", "fails the launch", data, "--for=qemu-11", header=4)
        self.finds("error", "fails the launch", launch(f.error_range()), "--for=qemu-10.1", header=3)
        for_others = [f.platform(), f.platform(f.VSM, 2), f.policy(), f.page(), f.error_range(mask=2), f.context(VMSA_GPA)]
        self.finds("error", "fails the launch", f.image(for_others, vmsa()), "--for=qemu-10.2", header=4)
        self.assertEqual(self.check(f.image(for_others, vmsa()), "--for=cloud-hypervisor")[0], 0)

    def test_what_qemu_ignores(self):
        self.finds("warning", "ignores the initial data", launch(f.area(offset=("data", 0)), f.insert()), "--for=qemu-10.2")
        moved = launch(f.area(), f.parameter("MEMORY_MAP", offset=64), f.insert())
        self.finds("error", "at offset 0", moved, "--for=qemu-10.2", header=4)
        self.finds("warning", "as private", launch(f.page(0x5000, flags=4)), "--for=qemu-11")

    def test_platforms(self):
        tdx = f.image([f.platform(f.TDX), f.page()])
        for name in ("qemu-10.2", "cloud-hypervisor", "openvmm"):
            self.finds("error", "none of the file's platforms", tdx, f"--for={name}")
        self.assertEqual(self.check(tdx, "--for=hyper-v"), (0, []))
        native = f.image([f.platform(f.NATIVE), f.page(), f.context()], bytes(f.PAGE))
        self.assertEqual(self.check(native, "--for=qemu-10.2"), (0, []))
        self.finds("error", "no native context", native, "--for=qemu-10.1", header=2)
        second = f.image([f.platform(f.NATIVE), f.page(), f.context(vp=1)], bytes(f.PAGE))
        self.finds("error", "first processor alone", second, "--for=qemu-11", header=2)
        self.finds("warning", "does not know platform vsm",
                   f.image([f.platform(), f.platform(f.VSM, 2), f.policy(), f.page(), f.context(VMSA_GPA)], vmsa()),
                   "--for=cloud-hypervisor", header=1)

    def test_a_file_without_data(self):
        self.finds("error", "without data", f.image([f.platform(), f.policy(), f.page()], b""), "--for=qemu-10.2")

    def test_vmsas(self):
        self.finds("error", "at 0x5000", launch(gpa=0x5000), "--for=kvm", header=3)
        self.finds("error", "CR0 is 0x80000031", launch(state=vmsa(0x158, 0x80000031)), "--for=kvm", header=3)
        self.finds("error", "EFER.SVME", launch(state=vmsa(0xD0, 0)), "--for=qemu-10.2", header=3)
        self.finds("error", "CR4.MCE", launch(state=vmsa(0x148, 0)), "--for=kvm", header=3)
        self.finds("error", "byte 0x240", launch(state=vmsa(0x240, 1)), "--for=qemu-10.2", header=3)
        self.assertEqual(self.check(launch(state=vmsa(0x240, 1)), "--for=kvm"), (0, []))
        self.finds("error", "VMPL 2", launch(state=vmsa(0xC8, 2 << 16)), "--for=kvm", header=3)
        self.finds("error", "VMSAs last", launch(end=[f.page(0x9000), f.page(0xA000)]), "--for=kvm", header=4)

    def test_every_register_that_qemu_takes_over(self):
        for at in [0x170, 0x178, 0x1D8, 0x1F8, 0x268, 0x308, 0x310, 0x318, 0x328, 0x378, 0x3B0, 0x3E8]:
            self.assertEqual(self.check(launch(state=vmsa(at, 0x1234)), "--for=qemu-10.2"), (0, []), hex(at))
        for at in [0xA0, 0x140, 0x180, 0x1E0, 0x200, 0x248, 0x2E0, 0x320, 0x390, 0x3B8, 0x3C8, 0x3E0, 0x400, 0x420, 0xFF8]:
            self.finds("error", f"byte 0x{at:x}", launch(state=vmsa(at, 1)), "--for=qemu-10.2", header=3)

    def test_text(self):
        self.path.write_bytes(launch(f.page(0x1000)))
        done = subprocess.run([TOOL, "check", self.path], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertRegex(done.stdout, r"^.*file\.igvm: error: header 3 at 0x68 \(PAGE_DATA\): sev-snp gets memory at 0x1000")

    def test_samples_have_no_errors(self):
        for make in igvm_samples.SAMPLES.values():
            self.assertEqual(self.check(make())[0], 0)

    def test_wrong_usage(self):
        for words in (["--for", "xen"], ["--frob"], [], ["a", "b"]):
            done = subprocess.run([TOOL, "check", *words], capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("; try 'igvm check --help'", done.stderr)


if __name__ == "__main__":
    TOOL = sys.argv.pop(1)
    unittest.main()
