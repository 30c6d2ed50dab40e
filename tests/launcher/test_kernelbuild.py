# SPDX-License-Identifier: MIT
"""Modules built for a stock kernel: what is fetched for them."""

import sys
import tempfile
import unittest
from pathlib import Path
from subprocess import CompletedProcess

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from copra.errors import LaunchError  # noqa: E402
from copra.kernelbuild import Builder, Part  # noqa: E402

VERSION = "6.12.1-x"
HEADERS = {f"linux-headers-{VERSION}": f"linux-base, linux-headers-6.12.1-common (= 1), linux-kbuild-6.12.1, linux-image-{VERSION}",
           "linux-headers-6.12.1-common": "", "linux-kbuild-6.12.1": "libc6 (>= 2.34), libelf1, pahole"}
LIBRARIES = {"libc6": "libgcc-s1", "libelf1": "libc6"}
OWN = Part("ours", ["ours"], "obj-m := ours.o\n")


class FakeSuite:
    """Has the packages that it is told of, and unpacks a package that holds nothing."""
    name = "backports"

    def __init__(self, packages):
        self._packages = packages

    def show(self, package):
        return {"Package": package, "Depends": self._packages[package]} if package in self._packages else None

    def download(self, fields, folder):
        return folder / fields["Package"]


class FakeProgress:
    """Keeps what was said to be done; all of it succeeds."""

    def __init__(self):
        self.texts = []

    def run(self, text, *_, **__):
        self.texts.append(text)
        return CompletedProcess([], 0, "", "")


class Fetching(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        headers = self.folder / f"tree/usr/src/linux-headers-{VERSION}"
        (headers / "scripts/basic").mkdir(parents=True)
        (headers / "scripts/basic/fixdep").write_bytes(b"\x7fELF")
        (headers / "Makefile").write_text("include /usr/src/linux-headers-6.12.1-common/Makefile\n", encoding="utf-8")
        self.headers = headers

    def fetch(self, packages):
        progress = FakeProgress()
        Builder(FakeSuite(packages), VERSION, self.folder, progress).fetch([OWN])
        return sorted(text.replace("unpacking ", "") for text in progress.texts)

    def test_suite_without_libraries(self):
        """Backports stand on the host's: its programs are left as they are. Our own source needs none of the kernel's."""
        self.assertEqual(self.fetch(HEADERS), sorted(HEADERS))
        self.assertEqual((self.headers / "scripts/basic/fixdep").read_bytes(), b"\x7fELF")
        self.assertIn(f"include {self.folder}/tree/usr/src/", (self.headers / "Makefile").read_text(encoding="utf-8"))

    def test_suite_with_libraries(self):
        loader = self.folder / "tree/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"
        loader.parent.mkdir(parents=True)
        loader.write_bytes(b"")
        self.assertEqual(self.fetch({**HEADERS, **LIBRARIES}), sorted([*HEADERS, *LIBRARIES]))
        self.assertIn(str(loader), (self.headers / "scripts/basic/fixdep").read_text(encoding="utf-8"))

    def test_headers_are_missing(self):
        for name in HEADERS:
            packages = {other: depends for other, depends in HEADERS.items() if other != name}
            with self.assertRaisesRegex(LaunchError, f"{name}, which modules for Linux {VERSION} are built with, was not found"):
                self.fetch(packages)


if __name__ == "__main__":
    unittest.main()
