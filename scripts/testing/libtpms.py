# SPDX-License-Identifier: MIT
"""Services for tests, with a libtpms that makes RSA keys of 4096 bits: Debian's source package, built with the library's own definition
for that. Beside the build folder, once; nothing of it is kept here.
"""

import re
import threading

from copra.artefacts import Artefacts
from copra.errors import LaunchError
from copra.paths import cache_folder
from copra.progress import Progress
from testing.commands import AT_ONCE
from testing.source import missing, step, unpack

DEFINITION = "RSA_4096=1"  # src/tpm2/TpmProfile.h
# As debian/rules has it, but for the definition; and an archive is enough.
CONFIGURE = ["--quiet", "--disable-shared", "--with-openssl", "--with-tpm2", "CFLAGS=-O2", f"CPPFLAGS=-D{DEFINITION} -D_FORTIFY_SOURCE=2"]
SIZES = "src/tpm2/Unmarshal.c"
BUILD_SECONDS = 3600  # a minute on two processors that do nothing else
BUILDING = threading.Lock()
PROGRAM = "tests/bench/services_seeded"


class Unavailable(Exception):
    """Why it cannot be had here."""


def allow_size(text):
    """The sizes that a command may ask for are a list of their own, which does not know the definition."""
    if "case 4096:" in text:
        return text
    changed, count = re.subn(r"^([ \t]*)case 3072:\n", r"\g<0>\1case 4096:\n", text, flags=re.MULTILINE)
    if count != 1:
        raise Unavailable(f"{SIZES} of this version of libtpms has another list of RSA keys' sizes than the one that is known")
    return changed


def build_library(description, tree):
    """The folder with libtpms.a."""
    unpack(description, tree)
    path = tree / SIZES
    text = path.read_text(encoding="utf-8")
    allowed = allow_size(text)
    if allowed != text:
        path.write_text(allowed, encoding="utf-8")
    if not (tree / "Makefile").exists():
        step("prepare libtpms", ["autoreconf", "-fi"], BUILD_SECONDS, cwd=tree)
        step("configure libtpms", ["./configure", *CONFIGURE], BUILD_SECONDS, cwd=tree)
    step("build libtpms", ["make", f"-j{AT_ONCE}", "-C", tree / "src", "libtpms.la"], BUILD_SECONDS)
    return tree / "src/.libs"


def build_services(root, folder, library):
    """The services with random numbers that are the same each time, so that a key takes as long each time."""
    if not (folder / "build.ninja").exists():
        step("configure the services", ["meson", "setup", f"-Dlibtpms={library}", "-Dfuzz=disabled", folder, root])
    step("build the services", ["ninja", "-C", folder, PROGRAM], BUILD_SECONDS)
    return folder / PROGRAM


def services(root, build):
    """The program. build: the build folder, beside which it gets one of its own. Tests in other threads wait."""
    with BUILDING:
        return make_services(root, build)


def make_services(root, build):
    lacking = missing(root, "libtpms")
    if lacking:
        raise Unavailable(f"packages are missing: {lacking}")
    try:
        version, description = Artefacts(cache_folder(), Progress()).libtpms_source()
    except LaunchError as error:
        raise Unavailable(" ".join(str(error).split())) from error
    folder = build.with_name(build.name + "-libtpms")
    folder.mkdir(exist_ok=True)
    library = build_library(description, folder / f"libtpms-{version.split(':')[-1]}")
    return build_services(root, folder / "services", library)
