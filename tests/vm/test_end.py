# SPDX-License-Identifier: MIT
"""How runs end: termination, hang, interruption."""

import os
import signal
import subprocess
import time
from pathlib import Path

from harness import ROOT, Boot


class Ends(Boot):
    def test_guest_terminates(self):
        done = self.copra("--igvm", self.program("terminate"))
        self.ends(done, 3, "the guest (VMPL2) terminated itself: set 1, code 42")

    def test_svsm_terminates(self):
        """An image without a guest comes up and ends."""
        done = self.copra("--igvm", self.igvm_build())
        self.ends(done, 3, "the SVSM (VMPL0) terminated itself: set 4, code 17")

    def test_missing_host_feature(self):
        done = self.copra("--igvm", self.program("terminate"), "--withhold", "multi-vmpl")
        self.ends(done, 3, "set 4, code 5", "multi-VMPL")

    def test_missing_sev_feature(self):
        """A VMSA that asks for what the host lacks is not run."""
        done = self.copra("--igvm", self.program("terminate"), "--withhold", "restricted-injection")
        self.ends(done, 1, "SEV_FEATURES 0x8", "restricted injection")

    def test_hang(self):
        done = self.copra("--igvm", self.program("hang"), timeout=15)
        self.ends(done, 4, "--timeout", "last trace records", "load-done")

    def test_plain_hang(self):
        done = self.copra("--platform", "plain", "--firmware", "none", "--exec", "sleep 1000", timeout=20)
        self.ends(done, 4, "--timeout")

    def test_guest_panics(self):
        done = self.copra("--firmware", "none", "--exec", "echo c >/proc/sysrq-trigger; sleep 100")
        self.ends(done, 3, "ended before the command did (Kernel panic - not syncing: sysrq triggered crash)")


def wait_until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)


def takes_signals(pid):
    """Whether the launcher has come so far that it handles SIGTERM: before, the interpreter itself is starting."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)


def runs_guest(pid):
    """Whether this is QEMU with a guest, not one that is asked for its version."""
    try:
        return b"-nodefaults" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def interrupts_end_it():
    """To run in a child: shells have what they start in the background ignore interrupts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Interruption(Boot):
    def children(self, pid):
        """Every process that has that one as its parent."""
        found = []
        for entry in os.listdir("/proc"):
            try:
                with open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as stat:
                    fields = stat.read().rpartition(")")[2].split()
            except (OSError, ValueError):
                continue
            if fields[1] == str(pid):
                found.append(int(entry))
        return found

    def interrupt_after(self, seconds, number, status):
        command = [ROOT / "copra", "run", "--platform", "plain", "--firmware", "none", "--exec", "sleep 1000"]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, preexec_fn=interrupts_end_it) as process:
            wait_until(lambda: takes_signals(process.pid))
            time.sleep(seconds)
            children = self.children(process.pid)
            process.send_signal(number)
            _, err = process.communicate(timeout=30)
        self.assertEqual(process.returncode, status, err)
        self.assertNotIn("Traceback", err)
        for child in children:
            self.assertFalse(os.path.exists(f"/proc/{child}"), f"process {child} is left")
        return children

    def test_interrupt_at_any_moment(self):
        for seconds in (0.0, 0.5, 1.0, 3.0):
            self.interrupt_after(seconds, signal.SIGINT, 130)

    def test_terminate(self):
        self.interrupt_after(3.0, signal.SIGTERM, 143)

    def test_kill(self):
        """Even a launcher that is killed takes QEMU with it."""
        command = [ROOT / "copra", "run", "--platform", "plain", "--firmware", "none", "--exec", "sleep 1000"]
        scratch = dict(os.environ, TMPDIR=str(self.folder))  # what is killed cannot clean up
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, env=scratch) as process:
            wait_until(lambda: any(runs_guest(child) for child in self.children(process.pid)))
            children = self.children(process.pid)
            process.kill()
        wait_until(lambda: not any(os.path.exists(f"/proc/{child}") for child in children), 10)
        self.assertTrue(children)
        self.assertFalse([child for child in children if os.path.exists(f"/proc/{child}")])
