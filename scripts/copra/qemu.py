# SPDX-License-Identifier: MIT
"""QEMU: finding it, its command line, its process."""

import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from copra.errors import LaunchError
from copra.paths import MIB

QEMU_DEFAULT = os.environ.get("COPRA_QEMU", "qemu-system-x86_64")
QEMU_MINIMUM = (7, 2)
MACHINE_CPU = "EPYC-v3,+svm,phys-bits=48,check=off"  # check=off: no warning for each feature that TCG lacks
PLAIN_CPU = MACHINE_CPU + ",-cx16"  # QEMU 7.2's CMPXCHG16B leaves nonsense in RFLAGS; the machine keeps guests away from it
HOST_CPU = "host,+svm"
TRACE_PORT = 0xE9
EXIT_PORT = 0xF4
PR_SET_PDEATHSIG = 1
PR_SET_THP_DISABLE = 41
REPORTING_ORDER = Path("/sys/module/page_reporting/parameters/page_reporting_order")
HUGE_PAGE_ORDER = 9
VIRTIO = "disable-legacy=on,iommu_platform=on"


def find_qemu(name):
    """The program; says so when it is missing or too old."""
    path = shutil.which(name)
    if not path:
        raise LaunchError(f"QEMU is missing ({name}); install the package qemu-system-x86, or pass --qemu FILE")
    try:
        text = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LaunchError(f"QEMU {path} cannot be run: {error}") from error
    match = re.search(r"version (\d+)\.(\d+)", text)
    if not match:
        raise LaunchError(f"QEMU {path}: no version in the output of --version; is it qemu-system-x86_64?")
    version = int(match[1]), int(match[2])
    if version < QEMU_MINIMUM:
        raise LaunchError(f"QEMU {path} is version {version[0]}.{version[1]}; 7.2 or later is needed")
    return path


def nested_svm_usable():
    """True when KVM can run the machine: an AMD processor, kvm_amd with nesting, and the right to use it."""
    nested = Path("/sys/module/kvm_amd/parameters/nested")
    try:
        return nested.read_text(encoding="ascii").strip() in ("1", "Y") and os.access("/dev/kvm", os.R_OK | os.W_OK)
    except OSError:
        return False


def choose_accelerator(wanted):
    if wanted == "kvm" and not nested_svm_usable():
        raise LaunchError("--accel kvm: KVM cannot nest SVM here (an AMD processor, kvm_amd with nested=1 and access to "
                          "/dev/kvm are needed); leave it out to use TCG")
    if wanted == "auto":
        return "kvm" if nested_svm_usable() else "tcg"
    return wanted


def disk_format(path):
    try:
        with open(path, "r+b") as disk:
            return "qcow2" if disk.read(4) == b"QFI\xfb" else "raw"
    except OSError as error:
        raise LaunchError(f"disk {path}: {error.strerror}") from error


def quoted(path):
    """A file name inside a QEMU option: commas are doubled."""
    return str(path).replace(",", ",,")


class Command:
    """Collects the command line, and the sockets that QEMU inherits."""

    def __init__(self, program):
        self.words = [program, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-M", "q35"]
        self.sockets = {}  # name: the launcher's end
        self.inherited = []

    def add(self, *words):
        self.words += [str(word) for word in words]

    def channel(self, name):
        """A character device that is a connected socket. Returns its name."""
        ours, theirs = socket.socketpair()
        os.set_inheritable(theirs.fileno(), True)
        self.sockets[name] = ours
        self.inherited.append(theirs)
        self.add("-chardev", f"socket,id={name},fd={theirs.fileno()}")
        return name

    def processor(self, accelerator, model, cpus, threads):
        """threads: of QEMU's for several CPUs: "one" emulates them in turn, "many" each on its own."""
        if accelerator == "tcg":
            self.add("-accel", f"tcg,thread={'multi' if threads == 'many' else 'single'}" if cpus > 1 else "tcg")
        else:
            self.add("-accel", "kvm")
        self.add("-cpu", model or (MACHINE_CPU if accelerator == "tcg" else HOST_CPU), "-smp", cpus)

    def count_instructions(self):
        self.add("-icount", "shift=0,sleep=off")

    def memory(self, size):
        self.add("-m", f"{size // MIB}M")

    def serial(self, name):
        self.add("-serial", f"chardev:{self.channel(name)}")

    def machine_ports(self):
        trace = self.channel("trace")
        self.add("-device", f"isa-debugcon,iobase={TRACE_PORT:#x},chardev={trace}")
        self.add("-device", f"isa-debug-exit,iobase={EXIT_PORT:#x},iosize=0x4")

    def file(self, name, path):
        self.add("-fw_cfg", f"name=opt/copra/{name},file={quoted(path)}")

    def ports(self, names):
        self.add("-device", f"virtio-serial-pci,{VIRTIO}")
        for name in names:
            channel = self.channel(name)
            self.add("-device", f"virtserialport,chardev={channel},name={name}")

    def disk(self, path):
        options = f"if=none,id=disk0,format={disk_format(path)},werror=report,file={quoted(path)}"
        self.add("-drive", options, "-device", f"virtio-blk-pci,drive=disk0,{VIRTIO}")


def free_memory_is_given_back():
    """True in a virtual machine that reports its free huge pages to its host, which then takes the memory away."""
    try:
        return 0 <= int(REPORTING_ORDER.read_text(encoding="ascii")) <= HUGE_PAGE_ORDER
    except (OSError, ValueError):
        return False


def set_up_process():
    """
    Runs in the new process, which ends when the launcher does, however that ends. Where free huge pages are given back, each one that
    is touched anew costs milliseconds, and small pages far less: then QEMU goes without huge ones.
    """
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if free_memory_is_given_back():
        libc.prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0)


class Process:
    """QEMU running. Context: gone outside, in every case."""

    def __init__(self, command):
        self._command = command
        self._process = None
        self.errors = None

    def __enter__(self):
        ours, theirs = socket.socketpair()
        files = [end.fileno() for end in self._command.inherited]
        try:
            self._process = subprocess.Popen(self._command.words, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs,
                                             pass_fds=files, start_new_session=True, preexec_fn=set_up_process)
        except OSError as error:
            raise LaunchError(f"cannot run {self._command.words[0]}: {error.strerror}") from error
        finally:
            theirs.close()
            for end in self._command.inherited:
                end.close()
        self.errors = ours
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for end in [self.errors, *self._command.sockets.values()]:
            end.close()

    def poll(self):
        return self._process.poll()

    @property
    def pid(self):
        return self._process.pid
