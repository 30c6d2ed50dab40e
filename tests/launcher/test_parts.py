# SPDX-License-Identifier: MIT
"""The launcher's parts that need no QEMU."""

import contextlib
import io
import re
import socket
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from copra import initramfs, termination  # noqa: E402
from copra.artefacts import KERNEL_PART, Artefacts, Kernel, find_kernel, numbers  # noqa: E402
from copra.channel import ConsoleChannel, Status, Stream  # noqa: E402
from copra.cpio import Archive  # noqa: E402
from copra.errors import LaunchError  # noqa: E402
from copra.guestkernel import check_bzimage, kernel_version  # noqa: E402
from copra.modules import Modules, alias_file, dependency_file  # noqa: E402
from copra.paths import need_space  # noqa: E402
from copra.progress import Progress  # noqa: E402
from copra.run import TraceFile  # noqa: E402
from copra.runlog import RunLog  # noqa: E402
from copra.sizes import parse_size  # noqa: E402
from copra.terminal import Screen, Typing  # noqa: E402
from copra.trace import Trace, parse_record  # noqa: E402


def bzimage(protocol=0x20F):
    image = bytearray(0x1000)
    image[0x1FE:0x200] = b"\x55\xaa"
    image[0x202:0x206] = b"HdrS"
    image[0x206:0x208] = protocol.to_bytes(2, "little")
    image[0x20E:0x210] = (0x300).to_bytes(2, "little")
    image[0x211] = 1
    image[0x500:0x50E] = b"6.12.1-x (me) "
    return bytes(image)


class Sizes(unittest.TestCase):
    def test_units(self):
        for text, size in (("512M", 512 << 20), ("2G", 2 << 30), ("1.5g", 3 << 29), ("768", 768 << 20), ("2GiB", 2 << 30),
                           ("1073741824", 1 << 30)):
            self.assertEqual(parse_size(text), size, text)

    def test_nonsense(self):
        for text in ("", "G", "-1G", "1X", "1 2"):
            self.assertRaises(ValueError, parse_size, text)


class Space(unittest.TestCase):
    def test_full_disk(self):
        """More than any disk has: refused before anything is fetched, with what to do."""
        with self.assertRaisesRegex(LaunchError, "free, .* needed; free some space or set COPRA_CACHE"):
            need_space(tempfile.gettempdir(), 1 << 62)
        need_space(tempfile.gettempdir(), 0)


class Kernels(unittest.TestCase):
    def test_bzimage(self):
        check_bzimage("k", bzimage())
        self.assertEqual(kernel_version(bzimage()), "6.12.1-x")

    def test_refused(self):
        for image in (b"", b"\x7fELF" + bytes(0x1000), bzimage()[:0x210], bzimage(0x203)):
            self.assertRaises(LaunchError, check_bzimage, "k", image)

    def test_package_versions(self):
        self.assertEqual(numbers("6.12.95-1~bpo12+1"), (6, 12))
        self.assertEqual(numbers("2026.08+ds-2"), (2026, 8))
        self.assertEqual(numbers("1:1.38.0-3+b1"), (1, 38))

    def test_package_parts(self):
        depends = ("initramfs-tools | dracut, linux-base-7.2.13+deb14-amd64 (= 7.2.13-1), linux-binary-7.2.13+deb14-amd64 "
                   "(= 7.2.13-1), linux-modules-7.2.13+deb14-amd64 (= 7.2.13-1), linux-base (>= 4.12)")
        self.assertEqual([name for name, _ in KERNEL_PART.findall(depends)],
                         [f"linux-{part}-7.2.13+deb14-amd64" for part in ("base", "binary", "modules")])

    def test_package_layouts(self):
        with tempfile.TemporaryDirectory() as folder:
            old, new = Path(folder) / "old", Path(folder) / "new"
            for path in (old / "boot/vmlinuz-6.12.1-x", new / "usr/lib/modules/7.3.4-x/vmlinuz"):
                path.parent.mkdir(parents=True)
                path.write_bytes(b"")
            (old / "lib/modules/6.12.1-x/kernel").mkdir(parents=True)
            (new / "usr/lib/modules/7.3.4-x/kernel").mkdir(parents=True)
            self.assertEqual(find_kernel([old])[:2], ("6.12.1-x", old / "boot/vmlinuz-6.12.1-x"))
            self.assertEqual(find_kernel([old]).modules, old / "lib/modules/6.12.1-x")
            self.assertEqual(find_kernel([new]).modules, new / "usr/lib/modules/7.3.4-x")


