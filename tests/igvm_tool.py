#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The igvm tool from outside: igvm_tool.py TOOL. Files it builds keep QEMU's rules and measure alike by three ways."""

import json
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import unittest
import uuid

import digest
import igvm_format as f
import igvm_rules

TOOL = ""
BOOT = pathlib.Path(__file__).resolve().parent.parent / "include/copra/boot.h"
BASE, VIRTUAL = 0xFF000000, 0xFFFFFFFF80000000
PAGE = 4096


def kernel(entry=VIRTUAL + 0x10000, write=6, at=VIRTUAL + 0x10000, memory=16):
    """An ELF file with a page of code and a page of data with two of zeros."""
    def segment(flags, offset, address, size, memory):
        return struct.pack("<IIQQQQQQ", 1, flags, offset, address, address, size, memory, PAGE)
    header = b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, entry, 64, 0, 0, 64, 56, 2, 0, 0, 0)
    segments = segment(5, PAGE, at, 16, memory) + segment(write, 2 * PAGE, at + PAGE, 8, 3 * PAGE)
    return (header + segments).ljust(PAGE, b"\0") + b"\xf4".ljust(PAGE, b"\x90") + b"datadata"


def bzimage(load=0x1000000):
    image = bytearray(3 * 512 + 0x3000)
    def put(form, at, value):
        struct.pack_into(form, image, at, value)
    put("<B", 0x1F1, 2)
    put("<H", 0x1FE, 0xAA55)
    put("<H", 0x200, 0x6AEB)
    image[0x202:0x206] = b"HdrS"
    put("<H", 0x206, 0x20F)
    put("<B", 0x211, 1)
    put("<I", 0x22C, 0x7FFFFFFF)
    put("<I", 0x230, 0x200000)
    put("<H", 0x236, 1)
    put("<I", 0x238, 2047)
    put("<Q", 0x258, load)
    put("<I", 0x260, 0x100000)
    image[3 * 512 + 0x200] = 0x90
    return bytes(image)


def firmware():
    """Two pages of an OVMF image with SEV metadata, and with an IGVM file's worth of it in IGVM metadata."""
    def table(signature, entries):
        return struct.pack("<4s3I", signature, 16 + 12 * len(entries), 1, len(entries)) + b"".join(struct.pack("<3I", *e) for e in entries)

    def entry(data, guid):
        return data + struct.pack("<H", len(data) + 18) + uuid.UUID(guid).bytes_le
    image = bytearray(2 * PAGE)
    image[:4] = b"OVMF"
    image[0x1100:0x1100 + 76] = table(b"ASEV", [(0x800000, 0x9000, 1), (0x80D000, PAGE, 2), (0x80E000, PAGE, 3), (0x80F000, PAGE, 4),
                                               (0x811000, 0x2000, 1)])
    image[0x1200:0x1234] = table(b"IGVM", [(0x812000, PAGE, 0x100), (0, 0xC0, 0x101), (0xC0, 0x10, 0x102)])
    entries = (entry(struct.pack("<I", 2 * PAGE - 0x1200), "784fa70e-3176-4677-8a20-04b68699e374")
               + entry(struct.pack("<I", 2 * PAGE - 0x1100), "dc886566-984a-4798-a75e-5585a7bf67cc"))
    entries += struct.pack("<H", len(entries) + 18) + uuid.UUID("96b582de-1fb2-45f7-baea-a366c55a082d").bytes_le
    image[-0x20 - len(entries):-0x20] = entries
    return bytes(image)


