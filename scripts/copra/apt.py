# SPDX-License-Identifier: MIT
"""Packages of other suites than the host's, by a private apt state: nothing is installed, everything is verified by apt.

The mirror is the one that the host's own apt configuration names (or COPRA_MIRROR), the proxy settings are the host's.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from copra.errors import LaunchError
from copra.paths import MIB, make_folder, need_space, write_atomically

KEYRINGS = ["/usr/share/keyrings/debian-archive-keyring.pgp", "/usr/share/keyrings/debian-archive-keyring.gpg",
            "/etc/apt/trusted.gpg.d/debian-archive-keyring.gpg"]
INDEX_SPACE = 256 * MIB
SOURCE_SPACE = 128 * MIB
EXPIRED = re.compile(r"^E: Release file for .* is expired \((.*?)\)", re.MULTILINE)

CONFIGURATION = """\
Dir::State "{folder}";
Dir::State::lists "{folder}/lists";
Dir::State::status "{folder}/status";
Dir::Cache "{folder}/cache";
Dir::Etc::sourcelist "{folder}/sources.list";
Dir::Etc::sourceparts "-";
Dir::Etc::preferences "-";
Dir::Etc::preferencesparts "-";
APT::Architecture "amd64";
APT::Architectures "amd64";
APT::Sandbox::User "";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::PDiffs "false";
Acquire::Retries "2";
Acquire::http::Timeout "30";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
"""


def host_release():
    """Distribution and code name of the host, as /etc/os-release gives them."""
    fields = {}
    try:
        for line in Path("/etc/os-release").read_text(encoding="utf-8").splitlines():
            key, _, value = line.partition("=")
            fields[key] = value.strip('"')
    except OSError:
        pass
    return fields.get("ID", ""), fields.get("VERSION_CODENAME", "")


def find_mirror():
    if "COPRA_MIRROR" in os.environ:
        return os.environ["COPRA_MIRROR"]
    if not shutil.which("apt-get"):
        raise LaunchError("guest kernels and firmware come from Debian packages, and there is no apt-get here; "
                          "install apt, dpkg and Debian's archive keyring, or pass --kernel, --initrd and --firmware")
    listing = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(ORIGIN)", "Created-By: Packages"],
                             capture_output=True, text=True, check=False)
    distribution, codename = host_release()
    for line in listing.stdout.splitlines():
        uri, release, origin = (line.split(" ") + ["", ""])[:3]
        if origin == "Debian" or (distribution == "debian" and release == codename):
            return uri.rstrip("/")
    sources = subprocess.run(["apt-get", "update", "--print-uris"], capture_output=True, text=True, check=False)  # not fetched yet
    match = re.search(rf"^'(\S+?)/*/dists/{codename}/InRelease'", sources.stdout, re.MULTILINE)
    if distribution == "debian" and match:
        return match[1]
    raise LaunchError("apt's configuration names no Debian mirror; set COPRA_MIRROR to the address of one, "
                      "or pass --kernel, --initrd and --firmware")


def find_keyring():
    for name in KEYRINGS:
        if Path(name).exists():
            return name
    raise LaunchError("Debian's archive keyring is missing; install the package debian-archive-keyring")


def explain(result):
    """The lines of apt's that say what went wrong."""
    lines = [line for line in result.stderr.splitlines() if line.startswith(("E:", "W:"))]
    return "\n".join("  " + line for line in lines[:6]) or "  " + result.stderr.strip()[-500:]


