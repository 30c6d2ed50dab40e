# SPDX-License-Identifier: MIT
"""Entry: reads the options, does what they say, turns every outcome into an exit status."""

import contextlib
import os
import signal
import sys
from pathlib import Path

from copra import initramfs
from copra.artefacts import Artefacts
from copra.channel import new_token
from copra.errors import STATUS_INTERRUPTED, STATUS_OK, LaunchError
from copra.machine import build_paths, verify_program
from copra.options import check_options, make_parser, parse_arguments
from copra.paths import cache_folder, write_atomically
from copra.progress import Progress
from copra.run import run
from copra.streams import complain


def show_artefacts(options, progress):
    artefacts = Artefacts(cache_folder(), progress)
    kernel = artefacts.kernel(options.kernel_flavour, options.kernel_suite, options.tpm)
    found = {"kernel": kernel.image, "version": kernel.version, "modules": kernel.modules,
             "firmware": artefacts.firmware(), "busybox": artefacts.busybox()}
    if options.tpm:
        found["tpm_modules"] = " ".join(str(path) for path in artefacts.tpm_modules(kernel)) or "of the kernel's own"
    if options.cpu_hotplug:
        found["hotplug_module"] = artefacts.hotplug_module(kernel)
    progress.clear()
    for name, value in found.items():
        print(f"{name}={value}")
    return STATUS_OK


def write_initrd(options, progress):
    artefacts = Artefacts(cache_folder(), progress)
    kernel = artefacts.kernel(options.kernel_flavour, options.kernel_suite)
    data = initramfs.build(artefacts.busybox(), kernel, initramfs.Wanted(options.exec, new_token(), options.disk))
    progress.clear()
    write_atomically(Path(options.file).absolute(), data)
    return STATUS_OK


def update(_, progress):
    Artefacts(cache_folder(), progress).update()
    progress.clear()
    return STATUS_OK


def verify(options, progress):
    """The program does everything itself."""
    build_paths(progress, [verify_program()])
    progress.stop()
    os.execv(verify_program(), ["copra verify", *options.words])


COMMANDS = {"run": run, "verify": verify, "artefacts": show_artefacts, "initrd": write_initrd, "update": update}


def end_by_signal(number, _):
    raise SystemExit(128 + number)


def complain_after(progress, text):
    with contextlib.suppress(OSError):
        progress.stop()
    complain(text)


def main(arguments):
    parser = make_parser()
    options = parse_arguments(parser, arguments)
    check_options(parser, options)
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # as nohup leaves it
            signal.signal(number, end_by_signal)
    progress = Progress()
    try:
        return COMMANDS[options.command](options, progress)
    except LaunchError as error:
        complain_after(progress, error)
        return error.status
    except KeyboardInterrupt:
        complain_after(progress, "interrupted")
        return STATUS_INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    finally:
        with contextlib.suppress(OSError):
            progress.stop()
