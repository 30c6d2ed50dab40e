# SPDX-License-Identifier: MIT
"""One run of a guest: everything that comes from QEMU goes where it belongs until the guest ends."""

import os
import selectors
import sys
import time

from copra import native
from copra.channel import ConsoleChannel, Status, Stream
from copra.errors import STATUS_FAILED, STATUS_OK, STATUS_TERMINATED, STATUS_TIMEOUT, LaunchError
from copra.initramfs import SHELL_TEXT
from copra.qemu import Process
from copra.streams import write_all
from copra.terminal import Screen, Terminal, Typing
from copra.termination import describe
from copra.trace import Trace

TICK = 0.25
TYPING_TICK = 0.02
END_WAIT = 20.0  # seconds that a guest has to power off after its command
READ_SIZE = 65536


class Session:
    """settings: command (text or None), token, timeout, debug, firmware, machine, native (bool), shell (bool: the guest's console has
    our shell), trace_file (TraceFile or None)."""

    def __init__(self, command, settings, log, progress):
        self._command = command
        self._settings = settings
        self._log = log
        self._progress = progress
        self._selector = selectors.DefaultSelector()
        self._trace = Trace(self._record)
        self._status = Status(lambda: self._progress.say("running the command"))
        self._quit = False
        self._timed_out = False
        self._answered_at = None
        self._streams = []
        self._terminal = None
        self._typing = Typing(SHELL_TEXT if settings.shell and not os.isatty(sys.stdin.fileno()) else b"")
        self._screen = Screen(os.isatty(sys.stdout.fileno()))

    # What comes in

    def _record(self, record):
        says = {"load-begin": "loading and measuring", "load-done": "starting the SVSM"}
        if record.event in says:
            self._progress.say(says[record.event])
        elif record.event == "first-entry" and record.values.get("vmpl") != "0":
            self._say_guest()

    def _say_guest(self):
        self._progress.say("firmware is starting" if self._settings.firmware else "the kernel is starting")

    def _take_trace(self, data):
        self._trace.feed(data)
        self._log.feed("trace", data)
        if self._settings.trace_file:
            self._settings.trace_file.write(data)

    def _take_console(self, data):
        self._log.feed("console", data)
        if self._settings.command is None:
            self._progress.stop()
            self._typing.see(data)
            write_all(sys.stdout, self._screen.feed(data))
        else:
            self._console_channel.feed(data)

    def _take_svsm(self, data):
        self._log.feed("svsm", data)
        if self._settings.debug and self._settings.command is None:
            self._progress.stop()
            write_all(sys.stderr, data.replace(b"\n", b"\r\n") if self._terminal else data)

    def _take_qemu(self, data):
        self._log.feed("qemu", data)

    def _take_key(self, descriptor):
        data = os.read(descriptor, READ_SIZE)
        if not data:
            self._selector.unregister(descriptor)
            self._typing.end()
            return
        keys, text, self._quit = self._terminal.keys(data)
        write_all(sys.stdout, text.encode())
        self._typing.add(keys)

    def _listen_to_user(self):
        try:
            self._selector.register(sys.stdin, selectors.EVENT_READ)
        except PermissionError:  # a file, or nothing: there all at once
            self._typing.add(sys.stdin.buffer.read())
            self._typing.end()

    # Set-up

    def _listen(self, process):
        takers = {"console": self._take_console, "trace": self._take_trace, "svsm": self._take_svsm}
        if self._settings.command is not None:
            out = Stream(self._settings.token, self._writer(sys.stdout))
            err = Stream(self._settings.token, self._writer(sys.stderr))
            self._streams = [out, err]
            takers.update({"copra.out": out.feed, "copra.err": err.feed, "copra.status": self._status.feed})
            self._console_channel = ConsoleChannel(self._settings.token, out.feed, err.feed, self._status)
        sources = dict(self._command.sockets, qemu=process.errors)
        takers["qemu"] = self._take_qemu
        for name, end in sources.items():
            end.setblocking(True)
            self._selector.register(end, selectors.EVENT_READ, takers[name])

    def _writer(self, stream):
        def write(data):
            self._progress.stop()
            write_all(stream, data)
        return write

    # The run

    def _read(self, key):
        if key.fd == sys.stdin.fileno():
            self._take_key(key.fd)
            return
        try:
            data = key.fileobj.recv(READ_SIZE)
        except ConnectionResetError:
            data = b""
        if data:
            key.data(data)
        else:
            self._selector.unregister(key.fileobj)

    def _answered(self):
        """The command's status and all its output are here: the guest may go."""
        if self._answered_at is None and self._status.value is not None and all(s.ended for s in self._streams):
            self._answered_at = time.monotonic()
            self._command.sockets["copra.status"].sendall(b"received\n")
            self._progress.say("powering off")

    def _over(self, process, started):
        if self._quit or process.poll() is not None:
            return True
        now = time.monotonic()
        if self._answered_at is not None:
            return now - self._answered_at > END_WAIT
        if self._settings.timeout and now - started > self._settings.timeout:
            self._timed_out = True
        return self._timed_out

    def _loop(self, process):
        started = time.monotonic()
        while not self._over(process, started):
            ready = self._selector.select(TYPING_TICK if self._typing.due else TICK)
            for key, _ in ready:
                self._read(key)
            if not ready:
                write_all(sys.stdout, self._screen.flush())
            if self._typing.due:
                self._typing.send(self._command.sockets["console"])
            if self._settings.command is not None:
                self._answered()
            self._progress.tick()
        if process.poll() is not None:
            self._drain()
        write_all(sys.stdout, self._screen.flush())
        for stream in self._streams:
            stream.flush()

    def _drain(self):
        """What QEMU left in the sockets when it ended."""
        while keys := [key for key, _ in self._selector.select(0) if key.fd != sys.stdin.fileno()]:
            for key in keys:
                self._read(key)

    def run(self):
        """Returns the exit status of the launcher."""
        if self._settings.machine:
            self._progress.say("starting QEMU")
        else:
            self._say_guest()
        try:
            with Process(self._command) as process:
                self._listen(process)
                if self._settings.command is None:
                    with Terminal() as self._terminal:
                        self._listen_to_user()
                        self._loop(process)
                else:
                    self._loop(process)
                ended = process.poll()
        finally:
            self._progress.stop()
            self._log.close()
        return self._outcome(ended)

    # The outcome

    def _outcome(self, ended):
        end = self._trace.end
        for fault in self._trace.harmless:
            self._progress.note(fault)
        if end and end.values.get("reason") == "terminate":
            raise LaunchError(describe(end.values), STATUS_TERMINATED)
        if self._status.value is not None:
            self._tell_late_failure(end, ended)
            return self._status.value
        if self._timed_out:
            raise LaunchError(self._timeout_message(), STATUS_TIMEOUT)
        if self._quit:
            return STATUS_OK
        if end and end.values.get("reason") == "exit" or self._settings.native and not self._settings.machine:
            return native.outcome(ended)
        if self._settings.machine:
            self._check_end(end, ended)
        elif ended:
            raise LaunchError(f"QEMU ended with status {ended}:\n{self._qemu_errors()}")
        if self._settings.command is None:
            return STATUS_OK
        panic = f" ({self._log.panic})" if self._log.panic else ""
        raise LaunchError(f"the guest ended before the command did{panic}; its console's last lines:\n"
                          + self._lines("console"), STATUS_TERMINATED)

    def _tell_late_failure(self, end, ended):
        """The command's status stands, whatever came of the guest behind it."""
        try:
            if ended is None:
                raise LaunchError(f"the guest was not off {END_WAIT:.0f} seconds later")
            if self._settings.machine:
                self._check_end(end, ended)
        except LaunchError as error:
            self._progress.note(f"the command was done, but then: {error}")

    def _check_end(self, end, ended):
        """Raises unless the guest ended by power-off or reset."""
        if not self._trace.last and not ended:
            raise LaunchError("the machine could not start on this processor: it needs SVM with nested paging and 1 GiB pages; "
                              "is --cpu a model that has them?")
        if not end:
            raise LaunchError(f"the machine ended without saying why (QEMU's status {ended}):\n{self._qemu_errors()}"
                              + self._last_records())
        reason = end.values.get("reason", "")
        if reason == "shutdown":
            vmpl, why = end.values.get("vmpl", "?"), end.values.get("why", "triple fault")
            raise LaunchError(f"VMPL{vmpl} shut down: {why}" + self._last_records(), STATUS_TERMINATED)
        if reason not in ("poweroff", "reset"):
            words = {"load-error": "the IGVM file was refused", "option-error": "the machine did not take an option",
                     "unsupported": "the machine cannot run on this processor", "fault": "the machine failed"}
            detail = self._trace.reason or end.values.get("text") or end.text
            raise LaunchError(f"{words.get(reason, 'the machine ended')}: {detail}", STATUS_FAILED)

    def _timeout_message(self):
        message = f"no end after {self._settings.timeout} seconds (--timeout)"
        if self._settings.machine:
            return message + self._last_records()
        return message + "; the console's last lines:\n" + self._lines("console")

    def _last_records(self):
        lines = "".join("\n  " + line for line in self._trace.last)
        return f"; last trace records:{lines}" if lines else "; no trace record"

    def _lines(self, origin):
        return "\n".join("  " + line for line in self._log.tail(origin)) or "  (nothing)"

    def _qemu_errors(self):
        return self._lines("qemu")

    @property
    def counters(self):
        return self._trace.counters

    @property
    def digest(self):
        return self._trace.digest
