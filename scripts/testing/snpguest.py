# SPDX-License-Identifier: MIT
"""snpguest, the verifier that owners of SEV-SNP guests use, from the Rust package registry: built once beside the build folder."""

import os
import re

from testing.commands import run_command

VERSION = "0.11.0"
CARGO = (1, 86)  # the least that this version is built with
BUILD_SECONDS = 3600  # two minutes on two processors that do nothing else
# As quick to build as can be; with the system's OpenSSL, not one of its own.
ENVIRONMENT = {"OPENSSL_NO_VENDOR": "1", "CARGO_PROFILE_RELEASE_OPT_LEVEL": "0", "CARGO_PROFILE_RELEASE_LTO": "off"}


class Unavailable(Exception):
    """Why it cannot be had here."""


class BuildFailed(Exception):
    """It was fetched, and its output when it was compiled."""


def need_cargo():
    done = run_command(["cargo", "--version"], 60)
    found = re.search(r"^cargo (\d+)\.(\d+)", done.output, re.MULTILINE) if done.status == 0 else None
    if found is None:
        raise Unavailable("cargo is missing")
    if tuple(map(int, found.groups())) < CARGO:
        raise Unavailable(f"cargo {found[1]}.{found[2]} is too old, {CARGO[0]}.{CARGO[1]} is wanted")


def snpguest(build):
    """The program, built when it is not there yet. build: the build folder, beside which it gets one of its own."""
    folder = build.with_name(build.name + "-snpguest")
    program = folder / VERSION / "bin/snpguest"
    if program.exists():
        return program
    need_cargo()
    environment = dict(os.environ, CARGO_TARGET_DIR=str(folder / "target"), **ENVIRONMENT)
    done = run_command(["cargo", "install", "snpguest", "--version", VERSION, "--locked", "--root", folder / VERSION], BUILD_SECONDS, env=environment)
    if done.status == 0:
        return program
    if re.search(r"^ +Compiling ", done.output, re.MULTILINE):
        raise BuildFailed(done.output)
    raise Unavailable("it could not be fetched: " + " ".join(done.output.split())[-300:])
