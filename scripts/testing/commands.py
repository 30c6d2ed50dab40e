# SPDX-License-Identifier: MIT
"""Runs programs within a time, several at once, with all that they started gone afterwards."""

import concurrent.futures
import contextlib
import os
import signal
import subprocess
import threading
import time
from typing import NamedTuple, Optional

AT_ONCE = min(2, len(os.sched_getaffinity(0)))
GRACE_SECONDS = 10.0


class Done(NamedTuple):
    status: Optional[int]  # None when it could not be run or the time was over
    output: str
    errors: str = ""  # stderr, where it is kept apart


class Interrupted(KeyboardInterrupt):
    """The whole run is being ended."""


class Running:
    """The programs that run at this moment; once ended, no further one begins."""

    def __init__(self):
        self._processes = set()
        self._lock = threading.Lock()
        self.ended = False

    @contextlib.contextmanager
    def start(self, command, **options):
        with self._lock:
            if self.ended:
                raise Interrupted
            process = subprocess.Popen(command, start_new_session=True, **options)
            self._processes.add(process)
        try:
            yield process
        finally:
            with self._lock:
                self._processes.discard(process)

    def signal(self, number):
        with self._lock:
            for process in self._processes:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, number)

    def end(self):
        """Lets them clean up for some seconds, then ends them."""
        with self._lock:
            self.ended = True
        self.signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while self._processes and time.monotonic() < deadline:
            time.sleep(0.05)
        self.signal(signal.SIGKILL)


RUNNING = Running()


def signal_group(process, number):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def end_group(process):
    """Lets a program clean up for some seconds, then ends it and all that it started. Returns its output and errors so far."""
    last = "", ""
    signal_group(process, signal.SIGTERM)
    try:
        last = process.communicate(timeout=GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        signal_group(process, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):  # something that left the group may hold the pipe
            last = process.communicate(timeout=GRACE_SECONDS)
    signal_group(process, signal.SIGKILL)
    return last


def wait_for(process, seconds):
    """Its output and errors, and whether the time was over."""
    try:
        return *process.communicate(timeout=seconds), False
    except subprocess.TimeoutExpired:
        return *end_group(process), True
    except BaseException:
        end_group(process)
        raise


def run_command(command, seconds, apart=False, **options):
    """Output is stdout and stderr together, unless they are wanted apart."""
    words = [str(word) for word in command]
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE if apart else subprocess.STDOUT}
    try:
        with RUNNING.start(words, text=True, errors="replace", **streams, **options) as process:
            output, errors, late = wait_for(process, seconds)
    except OSError as error:
        return Done(None, f"{words[0]}: {error.strerror}")
    if RUNNING.ended:
        raise Interrupted
    if late:
        return Done(None, f"{output or ''}\nended after {seconds} seconds", errors or "")
    return Done(process.returncode, output, errors or "")


def run_all(jobs):
    """Calls each job, as many at once as there are processors for; an interrupt ends those that run and begins no other."""
    pool = concurrent.futures.ThreadPoolExecutor(AT_ONCE)
    try:
        for done in [pool.submit(job) for job in jobs]:
            done.result()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        RUNNING.end()
        raise
    finally:
        pool.shutdown()
