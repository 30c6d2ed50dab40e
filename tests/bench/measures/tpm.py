# SPDX-License-Identifier: MIT
"""The virtual TPM: size of the IGVM file, memory, and instructions for its start and per command, in a process and in ring 3.

Services whose random numbers are the same each time do the same work as a process of the host, counted by valgrind, and in a guest,
counted by a plugin of QEMU's that knows who executes what (tests/bench/rings). Neither has AVX or the instructions that OpenSSL takes
for large numbers where there are some, which valgrind does not know.
"""

import os
import re
import shutil
import struct
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from measures.context import BenchError, Result

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "services"))
import tpm  # noqa: E402
from channel import ENDORSEMENT_KEY, Service  # noqa: E402

FILE_LIMIT = 6_000_000
MEMORY_LIMIT_KIB = 16 * 1024
RATIO_LIMIT = 1.05
RING_0_LIMIT = 20_000  # of a short command
ABSENCE_LIMIT = 1_000_000  # svsm/guest/budget.h: a millisecond, an instruction a nanosecond
CPUS = 8
MARK = b"COPRATPM"
OWN = re.compile(r"memory (\d+) KiB, \d+ KiB free")
PAGE, SVSM_BASE, SVSM_VIRTUAL = 0x1000, 0xFF000000, 0xFFFFFFFF80000000  # include/copra/boot.h
QEMU = "qemu-system-x86_64"
CPU = "EPYC-v3,+svm,phys-bits=48,check=off,-adx"
# OpenSSL's word for processor features: without OSXSAVE and AVX; AVX2, AVX-512 and SHA
FEATURES = "~0x1800000010000000:~0x20a10020"
OWNER, FIRST = 0x40000001, 0x80000000


class Step(NamedTuple):
    name: str  # empty: is not shown
    command: bytes
    repeats: int = 1
    short: bool = False


def storage_key(algorithm):
    """A template for a storage key: TPMT_PUBLIC with AES-128-CFB, no scheme; by algorithm, size or curve, exponent or KDF, unique."""
    return struct.pack(">HHIHHHH", algorithm[0], tpm.SHA256, 0x30072, 0, 6, 128, 0x43) + struct.pack(">H", 0x10) + algorithm[1]


def rsa(bits):
    return storage_key((1, struct.pack(">HIH", bits, 0, 0)))


ECC = storage_key((0x23, struct.pack(">HHHH", 3, 0x10, 0, 0)))
FLUSH = Step("", tpm.flush(FIRST))
START = Step("from nothing to its first answer", tpm.plain(0x143, b"\0"))
RSA_2048_KEY = Step("RSA-2048 primary key", tpm.create_primary(OWNER, rsa(2048)))
LONG_KEY = Step("RSA-3072 primary key", tpm.create_primary(OWNER, rsa(3072)))
LONGEST_KEY = Step("RSA-4096 primary key", tpm.create_primary(OWNER, rsa(4096)))  # with services of tests/long alone
STEPS = [
    START,
    Step("PCR_Read", tpm.pcr_read(0), 16, True),
    Step("PCR_Extend", tpm.pcr_extend(0, bytes(range(32))), 16, True),
    Step("GetRandom of 32 bytes", tpm.get_random(32), 16, True),
    Step("ECC P-256 primary key", tpm.create_primary(OWNER, ECC)), FLUSH,
    RSA_2048_KEY, FLUSH, LONG_KEY, FLUSH,
    Step("SelfTest of everything", tpm.self_test()),
]


def service(context):
    return "--service", context.find("services/copra-services")


def file_size(context, folder):
    """The service, the SVSM and a small program."""
    image = context.program_image(folder, "tpm", *service(context))
    size = image.stat().st_size
    image.unlink()
    return size


