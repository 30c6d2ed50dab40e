# SPDX-License-Identifier: MIT
"""Kernel, firmware and busybox for the guest: chosen from Debian's suites, unpacked once into the cache."""

import contextlib
import fcntl
import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from copra import hotplug, tpmdriver
from copra.apt import SourceSuite, Suite, host_release
from copra.errors import LaunchError
from copra.paths import make_folder, write_atomically

KERNEL_PACKAGES = {"cloud": "linux-image-cloud-amd64", "generic": "linux-image-amd64"}
KERNEL_PART = re.compile(r"\b(linux-(?:image|binary|modules|base)-[0-9][^ ,]*) \(= ([^)]+)\)")
KERNEL_MINIMUM = (6, 12)
FIRMWARE_PACKAGE = "ovmf-generic"
FIRMWARE_FILE = "usr/share/ovmf/OVMF.fd"
FIRMWARE_MINIMUM = (2026, 8)
NEW_SUITES = ["testing", "unstable"]
QEMU_SOURCE_MINIMUM = (10, 2)  # the first whose IGVM loader takes native contexts
LIBTPMS_SOURCE_MINIMUM = (0, 9)
QEMU_BUILD_TOOLS = {"meson": (1, 5), "python3-pycotap": (1, 1)}  # what it wants and Debian 12 has too old, or not
PYTHON_MODULES = "usr/lib/python3/dist-packages"
PARTIAL = ".partial-"
FETCH_FAILED = "{what} was not found in {suites}; './copra update' fetches newer package lists"


class Kernel(NamedTuple):
    version: str
    image: Path
    modules: Path  # folder of this version's modules; may not exist
    suite: str = ""  # that it was fetched from


def numbers(version):
    """The leading numbers of a package version, its epoch left out."""
    return tuple(int(part) for part in re.findall(r"\d+", version.split(":")[-1].split("-")[0])[:2])


