# SPDX-License-Identifier: MIT
"""Debian's QEMU, built with IGVM against this tree's library: it compiles, links, and boots the native image."""

import json
import os
import re
import shlex
import shutil

from copra.artefacts import Artefacts
from copra.errors import LaunchError
from copra.paths import cache_folder
from copra.progress import Progress
from testing.source import STEP_SECONDS, StepFailed, missing, step, unpack

BUILD_SECONDS = 5400  # four minutes on two processors that do nothing else
BOOT_SECONDS = 300
CONFIGURE = ["--target-list=x86_64-softmmu", "--without-default-features", "--enable-system", "--enable-tcg", "--enable-kvm",
             "--enable-igvm", "--enable-fdt=system", "--disable-install-blobs", "--disable-download", "--disable-docs",
             "--disable-werror"]
LOADER = ("backends/igvm.c", "backends/igvm-cfg.c", "target/i386/igvm.c")


def install_library(root, folder):
    """This tree's library as `make install` leaves it."""
    build, prefix = folder / "library", folder / "installed"
    if not (build / "build.ninja").exists():
        step("configure the library", ["meson", "setup", "-Dparts=[]", f"--prefix={prefix}", "--libdir=lib", build, root])
    step("install the library", ["meson", "install", "-C", build, "--quiet"])
    return prefix


def configure(tree, prefix, modules):
    build = tree / "b"
    if (build / "build.ninja").exists():
        return build
    shutil.rmtree(build, ignore_errors=True)
    build.mkdir()
    paths = os.pathsep.join(str(path) for path in modules)
    environment = dict(os.environ, PYTHONPATH=paths, PKG_CONFIG_PATH=str(prefix / "lib/pkgconfig"))
    step("configure QEMU", ["../configure", "--python=/usr/bin/python3", *CONFIGURE], cwd=build, env=environment)
    return build


def loader_commands(build):
    """How QEMU compiles what includes our headers."""
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        for name in LOADER:
            if entry["file"].endswith("/" + name):
                words = shlex.split(entry["command"])
                words[words.index("-o") + 1] = os.devnull
                yield name, [*words, "-Werror"], entry["directory"]


def compile_loader(build, results):
    """Once more, by themselves: a warning is an error here, and an object that was there already shows none."""
    seen = []
    for name, command, folder in loader_commands(build):
        step(f"compile {name}", command, cwd=folder)
        seen.append(name)
    if sorted(seen) != sorted(LOADER):
        raise StepFailed("find the loader's files", f"compiled are {seen}")
    results.ok("qemu compiles against our headers without a warning", len(seen), ", ".join(seen))


def check_linked(program):
    """It asks for our library, by the version of its symbols."""
    needs = step("read the program", ["readelf", "-dV", program])
    if "libigvm.so.0" not in needs or "IGVM_0.3" not in needs:
        raise StepFailed("link with libigvm.so.0", needs)


def boot(root, program, prefix, results):
    environment = dict(os.environ, LD_LIBRARY_PATH=str(prefix / "lib"))
    command = [root / "copra", "run", "--platform", "native", "--qemu", program, "--accel", "tcg", "--timeout", BOOT_SECONDS]
    output = step("boot the native image", command, BOOT_SECONDS + STEP_SECONDS, env=environment)
    passed = re.search(r"^# self-tests: (\d+) passed, 0 failed\r?$", output, re.MULTILINE)
    if not passed:
        raise StepFailed("boot the native image", output)
    results.ok("qemu boots the native image", int(passed[1]), f"{passed[1]} self-tests")


def run_qemu(root, folder, results):
    lacking = missing(root, "qemu")
    if lacking:
        results.skip("qemu", f"packages are missing: {lacking}")
        return
    artefacts = Artefacts(cache_folder(), Progress())
    try:
        version, description = artefacts.qemu_source()
        modules = artefacts.qemu_build_tools()
    except LaunchError as error:
        results.skip("qemu", " ".join(str(error).split()))
        return
    folder = folder.with_name(folder.name + "-qemu")
    try:
        folder.mkdir(exist_ok=True)
        prefix = install_library(root, folder)
        tree = folder / f"qemu-{version.split(':')[-1]}"
        unpack(description, tree)
        build = configure(tree, prefix, modules)
        step("build QEMU", ["ninja", "-C", build, "qemu-system-x86_64"], BUILD_SECONDS)
        check_linked(build / "qemu-system-x86_64")
        results.ok(f"qemu {version} is built with IGVM")
        compile_loader(build, results)
        boot(root, build / "qemu-system-x86_64", prefix, results)
    except StepFailed as failure:
        what, output = failure.args
        results.fail(f"qemu: {what}", output)
