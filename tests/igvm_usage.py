#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Wrong use of the igvm tool, each command and each option: igvm_usage.py TOOL MANPAGE. One line, which says what is wanted."""

import pathlib
import re
import subprocess
import sys
import unittest

TOOL, MANUAL = "", ""
NUMBERS = ["", "x", "-1", "1T", "1KK", "0x", "99999999999999999999", " 1"]
BEYOND_32 = [*NUMBERS, "0x100000000", "4G"]
CHOICES = ["", "none", "Native"]
FILE = []  # a name may be anything; whether it is there is no matter of usage
FLAG = None

# Per command: words without which it does not work, and per option values that it refuses; FLAG: takes none.
COMMANDS = {
    "build": (["--kernel-image", "k", "--output", "o"], {
        "manifest": FILE, "kernel-image": FILE, "output": FILE, "firmware": FILE, "linux": FILE, "initrd": ["i"], "append": ["a"],
        "program": FILE, "service": FILE, "platform": [*CHOICES, "tdx"], "cpus": [*BEYOND_32, "0", "25"], "memory-minimum": [*NUMBERS, "1", "8G"], "boot-vmpl": [*NUMBERS, "0", "4"],
        "base": [*NUMBERS, "0", "4K", "4G", "0xfff00000"], "size": [*NUMBERS, "0", "1M", "18M"],
        "policy": [*NUMBERS, "0"], "sev-features": [*NUMBERS, "0", "3", "5"], "serial": [*NUMBERS, "0x10000"], "debug": FLAG}),
    "inspect": (["FILE"], {"all": FLAG, "map": FLAG, "json": FLAG, "output": ["o"],
                           "extract": ["", "4K", "0-", "-4K", "0-1", "4K-4K", "8K-4K", "0-2G", "x-y"]}),
    "check": (["FILE"], {"for": [*CHOICES, "qemu"], "json": FLAG}),
    "measure": (["FILE"], {"platform": [*CHOICES, "SNP"], "zero-pages": CHOICES, "cpus": [*BEYOND_32, "0", "4097"],
                           "cpu-signature": BEYOND_32, "json": FLAG}),
    "sign": (["FILE", "--id-key", "k", "--output", "o"], {
        "id-key": FILE, "author-key": FILE, "output": FILE, "family-id": ["", "00", "g" * 32, "0" * 33], "image-id": ["", "x" * 32],
        "guest-svn": BEYOND_32, "zero-pages": CHOICES}),
    "verify": (["FILE"], {"zero-pages": CHOICES}),
    "diff": (["A", "B"], {}),
}
EXCLUSIVE = {
    "build": [["--firmware", "f", "--linux", "l"], ["--program", "p", "--linux", "l"], ["--append", "a"], ["--program", "p", "--initrd", "i"],
              ["--base", "0xffe00000", "--size", "4M"], ["--platform", "native", "--program", "p"]],
    "inspect": [["--map", "--json"], ["--all", "--map"], ["--extract", "0-4K"], ["--extract", "0-4K", "--output", "o", "--map"]],
    "measure": [["--platform", "tdx", "--cpus", "2"], ["--platform", "sev", "--cpus", "1"], ["--platform", "vbs", "--cpus", "1"]],
}


def run(*words):
    return subprocess.run([TOOL, *words], capture_output=True, text=True, check=False)


class Usage(unittest.TestCase):
    def refused(self, message, command, *words):
        done = run(command, *words)
        self.assertEqual((done.returncode, done.stdout), (2, ""), words)
        self.assertRegex(done.stderr, rf"\Aigvm {command}: .+; try 'igvm {command} --help'\n\Z")
        self.assertIn(message, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)

    def test_every_wrong_value(self):
        for command, (words, options) in COMMANDS.items():
            for option, values in options.items():
                for value in values or []:
                    self.refused(f"--{option}", command, *words, f"--{option}={value}")

    def test_every_missing_value(self):
        for command, (words, options) in COMMANDS.items():
            for option, values in options.items():
                if values is FLAG:
                    self.refused(f"--{option}=x: this option takes no value", command, *words, f"--{option}=x")
                else:
                    self.refused(f"--{option}: its value is missing", command, *words, f"--{option}")

    def test_every_command(self):
        for command, (words, _) in COMMANDS.items():
            self.refused("--frobnicate: there is no such option", command, *words, "--frobnicate")
            self.refused("-x: there is no such option", command, *words, "-xy")
            self.refused("third: there is one word too many", command, *words, "third")
            few = words[:-2] if "--output" in words else words[:-1]
            self.refused("needed" if "--output" in words else "wanted", command, *few)
            self.refused("--help=x: this option takes no value", command, "--help=x")

    def test_bounds_are_readable(self):
        self.refused("--size 1G: a number between 2M and 16M is wanted", "build", "--size", "1G")
        self.refused("--serial 64K: a number between 0 and 65535 is wanted", "build", "--serial", "64K")
        self.refused("--cpus 25: a number between 1 and 24 is wanted", "build", "--cpus", "25")

    def test_what_does_not_go_together(self):
        for command, cases in EXCLUSIVE.items():
            for words in cases:
                self.refused("--", command, *COMMANDS[command][0], *words)

    def test_without_a_command(self):
        for words in ([], ["frobnicate"], ["--frobnicate"], [""]):
            done = run(*words)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertRegex(done.stderr, r"\Aigvm: .+; try 'igvm --help'\n\Z")

    def test_help_fits_a_screen_and_names_every_option(self):
        self.assertEqual((run("--help").returncode, run("--help").stderr), (0, ""))
        self.assertRegex(run("--version").stdout, r"\Aigvm \(Copra\) \d+\.\d+\.\d+\n\Z")
        self.assertEqual(set(re.findall(r"^  (\w+) ", run("--help").stdout, re.M)), set(COMMANDS))
        manual = MANUAL.replace("\\-", "-")
        for command, (_, options) in COMMANDS.items():
            done = run(command, "--help")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertLessEqual(len(done.stdout.splitlines()), 40)
            self.assertEqual(set(re.findall(r"--([a-z-]+)", done.stdout)) & {*options, "help"}, {*options, "help"})
            self.assertEqual(set(re.findall(r"^ +--([a-z-]+)", done.stdout, re.M)) - {*options, "help"}, set())
            section = manual.partition(f"\n.SS {command}\n")[2].partition("\n.S")[0]
            for option in options:
                self.assertIn(f"--{option}", section, f"{command} in the man page")


if __name__ == "__main__":
    MANUAL = pathlib.Path(sys.argv.pop(2)).read_text(encoding="utf-8")
    TOOL = sys.argv.pop(1)
    unittest.main()
