#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each check of scripts/lint finds what it is for, and is silent on clean files."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
SPDX = "/* SPDX-License-Identifier: MIT */\n"
SKIP_STATUS = 77  # of scripts/lint
HEADER = SPDX + "#pragma once\n"


class Lint(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for name in (".clang-format", ".clang-tidy"):
            self.write(name, (ROOT / name).read_text())

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def compiled(self, path, text):
        """A C file that the build folder knows."""
        self.write(path, text)
        entry = {"directory": str(self.root), "file": path, "command": f"cc -std=gnu11 -fstrange -c {path}"}
        self.write("build/compile_commands.json", json.dumps([entry]))

    def lint(self, check):
        command = [sys.executable, str(ROOT / "scripts/lint"), "--root", str(self.root), check]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def finds(self, check, where, what):
        done = self.lint(check)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        matching = [line for line in done.stdout.splitlines() if line.startswith(where + ":") and what in line]
        self.assertTrue(matching, f"{where} {what!r} is not in:\n{done.stdout}{done.stderr}")

    def clean(self, check):
        done = self.lint(check)
        if done.returncode == SKIP_STATUS:
            self.skipTest(done.stderr.strip())
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def test_format(self):
        self.write("lib/base/a.c", SPDX + "\nint a;\n")
        self.clean("format")
        self.write("lib/base/b.c", SPDX + "\nint  b;\n")
        self.finds("format", "lib/base/b.c:3", "clang-format")

    def test_tidy(self):
        self.compiled("lib/base/a.c", SPDX + "\nint add(int a, int b)\n{\n\treturn a + b;\n}\n")
        self.clean("tidy")
        self.compiled("lib/base/a.c", SPDX + "\nint badName;\n")
        self.finds("tidy", "lib/base/a.c:3", "badName")
        self.finds("tidy", "lib/base/a.c:3", "badName")  # from the cache

    def test_tidy_sees_a_changed_header(self):
        self.write("lib/base/a.h", HEADER + "int good(void);\n")
        self.compiled("lib/base/a.c", SPDX + '#include "a.h"\n')
        self.clean("tidy")
        self.write("lib/base/a.h", HEADER + "int badName(void);\n")
        self.finds("tidy", "lib/base/a.h:3", "badName")

    def test_tidy_refuses_depth(self):
        body = "if (a) {if (a > 1) {if (a > 2) {if (a > 3) {return 1;}}}}"
        self.compiled("lib/base/a.c", SPDX + f"int deep(int a) {{ {body} return 0; }}\n")
        self.finds("tidy", "lib/base/a.c:2", "deep")

    def test_sizes(self):
        body = "\tg();\n" * 57
        self.write("lib/base/a.c", SPDX + "void f(void)\n{\n" + body + "}\n")
        self.clean("sizes")
        self.write("lib/base/a.c", SPDX + "void f(void)\n{\n\t/* } */\n" + body + "}\n")
        self.finds("sizes", "lib/base/a.c:2", "f has 61 lines")
        self.write("lib/base/a.c", SPDX + "int g(int a, int b, int (*c)(int, int), int d, int e, int f)\n{\n}\n")
        self.finds("sizes", "lib/base/a.c:2", "g has 6 parameters")
        self.write("lib/base/a.c", SPDX + "\n" * 500)
        self.finds("sizes", "lib/base/a.c:500", "501 lines")
        self.write("tests/a.py", "def f():\n" + "    g()\n" * 60)
        self.finds("sizes", "tests/a.py:1", "61 lines")

    def test_scripts(self):
        self.write("scripts/a.py", "import os\n")
        self.write("scripts/b", "#!/bin/sh\nif true; then :; fi\n")
        self.clean("scripts")
        self.write("scripts/a.py", "import os\nimport requests\n")
        self.finds("scripts", "scripts/a.py:2", "requests")
        self.write("scripts/b", "#!/bin/sh\nif true\n")
        self.finds("scripts", "scripts/b:1", "does not parse")

    def rooms(self):
        for path in ("include/copra/a.h", "lib/base/a.h", "svsm/mm/a.h", "svsm/platform/platform.h", "svsm/guest/a.h",
                     "svsm/protocol/a.h", "svsm/dev/a.h", "svsm/platform/snp/a.h", "machine/cpu/a.h"):
            self.write(path, HEADER)

    def test_arrows_allow(self):
        self.rooms()
        allowed = '#include <stdint.h>\n#include <copra/a.h>\n#include "base/a.h"\n'
        self.write("svsm/protocol/b.c", SPDX + allowed + '#include "guest/a.h"\n#include "platform/platform.h"\n')
        self.write("svsm/boot/b.c", SPDX + allowed + '#include "protocol/a.h"\n#include "platform/snp/a.h"\n')
        self.write("svsm/platform/snp/b.c", SPDX + allowed + '#include "mm/a.h"\n')
        self.write("tests/unit/b.c", SPDX + allowed + '#include <stdio.h>\n#include "protocol/a.h"\n')
        self.write("guests/linux/b.c", SPDX + "#include <linux/module.h>\n#include <asm/sev.h>\n")
        self.clean("arrows")

    def test_arrows_refuse(self):
        self.rooms()
        for path, include in (
            ("lib/base/b.c", '"mm/a.h"'), ("lib/base/b.c", "<stdio.h>"), ("svsm/mm/b.c", '"guest/a.h"'),
            ("svsm/guest/b.c", '"protocol/a.h"'), ("svsm/platform/snp/b.c", '"guest/a.h"'),
            ("svsm/guest/b.c", '"platform/snp/a.h"'), ("machine/cpu/b.c", '"guest/a.h"'),
            ("machine/x86/b.c", '"cpu/a.h"'), ("machine/none/b.c", '"cpu/a.h"'),
            ("svsm/cpu/b.c", '"mm/a.h"'), ("svsm/mm/b.c", '"a.h"'), ("svsm/mm/b.c", '"mm/none.h"'),
            ("svsm/mm/b.c", "<copra/none.h>"), ("include/copra/b.h", '"base/a.h"'), ("svsm/platform/platform.h", '"mm/a.h"'),
            ("guests/linux/b.c", "<stdio.h>"), ("guests/hang/b.c", "<linux/module.h>"),
        ):
            with self.subTest(path=path, include=include):
                self.rooms()
                self.write(path, HEADER + f"#include {include}\n")
                self.finds("arrows", f"{path}:3", "")
                (self.root / path).unlink()

    def test_arrows_by_link(self):
        self.write("machine/cpu/a.h", HEADER + "void cpu_a(void);\nnoreturn_fn void exit_b(int b,\n\tint c);\n")
        self.write("machine/cpu/a.c", SPDX + "void cpu_a(void)\n{\n}\n")
        self.write("machine/exit/b.c", SPDX + "static void cpu_a(void)\n{\n}\n")
        self.clean("arrows")
        self.write("machine/exit/b.c", SPDX + "void exit_b(int b, int c)\n{\n}\n")
        self.finds("arrows", "machine/cpu/a.h:4", "machine/exit/b.c")

    def test_arrows_form(self):
        self.write("lib/base/a.h", SPDX)
        self.finds("arrows", "lib/base/a.h:1", "pragma once")
        self.write("lib/base/a.c", "int a;\n")
        self.finds("arrows", "lib/base/a.c:1", "SPDX")
        self.write("scripts/a", "#!/bin/sh\n")
        self.finds("arrows", "scripts/a:1", "SPDX")

    def test_assembly(self):
        listed = 'static inline void halt(void)\n{\n\t__asm__ volatile("hlt");\n}\n'
        self.write("machine/x86/instructions.h", HEADER + listed)
        self.write("svsm/mm/a.c", SPDX + '/* asm */\nconst char *a = "asm";\n')
        self.write("guests/linux/a.c", SPDX + "#include <asm/sev.h>\n")
        self.clean("assembly")
        self.write("svsm/mm/a.c", SPDX + listed)
        self.finds("assembly", "svsm/mm/a.c:4", "inline assembly")

    def test_words(self):
        self.write("docs/caveats.md", "`known`: why\n")
        self.write("lib/base/a.c", SPDX + "/* T" "ODO(known): later */\n")
        self.clean("words")
        self.write("lib/base/b.c", SPDX + "/* F" "IXME(unknown) */\n")
        self.finds("words", "lib/base/b.c:2", "caveats")
        self.write("lib/base/b.c", SPDX + "/* /wor" "k/x */\n")
        self.finds("words", "lib/base/b.c:2", "absolute path")
        self.write("lib/base/b.c", SPDX + "/* pypi" ".org */\n")
        self.finds("words", "lib/base/b.c:2", "registry")

    def test_locks(self):
        lock = ('#define A(x) __attribute__((x))\nstruct A(capability("mutex")) lock {\n\tint l;\n};\n'
                "struct lock l;\nint guarded A(guarded_by(l));\nvoid take(struct lock *k) A(acquire_capability(*k));\n"
                "void drop(struct lock *k) A(release_capability(*k));\n")
        self.compiled("svsm/mm/a.c", SPDX + lock + "void f(void)\n{\n\ttake(&l);\n\tguarded = 1;\n\tdrop(&l);\n}\n")
        self.clean("locks")
        self.compiled("svsm/mm/a.c", SPDX + lock + "void f(void)\n{\n\tguarded = 1;\n}\n")
        self.finds("locks", "svsm/mm/a.c:12", "guarded")

    def test_warnings(self):
        self.compiled("lib/base/a.c", SPDX + "int f(int a);\nint f(int a)\n{\n\treturn a;\n}\n")
        self.clean("warnings")
        self.compiled("lib/base/a.c", SPDX + "unsigned f(int a);\nunsigned f(int a)\n{\n\treturn a;\n}\n")
        self.finds("warnings", "lib/base/a.c:5", "sign")

    def test_reasons(self):
        self.write("svsm/platform/platform.h", "enum a {\n\tTERMINATE_A = 1,\n\tTERMINATE_B = 2,\n};\n")
        self.write("docs/termination.md", "| 1 | `TERMINATE_A` | |\n| 2 | `TERMINATE_B` | |\n")
        self.clean("reasons")
        self.write("docs/termination.md", "| 1 | `TERMINATE_A` | |\n| 3 | `TERMINATE_C` | |\n")
        self.finds("reasons", "svsm/platform/platform.h:3", "TERMINATE_B = 2")
        self.finds("reasons", "docs/termination.md:2", "TERMINATE_C = 3")

    def test_links(self):
        self.write("docs/a.md", "[b](b.md#x) [c](../lib/c.h) [web](https://example.org) `lib/c.h` `lib`\n")
        self.write("docs/b.md", "")
        self.write("lib/c.h", HEADER)
        self.clean("links")
        self.write("docs/a.md", "[b](none.md)\n`lib/none.h`\n")
        self.finds("links", "docs/a.md:1", "docs/none.md")
        self.finds("links", "docs/a.md:2", "lib/none.h")

    def image(self, *sources, flags=()):
        """Links freestanding C text into build/svsm/svsm.elf."""
        self.write("a.c", "\n".join(sources))
        self.write("build/compile_commands.json", "[]")
        (self.root / "build/svsm").mkdir(exist_ok=True)
        command = ["cc", "-O2", "-ffreestanding", "-nostdlib", "-static", "-no-pie", "-fcf-protection=none", *flags]
        subprocess.run([*command, "-o", "build/svsm/svsm.elf", "a.c"], cwd=self.root, check=True, capture_output=True)

    def test_image(self):
        self.image("int a;", "void _start(void) { for (;;) { a++; } }")
        self.clean("image")
        self.image("void (*volatile a)(void);", "void _start(void) { a(); }")
        self.finds("image", "build/svsm/svsm.elf:1", "indirect branch in _start")
        self.image("int a = 1;", "void _start(void) { for (;;) { a++; } }", flags=["-Wl,--omagic"])
        self.finds("image", "build/svsm/svsm.elf:1", "writable and executable")
        self.image("char a[131073] = {1};", "void _start(void) { for (;;) { a[1]++; } }")
        self.finds("image", "build/svsm/svsm.elf:1", "text and data take")

    def test_crypto(self):
        start = "void _start(void) { for (;;) { %s } }"
        self.image("int laser_shape, shared_ecclesia;", start % "laser_shape++;")
        self.clean("crypto")
        for name in ("sha256_update", "aes_encrypt", "ecdsa_sign", "br_gcm_init", "BN_add", "EVP_sha384", "TPM2_Startup", "CryptRsaSign",
                     "TPMLIB_Process", "own_sha"):
            self.image(f"static __attribute__((noinline, used)) int {name}(void) {{ return 1; }}", start % "")
            self.finds("crypto", "build/svsm/svsm.elf:1", f"symbol {name}")
        self.image("const volatile unsigned words[] = {0x428a2f98, 0x71374491};", start % "(void)words[0];")
        self.finds("crypto", "build/svsm/svsm.elf:1", "SHA-256's constants")
        self.image(start % '__asm__("aesenc %xmm0, %xmm1");')
        self.finds("crypto", "build/svsm/svsm.elf:1", "instruction aesenc")
        self.image("int a;", start % "a++;", flags=["-Wl,--strip-all"])
        self.finds("crypto", "build/svsm/svsm.elf:1", "no symbols")

    def test_missing_image_is_a_finding(self):
        self.write("build/compile_commands.json", "[]")
        for check in ("image", "crypto"):
            self.assertEqual(self.lint(check).returncode, 1)


if __name__ == "__main__":
    unittest.main()
