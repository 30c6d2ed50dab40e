#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Hostile files get the error that names the header and the offset: igvm_hostile.py TOOL LIBRARY (the shared libigvm)."""

import ctypes
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

import igvm_corpus
import igvm_samples

HERE = pathlib.Path(__file__).resolve().parent
TOOL = ""
LIBRARY = ""


def offset_of(data, index):
    """Where header number `index` starts."""
    at = struct.unpack_from("<I", data, 8)[0]
    for _ in range(index):
        at += 8 + (struct.unpack_from("<I", data, at + 4)[0] + 7) // 8 * 8
    return at


class Hostile(unittest.TestCase):
    def test_files_in_the_tree_are_the_scripts(self):
        with tempfile.TemporaryDirectory() as folder:
            igvm_corpus.write(pathlib.Path(folder))
            made = {path.name: path.read_bytes() for path in pathlib.Path(folder).iterdir()}
        kept = {path.name: path.read_bytes() for path in (HERE / "data/hostile").iterdir()}
        self.assertEqual(kept.keys(), made.keys())
        self.assertEqual([name for name in made if made[name] != kept[name]], [])

    def test_the_tool_names_header_and_offset(self):
        for name, case in igvm_corpus.cases().items():
            path = HERE / f"data/hostile/{name}.igvm"
            done = subprocess.run([TOOL, "inspect", path], capture_output=True, text=True, check=False)
            with self.subTest(name):
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertIn(case.text, done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1)
                if case.header is not igvm_corpus.FIXED:
                    self.assertIn(f": header {case.header} at 0x{offset_of(case.data, case.header):x}: ", done.stderr)
                else:
                    self.assertRegex(done.stderr, r": at 0x[0-9a-f]+: ")

    def test_the_library_answers_with_the_code(self):
        library = ctypes.CDLL(LIBRARY)
        for name, case in igvm_corpus.cases().items():
            with self.subTest(name):
                self.assertEqual(library.igvm_new_from_binary(case.data, len(case.data)), case.flaw)

    def test_the_library_takes_good_files(self):
        library = ctypes.CDLL(LIBRARY)
        for make in igvm_samples.SAMPLES.values():
            data = make()
            handle = library.igvm_new_from_binary(data, len(data))
            self.assertGreater(handle, 0)
            library.igvm_free(handle)
            self.assertEqual(library.igvm_header_count(handle, 0), -4)


if __name__ == "__main__":
    LIBRARY = sys.argv.pop(2)
    TOOL = sys.argv.pop(1)
    unittest.main()
