# SPDX-License-Identifier: MIT
"""The emulated SEV-SNP machine as QEMU's kernel, and what it is given."""


def prepare_guest(options, artefacts, scratch):
    raise NotImplementedError


def add_guest(command, options, guest, scratch, progress):
    raise NotImplementedError
