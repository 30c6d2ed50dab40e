# SPDX-License-Identifier: MIT
"""Events that a host without restricted injection injects into VMPL0, as EVENTINJ has them (docs/faults.md)."""

import re

from harness import BUILD
from parameters import Parameters

PROBE = BUILD / "services/probe/copra-probe"
RIGHTS_WAIT = "rights-wait"  # for the storm
UNRESTRICTED = ("--sev-features", "0x21")

NMI = 0x202
WITH_CODE = 0xB00  # an exception's vector comes on top
WITHOUT_CODE = 0x300
DEBUG, INVALID_OPCODE, DOUBLE_FAULT, PROTECTION, PAGE_FAULT, MACHINE_CHECK, HV, VC = 1, 6, 8, 13, 14, 18, 28, 29
VC_OF_CPUID = 0x72 << 32 | WITH_CODE | VC
VC_OF_LOST_PAGE = 0x404 << 32 | WITH_CODE | VC

CHECK_FAILED, UNEXPECTED_TRAP, PAGE_NOT_VALIDATED = 1, 2, 8  # docs/termination.md
BUSY_KERNEL = 3000  # at that entry in ring 0 the SVSM has guest and service
BUSY_SERVICE = 100  # and at that one in ring 3 the service computes


class Injection(Parameters):
    def strike(self, plan, image, *words):
        trace = self.folder / "trace"
        done = self.copra("--igvm", image, "--withhold", "restricted-injection", "--fault", plan, "--trace", trace, *words)
        records = trace.read_text(encoding="utf-8")
        asked = [entry for entry in plan.split(",") if entry != RIGHTS_WAIT]
        self.assertEqual(len(re.findall(r" fault kind=(?:inject|inject-user|end-ignored) ", records)), len(asked), done.describe())
        return done

    def deaths(self):
        return self.igvm_build("--program", BUILD / "guests/deaths.bin", "--service", PROBE, *UNRESTRICTED)

    def ends_by(self, plan, code):
        done = self.strike(plan, self.deaths())
        match = re.search(r"SVSM \(VMPL0\) terminated itself: set 4, code (\d+)", done.err)
        self.assertEqual((done.status, bool(match)), (3, True), f"{plan}: {done.describe()}")
        self.assertEqual(int(match[1]), code, f"{plan}: {done.describe()}")
        self.assertNotIn("not ok", done.out, plan)
