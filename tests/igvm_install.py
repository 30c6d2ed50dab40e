#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What `meson install` puts where: a program compiles and runs against libigvm, shared and static, by pkg-config alone; the tool."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "tests/fuzz/corpus/libigvm/all"
PUBLIC = {"igvm_new_from_binary", "igvm_free", "igvm_header_count", "igvm_get_header_type", "igvm_get_header",
          "igvm_get_header_data", "igvm_get_buffer", "igvm_get_buffer_size", "igvm_free_buffer"}
PROGRAM = r"""
#define packed __attribute__((packed))
#include <igvm/igvm.h>
#include <igvm/igvm_defs.h>
#include <stdio.h>

static uint8_t bytes[1 << 20];

int main(int count, char **words)
{
	FILE *file = fopen(words[count - 1], "rb");
	IgvmHandle igvm = igvm_new_from_binary(bytes, (uint32_t)fread(bytes, 1, sizeof(bytes), file));
	IgvmHandle header = igvm_get_header(igvm, IGVM_HEADER_SECTION_PLATFORM, 2);
	const IGVM_VHS_SUPPORTED_PLATFORM *platform =
		(const void *)(igvm_get_buffer(igvm, header) + sizeof(IGVM_VHS_VARIABLE_HEADER));
	printf("%d %d\n", igvm_header_count(igvm, IGVM_HEADER_SECTION_DIRECTIVE), platform->platform_type);
	igvm_free(igvm);
	return igvm > 0 ? 0 : 1;
}
"""


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.prefix = cls.folder / "prefix"
        cls.run_words("meson", "setup", cls.folder / "build", ROOT, "-Dparts=tools", f"--prefix={cls.prefix}", "--libdir=lib")
        cls.run_words("meson", "install", "-C", cls.folder / "build")
        (cls.folder / "program.c").write_text(PROGRAM, encoding="ascii")

    @classmethod
    def run_words(cls, *words):
        environment = dict(os.environ, PKG_CONFIG_PATH=str(cls.prefix / "lib/pkgconfig"), LD_LIBRARY_PATH=str(cls.prefix / "lib"))
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True, env=environment, check=False)
        if done.returncode:
            raise AssertionError(f"{words}: {done.stdout}{done.stderr}")
        return done.stdout

    def compile(self, *words):
        flags = self.run_words("pkg-config", "--cflags", "igvm").split()
        program = self.folder / "program"
        self.run_words("cc", "-Wall", "-Wextra", "-Werror", "-std=gnu11", *flags, self.folder / "program.c", "-o", program, *words)
        self.assertEqual(self.run_words(program, SAMPLE), "31 2\n")
        return self.run_words("readelf", "-d", program)

    def test_shared(self):
        needed = self.compile(*self.run_words("pkg-config", "--libs", "igvm >= 0.3.0").split())
        self.assertIn("[libigvm.so.0]", needed)

    def test_static(self):
        self.assertNotIn("libigvm", self.compile(self.prefix / "lib/libigvm.a"))

    @unittest.skipUnless(shutil.which("c++"), "no C++ compiler")
    def test_headers_in_cpp(self):
        source = self.folder / "program.cpp"
        source.write_text(PROGRAM.replace("(const void *)", "(const IGVM_VHS_SUPPORTED_PLATFORM *)"), encoding="ascii")
        flags = self.run_words("pkg-config", "--cflags", "igvm").split()
        program = self.folder / "program_cpp"
        self.run_words("c++", "-Wall", "-Wextra", "-Werror", *flags, source, "-o", program, self.prefix / "lib/libigvm.a")
        self.assertEqual(self.run_words(program, SAMPLE), "31 2\n")

    def test_the_tool_and_its_man_page(self):
        self.assertIn("igvm", self.run_words(self.prefix / "bin/igvm", "--version"))
        self.assertTrue((self.prefix / "share/man/man1/igvm.1").is_file())

    def test_nothing_else_is_exported(self):
        shared = self.run_words("nm", "-D", "--defined-only", self.prefix / "lib/libigvm.so").splitlines()
        names = {line.split()[-1] for line in shared}
        self.assertEqual({name.partition("@@")[0] for name in names} - {"IGVM_0.3"}, PUBLIC)
        self.assertTrue(all(name == "IGVM_0.3" or name.endswith("@@IGVM_0.3") for name in names))
        static = self.run_words("nm", "-g", "--defined-only", self.prefix / "lib/libigvm.a").splitlines()
        self.assertEqual({line.split()[-1] for line in static if len(line.split()) == 3}, PUBLIC)


if __name__ == "__main__":
    unittest.main()
