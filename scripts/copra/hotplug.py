# SPDX-License-Identifier: MIT
"""The module with which a CPU of Linux can go offline and come back more than once (guests/linux): our own, built for stock kernels."""

import hashlib

from copra.kernelbuild import Part, builder_of, keep_modules
from copra.paths import ROOT

NAME = "copra_hotplug"
FOLDER = ROOT / "guests/linux"
SOURCE = FOLDER / f"{NAME}.c"


def make_module(cache, kernel, progress):
    """The module for this kernel: out of the cache, or built from the source as it is now."""
    makefile = (FOLDER / "Makefile").read_text(encoding="utf-8")
    digest = hashlib.sha256(SOURCE.read_bytes() + makefile.encode()).hexdigest()[:16]
    folder = cache / "modules" / f"{kernel.version}-{NAME}-{digest}"
    if not folder.exists():
        part = Part("the module for CPUs that go offline", [NAME], makefile, own=[SOURCE])
        with builder_of(cache, kernel, [part], progress) as builder:
            keep_modules(folder, builder.build(part))
    return folder / f"{NAME}.ko"
