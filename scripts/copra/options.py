# SPDX-License-Identifier: MIT
"""The command line."""

import argparse

from copra.sizes import parse_size

STEP = 2 << 20  # of the guest's memory
# What the guest is made of, and what only the machine or its SVSM can do
GUEST_OPTIONS = ("firmware", "kernel", "kernel_flavour", "kernel_suite", "initrd", "append", "exec", "tpm", "service",
                 "cpu_hotplug")
MACHINE_OPTIONS = ("igvm", "keep_igvm", "tpm", "service", "cpu_hotplug", "debug", "trace", "trace_classes", "counters", "dump",
                   "fault", "withhold")

DESCRIPTION = """Boots an unmodified Linux guest under the Copra SVSM on an emulated SEV-SNP machine."""
EPILOG = """Exit status: that of the command with --exec, else 0; 1 something failed; 2 wrong usage;
3 the guest or the SVSM terminated itself; 4 --timeout. On the console, Ctrl-A X ends the guest.
Input that is piped in waits for the shell of the guest, and ends it."""


def size(text):
    """Bytes, a multiple of what the machine gives memory in."""
    try:
        number = parse_size(text) // STEP * STEP
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if number == 0:
        raise argparse.ArgumentTypeError(f"'{text}' is less than the least, 2M")
    return number


def positive(text):
    number = int(text)
    if number <= 0:
        raise ValueError
    return number


def seconds(text):
    number = float(text)
    if not 0 < number < float("inf"):
        raise ValueError
    return number


def add_guest_options(parser):
    group = parser.add_argument_group("the guest")
    group.add_argument("--firmware", metavar="ovmf|none|FILE", help="firmware image (default: ovmf)")
    group.add_argument("--kernel", metavar="FILE", help="a bzImage instead of the stock kernel")
    group.add_argument("--kernel-flavour", choices=["cloud", "generic"], help="of the stock kernel (default: cloud)")
    group.add_argument("--kernel-suite", metavar="SUITE", help="Debian suite of the stock kernel, e.g. testing")
    group.add_argument("--initrd", metavar="FILE", help="initial RAM disk instead of the one built here")
    group.add_argument("--append", metavar="TEXT", help="added to the kernel's command line")
    group.add_argument("--disk", metavar="FILE", help="disk image, raw or qcow2: /dev/vda, written to")
    group.add_argument("--memory", metavar="SIZE", type=size, default=size("1G"), help="RAM of the guest, in steps of 2M (default: 1G)")
    group.add_argument("--cpus", metavar="N", type=positive, default=1, help="processors of the guest (default: 1)")
    group.add_argument("--tpm", action="store_true", help="a virtual TPM, /dev/tpm0, and a kernel of 6.16 or later that has its driver")
    group.add_argument("--cpu-hotplug", action="store_true", help="load a module, for CPUs that go offline more than once")
    group.add_argument("--service", metavar="FILE", help="ring-3 services instead of those built here (a static executable)")
    group.add_argument("--igvm", metavar="FILE", help="an IGVM file instead of the one built here")
    group.add_argument("--keep-igvm", metavar="FILE", help="keep the one built here, for `copra verify`")


def add_run_options(parser):
    group = parser.add_argument_group("the run")
    group.add_argument("--exec", metavar="COMMAND", help="run COMMAND as root by /bin/sh -c, print its output, end")
    group.add_argument("--timeout", metavar="SECONDS", type=seconds, help="end a run that takes longer")
    group.add_argument("--platform", choices=["snp", "native", "plain"], default="snp",
                       help="native: the SVSM tests itself in an ordinary VM; plain: QEMU without machine and SVSM")
    group.add_argument("--accel", choices=["auto", "tcg", "kvm"], default="auto", help="auto: KVM where it nests SVM")
    group.add_argument("--threads", choices=["one", "many"], default="one",
                       help="of QEMU for several processors, without KVM; many: faster, but QEMU then breaks now and then")
    group.add_argument("--qemu", metavar="FILE", help="QEMU program (default: $COPRA_QEMU, else qemu-system-x86_64); "
                       "--platform native: without the machine, if it loads IGVM files")
    group.add_argument("--cpu", metavar="MODEL", help="QEMU's CPU model; it must have SVM")
    group.add_argument("--debug", action="store_true", help="debug image of the SVSM: its log goes to stderr (with --exec: the log)")
    group.add_argument("--trace", metavar="FILE", help="write the machine's trace to FILE")
    group.add_argument("--trace-classes", metavar="LIST", help="classes of records, see docs/trace.md")
    group.add_argument("--counters", action="store_true", help="print the machine's counters at the end")
    group.add_argument("--icount", action="store_true", help="counters count instructions (TCG, slower)")
    group.add_argument("--fault", metavar="PLAN", help="faults of a hostile host, see docs/faults.md")
    group.add_argument("--dump", metavar="ADDRESS:BYTES", help="write the RMP and that memory to the trace at the end")
    group.add_argument("--withhold", metavar="LIST", help="host features that the machine does not offer")
    group.add_argument("--log", metavar="FILE", help="log file (default: one in the cache folder)")
    group.add_argument("--show-command", action="store_true", help="print QEMU's command line on stderr")


