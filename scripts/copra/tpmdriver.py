# SPDX-License-Identifier: MIT
"""Modules for the TPM that Debian's kernels do not have: the driver of the SVSM's, tpm_svsm, and the kernel's trusted keys.

Their source is the distribution's own kernel source package.
"""

from copra.errors import LaunchError
from copra.kernelbuild import GRAMMAR_COMPILER, Part, builder_of, keep_modules
from copra.modules import Modules

NAME = "tpm_svsm"
KEYS = "trusted"
MINIMUM = (6, 16)  # the first kernel that asks the SVSM for a TPM

DRIVER_PART = Part("the TPM driver", [NAME], f"obj-m := {NAME}.o\n", ["drivers/char/tpm/tpm_svsm.c", "drivers/char/tpm/tpm.h"])
KEYS_FOLDER = "security/keys/trusted-keys"
# Of the kernel's own sources of trust the TPM alone
KEYS_PART = Part("trusted keys", ["asn1_encoder", KEYS],
                 f"obj-m := asn1_encoder.o {KEYS}.o\n"
                 f"{KEYS}-y := trusted_core.o trusted_tpm1.o trusted_tpm2.o tpm2key.asn1.o\n"
                 "ccflags-y := -DCONFIG_TRUSTED_KEYS_TPM=1 -I$(src)\n",
                 ["lib/asn1_encoder.c", GRAMMAR_COMPILER, *(f"{KEYS_FOLDER}/{name}" for name in (
                     "trusted_core.c", "trusted_tpm1.c", "trusted_tpm2.c", "tpm2key.asn1"))], grammar="tpm2key.asn1")


def has_module(kernel, name):
    """Whether the kernel brings it along, as a module or built in."""
    if not kernel.modules:
        return False
    builtin = kernel.modules / "modules.builtin"
    if builtin.exists() and f"/{name}.ko" in builtin.read_text(encoding="utf-8", errors="replace"):
        return True
    return bool(Modules(kernel.modules).closure([name]))


def make_modules(cache, kernel, progress):
    """The modules that a stock kernel lacks, needed ones first: out of the cache, or fetched and built."""
    parts = [part for part in (DRIVER_PART, KEYS_PART) if not has_module(kernel, part.modules[-1])]
    folder = cache / "modules" / kernel.version
    if parts and not folder.exists():
        with builder_of(cache, kernel, parts, progress) as builder:
            keep_modules(folder, build_parts(builder, parts, progress))
    paths = [folder / f"{name}.ko" for part in parts for name in part.modules]
    return [path for path in paths if path.exists()]


def build_parts(builder, parts, progress):
    """{name: bytes}. A TPM without trusted keys is worth having."""
    built = {}
    for part in parts:
        try:
            built.update(builder.build(part))
        except LaunchError as error:
            if part is DRIVER_PART:
                raise
            progress.note(f"the guest goes without {part.what}: {error}")
    return built
