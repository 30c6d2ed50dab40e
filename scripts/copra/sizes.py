# SPDX-License-Identifier: MIT
"""Sizes as people write them: 512M, 2G, 1.5G, 1073741824."""

import re

UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def parse_size(text):
    """Bytes. A number without a unit above 1 MiB is bytes, below it is MiB, as QEMU's -m takes it."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([KMGT]?)(?:i?B)?", text.strip(), re.IGNORECASE)
    if not match:
        raise ValueError(f"'{text}' is not a size; write 512M or 2G")
    number, unit = float(match[1]), match[2].upper()
    if not unit and number < 1 << 20:
        unit = "M"
    return int(number * UNITS[unit])
