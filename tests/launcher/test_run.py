# SPDX-License-Identifier: MIT
"""The whole launcher, with a program in QEMU's place that does as the test says: how runs end, what is left, what is lost."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 120  # for what takes one

FAKE = f"""#!{sys.executable}
import os, re, signal, socket, sys, time
if "--version" in sys.argv:
    print("QEMU emulator version 8.2.0")
    sys.exit()
found = [re.fullmatch(r"socket,id=([^,]+),fd=([0-9]+)", word) for word in sys.argv]
ends = {{match[1]: socket.socket(fileno=int(match[2])) for match in found if match}}
console = ends["console"]
"""


def bzimage():
    image = bytearray(0x1000)
    image[0x1FE:0x200] = b"\x55\xaa"
    image[0x202:0x206] = b"HdrS"
    image[0x206:0x208] = (0x20F).to_bytes(2, "little")
    image[0x211] = 1
    return bytes(image)


def signals_end_it():
    """To run in a child: whoever started the tests may have had signals ignored, as shells do in the background."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def wait_until(condition):
    deadline = time.monotonic() + SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("it did not happen")
        time.sleep(0.02)


class Launcher(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.scratch = self.folder / "scratch"
        self.scratch.mkdir()
        self.file("kernel", bzimage())
        self.file("initrd", b"")

    def file(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def command(self, script, *words):
        """A guest of the user's own, so that nothing is fetched or built."""
        qemu = self.file("qemu", (FAKE + script).encode())
        qemu.chmod(0o755)
        return [ROOT / "copra", "run", "--platform", "plain", "--accel", "tcg", "--firmware", "none", "--kernel", self.folder / "kernel",
                "--initrd", self.folder / "initrd", "--qemu", qemu, "--timeout", str(SECONDS), *words]

    def environment(self):
        return dict(os.environ, TMPDIR=str(self.scratch), COPRA_CACHE=str(self.folder / "cache"))

    def start(self, script, *words, **streams):
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
        command = [str(word) for word in self.command(script, *words)]
        return subprocess.Popen(command, env=self.environment(), preexec_fn=signals_end_it, **streams)

    def ends(self, process, status, sent=None):
        """Its output and errors. Nothing of it is left, and it has not lost its head."""
        out, err = process.communicate(sent, timeout=SECONDS)
        self.assertNotIn(b"Traceback", err or b"")
        self.assertEqual(process.returncode, status, err)
        self.assertEqual(os.listdir(self.scratch), [])
        return out, err

    def test_guest_ends(self):
        out, _ = self.ends(self.start("console.sendall(b'hello\\n')"), 0)
        self.assertEqual(out, b"hello\n")

    def test_missing_streams(self):
        """A launcher that was started without stdin, stdout or stderr."""
        script = "console.sendall(b'hello\\n')"
        for number in range(3):
            words = " ".join(f"'{word}'" for word in self.command(script))
            done = subprocess.run(["sh", "-c", f"exec {words} {number}<&-"], env=self.environment(), stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=SECONDS, check=False)
            self.assertEqual((done.returncode, done.stdout), (0, b"" if number == 1 else b"hello\n"), done.stderr)

    def test_signals(self):
        """QEMU and the temporary folder go with the launcher."""
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
            mark = self.folder / f"mark-{number}"
            script = f"open({str(mark)!r} + '.new', 'w').write(str(os.getpid())); os.rename({str(mark)!r} + '.new', {str(mark)!r})\n"
            process = self.start(script + "signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(1000)")
            wait_until(mark.exists)
            process.send_signal(number)
            self.ends(process, status)
            self.assertFalse(Path(f"/proc/{mark.read_text(encoding='ascii')}").exists())

    def test_hang_up_that_is_ignored(self):
        """nohup: the launcher lives on, and so does its guest."""
        mark = self.folder / "mark"
        words = " ".join(f"'{word}'" for word in self.command(f"open({str(mark)!r}, 'w').close(); time.sleep(1); console.sendall(b'done\\n')"))
        with subprocess.Popen(["sh", "-c", f"trap '' HUP; exec {words}"], env=self.environment(), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            wait_until(mark.exists)
            process.send_signal(signal.SIGHUP)
            self.assertEqual(self.ends(process, 0)[0], b"done\n")

    def test_reader_goes(self):
        process = self.start("while True: console.sendall(b'hello\\n' * 1000)")
        process.stdout.readline()
        process.stdout.close()
        process.stdout = None
        self.ends(process, 128 + signal.SIGPIPE)

    def test_nobody_reads_errors(self):
        process = self.start("sys.exit(7)")
        process.stderr.close()
        process.stderr = None
        self.ends(process, 1)

    def test_output_is_full(self):
        with open("/dev/full", "wb") as full:
            _, err = self.ends(self.start("console.sendall(b'hello\\n'); time.sleep(1000)", stdout=full), 1)
        self.assertIn(b"copra: stdout could not be written: No space left on device", err)

    def test_piped_input(self):
        """To a guest that is not ours it goes at once."""
        process = self.start("console.sendall(console.recv(100))", stdin=subprocess.PIPE)
        self.assertEqual(self.ends(process, 0, b"typed\n")[0], b"typed\n")

    def test_timeout(self):
        _, err = self.ends(self.start("console.sendall(b'stuck'); time.sleep(1000)", "--timeout", "1"), 4)
        self.assertIn(b"no end after 1.0 seconds (--timeout); the console's last lines:\n  stuck", err)

    def test_qemu_fails(self):
        _, err = self.ends(self.start("print('out of luck', file=sys.stderr); sys.exit(7)"), 1)
        self.assertIn(b"QEMU ended with status 7:\n  out of luck", err)


class Usage(unittest.TestCase):
    def test_options_that_would_do_nothing(self):
        for words, name in ((["--igvm", "x", "--append", "y"], "--append"), (["--igvm", "x", "--firmware", "none"], "--firmware"),
                            (["--igvm", "x", "--kernel-suite", "y"], "--kernel-suite"), (["--kernel", "x", "--kernel-flavour", "cloud"],
                                                                                      "--kernel-flavour"),
                            (["--platform", "native", "--append", "y"], "--append"), (["--platform", "native", "--disk", "y"], "--disk"),
                            (["--platform", "plain", "--debug"], "--debug"), (["--memory", "1M"], "--memory"),
                            (["--timeout", "nan"], "--timeout"), (["--timeout", "inf"], "--timeout")):
            done = subprocess.run([ROOT / "copra", "run", *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  timeout=SECONDS, check=False)
            self.assertEqual(done.returncode, 2, words)
            self.assertIn(name, done.stderr, words)


if __name__ == "__main__":
    unittest.main()