def memory(context, folder):
    """KiB that the SVSM has, and KiB that are free while both services run, as its list of frames says at the end."""
    place = int(address(context, "svsm/copra-svsm.elf", "frames"), 16) - SVSM_VIRTUAL + SVSM_BASE
    first = place & ~(PAGE - 1)
    done, trace = context.run_program("attest1", "--memory", "256M", "--debug", "--cpus", str(CPUS), "--dump", f"{first:#x}:{2 * PAGE:#x}",
                                      build_options=(*service(context), "--debug", "--cpus", str(CPUS)))
    found = OWN.search(done.stdout + done.stderr)
    if "attestations ok" not in done.stdout or not found:
        raise BenchError("the SVSM's log does not say how much memory it has, or it made no report")
    frames = bytearray(2 * PAGE)
    for at, data in re.findall(r" memory gpa=(0x[0-9a-f]+) bytes=([0-9a-f]+)", "\n".join(trace)):
        start = int(at, 16) - first
        frames[start:start + len(data) // 2] = bytes.fromhex(data)
    _, count, free = struct.unpack_from("<QII", frames, place - first)
    if not 0 < free <= count:
        raise BenchError(f"the SVSM's list of frames says that {free} of {count} are free")
    return int(found[1]), free * PAGE // 1024


def write_program(context, folder, steps):
    """guests/tpm with the steps behind its mark."""
    program = bytearray(context.find("guests/tpm.bin").read_bytes())
    at = program.index(MARK) + len(MARK)
    data = b"".join(struct.pack("<HH", len(step.command), step.repeats) + step.command for step in steps)
    program[at:at + len(data)] = data
    path = Path(folder) / "steps.bin"
    path.write_bytes(program)
    return path


def address(context, pattern, name):
    listing = context.run("nm", context.find(pattern)).stdout
    found = re.search(rf"^([0-9a-f]+) \w {name}$", listing, re.MULTILINE)
    if not found:
        raise BenchError(f"{pattern} has no {name}")
    return f"0x{found[1]}"


def write_qemu(context, folder, counts, mark=True):
    """A QEMU that counts, whenever the guest comes to its mark, or once."""
    version = re.search(r"version (\d+)", context.run(QEMU, "--version").stdout)
    plugin = context.find(f"tests/bench/rings{1 if version and int(version[1]) < 9 else 2}.so")
    words = f"{plugin},out={counts},left={address(context, 'machine/machine.elf', 'svm_left')}"
    words += f",mark={address(context, 'guests/tpm.elf', 'step_mark')}" if mark else ""
    path = Path(folder) / "qemu"
    path.write_text(f'#!/bin/sh\nexec {QEMU} -plugin "{words}" "$@"\n', encoding="utf-8")
    path.chmod(0o755)
    return path


class Counts(NamedTuple):
    ring_3: int
    ring_0: int
    entries: int  # into ring 3
    guest: int
    absence: int  # the longest


def count_in_guest(context, folder, steps, program=None):
    """What each step took. program: other services than those of the build folder, whose random numbers are the same each time, too."""
    seeded = program or context.find("tests/bench/services_seeded")
    counts = Path(folder) / "counts"
    done, _ = context.run_program(write_program(context, folder, steps), "--memory", "128M", "--icount", "--cpu", CPU, "--qemu", write_qemu(context, folder, counts),
                                  build_options=("--service", seeded))
    if " ok" not in done.stdout:
        raise BenchError(f"the guest says: {done.stdout.strip()[-200:]}")
    marks = [Counts(*map(int, line.split())) for line in counts.read_text(encoding="ascii").splitlines()]
    if len(marks) != len(steps) + 1:
        raise BenchError(f"{len(marks)} marks for {len(steps)} steps")
    return [Counts(*(new - old for old, new in zip(before, after)))._replace(absence=after.absence) for before, after in zip(marks, marks[1:])]


def count_process(context, folder, steps):
    """Instructions of a process that starts, carries the steps out and ends."""
    log = Path(folder) / "valgrind"
    environment = dict(os.environ, OPENSSL_ia32cap=FEATURES)
    with Service("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", f"--log-file={log}",
                 os.fspath(context.find("tests/bench/services_seeded")), "vtpm", environment=environment) as process:
        process.request(ENDORSEMENT_KEY)
        for step in steps:
            for _ in range(step.repeats):
                process.command(step.command)
    return int(re.search(r"Collected : (\d+)", log.read_text(encoding="utf-8"))[1])


def count_on_host(context, folder):
    """What each step takes; the first one is the start, whatever it asks."""
    if not shutil.which("valgrind"):
        return None
    totals = [count_process(context, folder, STEPS[1:1 + number]) for number in range(len(STEPS))]
    return totals[:1] + [after - before for before, after in zip(totals, totals[1:])]


def step_results(step, guest, host):
    name = f"vTPM, {step.name}"
    switches = f"{guest.entries / step.repeats:,.1f} entries into ring 3"
    yield Result(f"{name}: ring 3", guest.ring_3 / step.repeats, "instructions")
    if host is not None:
        yield Result(f"{name}: ring 3 against a process", guest.ring_3 / host, "x", RATIO_LIMIT,
                     f"{host / step.repeats:,.0f} instructions there")
    yield Result(f"{name}: longest absence", guest.absence, "instructions", ABSENCE_LIMIT, "of the CPU from its guest")
    yield Result(f"{name}: ring 0", guest.ring_0 / step.repeats, "instructions", RING_0_LIMIT if step.short else None, switches)


def measure(context):
    with tempfile.TemporaryDirectory(prefix="copra-bench-") as folder:
        yield Result("IGVM file with vTPM", file_size(context, folder), "bytes", FILE_LIMIT, "a small program as the guest; firmware comes on top")
        total, free = memory(context, folder)
        yield Result("SVSM memory with vTPM and attestation", total, "KiB", MEMORY_LIMIT_KIB, f"{CPUS} CPUs; {free} KiB of it free with both services at work")
        guest = count_in_guest(context, folder, STEPS)
        host = count_on_host(context, folder)
    if host is None:
        print("bench: tpm: valgrind is not installed: ring 3 is not compared with a process", file=sys.stderr)
    for number, step in enumerate(STEPS):
        if step.name:
            yield from step_results(step, guest[number], host[number] if host else None)
