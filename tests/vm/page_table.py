# SPDX-License-Identifier: MIT
"""The SVSM's table of page states, as it lies in memory at the end of a run, against the machine's RMP, page by page."""

import bisect
import struct

from harness import SVSM, run

SVSM_BASE = 0xFF000000  # include/copra/boot.h
SVSM_SIZE = 0x200000  # unless the image is built with another one
SVSM_VIRTUAL = 0xFFFFFFFF80000000
PAGE, BLOCK = 0x1000, 0x200000
BLOCK_PAGES = BLOCK // PAGE
LEAF_BYTES = BLOCK_PAGES // 2
MIXED = 0xF
MAX_SEGMENTS = 64  # MEMORY_MAP_MAX_RANGES
ALL_RIGHTS, READ = 0xF, 0x1

# svsm/guest/page_state.h: state -> what the RMP has to say of such a page: validated, VMSA, rights of VMPL2
STATES = {
    1: ("shared", (0, 0, None)),
    2: ("private", (1, 0, ALL_RIGHTS)),
    3: ("VMSA", (1, 1, READ)),
    4: ("calling area", (1, 0, ALL_RIGHTS)),
    5: ("SVSM", (1, None, 0)),
    6: ("deposited", (1, 0, 0)),
}
OWN = 5


def dump(size=SVSM_SIZE):
    """What the machine has to write at the end (--dump)."""
    return f"{SVSM_BASE:#x}:{size:#x}"


def keys_of(line):
    return dict(word.split("=", 1) for word in line.split() if "=" in word)


class Memory:
    """Bytes of the SVSM's, by virtual address."""

    def __init__(self, lines, size):
        self._bytes = bytearray(size)
        for keys in lines:
            at = int(keys["gpa"], 16) - SVSM_BASE
            content = bytes.fromhex(keys["bytes"])
            self._bytes[at:at + len(content)] = content

    def at(self, address, size):
        offset = address - SVSM_VIRTUAL
        if not 0 <= offset <= len(self._bytes) - size:
            raise AssertionError(f"{address:#x} is not in the SVSM's memory")
        return bytes(self._bytes[offset:offset + size])


class Rmp:
    def __init__(self, lines):
        runs = sorted((int(keys["gpa"], 16), int(keys["pages"]), keys) for keys in lines)
        self._starts = [run[0] for run in runs]
        self._runs = runs

    def at(self, page):
        """Validated, VMSA bit, rights of VMPL2; None where there is no RAM."""
        index = bisect.bisect(self._starts, page) - 1
        start, pages, keys = self._runs[index]
        if index < 0 or page >= start + pages * PAGE:
            return None
        return int(keys["validated"]), int(keys["vmsa"]), int(keys["vmpl2"])


def symbol(name):
    """Address and size of a variable of the SVSM's."""
    for line in run(["nm", "-S", SVSM], 60).out.splitlines():
        words = line.split()
        if words[-1] == name:
            return int(words[0], 16), int(words[1], 16)
    raise AssertionError(f"{SVSM} has no {name}")


def states_of(memory):
    """Address and state of every page that the table knows of."""
    address, size = symbol("page_states_table")
    table = memory.at(address, size)
    summary_at, leaves_at = struct.unpack_from("<QQ", table, 8 + 24 * MAX_SEGMENTS)
    for i in range(struct.unpack_from("<I", table)[0]):
        first, count, index = struct.unpack_from("<QQQ", table, 8 + 24 * i)
        for block in range(count):
            summary = memory.at(summary_at + index + block, 1)[0]
            leaf = memory.at(leaves_at + (index + block) * LEAF_BYTES, LEAF_BYTES)
            for page in range(BLOCK_PAGES):
                state = summary if summary != MIXED else leaf[page // 2] >> page % 2 * 4 & 0xF
                yield (first + block) * BLOCK + page * PAGE, state


def agrees(state, entry):
    validated, vmsa, rights = entry
    wanted = STATES[state][1]
    return all(want is None or want == got for want, got in zip(wanted, (validated, vmsa, rights)))


def differences(trace, size=SVSM_SIZE):
    """How many pages were compared, and a line for each that the table and the RMP see differently."""
    lines = [line for line in trace.splitlines() if " rmp gpa=" in line or " memory gpa=" in line]
    rmp = Rmp([keys_of(line) for line in lines if " rmp gpa=" in line and "pages=" in line])
    memory = Memory([keys_of(line) for line in lines if " memory gpa=" in line], size)
    found, compared = [], 0
    for page, state in states_of(memory):
        entry = rmp.at(page)
        if state == 0 or (state == OWN and SVSM_BASE <= page < SVSM_BASE + size):
            continue  # no memory of the guest's; what the SVSM shares with the host it knows elsewhere
        compared += 1
        if state not in STATES or entry is None or not agrees(state, entry):
            found.append(f"{page:#x}: {STATES.get(state, ('state ' + str(state),))[0]}, RMP {entry}")
    return compared, found
