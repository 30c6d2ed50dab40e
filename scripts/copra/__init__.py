# SPDX-License-Identifier: MIT
"""The launcher: fetches guest artefacts, builds the IGVM file, runs QEMU, talks with the guest."""