class Suite:
    """One suite of the mirror, with an index of its own."""

    kind = "deb"  # of packages

    def __init__(self, cache, name, progress):
        self.name = name
        self._folder = cache / "apt" / self._folder_name()
        self._progress = progress

    def _folder_name(self):
        return self.name

    def _run(self, text, arguments, **options):
        environment = dict(os.environ, APT_CONFIG=str(self._folder / "apt.conf"), LC_ALL="C")
        return self._progress.run(text, arguments, env=environment, **options)

    def _configure(self):
        make_folder(self._folder / "lists" / "partial")
        make_folder(self._folder / "cache" / "archives" / "partial")
        source = f"{self.kind} [signed-by={find_keyring()}] {find_mirror()} {self.name} main\n"
        write_atomically(self._folder / "status", b"")
        write_atomically(self._folder / "sources.list", source.encode())
        write_atomically(self._folder / "apt.conf", CONFIGURATION.format(folder=self._folder).encode())

    def _fetch_index(self, *options):
        return self._run(f"fetching the package index of {self.name}", ["apt-get", "-q", *options, "update"])

    def update(self):
        """Fetches the suite's index. A frozen mirror's is taken as well, and said to be old."""
        make_folder(self._folder)
        need_space(self._folder, INDEX_SPACE)
        self._configure()
        result = self._fetch_index()
        expired = EXPIRED.search(result.stderr)
        if expired:
            self._progress.note(f"the mirror's index of {self.name} is out of date ({expired[1]}): its signature holds, "
                                "the packages may not be the newest")
            result = self._fetch_index("-o", "Acquire::Check-Valid-Until=false")
        if result.returncode != 0:
            raise LaunchError(f"the package index of {self.name} could not be fetched:\n{explain(result)}\n"
                              "connect to the network and run again; once fetched, nothing is fetched again")
        write_atomically(self._folder / "ready", b"")

    def _ensure(self):
        if not (self._folder / "ready").exists():
            self.update()

    def show(self, package):
        """Fields of the newest version of a package, None when the suite has none."""
        self._ensure()
        result = self._run(f"looking for {package} in {self.name}", ["apt-cache", "show", "--no-all-versions", package])
        if result.returncode != 0 or not result.stdout.startswith("Package:"):
            return None
        return dict(re.findall(r"^([A-Za-z-]+): (.*)$", result.stdout.split("\n\n", 1)[0], re.MULTILINE))

    def download(self, fields, folder):
        """Fetches one package into a folder and returns the file; its size and hash are checked by apt."""
        package, version = fields["Package"], fields["Version"]
        need_space(folder, int(fields["Size"]) + 1024 * int(fields.get("Installed-Size", 0)) + 16 * MIB)
        size = int(fields["Size"]) // MIB
        result = self._run(f"fetching {package} {version} ({size} MiB)", ["apt-get", "-q", "download", f"{package}={version}"],
                           cwd=folder)
        files = list(folder.glob(f"{package}_*.deb"))
        if result.returncode != 0 or not files:
            raise LaunchError(f"{package} {version} could not be fetched from {self.name}:\n{explain(result)}\n"
                              "check the network; './copra update' fetches newer package lists")
        return files[0]


class SourceSuite(Suite):
    """The source packages of a suite."""

    kind = "deb-src"

    def _folder_name(self):
        return f"{self.name}-source"

    def versions(self, package):
        """All versions that the suite has of a source package, as apt writes them."""
        self._ensure()
        result = self._run(f"looking for the source of {package} in {self.name}", ["apt-cache", "showsrc", "--only-source", package])
        return re.findall(r"^Version: (\S+)$", result.stdout, re.MULTILINE) if result.returncode == 0 else []

    def download_source(self, package, version, folder):
        """Fetches a source package into a folder and returns its .dsc; sizes and hashes are checked by apt."""
        need_space(folder, SOURCE_SPACE)
        result = self._run(f"fetching the source of {package} {version}",
                           ["apt-get", "-q", "source", "--only-source", "--download-only", f"{package}={version}"], cwd=folder)
        files = list(folder.glob(f"{package}_*.dsc"))
        if result.returncode != 0 or not files:
            raise LaunchError(f"the source of {package} {version} could not be fetched from {self.name}:\n{explain(result)}\n"
                              "check the network; './copra update' fetches newer package lists")
        return files[0]