def make_parser():
    parser = argparse.ArgumentParser(prog="copra", description=DESCRIPTION, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    run = commands.add_parser("run", help="boot a guest", description=DESCRIPTION, epilog=EPILOG, allow_abbrev=False,
                              formatter_class=argparse.RawDescriptionHelpFormatter)
    add_guest_options(run)
    add_run_options(run)
    show = commands.add_parser("artefacts", help="fetch what the guest needs and print where it is", allow_abbrev=False)
    show.add_argument("--kernel-flavour", choices=["cloud", "generic"], default="cloud")
    show.add_argument("--kernel-suite", metavar="SUITE")
    show.add_argument("--tpm", action="store_true", help="the kernel for a virtual TPM, and its driver")
    show.add_argument("--cpu-hotplug", action="store_true", help="the module for CPUs that go offline")
    initrd = commands.add_parser("initrd", help="write the guest's initial RAM disk", allow_abbrev=False)
    initrd.add_argument("file", metavar="FILE")
    initrd.add_argument("--exec", metavar="COMMAND", help="command to run; without it a shell")
    initrd.add_argument("--disk", action="store_true", help="load the modules for a disk")
    initrd.add_argument("--kernel-flavour", choices=["cloud", "generic"], default="cloud")
    initrd.add_argument("--kernel-suite", metavar="SUITE")
    verify = commands.add_parser("verify", help="verify evidence of a guest: copra verify --help", add_help=False, allow_abbrev=False)
    verify.add_argument("words", nargs="*")
    commands.add_parser("update", help="forget the fetched package lists: the next run looks for newer packages")
    return parser


def parse_arguments(parser, arguments):
    """What follows `verify` is not looked at here."""
    own = [*arguments[:1], "--", *arguments[1:]] if arguments[:1] == ["verify"] else arguments
    return parser.parse_args(own)


def given(options, names):
    """Those of the options that are on the command line, as they are written there."""
    return [f"--{name.replace('_', '-')}" for name in names if getattr(options, name) not in (None, False)]


def refuse_given(parser, options, names, why):
    words = given(options, names)
    if words:
        parser.error(f"{why}; {' and '.join([', '.join(words[:-1])] * (len(words) > 1) + words[-1:])} "
                     f"{'do' if len(words) > 1 else 'does'} not go with it")


def check_options(parser, options):
    """Combinations that make no sense, among them options that would do nothing. Then what was not said has its default."""
    if options.command != "run":
        return
    check_platform(parser, options)
    if options.icount and options.accel == "kvm":
        parser.error("--icount needs TCG")
    if options.icount and options.threads == "many":
        parser.error("--icount counts on one thread")
    if options.igvm:
        refuse_given(parser, options, GUEST_OPTIONS, "--igvm: the file holds the guest already")
    if options.kernel:
        refuse_given(parser, options, ("kernel_flavour", "kernel_suite"), "--kernel names the kernel")
    if options.cpu_hotplug:
        refuse_given(parser, options, ("kernel", "initrd"), "--cpu-hotplug: the module is built for the stock kernel and put into our initrd")
    if options.keep_igvm and (options.igvm or options.platform == "native"):
        parser.error("--keep-igvm: no guest's file is built here")
    if options.service and not options.tpm:
        parser.error("--service needs --tpm")
    if options.exec is not None and not options.exec.strip():
        parser.error("--exec: the command is empty")
    set_defaults(options)


def check_platform(parser, options):
    if options.platform == "plain":
        for word in given(options, MACHINE_OPTIONS):
            parser.error(f"{word} needs --platform snp")
    if options.platform == "native":
        refuse_given(parser, options, (*GUEST_OPTIONS, "disk"), "--platform native: there is no guest")


def set_defaults(options):
    options.firmware = options.firmware or "ovmf"
    options.kernel_flavour = options.kernel_flavour or "cloud"
    options.append = options.append or ""
