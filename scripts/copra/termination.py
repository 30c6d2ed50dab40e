# SPDX-License-Identifier: MIT
"""Words for the codes with which an SVSM or a guest ends itself (GHCB termination request; docs/termination.md)."""

GHCB_REASONS = {
    0: "general termination",
    1: "the host's GHCB protocol version is not one that the guest supports",
    2: "the host or the processor lacks an SEV-SNP feature that the guest needs, or has one that it does not know",
}
# Linux, arch/x86/include/asm/sev-common.h; from 40 on the programs of guests/
LINUX_REASONS = {
    0: "the GHCB could not be registered",
    1: "a page-state change failed",
    2: "a page could not be validated",
    3: "Linux runs below VMPL0 and the host lacks multi-VMPL support",
    4: "the CPUID table is malformed",
    5: "the host's CPUID values are wrong",
    6: "the secrets page is malformed",
    7: "Linux runs below VMPL0 and no SVSM is there",
    8: "an SVSM is there, yet Linux is told to run at VMPL0",
    9: "the SVSM's calling area is misaligned",
    10: "secure TSC could not be set up",
    11: "the SVSM did not accept the new calling area",
    12: "secure AVIC could not be set up",
    40: "a test program met an exception",
    41: "a test program got no GHCB",
    42: "a test program was told to",
    43: "a test program could not power off",
}
# svsm/platform/platform.h
SVSM_SET = 4
SVSM_REASONS = {
    1: ("TERMINATE_CHECK_FAILED", "an invariant of the SVSM's own is broken"),
    2: ("TERMINATE_UNEXPECTED_TRAP", "an exception that the SVSM has no use for"),
    3: ("TERMINATE_LAYOUT_INVALID", "the layout page of the image is not valid"),
    4: ("TERMINATE_GHCB_VERSION", "the host does not speak GHCB version 2"),
    5: ("TERMINATE_HOST_FEATURES", "the host lacks SNP, AP creation or multi-VMPL"),
    6: ("TERMINATE_SEV_STATUS", "a required SEV feature is off, or an unknown one is on"),
    7: ("TERMINATE_CPUID_INVALID", "the CPUID page is malformed or lacks what is needed"),
    8: ("TERMINATE_PAGE_NOT_VALIDATED", "the host replaced a page of the SVSM's own memory"),
    9: ("TERMINATE_GHCB_RESPONSE", "the host's answer is not one that the specification allows"),
    10: ("TERMINATE_PAGE_STATE", "the host did not change the state of a page"),
    11: ("TERMINATE_VALIDATION", "a page that must be the SVSM's could not be validated"),
    12: ("TERMINATE_MEMORY_MAP", "the host's memory map is malformed or too small"),
    13: ("TERMINATE_NO_MEMORY", "a pool of the SVSM's memory is too small"),
    14: ("TERMINATE_GUEST_PREPARE", "the guest could not be set up"),
    15: ("TERMINATE_RANDOM", "RDRAND stopped delivering"),
    16: ("TERMINATE_GUEST_FAILED", "the guest's vCPU cannot be run any more"),
    17: ("TERMINATE_NO_GUEST", "the image holds no guest: it ran to its end"),
    18: ("TERMINATE_CBIT", "the position of the C-bit is implausible"),
    19: ("TERMINATE_STACK", "the SVSM's stack is damaged"),
    20: ("TERMINATE_CPU_LIST", "the host's list of CPUs is malformed, or longer than the image allows"),
    21: ("TERMINATE_CPU_START", "the host did not run one of the SVSM's CPUs"),
}


def words_for(code_set, code):
    if code_set == SVSM_SET:
        return SVSM_REASONS.get(code, ("", "a reason unknown to this launcher"))[1]
    reasons = {0: GHCB_REASONS, 1: LINUX_REASONS}.get(code_set, {})
    return reasons.get(code, "a reason unknown to this launcher")


def describe(values):
    """One sentence for an end record with reason=terminate."""
    vmpl, code_set, code = (int(values.get(key, "-1"), 0) for key in ("vmpl", "set", "code"))
    who = "the SVSM" if vmpl == 0 else "the guest"
    return f"{who} (VMPL{vmpl}) terminated itself: set {code_set}, code {code}: {words_for(code_set, code)}"
