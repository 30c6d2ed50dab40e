# SPDX-License-Identifier: MIT
"""Instructions that VMPL0 executes, counted by QEMU's instruction counter.

The bench programs of guests/ differ by one step each, so the difference of two counts is the price of that step.
"""

from measures.context import BenchError, Context, Result, counters

NULL_LIMIT = 1000
ZEROING_4K = 512  # one store of 8 bytes each, counted one by one
ZEROING_2M = 512 * 512


def count(context: Context, program, status=0):
    done, trace = context.run_program(program, "--memory", "256M", "--icount", "--counters", status=status)
    ticks = counters(trace, 0).get("ticks")
    if ticks is None:
        raise BenchError(f"{program}: no counter of VMPL0 in the trace")
    if status == 0 and " ok" not in done.stdout:
        raise BenchError(f"{program} says: {done.stdout.strip()[-200:]}")
    return ticks, done.stdout


def sizes(text):
    """The key=value words that a bench program prints."""
    return {key: int(value) for key, value in (word.split("=") for word in text.split() if "=" in word)}


def measure(context):
    boot, _ = count(context, "terminate", status=3)
    ticks, text = [], ""
    for step in range(6):
        one, text = count(context, f"bench{step}")
        ticks.append(one)
    n = sizes(text)
    rescind, validate = ticks[1] - ticks[0], ticks[2] - ticks[1]
    null, large = ticks[3] - ticks[2], ticks[5] - ticks[4]
    return [
        Result("VMPL0, from its first instruction to the guest's", boot, "instructions", None,
               f"256 MiB guest; about {256 * 256 * ZEROING_4K:,} of them zero it"),
        Result("VMPL0, per null call (QUERY_PROTOCOL)", null / n["calls"], "instructions", NULL_LIMIT),
        Result("VMPL0, per 4 KiB page rescinded", rescind / n["pages"], "instructions", None, "256 a call"),
        Result("VMPL0, per 4 KiB page validated", validate / n["pages"] - ZEROING_4K, "instructions", None,
               f"256 a call; and {ZEROING_4K} for zeroing"),
        Result("VMPL0, per 2 MiB page validated", large / n["large"] - ZEROING_2M, "instructions", None,
               f"{n['large']} a call; and {ZEROING_2M} for zeroing"),
    ]
