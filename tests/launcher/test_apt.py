# SPDX-License-Identifier: MIT
"""How package indexes are fetched, with an apt-get that answers from here."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from copra import apt  # noqa: E402
from copra.errors import LaunchError  # noqa: E402

EXPIRED = ("E: Release file for http://mirror.test/debian/dists/testing/InRelease is expired (invalid since 16d 22h). "
           "Updates for this repository will not be applied.\n")
MISSING = "E: The repository 'http://mirror.test/debian testing Release' does not have a Release file.\n"


class Progress:
    """Gives one answer (what apt-get says on stderr, nothing when all is well) for each run."""

    def __init__(self, *answers):
        self._answers = list(answers)
        self.commands = []
        self.notes = []

    def run(self, _, command, **__):
        self.commands.append(command)
        error = self._answers.pop(0)
        return subprocess.CompletedProcess(command, 100 if error else 0, "", error)

    def note(self, text):
        self.notes.append(text)


@mock.patch.object(apt, "find_keyring", lambda: "/keyring")
@mock.patch.dict(os.environ, {"COPRA_MIRROR": "http://mirror.test/debian"})
class Index(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.cache = Path(folder.name)

    def update(self, *answers):
        progress = Progress(*answers)
        with mock.patch.object(apt, "INDEX_SPACE", 0):
            apt.Suite(self.cache, "testing", progress).update()
        return progress

    def ready(self):
        return (self.cache / "apt/testing/ready").exists()

    def test_fetched(self):
        progress = self.update("")
        self.assertEqual((len(progress.commands), progress.notes, self.ready()), (1, [], True))

    def test_expired_is_taken_and_said(self):
        progress = self.update(EXPIRED, "")
        self.assertIn("Acquire::Check-Valid-Until=false", progress.commands[1])
        self.assertIn("invalid since 16d 22h", progress.notes[0])
        self.assertTrue(self.ready())

    def test_refused(self):
        for answers in ((MISSING,), (EXPIRED, MISSING)):
            with self.assertRaisesRegex(LaunchError, "does not have a Release file"):
                self.update(*answers)
            self.assertFalse(self.ready())


class Mirror(unittest.TestCase):
    def find(self, *outputs):
        answers = [subprocess.CompletedProcess([], 0, output, "") for output in outputs]
        environment = {name: value for name, value in os.environ.items() if name != "COPRA_MIRROR"}
        with mock.patch.object(subprocess, "run", side_effect=answers), mock.patch.dict(os.environ, environment, clear=True), \
                mock.patch.object(apt, "host_release", lambda: ("debian", "trixie")), \
                mock.patch.object(apt.shutil, "which", lambda name: name):
            return apt.find_mirror()

    def test_from_lists(self):
        self.assertEqual(self.find("http://other.test/ubuntu/ noble Ubuntu\nhttp://mirror.test/debian/ trixie Debian\n"),
                         "http://mirror.test/debian")

    def test_before_lists(self):
        lines = "'http://mirror.test/security/dists/trixie-security/InRelease' a 0\n'http://mirror.test/debian/dists/trixie/InRelease' b 0\n"
        self.assertEqual(self.find("", lines), "http://mirror.test/debian")

    def test_none(self):
        self.assertRaisesRegex(LaunchError, "COPRA_MIRROR", self.find, "", "")


@mock.patch.object(apt, "find_keyring", lambda: "/keyring")
@mock.patch.dict(os.environ, {"COPRA_MIRROR": "http://mirror.test/debian"})
class Source(unittest.TestCase):
    def test_versions(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(apt, "INDEX_SPACE", 0):
            progress = mock.Mock()
            listing = "Package: qemu\nVersion: 1:10.2.2+ds-1\n\nPackage: qemu\nVersion: 1:11.1.3+ds-1\n"
            progress.run.side_effect = [subprocess.CompletedProcess([], 0, "", ""), subprocess.CompletedProcess([], 0, listing, "")]
            suite = apt.SourceSuite(Path(folder), "unstable", progress)
            self.assertEqual(suite.versions("qemu"), ["1:10.2.2+ds-1", "1:11.1.3+ds-1"])
            sources = (Path(folder) / "apt/unstable-source/sources.list").read_text(encoding="utf-8")
            self.assertEqual(sources, "deb-src [signed-by=/keyring] http://mirror.test/debian unstable main\n")


if __name__ == "__main__":
    unittest.main()