class Artefacts:
    def __init__(self, cache, progress):
        self._cache = make_folder(cache)
        self._progress = progress

    @contextlib.contextmanager
    def _locked(self):
        """One run at a time fills the cache; a second one waits and finds everything there."""
        with open(self._cache / "lock", "w", encoding="utf-8") as lock:
            self._progress.say("waiting for another run that is fetching")
            fcntl.flock(lock, fcntl.LOCK_EX)
            for left in self._cache.glob(f"{PARTIAL}*"):  # of a run that was killed: only who has the lock makes any
                shutil.rmtree(left, ignore_errors=True)
            yield

    def _remembered(self, name, resolve):
        """What resolve() found, kept in the cache as long as the paths in it exist."""
        path = self._cache / "chosen" / f"{name}.json"
        found = self._recall(path)
        if not found:
            with self._locked():
                found = self._recall(path)  # of another run, while this one waited
                if not found:
                    found = resolve()
                    write_atomically(make_folder(path.parent) / path.name, json.dumps(found, indent=1).encode())
        return found

    def _recall(self, path):
        """None when nothing is remembered, or not all of it is there any more."""
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            return found if found["folders"] and all((self._cache / folder).exists() for folder in found["folders"]) else None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise LaunchError(f"{path}: {error.strerror}; set COPRA_CACHE to another folder") from error
        except (ValueError, KeyError, TypeError):
            return None

    def _unpack(self, suite, fields):
        """A folder with the package's files, named by package and version."""
        name = f"{fields['Package']}_{fields['Version'].replace(':', '%')}"
        target = make_folder(self._cache / "packages") / name
        if target.exists():
            return str(target.relative_to(self._cache))
        with tempfile.TemporaryDirectory(prefix=PARTIAL, dir=self._cache) as scratch:
            scratch = Path(scratch)
            package = suite.download(fields, scratch)
            tree = scratch / "tree"
            result = self._progress.run(f"unpacking {package.name}", ["dpkg-deb", "-x", str(package), str(tree)])
            if result.returncode != 0:
                raise LaunchError(f"{package.name} could not be unpacked: {result.stderr.strip()}")
            tree.rename(target)
        return str(target.relative_to(self._cache))

    def _first_suite(self, suites, package, minimum):
        """The first suite that has the package in that version or a later one."""
        for name in suites:
            suite = Suite(self._cache, name, self._progress)
            fields = suite.show(package)
            if fields and numbers(fields["Version"]) >= minimum:
                return suite, fields
        wanted = ".".join(str(number) for number in minimum)
        raise LaunchError(FETCH_FAILED.format(what=f"{package} {wanted} or later", suites=", ".join(suites)))

    def _resolve_kernel(self, suites, flavour, minimum):
        suite, fields = self._first_suite(suites, KERNEL_PACKAGES[flavour], minimum)
        folders, todo, seen = [], [fields], set()
        while todo:
            for package, _ in KERNEL_PART.findall(todo.pop().get("Depends", "")):
                if package in seen:
                    continue
                seen.add(package)
                part = suite.show(package)
                if not part:
                    raise LaunchError(FETCH_FAILED.format(what=package, suites=suite.name))
                folders.append(self._unpack(suite, part))
                todo.append(part)
        return {"suite": suite.name, "folders": folders}

    def kernel(self, flavour="cloud", suite=None, tpm=False):
        """A stock kernel of 6.12 or later, with a TPM 6.16: of that suite, else of the host's backports, of its own suite, of testing."""
        codename = host_release()[1] if host_release()[0] == "debian" else ""
        default = [f"{codename}-backports", codename] if codename else []
        suites = [suite] if suite else default + NEW_SUITES[:1]
        name, minimum = (f"kernel-{suite or 'tpm'}", tpmdriver.MINIMUM) if tpm else (f"kernel-{suite or 'default'}", KERNEL_MINIMUM)
        found = self._remembered(f"{name}-{flavour}", lambda: self._resolve_kernel(suites, flavour, minimum))
        folders = [self._cache / folder for folder in found["folders"]]
        return find_kernel(folders)._replace(suite=found["suite"])

    def tpm_modules(self, kernel):
        """Linux's modules for the SVSM's TPM, as far as the kernel has them not itself; none for a kernel that is not Debian's."""
        if kernel.suite:
            with self._locked():
                return tpmdriver.make_modules(self._cache, kernel, self._progress)
        if not tpmdriver.has_module(kernel, tpmdriver.NAME):
            self._progress.note(f"no driver {tpmdriver.NAME} was found for this kernel; without it the guest sees no TPM")
        return []

    def hotplug_module(self, kernel):
        """Ours, with which a CPU can go offline and come back again and again. Of a stock kernel."""
        with self._locked():
            return hotplug.make_module(self._cache, kernel, self._progress)

    def _resolve_plain(self, package, minimum):
        suite, fields = self._first_suite(NEW_SUITES, package, minimum)
        return {"suite": suite.name, "folders": [self._unpack(suite, fields)]}

    def firmware(self):
        """OVMF that knows SVSMs. OVMF.fd, which takes kernels from fw_cfg without a table of their hashes."""
        found = self._remembered("firmware", lambda: self._resolve_plain(FIRMWARE_PACKAGE, FIRMWARE_MINIMUM))
        return existing(self._cache / found["folders"][0] / FIRMWARE_FILE)

    def busybox(self):
        found = self._remembered("busybox", lambda: self._resolve_plain("busybox-static", (1, 30)))
        folder = self._cache / found["folders"][0]
        for name in ("usr/bin/busybox", "bin/busybox"):
            if (folder / name).exists():
                return folder / name
        return existing(folder / "usr/bin/busybox")

    def _resolve_source(self, package, minimum, names):
        """The oldest version of those suites that is new enough."""
        found = [(numbers(version), version, suite) for suite in (SourceSuite(self._cache, name, self._progress) for name in names)
                 for version in suite.versions(package) if numbers(version) >= minimum]
        if not found:
            raise LaunchError(FETCH_FAILED.format(what=f"the source of {package} {minimum[0]}.{minimum[1]} or later",
                                                  suites=", ".join(names)))
        _, version, suite = min(found, key=lambda one: one[:2])
        folder = make_folder(self._cache / "sources" / f"{package}_{version.replace(':', '%')}")
        description = suite.download_source(package, version, folder)
        return {"version": version, "description": description.name, "folders": [str(folder.relative_to(self._cache))]}

    def qemu_source(self):
        """QEMU's source package as Debian has it: its version and its .dsc, the other files beside it."""
        return self._source("qemu", QEMU_SOURCE_MINIMUM, NEW_SUITES)

    def libtpms_source(self):
        """The same of libtpms, that of the host's suite if it has one."""
        codename = host_release()[1] if host_release()[0] == "debian" else ""
        return self._source("libtpms", LIBTPMS_SOURCE_MINIMUM, [codename] * bool(codename) + NEW_SUITES)

    def _source(self, package, minimum, suites):
        found = self._remembered(f"{package}-source", lambda: self._resolve_source(package, minimum, suites))
        return found["version"], existing(self._cache / found["folders"][0] / found["description"])

    def qemu_build_tools(self):
        """Folders of Python modules with which QEMU's source configures itself."""
        codename = host_release()[1] if host_release()[0] == "debian" else ""
        suites = [f"{codename}-backports"] * bool(codename) + NEW_SUITES

        def resolve():
            parts = [self._first_suite(suites, package, minimum) for package, minimum in QEMU_BUILD_TOOLS.items()]
            return {"folders": [self._unpack(suite, fields) for suite, fields in parts]}
        found = self._remembered("qemu-build-tools", resolve)
        return [existing(self._cache / folder / PYTHON_MODULES) for folder in found["folders"]]

    def update(self):
        """Forgets what was chosen and the package lists, so that the next run looks anew. Unpacked packages stay."""
        with self._locked():
            shutil.rmtree(self._cache / "chosen", ignore_errors=True)
            shutil.rmtree(self._cache / "apt", ignore_errors=True)


def existing(path):
    if not path.exists():
        raise LaunchError(f"{path} is missing from its package; './copra update' chooses anew")
    return path


def find_kernel(folders):
    """Up to 6.12 the image lies in /boot, later in the modules folder."""
    images = [image for folder in folders for pattern in ("boot/vmlinuz-*", "usr/lib/modules/*/vmlinuz", "lib/modules/*/vmlinuz")
              for image in folder.glob(pattern)]
    if not images:
        raise LaunchError(f"no kernel image in {', '.join(str(folder) for folder in folders)}")
    image = images[0]
    version = image.name[len("vmlinuz-"):] if image.parent.name == "boot" else image.parent.name
    candidates = [folder / prefix / version for folder in folders for prefix in ("usr/lib/modules", "lib/modules")]
    modules = next((folder for folder in candidates if (folder / "kernel").exists()), candidates[0])
    return Kernel(version, image, modules)
