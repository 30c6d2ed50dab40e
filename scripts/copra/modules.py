# SPDX-License-Identifier: MIT
"""Kernel modules for the guest: what they need is read out of the modules themselves, so no depmod is asked for."""

import lzma
import re
import subprocess

from copra.errors import LaunchError

SUFFIXES = (".ko", ".ko.xz", ".ko.zst")


def module_name(path):
    return path.name.split(".ko")[0].replace("-", "_")


def read_module(path):
    """The module, decompressed."""
    data = path.read_bytes()
    if path.name.endswith(".xz"):
        return lzma.decompress(data)
    if path.name.endswith(".zst"):
        try:
            return subprocess.run(["zstd", "-dcq"], input=data, stdout=subprocess.PIPE, check=True).stdout
        except (OSError, subprocess.CalledProcessError) as error:
            raise LaunchError(f"{path} could not be decompressed: {error}; install zstd") from error
    return data


def module_needs(data):
    """Names in the module's `depends=` and `softdep=pre:` information."""
    needs = []
    for pattern in (rb"\0depends=([^\0]*)(?=\0)", rb"\0softdep=pre: ([^\0]*)(?=\0)"):
        for match in re.findall(pattern, b"\0" + data):
            needs += [name.replace("-", "_") for name in re.split("[ ,]+", match.decode(errors="replace")) if name]
    return needs


def alias_file(modules):
    """modules.alias of these modules: by which other names the kernel asks for them."""
    lines = []
    for path, data in modules.items():
        name = path.rpartition("/")[2][:-len(".ko")].replace("-", "_")
        lines += [f"alias {alias.decode(errors='replace')} {name}" for alias in re.findall(rb"\0alias=([^\0]+)(?=\0)", b"\0" + data)]
    return "\n".join(lines) + "\n"


class Modules:
    """The modules below one folder; names are those of modprobe, with underscores."""

    def __init__(self, folder):
        self._folder = folder
        self._paths = {}
        if folder and folder.exists():
            for path in folder.rglob("*.ko*"):
                if path.name.endswith(SUFFIXES):
                    self._paths[module_name(path)] = path

    def closure(self, names):
        """{path below the folder, without compression: data} of the modules and all that they need, needed ones first."""
        found, order = {}, []
        for name in names:
            self._visit(name, found, order)
        return {str(self._paths[name].relative_to(self._folder)).split(".ko")[0] + ".ko": found[name] for name in order}

    def _visit(self, name, found, order):
        if name in found or name not in self._paths:
            return  # built in, or not there: the guest says so when it is wanted
        found[name] = read_module(self._paths[name])
        for need in module_needs(found[name]):
            self._visit(need, found, order)
        order.append(name)


def dependency_file(modules):
    """modules.dep of these modules (needed ones first, as closure() gives them), as modprobe wants it."""
    order = list(modules)
    by_name = {path.rpartition("/")[2][:-len(".ko")].replace("-", "_"): path for path in order}
    needs = {}
    for path in order:
        direct = [by_name[need] for need in module_needs(modules[path]) if need in by_name]
        needs[path] = set(direct).union(*(needs.get(other, set()) for other in direct))
    lines = [" ".join([path + ":"] + sorted(needs[path], key=order.index, reverse=True)) for path in order]
    return "\n".join(lines) + "\n"
