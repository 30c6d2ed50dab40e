# SPDX-License-Identifier: MIT
"""What the boot tests share: running ./copra and the igvm tool, guests to try, the trace."""

import os
import re
import sys
import tempfile
import unittest
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from testing.commands import run_command  # noqa: E402

BUILD = ROOT / os.environ.get("COPRA_BUILD", "build")
IGVM = BUILD / "tools/igvm/igvm"
SVSM = BUILD / "svsm/copra-svsm.elf"
BOOT_SECONDS = 240  # what a boot may take on a slow and busy machine before it counts as hanging
EXTRA_SECONDS = 300  # and everything around it: fetching, building


class Run(NamedTuple):
    status: int
    out: str
    err: str

    def describe(self):
        return f"status {self.status}\n--- stdout\n{self.out[-4000:]}\n--- stderr\n{self.err[-4000:]}{self._log()}"

    def _log(self):
        match = re.search(r"copra: log: (.*)", self.err)
        if not match or not Path(match[1]).is_file():
            return ""
        return "\n--- end of the log\n" + Path(match[1]).read_text(encoding="utf-8", errors="replace")[-4000:]


def run(command, seconds, **options):
    """Runs a program; one that is not there, or not done in time, is an error of the test."""
    done = run_command(command, seconds, apart=True, **options)
    if done.status is None:
        raise AssertionError(f"{command[0]}: {done.output[-4000:]}{done.errors[-4000:]}")
    return Run(done.status, done.output, done.errors)


class Boot(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="copra-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def copra(self, *words, timeout=BOOT_SECONDS, **options):
        """Runs ./copra run; --timeout makes a hang status 4."""
        return run([ROOT / "copra", "run", "--timeout", timeout, *words], timeout + EXTRA_SECONDS, **options)

    def boots(self, *words, **options):
        """Standard output of a run that must succeed."""
        done = self.copra(*words, **options)
        self.assertEqual(done.status, 0, done.describe())
        return done.out

    def ends(self, done, status, *texts):
        """The run ended with that status and says each of the texts on stderr."""
        self.assertEqual(done.status, status, done.describe())
        for text in texts:
            self.assertIn(text, done.err, done.describe())

    def igvm_build(self, *words):
        """An IGVM file of the SVSM built here."""
        path = self.folder / f"built-{len(list(self.folder.iterdir()))}.igvm"
        done = run([IGVM, "build", "--kernel-image", SVSM, "--output", path, *words], 60)
        self.assertEqual(done.status, 0, done.describe())
        return path

    def program(self, name):
        """An IGVM file with one of the programs of guests/."""
        return self.igvm_build("--program", BUILD / f"guests/{name}.bin")

    def conformance(self, cpus=1):
        """An IGVM file whose firmware is the conformance guest."""
        return self.igvm_build("--firmware", BUILD / "guests/conformance.fd", "--cpus", str(cpus))

    def conforms(self, done):
        """The conformance guest went through, and all its tests passed. What it wrote."""
        self.assertEqual(done.status, 0, done.describe())
        plan = re.search(r"^1\.\.(\d+)$", done.out, re.MULTILINE)
        self.assertGreater(int(plan[1]) if plan else 0, 0, done.describe())
        self.assertEqual(len(re.findall(r"^ok ", done.out, re.MULTILINE)), int(plan[1]), done.describe())
        self.assertNotIn("not ok", done.out)
        return done.out

    def artefact(self, name):
        """A path of `copra artefacts`."""
        done = run([ROOT / "copra", "artefacts"], EXTRA_SECONDS)
        self.assertEqual(done.status, 0, done.describe())
        return Path(dict(line.split("=", 1) for line in done.out.splitlines())[name])
