# SPDX-License-Identifier: MIT
"""The tree as the checks of scripts/lint see it: its files, their text, and how they are compiled."""

import concurrent.futures
import functools
import hashlib
import json
import pathlib
import re
import shlex
import shutil
import subprocess
from typing import NamedTuple

C_SUFFIXES = (".c", ".h")
GENERATED = re.compile(r"(\.git|\.cache|build[^/]*)/|(.*/)?__pycache__/")
KEPT_PREFIXES = ("-I", "-D", "-U", "-std=", "-m", "-ffreestanding")
KEPT_PAIRS = ("-isystem", "-include", "-iquote", "-idirafter")


class Finding(NamedTuple):
    path: str
    line: int
    what: str


class CannotCheck(Exception):
    """A check misses something it needs; counts as a finding."""


class Skipped(Exception):
    """What is installed here would judge by other rules; counts as nothing."""


def blank(text):
    """C text with comments, strings and character constants blanked out; lines stay where they are."""
    pattern = r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
    return re.sub(pattern, lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)


class Tree:
    def __init__(self, root, build=None, only=(), jobs=2):
        self.root = pathlib.Path(root).resolve()
        self.jobs = jobs
        self._build = build
        self._only = [path.rstrip("/") for path in only]
        self.cache = self.root / ".cache" / "lint"

    def wanted(self, path):
        return not self._only or any(path == only or path.startswith(only + "/") for only in self._only)

    @functools.cached_property
    def files(self):
        """All files of the tree that are not ignored, relative to its root, sorted."""
        trust = ["-c", f"safe.directory={self.root}"]  # the tree may be another user's, as in a container
        command = ["git", *trust, "-C", str(self.root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        try:
            output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            names = [name for name in output.split("\0") if name]
        except (OSError, subprocess.CalledProcessError):
            names = [str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file()]
            names = [name for name in names if not GENERATED.match(name)]
        return sorted({name for name in names if (self.root / name).is_file()})

    def of(self, *suffixes):
        return [path for path in self.files if path.endswith(suffixes)]

    @property
    def c_files(self):
        return self.of(*C_SUFFIXES)

    @functools.cached_property
    def script_files(self):
        """Path -> "python" or "sh" for everything that is run by an interpreter."""
        found = {}
        for path in self.files:
            first = self.text(path).split("\n", 1)[0] if not path.endswith((".bin", ".igvm")) else ""
            if path.endswith(".py") or (first.startswith("#!") and "python" in first):
                found[path] = "python"
            elif path.endswith(".sh") or re.match(r"#!.*\b(sh|dash|bash)\b", first):
                found[path] = "sh"
        return found

    @functools.lru_cache(maxsize=None)
    def text(self, path):
        """Its text; bytes that are not UTF-8 come as replacement characters."""
        return (self.root / path).read_bytes().decode("utf-8", "replace")

    @functools.lru_cache(maxsize=None)
    def code(self, path):
        """C text without comments and strings."""
        return blank(self.text(path))

    def is_binary(self, path):
        return b"\0" in (self.root / path).read_bytes()[:8192]

    def relative(self, path):
        """A path that a compiler printed, relative to the root; None when it lies outside."""
        full = pathlib.Path(path)
        full = (full if full.is_absolute() else self.root / full).resolve()
        return str(full.relative_to(self.root)) if full.is_relative_to(self.root) else None

    @functools.cached_property
    def build(self):
        """A configured build folder: the given one, build/, or one made for the checks alone."""
        if self._build:
            return pathlib.Path(self._build).resolve()
        if (self.root / "build" / "compile_commands.json").is_file():
            return self.root / "build"
        return self._configure(self.cache / "build")

    def _configure(self, folder):
        need("meson")
        command = ["meson", "setup", *(["--reconfigure"] if (folder / "build.ninja").is_file() else []), str(folder)]
        done = subprocess.run([*command, str(self.root)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotCheck(f"meson setup failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return folder

    @functools.cached_property
    def compilations(self):
        """Path -> arguments for clang of every C file that a target compiles (one of its targets' arguments)."""
        database = self.build / "compile_commands.json"
        if not database.is_file():
            raise CannotCheck(f"{database} is missing: run `meson setup {self.build}` first")
        found = {}
        for entry in json.loads(database.read_text()):
            folder = pathlib.Path(entry["directory"])
            path = self.relative(folder / entry["file"])
            if path in self.files and path.endswith(".c") and (path not in found or "-fsanitize" not in entry["command"]):
                found[path] = clang_arguments(shlex.split(entry["command"]), folder)
        return found

    @property
    def compiled(self):
        """C files whose compilation may show what is wanted; a header's findings can come from any of them."""
        sources = all(only.endswith(".c") for only in self._only)
        return sorted(path for path in self.compilations if not sources or self.wanted(path))

    def parallel(self, function, items):
        """function(item) for all items, a few at a time; yields what the results hold."""
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            for result in pool.map(function, items):
                yield from result


def clang_arguments(command, folder):
    """What of a compiler's command line decides how a file reads; everything else is the other compiler's affair."""
    kept, rest = [], iter(command[1:])
    for word in rest:
        if word in KEPT_PAIRS:
            kept += [word, absolute(next(rest, ""), folder)]
        elif word.startswith("-I"):
            kept.append("-I" + absolute(word[2:] or next(rest, ""), folder))
        elif word.startswith(KEPT_PREFIXES) and not word.startswith("-mindirect"):
            kept.append(word)
    return kept


def absolute(path, folder):
    return str((folder / path).resolve())


def need(program):
    """The full name of a program, or a finding that it is missing."""
    found = shutil.which(program)
    if not found:
        raise CannotCheck(f"{program} is not installed")
    return found


def digest_of(*parts):
    """One hash over strings and the contents of files."""
    state = hashlib.sha256()
    for part in parts:
        state.update(part.read_bytes() if isinstance(part, pathlib.Path) else part.encode())
        state.update(b"\0")
    return state.hexdigest()
