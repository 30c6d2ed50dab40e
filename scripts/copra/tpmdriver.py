# SPDX-License-Identifier: MIT
"""Linux's driver for the SVSM's virtual TPM, tpm_svsm, which Debian's kernels do not have.

Its source is fetched from the distribution's own kernel source package and built against the stock kernel's headers; only the
module is kept, in the cache. The programs of the headers' package may want a newer C library than the host's, so they run with
that of their own suite. Nothing is installed.
"""

import contextlib
import lzma
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from copra.apt import Suite
from copra.errors import LaunchError
from copra.modules import Modules
from copra.paths import MIB, make_folder, need_space, write_atomically

NAME = "tpm_svsm"
MINIMUM = (6, 16)  # the first kernel that asks the SVSM for a TPM
SOURCES = ["drivers/char/tpm/tpm_svsm.c", "drivers/char/tpm/tpm.h"]
PROGRAMS = ["scripts/basic/fixdep", "scripts/mod/modpost.real-lsb-64", "scripts/mod/modpost", "tools/objtool/objtool.real-x86",
            "tools/objtool/objtool"]
LIBRARIES = re.compile(r"\b(libc6|libelf1t64|libelf1|zlib1g|libzstd1)\b")
PARTS = re.compile(r"\b(linux-(?:headers|kbuild)-[0-9][^ ,]*)")
SCRATCH_SPACE = 640 * MIB
# What the host's compiler may not know; the kernel's Makefile then takes another way. No BTF: that needs one more program.
OVERRIDES = ["CC=gcc", "CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=", "CONFIG_DEBUG_INFO_BTF_MODULES="]


class Builder:
    def __init__(self, suite, version, folder, progress):
        self._suite = suite
        self._version = version  # of the kernel
        self._tree = folder / "tree"
        self._module = make_folder(folder / "module")
        self._folder = folder
        self._progress = progress

    def build(self):
        """The module's bytes."""
        self._fetch_headers()
        self._fetch_source()
        self._adapt()
        self._make()
        module = self._module / f"{NAME}.ko"
        self._check(["strip", "--strip-debug", str(module)], "stripping the TPM driver")
        return module.read_bytes()

    def _check(self, command, text, **options):
        result = self._progress.run(text, [str(word) for word in command], **options)
        if result.returncode != 0:
            lines = (result.stdout + result.stderr).strip().splitlines()[-20:]
            raise LaunchError(f"the TPM driver for Linux {self._version} could not be built ({text}):\n"
                              + "\n".join("  " + line for line in lines))

    def _show(self, package):
        fields = self._suite.show(package)
        if not fields:
            raise LaunchError(f"{package}, which the TPM driver is built with, was not found in {self._suite.name}; "
                              "'./copra update' fetches newer package lists")
        return fields

    def _download(self, package):
        return self._suite.download(self._show(package), self._folder)

    def _unpack(self, package):
        self._check(["dpkg-deb", "-x", self._download(package), self._tree], f"unpacking {package}")

    def _fetch_headers(self):
        """Headers and build programs of the kernel, and the libraries of those programs."""
        todo, seen = [f"linux-headers-{self._version}"], set()
        while todo:
            package = todo.pop()
            if package in seen:
                continue
            seen.add(package)
            depends = self._show(package).get("Depends", "")
            todo += LIBRARIES.findall(depends) + (PARTS.findall(depends) if package.startswith("linux-") else [])
            self._unpack(package)

    def _fetch_source(self):
        """The driver's files out of the source package, read until both are there."""
        series = ".".join(self._version.split(".")[:2])
        package = self._download(f"linux-source-{series}")
        names = [f"linux-source-{series}/{path}" for path in SOURCES]
        self._progress.say("taking the TPM driver out of the kernel's source")
        command = ["dpkg-deb", "--fsys-tarfile", str(package)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            try:
                take_files(process.stdout, f"./usr/src/linux-source-{series}.tar", names, self._module)
            except (OSError, EOFError, lzma.LZMAError, tarfile.TarError) as error:
                raise LaunchError(f"{package.name} could not be read: {error}") from error
            finally:
                process.kill()
        package.unlink()
        missing = [path for path in SOURCES if not (self._module / Path(path).name).exists()]
        if missing:
            raise LaunchError(f"{package.name} holds no {', '.join(missing)}: this kernel has no driver for the SVSM's TPM")

    def _adapt(self):
        """The packages expect to lie in the root folder; and their programs get their own C library."""
        headers = self._tree / f"usr/src/linux-headers-{self._version}"
        makefile = headers / "Makefile"
        makefile.write_text(makefile.read_text(encoding="utf-8").replace(" /usr/src", f" {self._tree}/usr/src")
                            .replace("=/usr/src", f"={self._tree}/usr/src"), encoding="utf-8")
        libraries = next(self._tree.glob("usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2")).parent
        for name in PROGRAMS:
            program = headers / name
            if program.exists():
                program = program.resolve()
                real = program.rename(program.with_name(program.name + ".program"))
                program.write_text(f'#!/bin/sh\nexec "{libraries}/ld-linux-x86-64.so.2" --library-path "{libraries}" '
                                   f'--argv0 "$0" "{real}" "$@"\n', encoding="utf-8")
                program.chmod(0o755)
        (self._module / "Makefile").write_text(f"obj-m := {NAME}.o\n", encoding="utf-8")

    def _make(self):
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "KBUILD"))}
        headers = self._tree / f"usr/src/linux-headers-{self._version}"
        self._check(["make", "-C", headers, f"M={self._module}", *OVERRIDES, "modules"], "building the TPM driver", env=environment)


def take_files(stream, archive, names, folder):
    """Takes files out of an archive within an archive, without their folders, and reads no further than it must."""
    with tarfile.open(fileobj=stream, mode="r|", bufsize=MIB) as outer:
        member = next((entry for entry in outer if entry.name.startswith(archive)), None)
        if member is None:
            return
        command = ["tar", "-x", "--occurrence=1", "--transform=s,.*/,,", "-C", str(folder), *names]
        with lzma.open(outer.extractfile(member)) as data, subprocess.Popen(command, stdin=subprocess.PIPE,
                                                                           stderr=subprocess.DEVNULL) as tar:
            with contextlib.suppress(BrokenPipeError):
                shutil.copyfileobj(data, tar.stdin, MIB)


def has_driver(kernel):
    """Whether the kernel brings it along, as a module or built in."""
    if not kernel.modules:
        return False
    builtin = kernel.modules / "modules.builtin"
    if builtin.exists() and f"/{NAME}.ko" in builtin.read_text(encoding="utf-8", errors="replace"):
        return True
    return bool(Modules(kernel.modules).closure([NAME]))


def make_driver(cache, kernel, progress):
    """The module for a stock kernel: out of the cache, or fetched and built."""
    target = cache / "drivers" / kernel.version / f"{NAME}.ko"
    if target.exists():
        return target
    suite = Suite(cache, kernel.suite, progress)
    with tempfile.TemporaryDirectory(prefix="copra-driver-") as scratch:
        if re.search(r"[\s:]", scratch):
            raise LaunchError(f"the TPM driver cannot be built in {scratch}: make takes no blanks and colons; set TMPDIR")
        need_space(scratch, SCRATCH_SPACE)
        data = Builder(suite, kernel.version, Path(scratch), progress).build()
    make_folder(target.parent)
    write_atomically(target, data)
    return target
