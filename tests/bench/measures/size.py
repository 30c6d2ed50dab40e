# SPDX-License-Identifier: MIT
"""Bytes of the SVSM's image, text and data."""

from measures.context import Result

LIMIT = 128 * 1024


def measure(context):
    lines = context.run("size", context.find("svsm/copra-svsm.elf")).stdout.splitlines()
    text, data, bss = (int(word) for word in lines[1].split()[:3])
    return [Result("SVSM image, text and data", text + data, "bytes", LIMIT, f"text {text}, data {data}; and bss {bss}")]
