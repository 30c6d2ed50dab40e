# SPDX-License-Identifier: MIT
"""A copy of the tree in which each check has a switch, built once: the tests and the SVSM with any one of them left out."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from typing import NamedTuple

from testing.commands import run_command

CONFORMANCE = "tests/unit/conformance/conformance"
HOST_TESTS = ("tests/svsm_memory", "tests/svsm_guest", "tests/svsm_protocol", CONFORMANCE)
SERVICE = "services/"  # sources of another program, with tests of its own
SERVICE_TESTS = ("tests/services/attest_messages",)
IMAGE = ("svsm/copra-svsm.elf", "guests/conformance.fd", "tools/igvm/igvm", "machine/machine.elf")
PARTS = "svsm,machine,tools,guests,services,tests"
BUILD_SECONDS = 1200
IMAGE_SECONDS = 60
BOOT_SECONDS = 240
CPUS = 4
TEST_SECONDS = 900
CPU_SECONDS = 30  # of processor time: six times what a test takes where threads wait for each other on a busy machine

VARIABLE = "COPRA_MUTANT"
MARK = b"COPRA MUTANT NO:"
# The switches read the number. On the host it comes from the environment, in the SVSM's image it is written behind the mark.
DECLARATION = """#ifndef COPRA_MUTANT
#define COPRA_MUTANT
extern volatile struct copra_mutant { char mark[16]; unsigned number; } copra_mutant;
#endif
"""
DEFINITION = DECLARATION + """volatile struct copra_mutant copra_mutant = {"COPRA MUTANT NO:", 0};
#if __STDC_HOSTED__
char *getenv(const char *name);
__attribute__((constructor)) static void copra_mutant_read(void)
{
	const char *digit = getenv("COPRA_MUTANT");
	for (; digit != 0 && *digit != 0; digit++)
		copra_mutant.number = copra_mutant.number * 10 + (unsigned)(*digit - '0');
}
#endif
"""


class Outcome(NamedTuple):
    killer: str  # what failed; empty when nothing did
    output: str
    certain: bool  # false: a machine that fails looks the same


def is_of_service(path):
    return path.startswith(SERVICE)


def give_up(why):
    sys.exit(f"mutation: {why}")


class Workshop:
    def __init__(self, root, folder):
        self.root, self.folder = root, folder
        self.tree, self.build = folder / "tree", folder / "build"
        self.last_killers = {}  # path of a source -> the test that found the last mutant in it
        self.booting = threading.Lock()
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
        for name in filter(None, names.split("\0")):
            if (root / name).is_file():
                (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(root / name, self.tree / name)

    def install(self, sources):
        """Text of the sources with switches; the first one of each program has the number."""
        defined = set()
        for name, text in sources.items():
            prelude = DECLARATION if is_of_service(name) in defined else DEFINITION
            defined.add(is_of_service(name))
            (self.tree / name).write_text(prelude + text, encoding="utf-8")

    def compile(self, targets):
        if not self.build.is_dir():
            self.need(["meson", "setup", self.build, self.tree, f"-Dparts={PARTS}", "-Dwerror=false", "-Dfuzz=disabled"])
        self.need(["ninja", "-C", self.build, "-j2", *targets])

    def need(self, command):
        done = run_command(command, BUILD_SECONDS)
        if done.status != 0:
            give_up(f"{command[0]} failed\n{done.output[-2000:]}")

    def try_host(self):
        """Without a mutant all must pass."""
        for test in HOST_TESTS + SERVICE_TESTS:
            outcome = self.host_test(test, 0)
            if outcome.killer:
                give_up(f"{test} fails without any mutant\n{outcome.output[-2000:]}")

    def host_test(self, test, number):
        """One that hangs is ended."""
        environment = {**os.environ, VARIABLE: str(number)}
        command = ["prlimit", f"--cpu={CPU_SECONDS}", self.build / test]
        done = run_command(command, TEST_SECONDS, cwd=self.build, env=environment)
        certain = done.status not in (None, -signal.SIGXCPU, -signal.SIGKILL)
        return Outcome("" if done.status == 0 else test.rsplit("/", 1)[-1], done.output, certain)

    def host_killer(self, path, number):
        """The first host test that fails, or nothing; begins with the one that is likely to."""
        likely = self.last_killers.get(path)
        for test in sorted(SERVICE_TESTS if is_of_service(path) else HOST_TESTS, key=lambda name: name != likely):
            outcome = self.host_test(test, number)
            if outcome.killer and (outcome.certain or self.still_good(test)):
                self.last_killers[path] = test
                return outcome.killer
        return ""

    def still_good(self, test):
        """Whether it is the mutant that takes so long."""
        if self.host_test(test, 0).killer:
            give_up(f"{test} does not pass in time any more without a mutant")
        return True

    def image(self, number):
        """The conformance guest on the SVSM with that mutant."""
        kernel, image = (self.folder / f"mutant-{number}.{kind}" for kind in ("elf", "igvm"))
        image.unlink(missing_ok=True)
        code = (self.build / IMAGE[0]).read_bytes()
        at = code.find(MARK) + len(MARK)
        if code.count(MARK) != 1:
            give_up("the SVSM's image has no place for the mutant's number")
        kernel.write_bytes(code[:at] + number.to_bytes(4, "little") + code[at + 4:])
        command = [self.build / "tools/igvm/igvm", "build", "--kernel-image", kernel, "--firmware", self.build / IMAGE[1],
                   "--cpus", CPUS, "--output", image]
        done = run_command(command, IMAGE_SECONDS)
        if done.status != 0 or not image.is_file():
            give_up(f"igvm build failed\n{done.output[-2000:]}")
        kernel.unlink()
        return image

    def boot(self, number):
        """One at a time: it has four CPUs."""
        with self.booting:
            image = self.image(number)
            done = run_command(["env", f"COPRA_BUILD={self.build}", self.root / "copra", "run", "--igvm", image, "--cpus", CPUS,
                                "--timeout", BOOT_SECONDS], 2 * BOOT_SECONDS)
            image.unlink()
        said = any(line.startswith(("not ok", "Bail out!")) for line in done.output.splitlines())
        good = done.status == 0 and not said and "\n1.." in done.output
        return Outcome("" if good else "conformance.fd", done.output, said)

    def try_machine(self):
        self.compile(IMAGE)
        outcome = self.boot(0)
        if outcome.killer:
            give_up(f"the conformance guest fails under the machine without any mutant\n{outcome.output[-3000:]}")

    def machine_killer(self, number):
        """A run that ends without a line that says "not ok" may be the machine's fault: then another one without mutant must pass."""
        outcome = self.boot(number)
        if outcome.killer and not outcome.certain and self.boot(0).killer:
            give_up(f"the conformance guest does not pass any more without a mutant\n{outcome.output[-3000:]}")
        return outcome.killer
