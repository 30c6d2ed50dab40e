#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""igvm diff, inspect --map and --extract: igvm_show.py TOOL."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

import igvm_format as f
import igvm_samples

TOOL = ""


class Show(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.all = self.file("all.igvm", igvm_samples.all_types())

    def file(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def run_tool(self, *words, status=0):
        done = subprocess.run([TOOL, *map(str, words)], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout if status != 2 else done.stderr

    def diff(self, one, other):
        return self.run_tool("diff", self.file("a", f.image(*one)), self.file("b", f.image(*other)), status=1)

    def test_no_difference(self):
        self.assertEqual(self.run_tool("diff", self.all, self.all), "")
        moved = [[f.platform(), f.page(offset=("data", at))] for at in (0, 64)]
        data = [bytes(at) + b"x" * f.PAGE for at in (0, 64)]
        paths = [self.file(str(at), f.image(headers, part)) for at, (headers, part) in enumerate(zip(moved, data))]
        self.assertEqual(self.run_tool("diff", *paths), "")

    def test_differences(self):
        base = [f.platform(), f.policy(), f.page(0x1000), f.page(0x2000)]
        self.assertIn("- PAGE_DATA 0x2000 (header 3 at 0x68)", self.diff([base], [base[:-1]]))
        self.assertIn("+ PAGE_DATA 0x3000", self.diff([base], [[*base, f.page(0x3000)]]))
        self.assertIn("! GUEST_POLICY (header 1 at 0x30): content differs from byte 0x0",
                      self.diff([base], [[base[0], f.policy(value=0x30001), *base[2:]]]))
        filled = [f.platform(), f.page(0x1000, offset=("data", 0))]
        text = self.diff([filled, b"a" * f.PAGE], [filled, b"a" * 100 + b"b" * (f.PAGE - 100)])
        self.assertEqual(text, "! PAGE_DATA 0x1000 (header 1 at 0x30): data differs from byte 0x64\n")
        self.assertIn("format version", self.diff([base], [base, bytes(16), 2]))

    def test_map(self):
        text = self.run_tool("inspect", self.all, "--map")
        for name in ("native", "vsm", "sev-snp", "tdx", "sev", "sev-es"):
            self.assertIn(f"{name}:\n", text)
        snp = text[text.index("sev-snp:"):text.index("tdx:")]
        self.assertRegex(snp, r"0x1000  \| data +4 KiB \|\n +0x2000  \| zeros +4 KiB \|\n +0x3000  \| secrets")
        self.assertRegex(snp, r"0x4000  \| cpuid +4 KiB")
        self.assertRegex(snp, r"0x10000  \| parameters +8 KiB \|")

    def test_extract(self):
        output = self.folder / "pages"
        self.run_tool("inspect", self.all, "--extract", "0x1000-0x3000", "--output", output)
        self.assertEqual(output.read_bytes(), b"page".ljust(f.PAGE, b".") + bytes(f.PAGE))
        self.run_tool("inspect", self.all, "--extract", "0-4K", "--output", output)
        self.assertEqual(output.read_bytes(), bytes(f.PAGE))

    def test_wrong_usage(self):
        for words in (["--extract", "0x1000", "--output", "x"], ["--extract", "0x1000-0x1000", "--output", "x"],
                      ["--extract", "1-2", "--output", "x"], ["--extract", "0-4K"], ["--output", "x"],
                      ["--extract", "0-2G", "--output", "x"]):
            self.assertIn("; try 'igvm inspect --help'", self.run_tool("inspect", self.all, *words, status=2))


if __name__ == "__main__":
    TOOL = sys.argv.pop(1)
    unittest.main()
