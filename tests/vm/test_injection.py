# SPDX-License-Identifier: MIT
"""A host that injects what it likes: the SVSM ends for the reason that it should, or a service dies; nobody hangs, no answer is wrong."""

import re

import injection
from injection import UNEXPECTED_TRAP, WITH_CODE, WITHOUT_CODE, Injection
from harness import BUILD

ENTRIES = 40  # of ring 3, from one death to the next
DEADLY = (
    WITH_CODE | injection.PROTECTION,
    WITHOUT_CODE | injection.INVALID_OPCODE,
    WITHOUT_CODE | injection.DEBUG,
    WITH_CODE | injection.PAGE_FAULT,
    WITH_CODE | injection.VC,
    injection.VC_OF_CPUID,  # where there is no CPUID
    0x20,
    0x80,
    0xFF,
)
STORM = (1, 60)  # seed, seconds
STORM_CPUS = 10
BUSY_STORM = 8000


class Kernel(Injection):
    def kernel(self, event, code=UNEXPECTED_TRAP):
        self.ends_by(f"inject@{injection.BUSY_KERNEL}:{event:#x}", code)

    def test_code_that_the_vector_has_not(self):
        self.kernel(WITH_CODE | injection.INVALID_OPCODE)

    def test_no_code_though_the_vector_has_one(self):
        self.kernel(WITHOUT_CODE | injection.PROTECTION)

    def test_nmi(self):
        self.kernel(injection.NMI)

    def test_interrupt(self):
        self.kernel(0x80)


class Ring3(Injection):
    def user(self, event):
        self.ends_by(f"inject-user@{injection.BUSY_SERVICE}:{event:#x}", UNEXPECTED_TRAP)

    def test_code_that_the_vector_has_not(self):
        self.user(WITH_CODE | injection.INVALID_OPCODE)

    def test_machine_check(self):
        self.user(WITHOUT_CODE | injection.MACHINE_CHECK)

    def test_deaths(self):
        """Each exception that a program could raise costs its process one answer. #HV, whose place the host does not keep, costs nothing."""
        deadly = [f"inject-user@{ENTRIES * (i + 2)}:{event:#x}" for i, event in enumerate(DEADLY)]
        signal = WITHOUT_CODE | injection.HV
        plan = ",".join([*deadly, f"inject-user@{ENTRIES}:{signal:#x}", f"inject@{injection.BUSY_KERNEL}:{signal:#x}"])
        out = self.conforms(self.strike(plan, self.deaths()))
        self.assertIn(f"# {len(DEADLY)} answers lost", out)


class Ends(Injection):
    def end_of_all(self, event):
        """The host does not hear one CPU's request to be ended. Nobody else serves the guest any more."""
        image = self.image("storm", STORM, STORM_CPUS, *injection.UNRESTRICTED)
        plan = f"{injection.RIGHTS_WAIT},inject@{BUSY_STORM}:{event:#x},end-ignored"
        done = self.strike(plan, image, "--cpus", str(STORM_CPUS), "--memory", "256M")
        self.ends(done, 3, "set 4, code 2")
        records = (self.folder / "trace").read_text(encoding="utf-8").splitlines()
        cpu = [re.search(r" cpu=(\d+) ", r)[1] for r in records if " fault kind=end-ignored" in r or " end reason=terminate" in r]
        self.assertEqual(len(cpu), 2, records[-20:])
        self.assertNotEqual(cpu[0], cpu[1], "one CPU asked twice")
        self.assertIn("# 8 CPUs", done.out, done.describe())

    def test_of_all_cpus(self):
        self.end_of_all(WITH_CODE | injection.PROTECTION)

    def test_of_all_cpus_by_assembly(self):
        self.end_of_all(WITH_CODE | injection.INVALID_OPCODE)

    def test_restricted_injection_refuses(self):
        """VMRUN fails."""
        image = self.igvm_build("--program", BUILD / "guests/terminate.bin")
        done = self.copra("--igvm", image, "--fault", f"inject@40:{WITH_CODE | injection.PROTECTION:#x}", "--trace", self.folder / "trace")
        records = (self.folder / "trace").read_text(encoding="utf-8")
        self.assertIn(" vmrun-invalid ", records, done.describe())
        self.assertNotEqual(done.status, 0, done.describe())
