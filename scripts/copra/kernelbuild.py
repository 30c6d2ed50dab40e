# SPDX-License-Identifier: MIT
"""Builds modules for a stock kernel against its headers: from files of the kernel's own source package, or from our own.

Only the modules are kept, in the cache. The programs of the headers' package may want a newer C library than the host's, so they run
with that of their own suite, where it has one. Nothing is installed.
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
from typing import NamedTuple, Sequence

from copra.apt import Suite
from copra.errors import LaunchError
from copra.paths import MIB, make_folder, need_space


class Part(NamedTuple):
    """What is built together, in a folder of its own."""
    what: str
    modules: Sequence[str]  # needed ones first
    makefile: str
    sources: Sequence[str] = ()  # of the kernel's
    own: Sequence[Path] = ()  # of ours
    grammar: str = ""  # a file of which the kernel's ASN.1 compiler makes C


GRAMMAR_COMPILER = "scripts/asn1_compiler.c"
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
        self._headers = self._tree / f"usr/src/linux-headers-{version}"
        self._source = make_folder(folder / "source")
        self._folder = folder
        self._progress = progress

    def fetch(self, parts):
        """What they are built from and with."""
        self._fetch_headers()
        paths = list(dict.fromkeys(path for part in parts for path in part.sources))
        if paths:
            self._fetch_source(paths)
        self._adapt()

    def build(self, part):
        """{name: bytes} of its modules."""
        folder = make_folder(self._folder / part.modules[-1])
        for path in part.sources:
            if not (self._source / Path(path).name).exists():
                raise LaunchError(f"the source of Linux {self._version} holds no {path}, which {part.what} would be built from")
            shutil.copy(self._source / Path(path).name, folder)
        for path in part.own:
            shutil.copy(path, folder)
        (folder / "Makefile").write_text(part.makefile, encoding="utf-8")
        if part.grammar:
            self._compile_grammar(folder, part)
        self._make(folder, part)
        modules = {name: folder / f"{name}.ko" for name in part.modules}
        self._check(["strip", "--strip-debug", *modules.values()], f"stripping {part.what}")
        return {name: path.read_bytes() for name, path in modules.items()}

    def _check(self, command, text, **options):
        result = self._progress.run(text, [str(word) for word in command], **options)
        if result.returncode != 0:
            lines = (result.stdout + result.stderr).strip().splitlines()[-20:]
            raise LaunchError(f"a module for Linux {self._version} could not be built ({text}):\n"
                              + "\n".join("  " + line for line in lines))

    def _show(self, package):
        fields = self._suite.show(package)
        if not fields:
            raise LaunchError(f"{package}, which modules for Linux {self._version} are built with, was not found in "
                              f"{self._suite.name}; './copra update' fetches newer package lists")
        return fields

    def _download(self, fields):
        return self._suite.download(fields, self._folder)

    def _unpack(self, fields):
        self._check(["dpkg-deb", "-x", self._download(fields), self._tree], f"unpacking {fields['Package']}")

    def _fetch_headers(self):
        """Headers and build programs of the kernel, and the libraries of those programs. Backports have none: the host's will do."""
        todo, seen = [f"linux-headers-{self._version}"], set()
        while todo:
            package = todo.pop()
            if package in seen:
                continue
            seen.add(package)
            library = LIBRARIES.fullmatch(package)
            fields = self._suite.show(package) if library else self._show(package)
            if fields:
                depends = fields.get("Depends", "")
                todo += LIBRARIES.findall(depends) + ([] if library else PARTS.findall(depends))
                self._unpack(fields)

    def _fetch_source(self, paths):
        """Files out of the source package, read until all are there. What it does not have is missed when it is wanted."""
        series = ".".join(self._version.split(".")[:2])
        package = self._download(self._show(f"linux-source-{series}"))
        names = [f"linux-source-{series}/{path}" for path in paths]
        self._progress.say("taking files out of the kernel's source")
        command = ["dpkg-deb", "--fsys-tarfile", str(package)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            try:
                take_files(process.stdout, f"./usr/src/linux-source-{series}.tar", names, self._source)
            except (OSError, EOFError, lzma.LZMAError, tarfile.TarError) as error:
                raise LaunchError(f"{package.name} could not be read: {error}") from error
            finally:
                process.kill()
        package.unlink()

    def _adapt(self):
        """The packages expect to lie in the root folder; and their programs get their own C library, where it was fetched."""
        makefile = self._headers / "Makefile"
        makefile.write_text(makefile.read_text(encoding="utf-8").replace(" /usr/src", f" {self._tree}/usr/src")
                            .replace("=/usr/src", f"={self._tree}/usr/src"), encoding="utf-8")
        loader = self._tree / "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"
        for name in PROGRAMS if loader.exists() else []:
            program = self._headers / name
            if program.exists():
                program = program.resolve()
                real = program.rename(program.with_name(program.name + ".program"))
                program.write_text(f'#!/bin/sh\nexec "{loader}" --library-path "{loader.parent}" --argv0 "$0" "{real}" "$@"\n',
                                   encoding="utf-8")
                program.chmod(0o755)

    def _compile_grammar(self, folder, part):
        """The kernel's ASN.1 compiler, built for the host; the system's headers come first."""
        include = next(self._tree.glob("usr/src/linux-headers-*-common")) / "include"
        compiler, grammar = folder / "asn1_compiler", folder / part.grammar
        self._check(["gcc", "-O1", "-idirafter", include, "-o", compiler, self._source / Path(GRAMMAR_COMPILER).name],
                    "building the kernel's ASN.1 compiler")
        self._check([compiler, grammar, f"{grammar}.c", f"{grammar}.h"], f"compiling {part.grammar}")

    def _make(self, folder, part):
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "KBUILD"))}
        self._check(["make", "-C", self._headers, f"M={folder}", *OVERRIDES, "modules"], f"building {part.what}", env=environment)


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


@contextlib.contextmanager
def builder_of(cache, kernel, parts, progress):
    """One that has everything for the parts, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="copra-modules-") as scratch:
        if re.search(r"[\s:]", scratch):
            raise LaunchError(f"kernel modules cannot be built in {scratch}: make takes no blanks and colons; set TMPDIR")
        need_space(scratch, SCRATCH_SPACE)
        builder = Builder(Suite(cache, kernel.suite, progress), kernel.version, Path(scratch), progress)
        builder.fetch(parts)
        yield builder


def keep_modules(folder, built):
    """All at once: a folder that is there has what could be built."""
    make_folder(folder.parent)
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=folder.parent) as scratch:
        ready = make_folder(Path(scratch) / "modules")
        for name, data in built.items():
            (ready / f"{name}.ko").write_bytes(data)
        ready.rename(folder)
