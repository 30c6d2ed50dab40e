# SPDX-License-Identifier: MIT
"""Every kind of event, early and late: tests/vm/test_injection.py has some of them."""

import injection
from injection import CHECK_FAILED, UNEXPECTED_TRAP, WITH_CODE, WITHOUT_CODE, Injection

EARLY_KERNEL = 30  # at that entry it has its IDT
ENDS = {
    WITHOUT_CODE | injection.DEBUG: UNEXPECTED_TRAP,
    WITHOUT_CODE | injection.INVALID_OPCODE: CHECK_FAILED,
    WITH_CODE | injection.INVALID_OPCODE: UNEXPECTED_TRAP,
    WITH_CODE | injection.PROTECTION: UNEXPECTED_TRAP,
    WITHOUT_CODE | injection.PROTECTION: UNEXPECTED_TRAP,
    WITH_CODE | injection.PAGE_FAULT: UNEXPECTED_TRAP,
    WITH_CODE | injection.VC: UNEXPECTED_TRAP,
    WITHOUT_CODE | injection.VC: UNEXPECTED_TRAP,
    injection.VC_OF_CPUID: UNEXPECTED_TRAP,
    injection.VC_OF_LOST_PAGE: injection.PAGE_NOT_VALIDATED,
    WITH_CODE | injection.DOUBLE_FAULT: UNEXPECTED_TRAP,
    WITHOUT_CODE | injection.DOUBLE_FAULT: UNEXPECTED_TRAP,
    WITHOUT_CODE | injection.MACHINE_CHECK: UNEXPECTED_TRAP,
    WITH_CODE | injection.MACHINE_CHECK: UNEXPECTED_TRAP,
    WITH_CODE | injection.HV: UNEXPECTED_TRAP,
    injection.NMI: UNEXPECTED_TRAP,
    0x20: UNEXPECTED_TRAP,
    0x80: UNEXPECTED_TRAP,
    0xFF: UNEXPECTED_TRAP,
}
# Of ring 3: what no program could raise, or not so.
ENDS_IN_RING_3 = (
    WITH_CODE | injection.INVALID_OPCODE,
    WITHOUT_CODE | injection.PROTECTION,
    WITHOUT_CODE | injection.PAGE_FAULT,
    WITHOUT_CODE | injection.VC,
    WITH_CODE | injection.DOUBLE_FAULT,
    WITHOUT_CODE | injection.DOUBLE_FAULT,
    WITHOUT_CODE | injection.MACHINE_CHECK,
    WITH_CODE | injection.MACHINE_CHECK,
    WITH_CODE | injection.HV,
    injection.NMI,
)


class InjectionLong(Injection):
    def kernel(self, entry):
        for event, code in ENDS.items():
            with self.subTest(event=hex(event)):
                self.ends_by(f"inject@{entry}:{event:#x}", code)

    def test_kernel_early(self):
        self.kernel(EARLY_KERNEL)

    def test_kernel_busy(self):
        self.kernel(injection.BUSY_KERNEL)

    def test_ring_3(self):
        for event in ENDS_IN_RING_3:
            with self.subTest(event=hex(event)):
                self.ends_by(f"inject-user@{injection.BUSY_SERVICE}:{event:#x}", UNEXPECTED_TRAP)