class Tool(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.kernel = self.file("kernel.elf", kernel())
        self.output = self.folder / "out.igvm"

    def file(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def run_tool(self, *words):
        return subprocess.run([TOOL, *map(str, words)], capture_output=True, text=True, check=False)

    def build(self, *words, status=0):
        done = self.run_tool("build", "--kernel-image", self.kernel, "--output", self.output, *words)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr

    def refused(self, message, *words, status=1):
        self.assertIn(message, self.build(*words, status=status))
        self.assertEqual(sorted(path.name for path in self.folder.glob("out.igvm*")), [])

    def pages(self):
        data = self.output.read_bytes()
        memory = {}
        for kind, content in digest.headers(data):
            if kind == igvm_rules.PAGE_DATA:
                gpa, _, offset = struct.unpack_from("<QII", content)
                memory[gpa] = data[offset:offset + PAGE] if offset else bytes(PAGE)
        return memory

    def check_file(self):
        """QEMU's rules, the digest by the tool and by Python, the inspector."""
        data = self.output.read_bytes()
        self.assertEqual(list(igvm_rules.findings(data)), [])
        for zero_pages in ("measured", "native"):
            done = self.run_tool("measure", self.output, "--zero-pages", zero_pages)
            self.assertEqual(done.stdout.strip(), digest.launch_digest(data, zero_pages == "native"))
        inspected = json.loads(self.run_tool("inspect", self.output, "--json").stdout)
        self.assertEqual(len(inspected["headers"]), len(list(digest.headers(data))))

    def layout(self):
        return self.pages()[BASE]

    def test_kernel_alone(self):
        self.build()
        self.check_file()
        magic, version, flags, base, size = struct.unpack_from("<QIIQQ", self.layout())
        self.assertEqual((magic, version, flags, base, size), (0x31305652504F43, 1, 0, BASE, 0x200000))

    def test_vmsa_starts_the_kernel(self):
        self.build()
        data = self.output.read_bytes()
        context = [content for kind, content in digest.headers(data) if kind == igvm_rules.VP_CONTEXT]
        vmsa = data[struct.unpack_from("<QII", context[0])[2]:]
        fields = {"rip": 0x178, "rbx": 0x318, "cr0": 0x158, "cr3": 0x150, "sev_features": 0x3B0}
        values = {name: struct.unpack_from("<Q", vmsa, at)[0] for name, at in fields.items()}
        self.assertEqual(values, {"rip": BASE + 0x10000, "rbx": BASE, "cr0": 0x31, "cr3": 0, "sev_features": 0x29})
        self.assertEqual(struct.unpack_from("<HHIQ", vmsa, 0x10), (8, 0xC9B, 0xFFFFFFFF, 0))

    def test_sev_features(self):
        self.build("--sev-features", "0x21")
        data = self.output.read_bytes()
        context = [content for kind, content in digest.headers(data) if kind == igvm_rules.VP_CONTEXT][0]
        self.assertEqual(struct.unpack_from("<Q", data, struct.unpack_from("<QII", context)[2] + 0x3B0)[0], 0x21)
        self.check_file()

    def test_native(self):
        """A file for ordinary VMs: version 2, one native context in 32-bit protected mode, nothing of SEV-SNP."""
        self.build("--platform", "native", "--debug")
        data = self.output.read_bytes()
        self.assertEqual(struct.unpack_from("<4sI", data), (b"IGVM", 2))
        self.assertEqual(struct.unpack_from("<II", data, 24), (0, PAGE))
        headers = list(digest.headers(data))
        self.assertEqual([content for kind, content in headers if kind == 0x001], [struct.pack("<IBBHQ", 1, 0, 0, 1, 0)])
        self.assertEqual([kind for kind, _ in headers if kind not in igvm_rules.HANDLED or kind == 0x101], [])
        self.assertEqual({struct.unpack_from("<H", content, 20)[0] for kind, content in headers if kind == igvm_rules.PAGE_DATA}, {0})
        gpa, mask, offset, index = struct.unpack_from("<QIIH", [content for kind, content in headers if kind == igvm_rules.VP_CONTEXT][0])
        self.assertEqual((gpa, mask, index), (0, 1, 0))
        context = data[offset:offset + PAGE]
        self.assertEqual(struct.unpack_from("<QQ", context, 0x18), (BASE, 0))  # RBX, RSP
        self.assertEqual(struct.unpack_from("<QQ", context, 0x80), (BASE + 0x10000, 2))  # RIP, RFLAGS
        self.assertEqual(struct.unpack_from("<HHIIHHII", context, 0xA8), (8, 0xC09B, 0, 0xFFFFFFFF, 16, 0xC093, 0, 0xFFFFFFFF))
        self.assertEqual(struct.unpack_from("<4Q", context, 0xC8), (0x31, 0, 0x40, 0))  # CR0, CR3, CR4, EFER
        self.assertEqual(context[0xE8:].strip(b"\0"), b"")
        self.assertEqual(self.serial_port(), 0x3F8)
        done = self.run_tool("check", self.output, "--for", "qemu-10.2")
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.build("--platform", "native", "--serial", "0x2f8")
        self.assertEqual(self.serial_port(), 0x2F8)
        self.build()
        self.assertEqual(self.serial_port(), 0x2F8)

    def serial_port(self):
        return struct.unpack_from("<I", self.layout(), 0x90)[0]

    def test_page_tables(self):
        self.build()
        memory = self.pages()
        layout = memory[BASE]
        tables, count, window, table, directory = struct.unpack_from("<5Q", layout, 0x30)
        self.assertEqual(count, 9)

        def walk(address):
            entry = tables
            for shift in (39, 30, 21, 12):
                index = address >> shift & 511
                entry = struct.unpack_from("<Q", memory[entry & ~0xFFF], index * 8)[0]
                if not entry & 1:
                    return None
                entry &= 0x800FFFFFFFFFFFFF
                rights, entry = entry & (1 << 63 | 2), entry & 0xFFFFFFFFFF000
            return entry, rights
        no_execute, write = 1 << 63, 2
        self.assertEqual(walk(VIRTUAL + 0x10000), (BASE + 0x10000, 0))
        self.assertEqual(walk(VIRTUAL + 0x13FFF), (BASE + 0x13000, no_execute | write))
        self.assertEqual(walk(VIRTUAL), (BASE, no_execute | write))
        self.assertEqual(walk(VIRTUAL + 0x1FF000), (BASE + 0x1FF000, no_execute | write))
        self.assertIsNone(walk(VIRTUAL + 0x200000))
        self.assertEqual(walk(BASE + 0x10000), (BASE + 0x10000, 0))
        self.assertIsNone(walk(BASE))
        self.assertIsNone(walk(window))
        slot = struct.unpack_from("<Q", memory[directory], (window >> 21 & 511) * 8)[0]
        self.assertEqual(slot & 0xFFFFFFFFFF000, table)
        self.assertEqual(memory[table], bytes(PAGE))

    def test_large_kernel_memory(self):
        self.build("--size", "8M", "--base", "0xfe000000")
        self.check_file()

    def test_program(self):
        program = self.file("program.bin", b"\x90" * 5000)
        self.build("--program", program, "--boot-vmpl", "3", "--debug")
        self.check_file()
        memory = self.pages()
        self.assertEqual(memory[0x1000000] + memory[0x1001000], (b"\x90" * 5000).ljust(2 * PAGE, b"\0"))
        self.assertEqual(struct.unpack_from("<II", memory[BASE], 0xB8), (3, 3))

    def test_service(self):
        """The file lies behind the image as it is; the SVSM's own tables map it read-only; memory follows its size."""
        file = kernel(entry=0x401000, at=0x401000)
        self.build("--service", self.file("service.elf", file))
        self.check_file()
        memory = self.pages()
        size = struct.unpack_from("<Q", memory[BASE], 0x18)[0]
        self.assertEqual(size, 0x400000)
        service, length = struct.unpack_from("<QQ", memory[BASE], 0x98)
        self.assertEqual((service, length), (BASE + 0x14000, len(file)))
        self.assertEqual(b"".join(memory[service + at] for at in range(0, length, PAGE))[:length], file)
        tables = struct.unpack_from("<Q", memory[BASE], 0x30)[0]
        entry = struct.unpack_from("<Q", memory[tables + 3 * PAGE], (service - BASE) // PAGE * 8)[0]
        self.assertEqual(entry & (1 << 63 | 0xFFFFF003), 1 << 63 | service | 1)

    def test_refused_services(self):
        elf = {"entry": 0x401000, "at": 0x401000}
        self.refused("not an ELF file", "--service", self.file("a", bytes(100)))
        self.refused("writable and executable", "--service", self.file("b", kernel(write=7, **elf)))
        self.refused("cannot be mapped", "--service", self.file("c", kernel(memory=32, **elf)))
        self.refused("too small", "--service", self.file("d", kernel(**elf).ljust(1 << 21)), "--size", "2M")
        self.refused("more than 16 MiB", "--service", self.file("e", kernel(**elf).ljust(15 << 20)))
        self.refused("KiB of heap are needed", "--service", self.file("f", kernel(**elf)), "--size", "2M")
        self.refused("KiB of heap are needed", "--service", self.file("g", kernel(**elf).ljust(1 << 20)), "--size", "6M", "--cpus", 24)

    def test_memory(self):
        """The least memory that leaves a heap for CPUs, for processes at their limits, and for the rest."""
        need = {name: int(value, 16) for name, value in re.findall(r"#define BOOT_(CPU|SERVICES|HEAP)_SIZE (0x\w+)U", BOOT.read_text())}
        for cpus in (1, 2, 8, 24):
            for length in (0, 0x3000, 1 << 20, 0x473450, 0x473450 + (5 << 20)):
                with self.subTest(cpus=cpus, length=length):
                    words = ["--service", self.file("service.elf", kernel(entry=0x401000, at=0x401000).ljust(length))] if length else []
                    self.build("--cpus", cpus, *words)
                    size, heap = (struct.unpack_from("<Q", self.pages()[BASE], at)[0] for at in (0x18, 0x88))
                    wanted = need["HEAP"] + (cpus - 1) * need["CPU"] + (need["SERVICES"] if length else 0)
                    self.assertGreaterEqual(heap, wanted)
                    self.assertTrue(size == 0x200000 or heap - wanted < 0x200000 + 2 * PAGE, (size, heap, wanted))

    def test_linux(self):
        initrd = self.file("initrd", b"initrd" * 1000)
        self.build("--linux", self.file("bzImage", bzimage()), "--initrd", initrd, "--append", "quiet splash", "--cpus", 3)
        self.check_file()
        memory = self.pages()
        parameters = memory[0x800000]
        self.assertEqual(parameters[0x202:0x206], b"HdrS")
        address, size = struct.unpack_from("<II", parameters, 0x218)
        self.assertEqual((address, size), (0x10000000 - 2 * PAGE, 6000))
        self.assertEqual(memory[address][:6], b"initrd")
        command_line = struct.unpack_from("<I", parameters, 0x228)[0]
        self.assertTrue(memory[command_line].startswith(b"quiet splash\0"))
        _, kind, length, blob = struct.unpack_from("<QIII", memory[struct.unpack_from("<Q", parameters, 0x250)[0]])
        self.assertEqual((kind, length), (7, 4))
        self.assertEqual(memory[blob & ~0xFFF][blob & 0xFFF:][:4], b"AMDE")
        self.check_acpi(memory, struct.unpack_from("<Q", parameters, 0x70)[0], cpus=3)

    def check_acpi(self, memory, rsdp, cpus):
        def read(address, size):
            return b"".join(memory.get(page, bytes(PAGE)) for page in range(address & ~0xFFF, address + size, PAGE))[
                address & 0xFFF:][:size]

        def table(address):
            size = struct.unpack("<I", read(address + 4, 4))[0]
            whole = read(address, size)
            self.assertEqual(sum(whole) % 256, 0, whole[:4])
            return whole
        self.assertEqual(sum(read(rsdp, 36)) % 256, 0)
        self.assertEqual(sum(read(rsdp, 20)) % 256, 0)
        xsdt = table(struct.unpack("<Q", read(rsdp + 24, 8))[0])
        tables = {entry[:4]: entry for entry in map(table, struct.unpack("<2Q", xsdt[36:]))}
        self.assertEqual(set(tables), {b"FACP", b"APIC"})
        self.assertEqual(table(struct.unpack_from("<Q", tables[b"FACP"], 140)[0])[:4], b"DSDT")
        self.assertEqual(read(struct.unpack_from("<Q", tables[b"FACP"], 132)[0], 4), b"FACS")
        madt, at, processors = tables[b"APIC"], 44, 0
        while at < len(madt):
            processors += madt[at] == 0
            at += madt[at + 1]
        self.assertEqual((at, processors), (len(madt), cpus))

    def test_same_input_same_bytes(self):
        self.build("--linux", self.file("bzImage", bzimage()), "--append", "one")
        first = self.output.read_bytes()
        self.build("--linux", self.file("bzImage", bzimage()), "--append", "one")
        self.assertEqual(self.output.read_bytes(), first)
        self.build("--linux", self.file("bzImage", bzimage()), "--append", "two")
        self.assertNotEqual(self.output.read_bytes(), first)

    def test_other_places_same_bytes(self):
        self.build("--linux", self.file("bzImage", bzimage()))
        other = self.folder / "some/where else"
        other.mkdir(parents=True)
        (other / "svsm").write_bytes(kernel())
        (other / "vmlinuz").write_bytes(bzimage())
        words = [TOOL, "build", "--kernel-image", "svsm", "--linux", "./vmlinuz", "--output", "x"]
        subprocess.run(words, cwd=other, env={"TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": "1"}, check=True)
        self.assertEqual((other / "x").read_bytes(), self.output.read_bytes())

    def test_command_line_changes_the_digest(self):
        linux = self.file("bzImage", bzimage())
        digests = set()
        for text in ("one", "two"):
            self.build("--linux", linux, "--append", text)
            digests.add(self.run_tool("measure", self.output).stdout)
        self.assertEqual(len(digests), 2)

    def test_refused_inputs(self):
        linux = self.file("bzImage", bzimage())
        self.refused("not a bzImage", "--linux", self.file("zeros", bytes(8192)))
        self.refused("not a multiple of 4 KiB", "--firmware", self.file("short.fd", b"short"))
        self.refused("not an OVMF image", "--firmware", self.file("zeros.fd", bytes(8192)))
        self.refused("No such file", "--firmware", self.folder / "none")
        self.refused("not a regular file", "--program", self.folder)
        self.refused("raise --memory-minimum", "--linux", linux, "--memory-minimum", "16M")
        self.refused("raise --memory-minimum", "--linux", linux, "--initrd", self.file("large", b"1" * 0x100000),
                     "--memory-minimum", "0x1180000")
        self.refused("more than the kernel takes", "--linux", linux, "--append", "x" * 2048)
        self.refused("below 16 MiB", "--linux", self.file("low", bzimage(load=0x200000)))

    @staticmethod
    def wrapped_firmware(image, *more, kind=f.SNP, top=1 << 32):
        pages = [f.page(top - len(image) + at, offset=("data", at)) for at in range(0, len(image), PAGE)]
        return f.image([f.platform(kind), *pages, *more], image)

    def test_firmware_flat_and_as_igvm(self):
        self.build("--firmware", self.file("flat.fd", firmware()))
        self.check_file()
        flat = self.output.read_bytes()
        self.assertEqual(self.pages()[0xFFFFE000][:4], b"OVMF")
        wrapped = self.wrapped_firmware(firmware(), f.page(0x800000), f.page(0x80D000, kind=1))
        self.build("--firmware", self.file("wrapped.igvm", wrapped))
        self.assertEqual(self.output.read_bytes(), flat)

    def test_refused_firmware_as_igvm(self):
        for message, data in [
                ("not for SEV-SNP", self.wrapped_firmware(firmware(), kind=f.TDX)),
                ("ends at 4 GiB", self.wrapped_firmware(firmware(), top=(1 << 32) - PAGE)),
                ("ends at 4 GiB", self.wrapped_firmware(firmware(), f.page(0xFFFF0000))),
                ("outside of the 16 MiB", self.wrapped_firmware(firmware(), f.page(0x1000, offset=("data", 0)))),
                ("a page twice", self.wrapped_firmware(firmware(), f.page(0xFFFFF000))),
                ("not an OVMF image", self.wrapped_firmware(bytes(PAGE))),
                ("checksum", b"IGVM\1\0\0\0" + struct.pack("<4I", 24, 8, 40, 0) + bytes(16))]:
            self.refused(message, "--firmware", self.file("one.igvm", data))

    def test_refused_kernels(self):
        self.kernel = self.file("bad.elf", b"\x7fELF")
        self.refused("shorter than an ELF header")
        self.kernel = self.file("bad.elf", kernel(write=7))
        self.refused("writable and executable")
        self.kernel = self.file("bad.elf", kernel(entry=VIRTUAL))
        self.refused("entry point")

    def test_wrong_usage(self):
        self.refused("exclude one another", "--linux", "a", "--program", "b", status=2)
        self.refused("go with --linux only", "--append", "a", status=2)
        self.refused("between 1 and 24", "--cpus", "25", status=2)
        self.refused("between 2M and 16M", "--size", "2X", status=2)
        self.refused("2 MiB", "--base", "0xff001000", status=2)
        self.refused("bit 17", "--policy", "0", status=2)
        self.refused("between 1 and 3", "--boot-vmpl", "0", status=2)
        self.refused("--frobnicate", "--frobnicate", status=2)
        self.assertEqual(self.run_tool().returncode, 2)
        self.assertEqual(self.run_tool("measure").returncode, 2)
        self.assertEqual(self.run_tool("inspect", "--help").returncode, 0)

    def manifest(self, text, *words):
        path = self.file("manifest", text.encode())
        return self.run_tool("build", "--manifest", path, *words)

    def test_manifest(self):
        self.file("guest.bin", b"\x90" * 100)
        self.build("--program", self.folder / "guest.bin", "--boot-vmpl", "1", "--debug")
        expected = self.output.read_bytes()
        text = "# the SVSM\nkernel-image = kernel.elf\n\n output=out.igvm\r\nprogram = guest.bin\nboot-vmpl = 1\ndebug = yes"
        self.assertEqual(self.manifest(text).returncode, 0)
        self.assertEqual(self.output.read_bytes(), expected)
        self.assertEqual(self.manifest(text, "--boot-vmpl", "3").returncode, 0)
        self.assertNotEqual(self.output.read_bytes(), expected)

    def test_refused_manifests(self):
        for text, message in [("kernel-image", "line 1: not a line"), ("\n= x", "line 2: not a line"),
                              ("output =", "line 1: not a line"), ("Output = a", "line 1: not a line"),
                              ("output = a\0b", "line 1: not a line"), ("debug = perhaps", "line 1: debug perhaps: yes or no"),
                              ("\nfrob = 1", "line 2: frob: there is no such option"), ("cpus = 25", "line 1: cpus 25: a number between"),
                              ("manifest = other", "line 1: manifest: there is no such option"), ("debug = no", "--kernel-image and --output")]:
            done = self.manifest(text)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(message, done.stderr)
        self.assertEqual(self.run_tool("build", "--manifest", self.folder / "none").returncode, 1)

    def test_the_last_word_counts(self):
        common = f"kernel-image = kernel.elf\noutput = {self.output}\n"
        for text, words, debug in [("debug = yes\ndebug = no", [], 0), ("debug = no", ["--debug"], 1)]:
            done = self.manifest(common + text, *words)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual(struct.unpack_from("<I", self.layout(), 12)[0], debug)

    def test_refused_files(self):
        self.build()
        data = bytearray(self.output.read_bytes())
        cut = self.file("cut.igvm", data[:-1])
        done = self.run_tool("measure", cut)
        self.assertEqual(done.returncode, 1)
        self.assertIn("shorter than its header says", done.stderr)
        data[0x30] ^= 1
        done = self.run_tool("inspect", self.file("flipped.igvm", data))
        self.assertEqual((done.returncode, "checksum" in done.stderr), (1, True))

    def test_an_old_file_survives_a_failed_build(self):
        self.build()
        before = self.output.read_bytes()
        self.build("--linux", self.folder / "none", status=1)
        self.assertEqual(self.output.read_bytes(), before)

    def test_full_disk(self):
        done = self.run_tool("build", "--kernel-image", self.kernel, "--output", "/dev/full")
        self.assertEqual(done.returncode, 1)
        self.assertIn("No space left", done.stderr)

    def test_output_that_cannot_be_written(self):
        self.build()
        other = str(self.file("other.igvm", self.output.read_bytes()))
        self.build("--cpus", "3")
        file = str(self.output)
        for words in (["inspect", file], ["inspect", "--json", file], ["inspect", "--map", file], ["check", "--json", file], ["measure", file],
                      ["diff", file, other], ["--help"], ["--version"], ["check", "--help"]):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([TOOL, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
            self.assertEqual(done.returncode, 1, words)
            self.assertIn("the output cannot be written", done.stderr)


if __name__ == "__main__":
    TOOL = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()