class Archives(unittest.TestCase):
    def entries(self, data):
        """(name, mode, content) of a newc archive."""
        found, at = [], 0
        while True:
            fields = [int(data[at + 6 + 8 * i:at + 14 + 8 * i], 16) for i in range(13)]
            name = data[at + 110:at + 110 + fields[11] - 1].decode()
            start = at + (110 + fields[11] + 3) // 4 * 4
            found.append((name, fields[1], data[start:start + fields[6]]))
            at = start + (fields[6] + 3) // 4 * 4
            if name == "TRAILER!!!":
                return found, at

    def test_archive(self):
        archive = Archive()
        archive.file("a/b/c", b"hello", 0o755)
        archive.link("a/l", "b/c")
        found, end = self.entries(archive.data())
        self.assertEqual(found[:4], [("a", 0o40755, b""), ("a/b", 0o40755, b""), ("a/b/c", 0o100755, b"hello"),
                                     ("a/l", 0o120777, b"b/c")])
        self.assertEqual(end, len(archive.data()))

    def test_same_bytes(self):
        with tempfile.TemporaryDirectory() as folder:
            busybox = Path(folder) / "busybox"
            busybox.write_bytes(b"\x7fELF")
            kernel = Kernel("6.12", Path("k"), None)
            first, second = (initramfs.build(busybox, kernel, initramfs.Wanted("id", "t")) for _ in range(2))
        self.assertEqual(first, second)
        names = {name: content for name, _, content in self.entries(first)[0]}
        self.assertEqual(names["copra/command"], b"id")
        self.assertIn("init", names)

    def test_own_initrd_keeps_its_init(self):
        with tempfile.TemporaryDirectory() as folder:
            busybox = Path(folder) / "busybox"
            busybox.write_bytes(b"\x7fELF")
            data = initramfs.build(busybox, Kernel("", Path("k"), None), initramfs.Wanted("id", "t", base=b"12345"))
        self.assertTrue(data.startswith(b"12345\0\0\0" + b"070701"))
        self.assertNotIn("init", {name for name, _, _ in self.entries(data[8:])[0]})


class KernelModules(unittest.TestCase):
    def test_needed_ones_first(self):
        information = {"ext4": b"depends=jbd2,mbcache\0softdep=pre: crc32c\0", "jbd2": b"\0depends=\0",
                       "mbcache": b"\0depends=jbd2\0", "crc32c": b"\0alias=crypto-crc32c\0", "unused": b""}
        with tempfile.TemporaryDirectory() as folder:
            for name, data in information.items():
                (Path(folder) / f"{name}.ko").write_bytes(data)
            modules = Modules(Path(folder)).closure(["ext4", "builtin"])
        self.assertEqual(list(modules), ["jbd2.ko", "mbcache.ko", "crc32c.ko", "ext4.ko"])
        self.assertIn("ext4.ko: crc32c.ko mbcache.ko jbd2.ko\n", dependency_file(modules))
        self.assertEqual(alias_file(modules), "alias crypto-crc32c crc32c\n")


class Channels(unittest.TestCase):
    def test_stream_in_any_pieces(self):
        whole = b"out tok toke token rest"
        for size in range(1, len(whole) + 1):
            out = io.BytesIO()
            stream = Stream("token ", out.write)
            for at in range(0, len(whole), size):
                stream.feed(whole[at:at + size])
            self.assertEqual((out.getvalue(), stream.ended), (b"out tok toke ", True))

    def test_stream_without_end(self):
        out = io.BytesIO()
        stream = Stream("token", out.write)
        stream.feed(b"half a tok")
        stream.flush()
        self.assertEqual((out.getvalue(), stream.ended), (b"half a tok", False))

    def test_status(self):
        started = []
        status = Status(lambda: started.append(1))
        for piece in (b"sta", b"rted\n4", b"2\n"):
            status.feed(piece)
        self.assertEqual((status.value, started), (42, [1]))

    def test_console(self):
        out, err, status = io.BytesIO(), io.BytesIO(), Status()
        channel = ConsoleChannel("tok", out.write, err.write, status)
        channel.feed(b"noise\r\ntok out aGVs\r\ntok out bG8=\r\ntok err ISE=\r\ntok sta")
        channel.feed(b"tus 3\r\n")
        self.assertEqual((out.getvalue(), err.getvalue(), status.value), (b"hello", b"!!", 3))


