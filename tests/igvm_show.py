#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""igvm diff, inspect --map and --extract: igvm_show.py TOOL."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import digest
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
        text = self.diff([[f.platform(), f.policy(value=0x30000)]], [[f.platform(), f.policy(value=0xB0000)]])
        self.assertIn("byte 0x2\n  - policy=0x30000 mask=0x1 smt\n  + policy=0xb0000 mask=0x1 smt debug\n", text)
        self.assertIn("format version", self.diff([base], [base, bytes(16), 2]))

    def test_map(self):
        text = self.run_tool("inspect", self.all, "--map")
        for name in ("native", "vsm", "sev-snp", "tdx", "sev", "sev-es"):
            self.assertIn(f"Memory of {name}:\n", text)
        snp = text[text.index("sev-snp:"):text.index("tdx:")]
        self.assertRegex(snp, r"0x1000  \| data +4 KiB \|\n +0x2000  \| zeros +4 KiB \|\n +0x3000  \| secrets")
        self.assertRegex(snp, r"0x4000  \| cpuid +4 KiB")
        self.assertRegex(snp, r"0x10000  \| parameters +8 KiB \|")

    def test_required_memory_stands_beside_the_map(self):
        path = self.file("required.igvm", f.image([f.platform(), f.page(0x1000), f.required(0x1000, 1, 0x4000)], bytes(8)))
        self.assertIn("  required: 16 KiB from 0x1000\n", self.run_tool("inspect", path, "--map"))

    def test_every_header_has_its_fields(self):
        shown = json.loads(self.run_tool("inspect", self.all, "--json"))["headers"]
        by_type = {header["type"]: header for header in reversed(shown)}
        self.assertEqual(len(shown), len(list(digest.headers(self.all.read_bytes()))))
        for kind, fields in {
                "SUPPORTED_PLATFORM": {"mask", "platform", "version", "highest_vtl", "shared_gpa_boundary"},
                "GUEST_POLICY": {"mask", "policy", "smt", "migration_agent", "debug", "single_socket"}, "CORIM_DOCUMENT": {"mask", "file_offset", "bytes"},
                "RELOCATABLE_REGION": {"mask", "gpa", "bytes", "minimum", "maximum", "alignment", "vp_index", "vtl", "flags"},
                "PAGE_TABLE_RELOCATION_REGION": {"mask", "gpa", "bytes", "used_bytes", "vp_index", "vtl"},
                "PARAMETER_AREA": {"area", "bytes", "file_offset"}, "PARAMETER_INSERT": {"area", "gpa", "mask"},
                "PAGE_DATA": {"gpa", "mask", "page", "file_offset", "unmeasured", "shared"}, "MADT": {"area", "byte_offset"},
                "REQUIRED_MEMORY": {"gpa", "mask", "bytes", "vtl2_protectable"}, "ERROR_RANGE": {"gpa", "mask", "bytes"},
                "SNP_ID_BLOCK": {"mask", "launch_digest", "family_id", "image_id", "version", "guest_svn", "id_key_algorithm",
                                 "author_key_algorithm", "author_key"},
                "VBS_MEASUREMENT": {"mask", "version", "product_id", "module_id", "security_version", "policy_flags",
                                    "digest_algorithm", "signing_algorithm", "digest"},
                "VP_CONTEXT": {"gpa", "mask", "vp_index", "file_offset", "rip", "sev_features"}}.items():
            self.assertEqual(by_type[kind].keys() - {"type", "offset"}, fields)
        self.assertEqual(by_type["RELOCATABLE_REGION"]["maximum"], "0x10000000")
        self.assertEqual(by_type["SNP_ID_BLOCK"]["launch_digest"], bytes(range(48)).hex())
        contexts = [header for header in shown if header["type"] == "VP_CONTEXT"]
        self.assertEqual([context.get("rip") is None for context in contexts], [False, False, True, False, False])
        self.assertEqual(contexts[2]["registers"], 2)
        for value, flags in ((0x30000, "smt"), (0xA0000, "debug"), (0x160000, "migration_agent single_socket")):
            path = self.file("policy.igvm", f.image([f.platform(), f.policy(value=value)], bytes(8)))
            self.assertIn(f"policy=0x{value:x} mask=0x1 {flags}\n", self.run_tool("inspect", path))

    def test_arm_contents(self):
        shown = self.run_tool("inspect", self.file("arm.igvm", igvm_samples.SAMPLES["arm"]()))
        self.assertRegex(shown, r"CCA_POLICY +mask=0x\w+ required_zeroes=0x\w+ required_ones=0x\w+ hash_algorithm=\d lfa_policy=\d\n")

    def test_pages_that_follow_each_other_share_a_line(self):
        data = bytes(3 * f.PAGE)
        pages = [f.page(0x1000 * n, offset=("data", f.PAGE * n)) for n in range(3)]
        zeros = [f.page(0x1000 * n) for n in range(3, 6)] + [f.page(0x8000), f.page(0x9000, flags=2), f.page(0xA000)]
        path = self.file("pages.igvm", f.image([f.platform(), *pages, *zeros], data))
        text = self.run_tool("inspect", path)
        self.assertRegex(text, r"(?m)^ +1-3 +0x30  PAGE_DATA +gpa=0x0 mask=0x1 page=normal file_offset=0x\w+ pages=3$")
        self.assertRegex(text, r"(?m)^ +4-6 .* gpa=0x3000 mask=0x1 page=normal file_offset=0x0 pages=3$")
        self.assertEqual(text.partition("\n\nMemory")[0].count("PAGE_DATA"), 5)
        self.assertEqual(self.run_tool("inspect", path, "--all").partition("\n\nMemory")[0].count("PAGE_DATA"), 9)

    def test_a_file_that_becomes_shorter(self):
        """The tool waits for us to read what it prints, and so has not yet looked at the file's end when we cut it off."""
        path = self.file("long.igvm", f.image([f.platform(), *[f.page(0x2000 * n) for n in range(20000)]], bytes(8)))
        with subprocess.Popen([TOOL, "inspect", "--json", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as tool:
            tool.stdout.read(1)
            with open(path, "r+b") as file:
                file.truncate(f.PAGE)
            _, message = tool.communicate()
        self.assertEqual((tool.returncode, message), (1, b"igvm: a file became shorter while it was read\n"))

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
