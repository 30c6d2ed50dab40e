# SPDX-License-Identifier: MIT
"""The emulated SEV-SNP machine as QEMU's kernel, and what it is given: the IGVM file, options, the guest's fw_cfg items."""

import fcntl
import json
import shutil
from pathlib import Path

from copra.errors import LaunchError
from copra.guest import Guest, write_scratch
from copra.paths import MIB, ROOT, build_folder, make_folder

RUN_PARTS = "svsm,services,machine,tools"
OWN_MEMORY = 64 * MIB  # the machine itself, its tables, what lies below 4 GiB
OWN_SHARE = 32  # and this part of the guest's memory: RMP and nested tables
LARGE_PAGE = 2 * MIB
LAYOUT_MEMORY = 256 * MIB  # guest memory that `igvm build` counts on unless told otherwise
IGVM_MAGIC = b"IGVM"
SEV_FEATURES_ORDINARY = "0x21"  # SNP and debug swap, no restricted injection
TRACE_DEFAULT = "refused,vmgexit,rmp,vmpl"


def build_tree(progress, with_services):
    """Builds SVSM, machine and tools, and the services if wanted."""
    build_paths(progress, [svsm_image(), machine_image(), igvm_tool()] + ([services_program()] if with_services else []), with_services)


def build_paths(progress, paths, with_services=False):
    """Builds what is not built yet or not up to date."""
    folder = build_folder()
    for tool in ("meson", "ninja"):
        if not shutil.which(tool):
            raise LaunchError(f"{tool} is missing; scripts/setup installs what the build needs")
    make_folder(folder)
    with open(folder / ".copra-lock", "w", encoding="utf-8") as lock:
        progress.say("waiting for another build")
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "build.ninja").exists():
            command = ["meson", "setup", f"-Dparts={RUN_PARTS}", str(folder)]
            check_step(progress.run("preparing the build", command, cwd=ROOT))
        if with_services:
            configure_services(folder, progress)
        targets = [str(path.relative_to(folder)) for path in paths]
        check_step(progress.run("building", ["ninja", "-C", str(folder), *targets]))


def has_services(folder):
    return f"build {services_program().relative_to(folder)}:" in (folder / "build.ninja").read_text(encoding="utf-8")


def configure_services(folder, progress):
    """The folder may have been configured without them: by an older tree, or before their libraries were there."""
    if has_services(folder):
        return
    listing = progress.run("preparing the build", ["meson", "introspect", "--buildoptions", str(folder)], cwd=ROOT)
    check_step(listing)
    parts = next(option["value"] for option in json.loads(listing.stdout) if option["name"] == "parts")
    words = ",".join(dict.fromkeys([*parts, "services"]))
    check_step(progress.run("preparing the build", ["meson", "setup", "--reconfigure", f"-Dparts={words}", str(folder)], cwd=ROOT))
    if not has_services(folder):
        raise LaunchError("--tpm: the virtual TPM needs libtpms.a and libcrypto.a; scripts/setup installs libtpms-dev and libssl-dev")


def check_step(result):
    if result.returncode != 0:
        lines = (result.stdout + result.stderr).strip().splitlines()[-30:]
        raise LaunchError("the build failed:\n" + "\n".join("  " + line for line in lines))


def svsm_image():
    return build_folder() / "svsm/copra-svsm.elf"


def native_image():
    return build_folder() / "svsm/copra-svsm-native.elf"


def machine_image():
    return build_folder() / "machine/machine.elf"


def verify_program():
    return build_folder() / "tools/verify/copra-verify"


def services_program():
    return build_folder() / "services/copra-services"


def igvm_tool():
    return build_folder() / "tools/igvm/igvm"


def prepare_igvm_guest(options):
    """--igvm: the guest is in the file."""
    try:
        with open(options.igvm, "rb") as file:
            magic = file.read(len(IGVM_MAGIC))
    except OSError as error:
        raise LaunchError(f"IGVM file {options.igvm}: {error.strerror}") from error
    if magic != IGVM_MAGIC:
        raise LaunchError(f"IGVM file {options.igvm}: not an IGVM file (it does not begin with 'IGVM')")
    return Guest(None, None, options.append, None, None, "")


def build_igvm(options, guest, scratch, progress):
    """The IGVM file of this run. With firmware, the kernel comes by fw_cfg; without, it is part of the file."""
    output = Path(options.keep_igvm) if options.keep_igvm else Path(scratch) / "guest.igvm"
    words = [igvm_tool(), "build", "--kernel-image", svsm_image(), "--output", output, "--cpus", options.cpus]
    if options.debug:
        words.append("--debug")
    if "restricted-injection" in (options.withhold or "").split(","):
        words += ["--sev-features", SEV_FEATURES_ORDINARY]  # or the host would not start it
    if options.tpm:
        words += ["--service", options.service or services_program()]
    if guest.firmware:
        words += ["--firmware", guest.firmware]
    else:
        words += ["--linux", guest.kernel, "--initrd", guest.initrd, "--append", guest.cmdline]
        words += ["--memory-minimum", min(options.memory, max(LAYOUT_MEMORY, guest.least_memory))]
    result = progress.run("building the IGVM file", [str(word) for word in words])
    if result.returncode != 0:
        raise LaunchError(result.stderr.strip() or f"igvm build ended with status {result.returncode}")
    return output


def option_text(options):
    """What machine/options.h reads."""
    words = [f"memory={options.memory}"]
    classes = options.trace_classes or (TRACE_DEFAULT if options.trace else "")
    if classes:
        words.append(f"trace={classes}")
    if options.counters:
        words.append("counters")
    for name in ("dump", "fault", "withhold"):
        value = getattr(options, name)
        if value:
            words.append(f"{name}={value}")
    return "\n".join(words) + "\n"


def add_guest(command, options, guest, scratch, progress):
    """Adds the machine and everything it is given to QEMU's command line."""
    build_tree(progress, options.tpm and not options.service)
    igvm = Path(options.igvm) if options.igvm else build_igvm(options, guest, scratch, progress)
    items = []
    if guest.firmware and guest.kernel:
        line = guest.cmdline.encode() + b"\0"
        items = [("kernel", guest.kernel), ("initrd", guest.initrd), ("cmdline", write_scratch(scratch, "cmdline", line))]
    add_machine(command, options, igvm, items, scratch)


def add_machine(command, options, igvm, items, scratch):
    """The machine, with an IGVM file and the fw_cfg items of its guest."""
    inputs = [("igvm", igvm), ("options", write_scratch(scratch, "options", option_text(options).encode())), *items]
    size = sum(path.stat().st_size for _, path in inputs)
    own = OWN_MEMORY + size + options.memory // OWN_SHARE
    command.memory(options.memory + -(-own // LARGE_PAGE) * LARGE_PAGE)
    command.serial("svsm")
    command.machine_ports()
    # The machine's own memory is the top of what lies below 4 GiB; OVMF's window for PCI devices begins at 2 GiB.
    # No SMM: its memory could be laid over the machine's. No VMware port: it writes the registers of whoever uses it.
    command.add("-M", "max-ram-below-4g=2G,smm=off,vmport=off", "-kernel", machine_image())
    for name, path in inputs:
        command.file(name, path)
