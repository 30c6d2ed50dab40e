# SPDX-License-Identifier: MIT
"""The initramfs of the guest: busybox, a first process, the modules that are asked for, and the command to run."""

from pathlib import Path
from typing import NamedTuple, Optional, Sequence

from copra.cpio import Archive
from copra.hotplug import NAME as HOTPLUG
from copra.modules import Modules, alias_file, dependency_file
from copra.paths import ROOT
from copra.tpmdriver import KEYS as TRUSTED_KEYS
from copra.tpmdriver import NAME as TPM_DRIVER

INIT_PATH = "copra/init"
SHELL_TEXT = b"The guest ends when this shell does"  # with which our first process announces the shell
# Loaded when the guest has a disk; built into some kernels
DISK_MODULES = ["virtio_blk", "crc32c_generic", "ext4"]
# At hand for modprobe
EXTRA_MODULES = ["sev_guest", "tsm", "tsm_report", "gcm", "ctr", "ghash_generic", "aes_generic", "vfat", "nls_ascii", "nls_cp437"]


def add_tools(archive, busybox):
    archive.file("copra/busybox", busybox.read_bytes(), 0o755)
    archive.file(INIT_PATH, (ROOT / "scripts/guest/init").read_bytes(), 0o755)


def add_root(archive):
    """What a user's own initramfs has already."""
    for folder in ("dev", "proc", "sys", "run", "tmp", "mnt", "root", "bin", "etc"):
        archive.folder(folder, 0o1777 if folder == "tmp" else 0o755)
    archive.character_device("dev/console", 5, 1)
    archive.character_device("dev/null", 1, 3, 0o666)
    archive.file("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n")
    archive.file("etc/group", b"root:x:0:\n")
    archive.link("bin/sh", "/copra/busybox")
    archive.link("sbin/modprobe", "/copra/busybox")
    archive.link("init", "/" + INIT_PATH)


def add_modules(archive, kernel, wanted, more):
    """`more` are modules that are not among the kernel's. Returns which of the wanted modules are there to be loaded."""
    if not kernel.modules and not more:
        return []
    modules = Modules(kernel.modules).closure(DISK_MODULES + EXTRA_MODULES + [TPM_DRIVER, TRUSTED_KEYS])
    for path in more:
        modules[f"updates/{path.name}"] = path.read_bytes()
    for path, data in modules.items():
        archive.file(f"lib/modules/{kernel.version}/{path}", data)
    archive.file(f"lib/modules/{kernel.version}/modules.dep", dependency_file(modules).encode())
    archive.file(f"lib/modules/{kernel.version}/modules.alias", alias_file(modules).encode())
    present = {path.rpartition("/")[2][:-len(".ko")].replace("-", "_") for path in modules}
    return [name for name in wanted if name in present]


class Wanted(NamedTuple):
    command: Optional[str] = None  # None: a shell
    token: str = ""  # ends the command's output
    disk: bool = False
    base: Optional[bytes] = None  # the user's own initrd: it comes first and keeps its files
    tpm: bool = False
    cpu_hotplug: bool = False
    more_modules: Sequence[Path] = ()  # that are none of the kernel's own; needed ones first


def build(busybox, kernel, wanted):
    """The archive's bytes."""
    archive = Archive()
    add_tools(archive, busybox)
    loaded = []
    if wanted.base is None:
        add_root(archive)
        modules = DISK_MODULES * wanted.disk + [TPM_DRIVER] * wanted.tpm + [HOTPLUG] * wanted.cpu_hotplug
        loaded = add_modules(archive, kernel, modules, wanted.more_modules)
    archive.file("copra/settings", f"modules='{' '.join(loaded)}'\ntoken={wanted.token}\n".encode())
    if wanted.command is not None:
        archive.file("copra/command", wanted.command.encode())
    base = wanted.base or b""
    return base + b"\0" * (-len(base) % 4) + archive.data()