class Traces(unittest.TestCase):
    def test_record(self):
        record = parse_record('123 cpu=0 vmpl=0 end reason=terminate vmpl=2 set=1 code=7')
        self.assertEqual((record.ticks, record.event), (123, "end"))
        self.assertEqual(record.values, {"cpu": "0", "vmpl": "2", "reason": "terminate", "set": "1", "code": "7"})

    def test_quoted(self):
        record = parse_record('1 cpu=- vmpl=- load-error reason="past the end" header=2')
        self.assertEqual((record.values["reason"], record.values["header"]), ("past the end", "2"))

    def test_noise(self):
        for line in ("", "hello", "cpu=0 end", "12"):
            self.assertIsNone(parse_record(line), line)

    def test_pieces(self):
        events = []
        trace = Trace(lambda record: events.append(record.event))
        data = b"1 cpu=0 vmpl=0 start\n2 cpu=0 vmpl=0 load-done pages=3 digest=ab\n9 cpu=0 vmpl=2 end reason=poweroff\n"
        for at in range(0, len(data), 7):
            trace.feed(data[at:at + 7])
        self.assertEqual(events, ["start", "load-done", "end"])
        self.assertEqual((trace.digest, trace.end.values["reason"]), ("ab", "poweroff"))

    def test_faults_that_did_nothing(self):
        trace = Trace(lambda record: None)
        trace.feed(b"1 cpu=- vmpl=- fault-missed kind=hv-lost when=9 argument=0x0 chances=4\n"
                   b"2 cpu=0 vmpl=0 fault-failed kind=remap error=\"wrong state\"\n")
        self.assertEqual(trace.harmless, ["fault hv-lost@9 never became due: it could have struck 4 times",
                                          "fault remap could not strike: wrong state"])


class Terminals(unittest.TestCase):
    def sent(self, typing):
        """What the guest gets of it now."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            if typing.due:
                typing.send(ours)
            ours.close()
            return theirs.recv(1000)

    def test_typing_at_once(self):
        typing = Typing()
        typing.add(b"ls\n")
        typing.end()
        self.assertEqual(self.sent(typing), b"ls\n")
        self.assertFalse(typing.due)

    def test_typing_waits_for_the_shell(self):
        typing = Typing(b"ready")
        typing.add(b"ls\n")
        typing.end()
        for piece in (b"boot", b"ing re", b"a", b"dy\n"):
            self.assertFalse(typing.due)
            typing.see(piece)
        self.assertEqual(self.sent(typing), b"ls\n\x04")

    def test_typing_nothing(self):
        """Who sends nothing does not end the shell."""
        typing = Typing(b"ready")
        typing.end()
        typing.see(b"ready")
        self.assertFalse(typing.due)

    def test_shell_announces_itself(self):
        self.assertIn(initramfs.SHELL_TEXT, (ROOT / "scripts/guest/init").read_bytes())

    def test_window_keeps_its_size(self):
        whole = b"a\x1b[8;25;80tb\x1b[1mc\x1b[8;d\x1b"
        for size in range(1, len(whole) + 1):
            screen = Screen(True)
            shown = b"".join(screen.feed(whole[at:at + size]) for at in range(0, len(whole), size))
            self.assertEqual(shown + screen.flush(), b"ab\x1b[1mc\x1b[8;d\x1b", size)
        self.assertEqual(Screen(False).feed(whole), whole)


class Files(unittest.TestCase):
    def test_trace_that_cannot_be_written(self):
        with self.assertRaisesRegex(LaunchError, "trace file /nowhere/trace: No such file"):
            TraceFile("/nowhere/trace")
        file = TraceFile("/dev/full")
        with self.assertRaisesRegex(LaunchError, "trace file /dev/full: No space left"):
            file.write(bytes(1 << 20))
        with contextlib.suppress(LaunchError):
            file.close()

    def test_log_without_line_ends(self):
        with tempfile.TemporaryDirectory() as folder:
            log = RunLog(Path(folder))
            for _ in range(40):
                log.feed("console", b"x" * 4096)
            log.close()
            self.assertEqual(log.path.read_text(encoding="utf-8").replace("console: ", "").replace("\n", ""), "x" * 40 * 4096)
            self.assertGreater(log.path.read_text(encoding="utf-8").count("\n"), 1)


class Interrupting(Progress):
    """Interrupts the wait as soon as the file is there."""

    def __init__(self, path):
        super().__init__(io.StringIO())
        self.path = path

    def tick(self):
        if getattr(self, "path", None) and self.path.exists():
            raise KeyboardInterrupt


class Programs(unittest.TestCase):
    def test_interrupted_program_leaves_nothing(self):
        """Not even what it has started itself."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "child"
            script = f"sleep 1000 & echo $! >{path}.new; mv {path}.new {path}; wait"
            self.assertRaises(KeyboardInterrupt, Interrupting(path).run, "waiting", ["sh", "-c", script])
            child = Path(f"/proc/{path.read_text(encoding='ascii').strip()}/stat")
            for _ in range(200):
                if not child.exists() or child.read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z":
                    return
                time.sleep(0.05)
            self.fail("the program's child is left")


