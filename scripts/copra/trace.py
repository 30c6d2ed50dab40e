# SPDX-License-Identifier: MIT
"""Reads the machine's trace (docs/trace.md) as it comes: TICKS cpu=N vmpl=N EVENT key=value ..."""

import collections
import re
from typing import NamedTuple

RECORDS_KEPT = 20
LINE_LIMIT = 4096


RECORD = re.compile(r"(\d+) ((?:[\w-]+=\S* )*)([\w-]+)(?: (.*))?")
VALUE = re.compile(r'([\w-]+)=("[^"]*"|\S*)')


class Record(NamedTuple):
    ticks: int
    event: str
    values: dict  # of the event, and cpu and vmpl where the record does not name them itself
    text: str  # all after the event


def parse_record(line):
    """A Record, None for a line that is none."""
    match = RECORD.fullmatch(line.strip())
    if not match:
        return None
    text = match[4] or ""
    values = {key: value.strip('"') for key, value in VALUE.findall(match[2]) + VALUE.findall(text)}
    return Record(int(match[1]), match[3], values, text)


def describe_refusal(values):
    """What a load-error or option-error record says, in words."""
    what = values.get("reason") or values.get("error") or "not understood"
    place = [f"{key} {values[key]}" for key in ("file", "word", "fault", "header", "offset") if key in values]
    return what + (f" ({', '.join(place)})" if place else "")


class Trace:
    """Takes bytes, keeps the last records, the counters and the end; hands each record to a listener."""

    def __init__(self, listener):
        self._listener = listener
        self._partial = b""
        self.last = collections.deque(maxlen=RECORDS_KEPT)
        self.counters = []
        self.end = None
        self.reason = ""
        self.digest = None
        self.harmless = []  # faults of the plan that did nothing, in words

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
        if record.event in ("load-error", "option-error"):
            self.reason = describe_refusal(record.values)
        elif record.event == "fault-missed":
            self.harmless.append(f"fault {record.values.get('kind')}@{record.values.get('when')} never became due: it could have struck "
                                 f"{record.values.get('chances')} times")
        elif record.event == "fault-failed":
            self.harmless.append(f"fault {record.values.get('kind')} could not strike: {record.values.get('error')}")
        elif record.event == "load-done":
            self.digest = record.values.get("digest")
        elif record.event == "end":
            self.end = record
        self._listener(record)
