# SPDX-License-Identifier: MIT
"""KiB of memory that the SVSM takes from a guest with one CPU and 1 GiB, as its own log says."""

import re

from measures.context import BenchError, Result

LIMIT_KIB = 2048
OWN = re.compile(r"memory (\d+) KiB, (\d+) KiB free")
TABLE = re.compile(r"page-state table (\d+) KiB")


def measure(context):
    done, _ = context.run_program("bench0", "--memory", "1G", "--debug", build_options=["--debug"])
    log = done.stdout + done.stderr
    own, table = OWN.search(log), TABLE.search(log)
    if not own or not table:
        raise BenchError("the SVSM's log does not say how much memory it has")
    total, free = int(own[1]), int(own[2])
    used = total - free + int(table[1])
    return [Result("SVSM memory set aside", total, "KiB", LIMIT_KIB, "1 vCPU, 1 GiB"),
            Result("SVSM memory used", used, "KiB", LIMIT_KIB, f"page-state table {table[1]} KiB of it")]
