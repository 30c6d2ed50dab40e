# SPDX-License-Identifier: MIT
"""Where things lie: the source tree, its build folder, the cache of guest artefacts."""

import os
import shutil
from pathlib import Path

from copra.errors import LaunchError

ROOT = Path(__file__).resolve().parent.parent.parent
MIB = 1 << 20


def build_folder():
    """$COPRA_BUILD, else build/ in the source tree."""
    return ROOT / os.environ.get("COPRA_BUILD", "build")


def cache_folder():
    """$COPRA_CACHE, else copra/ in the XDG cache folder."""
    if "COPRA_CACHE" in os.environ:
        return Path(os.environ["COPRA_CACHE"]).absolute()
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "copra"
    except RuntimeError as error:
        raise LaunchError("this user has no home folder for the cache; set COPRA_CACHE to a folder") from error


def make_folder(path):
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LaunchError(f"cannot make folder {path}: {error.strerror}") from error
    return path


def need_space(folder, size):
    """Refuses to begin what cannot be finished."""
    free = shutil.disk_usage(folder).free
    if free < size:
        raise LaunchError(f"{folder}: {free // MIB} MiB free, {size // MIB} MiB needed; "
                          "free some space or set COPRA_CACHE to another folder")


def write_atomically(path, data):
    """The file is there whole or not at all."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        partial.write_bytes(data)
        os.replace(partial, path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise LaunchError(f"cannot write {path}: {error.strerror}") from error
