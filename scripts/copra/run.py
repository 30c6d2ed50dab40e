# SPDX-License-Identifier: MIT
"""`copra run`: from options to a running guest."""

import sys
from types import SimpleNamespace

from copra import machine, native
from copra.artefacts import Artefacts
from copra.channel import PORTS
from copra.errors import LaunchError
from copra.guest import prepare, scratch_folder
from copra.paths import cache_folder
from copra.qemu import PLAIN_CPU, QEMU_DEFAULT, Command, choose_accelerator, find_qemu
from copra.report import print_counters
from copra.runlog import RunLog
from copra.session import Session


def make_command(options):
    command = Command(find_qemu(options.qemu or QEMU_DEFAULT))
    if options.platform == "native" and native.runs_directly(options):
        accelerator = native.direct_accelerator(options.accel)
        command.processor(accelerator, options.cpu or native.DIRECT_CPU[accelerator], options.cpus, "one")
        command.serial("console")
        return command
    accelerator = choose_accelerator(options.accel)
    plain = options.platform == "plain" and accelerator == "tcg"
    command.processor(accelerator, options.cpu or (PLAIN_CPU if plain else None), options.cpus, options.threads)
    if options.icount:
        command.count_instructions()
    command.serial("console")
    if options.exec is not None:
        command.ports(PORTS)
    if options.disk:
        command.disk(options.disk)
    return command


def add_plain_guest(command, options, guest):
    """The same guest without the machine."""
    command.memory(options.memory)
    command.add("-kernel", guest.kernel, "-initrd", guest.initrd, "-append", guest.cmdline)
    if guest.firmware:
        command.add("-bios", guest.firmware)


class TraceFile:
    """Takes the trace as it comes; what cannot be written is an error that names the file."""

    def __init__(self, path):
        self._path = path
        self._file = self._do(open, path, "wb")

    def _do(self, action, *arguments):
        try:
            return action(*arguments)
        except OSError as error:
            raise LaunchError(f"trace file {self._path}: {error.strerror}") from error

    def write(self, data):
        self._do(self._file.write, data)

    def close(self):
        self._do(self._file.close)


def run(options, progress):
    cache = cache_folder()
    artefacts = Artefacts(cache, progress)
    with scratch_folder() as scratch:
        command = make_command(options)
        if options.platform == "native":
            guest = native.add_guest(command, options, scratch, progress)
            return run_session(command, options, guest, cache, progress)
        guest = machine.prepare_igvm_guest(options) if options.igvm else prepare(options, artefacts, scratch)
        if options.platform == "plain":
            add_plain_guest(command, options, guest)
        else:
            machine.add_guest(command, options, guest, scratch, progress)
        return run_session(command, options, guest, cache, progress)


def run_session(command, options, guest, cache, progress):
    progress.clear()
    if options.show_command:
        print(" ".join(command.words), file=sys.stderr)
    log = RunLog(cache, options.log)
    if options.exec is not None or options.debug:
        print(f"copra: log: {log.path}", file=sys.stderr)
    trace_file = TraceFile(options.trace) if options.trace else None
    shell = options.platform != "native" and not options.igvm and not options.initrd
    settings = SimpleNamespace(command=options.exec, token=guest.token, timeout=options.timeout, debug=options.debug,
                               firmware=guest.firmware, machine="trace" in command.sockets, native=options.platform == "native", shell=shell,
                               trace_file=trace_file)
    session = Session(command, settings, log, progress)
    try:
        return session.run()
    finally:
        if trace_file:
            trace_file.close()
        if options.counters:
            print_counters(session.counters)
