# SPDX-License-Identifier: MIT
"""Reads the machine's trace (docs/trace.md) as it comes: TICKS cpu=N vmpl=N EVENT key=value ..."""

import collections
from typing import NamedTuple

RECORDS_KEPT = 20
LINE_LIMIT = 4096


class Record(NamedTuple):
    ticks: int
    event: str
    values: dict


def parse_record(line):
    """A Record, None for a line that is none."""
    words = line.split()
    if not words or not words[0].isdigit():
        return None
    values, event = {}, ""
    for word in words[1:]:
        key, equals, value = word.partition("=")
        if equals:
            values[key] = value
        elif not event:
            event = word
    return Record(int(words[0]), event, values) if event else None


class Trace:
    """Takes bytes, keeps the last records, the counters and the end; hands each record to a listener."""

    def __init__(self, listener):
        self._listener = listener
        self._partial = b""
        self.last = collections.deque(maxlen=RECORDS_KEPT)
        self.counters = []
        self.end = None
        self.reason_line = ""
        self.digest = None

    def feed(self, data):
        lines = (self._partial + data).split(b"\n")
        self._partial = lines.pop()[-LINE_LIMIT:]
        for line in lines:
            self._take(line.decode(errors="replace").rstrip("\r"))

    def _take(self, line):
        record = parse_record(line)
        if not record:
            return
        if record.event == "counter":
            self.counters.append(record)
        else:
            self.last.append(line)
        if record.event in ("load-error", "option-error", "unsupported", "fault-error"):
            self.reason_line = line.split(record.event, 1)[1].strip()
        elif record.event == "load-done":
            self.digest = record.values.get("digest")
        elif record.event == "end":
            self.end = record
        self._listener(record)
