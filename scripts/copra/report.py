# SPDX-License-Identifier: MIT
"""Tables for people."""

import sys


def print_counters(records):
    """The machine's counter records, one line each: whose, which, how many."""
    for record in records:
        words = [f"{key}={value}" for key, value in record.values.items()]
        print("copra: counter " + " ".join(words), file=sys.stderr)