class Cache(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.resolved = 0

    def resolve(self):
        self.resolved += 1
        (self.folder / "packages/a").mkdir(parents=True, exist_ok=True)
        return {"folders": ["packages/a"]}

    def remembered(self):
        return Artefacts(self.folder, Progress(io.StringIO()))._remembered("x", self.resolve)

    def test_remembers(self):
        self.assertEqual(self.remembered(), self.remembered())
        self.assertEqual(self.resolved, 1)

    def test_what_is_gone_or_damaged_is_found_anew(self):
        self.remembered()
        (self.folder / "packages/a").rmdir()
        self.remembered()
        for text in ("", "[]", "{}", '{"folders": []}'):
            (self.folder / "chosen/x.json").write_text(text, encoding="utf-8")
            self.assertEqual(self.remembered(), {"folders": ["packages/a"]})
        self.assertEqual(self.resolved, 6)

    def test_another_run_was_quicker(self):
        """Both find that a folder is gone; the second one waits for the lock and takes what the first one found."""
        artefacts = Artefacts(self.folder, Progress(io.StringIO()))
        recall, answers = artefacts._recall, [None]
        artefacts._recall = lambda path: answers.pop() if answers else recall(path)
        self.remembered()
        self.assertEqual(artefacts._remembered("x", self.fail), {"folders": ["packages/a"]})

    def test_leftovers_of_a_killed_run(self):
        (self.folder / ".partial-1").mkdir()
        self.remembered()
        self.assertFalse((self.folder / ".partial-1").exists())


class Terminations(unittest.TestCase):
    def test_every_reason_has_words(self):
        header = (ROOT / "svsm/platform/platform.h").read_text(encoding="utf-8")
        reasons = {int(code): name for name, code in re.findall(r"\b(TERMINATE_[A-Z_]+) = (\d+),", header)}
        self.assertEqual(reasons, {code: name for code, (name, _) in termination.SVSM_REASONS.items()})
        self.assertIn(f"PLATFORM_TERMINATE_SET {termination.SVSM_SET}U", header)

    def test_sentence(self):
        sentence = termination.describe({"vmpl": "2", "set": "1", "code": "7"})
        self.assertEqual(sentence, "the guest (VMPL2) terminated itself: set 1, code 7: "
                                   "Linux runs below VMPL0 and no SVSM is there")
        self.assertIn("unknown", termination.describe({"vmpl": "0", "set": "9", "code": "9"}))


if __name__ == "__main__":
    unittest.main()
