# SPDX-License-Identifier: MIT
"""Modules built for a stock kernel: what is fetched for them, what is kept, and what the launcher's options allow."""

import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path
from subprocess import CompletedProcess
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from copra import hotplug, initramfs  # noqa: E402
from copra.artefacts import Kernel  # noqa: E402
from copra.errors import LaunchError  # noqa: E402
from copra.kernelbuild import Builder, Part  # noqa: E402
from copra.options import check_options, make_parser, parse_arguments  # noqa: E402

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


class Keeping(unittest.TestCase):
    def make(self, cache, source):
        """The module's path, and whether it was built."""
        kernel = Kernel(VERSION, Path("k"), Path("m"), "backports")
        with mock.patch.object(hotplug, "SOURCE", source), mock.patch.object(hotplug, "builder_of") as builder_of:
            builder = builder_of.return_value.__enter__.return_value
            builder.build.return_value = {hotplug.NAME: source.read_bytes()}
            return hotplug.make_module(cache, kernel, None), builder.build.called

    def test_built_once_for_each_source(self):
        with tempfile.TemporaryDirectory() as folder:
            cache, source = Path(folder) / "cache", Path(folder) / "source.c"
            source.write_bytes(b"first")
            path, built = self.make(cache, source)
            self.assertEqual((path.read_bytes(), built), (b"first", True))
            self.assertEqual(self.make(cache, source), (path, False))
            source.write_bytes(b"second")
            other, built = self.make(cache, source)
            self.assertEqual((path.read_bytes(), other.read_bytes(), built), (b"first", b"second", True))

    def test_loaded_when_wanted(self):
        with tempfile.TemporaryDirectory() as folder:
            module = Path(folder) / f"{hotplug.NAME}.ko"
            module.write_bytes(b"\0depends=\0")
            busybox = Path(folder) / "busybox"
            busybox.write_bytes(b"\x7fELF")
            for wanted, settings in ((True, f"modules='{hotplug.NAME}'"), (False, "modules=''")):
                data = initramfs.build(busybox, Kernel(VERSION, Path("k"), None), initramfs.Wanted(
                    "id", "t", cpu_hotplug=wanted, more_modules=[module] * wanted))
                self.assertIn(settings.encode(), data)


class Options(unittest.TestCase):
    def refused(self, *words):
        """What is said about them."""
        parser, err = make_parser(), io.StringIO()
        with contextlib.redirect_stderr(err), self.assertRaises(SystemExit) as caught:
            check_options(parser, parse_arguments(parser, ["run", *words]))
        self.assertEqual(caught.exception.code, 2)
        return err.getvalue()

    def test_cpu_hotplug(self):
        self.assertIn("--kernel does not go with it", self.refused("--cpu-hotplug", "--kernel", "file"))
        self.assertIn("--initrd does not go with it", self.refused("--cpu-hotplug", "--initrd", "file"))
        self.assertIn("--cpu-hotplug does not go with it", self.refused("--cpu-hotplug", "--igvm", "file"))
        self.assertIn("--cpu-hotplug needs --platform snp", self.refused("--cpu-hotplug", "--platform", "plain"))


if __name__ == "__main__":
    unittest.main()
